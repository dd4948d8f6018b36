"""The chapter's two programs (section 3-5), and its network without convolution (section 3-1)."""

from dataclasses import replace

from helpers.chapter import CIFAR10_TEST_ACCURACY, MNIST_TEST_ACCURACY
from helpers.datasets import load_cifar10, load_mnist
from helpers.programs.program import Program
from helpers.reference.network import cifar10_network, dense_network, mnist_network
from helpers.runs import Settings


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
