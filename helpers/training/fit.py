"""Train a Keras model as section 3-5 does: pixels / 255, one-hot labels, the test set watched every epoch."""

import time
from contextlib import nullcontext

import numpy as np

from helpers.keras_backend import keras
from helpers.reference.classification import confusion_matrix
from helpers.training.run import (
    CHAPTER,
    QUICK_CIFAR10,
    QUICK_MNIST,
    Settings,
    TrainingRun,
    check,
    prepared,
    some,
)
from helpers.training.run_folder import RunFolderError, by_name

__all__ = ["CHAPTER", "QUICK_CIFAR10", "QUICK_MNIST", "Settings", "TrainingRun", "fit"]

_MEASURED = ("accuracy", "loss", "val_accuracy", "val_loss")


def fit(model, data, settings, progress, seed=0, folder=None):
    """Train a compiled model and measure it on the whole test set.

    An interrupt (Ctrl-C, a notebook's stop button) ends the training and is no error: the model keeps what it
    learnt, is measured, and the run says so. A second one, during the measurement, passes through.

    Args:
        model: as `mnist_model` returns it; its weights change. Its seed fixes the weights it starts from.
        data: a `Dataset`: pictures (N, H, W, C) uint8 as the model takes them, labels (N,) from 0.
        settings: such as `QUICK_MNIST` or `CHAPTER`.
        progress: a `NotebookProgress` or a `TerminalProgress`.
        seed: fixes which pictures are drawn, and their order in every epoch.
        folder: a `RunFolder` that keeps every epoch on disk, or None; where it has a checkpoint, the
            training goes on from its last finished epoch.

    Returns:
        A `TrainingRun`. With the same seeds, versions and machine its history comes out the same, also where
        the training was stopped and resumed on the way.

    Raises:
        ValueError: the data do not fit the model.
        RunFolderError: the checkpoint is damaged, of another training or of more epochs; another training is
            using the folder; the disk is full.

    Source: section 3-5.
    """
    picture, classes = model.input_shape[1:], model.output_shape[-1]
    check(data.x_train, data.y_train, picture, classes, "train")
    check(data.x_test, data.y_test, picture, classes, "test")
    with folder.locked() if folder else nullcontext():
        return _fit(model, data, settings, progress, seed, folder)


def _fit(model, data, settings, progress, seed, folder):
    model.optimizer.build(model.trainable_variables)
    epochs_done = folder.restore(model) if folder else []
    if len(epochs_done) > settings.epochs:
        raise RunFolderError(
            f"expected at most {settings.epochs} finished epochs in {folder.path}, got {len(epochs_done)}; "
            "ask for more epochs, or choose another folder"
        )
    rng = np.random.default_rng(seed)
    classes = model.output_shape[-1]
    pictures, labels = some(data.x_train, data.y_train, settings.training_pictures, rng)
    validation = prepared(*some(data.x_test, data.y_test, settings.validation_pictures, rng), classes)
    batches = _Batches(pictures, labels, classes, settings.batch_size, seed, epoch=len(epochs_done))

    interrupted = False
    before = sum(by_name(epochs_done)["seconds"])
    progress.begin(settings.epochs, len(batches), by_name(epochs_done))
    start = time.perf_counter()
    try:
        model.fit(
            batches,
            epochs=settings.epochs,
            initial_epoch=len(epochs_done),
            shuffle=False,
            validation_data=validation,
            callbacks=[_EachEpoch(progress, folder, epochs_done)],
            verbose=0,
        )
    except KeyboardInterrupt:
        interrupted = True
    seconds = before + time.perf_counter() - start

    progress.training_done(interrupted)
    x_test, y_test = prepared(data.x_test, data.y_test, classes)
    test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)
    probabilities = model.predict(x_test, verbose=0)
    run = TrainingRun(
        history=by_name(epochs_done),
        epochs=settings.epochs,
        epochs_done=len(epochs_done),
        interrupted=interrupted,
        seconds=seconds,
        test_loss=test_loss,
        test_accuracy=test_accuracy,
        test_probabilities=probabilities,
        confusion=confusion_matrix(data.y_test, probabilities.argmax(axis=1), classes),
        weights={
            f"{layer.name}/{variable.name}": variable.numpy()
            for layer in model.layers
            for variable in layer.trainable_variables
        },
    )
    progress.end(run)
    if folder:
        folder.finish(run)
    return run


class _Batches(keras.utils.PyDataset):
    """The training pictures in batches, in an order that seed and epoch alone decide.

    Keras's own shuffling goes on from the epoch before, so that a resumed training could not repeat it.
    """

    def __init__(self, pictures, labels, classes, batch_size, seed, epoch):
        super().__init__()
        self._pictures = pictures
        self._labels = labels
        self._classes = classes
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = epoch
        self._shuffle()

    def __len__(self):
        return -(-len(self._pictures) // self._batch_size)

    def __getitem__(self, index):
        chosen = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        return prepared(self._pictures[chosen], self._labels[chosen], self._classes)

    def on_epoch_end(self):
        self._epoch += 1
        self._shuffle()

    def _shuffle(self):
        self._order = np.random.default_rng([self._seed, self._epoch]).permutation(len(self._pictures))


class _EachEpoch(keras.callbacks.Callback):
    """Hands what Keras measures on: to the progress view, the list of epochs and the folder."""

    def __init__(self, progress, folder, epochs_done):
        super().__init__()
        self._progress = progress
        self._folder = folder
        self._epochs_done = epochs_done

    def on_epoch_begin(self, epoch, logs=None):
        self._start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self._progress.batch_done(logs)

    def on_epoch_end(self, epoch, logs=None):
        numbers = {key: float(logs[key]) for key in _MEASURED}
        numbers["seconds"] = round(time.perf_counter() - self._start, 2)
        # One append, so that an interrupt leaves no epoch half recorded.
        self._epochs_done.append(numbers)
        if self._folder:
            self._folder.save(self.model, self._epochs_done)
        self._progress.epoch_done(by_name(self._epochs_done))
