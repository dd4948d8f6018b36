// Shows what was answered so far, and asks once more before it is forgotten.
function button(text, press) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
  made.dataset.lmSuppressShortcuts = "true"; // JupyterLab takes keys for its own otherwise
  made.onclick = press;
  return made;
}

function render({ model, el }) {
  const words = model.get("words");
  const shown = document.createElement("div");
  shown.tabIndex = -1;
  const said = Object.assign(document.createElement("p"), { className: "cnn-said" });
  said.setAttribute("role", "status");
  const forget = button(words.forget, () => ask(true));
  const sure = document.createElement("div");
  sure.setAttribute("role", "group");
  sure.setAttribute("aria-label", words.sure);
  const yes = button(words.yes, () => {
    ask(false);
    shown.focus();
    model.send({ do: "forget" });
  });
  const no = button(words.no, () => ask(false));
  sure.append(Object.assign(document.createElement("p"), { textContent: words.sure }), yes, no);
  sure.onkeydown = (event) => {
    if (event.key === "Escape") no.click();
  };

  function ask(asking) {
    sure.hidden = !asking;
    forget.hidden = asking || model.get("empty");
    (asking ? no : forget).focus();
  }
  function draw() {
    shown.innerHTML = model.get("html");
    forget.hidden = model.get("empty") || !sure.hidden;
  }
  function tell() {
    said.textContent = model.get("said");
  }

  sure.hidden = true;
  model.on("change:html change:empty", draw);
  model.on("change:said", tell);
  draw();
  tell();
  el.classList.add("cnn-progress");
  el.append(shown, forget, sure, said);
}

export default { render };
