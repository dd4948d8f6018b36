// A sheet to draw on with mouse, pen or finger. The `value` trait holds its ink, side * side bytes, row by row.
const CANVAS = 280;
const PEN = 22;
const PAUSE = 80; // milliseconds between two messages while a stroke goes on

function render({ model, el }) {
  const side = model.get("side");
  const sheet = document.createElement("canvas");
  sheet.width = sheet.height = CANVAS;
  sheet.setAttribute("role", "img");
  sheet.setAttribute("aria-label", model.get("description"));
  const pen = sheet.getContext("2d");

  // The same sheet at the size that Python gets; drawing into it averages.
  const small = document.createElement("canvas");
  small.width = small.height = side;
  const reader = small.getContext("2d", { willReadFrequently: true });

  let sent = null; // the ink that Python has from here
  let timer = null;
  let last = null; // where the stroke has come to

  const send = () => {
    timer = null;
    reader.drawImage(sheet, 0, 0, side, side);
    const colours = reader.getImageData(0, 0, side, side).data;
    sent = Uint8Array.from({ length: side * side }, (_, place) => 255 - colours[4 * place]);
    model.set("value", new DataView(sent.buffer));
    model.save_changes();
  };
  const sendSoon = () => { timer ??= setTimeout(send, PAUSE); };

  const show = () => {
    const ink = model.get("value");
    // Python's echo of a drawing comes late: by then the stroke has gone on.
    if (last || (sent && sent.every((value, place) => value === ink.getUint8(place)))) return;
    sent = null;
    const picture = reader.createImageData(side, side);
    for (let place = 0; place < side * side; place++) {
      picture.data.fill(255 - ink.getUint8(place), 4 * place, 4 * place + 3);
      picture.data[4 * place + 3] = 255;
    }
    reader.putImageData(picture, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, 0, 0, CANVAS, CANVAS);
  };

  const place = (event) => {
    const box = sheet.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * CANVAS, ((event.clientY - box.top) / box.height) * CANVAS];
  };
  const stroke = (event) => {
    const now = place(event);
    pen.lineWidth = PEN;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(...(last ?? now));
    pen.lineTo(...now);
    pen.stroke();
    last = now;
    sendSoon();
  };
  sheet.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    last = null;
    stroke(event);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (last) (event.getCoalescedEvents?.() ?? [event]).forEach(stroke);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    sheet.addEventListener(end, () => { last = null; });
  }

  model.on("change:value", show);
  show();
  el.classList.add("cnn-digit-canvas");
  el.append(sheet);
  return () => clearTimeout(timer);
}

export default { render };
