/* Before the notebook opens: putting the phone in use, and the PIN. */
import { announce, button, el, field, link } from "../dom.js";
import * as store from "../store.js";
import { enrol, session } from "../sync.js";
import { fill, gettext, ngettext, number } from "../words.js";
import { languages } from "./languages.js";

const SHORTEST = 6;
const SIGN_IN = "/accounts/login/?next=/field/";

const pinField = (label, name, more = {}) =>
  field({ label, kind: "password", name, autocomplete: "off", inputmode: "numeric", required: true, ...more });

/* Why a PIN will not do; empty when it will. */
export function pinProblem(pin, again) {
  if (pin.length < SHORTEST) return fill(gettext("At least %(n)s characters, please."), { n: number(SHORTEST) });
  if (new Set(pin).size < 3 || "0123456789 9876543210".includes(pin)) return gettext("This is too easy to guess. Choose another.");
  if (pin !== again) return gettext("The two PINs differ. Type them again.");
  return "";
}

/* A form with one error line, which says what was wrong. */
export function asking(words, fields, submit) {
  const problem = el("p", { class: "error", role: "alert" });
  const send = el("button", { class: "main" }, words);
  return el("form", {
    "data-entry": "",
    onsubmit: async (event) => {
      event.preventDefault();
      send.disabled = true;
      problem.textContent = "";
      try {
        problem.textContent = (await submit(new FormData(event.target))) || "";
      } finally {
        send.disabled = false;
      }
    },
  }, fields, problem, send);
}

export async function welcome(opened) {
  const frame = (...inside) => [el("h1", {}, gettext("The officer’s notebook")), inside, languages()];
  let who;
  try {
    who = await session();
  } catch {
    return frame(el("p", {}, gettext("To put this phone in use you need signal once. Come back when there is.")),
      el("p", {}, button(gettext("Try again"), () => location.reload())));
  }
  if (!who.signed_in) {
    return frame(
      el("p", {}, gettext("Log meetings, and know what was promised, also where there is no signal.")),
      el("p", {}, gettext("Sign in once with signal. Then you choose a PIN, and this phone works by itself.")),
      el("p", {}, link(gettext("Sign in"), SIGN_IN, { class: "button main" })));
  }
  if (!who.field) {
    return frame(el("p", {}, gettext("The notebook is for officers and supervisors. Your work is in the office.")),
      el("p", {}, link(gettext("To the office"), "/office/", { class: "button" })));
  }
  return frame(
    el("p", {}, fill(gettext("Signed in as %(name)s. Choose a PIN for this phone."), { name: who.name })),
    el("p", { class: "help" }, gettext("What is kept on this phone opens with this PIN alone. Nobody can tell it to you again. After 8 wrong ones the phone empties itself; what you handed in is still sent.")),
    asking(gettext("Put this phone in use"), [pinField(gettext("PIN"), "pin"), pinField(gettext("The PIN once more"), "again")],
      async (given) => {
        const pin = given.get("pin"), wrong = pinProblem(pin, given.get("again"));
        if (wrong) return wrong;
        try {
          await putInUse(who.csrf, pin);
        } catch (error) {
          return error.message || gettext("No signal now. Try again.");
        }
        await opened();
        return "";
      }),
    el("p", {}, link(gettext("Not this phone: sign out"), "/accounts/logout/?next=/field/")));
}

async function putInUse(csrf, pin) {
  const { device, token, key, until } = await enrol(csrf, { label: phoneName() });
  await store.setPin(pin);
  await store.setPlain("key", key);
  await store.setPlain("until", until);
  await store.write({ put: { device: { device, token } } });
  await store.setPlain("device", device);
  await navigator.storage?.persist?.();
}

const phoneName = () => (navigator.userAgent.match(/\(([^)]*)\)/)?.[1] || "").split(";").slice(-1)[0].trim();

export async function unlock(opened) {
  const left = await store.plain("tries");
  return [
    el("h1", {}, gettext("Your PIN")),
    asking(gettext("Open"), [pinField(gettext("PIN"), "pin", { autofocus: true })], async (given) => {
      const tries = await store.unlock(given.get("pin"));
      if (store.opened(tries)) {
        await opened();
        return "";
      }
      if (tries === 0) {
        location.reload();
        return gettext("That was the last try. This phone was emptied.");
      }
      return fill(ngettext("Not this one. %(n)s try is left.", "Not this one. %(n)s tries are left.", tries), { n: number(tries) });
    }),
    left < 8 && el("p", { class: "help" }, fill(ngettext("%(n)s try is left; then this phone empties itself.", "%(n)s tries are left; then this phone empties itself.", left), { n: number(left) })),
    el("details", { class: "part" }, el("summary", {}, gettext("I forgot the PIN")),
      el("p", {}, gettext("Then this phone must be emptied and put in use again. What you handed in, and your drafts, are still sent; what was fetched is fetched anew.")),
      button(gettext("Empty the notebook"), async () => {
        if (!confirm(gettext("Empty the notebook now?"))) return;
        await store.empty({ keepOutbox: true });
        location.reload();
      }, { class: "owed" })),
    languages(),
  ];
}

/* After it emptied itself: what was sealed is still sent. */
export async function emptied(opened) {
  const count = (await store.waiting()).length;
  announce(fill(ngettext("%(n)s entry waits to be sent. It leaves by itself when there is signal.", "%(n)s entries wait to be sent. They leave by themselves when there is signal.", count), { n: number(count) }), "warning");
  return welcome(opened);
}
