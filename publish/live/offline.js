// The page's end of sw.js, which keeps what was loaded for a visit without a network.

const PATIENCE = 2000; // milliseconds

// Start it; resolves once it serves this page, or as soon as it is clear that it will not: a browser offers it
// to https and to this machine's own pages only.
export async function keepLoaded(isBusy) {
  if (!navigator.serviceWorker) return;
  try {
    const registration = await navigator.serviceWorker.register(new URL("../sw.js", import.meta.url));
    if (navigator.serviceWorker.controller) return await followVersions(registration, isBusy);
    const worker = registration.active ?? registration.installing ?? registration.waiting;
    await settled(worker);
    if (worker.state === "activated") await serve(worker);
  } catch (error) {
    console.warn(error); // everything works without it
  }
}

// Wait until a worker works, or has failed to start.
function settled(worker) {
  return new Promise((resolve) => {
    const look = () => ["activated", "redundant"].includes(worker.state) && resolve();
    worker.addEventListener("statechange", look);
    look();
  });
}

// Send a message to a worker, and wait for its answer.
function ask(worker, message) {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(message, [port2]);
  return new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
}

// Tell the worker what this page loaded without it, and wait until it serves the page.
function serve(worker) {
  const addresses = performance.getEntriesByType("resource").map(({ name }) => name);
  return ask(worker, { type: "keep", addresses: [location.href, ...addresses] });
}

// Where the site has a new version, this page is of the old one. If no other is open, it is loaded anew: now,
// or when the new version comes while nothing is alive in it.
async function followVersions(registration, isBusy) {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed" && !isBusy()) ask(worker, { type: "take over" });
    });
  });
  const { waiting } = registration;
  // Nothing is to start in a page that ends at once; but where the old worker is held up, it does.
  if (waiting && await ask(waiting, { type: "take over" })) await new Promise((go) => setTimeout(go, PATIENCE));
}
