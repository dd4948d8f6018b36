"""VGGNet (section 3-4, Figure 3-13), walked layer by layer from its table.

K. Simonyan and A. Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition (2014).
"""

import math
from typing import NamedTuple

from helpers.reference.arrays import whole_number
from helpers.reference.counting import (
    conv2d_operations,
    conv2d_parameters,
    dense_parameters,
)
from helpers.reference.geometry import output_size, same_padding

POOL = "pool"

# Columns D and E of the paper's table 1: how many filters each 3 x 3 convolution has, and where one pools.
VGG_16 = (64, 64, POOL, 128, 128, POOL, *3 * (256,), POOL, *2 * (*3 * (512,), POOL))
VGG_19 = (64, 64, POOL, 128, 128, POOL, *4 * (256,), POOL, *2 * (*4 * (512,), POOL))
DENSE = (4096, 4096, 1000)


class LayerCount(NamedTuple):
    """What one layer is, and what it costs.

    Attributes:
        name: such as "conv 3-1", the first convolution of the third block, "pool 3" or "dense 1".
        shape: (height, width, channels) of its output for one picture; (units,) of a dense layer.
        parameters: weights and biases.
        operations: multiplications for one picture.
    """

    name: str
    shape: tuple
    parameters: int
    operations: int


def vgg_layers(table, dense=DENSE, side=224, channels=3):
    """Walk through a network like VGGNet: 3 x 3 convolutions, poolings by 2, then dense layers.

    Args:
        table: for each layer the filters of a convolution, or "pool", as `VGG_16`.
        dense: units of each dense layer.
        side: of the square picture, in pixels.
        channels: of the picture.

    Returns:
        A `LayerCount` for each layer.

    Raises:
        TypeError: a count is not a whole number.
        ValueError: one is smaller than 1, or a pooling finds no 2 x 2 block.

    Source: section 3-4, Figure 3-13; Simonyan and Zisserman (2014), table 1.

    >>> sum(layer.parameters for layer in vgg_layers(VGG_16))
    138357544
    """
    layers, block, place = [], 1, 1
    for entry in table:
        if entry == POOL:
            side = output_size(side, 2, stride=2)
            layers.append(LayerCount(f"pool {block}", (side, side, channels), 0, 0))
            block, place = block + 1, 1
        else:
            filters = whole_number("filters", entry, 1)
            side = output_size(side, 3, padding=same_padding(side, 3))
            parameters = conv2d_parameters(3, channels, filters)
            operations = conv2d_operations(side, 3, channels, filters)
            shape = (side, side, filters)
            layers.append(
                LayerCount(f"conv {block}-{place}", shape, parameters, operations)
            )
            channels, place = filters, place + 1
    inputs = math.prod((side, side, channels))
    for place, units in enumerate(dense, 1):
        parameters = dense_parameters(inputs, units)
        layers.append(
            LayerCount(f"dense {place}", (units,), parameters, inputs * units)
        )
        inputs = units
    return layers
