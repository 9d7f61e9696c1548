/* Keeps the app and its base map on the phone, and nothing else: data lives under the PIN, in IndexedDB. */
const VERSION = "field-{{ version }}";
const ADDRESSES = {{ addresses|safe }};
const SHELL = ADDRESSES[0];

async function keep(address) {
  const answer = await fetch(address, { cache: "no-cache", credentials: "omit" });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  return (await caches.open(VERSION)).put(address, answer);
}

/* All of a version or none of it: a cut leaves the old one at work. */
self.addEventListener("install", (event) => event.waitUntil(Promise.all(ADDRESSES.map(keep))));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("field-") && name !== VERSION);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

self.addEventListener("message", ({ data }) => data === "use" && self.skipWaiting());

self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const address = request.mode === "navigate" && pathname === SHELL ? SHELL : pathname + search;
  if (!ADDRESSES.includes(address)) return;
  event.respondWith((async () => (await (await caches.open(VERSION)).match(address)) || fetch(request))());
});
