// What a page's parts share: elements, and a bar that tells how far Python is.
export const { lesson: name, bytes, words, atOnce } = JSON.parse(document.getElementById("live").textContent);

const SOON = 5000; // milliseconds

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(word, act) {
  return element("button", { type: "button", textContent: word, onclick: act });
}

// Fill in a sentence as Python's `say` does, with sizes in megabytes.
export function fill(sentence, sizes) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => (sizes[name] / 1e6).toFixed(1));
}

// One that can start Python, and shows in its bar how far that has come.
export class Starter {
  constructor(place) {
    this.place = place;
    this.bar = element("div", { className: "live-bar" });
  }

  // Show how far loading has come.
  wait() {
    this.progress = element("progress", { max: bytes, value: 0 });
    this.progress.setAttribute("aria-label", words.loading);
    this.progress.tabIndex = -1;
    const hadKeyboard = this.bar.contains(document.activeElement);
    this.progressText = element("span", { textContent: words.loading });
    this.bar.replaceChildren(this.progress, this.progressText);
    this.#watch(0);
    if (hadKeyboard) this.progress.focus();
  }

  // Where nothing comes for a while, say what the page waits for.
  #watch(count) {
    this.slow = setTimeout(() => { this.progressText.textContent = fill(words.slow, { count, bytes }); }, SOON);
  }

  loaded(count) {
    if (!this.progress) return;
    clearTimeout(this.slow);
    if (count < bytes) {
      this.#watch(count);
      this.progress.value = count;
      this.progressText.textContent = fill(words.loaded, { count, bytes });
    } else {
      this.progress.removeAttribute("value"); // Python starts; nobody knows how long it takes
      this.progressText.textContent = words.starting;
    }
  }

  // Say in a sentence what happened; what the page shows stays. Perhaps it can be tried again.
  fail(reason, ...again) {
    clearTimeout(this.slow);
    const known = Object.hasOwn(words.reasons, reason);
    const sentence = element("p", {
      textContent: known ? words.reasons[reason] : words.failed.replace("{reason}", reason),
    });
    sentence.setAttribute("role", "alert");
    this.bar.classList.remove("unseen");
    this.bar.replaceChildren(sentence, ...again);
  }
}
