"""The short training of lessons: against steps by hand, and what it refuses."""

import numpy as np
import pytest

from helpers.datasets import load_mnist
from helpers.reference.fitting import fit
from helpers.reference.layers import Dense, Dropout, Flatten, ReLU
from helpers.reference.network import Sequential


def rng(seed=0):
    return np.random.default_rng(seed)


def linear(inputs=3, classes=2):
    return Sequential([Dense("dense", np.zeros((inputs, classes)))])


def test_the_first_step_has_the_size_and_direction_that_adam_gives_it():
    # From zero weights both classes get one half; Adam's first step is its rate, against the gradient's sign.
    network = linear(2)
    fit(network, np.array([[1.0, -2.0]]), [0], epochs=1, batch_size=5, rng=rng())
    expected = 0.001 * np.array([[1, -1], [-1, 1]])
    np.testing.assert_allclose(network.parameters["dense/kernel"], expected, rtol=1e-5)
    np.testing.assert_allclose(network.parameters["dense/bias"], [0.001, -0.001], rtol=1e-5)


@pytest.mark.parametrize(
    ("pictures", "batch_size", "sizes"), [(6, 2, [2, 2, 2]), (7, 3, [3, 3, 1]), (2, 5, [2])]
)
def test_every_epoch_visits_each_picture_once_in_a_new_order(pictures, batch_size, sizes):
    network, seen = linear(1), []
    step = network.loss_and_gradients

    def watched(x, target, rng):
        seen.append((x.ravel().tolist(), target.argmax(axis=1).tolist()))
        return step(x, target, rng)

    network.loss_and_gradients = watched
    x, labels = np.arange(pictures)[:, np.newaxis], np.arange(pictures) % 2
    fit(network, x, labels, epochs=3, batch_size=batch_size, rng=rng(1))
    assert [len(numbers) for numbers, _ in seen] == 3 * sizes
    orders = np.concatenate([numbers for numbers, _ in seen]).reshape(3, pictures)
    assert np.array_equal(np.sort(orders), [range(pictures)] * 3)
    assert pictures == 2 or len({tuple(order) for order in orders}) == 3
    assert all([number % 2 for number in numbers] == targets for numbers, targets in seen)


def test_learns_a_few_digits_by_heart():
    mnist = load_mnist()
    x, labels = mnist.x_train[:40] / np.float32(255), mnist.y_train[:40]
    weights = rng().normal(0, 0.03, (784, 30)), rng().normal(0, 0.1, (30, 10))
    layers = [Flatten("flatten"), Dense("first", weights[0]), ReLU("relu"), Dense("last", weights[1])]
    network = Sequential(layers)
    fit(network, x, labels, epochs=60, batch_size=10, rng=rng())
    assert np.array_equal(network.scores(x).argmax(axis=1), labels)


def test_the_same_generator_gives_the_same_weights():
    def trained(seed):
        network = Sequential([Dropout("dropout", 0.5), Dense("dense", np.zeros((3, 2)))])
        x = rng(5).random((9, 3))
        fit(network, x, np.arange(9) % 2, epochs=2, batch_size=4, rng=rng(seed))
        return network.parameters["dense/kernel"]

    assert np.array_equal(trained(0), trained(0))
    assert not np.array_equal(trained(0), trained(1))


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"labels": [0.0, 1.0]}, TypeError, "whole numbers for labels"),
        ({"labels": [0]}, ValueError, "a label for each picture"),
        ({"labels": [0, 2]}, ValueError, "labels from 0 to 1"),
        ({"labels": [-1, 0]}, ValueError, "labels from 0 to 1"),
        ({"x": np.zeros((0, 3)), "labels": np.zeros(0, int)}, ValueError, "at least one"),
        ({"epochs": 0}, ValueError, "at least 1 for epochs"),
        ({"batch_size": 1.5}, TypeError, "whole number for batch_size"),
        ({"rng": 3}, TypeError, "rng"),
    ],
)
def test_refuses_what_does_not_fit(changed, error, message):
    arguments = {"x": np.zeros((2, 3)), "labels": [0, 1], "epochs": 1, "batch_size": 2, "rng": rng()}
    with pytest.raises(error, match=message):
        fit(linear(), **(arguments | changed))
