/* Elements, fields and announcements. Text is always a text node: nothing that was written becomes markup. */
import { gettext } from "./words.js";

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

let last = 0;
const fresh = () => `f${++last}`;

/* A control with its label, help and error. `options` make a select; `kind` is an input's type or "textarea". */
export function field({ label, path, kind = "text", value = "", options, help, error, type, ...more }) {
  const id = fresh();
  const about = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  const shared = { id, "data-path": path, "data-type": type, "aria-describedby": about, "aria-invalid": error ? "true" : null, ...more };
  let control;
  if (options) control = el("select", shared, options.map(([key, words]) => el("option", { value: key }, words)));
  else if (kind === "textarea") control = el("textarea", { rows: 2, ...shared });
  else control = el("input", { type: kind, ...shared });
  if (kind === "checkbox") control.checked = Boolean(value);
  else control.value = value ?? "";
  const parts = [
    el("label", { for: id }, label, more.required && el("span", { class: "needed", "aria-hidden": "true" }, " *")),
    control,
    help && el("p", { class: "help", id: `${id}-help` }, help),
    error && el("p", { class: "error", id: `${id}-error` }, error),
  ];
  if (kind === "checkbox") [parts[0], parts[1]] = [parts[1], parts[0]];
  return el("div", { class: kind === "checkbox" ? "field field--check" : "field" }, parts);
}

/* One choice of a few, each a touch: radio buttons under a legend. */
export function taps({ legend, name = fresh(), path, value, options, error, type, hidden, required }) {
  const chosen = value === undefined || value === null ? "" : String(value);
  return el("fieldset", { class: "taps", "aria-invalid": error ? "true" : null },
    el("legend", { class: hidden && "visually-hidden", dir: "auto" }, legend, required && el("span", { class: "needed", "aria-hidden": "true" }, " *")),
    el("div", { class: "taps__row" }, options.map(([key, words]) => {
      const id = fresh();
      const input = el("input", { type: "radio", id, name, value: key, "data-path": path, "data-type": type });
      input.checked = String(key) === chosen;
      return el("span", { class: "tap" }, input, el("label", { for: id }, words));
    })),
    error && el("p", { class: "error" }, error));
}

export const button = (words, onclick, attributes = {}) => el("button", { type: "button", onclick, ...attributes }, words);
export const link = (words, href, attributes = {}) => el("a", { href, ...attributes }, words);

/* The shape of a state, the same as on maps and in print. Colour comes third. */
const SHAPES = { met: "●", partly: "◐", unmet: "▲", stale: "◌", unknown: "?", kept: "✓", not_kept: "✕", unconfirmed: "○", overdue: "▲", open: "◇", cancelled: "–", working: "●", not_working: "▲", closed: "✕" };
export const mark = (state, words) =>
  el("span", { class: `mark mark--${state}` }, el("span", { class: "mark__shape", "aria-hidden": "true" }, SHAPES[state] || "?"), ` ${words}`);

/* A part of a screen, folded or not, that says in its heading how much is in it. */
export function part(heading, { open = true, count, id } = {}, ...children) {
  return el("details", { class: "part", open, id },
    el("summary", {}, el("h2", {}, heading, count ? el("span", { class: "count" }, ` ${count}`) : null)), children);
}

export function section(heading, ...children) {
  return el("section", {}, el("h2", {}, heading), children);
}

let quiet;
export function announce(words, kind = "said") {
  const place = document.getElementById("announcements");
  clearTimeout(quiet);
  place.replaceChildren(el("p", { class: `notice notice--${kind}` }, words,
    button(gettext("Close"), () => place.replaceChildren(), { class: "plain" })));
  if (kind === "said") quiet = setTimeout(() => place.replaceChildren(), 8000);
}
