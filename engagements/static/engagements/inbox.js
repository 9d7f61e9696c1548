// Keys for the inbox. Everything is a link or a form already: a key only goes to one, or presses it.
const inbox = document.querySelector('[data-inbox]');
const find = (selector) => inbox.querySelector(selector);
const links = [...inbox.querySelectorAll('[data-list] a')];
const heading = find('#chosen-heading');
const dialog = find('[data-keys-dialog]');
const current = () => links.findIndex((link) => link.hasAttribute('aria-current'));

// Said a moment after the page is there: what is in a live region from the start is not read out.
function say(words) {
  requestAnimationFrame(() => { find('[data-said]').textContent = words; });
}

function go(steps) {
  const at = current();
  const next = links[at === -1 ? 0 : at + steps];
  if (!next) return;
  next.focus();
  next.click();
}

function enter() {
  heading?.focus();
}

function press(selector) {
  find(selector)?.click();
}

function reach(button) {
  if (!button) return;
  button.focus();
  button.scrollIntoView({ block: 'nearest' });
  say(button.textContent.trim());
}

function open(selector) {
  const part = find(selector);
  if (!part) return;
  part.open = true;
  const field = [...part.querySelectorAll('select')].at(-1);
  field.focus();
  field.scrollIntoView({ block: 'nearest' });
}

function join() {
  const first = find('[data-repeat]');
  if (first && document.activeElement === first) first.click();
  else reach(first);
}

const keys = {
  j: () => go(1),
  k: () => go(-1),
  o: enter,
  a: () => press('[data-accept]'),
  m: join,
  w: () => open('[data-words]'),
  u: () => open('[data-sort]'),
  r: () => open('[data-cannot]'),
  '?': () => dialog.showModal(),
};
const inList = { ArrowDown: () => go(1), ArrowUp: () => go(-1) };

function meantFor(target) {
  const box = target.closest?.('input:not([type=hidden]), textarea, select, [contenteditable], [role=textbox]');
  return box === null || box === undefined;
}

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (document.querySelector('dialog[open], [aria-modal=true]:not([aria-hidden=true])') || !meantFor(event.target)) return;
  const move = keys[event.key]
    ?? (event.target.closest('[data-list]') ? inList[event.key] : undefined)
    ?? (event.key === 'Enter' && event.target.closest('[data-list] a[aria-current]') ? enter : undefined)
    ?? (/^[1-9]$/.test(event.key) ? () => reach(find(`[data-number="${event.key}"]`)) : undefined);
  if (!move) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // the office's own keys, such as ?, are not meant here
  move();
}

if (inbox.hasAttribute('data-keys')) {
  inbox.toggleAttribute('data-keys-ready', true);
  const help = find('[data-help]');
  help.hidden = false;
  help.addEventListener('click', keys['?']);
  window.addEventListener('keydown', pressed, true);
}

// Where one was left off: the chosen line has the focus, unless something asks for it. Where the list stands above the
// chosen one, on a phone, that one is shown.
const at = current();
const beside = find('.inbox-both').children.length > 1
  && getComputedStyle(find('.inbox-both')).gridTemplateColumns.split(' ').length > 1;
window.addEventListener('load', () => {
  if (at !== -1 && beside) {
    links[at].scrollIntoView({ block: 'nearest' });
    if (location.search.includes('c=') && !inbox.querySelector('.w-field--error, [data-contact]')) links[at].focus({ preventScroll: true });
  } else if (location.hash === '#chosen') {
    heading?.scrollIntoView();
  }
});
if (heading) {
  say([heading, find('.inbox-chosen .inbox-clock')].map((part) => part?.textContent.trim() ?? '').join('. '));
}
