/* What was fetched, opened once into memory and read again after each sync. */
import * as entries from "./entries.js";
import * as store from "./store.js";
import { isSending } from "./sync.js";

export const state = { communities: new Map(), points: [], documents: new Map(), entries: new Map(), answers: new Map(), unsent: new Set(), choices: {}, me: {} };

export async function refresh() {
  const documents = await store.all("doc:");
  Object.assign(state, {
    communities: new Map(), points: [], documents: new Map(),
    choices: documents.get("choices") || {}, me: documents.get("me") || {},
    entries: await entries.loadAll(), answers: await store.all("answer:"),
    ...(await outbox()), photosWaiting: (await store.waitingPhotos()).length,
    synced: await store.plain("synced"),
  });
  for (const [key, document] of documents) {
    if (/^c\d/.test(key)) state.communities.set(document.id, document);
    if (/^p\d/.test(key)) state.points.push(...document.points.map((row) => point(row, document.area)));
    if (/^e[0-9a-f]{8}-/.test(key)) state.documents.set(key.slice(1), document);
  }
}

async function outbox() {
  const waiting = await store.waiting();
  return { unsent: new Set(waiting.map(({ id }) => id)), troubled: new Set(waiting.filter((one) => one.trouble).map(({ id }) => id)) };
}

const point = ([id, name, type, at, seen, seenOn, freshDays], area) => ({ id, name, type, at, seen, seenOn, freshDays, area });

export function forget() {
  Object.assign(state, { communities: new Map(), points: [], documents: new Map(), entries: new Map(), answers: new Map(), unsent: new Set(), choices: {}, me: {} });
}

export function standingOf(entry) {
  const { id } = entry;
  return entries.standing(entry, { document: state.documents.get(id), answer: state.answers.get(id), unsent: state.unsent.has(id), trouble: state.troubled?.has(id), sending: isSending() });
}

/* What was handed in from a phone before this one: only what became of it is known here. */
const elsewhere = () => [...state.documents.values()].filter(({ id }) => !state.entries.has(id))
  .map(({ id, kind, community, point: about, on, changed }) => ({ id, kind, ready: true, photos: [], made: changed, body: { community, point: about, date: on } }));

/* Entries, the latest first. */
export const written = () => [...state.entries.values(), ...elsewhere()].sort((a, b) => (b.changed || b.made).localeCompare(a.changed || a.made));
