"""A digit drawn by hand, brought into the form of MNIST's pictures (section 3-5, first program)."""

import numpy as np

from helpers.reference.arrays import real_array

SIDE = 28
BOX = 20
# Where MNIST's digits have their centre of mass, in pixels counted from 0, to half a pixel.
CENTRE = 14


def digit_from_drawing(pixels):
    """Scale and centre a drawing as MNIST did with its scanned digits.

    The ink is cut out and scaled so that its longer side fills 20 pixels, each new pixel the mean of what it
    covers. Then it is laid into 28 x 28 with its centre of mass in the middle, by whole pixels; half-way
    between two of them it goes up or left.

    Args:
        pixels: drawing (H, W), 0 for paper, to 255 or any other largest value for ink.

    Returns:
        (28, 28), float64, in the units of the drawing; zeros for an empty one.

    Raises:
        TypeError: the drawing does not hold numbers.
        ValueError: it is not (H, W) with finite values of at least 0.

    Source: section 3-5, first program; Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, 1998, section III.

    >>> digit = digit_from_drawing(np.ones((100, 50)))
    >>> int(digit.sum()), int(digit[:, 14].sum())
    (200, 20)
    """
    pixels = _checked(pixels)
    digit = np.zeros((SIDE, SIDE))
    if not pixels.any():
        return digit
    ink = pixels[_inked(pixels.any(axis=1)), _inked(pixels.any(axis=0))]
    scale = BOX / max(ink.shape)
    height, width = (max(round(side * scale), 1) for side in ink.shape)
    ink = _means(len(ink), height) @ ink @ _means(ink.shape[1], width).T
    top, left = _start(ink.sum(axis=1)), _start(ink.sum(axis=0))
    digit[top : top + height, left : left + width] = ink
    return digit


def _checked(pixels):
    pixels = real_array("pixels", pixels).astype(float)
    if pixels.ndim != 2:
        raise ValueError(
            f"expected a drawing (H, W), got shape {pixels.shape}; leave out channels and batch"
        )
    if not np.all((pixels >= 0) & (pixels < np.inf)):
        raise ValueError(
            f"expected 0 for paper and above 0 for ink, got {pixels.min()} to {pixels.max()}; "
            "replace what is negative, infinite or nan"
        )
    return pixels


def _inked(line):
    """Return the piece of a line from its first ink to its last."""
    places = np.flatnonzero(line)
    return slice(places[0], places[-1] + 1)


def _means(old, new):
    """Return for each of `new` equal pieces of a line its mean over `old` pieces, as a matrix (new, old)."""
    edges = np.linspace(0, old, new + 1)
    starts = np.arange(old)
    overlap = np.minimum(edges[1:, np.newaxis], starts + 1) - np.maximum(
        edges[:-1, np.newaxis], starts
    )
    return np.maximum(overlap, 0) * new / old


def _start(profile):
    """Place a line of ink so that its centre of mass comes closest to the middle, inside the picture."""
    centre = profile @ np.arange(len(profile)) / profile.sum()
    # A symmetric line of even length has its centre half-way between two pixels, where the last bits of the
    # sums would decide, and they differ from processor to processor. It goes up or left: to the very middle.
    start = np.ceil(np.round(CENTRE - centre, 6) - 0.5)
    return int(np.clip(start, 0, SIDE - len(profile)))
