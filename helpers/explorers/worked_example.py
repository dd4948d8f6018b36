"""Explorers of the worked example: every number forward and backward, and learning (section 3-3)."""

import ipywidgets
import numpy as np

from helpers import chapter
from helpers.explorers.arithmetic import factor, products
from helpers.explorers.explorer import Explorer, dropdown, float_slider, int_slider
from helpers.figures import svg
from helpers.figures import worked_example as figures
from helpers.reference.losses import squared_error
from helpers.reference.pooling import max_pool2d_backward
from helpers.reference.worked_example import (
    ALL_PARAMETERS,
    learn,
    worked_example_backward,
    worked_example_forward,
)

_STEPS = 200
_EDITABLE = {
    "image": "I, image",
    "filter": "k, filter",
    "weights1": "W₁, weights of the hidden units",
    "weights2": "W₂, weights of the output",
}
_NAMES = {
    **_EDITABLE,
    "convolved": "A, before the ReLU",
    "feature_map": "C, feature map",
    "pooled": "P, pooled",
    "flattened": "f, flattened",
    "hidden_sums": "s, sums of the hidden units",
    "hidden": "h, hidden units",
    "output_sum": "o, sum of the output",
    "prediction": "ŷ, prediction",
    "target": "y, target",
    "loss": "L, loss",
}
_LIMITS = {"image": (0, 1), "filter": (-2, 2), "weights1": (-2, 2), "weights2": (-2, 2)}


def _example():
    return {
        "image": chapter.SECTION_3_3_INPUT.copy(),
        "filter": chapter.SECTION_3_3_FILTER.copy(),
        "weights1": chapter.SECTION_3_3_W1.copy(),
        "weights2": chapter.SECTION_3_3_W2.copy(),
    }


class _EditableExample(Explorer):
    """The chapter's numbers, any of which can be chosen and moved.

    A subclass hands over the controls "array", "cell", "value", "target" and "example" among others.
    """

    def __init__(self, controls):
        self._values = _example()
        self._selected = None
        super().__init__(controls)
        controls["example"].on_click(lambda button: self._start_again())

    def clicked(self, cell):
        """Choose a number that was clicked."""
        name, row, column = cell.split("-")
        columns = self._shapes()[name][1]
        self.set(array=name, cell=1)
        self.set(cell=int(row) * columns + int(column) + 1)

    def _shapes(self):
        """Give the (rows, columns) of each array that can be chosen."""
        return {name: values.shape for name, values in self._values.items()}

    def _parameters(self):
        return {name: self._values[name] for name in ALL_PARAMETERS}

    def _take_or_move(self):
        """Give the number the slider's value; where another one was chosen, the slider the number's.

        Returns the chosen cell, (name, row, column).
        """
        name = self.controls["array"].value
        rows, columns = self._shapes()[name]
        cell, slider = self.controls["cell"], self.controls["value"]
        if self._selected is None or self._selected[0] != name:
            cell.max, cell.value = rows * columns, 1
        row, column = divmod(cell.value - 1, columns)
        chosen = name, row, column
        slider.disabled = name not in _EDITABLE
        if name in _EDITABLE:
            if chosen == self._selected:
                self._values[name][row, column] = slider.value
            else:
                slider.min, slider.max = _LIMITS[name]
                slider.value = self._values[name][row, column]
        self._selected = chosen
        return chosen

    def _start_again(self):
        self._values = _example()
        self._selected = None
        self.set(target=chapter.SECTION_3_3_TARGET)


class WorkedExampleExplorer(_EditableExample):
    """Every number of Figures 3-9 and 3-10, forward or backward; a number that is chosen explains itself."""

    def __init__(self):
        directions = [("forward: the numbers", "forward"), ("backward: their gradients", "backward")]
        controls = {
            "direction": dropdown("Direction", directions),
            "target": float_slider("Target y", 1.0, 0.0, 1.0, 0.05),
            **_choice(_NAMES),
            "example": _button(),
        }
        controls["array"].value = "convolved"
        super().__init__(controls)

    def _shapes(self):
        return {name: values.shape for name, values in self._forward().items()}

    def _forward(self):
        """Give every array in two dimensions: vectors as columns, numbers as single cells."""
        target = self.controls["target"].value
        forward = worked_example_forward(self._values["image"], self._parameters(), target)
        return _two_dimensional({**self._values, **forward, "target": target})

    def draw(self):
        """Return the picture and its sentence."""
        chosen = self._take_or_move()
        forward = self._forward()
        target = self.controls["target"].value
        gradients = worked_example_backward(self._values["image"], self._parameters(), target)
        gradients = _two_dimensional(gradients)
        winners = _winners(forward)
        backward = self.state["direction"] == "backward"
        explain = _BACKWARD if backward else _FORWARD
        related, *lines = explain[chosen[0]](forward, gradients, winners, *chosen[1:])
        lines = [_title(*chosen, forward, backward), *lines]
        summary = _summary(forward, gradients, backward)
        picture = figures.worked_example(
            gradients if backward else forward,
            backward=backward,
            winners=winners,
            chosen=chosen,
            related=related,
            lines=lines,
            description=" ".join([*lines, summary]),
        )
        return picture, summary


def _two_dimensional(arrays):
    return {
        name: np.asarray(values, float) if np.ndim(values) == 2 else np.reshape(values, (-1, 1)).astype(float)
        for name, values in arrays.items()
    }


def _winners(forward):
    """Find the cell of C that won each block: the one that the gradient reaches, in the order of f."""
    places = []
    for j, i in np.ndindex(2, 2):
        only = np.zeros((2, 2))
        only[i, j] = 1
        places.append(tuple(np.argwhere(max_pool2d_backward(only, forward["feature_map"]))[0].tolist()))
    return places


def _title(name, row, column, forward, backward):
    rows, columns = forward[name].shape
    place = f", row {row + 1}" * (rows > 1) + f", column {column + 1}" * (columns > 1)
    return f"{'Gradient of ' if backward else ''}{_NAMES[name]}{place}"


def _summary(forward, gradients, backward):
    prediction, loss = forward["prediction"][0, 0], forward["loss"][0, 0]
    target = svg.trimmed(forward["target"][0, 0])
    if not backward:
        return f"The prediction is {prediction:.4f} for the target {target}; the loss is {loss:.4f}."
    reached = int(np.count_nonzero(gradients["convolved"]))
    largest = max(ALL_PARAMETERS, key=lambda name: np.abs(gradients[name]).max())
    return (
        f"With the prediction {prediction:.4f} and the target {target}, {reached} of 16 numbers before the "
        f"ReLU get a gradient; the largest gradient of a weight is in {_NAMES[largest].split(',')[0]}."
    )


def _n(value):
    return svg.trimmed(value)


def _six(value):
    """Write a gradient with six decimals at most, since gradients are small."""
    return svg.trimmed(value, 6)


# How each number came about. Each takes the arrays, the gradients, the winners and the place, and gives the
# cells that it is explained by and at most four lines.


def _whole(name, arrays):
    return [(name, *place) for place in np.ndindex(arrays[name].shape)]


def _image(a, g, winners, row, column):
    cells = [("convolved", i, j) for i in (row - 1, row) for j in (column - 1, column) if _inside(i, j)]
    return cells, "A pixel. Move Value to change it.", f"{len(cells)} of the 16 sums of A use it."


def _inside(i, j):
    return 0 <= i < 4 and 0 <= j < 4


def _filter(a, g, winners, row, column):
    return (
        _whole("convolved", a),
        "A weight of the filter. Move Value to change it.",
        "All 16 sums of A use it.",
    )


def _convolved(a, g, winners, row, column):
    window = a["image"][row : row + 2, column : column + 2]
    result = _n(a["convolved"][row, column])
    return (
        [("image", row + u, column + v) for u, v in np.ndindex(2, 2)] + _whole("filter", a),
        "The filter laid on the image as it stands, products added up:",
        f"{products(window[0], a['filter'][0], _n)} +",
        f"{products(window[1], a['filter'][1], _n)} = {result}",
    )


def _feature_map(a, g, winners, row, column):
    return (
        [("convolved", row, column)],
        "What is below 0 becomes 0:",
        f"max({_n(a['convolved'][row, column])}, 0) = {_n(a['feature_map'][row, column])}",
    )


def _pooled(a, g, winners, row, column):
    cells = [("feature_map", 2 * row + u, 2 * column + v) for u, v in np.ndindex(2, 2)]
    values = ", ".join(_n(a["feature_map"][i, j]) for _, i, j in cells)
    return cells, "The largest of the block:", f"max({values}) = {_n(a['pooled'][row, column])}"


def _flattened(a, g, winners, row, column):
    j, i = divmod(row, 2)
    return (
        [("pooled", i, j)],
        "P is read column by column:",
        f"{svg.indexed('f', row + 1)} = {svg.indexed('P', i + 1, j + 1)} = {_n(a['flattened'][row, 0])}",
    )


def _weight1(a, g, winners, row, column):
    return (
        [("flattened", row, 0), ("hidden_sums", column, 0)],
        f"Multiplies {svg.indexed('f', row + 1)} in the sum {svg.indexed('s', column + 1)}. "
        "Move Value to change it.",
    )


def _weight2(a, g, winners, row, column):
    return (
        [("hidden", row, 0), ("output_sum", 0, 0)],
        f"Multiplies {svg.indexed('h', row + 1)} in the output's sum. Move Value to change it.",
    )


def _hidden_sum(a, g, winners, row, column):
    weights = a["weights1"][:, row]
    return (
        _whole("flattened", a) + [("weights1", i, row) for i in range(4)],
        "Each number of f times the weight on its line:",
        f"{products(a['flattened'][:, 0], weights, _n)} = {_n(a['hidden_sums'][row, 0])}",
    )


def _hidden(a, g, winners, row, column):
    return (
        [("hidden_sums", row, 0)],
        "The logistic function of the sum:",
        _logistic(a, "hidden_sums", "hidden", row),
    )


def _output_sum(a, g, winners, row, column):
    return (
        _whole("hidden", a) + _whole("weights2", a),
        "Each hidden unit times the weight on its line:",
        f"{products(a['hidden'][:, 0], a['weights2'][:, 0], _n)} = {_n(a['output_sum'][0, 0])}",
    )


def _prediction(a, g, winners, row, column):
    return (
        [("output_sum", 0, 0)],
        "The logistic function of the sum:",
        _logistic(a, "output_sum", "prediction", 0),
    )


def _logistic(a, before, after, row):
    return f"1 / (1 + exp(−{factor(a[before][row, 0], _n)})) = {_n(a[after][row, 0])}"


def _target(a, g, winners, row, column):
    return [("loss", 0, 0)], "What the network should answer. Move Target y to change it."


def _loss(a, g, winners, row, column):
    return (
        [("prediction", 0, 0), ("target", 0, 0)],
        "Half the squared difference:",
        f"½ ({_n(a['prediction'][0, 0])} − {_n(a['target'][0, 0])})² = {_n(a['loss'][0, 0])}",
    )


def _prediction_back(a, g, winners, row, column):
    return (
        [],
        "How the loss ½ (ŷ − y)² changes with ŷ:",
        f"ŷ − y = {_n(a['prediction'][0, 0])} − {_n(a['target'][0, 0])} = {_six(g['prediction'][0, 0])}",
    )


def _slope(a, g, before, after, row):
    """Write a gradient times the slope of the logistic function."""
    value = _n(a[after][row, 0])
    return f"{_six(g[after][row, 0])}·{value}·(1 − {value}) = {_six(g[before][row, 0])}"


def _output_sum_back(a, g, winners, row, column):
    return (
        [("prediction", 0, 0)],
        "∂L/∂ŷ times the slope of the logistic function, ŷ (1 − ŷ):",
        _slope(a, g, "output_sum", "prediction", 0),
    )


def _weight2_back(a, g, winners, row, column):
    return (
        [("output_sum", 0, 0)],
        f"∂L/∂o times {svg.indexed('h', row + 1)}, the number that the weight multiplies:",
        f"{_six(g['output_sum'][0, 0])}·{_n(a['hidden'][row, 0])} = {_six(g['weights2'][row, 0])}",
    )


def _hidden_back(a, g, winners, row, column):
    return (
        [("output_sum", 0, 0)],
        "∂L/∂o times the weight on the line:",
        f"{_six(g['output_sum'][0, 0])}·{factor(a['weights2'][row, 0], _n)} = {_six(g['hidden'][row, 0])}",
    )


def _hidden_sum_back(a, g, winners, row, column):
    h = svg.indexed("h", row + 1)
    return (
        [("hidden", row, 0)],
        f"∂L/∂{h} times the slope of the logistic function, {h} (1 − {h}):",
        _slope(a, g, "hidden_sums", "hidden", row),
    )


def _weight1_back(a, g, winners, row, column):
    s, f = svg.indexed("s", column + 1), svg.indexed("f", row + 1)
    delta = _six(g["hidden_sums"][column, 0])
    return (
        [("hidden_sums", column, 0)],
        f"∂L/∂{s} times {f}, the number that the weight multiplies:",
        f"{delta}·{_n(a['flattened'][row, 0])} = {_six(g['weights1'][row, column])}",
    )


def _flattened_back(a, g, winners, row, column):
    return (
        _whole("hidden_sums", a),
        f"{svg.indexed('f', row + 1)} reaches the loss on two lines; each brings ∂L/∂s times its weight:",
        *_sum_lines(
            [
                _term(delta, weight)
                for delta, weight in zip(g["hidden_sums"][:, 0], a["weights1"][row], strict=True)
            ],
            g["flattened"][row, 0],
        ),
    )


def _pooled_back(a, g, winners, row, column):
    place = 2 * column + row
    p, f = svg.indexed("P", row + 1, column + 1), svg.indexed("f", place + 1)
    return (
        [("flattened", place, 0)],
        f"{p} stands at {f}, since P was read column by column:",
        f"∂L/∂{p} = ∂L/∂{f} = {_six(g['pooled'][row, column])}",
    )


def _feature_map_back(a, g, winners, row, column):
    block = row // 2, column // 2
    p = svg.indexed("P", block[0] + 1, block[1] + 1)
    if (row, column) in winners:
        line = f"It won its block, so all of ∂L/∂{p} comes here: {_six(g['feature_map'][row, column])}"
    else:
        line = "It did not win its block: a small change of it changes nothing. 0"
    return [("pooled", *block)], line


def _convolved_back(a, g, winners, row, column):
    before, arrived = a["convolved"][row, column], _six(g["feature_map"][row, column])
    passes = before > 0
    return (
        [("feature_map", row, column)],
        f"The ReLU's mask is {int(passes)}, since {_n(before)} is {'' if passes else 'not '}above 0:",
        f"{arrived}·{int(passes)} = {_six(g['convolved'][row, column])}",
    )


def _filter_back(a, g, winners, row, column):
    """Spell out the sum over the positions that have a gradient; at most four have."""
    places = [tuple(place) for place in np.argwhere(g["convolved"]).tolist()]
    terms = [_term(g["convolved"][i, j], a["image"][i + row, j + column]) for i, j in places]
    return (
        [("convolved", *place) for place in places],
        "Every ∂L/∂A times the pixel that lies under this weight there:",
        *_sum_lines(terms, g["filter"][row, column]),
    )


def _image_back(a, g, winners, row, column):
    places = [
        (row - u, column - v, u, v)
        for u, v in np.ndindex(2, 2)
        if _inside(row - u, column - v) and g["convolved"][row - u, column - v] != 0
    ]
    terms = [_term(g["convolved"][i, j], a["filter"][u, v]) for i, j, u, v in places]
    return (
        [("convolved", i, j) for i, j, _, _ in places],
        "∂L/∂A of every sum that uses this pixel, times the weight it meets there:",
        *_sum_lines(terms, g["image"][row, column]),
    )


def _term(gradient, value):
    return f"{factor(gradient, _six)}·{factor(value, _n)}"


def _sum_lines(terms, result):
    """Write a sum over two lines if it is long."""
    if not terms:
        return ["No term: 0"]
    rows = [" + ".join(terms[start : start + 2]) for start in range(0, len(terms), 2)]
    return [*(f"{row} +" for row in rows[:-1]), f"{rows[-1]} = {_six(result)}"]


def _not_backward(a, g, winners, row, column):
    return [], "Nothing is learnt here: the gradient starts at ŷ. Choose another number."


_FORWARD = {
    "image": _image,
    "filter": _filter,
    "convolved": _convolved,
    "feature_map": _feature_map,
    "pooled": _pooled,
    "flattened": _flattened,
    "weights1": _weight1,
    "hidden_sums": _hidden_sum,
    "hidden": _hidden,
    "weights2": _weight2,
    "output_sum": _output_sum,
    "prediction": _prediction,
    "target": _target,
    "loss": _loss,
}
_BACKWARD = {
    "image": _image_back,
    "filter": _filter_back,
    "convolved": _convolved_back,
    "feature_map": _feature_map_back,
    "pooled": _pooled_back,
    "flattened": _flattened_back,
    "weights1": _weight1_back,
    "hidden_sums": _hidden_sum_back,
    "hidden": _hidden_back,
    "weights2": _weight2_back,
    "output_sum": _output_sum_back,
    "prediction": _prediction_back,
    "target": _not_backward,
    "loss": _not_backward,
}


class LearningExplorer(_EditableExample):
    """Two hundred steps of learning by the gradient and by the chapter's steps, from any numbers."""

    _RULES = (("gradient", "by the gradient"), ("chapter", "by the printed steps"))

    def __init__(self):
        self._learnt = None
        super().__init__(
            {
                "learning": dropdown(
                    "Learn", [("k, W₁ and W₂", ALL_PARAMETERS), ("the filter k alone", ("filter",))]
                ),
                "target": float_slider("Target y", 1.0, 0.0, 1.0, 0.05),
                "rate": float_slider("Learning rate η", 1.0, 0.0, 10.0, 0.1),
                "step": int_slider("Step", 1, 0, _STEPS),
                **_choice(_EDITABLE),
                "example": _button(),
            }
        )

    def draw(self):
        """Return the picture and its sentence."""
        chosen = self._take_or_move()
        state = self.state
        step, target = state["step"], state["target"]
        runs = self._learn(target, state["rate"], state["learning"])
        predictions = [curve for _, curve in runs]
        summary = _learning_summary(predictions, step, target, state["rate"])
        picture = figures.learning(
            self._values,
            [(name, path[step]) for (_, name), (path, _) in zip(self._RULES, runs, strict=True)],
            predictions,
            step=step,
            target=target,
            chosen=chosen,
            description=summary,
        )
        return picture, summary

    def _learn(self, *settings):
        """Learn by both rules; again only if something that matters to it has changed."""
        key = settings, *(values.tobytes() for values in self._values.values())
        if self._learnt is None or self._learnt[0] != key:
            target, rate, learning = settings
            runs = [
                learn(self._values["image"], self._parameters(), target, rate, _STEPS, rule, learning)
                for rule, _ in self._RULES
            ]
            self._learnt = key, runs
        return self._learnt[1]


def _learning_summary(predictions, step, target, rate):
    first = predictions[0][0]
    before = squared_error([first], [target])
    gradient, printed = (curve[step] for curve in predictions)
    after = [squared_error([value], [target]) for value in (gradient, printed)]
    sentence = (
        f"At the start ŷ is {first:.4f} and the loss {before:.4f}. After {step} step{'s' * (step != 1)} with "
        f"η = {svg.trimmed(rate)} by the gradient ŷ is {gradient:.4f} and the loss {after[0]:.4f}; by the "
        f"printed steps ŷ is {printed:.4f} and the loss {after[1]:.4f}."
    )
    if after[1] > before:
        sentence += " The printed steps have made the loss larger."
    return sentence


def _choice(names):
    """Make the controls that choose a number and move it."""
    return {
        "array": dropdown("Choose", [(text, name) for name, text in names.items()]),
        "cell": int_slider("Cell", 1, 1, 25),
        "value": float_slider("Value", 0.0, -2.0, 2.0, 0.01),
    }


def _button():
    return ipywidgets.Button(
        description="Back to the chapter's numbers",
        tooltip="The chapter's image, filter, weights and target",
        layout=ipywidgets.Layout(width="230px"),
    )
