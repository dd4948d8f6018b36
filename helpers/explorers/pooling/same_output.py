"""Different inputs with equal pooled outputs (section 3-1, Figure 3-4)."""

import itertools

import numpy as np

from helpers import chapter
from helpers.drawing import svg
from helpers.explorers.controls import button, int_slider, tied_to
from helpers.explorers.explorer import Explorer
from helpers.explorers.pooling.pooling import POOL
from helpers.language import say

_SIDE, _TOP, _PITCH = 38, 48, 206  # of a cell; upper edge of the first input; from there to the second
_LEFTS = (14, 222, 394)
_BLOCK = 2
_PRINTED = chapter.FIGURE_3_4_INPUT


class SameOutputExplorer(Explorer):
    """Change pixels of Figure 3-4 and watch which pooled outputs notice; a click adds 1 to a pixel."""

    def __init__(self):
        self._yours, self._attempt = _PRINTED.copy(), 1
        super().__init__(
            {
                "row": int_slider(say("Row"), 1, 1, 4),
                "column": int_slider(say("Column"), 1, 1, 4),
                "pixel": None,
                "reset": button(say("Back to Figure 3-4"), say("The chapter's pixels"), self._start_again),
            }
        )

    def clicked(self, cell):
        """Select a pixel that was clicked and add 1 to it; after 9 comes 0."""
        name, row, column = svg.cell_place(cell)
        if name == "yours":
            self.set(row=row + 1, column=column + 1, pixel=(self._yours[row, column] + 1) % 10)

    def adjust(self):
        """Offer the slider of the pixel that is selected."""
        values, place = self._yours, self._selected()
        self.offer(
            "pixel",
            (self._attempt, *place),
            lambda: tied_to(values, place, int_slider(say("Pixel"), int(values[place]), 0, 9)),
        )

    def draw(self):
        """Return both inputs with their outputs, and how far yours agrees."""
        yours = self._yours
        outputs = _pooled(yours)
        agree = [np.array_equal(outputs[kind], printed) for kind, printed in _PRINTED_OUTPUTS.items()]
        summary = _summary(int(np.sum(yours != _PRINTED)), *agree)
        second = _TOP + _PITCH
        parts = [
            *_row(0, say("Figure 3-4"), _PRINTED, _PRINTED_OUTPUTS, _TOP),
            *_row(1, say("Yours"), yours, outputs, second),
            svg.cell_frame(_LEFTS[0], second, _SIDE, self._selected()),
        ]
        return svg.document(594, second + len(yours) * _SIDE + 14, parts, summary), summary

    def _selected(self):
        return self.controls["row"].value - 1, self.controls["column"].value - 1

    def _start_again(self):
        # The sliders of the last attempt keep its array, and late messages with it.
        self._yours, self._attempt = _PRINTED.copy(), self._attempt + 1
        self.redraw()


def _pooled(x):
    return {kind: pool(x) for kind, pool in POOL.items()}


_PRINTED_OUTPUTS = _pooled(_PRINTED)


def _row(index, title, x, outputs, top):
    """Draw an input with both pooled outputs; what differs from the chapter's is tinted."""
    fills = np.where(x == _PRINTED, svg.PAPER, svg.ORANGE_TINT)
    parts = [
        svg.heading(_LEFTS[0], top, title),
        svg.heading(_LEFTS[1], top, say("Max pooling")),
        svg.heading(_LEFTS[2], top, say("Average pooling")),
        svg.number_grid(x, _LEFTS[0], top, _SIDE, name=("chapter", "yours")[index], fills=fills),
    ]
    for corner in itertools.product(range(0, len(x), _BLOCK), repeat=2):
        parts.append(svg.cell_frame(_LEFTS[0], top, _SIDE, corner, (_BLOCK, _BLOCK), stroke=svg.MUTED))
    for left, (kind, output) in zip(_LEFTS[1:], outputs.items(), strict=True):
        same = np.isclose(output, _PRINTED_OUTPUTS[kind])
        fills = np.where(same, svg.PAPER, svg.ORANGE_TINT)
        parts.append(svg.number_grid(output, left, top, _SIDE, name=f"{kind}{index}", fills=fills))
        if index:
            verdict = say("= same as above") if same.all() else say("≠ differs")
            parts.append(svg.text(left, top + len(output) * _SIDE + 24, verdict))
    return parts


def _summary(changed, max_agrees, average_agrees):
    if not changed:
        return say("Both inputs are the same so far. Click a pixel of yours, or choose one and move Pixel.")
    verdicts = {
        (True, True): say("neither pooling can tell it from the chapter's"),
        (True, False): say("max pooling cannot tell it from the chapter's, average pooling can"),
        (False, True): say("average pooling cannot tell it from the chapter's, max pooling can"),
        (False, False): say("both poolings tell it from the chapter's"),
    }
    return say(
        "Your input differs in {changed} of 16 pixels: {verdict}.",
        changed=changed,
        verdict=verdicts[max_agrees, average_agrees],
    )
