"""Explorers of shared weights (section 3-1, Figures 3-5 to 3-7, equations 3.2 to 3.5)."""

import numpy as np

from helpers.chapter.examples import DELTA, FILTER, IMAGE
from helpers.chapter.numbers import read_only
from helpers.drawing import svg
from helpers.explorers.controls import dropdown, int_slider, player
from helpers.explorers.explorer import Explorer
from helpers.figures import shared_weights as figures
from helpers.reference.convolution import (
    chapter_weight_gradient,
    convolution_matrix,
    convolve2d_backward,
    cross_correlate2d,
    cross_correlate2d_backward,
)
from helpers.reference.geometry import output_size
from helpers.wording import indexed, number

_SIDE, _FILTER_SIDE, _OUTPUT_SIDE = 3, 2, 2
_LARGER_FILTER = read_only([2, -1, 4], [1, 3, -2], [-3, 5, 6])
_ORIENTATIONS = [("turned, as in 3.2", True), ("as it stands", False)]


def _names(letter, side):
    """Name the elements of a square array row by row, indices from 1."""
    return [indexed(letter, i + 1, j + 1) for i, j in np.ndindex(side, side)]


def _weight_places(filter_side, turned):
    """Number a filter's weights from 1 as they lie on the image."""
    places = np.arange(1, filter_side**2 + 1).reshape(filter_side, filter_side)
    return np.flip(places) if turned else places


class SharedWeightsExplorer(Explorer):
    """Figure 3-6: the 3 x 3 image and the 2 x 2 filter as a network of 16 connections and 4 weights."""

    def __init__(self):
        controls = {
            "weight": _choice("Weight", "all weights", _names("w", _FILTER_SIDE)),
            "output": _choice("Output", "all outputs", _names("o", _OUTPUT_SIDE)),
            "input": _choice("Input", "all inputs", _names("a", _SIDE)),
            "turned": dropdown("Filter", _ORIENTATIONS),
        }
        super().__init__(controls)

    def clicked(self, cell):
        """Choose the node or weight that was clicked; a second click lets it go."""
        name, place, *_ = cell.split("-")
        if name in ("weight", "output", "input"):
            control = self.controls[name]
            control.value = 0 if control.value == int(place) + 1 else int(place) + 1

    def draw(self):
        """Return the network and what is chosen in it."""
        state = self.state
        image = IMAGE[:_SIDE, :_SIDE]
        places = _weight_places(_FILTER_SIDE, state["turned"])
        table = convolution_matrix(places, image.shape)
        edges = [
            (
                int(source),
                int(target),
                int(table[target, source]) - 1,
                state["weight"] in (0, table[target, source])
                and state["output"] in (0, target + 1)
                and state["input"] in (0, source + 1),
            )
            for target, source in np.argwhere(table)
        ]
        names = {kind: _names(letter, side) for kind, letter, side in self._kinds()}
        lines = _sum_of(state["output"], image, places, names)
        summary = _network_summary(state, edges, names)
        picture = figures.shared_network(
            names["input"],
            names["output"],
            edges,
            weights=list(zip(names["weight"], FILTER.ravel().tolist(), strict=True)),
            image=image,
            filter_labels=np.array(names["weight"])[places - 1],
            corner=divmod(state["output"] - 1, _OUTPUT_SIDE) if state["output"] else None,
            chosen=[f"{kind}-{state[kind] - 1}" for kind in names if state[kind]],
            lines=lines,
            description=" ".join([summary, *lines]),
        )
        return picture, summary

    @staticmethod
    def _kinds():
        return (("input", "a", _SIDE), ("output", "o", _OUTPUT_SIDE), ("weight", "w", _FILTER_SIDE))


def _choice(description, everything, names):
    return dropdown(description, [(everything, 0), *((name, place) for place, name in enumerate(names, 1))])


def _sum_of(output, image, places, names):
    """Spell out equation 3.2 for one output, with letters and with numbers."""
    if not output:
        return ["Choose an output to see its sum."]
    row, column = divmod(output - 1, _OUTPUT_SIDE)
    letters, numbers = [], []
    for u, v in np.ndindex(places.shape):
        pixel, weight = (row + u, column + v), places[u, v] - 1
        letters.append(f"{names['weight'][weight]}{names['input'][pixel[0] * _SIDE + pixel[1]]}")
        numbers.append(f"{_factor(FILTER.flat[weight])}·{number(image[pixel])}")
    kernel = FILTER.flat[places - 1]
    result = cross_correlate2d(image, kernel)[row, column]
    return [
        f"{names['output'][output - 1]} = {' + '.join(letters)}",
        f"= {' + '.join(numbers)}",
        f"= {number(result)}",
    ]


def _factor(value):
    return number(value) if value >= 0 else f"({number(value)})"


def _network_summary(state, edges, names):
    shown = [edge for edge in edges if edge[3]]
    if not any(state[kind] for kind in names):
        return f"{len(edges)} connections share 4 weights: each weight is used {len(edges) // 4} times."
    chosen = " and ".join(names[kind][state[kind] - 1] for kind in names if state[kind])
    if not shown:
        return f"No connection joins {chosen}."
    uses = ", ".join(
        f"{names['output'][target]} takes {names['input'][source]} times {names['weight'][weight]}"
        for source, target, weight, _ in shown
    )
    return f"{chosen}: {uses}."


class ConnectionsExplorer(Explorer):
    """Figure 3-7: a layer in one dimension, wired densely, locally or with shared weights."""

    def __init__(self):
        controls = {
            "wiring": dropdown(
                "Wiring",
                [
                    ("shared: a convolution", "shared"),
                    ("local: own weights", "local"),
                    ("dense: everything", "dense"),
                ],
            ),
            "inputs": int_slider("Inputs", 6, 3, 9),
            "filter": int_slider("Filter length", 3, 1, 4),
            "stride": int_slider("Stride", 1, 1, 3),
        }
        super().__init__(controls)

    def draw(self):
        """Return the network and the three counts; a filter that does not fit is explained."""
        wiring, inputs, length, stride = self.state.values()
        names = [indexed("a", i + 1) for i in range(inputs)]
        if length > inputs:
            summary = f"No output: a filter of length {length} does not fit on {inputs} inputs."
            return figures.connections(
                names, [], [], weights=[], counts=[("shared", length)], description=summary
            ), summary
        places = np.arange(1, length + 1)[np.newaxis]
        table = convolution_matrix(places, (1, inputs), stride=(1, stride))
        counts = {"dense": table.size, "local": np.count_nonzero(table), "shared": length}
        linked = np.ones_like(table) if wiring == "dense" else table
        edges = [
            (int(source), int(target), int(table[target, source]) - 1 if wiring == "shared" else None, True)
            for target, source in np.argwhere(linked)
        ]
        summary = (
            f"{inputs} inputs and {len(table)} outputs, biases apart: dense wiring needs {counts['dense']} "
            f"weights, local wiring {counts['local']}, a shared filter {counts['shared']}."
        )
        if wiring != "dense":
            summary += f" The picture has {counts['local']} connections."
        picture = figures.connections(
            names,
            [indexed("o", i + 1) for i in range(len(table))],
            edges,
            weights=[indexed("w", i + 1) for i in range(length)],
            counts=list(counts.items()),
            description=summary,
        )
        return picture, summary


class ConvolutionMatrixExplorer(Explorer):
    """A filter as the matrix of a dense layer; its transpose carries the gradient back."""

    def __init__(self):
        controls = {
            "direction": dropdown("Direction", [("forward: A a = o", True), ("back: Aᵀ δ", False)]),
            "entries": dropdown("Entries", [("numbers", False), ("names of the weights", True)]),
            "image": int_slider("Image side", 3, 2, 4),
            "filter": int_slider("Filter side", 2, 1, 3),
            "stride": int_slider("Stride", 1, 1, 2),
            "row": None,
        }
        super().__init__(controls)

    def clicked(self, cell):
        """Choose the row that was clicked."""
        name, row, _ = cell.split("-")
        if name in ("matrix", "result"):
            self.controls["row"].value = int(row) + 1

    def adjust(self):
        """Offer the rows of this matrix, at the first."""
        meaning = forward, side, filter_side, stride = self._setting()
        fits = filter_side <= side
        rows = (output_size(side, filter_side, 0, stride) if forward else side) ** 2 if fits else 1
        self.offer("row", meaning, lambda: int_slider("Row", 1, 1, rows), start=1)

    def draw(self):
        """Return the product and the row's sum; a filter that does not fit is explained."""
        state = self.state
        forward, side, filter_side, stride = self._setting()
        if filter_side > side:
            summary = (
                f"No matrix: a {filter_side} × {filter_side} filter does not fit on {side} × {side} pixels."
            )
            return svg.document(760, 60, [svg.text(14, 36, summary)], summary), summary
        kernel = _LARGER_FILTER[:filter_side, :filter_side]
        places = _weight_places(filter_side, turned=True)
        table = convolution_matrix(places, (side, side), stride=stride)
        matrix = convolution_matrix(np.flip(kernel), (side, side), stride=stride)
        outputs = int(np.sqrt(len(matrix)))
        letters = ("a", side, "o", outputs) if forward else ("δ", outputs, "∂L/∂a", side)
        names = ("A", "a", "o") if forward else ("Aᵀ", "δ", "∂L/∂a")
        vector = IMAGE[:side, :side].ravel() if forward else DELTA.flat[: len(matrix)]
        shape = matrix.shape
        if not forward:
            table, matrix = table.T, matrix.T
        chosen = state["row"]
        weight_names = np.array(["0", *_names("w", filter_side)])
        lines = _row_sum(matrix[chosen - 1], table[chosen - 1], vector, weight_names, letters, chosen - 1)
        summary = (
            f"A has {shape[0]} × {shape[1]} = {table.size} entries, as many as a dense layer has weights. "
            f"{np.count_nonzero(table)} of them are connections, and they hold {filter_side**2} "
            f"{'weight' if filter_side == 1 else 'different weights'}."
        )
        picture = figures.matrix_product(
            matrix,
            vector,
            matrix @ vector,
            weights=table - 1,
            names=names,
            chosen=chosen - 1,
            labels=weight_names[table] if state["entries"] else None,
            lines=lines,
            description=" ".join([summary, *lines]),
        )
        return picture, summary

    def _setting(self):
        return tuple(self.state[name] for name in ("direction", "image", "filter", "stride"))


def _row_sum(entries, places, vector, weight_names, letters, row):
    """Spell out one row's inner product, without its zeros: in letters, then in numbers."""
    from_letter, from_side, to_letter, to_side = letters
    used = np.flatnonzero(places)
    sources, targets = _names(from_letter, from_side), _names(to_letter, to_side)
    if not used.size:
        return [f"{targets[row]} = 0: no output sees this pixel."]
    terms = [f"{weight_names[places[place]]}{sources[place]}" for place in used]
    numbers = [f"{_factor(entries[place])}·{_factor(vector[place])}" for place in used]
    result = number(entries @ vector)
    return [
        *_wrapped(f"{targets[row]} = ", terms),
        *_wrapped("= ", numbers),
        f"= {result}",
    ]


def _wrapped(opening, terms, per_line=9):
    """Join terms with plus signs, in lines of at most nine."""
    lines = [" + ".join(terms[start : start + per_line]) for start in range(0, len(terms), per_line)]
    return [opening + lines[0], *(f"+ {line}" for line in lines[1:])]


class WeightGradientExplorer(Explorer):
    """The gradient of one weight, added up position by position (equations 3.3 to 3.5)."""

    def __init__(self):
        controls = {
            "image": int_slider("Image side", 3, 3, 5),
            "weight": dropdown(
                "Weight",
                [(name, place) for name, place in zip(_names("w", 2), np.ndindex(2, 2), strict=True)],
            ),
            "turned": dropdown("Filter", _ORIENTATIONS),
            "step": None,
            "play": None,
        }
        super().__init__(controls)

    def clicked(self, cell):
        """Go to the position of the output that was clicked."""
        name, row, column = cell.split("-")
        if name == "delta":
            self.controls["step"].value = int(row) * (self.state["image"] - 1) + int(column) + 1

    def adjust(self):
        """Offer the terms of this weight, all of them added."""
        state = self.state
        meaning = state["image"], state["weight"], state["turned"]
        terms = (state["image"] - 1) ** 2
        self.offer("step", meaning, lambda: int_slider("Terms", terms, 1, terms), start=terms)
        self.offer("play", meaning, lambda: player(self.controls["step"], 700))

    def draw(self):
        """Return the terms so far and what the printed sums would give."""
        state = self.state
        side, (m, n), turned = state["image"], state["weight"], state["turned"]
        image = IMAGE[:side, :side]
        delta = DELTA[: side - 1, : side - 1]
        done = state["step"]
        # Where the weight lies in the window, counted from 0.
        u, v = (1 - m, 1 - n) if turned else (m, n)
        positions = list(np.ndindex(delta.shape))[:done]
        products = [delta[i, j] * image[i + u, j + v] for i, j in positions]
        i, j = positions[-1]
        weight = indexed("w", m + 1, n + 1)
        total = f"∂L/∂{weight}, {done} of {delta.size} terms: {number(sum(products))}"
        backward = convolve2d_backward if turned else cross_correlate2d_backward
        _, gradient = backward(delta, image, FILTER)
        printed = chapter_weight_gradient(delta, image, _FILTER_SIDE)[m, n]
        summary = _terms_summary(weight, gradient[m, n], printed, delta.size)
        picture = figures.gradient_terms(
            image,
            delta,
            under=(i + u, j + v),
            current=(i, j),
            done=done,
            beyond=np.indices(delta.shape).max(axis=0) >= _FILTER_SIDE,
            terms=[
                f"{indexed('δ', i + 1, j + 1)}{indexed('a', i + u + 1, j + v + 1)} = "
                f"{_factor(delta[i, j])}·{number(image[i + u, j + v])}"
                for i, j in positions
            ],
            total=total,
            description=f"{total}. {summary}",
        )
        return picture, summary


def _terms_summary(weight, gradient, printed, terms):
    sentence = f"All {terms} terms give ∂L/∂{weight} = {number(gradient)}."
    printed_text = f"Equation 3.5 as printed gives {number(printed)}"
    if printed == gradient:
        return f"{sentence} {printed_text} as well."
    if terms > _FILTER_SIDE**2:
        return f"{sentence} {printed_text}; its sums leave out the hatched cells."
    return f"{sentence} {printed_text}: it looks under another corner of the turned filter."
