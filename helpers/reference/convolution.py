"""Cross-correlation and convolution (section 3-1, equations 3.7 to 3.11), on one image and on batches.

The chapter lets its sums run around the middle of the window; here, as in its examples, an index starts at
the window's upper left corner. The values are the same, only counted from another place.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.reference.geometry import output_size, pad, pair, resolve_padding


def cross_correlate2d(image, kernel, padding=0, stride=1):
    """Take the inner product of a filter with each window of one image.

    Args:
        image: I, (H, W).
        kernel: F, (f_h, f_w), used as it stands.
        padding: as for `conv2d`.
        stride: as for `conv2d`.

    Returns:
        G, (d_h, d_w): int64 for whole numbers, else the inputs' floating type.

    Raises:
        TypeError, ValueError: a shape, padding or stride that does not fit.

    Source: section 3-1, equations 3.7 and 3.8; Figure 3-3.

    >>> cross_correlate2d([[1, 2, 3], [4, 5, 6]], [[1, 0], [0, 1]])
    array([[6, 8]])
    """
    padded, kernel, output, steps = _prepared2d(image, kernel, padding, stride)
    for i, j in np.ndindex(output.shape):
        top, left = i * steps[0], j * steps[1]
        for u, v in np.ndindex(kernel.shape):
            output[i, j] += padded[top + u, left + v] * kernel[u, v]
    return output


def convolve2d(image, kernel, padding=0, stride=1):
    """Cross-correlate one image with the filter turned by half a turn.

    Args:
        image: I, (H, W).
        kernel: F, (f_h, f_w), flipped before use.
        padding: as for `conv2d`.
        stride: as for `conv2d`.

    Returns:
        G, (d_h, d_w), typed as by `cross_correlate2d`.

    Raises:
        TypeError, ValueError: a shape, padding or stride that does not fit.

    Source: section 3-1, equations 3.2 and 3.9 to 3.11.

    >>> convolve2d([[1, 2, 3], [4, 5, 6]], [[1, 0], [0, 0]])
    array([[5, 6]])
    """
    return cross_correlate2d(image, np.flip(kernel), padding, stride)


def conv2d_definition(x, kernel, bias=None, padding="valid", stride=1):
    """Compute `conv2d` one output at a time, as the equation reads.

    Takes, returns and raises what `conv2d` does; slow.

    Source: section 3-1, equation 3.8 summed over the input channels, plus one bias per filter.
    """
    x, kernel, bias = _checked(x, kernel, bias)
    padded, (height, width), (down, right) = _padded(x, x.shape[1:3], kernel.shape[:2], padding, stride)
    filter_height, filter_width, _, filters = kernel.shape
    output = np.empty((len(x), height, width, filters), dtype=x.dtype)
    for n in range(len(x)):
        for i in range(height):
            for j in range(width):
                top, left = i * down, j * right
                window = padded[n, top : top + filter_height, left : left + filter_width]
                for k in range(filters):
                    output[n, i, j, k] = np.sum(window * kernel[..., k]) + bias[k]
    return output


def conv2d(x, kernel, bias=None, padding="valid", stride=1):
    """Apply a convolution layer to a batch of images; like every framework, it does not flip the filter.

    Each row of the filter meets strips as wide as the filter, laid side by side as the rows of a matrix: one
    matrix product per filter row does the work.

    Args:
        x: images (N, H, W, C).
        kernel: filters (f_h, f_w, C, K), as Keras stores them.
        bias: (K,), or None for zeros.
        padding: "valid", "same", one number for all edges, or ((top, bottom), (left, right)).
        stride: one step, or (down, right).

    Returns:
        Feature maps (N, d_h, d_w, K): int64 for whole numbers, else the inputs' floating type.

    Raises:
        TypeError, ValueError: a shape, padding or stride that does not fit.

    Source: section 3-1, equation 3.8 summed over the input channels, plus one bias per filter.

    >>> conv2d(np.ones((1, 4, 4, 3)), np.ones((2, 2, 3, 5))).shape
    (1, 3, 3, 5)
    """
    x, kernel, bias = _checked(x, kernel, bias)
    padded, (height, width), (down, right) = _padded(x, x.shape[1:3], kernel.shape[:2], padding, stride)
    filter_height, filter_width, channels, filters = kernel.shape
    strip_length = filter_width * channels
    # (N, padded height, d_w, f_w, C): widening one axis only copies each pixel f_w times, not f_h * f_w.
    strips = np.moveaxis(sliding_window_view(padded, filter_width, axis=2)[:, :, ::right], -1, 3)
    weights = kernel.reshape(filter_height, strip_length, filters)
    output = np.empty((len(x), height, width, filters), dtype=x.dtype)
    product = np.empty((height * width, filters), dtype=x.dtype)
    # One image at a time: its strips stay in the processor's cache.
    for image_strips, image_output in zip(strips, output, strict=True):
        rows = image_strips.reshape(-1, width, strip_length)
        total = image_output.reshape(height * width, filters)
        total[:] = bias
        for u in range(filter_height):
            under_row = rows[u : u + (height - 1) * down + 1 : down].reshape(height * width, strip_length)
            total += np.matmul(under_row, weights[u], out=product)
    return output


def _prepared2d(image, kernel, padding, stride):
    """Give the padded image and the filter in one type, an output of zeros, and the two strides."""
    image, kernel = _same_type(image, kernel)
    if image.ndim != 2 or kernel.ndim != 2:
        raise ValueError(
            f"Shapes {image.shape} and {kernel.shape} came; expected an image (H, W) and a filter "
            "(f_h, f_w). For batches and channels use conv2d."
        )
    padded, sides, strides = _padded(image, image.shape, kernel.shape, padding, stride)
    return padded, kernel, np.zeros(sides, image.dtype), strides


def _checked(x, kernel, bias):
    x, kernel, *given_bias = _same_type(x, kernel, *([] if bias is None else [bias]))
    if x.ndim != 4 or kernel.ndim != 4 or x.shape[3] != kernel.shape[2]:
        raise ValueError(
            f"Images of shape {x.shape} and filters of shape {kernel.shape} came; expected (N, H, W, C) and "
            "(f_h, f_w, C, K) with the same C, channels last as in Keras."
        )
    bias = given_bias[0] if given_bias else np.zeros(kernel.shape[3], x.dtype)
    if bias.shape != kernel.shape[3:]:
        raise ValueError(f"A bias of shape {bias.shape} came; expected {kernel.shape[3:]}, one per filter.")
    return x, kernel, bias


def _same_type(*arrays):
    """Give all the type of the result; whole numbers become int64, so that pixels do not overflow."""
    arrays = [np.asarray(array) for array in arrays]
    dtype = np.result_type(*arrays)
    if not np.issubdtype(dtype, np.inexact):
        dtype = np.int64
    return [array.astype(dtype, copy=False) for array in arrays]


def _padded(image, image_sides, filter_sides, padding, stride):
    """Pad the image; return it with the output's sides and the two strides."""
    strides = pair("stride", stride)
    paddings = resolve_padding(padding, image_sides, filter_sides, strides)
    sides = tuple(
        output_size(*axis) for axis in zip(image_sides, filter_sides, paddings, strides, strict=True)
    )
    return pad(image, paddings), sides, strides
