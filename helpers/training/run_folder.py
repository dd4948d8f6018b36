"""A training's folder: what it needs to go on after a stop, and what it came to. Needs no TensorFlow."""

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

_PACKAGES = ("tensorflow", "keras", "numpy")


class RunFolder:
    """Keeps a training on disk, epoch by epoch; no file in it is ever half written.

    - checkpoint.npz: weights, optimizer and dropout state after the last finished epoch, and the numbers
      of all epochs up to it.
    - history.json: the same numbers to read, with settings, versions and machine.
    - result.npz: when the training is over, the weights as float16 and the probabilities (N, classes) that
      the model gives to each test picture, as float16.

    Args:
        path: of the folder; it is made when the first epoch is saved.
        about: what makes this training itself, such as {"model": "mnist", "seed": 0}; values that JSON knows.

    Attributes:
        checkpoint: path of checkpoint.npz.
    """

    def __init__(self, path, about):
        self.path = Path(path)
        self.about = about
        self.checkpoint = self.path / "checkpoint.npz"

    def restore(self, model):
        """Set the model back to the last finished epoch.

        Returns:
            One dict of numbers for each finished epoch; an empty list where there is no checkpoint.

        Raises:
            ValueError: the checkpoint is of another training, or cannot be read.
        """
        if not self.checkpoint.exists():
            return []
        try:
            with np.load(self.checkpoint, allow_pickle=False) as file:
                arrays = dict(file)
            saved = json.loads(str(arrays.pop("saved")))
        # zipfile, zlib, NumPy and json answer damage with many types of error.
        except Exception as error:
            raise ValueError(
                f"{self.checkpoint} cannot be read ({type(error).__name__}: {error}). Expected a checkpoint "
                "that this program wrote. Delete it to start again, or choose another folder."
            ) from error
        if saved["about"] != self.about:
            raise ValueError(
                f"{self.checkpoint} belongs to another training: {saved['about']}. Expected {self.about}. "
                "Choose another folder, or the same settings."
            )
        for name, variable in _variables(model).items():
            variable.assign(arrays[name])
        return saved["epochs_done"]

    def save(self, model, epochs_done):
        """Keep the state after an epoch; `epochs_done` holds one dict of numbers for each."""
        self.path.mkdir(parents=True, exist_ok=True)
        saved = json.dumps({"about": self.about, "epochs_done": epochs_done})
        arrays = {name: np.asarray(variable) for name, variable in _variables(model).items()}
        _replace(self.checkpoint, lambda file: np.savez(file, saved=saved, **arrays))
        self._write_history({"epochs_done": len(epochs_done), "history": by_name(epochs_done)})

    def finish(self, model, run, probabilities):
        """Keep what the training came to; `run` is a `TrainingRun`."""
        self.path.mkdir(parents=True, exist_ok=True)
        weights = {variable.path: np.asarray(variable, np.float16) for variable in model.trainable_variables}
        probabilities = np.asarray(probabilities, np.float16)
        _replace(
            self.path / "result.npz",
            lambda file: np.savez_compressed(file, test_probabilities=probabilities, **weights),
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
            "versions": {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
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
    with open(unfinished, "wb") as file:
        write(file)
    os.replace(unfinished, path)
