// The page's end of sw.js, which keeps what was loaded for a visit without a network.

// Start it; resolves once it serves this page, or as soon as it is clear that it will not: a browser offers it
// to https and to this machine's own pages only.
export async function keepLoaded(isBusy) {
  if (!navigator.serviceWorker) return;
  try {
    const registration = await navigator.serviceWorker.register(new URL("../sw.js", import.meta.url));
    if (navigator.serviceWorker.controller) return followVersions(registration, isBusy);
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

// Tell the worker what this page loaded without it, and wait until it serves the page.
function serve(worker) {
  const { port1, port2 } = new MessageChannel();
  const addresses = performance.getEntriesByType("resource").map(({ name }) => name);
  worker.postMessage({ type: "keep", addresses: [location.href, ...addresses] }, [port2]);
  return new Promise((resolve) => { port1.onmessage = resolve; });
}

// Where the site has a new version, this page is of the old one. If no other is open, it is loaded anew: now,
// or when the new version comes while nothing is alive in it.
function followVersions(registration, isBusy) {
  const ask = (worker) => worker.postMessage({ type: "take over" });
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  if (registration.waiting) ask(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker.addEventListener("statechange", () => worker.state === "installed" && !isBusy() && ask(worker));
  });
}
