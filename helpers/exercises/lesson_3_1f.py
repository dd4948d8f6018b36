"""What the reader writes in lesson 3-1f: a softmax that does not overflow (equation 3.19)."""

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.activations import softmax


def _quiet(function):
    """Let a slip overflow without a warning."""

    def called(scores):
        with np.errstate(all="ignore"):
            return function(scores)

    return called


def _shares(powers):
    return powers / powers.sum(axis=-1, keepdims=True)


def _sum_without_keepdims(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1)


def _sum_of_the_columns(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=0)


def _one_sum_for_all(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum()


SOFTMAX = Task(
    name="my_softmax",
    reference=softmax,
    cases=[
        (np.array([0.0, 0.0, 1.0]),),
        (np.array([1.9, 1.6, 0.15]),),
        (np.array([-2.0, -3.0, -2.5]),),
        (np.array([1000.0, 999.0, 0.0]),),
        (np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [2.0, -1.0, 0.0]]),),
        (np.array([[1000.0, 999.0], [-1000.0, -1001.0]]),),
    ],
    slips=[
        Slip(
            _quiet(_shares),
            say("These are shares of the scores themselves. Take $e$ to the power of each first."),
        ),
        Slip(_quiet(np.exp), say("These are the powers. Divide each by the sum of all of them.")),
        Slip(
            lambda scores: np.exp(scores - scores.max()),
            say("The largest is 1 now, but the numbers do not add up to 1: divide by their sum."),
        ),
        Slip(
            _quiet(lambda scores: np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)),
            say("$e$ to the power of 1000 is too large. Subtract the largest score from all of them first."),
        ),
        Slip(
            _one_sum_for_all,
            say(
                "All pictures share one sum. Each row has a sum of its own: `axis=-1`, with `keepdims=True`."
            ),
        ),
        Slip(_sum_of_the_columns, say("You have added up the columns. The classes lie along the last axis.")),
        Slip(
            _sum_without_keepdims,
            say(
                "The sum of row 1 has divided column 1, and so on. With `keepdims=True` the sums stay in a "
                "column, each beside its own row."
            ),
        ),
        Slip(
            _quiet(lambda scores: _shares(np.exp(scores - scores.max()))),
            say("You subtract the largest score of *all* pictures. Each row needs its own largest one."),
        ),
    ],
)
