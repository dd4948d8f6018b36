"""Recorded trainings: what they hold, and what is said where they cannot be read."""

import json
import os
import re
import shutil
import subprocess
import sys
import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from reading import lesson_cells

from helpers import chapter
from helpers.exercises.lesson_3_5b import EARLY_STOPPING
from helpers.programs import MODELS, VARIANTS
from helpers.programs.variants import MNIST_VARIANTS
from helpers.reference.classification import confusion_matrix
from helpers.runs import recorded, recorded_run, recorded_runs, runs_table

RUN = Path(__file__).parents[1] / "data" / "runs" / "mnist-seed1"
FULL = {"mnist": (60_000, 10_000), "cifar10": (50_000, 10_000)}
UNSEEN = (59_000, 10_000)  # without the bundled test digits


def every_run():
    return [recorded_run(path.parent.name) for path in sorted(RUN.parent.glob("*/history.json"))]


each_run = pytest.mark.parametrize("run", every_run(), ids=lambda run: run.name)


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """A copy of the recorded training to damage."""
    shutil.copytree(RUN, tmp_path / RUN.name)
    monkeypatch.setattr(recorded, "_RECORDED", tmp_path)
    return tmp_path / RUN.name


def test_holds_the_weights_of_the_chapters_network_and_nothing_else():
    weights = recorded_run("mnist-seed1").weights
    layers = ["conv1", "conv2", "dense1", "dense2"]
    assert sorted(weights) == sorted(f"{layer}/{part}" for layer in layers for part in ("kernel", "bias"))
    assert sum(array.size for array in weights.values()) == chapter.MNIST_PARAMETERS
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}


def test_gives_the_stored_values():
    with np.load(RUN / "result.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(recorded_run("mnist-seed1").weights["conv1/bias"], file["conv1/bias"])


def test_an_unknown_training_is_named_with_those_there_are():
    with pytest.raises(
        ValueError,
        match=r"expected one of the trainings recorded in .*mnist-seed1.*, got 'mnist-seed9'; restore",
    ):
        recorded_run("mnist-seed9")


@pytest.mark.parametrize("name", ["../runs/mnist-seed1", "./mnist-seed1", "mnist-seed1/", str(RUN), "", "."])
def test_a_path_is_no_name_of_a_training(name):
    with pytest.raises(ValueError, match="expected one of the trainings recorded"):
        recorded_run(name)


@pytest.mark.parametrize("name", [None, 3, b"mnist-seed1", ["mnist-seed1"], RUN], ids=repr)
def test_a_name_is_a_text(name):
    with pytest.raises(TypeError, match=r"expected the name of a recorded training, got .*; use one such as"):
        recorded_run(name)


@pytest.mark.parametrize("model", ["", "vgg", None, 3, "../mnist"], ids=repr)
def test_a_model_without_recorded_trainings_is_refused(model):
    with pytest.raises(ValueError, match=r'expected a model with recorded trainings, got .*; use "mnist" or'):
        recorded_runs(model)


@pytest.mark.parametrize("content", [b"", b"half a file", (RUN / "result.npz").read_bytes()[:50_000]])
def test_a_damaged_file_is_named_with_the_remedy(runs, content):
    (runs / "result.npz").write_bytes(content)
    with pytest.raises(
        ValueError, match=r"expected .*result\.npz, got BadZipFile.*; .*git checkout -- data/runs`"
    ):
        recorded_run("mnist-seed1").weights.keys()


def rewrite(run, **changes):
    """Write result.npz again, compressed, with some arrays exchanged; None leaves one out."""
    with np.load(run / "result.npz", allow_pickle=False) as file:
        arrays = dict(file) | changes
    arrays = {name: array for name, array in arrays.items() if array is not None}
    np.savez_compressed(run / "result.npz", **arrays)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"confusion": None}, "no confusion"),
        ({"test_probabilities": None}, "no test_probabilities"),
        ({"confusion": np.zeros((10, 9), int)}, r"confusion int64 \(10, 9\)"),
        ({"confusion": np.int64(3)}, r"confusion int64 \(\)"),
        ({"confusion": np.zeros((10, 10))}, "confusion float64"),
        ({"correct": np.zeros(1249, np.uint8)}, r"correct uint8 \(1249,\)"),
        ({"correct": np.zeros(10_000, bool)}, r"correct bool \(10000,\)"),
        ({"test_probabilities": np.zeros((9, 10), np.float16)}, r"test_probabilities float16 \(9, 10\)"),
        ({"conv1/bias": np.array(["text"] * 16)}, "conv1/bias <U4"),
        ({"conv1/bias": np.array([{}], dtype=object)}, "conv1/bias object"),
    ],
    ids=[
        "no-confusion",
        "no-probabilities",
        "not-square",
        "scalar",
        "floats",
        "few-bits",
        "no-bits",
        "too-few",
        "text",
        "objects",
    ],
)
@pytest.mark.parametrize("ask", ["confusion", "test_probabilities", "weights"])
def test_arrays_of_another_form_are_refused(runs, changes, message, ask):
    rewrite(runs, **changes)
    with pytest.raises(
        ValueError, match=rf"expected .*result\.npz, got ValueError: .*{message}.*; restore the"
    ):
        getattr(recorded_run("mnist-seed1"), ask)


def test_a_run_without_weights_can_be_read_and_says_that_they_are_missing(runs):
    weights = recorded_run("mnist-seed1").weights
    rewrite(runs, **dict.fromkeys(weights))
    run = recorded_run("mnist-seed1")
    assert run.confusion.sum() == len(run.test_probabilities) == 10_000
    with pytest.raises(
        ValueError,
        match=r"a recorded training with its weights, got mnist-seed1, recorded without them; train it anew",
    ):
        _ = run.weights


def test_what_was_recognised_is_read_or_said_to_be_missing(runs):
    with pytest.raises(ValueError, match="that tells which pictures it recognised, got mnist-seed1; compare"):
        _ = recorded_run("mnist-seed1").correct
    correct = np.random.default_rng(0).random(10_000) < 0.5
    rewrite(runs, correct=np.packbits(correct))
    np.testing.assert_array_equal(recorded_run("mnist-seed1").correct, correct, strict=True)


def test_no_array_is_unpacked_before_all_forms_are_known(runs):
    rewrite(runs, confusion=np.zeros(2**27, np.uint8))
    run = recorded_run("mnist-seed1")
    tracemalloc.start()
    with pytest.raises(ValueError, match="confusion uint8"):
        _ = run.weights
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
@pytest.mark.parametrize("name", ["result.npz", "history.json"])
def test_a_pipe_in_place_of_a_file_is_refused(runs, name):
    (runs / name).unlink()
    os.mkfifo(runs / name)
    # A process of its own, which may hang.
    program = """
import sys
from pathlib import Path
from helpers.runs import recorded
recorded._RECORDED = Path(sys.argv[1])
recorded.recorded_run("mnist-seed1").weights
"""
    command = [sys.executable, "-c", program, runs.parent]
    run = subprocess.run(command, capture_output=True, text=True, cwd=RUN.parents[2], timeout=60)
    assert f"{name}, got ValueError: a folder, pipe or device instead of a file; restore" in run.stderr


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"model": "mnist"'])
def test_a_damaged_history_is_named_with_the_remedy(runs, content):
    (runs / "history.json").unlink()
    if content is not None:
        (runs / "history.json").write_text(content)
    with pytest.raises(ValueError, match=r"expected .*history\.json, got .*; .*git checkout -- data/runs`"):
        recorded_run("mnist-seed1")


LOSSES = [0.5] * 12


@pytest.mark.parametrize(
    "change",
    [
        {"epochs_done": "twelve"},
        {"epochs_done": 12.0},
        {"epochs_done": 11},
        {"epochs_done": -1},
        {"test_pictures": True},
        {"training_pictures": None},
        {"interrupted": "no"},
        {"test_loss": "0.1"},
        {"test_accuracy": float("nan")},
        {"history": [0.1, 0.2]},
        {"history": "loss"},
        {"history": {"loss": LOSSES}},
        {"history": {name: 0.5 for name in ("accuracy", "loss", "val_accuracy", "val_loss", "seconds")}},
        {"loss": LOSSES[:-1]},
        {"loss": [*LOSSES[:-1], "0.5"]},
        {"loss": [*LOSSES[:-1], None]},
        {"loss": [*LOSSES[:-1], float("inf")]},
        {"more": LOSSES},
    ],
    ids=repr,
)
def test_a_history_of_wrong_contents_is_refused(runs, change):
    numbers = json.loads((runs / "history.json").read_text())
    if change.keys() <= {"loss", "more"}:
        numbers["history"] |= change
    else:
        numbers |= change
    (runs / "history.json").write_text(json.dumps(numbers))
    with pytest.raises(
        ValueError, match=r"expected .*history\.json, got ValueError: wrong values, .*; restore"
    ):
        recorded_run("mnist-seed1")


def test_a_deeply_nested_history_is_refused(runs):
    (runs / "history.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match=r"expected .*history\.json, got RecursionError.*; restore"):
        recorded_run("mnist-seed1")


def test_numbers_are_read_without_the_arrays(runs):
    (runs / "result.npz").write_bytes(b"damaged")
    assert len(recorded_run("mnist-seed1").history["loss"]) == recorded_run("mnist-seed1").epochs_done


def test_runs_of_a_model_are_found_by_name():
    names = [run.name for run in recorded_runs("cifar10")]
    assert "cifar10-seed0" in names
    assert names == sorted(names)
    assert all(run.about["model"] == "cifar10" for run in recorded_runs("cifar10"))


# What was recorded


def test_every_folder_of_runs_is_of_a_known_model():
    assert {run.about["model"] for run in every_run()} <= set(MODELS)


@each_run
def test_run_is_of_the_full_data_and_whole(run):
    model, seed = run.about["model"], run.about["seed"]
    unseen = "-unseen" in run.name
    training, test = UNSEEN if unseen or model in MNIST_VARIANTS else FULL[model.split("-")[0]]
    training -= MODELS[model].recipe.held_out
    assert (run.about["training_pictures"], run.about["test_pictures"]) == (training, test)
    assert {len(values) for values in run.history.values()} == {run.epochs_done}
    assert run.test_accuracy == pytest.approx(run.history["val_accuracy"][-1], abs=2e-4)
    kind = model + "-numpy" * ("computed_by" in run.about) + "-unseen" * unseen
    assert run.name == f"{kind}-seed{seed}"
    assert (run.epochs, run.interrupted) == (run.epochs_done, False)
    assert min(run.history["seconds"]) > 0


@each_run
def test_confusion_counts_what_the_test_accuracy_is_the_sum_of(run):
    assert run.confusion.shape == (10, 10)
    pictures = run.about["test_pictures"]
    assert run.confusion.sum() == pictures
    # float16 may have made two classes equal.
    assert np.trace(run.confusion) == pytest.approx(run.test_accuracy * pictures, abs=2)


def ties(run):
    """Count the pictures of which float16 has made the two most probable classes equal."""
    second, first = np.sort(run.test_probabilities, axis=1)[:, -2:].T
    return int(np.sum(first == second))


@each_run
def test_confusion_and_probabilities_name_the_same_classes(run):
    assert run.test_probabilities.shape == (run.about["test_pictures"], 10)
    np.testing.assert_allclose(run.test_probabilities.sum(axis=1), 1, atol=0.01)
    predicted = np.bincount(run.test_probabilities.argmax(axis=1), minlength=10)
    assert np.abs(predicted - run.confusion.sum(axis=0)).max() <= ties(run)


@each_run
def test_confusion_is_that_of_the_full_test_set(run, monkeypatch, full_datasets):
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    labels = MODELS[run.about["model"]].load().y_test
    predicted = run.test_probabilities.argmax(axis=1)
    assert np.abs(run.confusion - confusion_matrix(labels, predicted, 10)).sum() <= 2 * ties(run)


@each_run
def test_a_variant_tells_which_pictures_it_recognised(run):
    if run.about["model"] in VARIANTS:
        # float16 may have made two classes equal.
        assert run.correct.sum() == pytest.approx(np.trace(run.confusion), abs=2)


@each_run
def test_what_a_variant_recognised_is_what_the_labels_say(run, monkeypatch, full_datasets):
    if run.about["model"] in VARIANTS:
        monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
        right = run.test_probabilities.argmax(axis=1) == MODELS[run.about["model"]].load().y_test
        assert np.sum(right != run.correct) <= 2


@each_run
def test_weights_are_those_of_the_model(run):
    if run.about["model"] in VARIANTS:
        return  # tests/test_variants.py counts their parameters
    parameters = {
        "mnist": chapter.MNIST_PARAMETERS,
        "cifar10": chapter.CIFAR10_PARAMETERS,
        "dense": sum((inputs + 1) * units for inputs, units in pairwise(chapter.DENSE_NETWORK_LAYERS)),
    }
    assert sum(array.size for array in run.weights.values()) == parameters[run.about["model"]]


def test_a_recorded_run_says_what_it_came_to():
    assert str(recorded_run("mnist-seed0")) == (
        "Recorded run mnist-seed0, 100 epochs over 60,000 pictures: test accuracy 99.46 %."
    )


def test_table_has_a_row_for_each_run():
    head, rule, *rows = runs_table("cifar10").data.splitlines()
    assert head == "| recorded run | pictures | epochs | best test accuracy | at epoch | last |"
    assert rule.count("|") == head.count("|")
    runs = recorded_runs("cifar10")
    assert [row.split(" | ")[:3] for row in rows] == [
        [f"| {run.name}", "50,000", str(run.epochs_done)] for run in runs
    ]
    best = max(runs[0].history["val_accuracy"])
    epoch = 1 + runs[0].history["val_accuracy"].index(best)
    last = 100 * runs[0].history["val_accuracy"][-1]
    assert rows[0].endswith(f"| {100 * best:.2f} % | {epoch} | {last:.2f} % |")


def test_early_stopping_would_have_ended_the_run_where_lesson_3_5b_says():
    losses = recorded_run("cifar10-seed0").history["val_loss"]
    answer = next(cell.source for cell in lesson_cells("3-5b_cifar10") if cell.id == "early-answer")
    rows = [tuple(map(int, row)) for row in re.findall(r"\| (\d+) \| (\d+) \| (\d+) \|", answer)]
    assert len(rows) == 5
    for patience, stopped, kept in rows:
        assert EARLY_STOPPING.reference(losses, patience) == (stopped, kept)
