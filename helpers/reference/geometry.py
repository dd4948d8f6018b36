"""Sizes, padding and windows of convolution and pooling (section 3-1, equation 3.1).

A side is a height or a width in pixels. Images are (H, W) or, as in Keras, (N, H, W, C).
"""

import math
import reprlib
from numbers import Integral

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.reference.arrays import fill_value, real_array, whole_number


def output_size(side, filter_size, padding=0, stride=1, *, exact=False):
    """Count the positions of a filter along one side of an image.

    Args:
        side: image side l in pixels, at least 1.
        filter_size: filter side f in pixels, at least 1.
        padding: pixels p added at each end, or a pair (before, after).
        stride: pixels s from one position to the next, at least 1.
        exact: follow the chapter and raise where the stride leaves a remainder; otherwise floor, as
            frameworks do.

    Returns:
        The output side d, an int of at least 1.

    Raises:
        TypeError: an argument is not a whole number.
        ValueError: the filter is larger than the padded side, or `exact` and a remainder is left.

    Source: section 3-1, equation 3.1, d = (l - f + 2p)/s + 1.

    >>> output_size(4, 2, padding=1)
    5
    """
    before, after = _padding_pair(padding)
    side, filter_size, stride = _sizes(side, filter_size, stride)
    room = side + before + after - filter_size
    if room < 0:
        raise ValueError(
            f"expected at least {filter_size} pixels, the side of the filter, got {side + before + after}: "
            f"{side} and {before + after} of padding; use a smaller filter or more padding"
        )
    if exact and room % stride:
        raise ValueError(_remainder_message(side, filter_size, before, after, stride))
    return room // stride + 1


def _remainder_message(side, filter_size, before, after, stride):
    room = side + before + after - filter_size
    # Short lines: a lesson prints this message.
    message = (
        f"({side} - {filter_size} + {before + after})/{stride} + 1 = {room / stride + 1:.4g} "
        f"is not a whole number.\nStride {stride} leaves {room % stride} of the padded side over.\n"
    )
    fitting = padding_that_fits(side, filter_size, max(before, after), stride)
    if fitting is not None:
        return message + f"The next larger equal padding that fits is {fitting}."
    return message + (
        "No equal padding fits, because the stride is even and side - filter_size is odd.\n"
        f"Unequal padding does: ({before}, {after + stride - room % stride})."
    )


def same_padding(side, filter_size, stride=1):
    """Find the padding with which the output side is ceil(side / stride), as Keras's "same".

    Takes what `output_size` does, but no padding.

    Returns:
        A pair (before, after) of pixels; where the total is odd, the extra pixel comes after.

    Raises:
        TypeError: an argument is not a whole number.
        ValueError: an argument is smaller than 1.

    Source: section 3-1; at stride 1 and an odd filter it is the chapter's p = (f - 1)/2.

    >>> same_padding(28, 5), same_padding(28, 2)
    ((2, 2), (0, 1))
    """
    side, filter_size, stride = _sizes(side, filter_size, stride)
    positions = -(-side // stride)
    total = max((positions - 1) * stride + filter_size - side, 0)
    return total // 2, total - total // 2


def padding_that_fits(side, filter_size, padding=0, stride=1):
    """Find the smallest equal padding, from `padding` upwards, that leaves no remainder.

    Takes what `output_size` does; `padding` is one number.

    Returns:
        The padding in pixels, or None where no equal padding can ever fit: the stride is even and l - f is
        odd, so that 2p/s cannot supply the missing half. The chapter overlooks this case.

    Raises:
        TypeError: an argument is not a whole number.
        ValueError: an argument is too small.

    Source: section 3-1, the rule after equation 3.1.

    >>> padding_that_fits(5, 2, stride=3), padding_that_fits(5, 2, stride=2)
    (0, None)
    """
    side, filter_size, stride = _sizes(side, filter_size, stride)
    padding = whole_number("padding", padding, 0)
    smallest = max(padding, -((side - filter_size) // 2))
    # The remainder repeats after `stride` steps, so that no later padding can do better.
    for candidate in range(smallest, smallest + stride):
        if (side - filter_size + 2 * candidate) % stride == 0:
            return candidate
    return None


def unseen_positions(side, filter_size, padding=0, stride=1):
    """List the rows (or columns) of the padded image that no window covers.

    Takes and raises what `output_size` does.

    Returns:
        Their indices in the padded image, ascending: those past the last window and, where the stride
        exceeds the filter, those between two windows.

    Source: section 3-1; the remainder of equation 3.1.

    >>> unseen_positions(5, 2, stride=2)
    [4]
    """
    positions = output_size(side, filter_size, padding, stride)
    side, filter_size, stride = map(int, (side, filter_size, stride))
    starts = range(0, positions * stride, stride)
    seen = {start + offset for start in starts for offset in range(filter_size)}
    before, after = _padding_pair(padding)
    return [index for index in range(before + side + after) if index not in seen]


def pixel_uses(image_sides, filter_size, padding=0, stride=1):
    """Count the windows that cover each pixel of an image.

    Args:
        image_sides: one side, or (height, width), in pixels.
        filter_size: one side, or (height, width), in pixels.
        padding: "valid", "same", one number for all edges, or ((top, bottom), (left, right)).
        stride: one step, or (down, right), in pixels.

    Returns:
        (H, W), int64: how many outputs of a convolution use each pixel; those of the padding are left out.

    Raises:
        TypeError, ValueError: as for `windows` and `resolve_padding`.

    Source: section 3-1, padding.

    >>> pixel_uses(3, 2)
    array([[1, 2, 1],
           [2, 4, 2],
           [1, 2, 1]])
    """
    image_sides = pair("image_sides", image_sides)
    filter_sides = pair("filter_size", filter_size)
    paddings, strides, _ = layout(image_sides, filter_sides, padding, stride)
    # Each pixel's number, from 1, counted in all windows together; the padding's pixels hold 0.
    pixels = math.prod(image_sides)
    places = pad(np.arange(1, pixels + 1).reshape(image_sides), paddings)
    seen = windows(places, filter_sides, strides).ravel()
    return np.bincount(seen, minlength=pixels + 1)[1:].reshape(image_sides)


def sides_through_layers(side, filter_size, padding=0, stride=1, *, layers):
    """Follow one image side through a stack of equal convolution layers.

    Takes and raises what `output_size` does, and `layers`, the largest number of layers to follow.

    Returns:
        The side before the first layer and after each one; the list ends early where the filter no longer
        fits, which is no error.

    Source: section 3-1, on padding in deep networks.

    >>> sides_through_layers(9, 3, layers=9)
    [9, 7, 5, 3, 1]
    """
    before, after = _padding_pair(padding)
    side, filter_size, stride = _sizes(side, filter_size, stride)
    layers = whole_number("layers", layers, 0)
    sides = [side]
    while len(sides) <= layers and sides[-1] + before + after >= filter_size:
        sides.append(output_size(sides[-1], filter_size, padding, stride))
    return sides


def resolve_padding(padding, image_sides, filter_sides, strides):
    """Turn a padding as Keras or the chapter writes it into rows and columns.

    Args:
        padding: "valid", "same", one number for all four edges, or ((top, bottom), (left, right)).
        image_sides: (height, width) in pixels.
        filter_sides: (height, width) in pixels.
        strides: (down, right) in pixels.

    Returns:
        ((top, bottom), (left, right)) in pixels.

    Raises:
        TypeError: the padding is of another kind.
        ValueError: the padding is negative or another word.

    Source: section 3-1, padding; Keras's "same" where the padding cannot be equal.

    >>> resolve_padding("same", (28, 28), (5, 2), (1, 1))
    ((2, 2), (0, 1))
    """
    if isinstance(padding, str):
        if padding == "valid":
            return (0, 0), (0, 0)
        if padding == "same":
            axes = zip(image_sides, filter_sides, strides, strict=True)
            return tuple(same_padding(*axis) for axis in axes)
        raise ValueError(
            'expected "valid", "same", a number or ((top, bottom), (left, right)) for padding, '
            f'got "{padding}"; use one of these'
        )
    if isinstance(padding, Integral):
        return _padding_pair(padding), _padding_pair(padding)
    if not _is_pair(padding) or not all(map(_is_pair, padding)):
        raise TypeError(
            "expected a whole number or ((top, bottom), (left, right)) for padding, "
            f"got {reprlib.repr(padding)}; name the edges or use a number"
        )
    return tuple(map(_padding_pair, padding))


def layout(image_sides, filter_sides, padding, stride):
    """Find where a filter stands on an image.

    Args:
        image_sides: (height, width) in pixels.
        filter_sides: (height, width) in pixels.
        padding: as for `resolve_padding`.
        stride: one step, or (down, right), in pixels.

    Returns:
        (paddings, strides, sides): padding and stride as pairs, and the output's (d_h, d_w).

    Raises:
        TypeError, ValueError: as for `resolve_padding` and `output_size`.

    Source: section 3-1, equation 3.1 in both directions.

    >>> layout((28, 28), (5, 5), "same", 2)
    (((1, 2), (1, 2)), (2, 2), (14, 14))
    """
    strides = pair("stride", stride)
    paddings = resolve_padding(padding, image_sides, filter_sides, strides)
    axes = zip(image_sides, filter_sides, paddings, strides, strict=True)
    return paddings, strides, tuple(output_size(*axis) for axis in axes)


def pad(x, padding, value=0):
    """Surround an image with rows and columns of one value.

    Args:
        x: image (H, W) or images (N, H, W, C).
        padding: one number for all four edges, or ((top, bottom), (left, right)), in pixels.
        value: what the new pixels hold.

    Returns:
        A new array (H + top + bottom, W + left + right) or (N, ..., C) of the same dtype.

    Raises:
        TypeError, ValueError: the padding is not as above, or x has another number of axes.

    Source: section 3-1, padding.

    >>> pad(np.array([[7]]), 1)
    array([[0, 0, 0],
           [0, 7, 0],
           [0, 0, 0]])
    """
    x = real_array("x", x)
    axes = spatial_axes(x)
    if isinstance(padding, str):
        raise TypeError(
            f'expected a whole number or ((top, bottom), (left, right)) for padding, got "{padding}"; '
            "use resolve_padding for words"
        )
    paddings = resolve_padding(padding, (1, 1), (1, 1), (1, 1))
    shape = list(x.shape)
    for axis, ends in zip(axes, paddings, strict=True):
        shape[axis] += sum(ends)
    padded = np.full(shape, fill_value(value, x.dtype))
    padded[own_pixels(x, paddings)] = x
    return padded


def own_pixels(x, paddings):
    """Return the index of an image's own pixels in what `pad` makes of it; `paddings` as pairs."""
    place = [slice(None)] * x.ndim
    for axis, (before, _) in zip(spatial_axes(x), paddings, strict=True):
        place[axis] = slice(before, before + x.shape[axis])
    return tuple(place)


def windows(x, filter_size, stride=1):
    """Cut an image into the windows that a filter visits.

    Args:
        x: image (H, W) or images (N, H, W, C), padded already.
        filter_size: one side, or (height, width), in pixels.
        stride: one step, or (down, right), in pixels.

    Returns:
        A read-only view without a copy: (d_h, d_w, f_h, f_w) or (N, d_h, d_w, f_h, f_w, C).

    Raises:
        TypeError, ValueError: as for `output_size`, or x has another number of axes.

    Source: section 3-1, Figure 3-3.

    >>> windows(np.arange(9).reshape(3, 3), 2)[1, 0]
    array([[3, 4],
           [6, 7]])
    """
    x = real_array("x", x)
    axes = spatial_axes(x)
    filter_sides = pair("filter_size", filter_size)
    strides = pair("stride", stride)
    for axis, *sizes in zip(axes, filter_sides, strides, strict=True):
        output_size(x.shape[axis], sizes[0], 0, sizes[1])
    every = sliding_window_view(x, filter_sides, axis=axes)
    if x.ndim == 2:
        return every[:: strides[0], :: strides[1]]
    return np.moveaxis(every[:, :: strides[0], :: strides[1]], 3, -1)


def spatial_axes(x):
    """Name the height and width axes of an image (H, W) or of images (N, H, W, C).

    Raises:
        ValueError: x has another number of axes.
    """
    if x.ndim == 2:
        return 0, 1
    if x.ndim == 4:
        return 1, 2
    raise ValueError(
        f"expected an image (H, W) or images (N, H, W, C), got shape {x.shape}; "
        "add a batch axis with x[np.newaxis] or a channel axis with x[..., np.newaxis]"
    )


def pair(name, value):
    """Read one whole number for both directions, or a pair of them, each at least 1.

    Returns:
        (vertical, horizontal), two ints.

    Raises:
        TypeError: a value is not a whole number, or there are not one or two of them.
        ValueError: a value is smaller than 1.
    """
    return _pair(name, value, smallest=1)


def _sizes(side, filter_size, stride):
    """Read each as a whole number of at least 1."""
    sizes = {"side": side, "filter_size": filter_size, "stride": stride}
    return [whole_number(name, value, 1) for name, value in sizes.items()]


def _padding_pair(padding):
    return _pair("padding", padding, smallest=0)


def _pair(name, value, smallest):
    if isinstance(value, Integral):
        value = value, value
    if not _is_pair(value):
        raise TypeError(
            f"expected a whole number or a pair of them for {name}, got {reprlib.repr(value)}; "
            f"use a number such as {max(smallest, 1)}"
        )
    first, second = value
    return (whole_number(name, first, smallest), whole_number(name, second, smallest))


def _is_pair(value):
    # Not just anything that can be unpacked: a set has no order, and a dict would lose its values.
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return isinstance(value, (tuple, list)) and len(value) == 2
