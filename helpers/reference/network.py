"""Layers in a row, and the networks of section 3-5 made of them: the NumPy twins of the Keras models."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from helpers.reference.activations import softmax
from helpers.reference.arrays import (
    float_array,
    random_generator,
    real_array,
    whole_number,
)
from helpers.reference.filters import glorot_uniform
from helpers.reference.layers import Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU
from helpers.reference.losses import (
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
)

# At most so many pictures go through all layers together: more would need more memory and be no faster.
_BLOCK = 128


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
        names = [layer.name for layer in self.layers]
        if not names or len(set(names)) < len(names):
            raise ValueError(
                f"expected at least one layer, each with a name of its own, got {names}; rename them"
            )

    @property
    def parameters(self):
        """All parameters, such as "conv1/kernel" -> (5, 5, 1, 16): the layers' own arrays."""
        return {
            f"{layer.name}/{name}": array
            for layer in self.layers
            for name, array in layer.parameters.items()
        }

    def set_parameters(self, parameters):
        """Take over copies of arrays, such as `recorded_weights` returns.

        Args:
            parameters: a dict from the names of `parameters` to arrays of the same shapes.

        Raises:
            TypeError: an array does not hold real numbers.
            ValueError: names or shapes differ.
        """
        copies = {
            name: float_array(name, array).copy() for name, array in parameters.items()
        }
        came, expected = (
            {name: array.shape for name, array in arrays.items()}
            for arrays in (copies, self.parameters)
        )
        if came != expected:
            raise ValueError(
                f"expected parameters {expected}, got {came}; use those of the same model"
            )
        for layer in self.layers:
            layer.parameters = {
                name: copies[f"{layer.name}/{name}"] for name in layer.parameters
            }

    def outputs(self, x):
        """Compute what each layer makes of the pictures, as outside of training.

        Args:
            x: pictures, the first axis N.

        Returns:
            A dict from each layer's name to its output, in their order; the last holds scores.
        """
        outputs = {}
        for layer in self.layers:
            x, _ = layer.forward(x)
            outputs[layer.name] = x
        return outputs

    def scores(self, x):
        """Compute the score of each class, as outside of training.

        Args:
            x: pictures, the first axis N.

        Returns:
            (N, classes), before the softmax.
        """
        x = real_array("x", x)
        scores = []
        # With no picture, too, the layers know the classes.
        for block in _blocks(x) or [slice(0)]:
            output = x[block]
            for layer in self.layers:
                output, _ = layer.forward(output)
            scores.append(output)
        return np.concatenate(scores)

    def predict(self, x):
        """Compute the probability of each class.

        Args:
            x: pictures, the first axis N.

        Returns:
            (N, classes).
        """
        return softmax(self.scores(x))

    def loss_and_gradients(self, x, target, rng=None, workers=1):
        """Go forward and back once: backpropagation.

        The batch goes through in equal blocks, two at least. The loss is a mean over the pictures, so that
        the blocks' losses and gradients add up to those of the batch.

        Args:
            x: pictures, the first axis N.
            target: (N, classes), 1 for the right class, else 0.
            rng: a NumPy random generator that draws the dropout; None for no dropout.
            workers: threads that share the blocks.

        Returns:
            (loss, probabilities, gradients): a float, (N, classes), and arrays under `parameters`' names.

        Raises:
            TypeError, ValueError: a shape that does not fit, no picture, or an rng that is not a generator.

        Source: section 3-2; section 3-5, the loss of both programs.
        """
        workers = whole_number("workers", workers, 1)
        x, target = real_array("x", x), real_array("target", target)
        if not x.ndim or len(x) == 0 or x.shape[:1] != target.shape[:1]:
            raise ValueError(
                f"expected one target per picture, and at least one, got {x.shape} and {target.shape}; "
                "give pictures and targets the same length"
            )
        blocks = _blocks(x)
        # Each block has a generator of its own, so that the masks do not depend on the order of the threads.
        rngs = (
            [None] * len(blocks)
            if rng is None
            else random_generator("rng", rng).spawn(len(blocks))
        )
        probabilities = [None] * len(blocks)

        def share(first):
            """Add up every block whose turn it is, the first one and each after `workers` more."""
            loss, total = 0, None
            for number in range(first, len(blocks), workers):
                block = blocks[number]
                weight = len(x[block]) / len(x)
                block_loss, probabilities[number], gradients = self._block(
                    x[block], target[block], rngs[number], weight
                )
                loss += block_loss
                total = gradients if total is None else _added(total, gradients)
            return loss, total

        shares = range(min(workers, len(blocks)))
        if len(shares) == 1:
            ((loss, total),) = map(share, shares)
        else:
            with ThreadPoolExecutor(workers) as pool:
                (loss, total), *others = pool.map(share, shares)
            for other_loss, gradients in others:
                loss += other_loss
                total = _added(total, gradients)
        return loss, np.concatenate(probabilities), total

    def _block(self, x, target, rng, weight):
        """Return loss and gradients of one block by its weight in the batch, and the probabilities."""
        steps_back = []
        for layer in self.layers:
            x, backward = layer.forward(x, rng)
            steps_back.append((layer, backward))
        target = target.astype(x.dtype, copy=False)
        probabilities = softmax(x)
        loss = weight * softmax_cross_entropy(x, target)
        grad = softmax_cross_entropy_backward(x, target) * x.dtype.type(weight)
        gradients = {}
        while steps_back:
            # What a layer kept for its way back is given up as soon as it is used.
            layer, backward = steps_back.pop()
            grad, own = backward(grad, input_too=bool(steps_back))
            gradients |= {f"{layer.name}/{name}": array for name, array in own.items()}
        return loss, probabilities, gradients


def mnist_network(rng):
    """Build the twin of `mnist_model`: 242,062 parameters.

    Args:
        rng: a NumPy random generator that draws the first weights, as Keras draws them.

    Returns:
        A `Sequential` that takes pictures (N, 28, 28, 1) with values from 0 to 1, in float32.

    Source: section 3-5, first program.
    """
    return Sequential(
        [
            Conv2D("conv1", _drawn((5, 5, 1, 16), rng), padding="same"),
            ReLU("relu1"),
            MaxPool2D("pool1"),
            Conv2D("conv2", _drawn((5, 5, 16, 36), rng), padding="same"),
            ReLU("relu2"),
            MaxPool2D("pool2"),
            Dropout("dropout1", 0.25),
            Flatten("flatten"),
            Dense("dense1", _drawn((7 * 7 * 36, 128), rng)),
            ReLU("relu3"),
            Dropout("dropout2", 0.5),
            Dense("dense2", _drawn((128, 10), rng)),
        ]
    )


def cifar10_network(rng):
    """Build the twin of `cifar10_model`: 4,224,970 parameters.

    Args:
        rng: as for `mnist_network`.

    Returns:
        A `Sequential` that takes pictures (N, 32, 32, 3) with values from 0 to 1, in float32.

    Source: section 3-5, second program.
    """
    return Sequential(
        [
            Conv2D("conv1", _drawn((3, 3, 3, 32), rng), padding="same"),
            ReLU("relu1"),
            Dropout("dropout1", 0.25),
            MaxPool2D("pool1"),
            Conv2D("conv2", _drawn((3, 3, 32, 64), rng), padding="same"),
            ReLU("relu2"),
            Dropout("dropout2", 0.25),
            MaxPool2D("pool2"),
            Flatten("flatten"),
            Dropout("dropout3", 0.25),
            Dense("dense1", _drawn((8 * 8 * 64, 1024), rng)),
            ReLU("relu3"),
            Dropout("dropout4", 0.25),
            Dense("dense2", _drawn((1024, 10), rng)),
        ]
    )


def _drawn(shape, rng):
    return glorot_uniform(shape, rng).astype(np.float32)


def _blocks(x):
    """Part the pictures into equal blocks, two at least, so that two threads can share them."""
    blocks = max(-(-len(x) // _BLOCK), 2)
    size = max(-(-len(x) // blocks), 1)
    return [slice(start, start + size) for start in range(0, len(x), size)]


def _added(total, gradients):
    for name, gradient in gradients.items():
        total[name] += gradient
    return total
