"""What the reader writes in lesson 3-1c: the output size of equation 3.1, and a filter that moves."""

import math

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.conv2d import conv2d
from helpers.reference.convolution import cross_correlate2d
from helpers.reference.geometry import output_size, windows


def _output_size(side, window, padding, stride):
    return output_size(side, window, padding, stride)


OUTPUT_SIZE = Task(
    name="my_output_size",
    reference=_output_size,
    cases=[
        (4, 2, 0, 1),
        (4, 2, 1, 1),
        (9, 3, 0, 2),
        (28, 5, 2, 1),
        (8, 3, 0, 2),
        (4, 2, 1, 3),
        (10, 3, 0, 4),
    ],
    slips=[
        Slip(
            lambda side, f, p, s: (side - f + 2 * p) // s, say("You have left out the starting place: add 1.")
        ),
        Slip(
            lambda side, f, p, s: (side - f + p) // s + 1,
            say("The padding stands at both ends: it adds $2p$."),
        ),
        Slip(
            lambda side, f, p, s: side - f + 2 * p + 1,
            say("The stride does not count yet: divide by it, and put all of the room in brackets."),
        ),
        Slip(
            lambda side, f, p, s: (side - f) // s + 1,
            say("The padding is missing: it adds $2p$ pixels of room."),
        ),
        Slip(
            lambda side, f, p, s: (side - f + 2 * p) // (s + 1),
            say("Divide by the stride alone. The starting place is added afterwards."),
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
        Slip(
            lambda side, f, p, s: round((side - f + 2 * p) / s) + 1,
            say("`round` goes to the nearest number, and so up at times. A move that does not fit is none."),
        ),
    ],
)


def _conv2d(image, kernel, stride):
    """Take the fast version: the time of the reader's loops is compared with it."""
    images, kernels = image[np.newaxis, :, :, np.newaxis], kernel[:, :, np.newaxis, np.newaxis]
    return conv2d(images, kernels, stride=stride)[0, :, :, 0]


def _sides(image, kernel, stride):
    return tuple(output_size(*sides, stride=stride) for sides in zip(image.shape, kernel.shape, strict=True))


def _apart(image, kernel, stride):
    """Let the stride set the pixels under the filter apart, too."""
    output = np.zeros(_sides(image, kernel, stride))
    for i, j in np.ndindex(output.shape):
        for u, v in np.ndindex(kernel.shape):
            output[i, j] += image[stride * (i + u), stride * (j + v)] * kernel[u, v]
    return output


def _as_wide_as_high(image, kernel, stride):
    """Take the number of places from the height alone."""
    output = cross_correlate2d(image, kernel, stride=stride)
    return output[:, : len(output)]


def _next_to_each_other(image, kernel, stride):
    """Count the places with the stride, and move the windows by one pixel."""
    height, width = _sides(image, kernel, stride)
    return cross_correlate2d(image, kernel)[:height, :width]


def _running_sum(image, kernel, stride):
    """Carry the sum on from place to place."""
    output = cross_correlate2d(image, kernel, stride=stride)
    return np.cumsum(output).reshape(output.shape)


def _first_row(image, kernel, stride):
    """Return before the second row."""
    output = cross_correlate2d(image, kernel, stride=stride)
    output[1:] = 0
    return output


def _matrix_products(image, kernel, stride):
    """Multiply window and filter as matrices."""
    return (windows(image, kernel.shape, stride) @ kernel).sum(axis=(2, 3))


def _down_alone(image, kernel, stride):
    """Let the windows move by the stride from row to row, and by one pixel to the right."""
    _, width = _sides(image, kernel, stride)
    return cross_correlate2d(image, kernel, stride=(stride, 1))[:, :width]


_FILTER = np.array([[1, 2], [0, -1]])
_IMAGE = np.array([[2, 3, 3, 2, 1], [1, 1, 3, 2, 0], [1, 3, 3, 0, 2], [1, 3, 3, 3, 1], [0, 2, 1, 1, 3]])

CONV2D = Task(
    name="my_conv2d",
    reference=_conv2d,
    cases=[
        (_IMAGE[:2, :2], _FILTER, 1),
        (_IMAGE[:3, :3], _FILTER, 1),
        (_IMAGE, _FILTER, 2),
        (_IMAGE[:3], _FILTER, 1),
        (_IMAGE[:4], np.array([[1, 0, -1], [2, 1, -2]]), 1),
        (_IMAGE / 4, np.array([[0.5, 1.0], [-1.0, 0.25], [0.0, 2.0]]), 2),
    ],
    slips=[
        Slip(
            lambda image, kernel, stride: cross_correlate2d(image, np.flip(kernel), stride=stride),
            say("You have turned the filter by half a turn. Here it lies on the picture as it stands."),
        ),
        Slip(
            lambda image, kernel, stride: cross_correlate2d(image, kernel.T, stride=stride),
            say("Rows and columns of the filter are swapped: `u` goes down, `v` goes to the right."),
        ),
        Slip(
            lambda image, kernel, stride: (
                image[kernel.shape[0] - 1 :: stride, kernel.shape[1] - 1 :: stride] * kernel[-1, -1]
            ),
            say("Only the last product is left of each sum. Collect them with `+=`."),
        ),
        Slip(
            _matrix_products,
            say("Here each pixel meets the one weight that lies on it; `@` multiplies rows by columns."),
        ),
        Slip(_running_sum, say("The sum runs on from place to place. At each place it has to begin with 0.")),
        Slip(_first_row, say("Only the first row is filled. Does `return` stand inside the loop?")),
        Slip(
            lambda image, kernel, stride: cross_correlate2d(image, kernel, stride=stride).T,
            say("Rows and columns of the output are swapped: `i` goes down, `j` goes to the right."),
        ),
        Slip(
            lambda image, kernel, stride: cross_correlate2d(image, kernel, stride=stride)[:-1, :-1],
            say("The last row and the last column are missing: equation 3.1 counts the starting place, too."),
        ),
        Slip(
            lambda image, kernel, stride: cross_correlate2d(image, kernel),
            say("The stride is missing: divide the room by it, and begin window `i` at row `i * stride`."),
        ),
        Slip(
            _next_to_each_other,
            say("The size is right, but the windows still move by one pixel: begin at row `i * stride`."),
        ),
        Slip(
            _down_alone,
            say("The windows move by the stride downwards only: begin at column `j * stride`, too."),
        ),
        Slip(_apart, say("The stride moves the window. Within the window the pixels stay neighbours.")),
        Slip(
            _as_wide_as_high,
            say("You have taken the height for both directions: the width has an output size of its own."),
        ),
    ],
    long_case=(np.arange(3600.0).reshape(60, 60) % 7, np.arange(25.0).reshape(5, 5) % 4, 1),
)
