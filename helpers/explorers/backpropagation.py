"""Explorers of the way back through the complete model and of learning by it (section 3-2)."""

from functools import lru_cache

import numpy as np

from helpers.chapter.examples import EXAMPLE
from helpers.explorers.controls import dropdown, int_slider, player
from helpers.explorers.explorer import Explorer
from helpers.figures import backpropagation as figures
from helpers.reference.activations import softmax_jacobian
from helpers.reference.chapter_rules import chapter_backward
from helpers.reference.complete_model import (
    complete_model_backward,
    complete_model_forward,
    loss_from,
)
from helpers.reference.gradient_check import numerical_gradient, relative_error
from helpers.reference.losses import squared_error
from helpers.reference.optimizers import gradient_step
from helpers.wording import factor, indexed, products, total, trimmed

_IMAGE, _PARAMETERS, _TARGET = EXAMPLE["image"], EXAMPLE["parameters"], EXAMPLE["target"]
_RULES = {"gradient": complete_model_backward, "printed": chapter_backward}
# name of the gradient -> (its symbol, equation, box of the strip, whether there is one for each channel)
_STEPS = {
    "prediction": ("dŷ", "3.21", "ŷ", False),
    "scores": ("δ", "3.21", "s", False),
    "weights": ("dW", "3.22", "W, b", False),
    "bias": ("db", "3.24", "W, b", False),
    "flattened": ("df", "3.27", "f", False),
    "pooled": ("dP", "3.26", "P", False),
    "feature_map": ("dC", "3.28", "C", False),
    "channel_maps": ("dC", "3.30", "C₁ C₂ C₃", True),
    "convolved": ("dA", "3.32", "A", True),
    "filters": ("dk", "3.32", "k, b", True),
    "filter_biases": ("db", "3.34", "k, b", True),
}
_NAMES = list(_STEPS)
# Rounding leaves a finite difference eight digits or more; a wrong formula leaves none.
_AGREES = 1e-7


class BackpropagationExplorer(Explorer):
    """Walk from the loss back to the filters; each array stands beside its finite differences."""

    def __init__(self):
        self._arrays = complete_model_forward(**EXAMPLE)
        self._gradients = {rule: backward(**EXAMPLE) for rule, backward in _RULES.items()}
        self._checks = {name: _by_finite_differences(name, self._arrays) for name in _NAMES}
        step = int_slider("Step", 1, 1, len(_STEPS))
        super().__init__(
            {
                "step": step,
                "play": player(step, 2000),
                "rule": dropdown("Rule", [("the gradient", "gradient"), ("as printed", "printed")]),
                "channel": dropdown("Channel", [("red", 0), ("green", 1), ("blue", 2)]),
                "number": None,
            }
        )

    def clicked(self, cell):
        """Explain the number of the leaving array that was clicked."""
        name, row, column = cell.split("-")
        if name in ("result", "check"):
            columns = self._result().shape[1]
            self.controls["number"].value = int(row) * columns + int(column) + 1

    def adjust(self):
        """Offer the numbers of this step, at the first; let the channel rest where there is none."""
        step, numbers = self.state["step"], self._result().size
        self.controls["channel"].disabled = not _STEPS[_NAMES[step - 1]][3]
        self.offer("number", step, lambda: int_slider("Number", 1, 1, numbers), start=1)

    def draw(self):
        """Return the picture and its sentence."""
        state = self.state
        name, rule = _NAMES[state["step"] - 1], state["rule"]
        symbol, equation, box, by_channel = _STEPS[name]
        result = self._result()
        row, column = divmod(state["number"] - 1, result.shape[1])
        entering, lines = _EXPLAINED[name](
            _Shown(self._arrays, self._gradients[rule], state["channel"]), rule, row, column
        )
        error = relative_error(self._gradients[rule][name], self._checks[name])
        verdict = (
            "agrees with the finite differences"
            if error < _AGREES
            else f"is off by up to {100 * error:.0f} % of the largest number"
        )
        if by_channel:
            symbol = indexed(symbol, state["channel"] + 1)
        summary = f"Step {state['step']} of {len(_STEPS)}, equation {equation}: {symbol} {verdict}."
        picture = figures.way_back(
            {_STEPS[earlier][2] for earlier in _NAMES[: state["step"] - 1]},
            box,
            entering,
            (f"{symbol} ({equation}{', printed' * (rule == 'printed')})", result, (row, column)),
            _laid_out(self._checks[name], by_channel, state["channel"]),
            lines=lines,
            description=f"{summary} {' '.join(lines)}",
        )
        return picture, summary

    def _result(self):
        state = self.state
        name = _NAMES[state["step"] - 1]
        return _laid_out(self._gradients[state["rule"]][name], _STEPS[name][3], state["channel"])


class LearningExplorer(Explorer):
    """Follow the gradient and the printed rules for some steps, with a learning rate to choose."""

    STEPS = 20

    def __init__(self):
        step = int_slider("Steps done", 1, 0, self.STEPS)
        rates = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
        controls = {
            "learns": dropdown(
                "What learns",
                [
                    ("filters and their biases", ("filters", "filter_biases")),
                    ("W and b", ("weights", "bias")),
                    ("everything", tuple(_PARAMETERS)),
                ],
            ),
            "rate": dropdown("Learning rate", [(f"{rate:g}", rate) for rate in rates]),
            "step": step,
            "play": player(step, 400),
        }
        controls["rate"].value = 0.1
        super().__init__(controls)

    def draw(self):
        """Return the picture and its sentence."""
        state = self.state
        step, names = state["step"], ("gradient", "as printed")
        paths = [_path(rule, state["learns"], state["rate"], self.STEPS) for rule in _RULES]
        (true, _), (printed, _) = paths
        start = true[0]
        lines = [
            f"Before: loss {start:.4f}. After one step at a rate of {state['rate']:g}: "
            f"{true[1]:.4f} by the gradient, {printed[1]:.4f} as printed."
        ]
        words = [_compared(losses[step], start) for losses, _ in paths]
        count = f"{step} step{'s' * (step != 1)}"
        summary = f"After {count} the gradient {words[0]}; the printed rules {words[1]}."
        picture = figures.learning(
            [(name, losses) for name, (losses, _) in zip(names, paths, strict=True)],
            step,
            self.STEPS,
            [predictions[step] for _, predictions in paths],
            int(np.argmax(_TARGET)),
            lines=lines,
            description=f"{lines[0]} {summary}",
        )
        return picture, summary


def _compared(loss, start):
    if round(loss, 4) == round(start, 4):
        return f"left the loss at {loss:.4f}"
    return f"{'lowered' if loss < start else 'raised'} the loss to {loss:.4f}"


@lru_cache(maxsize=64)
def _path(rule, learns, rate, steps):
    """Follow a rule; give the loss and the prediction before and after each step."""
    parameters, losses, predictions = dict(_PARAMETERS), [], []
    for _ in range(steps + 1):
        gradients = _RULES[rule](_IMAGE, parameters, _TARGET)
        # The prediction's gradient is its distance from the target: that spares a second way forward.
        predictions.append(_TARGET + gradients["prediction"])
        losses.append(squared_error(predictions[-1], _TARGET))
        parameters |= gradient_step({name: parameters[name] for name in learns}, gradients, rate)
    return losses, predictions


def _by_finite_differences(name, arrays):
    """Differentiate the loss by one array of the model, knowing nothing of the chain rule."""
    if name in _PARAMETERS:
        return numerical_gradient(
            lambda value: complete_model_forward(_IMAGE, {**_PARAMETERS, name: value}, _TARGET)["loss"],
            _PARAMETERS[name],
        )
    return numerical_gradient(lambda value: loss_from(name, value, _PARAMETERS, _TARGET), arrays[name])


def _laid_out(array, by_channel, channel):
    """Give the array of one channel in two dimensions, a vector as a column."""
    array = array[..., channel] if by_channel else array
    return np.reshape(array, (-1, 1)) if np.ndim(array) < 2 else array


class _Shown:
    """The arrays that a step draws from: forward values, gradients, one channel's part of them."""

    def __init__(self, arrays, gradients, channel):
        self.arrays, self.gradients, self.channel = arrays, gradients, channel

    def value(self, name):
        return self._part(self.arrays[name])

    def gradient(self, name):
        return self._part(self.gradients[name])

    def indexed(self, letter):
        return indexed(letter, self.channel + 1)

    def _part(self, array):
        return _laid_out(array, array.ndim == 3, self.channel)


def _sum(title, values, weights, result):
    """Spell out a sum of products, four to a line."""
    lines = []
    for start in range(0, len(values), 4):
        some = slice(start, start + 4)
        lines.append(products(values[some], weights[some], trimmed) + " +")
    lines[-1] = f"{lines[-1].removesuffix(' +')} = {trimmed(result)}"
    return [title, *lines]


def _prediction(shown, rule, row, column):
    prediction, target = shown.value("prediction"), _TARGET[:, np.newaxis]
    i = row + 1
    return (
        [("ŷ", prediction, [(row, 0)]), ("y", target, [(row, 0)])],
        [
            f"{indexed('dŷ', i)} = {indexed('ŷ', i)} − {indexed('y', i)}",
            f"= {trimmed(prediction[row, 0])} − {target[row, 0]} "
            f"= {trimmed(shown.gradient('prediction')[row, 0])}",
        ],
    )


def _scores(shown, rule, row, column):
    grad, delta = shown.gradient("prediction"), shown.gradient("scores")[row, 0]
    prediction = shown.value("prediction")
    i = row + 1
    if rule == "printed":
        y = prediction[row, 0]
        return (
            [("dŷ", grad, [(row, 0)]), ("ŷ", prediction, [(row, 0)])],
            [
                f"{indexed('δ', i)} = {indexed('dŷ', i)} {indexed('ŷ', i)} "
                f"(1 − {indexed('ŷ', i)}), one class by itself",
                f"= {trimmed(grad[row, 0])}·{trimmed(y)}·{trimmed(1 - y)} = {trimmed(delta)}",
            ],
        )
    jacobian = softmax_jacobian(shown.arrays["scores"])
    cells = [(row, j) for j in range(len(jacobian))]
    return (
        [("J, slopes of softmax", jacobian, cells), ("dŷ", grad, [(j, 0) for j in range(len(grad))])],
        _sum(f"{indexed('δ', i)} = row {i} of J · dŷ", jacobian[row], grad[:, 0], delta),
    )


def _weights(shown, rule, row, column):
    delta, f = shown.gradient("scores"), shown.value("flattened").T
    product = shown.gradient("weights")[row, column]
    return (
        [("δ", delta, [(row, 0)]), ("fᵀ", f, [(0, column)])],
        [
            f"{indexed('dW', row + 1, column + 1)} = {indexed('δ', row + 1)} {indexed('f', column + 1)}",
            f"= {products([delta[row, 0]], [f[0, column]], trimmed)} = {trimmed(product)}",
        ],
    )


def _bias(shown, rule, row, column):
    i = row + 1
    return (
        [("δ", shown.gradient("scores"), [(row, 0)])],
        [f"{indexed('db', i)} = {indexed('δ', i)}: the bias is added with a factor of 1."],
    )


def _flattened(shown, rule, row, column):
    weights, delta = _PARAMETERS["weights"].T, shown.gradient("scores")
    i = row + 1
    return (
        [
            ("Wᵀ", weights, [(row, j) for j in range(weights.shape[1])]),
            ("δ", delta, [(j, 0) for j in range(len(delta))]),
        ],
        _sum(
            f"{indexed('df', i)} = row {i} of Wᵀ · δ",
            weights[row],
            delta[:, 0],
            shown.gradient("flattened")[row, 0],
        ),
    )


def _pooled(shown, rule, row, column):
    df = shown.gradient("flattened")
    place = column * shown.gradient("pooled").shape[0] + row
    return (
        [("df", df, [(place, 0)])],
        [
            f"{indexed('dP', row + 1, column + 1)} = {indexed('df', place + 1)}",
            "The vector goes back into a map, column by column.",
        ],
    )


def _feature_map(shown, rule, row, column):
    grad = shown.gradient("pooled")
    place = row // 2, column // 2
    return (
        [("dP", grad, [place])],
        [
            "Each of the 4 numbers of a block has a share of ¼ in its average:",
            f"{indexed('dC', row + 1, column + 1)} = {indexed('dP', place[0] + 1, place[1] + 1)} / 4",
            f"= {trimmed(grad[place])} / 4 = {trimmed(shown.gradient('feature_map')[row, column])}",
        ],
    )


def _channel_maps(shown, rule, row, column):
    grad, result = shown.gradient("feature_map"), shown.gradient("channel_maps")[row, column]
    value = trimmed(grad[row, column])
    words = (
        ["Divided by the number of channels:", f"{value} / 3 = {trimmed(result)}"]
        if rule == "printed"
        else [
            "C = C₁ + C₂ + C₃: each term enters with a slope of one.",
            f"{value} · 1 = {trimmed(result)}",
        ]
    )
    return [("dC", grad, [(row, column)])], words


def _convolved(shown, rule, row, column):
    grad, result = shown.gradient("channel_maps"), shown.gradient("convolved")[row, column]
    if rule == "printed":
        maps = shown.value("channel_maps")
        c = int(maps[row, column])
        name, values = shown.indexed("C"), maps
        words = [
            f"Times {name} (1 − {name}), the slope of a logistic function:",
            # The factor reaches 20, so four decimals would not bring out the result.
            f"{trimmed(grad[row, column], 6)}·{c}·{factor(1 - c)} = {trimmed(result)}",
        ]
    else:
        name, values = shown.indexed("A"), shown.value("convolved")
        slope = int(values[row, column] > 0)
        words = [
            f"The slope of the ReLU is 1 where {name} is above 0, else 0:",
            f"{trimmed(grad[row, column])} · {slope} = {trimmed(result)}",
        ]
    cells = [(row, column)]
    return [(shown.indexed("dC"), grad, cells), (name, values.astype(int), cells)], words


def _filters(shown, rule, row, column):
    grad, image = shown.gradient("convolved"), _IMAGE[..., shown.channel]
    rows, columns = grad.shape
    turned = len(_PARAMETERS["filters"]) - 1 - row, _PARAMETERS["filters"].shape[1] - 1 - column
    cells = [(turned[0] + i, turned[1] + j) for i in range(rows) for j in range(columns)]
    window = image[turned[0] : turned[0] + rows, turned[1] : turned[1] + columns]
    counted = grad != 0
    lines = _sum(
        f"Each number of {shown.indexed('dA')} times the pixel that this weight met",
        grad[counted],
        window[counted],
        shown.gradient("filters")[row, column],
    )
    entering = [(shown.indexed("dA"), grad, list(map(tuple, np.argwhere(counted))))]
    return [*entering, (f"{shown.indexed('I')}, under the weight", image, cells)], lines


def _filter_biases(shown, rule, row, column):
    grad = shown.gradient("convolved")
    counted = grad != 0
    values = grad[counted]
    lines = [total(values[start : start + 4], trimmed) + " +" for start in range(0, len(values), 4)]
    result = trimmed(shown.gradient("filter_biases")[shown.channel, 0])
    lines[-1] = f"{lines[-1].removesuffix(' +')} = {result}"
    return (
        [(shown.indexed("dA"), grad, list(map(tuple, np.argwhere(counted))))],
        [f"The bias went into every number of {shown.indexed('A')}: add them up.", *lines],
    )


_EXPLAINED = {
    "prediction": _prediction,
    "scores": _scores,
    "weights": _weights,
    "bias": _bias,
    "flattened": _flattened,
    "pooled": _pooled,
    "feature_map": _feature_map,
    "channel_maps": _channel_maps,
    "convolved": _convolved,
    "filters": _filters,
    "filter_biases": _filter_biases,
}
