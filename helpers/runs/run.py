"""What every training has in common, whoever computes it: its settings, and what it came to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from helpers.language import say
from helpers.reference.arrays import whole_number
from helpers.wording import fixed, percent

MEASURED = ("accuracy", "loss", "val_accuracy", "val_loss", "seconds")
"""What is measured in every epoch, under Keras's names; those with val on the test set."""

MEASURED_BY_SOME = ("learning_rate", "held_out_loss")
"""What some trainings note besides: the epoch's learning rate, the loss on held-out training pictures."""


@dataclass(frozen=True)
class Settings:
    """How long to train, and on how much.

    Attributes:
        epochs: passes over the training pictures.
        batch_size: pictures in a step.
        training_pictures: at most this many, drawn at random; None for all.
        validation_pictures: at most this many test pictures after each epoch, drawn at random; None for all.

    Raises:
        TypeError: a value is not a whole number.
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


@dataclass(frozen=True)
class Result:
    """The arrays that a training ends with.

    Attributes:
        test_probabilities: (N, classes), what the model gives to each test picture.
        confusion: (classes, classes), how often a test picture of the row's class was taken for the column's.
        weights: what was learnt, under layer and weight, such as "conv1/kernel"; empty where a record leaves
            them out.
        correct: (N,) booleans, which test pictures were recognised; None where a record does not tell.
    """

    test_probabilities: np.ndarray
    confusion: np.ndarray
    weights: dict[str, np.ndarray]
    correct: np.ndarray | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """What a training came to, whether it ran just now or was recorded.

    Attributes:
        history: accuracy, loss, val_accuracy, val_loss, seconds -> one value for each finished epoch;
            accuracies as fractions, losses in nats; of some trainings also learning_rate and held_out_loss.
        epochs: how many were asked for.
        interrupted: whether an interrupt ended the training early.
        seconds: what the training took, without the last measurement; what was resumed counts.
        test_loss: on the whole test set, in nats.
        test_accuracy: on the whole test set, as a fraction.
        load_result: returns the `Result`; a recorded one is read when it is first asked for.
        watched: what the pictures of the test set are: "test" or "held-out".
        name: of the folder of a recorded run; else empty.
        about: what a recorded run's folder says besides: model, seed, training_pictures, versions, machine.
        recognised: as `correct`, where that is known before the `Result` is read; else None.
    """

    history: dict[str, list[float]]
    epochs: int
    interrupted: bool
    seconds: float
    test_loss: float
    test_accuracy: float
    load_result: Callable[[], Result]
    watched: str = say("test")
    name: str = ""
    about: dict = field(default_factory=dict)
    recognised: np.ndarray | None = None

    def __str__(self):
        if self.name:
            return say(
                "Recorded run {name}, {epochs} epochs over {pictures} pictures: test accuracy {accuracy}.",
                name=self.name,
                epochs=self.epochs,
                pictures=f"{self.about['training_pictures']:,}",
                accuracy=percent(self.test_accuracy, 2),
            )
        words = {
            "done": self.epochs_done,
            "epochs": self.epochs,
            "watched": self.watched,
            "accuracy": percent(self.test_accuracy, 1),
            "seconds": fixed(self.seconds, 0),
        }
        if self.interrupted:
            return say(
                "Interrupted after {done} of {epochs} epochs: {watched} accuracy {accuracy}, {seconds} s.",
                **words,
            )
        return say("Epoch {done} of {epochs}: {watched} accuracy {accuracy}, {seconds} s.", **words)

    # A lesson's cell that ends in a run shows the sentence.
    __repr__ = __str__

    @property
    def epochs_done(self):
        """How many epochs were finished."""
        return len(self.history["loss"])

    @cached_property
    def _result(self):
        return self.load_result()

    @property
    def test_probabilities(self):
        """(N, classes), what the model gives to each picture of the test set, in its order."""
        return self._result.test_probabilities

    @property
    def confusion(self):
        """(classes, classes) counts: how often a picture of the row's class was taken for the column's."""
        return self._result.confusion

    @property
    def weights(self):
        """A dict of arrays under layer and weight, such as "conv1/kernel".

        Raises:
            ValueError: they were not recorded.
        """
        if not self._result.weights:
            raise ValueError(
                f"expected a recorded training with its weights, got {self.name}, recorded without them; "
                f"train it anew with `python -m helpers.training {self.about.get('model')}`"
            )
        return self._result.weights

    @property
    def correct(self):
        """(N,) booleans: which pictures of the test set were recognised, in its order.

        Raises:
            ValueError: that was not recorded.
        """
        if self.recognised is not None:
            return self.recognised
        if self._result.correct is None:
            raise ValueError(
                f"expected a recorded training that tells which pictures it recognised, got {self.name}; "
                "compare test_probabilities with the labels of the full test set"
            )
        return self._result.correct


def by_name(epochs):
    """Turn one dict of numbers for each epoch into one list for each name."""
    some = (name for name in MEASURED_BY_SOME if epochs and name in epochs[0])
    return {name: [numbers[name] for numbers in epochs] for name in (*MEASURED, *some)}
