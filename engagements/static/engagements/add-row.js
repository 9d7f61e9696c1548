// Adds an empty row to a list of rows (concerns, commitments). Without JavaScript two empty rows are there already.
for (const list of document.querySelectorAll('[data-rows]')) {
  const total = list.querySelector('[name$="-TOTAL_FORMS"]');
  const template = list.querySelector('template');
  const button = list.querySelector('[data-add-row]');
  button.hidden = false;
  button.addEventListener('click', () => {
    const holder = document.createElement('template');
    holder.innerHTML = template.innerHTML.replaceAll('__prefix__', total.value);
    total.value = Number(total.value) + 1;
    const row = holder.content.firstElementChild;
    button.before(row);
    row.querySelector('select, textarea, input')?.focus();
  });
}
