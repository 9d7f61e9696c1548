/* The phone itself: language, lock, PIN, signing in again, and taking it out of use. */
import { actions } from "../actions.js";
import { announce, button, el, field, link, section } from "../dom.js";
import * as store from "../store.js";
import { asPhone, enrol, session } from "../sync.js";
import { state } from "../state.js";
import { fill, gettext, moment, ngettext, number } from "../words.js";
import { languages } from "./languages.js";
import { asking, pinProblem } from "./unlock.js";

export async function more() {
  const until = await store.plain("until");
  return [
    el("h1", {}, gettext("This phone")),
    el("p", {}, fill(gettext("Used by %(name)s. It works without signal until %(when)s; each contact prolongs that."), { name: state.me.name || "…", when: until ? moment(until) : "…" })),
    el("p", { class: "row" },
      button(gettext("Send and fetch now"), () => actions.talk({ asked: true }), { class: "main" }),
      button(gettext("Lock"), () => actions.lock())),
    section(gettext("Language"), languages()),
    section(gettext("Sign in again"),
      el("p", {}, gettext("After a long time without contact this phone asks you to sign in once more. What you wrote stays.")),
      el("p", { class: "row" }, link(gettext("Sign in"), "/accounts/login/?next=/field/", { class: "button" }), button(gettext("I have signed in"), signedInAgain))),
    section(gettext("Another PIN"), newPin()),
    section(gettext("Take this phone out of use"),
      el("p", {}, gettext("Sends what waits, then empties this phone. Do this before it goes to somebody else.")),
      button(gettext("Empty the notebook"), leave, { class: "owed" })),
  ];
}

function newPin() {
  const pin = (label, name) => field({ label, kind: "password", name, autocomplete: "off", inputmode: "numeric", required: true });
  return asking(gettext("Change the PIN"), [pin(gettext("PIN until now"), "old"), pin(gettext("New PIN"), "pin"), pin(gettext("The new PIN once more"), "again")],
    async (given) => {
      const wrong = pinProblem(given.get("pin"), given.get("again"));
      if (wrong) return wrong;
      const left = await store.changePin(given.get("old"), given.get("pin"));
      if (left === 0) { location.reload(); return ""; }
      if (!store.opened(left)) return fill(ngettext("Not this one. %(n)s try is left.", "Not this one. %(n)s tries are left.", left), { n: number(left) });
      announce(gettext("The PIN is changed."));
      return "";
    });
}

async function signedInAgain() {
  try {
    const { csrf, signed_in: known } = await session();
    if (!known) { announce(gettext("Nobody is signed in yet. Choose “Sign in” first."), "warning"); return; }
    const { until } = await enrol(csrf, await store.get("device"));
    await store.setPlain("until", until);
    await actions.talk({ asked: true });
  } catch (error) {
    announce(error.message || gettext("No signal now. Try again."), "warning");
  }
}

async function leave() {
  if (!confirm(gettext("Send what waits, and then empty the notebook?"))) return;
  if ((await actions.talk()) !== "done") {
    announce(gettext("No signal now. Try again."), "warning");
    return;
  }
  const count = (await store.waiting()).length;
  if (count) {
    announce(fill(ngettext("%(n)s entry could not be sent yet. Try again with signal.", "%(n)s entries could not be sent yet. Try again with signal.", count), { n: number(count) }), "warning");
    return;
  }
  try {
    await asPhone("/field/leave/");
  } catch {
    announce(gettext("No signal now. Try again."), "warning");
    return;
  }
  await store.empty();
  location.hash = "";
  location.reload();
}
