"""Pictures with their labels, and what is done to them before a training."""

from dataclasses import dataclass, replace

import numpy as np

from helpers.language import say
from helpers.reference.arrays import random_generator, whole_number
from helpers.wording import together

KEYS = ("x_train", "y_train", "x_test", "y_test")
"""The arrays of a data set, as its files name them."""


class DatasetError(ValueError):
    """A data set cannot be used as it is found; the message names the file and what to do."""


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Pictures with their labels, split for training and testing; the arrays are read-only.

    Attributes:
        name: of the data set, such as "MNIST".
        x_train: (N, H, W, C) uint8, 0 to 255.
        y_train: (N,) uint8, the class of each picture.
        x_test: as x_train.
        y_test: as y_train.
        source: where the arrays came from, such as "the bundled sample".
        classes: what each label means, in a word.
        watched: what the pictures of x_test are: "test", or "held-out" ones of the training pictures.
        stand_in: whether the pictures only stand in for the data set that was asked for.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str
    classes: tuple[str, ...] = tuple("0123456789")
    watched: str = say("test")
    stand_in: bool = False

    def __post_init__(self):
        for key in KEYS:
            # A view: the owner of the array may go on writing.
            array = np.asarray(getattr(self, key)).view()
            array.setflags(write=False)
            object.__setattr__(self, key, array)

    def __str__(self):
        sentence = say(
            "{name}: {train} training and {test} {watched} pictures from {source}.",
            name=self.name,
            train=f"{len(self.x_train):,}",
            test=f"{len(self.x_test):,}",
            watched=self.watched,
            source=self.source,
        )
        return together([sentence, _how_to_get_cifar10()]) if self.stand_in else sentence

    # A lesson's cell that ends in a data set shows the sentence.
    __repr__ = __str__


def hold_out(data, pictures, rng):
    """Split the training pictures: train on most of them, and watch the rest in the test set's place.

    Whatever is chosen by the held-out pictures, such as the number of epochs, the test set can then judge.

    Args:
        data: a `Dataset`.
        pictures: how many to hold out, drawn at random.
        rng: NumPy random generator.

    Returns:
        A `Dataset` without a picture of the test set of `data`: its test pictures are the held-out ones.

    Raises:
        TypeError: pictures is not a whole number, or rng is not a generator.
        ValueError: there are not more training pictures than are to be held out, or none is.
    """
    pictures = whole_number("pictures", pictures, 1)
    random_generator("rng", rng)
    if pictures >= len(data.x_train):
        raise ValueError(
            f"expected fewer pictures than the {len(data.x_train):,} of the training set, got {pictures:,}; "
            "leave some to train on"
        )
    order = rng.permutation(len(data.x_train))
    held_out, kept = order[:pictures], order[pictures:]
    return replace(
        data,
        x_train=data.x_train[kept],
        y_train=data.y_train[kept],
        x_test=data.x_train[held_out],
        y_test=data.y_train[held_out],
        source=say("the training pictures of {source}", source=data.source),
        watched=say("held-out"),
    )


def prepared(x, y, classes):
    """Turn pictures and labels into what the chapter's programs feed: pixels / 255, and one-hot labels.

    Args:
        x: (N, H, W, C) uint8.
        y: (N,), classes from 0.
        classes: how many there are.

    Returns:
        Both as float32: (N, H, W, C) from 0 to 1, and (N, classes).

    Source: section 3-5, both programs.
    """
    return x.astype(np.float32) / 255, np.eye(classes, dtype=np.float32)[y]


def _how_to_get_cifar10():
    return say(
        "For the photographs, call load_cifar10(download=True) once (170 MB), or put cifar10.npz into a "
        "folder that the environment variable CNN_DATASETS names."
    )
