"""What the reader writes in lesson 3-4: the parameters of a network given as a table; filters of 1 x 1."""

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.conv2d import conv2d
from helpers.reference.vgg import POOL, VGG_16, vgg_layers


def _parameters(table, side, units):
    return sum(layer.parameters for layer in vgg_layers(table, units, side))


def _slip(sentence, **change):
    """Return a slip: the count with one thing changed."""
    return Slip(lambda table, side, units: _miscounted(table, side, units, **change), sentence)


def _miscounted(
    table,
    side,
    units,
    *,
    taps=9,
    biases=lambda filters: filters,
    places=lambda side: 1,
    carried=True,
    shrinks=0,
    halved=lambda side: side // 2,
    flattened=lambda side, maps: side**2 * maps,
    onward=True,
):
    total, channels = 0, 3
    for entry in table:
        if entry == POOL:
            side = halved(side)
            continue
        total += (taps * channels * entry + biases(entry)) * places(side)
        side -= shrinks
        maps = entry
        channels = entry if carried else channels
    inputs = flattened(side, maps)
    for count in units:
        total += inputs * count + biases(count)
        inputs = count if onward else inputs
    return total


VGG_PARAMETERS = Task(
    name="my_vgg_parameters",
    reference=_parameters,
    cases=[
        ([4], 2, []),
        ([4, 5], 2, []),
        ([5, POOL], 6, [10]),
        ([4, 2, POOL], 6, [10, 7]),
        ([4, POOL, 6, 2, POOL], 22, [5, 3]),
        (list(VGG_16), 224, [4096, 4096, 1000]),
    ],
    slips=[
        _slip(
            say("The biases are missing: one for each filter, and one for each unit."),
            biases=lambda filters: 0,
        ),
        _slip(
            say("You have one bias for a whole layer. Each filter has one of its own, and each unit."),
            biases=lambda filters: 1,
        ),
        # In the first layer of three channels this is also what comes out if the channels are forgotten.
        _slip(say("A 3 × 3 filter has nine weights for each channel that it gets."), taps=3),
        _slip(
            say("You have counted every place. A weight is kept once, at however many places it is used."),
            places=lambda side: side**2,
        ),
        _slip(
            say(
                "Only the first layer gets 3 channels. The next one gets a channel from each filter before "
                "it."
            ),
            carried=False,
        ),
        _slip(
            say("The maps are flattened: each of them gives rows times columns numbers to the dense layer."),
            flattened=lambda side, maps: maps,
        ),
        _slip(say("A map has rows and columns: square its side."), flattened=lambda side, maps: side * maps),
        _slip(
            say("One map alone goes into your dense layer. All of them do."),
            flattened=lambda side, maps: side**2,
        ),
        _slip(say("Pooling halves the side: keep account of it as you go."), halved=lambda side: side),
        _slip(say("The convolutions keep the side: the padding is “same”."), shrinks=2),
        _slip(
            say(
                "Only the first dense layer gets the maps. The next one gets a number from each unit before "
                "it."
            ),
            onward=False,
        ),
        _slip(
            say("Where the side is odd, the last row and column are left over: round down."),
            halved=lambda side: side / 2,
        ),
    ],
)


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
