"""The inception module: four branches that look at the same place, side by side (section 3-4, Figure 3-12).

C. Szegedy et al., "Going Deeper with Convolutions", 2015, Figure 2. The convolutions bear the names of the
paper's Table 1.
"""

from typing import NamedTuple

import numpy as np

from helpers.reference.activations import relu, relu_backward
from helpers.reference.arrays import (
    arrays_of_one_type,
    check_names,
    random_generator,
    real_array,
    whole_number,
)
from helpers.reference.conv2d import conv2d, conv2d_backward
from helpers.reference.counting import conv2d_operations, conv2d_parameters
from helpers.reference.filters import glorot_uniform
from helpers.reference.pooling import max_pool2d, max_pool2d_backward

# Each convolution and the side of its filters.
FILTER_SIDES = {
    "1x1": 1,
    "3x3 reduce": 1,
    "3x3": 3,
    "5x5 reduce": 1,
    "5x5": 5,
    "pool proj": 1,
}


class Widths(NamedTuple):
    """How many filters each convolution of a module has, in the order of the paper's Table 1."""

    ones: int
    reduce_threes: int
    threes: int
    reduce_fives: int
    fives: int
    pool_projection: int


class Convolution(NamedTuple):
    """What the counts of a convolution need.

    Attributes:
        name: as in `FILTER_SIDES`.
        filter_size: side of its filters.
        channels: channels of its input.
        filters: number of its filters.
    """

    name: str
    filter_size: int
    channels: int
    filters: int

    @property
    def parameters(self):
        """Its weights and biases."""
        return conv2d_parameters(self.filter_size, self.channels, self.filters)

    def operations(self, side):
        """Count its multiplications for a map of this side."""
        return conv2d_operations(side, self.filter_size, self.channels, self.filters)


def convolutions(channels, widths):
    """List the six convolutions of a module.

    Args:
        channels: of the module's input.
        widths: six numbers of filters, `Widths` or a tuple in their order.

    Returns:
        A `Convolution` for each name in `FILTER_SIDES`.

    Raises:
        TypeError, ValueError: not six whole numbers of at least 1, or the channels are not one.

    Source: C. Szegedy et al., 2015, Figure 2b and Table 1.

    >>> module = convolutions(192, (64, 96, 128, 16, 32, 32))
    >>> sum(convolution.parameters for convolution in module)
    163696
    """
    channels, widths = _checked_widths(channels, widths)
    inputs = (
        channels,
        channels,
        widths.reduce_threes,
        channels,
        widths.reduce_fives,
        channels,
    )
    settings = zip(FILTER_SIDES.items(), inputs, widths, strict=True)
    return [Convolution(*named, *sizes) for named, *sizes in settings]


def convolutions_without_reduction(channels, widths):
    """List the three convolutions of the module that the paper begins with and dismisses.

    Its filters see all channels of the input, and what is pooled joins the output as it is.

    Takes and raises what `convolutions` does; of the widths only those of the three filter sizes matter.

    Source: C. Szegedy et al., 2015, Figure 2a.

    >>> module = convolutions_without_reduction(192, (64, 96, 128, 16, 32, 32))
    >>> sum(convolution.parameters for convolution in module)
    387296
    """
    channels, widths = _checked_widths(channels, widths)
    filters = {"1x1": widths.ones, "3x3": widths.threes, "5x5": widths.fives}
    return [
        Convolution(name, FILTER_SIDES[name], channels, count)
        for name, count in filters.items()
    ]


def output_channels(widths):
    """Count the channels of a module's output: those of the four branches together.

    >>> output_channels(Widths(64, 96, 128, 16, 32, 32))
    256
    """
    _, widths = _checked_widths(1, widths)
    return widths.ones + widths.threes + widths.fives + widths.pool_projection


def random_inception(channels, widths, rng):
    """Draw the weights of a module as Keras starts them; the biases are zero.

    Takes and raises what `convolutions` does, and `rng`, a NumPy random generator.

    Returns:
        A dict from each name in `FILTER_SIDES` to (kernel, bias): (f, f, C, K) and (K,).
    """
    rng = random_generator("rng", rng)
    weights = {}
    for name, side, inputs, filters in convolutions(channels, widths):
        kernel = glorot_uniform((side, side, inputs, filters), rng)
        weights[name] = kernel, np.zeros(filters)
    return weights


def branch(x, weights, *names):
    """Send maps through convolutions in a row, each with its ReLU.

    Args:
        x: feature maps (N, H, W, C).
        weights: a dict from names to (kernel, bias).
        names: of the convolutions of this branch, in their order.

    Returns:
        (N, H, W, K), K the filters of the last one.

    Raises:
        TypeError, ValueError: as for `conv2d`.

    Source: C. Szegedy et al., 2015, Figure 2b.
    """
    for name in names:
        kernel, bias = weights[name]
        x = relu(conv2d(x, kernel, bias, "same"))
    return x


def branch_backward(grad_output, x, weights, name, *later):
    """Carry the gradient back through what `branch` did: the last convolution comes first.

    Takes what `branch` does, at least one name, and the loss's gradient of its output.

    Returns:
        (grad_x, gradients), as `inception_backward`, of these convolutions alone.

    Raises:
        TypeError, ValueError: as for `conv2d_backward`.

    Source: section 3-2, the chain rule.
    """
    kernel, bias = weights[name]
    sums = conv2d(x, kernel, bias, "same")
    gradients = {}
    if later:
        grad_output, gradients = branch_backward(
            grad_output, relu(sums), weights, *later
        )
    delta = relu_backward(grad_output, sums)
    grad_x, *of_weights = conv2d_backward(delta, x, kernel, "same")
    return grad_x, {name: tuple(of_weights), **gradients}


def inception(x, weights):
    """Let four branches look at the same maps, and join what they find.

    Args:
        x: feature maps (N, H, W, C).
        weights: a dict from each name in `FILTER_SIDES` to (kernel, bias).

    Returns:
        (N, H, W, K), the channels of the branches "1x1", "3x3", "5x5" and "pool proj", in this order.

    Raises:
        TypeError, ValueError: a name is missing, or shapes do not fit together.

    Source: C. Szegedy et al., 2015, Figure 2b.

    >>> weights = random_inception(3, (4, 2, 5, 2, 6, 7), np.random.default_rng(0))
    >>> inception(np.ones((1, 8, 8, 3)), weights).shape
    (1, 8, 8, 22)
    """
    x, weights = _checked(x, weights)
    pooled = max_pool2d(x, 3, stride=1, padding="same")
    outputs = [
        branch(x, weights, "1x1"),
        branch(x, weights, "3x3 reduce", "3x3"),
        branch(x, weights, "5x5 reduce", "5x5"),
        branch(pooled, weights, "pool proj"),
    ]
    return np.concatenate(outputs, axis=3)


def inception_backward(grad_output, x, weights):
    """Carry the gradient back through a module: each branch takes its own channels, at x they add up.

    Args:
        grad_output: the loss's gradient of the output, (N, H, W, K).
        x: the forward input, (N, H, W, C).
        weights: as for `inception`.

    Returns:
        (grad_x, gradients): the loss's gradient of x, and a dict from each name to the gradients of its
        (kernel, bias). Over a batch, these are sums.

    Raises:
        TypeError, ValueError: as for `inception`, or the gradient has another shape than the output.

    Source: C. Szegedy et al., 2015, Figure 2b; section 3-2, the chain rule.
    """
    x, weights = _checked(x, weights)
    grad_output = real_array("grad_output", grad_output)
    widths = [len(weights[name][1]) for name in ("1x1", "3x3", "5x5", "pool proj")]
    expected = (*x.shape[:3], sum(widths))
    if grad_output.shape != expected:
        raise ValueError(
            f"expected grad_output of shape {expected}, the output's, got {grad_output.shape}; "
            "hand over the loss's gradient of what inception returned"
        )
    grads = np.split(grad_output, np.cumsum(widths)[:-1], axis=3)
    pooled = max_pool2d(x, 3, stride=1, padding="same")
    grad_1, of_1 = branch_backward(grads[0], x, weights, "1x1")
    grad_3, of_3 = branch_backward(grads[1], x, weights, "3x3 reduce", "3x3")
    grad_5, of_5 = branch_backward(grads[2], x, weights, "5x5 reduce", "5x5")
    grad_pooled, of_pool = branch_backward(grads[3], pooled, weights, "pool proj")
    grad_pool = max_pool2d_backward(grad_pooled, x, 3, stride=1, padding="same")
    return grad_1 + grad_3 + grad_5 + grad_pool, of_1 | of_3 | of_5 | of_pool


def _checked_widths(channels, widths):
    """Return the channels as an int and the widths as `Widths`."""
    channels = whole_number("channels", channels, 1)
    if not isinstance(widths, tuple | list) or len(widths) != len(Widths._fields):
        raise ValueError(
            f"expected six numbers of filters, {', '.join(FILTER_SIDES)}, got {widths}; "
            "take a row of Table 1"
        )
    named = zip(FILTER_SIDES, widths, strict=True)
    return channels, Widths(*(whole_number(name, count, 1) for name, count in named))


def _checked(x, weights):
    """Return x and the weights in one type, if each kernel has the side that its name says."""
    check_names("weights", weights, FILTER_SIDES)
    arrays = {"x": x}
    for name, side in FILTER_SIDES.items():
        kernel, bias = weights[name]
        if np.shape(kernel)[:2] != (side, side):
            raise ValueError(
                f"expected filters of {side} x {side} pixels for {name}, got a kernel of shape "
                f"{np.shape(kernel)}; write it as (f, f, C, K)"
            )
        arrays[f"the kernel of {name}"], arrays[f"the bias of {name}"] = kernel, bias
    x, *rest = arrays_of_one_type(**arrays)
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return x, dict(zip(FILTER_SIDES, pairs, strict=True))
