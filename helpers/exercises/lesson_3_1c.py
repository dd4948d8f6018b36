"""What the reader writes in lesson 3-1c: the output size of equation 3.1."""

import math

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.geometry import output_size


def _reference(side, window, padding, stride):
    return output_size(side, window, padding, stride)


OUTPUT_SIZE = Task(
    name="my_output_size",
    reference=_reference,
    cases=[(4, 2, 0, 1), (4, 2, 1, 1), (9, 3, 0, 2), (28, 5, 2, 1), (8, 3, 0, 2), (4, 2, 1, 3)],
    slips=[
        Slip(
            lambda side, f, p, s: (side - f + 2 * p) // s, say("You have left out the starting place: add 1.")
        ),
        Slip(
            lambda side, f, p, s: (side - f + p) // s + 1,
            say("The padding stands at both ends: it adds $2p$."),
        ),
        Slip(
            lambda side, f, p, s: side - f + 2 * p + 1, say("The stride is missing: divide the room by $s$.")
        ),
        Slip(
            lambda side, f, p, s: math.ceil((side - f + 2 * p) / s) + 1,
            say("You have rounded up: the last window would stand beyond the edge. Round down."),
        ),
        Slip(
            lambda side, f, p, s: (side - f + 2 * p) / s + 1,
            say("Where the stride leaves a remainder, a place cannot be a fraction: round down."),
        ),
        Slip(
            lambda side, f, p, s: (side - f + 2 * p + 1) // s,
            say("Add 1 after dividing by the stride: it stands for the starting place, not for a pixel."),
        ),
    ],
)
