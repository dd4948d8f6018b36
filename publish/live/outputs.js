// What a cell shows, as elements of the page.
const VIEW = "application/vnd.jupyter.widget-view+json";

function text(content, className) {
  return Object.assign(document.createElement("pre"), { className, textContent: content });
}

function markup(html) {
  return Object.assign(document.createElement("div"), { innerHTML: html });
}

// Change the page, while the top or the bottom of an element stays where the reader sees it.
export function hold(place, edge, change) {
  const before = place.getBoundingClientRect()[edge];
  change();
  scrollBy({ top: place.getBoundingClientRect()[edge] - before, behavior: "instant" });
}

// Add an output of kernel.py to an element; wait until a widget is there in whole.
export async function show(output, element, widgets) {
  if (output.type === "stream") {
    const last = element.lastElementChild;
    if (last?.classList.contains(`printed-${output.name}`)) last.textContent += output.text;
    else element.append(text(output.text, `printed printed-${output.name}`));
  } else if (output.type === "error") {
    element.append(text(output.traceback, "printed traceback"));
  } else if (output.data[VIEW]) {
    await widgets.show(output.data[VIEW].model_id, element);
  } else {
    const html = output.data["text/html"] ?? output.data["image/svg+xml"];
    const made = html ? markup(html) : text(output.data["text/plain"], "printed");
    if (output.id) made.dataset.display = output.id; // what comes later may take its place
    const earlier = output.id && element.querySelector(`[data-display="${output.id}"]`);
    if (earlier) earlier.replaceWith(made);
    else element.append(made);
  }
}
