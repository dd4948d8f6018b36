"""What the reader writes in lesson 3-5c: bring the ink of a drawing to the middle, as MNIST does."""

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say


def _centre(ink):
    """Return the centre of mass (row, column), counted from 0."""
    ink = np.asarray(ink, float)
    return np.average(np.argwhere(ink > 0), axis=0, weights=ink[ink > 0])


def _moved(ink, centre, *, middle=None, rounded=np.rint):
    """Move a picture so that this place (row, column) comes to the middle.

    What leaves it comes in at the other side, as with `np.roll` and with negative indices.
    """
    steps = rounded((len(ink) // 2 if middle is None else middle) - centre)
    return np.roll(np.asarray(ink, float), steps.astype(int), axis=(0, 1))


def _steps(ink):
    return np.rint(len(ink) // 2 - _centre(ink)).astype(int)


def _reference(ink):
    return _moved(ink, _centre(ink))


def _box(ink):
    inked = np.argwhere(ink > 0)
    return (inked.min(axis=0) + inked.max(axis=0)) / 2


def _one_direction(ink, which):
    row, column = _centre(ink)
    middle = len(ink) // 2
    return _moved(ink, np.array([(row, middle), (middle, column)][which]))


def _rolled_flat(ink):
    return np.roll(ink, _steps(ink))


def _misses_the_last(ink):
    seen = ink.copy()
    seen[-1] = seen[:, -1] = 0
    return _moved(seen, _centre(ink))


def _drawing(side, **places):
    """Return a square picture with ink at places such as r1c2=3."""
    ink = np.zeros((side, side))
    for place, amount in places.items():
        row, column = place[1:].split("c")
        ink[int(row), int(column)] = amount
    return ink


_ONE_LINE = say("Without `axis=(0, 1)` `np.roll` lays all rows out in one line and moves along that.")
_ALL_THE_INK = say("Divide the sums by all the ink, and not by the number of pixels.")

CENTRED = Task(
    name="my_centred",
    reference=_reference,
    cases=[
        (_drawing(9, r2c3=1),),
        (_drawing(6, r4c1=1),),
        (_drawing(5, r2c4=1, r4c4=1),),
        (_drawing(7, r0c0=1, r1c0=1, r2c0=1, r3c0=1, r4c0=1, r4c1=1, r4c2=1, r4c3=1),),
        (_drawing(7, r1c2=1, r1c3=1, r5c1=3, r5c2=3),),
        (_drawing(8, r2c2=1, r2c3=0.5, r3c2=0.5),),
    ],
    slips=[
        Slip(
            lambda ink: _moved(ink, 2 * (len(ink) // 2) - _centre(ink)),
            say("You have moved the ink the other way. The step is the middle minus the centre of mass."),
        ),
        Slip(lambda ink: _moved(ink, _centre(ink)[::-1]), say("You have swapped rows and columns.")),
        Slip(lambda ink: ink, say("The ink is still where it was.")),
        Slip(
            lambda ink: _moved(ink, _centre(ink) + 1),
            say("Your places are counted from 1. Count rows and columns from 0."),
        ),
        Slip(
            lambda ink: _one_direction(ink, 0),
            say("Up and down it is right. Move the ink to the left or right, too."),
        ),
        Slip(
            lambda ink: _one_direction(ink, 1),
            say("To the left and right it is right. Move the ink up or down, too."),
        ),
        Slip(
            lambda ink: _moved(ink, _centre(ink), middle=(len(ink) - 1) / 2),
            say("The middle is the pixel `n // 2`, counted from 0, for an even number of pixels, too."),
        ),
        Slip(
            lambda ink: _moved(ink, _centre(ink), middle=len(ink) / 2),
            say("With an odd number of pixels `n / 2` lies between two of them. The middle is `n // 2`."),
        ),
        Slip(lambda ink: _moved(ink, _centre(ink) * ink.sum() / ink.size), _ALL_THE_INK),
        Slip(lambda ink: _moved(ink, _centre(ink) * ink.sum() / np.count_nonzero(ink)), _ALL_THE_INK),
        Slip(_rolled_flat, _ONE_LINE),
        Slip(lambda ink: np.roll(ink, _steps(ink)[0]), _ONE_LINE),
        Slip(
            lambda ink: np.sign(_reference(ink)), say("Every pixel is 1 now. Take its amount of ink along.")
        ),
        Slip(
            _misses_the_last,
            say("Your loops leave out the last row and the last column: `range(n)` ends with n − 1."),
        ),
        Slip(
            lambda ink: _moved(ink, np.trunc(_centre(ink))),
            say("The centre of mass lies between the pixels: keep its decimals, and round the step."),
        ),
        Slip(
            lambda ink: _moved(ink, _box(ink)),
            say("You have centred the box around the ink. Its centre of mass lies where more of the ink is."),
        ),
        Slip(
            lambda ink: _moved(ink, np.argwhere(ink > 0).mean(axis=0)),
            say("Weigh each pixel by its ink: a dark one counts more than a light one."),
        ),
        Slip(
            lambda ink: _moved(ink, _centre(ink), rounded=np.trunc),
            say("Round the step to the nearest whole number. Do not cut off what follows the point."),
        ),
    ],
)
