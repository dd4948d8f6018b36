// Shows the `svg` trait and the `summary` sentence; reports the data-cell of whatever is clicked.
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
    if (cell) model.send({ clicked: cell.dataset.cell });
  });

  draw();
  tell();
  el.classList.add("cnn-svg-view");
  el.append(picture, summary);
}

export default { render };
