"""What all explorers share: controls, one SVG view, a sentence on the state, a static picture."""

from contextlib import contextmanager
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from helpers.drawing import svg
from helpers.drawing.picture import before_it_runs, svg_image
from helpers.drawing.sentence import Sentence
from helpers.explorers.controls import CellSlider, ControlRepair, int_slider, player


class SvgView(anywidget.AnyWidget):
    """Shows SVG text; sends {"clicked": data-cell} to its message handlers."""

    _esm = Path(__file__).with_name("svg_view.js")
    _css = Path(__file__).with_name("explorer.css")
    svg = traitlets.Unicode().tag(sync=True)


class Explorer:
    """Controls whose every change draws a new picture.

    A subclass hands its controls to `__init__`, in reading order, and defines `draw`. `clicks` says which
    slider a click on a grid's cell moves: name of the grid -> name of the control. Where the meaning of a
    control depends on others, as the number of a cell depends on the array, the subclass hands over None, and
    its `adjust` offers the control that is meant now.

    So each meaning has a control of its own. A busy kernel gets the messages of different controls out of
    order; a late one then moves the control that was moved on the page, and counts for nothing else.

    Attributes:
        controls: name -> widget that is shown now.
        view: the SvgView with the picture.
        widget: controls, sentence and picture together, what a lesson shows.
    """

    def __init__(self, controls, clicks=None):
        self.controls = controls
        self._clicks = clicks or {}
        self._kept = {}  # name -> (key, what was computed for it)
        self._offered = {}  # (name, meaning) -> widget
        # Each in a box of its own: of a box whose children change, a page rebuilds all that follow the first
        # change, and takes the keyboard from them.
        unseen = ipywidgets.Layout(display="contents")
        self._places = {
            name: ipywidgets.Box(layout=unseen) for name, control in controls.items() if control is None
        }
        self.view = SvgView()
        self.view.on_msg(lambda view, message, buffers: self.click(message["clicked"]))
        self._sentence = Sentence()
        # explorer.css lays all this out, as the page has room for it.
        bar = ipywidgets.Box(self.arrange()).add_class("cnn-controls")
        desk = ipywidgets.Box([bar, self._sentence, ControlRepair()]).add_class("cnn-desk")
        self.widget = ipywidgets.Box([desk, self.view]).add_class("cnn-explorer")
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
        return self._sentence.text

    def arrange(self):
        """List what stands beside or above the picture: the controls, unless a subclass groups them."""
        return [self.place(name) for name in self.controls]

    def place(self, name):
        """Return what stands for a control in the bar: the control, or the box it is offered in."""
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

    def offer_cell(self, name, meaning, description, shape):
        """Offer a slider over the cells of an array of this shape, (rows, columns), at the first."""
        self.offer(name, meaning, lambda: CellSlider(description, shape), start=1)

    def offer_steps(self, meaning, description, steps, start, interval, name="step"):
        """Offer a slider over steps and, as "play", the buttons that let it run.

        Args:
            meaning: as for `offer`.
            description: name of the slider, read aloud.
            steps: how many there are, from 1, or the (rows, columns) of the cells that they stand for.
            start: the step that the slider takes whenever it comes.
            interval: between two steps, in milliseconds.
            name: of the slider among the controls; both were handed over as None.
        """

        def slider():
            if isinstance(steps, tuple):
                return CellSlider(description, steps)
            return int_slider(description, start, 1, steps)

        self.offer(name, meaning, slider, start=start)
        self.offer("play", meaning, lambda: player(self.controls[name], interval))

    def adjust(self):
        """Offer, move and disable controls as others ask for; by default, none."""

    def draw(self):
        """Return the picture of the present state as SVG text, and its sentence; change nothing."""
        raise NotImplementedError

    def clicked(self, cell):
        """Answer a click on the element with this data-cell; by default, move the slider in `clicks`."""
        name, *place = svg.cell_place(cell)
        control = self.controls.get(self._clicks.get(name))
        if isinstance(control, CellSlider):
            control.place = place
        elif control is not None:  # a slider of rows or maps
            control.value = place[0] + 1

    def click(self, cell):
        """Pass a click on the element with this data-cell on to `clicked`, if the picture still shows it."""
        sheet = cell.rsplit("-", 2)[0]  # of pixels, which are no elements of their own
        if f'data-cell="{cell}"' in self.view.svg or f'data-cell="{sheet}" data-pixels' in self.view.svg:
            self.clicked(cell)

    def keep(self, name, key, compute):
        """Return `compute()`, or what it returned last under this name if the key is still the same."""
        if name not in self._kept or self._kept[name][0] != key:
            self._kept[name] = key, compute()
        return self._kept[name][1]

    def set(self, **values):
        """Move several controls, one after the other, and draw once; cells go by number or (row, column).

        Returns:
            The explorer, so that a cell can show it.
        """
        with self._without_drawing():
            for name, value in values.items():
                control = self.controls[name]
                if isinstance(control, CellSlider) and isinstance(value, tuple):
                    control.place = value
                else:
                    control.value = value
                self.adjust()
        self.redraw()
        return self

    def redraw(self):
        """Adjust the controls, and draw the present state."""
        with self._without_drawing():
            self.adjust()
        self.view.svg, self._sentence.text = self.draw()

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
