/* Opens what is sealed in a page, here in the browser, with the officer's key file. Nothing opened is ever sent. */
import { fromBase64, grouped, NoKeyFile, openFile, unseal, WrongPassphrase } from "./crypto.js";
import { busy, say } from "./say.js";
import * as vault from "./vault.js";

const desk = document.querySelector("[data-sealed-desk]");
const { session } = desk.dataset;
const form = desk.querySelector("[data-form=unlock]"), lock = desk.querySelector("[data-lock]");
const sealed = [...desk.querySelectorAll("[data-sealed], [data-photo]")];
const needed = new Set(sealed.map((one) => one.dataset.key).filter(Boolean));
let timer = null;

desk.hidden = false;
document.querySelector("[data-no-script]").hidden = true;

/* --- One text, one photo ------------------------------------------------------------------------------------------ */
async function open(one, key) {
  try {
    if (one.dataset.sealed) show(one, new TextDecoder().decode(await unseal(fromBase64(one.dataset.sealed), key)));
    else await showPhoto(one, key);
  } catch {
    say(one, "damaged");
  }
}

function show(one, text) {
  const place = one.querySelector("[data-opened]");
  place.textContent = text;
  place.hidden = false;
  say(one, "");
}

async function showPhoto(one, key) {
  const answer = await fetch(one.dataset.photo, { cache: "no-store" });
  if (!answer.ok) throw new Error("not there");
  const picture = one.querySelector("img");
  picture.src = URL.createObjectURL(new Blob([await unseal(new Uint8Array(await answer.arrayBuffer()), key)]));
  picture.hidden = false;
  say(one, "");
}

function close(one) {
  const place = one.querySelector("[data-opened]");
  if (place.src) URL.revokeObjectURL(place.src);
  place.removeAttribute("src");
  place.textContent = "";
  place.hidden = true;
  say(one, one.dataset.key ? "closed" : "server");
}

/* --- All of them ------------------------------------------------------------------------------------------------------ */
function closeAll() {
  clearTimeout(timer);
  sealed.forEach(close);
  lock.hidden = true;
  form.hidden = needed.size === 0;
}

async function refresh() {
  const keys = await vault.held(session);
  closeAll();
  const here = [...keys.values()].filter(({ print }) => needed.has(print));
  await Promise.all(sealed.filter((one) => keys.has(one.dataset.key)).map((one) => open(one, keys.get(one.dataset.key).key)));
  form.hidden = here.length === needed.size;
  lock.hidden = keys.size === 0;
  if (keys.size) timer = setTimeout(refresh, Math.max(0, Math.min(...[...keys.values()].map(({ until }) => until)) - Date.now()) + 1);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const [file, passphrase] = form.querySelectorAll("input");
  if (!file.files.length) return say(form, "no-file");
  return busy(form, async () => {
    let opened;
    try {
      opened = await openFile(await file.files[0].text(), passphrase.value);
    } catch (error) {
      return say(form, error instanceof WrongPassphrase ? "wrong" : error instanceof NoKeyFile ? "no-file" : "failed");
    }
    passphrase.value = "";
    if (!needed.has(opened.print)) return say(form, "other", { print: grouped(opened.print.slice(0, 16)) });
    await vault.keep(session, opened);
    file.value = "";
    say(form, "");
    return refresh();
  });
});

lock.addEventListener("click", async () => {
  await vault.lock();
  await refresh();
  form.querySelector("input").focus();
});

vault.onLock(() => closeAll());
document.addEventListener("submit", (event) => { if (/logout/.test(event.target.action)) vault.lock(); });
window.addEventListener("pagehide", closeAll); // nothing opened is left for whoever goes back to this page
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); }); // a laptop that slept

await refresh();
