"""Layers in a row, and the networks of section 3-5 made of them: the NumPy twins of the Keras models."""

from functools import partial

import numpy as np

from helpers.reference.activations import softmax
from helpers.reference.arrays import float_array, real_array
from helpers.reference.filters import glorot_uniform
from helpers.reference.layers import Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU
from helpers.reference.losses import (
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
)

# At most so many pictures go through all layers together: more would need more memory and be no faster.
BLOCK = 128


class Sequential:
    """A classifier: layers one after the other, softmax over the last one's scores, cross-entropy as loss.

    Args:
        layers: such as `Conv2D` and `ReLU`, each with a name of its own.

    Raises:
        ValueError: there is no layer, or two have the same name.

    Source: section 3-5.
    """

    def __init__(self, layers):
        self.layers = list(layers)
        names = self.names()
        if not names or len(set(names)) < len(names):
            raise ValueError(
                f"expected at least one layer, each with a name of its own, got {names}; rename them"
            )

    def names(self):
        """Return the names of all layers, those within branches included."""
        return [name for layer in self.layers for name in layer.names()]

    @property
    def parameters(self):
        """All parameters, such as "conv1/kernel" -> (5, 5, 1, 16): the layers' own arrays."""
        return {
            layer.path(name): array
            for layer in self.layers
            for name, array in layer.parameters.items()
        }

    def set_parameters(self, parameters):
        """Take over copies of arrays, such as those of a recorded run.

        Args:
            parameters: a dict from the names of `parameters` to arrays of the same shapes.

        Raises:
            TypeError: an array does not hold real numbers.
            ValueError: names or shapes differ.
        """
        copies = {
            name: float_array(name, array).copy() for name, array in parameters.items()
        }
        found = {name: array.shape for name, array in copies.items()}
        expected = {name: array.shape for name, array in self.parameters.items()}
        if found != expected:
            raise ValueError(
                f"expected parameters {expected}, got {found}; use those of the same model"
            )
        for layer in self.layers:
            layer.parameters = {
                name: copies[layer.path(name)] for name in layer.parameters
            }

    def after(self, name):
        """Return the network of the layers after the one of this name; it shares their parameters.

        Raises:
            ValueError: no layer has this name, or none comes after it.
        """
        names = [layer.name for layer in self.layers]
        if name not in names[:-1]:
            raise ValueError(
                f"expected one of {names[:-1]}, a layer that others follow, got {name!r}; use its name"
            )
        return Sequential(self.layers[names.index(name) + 1 :])

    def forward(self, x, rng=None):
        """Send pictures through the layers, one after the other.

        Args:
            x: pictures, the first axis N.
            rng: a NumPy random generator that draws the dropout while training; None outside of training.

        Returns:
            (scores, backward_passes): (N, classes), before the softmax, and each layer's function `backward`.

        Raises:
            TypeError, ValueError: a shape that does not fit.

        Source: section 3-5.
        """
        backward_passes = []
        for layer in self.layers:
            x, backward = layer.forward(x, rng)
            backward_passes.append(backward)
        return x, backward_passes

    def backward(self, grad_scores, backward_passes):
        """Carry the gradient of the scores back through the layers, the last one first.

        Args:
            grad_scores: the loss's gradient of the scores, (N, classes).
            backward_passes: from `forward`.

        Returns:
            (grad_x, gradients): the gradient of the pictures, and a dict from the names of `parameters` to
            their gradients.

        Source: section 3-2.
        """
        gradients = {}
        grad = grad_scores
        steps = zip(self.layers, backward_passes, strict=True)
        for layer, backward in reversed(list(steps)):
            grad, of_layer = backward(grad)
            for name, gradient in of_layer.items():
                gradients[layer.path(name)] = gradient
        return grad, gradients

    def outputs(self, x):
        """Compute what each layer makes of the pictures, without dropout.

        Args:
            x: pictures, the first axis N.

        Returns:
            A dict from each layer's name to its output, in their order; the last holds the scores.
        """
        outputs = {}
        for layer in self.layers:
            x, _ = layer.forward(x)
            outputs[layer.name] = x
        return outputs

    def scores(self, x):
        """Compute the score of each class, without dropout.

        Takes pictures, the first axis N, and returns (N, classes), before the softmax.
        """
        x = real_array("x", x)
        # With no picture, too, the layers know the classes.
        starts = range(0, max(len(x), 1), BLOCK)
        return np.concatenate(
            [self._scores(x[start : start + BLOCK]) for start in starts]
        )

    def _scores(self, x):
        """Go forward without the backward passes, which would keep every layer's output."""
        for layer in self.layers:
            x, _ = layer.forward(x)
        return x

    def predict(self, x):
        """Compute the probability of each class, (N, classes), of pictures, the first axis N."""
        return softmax(self.scores(x))

    def loss_and_gradients(self, x, target, rng=None):
        """Go forward and backward once: backpropagation.

        Args:
            x: pictures, the first axis N.
            target: (N, classes), 1 for the right class, else 0.
            rng: as for `forward`.

        Returns:
            (loss, probabilities, gradients): a float, (N, classes), and arrays under `parameters`' names.

        Raises:
            TypeError, ValueError: a shape that does not fit, no picture, or an rng that is not a generator.

        Source: section 3-2; section 3-5, the loss of both programs.
        """
        scores, backward_passes = self.forward(x, rng)
        target = real_array("target", target).astype(scores.dtype, copy=False)
        loss = softmax_cross_entropy(scores, target)
        grad_scores = softmax_cross_entropy_backward(scores, target)
        _, gradients = self.backward(grad_scores, backward_passes)
        return loss, softmax(scores), gradients


def mnist_network(rng):
    """Build the network of `mnist_model` in NumPy: 242,062 parameters.

    Args:
        rng: a NumPy random generator that draws the first weights, as Keras draws them.

    Returns:
        A `Sequential` that takes pictures (N, 28, 28, 1) with values from 0 to 1, in float32.

    Source: section 3-1, Figure 3-1; section 3-5, first program.
    """
    kernel = partial(_initial_kernel, rng)
    return Sequential(
        [
            Conv2D("conv1", kernel(5, 5, 1, 16), padding="same"),
            ReLU("relu1"),
            MaxPool2D("pool1"),
            Conv2D("conv2", kernel(5, 5, 16, 36), padding="same"),
            ReLU("relu2"),
            MaxPool2D("pool2"),
            Dropout("dropout1", 0.25),
            Flatten("flatten"),
            Dense("dense1", kernel(7 * 7 * 36, 128)),
            ReLU("relu3"),
            Dropout("dropout2", 0.5),
            Dense("dense2", kernel(128, 10)),
        ]
    )


def dense_network(rng):
    """Build the chapter's example of a network without convolution: 89,610 parameters.

    Takes and returns what `mnist_network` does.

    Source: the end of section 3-3: two hidden layers of 100 units, here with ReLU.
    """
    kernel = partial(_initial_kernel, rng)
    return Sequential(
        [
            Flatten("flatten"),
            Dense("dense1", kernel(28 * 28, 100)),
            ReLU("relu1"),
            Dense("dense2", kernel(100, 100)),
            ReLU("relu2"),
            Dense("dense3", kernel(100, 10)),
        ]
    )


def small_network(rng):
    """Build a small network for digits: 11,274 parameters.

    Args:
        rng: as for `mnist_network`.

    Returns:
        A `Sequential` that takes pictures (N, 28, 28, 1) with values from 0 to 1, in float32.

    Source: section 3-1, Figure 3-1: `mnist_network` with fewer filters and a single affine layer.
    """
    kernel = partial(_initial_kernel, rng)
    return Sequential(
        [
            Conv2D("conv1", kernel(5, 5, 1, 8), padding="same"),
            ReLU("relu1"),
            MaxPool2D("pool1"),
            Conv2D("conv2", kernel(5, 5, 8, 16), padding="same"),
            ReLU("relu2"),
            MaxPool2D("pool2"),
            Flatten("flatten"),
            Dense("dense", kernel(7 * 7 * 16, 10)),
        ]
    )


def cifar10_network(rng):
    """Build the network for photographs, the twin of `cifar10_model`: 4,224,970 parameters.

    Takes and returns what `mnist_network` does, for pictures (N, 32, 32, 3).

    Source: section 3-5, second program.
    """
    kernel = partial(_initial_kernel, rng)
    return Sequential(
        [
            Conv2D("conv1", kernel(3, 3, 3, 32), padding="same"),
            ReLU("relu1"),
            Dropout("dropout1", 0.25),
            MaxPool2D("pool1"),
            Conv2D("conv2", kernel(3, 3, 32, 64), padding="same"),
            ReLU("relu2"),
            Dropout("dropout2", 0.25),
            MaxPool2D("pool2"),
            Flatten("flatten"),
            Dropout("dropout3", 0.25),
            Dense("dense1", kernel(8 * 8 * 64, 1024)),
            ReLU("relu3"),
            Dropout("dropout4", 0.25),
            Dense("dense2", kernel(1024, 10)),
        ]
    )


def _initial_kernel(rng, *shape):
    return glorot_uniform(shape, rng).astype(np.float32)
