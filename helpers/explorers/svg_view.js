// Shows the `svg` trait and the `summary` sentence; reports the data-cell of whatever is clicked.
// Names the controls beside it for those who do not see them.
// On a sheet with data-pixels="rows columns", adds the pixel under the pointer: "-row-column".
function pixel(cell, event) {
  if (!cell.dataset.pixels) return "";
  const [rows, columns] = cell.dataset.pixels.split(" ").map(Number);
  const box = cell.getBoundingClientRect();
  const place = (offset, extent, count) =>
    Math.min(count - 1, Math.max(0, Math.floor((offset / extent) * count)));
  const row = place(event.clientY - box.top, box.height, rows);
  return `-${row}-${place(event.clientX - box.left, box.width, columns)}`;
}

// ipywidgets leaves three things without a name: the handle of a slider, the number beside it, Play's buttons.
// JupyterLab takes keys for its own, unless the very element they are meant for says no: an arrow would leave
// the menu for the next cell.
function nameControls(explorer) {
  for (const control of explorer.querySelectorAll("select, input, button, .noUi-handle, .widget-readout")) {
    control.dataset.lmSuppressShortcuts = "true";
  }
  for (const slider of explorer.querySelectorAll(".widget-slider")) {
    const name = slider.querySelector(".widget-label").textContent;
    slider.querySelector(".noUi-handle")?.setAttribute("aria-label", name);
    const number = slider.querySelector(".widget-readout");
    number?.setAttribute("role", "textbox");
    number?.setAttribute("aria-label", name);
  }
  for (const play of explorer.querySelectorAll(".widget-play")) {
    ["Play or pause", "Stop", "Repeat"].forEach((name, place) => { play.children[place].ariaLabel = name; });
  }
}

// Names the controls of the explorer around `el`, also those that appear later, and keeps the keyboard for them.
// Returns how to end that.
function lookAfterControls(el) {
  let explorer;
  const changes = new MutationObserver(() => nameControls(explorer));
  const arrival = new ResizeObserver(() => {
    explorer = el.closest(".cnn-explorer");
    if (!explorer) return;
    arrival.disconnect();
    nameControls(explorer);
    changes.observe(explorer, { childList: true, subtree: true });
  });
  arrival.observe(el);
  return () => { arrival.disconnect(); changes.disconnect(); };
}

function render({ model, el }) {
  const picture = document.createElement("div");
  const summary = document.createElement("p");
  summary.setAttribute("role", "status");

  const draw = () => { picture.innerHTML = model.get("svg"); };
  const tell = () => { summary.textContent = model.get("summary"); };
  model.on("change:svg", draw);
  model.on("change:summary", tell);
  picture.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (cell) model.send({ clicked: cell.dataset.cell + pixel(cell, event) });
  });

  draw();
  tell();
  el.classList.add("cnn-svg-view");
  el.append(picture, summary);
  return lookAfterControls(el);
}

export default { render };
