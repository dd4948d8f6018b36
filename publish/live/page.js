// Makes a page come alive. What can come alive is marked with data-live, which holds the id of its cell: an
// explorer, or a question. Until it is alive, and where that fails, the page stays as it was written.
import { Kernel } from "./kernel.js";
import { Cells } from "./cells.js";
import { keepLoaded } from "./offline.js";
import { hold, show } from "./outputs.js";
import { Starter, atOnce, bytes, button, element, fill, name, words } from "./starter.js";

// Notes that Python is starting. Where memory is short, as on a phone, a browser ends the page and opens it anew;
// it is not to start by itself then, only to be ended again.
const attempt = {
  key: `cnn-starting ${location.pathname}`,
  begin() {
    try { sessionStorage.setItem(this.key, "yes"); } catch { /* then nothing is noted */ }
  },
  end() {
    try { sessionStorage.removeItem(this.key); } catch { /* see above */ }
  },
  get wasEnded() {
    try { return sessionStorage.getItem(this.key) !== null; } catch { return false; }
  },
};

// One that can come alive: its still view, a bar with the button, and the live view once it is there.
class Piece extends Starter {
  constructor(place) {
    super(place);
    this.cell = place.dataset.live;
    this.still = place.firstElementChild;
    place.append(this.bar);
    this.offer();
  }

  // Show the button, with the bytes that it loads.
  offer() {
    const word = this.place.dataset.kind === "question" ? words.answer : words.start;
    const start = button(word, () => lesson.start(this));
    this.bar.replaceChildren(start, element("span", { textContent: fill(words.size, { bytes }) }));
  }

  // Run the cell, and put what it shows in the place of the still view once all of it is there.
  async come(kernel, widgets) {
    const live = this.live = element("div", { className: "live making" });
    this.place.append(live);
    try {
      for (const output of await kernel.execute(this.cell, lesson.sources[this.cell])) {
        if (output.type === "error") throw failure(output);
        await show(output, live, widgets);
      }
      if (this.live !== live) return; // Python has ended meanwhile
      this.#swap(live);
      this.place.dispatchEvent(new CustomEvent("live", { bubbles: true }));
    } catch (error) {
      this.leave();
      this.fail(error.message);
    }
  }

  // Put the live view in the place of the still one. What the reader looks at stays where it is: the picture,
  // though controls come above it, or what stands below a piece out of sight. The keyboard goes to the
  // controls where the button was pressed.
  #swap(live) {
    const { top, bottom } = this.place.getBoundingClientRect();
    const [still, moving] = [this.still.querySelector("svg"), live.querySelector(".cnn-svg-view svg")];
    const inSight = still && moving && top < innerHeight && bottom > 0;
    const mark = (picture) => (inSight ? picture.getBoundingClientRect().top
      : this.place.getBoundingClientRect()[bottom > 0 ? "top" : "bottom"]);
    const before = mark(still);
    const hadKeyboard = this.bar.contains(document.activeElement);
    this.still.hidden = true;
    this.bar.hidden = true;
    live.classList.remove("making");
    scrollBy({ top: mark(moving) - before, behavior: "instant" });
    if (hadKeyboard) live.querySelector("select, input, button, [tabindex='0']")?.focus({ preventScroll: true });
  }

  // Go back to the still view, since Python has ended.
  leave() {
    this.live?.remove();
    this.live = undefined;
    this.still.hidden = false;
    this.bar.hidden = false;
  }
}

// The lesson of this page, with one Python for all that is alive in it.
class Lesson {
  sources = {}; // of its cells, by their ids
  #starting; // a promise, once it was asked to start
  #begun = false; // whether the first piece is alive

  constructor() {
    document.querySelector(".still")?.replaceChildren(words.note);
    document.documentElement.classList.add("coming-alive");
    this.cells = new Cells(this, document.querySelectorAll("[data-code]"));
    this.pieces = [...document.querySelectorAll("[data-live]")].map((place) => new Piece(place));
    this.byPlace = new Map(this.pieces.map((piece) => [piece.place, piece]));
    // Once one is alive the others follow as the reader comes near them.
    this.near = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        this.near.unobserve(target);
        this.byPlace.get(target).come(this.kernel, this.widgets);
      }
    }, { rootMargin: "100% 0px" });
  }

  get started() {
    return this.#starting !== undefined;
  }

  // Start Python, unless it was started; let a piece come alive, then the others. Tell whether it runs.
  start(first) {
    return this.#starting ??= this.#start(first);
  }

  async #start(first) {
    first.wait();
    // The bars of the others keep their room, so that nothing moves.
    for (const piece of this.pieces) piece.bar.classList.toggle("unseen", piece !== first);
    try {
      await this.#begin(first);
      return true;
    } catch (error) {
      this.#end();
      first.fail(error.message, ...first.bar.childNodes); // with the button, to try again
      return false;
    }
  }

  // End Python, and with it all that is alive.
  #end() {
    attempt.end();
    this.kernel.end();
    this.near.disconnect();
    this.cells.forget();
    for (const piece of this.pieces) {
      piece.leave();
      piece.bar.classList.remove("unseen");
      piece.offer(); // perhaps it works the next time
    }
    this.#starting = undefined;
    this.#begun = false;
  }

  // End Python, which may be busy for ever, and start it anew: what was alive comes alive again.
  async restart(first = this.pieces.find((piece) => piece.live) ?? this.pieces[0]) {
    hold(first.place, "top", () => this.#end());
    return this.start(first);
  }

  // Read the notebook of the lesson, once; return it.
  async read() {
    if (!this.notebook) {
      const response = await fetch(new URL(`../${name}.ipynb`, import.meta.url)); // beside the pages
      if (!response.ok) throw new Error(`${name}.ipynb (${response.status})`);
      this.notebook = await response.json();
      const { cells } = this.notebook;
      this.sources = Object.fromEntries(cells.map(({ id, source }) => [id, [source].flat().join("")]));
    }
    return this.notebook;
  }

  async #begin(first) {
    await kept; // so that what Python loads is kept, too
    attempt.begin();
    const kernel = this.kernel = new Kernel();
    kernel.addEventListener("progress", ({ detail }) => first.loaded(detail.bytes));
    const failed = new Promise((_, reject) => {
      kernel.addEventListener("failed", ({ detail }) => reject(new Error(detail.reason)));
    });
    // Also later: a phone, for one, may run out of memory.
    failed.catch(({ message }) => {
      if (kernel !== this.kernel || !this.#begun) return;
      const living = this.pieces.filter((piece) => piece.live);
      this.#end();
      for (const piece of living) piece.fail(message, ...piece.bar.childNodes);
    });
    const begun = async () => {
      this.styles ??= addStyles();
      const [{ Widgets }] = await Promise.all([import("./widgets.js"), this.read(), this.styles]);
      this.widgets = new Widgets(kernel);
      const [error] = (await kernel.prepare(this.sources.imports)).filter(({ type }) => type === "error");
      if (error) throw failure(error);
      await first.come(kernel, this.widgets);
      this.#begun = true;
      attempt.end();
      for (const piece of this.pieces) if (piece !== first) this.near.observe(piece.place);
    };
    await Promise.race([begun(), failed]);
  }
}

// What a cell that must not fail has raised; the console has the lines.
function failure({ name, message, traceback }) {
  console.error(traceback);
  return new Error(`${name}: ${message}`);
}

function addStyles() {
  const link = element("link", { rel: "stylesheet", href: new URL("widgets.css", import.meta.url).href });
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => reject(new Error("widgets.css"));
    document.head.append(link);
  });
}

export const lesson = new Lesson();
const kept = keepLoaded(() => lesson.started);
// A page of one figure is opened for that figure.
const asked = atOnce || new URLSearchParams(location.search).has("live");
const [piece] = lesson.pieces;
if (piece && asked && attempt.wasEnded) piece.fail("ended", ...piece.bar.childNodes);
else if (piece && asked) lesson.start(piece);
addEventListener("pagehide", () => attempt.end()); // the reader left, and the browser ended nothing
