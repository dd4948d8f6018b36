"""Flattening and the fully connected (affine) layer (section 3-1, equations 3.17 to 3.19)."""

import math

import numpy as np

from helpers.reference.arrays import arrays_of_one_type, real_array, whole_numbers
from helpers.reference.geometry import pair


def dense(x, weights, bias):
    """Compute each unit's weighted sum of all inputs, plus its bias.

    Args:
        x: inputs (N, inputs), or one input (inputs,).
        weights: (inputs, units), as Keras stores them; the transpose of the chapter's W.
        bias: b, (units,).

    Returns:
        x weights + bias, (N, units) or (units,).

    Raises:
        ValueError: the shapes do not fit together.

    Source: section 3-1, equation 3.19, W f + b.

    >>> dense([1, 2], weights=[[3, 0, 1], [0, 4, 1]], bias=[0, 0, 7])
    array([ 3,  8, 10])
    """
    x, weights, bias = arrays_of_one_type(x=x, weights=weights, bias=bias)
    _check(x, weights)
    if bias.shape != weights.shape[1:]:
        raise ValueError(
            f"expected a bias of shape {weights.shape[1:]}, one number per unit, got {bias.shape}; "
            "use zeros for none"
        )
    return x @ weights + bias


def dense_backward(grad_output, x, weights):
    """Carry the gradient back through the affine layer.

    Args:
        grad_output: delta, the loss's gradient of the output, (N, units) or (units,).
        x: f, (N, inputs) or (inputs,).
        weights: (inputs, units), as Keras stores them: the transpose of the chapter's W.

    Returns:
        The loss's gradients (grad_x, grad_weights, grad_bias), in the shapes of x, of the weights and of the
        bias, (units,). Over a batch, those of weights and bias are sums.

    Raises:
        ValueError: the shapes do not fit together.

    Source: section 3-2, equations 3.21, 3.22, 3.24 and 3.27: dW = delta f^T, db = delta, df = W^T delta.

    >>> grad_x, grad_weights, grad_bias = dense_backward([1, 10], x=[2, 3], weights=[[4, 5], [6, 7]])
    >>> grad_x, grad_weights, grad_bias
    (array([54, 76]), array([[ 2, 20],
           [ 3, 30]]), array([ 1, 10]))
    """
    delta, x, weights = arrays_of_one_type(
        grad_output=grad_output, x=x, weights=weights
    )
    _check(x, weights)
    expected = (*x.shape[:-1], weights.shape[1])
    if delta.shape != expected:
        raise ValueError(
            f"expected grad_output of shape {expected}, the output's, got {delta.shape}; "
            "hand over the loss's gradient of what dense returned"
        )
    rows, deltas = np.atleast_2d(x), np.atleast_2d(delta)
    return delta @ weights.T, rows.T @ deltas, deltas.sum(axis=0)


def flatten(x):
    """Lay out each image as one vector, row by row, the channels of a pixel side by side.

    Args:
        x: images or feature maps (N, H, W, C).

    Returns:
        A new array (N, H * W * C), in the order of Keras's Flatten.

    Raises:
        ValueError: x has another number of axes.

    Source: section 3-1, equation 3.17; section 3-5, both programs.

    >>> flatten([[[[1], [2]], [[3], [4]]]])
    array([[1, 2, 3, 4]])
    """
    x = real_array("x", x)
    if x.ndim != 4:
        raise ValueError(
            f"expected images (N, H, W, C), got shape {x.shape}; "
            "add a batch axis with x[np.newaxis] or a channel axis with x[..., np.newaxis]"
        )
    return x.reshape(len(x), math.prod(x.shape[1:])).copy()


def flatten_backward(grad_output, shape):
    """Put the gradient of each number back to where `flatten` took the number from.

    Args:
        grad_output: the loss's gradient of the vectors, (N, H * W * C).
        shape: (N, H, W, C) of what was flattened.

    Returns:
        The loss's gradient of the maps, a new array of that shape.

    Raises:
        TypeError, ValueError: the vectors do not fill the maps exactly, or the shape is not (N, H, W, C).

    Source: section 3-2, equation 3.26.

    >>> flatten_backward([[1, 2, 3, 4]], shape=(1, 2, 2, 1)).shape
    (1, 2, 2, 1)
    """
    grad_output = real_array("grad_output", grad_output)
    shape = whole_numbers("shape", shape, 0)
    if len(shape) != 4:
        raise ValueError(
            f"expected the shape of maps (N, H, W, C), got {shape}; use np.shape of what was flattened"
        )
    expected = shape[0], math.prod(shape[1:])
    if grad_output.shape != expected:
        raise ValueError(
            f"expected grad_output of shape {expected} for maps {shape}, got {grad_output.shape}; "
            "hand over the loss's gradient of what flatten returned"
        )
    return grad_output.reshape(shape).copy()


def flatten_columns(p):
    """Lay out one map as a vector column by column, in the chapter's order: P11, P21, P12, P22.

    Mathematics stacks the columns of a matrix; Keras reads the rows, since its arrays lie in memory that way
    (`flatten`). Either order will do as long as the columns of the affine layer's W follow it.

    Args:
        p: P, (rows, columns).

    Returns:
        f, a new array (rows * columns,).

    Raises:
        ValueError: p has another number of axes.

    Source: section 3-1, equation 3.17.

    >>> flatten_columns([[1, 2], [3, 4]])
    array([1, 3, 2, 4])
    """
    p = real_array("p", p)
    if p.ndim != 2:
        raise ValueError(
            f"expected a map (rows, columns), got shape {p.shape}; lay out one map at a time"
        )
    return p.flatten(order="F")


def unflatten_columns(f, sides):
    """Put a vector back into a map column by column, the inverse of `flatten_columns`.

    Args:
        f: (rows * columns,).
        sides: (rows, columns) of the map.

    Returns:
        P, a new array (rows, columns).

    Raises:
        ValueError: the vector does not fill the map exactly.

    Source: section 3-1, equation 3.18.

    >>> unflatten_columns([1, 3, 2, 4], (2, 2))
    array([[1, 2],
           [3, 4]])
    """
    f = real_array("f", f)
    rows, columns = pair("sides", sides)
    if f.shape != (rows * columns,):
        raise ValueError(
            f"expected a vector of {rows * columns} numbers for a map of {rows} x {columns}, "
            f"got shape {f.shape}; use the sides of the map that was flattened"
        )
    return f.reshape((rows, columns), order="F").copy()


def _check(x, weights):
    if x.ndim not in (1, 2) or weights.ndim != 2 or x.shape[-1] != weights.shape[0]:
        raise ValueError(
            "expected inputs (N, inputs) or (inputs,) and weights (inputs, units) with the same inputs, "
            f"got shapes {x.shape} and {weights.shape}; flatten images first"
        )
