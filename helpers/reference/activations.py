"""Activation functions and their derivatives (sections 3-1 to 3-3, equations 3.12 to 3.14, 3.19 and 3.21)."""

import numpy as np

from helpers.reference.arrays import float_array, real_array, where_true


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
    x = real_array("x", x)
    return np.maximum(x, x.dtype.type(0))


def relu_backward(grad_output, x):
    """Let the gradient through where the input is above zero.

    At 0 the ReLU has no derivative; as in TensorFlow, it counts as 0.

    Args:
        grad_output: the loss's gradient of relu(x), of x's shape.
        x: what the ReLU got, of any shape.

    Returns:
        The loss's gradient of x, of x's shape.

    Raises:
        TypeError: x or grad_output does not hold real numbers.
        ValueError: grad_output has another shape than x.

    Source: section 3-1, equations 3.12 to 3.14, and the mask of section 3-3.

    >>> relu_backward([5, 6, 7], x=[-2, 0, 3])
    array([0, 0, 7])
    """
    x = real_array("x", x)
    return where_true(x > 0, _upstream(grad_output, x))


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
    x = float_array("x", x)
    # exp(-|x|) lies between 0 and 1, whereas exp(-x) overflows for large negative x.
    power = np.exp(-np.abs(x))
    return np.where(x < 0, power, 1) / (1 + power)


def logistic_backward(grad_output, x):
    """Carry the gradient back through the logistic function, whose slope is y (1 - y).

    Takes, returns and raises what `relu_backward` does, for y = logistic(x).

    Source: section 3-3, the deltas of its hidden units and of its output.

    >>> logistic_backward([1, 2], x=[0, 0])
    array([0.25, 0.5 ])
    """
    x = float_array("x", x)
    # logistic(-x) is 1 - y, without the digits that the subtraction loses for large x.
    return _upstream(grad_output, x) * logistic(x) * logistic(-x)


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


def softmax_jacobian(x):
    """Write down how each probability changes with each score.

    Takes and raises what `softmax` does.

    Returns:
        dy_i/dx_j = y_i (delta_ij - y_j), (..., classes, classes), with y = softmax(x) and delta_ij 1 where
        i = j, else 0. Off the diagonal it is negative: a higher score takes probability from all others.

    Source: section 3-1, equation 3.19. Equation 3.21 keeps the diagonal only.

    >>> softmax_jacobian([0, 0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    y = softmax(x)
    return y[..., np.newaxis] * (
        np.eye(y.shape[-1], dtype=y.dtype) - y[..., np.newaxis, :]
    )


def softmax_backward(grad_output, x):
    """Carry the gradient back through the softmax.

    The Jacobian is symmetric, and its product with the gradient needs no matrix: y_i (g_i - sum_j g_j y_j).

    Args:
        grad_output: the loss's gradient g of y = softmax(x), of x's shape.
        x: scores (..., classes).

    Returns:
        The loss's gradient of the scores, of x's shape.

    Raises:
        TypeError: x or grad_output does not hold real numbers.
        ValueError: grad_output has another shape than x, or there are no classes.

    Source: section 3-1, equation 3.19; what equation 3.21 means.

    >>> softmax_backward([1, 0], x=[0, 0])
    array([ 0.25, -0.25])
    """
    x = _scores(x)
    y, grad_output = softmax(x), _upstream(grad_output, x)
    return y * (grad_output - np.sum(grad_output * y, axis=-1, keepdims=True))


def _upstream(grad_output, x):
    grad_output = real_array("grad_output", grad_output)
    if grad_output.shape != x.shape:
        raise ValueError(
            f"expected grad_output of shape {x.shape}, that of x, got {grad_output.shape}; "
            "hand over the loss's gradient of what the function returned for x"
        )
    return grad_output


def _scores(x):
    x = float_array("x", x)
    if x.ndim == 0 or x.shape[-1] == 0:
        raise ValueError(
            f"expected scores (..., classes), got shape {x.shape}; give at least one class"
        )
    return x
