"""The trainings that this project ran and kept in data/runs, to be read without TensorFlow."""

import json
import math
import reprlib
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np

from helpers.npz import check_file, open_npz

_RUNS = Path(__file__).resolve().parents[1] / "data" / "runs"
_NOT_WEIGHTS = {"test_probabilities", "confusion"}
_MEASURED = {"accuracy", "loss", "val_accuracy", "val_loss", "seconds"}
_LARGEST_HISTORY = 1_000_000  # bytes; one of 100 epochs has 10,000


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
        return _read_arrays(_RUNS / self.name / "result.npz", self.test_pictures)


def recorded_run(name):
    """Find a recorded training.

    Args:
        name: of its folder in data/runs, such as "mnist-seed1".

    Returns:
        A `RecordedRun`.

    Raises:
        TypeError: the name is no text.
        ValueError: there is no such training, or its files are damaged.

    Source: section 3-5.

    >>> recorded_run("mnist-seed1").epochs_done
    12
    """
    if not isinstance(name, str):
        raise TypeError(
            f"expected the name of a recorded training, got {reprlib.repr(name)}; "
            'use one such as "mnist-seed0"'
        )
    if name not in _names():
        raise ValueError(
            f"expected one of the trainings recorded in {_RUNS} ({', '.join(_names())}), "
            f"got {reprlib.repr(name)}; restore a lost one with `git checkout -- data/runs`"
        )
    return RecordedRun(name=name, **_read_numbers(_RUNS / name / "history.json"))


def recorded_runs(model):
    """Find all recorded trainings of a model.

    Args:
        model: "mnist" or "cifar10".

    Returns:
        A list of `RecordedRun`, by name.

    Raises:
        ValueError: no training of this model is recorded, or a file is damaged.

    Source: section 3-5.
    """
    runs = [recorded_run(name) for name in _names() if name.startswith(f"{model}-")]
    if not runs:
        raise ValueError(
            f'expected a model with recorded trainings, got {reprlib.repr(model)}; use "mnist" or "cifar10"'
        )
    return runs


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
    return f"restore the file with `git checkout -- data/runs/{folder.name}`, or record the training again"


def _read_numbers(path):
    """Everything that a RecordedRun holds but its name."""
    try:
        check_file(path, _LARGEST_HISTORY)
        found = json.loads(path.read_text("utf-8"))
        numbers = {field.name: found[field.name] for field in fields(RecordedRun) if field.name != "name"}
        _check_numbers(numbers)
    # Text, nesting and contents each fail with types of error of their own.
    except Exception as error:
        raise ValueError(
            f"expected the numbers of a training as JSON in {path}, got {type(error).__name__}: {error}; "
            f"{_remedy(path.parent)}"
        ) from error
    return numbers


def _check_numbers(numbers):
    counts = ("seed", "batch_size", "training_pictures", "test_pictures", "epochs_done")
    fits = {
        "model": _is_text,
        "versions": lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
        "machine": _is_text,
        "history": lambda value: _is_history(value, numbers["epochs_done"]),
        **dict.fromkeys(counts, _is_count),
        **dict.fromkeys(("test_loss", "test_accuracy"), _is_number),
    }
    wrong = {name: value for name, value in numbers.items() if not fits[name](value)}
    if wrong:
        raise ValueError(f"wrong values, {reprlib.repr(wrong)}")


def _is_text(value):
    return isinstance(value, str)


def _is_count(value):
    return type(value) is int and value >= 0  # True is no count


def _is_number(value):
    return type(value) in (int, float) and math.isfinite(value)


def _is_history(value, epochs):
    return (
        isinstance(value, dict)
        and value.keys() == _MEASURED
        and all(isinstance(numbers, list) and len(numbers) == epochs for numbers in value.values())
        and all(_is_number(number) for numbers in value.values() for number in numbers)
    )


def _read_arrays(path, pictures):
    try:
        with open_npz(path) as stored:
            _check_forms(stored, pictures)
            return {name: array.read() for name, array in stored.items()}
    # zipfile, zlib and NumPy answer damage with many types of error; whichever comes, the file is to blame.
    except Exception as error:
        raise ValueError(
            f"expected the weights, test_probabilities and confusion of a training as an npz file at {path}, "
            f"got {type(error).__name__}: {error}; {_remedy(path.parent)}"
        ) from error


def _check_forms(stored, pictures):
    """Raise unless the arrays, which have not been read, have the types and shapes that a training leaves."""
    missing = _NOT_WEIGHTS - stored.keys()
    if missing:
        raise ValueError(f"no {' and no '.join(sorted(missing))}")
    confusion, probabilities = stored["confusion"], stored["test_probabilities"]
    classes = len(confusion.shape) and confusion.shape[0]
    halves = [array.dtype for name, array in stored.items() if name != "confusion"]
    if (
        confusion.shape != (classes, classes)
        or probabilities.shape != (pictures, classes)
        or confusion.dtype.kind != "i"
        or any(dtype != np.float16 for dtype in halves)
    ):
        forms = [f"{name} {array.dtype} of shape {array.shape}" for name, array in stored.items()]
        raise ValueError(f"arrays of other forms, {', '.join(forms)}")
