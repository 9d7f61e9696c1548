// At the desk: what is sealed is said while such a topic is chosen, Ctrl+Enter saves, the code is where the reader is.
for (const part of document.querySelectorAll('[data-shown-among]')) {
  const form = part.closest('form');
  const among = part.dataset.among.split(' ');
  const follow = () => {
    part.hidden = !among.includes(new FormData(form).get(part.dataset.shownAmong));
  };
  form.addEventListener('change', follow);
  follow();
}

for (const form of document.querySelectorAll('.desk-form')) {
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

document.querySelector('[data-focus]')?.focus();
