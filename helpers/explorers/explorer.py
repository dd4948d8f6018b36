"""What all explorers share: controls, one SVG view, a sentence on the state, a static picture."""

from contextlib import contextmanager
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from helpers.drawing.picture import before_it_runs, svg_image

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

    A subclass hands its controls to `__init__`, in reading order, and defines `draw`. Where the meaning of a
    control depends on others, as the number of a cell depends on the array, it hands over None, and its
    `adjust` offers the control that is meant now.

    So each meaning has a control of its own. A busy kernel gets the messages of different controls out of
    order; a late one then moves the control that was moved on the page, and counts for nothing else.

    Attributes:
        controls: name -> widget that is shown now.
        view: the SvgView with the picture and the sentence.
        widget: controls and view together, what a lesson shows.
    """

    def __init__(self, controls):
        self.controls = controls
        self._offered = {}  # (name, meaning) -> widget
        # Each in a box of its own: of a box whose children change, a page rebuilds all that follow the first
        # change, and takes the keyboard from them.
        unseen = ipywidgets.Layout(display="contents")
        self._places = {
            name: ipywidgets.Box(layout=unseen) for name, control in controls.items() if control is None
        }
        self.view = SvgView()
        self.view.on_msg(lambda view, message, buffers: self.click(message["clicked"]))
        bar = ipywidgets.Box(
            self.arrange(), layout=ipywidgets.Layout(flex_flow="row wrap", max_width="760px")
        )
        self.widget = ipywidgets.VBox([bar, self.view]).add_class("cnn-explorer")
        self._may_draw = True
        for control in controls.values():
            self._observe(control)
        self.redraw()

    @property
    def state(self):
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items() if _has_value(control)}

    @property
    def summary(self):
        """One sentence or two on what the picture shows now."""
        return self.view.summary

    def arrange(self):
        """List what stands above the picture: the controls, unless a subclass groups them."""
        return [self.place(name) for name in self.controls]

    def place(self, name):
        """Return what stands above the picture for a control: the control, or the box it is offered in."""
        return self._places.get(name, self.controls[name])

    def offer(self, name, meaning, make, start=None):
        """Show the control of this meaning in its place, unless it is there already.

        Args:
            name: of a control that was handed over as None.
            meaning: what the control's values count for, hashable.
            make: makes the control; called where this meaning has none yet.
            start: the value that the control takes whenever it comes; None leaves it where it was.
        """
        if (name, meaning) not in self._offered:
            self._offered[name, meaning] = make()
            self._observe(self._offered[name, meaning])
        control, before = self._offered[name, meaning], self.controls[name]
        if control is before:
            return
        if isinstance(before, ipywidgets.Play):
            before.playing = False
        if start is not None:
            control.value = start
        self.controls[name] = control
        self._places[name].children = [control]

    def adjust(self):
        """Offer, move and disable controls as others ask for; by default, none."""

    def draw(self):
        """Return the picture of the present state as SVG text, and its sentence; change nothing."""
        raise NotImplementedError

    def clicked(self, cell):
        """Answer a click on the element with this data-cell; by default, not at all."""

    def click(self, cell):
        """Pass a click on the element with this data-cell on to `clicked`, if the picture still shows it."""
        sheet = cell.rsplit("-", 2)[0]  # of pixels, which are no elements of their own
        if f'data-cell="{cell}"' in self.view.svg or f'data-cell="{sheet}" data-pixels' in self.view.svg:
            self.clicked(cell)

    def set(self, **values):
        """Move several controls, one after the other, and draw once."""
        with self._without_drawing():
            for name, value in values.items():
                self.controls[name].value = value
                self.adjust()
        self.redraw()

    def redraw(self):
        """Adjust the controls, and draw the present state."""
        with self._without_drawing():
            self.adjust()
        svg, summary = self.draw()
        with self.view.hold_sync():
            self.view.svg, self.view.summary = svg, summary

    @contextmanager
    def _without_drawing(self):
        self._may_draw = False
        try:
            yield
        finally:
            self._may_draw = True

    def _observe(self, control):
        if _has_value(control):
            control.observe(self._on_change, "value")

    def _on_change(self, change):
        if self._may_draw:
            self.redraw()

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        still = before_it_runs(self.summary, svg_image(self.view.svg, self.summary))
        return bundle | {"text/html": still, "text/plain": self.summary}


def _has_value(control):
    # Play has no value of its own to show: it moves the slider it is linked to.
    return hasattr(control, "value") and not isinstance(control, ipywidgets.Play)
