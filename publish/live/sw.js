// Keeps what a reader loads, so that the next visit needs no network. Above this, delivery.py writes VERSION
// and FILES, each file's path with its sum (SHA-256).
//
// The pages that this worker serves are all of its version. What it loads must have the sum it knows, or it
// belongs to another version and is refused: old and new files never mix. A new worker waits until no page of
// the old one is open, or until a page asks it to take over (offline.js).
const CACHE = `cnn-${VERSION}`;
const SMALL = ["index.html", "lesson.css", "code.css", "question.css", "front.css", "look.js", "front.js", "live/page.js"];

// The path of an address below this folder; undefined where the site has no such file.
function pathOf(address) {
  const { origin, pathname } = new URL(address);
  const home = new URL("./", self.location);
  if (origin !== home.origin || !pathname.startsWith(home.pathname)) return undefined;
  const path = decodeURIComponent(pathname.slice(home.pathname.length)) || "index.html";
  return Object.hasOwn(FILES, path) ? path : undefined;
}

async function sumOf(blob) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Load a file: from what was kept, or from the server, and then it is kept. It is handed on piece by piece as
// it comes; whether it was the right one is known at its end.
async function load(path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  if (kept) return kept;
  const response = await fetch(path, { cache: "no-cache" });
  if (!response.ok) return response;
  const headers = new Headers(response.headers);
  // What comes here is no longer compressed.
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  const parts = [];
  const checked = new TransformStream({
    transform(part, out) {
      parts.push(part);
      out.enqueue(part);
    },
    async flush(out) {
      const whole = new Blob(parts);
      if (await sumOf(whole) !== FILES[path]) return out.error(new Error(`${path} is of another version`));
      // A full disk keeps nobody from reading.
      await cache.put(path, new Response(whole, { headers })).catch(console.warn);
    },
  });
  return new Response(response.body.pipeThrough(checked), { headers });
}

// Load files to the end.
async function keep(paths) {
  await Promise.all(paths.map(async (path) => (await load(path)).arrayBuffer()));
}

self.addEventListener("install", (event) => event.waitUntil(keep(SMALL)));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("cnn-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const path = event.request.method === "GET" && pathOf(event.request.url);
  if (path) event.respondWith(load(path));
});

self.addEventListener("message", (event) => event.waitUntil((async () => {
  if (event.data.type === "keep") {
    // What a page loaded before this worker served it.
    await clients.claim();
    event.ports[0].postMessage(true);
    await keep(event.data.addresses.map(pathOf).filter(Boolean));
  } else if (event.data.type === "take over") {
    const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
    const alone = open.length === 1;
    event.ports[0].postMessage(alone);
    if (alone) await self.skipWaiting();
  }
})()));
