// Starts the slides, and shares the keyboard between them and what is alive on them. No module: slides are also
// opened from a memory stick, where a browser loads none, and are still then.
"use strict";

// A control has its keys while it has the focus. A button takes only those that press it.
function forSlides({ target, key }) {
  if (target.closest(".live, .cell-editor")) return false;
  return !(["Enter", " "].includes(key) && target.closest("a, button, summary"));
}

// Presenters' remotes send these keys, so they always turn the slides; Esc gives them the other keys back.
function takeBack(event) {
  const turn = { PageDown: "next", PageUp: "prev" }[event.key];
  if (!event.target.closest(".live, .cell-editor")) return;
  if (turn) {
    event.preventDefault();
    event.stopPropagation();
    document.activeElement.blur();
    Reveal[turn]();
  } else if (event.key === "Escape" && event.target.closest(".live")) {
    document.activeElement.blur();
  }
}

// What cannot be cut in two, code or an explorer with its controls, becomes smaller until it fits. What would be
// too small to be read stays large, and is scrolled.
function fit() {
  const slide = Reveal.getCurrentSlide();
  let size = parseFloat(getComputedStyle(slide).getPropertyValue("--size"));
  const tooLong = () => slide.scrollHeight > slide.clientHeight;
  while (size > 16 && tooLong()) slide.style.setProperty("--size", `${--size}px`);
  if (tooLong()) slide.style.removeProperty("--size");
}

// Lead to the same place of the lesson, and of the slides in the other language.
function follow() {
  const [, cell] = Reveal.getCurrentSlide().querySelector("[id^=cell-id]").id.match(/^(.*?)(_\d+)?$/);
  for (const link of document.querySelectorAll(".ways a")) link.hash = cell;
}

Reveal.initialize({
  width: 1280, height: 720, margin: 0.02, center: false, hash: true, slideNumber: "c/t", transition: "none",
  keyboardCondition: forSlides,
  // What these would do to the slides' elements ends what is alive in them, or is refused as an inline style.
  scrollActivationWidth: 0, autoAnimate: false, postMessage: false,
});
const resized = new ResizeObserver(fit);
document.addEventListener("live", ({ target }) => resized.observe(target));
document.addEventListener("keydown", takeBack, { capture: true });
for (const event of ["ready", "slidechanged"]) {
  Reveal.on(event, fit);
  Reveal.on(event, follow);
}
