"""A data set that this project draws itself, for lessons that run where CIFAR-10 is missing."""

import numpy as np

from helpers.language import say
from helpers.reference.arrays import random_generator, whole_number

SHAPES = {
    "disc": say("disc"),
    "ring": say("ring"),
    "square": say("square"),
    "frame": say("frame"),
    "triangle": say("triangle"),
    "plus": say("plus"),
    "bar": say("bar"),
    "half disc": say("half disc"),
    "crescent": say("crescent"),
    "star": say("star"),
}
"""Each shape, and what a reader calls it; their order is that of the labels."""

_SIDE = 32
_FINE = 2  # points in each direction for every pixel, so that edges come out smooth


def draw_shapes(per_class, rng):
    """Draw colour pictures of ten shapes, turned, moved and scaled at random, on a background that changes.

    The same generator gives the same pictures on every machine: nothing but arithmetic and square roots,
    which IEEE 754 fixes to the last bit, makes them.

    Args:
        per_class: pictures of each shape.
        rng: NumPy random generator.

    Returns:
        The pictures (10 * per_class, 32, 32, 3) uint8 in mixed order, and their labels (10 * per_class,)
        uint8, places in `SHAPES`.

    Raises:
        TypeError, ValueError: per_class is not a whole number of at least 1, or rng is not a generator.

    Source: this project's own; it stands in for the data of section 3-5's second program.

    >>> pictures, labels = draw_shapes(2, np.random.default_rng(0))
    >>> pictures.shape, np.bincount(labels).tolist()
    ((20, 32, 32, 3), [2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    """
    per_class = whole_number("per_class", per_class, 1)
    random_generator("rng", rng)
    covered = np.concatenate([_coverage(shape, per_class, rng) for shape in SHAPES])
    labels = np.repeat(np.arange(len(SHAPES), dtype=np.uint8), per_class)
    order = rng.permutation(len(labels))
    return _coloured(covered[order], rng), labels[order]


def _coverage(shape, count, rng):
    """Share of each pixel (count, 32, 32) that the shape covers."""
    radius = rng.uniform(8, 13, (count, 1, 1))
    middle_x, middle_y = rng.uniform(radius, _SIDE - radius, (2, count, 1, 1))
    cosine, sine = _turns(count, rng)
    points = (np.arange(_SIDE * _FINE) + 0.5) / _FINE
    x = (points[np.newaxis, np.newaxis, :] - middle_x) / radius
    y = (points[np.newaxis, :, np.newaxis] - middle_y) / radius
    inside = _inside(shape, cosine * x - sine * y, sine * x + cosine * y)
    return inside.reshape(count, _SIDE, _FINE, _SIDE, _FINE).mean((2, 4))


def _turns(count, rng):
    """Cosine and sine (count, 1, 1) of angles up to 27 degrees, from a slope and a square root alone."""
    slope = rng.uniform(-0.5, 0.5, (count, 1, 1))
    cosine = 1 / np.sqrt(1 + slope * slope)
    return cosine, slope * cosine


def _inside(shape, u, v):
    """Whether points lie in a shape of radius about 1 around (0, 0)."""
    width, height = np.abs(u), np.abs(v)
    from_middle = u * u + v * v
    larger = np.maximum(width, height)
    match shape:
        case "disc":
            return from_middle < 0.8
        case "ring":
            return (from_middle < 1) & (from_middle > 0.36)
        case "square":
            return larger < 0.75
        case "frame":
            return (larger < 0.8) & (larger > 0.45)
        case "triangle":
            return (v < 0.5) & (1.75 * width - v < 1)
        case "plus":
            return (larger < 0.95) & (np.minimum(width, height) < 0.28)
        case "bar":
            return (width < 1) & (height < 0.28)
        case "half disc":
            return (from_middle < 1) & (v < 0)
        case "crescent":
            return (from_middle < 1) & ((u - 0.5) * (u - 0.5) + v * v > 0.7)
        case "star":
            return np.sqrt(width) + np.sqrt(height) < 1.1


def _coloured(covered, rng):
    """Lay shapes over backgrounds that run from one colour to another, dark on light or light on dark."""
    count = len(covered)
    ends = rng.uniform(0, 0.5, (2, count, 1, 1, 3))
    colour = rng.uniform(0.5, 1, (count, 1, 1, 3))
    along = (np.arange(_SIDE) + 0.5) / _SIDE
    background = ends[0] + (ends[1] - ends[0]) * along[:, np.newaxis, np.newaxis]
    pictures = background + (colour - background) * covered[..., np.newaxis]
    inverted = rng.uniform(0, 1, (count, 1, 1, 1)) < 0.5
    return np.rint(np.where(inverted, 1 - pictures, pictures) * 255).astype(np.uint8)
