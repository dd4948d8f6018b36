"""Small disturbances of a picture and how much they change a result (section 3-1, robustness of pooling)."""

import numpy as np

from helpers.reference.arrays import whole_number
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
        ValueError: x has another number of axes.

    Source: section 3-1, robustness.

    >>> shift(np.array([[1, 2, 3]]), right=1)
    array([[0, 1, 2]])
    """
    target, source = ([slice(None)] * x.ndim for _ in range(2))
    for axis, step in zip(spatial_axes(x), (down, right), strict=True):
        room = max(x.shape[axis] - abs(step), 0)
        target[axis] = slice(max(step, 0), max(step, 0) + room)
        source[axis] = slice(max(-step, 0), max(-step, 0) + room)
    moved = np.zeros_like(x)
    moved[tuple(target)] = x[tuple(source)]
    return moved


def add_noise(image, deviation, rng):
    """Add normally distributed noise of mean 0 to every pixel; nothing is cut off.

    Args:
        image: array of any shape.
        deviation: standard deviation of the noise, in the image's units.
        rng: a NumPy random generator.

    Returns:
        A new array of floats of the same shape.

    Source: section 3-1, noise suppression.
    """
    return image + deviation * rng.standard_normal(image.shape)


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
        TypeError, ValueError: top, left or side is not a whole number of at least 0, or x has another number
            of axes.

    Source: section 3-5, what a trained network relies on.

    >>> occlude(np.array([[1, 2, 3]]), top=0, left=1, side=2)
    array([[1, 0, 0]])
    """
    for name, count in (("top", top), ("left", left), ("side", side)):
        whole_number(name, count, 0)
    covered, place = x.copy(), [slice(None)] * x.ndim
    for axis, start in zip(spatial_axes(x), (top, left), strict=True):
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
        ValueError: the shapes differ, or `before` is zero everywhere.

    Source: section 3-1, robustness.

    >>> relative_change(np.array([3.0, 4.0]), np.array([3.0, 5.0]))
    0.2
    """
    if before.shape != after.shape:
        raise ValueError(
            f"Arrays of shape {before.shape} and {after.shape} came; expected equal shapes."
        )
    length = np.linalg.norm(before)
    if length == 0:
        raise ValueError(
            "`before` is zero everywhere; expected something to compare the change with."
        )
    return float(np.linalg.norm(after - before) / length)
