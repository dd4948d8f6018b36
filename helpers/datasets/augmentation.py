"""Chance changes of training pictures that leave what they show: a mirror image, a shift by a few pixels."""

import numpy as np

from helpers.reference.arrays import random_generator, whole_number


def mirror(x, rng):
    """Mirror about half of the pictures, left to right.

    Args:
        x: pictures (N, H, W, C).
        rng: NumPy random generator.

    Returns:
        A new array of the same shape and type.

    Raises:
        TypeError: rng is not a generator.

    Source: section 3-5, end: remedies against overfitting.

    >>> mirror(np.arange(3).reshape(1, 1, 3, 1), np.random.default_rng(1)).ravel()
    array([0, 1, 2])
    >>> mirror(np.arange(3).reshape(1, 1, 3, 1), np.random.default_rng(2)).ravel()
    array([2, 1, 0])
    """
    turned = random_generator("rng", rng).random(len(x)) < 0.5
    mirrored = x.copy()
    mirrored[turned] = x[turned, :, ::-1]
    return mirrored


def shift(x, rng, most=4):
    """Move each picture by up to so many pixels, down or up and right or left; black moves in.

    Args:
        x: pictures (N, H, W, C).
        rng: NumPy random generator.
        most: pixels, at most; every whole number from -most to most is as likely.

    Returns:
        A new array of the same shape and type.

    Raises:
        TypeError: most is not a whole number, or rng is not a generator.
        ValueError: most is below 0.

    Source: section 3-5, end: remedies against overfitting; by 4 pixels as K. He et al., 2016, section 4.2.

    >>> shift(np.full((1, 1, 3, 1), 7), np.random.default_rng(0), most=1).ravel()
    array([0, 0, 0])
    """
    most = whole_number("most", most, 0)
    count, height, width = x.shape[:3]
    framed = np.pad(x, ((0, 0), (most, most), (most, most), (0, 0)))
    top, left = random_generator("rng", rng).integers(0, 2 * most + 1, size=(2, count))
    picture = np.arange(count)[:, None, None]
    rows = (top[:, None] + np.arange(height))[:, :, None]
    columns = (left[:, None] + np.arange(width))[:, None, :]
    return framed[picture, rows, columns]
