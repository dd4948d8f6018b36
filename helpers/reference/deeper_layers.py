"""Layers that the chapter's own programs do not have, but networks of section 3-4 and those of lesson 3-5d.

They are built like those in `layers`.
"""

from copy import copy

import numpy as np

from helpers.reference.arrays import float_array, random_generator
from helpers.reference.layers import Layer
from helpers.reference.network import Sequential
from helpers.reference.normalization import (
    EPSILON,
    batch_normalization,
    batch_normalization_backward,
    moving_statistics,
)
from helpers.reference.pooling import (
    global_average_pool2d,
    global_average_pool2d_backward,
)
from helpers.reference.unshared import unshared_conv2d, unshared_conv2d_backward

_OF_CHANNELS = "gamma", "beta", "moving_mean", "moving_variance"


class GlobalAveragePool2D(Layer):
    """Average each whole map.

    Source: M. Lin, Q. Chen and S. Yan, 2014.
    """

    def forward(self, x, rng=None):
        """Apply `global_average_pool2d`; see `Layer.forward`."""

        def backward(grad_output):
            return global_average_pool2d_backward(grad_output, x), {}

        return global_average_pool2d(x), backward


class BatchNormalization(Layer):
    """Normalise each channel: in training by the batch, else by what the batches had on average.

    It alone changes in training without a gradient: each forward pass with an `rng` renews its moving
    statistics, in place. So it works on one batch at a time.

    Args:
        name: as Keras names the layer.
        channels: how many.
        momentum: the share of the moving statistics that stays with each batch.
        epsilon: keeps the division finite.

    Attributes:
        parameters: gamma, beta, moving_mean and moving_variance, each (channels,); the last two have no
            gradient.

    Source: S. Ioffe and C. Szegedy, 2015.
    """

    def __init__(self, name, channels, momentum=0.99, epsilon=EPSILON):
        super().__init__(name)
        first = zip(_OF_CHANNELS, (1, 0, 0, 1), strict=True)
        self.parameters = {
            name: np.full(channels, value, np.float32) for name, value in first
        }
        self.momentum = momentum
        self.epsilon = epsilon

    def forward(self, x, rng=None):
        """Apply `batch_normalization`; see `Layer.forward`."""
        gamma, beta, *moving = (self.parameters[name] for name in _OF_CHANNELS)
        statistics = moving
        if rng is not None:
            random_generator("rng", rng)
            statistics = None
            renewed = moving_statistics(moving, x, self.momentum)
            for kept, new in zip(moving, renewed, strict=True):
                kept[:] = new

        def backward(grad_output):
            grad_x, grad_gamma, grad_beta = batch_normalization_backward(
                grad_output, x, gamma, statistics, self.epsilon
            )
            return grad_x, {"gamma": grad_gamma, "beta": grad_beta}

        return batch_normalization(x, gamma, beta, statistics, self.epsilon), backward


class Branches(Layer):
    """Rows of layers side by side: each gets the same maps, and what they make is put together by channels.

    Args:
        name: as Keras names the layer that puts them together, such as "concatenate1".
        branches: lists of layers, each with a name of its own; their outputs differ in the channels alone.

    Source: section 3-4, GoogLeNet; C. Szegedy et al., 2015.
    """

    def __init__(self, name, branches):
        self.name = name
        self.rows = [Sequential(layers) for layers in branches]

    @property
    def parameters(self):
        """Those of all layers within, such as "conv1/kernel"."""
        return {
            name: array for row in self.rows for name, array in row.parameters.items()
        }

    @parameters.setter
    def parameters(self, parameters):
        for row in self.rows:
            row.set_parameters({name: parameters[name] for name in row.parameters})

    def path(self, name):
        """Return the name as it is: the layers within have names of their own."""
        return name

    def names(self):
        """See `Layer.names`."""
        within = [name for row in self.rows for name in row.names()]
        return [*within, self.name]

    def forward(self, x, rng=None):
        """Send the maps through each row; see `Layer.forward`."""
        ends, passes = zip(*(row.forward(x, rng) for row in self.rows), strict=True)
        borders = np.cumsum([end.shape[-1] for end in ends])[:-1]

        def backward(grad_output):
            grad_x, gradients = 0, {}
            grads = np.split(grad_output, borders, axis=-1)
            for row, grad, backward_passes in zip(
                self.rows, grads, passes, strict=True
            ):
                grad_of_row, of_row = row.backward(grad, backward_passes)
                grad_x = grad_x + grad_of_row
                gradients |= of_row
            return grad_x, gradients

        return np.concatenate(ends, axis=-1), backward


class UnsharedConv2D(Layer):
    """A convolution layer with filters of its own at every place, stride 1.

    Args:
        name: as Keras names the layer.
        kernel: filters (d_h, d_w, f_h, f_w, C, K).
        padding: as for `conv2d`.

    Source: section 3-3: what a convolution layer is without shared weights.
    """

    def __init__(self, name, kernel, padding="valid"):
        super().__init__(name)
        kernel = float_array("kernel", kernel).copy()
        *places, _, _, _, filters = kernel.shape
        bias = np.zeros((*places, filters), kernel.dtype)
        self.parameters = {"kernel": kernel, "bias": bias}
        self.padding = padding

    def forward(self, x, rng=None):
        """Apply `unshared_conv2d`; see `Layer.forward`."""
        kernel, bias = self.parameters["kernel"], self.parameters["bias"]

        def backward(grad_output):
            grad_x, grad_kernel, grad_bias = unshared_conv2d_backward(
                grad_output, x, kernel, self.padding
            )
            return grad_x, {"kernel": grad_kernel, "bias": grad_bias}

        return unshared_conv2d(x, kernel, bias, self.padding), backward


def without_normalization(network):
    """Make each normalisation part of the layer before it: in use, both are one weighted sum.

    Args:
        network: a trained `Sequential`, whose normalisations follow a convolution or an affine layer.

    Returns:
        A `Sequential` with the same scores and fewer layers, not to be trained.

    Source: S. Ioffe and C. Szegedy, 2015, algorithm 2, line 11, multiplied into the weights before it.
    """
    layers = []
    for layer in network.layers:
        if isinstance(layer, BatchNormalization):
            summing = copy(layers.pop())
            kernel, bias = (
                summing.parameters["kernel"],
                summing.parameters.get("bias", 0),
            )
            gamma, beta, mean, variance = (
                layer.parameters[name] for name in _OF_CHANNELS
            )
            factor = gamma / np.sqrt(variance + gamma.dtype.type(layer.epsilon))
            summing.parameters = {
                "kernel": kernel * factor,
                "bias": (bias - mean) * factor + beta,
            }
            layer = summing
        layers.append(layer)
    return Sequential(layers)
