"""The choice between a recorded training and a live one, alone and in the lessons."""

import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path

import nbformat
import pytest
from trainings import digits, settings, small_network

from helpers.drawing.picture import RUN_HINT
from helpers.programs import MNIST
from helpers.training import NumpyTrainer, TrainingSwitch, switch

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]
APART = {"fit", "history-names", "third-round", "trial", "final", "halves"}


@pytest.fixture
def training(monkeypatch, tmp_path):
    """A switch whose live trainings are small, in NumPy, and kept aside; the lessons below train in Keras."""
    monkeypatch.setattr(switch, "OWN_RUNS", tmp_path)
    monkeypatch.setattr(switch, "CHAPTER", settings(3))
    monkeypatch.setattr(switch, "KerasTrainer", NumpyTrainer)
    return TrainingSwitch(replace(MNIST, quick=settings(1), keras_model=small_network))


def test_starts_on_the_recorded_run(training):
    run = training.run(digits())
    assert training.recorded
    assert run.name == "mnist-seed0"


def test_says_what_the_next_cell_will_do(training):
    said = set()
    for _, choice in training.choice.options:
        training.choice.value = choice
        said.add(repr(training))
        assert training.summary in unescape(training.widget.children[1].value)
        bundle = training._repr_mimebundle_()
        assert bundle["text/plain"] == training.summary
        assert bundle["text/html"] == f"<p>{training.summary}</p>{RUN_HINT}"
    assert len(said) == 3


def test_quick_training_starts_afresh_each_time(training, tmp_path):
    training.choice.value = "quick"
    first, again = (training.run(digits()) for _ in range(2))
    assert first.epochs_done == again.epochs_done == 1
    assert first.test_loss == again.test_loss
    assert list(tmp_path.iterdir()) == []


def test_full_training_goes_on_where_it_was_stopped(training, monkeypatch, tmp_path):
    training.choice.value = "full"
    monkeypatch.setattr(switch, "CHAPTER", settings(2))
    stopped = training.run(digits())
    assert [path.name for path in tmp_path.iterdir()] == ["lesson-mnist-64"]
    monkeypatch.setattr(switch, "CHAPTER", settings(3))
    resumed = training.run(digits())
    assert resumed.epochs_done == 3
    assert resumed.history["loss"][:2] == stopped.history["loss"]


def test_recorded_run_is_shown_without_tensorflow():
    program = """
import sys
from helpers.programs import MNIST
from helpers.training import TrainingSwitch
TrainingSwitch(MNIST).run(None).confusion
sys.exit("tensorflow" in sys.modules or "keras" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT)


# Guessing has one in ten right. The cells run in this process, which has loaded TensorFlow; `make test` runs
# them in kernels as well, with the recorded runs. Some cells train apart from the choice.
@pytest.mark.parametrize(("lesson", "at_least"), [("3-5a_mnist", 0.85), ("3-5b_cifar10", 0.3)])
def test_lessons_run_with_quick_training_on_the_bundled_data(lesson, at_least):
    notebook = nbformat.read(PROJECT / "notebooks" / "en" / f"{lesson}.ipynb", as_version=4)
    names = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id not in APART:
            exec(compile(cell.source, cell.id, "exec"), names)
        if cell.id == "switch":
            names["training"].choice.value = "quick"
    run = names["run"]
    assert (run.name, run.epochs_done) == ("", run.epochs)
    assert run.test_accuracy > at_least, run
    assert run.seconds < 60
