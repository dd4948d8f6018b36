"""What each number of the worked example is made from, forward and backward (section 3-3)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from helpers.explorers.explanation import Number, block, places
from helpers.language import say, say_count
from helpers.reference.dense import unflatten_columns
from helpers.reference.pooling import max_pool2d_backward
from helpers.reference.worked_example import ALL_PARAMETERS
from helpers.wording import factor, indexed, listed, products, sum_lines, trimmed


def winning_cells(forward):
    """Return the cell of C that won each block, which the gradient reaches, in the order of f."""
    inputs = range(1, np.size(forward["pooled"]) + 1)
    reached = max_pool2d_backward(
        unflatten_columns(inputs, np.shape(forward["pooled"])), forward["feature_map"]
    )
    return [tuple(np.argwhere(reached == place)[0].tolist()) for place in inputs]


def explain(arrays, gradients, backward, name, row, column):
    """Return an `Explanation` of a number, or of its gradient: a title, the idea in words, the arithmetic.

    All arrays and gradients are handed over in two dimensions, by name; row and column count from 0.
    """
    title, forward, back = _ARRAYS[name]
    if backward:
        title = say("Gradient of {array}", array=title)
    explained = _Number(arrays, name, row, column, title, gradients, backward)
    return back(explained) if backward else forward(explained)


@dataclass(frozen=True)
class _Number(Number):
    """A number, or its gradient; it writes others at its own place unless another is named."""

    gradients: Mapping
    backward: bool

    def __str__(self):
        return self.slope(self.name) if self.backward else self.value(self.name)

    def value(self, name, *place):
        return trimmed(self.arrays[name][place or self.place])

    def six(self, name, *place):
        return _six(self.arrays[name][place or self.place])

    def slope(self, name, *place):
        return _six(self.gradients[name][place or self.place])


def _six(value):
    """Write a number with six decimals at most, since gradients are small."""
    return trimmed(value, 6)


def _in_a(row, column):
    return 0 <= row < 4 and 0 <= column < 4


# Forward


def _image(at):
    sums = [place for place in block((at.row - 1, at.column - 1), (2, 2)) if _in_a(*place)]
    return at.comes_from(
        {"convolved": sums},
        say("A pixel. Move Value to change it."),
        say_count("{count} of the 16 sums of A uses it.", "{count} of the 16 sums of A use it.", len(sums)),
    )


def _filter(at):
    return at.comes_from(
        {"convolved": at.whole("convolved")},
        say("A weight of the filter. Move Value to change it."),
        say("All 16 sums of A use it."),
    )


def _convolved(at):
    window = block(at.place, (2, 2))
    pixels, weights = np.reshape([at.arrays["image"][cell] for cell in window], (2, 2)), at.arrays["filter"]
    rows = [products(*row, trimmed) for row in zip(pixels, weights, strict=True)]
    return at.comes_from(
        {"image": window, "filter": at.whole("filter")},
        say("The filter laid on the image as it stands, products added up:"),
        *sum_lines(rows, at),
    )


def _feature_map(at):
    return at.comes_from(
        {"convolved": [at.place]},
        say("What is below 0 becomes 0:"),
        f"max({at.value('convolved')}, 0) = {at}",
    )


def _pooled(at):
    cells = block((2 * at.row, 2 * at.column), (2, 2))
    values = listed(at.value("feature_map", *cell) for cell in cells)
    return at.comes_from({"feature_map": cells}, say("The largest of the block:"), f"max({values}) = {at}")


def _flattened(at):
    column, row = divmod(at.row, 2)
    f, p = indexed("f", at.row + 1), indexed("P", row + 1, column + 1)
    return at.comes_from({"pooled": [(row, column)]}, say("P is read column by column:"), f"{f} = {p} = {at}")


def _weights1(at):
    return at.comes_from(
        {"flattened": [(at.row, 0)], "hidden_sums": [(at.column, 0)]},
        say(
            "Multiplies {input} in the sum {sum}. Move Value to change it.",
            input=indexed("f", at.row + 1),
            sum=indexed("s", at.column + 1),
        ),
    )


def _weights2(at):
    hidden = indexed("h", at.row + 1)
    return at.comes_from(
        {"hidden": [(at.row, 0)], "output_sum": [(0, 0)]},
        say("Multiplies {input} in the output's sum. Move Value to change it.", input=hidden),
    )


def _affine(at):
    inputs, weights, idea = {
        "hidden_sums": ("flattened", "weights1", say("Each number of f times the weight on its line:")),
        "output_sum": ("hidden", "weights2", say("Each hidden unit times the weight on its line:")),
    }[at.name]
    values, used = at.arrays[inputs][:, 0], at.arrays[weights][:, at.row]
    return at.comes_from(
        {inputs: at.whole(inputs), weights: block((0, at.row), (len(used), 1))},
        idea,
        f"{products(values, used, trimmed)} = {at}",
    )


def _logistic(at):
    before = {"hidden": "hidden_sums", "prediction": "output_sum"}[at.name]
    value = factor(at.arrays[before][at.place], trimmed)
    return at.comes_from(
        {before: [at.place]}, say("The logistic function of the sum:"), f"1 / (1 + exp(−{value})) = {at}"
    )


def _target(at):
    return at.comes_from(
        {"loss": [(0, 0)]}, say("What the network should answer. Move Target y to change it.")
    )


def _loss(at):
    return at.comes_from(
        {"prediction": [(0, 0)], "target": [(0, 0)]},
        say("Half the squared difference:"),
        f"½ ({at.value('prediction')} − {at.value('target')})² = {at}",
    )


# Backward


def _prediction_back(at):
    return at.comes_from(
        {},
        say("How the loss ½ (ŷ − y)² changes with ŷ:"),
        f"ŷ − y = {at.six('prediction')} − {at.six('target')} = {at}",
    )


def _logistic_back(at):
    after, unit = {"hidden_sums": ("hidden", indexed("h", at.row + 1)), "output_sum": ("prediction", "ŷ")}[
        at.name
    ]
    return at.comes_from(
        {after: [at.place]},
        say("∂L/∂{unit} times the slope of the logistic function, {unit} (1 − {unit}):", unit=unit),
        f"{at.slope(after)}·{at.six(after)}·(1 − {at.six(after)}) = {at}",
    )


def _weights_back(at):
    inputs, letter, sums, symbol = {
        "weights1": ("flattened", "f", "hidden_sums", indexed("s", at.column + 1)),
        "weights2": ("hidden", "h", "output_sum", "o"),
    }[at.name]
    unit = at.column, 0
    return at.comes_from(
        {sums: [unit]},
        say(
            "∂L/∂{sum} times {input}, the number that the weight multiplies:",
            sum=symbol,
            input=indexed(letter, at.row + 1),
        ),
        f"{at.slope(sums, *unit)}·{at.six(inputs, at.row, 0)} = {at}",
    )


def _hidden_back(at):
    weight = factor(at.arrays["weights2"][at.place], _six)
    return at.comes_from(
        {"output_sum": [(0, 0)]},
        say("∂L/∂o times the weight on the line:"),
        f"{at.slope('output_sum', 0, 0)}·{weight} = {at}",
    )


def _flattened_back(at):
    terms = list(map(gradient_term, at.gradients["hidden_sums"][:, 0], at.arrays["weights1"][at.row]))
    return at.comes_from(
        {"hidden_sums": at.whole("hidden_sums")},
        say(
            "{input} reaches the loss on two lines; each brings ∂L/∂s times its weight:",
            input=indexed("f", at.row + 1),
        ),
        *_sum_of(at, terms),
    )


def _pooled_back(at):
    place = 2 * at.column + at.row
    p, f = indexed("P", at.row + 1, at.column + 1), indexed("f", place + 1)
    return at.comes_from(
        {"flattened": [(place, 0)]},
        say("{number} stands at {place}, since P was read column by column:", number=p, place=f),
        f"∂L/∂{p} = ∂L/∂{f} = {at}",
    )


def _feature_map_back(at):
    place = at.row // 2, at.column // 2
    if at.place in winning_cells(at.arrays):
        p = indexed("P", place[0] + 1, place[1] + 1)
        lines = [say("It won its block, so all that arrives comes here:"), f"∂L/∂{p} = {at}"]
    else:
        lines = [say("It did not win its block: a small change of it changes nothing."), "0"]
    return at.comes_from({"pooled": [place]}, *lines)


def _convolved_back(at):
    passes, value = at.arrays["convolved"][at.place] > 0, at.six("convolved")
    mask = (
        say("The ReLU's mask is 1, since {value} is above 0:", value=value)
        if passes
        else say("The ReLU's mask is 0, since {value} is not above 0:", value=value)
    )
    return at.comes_from({"feature_map": [at.place]}, mask, f"{at.slope('feature_map')}·{int(passes)} = {at}")


def _filter_back(at):
    """Spell out the sum over the positions that have a gradient; at most four have."""
    grad, image = at.gradients["convolved"], at.arrays["image"]
    met = places(grad)
    terms = [gradient_term(grad[i, j], image[i + at.row, j + at.column]) for i, j in met]
    return at.comes_from(
        {"convolved": met},
        say("Every ∂L/∂A times the pixel that lies under this weight there:"),
        *_sum_of(at, terms),
    )


def _image_back(at):
    grad, weights = at.gradients["convolved"], at.arrays["filter"]
    met = {(at.row - u, at.column - v): weights[u, v] for u, v in np.ndindex(2, 2)}
    met = {place: weight for place, weight in met.items() if _in_a(*place) and grad[place] != 0}
    return at.comes_from(
        {"convolved": list(met)},
        say("∂L/∂A of every sum that uses this pixel, times the weight it meets there:"),
        *_sum_of(at, [gradient_term(grad[place], weight) for place, weight in met.items()]),
    )


def gradient_term(gradient, value):
    """Write a product of a gradient, such as (−0.002245)·0.29."""
    return f"{factor(gradient, _six)}·{factor(value, _six)}"


def _sum_of(at, terms):
    """Write a sum, two terms to a line."""
    if not terms:
        return [say("none has a gradient: 0")]
    rows = [" + ".join(terms[start : start + 2]) for start in range(0, len(terms), 2)]
    return sum_lines(rows, at)


def _not_backward(at):
    return at.comes_from({}, say("Nothing is learnt here: the gradient starts at ŷ. Choose another number."))


# name -> (in words, what explains a number, what explains its gradient); a reader can move the first four
_ARRAYS = {
    "image": (say("I, image"), _image, _image_back),
    "filter": (say("k, filter"), _filter, _filter_back),
    "weights1": (say("W₁, weights of the hidden units"), _weights1, _weights_back),
    "weights2": (say("W₂, weights of the output"), _weights2, _weights_back),
    "convolved": (say("A, before the ReLU"), _convolved, _convolved_back),
    "feature_map": (say("C, feature map"), _feature_map, _feature_map_back),
    "pooled": (say("P, pooled"), _pooled, _pooled_back),
    "flattened": (say("f, flattened"), _flattened, _flattened_back),
    "hidden_sums": (say("s, sums of the hidden units"), _affine, _logistic_back),
    "hidden": (say("h, hidden units"), _logistic, _hidden_back),
    "output_sum": (say("o, sum of the output"), _affine, _logistic_back),
    "prediction": (say("ŷ, prediction"), _logistic, _prediction_back),
    "target": (say("y, target"), _target, _not_backward),
    "loss": (say("L, loss"), _loss, _not_backward),
}
NAMES = {name: title for name, (title, _, _) in _ARRAYS.items()}
INPUTS = {name: NAMES[name] for name in ("image", *ALL_PARAMETERS)}
