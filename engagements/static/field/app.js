/* The notebook: which screen is shown, and when the phone talks to the server. */
import { actions } from "./actions.js";
import { announce, el, link } from "./dom.js";
import * as state from "./state.js";
import * as store from "./store.js";
import { isSending, onSync, sync } from "./sync.js";
import { fill, gettext, isClockWrong, ngettext, now, number, setClock } from "./words.js";
import { brief } from "./screens/brief.js";
import { home } from "./screens/home.js";
import { map } from "./screens/map.js";
import { meeting } from "./screens/meeting.js";
import { more } from "./screens/more.js";
import { observation, points } from "./screens/observe.js";
import { outbox } from "./screens/outbox.js";
import { emptied, unlock, welcome } from "./screens/unlock.js";

const IDLE_MINUTES = 10; // out of sight for so long, and the PIN is asked again
const main = document.getElementById("main"), menu = document.getElementById("menu");

const ROUTES = [
  [/^$/, home], [/^c\/(\d+)$/, brief], [/^log\/([0-9a-f-]{36})$/, meeting], [/^seen\/([0-9a-f-]{36})$/, observation],
  [/^points$/, points], [/^outbox$/, outbox], [/^map$/, map], [/^more$/, more],
];

/* --- Screens ---------------------------------------------------------------------------------------------------- */
let shown = "", asked = 0;
async function show({ keepFocus = false } = {}) {
  const path = location.hash.replace(/^#\/?/, ""), turn = ++asked;
  const screen = await chosen(path);
  if (turn !== asked) return; // another screen was asked for meanwhile
  const unfolded = path === shown ? [...main.querySelectorAll("details")].map(({ open }) => open) : [];
  main.replaceChildren(...[screen].flat(Infinity).filter(Boolean));
  const parts = [...main.querySelectorAll("details")];
  if (parts.length === unfolded.length) parts.forEach((one, at) => { one.open = unfolded[at]; });
  main.className = store.isOpen() ? "page" : "page page--closed";
  const heading = main.querySelector("h1");
  document.title = heading ? `${heading.textContent} · ${gettext("Notebook")}` : gettext("Notebook");
  drawMenu(path);
  if (!keepFocus && path !== shown && heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  main.querySelector("[autofocus]")?.focus();
  shown = path;
}

async function chosen(path) {
  if (!(await store.plain("device"))) return (await store.waiting()).length ? emptied(opened) : welcome(opened);
  if (!store.isOpen()) return unlock(opened);
  for (const [pattern, screen] of ROUTES) {
    const found = path.match(pattern);
    if (found) return (await screen(...found.slice(1))) || missing();
  }
  return missing();
}

const missing = () => [
  el("h1", {}, gettext("This is not on your phone")),
  el("p", {}, gettext("It may have left your areas, or was never fetched.")),
  el("p", {}, link(gettext("My communities"), "#/")),
];

function drawMenu(path) {
  menu.hidden = !store.isOpen();
  menu.setAttribute("aria-label", gettext("Notebook"));
  const waiting = state.state.unsent.size;
  const entries = [
    ["", gettext("Communities")], ["points", gettext("Services")],
    ["outbox", waiting ? `${gettext("My entries")} (${number(waiting)})` : gettext("My entries")],
    ["more", gettext("More")],
  ];
  menu.replaceChildren(el("ul", {}, entries.map(([to, words]) => el("li", {}, link(words, `#/${to}`, { "aria-current": to === path ? "page" : null })))));
}

async function opened() {
  await state.refresh();
  await show();
  talk();
}

/* --- The line ------------------------------------------------------------------------------------------------------ */
/* What was fetched long ago without any contact since is forgotten: a phone may be in other hands. */
async function freshness() {
  const until = await store.plain("until");
  if (!until || Date.parse(until) > now()) return;
  await store.write({ remove: ["cursor", ...(await store.names("doc:")), ...(await store.names("contact:"))] });
  announce(gettext("This phone was out of contact for too long: what it had fetched is gone. What you wrote is still here. Sign in again under “More”."), "warning");
}

async function talk({ asked = false } = {}) {
  let result;
  try {
    if (asked && isSending()) await sync(); // what is under way may have passed by what is asked for
    result = await sync();
  } catch (error) {
    console.error(error);
    announce(gettext("Something went wrong while sending. Nothing is lost; try again later."), "warning");
    return "failed";
  }
  if (store.isOpen()) await state.refresh();
  if (asked && result === "done") announce(...sent(state.state.unsent.size));
  if (asked && result === "no signal") announce(gettext("No signal now. Everything is kept on this phone until there is."));
  if (result === "sign in") announce(gettext("Sign in again under “More”: this phone was out of contact for too long."), "warning");
  if (result === "emptied") { state.forget(); announce(gettext("This phone was taken out of use. What waited was handed to your supervisor, and the phone was emptied."), "warning"); }
  if (isClockWrong()) announce(gettext("The clock of this phone is wrong. Check the days that you write."), "warning");
  if (result === "emptied" || (store.isOpen() && !isWriting())) await show({ keepFocus: true });
  return result;
}

const sent = (left) => (left
  ? [fill(ngettext("%(n)s entry could not be sent yet. Try again with signal.", "%(n)s entries could not be sent yet. Try again with signal.", left), { n: number(left) }), "warning"]
  : [gettext("Everything is sent and up to date.")]);

/* Nothing is drawn anew under somebody's fingers. */
const isWriting = () => main.querySelector("form[data-entry]") || main.querySelector("input:focus, select:focus, textarea:focus");

/* Whoever looks at what waits sees it go. */
onSync(() => {
  if (!store.isOpen() || location.hash !== "#/outbox") return;
  state.refresh().then(() => show({ keepFocus: true })).catch((error) => {
    if (store.isOpen()) throw error; // else it was emptied meanwhile
  });
});

addEventListener("hashchange", () => show());
addEventListener("online", () => talk());

let hiddenAt = 0;
document.addEventListener("visibilitychange", async () => {
  if (document.visibilityState === "hidden") { hiddenAt = Date.now(); return; }
  if (store.isOpen() && Date.now() - hiddenAt > IDLE_MINUTES * 60_000) { lockUp(); return; }
  talk();
});

async function lockUp() {
  store.lock();
  state.forget();
  await show();
}

/* --- A new version of the app waits until it is asked for -------------------------------------------------------------- */
async function keepApp() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/field/worker.js", { scope: "/field/" });
  const offer = () => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    announce([gettext("A new version of the notebook is here."), " ",
      el("button", { type: "button", onclick: () => registration.waiting.postMessage("use") }, gettext("Use it now"))], "offer");
  };
  registration.addEventListener("updatefound", () => registration.installing.addEventListener("statechange", offer));
  let before = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (before) location.reload(); before = true; });
  offer();
}

Object.assign(actions, { talk, lock: lockUp });

/* --- One tab at a time: two would write over one another. The newest has it. -------------------------------------------- */
function takeOver() {
  return new Promise((taken) => {
    navigator.locks.request("notebook", { steal: true }, () => {
      taken();
      return new Promise(() => {}); // for as long as this tab lives
    }).catch(elsewhere);
  });
}

function elsewhere() {
  store.lock();
  state.forget();
  menu.hidden = true;
  main.replaceChildren(el("h1", {}, gettext("The notebook is open in another tab")),
    el("p", {}, gettext("What you wrote here is saved. Only one tab can write at a time.")),
    el("p", {}, el("button", { type: "button", class: "main", onclick: () => location.reload() }, gettext("Use it here"))));
}

/* --- Begin --------------------------------------------------------------------------------------------------------------- */
await takeOver();
await store.open();
setClock((await store.plain("behind")) || 0);
await freshness();
await show();
if (!store.isOpen()) sync().then(() => {}, () => {}); // what waits needs no PIN to be sent
keepApp().catch((error) => console.warn(error));
document.documentElement.dataset.ready = "true";
