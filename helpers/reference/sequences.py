"""Kinds of sequence learning (Figure 4-3): at which steps a network reads, and at which it writes.

A. Karpathy, The Unreasonable Effectiveness of Recurrent Neural Networks (2015).
"""

from typing import NamedTuple

from helpers.reference.arrays import whole_number


class Steps(NamedTuple):
    """When a network works on a sequence, step by step, from 0.

    Attributes:
        total: how many steps there are.
        reads: those at which it gets an input.
        writes: those at which it gives an output.
    """

    total: int
    reads: tuple
    writes: tuple


def sequence_kinds(length=3):
    """List the five kinds of Figure 4-3 for sequences of one length.

    Args:
        length: inputs or outputs of a sequence.

    Returns:
        name -> `Steps`; "many to many" first reads all and then begins to write, "in step" does both at once.

    Raises:
        TypeError, ValueError: the length is no whole number of at least 1.

    Source: Figure 4-3; Karpathy (2015).

    >>> sequence_kinds()["many to many"]
    Steps(total=5, reads=(0, 1, 2), writes=(2, 3, 4))
    """
    length = whole_number("length", length, 1)
    every, last = tuple(range(length)), length - 1
    after = tuple(range(last, last + length))
    return {
        "one to one": Steps(1, (0,), (0,)),
        "one to many": Steps(length, (0,), every),
        "many to one": Steps(length, every, (last,)),
        "many to many": Steps(2 * length - 1, every, after),
        "in step": Steps(length, every, every),
    }
