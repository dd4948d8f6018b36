"""What the explorers of shared weights have in common: names, the filter on the image, networks."""

from typing import NamedTuple

import numpy as np

from helpers.drawing import svg
from helpers.explorers.controls import dropdown
from helpers.language import say
from helpers.wording import indexed

MARGIN, TOP = 14, 48
# Told apart by dash as well as by colour.
STROKES = ((svg.BLUE, ""), (svg.ORANGE, "9 4"), (svg.GREEN, "2 4"), (svg.PURPLE, "12 4 2 4"))
# Where along an edge its weight's name stands: staggered, so that the names of one output do not touch.
_LABEL_PLACES = (0.68, 0.58, 0.48, 0.38)
_WIDTH, _PITCH, _RADIUS = 330, 54, 19
# Of the network before an affine layer, and of the affine layer's lines.
_NARROW, _AFFINE = 230, 140


class Edge(NamedTuple):
    """A connection of a network, by the places of its ends and of its weight.

    Attributes:
        source: place of the input.
        target: place of the output.
        weight: place of the shared weight, or None for a weight of its own.
        strong: False to draw it in pale grey.
    """

    source: int
    target: int
    weight: int | None
    strong: bool = True


def square_names(letter, side):
    """Name the elements of a square array row by row, indices from 1."""
    return [indexed(letter, i + 1, j + 1) for i, j in np.ndindex(side, side)]


def weight_places(filter_side, turned):
    """Number a filter's weights from 1 as they lie on the image."""
    places = np.arange(1, filter_side**2 + 1).reshape(filter_side, filter_side)
    return np.flip(places) if turned else places


def orientation():
    """Make the menu that says how the filter lies on the image."""
    return dropdown(say("Filter"), [(say("turned, as in 3.2"), True), (say("as it stands"), False)])


def network(edges, inputs, outputs, weights, chosen=(), units=()):
    """Draw two columns of nodes and their edges, and the units of an affine layer behind them.

    Args:
        edges: an `Edge` for each connection.
        inputs: names of the inputs, cells "input-place".
        outputs: names of the outputs, cells "output-place".
        weights: names of the shared weights.
        chosen: cells that are marked, such as "output-2".
        units: names of the affine layer's units, each joined to every output.

    Returns:
        (SVG elements as one text, the height they take in pixels).
    """
    height = MARGIN + _PITCH * max(len(inputs), len(outputs)) + MARGIN
    left, right = MARGIN + _RADIUS + 2, MARGIN + _RADIUS + (_NARROW if units else _WIDTH)
    behind = right + _AFFINE

    def middles(count):
        # Few outputs stand as far apart as the inputs' column allows, at most twice as far.
        spread = min(2, len(inputs) / count) if 0 < count < len(inputs) else 1
        return [height / 2 + _PITCH * spread * (i - (count - 1) / 2) for i in range(count)]

    starts, ends, last = middles(len(inputs)), middles(len(outputs)), middles(len(units))
    weak = [svg.line(right, y1, behind, y2, stroke=svg.MUTED) for y1 in ends for y2 in last]
    strong, labels = [], []
    for edge in edges:
        y1, y2 = starts[edge.source], ends[edge.target]
        if not edge.strong:
            weak.append(svg.line(left, y1, right, y2))
        elif edge.weight is None:
            strong.append(svg.line(left, y1, right, y2, stroke=svg.MUTED, stroke_width=1.5))
        else:
            stroke, dash = STROKES[edge.weight]
            strong.append(svg.line(left, y1, right, y2, stroke=stroke, stroke_width=2.5, dash=dash))
            share = _LABEL_PLACES[edge.weight]
            x, y = left + share * (right - left), y1 + share * (y2 - y1)
            labels.append(_label(x, y, weights[edge.weight]))
    nodes = [
        _node(x, y, name, f"{kind}-{place}", f"{kind}-{place}" in chosen)
        for kind, x, ys, names in (
            ("input", left, starts, inputs),
            ("output", right, ends, outputs),
            ("unit", behind, last, units),
        )
        for place, (y, name) in enumerate(zip(ys, names, strict=True))
    ]
    return "".join(weak + strong + labels + nodes), height


def _node(x, y, name, cell, marked):
    fill, stroke, width = (svg.ORANGE_TINT, svg.ORANGE, 3) if marked else (svg.PAPER, svg.INK, 1.2)
    return (
        f'<g data-cell="{cell}"><circle cx="{x:g}" cy="{y:g}" r="{_RADIUS}" fill="{fill}" stroke="{stroke}" '
        f'stroke-width="{width}"/>{svg.text(x, y + 5, name, anchor="middle")}</g>'
    )


def _label(x, y, name):
    return (
        f'<text x="{x:g}" y="{y + 4.5:g}" font-size="13" text-anchor="middle" fill="{svg.INK}" '
        f'stroke="{svg.PAPER}" stroke-width="4" paint-order="stroke" pointer-events="none">{name}</text>'
    )
