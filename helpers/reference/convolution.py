"""Cross-correlation and convolution of one image (section 3-1, equations 3.2 to 3.11).

The chapter centres its sums on the middle of the window; here, as in its examples, indices start at the
window's upper left corner. The values are the same, only counted from another place.
"""

import math

import numpy as np

from helpers.reference.arrays import arrays_of_one_type, real_array, whole_number
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
    padded, (height, width), (down, right) = padded_image(
        places, image_sides, kernel.shape, padding, stride
    )
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
    delta, image, kernel = arrays_of_one_type(
        grad_output=grad_output, image=image, kernel=kernel
    )
    sides = image.shape, kernel.shape
    padded, positions, (down, right) = padded_image(image, *sides, padding, stride)
    check_upstream(delta, positions)
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

    Takes, returns and raises what `cross_correlate2d_backward` does; pass the kernel unflipped.

    Source: section 3-1, equations 3.2 to 3.5: under w_mn lies a_(i+k-m)(j+k-n).
    """
    image, kernel = _checked2d(image, kernel)
    flipped = np.flip(kernel)
    grad_image, grad_flipped = cross_correlate2d_backward(
        grad_output, image, flipped, padding, stride
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
    for i in range(k):
        for j in range(k):
            for n in range(k):
                for m in range(k):
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


def _prepared2d(image, kernel, padding, stride):
    """Return the padded image and the filter in one type, an output of zeros, and the two strides."""
    image, kernel = _checked2d(image, kernel)
    padded, sides, strides = padded_image(
        image, image.shape, kernel.shape, padding, stride
    )
    return padded, kernel, np.zeros(sides, image.dtype), strides


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


def padded_image(image, image_sides, filter_sides, padding, stride):
    """Pad the image where there is something to add; return it with the output's sides and the strides."""
    strides = pair("stride", stride)
    paddings = resolve_padding(padding, image_sides, filter_sides, strides)
    sides = tuple(
        output_size(*axis)
        for axis in zip(image_sides, filter_sides, paddings, strides, strict=True)
    )
    return (pad(image, paddings) if np.any(paddings) else image, sides, strides)
