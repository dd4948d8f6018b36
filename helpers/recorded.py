"""The trainings that this project ran and kept in data/runs, to be read without TensorFlow."""

import json
import zipfile
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np

_RUNS = Path(__file__).resolve().parents[1] / "data" / "runs"
_NOT_WEIGHTS = {"test_probabilities", "confusion"}


@dataclass(frozen=True, eq=False, repr=False)
class RecordedRun:
    """A training that was recorded; `recorded_run` finds it.

    Attributes:
        name: of its folder in data/runs.
        model: "mnist" or "cifar10".
        seed: what the training was seeded with.
        batch_size: pictures in a step.
        training_pictures: how many it was trained on.
        test_pictures: how many it was measured on.
        versions: package -> version.
        machine: in a few words.
        history: accuracy, loss, val_accuracy, val_loss, seconds -> one value for each epoch; accuracies as
            fractions, losses in nats, those with val of the test set.
        epochs_done: how many.
        test_loss: after the last epoch, on the whole test set, in nats.
        test_accuracy: likewise, as a fraction.
    """

    name: str
    model: str
    seed: int
    batch_size: int
    training_pictures: int
    test_pictures: int
    versions: dict[str, str]
    machine: str
    history: dict[str, list[float]]
    epochs_done: int
    test_loss: float
    test_accuracy: float

    def __str__(self):
        return (
            f"Recorded run {self.name}, {self.epochs_done} epochs over {self.training_pictures:,} pictures: "
            f"test accuracy {100 * self.test_accuracy:.2f} %."
        )

    # A lesson's cell that ends in a run shows the sentence.
    __repr__ = __str__

    @property
    def test_probabilities(self):
        """(N, classes) float32, what the model gives to each picture of the full test set, in its order."""
        return self._arrays["test_probabilities"].astype(np.float32)

    @property
    def confusion(self):
        """(classes, classes) counts: how often a picture of the row's class was taken for the column's."""
        return self._arrays["confusion"]

    @property
    def weights(self):
        """A dict of float32 arrays under layer and weight, such as "conv1/kernel"; stored as float16."""
        arrays = self._arrays.items()
        return {name: array.astype(np.float32) for name, array in arrays if name not in _NOT_WEIGHTS}

    @cached_property
    def _arrays(self):
        return _read_arrays(_RUNS / self.name / "result.npz")


def recorded_run(name):
    """Find a recorded training.

    Args:
        name: of its folder in data/runs, such as "mnist-seed1".

    Returns:
        A `RecordedRun`.

    Raises:
        ValueError: there is no such training, or its files are damaged.

    Source: section 3-5.

    >>> recorded_run("mnist-seed1").epochs_done
    12
    """
    folder = _RUNS / name
    if not (folder / "result.npz").exists():
        raise ValueError(
            f'No training "{name}" is recorded: {folder / "result.npz"} is missing. Recorded: '
            f"{', '.join(_names())}. {_remedy(folder)}"
        )
    return RecordedRun(name=name, **_read_numbers(folder / "history.json"))


def recorded_runs(model):
    """Find all recorded trainings of a model.

    Args:
        model: "mnist" or "cifar10".

    Returns:
        A list of `RecordedRun`, by name.

    Raises:
        ValueError: a file is damaged.

    Source: section 3-5.
    """
    return [recorded_run(name) for name in _names() if name.startswith(f"{model}-")]


def recorded_weights(name):
    """Load the weights that a recorded training ended with.

    Args:
        name: as for `recorded_run`.

    Returns:
        A dict of float32 arrays under layer and weight, such as "conv1/kernel" (5, 5, 1, 16); they were
        stored as float16.

    Raises:
        ValueError: there is no such training, or its files are damaged.

    Source: section 3-5, the first program's model.

    >>> recorded_weights("mnist-seed1")["conv1/kernel"].shape
    (5, 5, 1, 16)
    """
    return recorded_run(name).weights


def _names():
    return sorted(path.parent.name for path in _RUNS.glob("*/result.npz"))


def _remedy(folder):
    return f"Restore the file with `git checkout -- data/runs/{folder.name}`, or record the training again."


def _read_numbers(path):
    """Everything that a RecordedRun holds but its name."""
    try:
        numbers = json.loads(path.read_text())
        return {field.name: numbers[field.name] for field in fields(RecordedRun) if field.name != "name"}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"{path} cannot be read ({type(error).__name__}: {error}). Expected the numbers of a training as "
            f"JSON. {_remedy(path.parent)}"
        ) from error


def _read_arrays(path):
    try:
        # np.load takes any file that is no zip for pickled data; opened as a zip, damage is named as such.
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as file:
            return dict(file)
    # zipfile, zlib and NumPy answer damage with many types of error; whichever comes, the file is to blame.
    except Exception as error:
        raise ValueError(
            f"{path} cannot be read ({type(error).__name__}: {error}). Expected the weights of a training "
            f"as an npz file. {_remedy(path.parent)}"
        ) from error
