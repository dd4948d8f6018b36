"""Draw a digit by hand, and see what the first program's network reads (section 3-5)."""

from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import traitlets

from helpers.datasets import load_mnist
from helpers.explorers.controls import dropdown
from helpers.explorers.explorer import Explorer
from helpers.explorers.look_inside import recorded
from helpers.figures.look_inside import drawn_digit
from helpers.reference.drawing import digit_from_drawing
from helpers.reference.program_networks import network_stages

_SIDE = 140  # five pixels for each of an example digit
_STYLE = """
.cnn-digit-canvas canvas { width: 280px; height: 280px; border: 1px solid #b8b8b8; border-radius: 6px;
                           background: white; cursor: crosshair; touch-action: none; }
"""


class DigitCanvas(anywidget.AnyWidget):
    """A sheet to draw on with mouse, pen or finger; `value` holds its ink, side * side bytes, row by row."""

    _esm = Path(__file__).with_name("digit_canvas.js")
    _css = _STYLE
    side = traitlets.Int(_SIDE).tag(sync=True)
    description = traitlets.Unicode("A sheet to draw a digit on").tag(sync=True)
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
        digits = load_mnist()
        self._examples = {
            digit: _enlarged(digits.x_test[np.argmax(digits.y_test == digit), :, :, 0]) for digit in range(10)
        }
        self._example_shown = None
        self._desk = ipywidgets.Box(layout={"display": "contents"})
        example = dropdown(
            "Example",
            [*((f"digit {digit}", digit) for digit in (3, 0, 1, 2, *range(4, 10))), ("your own", "own")],
        )
        clear = ipywidgets.Button(description="Clear the sheet", layout={"margin": "2px 2px 2px 24px"})
        clear.on_click(lambda button: self._clear())
        super().__init__({"example": example, "clear": clear})
        bar, view = self.widget.children
        view.layout.width, view.layout.margin = "410px", "0 0 0 6px"
        self.widget.children = [bar, ipywidgets.Box([self._desk, view], layout={"flex_flow": "row wrap"})]

    def adjust(self):
        """Lay out the example that was chosen; call one that was drawn over "your own"."""
        example = self.controls["example"]
        if example.value != self._example_shown and example.value != "own":
            self._lay_out(self._examples[example.value])
        elif example.value != "own" and self.canvas.value != self._examples[example.value]:
            example.value = "own"
        self._example_shown = example.value

    def draw(self):
        """Return what the network sees of the drawing, and what it reads."""
        seen = digit_from_drawing(self.canvas.pixels / np.float32(255)).astype(np.float32)
        if not seen.any():
            summary = "The sheet is empty. Draw a digit with mouse, pen or finger, or choose an example."
            return drawn_digit(seen, None, description=summary), summary
        stages = network_stages(seen[np.newaxis, :, :, np.newaxis], recorded("mnist-seed1"))
        probabilities = stages["probabilities"][0]
        first, second = np.argsort(-probabilities)[:2]
        summary = (
            f"The network reads {first} with a probability of {100 * probabilities[first]:.1f} %; next comes "
            f"{second} with {100 * probabilities[second]:.1f} %."
        )
        return drawn_digit(seen, probabilities, description=summary), summary

    def _lay_out(self, ink):
        self.canvas = DigitCanvas(value=ink)
        self.canvas.observe(self._on_change, "value")
        self._desk.children = [self.canvas]

    def _clear(self):
        self._lay_out(bytes(_SIDE * _SIDE))
        self.redraw()


def _enlarged(digit):
    """Give the ink of a digit at the size of the sheet."""
    times = _SIDE // len(digit)
    return np.kron(digit, np.ones((times, times), np.uint8)).tobytes()
