"""The backward pass of pooling (section 3-1, equation 3.6)."""

import numpy as np

from helpers import chapter
from helpers.drawing import svg
from helpers.drawing.grids import above_lines, ring, titled_grid
from helpers.explorers.controls import dropdown, number_field
from helpers.explorers.explorer import Explorer
from helpers.explorers.pooling.pooling import KINDS, first_largest
from helpers.language import say
from helpers.reference.pooling import average_pool2d_backward, max_pool2d_backward
from helpers.wording import number, together

_BACKWARD = {"max": max_pool2d_backward, "average": average_pool2d_backward}
_PLACES = list(np.ndindex(2, 2))
_SIDE, _TOP = 42, 48
_LEFTS = (14, 222, 382)  # of the three grids, in pixels


class PoolingGradientExplorer(Explorer):
    """Type the gradients that arrive at the four outputs and see which pixels they reach."""

    def __init__(self):
        layouts = [
            (say("2 × 2 blocks, stride 2"), (2, 2)),
            (say("3 × 3 blocks, stride 1: they overlap"), (3, 1)),
        ]
        outputs = [
            (say("output {i},{j}", i=row + 1, j=column + 1), chosen)
            for chosen, (row, column) in enumerate(_PLACES, 1)
        ]
        super().__init__(
            {
                "kind": dropdown(say("Pooling"), KINDS),
                "layout": dropdown(say("Blocks"), layouts),
                **{_name(*place): _field(*place) for place in _PLACES},
                "output": dropdown(say("Look at"), [(say("all four outputs"), 0), *outputs]),
            }
        )

    def clicked(self, cell):
        """Look at the upstream cell that was clicked; a second click looks at all again."""
        name, row, column = svg.cell_place(cell)
        if name == "upstream":
            chosen = 1 + _PLACES.index((row, column))
            output = self.controls["output"]
            output.value = 0 if output.value == chosen else chosen

    def draw(self):
        """Return the three grids and where the gradients go."""
        state = self.state
        kind, (block, stride), chosen = state["kind"], state["layout"], state["output"]
        x = chapter.FIGURE_3_4_INPUT
        typed = np.array([state[_name(*place)] for place in _PLACES]).reshape(2, 2)
        shown = [_PLACES[chosen - 1]] if chosen else _PLACES
        upstream = np.zeros((2, 2))
        rings, frames, ways = [], [], []
        for row, column in shown:
            upstream[row, column] = typed[row, column]
            corner = top, left = row * stride, column * stride
            pixels = x[top : top + block, left : left + block]
            ways.append(_way(kind, (row, column), corner, pixels, typed[row, column]))
            if kind == "max":
                rings.append(ring(_LEFTS[0], _TOP, _SIDE, corner + first_largest(pixels)))
            for grid_left in (_LEFTS[0], _LEFTS[2]):
                frames.append(svg.cell_frame(grid_left, _TOP, _SIDE, corner, (block, block)))
        if chosen:
            frames.append(svg.cell_frame(_LEFTS[1], _TOP, _SIDE, *shown))
        gradient = _BACKWARD[kind](upstream, x, block, stride)
        summary = _summary(kind, upstream, gradient)
        reached = {"name": "gradient", "fills": np.where(gradient != 0, svg.BLUE_TINT, svg.PAPER)}
        parts = [
            titled_grid(say("Input"), x, _LEFTS[0], _TOP, _SIDE, name="input"),
            *rings,
            titled_grid(say("Upstream ∂L/∂P"), typed, _LEFTS[1], _TOP, _SIDE, name="upstream"),
            titled_grid(say("∂L/∂input"), gradient, _LEFTS[2], _TOP, _SIDE, **reached),
            *frames,
        ]
        bottom, description = _TOP + len(x) * _SIDE, together([summary, *ways])
        return above_lines(parts, bottom, ways, description, width=640), summary


def _name(row, column):
    return f"g{row + 1}{column + 1}"


def _field(row, column):
    """Make the field that one upstream gradient is typed into."""
    return number_field(say("Upstream {i},{j}", i=row + 1, j=column + 1), 2 * row + column + 1, 9, 1)


def _way(kind, place, corner, pixels, amount):
    """Say where the gradient of one output goes; `corner` is that of its block of pixels."""
    values = {"i": place[0] + 1, "j": place[1] + 1, "amount": number(amount), "size": pixels.size}
    if kind == "average":
        share = number(amount / pixels.size)
        return say(
            "Output {i},{j}: {amount} / {size} = {share} to each pixel of its block.", share=share, **values
        )
    values["row"], values["column"] = corner + first_largest(pixels) + 1
    ties = np.sum(pixels == pixels.max())
    if ties == 1:
        return say(
            "Output {i},{j}: {amount} to row {row}, column {column}, the largest of its block.", **values
        )
    return say(
        "Output {i},{j}: {amount} to row {row}, column {column}, "
        "the first of {ties} pixels that tie at {largest}.",
        ties=ties,
        largest=number(pixels.max()),
        **values,
    )


def _summary(kind, upstream, gradient):
    if kind == "max":
        rule = say(
            "Max pooling sends each gradient to one pixel; where several tie, to the first in row order."
        )
    else:
        rule = say("Average pooling gives each pixel of a block the same share.")
    sums = say(
        "Pixels that get a gradient: {reached} of {size}. "
        "What arrives adds up to {total}, and so does what the pixels get.",
        reached=np.count_nonzero(gradient),
        size=gradient.size,
        total=number(upstream.sum()),
    )
    return together([rule, sums])
