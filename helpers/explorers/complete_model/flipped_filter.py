"""Cross-correlation and convolution side by side (section 3-1, equations 3.7 to 3.11)."""

import numpy as np

from helpers import chapter
from helpers.drawing import svg
from helpers.drawing.grids import padded_input
from helpers.explorers.controls import CellSlider, dropdown
from helpers.explorers.explorer import Explorer
from helpers.language import say
from helpers.reference.convolution import convolve2d, cross_correlate2d
from helpers.reference.geometry import windows
from helpers.wording import number, together, window_products

_IMAGE = chapter.FIGURE_3_2_INPUT
_OUTPUT_SIDE = 3  # each filter is 2 × 2
_OPERATIONS = {
    "correlation": (say("Cross-correlation"), "(3.7)", cross_correlate2d),
    "convolution": (say("Convolution"), say("{first} to {last}", first="(3.9)", last="(3.11)"), convolve2d),
}
_MARGIN, _GAP, _SIDE, _TOP = 14, 28, 44, 66


class FlippedFilterExplorer(Explorer):
    """One image and one filter, cross-correlated and convolved; a switch says which one is explained."""

    def __init__(self):
        filters = [
            (say("four different weights"), ((2, 1), (0, -1))),
            (say("of Figure 3-3"), tuple(map(tuple, chapter.FIGURE_3_3_FILTER.tolist()))),
            (say("a single 1, upper left"), ((1, 0), (0, 0))),
            (say("unchanged by half a turn"), ((1, 2), (2, 1))),
        ]
        operations = [(title, name) for name, (title, _, _) in _OPERATIONS.items()]
        super().__init__(
            {
                "operation": dropdown(say("Operation"), operations),
                "filter": dropdown(say("Filter"), filters),
                "cell": CellSlider(say("Output cell"), (_OUTPUT_SIDE, _OUTPUT_SIDE)),
            }
        )

    def clicked(self, cell):
        """Explain an output cell that was clicked, by the operation that made it."""
        name, *place = svg.cell_place(cell)
        if name in _OPERATIONS:
            self.set(operation=name, cell=tuple(place))

    def draw(self):
        """Return the picture and its sentence."""
        chosen, kernel = self.state["operation"], np.array(self.state["filter"])
        used = kernel if chosen == "correlation" else np.flip(kernel)
        outputs = {name: operation(_IMAGE, kernel) for name, (*_, operation) in _OPERATIONS.items()}
        place = self.controls["cell"].place
        result = outputs[chosen][place]
        values = {"operation": _OPERATIONS[chosen][0], "row": place[0] + 1, "column": place[1] + 1}
        lines = [
            say("{operation}, row {row}, column {column}: window times filter as used, added up", **values),
            *window_products(windows(_IMAGE, kernel.shape)[place], used, result),
        ]
        parts = _grids(kernel, used, outputs, chosen, place)
        below = _TOP + len(_IMAGE) * _SIDE + 2 * _GAP - 10
        parts.append(svg.lines(_MARGIN, below, lines))
        height = below + svg.LINE_HEIGHT * (len(lines) - 1) + _MARGIN
        summary = _summary(*outputs.values())
        cell = say("{operation} at row {row}, column {column} is {result}.", result=number(result), **values)
        return svg.document(svg.WIDTH, height, parts, together([cell, summary])), summary


def _grids(kernel, used, outputs, chosen, place):
    """Draw the image, the filter as written and as used, and the outputs, cells "operation-row-column"."""
    x = _MARGIN
    parts = [
        svg.two_headings(x, _MARGIN, say("Image"), f"{len(_IMAGE)} × {_IMAGE.shape[1]}"),
        padded_input(_IMAGE, x, _TOP, _SIDE, ((0, 0), (0, 0)), place, kernel.shape, ([], [])),
    ]
    x += _IMAGE.shape[1] * _SIDE + _GAP
    for name, detail, values in (("filter", say("as written"), kernel), ("used", say("as used"), used)):
        parts += [
            svg.two_headings(x, _MARGIN, say("Filter"), detail),
            svg.number_grid(values, x, _TOP, _SIDE, name=name),
        ]
        x += values.shape[1] * _SIDE + _GAP
    for name, output in outputs.items():
        title, equation, _ = _OPERATIONS[name]
        fills = np.full(output.shape, svg.PAPER if name == chosen else svg.FAINT)
        fills[place] = svg.ORANGE_TINT
        parts += [
            svg.two_headings(x, _MARGIN, title, equation),
            svg.number_grid(output, x, _TOP, _SIDE, name=name, fills=fills),
        ]
        if name == chosen:
            parts.append(svg.cell_frame(x, _TOP, _SIDE, place))
        x += _OUTPUT_SIDE * _SIDE + _GAP
    return parts


def _summary(correlated, convolved):
    start = say(
        "Cross-correlation lays the filter on as it is written, convolution turns it by half a turn first."
    )
    different = np.sum(correlated != convolved)
    if different:
        effect = say(
            "With this filter {different} of the {total} outputs differ.",
            different=different,
            total=correlated.size,
        )
    else:
        effect = say("With this filter all outputs agree, since half a turn leaves it as it is.")
    return together([start, effect])
