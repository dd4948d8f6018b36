"""Layers with a shortcut around them: what came after the networks of section 3-4.

K. He, X. Zhang, S. Ren and J. Sun, Deep Residual Learning for Image Recognition (2016).
"""

import numpy as np

from helpers.reference.activations import relu, relu_backward
from helpers.reference.arrays import float_array, random_generator, whole_number
from helpers.reference.dense import dense, dense_backward
from helpers.reference.layers import Dense, Layer, ReLU
from helpers.reference.network import Sequential


class ResidualBlock(Layer):
    """Two dense layers of equal width and, around them, a shortcut: relu(x + R(x)).

    R(x) = relu(x W1 + b1) W2 + b2. Without the shortcut the block is relu(R(x)), two plain layers.

    Args:
        name: of the block.
        kernel1: W1, (units, units).
        kernel2: W2, (units, units).
        shortcut: whether x is added.

    Raises:
        TypeError: a kernel does not hold real numbers.
        ValueError: the kernels are not square and of one size.

    Source: He et al. (2016), Figure 2, there with convolutions.
    """

    def __init__(self, name, kernel1, kernel2, shortcut=True):
        super().__init__(name)
        kernels = [
            float_array("kernel", kernel).copy() for kernel in (kernel1, kernel2)
        ]
        units = len(kernels[0]) if kernels[0].ndim else 0
        if any(kernel.shape != (units, units) for kernel in kernels):
            raise ValueError(
                f"expected two square kernels of one size, got shapes {[k.shape for k in kernels]}; "
                "a shortcut adds input and output, which have to be alike"
            )
        self.parameters = {
            "kernel1": kernels[0],
            "bias1": np.zeros(units, kernels[0].dtype),
            "kernel2": kernels[1],
            "bias2": np.zeros(units, kernels[1].dtype),
        }
        self.shortcut = shortcut

    def forward(self, x, rng=None):
        """Send x through both layers, and add it; see `Layer.forward`."""
        kernel1, bias1, kernel2, bias2 = self.parameters.values()
        inner = dense(x, kernel1, bias1)
        hidden = relu(inner)
        total = dense(hidden, kernel2, bias2)
        if self.shortcut:
            total = x + total

        def backward(grad_output):
            grad_total = relu_backward(grad_output, total)
            grad_hidden, grad_kernel2, grad_bias2 = dense_backward(
                grad_total, hidden, kernel2
            )
            grad_inner = relu_backward(grad_hidden, inner)
            grad_x, grad_kernel1, grad_bias1 = dense_backward(grad_inner, x, kernel1)
            if self.shortcut:
                grad_x = grad_total + grad_x
            return grad_x, {
                "kernel1": grad_kernel1,
                "bias1": grad_bias1,
                "kernel2": grad_kernel2,
                "bias2": grad_bias2,
            }

        return relu(total), backward


def deep_network(blocks, rng, shortcut, units=32):
    """Build a deep network for digits: a dense layer, blocks of two, and a dense layer for the scores.

    Args:
        blocks: how many `ResidualBlock`s; the network has two more layers than these together.
        rng: a NumPy random generator that draws the first weights: normal, with variance 2 / inputs.
        shortcut: whether the blocks have one. Each block's second kernel then begins at zero: at first the
            block hands on what it gets, and no sum grows from block to block.
        units: of each layer but the last.

    Returns:
        A `Sequential` that takes pictures (N, 784).

    Raises:
        TypeError, ValueError: a count is no whole number of at least 1, or rng is not a generator.

    Source: the plain blocks' start is that of He et al. (2015); with zeros, Goyal et al. (2017) start the
    last step of each block, which there is a normalisation.

    >>> network = deep_network(9, np.random.default_rng(0), shortcut=True)
    >>> len(network.layers), network.scores(np.ones((5, 784))).shape
    (12, (5, 10))
    """
    blocks = whole_number("blocks", blocks, 1)
    units = whole_number("units", units, 1)
    rng = random_generator("rng", rng)

    def kernel(inputs, outputs):
        return rng.normal(0, np.sqrt(2 / inputs), (inputs, outputs))

    layers = [Dense("first", kernel(784, units)), ReLU("relu")]
    for block in range(1, blocks + 1):
        kernels = kernel(units, units), kernel(units, units)
        if shortcut:
            kernels = kernels[0], np.zeros((units, units))
        layers.append(ResidualBlock(f"block{block}", *kernels, shortcut))
    return Sequential([*layers, Dense("last", kernel(units, 10))])
