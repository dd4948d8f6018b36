"""A training's folder: what it needs to go on after a stop, and what it came to. Needs no TensorFlow."""

import json
import os
import platform
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import numpy as np

from helpers.npz import open_npz

if os.name == "nt":
    import msvcrt
else:
    import fcntl


class RunFolderError(ValueError):
    """A training's folder cannot be used as it is; the message names it and what to do."""


class RunFolder:
    """Keeps a training on disk, epoch by epoch; no file of these is ever half written.

    - checkpoint.npz: weights, optimizer and dropout state after the last finished epoch, and the numbers
      of all epochs up to it.
    - history.json: the same numbers to read, with settings, versions and machine.
    - result.npz: when the training is over, the weights, named as in conv1/kernel, and the probabilities
      (N, classes) that the model gives to each test picture, test_probabilities; all as float16. Also
      confusion, (classes, classes) counts: true class by predicted class.
    - lock: empty; tells other programs that a training is under way.

    Args:
        path: of the folder; it is made when the training begins.
        about: what makes this training itself, such as {"model": "mnist", "seed": 0}; values that JSON knows.
        packages: what computes, named with its version in history.json.

    Attributes:
        checkpoint: path of checkpoint.npz.
    """

    def __init__(self, path, about, packages=("tensorflow", "keras", "numpy")):
        self.path = Path(path)
        self._packages = packages
        self.about = about
        self.checkpoint = self.path / "checkpoint.npz"

    @contextmanager
    def locked(self):
        """Keep the folder to this training while a block runs, and make it where it is missing.

        Raises:
            RunFolderError: another training has it, or it cannot be written to or locked.
        """
        lock = self.path / "lock"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.touch()
        except OSError as error:
            raise RunFolderError(
                f"expected a folder that may be written to, got {self.path} ({error.strerror}); "
                "choose another one"
            ) from error
        with open(lock, "wb") as file:
            try:
                _lock(file)
            except (BlockingIOError, PermissionError) as error:
                raise RunFolderError(
                    f"expected a folder that no training is writing into, got {self.path}, which is in use; "
                    "wait until that training has ended, or choose another folder"
                ) from error
            except OSError as error:
                raise RunFolderError(
                    "expected a disk that can lock files, so that no two trainings write into one folder, "
                    f"got that of {self.path} ({error.strerror}); choose a folder on a local disk"
                ) from error
            yield

    def restore(self, model):
        """Set the model back to the last finished epoch.

        Returns:
            One dict of numbers for each finished epoch; an empty list where there is no checkpoint.

        Raises:
            RunFolderError: the checkpoint is of another training, or cannot be read.
        """
        if not self.checkpoint.exists():
            return []
        variables = _variables(model)
        try:
            with open_npz(self.checkpoint) as stored:
                saved = json.loads(str(stored.pop("saved").read()))
                about, epochs_done = saved["about"], saved["epochs_done"]
                self._check(about, stored, variables)
                arrays = {name: stored[name].read() for name in variables}
        except RunFolderError:
            raise
        # zipfile, zlib, NumPy and json answer damage with many types of error.
        except Exception as error:
            raise RunFolderError(
                f"expected a checkpoint that this program wrote at {self.checkpoint}, "
                f"got {type(error).__name__}: {error}; delete it to start again, or choose another folder"
            ) from error
        for name, variable in variables.items():
            variable.assign(arrays[name])
        return epochs_done

    def _check(self, about, stored, variables):
        """Raise unless a checkpoint, whose arrays have not been read, is of this training and this model."""
        if about != self.about:
            raise RunFolderError(
                f"expected a checkpoint of {self.about} at {self.checkpoint}, got one of another training, "
                f"{about}; choose another folder, or the same settings"
            )
        forms = {name: (np.dtype(each.dtype), tuple(each.shape)) for name, each in variables.items()}
        if {name: (array.dtype, array.shape) for name, array in stored.items()} != forms:
            raise RunFolderError(
                f"expected the variables of this model and its optimizer at {self.checkpoint}, as the same "
                "version of Keras saves them, got others; choose another folder, or delete the file"
            )

    def save(self, model, epochs_done):
        """Keep the state after an epoch; `epochs_done` holds one dict of numbers for each.

        Raises:
            RunFolderError: a file could not be written; the one before it stays.
        """
        saved = json.dumps({"about": self.about, "epochs_done": epochs_done})
        arrays = {name: np.asarray(variable) for name, variable in _variables(model).items()}
        _replace(self.checkpoint, lambda file: np.savez(file, saved=saved, **arrays))
        self._write_history({"epochs_done": len(epochs_done), "history": by_name(epochs_done)})

    def finish(self, run):
        """Keep what the training came to; `run` is a `TrainingRun`.

        Raises:
            RunFolderError: as for `save`.
        """
        halves = {"test_probabilities": run.test_probabilities} | run.weights
        halves = {name: array.astype(np.float16) for name, array in halves.items()}
        _replace(
            self.path / "result.npz",
            lambda file: np.savez_compressed(file, confusion=run.confusion, **halves),
        )
        self._write_history(
            {
                "epochs_done": run.epochs_done,
                "interrupted": run.interrupted,
                "test_loss": run.test_loss,
                "test_accuracy": run.test_accuracy,
                "history": run.history,
            }
        )

    def _write_history(self, numbers):
        about = self.about | {
            "versions": {"python": platform.python_version()}
            | {name: version(name) for name in self._packages},
            "machine": f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores",
        }
        text = json.dumps(about | numbers, indent=1) + "\n"
        _replace(self.path / "history.json", lambda file: file.write(text.encode()))


def by_name(epochs_done):
    """Turn one dict for each epoch into one list for each name."""
    names = epochs_done[0] if epochs_done else ("accuracy", "loss", "val_accuracy", "val_loss", "seconds")
    return {name: [numbers[name] for numbers in epochs_done] for name in names}


def _variables(model):
    """All that a training changes: weights, the state of the dropout layers, the optimizer."""
    # By number: Keras counts its names on from model to model.
    return {f"model-{i}": variable for i, variable in enumerate(model.variables)} | {
        f"optimizer-{i}": variable for i, variable in enumerate(model.optimizer.variables)
    }


def _replace(path, write):
    """Let `write` fill a file beside the path, then put it in the path's place in one step."""
    unfinished = path.with_name(f"unfinished-{path.name}")
    try:
        with open(unfinished, "wb") as file:
            write(file)
            # On the disk before it takes the place: else a power cut could leave an empty file there.
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise RunFolderError(
            f"expected to write {path}, got an error ({error.strerror}), and the folder stays whole up to "
            "the last epoch that was kept; make room on the disk, then resume the training from there"
        ) from error


def _lock(file):
    """Lock an open file, or raise at once. The system unlocks it when the program ends, however it ends."""
    if os.name == "nt":
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
