// The page's end of sw.js, which keeps what was loaded for a visit without a network.

// Start it; resolves once it serves this page, or as soon as it is clear that it will not: a browser offers it
// to https and to this machine's own pages only.
export async function keepLoaded(isBusy) {
  if (!navigator.serviceWorker) return;
  try {
    const registration = await navigator.serviceWorker.register(new URL("../sw.js", import.meta.url));
    const controlled = navigator.serviceWorker.controller;
    if (controlled) followVersions(registration, isBusy);
    else await serve((await navigator.serviceWorker.ready).active);
  } catch (error) {
    console.warn(error); // everything works without it
  }
}

// Tell the worker what this page loaded without it, and wait until it serves the page.
function serve(worker) {
  const { port1, port2 } = new MessageChannel();
  const addresses = performance.getEntriesByType("resource").map(({ name }) => name);
  worker.postMessage({ type: "keep", addresses: [location.href, ...addresses] }, [port2]);
  return new Promise((resolve) => { port1.onmessage = resolve; });
}

// Where the site has a new version, this page is of the old one. If no other is open, and nothing is alive in
// it yet, it is loaded anew.
function followVersions(registration, isBusy) {
  const ask = (worker) => isBusy() || worker?.postMessage({ type: "take over" });
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  ask(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker.addEventListener("statechange", () => worker.state === "installed" && ask(worker));
  });
}
