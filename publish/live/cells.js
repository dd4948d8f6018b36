// The code cells of a page, marked with data-code: a reader runs them, changes them, and gets the lesson's own
// code back. Until somebody does, the page shows its still code and what the lesson's code gives.
import { hold, show } from "./outputs.js";
import { Starter, bytes, button, element, fill, name, words } from "./starter.js";

const KEPT = `cnn-code ${name}`; // in localStorage: what the reader wrote, by cell
const SLOW = 2000; // milliseconds after which a cell can be stopped
const SOON = 400; // until then, what a cell showed before stays, so that nothing flickers

// Where a browser keeps nothing for this page, what is written lasts until the page is closed.
const kept = {
  read() {
    try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
  },
  write(texts) {
    try {
      if (Object.keys(texts).length) localStorage.setItem(KEPT, JSON.stringify(texts));
      else localStorage.removeItem(KEPT);
    } catch { /* see above */ }
  },
};

class Cell extends Starter {
  #editor;
  ran; // the code that ran last, since Python started

  constructor(place, cells) {
    super(place);
    this.name = place.dataset.code;
    this.cells = cells;
    this.still = place.querySelector(".highlight");
    this.shown = place.querySelector(".jp-Cell-outputWrapper"); // what it shows now
    this.stored = this.shown; // what the lesson's own code gives
    this.run = button(words.run, () => cells.run(this));
    this.change = button(words.edit, () => this.edit().then(() => this.#editor?.focus()));
    this.back = button(words.restore, () => this.restore());
    this.back.hidden = true;
    this.hint = element("span", { textContent: words.keys, hidden: true });
    const { seconds } = place.dataset;
    const slow = seconds ? words.takes.replace("{seconds}", seconds) : "";
    // Many buttons of a page have the same name; their cell tells them apart.
    for (const one of [this.run, this.change, this.back]) one.ariaLabel = `${one.textContent}: ${this.name}`;
    const tools = element("div", { className: "cell-tools" }, this.run, slow, this.change, this.back, this.hint);
    this.still.after(tools);
    // Outside of what is folded away with the code.
    this.bar.setAttribute("role", "status");
    this.bar.classList.add("cell-bar");
    place.querySelector(".jp-Cell > :first-child").after(this.bar);
  }

  get own() { return this.cells.lesson.sources[this.name]; }
  get text() { return this.cells.texts[this.name] ?? this.own; }

  // Let the reader change the code.
  async edit() {
    if (this.#editor) return;
    try {
      const [{ edit }] = await Promise.all([import("./editor.js"), this.cells.lesson.read()]);
      if (this.#editor) return;
      const place = element("div", { className: "cell-editor" });
      this.#editor = edit(place, this.text, {
        label: words.code.replace("{cell}", this.name),
        keys: words.keys,
        change: (text) => this.#keep(text),
        run: () => this.cells.run(this),
      });
      hold(this.place, "top", () => {
        this.still.before(place);
        this.still.hidden = true;
        this.change.hidden = true;
        this.hint.hidden = false;
      });
      this.back.hidden = this.text === this.own;
    } catch (error) {
      this.fail(error.message);
    }
  }

  #keep(text) {
    this.back.hidden = text === this.own;
    this.cells.keep(this.name, text === this.own ? undefined : text);
  }

  // Put the lesson's own code back, and what it gives.
  restore() {
    if (this.back.contains(document.activeElement)) this.run.focus();
    this.#editor?.write(this.own);
    this.#keep(this.own);
    this.say();
    this.#put(this.stored);
  }

  // Run the code, and show what comes of it in the place of what was shown. Tell whether it went well; without a
  // package that pages lack, it goes as well as it can.
  async execute(kernel, widgets) {
    const source = this.text;
    const result = element("div", { className: "jp-Cell-outputWrapper result" });
    this.say(element("span", { textContent: words.running }));
    const stop = setTimeout(() => {
      const end = button(words.stop, () => this.cells.stop(this));
      this.say(element("span", { textContent: words.running }), end);
    }, SLOW);
    const soon = setTimeout(() => this.#put(result), SOON);
    this.leave = () => [stop, soon].forEach(clearTimeout);
    let shown = Promise.resolve(); // one after the other: a widget takes a moment
    const add = (output) => { if (!output.lacking) shown = shown.then(() => show(output, result, widgets)); };
    const outputs = await (this.name === "imports" ? kernel.prepare(source, add) : kernel.execute(this.name, source, add));
    await shown;
    this.leave();
    const lacking = outputs.find((output) => output.lacking)?.lacking;
    if (lacking) {
      this.#put(this.stored);
      this.say(element("span", { textContent: words.lacking.replace("{package}", lacking) }));
    } else {
      this.#put(result.hasChildNodes() ? result : undefined);
      this.say(element("span", { textContent: words.done, className: "cell-done" }));
    }
    this.ran = source;
    return lacking !== undefined || !outputs.some(({ type }) => type === "error");
  }

  // Put an output, or none, in the place of what is shown.
  #put(output) {
    if (output === this.shown) return;
    // What the reader has unfolded stays unfolded.
    const open = this.shown?.querySelector("details[open]");
    const fold = output?.querySelector("details");
    if (open && fold) fold.open = true;
    const edge = this.place.getBoundingClientRect().bottom < 0 ? "bottom" : "top";
    hold(this.place, edge, () => {
      this.shown?.remove();
      if (output) this.bar.after(output);
    });
    this.shown = output;
  }

  // Say something below the code, or nothing.
  say(...parts) {
    const hadKeyboard = this.bar.contains(document.activeElement);
    this.bar.replaceChildren(...parts);
    if (hadKeyboard) this.run.focus({ preventScroll: true });
  }

  // Nothing to do when Python has started for this cell: `Cells.run` goes on.
  come() { this.say(); }
  leave() {}
}

export class Cells {
  #running; // the cell that runs, or whose turn it is

  constructor(lesson, places) {
    this.lesson = lesson;
    this.texts = kept.read();
    this.all = [...places].map((place) => new Cell(place, this));
    if (!this.all.length) return;
    const size = element("span", { textContent: fill(words.changes, { bytes }) });
    this.forgets = button(words.forget, () => this.#forgetTexts());
    this.download = button(words.download, () => this.#download());
    const all = button(words.all, () => this.run(this.all.at(-1), true));
    document.querySelector(".still")?.after(element("div", { className: "cell-tools" }, all, this.download, this.forgets, size));
    this.#offer();
    for (const cell of this.all) if (this.texts[cell.name] !== undefined) cell.edit();
  }

  // Run a cell, and before it those above it that have not run as they stand; or all of them up to it.
  async run(last, anew = false) {
    if (this.#running) return;
    this.#running = last;
    try {
      last.say(element("span", { textContent: words.running })); // also while another's Python starts
      if (!(await this.lesson.start(last))) {
        if (!last.bar.querySelector("[role=alert]")) last.say();
        return;
      }
      const { kernel, widgets } = this.lesson;
      for (const cell of this.all.slice(0, this.all.indexOf(last) + 1)) {
        if (cell !== last && !anew && cell.ran === cell.text) continue;
        this.#running = cell;
        if (await cell.execute(kernel, widgets)) continue;
        if (cell !== last) this.#point(last, cell);
        return;
      }
    } finally {
      this.#running = undefined;
    }
  }

  // Say at a cell that one above it has failed.
  #point(cell, failed) {
    const link = element("a", { href: `#${failed.place.firstElementChild.id}`, textContent: words.above });
    cell.say(link);
  }

  // End Python, which is busy with a cell, and start it anew.
  async stop(cell) {
    cell.run.focus({ preventScroll: true });
    if (await this.lesson.restart(cell)) cell.say(element("span", { textContent: words.stopped }));
  }

  // Python has ended: nothing has run, and nothing runs.
  forget() {
    this.#running?.say();
    this.#running = undefined;
    for (const cell of this.all) {
      cell.leave();
      cell.ran = undefined;
    }
  }

  // Keep what the reader wrote into a cell; undefined is the lesson's own code.
  keep(cell, text) {
    const stored = kept.read(); // another window may have written there, too
    for (const texts of [this.texts, stored]) {
      if (text === undefined) delete texts[cell];
      else texts[cell] = text;
    }
    kept.write(stored);
    this.#offer();
  }

  #offer() {
    this.forgets.hidden = this.download.hidden = Object.keys(this.texts).length === 0;
  }

  async #forgetTexts() {
    if (!confirm(words.sure)) return;
    await this.lesson.read();
    for (const cell of this.all) if (this.texts[cell.name] !== undefined) cell.restore();
    kept.write({});
  }

  // Hand over the lesson as a notebook with the reader's code in it.
  async #download() {
    const notebook = structuredClone(await this.lesson.read());
    for (const cell of notebook.cells) cell.source = this.texts[cell.id] ?? cell.source;
    const file = new Blob([JSON.stringify(notebook, null, 1)], { type: "application/x-ipynb+json" });
    const link = element("a", { href: URL.createObjectURL(file), download: `${name.split("/").pop()}.ipynb` });
    link.click();
    URL.revokeObjectURL(link.href);
  }
}
