// Makes a page come alive. What can come alive is marked with data-live, which holds the id of its cell: an
// explorer, or a question. Until it is alive, and where that fails, the page stays as it was written.
import { Kernel } from "./kernel.js";
import { show } from "./outputs.js";

const { notebook, bytes, words } = JSON.parse(document.getElementById("live").textContent);

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Fill in a sentence as Python's `say` does, with sizes in megabytes.
function fill(sentence, sizes) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => (sizes[name] / 1e6).toFixed(1));
}

// One that can come alive: its still view, a bar with the button, and the live view once it is there.
class Piece {
  constructor(place) {
    this.cell = place.dataset.live;
    this.place = place;
    this.still = place.firstElementChild;
    this.bar = element("div", { className: "live-bar" });
    place.append(this.bar);
    this.offer();
  }

  // Show the button, with the bytes that it loads.
  offer() {
    const word = this.place.dataset.kind === "question" ? words.answer : words.start;
    const button = element("button", { type: "button", textContent: word });
    button.onclick = () => lesson.start(this);
    this.bar.replaceChildren(button, element("span", { textContent: fill(words.size, { bytes }) }));
  }

  // Show how far loading has come.
  wait() {
    this.progress = element("progress", { max: bytes, value: 0 });
    this.progress.setAttribute("aria-label", words.loading);
    this.progressText = element("span", { textContent: words.loading });
    this.bar.replaceChildren(this.progress, this.progressText);
  }

  loaded(count) {
    if (!this.progress) return;
    if (count < bytes) {
      this.progress.value = count;
      this.progressText.textContent = fill(words.loaded, { count, bytes });
    } else {
      this.progress.removeAttribute("value"); // Python starts; nobody knows how long it takes
      this.progressText.textContent = words.starting;
    }
  }

  // Say in a sentence what happened; the still view stays.
  fail(reason) {
    this.bar.replaceChildren(element("p", { textContent: words.failed.replace("{reason}", reason) }));
    this.bar.firstChild.setAttribute("role", "alert");
  }

  // Run the cell, and put what it shows in the place of the still view once all of it is there.
  async come(kernel, widgets) {
    const live = element("div", { className: "live making" });
    this.place.append(live);
    try {
      for (const output of await kernel.execute(this.cell, lesson.sources[this.cell])) {
        if (output.type === "error") throw failure(output);
        await show(output, live, widgets);
      }
      this.still.hidden = true;
      this.bar.hidden = true;
      live.classList.remove("making");
      this.live = live;
      this.place.dispatchEvent(new CustomEvent("live", { bubbles: true }));
    } catch (error) {
      live.remove();
      this.fail(error.message);
    }
  }

  // Back to the still view, since its Python has ended.
  leave() {
    this.live?.remove();
    this.live = undefined;
    this.still.hidden = false;
    this.bar.hidden = false;
    this.wait();
  }
}

// The lesson of this page, with one Python for all that is alive in it.
class Lesson {
  sources = {}; // of its cells, by their ids
  #started = false;

  constructor() {
    document.querySelector(".still").textContent = words.note;
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

  // Start Python, and let a piece come alive, then the others.
  async start(first) {
    if (this.#started) return;
    this.#started = true;
    for (const piece of this.pieces) piece.bar.replaceChildren();
    first.wait();
    try {
      await this.#begin(first);
      await first.come(this.kernel, this.widgets);
      for (const piece of this.pieces) if (piece !== first) this.near.observe(piece.place);
    } catch (error) {
      this.kernel.end();
      first.fail(error.message);
    }
  }

  // End Python, which may be busy for ever, and start it anew: what was alive comes alive again.
  async restart() {
    this.kernel.end();
    this.near.disconnect();
    const living = this.pieces.filter((piece) => piece.live);
    living.forEach((piece) => piece.leave());
    this.#started = false;
    await this.start(living[0] ?? this.pieces[0]);
  }

  async #begin(first) {
    const kernel = this.kernel = new Kernel();
    kernel.addEventListener("progress", ({ detail }) => first.loaded(detail.bytes));
    const failed = new Promise((_, reject) => {
      kernel.addEventListener("failed", ({ detail }) => reject(new Error(detail.reason)));
    });
    const begun = async () => {
      const [{ Widgets }, sources] = await Promise.all([import("./widgets.js"), readSources(), addStyles()]);
      this.sources = sources;
      this.widgets = new Widgets(kernel);
      const [error] = (await kernel.execute("imports", sources.imports)).filter(({ type }) => type === "error");
      if (error) throw failure(error);
    };
    await Promise.race([begun(), failed]);
  }
}

// What a cell that must not fail has raised; the console has the lines.
function failure({ name, message, traceback }) {
  console.error(traceback);
  return new Error(`${name}: ${message}`);
}

async function readSources() {
  const response = await fetch(notebook);
  if (!response.ok) throw new Error(`${notebook} (${response.status})`);
  const { cells } = await response.json();
  return Object.fromEntries(cells.map(({ id, source }) => [id, [source].flat().join("")]));
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
if (lesson.pieces.length && new URLSearchParams(location.search).has("live")) lesson.start(lesson.pieces[0]);
