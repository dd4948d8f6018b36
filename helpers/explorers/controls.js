// Mends the controls on the desk around it; shows nothing itself.
//
// - JupyterLab takes keys for its own, unless the very element they are meant for says no: an arrow would leave
//   a menu for the next cell. https://github.com/jupyter-widgets/ipywidgets/issues/3912
// - ipywidgets leaves three things without a name: the handle of a slider, the number beside it, Play's buttons.
//   https://github.com/jupyter-widgets/ipywidgets/issues/2650; the handle is noUiSlider's, which could name it:
//   https://github.com/leongersen/noUiSlider/issues/1223
//
// Once ipywidgets mends both, this file and ControlRepair in controls.py can go.
function mend(desk, playNames) {
  for (const control of desk.querySelectorAll("select, input, button, .noUi-handle, .widget-readout")) {
    control.dataset.lmSuppressShortcuts = "true";
  }
  for (const slider of desk.querySelectorAll(".widget-slider")) {
    const name = slider.querySelector(".widget-label").textContent;
    slider.querySelector(".noUi-handle")?.setAttribute("aria-label", name);
    const number = slider.querySelector(".widget-readout");
    number?.setAttribute("role", "textbox");
    number?.setAttribute("aria-label", name);
  }
  for (const play of desk.querySelectorAll(".widget-play")) {
    playNames.forEach((name, place) => { play.children[place].ariaLabel = name; });
  }
}

function render({ model, el }) {
  let desk;
  // Controls may come later: one is replaced when its meaning changes.
  const changes = new MutationObserver(() => mend(desk, model.get("play_names")));
  // `el` is put into the page after this function has ended, and nothing but its size tells when.
  const arrival = new ResizeObserver(() => {
    desk = el.closest(".cnn-desk");
    if (!desk) return;
    arrival.disconnect();
    mend(desk, model.get("play_names"));
    changes.observe(desk, { childList: true, subtree: true });
  });
  arrival.observe(el);
  el.classList.add("cnn-control-repair");
  return () => { arrival.disconnect(); changes.disconnect(); };
}

export default { render };
