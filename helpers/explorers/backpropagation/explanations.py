"""What each gradient of the complete model is made from, by the chain rule and as printed (section 3-2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from helpers.chapter.examples import EXAMPLE
from helpers.explorers.explanation import Explanation, Number, block, in_two_dimensions, places
from helpers.language import say
from helpers.reference.activations import softmax_jacobian
from helpers.wording import factor, indexed, product_lines, products, sum_lines, total, trimmed

_PARAMETERS = EXAMPLE["parameters"]


@dataclass(frozen=True)
class _Number(Number):
    """A number of a gradient in its channel; the arrays are those of the forward pass."""

    gradients: Mapping
    rule: str
    channel: int

    def __str__(self):
        return trimmed(self.gradient(self.name)[self.place])

    def value(self, name):
        return in_grid(name, self.arrays[name], self.channel)

    def gradient(self, name):
        return in_grid(name, self.gradients[name], self.channel)

    def indexed(self, letter):
        return indexed(letter, self.channel + 1)


class Step(NamedTuple):
    """A step of the backward pass.

    Attributes:
        symbol: of the gradient that it finds.
        equation: its number in the chapter.
        box: the place in the model that the gradient belongs to.
        by_channel: whether each channel has a gradient of its own.
        explain: takes a `_Number`, returns an `Explanation`.
    """

    symbol: str
    equation: str
    box: str
    by_channel: bool
    explain: Callable


def in_grid(name, array, channel):
    """Return an array, or its gradient, in two dimensions: that of one channel, where each has its own."""
    return in_two_dimensions(array[..., channel] if STEPS[name].by_channel else array)


def explain(name, arrays, gradients, rule, channel, row, column):
    """Return an `Explanation` of a number of a gradient, with the arrays that enter this step.

    The arrays of the forward pass and the gradients by this rule, "gradient" or "printed", are handed over by
    name; row and column are those in `in_grid` of this channel, all counted from 0.
    """
    return STEPS[name].explain(
        _Number(arrays, name, row, column, STEPS[name].symbol, gradients, rule, channel)
    )


def _explanation(entering, *lines):
    """Make an explanation from the arrays that enter, heading -> (values, cells)."""
    return Explanation(
        {heading: cells for heading, (_, cells) in entering.items()},
        lines,
        {heading: values for heading, (values, _) in entering.items()},
    )


def _prediction(at):
    prediction, i = at.value("prediction"), at.row + 1
    target = in_two_dimensions(EXAMPLE["target"]).astype(float)  # in cells as large as those of ŷ
    return _explanation(
        {"ŷ": (prediction, [at.place]), "y": (target, [at.place])},
        f"{indexed('∂L/∂ŷ', i)} = {indexed('ŷ', i)} − {indexed('y', i)}",
        f"= {trimmed(prediction[at.place])} − {trimmed(target[at.place])} = {at}",
    )


def _scores(at):
    grad, i = at.gradient("prediction"), at.row + 1
    if at.rule == "printed":
        prediction = at.value("prediction")
        y, y_name = prediction[at.place], indexed("ŷ", i)
        return _explanation(
            {"∂L/∂ŷ": (grad, [at.place]), "ŷ": (prediction, [at.place])},
            say(
                "{equation}, one class by itself",
                equation=f"{indexed('δ', i)} = {indexed('∂L/∂ŷ', i)} {y_name} (1 − {y_name})",
            ),
            f"= {trimmed(grad[at.place])}·{trimmed(y)}·{trimmed(1 - y)} = {at}",
        )
    jacobian = softmax_jacobian(at.arrays["scores"])
    return _explanation(
        {
            say("J, slopes of softmax"): (jacobian, block((at.row, 0), (1, len(jacobian)))),
            "∂L/∂ŷ": (grad, block((0, 0), grad.shape)),
        },
        say("{delta} = row {row} of J · ∂L/∂ŷ", delta=indexed("δ", i), row=i),
        *product_lines(jacobian[at.row], grad[:, 0], at, trimmed),
    )


def _weights(at):
    delta, f = at.gradient("scores"), at.value("flattened").T
    row, column = at.place
    return _explanation(
        {"δ = ∂L/∂s": (delta, [(row, 0)]), "fᵀ": (f, [(0, column)])},
        f"{indexed('∂L/∂W', row + 1, column + 1)} = {indexed('δ', row + 1)} {indexed('f', column + 1)}",
        f"= {products([delta[row, 0]], [f[0, column]], trimmed)} = {at}",
    )


def _bias(at):
    equation = f"{indexed('∂L/∂b', at.row + 1)} = {indexed('δ', at.row + 1)}"
    return _explanation(
        {"δ = ∂L/∂s": (at.gradient("scores"), [at.place])},
        say("{equation}: the bias is added with a factor of 1.", equation=equation),
    )


def _flattened(at):
    weights, delta = _PARAMETERS["weights"].T, at.gradient("scores")
    i = at.row + 1
    return _explanation(
        {
            "Wᵀ": (weights, block((at.row, 0), (1, weights.shape[1]))),
            "δ = ∂L/∂s": (delta, block((0, 0), delta.shape)),
        },
        say("{gradient} = row {row} of Wᵀ · δ", gradient=indexed("∂L/∂f", i), row=i),
        *product_lines(weights[at.row], delta[:, 0], at, trimmed),
    )


def _pooled(at):
    place = at.column * len(at.gradient("pooled")) + at.row
    return _explanation(
        {"∂L/∂f": (at.gradient("flattened"), [(place, 0)])},
        f"{indexed('∂L/∂P', at.row + 1, at.column + 1)} = {indexed('∂L/∂f', place + 1)}",
        say("The vector goes back into a map, column by column."),
    )


def _feature_map(at):
    grad, place = at.gradient("pooled"), (at.row // 2, at.column // 2)
    return _explanation(
        {"∂L/∂P": (grad, [place])},
        say("Each of the 4 numbers of a block has a share of ¼ in its average:"),
        f"{indexed('∂L/∂C', at.row + 1, at.column + 1)} = {indexed('∂L/∂P', place[0] + 1, place[1] + 1)} / 4",
        f"= {trimmed(grad[place])} / 4 = {at}",
    )


def _channel_maps(at):
    grad = at.gradient("feature_map")
    value, entering = trimmed(grad[at.place]), {"∂L/∂C": (grad, [at.place])}
    if at.rule == "printed":
        return _explanation(entering, say("Divided by the number of channels:"), f"{value} / 3 = {at}")
    return _explanation(
        entering, say("C = C₁ + C₂ + C₃: each term enters with a slope of one."), f"{value} · 1 = {at}"
    )


def _convolved(at):
    grad = at.gradient("channel_maps")
    if at.rule == "printed":
        name, values = at.indexed("C"), at.value("channel_maps")
        c = int(values[at.place])
        lines = [
            say("Times {map} (1 − {map}), the slope of a logistic function:", map=name),
            # The factor reaches 20, so four decimals would not bring out the result.
            f"{trimmed(grad[at.place], 6)}·{c}·{factor(1 - c)} = {at}",
        ]
    else:
        name, values = at.indexed("A"), at.value("convolved")
        lines = [
            say("The slope of the ReLU is 1 where {array} is above 0, else 0:", array=name),
            f"{trimmed(grad[at.place])} · {int(values[at.place] > 0)} = {at}",
        ]
    entering = {at.indexed("∂L/∂C"): (grad, [at.place]), name: (values.astype(int), [at.place])}
    return _explanation(entering, *lines)


def _filters(at):
    grad, image = at.gradient("convolved"), EXAMPLE["image"][..., at.channel]
    rows, columns, _ = _PARAMETERS["filters"].shape
    under = block((rows - 1 - at.row, columns - 1 - at.column), grad.shape)  # the filter is turned
    window = np.reshape([image[cell] for cell in under], grad.shape)
    counted = grad != 0
    return _explanation(
        {
            at.indexed("∂L/∂A"): (grad, places(grad)),
            say("{image}, under the weight", image=at.indexed("I")): (image, under),
        },
        say("Each number of {gradient} times the pixel under this weight", gradient=at.indexed("∂L/∂A")),
        *product_lines(grad[counted], window[counted], at, trimmed),
    )


def _filter_biases(at):
    grad = at.gradient("convolved")
    counted = grad != 0
    values = grad[counted]
    fours = [total(values[start : start + 4], trimmed) for start in range(0, len(values), 4)]
    return _explanation(
        {at.indexed("∂L/∂A"): (grad, places(grad))},
        say("The bias went into every number of {array}: add them up.", array=at.indexed("A")),
        *sum_lines(fours, at),
    )


# name of the gradient -> its step, in the order of the backward pass
STEPS = {
    "prediction": Step("∂L/∂ŷ", "3.21", "ŷ", False, _prediction),
    "scores": Step("∂L/∂s", "3.21", "s", False, _scores),
    "weights": Step("∂L/∂W", "3.22", "W, b", False, _weights),
    "bias": Step("∂L/∂b", "3.24", "W, b", False, _bias),
    "flattened": Step("∂L/∂f", "3.27", "f", False, _flattened),
    "pooled": Step("∂L/∂P", "3.26", "P", False, _pooled),
    "feature_map": Step("∂L/∂C", "3.28", "C", False, _feature_map),
    "channel_maps": Step("∂L/∂C", "3.30", "C₁ C₂ C₃", True, _channel_maps),
    "convolved": Step("∂L/∂A", "3.32", "A", True, _convolved),
    "filters": Step("∂L/∂k", "3.32", "k, b", True, _filters),
    "filter_biases": Step("∂L/∂b", "3.34", "k, b", True, _filter_biases),
}
