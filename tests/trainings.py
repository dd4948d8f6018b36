"""Trainings small enough for the tests: 64 digits, and networks that are built and trained in a moment."""

import json

import numpy as np

from helpers.datasets import Dataset, load_mnist
from helpers.reference.layers import Dense, Dropout, Flatten, MaxPool2D
from helpers.reference.network import Sequential
from helpers.runs import Result, Run, RunFolder, Settings
from helpers.training import NumpyTrainer, train

BATCHES = 4  # of 16 pictures in an epoch
ABOUT = {"model": "small", "seed": 0, "training_pictures": 64, "test_pictures": 40, "batch_size": 16}


def digits():
    sample = load_mnist()
    return Dataset(
        "MNIST", sample.x_train[:64], sample.y_train[:64], sample.x_test[:40], sample.y_test[:40], "the test"
    )


def settings(epochs):
    return Settings(epochs, batch_size=64 // BATCHES)


def small_model(seed=0):
    """Build a model with all that a training has to keep: weights, the dropout's state, the optimizer's."""
    from helpers.keras_backend import keras

    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.MaxPooling2D(4, name="pool"),
            layers.Flatten(name="flatten"),
            layers.Dropout(0.5, name="dropout"),
            layers.Dense(10, activation="softmax", name="dense"),
        ],
        name="small",
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model


def small_network(seed=0, largest=0.1, dropout=0.5):
    """Build the same network in NumPy."""
    weights = np.random.default_rng(seed).uniform(-largest, largest, (49, 10)).astype(np.float32)
    return Sequential(
        [MaxPool2D("pool", 4), Flatten("flatten"), Dropout("dropout", dropout), Dense("dense", weights)]
    )


def numpy_trainer(seed=0):
    return NumpyTrainer(small_network(seed))


def train_in(path, epochs, recorder=None, trainer=None, about=ABOUT):
    """Train as far as `epochs`, from whatever the folder holds; return the trainer and the run."""
    trainer = trainer or numpy_trainer()
    folder = RunFolder(path, about, trainer.packages)
    return trainer, train(trainer, digits(), settings(epochs), recorder or Recorder(), folder=folder)


def assert_same_state(first, second):
    """Hold what two trainers keep for equal to the last bit."""
    one, other = first.state(), second.state()
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], strict=True, err_msg=name)


def numbers(history):
    """The history without its times."""
    return {name: values for name, values in history.items() if name != "seconds"}


def finished(history, interrupted=False, seconds=4.2, test_accuracy=0.81, watched="test"):
    """Make up what a training came to that was to have three epochs."""
    return Run(
        history=history,
        epochs=3,
        interrupted=interrupted,
        seconds=seconds,
        test_loss=0.2,
        test_accuracy=test_accuracy,
        load_result=lambda: Result(np.full((1, 10), 0.1), np.eye(10, dtype=int), weights={}),
        watched=watched,
    )


def record(folder, name, seed=0, accuracies=(0.5, 0.75), correct=None, **history):
    """Write a made-up recording of a variant, without weights, as data/runs holds one.

    Args:
        folder: in place of data/runs.
        name: of the variant.
        seed: its seed.
        accuracies: on the test set, after each epoch.
        correct: (N,) booleans, which test pictures it recognises; so many of 200 as the last accuracy says.
        history: other lists than those made of the accuracies.
    """
    if correct is None:
        correct = np.arange(200) < round(200 * accuracies[-1])
    made = {
        "accuracy": accuracies,
        "loss": [1 - value for value in accuracies],
        "val_accuracy": accuracies,
        "val_loss": [1 - value for value in accuracies],
        "seconds": [1.0] * len(accuracies),
    }
    told = {
        "model": name,
        "training_pictures": 1000,
        "test_pictures": len(correct),
        "batch_size": 256,
        "seed": seed,
        "versions": {"python": "3.12.0", "keras": "3.15.1"},
        "machine": "a made-up machine",
        "epochs_done": len(accuracies),
        "interrupted": False,
        "test_loss": 0.5,
        "test_accuracy": accuracies[-1],
        "history": made | history,
    }
    path = folder / f"{name}-seed{seed}"
    path.mkdir(parents=True)
    (path / "history.json").write_text(json.dumps(told))
    np.savez_compressed(
        path / "result.npz",
        test_probabilities=np.full((len(correct), 10), 0.1, np.float16),
        confusion=np.eye(10, dtype=int),
        correct=np.packbits(correct),
    )


class Recorder:
    """A progress view that notes what it is told, and a weight of the network after each epoch.

    At the step numbered `interrupt_at`, counted over all epochs from 1, it raises what Ctrl-C raises.
    """

    def __init__(self, trainer=None, interrupt_at=None):
        self.calls = []
        self.kernels = []
        self._trainer = trainer
        self._interrupt_at = interrupt_at

    def begin(self, epochs, batches, history, watched):
        self.calls.append(("begin", epochs, batches, len(history["loss"]), watched))

    def batch_done(self, logs):
        self.calls.append(("batch_done", sorted(logs)))
        if self.count("batch_done") == self._interrupt_at:
            raise KeyboardInterrupt

    def epoch_done(self, history):
        self.calls.append(("epoch_done", len(history["loss"])))
        if self._trainer is not None:
            self.kernels.append(self._trainer.weights()["dense/kernel"])

    def training_done(self, interrupted):
        self.calls.append(("training_done", interrupted))

    def end(self, run):
        self.calls.append(("end", run))

    def count(self, name):
        return sum(call[0] == name for call in self.calls)
