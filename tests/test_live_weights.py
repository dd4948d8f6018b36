"""The weights that live pages load: small, and the network reads with them what it read before."""

import numpy as np
import pytest

from helpers.datasets import load_cifar10, load_cifar10_photographs
from helpers.programs import CIFAR10
from helpers.runs import recorded_run
from helpers.runs.folder import read_run
from publish.live.weights import small_result

RUNS = "data/runs"
MOST = 2_000_000  # bytes that a page may add to what every page loads


@pytest.fixture(scope="module")
def small(tmp_path_factory, pytestconfig):
    """A folder with the recorded training as a page has it."""
    own = pytestconfig.rootpath / RUNS / CIFAR10.weights_run
    folder = tmp_path_factory.mktemp("small")
    (folder / "history.json").write_bytes((own / "history.json").read_bytes())
    (folder / "result.npz").write_bytes(small_result(own / "result.npz"))
    return folder


@pytest.fixture(scope="module")
def networks(small):
    """The network with the recorded weights, and with the small ones."""
    network = CIFAR10.network(np.random.default_rng(0))
    network.set_parameters(read_run(small).weights)
    return CIFAR10.trained_network(), network


def test_they_and_the_photographs_are_small_enough_for_a_phone(small, pytestconfig):
    photographs = pytestconfig.rootpath / "data" / "cifar10_sample.npz"
    assert (small / "result.npz").stat().st_size + photographs.stat().st_size < MOST


def test_each_bundled_photograph_is_read_as_before(networks):
    pictures = load_cifar10_photographs().x_test / np.float32(255)
    before, after = (network.predict(pictures) for network in networks)
    np.testing.assert_array_equal(after.argmax(axis=1), before.argmax(axis=1))
    np.testing.assert_allclose(after, before, rtol=0, atol=0.04)


def test_hardly_any_other_photograph_is_read_otherwise(networks, full_datasets, monkeypatch):
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    pictures = load_cifar10().x_test[:2_000] / np.float32(255)
    before, after = (network.predict(pictures).argmax(axis=1) for network in networks)
    assert np.mean(before == after) > 0.98


def test_all_else_is_what_was_recorded(small):
    run, before = read_run(small), recorded_run(CIFAR10.weights_run)
    half_a_step = float(np.float16(0.01)) / 2
    np.testing.assert_allclose(run.test_probabilities, before.test_probabilities, 0, half_a_step + 1e-6)
    np.testing.assert_array_equal(run.confusion, before.confusion)
    for name, weights in before.weights.items():
        if weights.size < 1_000_000:
            np.testing.assert_array_equal(run.weights[name], weights)
