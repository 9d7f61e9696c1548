/* Seals bytes to the server's public key: this phone itself cannot open them again. The form is docs/sync.md, "Seals". */
import * as store from "./store.js";

const MAGIC = new TextEncoder().encode("FS1");
const GZIP = 1;

const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

async function packed(bytes) {
  if (typeof CompressionStream === "undefined") return [0, bytes];
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return [GZIP, new Uint8Array(await new Response(stream).arrayBuffer())];
}

export async function seal(bytes, { compress = true } = {}) {
  const { id, spki } = await store.plain("key");
  const [flags, content] = compress ? await packed(bytes) : [0, bytes];
  const open = await crypto.subtle.importKey("spki", fromBase64(spki), { name: "RSA-OAEP", hash: "SHA-256" }, false, ["wrapKey"]);
  const secret = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const wrapped = new Uint8Array(await crypto.subtle.wrapKey("raw", secret, open, "RSA-OAEP"));
  const head = new Uint8Array(8 + wrapped.length);
  head.set(MAGIC);
  new DataView(head.buffer).setUint32(3, id);
  head[7] = flags;
  head.set(wrapped, 8);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const closed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: head }, secret, content);
  return new Uint8Array(await new Blob([head, iv, closed]).arrayBuffer());
}

export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
