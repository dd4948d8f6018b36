"""Every number of the worked example, forward and backward (section 3-3, Figures 3-9 and 3-10)."""

import numpy as np

from helpers import chapter
from helpers.drawing import svg
from helpers.explorers.controls import button, dropdown, float_slider, tied_to
from helpers.explorers.explanation import in_two_dimensions
from helpers.explorers.explorer import Explorer
from helpers.explorers.worked_example.explanations import INPUTS, NAMES, explain, winning_cells
from helpers.language import say, say_count
from helpers.reference.worked_example import ALL_PARAMETERS, worked_example_backward, worked_example_forward
from helpers.wording import fixed, settled, together, trimmed

SYMBOLS = {"filter": "k", "weights1": "W₁", "weights2": "W₂"}
_RANGE = {"smallest": -2.0, "largest": 2.0, "step": 0.01}  # of every number that can be moved

# The picture
CELL, ROW = 61, 32  # the sides of a cell, wide enough for −0.1234
TOP = 48  # of the first row of grids
_COLUMN = 690  # fits a notebook in a window 900 pixels wide
_SECOND = TOP + 5 * ROW + 56  # of the second row of grids
_FILTERING_HEIGHT = _SECOND + 4 * ROW + 20
_NETWORK_HEIGHT = 266
# name -> (left, top, heading, heading over its gradient)
_GRIDS = {
    "image": (14, TOP, NAMES["image"], "∂L/∂I"),
    "filter": (346, TOP, NAMES["filter"], "∂L/∂k"),
    "convolved": (500, TOP, NAMES["convolved"], "∂L/∂A"),
    "feature_map": (14, _SECOND, "C = ReLU(A)", "∂L/∂C"),
    "pooled": (310, _SECOND, say("P, maxima"), "∂L/∂P"),
}
# name -> (left, middle of each node's row -> its name)
_NODES = {
    "flattened": (104, {50: "f₁ P₁₁", 108: "f₂ P₂₁", 166: "f₃ P₁₂", 224: "f₄ P₂₂"}),
    "hidden_sums": (374, {79: "s₁", 195: "s₂"}),
    "hidden": (374 + CELL, {79: "h₁", 195: "h₂"}),
    "output_sum": (622, {137: "o"}),
    "prediction": (622 + CELL, {137: "ŷ"}),
    "target": (622, {224: "y"}),
    "loss": (622 + CELL, {224: "L"}),
}
# name -> (from, to, where on an edge its weight stands: by its target, so that no two of them touch)
_EDGES = {
    "weights1": ("flattened", "hidden_sums", (0.27, 0.57)),
    "weights2": ("hidden", "output_sum", (0.5,)),
}
_TWO_DECIMALS = ("image", "filter", "weights1", "weights2", "target")


class EditableExample(Explorer):
    """The chapter's numbers, any of which can be chosen and moved.

    A subclass hands over, among others, the controls "target" and those of `choice`.

    Attributes:
        values: name -> array as it is now, of the image, the filter and the weights.
    """

    def __init__(self, controls):
        self.values, self._attempt = _example(), 1
        super().__init__(controls)

    def choice(self, names=INPUTS, start=None):
        """Make the controls that choose a number out of arrays, name -> text, and move it."""
        return {
            "array": dropdown(say("Choose"), [(text, name) for name, text in names.items()], start),
            "cell": None,
            "value": None,
            "example": button(
                say("Back to the chapter's numbers"),
                say("The chapter's image, filter, weights and target"),
                self._start_again,
            ),
        }

    def clicked(self, cell):
        """Choose a number that was clicked."""
        name, *place = svg.cell_place(cell)
        self.set(array=name, cell=tuple(place))

    def adjust(self):
        """Offer the cells of this array, at the first, and the slider of the number that is chosen."""
        name = self.state["array"]
        self.offer_cell("cell", name, say("Cell"), _SHAPES[name])
        if name in INPUTS:
            values, place = self.values[name], self.controls["cell"].place
            self.offer("value", (self._attempt, name, place), lambda: _moving(values, place))
        else:
            self.offer("value", None, _resting)

    @property
    def chosen(self):
        """The chosen cell, (name, row, column)."""
        return self.state["array"], *self.controls["cell"].place

    @property
    def parameters(self):
        """The filter and the weights as they are now."""
        return {name: self.values[name] for name in ALL_PARAMETERS}

    def _start_again(self):
        # The sliders of the last attempt keep its arrays, and late messages with them.
        self.values, self._attempt = _example(), self._attempt + 1
        self.set(target=chapter.SECTION_3_3_TARGET)


def target_slider():
    """Make the slider of y."""
    return float_slider(say("Target y"), 1.0, 0.0, 1.0, 0.05)


def _example():
    arrays = {"image": chapter.SECTION_3_3_INPUT, **chapter.SECTION_3_3_PARAMETERS}
    return {name: values.copy() for name, values in arrays.items()}


def _moving(values, place):
    """Make the slider of one number."""
    value = _on_a_step(values[place], **_RANGE)
    return tied_to(values, place, float_slider(say("Value"), value, **_RANGE))


def _resting():
    """Make the slider that stands where a number cannot be moved."""
    slider = float_slider(say("Value"), 0.0, **_RANGE)
    slider.disabled = True
    return slider


def _on_a_step(value, smallest, largest, step):
    """Round to a step of a slider, to the last bit as the front end does.

    The front end answers any other value with its own rounding: choosing a number would change it.
    """
    width = largest - smallest
    percent = step * 100 / width
    return round((value - smallest) / step) * percent * width / 100 + smallest


class WorkedExampleExplorer(EditableExample):
    """Every number of Figures 3-9 and 3-10, forward or backward; a number that is chosen explains itself."""

    def __init__(self):
        directions = [
            (say("forward: the numbers"), "forward"),
            (say("backward: their gradients"), "backward"),
        ]
        menu = dropdown(say("Direction"), directions)
        super().__init__({"direction": menu, "target": target_slider(), **self.choice(NAMES, "convolved")})

    def draw(self):
        """Return the picture and its sentence."""
        state, chosen = self.state, self.chosen
        target, backward = state["target"], state["direction"] == "backward"
        forward = all_arrays(self.values["image"], self.parameters, target)
        gradients = {
            # Terms that cancel leave 0 on one processor and 1e-19 on another: neither is a gradient.
            name: np.round(in_two_dimensions(values), 12)
            for name, values in worked_example_backward(self.values["image"], self.parameters, target).items()
        }
        explanation = explain(forward, gradients, backward, *chosen)
        summary = _backward_summary(forward, gradients) if backward else _forward_summary(forward)
        shown, winners = gradients if backward else forward, winning_cells(forward)
        description = together([*explanation.lines, summary])
        picture = _both_figures(shown, backward, winners, chosen, explanation, description)
        return picture, summary


def all_arrays(image, parameters, target):
    """Return every array in two dimensions: vectors as columns, numbers as single cells."""
    forward = worked_example_forward(image, parameters, target)
    arrays = {"image": image, **parameters, **forward, "target": target}
    return {name: in_two_dimensions(values) for name, values in arrays.items()}


_SHAPES = {
    name: values.shape
    for name, values in all_arrays(
        chapter.SECTION_3_3_INPUT, chapter.SECTION_3_3_PARAMETERS, chapter.SECTION_3_3_TARGET
    ).items()
}


def _forward_summary(forward):
    return say(
        "The prediction is {prediction} for the target {target}; the loss is {loss}.",
        prediction=fixed(forward["prediction"][0, 0], 4),
        target=trimmed(forward["target"][0, 0]),
        loss=fixed(forward["loss"][0, 0], 4),
    )


def _backward_summary(forward, gradients):
    largest = max(ALL_PARAMETERS, key=lambda name: np.abs(gradients[name]).max())
    return say_count(
        "With the prediction {prediction} and the target {target}, {count} of 16 numbers before the ReLU "
        "gets a gradient; the largest gradient of a weight is in {array}.",
        "With the prediction {prediction} and the target {target}, {count} of 16 numbers before the ReLU "
        "get a gradient; the largest gradient of a weight is in {array}.",
        np.count_nonzero(gradients["convolved"]),
        prediction=fixed(forward["prediction"][0, 0], 4),
        target=trimmed(forward["target"][0, 0]),
        array=SYMBOLS[largest],
    )


# Figures 3-9 and 3-10


def figure_3_9(arrays, winners, backward=False):
    """Draw Figure 3-9: image, filter, feature map and pooled map, or their gradients.

    Args:
        arrays: name -> array of the worked example's shape: "image", "filter", "convolved", "feature_map",
            "pooled".
        winners: places (row, column) in the feature map that are framed, the largest of their blocks.
        backward: the arrays are gradients.
    """
    numbers = say("Figure 3-9: the numbers of image, filter, feature map and pooled map.")
    gradients = say("Figure 3-9: the gradients of image, filter, feature map and pooled map.")
    parts = _filtering(arrays, 0, backward, winners, {})
    return svg.document(svg.WIDTH, _FILTERING_HEIGHT, parts, gradients if backward else numbers, _COLUMN)


def figure_3_10(arrays, backward=False):
    """Draw Figure 3-10: the affine layers as a network with its numbers, or their gradients.

    Args:
        arrays: name -> array of the worked example's shape: "flattened", "weights1", "hidden_sums", "hidden",
            "weights2", "output_sum", "prediction"; "target" and "loss" may be missing.
        backward: the arrays are gradients.
    """
    numbers = say(
        "Figure 3-10: the numbers of four inputs, two hidden units, one output and the weights between."
    )
    gradients = say(
        "Figure 3-10: the gradients of four inputs, two hidden units, one output and the weights between."
    )
    parts = _network(arrays, 0, backward, {})
    return svg.document(svg.WIDTH, _NETWORK_HEIGHT, parts, gradients if backward else numbers, _COLUMN)


def _both_figures(arrays, backward, winners, chosen, explanation, description):
    """Draw both figures, one number framed, and what its `Explanation` names tinted and dashed."""
    top = 4 * svg.LINE_HEIGHT + 14
    below = top + _FILTERING_HEIGHT
    related = [(name, *place) for name, places in explanation.cells.items() for place in places]
    fills = dict.fromkeys(related, svg.ORANGE_TINT)
    frames = [(cell, {"stroke_width": 1.5, "dash": "4 3"}) for cell in related]
    frames.append((chosen, {"stroke_width": 3}))
    title, *lines = explanation.lines
    parts = [
        svg.text(14, 28, title, weight="bold"),
        svg.lines(14, 28 + svg.LINE_HEIGHT, lines),
        *_filtering(arrays, top, backward, winners, fills),
        *_network(arrays, below, backward, fills),
    ]
    for (name, row, column), look in frames:
        if name in arrays:
            box = _box(name, row, column, top if name in _GRIDS else below)
            parts.append(svg.rectangle(*box, stroke=svg.ORANGE, **look))
    return svg.document(svg.WIDTH, below + _NETWORK_HEIGHT, parts, description)


def grid(name, values, x, y, decimals):
    """Draw an array as cells, clickable where they have a name."""
    return "".join(
        _cell(
            (x + column * CELL, y + row * ROW, CELL, ROW),
            _fitting(value, decimals),
            f"{name}-{row}-{column}" if name else None,
        )
        for (row, column), value in np.ndenumerate(values)
    )


def _filtering(arrays, shift, backward, winners, fills):
    for name, (x, y, forward_title, backward_title) in _GRIDS.items():
        yield svg.heading(x, y + shift, backward_title if backward else forward_title)
        yield from _cells(name, arrays[name], shift, backward, fills)
    for row, column in winners:
        box = _box("feature_map", row, column, shift)
        yield svg.rectangle(*box, stroke=svg.INK, stroke_width=2)
    notes = (
        [say("Black frame: won its block.")]
        if backward
        else [say("Blue: below 0, cut off by the ReLU."), say("Black frame: largest of its block.")]
    )
    yield svg.lines(470, _SECOND + shift + 20, notes, fill=svg.MUTED)


def _network(arrays, shift, backward, fills):
    d = "∂L/∂" if backward else ""
    for name in _EDGES:
        for place in np.ndindex(arrays[name].shape):
            yield svg.line(*_ends(name, *place, shift), stroke=svg.MUTED, stroke_width=1.2)
    names = ("flattened", "weights1", "hidden_sums", "hidden", "weights2", "output_sum", "prediction")
    for name in names:
        yield from _cells(name, arrays[name], shift, backward, fills)
    for name in names:
        yield from _node_names(name, shift, d)
    for name in (name for name in ("target", "loss") if name in arrays):
        yield from _node_names(name, shift, "")
        yield from _cells(name, arrays[name], shift, backward, fills)
    for x, title in ((270, f"{d}W₁"), (560, f"{d}W₂")):
        yield svg.text(x, shift + 22, title, anchor="middle", weight="bold")


def _node_names(name, shift, d):
    """Write the names of a column of nodes: beside the first, above the others."""
    for row, node in enumerate(_NODES[name][1].values() if name in _NODES else ()):
        x, y, width, height = _box(name, row, 0, shift)
        if name == "flattened":
            first, second = (f"{d}{one}" for one in node.split())
            lines = [f"{first} =", second] if d else [f"{first} = {second}"]
            for line, title in enumerate(lines):
                middle = y + height / 2 + 5 + 18 * (line - (len(lines) - 1) / 2)
                yield svg.text(x - 8, middle, title, size=14, anchor="end")
        else:
            yield svg.text(x + width / 2, y - 7, d + node, anchor="middle")


def _box(name, row, column, shift):
    """Return a cell's left, top, width and height; `shift` is the top of its figure."""
    if name in _GRIDS:
        x, y, _, _ = _GRIDS[name]
        return x + column * CELL, y + row * ROW + shift, CELL, ROW
    if name in _NODES:
        x, middles = _NODES[name]
        return x, list(middles)[row] - ROW / 2 + shift, CELL, ROW
    x1, y1, x2, y2 = _ends(name, row, column, shift)
    share = _EDGES[name][2][column]
    return x1 + share * (x2 - x1) - 29, y1 + share * (y2 - y1) - 10, 58, 20


def _ends(name, row, column, shift):
    """Return where the edge of a weight starts and ends: x1, y1, x2, y2."""
    source, target, _ = _EDGES[name]
    x1, y1, width, height = _box(source, row, 0, shift)
    x2, y2, _, _ = _box(target, column, 0, shift)
    return x1 + width, y1 + height / 2, x2, y2 + height / 2


def _cells(name, values, shift, backward, fills):
    on_edge = name in _EDGES
    for (row, column), value in np.ndenumerate(in_two_dimensions(values)):
        cut_off = name == "convolved" and not backward and value < 0
        plain = "transparent" if on_edge else svg.BLUE_TINT if cut_off else svg.PAPER
        yield _cell(
            _box(name, row, column, shift),
            _fitting(value, 2 if name in _TWO_DECIMALS and not backward else 4),
            f"{name}-{row}-{column}",
            fill=fills.get((name, row, column), plain),
            ink=svg.MUTED if backward and value == 0 else svg.INK,
            on_edge=on_edge,
        )


def _cell(box, content, cell, *, fill=svg.PAPER, ink=svg.INK, on_edge=False):
    """Write a number into a box; on an edge the line runs on behind it, up to a rim around the digits."""
    x, y, width, height = box
    data = f' data-cell="{cell}"' if cell else ""
    stroke = "none" if on_edge else svg.LINE
    rim = f' stroke="{svg.PAPER}" stroke-width="5" paint-order="stroke"' if on_edge else ""
    return (
        f'<g{data}><rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" '
        f'stroke="{stroke}"/><text x="{x + width / 2:g}" y="{y + height / 2 + 5:g}" '
        f'font-size="{13 if len(content) > 6 else 14}" text-anchor="middle" fill="{ink}"{rim}>'
        f"{content}</text></g>"
    )


def _fitting(value, decimals):
    """Write a number with so many decimals, or fewer where it would not fit; zero plain."""
    value = settled(value)
    room = max(0, 5 - len(f"{abs(value):.0f}"))
    return fixed(value, min(decimals, room)) if value else "0"
