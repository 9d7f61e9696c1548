/* Words, days and numbers in the reader's language. The catalogue is Django's, loaded by boot.js. */

export const language = document.documentElement.lang;
const LOCALE = { en: "en-GB", fr: "fr", ar: "ar-u-nu-latn" }[language];

export const gettext = (text) => globalThis.gettext(text);
export const ngettext = (one, many, count) => globalThis.ngettext(one, many, count);

/* "Due %(day)s" with its values put in. */
export const fill = (text, values) => globalThis.interpolate(text, values, true);

/* What the server sends in three languages, or in one for all. */
export const said = (words) => (words && typeof words === "object" ? words[language] || words.en : words || "");

/* In all of them, without accents: a name is looked for as it was heard. */
export const findable = (...words) =>
  words.flatMap((one) => (one && typeof one === "object" ? Object.values(one) : [one || ""])).join(" ").normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/* The words of a value of a list of [value, words]. */
export const labelOf = (list, value) => said((list || []).find(([key]) => key === value)?.[1]);

export const number = (value) => new Intl.NumberFormat(LOCALE).format(value);
export const list = (parts) => new Intl.ListFormat(LOCALE, { style: "short", type: "unit" }).format(parts);
export const beside = (parts) => parts.filter(Boolean).join(" · ");
export const month = (place) =>
  new Intl.DateTimeFormat(LOCALE, { month: "long", timeZone: "UTC" }).format(new Date(Date.UTC(2026, place - 1, 15)));

export function day(iso) {
  const format = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  return format.format(new Date(`${iso}T00:00:00Z`));
}

export function moment(stamp) {
  return new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" }).format(new Date(stamp));
}

/* --- The clock: corrected by what the server said last, since phones' clocks are often wrong ----------------- */
let behind = 0;
export const setClock = (milliseconds) => { behind = milliseconds; };
export const now = () => new Date(Date.now() + behind);
export const isClockWrong = () => Math.abs(behind) > 3_600_000;

export function today() {
  const here = now();
  const two = (value) => String(value).padStart(2, "0");
  return `${here.getFullYear()}-${two(here.getMonth() + 1)}-${two(here.getDate())}`;
}

/* Whole days from one day to another; today unless told. */
export const daysSince = (iso, until = today()) => Math.round((Date.parse(until) - Date.parse(iso)) / 86_400_000);
