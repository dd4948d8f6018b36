"""Random cases for the tests of the reference, and a judge of gradients."""

import numpy as np
from hypothesis import strategies as st

SEEDS = st.integers(0, 2**32 - 1)
STRIDES = st.integers(1, 3) | st.tuples(st.integers(1, 3), st.integers(1, 3))


def as_pair(value):
    return (value, value) if isinstance(value, int) else value


def as_edges(padding):
    """Write a padding in numbers as ((top, bottom), (left, right)); "valid" is none."""
    if padding == "valid":
        return (0, 0), (0, 0)
    return ((padding, padding), (padding, padding)) if isinstance(padding, int) else padding


def paddings(largest):
    """Draw "valid", "same", one number, or four."""
    ends = st.tuples(st.integers(0, largest), st.integers(0, largest))
    return st.sampled_from(["valid", "same"]) | st.integers(0, largest) | st.tuples(ends, ends)


@st.composite
def filter_sides(draw, image_sides, padding, largest=4):
    """Draw a filter (height, width) that fits on the padded image."""
    if padding == "same":
        return draw(st.tuples(st.integers(1, largest), st.integers(1, largest)))
    padded = [side + sum(ends) for side, ends in zip(image_sides, as_edges(padding), strict=True)]
    return tuple(draw(st.integers(1, min(largest, side))) for side in padded)


def numbers(rng, shape, kind):
    """Draw whole numbers from -3 to 3, which repeat often, or floats from -1 to 1."""
    if kind == "whole":
        return rng.integers(-3, 3, shape, endpoint=True)
    return rng.uniform(-1, 1, shape)


def rounding(dtype, terms):
    """Bound what the order of a sum may change.

    A sum of `terms` products of at most 1 stays below `terms`, and each of its `terms` additions rounds
    by at most eps / 2 of it; two sums that are compared may err in opposite directions. Whole numbers in
    floats add up without rounding.
    """
    return {"rtol": 0, "atol": terms**2 * np.finfo(dtype).eps}


def finite_differences(loss, array):
    """Measure how a loss answers to each element, with central differences in float64.

    A judge of its own, which shares no line with helpers.reference.gradient_check. It is for losses that are
    linear short of a tie, as those of convolution and pooling: to them no step is too large, and a large one
    loses no digits.
    """
    step = 0.25
    gradient = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        change = np.zeros(array.shape)
        change[place] = step
        gradient[place] = (loss(array + change) - loss(array - change)) / (2 * step)
    return gradient
