// Shows a question as a form: blanks, options, an array to fill in, a cell to choose, or items to rank. Python
// judges.
let made = 0; // forms so far, so that their radio buttons keep apart

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function blank(label, className = "") {
  const input = element("input", { type: "text", autocomplete: "off", spellcheck: false, className });
  input.setAttribute("inputmode", "text"); // a phone's number pad has no minus, and no fraction bar
  if (label) input.setAttribute("aria-label", label);
  return input;
}

function radio(form, value) {
  return element("input", { type: "radio", name: `cnn-${form}`, value });
}

// Each returns what is shown, and a function that reads the typed texts from it.
const kinds = {
  blanks(question, form) {
    const inputs = question.blanks.map((label) => blank(label || question.words.answer));
    const lines = question.blanks.map((label, place) => element("label", { className: "cnn-blank" },
      element("span", { textContent: label }), inputs[place],
      element("span", { textContent: question.note })));
    return [lines, inputs, () => inputs.map((input) => input.value)];
  },

  array(question) {
    const inputs = question.blanks.map((label) => blank(label, "cnn-entry"));
    const table = element("div", { className: "cnn-grid" }, ...inputs);
    table.style.gridTemplateColumns = `repeat(${question.columns}, 4.2em)`;
    table.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -question.columns, ArrowDown: question.columns }[event.key];
      const next = step && inputs[inputs.indexOf(event.target) + step];
      if (!next) return;
      next.focus();
      next.select();
      event.preventDefault();
    });
    const note = question.note ? [element("p", { textContent: question.note })] : [];
    return [[table, ...note], inputs, () => inputs.map((input) => input.value)];
  },

  choice(question, form) {
    const radios = question.options.map((_, place) => radio(form, place));
    const lines = question.options.map((html, place) => element("label", { className: "cnn-option" },
      radios[place], element("span", { innerHTML: html })));
    return [lines, radios, () => [radios.find((one) => one.checked)?.value ?? ""]];
  },

  cell(question, form) {
    const radios = question.names.map((name, place) => {
      const one = radio(form, place);
      one.setAttribute("aria-label", name);
      return one;
    });
    const cells = question.rows.flat().map((text, place) => element("label", {}, radios[place],
      element("span", { textContent: text })));
    const grid = element("div", { className: "cnn-cells" }, ...cells);
    grid.style.gridTemplateColumns = `repeat(${question.rows[0].length}, 2.6em)`;
    return [[grid], radios, () => [radios.find((one) => one.checked)?.value ?? ""]];
  },

  order(question) {
    const list = element("ol", { className: "cnn-order" });
    const said = element("p", { className: "cnn-said" }); // the new place, read aloud
    said.setAttribute("aria-live", "polite");
    const rows = question.items.map(({ item, html }) => {
      const row = element("li", {}, element("div", { innerHTML: html }));
      row.dataset.item = item;
      for (const [way, sign, step] of [["up", "▲", -1], ["down", "▼", 1]]) {
        const button = element("button", { type: "button", textContent: sign });
        button.setAttribute("aria-label", `${question.words[way]}: ${row.firstChild.textContent.trim()}`);
        button.onclick = () => move(row, step, button);
        row.append(button);
      }
      row.onkeydown = (event) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!step) return;
        event.preventDefault();
        move(row, step, event.target);
      };
      return row;
    });

    function move(row, step, button) {
      const from = rows.indexOf(row), to = from + step;
      if (!rows[to]) return;
      rows.splice(to, 0, ...rows.splice(from, 1));
      arrange();
      for (const one of rows) one.dataset.mark = one.title = "";
      (button.disabled ? row.querySelector("button:enabled") : button).focus();
      said.textContent = `${row.firstChild.textContent.trim()}: ${to + 1} / ${rows.length}`;
    }

    function arrange() {
      list.replaceChildren(...rows);
      rows.forEach((row, place) => {
        row.children[1].disabled = place === 0;
        row.children[2].disabled = place === rows.length - 1;
      });
    }

    arrange();
    const [first, last] = question.ends.map((html) => element("div", { className: "cnn-end", innerHTML: html }));
    return [[first, list, last, said], rows, () => rows.map((row) => row.dataset.item)];
  },
};

function render({ model, el }) {
  const form = element("form", { className: "cnn-question", noValidate: true });
  const feedback = element("div", { className: "cnn-feedback" });
  feedback.setAttribute("role", "status");
  let inputs, show;

  function draw() {
    const question = model.get("question");
    const { words, round } = question;
    const send = (message) => model.send({ round, ...message });
    const [lines, fields, read] = kinds[question.kind](question, ++made);
    inputs = fields;
    const text = element("div", { className: "cnn-text", innerHTML: question.html });
    const pictures = question.pictures.map((svg) => element("div", { className: "cnn-given", innerHTML: svg }));
    const legend = element("legend", {}, text);
    const check = element("button", { type: "submit", textContent: words.check });
    show = element("button", { type: "button", textContent: words.show, hidden: true });
    show.onclick = () => send({ do: "show" });
    const renew = element("button", { type: "button", textContent: words.renew, hidden: !question.renewable });
    renew.onclick = () => send({ do: "renew" });
    form.onsubmit = (event) => {
      event.preventDefault();
      send({ do: "check", typed: read() });
    };
    // In a notebook the browser does not get to do this by itself: JupyterLab takes Enter from a line of text.
    form.onkeydown = (event) => {
      // While Chinese is being composed, Enter only ends that.
      if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") return;
      event.preventDefault();
      form.requestSubmit();
    };
    const hadKeyboard = form.contains(document.activeElement);
    form.replaceChildren(
      element("fieldset", {}, legend, ...pictures, element("div", { className: "cnn-answer" }, ...lines)),
      element("div", { className: "cnn-buttons" }, check, show, renew),
      feedback,
    );
    // JupyterLab takes keys for its own, unless the very element they are meant for says no.
    for (const one of form.querySelectorAll("input, button")) one.dataset.lmSuppressShortcuts = "true";
    if (hadKeyboard) form.querySelector(".cnn-answer :is(input, button):enabled").focus();
    tell();
  }

  function tell() {
    const { state = "", html = "", marks = [], tries = 0, round } = model.get("feedback");
    const { words } = model.get("question");
    if (round !== undefined && round !== model.get("question").round) return;
    feedback.dataset.state = state;
    feedback.innerHTML = html;
    show.hidden = !tries || state === "right" || state === "shown";
    inputs.forEach((input, place) => {
      const mark = marks.length > 1 ? marks[place] : undefined;
      input.dataset.mark = mark === undefined ? "" : mark ? "right" : "wrong";
      input.title = mark === undefined ? "" : mark ? words.right : words.wrong;
      if (input.matches("input")) input.setAttribute("aria-invalid", mark === false);
    });
  }

  model.on("change:question", draw);
  model.on("change:feedback", tell);
  draw();
  el.classList.add("cnn-question-view");
  el.append(form);
}

export default { render };
