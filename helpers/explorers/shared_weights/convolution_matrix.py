"""A filter as the matrix of a dense layer; its transpose carries the gradient back."""

from math import isqrt

import numpy as np

from helpers.chapter import read_only
from helpers.chapter.examples import DELTA, IMAGE
from helpers.drawing import svg
from helpers.drawing.grids import above_lines, titled_grid
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.shared_weights.pictures import MARGIN, TOP, square_names, weight_places
from helpers.language import say, say_count
from helpers.reference.convolution import convolution_matrix
from helpers.reference.geometry import output_size
from helpers.wording import factor, number, together

_LARGEST_FILTER = read_only([2, -1, 4], [1, 3, -2], [-3, 5, 6])
_TINTS = ["#cfe3f3", "#fbd9bd", "#c9ebdf", "#f3dbe8", "#f7f0bd", "#dadada", "#e3d8f5", "#d5f0f4", "#f5d5d5"]


class ConvolutionMatrixExplorer(Explorer):
    """A filter as the matrix of a dense layer; its transpose carries the gradient back."""

    def __init__(self):
        controls = {
            "direction": dropdown(
                say("Direction"), [(say("forward: A a = o"), True), (say("back: Aᵀ δ"), False)]
            ),
            "entries": dropdown(
                say("Entries"), [(say("numbers"), False), (say("names of the weights"), True)]
            ),
            "image": int_slider(say("Image side"), 3, 2, 4),
            "filter": int_slider(say("Filter side"), 2, 1, 3),
            "stride": int_slider(say("Stride"), 1, 1, 2),
            "row": None,
        }
        super().__init__(controls, clicks={"matrix": "row", "result": "row"})

    def adjust(self):
        """Offer the rows of this matrix, at the first."""
        meaning = forward, side, filter_side, stride = self._setting()
        fits = filter_side <= side
        rows = (output_size(side, filter_side, 0, stride) if forward else side) ** 2 if fits else 1
        self.offer("row", meaning, lambda: int_slider(say("Row"), 1, 1, rows), start=1)

    def draw(self):
        """Return the product and the row's sum; a filter that does not fit is explained."""
        state = self.state
        forward, side, filter_side, stride = self._setting()
        if filter_side > side:
            summary = say(
                "No matrix: a {filter_side} × {filter_side} filter does not fit on {side} × {side} pixels.",
                filter_side=filter_side,
                side=side,
            )
            return svg.document(svg.WIDTH, 60, [svg.text(MARGIN, 36, summary)], summary), summary
        kernel = _LARGEST_FILTER[:filter_side, :filter_side]
        table = convolution_matrix(weight_places(filter_side, turned=True), (side, side), stride=stride)
        matrix = convolution_matrix(np.flip(kernel), (side, side), stride=stride)
        summary = _summary(table, filter_side)
        pixels, outputs = square_names("a", side), isqrt(len(matrix))
        if forward:
            names, vector = ("A", "a", "o"), IMAGE[:side, :side].ravel()
            sources, targets = pixels, square_names("o", outputs)
        else:
            names, vector = ("Aᵀ", "δ", "∂L/∂a"), DELTA.flat[: len(matrix)]
            sources, targets = square_names("δ", outputs), square_names("∂L/∂a", side)
            table, matrix = table.T, matrix.T
        row = state["row"] - 1
        weight_names = np.array(["0", *square_names("w", filter_side)])[table]
        lines = _row_sum(targets[row], matrix[row], weight_names[row], vector, sources)
        description = together([summary, *lines])
        labels = weight_names if state["entries"] else None
        return _picture(names, matrix, vector, table - 1, labels, row, lines, description), summary

    def _setting(self):
        return tuple(self.state[name] for name in ("direction", "image", "filter", "stride"))


def _summary(table, filter_side):
    rows, columns = table.shape
    size = say(
        "A has {rows} × {columns} = {entries} entries, as many as a dense layer has weights.",
        rows=rows,
        columns=columns,
        entries=table.size,
    )
    weights = say_count(
        "{connections} of them are connections, and they hold {count} weight.",
        "{connections} of them are connections, and they hold {count} different weights.",
        filter_side**2,
        connections=np.count_nonzero(table),
    )
    return together([size, weights])


def _row_sum(target, entries, weight_names, vector, sources):
    """Spell out one row's inner product, without its zeros: in letters, then in numbers."""
    used = np.flatnonzero(weight_names != "0")
    if not used.size:
        return [say("{gradient} = 0: no output sees this pixel.", gradient=target)]
    terms = [f"{weight_names[place]}{sources[place]}" for place in used]
    numbers = [f"{factor(entries[place])}·{factor(vector[place])}" for place in used]
    return [*_wrapped(f"{target} = ", terms), *_wrapped("= ", numbers), f"= {number(entries @ vector)}"]


def _wrapped(opening, terms, per_line=9):
    """Join terms with plus signs, in lines of at most nine."""
    lines = [" + ".join(terms[start : start + per_line]) for start in range(0, len(terms), per_line)]
    return [opening + lines[0], *(f"+ {line}" for line in lines[1:])]


def _picture(names, matrix, vector, weights, labels, chosen, lines, description):
    """Draw matrix times vector, with names above, entries tinted by weight and the chosen row framed."""
    side = 27
    rows, columns = matrix.shape
    fills = np.array([*_TINTS, svg.PAPER])[weights]  # zeros, of weight -1, find the paper
    inks = np.where(weights < 0, svg.MUTED, svg.INK)
    look = {"fills": fills, "inks": inks, "labels": labels, "sides": (1, columns)}
    vector_left = MARGIN + columns * side + 44
    result_left = vector_left + max(side, 60) + 44
    result, framed, middle = (matrix @ vector)[:, np.newaxis], (chosen, 0), TOP + rows * side / 2 + 6
    parts = [
        titled_grid(names[0], matrix, MARGIN, TOP, side, name="matrix", framed=framed, **look),
        svg.text(vector_left - 27, middle, "·", size=20),
        titled_grid(names[1], vector[:, np.newaxis], vector_left, TOP, side, name="vector"),
        svg.text(result_left - 34, middle, "=", size=20),
        titled_grid(names[2], result, result_left, TOP, side, name="result", framed=framed),
    ]
    return above_lines(parts, TOP + max(rows, columns) * side, lines, description)
