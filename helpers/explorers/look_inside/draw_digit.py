"""Draw a digit by hand, and see what the first program's network reads (section 3-5)."""

from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import traitlets

from helpers.drawing import svg
from helpers.explorers.controls import button, dropdown, follow_preset
from helpers.explorers.digits import first_of_each_digit
from helpers.explorers.explorer import Explorer
from helpers.explorers.look_inside.pictures import MARGIN, ROW, class_bars
from helpers.language import say
from helpers.programs import MNIST
from helpers.reference.drawing import digit_from_drawing
from helpers.wording import percent

_SIDE = 140  # five pixels for each of an example digit


class DigitCanvas(anywidget.AnyWidget):
    """A sheet to draw on with mouse, pen or finger; `value` holds its ink, side * side bytes, row by row."""

    _esm = Path(__file__).with_name("digit_canvas.js")
    _css = Path(__file__).with_name("digit_canvas.css")
    side = traitlets.Int(_SIDE).tag(sync=True)
    description = traitlets.Unicode(say("A sheet to draw a digit on")).tag(sync=True)
    value = traitlets.CBytes(bytes(_SIDE * _SIDE)).tag(sync=True)

    @property
    def pixels(self):
        """The ink as (side, side), 0 for paper to 255."""
        return np.frombuffer(self.value, np.uint8).reshape(self.side, self.side)


class DrawDigitExplorer(Explorer):
    """Draw a digit: it is centred and scaled as MNIST's are, and the network reads it while you draw.

    Attributes:
        canvas: the DigitCanvas to draw on; a new one for each example and after Clear, so that a stroke that
            comes late stays on its own.
    """

    def __init__(self):
        self._network = MNIST.trained_network()
        digits = first_of_each_digit(1)
        self._examples = {digit: _enlarged(pictures[0, :, :, 0]) for digit, pictures in digits.items()}
        self._shown = None
        self._desk = ipywidgets.Box(layout={"display": "contents"})
        menu = [(say("digit {digit}", digit=digit), digit) for digit in digits]
        example = dropdown(say("Example"), [*menu, (say("your own"), "own")])
        clear = button(say("Clear the sheet"), say("Take all ink off the sheet"), self._clear)
        clear.layout.margin = "2px 2px 2px 24px"
        super().__init__({"example": example, "clear": clear})
        desk, view = self.widget.children
        view.layout.width, view.layout.margin = "410px", "0 0 0 6px"
        self.widget.children = [desk, ipywidgets.Box([self._desk, view], layout={"flex_flow": "row wrap"})]

    def adjust(self):
        """Lay out the example that was chosen; call one that was drawn over "your own"."""
        self._shown = follow_preset(
            self.controls["example"],
            self._shown,
            lambda digit: self._lay_out(self._examples[digit]),
            lambda digit: self.canvas.value == self._examples[digit],
        )

    def draw(self):
        """Return what the network sees of the drawing, and what it reads."""
        seen = digit_from_drawing(self.canvas.pixels / np.float32(255)).astype(np.float32)
        if not seen.any():
            summary = say("The sheet is empty. Draw a digit with mouse, pen or finger, or choose an example.")
            return _picture(seen, None, summary), summary
        probabilities = self._network.predict(seen[np.newaxis, :, :, np.newaxis])[0]
        first, second = np.argsort(-probabilities)[:2]
        summary = say(
            "The network reads {first} with a probability of {most}; next comes {second} with {next}.",
            first=first,
            most=percent(probabilities[first], 1),
            second=second,
            next=percent(probabilities[second], 1),
        )
        return _picture(seen, probabilities, summary), summary

    def _lay_out(self, ink):
        self.canvas = DigitCanvas(value=ink)
        self.canvas.observe(self._on_change, "value")
        self._desk.children = [self.canvas]

    def _clear(self):
        self._lay_out(bytes(_SIDE * _SIDE))
        self.redraw()


def _enlarged(digit):
    """Return the ink of a digit at the size of the sheet."""
    times = _SIDE // len(digit)
    return np.kron(digit, np.ones((times, times), np.uint8)).tobytes()


def _picture(seen, probabilities, description):
    """Draw what the network sees of a drawing, and its answer; probabilities are None for an empty sheet."""
    side, bars = 10 * ROW - 16, 190
    parts = [
        svg.text(MARGIN, 28, say("The network sees"), weight="bold"),
        svg.framed_image(svg.ink(seen), MARGIN, 42, side, side),
        svg.text(bars, 28, say("Probability of each digit"), weight="bold"),
    ]
    if probabilities is None:
        parts.append(svg.text(bars, 42 + side / 2, say("nothing to read yet"), fill=svg.MUTED))
    else:
        parts += class_bars(probabilities, bars, 42, classes="0123456789", longest=130)
    return svg.document(410, 42 + 10 * ROW + MARGIN, parts, description)
