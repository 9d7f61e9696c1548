/* Binds a form to an entry: each field is on disk when it is left, and half a second after the last key. */
import { announce } from "./dom.js";
import { gettext } from "./words.js";

const PAUSE = 500;

/* Reads and writes "body.concerns.0.text" in an object; empty parts of a path are made. */
export function valueAt(object, path) {
  return path.split(".").reduce((inside, name) => inside?.[name], object);
}

export function setAt(object, path, value) {
  const names = path.split("."), last = names.pop();
  const inside = names.reduce((here, name) => (here[name] ??= {}), object);
  if (value === undefined) delete inside[last];
  else inside[last] = value;
}

/* What a control says: a number or null for an empty one, a list of numbers for ticked boxes, else text. */
function said(control) {
  if (control.dataset.type === "boolean") return control.type === "checkbox" ? control.checked : { yes: true, no: false }[control.value] ?? null;
  if (control.dataset.type === "number") return control.value === "" ? null : Number(control.value);
  if (control.dataset.type === "count") return control.value === "" ? undefined : Math.max(0, Math.floor(Number(control.value)));
  return control.value;
}

/* `special` maps the head of a path ("line:") to a function that writes it; `save` keeps the entry. */
export function bind(form, entry, { special = {}, save, redraw = () => {} }) {
  let timer = null;
  const keep = () => {
    clearTimeout(timer);
    timer = null;
    return save().catch((error) => {
      console.error(error);
      announce(gettext("This could not be kept: the phone may be full. Make room, then change the field again."), "warning");
      throw error;
    });
  };
  const write = ({ target }) => {
    const { path } = target.dataset;
    if (!path) return false;
    const head = Object.keys(special).find((name) => path.startsWith(name));
    if (head) special[head](path.slice(head.length), said(target), target);
    else if (target.dataset.type === "many") tick(entry, path, target);
    else setAt(entry, path, said(target));
    return true;
  };
  form.addEventListener("input", (event) => {
    if (!write(event)) return;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("change", async (event) => {
    if (!write(event)) return;
    await keep();
    if (event.target.dataset.redraws !== undefined) redraw();
  });
  return { flush: () => (timer === null ? Promise.resolve() : keep()) };
}

function tick(entry, path, { value, checked }) {
  const kept = new Set(valueAt(entry, path) || []);
  kept[checked ? "add" : "delete"](Number(value));
  setAt(entry, path, [...kept]);
}

export const EMPTY = ["", "—"];
export const needed = () => gettext("This is still empty.");
