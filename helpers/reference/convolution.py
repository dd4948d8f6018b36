"""Cross-correlation and convolution of one image (section 3-1, equations 3.2 to 3.11).

The chapter centres its sums on the middle of the window; here, as in its examples, indices start at the
window's upper left corner. The values are the same, only counted from another place.
"""

import math

import numpy as np

from helpers.reference.arrays import arrays_of_one_type, real_array, whole_number
from helpers.reference.geometry import layout, pad, pair, spatial_axes


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
    image, kernel = _checked2d(image, kernel)
    padded, _, (down, right), sides = padded_image(image, kernel.shape, padding, stride)
    output = np.zeros(sides, image.dtype)
    for i, j in np.ndindex(sides):
        for u, v in np.ndindex(kernel.shape):
            output[i, j] += padded[i * down + u, j * right + v] * kernel[u, v]
    return output


def convolve2d(image, kernel, padding=0, stride=1):
    """Cross-correlate one image with the filter turned by half a turn.

    Takes, returns and raises what `cross_correlate2d` does; the kernel is flipped before use.

    Source: section 3-1, equations 3.2 and 3.9 to 3.11.

    >>> convolve2d([[1, 2, 3], [4, 5, 6]], [[1, 0], [0, 0]])
    array([[5, 6]])
    """
    image, kernel = _checked2d(image, kernel)
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
    kernel = real_array("kernel", kernel)
    image_sides = pair("image_sides", image_sides)
    # Where each pixel stands in image.ravel(), counted from 1; the padding's pixels hold 0.
    places = np.arange(1, 1 + math.prod(image_sides)).reshape(image_sides)
    _checked2d(places, kernel)
    padded, _, (down, right), sides = padded_image(
        places, kernel.shape, padding, stride
    )
    matrix = np.zeros((math.prod(sides), places.size), kernel.dtype)
    for i, j, u, v in np.ndindex(*sides, *kernel.shape):
        place = padded[i * down + u, j * right + v]
        if place:
            matrix[i * sides[1] + j, place - 1] = kernel[u, v]
    return matrix


def cross_correlate2d_backward(grad_output, image, kernel):
    """Carry the output's gradient back to image and filter, at stride 1 and without padding.

    `conv2d_backward` has both.

    Args:
        grad_output: delta, the loss's gradient of the output, (d_h, d_w).
        image: a, (H, W).
        kernel: w, (f_h, f_w), as `cross_correlate2d` used it.

    Returns:
        The loss's gradients (grad_image, grad_kernel) in the shapes of image and kernel.

    Raises:
        TypeError, ValueError: shapes that do not fit together.

    Source: section 3-1, equations 3.3 to 3.5, their sums running over the whole output.

    >>> grad_image, grad_kernel = cross_correlate2d_backward([[1, 10]], [[2, 3, 4]], [[5, 6]])
    >>> grad_image, grad_kernel
    (array([[ 5, 56, 60]]), array([[32, 43]]))
    """
    delta, image, kernel = _checked2d_backward(grad_output, image, kernel)
    grad_image, grad_kernel = np.zeros_like(image), np.zeros_like(kernel)
    for i, j in np.ndindex(delta.shape):
        for u, v in np.ndindex(kernel.shape):
            grad_kernel[u, v] += delta[i, j] * image[i + u, j + v]
            grad_image[i + u, j + v] += delta[i, j] * kernel[u, v]
    return grad_image, grad_kernel


def convolve2d_backward(grad_output, image, kernel):
    """Carry the gradient back through `convolve2d`: flip the filter, go back, flip its gradient.

    Takes, returns and raises what `cross_correlate2d_backward` does; pass the kernel unflipped.

    Source: section 3-1, equations 3.2 to 3.5: under w_mn lies a_(i+k-m)(j+k-n).
    """
    image, kernel = _checked2d(image, kernel)
    grad_image, grad_flipped = cross_correlate2d_backward(
        grad_output, image, np.flip(kernel)
    )
    return grad_image, np.flip(grad_flipped)


def chapter_weight_gradient(grad_output, image, filter_side):
    """Add up equation 3.5 as it is printed, with n and m from 1 to k.

    For each weight w_ij the terms are delta_mn a_(i+m-1)(j+n-1).

    Right only where the output happens to be k x k, and then for a filter that is not flipped; use
    `convolve2d_backward` or `cross_correlate2d_backward` for the gradient.

    Args:
        grad_output: delta, (d_h, d_w).
        image: a, (H, W).
        filter_side: k.

    Returns:
        What the printed sums give for each weight, (k, k).

    Raises:
        TypeError: filter_side is not a whole number.
        ValueError: the output is smaller than k x k, so that the sums ask for a delta that does not exist.

    Source: section 3-1, equation 3.5 as printed.
    """
    delta, image = arrays_of_one_type(grad_output=grad_output, image=image)
    k = whole_number("filter_side", filter_side, 1)
    _check_printed_sums(delta, image, k)
    total = np.zeros((k, k), image.dtype)
    for i, j in np.ndindex(k, k):
        for n, m in np.ndindex(k, k):
            total[i, j] += delta[m, n] * image[i + m, j + n]
    return total


def _checked2d(image, kernel):
    image, kernel = arrays_of_one_type(image=image, kernel=kernel)
    if image.ndim != 2 or kernel.ndim != 2:
        raise ValueError(
            f"expected an image (H, W) and a filter (f_h, f_w), got shapes {image.shape} and {kernel.shape}; "
            "use conv2d for batches and channels"
        )
    return image, kernel


def _checked2d_backward(grad_output, image, kernel):
    """Return the arrays in one type, if the gradient has a number for each place of the filter."""
    image, kernel = _checked2d(image, kernel)
    _, _, sides = layout(image.shape, kernel.shape, 0, 1)
    arrays = arrays_of_one_type(grad_output=grad_output, image=image, kernel=kernel)
    check_upstream(arrays[0], sides)
    return arrays


def check_upstream(delta, positions):
    """Raise unless the output's gradient has a number for each position of the filter."""
    if delta.shape != positions:
        raise ValueError(
            f"expected grad_output of shape {positions}, the output's, got {delta.shape}; "
            "use the padding and stride of the forward pass"
        )


def _check_printed_sums(delta, image, k):
    if delta.ndim != 2 or min(delta.shape) < k:
        raise ValueError(
            f"expected grad_output of at least {(k, k)}, since the printed sums run to k = {k}, "
            f"got {delta.shape}; use a larger image"
        )
    if image.ndim != 2 or min(image.shape) < 2 * k - 1:
        raise ValueError(
            f"expected an image of at least {(2 * k - 1, 2 * k - 1)}, since the printed indices run so far, "
            f"got {image.shape}; use a larger image"
        )


def padded_image(x, filter_sides, padding, stride):
    """Pad x where there is something to add; return it with its `layout`."""
    first, second = spatial_axes(x)
    image_sides = x.shape[first : second + 1]
    paddings, strides, sides = layout(image_sides, filter_sides, padding, stride)
    return pad(x, paddings) if np.any(paddings) else x, paddings, strides, sides


def window_members(padded, window_sides, strides, sides):
    """Yield, for each place in the window, a view of what all windows have there: (N, d_h, d_w, C)."""
    (down, right), (height, width) = strides, sides
    for u, v in np.ndindex(*window_sides):
        rows = slice(u, u + (height - 1) * down + 1, down)
        yield padded[:, rows, v : v + (width - 1) * right + 1 : right]
