"""Explorer of cross-correlation and convolution (section 3-1, equations 3.7 to 3.11)."""

import numpy as np

from helpers import chapter
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.figures import flipped_filter as figures
from helpers.reference.convolution import convolve2d, cross_correlate2d
from helpers.reference.geometry import windows
from helpers.wording import window_products

_IMAGE = chapter.FIGURE_3_2_INPUT
_FILTERS = [
    ("four different weights", ((2, 1), (0, -1))),
    ("of Figure 3-3", tuple(map(tuple, chapter.FIGURE_3_3_FILTER.tolist()))),
    ("a single 1, upper left", ((1, 0), (0, 0))),
    ("unchanged by half a turn", ((1, 2), (2, 1))),
]
_OPERATIONS = {
    "correlation": ("Cross-correlation", "(3.8)", cross_correlate2d),
    "convolution": ("Convolution", "(3.10), (3.11)", convolve2d),
}


class FlippedFilterExplorer(Explorer):
    """One image and one filter, cross-correlated and convolved; a switch says which one is explained."""

    def __init__(self):
        names = [(title, name) for name, (title, _, _) in _OPERATIONS.items()]
        super().__init__(
            {
                "operation": dropdown("Operation", names),
                "filter": dropdown("Filter", _FILTERS),
                "cell": int_slider("Output cell", 1, 1, 9),
            }
        )

    def clicked(self, cell):
        """Explain an output cell that was clicked, by the operation that made it."""
        name, row, column = cell.split("-")
        if name in _OPERATIONS:
            self.set(operation=name, cell=int(row) * self._columns + int(column) + 1)

    def draw(self):
        """Return the picture and its sentence."""
        state = self.state
        kernel, chosen = np.array(state["filter"]), state["operation"]
        outputs = {
            name: (title, equation, operation(_IMAGE, kernel))
            for name, (title, equation, operation) in _OPERATIONS.items()
        }
        title, _, output = outputs[chosen]
        self._columns = output.shape[1]
        row, column = divmod(state["cell"] - 1, self._columns)
        used = kernel if chosen == "correlation" else np.flip(kernel)
        window = windows(_IMAGE, kernel.shape)[row, column]
        summary = _summary(outputs["correlation"][2], outputs["convolution"][2])
        picture = figures.flipped_filter(
            _IMAGE,
            kernel,
            used,
            outputs,
            chosen=chosen,
            position=(row, column),
            lines=[
                f"{title}, row {row + 1}, column {column + 1}: window times filter as used, added up",
                *window_products(window, used, output[row, column]),
            ],
            description=f"{title} at row {row + 1}, column {column + 1} is {output[row, column]}. {summary}",
        )
        return picture, summary


def _summary(correlated, convolved):
    different = np.sum(correlated != convolved)
    start = (
        "Cross-correlation lays the filter on as it is written, convolution turns it by half a turn first."
    )
    if different:
        return f"{start} With this filter {different} of the {correlated.size} outputs differ."
    return f"{start} With this filter all outputs agree, since half a turn leaves it as it is."
