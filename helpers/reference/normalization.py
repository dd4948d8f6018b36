"""Batch normalisation, forward and backward (section 3-4, what came after; S. Ioffe and C. Szegedy, 2015).

Each channel of maps (N, H, W, C), or each of the units of vectors (N, C), is normalised by itself: over all
pictures and all places.
"""

import numpy as np

from helpers.reference.arrays import arrays_of_one_type, float_array

# Keeps the division finite; Keras's own.
EPSILON = 0.001


def batch_normalization_definition(x, gamma, beta, epsilon=EPSILON):
    """Compute `batch_normalization` by the batch itself, one channel at a time.

    Takes, returns and raises what `batch_normalization` does.

    Source: S. Ioffe and C. Szegedy, 2015, algorithm 1.
    """
    x, gamma, beta = _checked(x, gamma=gamma, beta=beta)
    output = np.empty_like(x)
    for c in range(x.shape[-1]):
        values = x[..., c]
        mean = np.sum(values) / values.size
        variance = np.sum((values - mean) ** 2) / values.size
        normal = (values - mean) / np.sqrt(variance + epsilon)
        output[..., c] = gamma[c] * normal + beta[c]
    return output


def batch_normalization(x, gamma, beta, statistics=None, epsilon=EPSILON):
    """Give each channel mean 0 and variance 1, then the factor gamma and the shift beta that are learnt.

    Args:
        x: maps (N, H, W, C) or vectors (N, C).
        gamma: (C,).
        beta: (C,).
        statistics: (mean, variance), each (C,); None, in training, for those of the batch itself.
        epsilon: keeps the division finite.

    Returns:
        gamma (x - mean) / sqrt(variance + epsilon) + beta, of x's shape.

    Raises:
        TypeError, ValueError: shapes that do not fit together, or no number to take the mean of.

    Source: S. Ioffe and C. Szegedy, 2015, algorithms 1 and 2.

    >>> batch_normalization([[1, 10], [3, 30]], gamma=[1, 1], beta=[0, 5], epsilon=0)
    array([[-1.,  4.],
           [ 1.,  6.]])
    """
    x, gamma, beta = _checked(x, gamma=gamma, beta=beta)
    mean, deviation = _mean_and_deviation(x, statistics, epsilon)
    return (x - mean) * (gamma / deviation) + beta


def batch_statistics(x):
    """Return each channel's mean and variance, (C,) each, over all pictures and places of a batch.

    Takes x and raises what `batch_normalization` does.

    >>> batch_statistics([[1, 10], [3, 30]])
    (array([ 2., 20.]), array([  1., 100.]))
    """
    (x,) = _checked(x)
    if x.size == 0:
        raise ValueError(
            f"expected at least one number in each channel, got shape {x.shape}; add a picture"
        )
    places = tuple(range(x.ndim - 1))
    return x.mean(axis=places), x.var(axis=places)


def batch_normalization_backward_definition(grad_output, x, gamma, epsilon=EPSILON):
    """Compute `batch_normalization_backward` by the batch itself, with the paper's own chain of gradients.

    Takes, returns and raises what `batch_normalization_backward` does.

    Source: S. Ioffe and C. Szegedy, 2015, section 3.
    """
    x, gamma, delta = _checked(x, gamma=gamma, grad_output=grad_output)
    grad_x, grad_gamma, grad_beta = (
        np.empty_like(x),
        *np.empty((2, len(gamma)), x.dtype),
    )
    for c in range(x.shape[-1]):
        values, grads, m = x[..., c], delta[..., c], x[..., c].size
        centred = values - np.sum(values) / m
        spread = np.sum(centred**2) / m + epsilon
        normal = centred / np.sqrt(spread)
        grad_normal = grads * gamma[c]
        grad_variance = np.sum(grad_normal * centred) * -0.5 * spread**-1.5
        grad_mean = -np.sum(grad_normal) / np.sqrt(spread)
        shares = grad_variance * 2 * centred / m + grad_mean / m
        grad_x[..., c] = grad_normal / np.sqrt(spread) + shares
        grad_gamma[c], grad_beta[c] = np.sum(grads * normal), np.sum(grads)
    return grad_x, grad_gamma, grad_beta


def batch_normalization_backward(
    grad_output, x, gamma, statistics=None, epsilon=EPSILON
):
    """Carry the gradient back through the normalisation.

    With the batch's own mean and variance, each number also moves these two, and through them every output of
    its channel. Given ones stay where they are.

    Args:
        grad_output: the loss's gradient of the output, of x's shape.
        x: maps (N, H, W, C) or vectors (N, C).
        gamma: (C,).
        statistics: as in the forward pass.
        epsilon: likewise.

    Returns:
        The loss's gradients (grad_x, grad_gamma, grad_beta), in the shapes of x, gamma and beta.

    Raises:
        TypeError, ValueError: as for `batch_normalization`.

    Source: S. Ioffe and C. Szegedy, 2015, section 3, its sum written shorter.
    """
    x, gamma, delta = _checked(x, gamma=gamma, grad_output=grad_output)
    mean, deviation = _mean_and_deviation(x, statistics, epsilon)
    normal = (x - mean) / deviation
    places = tuple(range(x.ndim - 1))
    grad_gamma, grad_beta = (delta * normal).sum(axis=places), delta.sum(axis=places)
    if statistics is None:
        count = x[..., 0].size
        delta = delta - grad_beta / count - normal * (grad_gamma / count)
    return delta * (gamma / deviation), grad_gamma, grad_beta


def moving_statistics(kept, x, momentum):
    """Let the mean and variance that are kept for later follow those of a batch.

    Of the batch's variance the sum of squares is divided by one less than the numbers, as one estimates the
    variance of all numbers from a sample: so does the paper, and TensorFlow for maps.

    Args:
        kept: (mean, variance), each (C,).
        x: the batch, as for `batch_normalization`.
        momentum: the share of what is kept that stays, from 0 to 1.

    Returns:
        The new (mean, variance).

    Raises:
        TypeError, ValueError: as for `batch_normalization`.

    Source: S. Ioffe and C. Szegedy, 2015, section 3.1.

    >>> moving_statistics(([0.0], [1.0]), [[1], [3]], momentum=0.5)
    (array([1.]), array([1.5]))
    """
    (x,) = _checked(x)
    mean, variance = batch_statistics(x)
    count = x[..., 0].size
    of_batch = mean, variance * (count / max(count - 1, 1))
    return tuple(
        momentum * np.asarray(old) + (1 - momentum) * new
        for old, new in zip(kept, of_batch, strict=True)
    )


def _checked(x, grad_output=None, **of_channels):
    """Return the arrays as floats of one type: x, those of the channels, the gradient."""
    given = {} if grad_output is None else {"grad_output": grad_output}
    x = float_array("x", x)
    x, *arrays = arrays_of_one_type(x=x, **of_channels, **given)
    if x.ndim not in (2, 4):
        raise ValueError(
            f"expected maps (N, H, W, C) or vectors (N, C), got shape {x.shape}; "
            "add an axis with x[np.newaxis]"
        )
    expected = [x.shape[-1:] for _ in of_channels] + [x.shape for _ in given]
    for name, shape, array in zip(
        [*of_channels, *given], expected, arrays, strict=True
    ):
        if array.shape != shape:
            raise ValueError(
                f"expected {name} of shape {shape} for x of shape {x.shape}, got {array.shape}; "
                "hand over one number per channel, and of a gradient one per output"
            )
    return [x, *arrays]


def _mean_and_deviation(x, statistics, epsilon):
    if statistics is None:
        statistics = batch_statistics(x)
    mean, variance = statistics
    _, mean, variance = _checked(x, mean=mean, variance=variance)
    return mean, np.sqrt(variance + x.dtype.type(epsilon))
