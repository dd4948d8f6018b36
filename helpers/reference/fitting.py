"""A short training for lessons that compare small networks; section 3-5 trains with helpers/training."""

import numpy as np

from helpers.reference.arrays import random_generator, real_array, whole_number
from helpers.reference.classification import class_numbers
from helpers.reference.optimizers import Adam


def fit(network, x, labels, *, epochs, batch_size, rng):
    """Train a network with Adam on pictures and their labels.

    Args:
        network: a `Sequential`; its parameters change.
        x: pictures or feature maps as the network takes them, the first axis N.
        labels: (N,), the class of each, from 0.
        epochs: how often to go through all of them.
        batch_size: how many to a step; what is left over at the end of an epoch makes a smaller one.
        rng: a NumPy random generator that draws their order, anew for each epoch, and the dropout.

    Raises:
        TypeError: labels or counts are not whole numbers, or rng is not a generator.
        ValueError: a shape does not fit, a label has no output, or there is no picture.

    Source: section 3-5, both programs.

    >>> from helpers.reference.layers import Dense
    >>> from helpers.reference.network import Sequential
    >>> network = Sequential([Dense("dense", np.zeros((1, 2)))])
    >>> fit(network, np.array([[-1], [1]]), [0, 1], epochs=9, batch_size=2, rng=np.random.default_rng(0))
    >>> network.scores([[-5], [5]]).argmax(axis=1)
    array([0, 1])
    """
    x = real_array("x", x)
    classes = network.scores(x[:0]).shape[1]
    labels = class_numbers("labels", labels, classes)
    if len(x) == 0 or len(labels) != len(x):
        raise ValueError(
            f"expected a label for each picture, and at least one, got {len(labels)} labels for {len(x)} "
            "pictures; pass class numbers (N,)"
        )
    epochs = whole_number("epochs", epochs, 1)
    batch_size = whole_number("batch_size", batch_size, 1)
    rng = random_generator("rng", rng)
    target, adam = np.eye(classes)[labels], Adam()
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            chosen = order[start : start + batch_size]
            _, _, gradients = network.loss_and_gradients(x[chosen], target[chosen], rng)
            adam.step(network.parameters, gradients)
