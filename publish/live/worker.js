// Python of a page, in a worker of its own: the page stays quick while Python computes.
//
// Messages are answered one after the other. What kernel.py sends goes to the page as it is; from here come
// "progress" {bytes}, while files are loaded, and "failed" {reason}, where one of them is missing.
import { loadPyodide } from "pyodide";

const HOME = "/home/pyodide";
const fetchFile = self.fetch.bind(self);
let loadedBytes = 0;
let kernel;

// Load a file that lies beside this one. What was packed for it (see build.py) is unpacked here, so that it
// travels small from any server, also from one that does not compress.
async function load({ name, packed, type }) {
  const response = await fetchFile(new URL(name, self.location));
  if (!response.ok) throw new Error(`${name} (${response.status})`);
  const counter = new TransformStream({
    transform(chunk, out) {
      loadedBytes += chunk.byteLength;
      postMessage({ type: "progress", bytes: loadedBytes });
      out.enqueue(chunk);
    },
  });
  const body = response.body.pipeThrough(counter);
  return new Response(packed ? body.pipeThrough(new DecompressionStream("gzip")) : body, {
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
  const files = await (await load({ name: "files.json", type: "application/json" })).json();
  const loading = Object.fromEntries(files.core.map((file) => [file.what, load(file)]));
  // Whatever fails first is what the page says; the others are not to complain, too.
  Object.values(loading).forEach((file) => file.catch(() => {}));
  // Pyodide asks for its files by their usual names.
  self.fetch = (address) => loading[new URL(address).pathname.split("/").pop()];
  const program = await (await loading["pyodide.asm.js"]).blob();
  await import(URL.createObjectURL(program)); // loadPyodide would load it unpacked
  const python = await loadPyodide({ indexURL: new URL(".", self.location).href, packages: ["numpy"] });
  self.fetch = fetchFile;
  python.unpackArchive(await (await loading["lessons.zip"]).arrayBuffer(), "zip", { extractDir: HOME });
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

let queue = Promise.resolve();
self.onmessage = ({ data }) => {
  queue = queue
    .then(() => (data.type === "start" ? start(data) : answer(data)))
    .catch((error) => {
      queue = new Promise(() => {}); // nothing can be answered any more
      postMessage({ type: "failed", reason: error.message });
    });
};
