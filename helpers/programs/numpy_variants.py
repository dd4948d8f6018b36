"""The variants in NumPy: layers of the reference in place of `keras.layers`, and a network made of them."""

from collections import Counter
from types import SimpleNamespace

import numpy as np

from helpers.reference.deeper_layers import BatchNormalization, Branches, GlobalAveragePool2D, UnsharedConv2D
from helpers.reference.filters import glorot_uniform
from helpers.reference.layers import AveragePool2D, Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU
from helpers.reference.network import Sequential


def variant_network(picture, variant, rng):
    """Build the network of a variant, the twin of its Keras model, with the same names of the parameters.

    Args:
        picture: shape (H, W, C) of a picture, with values from 0 to 1.
        variant: a `Variant`.
        rng: a NumPy random generator that draws the first weights, as Keras draws them.

    Returns:
        A `Sequential`, in float32.

    Source: section 3-5.
    """
    count = Counter()

    def name(kind):
        count[kind] += 1
        return f"{kind}{count[kind]}"

    def draw(*shape):
        return glorot_uniform(shape, rng).astype(np.float32)

    def build(steps, x):
        """Return the layers of these steps; x goes through them to tell each the shape of its input."""
        row = []
        for step in steps:
            if isinstance(step, tuple):
                branches = [build(branch, x) for branch in step]
                layers = [Branches(name("concatenate"), branches)]
            else:
                layers = step(name, draw, x.shape)
            for layer in layers:
                x, _ = layer.forward(x)
            row += layers
        return row

    black = np.zeros((1, *picture), np.float32)
    return Sequential(build(variant.stack(_LAYERS), black))


# What a variant calls as it calls Keras's layers. Each returns a function that builds the layer, and the ReLU
# that belongs to it, as soon as the shape of its input is known. A softmax belongs to the network.


def _activation(activation):
    return lambda name, draw, shape: [ReLU(name("relu"))] if activation == "relu" else []


def _convolution(filters, side, padding="valid", strides=1, activation=None, use_bias=True, trainable=True):
    def build(name, draw, shape):
        kernel = draw(side, side, shape[-1], filters)
        layer = Conv2D(name("conv"), kernel, padding=padding, stride=strides, use_bias=use_bias)
        return [layer, *_activation(activation)(name, draw, shape)]

    return build


def _unshared_convolution(filters, side, activation=None):
    def build(name, draw, shape):
        _, *places, channels = shape
        kernels = [draw(side, side, channels, filters) for _ in np.ndindex(*places)]
        kernel = np.reshape(kernels, (*places, side, side, channels, filters))
        return [UnsharedConv2D(name("unshared"), kernel, "same"), *_activation(activation)(name, draw, shape)]

    return build


def _dense(units, activation=None):
    def build(name, draw, shape):
        return [Dense(name("dense"), draw(shape[-1], units)), *_activation(activation)(name, draw, shape)]

    return build


def _pooling(layer):
    def choose(pool_size=2, strides=None, padding="valid"):
        return lambda name, draw, shape: [layer(name("pool"), pool_size, strides, padding)]

    return choose


_LAYERS = SimpleNamespace(
    Activation=_activation,
    AveragePooling2D=_pooling(AveragePool2D),
    Conv2D=_convolution,
    Dense=_dense,
    Dropout=lambda rate: lambda name, draw, shape: [Dropout(name("dropout"), rate)],
    FastBatchNormalization=lambda momentum: (
        lambda name, draw, shape: [BatchNormalization(name("norm"), shape[-1], momentum)]
    ),
    Flatten=lambda: lambda name, draw, shape: [Flatten(name("flatten"))],
    GlobalAveragePooling2D=lambda: lambda name, draw, shape: [GlobalAveragePool2D(name("average"))],
    MaxPooling2D=_pooling(MaxPool2D),
    UnsharedConv2D=_unshared_convolution,
)
