"""How many weights a layer has, and how often it multiplies (sections 3-1, 3-4 and 3-5)."""

import math

from helpers.reference.arrays import whole_number
from helpers.reference.geometry import output_size, pair


def dense_parameters(inputs, units):
    """Count the weights and biases of a fully connected (affine) layer.

    Args:
        inputs: length of the input vector.
        units: number of outputs.

    Returns:
        inputs * units weights plus one bias per unit.

    Raises:
        TypeError, ValueError: an argument is not a whole number of at least 1.

    Source: section 3-1, affine layer; section 3-5, summary of the model.

    >>> dense_parameters(784, 10)
    7850
    """
    inputs = whole_number("inputs", inputs, 1)
    units = whole_number("units", units, 1)
    return inputs * units + units


def conv2d_parameters(filter_size, channels, filters):
    """Count the weights and biases of a convolution layer; the size of the image does not matter.

    Args:
        filter_size: filter side, or (height, width), in pixels.
        channels: channels C of the input.
        filters: number of filters K.

    Returns:
        f_h * f_w * C * K weights plus one bias per filter.

    Raises:
        TypeError, ValueError: an argument is not a whole number of at least 1.

    Source: section 3-1, shared weights; section 3-5, summary of the model.

    >>> conv2d_parameters(5, 1, 16)
    416
    """
    channels = whole_number("channels", channels, 1)
    filters = whole_number("filters", filters, 1)
    height, width = pair("filter_size", filter_size)
    return height * width * channels * filters + filters


def locally_connected_parameters(image_size, filter_size, channels, filters):
    """Count the weights and biases of a layer with a convolution's connections but no shared weights.

    At each place of the window (stride 1, no padding) other weights are used.

    Args:
        image_size: image side, or (height, width), in pixels.
        filter_size: filter side, or (height, width), in pixels.
        channels: channels C of the input.
        filters: outputs K at each place.

    Returns:
        d_h * d_w places times f_h * f_w * C * K weights, plus one bias per output, d_h * d_w * K.

    Raises:
        TypeError, ValueError: an argument is not a whole number of at least 1, or the filter does not fit.

    Source: section 3-1, shared weights: what sharing saves. One bias per output as in Keras 2's
    LocallyConnected2D; Keras 3 has no such layer.

    >>> locally_connected_parameters(28, 5, 1, 16)
    239616
    """
    sides = zip(
        pair("image_size", image_size), pair("filter_size", filter_size), strict=True
    )
    places = math.prod(output_size(side, filter_side) for side, filter_side in sides)
    return places * conv2d_parameters(filter_size, channels, filters)


def conv2d_operations(image_size, filter_size, channels, filters):
    """Count the multiplications of a convolution layer for one picture.

    Each of them goes with one addition. Zeros of a padding are multiplied, too, as programs do it.

    Args:
        image_size: side of the layer's maps, or (height, width), in pixels.
        filter_size: filter side, or (height, width), in pixels.
        channels: channels C of the input.
        filters: number of filters K.

    Returns:
        d_h * d_w places times f_h * f_w * C * K weights. A dense layer is a 1 x 1 convolution on one pixel.

    Raises:
        TypeError, ValueError: an argument is not a whole number of at least 1.

    Source: section 3-1, equation 3.1 counts the places; Szegedy et al. (2015) count a network so.

    >>> conv2d_operations(28, 5, 1, 16)
    313600
    """
    places = math.prod(pair("image_size", image_size))
    biases = whole_number("filters", filters, 1)
    return places * (conv2d_parameters(filter_size, channels, filters) - biases)
