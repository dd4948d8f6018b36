"""Train a NumPy twin as `fit` trains a Keras model: same batches, same view, and no TensorFlow."""

import ctypes
import os
import time
from contextlib import nullcontext

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.reference.activations import softmax
from helpers.reference.classification import confusion_matrix
from helpers.reference.losses import softmax_cross_entropy
from helpers.reference.optimizers import Adam
from helpers.training.blocks import loss_and_gradients
from helpers.training.run import TrainingRun, check, prepared, some
from helpers.training.run_folder import by_name


def fit_twin(network, data, settings, progress, seed=0, folder=None):
    """Train a network of the reference with Adam and measure it on the whole test set.

    An interrupt ends the training and is no error, as in `fit`.

    Args:
        network: a `Sequential`, such as `mnist_network` returns; its parameters change.
        data: as for `fit`.
        settings: as for `fit`.
        progress: as for `fit`.
        seed: fixes the pictures drawn and their order, both as in `fit`, and the dropout.
        folder: a `RunFolder` that keeps what the training came to, or None.

    Returns:
        A `TrainingRun`.

    Raises:
        ValueError: the data do not fit the network.
        RunFolderError: another training is using the folder; the disk is full.

    Source: section 3-5.
    """
    classes = len(network.layers[-1].parameters["bias"])
    for part in ("train", "test"):
        pictures = getattr(data, f"x_{part}")
        check(pictures, getattr(data, f"y_{part}"), pictures.shape[1:], classes, part)
    keep_freed_memory()
    # Each thread computes its own pictures; BLAS's threads inside of them would only wait for each other.
    with folder.locked() if folder else nullcontext(), threadpool_limits(1, user_api="blas"):
        return _fit(network, data, settings, progress, seed, folder, classes)


def _fit(network, data, settings, progress, seed, folder, classes):
    rng, dropout = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    pictures, labels = some(data.x_train, data.y_train, settings.training_pictures, rng)
    validation = prepared(*some(data.x_test, data.y_test, settings.validation_pictures, rng), classes)
    optimizer, epochs_done, interrupted = Adam(), [], False
    steps = -(-len(pictures) // settings.batch_size)

    progress.begin(settings.epochs, steps, by_name(epochs_done))
    start = time.perf_counter()
    try:
        for epoch in range(settings.epochs):
            epoch_start = time.perf_counter()
            # From 1, as in `fit`: Keras looks at the first order, and trains from the second on.
            order = np.random.default_rng([seed, epoch + 1]).permutation(len(pictures))
            seen = _Mean()
            for step in range(steps):
                chosen = order[step * settings.batch_size : (step + 1) * settings.batch_size]
                x, target = prepared(pictures[chosen], labels[chosen], classes)
                loss, probabilities, gradients = loss_and_gradients(
                    network, x, target, dropout, os.cpu_count()
                )
                optimizer.step(network.parameters, gradients)
                seen.add(loss, _accuracy(probabilities, target), len(x))
                progress.batch_done(seen.numbers())
            val_loss, val_accuracy = _measured(network.scores(validation[0]), validation[1])
            seconds = round(time.perf_counter() - epoch_start, 2)
            epochs_done.append(
                seen.numbers() | {"val_accuracy": val_accuracy, "val_loss": val_loss, "seconds": seconds}
            )
            progress.epoch_done(by_name(epochs_done))
    except KeyboardInterrupt:
        interrupted = True
    seconds = time.perf_counter() - start

    progress.training_done(interrupted)
    x_test, y_test = prepared(data.x_test, data.y_test, classes)
    scores = network.scores(x_test)
    test_loss, test_accuracy = _measured(scores, y_test)
    probabilities = softmax(scores)
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
        weights={name: array.copy() for name, array in network.parameters.items()},
    )
    progress.end(run)
    if folder:
        folder.finish(run)
    return run


def keep_freed_memory():
    """Let the C library keep what is freed, for the arrays of the next step.

    glibc hands large pieces back to the system and fetches them anew: that took a quarter of a step. Other
    libraries are left as they are.
    """
    set_option = getattr(ctypes.CDLL(None) if os.name == "posix" else None, "mallopt", None)
    if set_option:
        trim_threshold, mmap_threshold = -1, -3  # their numbers in malloc.h
        set_option(trim_threshold, 2**30)
        set_option(mmap_threshold, 2**25)


class _Mean:
    """Loss and accuracy over the pictures of an epoch so far."""

    def __init__(self):
        self._loss = self._accuracy = self._pictures = 0

    def add(self, loss, accuracy, pictures):
        self._loss += loss * pictures
        self._accuracy += accuracy * pictures
        self._pictures += pictures

    def numbers(self):
        return {"accuracy": self._accuracy / self._pictures, "loss": self._loss / self._pictures}


def _measured(scores, target):
    # From the scores, as Keras measures: a probability that is rounded to 0 would cut its loss off.
    return softmax_cross_entropy(scores, target), _accuracy(scores, target)


def _accuracy(outputs, target):
    return float(np.mean(outputs.argmax(axis=1) == target.argmax(axis=1)))
