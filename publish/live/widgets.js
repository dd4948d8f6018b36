// The widgets of a page's Python: their models, kept in step with Python, and their views.
import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import { Widget } from "@lumino/widgets";
import "@jupyter-widgets/base/css/index.css";
import "@jupyter-widgets/controls/css/labvariables.css";
import "@jupyter-widgets/controls/css/widgets-base.css";
import "./widgets.css";

// anywidget gives up a widget that has not begun within two seconds, and a slow device may need more.
const { timeout } = AbortSignal;
AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, 60 * milliseconds);

let anywidget;
// anywidget is made for AMD loaders, such as JupyterLab's.
globalThis.define = (names, make) => { anywidget = make(base); };
await import("anywidget");
delete globalThis.define;

const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  anywidget,
};

let messages = 0; // that were sent

// One end of a comm, as widgets expect it.
class Comm {
  constructor(kernel, id) {
    this.comm_id = id;
    this.kernel = kernel;
  }

  send(data, callbacks, metadata, buffers = []) {
    const id = `page-${++messages}`;
    this.sent(id, callbacks);
    this.kernel.send({ type: "comm", id, comm: this.comm_id, data, buffers });
    return id;
  }

  close() { return ""; }
  on_msg(answer) { this.answer = answer; }
  on_close(close) { this.closed = close; }
}

export class Widgets extends ManagerBase {
  #comms = new Map();
  #waiting = new Map(); // message -> callbacks of the widget that sent it
  #order = Promise.resolve(); // a model is made in steps, and the next message waits for all of them

  constructor(kernel) {
    super();
    this.kernel = kernel;
    kernel.addEventListener("comm", ({ detail }) => {
      this.#order = this.#order.then(() => this.#receive(detail)).catch(console.error);
    });
    kernel.addEventListener("idle", ({ detail }) => {
      // Behind the changes it led to: until then the widget sends no further one.
      this.#order = this.#order.then(() => {
        this.#waiting.get(detail.id)?.iopub?.status?.({ content: { execution_state: "idle" } });
        this.#waiting.delete(detail.id);
      });
    });
  }

  // Show a widget in an element, and wait until all of it is there.
  async show(id, element) {
    await this.#order;
    const view = await this.create_view(await this.get_model(id));
    Widget.attach(view.luminoWidget, element);
    await complete(view);
  }

  async loadClass(name, module) {
    return MODULES[module][name];
  }

  async _create_comm() { throw new Error("Widgets are made in Python"); }
  async _get_comm_info() { return {}; }

  async #receive({ type, comm: id, data, metadata, parent, buffers }) {
    const message = {
      header: { msg_type: type },
      parent_header: { msg_id: parent },
      content: { comm_id: id, data },
      metadata,
      buffers: buffers.map((bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
    };
    if (type === "comm_open") {
      const comm = new Comm(this.kernel, id);
      comm.sent = (sent, callbacks) => this.#waiting.set(sent, callbacks);
      this.#comms.set(id, comm);
      await this.handle_comm_open(comm, message);
    } else if (type === "comm_msg") {
      await this.#comms.get(id)?.answer?.(message);
    } else {
      this.#comms.get(id)?.closed?.(message);
      this.#comms.delete(id);
    }
  }
}

// Wait for the views inside of a box, which are made after it.
async function complete(view) {
  const inside = await Promise.all(view.children_views?.views ?? []);
  await Promise.all(inside.map(complete));
}
