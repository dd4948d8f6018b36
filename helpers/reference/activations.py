"""Activation functions (sections 3-1 and 3-3, equations 3.12 to 3.14 and 3.19)."""

import numpy as np


def relu(x):
    """Cut off what is below zero.

    Args:
        x: numbers of any shape.

    Returns:
        max(x, 0), of x's shape and type.

    Raises:
        TypeError: x does not hold real numbers.

    Source: section 3-1, equations 3.12 to 3.14.

    >>> relu([-2, 0, 3])
    array([0, 0, 3])
    """
    x = _real_numbers(x)
    return np.maximum(x, x.dtype.type(0))


def logistic(x):
    """Squeeze numbers between 0 and 1 along an S-shaped curve, also called sigmoid.

    Args:
        x: numbers of any shape.

    Returns:
        1 / (1 + exp(-x)), of x's shape: float64 for whole numbers, else x's type.

    Raises:
        TypeError: x does not hold real numbers.

    Source: section 3-3, the activation of its hidden units and of its output.

    >>> logistic([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    x = _floating(x)
    # exp(-|x|) lies between 0 and 1, whereas exp(-x) overflows for large negative x.
    power = np.exp(-np.abs(x))
    return np.where(x < 0, power, 1) / (1 + power)


def softmax(x):
    """Turn scores into probabilities that are positive and sum to 1.

    Args:
        x: scores (..., classes).

    Returns:
        exp(x_i) / sum_j exp(x_j) along the last axis: float64 for whole numbers, else x's type.

    Raises:
        TypeError: x does not hold real numbers.
        ValueError: x has no last axis, or it is empty.

    Source: section 3-1, equation 3.19.

    >>> softmax([1000, 1000])
    array([0.5, 0.5])
    """
    x = _scores(x)
    # A shift leaves the quotient as it is. The largest score becomes 0.
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _scores(x):
    x = _floating(x)
    if x.ndim == 0 or x.shape[-1] == 0:
        raise ValueError(f"Scores of shape {x.shape} came; expected (..., classes) with at least one class.")
    return x


def _real_numbers(x):
    x = np.asarray(x)
    if x.dtype.kind not in "iuf":
        raise TypeError(f"An array of type {x.dtype} came; expected whole numbers or floats.")
    return x


def _floating(x):
    x = _real_numbers(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)
