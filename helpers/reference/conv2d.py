"""The convolution layer on batches of images, forward and backward (sections 3-1 and 3-2)."""

import math

import numpy as np

from helpers.reference.arrays import arrays_of_one_type, real_array
from helpers.reference.convolution import check_upstream, padded_image, window_members
from helpers.reference.geometry import own_pixels, pad, pair, windows


def conv2d_definition(x, kernel, bias=None, padding="valid", stride=1):
    """Compute `conv2d` one output at a time, as the equation reads.

    Takes, returns and raises what `conv2d` does; slow.

    Source: section 3-1, equation 3.8 summed over the input channels, plus one bias per filter.
    """
    x, kernel, bias = _checked(x, kernel, bias)
    rows, columns, _, filters = kernel.shape
    padded, _, (down, right), sides = padded_image(x, (rows, columns), padding, stride)
    output = np.empty((len(x), *sides, filters), x.dtype)
    for n, i, j, k in np.ndindex(output.shape):
        top, left = i * down, j * right
        window = padded[n, top : top + rows, left : left + columns]
        output[n, i, j, k] = np.sum(window * kernel[..., k]) + bias[k]
    return output


def conv2d(x, kernel, bias=None, padding="valid", stride=1):
    """Apply a convolution layer to a batch of images; like every framework, it does not flip the filter.

    Windows become columns, and the convolution a product of two matrices.

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
    *filter_sides, _, filters = kernel.shape
    padded, _, strides, sides = padded_image(x, filter_sides, padding, stride)
    flat_kernel = kernel.reshape(math.prod(kernel.shape[:3]), filters)
    output = np.empty((len(x), math.prod(sides), filters), x.dtype)
    columns = _columns(padded, filter_sides, strides)
    for image_columns, image_output in zip(columns, output, strict=True):
        np.matmul(image_columns, flat_kernel, out=image_output)
        image_output += bias
    return output.reshape(len(x), *sides, filters)


def im2col(x, filter_size, padding="valid", stride=1):
    """Lay each window of an image out as one line of a matrix: windows become columns.

    The name is the field's, from languages that store a matrix by columns; here each window is a row, so that
    im2col(x) @ kernel.reshape(-1, K) is the convolution.

    Args:
        x: images (N, H, W, C).
        filter_size: filter side, or (f_h, f_w), in pixels.
        padding: as for `conv2d`.
        stride: as for `conv2d`.

    Returns:
        (N, d_h * d_w, f_h * f_w * C), of x's type.

    Raises:
        TypeError, ValueError: a shape, size, padding or stride that does not fit.

    Source: section 3-1, equation 3.8; K. Chellapilla, S. Puri and P. Simard, 2006.

    >>> im2col(np.arange(9).reshape(1, 3, 3, 1), filter_size=2)
    array([[[0, 1, 3, 4],
            [1, 2, 4, 5],
            [3, 4, 6, 7],
            [4, 5, 7, 8]]])
    """
    x = real_array("x", x)
    filter_sides = pair("filter_size", filter_size)
    if x.ndim != 4:
        raise ValueError(
            f"expected images (N, H, W, C), got shape {x.shape}; add an axis with x[np.newaxis]"
        )
    padded, _, strides, sides = padded_image(x, filter_sides, padding, stride)
    shape = len(x), math.prod(sides), math.prod(filter_sides) * x.shape[3]
    return windows(padded, filter_sides, strides).reshape(shape)


def conv2d_backward_definition(grad_output, x, kernel, padding="valid", stride=1):
    """Compute `conv2d_backward` one output at a time, each gradient sent back to its window.

    Takes, returns and raises what `conv2d_backward` does; slow.

    Source: section 3-1, equations 3.3 to 3.5; section 3-2, equations 3.32 and 3.34 with the ReLU left out.
    """
    delta, kernel, padded, own, (down, right) = _checked_backward(
        grad_output, x, kernel, padding, stride
    )
    grad_padded, grad_kernel = np.zeros_like(padded), np.zeros_like(kernel)
    for n, i, j, k in np.ndindex(delta.shape):
        rows = slice(i * down, i * down + kernel.shape[0])
        columns = slice(j * right, j * right + kernel.shape[1])
        grad_padded[n, rows, columns] += delta[n, i, j, k] * kernel[..., k]
        grad_kernel[..., k] += delta[n, i, j, k] * padded[n, rows, columns]
    return grad_padded[own], grad_kernel, delta.sum(axis=(0, 1, 2))


def conv2d_backward(grad_output, x, kernel, padding="valid", stride=1):
    """Carry the gradient back through a convolution layer.

    Args:
        grad_output: delta, the loss's gradient of the output, (N, d_h, d_w, K).
        x: images (N, H, W, C).
        kernel: filters (f_h, f_w, C, K), as `conv2d` used them.
        padding: as for `conv2d`.
        stride: as for `conv2d`.

    Returns:
        The loss's gradients (grad_x, grad_kernel, grad_bias), in the shapes of x, of the kernel and of the
        bias, (K,). Over a batch, those of kernel and bias are sums.

    Raises:
        TypeError, ValueError: a shape, padding or stride that does not fit.

    Source: section 3-1, equations 3.3 to 3.5; section 3-2, equations 3.32 and 3.34 with the ReLU left out.

    >>> x, kernel = np.ones((1, 4, 4, 3)), np.ones((2, 2, 3, 5))
    >>> [gradient.shape for gradient in conv2d_backward(np.ones((1, 3, 3, 5)), x, kernel)]
    [(1, 4, 4, 3), (2, 2, 3, 5), (5,)]
    """
    grad_x = conv2d_backward_x(grad_output, x, kernel, padding, stride)
    return grad_x, *conv2d_backward_weights(grad_output, x, kernel, padding, stride)


def conv2d_backward_x(grad_output, x, kernel, padding="valid", stride=1):
    """Compute the first gradient of `conv2d_backward` alone: the gradient of the images.

    Takes and raises what `conv2d_backward` does.
    """
    delta, kernel, padded, own, strides = _checked_backward(
        grad_output, x, kernel, padding, stride
    )
    # Turned filters also multiply the zeros around delta, and 0 x inf is not a number.
    if strides == (1, 1) and np.isfinite(kernel).all():
        return _slide_turned(delta, kernel, np.shape(x), own)
    grad_padded = np.zeros_like(padded)
    sides = kernel.shape[:2]
    members = window_members(grad_padded, sides, strides, delta.shape[1:3])
    for place, member in zip(np.ndindex(sides), members, strict=True):
        member += delta @ kernel[place].T
    return grad_padded[own]


def conv2d_backward_weights(grad_output, x, kernel, padding="valid", stride=1):
    """Compute the other gradients of `conv2d_backward` alone: those of kernel and bias.

    Each window's columns meet the gradients of the outputs that they made. Takes and raises what
    `conv2d_backward` does.
    """
    delta, kernel, padded, _, strides = _checked_backward(
        grad_output, x, kernel, padding, stride
    )
    *filter_sides, channels, filters = kernel.shape
    deltas = delta.reshape(len(delta), math.prod(delta.shape[1:3]), filters)
    weights = math.prod(filter_sides) * channels
    grad_kernel = np.zeros((weights, filters), delta.dtype)
    grad_bias = np.zeros(filters, delta.dtype)
    ones = np.ones(deltas.shape[1], delta.dtype)
    columns = _columns(padded, filter_sides, strides)
    for image_columns, image_delta in zip(columns, deltas, strict=True):
        grad_kernel += image_columns.T @ image_delta
        # A sum over the places, as a product several times as fast.
        grad_bias += ones @ image_delta
    return grad_kernel.reshape(kernel.shape), grad_bias


def _slide_turned(delta, kernel, shape, own):
    """Slide the filters, turned by half a turn, over delta; return the gradient of the images.

    The windows are one pixel high: one product for each row of the filters, with a fraction of the copies.
    """
    filter_height, filter_width, channels, filters = kernel.shape
    turned = np.flip(kernel, axis=(0, 1)).swapaxes(2, 3)
    rows = turned.reshape(filter_height, filter_width * filters, channels)
    images, height, width, _ = shape
    # Framed so that the turned filter reaches every pixel of the padded images; then without the padding.
    above, before = filter_height - 1, filter_width - 1
    _, vertical, horizontal, _ = own
    framed = pad(delta, ((above, above), (before, before)))[
        :,
        vertical.start : vertical.stop + above,
        horizontal.start : horizontal.stop + before,
    ]
    grad_x = np.zeros((images, height * width, channels), delta.dtype)
    columns = _columns(framed, (1, filter_width), (1, 1))
    for lines, image_grad in zip(columns, grad_x, strict=True):
        for u, row in enumerate(rows):
            image_grad += lines[u * width : (u + height) * width] @ row
    return grad_x.reshape(shape)


def _checked(x, kernel, bias):
    given = {} if bias is None else {"bias": bias}
    x, kernel, *bias = arrays_of_one_type(x=x, kernel=kernel, **given)
    if x.ndim != 4 or kernel.ndim != 4 or x.shape[3] != kernel.shape[2]:
        raise ValueError(
            "expected images (N, H, W, C) and filters (f_h, f_w, C, K) with the same C, "
            f"got shapes {x.shape} and {kernel.shape}; put channels last, as Keras does"
        )
    bias = bias[0] if bias else np.zeros(kernel.shape[3], x.dtype)
    if bias.shape != kernel.shape[3:]:
        raise ValueError(
            f"expected a bias of shape {kernel.shape[3:]}, one number per filter, got {bias.shape}; "
            "leave it out for zeros"
        )
    return x, kernel, bias


def _checked_backward(grad_output, x, kernel, padding, stride):
    """Return the arrays in one type, x padded; the place of its own pixels in it; the strides as a pair."""
    x, kernel, _ = _checked(x, kernel, None)
    delta, x, kernel = arrays_of_one_type(grad_output=grad_output, x=x, kernel=kernel)
    padded, paddings, strides, sides = padded_image(
        x, kernel.shape[:2], padding, stride
    )
    check_upstream(delta, (len(x), *sides, kernel.shape[3]))
    return delta, kernel, padded, own_pixels(x, paddings), strides


def _columns(padded, filter_sides, strides):
    """Yield the matrix of each image, (d_h * d_w, f_h * f_w * C); one at a time it stays in the cache."""
    every = windows(padded, filter_sides, strides)
    height, width, *window = every.shape[1:]
    # Long runs copy fast: a row of a window, or, with few channels, a row of places.
    if math.prod(window[1:]) < width:
        matrix = np.empty((*window, height, width), padded.dtype)
        matrix = np.moveaxis(matrix, (-2, -1), (0, 1))
    else:
        matrix = np.empty((height, width, *window), padded.dtype)
    for image_windows in every:
        # Into the same memory each time: new memory costs as much as the copy.
        matrix[:] = image_windows
        yield matrix.reshape(height * width, math.prod(window))
