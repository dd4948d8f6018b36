"""The NumPy side of a training: what `train` asks of a network of the reference. Needs no TensorFlow."""

import ctypes
import os

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.reference.losses import softmax_cross_entropy
from helpers.reference.optimizers import Adam
from helpers.training.blocks import loss_and_gradients

# Each thread computes its own pictures; BLAS's threads inside of them would only wait for each other.
_one_blas_thread = threadpool_limits.wrap(limits=1, user_api="blas")


class NumpyTrainer:
    """Trains a `Sequential` with Adam, as a `KerasTrainer` does with a Keras model.

    Args:
        network: such as `MNIST.network(rng)`; its parameters change.
        seed: fixes the dropout.

    Attributes:
        picture: None, as the network may take any.
        classes: how many.
        packages: what computes.
    """

    picture = None
    packages = ("numpy",)

    def __init__(self, network, seed=0):
        self.classes = len(network.layers[-1].parameters["bias"])
        self._network = network
        self._adam = Adam()
        self._seed = [seed, 1]
        self._dropout = np.random.default_rng(self._seed)
        keep_freed_memory()

    @_one_blas_thread
    def epoch(self, batches, count, batch_done):
        """Take a step for each batch; arguments and return value as for `KerasTrainer.epoch`."""
        loss = right = pictures = 0
        for x, target in batches:
            batch_loss, probabilities, gradients = loss_and_gradients(
                self._network, x, target, self._dropout, os.cpu_count()
            )
            self._adam.step(self._network.parameters, gradients)
            loss += batch_loss * len(x)
            right += _accuracy(probabilities, target) * len(x)
            pictures += len(x)
            numbers = {"accuracy": right / pictures, "loss": loss / pictures}
            batch_done(numbers)
        return numbers

    def set_learning_rate(self, rate):
        """Take the steps from here on with this learning rate."""
        self._adam.learning_rate = rate

    @_one_blas_thread
    def measure(self, x, target):
        """Return loss and accuracy, as `KerasTrainer.measure`."""
        scores = self._network.scores(x)
        # From the scores, as Keras measures: a probability that is rounded to 0 would cut its loss off.
        return softmax_cross_entropy(scores, target), _accuracy(scores, target)

    @_one_blas_thread
    def predict(self, x):
        """Return the probabilities (N, classes) of pictures."""
        return self._network.predict(x)

    def weights(self):
        """Return a copy of each weight, under layer and weight, such as "conv1/kernel"."""
        return {name: array.copy() for name, array in self._network.parameters.items()}

    def state(self):
        """Return all that a training changes: weights, Adam's moments and steps, how often dropout drew."""
        weights, adam = self._network.parameters, self._adam
        means, squares = (
            {name: moments.get(name, np.zeros_like(array)) for name, array in weights.items()}
            for moments in (adam.means, adam.squares)
        )
        drawn = self._dropout.bit_generator.seed_seq.n_children_spawned
        return _grouped(weights=weights, means=means, squares=squares) | {
            "steps": np.array(adam.steps),
            "drawn": np.array(drawn),
        }

    def restore(self, state):
        """Set all that a training changes; `state` is what `state` returned, for a network built alike."""
        names = self._network.parameters
        weights, self._adam.means, self._adam.squares = (
            {name: state[f"{group}/{name}"] for name in names} for group in ("weights", "means", "squares")
        )
        self._network.set_parameters(weights)
        self._adam.steps = int(state["steps"])
        # Every block of pictures draws from a generator spawned for it, so that their number is all there is.
        drawn = np.random.SeedSequence(self._seed, n_children_spawned=int(state["drawn"]))
        self._dropout = np.random.default_rng(drawn)


def keep_freed_memory():
    """Let the C library keep what is freed, for the arrays of the next step.

    glibc hands large pieces back to the system and fetches them anew: that took a quarter of a step. Other
    libraries are left as they are.
    """
    set_option = getattr(ctypes.CDLL(None) if os.name == "posix" else None, "mallopt", None)
    if set_option:
        trim_threshold, mmap_threshold = -1, -3  # their numbers in malloc.h
        set_option(trim_threshold, 2**30)
        set_option(mmap_threshold, 2**25)


def _grouped(**groups):
    return {f"{group}/{name}": array for group, arrays in groups.items() for name, array in arrays.items()}


def _accuracy(outputs, target):
    return float(np.mean(outputs.argmax(axis=1) == target.argmax(axis=1)))
