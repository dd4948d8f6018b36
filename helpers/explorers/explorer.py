"""What all explorers share: controls, one SVG view, a sentence on the state, a static picture."""

from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from helpers.figures.picture import before_it_runs, svg_image

_STYLE = """
.cnn-svg-view p { margin: 8px 2px; font-size: 15px; line-height: 1.45; max-width: 760px;
                  color: var(--jp-content-font-color1, #1a1a1a); }
.cnn-svg-view [data-cell] { cursor: pointer; }
.cnn-explorer :is(.noUi-handle, .widget-readout, button, select, input):focus-visible {
  outline: 3px solid #0072b2 !important; outline-offset: -2px; }
"""


class SvgView(anywidget.AnyWidget):
    """Shows SVG text with a sentence below it; sends {"clicked": data-cell} to its message handlers."""

    _esm = Path(__file__).with_name("svg_view.js")
    _css = _STYLE
    svg = traitlets.Unicode().tag(sync=True)
    summary = traitlets.Unicode().tag(sync=True)


class Explorer:
    """Controls whose every change draws a new picture.

    A subclass hands its controls to `__init__`, in reading order, and defines `draw`.

    Attributes:
        controls: name -> widget.
        view: the SvgView with the picture and the sentence.
        widget: controls and view together, what a lesson shows.
    """

    def __init__(self, controls):
        self.controls = controls
        self.view = SvgView()
        self.view.on_msg(lambda view, message, buffers: self.clicked(message["clicked"]))
        bar = ipywidgets.Box(
            self.arrange(), layout=ipywidgets.Layout(flex_flow="row wrap", max_width="760px")
        )
        self.widget = ipywidgets.VBox([bar, self.view]).add_class("cnn-explorer")
        self._valued = {
            name: control
            for name, control in controls.items()
            # Play has no value of its own to show: it moves the slider it is linked to.
            if control.has_trait("value") and not isinstance(control, ipywidgets.Play)
        }
        for control in self._valued.values():
            control.observe(self._on_change, "value")
        self._drawing = False
        self.redraw()

    @property
    def state(self):
        """The controls' values by name."""
        return {name: control.value for name, control in self._valued.items()}

    @property
    def summary(self):
        """One sentence or two on what the picture shows now."""
        return self.view.summary

    def arrange(self):
        """List what stands above the picture: the controls, unless a subclass groups them."""
        return list(self.controls.values())

    def draw(self):
        """Return the picture of the present state as SVG text, and its sentence."""
        raise NotImplementedError

    def clicked(self, cell):
        """Answer a click on the element with this data-cell; by default, not at all."""

    def set(self, **values):
        """Move several controls and draw once."""
        self._drawing = True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._drawing = False
        self.redraw()

    def redraw(self):
        """Draw the present state."""
        self._drawing = True  # a control that draw() adjusts must not draw again
        try:
            svg, summary = self.draw()
        finally:
            self._drawing = False
        with self.view.hold_sync():
            self.view.svg, self.view.summary = svg, summary

    def _on_change(self, change):
        if not self._drawing:
            self.redraw()

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        still = before_it_runs(self.summary, svg_image(self.view.svg, self.summary))
        return bundle | {"text/html": still, "text/plain": self.summary}


def int_slider(description, value, smallest, largest):
    """Make a named slider over whole numbers that answers while it is dragged."""
    return ipywidgets.IntSlider(value, smallest, largest, description=description, **_look())


def float_slider(description, value, smallest, largest, step):
    """Make a named slider over numbers that answers while it is dragged."""
    return ipywidgets.FloatSlider(
        value, min=smallest, max=largest, step=step, description=description, **_look()
    )


def restart(slider, largest):
    """Let a slider reach a new largest value, and put it to its smallest.

    In one message: to a new limit alone, a page answers with the old value cut off there.
    """
    with slider.hold_sync():
        slider.max, slider.value = largest, slider.min


def dropdown(description, options):
    """Make a named menu; options are pairs (text, value), the first one chosen."""
    return ipywidgets.Dropdown(options=options, description=description, **_look())


def _look():
    # Without a tooltip the label of a slider would show "null" under the pointer.
    return {"tooltip": "", "style": {"description_width": "110px"}, "layout": {"width": "340px"}}
