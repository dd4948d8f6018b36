"""Every number of the worked example, forward and backward (section 3-3, Figures 3-9 and 3-10)."""

import numpy as np

from helpers import chapter
from helpers.drawing import svg
from helpers.explorers.controls import button, dropdown, float_slider, tied_to
from helpers.explorers.explanation import in_two_dimensions
from helpers.explorers.explorer import Explorer
from helpers.explorers.worked_example.explanations import INPUTS, NAMES, explain, winning_cells
from helpers.explorers.worked_example.pictures import both_figures
from helpers.language import say, say_count
from helpers.reference.worked_example import ALL_PARAMETERS, worked_example_backward, worked_example_forward
from helpers.wording import fixed, trimmed

SYMBOLS = {"filter": "k", "weights1": "W₁", "weights2": "W₂"}
_RANGE = {"smallest": -2.0, "largest": 2.0, "step": 0.01}  # of every number that can be moved


class EditableExample(Explorer):
    """The chapter's numbers, any of which can be chosen and moved.

    A subclass hands over, among others, the controls "target" and those of `choice`, and defines `shape`.
    """

    def __init__(self, controls):
        self._values, self._attempt = _example(), 1
        super().__init__(controls)

    def choice(self, names):
        """Make the controls that choose a number out of arrays, name -> text, and move it."""
        return {
            "array": dropdown(say("Choose"), [(text, name) for name, text in names.items()]),
            "cell": None,
            "value": None,
            "example": button(
                say("Back to the chapter's numbers"),
                say("The chapter's image, filter, weights and target"),
                self._start_again,
            ),
        }

    def shape(self, name):
        """Return the (rows, columns) of an array that can be chosen."""
        return self._values[name].shape

    def clicked(self, cell):
        """Choose a number that was clicked."""
        name, *place = svg.cell_place(cell)
        self.set(array=name, cell=tuple(place))

    def adjust(self):
        """Offer the cells of this array, at the first, and the slider of the number that is chosen."""
        name = self.state["array"]
        self.offer_cell("cell", name, say("Cell"), self.shape(name))
        if name in INPUTS:
            values, place = self._values[name], self.controls["cell"].place
            self.offer("value", (self._attempt, name, place), lambda: _moving(values, place))
        else:
            self.offer("value", None, _resting)

    @property
    def chosen(self):
        """The chosen cell, (name, row, column)."""
        return self.state["array"], *self.controls["cell"].place

    @property
    def image(self):
        """The image as it is now."""
        return self._values["image"]

    @property
    def parameters(self):
        """The filter and the weights as they are now."""
        return {name: self._values[name] for name in ALL_PARAMETERS}

    def _start_again(self):
        # The sliders of the last attempt keep its arrays, and late messages with them.
        self._values, self._attempt = _example(), self._attempt + 1
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
        controls = {
            "direction": dropdown(say("Direction"), directions),
            "target": target_slider(),
            **self.choice(NAMES),
        }
        controls["array"].value = "convolved"
        super().__init__(controls)

    def shape(self, name):
        """Return the (rows, columns) of an array that can be chosen."""
        return _SHAPES[name]

    def draw(self):
        """Return the picture and its sentence."""
        state, chosen = self.state, self.chosen
        target, backward = state["target"], state["direction"] == "backward"
        forward = _forward(self.image, self.parameters, target)
        gradients = {
            # Terms that cancel leave 0 on one processor and 1e-19 on another: neither is a gradient.
            name: np.round(in_two_dimensions(values), 12)
            for name, values in worked_example_backward(self.image, self.parameters, target).items()
        }
        explanation = explain(forward, gradients, backward, *chosen)
        summary = _backward_summary(forward, gradients) if backward else _forward_summary(forward)
        picture = both_figures(
            gradients if backward else forward,
            backward=backward,
            winners=winning_cells(forward),
            chosen=chosen,
            explanation=explanation,
            description=" ".join([*explanation.lines, summary]),
        )
        return picture, summary


def _forward(image, parameters, target):
    """Return every array in two dimensions: vectors as columns, numbers as single cells."""
    forward = worked_example_forward(image, parameters, target)
    arrays = {"image": image, **parameters, **forward, "target": target}
    return {name: in_two_dimensions(values) for name, values in arrays.items()}


_SHAPES = {
    name: values.shape
    for name, values in _forward(
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
