"""The choice between a recorded training and a live one, alone and in the lessons."""

import subprocess
import sys
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from trainings import digits, settings, small_model

from helpers.drawing.picture import RUN_HINT
from helpers.training import fit, switch
from helpers.training.switch import TrainingSwitch

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def training(monkeypatch, tmp_path):
    """A switch whose live trainings are small and kept aside."""
    monkeypatch.setattr(switch, "_RUNS", tmp_path)
    monkeypatch.setattr(fit, "QUICK_MNIST", settings(1))
    monkeypatch.setattr(fit, "CHAPTER", settings(3))
    return TrainingSwitch("mnist-seed1", 0.994)


def test_starts_on_the_recorded_run(training):
    run = training.run(small_model, digits())
    assert training.recorded
    assert run.name == "mnist-seed1"


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
    first, again = (training.run(small_model, digits()) for _ in range(2))
    assert first.epochs_done == again.epochs_done == 1
    assert first.test_loss == again.test_loss
    assert list(tmp_path.iterdir()) == []


def test_full_training_goes_on_where_it_was_stopped(training, monkeypatch):
    training.choice.value = "full"
    monkeypatch.setattr(fit, "CHAPTER", settings(2))
    stopped = training.run(small_model, digits())
    monkeypatch.setattr(fit, "CHAPTER", settings(3))
    resumed = training.run(small_model, digits())
    assert resumed.epochs_done == 3
    assert resumed.history["loss"][:2] == stopped.history["loss"]


def test_recorded_and_live_runs_answer_the_same_questions(training):
    recorded = training.run(small_model, digits())
    training.choice.value = "quick"
    live = training.run(small_model, digits())
    for run in (recorded, live):
        assert set(run.history) == {"accuracy", "loss", "val_accuracy", "val_loss", "seconds"}
        assert run.confusion.shape == (10, 10)
        assert run.test_probabilities.shape[1] == 10
        assert 0 <= run.test_accuracy <= 1
        assert all("/" in name for name in run.weights)


def test_recorded_run_is_shown_without_tensorflow():
    program = (
        "import sys; from helpers.training.switch import TrainingSwitch; "
        "TrainingSwitch('mnist-seed1', 0.994).run(None, None).confusion; "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT)


# Guessing has one in ten right.
@pytest.mark.parametrize(("lesson", "at_least"), [("3-5a_mnist", 0.85), ("3-5b_cifar10", 0.3)])
def test_lessons_run_with_quick_training_on_the_bundled_data(lesson, at_least, tmp_path):
    notebook = nbformat.read(PROJECT / "notebooks" / "en" / f"{lesson}.ipynb", as_version=4)
    ids = [cell.id for cell in notebook.cells]
    choose = nbformat.v4.new_code_cell('training.choice.value = "quick"')
    notebook.cells.insert(ids.index("switch") + 1, choose)
    claims = (
        "assert not training.recorded and run.epochs_done == run.epochs",
        f"assert run.test_accuracy > {at_least}, run",
        "print(run.seconds)",
    )
    notebook.cells.append(nbformat.v4.new_code_cell("\n".join(claims)))
    resources = {"metadata": {"path": PROJECT / "notebooks" / "en"}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    assert float(notebook.cells[-1].outputs[0].text) < 60
