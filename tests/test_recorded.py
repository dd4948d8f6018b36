"""Recorded trainings: what they hold, and what is said where they cannot be read."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from helpers import chapter, recorded
from helpers.recorded import recorded_weights

RUN = Path(__file__).parents[1] / "data" / "runs" / "mnist-seed1"


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """A copy of the recorded training to damage."""
    shutil.copytree(RUN, tmp_path / RUN.name)
    monkeypatch.setattr(recorded, "_RUNS", tmp_path)
    return tmp_path / RUN.name


def test_holds_the_weights_of_the_chapters_network_and_nothing_else():
    weights = recorded_weights("mnist-seed1")
    layers = ["conv1", "conv2", "dense1", "dense2"]
    assert sorted(weights) == sorted(f"{layer}/{part}" for layer in layers for part in ("kernel", "bias"))
    assert sum(array.size for array in weights.values()) == chapter.MNIST_PARAMETERS
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}


def test_gives_the_stored_values():
    with np.load(RUN / "result.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(recorded_weights("mnist-seed1")["conv1/bias"], file["mnist/conv1/bias"])


def test_an_unknown_training_is_named_with_those_there_are():
    with pytest.raises(ValueError, match=r'"mnist-seed9".*result\.npz is missing.*Recorded: .*mnist-seed1'):
        recorded_weights("mnist-seed9")


@pytest.mark.parametrize("content", [b"", b"half a file", (RUN / "result.npz").read_bytes()[:50_000]])
def test_a_damaged_file_is_named_with_the_remedy(runs, content):
    (runs / "result.npz").write_bytes(content)
    with pytest.raises(
        ValueError, match=r"result\.npz cannot be read.*git checkout -- data/runs/mnist-seed1"
    ):
        recorded_weights("mnist-seed1")


def test_pickled_objects_are_refused(runs):
    np.savez(runs / "result.npz", **{"mnist/conv1/kernel": np.array([{}], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle=False"):
        recorded_weights("mnist-seed1")


def test_names_weights_alike_with_and_without_the_models_name(runs):
    np.savez(runs / "result.npz", **{"conv1/kernel": np.ones(1), "mnist/conv1/bias": np.zeros(1)})
    assert set(recorded_weights(runs.name)) == {"conv1/kernel", "conv1/bias"}
