// The page's end of its Python: starts the worker, runs cells in it, and passes on the messages of widgets.

const RECORD = "cnn-answers"; // in localStorage: what the reader answered, as helpers/questions/record.py writes it

// Where a browser keeps nothing for this page, what is answered counts until the page is closed.
const kept = {
  read() {
    try { return localStorage.getItem(RECORD) ?? ""; } catch { return ""; }
  },
  write(text) {
    try { localStorage.setItem(RECORD, text); } catch { /* see above */ }
  },
};

export class Kernel extends EventTarget {
  // Events: "progress" {bytes}, "failed" {reason}, "comm" {a message of a widget}, "idle" {id}.
  #worker;
  #executions = new Map(); // number -> { outputs, show, finish }
  #count = 0;

  constructor() {
    super();
    const worker = this.#worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => this.#tell("failed", { reason: event.message ?? "worker.js" });
    worker.postMessage({ type: "start", language: document.documentElement.lang, record: kept.read() });
    this.#windows = ({ key, newValue }) => {
      if (key === RECORD) worker.postMessage({ type: "record", text: newValue ?? "" });
    };
    addEventListener("storage", this.#windows);
  }

  #windows; // what is answered in another window counts here, too

  // Run the code of a cell. Each output goes to `show` as it comes; all of them are returned at the end.
  execute(cell, source, show) {
    return this.#ask({ type: "execute", cell, source }, show);
  }

  // Run the imports of a lesson, as far as their packages are here.
  prepare(source) {
    return this.#ask({ type: "prepare", source });
  }

  // Send a message to a widget in Python.
  send(message) {
    this.#worker.postMessage(message);
  }

  // End Python, whatever it does. What was asked and not answered yet never is.
  end() {
    removeEventListener("storage", this.#windows);
    this.#worker.terminate();
  }

  #ask(message, show = () => {}) {
    const number = ++this.#count;
    return new Promise((finish) => {
      this.#executions.set(number, { outputs: [], show, finish });
      this.#worker.postMessage({ ...message, number });
    });
  }

  #receive(message) {
    if (message.type === "output") {
      const execution = this.#executions.get(message.number);
      execution?.outputs.push(message.output);
      execution?.show(message.output);
    } else if (message.type === "done") {
      const { outputs, finish } = this.#executions.get(message.number);
      this.#executions.delete(message.number);
      finish(outputs);
    } else if (message.type === "record") {
      kept.write(message.text);
    } else if (message.type.startsWith("comm_")) {
      this.#tell("comm", message);
    } else {
      this.#tell(message.type, message);
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
