// The colours of a page, and its contents. It stands in the head and runs before anything is painted, so that
// the colours that a reader has chosen are there from the start.
(() => {
  const KEPT = "cnn-colours"; // in localStorage: "light" or "dark", where the reader wants other than the system's
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  const EDITION = "cnn-edition"; // in localStorage: the language of the pages that the reader has chosen

  // The start page shows itself in the language that was chosen, or else in the browser's.
  const { editions } = document.currentScript.dataset;
  if (editions) {
    const wanted = read(EDITION) ?? navigator.language;
    const found = editions.split(" ").find((edition) => edition.split("-")[0] === wanted.split("-")[0]);
    if (found) location.replace(`${found}/index.html`);
  }

  // Where a browser keeps nothing, there is nothing to read.
  function read(key) {
    try { return localStorage.getItem(key); } catch { return null; }
  }

  const isDark = () => (root.dataset.colours ?? (system.matches ? "dark" : "light")) === "dark";

  function choose(colours) {
    if (colours === "light" || colours === "dark") root.dataset.colours = colours;
    else delete root.dataset.colours;
  }

  // Where a browser keeps nothing, the choice holds for this page.
  function keep(colours) {
    choose(colours);
    try {
      if (colours) localStorage.setItem(KEPT, colours);
      else localStorage.removeItem(KEPT);
    } catch { /* see above */ }
  }

  function offerColours(button) {
    const tell = () => button.setAttribute("aria-pressed", isDark());
    button.hidden = false;
    button.onclick = () => {
      const wanted = isDark() ? "light" : "dark";
      // Who wants what the system has follows it again.
      keep((wanted === "dark") === system.matches ? undefined : wanted);
      tell();
    };
    system.addEventListener("change", tell);
    addEventListener("storage", ({ key, newValue }) => {
      if (key !== KEPT) return;
      choose(newValue);
      tell();
    });
    tell();
  }

  // A link to the other language leads to the same place, and is remembered.
  function offerEdition(link) {
    link.addEventListener("click", () => {
      const here = document.querySelector(".contents [aria-current]");
      link.hash = here?.hash ?? location.hash;
      try { localStorage.setItem(EDITION, link.hreflang); } catch { /* see above */ }
    });
  }

  // Mark the heading that the reader has come to, and close the contents of a narrow page behind a choice.
  function followContents(contents) {
    const links = [...contents.querySelectorAll("ol a")];
    const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    let waiting = false;
    const mark = () => {
      waiting = false;
      // What is at the upper third of the window is being read; at the very end, the last one.
      const atEnd = innerHeight + scrollY >= root.scrollHeight - 2;
      const at = atEnd ? links.length - 1
        : headings.findLastIndex((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
      links.forEach((link, place) => {
        if (place === at) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      });
    };
    addEventListener("scroll", () => {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    }, { passive: true });
    contents.addEventListener("click", ({ target }) => {
      if (target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
    });
    requestAnimationFrame(() => setTimeout(mark)); // once the page is painted
  }

  choose(read(KEPT));
  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".switch"); // slides have none
    if (button) offerColours(button);
    document.querySelectorAll(".edition").forEach(offerEdition);
    const contents = document.getElementById("contents");
    if (contents) followContents(contents);
  });
})();
