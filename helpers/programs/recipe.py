"""What a training does beyond the chapter's: changed pictures, a learning rate that falls, a watch on it."""

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """What a training does beyond the chapter's; as it stands, nothing.

    Attributes:
        augment: functions of pictures (N, H, W, C) and a NumPy random generator, such as `mirror`, which
            change every batch in turn.
        held_out: so many training pictures are not trained on but watched.
        learning_rate: of an epoch, as `one_cycle` returns it; None for the optimizer's own throughout. A
            function of the epoch's number from 1, of how many epochs are asked for, and of the losses on the
            held-out pictures after each epoch before; it returns None to end the training.
    """

    augment: tuple[Callable, ...] = ()
    held_out: int = 0
    learning_rate: Callable | None = None

    def augmented(self, x, rng):
        """Return pictures, changed by chance."""
        for change in self.augment:
            x = change(x, rng)
        return x


AS_IN_THE_CHAPTER = Recipe()
"""The pictures as they are, and the optimizer's learning rate throughout."""


def one_cycle(highest, rise):
    """Let the learning rate rise in equal steps, and fall in equal steps until the last epoch.

    Args:
        highest: the learning rate of epoch `rise`.
        rise: epochs; fewer than are asked for.

    Returns:
        A `Recipe.learning_rate`.

    Source: L. Smith and N. Topin, 2018, in its simplest form.

    >>> rate = one_cycle(0.4, rise=2)
    >>> [round(rate(epoch, 5, []), 1) for epoch in (1, 2, 3, 4, 5)]
    [0.2, 0.4, 0.3, 0.2, 0.1]
    """

    def rate(epoch, epochs, losses):
        return highest * min(epoch / rise, (epochs + 1 - epoch) / (epochs + 1 - rise))

    return rate


def falls_when_stuck(first, patience, falls):
    """Let the learning rate fall to a tenth where the held-out loss is stuck, and in the end stop.

    Args:
        first: the learning rate of the first epoch.
        patience: so many epochs in a row without a new lowest loss are waited for.
        falls: the learning rate falls so often; the time after, the training ends (early stopping).

    Returns:
        A `Recipe.learning_rate`.

    Source: section 3-5, end: remedies against overfitting.

    >>> rate = falls_when_stuck(0.1, patience=2, falls=1)
    >>> losses = [1.0, 0.8, 0.9, 0.85, 0.7, 0.7, 0.71]
    >>> [rate(epoch, 99, losses[: epoch - 1]) for epoch in range(1, 9)]
    [0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, None]
    """

    def rate(epoch, epochs, losses):
        lowest, waited, fallen = math.inf, 0, 0
        for loss in losses:
            waited = 0 if loss < lowest else waited + 1
            lowest = min(lowest, loss)
            if waited == patience:
                waited, fallen = 0, fallen + 1
        return None if fallen > falls else first / 10**fallen

    return rate
