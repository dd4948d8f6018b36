// Shows the `text` trait. As a status it is read aloud whenever it changes.
function render({ model, el }) {
  const sentence = document.createElement("p");
  sentence.setAttribute("role", "status");
  const tell = () => { sentence.textContent = model.get("text"); };
  model.on("change:text", tell);
  tell();
  el.classList.add("cnn-sentence");
  el.append(sentence);
}

export default { render };
