"""What every training has in common, whoever computes it: settings, pictures, result. Needs no TensorFlow."""

from dataclasses import dataclass

import numpy as np

from helpers.reference.arrays import whole_number


@dataclass(frozen=True)
class Settings:
    """How long to train, and on how much.

    Attributes:
        epochs: passes over the training pictures.
        batch_size: pictures in a step.
        training_pictures: at most this many, drawn at random; None for all.
        validation_pictures: at most this many test pictures after each epoch, drawn at random; None for all.

    Raises:
        TypeError: a value is no whole number.
        ValueError: a value is below 1.
    """

    epochs: int
    batch_size: int
    training_pictures: int | None = None
    validation_pictures: int | None = None

    def __post_init__(self):
        for name in ("epochs", "batch_size", "training_pictures", "validation_pictures"):
            value = getattr(self, name)
            if value is None and name.endswith("pictures"):
                continue
            object.__setattr__(self, name, whole_number(name, value, 1))


CHAPTER = Settings(epochs=100, batch_size=256)
"""The chapter's own: 100 epochs over everything, in batches of 256."""

QUICK_MNIST = Settings(epochs=5, batch_size=64, training_pictures=2_000, validation_pictures=1_000)
"""Half a minute on two cores."""

QUICK_CIFAR10 = Settings(epochs=5, batch_size=32, training_pictures=1_000, validation_pictures=300)
"""Half a minute on two cores, with the second program's larger network."""


@dataclass(frozen=True, eq=False, repr=False)
class TrainingRun:
    """What a training came to.

    Attributes:
        history: accuracy, loss, val_accuracy, val_loss, seconds -> one value for each finished epoch;
            accuracies as fractions, losses in nats.
        epochs: how many were asked for.
        epochs_done: how many were finished.
        interrupted: whether an interrupt ended the training early.
        seconds: what the training took, without the last measurement; what was resumed counts.
        test_loss: on the whole test set, in nats.
        test_accuracy: on the whole test set, as a fraction.
        test_probabilities: (N, classes), what the model gives to each test picture.
        confusion: (classes, classes), how often a test picture of the row's class was taken for the column's.
        weights: what was learnt, under layer and weight, such as "conv1/kernel".
    """

    history: dict[str, list[float]]
    epochs: int
    epochs_done: int
    interrupted: bool
    seconds: float
    test_loss: float
    test_accuracy: float
    test_probabilities: np.ndarray
    confusion: np.ndarray
    weights: dict[str, np.ndarray]

    def __str__(self):
        done = f"Epoch {self.epochs_done} of {self.epochs}"
        if self.interrupted:
            done = f"Interrupted after {self.epochs_done} of {self.epochs} epochs"
        return f"{done}: test accuracy {100 * self.test_accuracy:.1f} %, {self.seconds:.0f} s."

    # A lesson's cell that ends in a run shows the sentence.
    __repr__ = __str__


def check(x, y, picture, classes, part):
    """Raise unless pictures and labels fit each other and a model of so many classes."""
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
    if not np.issubdtype(y.dtype, np.integer) or y.min() < 0 or y.max() >= classes:
        raise ValueError(
            f"expected y_{part} to be whole numbers from 0 to {classes - 1}, the classes of the model, "
            f"got {y.dtype} from {y.min()} to {y.max()}; renumber the labels, or give the model more outputs"
        )


def some(x, y, most, rng):
    """Draw at most so many pictures with their labels; a data set may be sorted by class."""
    if most is None or most >= len(x):
        return x, y
    chosen = rng.choice(len(x), most, replace=False)
    return x[chosen], y[chosen]


def prepared(x, y, classes):
    """Pictures as the chapter's programs feed them: pixels / 255 in float32, labels one-hot."""
    return x.astype(np.float32) / 255, np.eye(classes, dtype=np.float32)[y]
