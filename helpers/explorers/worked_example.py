"""Explorers of the worked example: every number forward and backward, and learning (section 3-3)."""

import ipywidgets
import numpy as np

from helpers import chapter
from helpers.explorers.controls import dropdown, float_slider, int_slider, tied_to
from helpers.explorers.explorer import Explorer
from helpers.explorers.worked_arithmetic import BACKWARD, FORWARD, in_two_dimensions, winning_cells
from helpers.figures import worked_example as figures
from helpers.reference.losses import squared_error
from helpers.reference.worked_example import (
    ALL_PARAMETERS,
    learn,
    worked_example_backward,
    worked_example_forward,
)
from helpers.wording import trimmed

_STEPS = 200
_RANGE = {"smallest": -2.0, "largest": 2.0, "step": 0.01}  # of every number that can be moved
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


def _example():
    arrays = {"image": chapter.SECTION_3_3_INPUT, **chapter.SECTION_3_3_PARAMETERS}
    return {name: values.copy() for name, values in arrays.items()}


class _EditableExample(Explorer):
    """The chapter's numbers, any of which can be chosen and moved.

    A subclass hands over the controls "array", "cell", "value", "target" and "example" among others.
    """

    def __init__(self, controls):
        self._values, self._attempt = _example(), 1
        super().__init__(controls)
        controls["example"].on_click(lambda button: self._start_again())

    def clicked(self, cell):
        """Choose a number that was clicked."""
        name, row, column = cell.split("-")
        columns = self._shapes()[name][1]
        self.set(array=name, cell=int(row) * columns + int(column) + 1)

    def adjust(self):
        """Offer the cells of this array, at the first, and the slider of the number that is chosen."""
        name = self.state["array"]
        rows, columns = self._shapes()[name]
        self.offer("cell", name, lambda: int_slider("Cell", 1, 1, rows * columns), start=1)
        if name in _EDITABLE:
            values, (_, *place) = self._values[name], self._chosen()
            self.offer("value", (self._attempt, name, *place), lambda: _moving(values, tuple(place)))
        else:
            self.offer("value", None, _resting)

    def _shapes(self):
        """Give the (rows, columns) of each array that can be chosen."""
        return {name: values.shape for name, values in self._values.items()}

    def _parameters(self):
        return {name: self._values[name] for name in ALL_PARAMETERS}

    def _chosen(self):
        """Give the chosen cell, (name, row, column)."""
        name = self.state["array"]
        return name, *divmod(self.state["cell"] - 1, self._shapes()[name][1])

    def _start_again(self):
        # The sliders of the last attempt keep its arrays, and late messages with them.
        self._values, self._attempt = _example(), self._attempt + 1
        self.set(target=chapter.SECTION_3_3_TARGET)


def _moving(values, place):
    """Make the slider of one number."""
    value = _as_a_page_rounds(values[place], **_RANGE)
    return tied_to(values, place, float_slider("Value", value, **_RANGE))


def _resting():
    """Make the slider that stands where a number cannot be moved."""
    slider = float_slider("Value", 0.0, **_RANGE)
    slider.disabled = True
    return slider


def _as_a_page_rounds(value, smallest, largest, step):
    """Round to a step of a slider, to the last bit as a page does.

    It would answer to anything else with its own rounding: a number would change when it is only chosen.
    """
    width = largest - smallest
    percent = step * 100 / width
    return round((value - smallest) / step) * percent * width / 100 + smallest


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
        example = worked_example_forward(
            chapter.SECTION_3_3_INPUT, chapter.SECTION_3_3_PARAMETERS, chapter.SECTION_3_3_TARGET
        )
        arrays = in_two_dimensions({**_example(), **example, "target": chapter.SECTION_3_3_TARGET})
        self._all_shapes = {name: values.shape for name, values in arrays.items()}
        super().__init__(controls)

    def _shapes(self):
        return self._all_shapes

    def _forward(self):
        """Give every array in two dimensions: vectors as columns, numbers as single cells."""
        target = self.controls["target"].value
        forward = worked_example_forward(self._values["image"], self._parameters(), target)
        return in_two_dimensions({**self._values, **forward, "target": target})

    def draw(self):
        """Return the picture and its sentence."""
        chosen = self._chosen()
        forward = self._forward()
        target = self.controls["target"].value
        gradients = worked_example_backward(self._values["image"], self._parameters(), target)
        # Terms that cancel leave 0 on one processor and 1e-19 on another: neither is a gradient.
        gradients = {name: np.round(values, 12) for name, values in in_two_dimensions(gradients).items()}
        winners = winning_cells(forward)
        backward = self.state["direction"] == "backward"
        explain = BACKWARD if backward else FORWARD
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


def _title(name, row, column, forward, backward):
    rows, columns = forward[name].shape
    place = f", row {row + 1}" * (rows > 1) + f", column {column + 1}" * (columns > 1)
    return f"{'Gradient of ' if backward else ''}{_NAMES[name]}{place}"


def _summary(forward, gradients, backward):
    prediction, loss = forward["prediction"][0, 0], forward["loss"][0, 0]
    target = trimmed(forward["target"][0, 0])
    if not backward:
        return f"The prediction is {prediction:.4f} for the target {target}; the loss is {loss:.4f}."
    reached = int(np.count_nonzero(gradients["convolved"]))
    largest = max(ALL_PARAMETERS, key=lambda name: np.abs(gradients[name]).max())
    return (
        f"With the prediction {prediction:.4f} and the target {target}, {reached} of 16 numbers before the "
        f"ReLU get a gradient; the largest gradient of a weight is in {_NAMES[largest].split(',')[0]}."
    )


class WorkedLearningExplorer(_EditableExample):
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
                "rate": float_slider("Learning rate η", 1.0, 0.1, 10.0, 0.1),
                "step": int_slider("Step", 1, 0, _STEPS),
                **_choice(_EDITABLE),
                "example": _button(),
            }
        )

    def draw(self):
        """Return the picture and its sentence."""
        chosen = self._chosen()
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
        f"η = {trimmed(rate)} by the gradient ŷ is {gradient:.4f} and the loss {after[0]:.4f}; by the "
        f"printed steps ŷ is {printed:.4f} and the loss {after[1]:.4f}."
    )
    if after[1] > before:
        sentence += " The printed steps have made the loss larger."
    return sentence


def _choice(names):
    """Make the controls that choose a number and move it."""
    return {
        "array": dropdown("Choose", [(text, name) for name, text in names.items()]),
        "cell": None,
        "value": None,
    }


def _button():
    return ipywidgets.Button(
        description="Back to the chapter's numbers",
        tooltip="The chapter's image, filter, weights and target",
        layout=ipywidgets.Layout(width="230px"),
    )
