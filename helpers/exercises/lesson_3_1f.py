"""What the reader writes in lesson 3-1f: a layer over several channels, and a softmax (equation 3.19)."""

import numpy as np

from helpers.chapter.examples import EXAMPLE, TWO_BIASES, TWO_FILTERS
from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.activations import logistic, softmax
from helpers.reference.conv2d import conv2d


def _layer(image, kernels, biases):
    return conv2d(image[np.newaxis], kernels, biases)[0]


def _channel_by_channel(image, kernels, biases):
    return [_layer(image[..., [c]], kernels[:, :, [c]], biases) for c in range(image.shape[-1])]


def _each_channel_cut_off(image, kernels, biases):
    no_biases = np.zeros_like(biases)
    return sum(np.maximum(maps, 0) for maps in _channel_by_channel(image, kernels, no_biases)) + biases


def _first(maps):
    """Return nothing but the first number of the maps."""
    only = np.zeros(maps.shape)
    only[0, 0, 0] = maps[0, 0, 0]
    return only


_RNG = np.random.default_rng(32)

CHANNELS = Task(
    name="my_conv_channels",
    reference=_layer,
    cases=[
        (EXAMPLE["image"][:2, 1:3], TWO_FILTERS[..., :1], np.array([4])),
        (EXAMPLE["image"][:3, :3], TWO_FILTERS, TWO_BIASES),
        (EXAMPLE["image"], TWO_FILTERS, TWO_BIASES),
        (_RNG.integers(0, 10, (4, 5, 2)) / 4, _RNG.integers(-4, 5, (3, 3, 2, 3)) / 4, np.array([0.5, 0, -1])),
    ],
    slips=[
        Slip(
            lambda *given: np.concatenate(_channel_by_channel(*given), axis=-1),
            say("You make a map for each channel. The channels are added up: one map for each filter."),
        ),
        Slip(
            lambda *given: np.stack(_channel_by_channel(*given), axis=-1),
            say("Each number is still split by channels. Add the channels up, too: `np.sum` of the window."),
        ),
        Slip(
            lambda *given: np.sum(_channel_by_channel(*given), axis=0),
            say("You add the bias once for each channel. It belongs to the filter and is added once."),
        ),
        Slip(
            lambda image, kernels, biases: _layer(image, kernels, 0 * biases),
            say("The bias is missing: one for each filter."),
        ),
        Slip(
            lambda image, kernels, biases: _layer(image, np.flip(kernels, (0, 1)), biases),
            say("You have turned the filters. A framework's layer lays them on as they stand."),
        ),
        Slip(
            lambda *given: _channel_by_channel(*given)[0],
            say("Only the first channel is used. Add up the products of all channels."),
        ),
        Slip(
            lambda *given: _channel_by_channel(*given)[-1],
            say("Only the last channel is left: add each one with `+=`."),
        ),
        Slip(
            lambda image, kernels, biases: _layer(image, kernels, biases * kernels[..., 0].size),
            say("You add the bias to each product. It is added once, to their sum."),
        ),
        Slip(
            lambda image, kernels, biases: _layer(
                image, np.repeat(kernels[..., :1], len(biases), -1), biases
            ),
            say("Every map comes from the first filter. Filter $q$ is `kernels[..., q]`."),
        ),
        Slip(
            lambda image, kernels, biases: _layer(image, kernels, np.full_like(biases, biases.sum())),
            say("Each map has got the biases of all filters. Map $q$ gets `biases[q]` alone."),
        ),
        Slip(
            _each_channel_cut_off,
            say("You cut off below zero in each channel, as the chapter does. Here no ReLU is asked for."),
        ),
        Slip(
            lambda *given: _first(_layer(*given)),
            say("Only the first number is there. Does `return` stand inside the loop?"),
        ),
        Slip(
            lambda image, kernels, biases: _layer(
                image.sum(axis=-1, keepdims=True), kernels[:, :, :1], biases
            ),
            say("All channels have met the same slice. Each has a slice of its own: `kernels[:, :, c]`."),
        ),
        Slip(
            lambda image, kernels, biases: np.maximum(_layer(image, kernels, biases), 0),
            say("Right, and then a ReLU. It is a step of its own; leave it out here."),
        ),
        Slip(
            lambda *given: np.moveaxis(_layer(*given), -1, 0),
            say("The maps come last: the result has the shape (rows, columns, filters)."),
        ),
    ],
    long_case=(_RNG.normal(size=(24, 24, 3)), _RNG.normal(size=(3, 3, 3, 8)), np.zeros(8)),
)


def _quiet(function):
    """Let a slip overflow without a warning."""

    def called(scores):
        with np.errstate(all="ignore"):
            return function(scores)

    return called


def _shares(powers):
    return powers / powers.sum(axis=-1, keepdims=True)


def _bare(powers):
    """Divide by the sums of the rows, which are no longer beside their rows."""
    return powers / powers.sum(axis=-1)


def _powers(scores):
    return np.exp(scores - scores.max(axis=-1, keepdims=True))


def _softmax(scores):
    return softmax(scores)


SOFTMAX = Task(
    name="my_softmax",
    reference=_softmax,
    cases=[
        (np.array([1.0, 0.0, 2.0]),),
        (np.array([1.9, 1.6, 0.15]),),
        (np.array([-2.0, -3.0, -2.5]),),
        (np.array([1000.0, 999.0, 0.0]),),
        (np.array([0.0, 1200.0, 0.0]),),
        (np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [2.0, -1.0, 0.0]]),),
        (np.array([[1000.0, 999.0], [-1000.0, -1001.0]]),),
    ],
    slips=[
        Slip(
            _quiet(_shares),
            say("These are shares of the scores themselves. Take $e$ to the power of each first."),
        ),
        Slip(_quiet(np.exp), say("These are the powers. Divide each by the sum of all of them.")),
        Slip(
            lambda scores: np.exp(scores - scores.max()),
            say("The largest is 1 now, but the numbers do not add up to 1: divide by their sum."),
        ),
        Slip(
            _quiet(lambda scores: np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)),
            say("$e$ to the power of 1000 is too large. Subtract the largest score from all of them first."),
        ),
        Slip(
            _quiet(lambda scores: _powers(scores) / np.exp(scores).sum(axis=-1, keepdims=True)),
            say("You shift the scores above the fraction bar only. Shift those below it, too."),
        ),
        Slip(
            _quiet(lambda scores: _shares(np.exp(scores - scores.mean(axis=-1, keepdims=True)))),
            say("You subtract the mean. The largest score may still lie far above it: subtract the largest."),
        ),
        Slip(
            lambda scores: np.ones(scores.shape),
            say(
                "Each score has been taken for a row of its own. A single vector has no rows: use `axis=-1`."
            ),
        ),
        Slip(
            logistic,
            say("These are sigmoids, each made from its own score alone. Divide by the sum of all powers."),
        ),
        Slip(
            lambda scores: softmax(scores.ravel()).reshape(scores.shape),
            say(
                "All pictures share one sum. Each row has a sum of its own: `axis=-1`, with `keepdims=True`."
            ),
        ),
        Slip(
            lambda scores: _powers(scores) / _powers(scores).sum(),
            say("All pictures share one sum. Let each row have its own: `axis=-1`, with `keepdims=True`."),
        ),
        Slip(
            _quiet(lambda scores: _bare(np.exp(scores - scores.max(axis=-1)))),
            say(
                "Largest score and sum of row 1 have met column 1. `keepdims=True` leaves them beside row 1."
            ),
        ),
        Slip(
            lambda scores: softmax(scores.T).T,
            say("You have added up the columns. The classes of a picture lie along the last axis."),
        ),
        Slip(
            lambda scores: _powers(scores) / _powers(scores).sum(axis=0),
            say("You have divided by the sums of the columns. The classes lie along the last axis."),
        ),
        Slip(
            lambda scores: _powers(scores) / _powers(scores).sum(axis=-1),
            say("The sum of row 1 has divided column 1. `keepdims=True` leaves each sum beside its row."),
        ),
        Slip(
            _quiet(lambda scores: _shares(np.exp(scores - scores.max(axis=-1)))),
            say("Row 1's largest score was taken from column 1. `keepdims=True` leaves it beside its row."),
        ),
        Slip(
            _quiet(lambda scores: _shares(np.exp(scores - scores.max()))),
            say("You subtract the largest score of *all* pictures. Each row needs its own largest one."),
        ),
    ],
)
