"""Recorded trainings: what they hold, and what is said where they cannot be read."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers import chapter, datasets, recorded
from helpers.recorded import recorded_run, recorded_runs, recorded_weights
from helpers.reference.classification import confusion_matrix

RUN = Path(__file__).parents[1] / "data" / "runs" / "mnist-seed1"
FULL = {"mnist": (60_000, 10_000), "cifar10": (50_000, 10_000)}


def every_run():
    return [*recorded_runs("mnist"), *recorded_runs("cifar10")]


each_run = pytest.mark.parametrize("run", every_run(), ids=lambda run: run.name)


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
        np.testing.assert_array_equal(recorded_weights("mnist-seed1")["conv1/bias"], file["conv1/bias"])


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


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"model": "mnist"'])
def test_a_damaged_history_is_named_with_the_remedy(runs, content):
    (runs / "history.json").unlink()
    if content is not None:
        (runs / "history.json").write_text(content)
    with pytest.raises(
        ValueError, match=r"history\.json cannot be read.*git checkout -- data/runs/mnist-seed1"
    ):
        recorded_run("mnist-seed1")


def test_numbers_are_read_without_the_arrays(runs):
    (runs / "result.npz").write_bytes(b"damaged")
    assert len(recorded_run("mnist-seed1").history["loss"]) == recorded_run("mnist-seed1").epochs_done


def test_runs_of_a_model_are_found_by_name():
    names = [run.name for run in recorded_runs("cifar10")]
    assert "cifar10-seed0" in names
    assert names == sorted(names)
    assert all(run.model == "cifar10" for run in recorded_runs("cifar10"))


# What was recorded


def test_every_folder_of_runs_is_of_a_known_model():
    assert {run.name for run in every_run()} == {
        path.parent.name for path in RUN.parent.glob("*/history.json")
    }


@each_run
def test_run_is_of_the_full_data_and_whole(run):
    assert (run.training_pictures, run.test_pictures) == FULL[run.model]
    assert {len(values) for values in run.history.values()} == {run.epochs_done}
    assert run.test_accuracy == pytest.approx(run.history["val_accuracy"][-1], abs=2e-4)
    assert run.name in (f"{run.model}-seed{run.seed}", f"{run.model}-numpy-seed{run.seed}")


@each_run
def test_confusion_counts_what_the_test_accuracy_is_the_sum_of(run):
    assert run.confusion.shape == (10, 10)
    assert run.confusion.sum() == run.test_pictures
    # float16 may have made two classes equal.
    assert np.trace(run.confusion) == pytest.approx(run.test_accuracy * run.test_pictures, abs=2)


@each_run
def test_confusion_and_probabilities_name_the_same_classes(run):
    assert run.test_probabilities.shape == (run.test_pictures, 10)
    np.testing.assert_allclose(run.test_probabilities.sum(axis=1), 1, atol=0.01)
    predicted = np.bincount(run.test_probabilities.argmax(axis=1), minlength=10)
    assert np.abs(predicted - run.confusion.sum(axis=0)).max() <= 2


@each_run
def test_confusion_is_that_of_the_full_test_set(run, monkeypatch, full_datasets):
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    labels = getattr(datasets, f"load_{run.model}")().y_test
    predicted = run.test_probabilities.argmax(axis=1)
    assert np.abs(run.confusion - confusion_matrix(labels, predicted, 10)).sum() <= 4


@each_run
def test_weights_are_those_of_the_chapters_model(run):
    parameters = {"mnist": chapter.MNIST_PARAMETERS, "cifar10": chapter.CIFAR10_PARAMETERS}
    assert sum(array.size for array in run.weights.values()) == parameters[run.model]


def test_runs_are_read_without_tensorflow():
    program = (
        "import sys; from helpers.recorded import recorded_run; recorded_run('mnist-seed1').confusion; "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=RUN.parents[2])
