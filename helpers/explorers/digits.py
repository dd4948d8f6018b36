"""The handwritten digits that explorers offer."""

import numpy as np

from helpers.datasets import load_mnist

DIGITS = (3, 0, 1, 2, *range(4, 10))  # in the order of menus


def first_of_each_digit():
    """Return the first test picture of each digit: digit -> (28, 28), uint8, in the order of DIGITS."""
    mnist = load_mnist()
    return {digit: mnist.x_test[np.argmax(mnist.y_test == digit), :, :, 0] for digit in DIGITS}
