// Shows a part of a form while a choice of the same form has one answer. Without JavaScript the part is always there.
for (const part of document.querySelectorAll('[data-shown-when]')) {
  const form = part.closest('form');
  const follow = () => {
    const chosen = new FormData(form).get(part.dataset.shownWhen);
    part.hidden = chosen !== part.dataset.is;
  };
  form.addEventListener('change', follow);
  follow();
}
