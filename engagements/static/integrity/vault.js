/* An opened key stays for half an hour, in this browser and this session alone, so that the next text opens without
 * asking again. It cannot be read out of the browser by a script, and it goes when the officer locks or signs out. */

const NAME = "integrity", STORE = "keys";
export const LASTS = 30 * 60_000; // milliseconds
const others = new BroadcastChannel("integrity-desk"); // the same desk in other tabs

const asked = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

async function within(mode, work) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "print" });
  const db = await asked(opening);
  try {
    return await work(db.transaction(STORE, mode).objectStore(STORE));
  } finally {
    db.close();
  }
}

export const keep = (session, { print, key }, now = Date.now()) =>
  within("readwrite", (keys) => asked(keys.put({ print, key, session, until: now + LASTS })));

/* The keys that are open now, by fingerprint. Those of another session, or past their time, are gone for good. */
export const held = (session, now = Date.now()) => within("readwrite", async (keys) => {
  const open = new Map();
  for (const row of await asked(keys.getAll())) {
    const lives = row.session === session && row.until > now && row.until <= now + LASTS;
    if (lives) open.set(row.print, row);
    else keys.delete(row.print);
  }
  return open;
});

export async function lock() {
  await within("readwrite", (keys) => asked(keys.clear()));
  others.postMessage("locked");
}

export const onLock = (heard) => { others.onmessage = heard; };
