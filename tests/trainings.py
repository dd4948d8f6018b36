"""Trainings small enough for the tests: 64 digits, and a model that is built and trained in a moment."""

import numpy as np

from helpers.datasets import Dataset, load_mnist
from helpers.keras_backend import keras
from helpers.training.fit import Settings, TrainingRun

BATCHES = 4  # of 16 pictures in an epoch


def digits():
    sample = load_mnist()
    return Dataset(
        "MNIST", sample.x_train[:64], sample.y_train[:64], sample.x_test[:40], sample.y_test[:40], "the test"
    )


def settings(epochs):
    return Settings(epochs, batch_size=64 // BATCHES)


def small_model(seed=0):
    """Build a model with all that a training has to keep: weights, the dropout's state, the optimizer's."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.AveragePooling2D(4, name="pool"),
            layers.Flatten(name="flatten"),
            layers.Dropout(0.5, name="dropout"),
            layers.Dense(10, activation="softmax", name="dense"),
        ],
        name="small",
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model


def state(model):
    """Copy all that a training changes."""
    return [variable.numpy().copy() for variable in [*model.variables, *model.optimizer.variables]]


def assert_same_state(first, second):
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def numbers(history):
    """The history without its times."""
    return {name: values for name, values in history.items() if name != "seconds"}


def finished(history, interrupted=False, seconds=4.2, test_accuracy=0.81):
    """Make up what a training of two epochs out of three came to."""
    return TrainingRun(
        history=history,
        epochs=3,
        epochs_done=2,
        interrupted=interrupted,
        seconds=seconds,
        test_loss=0.2,
        test_accuracy=test_accuracy,
        test_probabilities=np.full((1, 10), 0.1),
        confusion=np.eye(10, dtype=int),
        weights={},
    )


class Recorder:
    """A progress view that notes what it is told, and what the model is like after each epoch.

    At the step numbered `interrupt_at`, counted over all epochs from 1, it raises what Ctrl-C raises.
    """

    def __init__(self, model=None, interrupt_at=None):
        self.calls = []
        self.states = []
        self._model = model
        self._interrupt_at = interrupt_at

    def begin(self, epochs, batches, history):
        self.calls.append(("begin", epochs, batches, len(history["loss"])))

    def batch_done(self, logs):
        self.calls.append(("batch_done", sorted(logs)))
        if self.count("batch_done") == self._interrupt_at:
            raise KeyboardInterrupt

    def epoch_done(self, history):
        self.calls.append(("epoch_done", len(history["loss"])))
        if self._model is not None:
            self.states.append(state(self._model))

    def training_done(self, interrupted):
        self.calls.append(("training_done", interrupted))

    def end(self, run):
        self.calls.append(("end", run))

    def count(self, name):
        return sum(call[0] == name for call in self.calls)
