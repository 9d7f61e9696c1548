/* The language of the app, chosen on the phone. */
import { el } from "../dom.js";
import { gettext, language } from "../words.js";

const NAMES = { en: "English", fr: "Français", ar: "العربية" };

export function languages() {
  return el("nav", { class: "languages", "aria-label": gettext("Language") },
    el("ul", {}, Object.entries(NAMES).map(([code, name]) =>
      el("li", {}, el("button", {
        type: "button", class: "plain", lang: code, "aria-pressed": String(code === language),
        onclick: () => { localStorage.setItem("field-language", code); location.reload(); },
      }, name)))));
}
