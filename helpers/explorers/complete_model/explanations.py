"""What each number of the complete model is made from (section 3-1, equations 3.12 to 3.20)."""

from dataclasses import dataclass

import numpy as np

from helpers.explorers.explanation import Explanation, Number, block
from helpers.language import say, say_count
from helpers.wording import factor, fixed, indexed, listed, number, products, total

BRIGHTEST = 3
CHANNELS = (1, 2, 3)


@dataclass(frozen=True)
class _Number(Number):
    """A number in an array of this order."""

    order: str

    @property
    def channel(self):
        return KINDS[self.name][1]

    def named(self, kind):
        """Name the array of this kind in the number's own channel."""
        return f"{kind}{self.channel}"

    def array(self, kind):
        return self.arrays[self.named(kind)]

    def in_channels(self, kind):
        """Name the arrays of this kind in all channels: name -> the number at this place."""
        return {f"{kind}{c}": self.arrays[f"{kind}{c}"][self.place] for c in CHANNELS}

    def __str__(self):
        return number(self.arrays[self.name][self.place])


def explain(arrays, order, name, row, column):
    """Return an `Explanation` of a number; it says so where this order does not make the array.

    All arrays are handed over in two dimensions, by name; row and column count from 0.
    """
    title, explain_number = _ARRAYS[name]
    if name not in arrays:
        only = (
            say("Only the frameworks' order makes this array. Change the order to see it.")
            if name == "sum"
            else say("Only the chapter's order makes this array. Change the order to see it.")
        )
        return Explanation({}, (title, only))
    return explain_number(_Number(arrays, name, row, column, title, order))


def _image(at):
    convolved, kernel = at.array("convolved"), at.array("filter")
    top, left = max(at.row - len(kernel) + 1, 0), max(at.column - kernel.shape[1] + 1, 0)
    rows = min(at.row, len(convolved) - 1) - top + 1
    columns = min(at.column, convolved.shape[1] - 1) - left + 1
    return at.comes_from(
        {at.named("convolved"): block((top, left), (rows, columns))},
        say("Intensity {value} of at most {brightest}.", value=at, brightest=BRIGHTEST),
        say_count(
            "It lies under {count} window, see the marks in {array}.",
            "It lies under {count} windows, see the marks in {array}.",
            rows * columns,
            array=indexed("A", at.channel),
        ),
    )


def _filter(at):
    met = {
        (0, 0): say("Half a turn brings this weight to the lower right pixel of every window."),
        (0, 1): say("Half a turn brings this weight to the lower left pixel of every window."),
        (1, 0): say("Half a turn brings this weight to the upper right pixel of every window."),
        (1, 1): say("Half a turn brings this weight to the upper left pixel of every window."),
    }
    cells = at.whole(at.named("convolved"))
    return at.comes_from(
        {at.named("convolved"): cells},
        met[at.place],
        say("All {size} numbers of {array} share it.", size=len(cells), array=indexed("A", at.channel)),
    )


def _bias(at):
    if at.channel is None:
        return at.comes_from(
            {"scores": [at.place]}, say("Added to the score of class {number}.", number=at.row + 1)
        )
    biases = list(at.in_channels("bias").values())
    return at.comes_from(
        {at.named("convolved"): at.whole(at.named("convolved"))},
        say("Added to every number of {array}.", array=indexed("A", at.channel)),
        say(
            "In the frameworks' order one bias stands for all: {sum}.",
            sum=f"{total(biases)} = {number(sum(biases))}",
        ),
    )


def _convolved(at):
    kernel, bias = at.array("filter"), at.array("bias")[0, 0]
    window, whole = block(at.place, kernel.shape), at.whole(at.named("filter"))
    pixels = [at.array("image")[cell] for cell in window]
    return at.comes_from(
        {at.named("image"): window, at.named("filter"): whole, at.named("bias"): [(0, 0)]},
        say("Window times filter, turned by half a turn, plus bias:"),
        f"{products(pixels, np.flip(kernel).ravel())} + {factor(bias)} = {at}",
    )


def _map(at):
    return at.comes_from(
        {at.named("convolved"): [at.place]},
        say(
            "ReLU of {array}, equation {equation}:",
            array=indexed("A", at.channel),
            equation=f"3.1{at.channel + 1}",
        ),
        f"max({number(at.array('convolved')[at.place])}, 0) = {at}",
    )


def _sum(at):
    idea = say("Sum over the channels, before the ReLU; it holds one bias, b₁ + b₂ + b₃:")
    return _over_channels(at, "convolved", idea)


def _feature(at):
    if at.order == "frameworks":
        before = number(at.arrays["sum"][at.place])
        return at.comes_from({"sum": [at.place]}, say("ReLU of the sum:"), f"max({before}, 0) = {at}")
    return _over_channels(at, "map", say("C₁ + C₂ + C₃, equation 3.15:"))


def _over_channels(at, kind, idea):
    values = at.in_channels(kind)
    return at.comes_from({name: [at.place] for name in values}, idea, f"{total(values.values())} = {at}")


def _difference(at):
    here, difference = at.arrays["feature"][at.place], at.arrays["difference"][at.place]
    channels = at.in_channels("convolved")
    values = listed(map(number, channels.values()))
    if min(channels.values()) < 0 < max(channels.values()):
        reason = say(
            "The channels' {values} have both signs, so that the place of the ReLU matters.", values=values
        )
    else:
        reason = say("The channels' {values} do not differ in sign.", values=values)
    cells = {name: [at.place] for name in ("feature", *channels)}
    there = number(here - difference)
    return at.comes_from(
        cells, say("{here} in this order, {there} in the other.", here=number(here), there=there), reason
    )


def _pooled(at):
    feature = at.arrays["feature"]
    side = len(feature) // len(at.arrays["pooled"])
    cells = block((at.row * side, at.column * side), (side, side))
    return at.comes_from(
        {"feature": cells},
        say("Average of {side} × {side} numbers of C, equation 3.16:", side=side),
        f"({total([feature[cell] for cell in cells])}) / {len(cells)} = {at}",
    )


def _flattened(at):
    column, row = divmod(at.row, len(at.arrays["pooled"]))
    f, p = indexed("f", at.row + 1), indexed("P", row + 1, column + 1)
    return at.comes_from(
        {"pooled": [(row, column)]},
        say("{equation}: P is read column by column, equation 3.17.", equation=f"{f} = {p} = {at}"),
        say("Equation 3.18 puts it back: {equation}.", equation=f"{p} = {f}"),
    )


def _weights(at):
    return at.comes_from(
        {"flattened": [(at.column, 0)], "scores": [(at.row, 0)]},
        say(
            "Multiplies {input} in the score of class {number}.",
            input=indexed("f", at.column + 1),
            number=at.row + 1,
        ),
    )


def _scores(at):
    f, weights, bias = at.arrays["flattened"], at.arrays["weights"], at.arrays["bias"][at.place]
    return at.comes_from(
        {"flattened": at.whole("flattened"), "weights": block((at.row, 0), (1, len(f))), "bias": [at.place]},
        say("Score of class {number}, inside the softmax of equation 3.19:", number=at.row + 1),
        f"{products(f[:, 0], weights[at.row])} + {factor(bias)} = {at}",
    )


def _prediction(at):
    scores = at.arrays["scores"]
    powers = [f"exp({number(score)})" for score in scores[:, 0]]
    result = fixed(at.arrays["prediction"][at.place], 2)
    return at.comes_from(
        {"scores": at.whole("scores")},
        say("Probability of class {number}, softmax of the scores, equation 3.19:", number=at.row + 1),
        f"{powers[at.row]} / ({' + '.join(powers)}) = {result}",
    )


def _target(at):
    return at.comes_from({"loss": [(0, 0)]}, say("1 for the right class, 0 for the others."))


def _loss(at):
    prediction, target = at.arrays["prediction"], at.arrays["target"]
    pairs = zip(prediction[:, 0], target[:, 0], strict=True)
    squares = " + ".join(f"({fixed(p, 2)} − {y})²" for p, y in pairs)
    return at.comes_from(
        {name: at.whole(name) for name in ("prediction", "target")},
        say("Half the sum of the squared differences, equation 3.20:"),
        f"½ ({squares}) = {fixed(at.arrays['loss'][at.place], 4)}",
    )


# name -> (in words, what explains a number)
_ARRAYS = {
    "image1": (say("I₁, red channel"), _image),
    "image2": (say("I₂, green channel"), _image),
    "image3": (say("I₃, blue channel"), _image),
    "filter1": (say("k₁, red filter"), _filter),
    "filter2": (say("k₂, green filter"), _filter),
    "filter3": (say("k₃, blue filter"), _filter),
    "bias1": (say("b₁, red bias"), _bias),
    "bias2": (say("b₂, green bias"), _bias),
    "bias3": (say("b₃, blue bias"), _bias),
    **{
        f"convolved{c}": (say("{array}, before the ReLU", array=indexed("A", c)), _convolved)
        for c in CHANNELS
    },
    **{f"map{c}": (say("{array}, after the ReLU", array=indexed("C", c)), _map) for c in CHANNELS},
    "sum": ("A₁ + A₂ + A₃", _sum),
    "feature": (say("C, feature map"), _feature),
    "difference": (say("Difference to the other order"), _difference),
    "pooled": (say("P, pooled"), _pooled),
    "flattened": (say("f, flattened"), _flattened),
    "weights": (say("W, affine weights"), _weights),
    "bias": (say("b, affine bias"), _bias),
    "scores": (say("W f + b, scores"), _scores),
    "prediction": (say("ŷ, prediction"), _prediction),
    "target": (say("y, target"), _target),
    "loss": (say("L, loss"), _loss),
}
NAMES = {name: title for name, (title, _) in _ARRAYS.items()}
# name -> (kind, channel), the channel None for an array that stands for all of them
KINDS = {name: (name[:-1], int(name[-1])) if name[-1].isdigit() else (name, None) for name in NAMES}
