"""The handwritten digits that explorers offer."""

from helpers.datasets import load_mnist

DIGITS = (3, 0, 1, 2, *range(4, 10))  # in the order of menus


def first_of_each_digit(count):
    """Return the first test pictures of each digit, in the order of DIGITS: (count, 28, 28, 1), uint8."""
    mnist = load_mnist()
    return {digit: mnist.x_test[mnist.y_test == digit][:count] for digit in DIGITS}
