/* Sends what waits, fetches what changed: when the app opens, when signal comes back, and when asked. No polling. */
import * as entries from "./entries.js";
import * as store from "./store.js";
import { setClock } from "./words.js";

const CHUNK = 64 * 1024, PATIENCE = 60_000, BUSY_TIMES = 3;
const listeners = new Set();
export const onSync = (heard) => listeners.add(heard);
const tell = (event) => listeners.forEach((heard) => heard(event));

export class NoSignal extends Error {}
class Busy extends NoSignal {} // the server answered that it could not

/* One at a time, in whatever tab. Answers "done", "no signal", "sign in" or "emptied". */
let running = null;
export const isSending = () => running !== null;
export function sync() {
  running ??= navigator.locks
    .request("field-sync", () => run())
    .catch((error) => {
      if (error instanceof NoSignal) return "no signal";
      throw error;
    })
    .finally(() => { running = null; });
  return running;
}

async function run() {
  if (!(await store.plain("device"))) {
    await pushAll(); // an emptied phone still sends what it holds
    await pushPhotos();
    return "done";
  }
  tell({ kind: "sending" });
  const mustEmpty = await pushAll();
  await pushPhotos();
  if (mustEmpty) return emptied();
  const result = store.isOpen() ? await pullAll() : "done";
  tell({ kind: result });
  return result;
}

/* What could not be handed over yet stays, sealed, and is still sent. */
async function emptied() {
  await store.empty({ keepOutbox: (await store.waitingIds()).length > 0 });
  tell({ kind: "emptied" });
  return "emptied";
}

async function ask(address, options) {
  let answer;
  try {
    const signal = AbortSignal.timeout?.(PATIENCE); // a line that says nothing is no line
    answer = await fetch(address, { credentials: "omit", cache: "no-store", signal, ...options });
  } catch {
    throw new NoSignal();
  }
  if (answer.status >= 500) throw new Busy();
  return answer;
}

/* What is cut off on its way back counts as no answer. */
async function read(answer) {
  try {
    return await answer.json();
  } catch {
    throw new NoSignal();
  }
}

function learnClock(stamp) {
  const behind = Date.parse(stamp) - Date.now();
  setClock(Math.abs(behind) > 60_000 ? behind : 0);
  return store.setPlain("behind", Math.abs(behind) > 60_000 ? behind : 0);
}

/* --- Out -------------------------------------------------------------------------------------------------------- */
/* An entry that the server cannot take stays, and does not stand in the way of the others. */
async function pushAll() {
  let mustEmpty = false;
  for (const { id, seq, sealed } of await store.waiting()) {
    const answer = await ask("/field/push/", { method: "POST", body: sealed, headers: { "Content-Type": "application/octet-stream" } })
      .catch((error) => { if (error instanceof Busy) return { ok: false }; throw error; });
    if (!answer.ok) {
      await store.trouble(id, seq, answer.status ? 0 : BUSY_TIMES); // it stays, and says so
      continue;
    }
    const told = await read(answer);
    await learnClock(told.now);
    mustEmpty ||= told.empty;
    if (store.isOpen()) await heard(id, seq, told);
    await store.arrived(id, seq);
    if (told.empty) await store.empty({ keepOutbox: true }); // at once: the line may be cut before the end
    tell({ kind: "sent", id });
  }
  return mustEmpty;
}

/* An entry that must be mended opens again, with the sentences beside its fields. */
async function heard(id, seq, told) {
  const before = (await store.get(`answer:${id}`)) || {};
  // What was wrong is wrong until it is handed in again: a draft says nothing of it.
  const put = { [`answer:${id}`]: told.status === "draft" ? { ...told, problems: before.problems } : told };
  const entry = await entries.load(id);
  if (entry && entry.seq === seq && told.status === "refused") put[`entry:${id}`] = { ...entry, ready: false };
  await store.write({ put });
}

async function pushPhotos() {
  for (const id of await store.waitingPhotos()) {
    const address = `/field/photos/${id}/`;
    const there = await ask(address, { method: "HEAD" });
    if (!there.ok) continue; // its entry has not been received yet
    let offset = received(there, -1);
    const { sealed } = (await store.photo(id)) || { sealed: "" }; // taken out meanwhile
    while (offset < sealed.length) {
      const body = sealed.slice(offset, offset + CHUNK);
      const answer = await ask(address, {
        method: "PATCH", body, headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset), "Tus-Resumable": "1.0.0" },
      });
      offset = answer.ok ? received(answer, offset) : Infinity;
    }
    if (offset === Infinity) continue; // not taken now: it stays, and holds up nothing else
    await store.photoSent(id);
    tell({ kind: "sent", id });
  }
}

/* How much of a photo the server has. More each time, or somebody else answers, or it must come again: later. */
function received(answer, before) {
  const offset = Number(answer.headers.get("Upload-Offset") ?? -1);
  if (offset <= before) throw new NoSignal();
  return offset;
}

/* --- In ---------------------------------------------------------------------------------------------------------- */
export async function asPhone(address, body) {
  const { device, token } = await store.get("device");
  return ask(address, {
    method: "POST", body: JSON.stringify(body ?? {}),
    headers: { Authorization: `Phone ${device} ${token}`, "Content-Type": "application/json" },
  });
}

async function pullAll() {
  for (let more = true; more; ) {
    const answer = await asPhone("/field/pull/", { cursor: (await store.get("cursor")) || "" });
    const told = await read(answer);
    if (answer.status === 401) {
      if (told.empty) return emptied();
      return "sign in";
    }
    if (!answer.ok) throw new NoSignal();
    await learnClock(told.now);
    await take(told);
    await store.setPlain("until", told.until);
    more = told.more;
  }
  await store.setPlain("synced", new Date().toISOString());
  return "done";
}

/* Documents, what has disappeared and the cursor are written together: a cut leaves the state before. */
async function take({ documents, gone, cursor }) {
  const put = { cursor }, remove = [];
  const unsent = new Set(await store.waitingIds()), sealed = await sealedTopics();
  for (const [key, document] of Object.entries(documents)) {
    put[`doc:${key}`] = document;
    if (/^c\d/.test(key)) remove.push(...(await closed(key, document.contacts)));
    if (key.startsWith("e")) Object.assign(put, await adopted(document, unsent, sealed));
  }
  for (const key of gone) {
    remove.push(`doc:${key}`);
    if (/^c\d/.test(key)) remove.push(...(await closed(key)));
    if (key.startsWith("e") && !unsent.has(key.slice(1))) remove.push(`entry:${key.slice(1)}`, `answer:${key.slice(1)}`);
  }
  await store.write({ put, remove });
  if (Object.keys(documents).some((key) => key.startsWith("e") || key === "choices")) await forgetSealed();
}

/* Contacts that were opened here and are not the community's, or not in sight, any more. */
async function closed(key, contacts = []) {
  const opened = `contact:${key.slice(1)}:`, kept = new Set(contacts.filter(([, , known]) => known).map(([id]) => opened + id));
  return (await store.names(opened)).filter((name) => !kept.has(name));
}

/* What was begun on another phone, or handed on, goes on here; a returned meeting opens for mending. */
async function adopted(document, unsent, sealed) {
  const { id, body, photos = [], meeting, version, kind, seq } = document;
  if (unsent.has(id)) return {};
  const here = await entries.load(id);
  if (body && (!here || here.seq < seq)) {
    return { [`entry:${id}`]: { id, kind, seq, after: seq, body, photos, ready: false, mends: version, made: here?.made || new Date().toISOString() } };
  }
  if (here && here.ready && meeting === "returned") return { [`entry:${id}`]: { ...withoutSealed(here, sealed), ready: false, mends: version } };
  if (here && here.ready && document.state === "refused") return { [`entry:${id}`]: { ...here, ready: false } };
  return {};
}

function withoutSealed(entry, sealed) {
  const concerns = entry.body.concerns || [], kept = concerns.filter(({ topic }) => !sealed.has(topic));
  const gone = concerns.length - kept.length;
  return gone ? { ...entry, body: { ...entry.body, concerns: kept }, sealedSent: (entry.sealedSent || 0) + gone } : entry;
}

async function sealedTopics() {
  const choices = await store.get("doc:choices");
  return new Set((choices?.topics || []).filter((topic) => topic[2]).map(([key]) => key));
}

/* The words of a sealed concern leave the phone once they were received; while an entry is written, they stay. */
async function forgetSealed() {
  const sealed = await sealedTopics(), recorded = await store.all("doc:e"), unsent = new Set(await store.waitingIds());
  const put = {};
  for (const [id, entry] of await entries.loadAll()) {
    const kept = withoutSealed(entry, sealed);
    if (entry.ready && recorded.get(id)?.state === "recorded" && !unsent.has(id) && kept !== entry) put[`entry:${id}`] = kept;
  }
  if (Object.keys(put).length) await store.write({ put });
}

/* --- The phone itself ------------------------------------------------------------------------------------------------ */
export async function session() {
  return read(await ask("/field/session/", { credentials: "same-origin" }));
}

/* Puts this phone in use for whoever is signed in on the web. Raises an Error with a sentence. */
export async function enrol(csrf, given) {
  const answer = await ask("/field/enrol/", {
    method: "POST", credentials: "same-origin", body: new URLSearchParams(given),
    headers: { "X-CSRFToken": csrf },
  });
  if (answer.redirected) { // a second factor is still missing
    location.assign(answer.url);
    throw new NoSignal();
  }
  const told = await read(answer);
  if (!answer.ok) throw new Error(told.error);
  await learnClock(told.now);
  return told;
}
