"""The trained networks that questions ask about, and what they make of bundled pictures; loaded once."""

from functools import cache

import numpy as np

from helpers.datasets import load_cifar10_photographs, load_mnist
from helpers.programs import CIFAR10, MNIST


@cache
def digit_network():
    """Return the digits' network, as lesson 3-5c loads it."""
    return MNIST.trained_network()


@cache
def digits():
    """Return (pictures, labels): the two hundred digits of lesson 3-5c."""
    data = load_mnist()
    return data.x_test[:200] / np.float32(255), data.y_test[:200]


def first_three():
    """Return the first 3 among the digits, (1, 28, 28, 1)."""
    pictures, labels = digits()
    return pictures[[np.argmax(labels == 3)]]


def share_read(pictures):
    """Return the share of the two hundred digits that is read, in these changed pictures of them."""
    return float(np.mean(digit_network().scores(pictures).argmax(axis=1) == digits()[1]))


@cache
def photographs():
    """Return (network, pictures, labels): the second program's network and twenty photographs."""
    data = load_cifar10_photographs()
    return CIFAR10.trained_network(), data.x_test[:20] / np.float32(255), data.y_test[:20]
