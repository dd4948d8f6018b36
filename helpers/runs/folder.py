"""A training's folder: what it needs to go on after a stop, and what it came to.

- checkpoint.npz: all that the training changes, after the last finished epoch, and the numbers of all epochs.
- history.json: those numbers to read, with settings, versions and machine.
- result.npz: when the training is over, the weights, named as in conv1/kernel, and test_probabilities
  (N, classes), all as float16; confusion, (classes, classes) counts; correct, whether each test picture was
  recognised, eight in a byte. Some recorded trainings are without weights, others without the last.
- lock: empty; held while a training is under way.

In a page of `make site`, arrays that are large are counted in steps, as int8, and the step stands beside
them; and correct, in hexadecimal, stands in history.json, so that comparing loads nothing else.

Each file is replaced as a whole, so that none is ever half written.
"""

import json
import math
import os
import platform
import reprlib
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from helpers.npz import blamed, check_file, open_npz
from helpers.runs.run import MEASURED, MEASURED_BY_SOME, Result, Run, by_name

OWN_RUNS = Path(__file__).resolve().parents[2] / "runs"
"""Where trainings are kept that run on this machine."""

_REMEDY = "restore the file with `git checkout -- data/runs`, or record the training again"
_STEP = "/step"  # ends the name of the step in which an array is counted
_LARGEST_HISTORY = 1_000_000  # bytes; one of 100 epochs has 10,000


class RunFolderError(ValueError):
    """A training's folder cannot be used as it is; the message names it and what to do."""


class RunFolder:
    """Keeps a training on disk, epoch by epoch.

    Args:
        path: of the folder; it is made when the training begins.
        about: what makes this training itself, such as {"model": "mnist", "seed": 0}; values that JSON knows.
        packages: what computes, named with its version in history.json.

    Attributes:
        checkpoint: path of checkpoint.npz.
    """

    def __init__(self, path, about, packages=("tensorflow", "keras", "numpy")):
        self.path = Path(path)
        self.about = about
        self.checkpoint = self.path / "checkpoint.npz"
        self._packages = packages

    @contextmanager
    def locked(self):
        """Keep the folder to this training while a block runs, and make it where it is missing.

        Raises:
            RunFolderError: another training has it, or it cannot be written to.
        """
        lock = FileLock(self.path / "lock", blocking=False)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise RunFolderError(
                f"expected a folder that no training is writing into, got {self.path}, which is in use; "
                "wait until that training has ended, or choose another folder"
            ) from error
        except OSError as error:
            raise RunFolderError(
                f"expected a folder that may be written to, got {self.path} ({error.strerror}); "
                "choose another one"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def restore(self, trainer):
        """Set a trainer back to the last finished epoch.

        Returns:
            One dict of numbers for each finished epoch; an empty list where there is no checkpoint.

        Raises:
            RunFolderError: the checkpoint is of another training, or cannot be read.
        """
        if not self.checkpoint.exists():
            return []
        path, expected = self.checkpoint, "a checkpoint that this program wrote"
        remedy = "delete it to start again, or choose another folder"
        with blamed(path, expected, remedy, RunFolderError), open_npz(path) as stored:
            saved = json.loads(str(stored.pop("saved").read()))
            about, epochs = saved["about"], saved["epochs_done"]
            self._check(about, stored, trainer.state())
            state = {name: array.read() for name, array in stored.items()}
        trainer.restore(state)
        return epochs

    def _check(self, about, stored, state):
        """Raise unless a checkpoint, whose arrays have not been read, is of this training and this model."""
        if about != self.about:
            raise RunFolderError(
                f"expected a checkpoint of {self.about} at {self.checkpoint}, got one of another training, "
                f"{about}; choose another folder, or the same settings"
            )
        if _forms(stored) != _forms(state):
            raise RunFolderError(
                f"expected the variables of this model and its optimizer at {self.checkpoint}, as the same "
                "version of Keras saves them, got others; choose another folder, or delete the file"
            )

    def save(self, trainer, epochs):
        """Keep the state after an epoch; `epochs` holds one dict of numbers for each.

        Raises:
            RunFolderError: a file could not be written; the one before it stays.
        """
        saved = json.dumps({"about": self.about, "epochs_done": epochs})
        _replace(self.checkpoint, lambda file: np.savez(file, saved=saved, **trainer.state()))
        self._write_history({"epochs_done": len(epochs), "history": by_name(epochs)})

    def finish(self, run):
        """Keep what the training came to; `run` is a `Run`.

        Raises:
            RunFolderError: as for `save`.
        """
        halves = {"test_probabilities": run.test_probabilities} | run.weights
        halves = {name: array.astype(np.float16) for name, array in halves.items()}
        _replace(
            self.path / "result.npz",
            lambda file: np.savez_compressed(
                file, confusion=run.confusion, correct=np.packbits(run.correct), **halves
            ),
        )
        told = "epochs_done", "interrupted", "test_loss", "test_accuracy", "history"
        self._write_history({name: getattr(run, name) for name in told})

    def _write_history(self, numbers):
        about = self.about | {
            "versions": {"python": platform.python_version()}
            | {name: version(name) for name in self._packages},
            "machine": f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores",
        }
        text = json.dumps(about | numbers, indent=1) + "\n"
        _replace(self.path / "history.json", lambda file: file.write(text.encode()))


def read_run(path):
    """Read what the training in a folder came to; its arrays are read when they are first asked for.

    Args:
        path: of the folder.

    Returns:
        A `Run`.

    Raises:
        RunFolderError: history.json is missing or damaged, or, when an array is asked for, result.npz.
    """
    found = _read_history(path / "history.json")
    history = found.pop("history")
    recognised = found.pop("correct", None)
    if recognised is not None:
        recognised = _bits(np.frombuffer(bytes.fromhex(recognised), np.uint8), found["test_pictures"])
    return Run(
        history=history,
        epochs=found.pop("epochs_done"),
        interrupted=found.pop("interrupted"),
        seconds=sum(history["seconds"]),
        test_loss=found.pop("test_loss"),
        test_accuracy=found.pop("test_accuracy"),
        load_result=lambda: _read_result(path / "result.npz", found["test_pictures"]),
        name=path.name,
        about=found,
        recognised=recognised,
    )


def _read_history(path):
    with blamed(path, "the numbers of a training as JSON", _REMEDY, RunFolderError):
        check_file(path, _LARGEST_HISTORY)
        found = json.loads(path.read_text("utf-8"))
        wrong = {name: found[name] for name, fits in _FORMS.items() if not fits(found[name])}
        if wrong or {len(column) for column in found["history"].values()} != {found["epochs_done"]}:
            raise ValueError(f"wrong values, {reprlib.repr(wrong or found)}")
    return found


def _is_count(value):
    return type(value) is int and value >= 0  # True does not count


def _is_number(value):
    return type(value) in (int, float) and math.isfinite(value)


def _is_history(value):
    return (
        isinstance(value, dict)
        and set(MEASURED) <= value.keys() <= {*MEASURED, *MEASURED_BY_SOME}
        and all(isinstance(column, list) and all(map(_is_number, column)) for column in value.values())
    )


# What a run's numbers have to be; anything else in history.json is handed on as it is.
_FORMS = {
    **dict.fromkeys(("epochs_done", "training_pictures", "test_pictures"), _is_count),
    **dict.fromkeys(("test_loss", "test_accuracy"), _is_number),
    "interrupted": lambda value: isinstance(value, bool),
    "history": _is_history,
}


def _read_result(path, pictures):
    expected = "the weights, test_probabilities and confusion of a training as an npz file"
    with blamed(path, expected, _REMEDY, RunFolderError), open_npz(path) as stored:
        _check_result(stored, pictures)
        arrays = {name: array.read() for name, array in stored.items()}
    confusion = arrays.pop("confusion")
    correct = arrays.pop("correct", None)
    if correct is not None:
        correct = _bits(correct, pictures)
    arrays = {name: array.astype(np.float32) for name, array in arrays.items()}
    for name in [name for name in arrays if name.endswith(_STEP)]:
        arrays[name.removesuffix(_STEP)] *= arrays.pop(name)
    return Result(arrays.pop("test_probabilities"), confusion, weights=arrays, correct=correct)


def _bits(packed, count):
    return np.unpackbits(packed, count=count).astype(bool)


def _check_result(stored, pictures):
    """Raise unless the arrays, which have not been read, have the types and shapes that a training leaves."""
    missing = {"test_probabilities", "confusion"} - stored.keys()
    if missing:
        raise ValueError(f"no {' and no '.join(sorted(missing))}")
    forms = _forms(stored)
    classes = forms["confusion"][1][:1]
    expected = {
        "test_probabilities": (np.float16, (pictures, *classes)),
        "confusion": (np.int64, 2 * classes),
        "correct": (np.uint8, (-(-pictures // 8),)),
    }
    expected |= {
        name: (np.int8, expected.get(name, form)[1]) for name, form in forms.items() if name + _STEP in forms
    }
    if any(form != expected.get(name, (np.float16, form[1])) for name, form in forms.items()):
        found = [f"{name} {dtype} {shape}" for name, (dtype, shape) in forms.items()]
        raise ValueError(f"arrays of other types and shapes, {', '.join(found)}")


def _forms(arrays):
    """Return the type and shape of each array."""
    return {name: (array.dtype, array.shape) for name, array in arrays.items()}


def _replace(path, write):
    """Let `write` fill a file beside the path, then put it in the path's place in one step."""
    unfinished = path.with_name(f"unfinished-{path.name}")
    try:
        with open(unfinished, "wb") as file:
            write(file)
        os.replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise RunFolderError(
            f"expected to write {path}, got an error ({error.strerror}), and the folder stays whole up to "
            "the last epoch that was kept; make room on the disk, then resume the training from there"
        ) from error
