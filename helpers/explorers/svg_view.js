// Shows the `svg` trait; reports the data-cell of whatever is clicked.
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

function render({ model, el }) {
  const picture = document.createElement("div");
  const draw = () => {
    picture.innerHTML = model.get("svg");
    // For explorer.css, which may show a tall picture a little smaller.
    const { width, height } = picture.firstChild.viewBox.baseVal;
    picture.style.setProperty("--width", `${width}px`);
    picture.style.setProperty("--ratio", width / height);
  };
  model.on("change:svg", draw);
  picture.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (cell) model.send({ clicked: cell.dataset.cell + pixel(cell, event) });
  });

  draw();
  el.classList.add("cnn-svg-view");
  el.append(picture);
}

export default { render };
