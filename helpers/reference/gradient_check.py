"""Check a gradient against differences of the function itself, which knows nothing of the chain rule."""

import numpy as np

from helpers.reference.arrays import real_array

# The cube root of float64's precision: a smaller step loses digits to rounding, a larger one to curvature.
_STEP = np.finfo(np.float64).eps ** (1 / 3)


def numerical_gradient(function, x):
    """Measure the slope of a function in each number of x, by central differences.

    Args:
        function: takes an array like x and returns one real number, such as a loss.
        x: the place, an array of any shape.

    Returns:
        (f(x + h) - f(x - h)) / 2h for each number of x, float64 of x's shape; h is 6e-6, of numbers above 1
        that share. Around a kink, such as a ReLU's 0 or the tie of a maximum, it is not a derivative.

    Raises:
        TypeError: x holds something else than numbers, or the function returns something else.
        ValueError: the function returns more than one number, or none.

    Source: section 3-2; it judges equations 3.21 to 3.35.

    >>> numerical_gradient(lambda x: x[0] * x[1], [2, 3]).round(6)
    array([3., 2.])
    """
    x = real_array("x", x).astype(np.float64)
    gradient = np.empty_like(x)
    for place in np.ndindex(x.shape):
        value, step = x[place], _STEP * max(1, abs(x[place]))
        above, below = value + step, value - step
        x[place] = above
        high = _single(function(x.copy()))
        x[place] = below
        low = _single(function(x.copy()))
        x[place] = value
        # above - below is the step that was really taken, after rounding.
        gradient[place] = (high - low) / (above - below)
    return gradient


def relative_error(actual, expected):
    """Compare two gradients by their largest difference, as a share of their largest number.

    Args:
        actual: an array.
        expected: an array of the same shape.

    Returns:
        max |actual - expected| / max(|actual|, |expected|), a float; 0 where both are zero throughout.

    Raises:
        TypeError: an array holds something else than numbers.
        ValueError: the shapes differ, or the arrays are empty.

    >>> relative_error([1.0, 2.0], [1.0, 1.9])
    0.050000000000000044
    """
    actual = real_array("actual", actual).astype(np.float64)
    expected = real_array("expected", expected).astype(np.float64)
    if actual.shape != expected.shape or actual.size == 0:
        raise ValueError(
            f"expected two arrays of the same shape, not empty, got {actual.shape} and {expected.shape}; "
            "compare the two gradients of one parameter"
        )
    largest = max(np.abs(actual).max(), np.abs(expected).max())
    return float(np.abs(actual - expected).max() / largest) if largest else 0.0


def _single(value):
    value = real_array("the function's value", value)
    if value.size != 1:
        raise ValueError(
            f"expected one number from the function, got {value.size}; "
            "sum its outputs, each times a fixed factor, and differentiate the sum"
        )
    return float(value.squeeze())
