"""What the reader writes in lesson 3-5d: a paired comparison, and batch normalisation."""

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.comparison import paired_changes
from helpers.reference.normalization import EPSILON, batch_normalization


def _paired(right, other):
    """Return (both, only_first, only_second, neither)."""
    return tuple(paired_changes(right, other))


def _reordered(*places):
    return lambda right, other: tuple(_paired(right, other)[place] for place in places)


def _shares(right, other):
    return tuple(count / len(right) for count in _paired(right, other))


def _each_alone(right, other):
    both, _, _, neither = _paired(right, other)
    return both, int(right.sum()), int(other.sum()), neither


def _neither_is_not_both(right, other):
    both, first, second, _ = _paired(right, other)
    return both, first, second, len(right) - both


def _wrong_ones(right, other):
    both, _, _, neither = _paired(right, other)
    return both, int(np.sum(~right)), int(np.sum(~other)), neither


def _same(right, other):
    both, first, second, neither = _paired(right, other)
    return both + neither, first, second, neither


def _differences(right, other):
    both, first, second, neither = _paired(right, other)
    return both, max(first - second, 0), max(second - first, 0), neither


def _answers(*texts):
    """Return arrays of bool from texts such as "1101"."""
    return tuple(np.array([letter == "1" for letter in text]) for text in texts)


PAIRED_CHANGES = Task(
    name="my_paired_changes",
    reference=_paired,
    results=("both", "only_first", "only_second", "neither"),
    cases=[
        _answers("111011", "110111"),
        _answers("11110100", "11001110"),
        _answers("1101110010", "1000101001"),
        _answers("0000", "1111"),
    ],
    slips=[
        Slip(
            _each_alone,
            say("You have counted all that each of them reads. *Only* leaves out what the other reads, too."),
        ),
        Slip(_same, say("Where neither is right, both agree, but they are not both right.")),
        Slip(_shares, say("These are shares. Return counts.")),
        Slip(_reordered(0, 2, 1, 3), say("You have swapped the two: first what only the first one reads.")),
        Slip(
            _reordered(3, 1, 2, 0),
            say("You have swapped the ends: both right comes first, neither comes last."),
        ),
        Slip(
            _wrong_ones,
            say(
                "You have counted all mistakes of each. A picture that both misread belongs to neither of "
                "them."
            ),
        ),
        Slip(
            _neither_is_not_both,
            say("Not both is more than neither: one of them may be right. Count where both are wrong."),
        ),
        Slip(
            _differences,
            say("You have taken a difference. Won and lost pictures are counted apart; both are needed."),
        ),
    ],
)


def _normalised(axis=(0, 1, 2), ddof=0, power=0.5, inside=EPSILON, outside=0.0):
    """Return a function that normalises over these axes, with a slip."""

    def function(x, gamma, beta):
        variance = x.var(axis=axis, keepdims=True, ddof=ddof) + inside
        return gamma * (x - x.mean(axis=axis, keepdims=True)) / (variance**power + outside) + beta

    return function


def _right(x, gamma, beta):
    return batch_normalization(x, gamma, beta)


def _mean_stays(x, gamma, beta):
    return gamma * x / np.sqrt(x.var(axis=(0, 1, 2)) + EPSILON) + beta


def _variance_stays(x, gamma, beta):
    return gamma * (x - x.mean(axis=(0, 1, 2))) + beta


def _squares_of_the_numbers(x, gamma, beta):
    squares = np.mean(x**2, axis=(0, 1, 2))
    return gamma * (x - x.mean(axis=(0, 1, 2))) / np.sqrt(squares + EPSILON) + beta


def _maps(*shape, seed):
    """Return small maps of whole numbers (N, H, W, C)."""
    return np.random.default_rng(seed).integers(-4, 9, shape).astype(float)


_ONE, _ZERO = np.array([1.0]), np.array([0.0])

BATCH_NORMALISATION = Task(
    name="my_batch_normalisation",
    reference=_right,
    cases=[
        (np.array([1.0, 5.0]).reshape(2, 1, 1, 1), _ONE, _ZERO),
        (np.array([2.0, 8.0, 2.0, 4.0]).reshape(1, 2, 2, 1), np.array([3.0]), np.array([10.0])),
        (_maps(2, 2, 2, 1, seed=1), np.array([2.0]), np.array([1.0])),
        (_maps(2, 2, 3, 2, seed=2), np.array([2.0, 0.5]), np.array([1.0, -1.0])),
    ],
    slips=[
        Slip(_mean_stays, say("First take the mean away.")),
        Slip(_variance_stays, say("Then divide by the standard deviation, the root of the variance plus ε.")),
        Slip(_normalised(power=1.0), say("You have divided by the variance. Divide by its root.")),
        Slip(
            _normalised(ddof=1),
            say(
                "The variance is the mean of the squared distances: divide by their number, not by one less."
            ),
        ),
        Slip(
            _squares_of_the_numbers,
            say(
                "The variance is the mean of the squared *distances from the mean*, not of the squared "
                "numbers."
            ),
        ),
        Slip(
            lambda x, gamma, beta: _right(x, gamma, 0 * beta) + gamma * beta,
            say("β comes last, and is not multiplied by γ."),
        ),
        Slip(lambda x, gamma, beta: _right(x, beta, gamma), say("You have swapped γ and β.")),
        Slip(lambda x, gamma, beta: _right(x, 1 + 0 * gamma, 0 * beta), say("Now times γ, plus β.")),
        Slip(_normalised(inside=0.0), say("ε is missing: add it to the variance, under the root.")),
        Slip(
            _normalised(inside=0.0, outside=EPSILON),
            say("You have added ε to the root. Add it to the variance, under the root."),
        ),
        Slip(
            _normalised(axis=0),
            say("You have normalised each place for itself. A map's places share one mean and one variance."),
        ),
        Slip(
            _normalised(axis=(1, 2)),
            say(
                "You have normalised each picture for itself. The whole batch shares one mean and one "
                "variance."
            ),
        ),
        Slip(
            _normalised(axis=None),
            say("You have thrown all maps together. Each channel has a mean and a variance of its own."),
        ),
    ],
)
