/* What an officer writes: every change is on disk at once, under the lock and, sealed, in the outbox. */
import { seal, sha256 } from "./seal.js";
import * as store from "./store.js";
import { fill, gettext, language, now, today } from "./words.js";

const THUMB = 240, LONGEST = 1280, QUALITY = 0.72;

/* --- One entry ------------------------------------------------------------------------------------------------ */
export function begin(kind, body) {
  return { id: crypto.randomUUID(), kind, seq: 0, ready: false, photos: [], made: now().toISOString(), body: { date: today(), ...body } };
}

export const load = (id) => store.get(`entry:${id}`);
export const loadAll = () => store.all("entry:");

async function command(entry) {
  const { device, token } = await store.get("device");
  return {
    v: 1, device, token, id: entry.id, seq: entry.seq, kind: entry.kind, draft: !entry.ready, lang: language,
    zone: -new Date().getTimezoneOffset(), after: entry.after ?? null, mends: entry.mends ?? null, body: sent(entry.body),
    photos: entry.photos.map(({ id, size, sha256 }) => ({ id, size, sha256 })),
  };
}

/* What was sealed to the integrity body: nobody reads it on a phone again. */
export const isClosed = ({ text }) => typeof text === "string" && text.startsWith("SC1:");

/* The body as it leaves the phone: the words of a concern follow once its topic says who may read them. */
function sent(body) {
  if (!body.concerns) return body;
  return { ...body, concerns: body.concerns.map((row) => (row.topic || isClosed(row) ? row : { ...row, text: "", public_text: "" })) };
}

/* Saves go one after the other, each with what was written when it was asked for. */
let tail = Promise.resolve();
export function save(entry, { photos = [], dropPhotos = [] } = {}) {
  entry.seq += 1;
  entry.changed = now().toISOString();
  const kept = structuredClone(entry);
  tail = tail.catch(() => {}).then(async () => {
    const sealed = await seal(new TextEncoder().encode(JSON.stringify(await command(kept))));
    await store.write({
      put: { [`entry:${kept.id}`]: kept }, photos, dropPhotos,
      outbox: { id: kept.id, seq: kept.seq, draft: !kept.ready, sealed },
    });
  });
  return tail;
}

/* Throws a draft away for good: here at once, and on the server, where it may have come. */
export async function discard(entry) {
  await tail.catch(() => {});
  const last = { ...entry, seq: entry.seq + 1, ready: false, photos: [], body: {} };
  const sealed = await seal(new TextEncoder().encode(JSON.stringify({ ...(await command(last)), drop: true })));
  await store.write({
    remove: [`entry:${entry.id}`, `answer:${entry.id}`], dropPhotos: entry.photos.map(({ id }) => id),
    outbox: { id: entry.id, seq: last.seq, draft: true, sealed },
  });
}

/* --- Photos: shrunk here, drawn anew (so that nothing of place, time or phone is left in them), sealed ----------- */
async function drawn(picture, longest, quality) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
}

const asDataURL = (blob) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.readAsDataURL(blob);
});

export async function addPhoto(entry, file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const photo = await drawn(picture, LONGEST, QUALITY);
  const sealed = await seal(new Uint8Array(await photo.arrayBuffer()), { compress: false });
  const id = crypto.randomUUID();
  const thumb = await asDataURL(await drawn(picture, THUMB, 0.6));
  entry.photos.push({ id, size: sealed.length, sha256: await sha256(sealed), thumb });
  try {
    await save(entry, { photos: [{ id, sealed }] });
  } catch (error) { // no room: nothing is announced that is not here
    entry.photos = entry.photos.filter((photo) => photo.id !== id);
    throw error;
  }
}

export async function dropPhoto(entry, id) {
  entry.photos = entry.photos.filter((photo) => photo.id !== id);
  await save(entry, { dropPhotos: [id] });
}

/* --- How it stands, in plain words ------------------------------------------------------------------------------------ */
const WHY = () => ({
  differs: gettext("something else was received under the same number"),
  changed: gettext("the meeting was changed in the office meanwhile"),
  outside: gettext("you are not posted there any more"),
  revoked: gettext("it came from a phone that was taken out of use"),
});

/* `document` is what the server last said of it, `answer` what it said when it received it. */
export function standing(entry, { document, answer, unsent, trouble, sending }) {
  const told = { ...answer, ...document };
  if (trouble) return { state: "trouble", mark: "not_kept", words: gettext("The server could not take this. It stays here: ask your supervisor for help.") };
  if (!entry.ready) {
    if (document?.meeting === "returned") return { state: "returned", mark: "not_kept", words: returned(document) };
    if (problems(told)) return { state: "refused", mark: "not_kept", words: gettext("To be mended: see the marked fields.") };
    return unsent
      ? { state: "draft", mark: "open", words: gettext("Draft, on this phone only") }
      : { state: "draft", mark: "open", words: gettext("Draft, kept on the server too") };
  }
  if (unsent && sending && navigator.onLine) return { state: "sending", mark: "unconfirmed", words: gettext("Sending") };
  if (unsent) return { state: "waiting", mark: "unconfirmed", words: gettext("On this phone only: sent as soon as there is signal") };
  if (document?.meeting === "returned") return { state: "returned", mark: "not_kept", words: returned(document) };
  if (document?.meeting === "reviewed") return { state: "accepted", mark: "kept", words: gettext("Accepted") };
  if (document?.state === "held" || (!document && answer?.status === "held")) {
    return { state: "held", mark: "partly", words: fill(gettext("Received; your supervisor must look at it (%(why)s)."), { why: WHY()[told.why] || "" }) };
  }
  if (document?.state === "aside") return { state: "aside", mark: "cancelled", words: fill(gettext("Set aside by your supervisor: %(reason)s"), { reason: document.reason }) };
  if (document?.state === "refused" || (!document && answer?.status === "refused")) {
    return { state: "refused", mark: "not_kept", words: gettext("To be mended: see the marked fields.") };
  }
  return { state: "received", mark: "kept", words: fill(gettext("Received, receipt %(code)s"), { code: told.receipt || "…" }) };
}

const returned = (document) => fill(gettext("Returned: %(reason)s"), { reason: document.reason });
export const problems = (told) => told?.problems && Object.keys(told.problems).length > 0;
