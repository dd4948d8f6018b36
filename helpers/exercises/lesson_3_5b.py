"""What the reader writes in lesson 3-5b: a rule that stops a training in time."""

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say


def _stopping(losses, patience, better=lambda loss, lowest: loss < lowest):
    """Return (stopped, kept), epochs counted from 1."""
    kept = 0
    for epoch in range(1, len(losses)):
        if better(losses[epoch], losses[kept]):
            kept = epoch
        elif epoch - kept == patience:
            return epoch + 1, kept + 1
    return len(losses), kept + 1


def _early_stopping(losses, patience):
    return _stopping(losses, patience)


def _counted_from_zero(losses, patience):
    stopped, kept = _stopping(losses, patience)
    return stopped - 1, kept - 1


def _one_epoch_later(losses, patience):
    return _stopping(losses, patience + 1)


def _highest(losses, patience):
    return _stopping(losses, patience, lambda loss, highest: loss > highest)


def _lowest_of_all(losses, patience):
    stopped, _ = _stopping(losses, patience)
    return stopped, 1 + int(np.argmin(losses))


def _never_stops(losses, patience):
    return _stopping(losses, len(losses))


def _keeps_the_last(losses, patience):
    stopped, _ = _stopping(losses, patience)
    return stopped, stopped


def _counts_rises(losses, patience):
    kept, rises = 0, 0
    for epoch in range(1, len(losses)):
        kept = epoch if losses[epoch] < losses[kept] else kept
        rises = 0 if losses[epoch] < losses[epoch - 1] else rises + 1
        if rises == patience:
            return epoch + 1, kept + 1
    return len(losses), kept + 1


def _never_forgives(losses, patience):
    waited, kept = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[kept]:
            kept = epoch
        else:
            waited += 1
        if waited == patience:
            return epoch + 1, kept + 1
    return len(losses), kept + 1


def _ties_count(losses, patience):
    return _stopping(losses, patience, lambda loss, lowest: loss <= lowest)


EARLY_STOPPING = Task(
    name="my_early_stopping",
    reference=_early_stopping,
    results=("stopped", "kept"),
    cases=[
        ([0.9, 0.7, 0.6, 0.8], 1),
        ([0.9, 0.7, 0.8, 1.0, 1.2, 1.3], 2),
        ([0.9, 0.8, 0.6, 0.5], 2),
        ([0.9, 0.95, 0.8, 0.85, 0.7, 0.6], 2),
        ([0.9, 0.6, 0.8, 0.7, 0.65, 0.5], 3),
        ([0.9, 0.6, 0.7, 0.8, 0.5, 0.4], 2),
        ([0.8, 0.6, 0.6, 0.6, 0.5], 2),
    ],
    slips=[
        Slip(_counted_from_zero, say("Epochs are counted from 1, and a list from 0: add 1 to both.")),
        Slip(
            _highest,
            say("You have kept the highest number. That is right for an accuracy; a loss should be low."),
        ),
        Slip(
            _one_epoch_later,
            say("You wait one epoch too long: stop as soon as `patience` epochs in a row brought nothing."),
        ),
        Slip(
            _never_stops,
            say("Your training never ends early: return once `patience` epochs in a row brought nothing."),
        ),
        Slip(
            _keeps_the_last,
            say("The weights worth keeping are those of the lowest loss, and not those of the last epoch."),
        ),
        Slip(
            _never_forgives,
            say("The waiting begins anew, at 0, whenever the loss has become lower than ever before."),
        ),
        Slip(
            _counts_rises,
            say(
                "You compare with the epoch before. Take the lowest loss so far: being a little better "
                "than the epoch before is not enough."
            ),
        ),
        Slip(_lowest_of_all, say("You have looked at epochs after the stop. They never took place.")),
        Slip(_ties_count, say("As low as before is not lower: such an epoch has brought nothing.")),
    ],
)
