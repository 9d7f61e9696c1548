/* Key files and sealed texts. The layouts are those of cms/demo/integrity_key.py and engagements/sealing.py. */

const MAGIC = "FS1", HEAD = 8, WRAPPED = 384, NONCE = 12, GZIP = 1, LARGEST = 8 * 2 ** 20;
const KDF = "PBKDF2-SHA256", ROUNDS = 600_000;
const RSA = { name: "RSA-OAEP", hash: "SHA-256" };
const encoder = new TextEncoder();

export class NoKeyFile extends Error {}
export class WrongPassphrase extends Error {}
export class Unreadable extends Error {}

export const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
export function toBase64(bytes) {
  let signs = "";
  for (const byte of new Uint8Array(bytes)) signs += String.fromCharCode(byte);
  return btoa(signs);
}

export async function fingerprint(spki) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", fromBase64(spki)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
export const grouped = (print) => print.match(/.{4}/g).join(" ");

/* --- Key files ------------------------------------------------------------------------------------------------ */
async function lockOf(passphrase, salt, rounds) {
  const given = await crypto.subtle.importKey("raw", encoder.encode(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, given,
    { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/* A new pair as the text of a key file, locked with the passphrase. The private key is nowhere else. */
export async function makeFile(passphrase) {
  const pair = await crypto.subtle.generateKey(
    { ...RSA, modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]) }, true, ["encrypt", "decrypt"]);
  const spki = toBase64(await crypto.subtle.exportKey("spki", pair.publicKey));
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const salt = crypto.getRandomValues(new Uint8Array(16)), nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await lockOf(passphrase, salt, ROUNDS), pkcs8);
  return JSON.stringify({
    v: 1, kdf: KDF, rounds: ROUNDS, public: spki, salt: toBase64(salt), nonce: toBase64(nonce), private: toBase64(locked),
  });
}

function parsed(text) {
  try {
    const file = JSON.parse(text);
    if (file.v !== 1 || file.kdf !== KDF || !Number.isInteger(file.rounds) || file.rounds > 10_000_000) throw new NoKeyFile();
    const [salt, nonce, locked] = [file.salt, file.nonce, file.private].map(fromBase64);
    fromBase64(file.public);
    return { ...file, salt, nonce, locked };
  } catch {
    throw new NoKeyFile();
  }
}

/* Opens a key file: its private key, which cannot be taken out of the browser again, its public half, its fingerprint. */
export async function openFile(text, passphrase) {
  const file = parsed(text);
  let pkcs8;
  try {
    pkcs8 = await crypto.subtle.decrypt({ name: "AES-GCM", iv: file.nonce }, await lockOf(passphrase, file.salt, file.rounds), file.locked);
  } catch {
    throw new WrongPassphrase();
  }
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, RSA, false, ["decrypt"]);
  new Uint8Array(pkcs8).fill(0);
  return { key, spki: file.public, print: await fingerprint(file.public) };
}

/* Whether what is locked with the public half opens with the private one. */
export async function fits({ key, spki }) {
  const open = await crypto.subtle.importKey("spki", fromBase64(spki), RSA, false, ["encrypt"]);
  const probe = crypto.getRandomValues(new Uint8Array(32));
  try {
    const back = await crypto.subtle.decrypt(RSA, key, await crypto.subtle.encrypt(RSA, open, probe));
    return toBase64(back) === toBase64(probe);
  } catch {
    return false;
  }
}

/* --- Sealed texts and photos ------------------------------------------------------------------------------------- */
async function unpacked(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts = [];
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    size += value.length;
    if (size > LARGEST) throw new Unreadable();
    parts.push(value);
  }
}

export async function unseal(bytes, key) {
  try {
    if (new TextDecoder().decode(bytes.slice(0, 3)) !== MAGIC) throw new Unreadable();
    const head = bytes.slice(0, HEAD + WRAPPED), iv = bytes.slice(head.length, head.length + NONCE);
    const raw = await crypto.subtle.decrypt(RSA, key, head.slice(HEAD));
    const secret = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
    const content = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: head }, secret, bytes.slice(head.length + NONCE));
    return bytes[7] & GZIP ? await unpacked(new Uint8Array(content)) : new Uint8Array(content);
  } catch {
    throw new Unreadable();
  }
}
