"""What the reader writes in lesson 3-4."""

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.conv2d import conv2d


def _pointwise(x, weights, bias):
    return conv2d(x[np.newaxis], weights[np.newaxis, np.newaxis], bias)[0]


def _summed(x, weights, bias):
    """Add up the channels before the weights, so that each filter's weights only add up, too."""
    return x.sum(axis=2, keepdims=True) * weights.sum(axis=0) + bias


_MAPS = np.array([[[1, 2, 0], [0, 1, 3]], [[2, -1, 1], [4, 0, -2]]])
_SQUARE = np.array([[1, 2, 0], [-1, 0, 3], [2, 1, -2]])

POINTWISE = Task(
    name="my_pointwise",
    reference=_pointwise,
    cases=[
        (np.array([[[2, 1, 3]]]), _SQUARE, np.array([0, 0, 0])),
        (_MAPS, _SQUARE, np.array([0, 0, 0])),
        (_MAPS, np.array([[1, 3], [4, -1], [-1, 2]]), np.array([10, -20])),
        (_MAPS[:1] / 4, np.array([[0.5], [-1.5], [2.0]]), np.array([0.25])),
    ],
    slips=[
        Slip(lambda x, weights, bias: x @ weights, say("The bias is missing: each filter adds its own.")),
        Slip(
            lambda x, weights, bias: x @ weights.T + bias,
            say("Rows and columns of `weights` are swapped: a row belongs to a channel that comes in."),
        ),
        Slip(
            lambda x, weights, bias: np.maximum(x @ weights + bias, 0),
            say("There is a ReLU in it. Here only the convolution is asked for."),
        ),
        Slip(
            _summed,
            say("Each channel has a weight of its own: multiply first, then add up over the channels."),
        ),
        Slip(
            lambda x, weights, bias: x.reshape(-1, len(weights)) @ weights + bias,
            say(
                "The numbers are right, but the pixels stand in one row: bring them back into the "
                "picture's shape."
            ),
        ),
    ],
    long_case=(
        np.arange(60.0 * 60 * 8).reshape(60, 60, 8) % 7,
        np.arange(64.0).reshape(8, 8) % 5,
        np.arange(8.0),
    ),
)
