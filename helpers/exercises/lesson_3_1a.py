"""What the reader writes in lesson 3-1a: the count of a dense network's weights and biases."""

from itertools import pairwise

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.chapter_rules import chapter_dense_weights
from helpers.reference.counting import dense_parameters


def _reference(layers):
    return sum(dense_parameters(inputs, units) for inputs, units in pairwise(layers))


def _weights(layers):
    return sum(inputs * units for inputs, units in pairwise(layers))


COUNT = Task(
    name="my_count",
    reference=_reference,
    cases=[([6, 2, 2, 3],), ([5, 4, 2],), ([784, 10],), ([3072, 100, 10],), ([784, 100, 100, 10],)],
    slips=[
        Slip(
            chapter_dense_weights,
            say("You have multiplied all the layers, as the printed chapter does. Add them up."),
        ),
        Slip(_weights, say("The biases are missing: one for each unit.")),
        Slip(
            lambda layers: _weights(layers) + sum(layers),
            say("The inputs have no biases: they are only passed on."),
        ),
        Slip(
            lambda layers: _weights(layers) + sum(layers[:-1]),
            say("A bias belongs to each unit of a layer, not to each number that comes into it."),
        ),
        Slip(
            lambda layers: _weights(layers) + len(layers) - 1,
            say("That is one bias for each layer. Every unit has one of its own."),
        ),
        Slip(
            lambda layers: dense_parameters(*layers[:2]),
            say("You have counted the first layer only. Does your `return` stand inside the loop?"),
        ),
        Slip(
            lambda layers: dense_parameters(*layers[-2:]),
            say("You have counted the last layer only. Add it to those before it: `+=`."),
        ),
        Slip(
            lambda layers: _reference(layers[:-1]),
            say("The last layer is missing: from the last hidden layer to the classes."),
        ),
        Slip(
            lambda layers: _reference(layers[1:]),
            say(
                "The first layer is missing: from the inputs to the first hidden layer. Python counts from 0."
            ),
        ),
        Slip(
            lambda layers: _reference([layers[-1], *layers]),
            say(
                "One layer too many, from the last units to the inputs: `layers[-1]` is the last of the list."
            ),
        ),
        Slip(
            lambda layers: sum(dense_parameters(layers[0], units) for units in layers[1:]),
            say("A layer is joined to the one before it, and only the first one to the inputs."),
        ),
    ],
)
