/* What the phone keeps. Whatever can be read by a person is encrypted with a key that only the PIN opens.
 *
 *   plain   a few values without content: the device's number, the server's public key, the wrapped key, tries left
 *   locked  documents, entries and the token: AES-256-GCM under the data key
 *   outbox  entries sealed to the server: they can be sent, but not read, without the PIN, and outlive an emptied phone
 *   photos  the same for photos
 *
 * The data key is random; the PIN's key (PBKDF2-SHA-256) wraps it. See docs/sync.md, "If the phone is taken".
 */
import { openDB } from "./vendor/idb.js";

const ITERATIONS = 600_000, TRIES = 8;
const STORES = ["plain", "locked", "outbox", "photos"];
const encoder = new TextEncoder(), decoder = new TextDecoder();

let db, key = null;

export async function open() {
  db = await openDB("field", 1, { upgrade: (made) => STORES.forEach((name) => made.createObjectStore(name)) });
}

/* --- In the clear -------------------------------------------------------------------------------------------- */
export const plain = (name) => db.get("plain", name);
export const setPlain = (name, value) => db.put("plain", value, name);

/* --- The lock -------------------------------------------------------------------------------------------------- */
export const isOpen = () => key !== null;
export const lock = () => { key = null; };

async function pinKey(pin, salt) {
  const given = await crypto.subtle.importKey("raw", encoder.encode(pin.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS }, given,
    { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

const AES = { name: "AES-GCM", length: 256 };
const nonce = () => crypto.getRandomValues(new Uint8Array(12));

async function wrap(dataKey, pin) {
  const salt = crypto.getRandomValues(new Uint8Array(16)), iv = nonce();
  const wrapped = await crypto.subtle.wrapKey("raw", dataKey, await pinKey(pin, salt), { name: "AES-GCM", iv });
  await setPlain("lock", { salt, iv, wrapped });
  await setPlain("tries", TRIES);
}

export async function setPin(pin) {
  const made = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  await wrap(made, pin);
  await unlock(pin);
}

async function unwrapped(pin, extractable) {
  const { salt, iv, wrapped } = await plain("lock");
  return crypto.subtle.unwrapKey("raw", wrapped, await pinKey(pin, salt), { name: "AES-GCM", iv }, AES, extractable, ["encrypt", "decrypt"]);
}

/* How many tries are left: TRIES when it opened, 0 when the phone was emptied. A try is counted before it is made. */
export async function unlock(pin, use = async () => { key = await unwrapped(pin, false); }) {
  const left = (await plain("tries")) - 1;
  await setPlain("tries", left);
  try {
    await use();
  } catch (error) {
    if (error.name !== "OperationError") throw error;
    if (left <= 0) await empty({ keepOutbox: true });
    return Math.max(left, 0);
  }
  await setPlain("tries", TRIES);
  return TRIES;
}
export const opened = (left) => left === TRIES;

export const changePin = (pin, next) => unlock(pin, async () => wrap(await unwrapped(pin, true), next));

/* Forgets everything; sealed entries stay where they can still be sent. */
export async function empty({ keepOutbox = false } = {}) {
  key = null;
  const kept = keepOutbox ? ["outbox", "photos"] : [];
  const rest = STORES.filter((name) => !kept.includes(name));
  const change = db.transaction(rest, "readwrite");
  await Promise.all([...rest.map((name) => change.objectStore(name).clear()), change.done]);
}

/* --- Under the lock ----------------------------------------------------------------------------------------------- */
async function encrypted(name, value) {
  const iv = nonce(), additionalData = encoder.encode(name);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, encoder.encode(JSON.stringify(value)));
  return { iv, data };
}

async function decrypted(name, { iv, data }) {
  const additionalData = encoder.encode(name);
  return JSON.parse(decoder.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, data)));
}

export async function get(name) {
  const held = await db.get("locked", name);
  return held && decrypted(name, held);
}

const from = (prefix) => IDBKeyRange.bound(prefix, `${prefix}\uffff`);
export const names = (prefix) => db.getAllKeys("locked", from(prefix));

/* Everything whose name begins with `prefix`, as a Map by the rest of the name. */
export async function all(prefix) {
  const range = from(prefix);
  const read = db.transaction("locked");
  const [keys, held] = await Promise.all([read.store.getAllKeys(range), read.store.getAll(range)]);
  const values = await Promise.all(held.map((one, place) => decrypted(keys[place], one)));
  return new Map(keys.map((name, place) => [name.slice(prefix.length), values[place]]));
}

/* Writes, removes, and puts into the outbox: all of it or nothing. */
export async function write({ put = {}, remove = [], outbox = null, photos = [], dropPhotos = [] }) {
  const ready = await Promise.all(Object.entries(put).map(async ([name, value]) => [name, await encrypted(name, value)]));
  const change = db.transaction(["locked", "outbox", "photos"], "readwrite");
  const locked = change.objectStore("locked");
  ready.forEach(([name, held]) => locked.put(held, name));
  remove.forEach((name) => locked.delete(name));
  if (outbox) change.objectStore("outbox").put(outbox, outbox.id);
  photos.forEach((photo) => change.objectStore("photos").put(photo, photo.id));
  dropPhotos.forEach((id) => change.objectStore("photos").delete(id));
  await change.done;
}

/* --- What waits to be sent -------------------------------------------------------------------------------------------- */
export const waiting = () => db.getAll("outbox");
export const waitingIds = () => db.getAllKeys("outbox");
export const waitingPhotos = () => db.getAllKeys("photos");
export const photo = (id) => db.get("photos", id);
export const photoSent = (id) => db.delete("photos", id);

/* The server could not take this version: at once, or after it failed on it `patience` times, a person must look at it. */
export async function trouble(id, seq, patience = 0) {
  const change = db.transaction("outbox", "readwrite");
  const held = await change.store.get(id);
  const failed = (held?.failed || 0) + 1;
  if (held && held.seq === seq) await change.store.put({ ...held, failed, trouble: failed > patience }, id);
  await change.done;
}

/* A version arrived: it leaves the outbox unless a newer one took its place meanwhile. */
export async function arrived(id, seq) {
  const change = db.transaction("outbox", "readwrite");
  const held = await change.store.get(id);
  if (held && held.seq === seq) await change.store.delete(id);
  await change.done;
}
