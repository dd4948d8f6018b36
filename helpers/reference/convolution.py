"""Cross-correlation and convolution (section 3-1, equations 3.2 to 3.11), on one image and on batches.

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


def convolution_matrix(kernel, image_sides, padding=0, stride=1):
    """Write a filter as the matrix of the dense layer that does the same.

    Row by row, A @ image.ravel() == cross_correlate2d(image, kernel, padding, stride).ravel(): each row holds
    the filter's weights at the pixels under one position, and zeros elsewhere.

    Args:
        kernel: F, (f_h, f_w), used as it stands; flip it for a convolution.
        image_sides: (H, W) in pixels.
        padding: as for `conv2d`.
        stride: as for `conv2d`.

    Returns:
        A, (d_h * d_w, H * W), of the kernel's type.

    Raises:
        TypeError, ValueError: a shape, padding or stride that does not fit.

    Source: section 3-1, Figure 3-6.

    >>> convolution_matrix([[5, 7]], (1, 4))
    array([[5, 7, 0, 0],
           [0, 5, 7, 0],
           [0, 0, 5, 7]])
    """
    kernel = np.asarray(kernel)
    # Where each pixel stands in image.ravel(), counted from 1; the padding's pixels hold 0.
    places = np.arange(1, 1 + np.prod(image_sides)).reshape(image_sides)
    _checked2d(places, kernel)
    padded, (height, width), (down, right) = _padded(places, image_sides, kernel.shape, padding, stride)
    matrix = np.zeros((height * width, places.size), kernel.dtype)
    for i, j, u, v in np.ndindex(height, width, *kernel.shape):
        place = padded[i * down + u, j * right + v]
        if place:
            matrix[i * width + j, place - 1] = kernel[u, v]
    return matrix


def cross_correlate2d_backward(grad_output, image, kernel, padding=0, stride=1):
    """Carry the output's gradient back to image and filter.

    Args:
        grad_output: delta, the loss's gradient of the output, (d_h, d_w).
        image: a, (H, W).
        kernel: w, (f_h, f_w), as `cross_correlate2d` used it.
        padding: as for `conv2d`.
        stride: as for `conv2d`.

    Returns:
        The loss's gradients (grad_image, grad_kernel) in the shapes of image and kernel.

    Raises:
        TypeError, ValueError: a shape, padding or stride that does not fit.

    Source: section 3-1, equations 3.3 to 3.5, their sums running over the whole output.

    >>> grad_image, grad_kernel = cross_correlate2d_backward([[1, 10]], [[2, 3, 4]], [[5, 6]])
    >>> grad_image, grad_kernel
    (array([[ 5, 56, 60]]), array([[32, 43]]))
    """
    image, kernel = _checked2d(image, kernel)
    delta, image, kernel = _same_type(grad_output, image, kernel)
    sides = image.shape, kernel.shape
    padded, positions, (down, right) = _padded(image, *sides, padding, stride)
    _check_upstream(delta, positions)
    grad_padded, grad_kernel = np.zeros_like(padded), np.zeros_like(kernel)
    for u, v in np.ndindex(kernel.shape):
        for i, j in np.ndindex(delta.shape):
            y, x = i * down + u, j * right + v
            grad_kernel[u, v] += delta[i, j] * padded[y, x]
            grad_padded[y, x] += delta[i, j] * kernel[u, v]
    (top, _), (left, _) = resolve_padding(padding, *sides, (down, right))
    height, width = image.shape
    grad_image = grad_padded[top : top + height, left : left + width]
    return grad_image, grad_kernel


def convolve2d_backward(grad_output, image, kernel, padding=0, stride=1):
    """Carry the gradient back through `convolve2d`: flip the filter, go back, flip its gradient.

    Takes, returns and raises what `cross_correlate2d_backward` does; the kernel comes unflipped.

    Source: section 3-1, equations 3.2 to 3.5: under w_mn lies a_(i+k-m)(j+k-n).
    """
    flipped = np.flip(kernel)
    grad_image, grad_flipped = cross_correlate2d_backward(grad_output, image, flipped, padding, stride)
    return grad_image, np.flip(grad_flipped)


def chapter_weight_gradient(grad_output, image, filter_side):
    """Add up equation 3.5 as it is printed, with i and j from 1 to k.

    The printed index pairs w_mn with a_(i+m-1)(j+n-1).

    Right only where the output happens to be k x k, and then for a filter that is not flipped; use
    `convolve2d_backward` or `cross_correlate2d_backward` for the gradient.

    Args:
        grad_output: delta, (d_h, d_w).
        image: a, (H, W).
        filter_side: k.

    Returns:
        What the printed sums give for each weight, (k, k).

    Raises:
        ValueError: the output is smaller than k x k, so that the sums ask for a delta that does not exist.

    Source: section 3-1, equation 3.5 as printed.
    """
    delta, image = _same_type(grad_output, image)
    k = filter_side
    _check_printed_sums(delta, k)
    total = np.zeros((k, k), image.dtype)
    for m in range(k):
        for n in range(k):
            for i in range(k):
                for j in range(k):
                    total[m, n] += delta[i, j] * image[i + m, j + n]
    return total


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


def _checked2d(image, kernel):
    image, kernel = _same_type(image, kernel)
    if image.ndim != 2 or kernel.ndim != 2:
        raise ValueError(
            f"Shapes {image.shape} and {kernel.shape} came; expected an image (H, W) and a filter "
            "(f_h, f_w). For batches and channels use conv2d."
        )
    return image, kernel


def _prepared2d(image, kernel, padding, stride):
    """Give the padded image and the filter in one type, an output of zeros, and the two strides."""
    image, kernel = _checked2d(image, kernel)
    padded, sides, strides = _padded(image, image.shape, kernel.shape, padding, stride)
    return padded, kernel, np.zeros(sides, image.dtype), strides


def _check_upstream(delta, positions):
    if delta.shape != positions:
        raise ValueError(
            f"grad_output of shape {delta.shape} came; expected {positions}, the shape of the output. "
            "Use the padding and stride of the forward step."
        )


def _check_printed_sums(delta, k):
    if min(delta.shape) < k:
        raise ValueError(
            f"grad_output of shape {delta.shape} came; the printed sums run to k = {k} and expected at least "
            f"{(k, k)}. Use a larger image."
        )


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
