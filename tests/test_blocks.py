"""A step of backpropagation in blocks and threads: what the network computes in one piece."""

import numpy as np
import pytest

from helpers.reference.layers import Dense
from helpers.reference.network import Sequential, mnist_network
from helpers.training import blocks
from helpers.training.blocks import loss_and_gradients


def digits_network():
    return mnist_network(np.random.default_rng(0))


def batch(size):
    rng = np.random.default_rng(1)
    x = rng.random((size, 28, 28, 1), dtype=np.float32)
    return x, np.eye(10, dtype=np.float32)[rng.integers(0, 10, size)]


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("pictures", [1, 10])
def test_neither_blocks_nor_threads_change_the_gradients(workers, pictures, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 4)
    network = digits_network()
    x, target = batch(pictures)
    whole = network.loss_and_gradients(x, target)
    loss, probabilities, gradients = loss_and_gradients(network, x, target, None, workers)
    assert loss == pytest.approx(whole[0], rel=1e-6)
    np.testing.assert_allclose(probabilities, whole[1], rtol=1e-5)
    assert gradients.keys() == whole[2].keys()
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, whole[2][name], rtol=0, atol=1e-6)


def test_the_same_generator_drops_the_same_however_many_threads(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 4)
    network = digits_network()
    x, target = batch(10)

    def loss(seed, workers):
        return loss_and_gradients(network, x, target, np.random.default_rng(seed), workers)[0]

    assert loss(2, 1) == loss(2, 2)
    assert loss(2, 1) != pytest.approx(loss_and_gradients(network, x, target, None, 1)[0], rel=1e-3)
    assert loss(2, 1) != pytest.approx(loss(3, 1), rel=1e-3)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
def test_probabilities_of_whole_numbers_are_not_cut(dtype):
    x = np.random.default_rng(1).integers(0, 2, (70, 28, 28, 1))
    target = np.eye(10)[np.random.default_rng(2).integers(0, 10, 70)]
    network = digits_network()
    loss, probabilities, gradients = loss_and_gradients(network, x.astype(dtype), target, None, 1)
    judge = network.loss_and_gradients(x.astype(np.float32), target.astype(np.float32))
    assert loss == pytest.approx(judge[0], rel=1e-5)
    np.testing.assert_allclose(probabilities, judge[1], rtol=1e-4)
    np.testing.assert_allclose(gradients["dense2/bias"], judge[2]["dense2/bias"], rtol=0, atol=1e-6)


def test_refuses_a_seed_for_a_generator():
    with pytest.raises(TypeError, match=r"^expected a NumPy random generator for rng, got 3"):
        loss_and_gradients(digits_network(), *batch(2), 3, 1)


@pytest.mark.parametrize(("pictures", "targets"), [(3, 2), (0, 0)])
def test_refuses_targets_that_do_not_fit(pictures, targets):
    network = Sequential([Dense("dense", np.ones((3, 2)))])
    with pytest.raises(
        ValueError, match=rf"^expected one target per picture, .* got \({pictures}, 3\) and \({targets}, 2\)"
    ):
        loss_and_gradients(network, np.ones((pictures, 3)), np.ones((targets, 2)), None, 1)


def test_refuses_no_threads():
    with pytest.raises(ValueError, match="expected at least 1 for workers, got 0"):
        loss_and_gradients(digits_network(), *batch(2), None, 0)
