"""Train as section 3-5 does: pixels / 255, one-hot labels, the test set watched after every epoch."""

import time
from contextlib import nullcontext

import numpy as np

from helpers.datasets import hold_out, prepared
from helpers.programs import AS_IN_THE_CHAPTER
from helpers.reference.classification import confusion_matrix
from helpers.runs import Result, Run, RunFolderError
from helpers.runs.run import by_name


def train(trainer, data, settings, progress, seed=0, folder=None, recipe=AS_IN_THE_CHAPTER):
    """Train a network and measure it on the whole test set.

    An interrupt (Ctrl-C, a notebook's stop button) ends the training and is not an error: the network keeps
    what it learnt, is measured, and the run says so. A second one, during the measurement, passes through.

    Args:
        trainer: a `KerasTrainer` or a `NumpyTrainer`, with the network to train; its weights change.
        data: a `Dataset`: pictures (N, H, W, C) uint8 as the network takes them, labels (N,) from 0.
        settings: a `Settings`, such as `CHAPTER`.
        progress: a `NotebookProgress` or a `TerminalProgress`.
        seed: fixes which pictures are drawn, and their order in every epoch.
        folder: a `RunFolder` that keeps every epoch on disk, or None; where it has a checkpoint, the
            training goes on from its last finished epoch.
        recipe: a `Recipe`, what the training does beyond the chapter's.

    Returns:
        A `Run`. With the same seeds, versions and machine its history comes out the same, also where the
        training was stopped and resumed on the way.

    Raises:
        ValueError: the data do not fit the network.
        RunFolderError: the checkpoint is damaged, of another training or of more epochs; another training is
            using the folder; the disk is full.

    Source: section 3-5.
    """
    _check(data.x_train, data.y_train, trainer, "train")
    _check(data.x_test, data.y_test, trainer, "test")
    with folder.locked() if folder else nullcontext():
        return _train(trainer, data, settings, progress, seed, folder, recipe)


def _train(trainer, data, settings, progress, seed, folder, recipe):
    epochs = folder.restore(trainer) if folder else []
    if len(epochs) > settings.epochs:
        raise RunFolderError(
            f"expected at most {settings.epochs} finished epochs in {folder.path}, got {len(epochs)}; "
            "ask for more epochs, or choose another folder"
        )
    rng = np.random.default_rng(seed)
    # A generator of its own, so that the pictures below are those of a training without held-out ones.
    kept, held_out = _split(data, recipe.held_out, np.random.default_rng([seed, 0, 2]))
    pictures, labels = _some(kept.x_train, kept.y_train, settings.training_pictures, rng)
    validation = _some(data.x_test, data.y_test, settings.validation_pictures, rng)
    validation = prepared(*validation, trainer.classes)
    watched = held_out and prepared(*held_out, trainer.classes)
    steps = range(0, len(pictures), settings.batch_size)

    interrupted = False
    before = sum(numbers["seconds"] for numbers in epochs)
    progress.begin(settings.epochs, len(steps), by_name(epochs), data.watched)
    start = time.perf_counter()
    try:
        for epoch in range(len(epochs) + 1, settings.epochs + 1):
            more = {}
            if recipe.learning_rate:
                losses = [numbers["held_out_loss"] for numbers in epochs if "held_out_loss" in numbers]
                rate = recipe.learning_rate(epoch, settings.epochs, losses)
                if rate is None:
                    break
                trainer.set_learning_rate(rate)
                more["learning_rate"] = rate
            # Order and changes by seed and epoch alone, so that a resumed training repeats them.
            order = np.random.default_rng([seed, epoch]).permutation(len(pictures))
            chance = np.random.default_rng([seed, epoch, 1])
            batches = (
                prepared(recipe.augmented(pictures[chosen], chance), labels[chosen], trainer.classes)
                for chosen in np.split(order, steps[1:])
            )
            numbers = _epoch(trainer, batches, len(steps), validation, progress)
            if watched:
                more["held_out_loss"], _ = trainer.measure(*watched)
            # One append, so that an interrupt leaves no epoch half recorded.
            epochs.append(numbers | more)
            if folder:
                folder.save(trainer, epochs)
            progress.epoch_done(by_name(epochs))
    except KeyboardInterrupt:
        interrupted = True
    seconds = before + time.perf_counter() - start

    progress.training_done(interrupted)
    told = {"history": by_name(epochs), "epochs": settings.epochs, "interrupted": interrupted}
    run = _measured(trainer, data, **told, seconds=seconds)
    progress.end(run)
    if folder:
        folder.finish(run)
    return run


def _epoch(trainer, batches, count, validation, progress):
    """Train for an epoch, and return its numbers."""
    start = time.perf_counter()
    numbers = trainer.epoch(batches, count, progress.batch_done)
    val_loss, val_accuracy = trainer.measure(*validation)
    seconds = round(time.perf_counter() - start, 2)
    return numbers | {"val_accuracy": val_accuracy, "val_loss": val_loss, "seconds": seconds}


def _measured(trainer, data, **training):
    """Measure on the whole test set, and return the run."""
    x, target = prepared(data.x_test, data.y_test, trainer.classes)
    loss, accuracy = trainer.measure(x, target)
    probabilities = trainer.predict(x)
    predicted = probabilities.argmax(axis=1)
    confusion = confusion_matrix(data.y_test, predicted, trainer.classes)
    result = Result(probabilities, confusion, trainer.weights(), correct=predicted == data.y_test)
    return Run(
        **training, test_loss=loss, test_accuracy=accuracy, load_result=lambda: result, watched=data.watched
    )


def _split(data, held_out, rng):
    """Return data without so many of its training pictures, and these with their labels; None for none."""
    if not held_out:
        return data, None
    split = hold_out(data, held_out, rng)
    return split, (split.x_test, split.y_test)


def _check(x, y, trainer, part):
    """Raise unless pictures and labels fit each other and the network."""
    picture = trainer.picture or x.shape[1:]
    if x.dtype != np.uint8 or x.shape[1:] != picture or len(x) == 0:
        raise ValueError(
            f"expected x_{part} to be uint8 pictures (N, {', '.join(map(str, picture))}), at least one, "
            f"got {x.dtype} of shape {x.shape}; reshape or convert them to 0 to 255 first"
        )
    if y.shape != (len(x),):
        raise ValueError(
            f"expected y_{part} to be a label for each of the {len(x)} pictures, got shape {y.shape}; "
            "pass class numbers (N,), since one-hot rows are made here"
        )
    if not np.issubdtype(y.dtype, np.integer) or y.min() < 0 or y.max() >= trainer.classes:
        raise ValueError(
            f"expected y_{part} to be whole numbers from 0 to {trainer.classes - 1}, the classes of the "
            f"network, got {y.dtype} from {y.min()} to {y.max()}; renumber the labels, or give the network "
            "more outputs"
        )


def _some(x, y, most, rng):
    """Draw at most so many pictures with their labels; a data set may be sorted by class."""
    if most is None or most >= len(x):
        return x, y
    chosen = rng.choice(len(x), most, replace=False)
    return x[chosen], y[chosen]
