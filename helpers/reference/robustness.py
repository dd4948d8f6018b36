"""Disturbances of a picture and how much they change a result (section 3-1, robustness of pooling)."""

import numpy as np

from helpers.reference.arrays import (
    fill_value,
    float_array,
    random_generator,
    real_array,
    real_number,
    whole_number,
)
from helpers.reference.geometry import spatial_axes


def shift(x, down=0, right=0):
    """Move a picture; what leaves is lost, and zeros follow.

    Args:
        x: image (H, W) or images (N, H, W, C).
        down: pixels, upwards where negative.
        right: pixels, to the left where negative.

    Returns:
        A new array of the same shape and type.

    Raises:
        TypeError, ValueError: down or right is not a whole number, or x is not an image.

    Source: section 3-1, robustness.

    >>> shift(np.array([[1, 2, 3]]), right=1)
    array([[0, 1, 2]])
    """
    x = real_array("x", x)
    steps = (whole_number("down", down, -np.inf), whole_number("right", right, -np.inf))
    target, source = ([slice(None)] * x.ndim for _ in range(2))
    for axis, step in zip(spatial_axes(x), steps, strict=True):
        room = max(x.shape[axis] - abs(step), 0)
        target[axis] = slice(max(step, 0), max(step, 0) + room)
        source[axis] = slice(max(-step, 0), max(-step, 0) + room)
    moved = np.zeros_like(x)
    moved[tuple(target)] = x[tuple(source)]
    return moved


def rotate(x, degrees):
    """Turn a picture about its middle, counter-clockwise; what leaves is lost, and zeros follow.

    Each new pixel lies between four old ones, and mixes them by how near they are.

    Args:
        x: image (H, W) or images (N, H, W, C).
        degrees: any number, clockwise where negative.

    Returns:
        A new array of floats of the same shape.

    Raises:
        TypeError, ValueError: degrees is not a finite number, or x is not an image.

    Source: section 3-1, robustness.

    >>> rotate([[1, 2], [3, 4]], 90)
    array([[2., 4.],
           [1., 3.]])
    """
    x = float_array("x", x)
    axes = spatial_axes(x)
    height, width = (x.shape[axis] for axis in axes)
    angle = np.deg2rad(float(real_number("degrees", degrees)))
    if not np.isfinite(angle):
        raise ValueError(
            f"expected a finite number of degrees, got {degrees}; 90 is a quarter of a turn"
        )
    sine, cosine = np.sin(angle), np.cos(angle)
    down, right = np.arange(height)[:, np.newaxis], np.arange(width)
    down, right = down - (height - 1) / 2, right - (width - 1) / 2
    # Where each pixel comes from. The last bits must not decide whether that is inside.
    row = np.round((height - 1) / 2 + cosine * down + sine * right, 9)
    column = np.round((width - 1) / 2 + cosine * right - sine * down, 9)
    inside = (row >= 0) & (row <= height - 1) & (column >= 0) & (column <= width - 1)
    images = np.moveaxis(x, axes, (-2, -1))
    turned = np.zeros(images.shape)
    for below, beside in np.ndindex(2, 2):
        i, j = np.floor(row).astype(int) + below, np.floor(column).astype(int) + beside
        share = inside * (1 - abs(row - i)) * (1 - abs(column - j))
        turned += share * images[..., i.clip(0, height - 1), j.clip(0, width - 1)]
    return np.moveaxis(turned, (-2, -1), axes).astype(x.dtype, order="C")


def add_noise(image, deviation, rng):
    """Add normally distributed noise of mean 0 to every pixel; nothing is cut off.

    Args:
        image: array of any shape.
        deviation: standard deviation of the noise, in the image's units.
        rng: a NumPy random generator.

    Returns:
        A new array of floats of the same shape.

    Raises:
        TypeError, ValueError: the image holds something else than numbers, the deviation is not a number of
            at least 0, or rng is not a generator.

    Source: section 3-1, noise suppression.
    """
    image = real_array("image", image)
    deviation = float(real_number("deviation", deviation))
    random_generator("rng", rng)
    if not 0 <= deviation < np.inf:
        raise ValueError(
            f"expected a standard deviation of at least 0, got {deviation}; use a number such as 0.2"
        )
    return image + deviation * rng.standard_normal(image.shape)


def salt_and_pepper(image, share, rng, white=255):
    """Make some pixels white and as many black, drawn at random.

    Args:
        image: array of any shape, 0 for black.
        share: of the pixels that change, from 0 to 1.
        rng: a NumPy random generator.
        white: the value of a white pixel.

    Returns:
        A new array of the same shape and type.

    Raises:
        TypeError, ValueError: the image holds something else than numbers, the share is not a number from 0
            to 1, white is none that pixels of the image's type can have, or rng is not a generator.

    Source: section 3-1, convolution layer: median filter.
    """
    spoilt = real_array("image", image).copy()
    white = fill_value(white, spoilt.dtype)
    random_generator("rng", rng)
    if not 0 <= real_number("share", share) <= 1:
        raise ValueError(
            f"expected a share from 0 to 1, got {share}; 0.1 is a tenth of the pixels"
        )
    changed = rng.random(spoilt.shape) < share
    spoilt[changed] = np.where(rng.random(spoilt.shape) <= 0.5, white, 0)[changed]
    return spoilt


def occlude(x, top, left, side, value=0.0):
    """Cover a square patch of a picture; what lies outside the picture is cut off.

    Args:
        x: image (H, W) or images (N, H, W, C).
        top: first row of the patch, counted from 0.
        left: first column of the patch, counted from 0.
        side: of the patch, in pixels; 0 covers nothing.
        value: what the covered pixels become.

    Returns:
        A new array of the same shape and type.

    Raises:
        TypeError, ValueError: top, left or side is not a whole number of at least 0, value is none that
            pixels of x's type can have, or x is not an image.

    Source: section 3-5, what a trained network relies on.

    >>> occlude(np.array([[1, 2, 3]]), top=0, left=1, side=2)
    array([[1, 0, 0]])
    """
    covered = real_array("x", x).copy()
    top = whole_number("top", top, 0)
    left = whole_number("left", left, 0)
    side = whole_number("side", side, 0)
    value = fill_value(value, covered.dtype)
    place = [slice(None)] * covered.ndim
    for axis, start in zip(spatial_axes(covered), (top, left), strict=True):
        place[axis] = slice(start, start + side)
    covered[tuple(place)] = value
    return covered


def relative_change(before, after):
    """Measure a change: the length of the difference over the length of what was there before.

    Args:
        before: array of any shape.
        after: array of the same shape.

    Returns:
        sqrt(sum (after - before)^2) / sqrt(sum before^2); 0 for no change, 1 where everything was lost.

    Raises:
        TypeError: an array holds something else than numbers.
        ValueError: the shapes differ, or `before` is zero everywhere.

    Source: section 3-1, robustness.

    >>> relative_change(np.array([3.0, 4.0]), np.array([3.0, 5.0]))
    0.2
    """
    # Floats: the difference of two pixels in uint8 would wrap around.
    before = real_array("before", before).astype(float)
    after = real_array("after", after).astype(float)
    if before.shape != after.shape:
        raise ValueError(
            f"expected two arrays of the same shape, got {before.shape} and {after.shape}; "
            "compare a picture with its own copy"
        )
    length = np.linalg.norm(before)
    if length == 0:
        raise ValueError(
            "expected something to compare the change with, got zeros everywhere in before; "
            "give the array that was there before the change"
        )
    return float(np.linalg.norm(after - before) / length)
