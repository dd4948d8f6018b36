"""Explorer of the complete model, from an RGB picture to the loss (section 3-1, Figure 3-8)."""

import ipywidgets
import numpy as np

from helpers.chapter.examples import EXAMPLE
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.figures import complete_model as figures
from helpers.reference.complete_model import complete_model_forward, framework_order_forward
from helpers.wording import factor, indexed, number, products, total

_CHANNELS = {1: "red", 2: "green", 3: "blue"}
_BRIGHTEST = 3
_FILTERS = {
    "example": EXAMPLE["parameters"]["filters"],
    "pick": np.stack(3 * [[[1, 0], [0, 0]]], axis=-1),
    "red_minus_blue": np.stack([[[1, 0], [0, 0]], [[0, 0], [0, 0]], [[-1, 0], [0, 0]]], axis=-1),
}
_NAMES = {
    **{f"image{c}": f"{indexed('I', c)}, {colour} channel" for c, colour in _CHANNELS.items()},
    **{f"filter{c}": f"{indexed('k', c)}, {colour} filter" for c, colour in _CHANNELS.items()},
    **{f"bias{c}": f"{indexed('b', c)}, {colour} bias" for c, colour in _CHANNELS.items()},
    **{f"convolved{c}": f"{indexed('A', c)}, before the ReLU" for c in _CHANNELS},
    **{f"map{c}": f"{indexed('C', c)}, after the ReLU" for c in _CHANNELS},
    "sum": "A₁ + A₂ + A₃",
    "feature": "C, feature map",
    "difference": "Difference to the other order",
    "pooled": "P, pooled",
    "flattened": "f, flattened",
    "weights": "W, affine weights",
    "bias": "b, affine bias",
    "scores": "W f + b, scores",
    "prediction": "ŷ, prediction",
    "target": "y, target",
    "loss": "L, loss",
}
_START = {
    "order": "chapter",
    "filters": "example",
    **{f"bias{c}": int(bias) for c, bias in enumerate(EXAMPLE["parameters"]["filter_biases"], start=1)},
    "target": int(np.argmax(EXAMPLE["target"])),
}
_ORDER_NAMES = {"chapter": "the chapter's", "frameworks": "the frameworks'"}
_FORWARD = {"chapter": complete_model_forward, "frameworks": framework_order_forward}
_ORDER_LINES = {
    "chapter": ["Chapter:", "ReLU, then sum"],
    "frameworks": ["Frameworks:", "sum, then ReLU"],
}
_ZERO_BIASES = dict.fromkeys(("bias1", "bias2", "bias3"), 0)


class CompleteModelExplorer(Explorer):
    """Every array of Figure 3-8 in either order of operations; a cell that is chosen explains itself."""

    def __init__(self):
        controls = {
            "order": dropdown(
                "Order",
                [("chapter: ReLU, then sum", "chapter"), ("frameworks: sum, then ReLU", "frameworks")],
            ),
            "filters": dropdown(
                "Filters",
                [
                    ("of the example", "example"),
                    ("pick one pixel of each window", "pick"),
                    ("red minus blue", "red_minus_blue"),
                ],
            ),
            **{f"bias{c}": int_slider(f"Bias {colour}", 0, -4, 4) for c, colour in _CHANNELS.items()},
            "target": dropdown("Target", [(f"class {c + 1}", c) for c in range(3)]),
            "array": dropdown("Explain", [(text, name) for name, text in _NAMES.items()]),
            "cell": None,
            "example": _button("Back to the example", "The lesson's filters, biases, target and order"),
            "zero_biases": _button("All biases 0", "Set the biases of the three filters to 0"),
        }
        for name, value in {**_START, "array": "convolved1"}.items():
            controls[name].value = value
        by_order = _in_both_orders(EXAMPLE["parameters"], EXAMPLE["target"])
        self._shapes = {
            order: {
                name: array.shape
                for name, array in _named_arrays(
                    EXAMPLE["parameters"], EXAMPLE["target"], by_order, order
                ).items()
            }
            for order in by_order
        }
        super().__init__(controls)
        controls["example"].on_click(lambda button: self.set(**_START))
        controls["zero_biases"].on_click(lambda button: self.set(**_ZERO_BIASES))

    def clicked(self, cell):
        """Explain a cell that was clicked."""
        name, row, column = cell.split("-")
        _, columns = self._shape(name)
        self.set(array=name, cell=int(row) * columns + int(column) + 1)

    def adjust(self):
        """Offer the cells of this array, at the first."""
        name = self.state["array"]
        shape = rows, columns = self._shape(name)
        self.offer("cell", (name, shape), lambda: int_slider("Cell", 1, 1, rows * columns), start=1)

    def draw(self):
        """Return the picture and its sentence."""
        state = self.state
        parameters = {
            **EXAMPLE["parameters"],
            "filters": _FILTERS[state["filters"]],
            "filter_biases": np.array([state[f"bias{c}"] for c in _CHANNELS]),
        }
        target = np.eye(3, dtype=int)[state["target"]]
        by_order = _in_both_orders(parameters, target)
        arrays = _named_arrays(parameters, target, by_order, state["order"])
        name = state["array"]
        row, column = divmod(state["cell"] - 1, self._shape(name)[1])
        if name in arrays:
            related, lines = _explain(name, row, column, arrays, state["order"])
        else:
            related, lines = {}, _not_there(name)
        summary = _summary(by_order, state)
        picture = figures.complete_model(
            (EXAMPLE["image"] * (255 // _BRIGHTEST)).astype(np.uint8),
            arrays,
            chosen=(name, row, column),
            related=related,
            order=_ORDER_LINES[state["order"]],
            lines=lines,
            description=f"All arrays of the model. {' '.join(lines)} {summary}",
        )
        return picture, summary

    def _shape(self, name):
        """Give (rows, columns) of an array; (1, 1) where this order does not make it."""
        return self._shapes[self.state["order"]].get(name, (1, 1))


def _in_both_orders(parameters, target):
    return {order: forward(EXAMPLE["image"], parameters, target) for order, forward in _FORWARD.items()}


def _named_arrays(parameters, target, by_order, order):
    """Lay out all arrays in two dimensions, vectors as columns, under the names of the figure."""
    shown = by_order[order]
    chapter, frameworks = by_order["chapter"]["feature_map"], by_order["frameworks"]["feature_map"]
    arrays = {}
    for c in _CHANNELS:
        arrays[f"image{c}"] = EXAMPLE["image"][..., c - 1]
        arrays[f"filter{c}"] = parameters["filters"][..., c - 1]
        arrays[f"bias{c}"] = parameters["filter_biases"][c - 1].reshape(1, 1)
        arrays[f"convolved{c}"] = shown["convolved"][..., c - 1]
        if order == "chapter":
            arrays[f"map{c}"] = shown["channel_maps"][..., c - 1]
    if order == "frameworks":
        arrays["sum"] = shown["channel_sum"]
    return {
        **arrays,
        "feature": shown["feature_map"],
        "difference": (chapter - frameworks) * (1 if order == "chapter" else -1),
        "pooled": shown["pooled"],
        "flattened": shown["flattened"][:, np.newaxis],
        "weights": parameters["weights"],
        "bias": parameters["bias"][:, np.newaxis],
        "scores": shown["scores"][:, np.newaxis],
        "prediction": shown["prediction"][:, np.newaxis],
        "target": target[:, np.newaxis],
        "loss": np.array([[shown["loss"]]]),
    }


def _explain(name, row, column, arrays, order):
    """Say what made a number.

    Returns the cells it came from, name -> (row, column, rows, columns), and the lines that explain it.
    """
    kind, channel = (name[:-1], name[-1]) if name[-1] in "123" else (name, "")
    explanation = _EXPLANATIONS[kind, bool(channel)]
    related, *lines = explanation(arrays, row, column, channel, order)
    rows, columns = arrays[name].shape
    place = f", row {row + 1}" * (rows > 1) + f", column {column + 1}" * (columns > 1)
    return related, [f"{_NAMES[name]}{place}", *lines]


def _at(values, row, column):
    return number(values[row, column])


def _image(arrays, row, column, channel, order):
    convolved, kernel = arrays[f"convolved{channel}"], arrays[f"filter{channel}"]
    top, left = max(row - len(kernel) + 1, 0), max(column - kernel.shape[1] + 1, 0)
    rows = min(row, len(convolved) - 1) - top + 1
    columns = min(column, convolved.shape[1] - 1) - left + 1
    count = rows * columns
    return (
        {f"convolved{channel}": (top, left, rows, columns)},
        f"Intensity {_at(arrays[f'image{channel}'], row, column)} of at most {_BRIGHTEST}.",
        f"It lies under {count} window{'s' * (count > 1)}, see the marks in {indexed('A', channel)}.",
    )


def _filter(arrays, row, column, channel, order):
    vertical, horizontal = ("lower", "upper")[row], ("right", "left")[column]
    return (
        {f"convolved{channel}": (0, 0, *arrays[f"convolved{channel}"].shape)},
        f"Half a turn brings this weight to the {vertical} {horizontal} pixel of every window.",
        f"All {arrays[f'convolved{channel}'].size} numbers of {indexed('A', channel)} share it.",
    )


def _channel_bias(arrays, row, column, channel, order):
    biases = [arrays[f"bias{c}"][0, 0] for c in _CHANNELS]
    return (
        {f"convolved{channel}": (0, 0, *arrays[f"convolved{channel}"].shape)},
        f"Added to every number of {indexed('A', channel)}.",
        f"In the frameworks' order one bias stands for all: {total(biases)} = {number(sum(biases))}.",
    )


def _convolved(arrays, row, column, channel, order):
    kernel = arrays[f"filter{channel}"]
    rows, columns = kernel.shape
    window = arrays[f"image{channel}"][row : row + rows, column : column + columns]
    bias, result = arrays[f"bias{channel}"][0, 0], arrays[f"convolved{channel}"][row, column]
    return (
        {
            f"image{channel}": (row, column, rows, columns),
            f"filter{channel}": (0, 0, rows, columns),
            f"bias{channel}": (0, 0, 1, 1),
        },
        "Window times filter, turned by half a turn, plus bias:",
        f"{products(window.ravel(), np.flip(kernel).ravel())} + {factor(bias)} = {number(result)}",
    )


def _map(arrays, row, column, channel, order):
    before, after = arrays[f"convolved{channel}"], arrays[f"map{channel}"]
    return (
        {f"convolved{channel}": (row, column, 1, 1)},
        f"ReLU of {indexed('A', channel)}, equation 3.1{int(channel) + 1}:",
        f"max({_at(before, row, column)}, 0) = {_at(after, row, column)}",
    )


def _sum(arrays, row, column, channel, order):
    values = [arrays[f"convolved{c}"][row, column] for c in _CHANNELS]
    return (
        {f"convolved{c}": (row, column, 1, 1) for c in _CHANNELS},
        "Sum over the channels, before the ReLU; it holds one bias, b₁ + b₂ + b₃:",
        f"{total(values)} = {_at(arrays['sum'], row, column)}",
    )


def _feature(arrays, row, column, channel, order):
    result = _at(arrays["feature"], row, column)
    if order == "frameworks":
        return (
            {"sum": (row, column, 1, 1)},
            "ReLU of the sum:",
            f"max({_at(arrays['sum'], row, column)}, 0) = {result}",
        )
    values = [arrays[f"map{c}"][row, column] for c in _CHANNELS]
    return (
        {f"map{c}": (row, column, 1, 1) for c in _CHANNELS},
        "C₁ + C₂ + C₃, equation 3.15:",
        f"{total(values)} = {result}",
    )


def _difference(arrays, row, column, channel, order):
    here, difference = arrays["feature"][row, column], arrays["difference"][row, column]
    values = [arrays[f"convolved{c}"][row, column] for c in _CHANNELS]
    signs_meet = min(values) < 0 < max(values)
    reason = (
        "have both signs, so that the place of the ReLU matters" if signs_meet else "do not differ in sign"
    )
    return (
        {"feature": (row, column, 1, 1), **{f"convolved{c}": (row, column, 1, 1) for c in _CHANNELS}},
        f"{number(here)} in this order, {number(here - difference)} in the other.",
        f"The channels' {', '.join(map(number, values))} {reason}.",
    )


def _pooled(arrays, row, column, channel, order):
    side = len(arrays["feature"]) // len(arrays["pooled"])
    top, left = row * side, column * side
    window = arrays["feature"][top : top + side, left : left + side]
    return (
        {"feature": (top, left, side, side)},
        f"Average of {side} × {side} numbers of C, equation 3.16:",
        f"({total(window.ravel())}) / {window.size} = {_at(arrays['pooled'], row, column)}",
    )


def _flattened(arrays, row, column, channel, order):
    pooled_column, pooled_row = divmod(row, len(arrays["pooled"]))
    f, p = indexed("f", row + 1), indexed("P", pooled_row + 1, pooled_column + 1)
    return (
        {"pooled": (pooled_row, pooled_column, 1, 1)},
        f"{f} = {p} = {_at(arrays['flattened'], row, 0)}: P is read column by column, equation 3.17.",
        f"Equation 3.18 puts it back: {p} = {f}.",
    )


def _weight(arrays, row, column, channel, order):
    return (
        {"flattened": (column, 0, 1, 1), "scores": (row, 0, 1, 1)},
        f"Multiplies {indexed('f', column + 1)} in the score of class {row + 1}.",
    )


def _affine_bias(arrays, row, column, channel, order):
    return {"scores": (row, 0, 1, 1)}, f"Added to the score of class {row + 1}."


def _scores(arrays, row, column, channel, order):
    f, weights, bias = arrays["flattened"][:, 0], arrays["weights"][row], arrays["bias"][row, 0]
    return (
        {"flattened": (0, 0, len(f), 1), "weights": (row, 0, 1, len(f)), "bias": (row, 0, 1, 1)},
        f"Score of class {row + 1}, inside the softmax of equation 3.19:",
        f"{products(f, weights)} + {factor(bias)} = {_at(arrays['scores'], row, 0)}",
    )


def _prediction(arrays, row, column, channel, order):
    scores = arrays["scores"][:, 0]
    powers = " + ".join(f"exp({number(score)})" for score in scores)
    return (
        {"scores": (0, 0, len(scores), 1)},
        f"Probability of class {row + 1}, softmax of the scores, equation 3.19:",
        f"exp({number(scores[row])}) / ({powers}) = {arrays['prediction'][row, 0]:.2f}",
    )


def _target(arrays, row, column, channel, order):
    return {"loss": (0, 0, 1, 1)}, "1 for the right class, 0 for the others."


def _loss(arrays, row, column, channel, order):
    prediction, target = arrays["prediction"][:, 0], arrays["target"][:, 0]
    squares = " + ".join(f"({p:.2f} − {y})²" for p, y in zip(prediction, target, strict=True))
    return (
        {"prediction": (0, 0, len(target), 1), "target": (0, 0, len(target), 1)},
        "Half the sum of the squared differences, equation 3.20:",
        f"½ ({squares}) = {arrays['loss'][0, 0]:.4f}",
    )


# (name without its channel, whether there is one for each channel)
_EXPLANATIONS = {
    ("image", True): _image,
    ("filter", True): _filter,
    ("bias", True): _channel_bias,
    ("convolved", True): _convolved,
    ("map", True): _map,
    ("sum", False): _sum,
    ("feature", False): _feature,
    ("difference", False): _difference,
    ("pooled", False): _pooled,
    ("flattened", False): _flattened,
    ("weights", False): _weight,
    ("bias", False): _affine_bias,
    ("scores", False): _scores,
    ("prediction", False): _prediction,
    ("target", False): _target,
    ("loss", False): _loss,
}


def _not_there(name):
    order = "frameworks'" if name == "sum" else "chapter's"
    return [_NAMES[name], f"Only the {order} order makes this array. Change the order to see it."]


def _summary(by_order, state):
    target, order = state["target"], state["order"]
    other = "frameworks" if order == "chapter" else "chapter"
    here, there = by_order[order], by_order[other]
    different = np.sum(here["feature_map"] != there["feature_map"])
    start = (
        f"In {_ORDER_NAMES[order]} order class {target + 1}, the target, gets the probability "
        f"{here['prediction'][target]:.2f}; the loss is {here['loss']:.4f}."
    )
    if not different:
        return f"{start} In the other order nothing changes: nowhere do channels of both signs meet."
    return (
        f"{start} In {_ORDER_NAMES[other]} order {different} of the {here['feature_map'].size} numbers of C "
        f"differ and the loss is {there['loss']:.4f}."
    )


def _button(description, tooltip):
    return ipywidgets.Button(
        description=description, tooltip=tooltip, layout=ipywidgets.Layout(width="170px")
    )
