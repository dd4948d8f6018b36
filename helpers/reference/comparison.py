"""Whether one network is better than another: on the same pictures, and over several seeds (section 3-5).

Chance enters twice. The test pictures are a sample: other 10,000 would give another accuracy. And a training
begins with weights drawn by chance: another seed gives another network.
"""

import math
from typing import NamedTuple

import numpy as np

from helpers.reference.arrays import real_array, whole_number

_STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""Student's t that 95 % of all samples stay below in size, for 2, 3, ... 10 values."""


class PairedChanges(NamedTuple):
    """How many pictures two networks recognise; the difference of their accuracies is in the middle two."""

    both: int
    only_a: int
    only_b: int
    neither: int


class OverSeeds(NamedTuple):
    """What several trainings that differ in their seed came to.

    Attributes:
        mean: of their values.
        standard_error: of this mean, by how much chance moves it; nan of a single training.
        half_width: of the 95 % interval around the mean, Student's t times the standard error; nan of one.
    """

    mean: float
    standard_error: float
    half_width: float


def paired_changes(right_a, right_b):
    """Count on which pictures two networks differ.

    Args:
        right_a: (N,) booleans, whether the one recognises each picture.
        right_b: (N,) booleans, likewise the other, on the same pictures in the same order.

    Returns:
        A `PairedChanges`, whose counts add up to N.

    Raises:
        TypeError: one of them holds something else than booleans.
        ValueError: the lengths differ, or there are no pictures.

    Source: section 3-5; Q. McNemar, 1947.

    >>> paired_changes(np.array([True, True, False]), np.array([True, False, False]))
    PairedChanges(both=1, only_a=1, only_b=0, neither=1)
    """
    a, b = _booleans("right_a", right_a), _booleans("right_b", right_b)
    if a.shape != b.shape:
        raise ValueError(
            f"expected both networks on the same pictures, got {len(a)} and {len(b)}; "
            "test them on one set"
        )
    return PairedChanges(
        *(int(np.sum(some)) for some in (a & b, a & ~b, ~a & b, ~(a | b)))
    )


def sign_test(only_a, only_b):
    """Return how probable so unequal a split is, or a less equal one, if a coin decided each picture.

    Only the pictures count that exactly one network recognises. If both are equally good, each of these falls
    to either with probability 1/2. A small result says that they are not, for these two trainings; another
    seed may still turn it round.

    Args:
        only_a: pictures that only the first network recognises.
        only_b: pictures that only the second one recognises.

    Returns:
        The exact two-sided p value, from 0 to 1; 1 where no picture changes.

    Raises:
        TypeError, ValueError: an argument is not a whole number of at least 0.

    Source: Q. McNemar, 1947; the sign test, J. Arbuthnot, 1710.

    >>> sign_test(8, 2)  # 2 · (1 + 10 + 45) / 2¹⁰
    0.109375
    """
    fewer, more = sorted(
        (whole_number("only_a", only_a, 0), whole_number("only_b", only_b, 0))
    )
    changed = fewer + more
    ways = choices = 1  # whole numbers, so that nothing is rounded before the quotient
    for count in range(fewer):
        choices = choices * (changed - count) // (count + 1)
        ways += choices
    return min(1.0, 2 * ways / 2**changed)


def paired_standard_error(changes):
    """Return the error bar of the difference of two accuracies on the same pictures.

    Pictures that both recognise, or neither, add nothing to it: so it is smaller than that of two test sets.

    Args:
        changes: (both, only_a, only_b, neither) counts, as `paired_changes` makes them.

    Returns:
        One standard deviation, as a fraction of the pictures.

    Raises:
        TypeError, ValueError: there are not four whole numbers of at least 0, or all are 0.

    Source: section 3-5; Q. McNemar, 1947.

    >>> round(paired_standard_error((9800, 60, 40, 100)), 6)
    0.001
    """
    names = PairedChanges._fields
    if len(changes) != len(names):
        raise ValueError(
            f"expected four counts, got {len(changes)}; make them with paired_changes"
        )
    both, only_a, only_b, neither = (
        whole_number(*named, 0) for named in zip(names, changes, strict=True)
    )
    pictures = whole_number("pictures", both + only_a + only_b + neither, 1)
    changed, difference = only_a + only_b, only_a - only_b
    return math.sqrt(changed - difference**2 / pictures) / pictures


def over_seeds(values):
    """Return the mean of several trainings' results, and how far to trust it.

    If the values were normally distributed, 95 of 100 such intervals would hold the mean over all seeds. Of
    two seeds the interval is 12.7 standard errors to either side, of three 4.3: it then says little more than
    that few seeds say little, and to look at the values themselves.

    Args:
        values: (N,) results, one for each seed, 1 to 10 of them.

    Returns:
        An `OverSeeds`, in the unit of the values.

    Raises:
        TypeError: they are not numbers.
        ValueError: there are none or more than 10, or one is not finite.

    Source: section 3-5; Student, 1908.

    >>> [round(value, 2) for value in over_seeds([75.0, 75.4])]
    [75.2, 0.2, 2.54]
    """
    values = real_array("values", values).astype(float)
    most = len(_STUDENT) + 1
    if (
        values.ndim != 1
        or not 1 <= len(values) <= most
        or not np.isfinite(values).all()
    ):
        raise ValueError(
            f"expected 1 to {most} finite values (N,), got {values.tolist()}; give one for each seed"
        )
    mean = float(np.mean(values))
    if len(values) == 1:
        return OverSeeds(mean, math.nan, math.nan)
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return OverSeeds(mean, error, _STUDENT[len(values) - 2] * error)


def _booleans(name, value):
    array = real_array(name, value)
    if array.dtype != bool:
        raise TypeError(
            f"expected booleans for {name}, got {array.dtype}; compare predictions with labels"
        )
    if array.ndim != 1 or len(array) == 0:
        raise ValueError(
            f"expected {name} (N,), at least one, got shape {array.shape}; give one for each picture"
        )
    return array
