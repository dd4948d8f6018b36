"""What the layers of a variant cost: how many weights they hold, and how often one multiplies."""

import math
from types import SimpleNamespace
from typing import NamedTuple

from helpers.reference.counting import conv2d_operations, conv2d_parameters, dense_parameters
from helpers.reference.geometry import output_size


class Costs(NamedTuple):
    """What layers cost.

    Attributes:
        shape: of what they give out, (H, W, C) or (units,).
        parameters: weights, biases, and the means and variances of a normalisation.
        multiplications: of a weight, for one picture; those of a normalisation can be made one with them.
    """

    shape: tuple[int, ...]
    parameters: int = 0
    multiplications: int = 0


def costs(stack, shape):
    """Count what the layers of a variant cost.

    Args:
        stack: a `Variant.stack`.
        shape: (H, W, C) of a picture.

    Returns:
        A `Costs`.
    """
    return _of_steps(stack(_COUNTERS), shape)


def _of_steps(steps, shape):
    parameters = multiplications = 0
    for step in steps:
        found = _of_branches(step, shape) if isinstance(step, tuple) else step(shape)
        shape = found.shape
        parameters += found.parameters
        multiplications += found.multiplications
    return Costs(shape, parameters, multiplications)


def _of_branches(branches, shape):
    found = [_of_steps(branch, shape) for branch in branches]
    *sides, _ = found[0].shape
    channels = sum(one.shape[-1] for one in found)
    return Costs(
        (*sides, channels), sum(one.parameters for one in found), sum(one.multiplications for one in found)
    )


def _sides(shape, window, strides, padding):
    if padding == "same":
        return [-(-side // strides) for side in shape[:2]]
    return [output_size(side, window, 0, strides) for side in shape[:2]]


# In place of Keras's layers: functions from the shape of what comes in to what the layer costs.


def _convolution(filters, side, *, strides=1, padding="valid", use_bias=True, **_):
    def cost(shape):
        places, layer = _sides(shape, side, strides, padding), (side, shape[-1], filters)
        parameters = conv2d_parameters(*layer) - (0 if use_bias else filters)
        return Costs((*places, filters), parameters, conv2d_operations(places, *layer))

    return cost


def _unshared_convolution(filters, side, **_):
    def cost(shape):
        places, layer = shape[:2], (side, shape[-1], filters)
        parameters = math.prod(places) * conv2d_parameters(*layer)
        return Costs((*places, filters), parameters, conv2d_operations(places, *layer))

    return cost


def _dense(units, **_):
    return lambda shape: Costs((units,), dense_parameters(shape[0], units), shape[0] * units)


def _normalisation(**_):
    return lambda shape: Costs(shape, 4 * shape[-1])


def _pooling(window=2, *, strides=None, padding="valid"):
    return lambda shape: Costs((*_sides(shape, window, strides or window, padding), shape[-1]))


def _global_pooling():
    return lambda shape: Costs(shape[-1:])


def _flatten():
    return lambda shape: Costs((math.prod(shape),))


def _free(_):
    return Costs


_COUNTERS = SimpleNamespace(
    Conv2D=_convolution,
    UnsharedConv2D=_unshared_convolution,
    Dense=_dense,
    FastBatchNormalization=_normalisation,
    MaxPooling2D=_pooling,
    AveragePooling2D=_pooling,
    GlobalAveragePooling2D=_global_pooling,
    Flatten=_flatten,
    Dropout=_free,
    Activation=_free,
)
