"""The chapter's two programs (section 3-5): one entry for each, with all that belongs to it.

Importing this room does not import TensorFlow; `keras_model` does.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from helpers.chapter import CIFAR10_TEST_ACCURACY, MNIST_TEST_ACCURACY
from helpers.datasets import load_cifar10, load_mnist
from helpers.reference.network import cifar10_network, dense_network, mnist_network
from helpers.runs import Settings, recorded_run


@dataclass(frozen=True)
class Program:
    """A program of section 3-5.

    Attributes:
        name: of its recorded runs and on the command line.
        load: loads its pictures; takes download=True.
        picture: shape (H, W, C) of one.
        keras_model: builds and compiles its Keras model; takes a seed.
        network: builds the same network in NumPy; takes a NumPy random generator.
        quick: settings for half a minute on two cores.
        chapter_run: name of the recorded run with the chapter's settings.
        weights_run: name of the recorded run whose weights the lessons show.
        chapter_accuracy: the chapter's result on the test set, as a fraction; None where it has none.
    """

    name: str
    load: Callable
    picture: tuple[int, int, int]
    keras_model: Callable
    network: Callable
    quick: Settings
    chapter_run: str
    weights_run: str
    chapter_accuracy: float | None = None

    def weights(self):
        """Load the weights that the lessons show, such as "conv1/kernel" -> (5, 5, 1, 16)."""
        return recorded_run(self.weights_run).weights

    def trained_network(self):
        """Build the NumPy network with the weights that the lessons show."""
        network = self.network(np.random.default_rng(0))
        network.set_parameters(self.weights())
        return network


def _keras(name):
    """Return the function of this name in keras_models, which imports TensorFlow once it is called."""

    def build(seed=0):
        from helpers.programs import keras_models

        return getattr(keras_models, name)(seed)

    return build


MNIST = Program(
    name="mnist",
    load=load_mnist,
    picture=(28, 28, 1),
    keras_model=_keras("mnist_model"),
    network=mnist_network,
    quick=Settings(epochs=5, batch_size=64, training_pictures=2_000, validation_pictures=1_000),
    chapter_run="mnist-seed0",
    weights_run="mnist-unseen-seed3",
    chapter_accuracy=MNIST_TEST_ACCURACY,
)

CIFAR10 = Program(
    name="cifar10",
    load=load_cifar10,
    picture=(32, 32, 3),
    keras_model=_keras("cifar10_model"),
    network=cifar10_network,
    quick=Settings(epochs=5, batch_size=32, training_pictures=1_000, validation_pictures=300),
    chapter_run="cifar10-seed0",
    weights_run="cifar10-seed0",
    chapter_accuracy=CIFAR10_TEST_ACCURACY,
)

PROGRAMS = {program.name: program for program in (MNIST, CIFAR10)}

DENSE = replace(
    MNIST,
    name="dense",
    keras_model=_keras("dense_model"),
    network=dense_network,
    chapter_run="dense-unseen-seed3",
    weights_run="dense-unseen-seed3",
    chapter_accuracy=None,
)
"""The chapter's example of a network without convolution (section 3-1), on the first program's digits."""

MODELS = PROGRAMS | {DENSE.name: DENSE}
"""All that can be trained, by name."""
