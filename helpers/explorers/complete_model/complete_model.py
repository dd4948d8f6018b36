"""The complete model with all its arrays, from an RGB picture to the loss (section 3-1, Figure 3-8)."""

from functools import cache

import numpy as np

from helpers.chapter.examples import EXAMPLE
from helpers.drawing import svg
from helpers.explorers.complete_model.explanations import BRIGHTEST, CHANNELS, KINDS, NAMES, explain
from helpers.explorers.controls import button, dropdown, int_slider
from helpers.explorers.explanation import in_two_dimensions
from helpers.explorers.explorer import Explorer
from helpers.language import say, say_count
from helpers.reference.complete_model import complete_model_forward, framework_order_forward
from helpers.wording import fixed, indexed, together

_FORWARD = {"chapter": complete_model_forward, "frameworks": framework_order_forward}
_ORDERS = {"chapter": say("the chapter's order"), "frameworks": say("the frameworks' order")}
_FILTERS = {
    "example": EXAMPLE["parameters"]["filters"],
    "pick": np.stack(3 * [[[1, 0], [0, 0]]], axis=-1),
    "red_minus_blue": np.stack([[[1, 0], [0, 0]], [[0, 0], [0, 0]], [[-1, 0], [0, 0]]], axis=-1),
}
_START = {
    "order": "chapter",
    "filters": "example",
    **{f"bias{c}": int(EXAMPLE["parameters"]["filter_biases"][c - 1]) for c in CHANNELS},
    "target": int(np.argmax(EXAMPLE["target"])),
}

# The picture: three rows, one for each channel, then a row for what follows the feature map.
_MARGIN, _SMALL, _LARGE = 14, 26, 44
_ROWS = (124, 288, 452)
_LAST_ROW = 628
_RGB = (14, _ROWS[1] + 32, 66)
_COLUMNS = {"image": 104, "filter": 260, "convolved": 346, "map": 494}
# channel -> (its colour in words, the tint of its brightest pixel)
CHANNEL_LOOKS = {1: (say("red"), "#f4a29a"), 2: (say("green"), "#a3d69b"), 3: (say("blue"), "#9cc2f2")}


def _channel_grids(c):
    """Return the entries of `_GRIDS` for one channel."""
    image, kernel, bias, convolved, activated = (indexed(letter, c) for letter in "IkbAC")
    titles = {
        "image": (image, CHANNEL_LOOKS[c][0]),
        "filter": (kernel, ""),
        "convolved": (convolved, f"= {image} ∗ {kernel} + {bias}"),
        "map": (activated, f"(3.1{c + 1})"),
    }
    top, left = _ROWS[c - 1], _COLUMNS["filter"] + _SMALL
    grids = {f"{kind}{c}": ((_COLUMNS[kind], top, _SMALL), *title) for kind, title in titles.items()}
    return {**grids, f"bias{c}": ((left, top + 3 * _SMALL, _SMALL), bias, "")}


# name -> ((left, top, side of a cell), title, detail)
_GRIDS = {
    **{name: grid for c in CHANNELS for name, grid in _channel_grids(c).items()},
    "sum": ((494, _ROWS[1], _SMALL), "A₁ + A₂ + A₃", ""),
    "feature": ((642, _ROWS[1], _SMALL), "C", "(3.15)"),
    "difference": ((642, _ROWS[2], _SMALL), say("Difference"), ""),
    "pooled": ((14, _LAST_ROW, _LARGE), "P", "(3.16)"),
    "flattened": ((130, _LAST_ROW, _LARGE), "f", "(3.17)"),
    "weights": ((202, _LAST_ROW, _LARGE), "W", ""),
    "bias": ((406, _LAST_ROW, _LARGE), "b", ""),
    "scores": ((478, _LAST_ROW, _LARGE), "W f + b", ""),
    "prediction": ((550, _LAST_ROW, _LARGE), "ŷ", "(3.19)"),
    "target": ((622, _LAST_ROW, _LARGE), "y", ""),
    "loss": ((692, _LAST_ROW, 54), "L", "(3.20)"),
}


class CompleteModelExplorer(Explorer):
    """Every array of Figure 3-8 in either order of operations; a cell that is chosen explains itself."""

    def __init__(self):
        orders = [
            (say("chapter: ReLU, then sum"), "chapter"),
            (say("frameworks: sum, then ReLU"), "frameworks"),
        ]
        filters = [
            (say("of the example"), "example"),
            (say("pick one pixel of each window"), "pick"),
            (say("red minus blue"), "red_minus_blue"),
        ]
        controls = {
            "order": dropdown(say("Order"), orders),
            "filters": dropdown(say("Filters"), filters),
            "bias1": int_slider(say("Bias red"), 0, -4, 4),
            "bias2": int_slider(say("Bias green"), 0, -4, 4),
            "bias3": int_slider(say("Bias blue"), 0, -4, 4),
            "target": dropdown(say("Target"), [(say("class {number}", number=c + 1), c) for c in range(3)]),
            "array": dropdown(say("Explain"), [(text, name) for name, text in NAMES.items()], "convolved1"),
            "cell": None,
            "example": button(
                say("Back to the example"),
                say("The lesson's filters, biases, target and order"),
                lambda: self.set(**_START),
            ),
            "zero_biases": button(
                say("All biases 0"),
                say("Set the biases of the three filters to 0"),
                lambda: self.set(bias1=0, bias2=0, bias3=0),
            ),
        }
        for name, value in _START.items():
            controls[name].value = value
        super().__init__(controls)

    def clicked(self, cell):
        """Explain a cell that was clicked."""
        name, *place = svg.cell_place(cell)
        self.set(array=name, cell=tuple(place))

    def adjust(self):
        """Offer the cells of this array, at the first."""
        name = self.state["array"]
        shape = _shape(name, self.state["order"])
        self.offer_cell("cell", (name, shape), say("Cell"), shape)

    def draw(self):
        """Return the picture and its sentence."""
        state = self.state
        parameters = {
            **EXAMPLE["parameters"],
            "filters": _FILTERS[state["filters"]],
            "filter_biases": np.array([state[f"bias{c}"] for c in CHANNELS]),
        }
        target = np.eye(3, dtype=int)[state["target"]]
        by_order = _in_both_orders(parameters, target)
        arrays = _arrays(parameters, target, by_order, state["order"])
        chosen = state["array"], *self.controls["cell"].place
        explanation = explain(arrays, state["order"], *chosen)
        summary = _summary(by_order, state["order"], state["target"])
        description = say(
            "All arrays of the model. {explanation} {summary}",
            explanation=together(explanation.lines),
            summary=summary,
        )
        return _picture(arrays, chosen, explanation, description), summary


@cache
def _shape(name, order):
    """Return the (rows, columns) of an array; (1, 1) where this order does not make it."""
    parameters, target = EXAMPLE["parameters"], EXAMPLE["target"]
    arrays = _arrays(parameters, target, _in_both_orders(parameters, target), order)
    return arrays[name].shape if name in arrays else (1, 1)


def _in_both_orders(parameters, target):
    return {order: forward(EXAMPLE["image"], parameters, target) for order, forward in _FORWARD.items()}


def _arrays(parameters, target, by_order, order):
    """Lay out all arrays in two dimensions, vectors as columns, under the names of `NAMES`."""
    shown = by_order[order]
    chapter, frameworks = by_order["chapter"]["feature_map"], by_order["frameworks"]["feature_map"]
    in_channels = {
        "image": EXAMPLE["image"],
        "filter": parameters["filters"],
        "bias": parameters["filter_biases"],
        "convolved": shown["convolved"],
    }
    if order == "chapter":
        in_channels["map"] = shown["channel_maps"]
    arrays = {f"{kind}{c}": array[..., c - 1] for c in CHANNELS for kind, array in in_channels.items()}
    if order == "frameworks":
        arrays["sum"] = shown["channel_sum"]
    arrays["feature"] = shown["feature_map"]
    arrays["difference"] = (chapter - frameworks) * (1 if order == "chapter" else -1)
    named = {**shown, **parameters, "target": target}
    last = ("pooled", "flattened", "weights", "bias", "scores", "prediction", "target", "loss")
    arrays |= {name: named[name] for name in last}
    return {name: in_two_dimensions(array) for name, array in arrays.items()}


def _summary(by_order, order, target):
    other = "frameworks" if order == "chapter" else "chapter"
    here, there = by_order[order], by_order[other]
    start = say(
        "In {order} class {number}, the target, gets the probability {probability}; the loss is {loss}.",
        order=_ORDERS[order],
        number=target + 1,
        probability=fixed(here["prediction"][target], 2),
        loss=fixed(here["loss"], 4),
    )
    different = np.count_nonzero(here["feature_map"] != there["feature_map"])
    if not different:
        end = say("In the other order nothing changes: nowhere do channels of both signs meet.")
    else:
        end = say_count(
            "In {order} {count} of the {size} numbers of C differs and the loss is {loss}.",
            "In {order} {count} of the {size} numbers of C differ and the loss is {loss}.",
            different,
            order=_ORDERS[other],
            size=here["feature_map"].size,
            loss=fixed(there["loss"], 4),
        )
    return together([start, end])


def _picture(arrays, chosen, explanation, description):
    """Draw the model from the picture to the loss; negative inputs of a ReLU are tinted."""
    sum_first = "sum" in arrays
    order = say("Frameworks:\nsum, then ReLU") if sum_first else say("Chapter:\nReLU, then sum")
    title, *lines = explanation.lines
    parts = [
        svg.text(_MARGIN, 28, title, weight="bold"),
        svg.lines(_MARGIN, 28 + svg.LINE_HEIGHT, lines),
        *_rgb_picture(),
        *_connections(sum_first),
        svg.lines(626, _ROWS[0] + 16, order.split("\n")),
        svg.text(14, _LAST_ROW + 2 * _LARGE + 22, say("averages of C"), size=13, fill=svg.MUTED),
        svg.text(632, _ROWS[2] + 4 * _SMALL + 18, say("to the other order"), size=13, fill=svg.MUTED),
    ]
    for name, values in arrays.items():
        parts += [_heading(name, sum_first), _grid(name, values, explanation.cells.get(name, ()))]
    name, *place = chosen
    if name in arrays:
        parts.append(_frame(name, [place], stroke_width=3))
    parts += [_frame(name, cells, stroke_width=2, dash="5 3") for name, cells in explanation.cells.items()]
    return svg.document(svg.WIDTH, _LAST_ROW + 4 * _LARGE + _MARGIN, parts, description)


def _rgb_picture():
    x, y, side = _RGB
    yield svg.text(x, y - 10, "I", weight="bold")
    yield svg.framed_image((EXAMPLE["image"] * (255 // BRIGHTEST)).astype(np.uint8), x, y, side, side)


def _connections(sum_first):
    x, y, side = _RGB
    middles = [top + 2 * _SMALL for top in _ROWS]
    maps, feature = _COLUMNS["map"], _GRIDS["feature"][0][0]
    before_relu, after = _COLUMNS["convolved"] + 4 * _SMALL, maps + 4 * _SMALL
    for top, middle in zip(_ROWS, middles, strict=True):
        yield svg.line(x + side + 3, y + side / 2, _COLUMNS["image"] - 4, top + 2.5 * _SMALL)
        yield svg.text(247, middle - 22, "∗", anchor="middle", weight="bold")
        yield svg.text(329, middle - 22, "=", anchor="middle", weight="bold")
        if sum_first:
            yield svg.line(before_relu + 4, middle, maps - 4, middles[1])
        else:
            yield from _relu(before_relu + 4, maps - 4, middle)
            yield svg.line(after + 4, middle, feature - 4, middles[1])
    if sum_first:
        yield from _relu(after + 4, feature - 4, middles[1])
    else:
        yield svg.text((after + feature) / 2, middles[1] - 8, "+", anchor="middle", weight="bold")


def _relu(left, right, y):
    yield svg.line(left, y, right, y)
    yield svg.text((left + right) / 2, y - 6, "ReLU", size=13, anchor="middle")


def _heading(name, sum_first):
    (x, y, _), title, detail = _GRIDS[name]
    kind, channel = KINDS[name]
    if kind == "bias" and channel:
        return svg.text(x - 24, y + 18, title, weight="bold")
    if name == "feature" and sum_first:
        detail = ""
    # One text, so that the detail follows the title whatever the font.
    return (
        f'<text x="{x:g}" y="{y - 10:g}" font-weight="bold">{title}'
        f'<tspan dx="5" font-size="13" font-weight="normal" fill="{svg.MUTED}">{detail}</tspan></text>'
    )


def _grid(name, values, cells):
    fills = _fills(name, values)
    for cell in cells:
        fills[cell] = svg.ORANGE_TINT
    labels = None
    decimals = {"prediction": 2, "loss": 4}.get(name)
    if decimals:
        labels = [[fixed(value, decimals) for value in row] for row in values.tolist()]
    return svg.number_grid(values, *_GRIDS[name][0], name=name, fills=fills, labels=labels)


def _fills(name, values):
    kind, channel = KINDS[name]
    if kind == "image":
        return svg.shades(values, 0, BRIGHTEST, CHANNEL_LOOKS[channel][1])
    if kind == "difference":
        return np.where(values != 0, svg.BLUE_TINT, svg.PAPER)
    if kind in ("sum", "convolved"):
        return np.where(values < 0, svg.BLUE_TINT, svg.PAPER)
    return np.full(values.shape, svg.PAPER)


def _frame(name, cells, **look):
    """Frame cells that fill a rectangle, from its first one to its last."""
    (top, left), (bottom, right) = cells[0], cells[-1]
    return svg.cell_frame(*_GRIDS[name][0], (top, left), (bottom - top + 1, right - left + 1), **look)
