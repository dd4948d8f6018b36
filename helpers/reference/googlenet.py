"""GoogLeNet's table, counted row by row (section 3-4, Figure 3-12).

C. Szegedy et al., "Going Deeper with Convolutions", 2015, Table 1. The two auxiliary classifiers, which only
training used, are not in that table.
"""

from typing import NamedTuple

from helpers.reference.arrays import whole_number
from helpers.reference.inception import Convolution, convolutions, output_channels
from helpers.reference.receptive_field import Window, map_sides


class Row(NamedTuple):
    """A row of the paper's table.

    Attributes:
        name: what it is called there.
        window: its (largest) filter or pooling window.
        filters: how many: none for pooling, six for an inception module, else one number for each
            convolution; those before the last have 1 x 1 filters.
        parameters: as printed, in thousands; None where nothing is printed.
        operations: as printed, in millions.
    """

    name: str
    window: Window
    filters: tuple = ()
    parameters: float | None = None
    operations: int | None = None


def _module(name, filters, parameters, operations):
    window = Window(5, padding="same")
    return Row(f"inception ({name})", window, filters, parameters, operations)


_HALVED = Row("max pool", Window(3, 2, "same"))

TABLE_1 = (
    Row("convolution", Window(7, 2, "same"), (64,), 2.7, 34),
    _HALVED,
    Row("convolution", Window(3, 1, "same"), (64, 192), 112, 360),
    _HALVED,
    _module("3a", (64, 96, 128, 16, 32, 32), 159, 128),
    _module("3b", (128, 128, 192, 32, 96, 64), 380, 304),
    _HALVED,
    _module("4a", (192, 96, 208, 16, 48, 64), 364, 73),
    _module("4b", (160, 112, 224, 24, 64, 64), 437, 88),
    _module("4c", (128, 128, 256, 24, 64, 64), 463, 100),
    _module("4d", (112, 144, 288, 32, 64, 64), 580, 119),
    _module("4e", (256, 160, 320, 32, 128, 128), 840, 170),
    _HALVED,
    _module("5a", (256, 160, 320, 32, 128, 128), 1072, 54),
    _module("5b", (384, 192, 384, 48, 128, 128), 1388, 71),
    Row("avg pool", Window(7)),
    Row("linear", Window(1), (1000,), 1000, 1),
)


class Counted(NamedTuple):
    """What a row of the table comes to.

    Attributes:
        side: of its output, in pixels.
        channels: of its output.
        weights: of all its convolutions, without the biases.
        biases: one for each filter.
        operations: multiplications for one picture.
    """

    side: int
    channels: int
    weights: int
    biases: int
    operations: int


def count_rows(table=TABLE_1, side=224, channels=3):
    """Walk through the table and count what each row comes to.

    Args:
        table: a `Row` for each step.
        side: of the picture, in pixels.
        channels: of the picture.

    Returns:
        A `Counted` for each row.

    Raises:
        TypeError, ValueError: a side or a number of filters that is no whole number of at least 1, or a
            window that does not fit.

    Source: C. Szegedy et al., 2015, Table 1.

    >>> count_rows()[4]
    Counted(side=28, channels=256, weights=163328, biases=368, operations=128049152)
    """
    channels = whole_number("channels", channels, 1)
    _, *sides = map_sides([row.window for row in table], side)
    counted = []
    for row, row_side in zip(table, sides, strict=True):
        layers, channels = _layers(row, channels)
        biases = sum(layer.filters for layer in layers)
        weights = sum(layer.parameters for layer in layers) - biases
        operations = sum(layer.operations(row_side) for layer in layers)
        counted.append(Counted(row_side, channels, weights, biases, operations))
    return counted


def _layers(row, channels):
    """List a row's convolutions; return them and the channels of its output."""
    if len(row.filters) == 6:
        return convolutions(channels, row.filters), output_channels(row.filters)
    layers = []
    for place, filters in enumerate(row.filters, 1):
        size = row.window.size if place == len(row.filters) else 1
        layers.append(Convolution(row.name, size, channels, filters))
        channels = filters
    return layers, channels


def separable_weights(filter_size, channels, multiplier, filters):
    """Count the weights of a depthwise separable convolution, without biases.

    Each channel by itself is filtered `multiplier` times; then 1 x 1 filters mix what came out.

    Args:
        filter_size: filter side in pixels.
        channels: channels C of the input.
        multiplier: filters for each channel.
        filters: number of 1 x 1 filters.

    Returns:
        filter_size² * C * multiplier + C * multiplier * filters.

    Raises:
        TypeError, ValueError: an argument is not a whole number of at least 1.

    Source: F. Chollet, "Xception", 2017; it is what he says that GoogLeNet's first layer was.

    >>> separable_weights(7, 3, 8, 64)
    2712
    """
    filter_size = whole_number("filter_size", filter_size, 1)
    channels = whole_number("channels", channels, 1)
    multiplier = whole_number("multiplier", multiplier, 1)
    filters = whole_number("filters", filters, 1)
    return channels * multiplier * (filter_size**2 + filters)
