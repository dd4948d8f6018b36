"""How far a prediction is from its target, and the gradient of that (equations 3.20 and 3.21; section 3-5).

For a batch, each loss is the mean over its examples, as in Keras.
"""

import numpy as np

from helpers.reference.activations import softmax
from helpers.reference.arrays import arrays_of_one_type

# Keras clips probabilities here too, before it takes the logarithm.
_SMALLEST_PROBABILITY = 1e-7


def squared_error(prediction, target):
    """Halve the sum of the squared differences.

    Keras's MeanSquaredError divides by the number of classes where this halves.

    Args:
        prediction: y^, (classes,) or (N, classes).
        target: y, of the same shape.

    Returns:
        1/2 sum_i (y^_i - y_i)^2, a float; for a batch, the mean over its examples.

    Raises:
        ValueError: the shapes differ, or the batch is empty.

    Source: section 3-1, equation 3.20.

    >>> squared_error([0.5, 0.5], target=[0, 1])
    0.25
    """
    prediction, target = _checked(prediction, target)
    return float(np.mean(0.5 * np.sum((prediction - target) ** 2, axis=-1)))


def squared_error_backward(prediction, target):
    """Return the gradient of the squared error with respect to the prediction.

    Takes and raises what `squared_error` does.

    Returns:
        y^ - y, of the same shape; for a batch, divided by N.

    Source: section 3-1, equation 3.20; the first factor of equation 3.21.

    >>> squared_error_backward([0.5, 0.5], target=[0, 1])
    array([ 0.5, -0.5])
    """
    prediction, target = _checked(prediction, target)
    return (prediction - target) / _examples(prediction)


def cross_entropy(prediction, target):
    """Compute the negative logarithm of the probability that the right class was given.

    A probability below 1e-7 counts as 1e-7, so that the loss stays finite.

    Args:
        prediction: y^, probabilities (classes,) or (N, classes), as softmax returns them.
        target: y, of the same shape; 1 for the right class, else 0.

    Returns:
        -sum_i y_i log y^_i, a float; for a batch, the mean over its examples.

    Raises:
        ValueError: the shapes differ, the batch is empty, or the prediction holds no probabilities.

    Source: section 3-5, the loss of both programs.

    >>> round(cross_entropy([0.5, 0.5], target=[0, 1]), 4)
    0.6931
    """
    prediction, target = _checked_probabilities(prediction, target)
    logarithms = np.log(np.maximum(prediction, _SMALLEST_PROBABILITY))
    return float(np.mean(-np.sum(target * logarithms, axis=-1)))


def cross_entropy_backward(prediction, target):
    """Return the gradient of the cross-entropy with respect to the predicted probabilities.

    Takes and raises what `cross_entropy` does.

    Returns:
        -y_i / y^_i, of the same shape; for a batch, divided by N. Where a probability is below 1e-7 and
        `cross_entropy` counts it as 1e-7, the loss does not change with it: 0.

    Source: section 3-5, the loss of both programs.

    >>> cross_entropy_backward([0.25, 0.75], target=[1, 0])
    array([-4.,  0.])
    """
    prediction, target = _checked_probabilities(prediction, target)
    counts = prediction > _SMALLEST_PROBABILITY
    # 0 - y, since -y would make -0 of 0.
    grad = np.divide(
        0 - target, prediction, out=np.zeros(prediction.shape), where=counts
    )
    return grad / _examples(prediction)


def softmax_cross_entropy(scores, target):
    """Compute the cross-entropy of softmax(scores), also for tiny probabilities.

    The logarithm undoes the softmax's exponential, so that no probability is rounded to zero on the way.
    Keras also trains with this form where the last layer is a softmax.

    Args:
        scores: before the softmax, (classes,) or (N, classes).
        target: y, of the same shape; 1 for the right class, else 0.

    Returns:
        -sum_i y_i log softmax(s)_i, a float; for a batch, the mean over its examples.

    Raises:
        ValueError: the shapes differ, or the batch is empty.

    Source: section 3-5, the last layer and the loss of both programs.

    >>> softmax_cross_entropy([0, 1000], target=[1, 0])
    1000.0
    """
    scores, target = _checked(scores, target)
    below = scores - scores.max(axis=-1, keepdims=True)
    logarithms = below - np.log(np.sum(np.exp(below), axis=-1, keepdims=True))
    return float(np.mean(-np.sum(target * logarithms, axis=-1)))


def softmax_cross_entropy_backward(scores, target):
    """Return the gradient of `softmax_cross_entropy` with respect to the scores, in one step.

    The softmax's derivative cancels the division by the probability: what remains is the difference between
    what was predicted and what is right, even for a tiny probability.

    Takes and raises what `softmax_cross_entropy` does.

    Returns:
        softmax(scores) - y, of the same shape; for a batch, divided by N.

    Source: section 3-5, the last layer and the loss of both programs.

    >>> softmax_cross_entropy_backward([0, 0], target=[1, 0])
    array([-0.5,  0.5])
    """
    prediction, target = _checked(softmax(scores), target)
    return (prediction - target) / _examples(prediction)


def _examples(prediction):
    return len(prediction) if prediction.ndim == 2 else 1


def _checked_probabilities(prediction, target):
    prediction, target = _checked(prediction, target)
    if (prediction < 0).any() or not np.allclose(
        prediction.sum(axis=-1), 1, rtol=0, atol=1e-3
    ):
        raise ValueError(
            "expected probabilities that sum to 1 over the classes, "
            f"got numbers from {prediction.min():g} to {prediction.max():g}; apply softmax to scores first"
        )
    return prediction, target


def _checked(prediction, target):
    prediction, target = arrays_of_one_type(prediction=prediction, target=target)
    if (
        prediction.shape != target.shape
        or prediction.ndim not in (1, 2)
        or prediction.size == 0
    ):
        raise ValueError(
            "expected a prediction and a target of one shape, (classes,) or (N, classes), not empty, "
            f"got {prediction.shape} and {target.shape}; write a class as zeros with a 1 in its place"
        )
    return prediction, target
