"""Figure 3-6: the image and the filter as a network with shared weights (equation 3.2)."""

from functools import reduce

import numpy as np

from helpers.chapter.examples import FILTER, IMAGE
from helpers.drawing import svg
from helpers.drawing.grids import titled_grid
from helpers.explorers.controls import dropdown
from helpers.explorers.explorer import Explorer
from helpers.explorers.shared_weights.pictures import (
    STROKES,
    TOP,
    Edge,
    network,
    orientation,
    square_names,
    weight_places,
)
from helpers.language import say
from helpers.reference.convolution import convolution_matrix, cross_correlate2d
from helpers.wording import factor, listed, number, together

_IMAGE = IMAGE[:3, :3]
_OUTPUT_SIDE = len(_IMAGE) - len(FILTER) + 1
_NAMES = {
    "input": square_names("a", len(_IMAGE)),
    "output": square_names("o", _OUTPUT_SIDE),
    "weight": square_names("w", len(FILTER)),
}


class SharedWeightsExplorer(Explorer):
    """Figure 3-6: the 3 x 3 image and the 2 x 2 filter as a network of 16 connections and 4 weights."""

    def __init__(self):
        controls = {
            "weight": dropdown(say("Weight"), _choices(say("all weights"), "weight")),
            "output": dropdown(say("Output"), _choices(say("all outputs"), "output")),
            "input": dropdown(say("Input"), _choices(say("all inputs"), "input")),
            "turned": orientation(),
        }
        super().__init__(controls)

    def clicked(self, cell):
        """Choose the node or weight that was clicked; a second click lets it go."""
        name, place, *_ = svg.cell_place(cell)
        if name in _NAMES:
            control = self.controls[name]
            control.value = 0 if control.value == place + 1 else place + 1

    def draw(self):
        """Return the network and what is chosen in it."""
        state = self.state
        places = weight_places(len(FILTER), state["turned"])
        table = convolution_matrix(places, _IMAGE.shape)
        edges = [
            Edge(source, target, table[target, source] - 1, _is_chosen(state, table, target, source))
            for target, source in np.argwhere(table).tolist()
        ]
        lines = _sum_of(state["output"], places)
        summary = _summary(state, edges)
        chosen = [f"{kind}-{state[kind] - 1}" for kind in _NAMES if state[kind]]
        picture = _picture(edges, places, state["output"], chosen, lines, together([summary, *lines]))
        return picture, summary


def _choices(everything, kind):
    return [(everything, 0), *((name, place) for place, name in enumerate(_NAMES[kind], 1))]


def _is_chosen(state, table, target, source):
    places = {"weight": table[target, source], "output": target + 1, "input": source + 1}
    return all(state[kind] in (0, place) for kind, place in places.items())


def _sum_of(output, places):
    """Spell out equation 3.2 for one output, with letters and with numbers."""
    if not output:
        return [say("Choose an output to see its sum.")]
    row, column = divmod(output - 1, _OUTPUT_SIDE)
    letters, numbers = [], []
    for u, v in np.ndindex(places.shape):
        pixel, weight = (row + u, column + v), places[u, v] - 1
        letters.append(_NAMES["weight"][weight] + _NAMES["input"][np.ravel_multi_index(pixel, _IMAGE.shape)])
        numbers.append(f"{factor(FILTER.flat[weight])}·{number(_IMAGE[pixel])}")
    result = cross_correlate2d(_IMAGE, FILTER.flat[places - 1])[row, column]
    return [
        f"{_NAMES['output'][output - 1]} = {' + '.join(letters)}",
        f"= {' + '.join(numbers)}",
        f"= {number(result)}",
    ]


def _summary(state, edges):
    chosen = [names[state[kind] - 1] for kind, names in _NAMES.items() if state[kind]]
    if not chosen:
        return say(
            "{connections} connections share {weights} weights: each weight is used {uses} times.",
            connections=len(edges),
            weights=FILTER.size,
            uses=len(edges) // FILTER.size,
        )
    all_chosen = reduce(lambda first, second: say("{first} and {second}", first=first, second=second), chosen)
    uses = [
        say(
            "{output} takes {input} times {weight}",
            output=_NAMES["output"][edge.target],
            input=_NAMES["input"][edge.source],
            weight=_NAMES["weight"][edge.weight],
        )
        for edge in edges
        if edge.strong
    ]
    if not uses:
        return say("No connection joins {chosen}.", chosen=all_chosen)
    return say("{chosen}: {uses}.", chosen=all_chosen, uses=listed(uses))


def _picture(edges, places, output, chosen, lines, description):
    """Draw the network beside the image, the filter as it lies on it, the weights and a sum."""
    graph, height = network(edges, *_NAMES.values(), chosen)
    left, side = 430, 36
    filter_left = left + _IMAGE.shape[1] * side + 40
    labels = np.array(_NAMES["weight"])[places - 1]
    look, framed = {"name": "filter", "labels": labels}, divmod(output - 1, _OUTPUT_SIDE) if output else None
    parts = [
        graph,
        titled_grid(say("Image"), _IMAGE, left, TOP, side, name="image", framed=framed, sides=labels.shape),
        titled_grid(say("Filter as it lies on it"), places, filter_left, TOP, side, **look),
    ]
    y = TOP + len(_IMAGE) * side + 36
    for place, (name, value) in enumerate(zip(_NAMES["weight"], FILTER.flat, strict=True)):
        cell, (stroke, dash), middle = f"weight-{place}", STROKES[place], y + 28 * place
        parts.append(
            f'<g data-cell="{cell}"><rect x="{left}" y="{middle - 14:g}" width="150" height="28" '
            f'fill="{svg.ORANGE_TINT if cell in chosen else svg.PAPER}"/>'
            + svg.line(left + 4, middle, left + 54, middle, stroke=stroke, stroke_width=3, dash=dash)
            + svg.text(left + 64, middle + 5, f"{name} = {number(value)}")
            + "</g>"
        )
    parts.append(svg.lines(left, y + 28 * FILTER.size + 20, lines))
    return svg.document(svg.WIDTH, height, parts, description)
