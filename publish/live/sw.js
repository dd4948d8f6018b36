// Keeps what a reader loads, so that the next visit needs no network. Above this, delivery.py writes VERSION
// and FILES, each file's path with its sum (SHA-256).
//
// The pages that this worker serves are all of its version. What it loads must have the sum it knows, or it
// belongs to another version and is refused: old and new files never mix. A new worker waits until no page of
// the old one is open, or until a page asks it to take over (offline.js).
const CACHE = `cnn-${VERSION}`;
// What each language says of a page that is not kept, where there is no network.
const LACKING = Object.keys(FILES).filter((path) => /(^|\/)offline\.html$/.test(path));
const SMALL = [
  "index.html", ...LACKING, "lesson.css", "code.css", "question.css", "front.css", "look.js", "front.js", "live/page.js",
];
const loading = new Map(); // path -> a promise of what load() returns, until it is kept

// The path of an address below this folder; undefined where the site has no such file.
function pathOf(address) {
  const { origin, pathname } = new URL(address);
  const home = new URL("./", self.location);
  if (origin !== home.origin || !pathname.startsWith(home.pathname)) return undefined;
  const path = decodeURIComponent(pathname.slice(home.pathname.length)).replace(/(^|\/)$/, "$1index.html");
  return Object.hasOwn(FILES, path) ? path : undefined;
}

async function sumOf(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...sum].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Read a file to its end; check it, and keep it.
async function keepWhole(path, response) {
  const whole = await response.arrayBuffer();
  if (await sumOf(whole) !== FILES[path]) throw new Error(`${path} is of another version`);
  // A full disk keeps nobody from reading.
  const cache = await caches.open(CACHE);
  await cache.put(path, new Response(whole, response)).catch(console.warn);
}

// Load a file from the server. It comes piece by piece, and is kept even if the page that asked has ended.
// Returns { response, whole }: the second is a promise that it was the right file, and is kept.
async function load(path) {
  const answer = await fetch(path, { cache: "no-cache" });
  if (!answer.ok) return { response: answer };
  const headers = new Headers(answer.headers);
  // What comes here is no longer compressed.
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  const response = new Response(answer.body, { headers });
  const whole = keepWhole(path, response.clone());
  whole.catch(() => {}); // told to whoever reads the file
  return { response, whole };
}

// Return a file: from what was kept, or from the server. Of what is being loaded already, for a page that was
// left, nothing is loaded a second time.
async function give(path, event) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  if (kept) return kept;
  if (!loading.has(path)) {
    const started = load(path);
    loading.set(path, started);
    const end = () => loading.delete(path);
    event.waitUntil(started.then(({ whole }) => whole).then(end, end));
  }
  const { response, whole } = await loading.get(path);
  const copy = response.clone();
  if (!whole) return copy;
  // The reader's end comes once the file was found to be the right one.
  const checked = new TransformStream({ flush: () => whole });
  return new Response(copy.body.pipeThrough(checked), copy);
}

const folderOf = (lacking) => lacking.slice(0, -"offline.html".length);

// The page of a language that stands in for a page of it.
const lackingOf = (path) => LACKING.filter((name) => path.startsWith(folderOf(name))).sort().pop();

// Return a page; where there is no network, say so, and list the pages that are kept.
async function givePage(path, event) {
  try {
    return await give(path, event);
  } catch {
    const cache = await caches.open(CACHE);
    const lacking = lackingOf(path);
    const names = (await cache.keys()).map(({ url }) => pathOf(url))
      .filter((name) => name?.endsWith(".html") && lackingOf(name) === lacking && name !== lacking);
    const entries = await Promise.all(names.map(async (name) => {
      const [, title] = (await (await cache.match(name)).text()).match(/<title>(.*?)<\/title>/s);
      return `<li><a href="${new URL(name, self.location)}">${title}</a></li>`;
    }));
    // It stands in for a page of any folder, so its own addresses are written out.
    const text = (await (await cache.match(lacking)).text())
      .replace(/ (href|src)="(?=\w)/g, ` $1="${new URL(`./${folderOf(lacking)}`, self.location)}`)
      .replace("<ul></ul>", `<ul>${entries.join("")}</ul>`);
    return new Response(text, {
      status: 503,
      headers: { "Content-Type": "text/html; charset=utf-8" },
    });
  }
}

// Load files to the end.
async function keep(paths, event) {
  await Promise.all(paths.map(async (path) => (await give(path, event)).arrayBuffer()));
}

self.addEventListener("install", (event) => event.waitUntil(keep(SMALL, event)));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("cnn-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const path = event.request.method === "GET" && pathOf(event.request.url);
  if (path) event.respondWith(event.request.mode === "navigate" ? givePage(path, event) : give(path, event));
});

// Tell whether one page is open. A page that is being left still counts for a moment.
async function isAlone() {
  for (let round = 0; round < 10; round++) {
    const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
    if (open.length === 1) return true;
    await new Promise((go) => setTimeout(go, 100));
  }
  return false;
}

self.addEventListener("message", (event) => event.waitUntil((async () => {
  if (event.data.type === "keep") {
    // What a page loaded before this worker served it.
    await clients.claim();
    event.ports[0].postMessage(true);
    await keep(event.data.addresses.map(pathOf).filter(Boolean), event);
  } else if (event.data.type === "take over") {
    const alone = await isAlone();
    event.ports[0].postMessage(alone);
    if (alone) await self.skipWaiting();
  }
})()));
