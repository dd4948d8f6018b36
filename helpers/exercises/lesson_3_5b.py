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


def _kept_from_zero(losses, patience):
    stopped, kept = _stopping(losses, patience)
    return stopped, kept - 1


def _swapped(losses, patience):
    return _stopping(losses, patience)[::-1]


def _losses_themselves(losses, patience):
    return tuple(losses[epoch - 1] for epoch in _stopping(losses, patience))


def _waits_for_the_first(losses, patience):
    """Compare the first epoch with itself, so that it counts as one that brought nothing."""
    return (1, 1) if patience == 1 else _stopping(losses, patience)


def _first_that_brings_nothing(losses, patience):
    return _stopping(losses, 1)


def _misses_the_last(losses, patience):
    stopped, kept = _stopping(losses[:-1], patience)
    return stopped if stopped - kept == patience else len(losses), kept


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


_FROM_ONE = say("Epochs are counted from 1, the places of a list from 0: add 1.")

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
        Slip(_counted_from_zero, _FROM_ONE),
        Slip(_kept_from_zero, _FROM_ONE),
        Slip(
            _swapped, say("You have swapped the two: first the epoch of the stop, then the one that is kept.")
        ),
        Slip(_losses_themselves, say("These are losses. Return the epochs in which they were measured.")),
        Slip(
            _waits_for_the_first,
            say("The first epoch is always the lowest so far. The waiting begins after it."),
        ),
        Slip(
            _highest,
            say("You have kept the highest number. That is right for an accuracy; a loss should be low."),
        ),
        Slip(
            _one_epoch_later,
            say("You wait one epoch too long: stop as soon as `patience` epochs in a row brought nothing."),
        ),
        Slip(
            _first_that_brings_nothing,
            say("You stop at the first epoch that brings nothing. Wait for `patience` of them in a row."),
        ),
        Slip(
            _never_stops,
            say("Your training never ends early: return once `patience` epochs in a row brought nothing."),
        ),
        Slip(
            _keeps_the_last,
            say("The weights worth keeping are those of the lowest loss, and not those of the last epoch."),
        ),
        Slip(_misses_the_last, say("You never look at the last epoch: `range(1, n)` ends with n − 1.")),
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
