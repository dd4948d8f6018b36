"""The filters that section 3-1 names, made by hand, and the random ones that a network starts from."""

import math

import numpy as np

from helpers.reference.arrays import (
    float_array,
    grey_image,
    length,
    random_generator,
    real_array,
    whole_number,
    whole_numbers,
)
from helpers.reference.conv2d import conv2d
from helpers.reference.geometry import pair, windows

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
"""Brightness rising to the right; I. Sobel and G. Feldman, 1968. Used as it stands, not flipped."""

SOBEL_Y = SOBEL_X.T
"""Brightness rising downwards."""

SOBEL_X.setflags(write=False)
SOBEL_Y.setflags(write=False)


def mean_filter(size):
    """Make a filter that averages its window.

    Args:
        size: filter side in pixels.

    Returns:
        (size, size), every weight 1 / size².

    Raises:
        TypeError, ValueError: the size is not a whole number of at least 1.

    Source: section 3-1, convolution layer: mean filter.

    >>> mean_filter(2)
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    size = whole_number("size", size, 1)
    return np.full((size, size), 1 / size**2)


def gaussian_filter(size, sigma):
    """Make a filter that averages its window and gives the middle more weight.

    Args:
        size: filter side in pixels, odd; the bell is cut off outside.
        sigma: width of the bell, its standard deviation in pixels.

    Returns:
        (size, size), proportional to exp(-(u² + v²) / (2 sigma²)), u and v pixels from the middle; their sum
        is 1.

    Raises:
        TypeError, ValueError: the size is not an odd whole number, or sigma not a positive number.

    Source: section 3-1, convolution layer: Gaussian filter.

    >>> gaussian_filter(3, 0.85).round(2)
    array([[0.06, 0.12, 0.06],
           [0.12, 0.25, 0.12],
           [0.06, 0.12, 0.06]])
    """
    size = _odd("size", size)
    distance = (np.arange(size) - size // 2) / length("sigma", sigma)
    bell = np.exp(-(distance**2) / 2)
    weights = np.outer(bell, bell)
    return weights / weights.sum()


def filter_image(image, kernel):
    """Filter one grey image and keep its size: the pixels at the edge are repeated outwards.

    Zeros, as a convolution layer adds them, would draw a dark frame around a photograph.

    Args:
        image: (H, W).
        kernel: (f_h, f_w), odd sides, used as it stands.

    Returns:
        (H, W), float64.

    Raises:
        TypeError, ValueError: a shape that does not fit, or an even side.

    Source: section 3-1, equation 3.8.

    >>> filter_image([[1, 2, 9]], mean_filter(3)).round(2)
    array([[1.33, 4.  , 6.67]])
    """
    image = float_array("image", image).astype(float)
    kernel = float_array("kernel", kernel).astype(float)
    if image.ndim != 2 or kernel.ndim != 2:
        raise ValueError(
            "expected a grey image (H, W) and a filter (f_h, f_w), "
            f"got shapes {image.shape} and {kernel.shape}; use conv2d for batches and channels"
        )
    for side in kernel.shape:
        _odd("the filter's side", side)
    padded = _repeat_edges(image, kernel.shape)[np.newaxis, :, :, np.newaxis]
    return conv2d(padded, kernel[:, :, np.newaxis, np.newaxis])[0, :, :, 0]


def median_filter(image, size):
    """Put the middle one of the sorted pixels of its window in the place of each pixel.

    The pixels at the edge are repeated outwards, as for `filter_image`.

    Args:
        image: (H, W).
        size: window side in pixels, odd, or (height, width).

    Returns:
        (H, W), float64.

    Raises:
        TypeError, ValueError: the image is not (H, W), or a side not an odd whole number.

    Source: section 3-1, convolution layer: median filter.

    >>> median_filter([[1, 2, 9]], 3)
    array([[1., 2., 9.]])
    """
    image, sides = grey_image("image", image), pair("size", size)
    for side in sides:
        _odd("the window's side", side)
    return np.median(windows(_repeat_edges(image, sides), sides), axis=(2, 3))


def sobel_magnitude(image):
    """Measure how steeply the brightness changes at each pixel, in any direction.

    Args:
        image: (H, W).

    Returns:
        sqrt(G_x² + G_y²) of the two Sobel filters' results, (H, W).

    Raises:
        ValueError: the image is not (H, W).

    Source: section 3-1, convolution layer: Sobel filter.

    >>> sobel_magnitude([[0, 0, 1], [0, 0, 1], [0, 0, 1]])[1]
    array([0., 4., 4.])
    """
    return np.hypot(filter_image(image, SOBEL_X), filter_image(image, SOBEL_Y))


def glorot_uniform(shape, rng):
    """Draw weights as Keras starts a layer from: uniform, wider for few weights than for many.

    Args:
        shape: of a convolution layer's filters (f_h, f_w, C, K), or of an affine layer's weights
            (inputs, units).
        rng: a NumPy random generator.

    Returns:
        Weights of that shape between -limit and limit, where limit = sqrt(6 / (fan_in + fan_out)); fan_in
        is f_h f_w C or inputs, fan_out f_h f_w K or units.

    Raises:
        TypeError, ValueError: the shape has another number of axes, or sides that are not whole numbers of at
            least 1; rng is not a generator.

    Source: section 3-1, filters drawn at random; X. Glorot and Y. Bengio, 2010, equation 16.

    >>> glorot_uniform((5, 5, 1, 16), np.random.default_rng(0)).shape
    (5, 5, 1, 16)
    """
    rng = random_generator("rng", rng)
    shape = whole_numbers("shape", shape, 1)
    if len(shape) not in (2, 4):
        raise ValueError(
            f"expected a shape (f_h, f_w, C, K) or (inputs, units), got {shape}; "
            "write it as Keras stores weights"
        )
    *window, inputs, outputs = shape
    limit = np.sqrt(6 / (math.prod(window) * (inputs + outputs)))
    return rng.uniform(-limit, limit, shape)


def neighbour_correlation(kernel):
    """Measure how alike weights are that lie side by side or one below the other.

    Args:
        kernel: filters (f_h, f_w, C, K).

    Returns:
        Pearson's correlation over all pairs of neighbours, from -1 to 1: about 0 for weights drawn one by
        one, towards 1 where weights of one sign lie together.

    Raises:
        ValueError: the kernel has another number of axes.

    Source: section 3-1, filters drawn at random and learnt.

    >>> round(neighbour_correlation(SOBEL_X[:, :, np.newaxis, np.newaxis]), 2)
    0.64
    """
    kernel = real_array("kernel", kernel)
    if kernel.ndim != 4:
        raise ValueError(
            f"expected filters (f_h, f_w, C, K), got shape {kernel.shape}; add axes with np.newaxis"
        )
    first = np.concatenate([kernel[:, :-1].ravel(), kernel[:-1].ravel()])
    second = np.concatenate([kernel[:, 1:].ravel(), kernel[1:].ravel()])
    return float(np.corrcoef(first, second)[0, 1])


def _repeat_edges(image, sides):
    """Surround an image so that a window of these odd sides fits around each pixel."""
    return np.pad(image, [(side // 2, side // 2) for side in sides], mode="edge")


def _odd(name, side):
    side = whole_number(name, side, 1)
    if side % 2 == 0:
        raise ValueError(
            f"expected an odd number for {name}, got {side}; use {side + 1}, so that the filter has a middle"
        )
    return side
