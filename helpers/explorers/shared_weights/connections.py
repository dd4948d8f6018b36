"""Figure 3-7: a layer in one dimension, wired densely, locally or shared, and the affine layer behind it."""

import numpy as np

from helpers.drawing import svg
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.shared_weights.pictures import TOP, Edge, network
from helpers.language import say, say_count
from helpers.reference.convolution import convolution_matrix
from helpers.wording import indexed, together

_NAMES = {
    "dense": say("dense"),
    "local": say("local"),
    "shared": say("shared"),
    "affine": say("affine layer, at the right"),
}
_COLOURS = {"dense": svg.MUTED, "local": svg.BLUE, "shared": svg.ORANGE, "affine": svg.MUTED}
_UNITS = 2  # of the affine layer; our copy of the chapter does not have the figure


class ConnectionsExplorer(Explorer):
    """Figure 3-7: a layer in one dimension, wired densely, locally or shared, and the affine layer behind."""

    def __init__(self):
        wirings = [
            (say("shared: a convolution"), "shared"),
            (say("local: own weights"), "local"),
            (say("dense: everything"), "dense"),
        ]
        controls = {
            "wiring": dropdown(say("Wiring"), wirings),
            "inputs": int_slider(say("Inputs"), 6, 3, 9),
            "filter": int_slider(say("Filter length"), 3, 1, 4),
            "stride": int_slider(say("Stride"), 1, 1, 3),
        }
        super().__init__(controls)

    def draw(self):
        """Return the network and the three counts; a filter that does not fit is explained."""
        state = self.state
        wiring, inputs, length = state["wiring"], state["inputs"], state["filter"]
        if length > inputs:
            summary = say(
                "No output: a filter of length {length} does not fit on {inputs} inputs.",
                length=length,
                inputs=inputs,
            )
            return _picture(inputs, 0, [], {"shared": length}, summary), summary
        places = np.arange(1, length + 1)[np.newaxis]
        table = convolution_matrix(places, (1, inputs), stride=(1, state["stride"]))
        counts = {"dense": table.size, "local": np.count_nonzero(table), "shared": length}
        counts["affine"] = len(table) * _UNITS
        linked = np.ones_like(table) if wiring == "dense" else table
        edges = [
            Edge(source, target, table[target, source] - 1 if wiring == "shared" else None)
            for target, source in np.argwhere(linked).tolist()
        ]
        summary = _summary(wiring, inputs, len(table), counts)
        return _picture(inputs, len(table), edges, counts, summary), summary


def _summary(wiring, inputs, outputs, counts):
    sentence = say_count(
        "{inputs} inputs and {count} output, biases apart: dense wiring needs {dense} weights, local wiring "
        "{local}, a shared filter {shared}.",
        "{inputs} inputs and {count} outputs, biases apart: dense wiring needs {dense} weights, local wiring "
        "{local}, a shared filter {shared}.",
        outputs,
        inputs=inputs,
        **counts,
    )
    drawn = say_count(
        "The picture has {count} connection in front of the outputs; the affine layer behind them has "
        "{affine}, each with a weight of its own.",
        "The picture has {count} connections in front of the outputs; the affine layer behind them has "
        "{affine}, each with a weight of its own.",
        counts["dense" if wiring == "dense" else "local"],
        affine=counts["affine"],
    )
    return together([sentence, drawn])


def _picture(inputs, outputs, edges, counts, description):
    """Draw the network and, beside it, how many weights each wiring needs."""
    letters = {"a": inputs, "o": outputs, "w": counts["shared"], "y": _UNITS if outputs else 0}
    *names, units = ([indexed(letter, i + 1) for i in range(count)] for letter, count in letters.items())
    graph, height = network(edges, *names, units=units)
    left, longest = 452, max(counts.values())
    parts = [graph, svg.heading(left, TOP, say("Weights"))]
    for place, (wiring, uses) in enumerate(counts.items()):
        y = TOP + 8 + 62 * place
        length = max(230 * uses / longest, 1)
        parts += [
            svg.text(left, y + 12, _NAMES[wiring]),
            svg.rectangle(left, y + 20, length, 22, fill=_COLOURS[wiring]),
            svg.text(left + length + 8, y + 37, str(uses)),
        ]
    return svg.document(svg.WIDTH, max(height, TOP + 262), parts, description)
