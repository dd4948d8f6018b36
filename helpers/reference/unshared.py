"""A convolution layer whose weights are not shared: filters of its own at every place (section 3-3)."""

import math

import numpy as np

from helpers.reference.arrays import arrays_of_one_type
from helpers.reference.convolution import check_upstream, padded_image, window_members
from helpers.reference.geometry import own_pixels, windows


def unshared_conv2d_definition(x, kernel, bias, padding="valid"):
    """Compute `unshared_conv2d` one output at a time.

    Takes, returns and raises what `unshared_conv2d` does; slow.

    Source: section 3-1, equation 3.8, with filters k that depend on the place.
    """
    x, kernel, bias = arrays_of_one_type(x=x, kernel=kernel, bias=bias)
    padded, _ = _checked(x, kernel, padding)
    height, width, rows, columns, _, filters = kernel.shape
    output = np.empty((len(x), height, width, filters), x.dtype)
    for n, i, j, k in np.ndindex(output.shape):
        window = padded[n, i : i + rows, j : j + columns]
        output[n, i, j, k] = np.sum(window * kernel[i, j, ..., k]) + bias[i, j, k]
    return output


def unshared_conv2d(x, kernel, bias, padding="valid"):
    """Apply a convolution layer that has, at every place, filters and biases of its own.

    Args:
        x: images (N, H, W, C).
        kernel: filters (d_h, d_w, f_h, f_w, C, K), those of a place first.
        bias: (d_h, d_w, K).
        padding: as for `conv2d`; the stride is 1.

    Returns:
        Feature maps (N, d_h, d_w, K): int64 for whole numbers, else the inputs' floating type.

    Raises:
        TypeError, ValueError: a shape or padding that does not fit.

    Source: section 3-3: what a convolution layer is without shared weights.

    >>> unshared_conv2d(np.ones((1, 2, 1, 1)), [[[[[[3]]]]], [[[[[5]]]]]], np.zeros((2, 1, 1)))[0, :, 0, 0]
    array([3., 5.])
    """
    x, kernel, bias = arrays_of_one_type(x=x, kernel=kernel, bias=bias)
    padded, _ = _checked(x, kernel, padding)
    flat = kernel.reshape(*kernel.shape[:2], -1, kernel.shape[-1])
    return np.moveaxis(_by_place(padded, kernel) @ flat, 2, 0) + bias


def unshared_conv2d_backward(grad_output, x, kernel, padding="valid"):
    """Carry the gradient back through `unshared_conv2d`.

    Args:
        grad_output: delta, the loss's gradient of the output, (N, d_h, d_w, K).
        x: images (N, H, W, C).
        kernel: as `unshared_conv2d` used it.
        padding: likewise.

    Returns:
        The loss's gradients (grad_x, grad_kernel, grad_bias), in the shapes of x, kernel and bias.

    Raises:
        TypeError, ValueError: a shape or padding that does not fit.

    Source: section 3-1, equations 3.3 to 3.5, at each place for the filters of that place alone.
    """
    delta, x, kernel = arrays_of_one_type(grad_output=grad_output, x=x, kernel=kernel)
    padded, paddings = _checked(x, kernel, padding)
    places, (*sides, channels, filters) = kernel.shape[:2], kernel.shape[2:]
    check_upstream(delta, (len(x), *places, filters))
    flat = kernel.reshape(*places, -1, filters)
    at_places = np.moveaxis(delta, 0, 2)  # (d_h, d_w, N, K), to multiply place by place
    grad_kernel = _by_place(padded, kernel).swapaxes(2, 3) @ at_places
    grad_windows = np.moveaxis(at_places @ flat.swapaxes(2, 3), 2, 0)
    grad_windows = grad_windows.reshape(*delta.shape[:3], math.prod(sides), channels)
    grad_padded = np.zeros_like(padded)
    members = window_members(grad_padded, sides, (1, 1), places)
    for number, member in enumerate(members):
        member += grad_windows[..., number, :]
    grad_x = grad_padded[own_pixels(x, paddings)]
    return grad_x, grad_kernel.reshape(kernel.shape), delta.sum(axis=0)


def _by_place(padded, kernel):
    """Return the windows of all images at each place, (d_h, d_w, N, f_h * f_w * C)."""
    every = np.moveaxis(windows(padded, kernel.shape[2:4]), 0, 2)
    return every.reshape(*every.shape[:3], math.prod(every.shape[3:]))


def _checked(x, kernel, padding):
    """Return x padded, and its paddings, if the kernel has filters for each place."""
    if x.ndim != 4 or kernel.ndim != 6 or x.shape[3] != kernel.shape[4]:
        raise ValueError(
            "expected images (N, H, W, C) and filters (d_h, d_w, f_h, f_w, C, K) with the same C, "
            f"got shapes {x.shape} and {kernel.shape}; put channels last, as Keras does"
        )
    padded, paddings, _, sides = padded_image(x, kernel.shape[2:4], padding, 1)
    if sides != kernel.shape[:2]:
        raise ValueError(
            f"expected filters for {sides} places, got some for {kernel.shape[:2]}; "
            "use the image's side and the padding that the filters were made for"
        )
    return padded, paddings
