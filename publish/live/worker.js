// Python of a page, in a worker of its own: the page stays quick while Python computes.
//
// Messages are answered one after the other. What kernel.py sends goes to the page as it is; from here come
// "progress" {bytes}, while files are loaded, and "failed" {reason}: what is missing, or the name of one of the
// page's words, "stalled" or "cut off".
import { loadPyodide } from "pyodide";

const HOME = "/home/pyodide";
const PACKAGES = "/lib/python3.12/site-packages";
const fetchFile = self.fetch.bind(self);
const PATIENCE = 60; // seconds without a byte
let loadedBytes = 0;
let awaited = 0; // files that have not come yet
let quiet = 0; // seconds since the last byte, while this worker was awake
let kernel;

// Ask for a file that lies beside this one.
async function ask(name) {
  const response = await fetchFile(new URL(name, self.location)).catch(() => { throw new Error("cut off"); });
  if (!response.ok) throw new Error(`${name} (${response.status})`);
  return response;
}

// Load a file. It was packed (see build.py) and is unpacked here, so that it travels small from any server, also
// from one that does not compress.
async function load({ name, type }) {
  const response = await ask(name);
  const counter = new TransformStream({
    transform(chunk, out) {
      quiet = 0;
      loadedBytes += chunk.byteLength;
      postMessage({ type: "progress", bytes: loadedBytes });
      out.enqueue(chunk);
    },
  });
  response.body.pipeTo(counter.writable).then(() => { awaited -= 1; }, () => fail("cut off"));
  return new Response(counter.readable.pipeThrough(new DecompressionStream("gzip")), {
    headers: { "Content-Type": type },
  });
}

// A file of data that is loaded when it is first opened. Python waits for it, hence the old way of asking.
function addData(FS, path, size) {
  const [, folder, name] = path.match(/(.*)\/(.*)/);
  FS.mkdirTree(folder);
  const node = FS.createFile(folder, name, {}, true, false);
  node.usedBytes = size;
  node.stream_ops = {
    ...node.stream_ops,
    open() {
      if (node.contents?.length === size) return;
      const request = new XMLHttpRequest();
      request.open("GET", new URL(path.slice(HOME.length + 1), self.location), false);
      request.responseType = "arraybuffer";
      request.send();
      if (request.status !== 200) throw new FS.ErrnoError(44); // no such file
      node.contents = new Uint8Array(request.response);
    },
  };
}

async function start({ language, record }) {
  setInterval(() => { if (awaited && ++quiet === PATIENCE) fail("stalled"); }, 1000);
  awaited = 1;
  const files = await (await ask("files.json")).json();
  awaited = files.core.length;
  const loading = Object.fromEntries(files.core.map((file) => [file.what, load(file)]));
  // Not only when they are asked for: a file that nobody reads stops on its way.
  const archives = ["numpy.zip", "lessons.zip"].map(async (name) => (await loading[name]).arrayBuffer());
  // Whatever fails first is what the page says; the others are not to complain, too.
  [...Object.values(loading), ...archives].forEach((file) => file.catch(() => {}));
  // Pyodide asks for its files by their usual names.
  self.fetch = (address) => loading[new URL(address).pathname.split("/").pop()];
  const program = await (await loading["pyodide.asm.js"]).blob();
  await import(URL.createObjectURL(program)); // loadPyodide would load it unpacked
  const python = await loadPyodide({ indexURL: new URL(".", self.location).href });
  self.fetch = fetchFile;
  const [numpy, lessons] = await Promise.all(archives);
  python.unpackArchive(numpy, "zip", { extractDir: PACKAGES });
  python.unpackArchive(lessons, "zip", { extractDir: HOME });
  for (const [path, size] of Object.entries(files.data)) addData(python.FS, `${HOME}/${path}`, size);
  python.registerJsModule("page", {
    post(text, buffers) {
      const message = JSON.parse(text);
      message.buffers = buffers.toJs();
      postMessage(message);
    },
  });
  kernel = python.pyimport("kernel");
  kernel.start(language, record);
}

function answer(message) {
  if (message.type === "execute") kernel.execute(message.number, message.cell, message.source);
  else if (message.type === "prepare") kernel.prepare(message.number, message.source);
  else if (message.type === "comm") receive(message);
  else if (message.type === "record") kernel.keep_record(message.text);
}

// What is binary in a message, such as the ink of a drawing, goes beside its text.
function receive({ buffers, ...message }) {
  const bytes = buffers.map((one) => new Uint8Array(one.buffer ?? one, one.byteOffset ?? 0, one.byteLength));
  kernel.receive(JSON.stringify(message), bytes);
}

function fail(reason) {
  queue = new Promise(() => {}); // nothing can be answered any more
  postMessage({ type: "failed", reason });
}

let queue = Promise.resolve();
self.onmessage = ({ data }) => {
  queue = queue
    .then(() => (data.type === "start" ? start(data) : answer(data)))
    .catch((error) => fail(error.message));
};
