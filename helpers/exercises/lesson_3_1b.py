"""What the reader writes in lesson 3-1b: a filter that slides, and a filter of his own for falling edges."""

import numpy as np

from helpers import chapter
from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.convolution import cross_correlate2d
from helpers.reference.filters import SOBEL_X, filter_image, mean_filter
from helpers.reference.geometry import windows

_TO_THE_LEFT = np.array([[0, 0, 0], [0, 0, 1], [0, 0, 0]])
_STEPS = np.array([[1, 3, 0, 2, 5], [4, 0, 7, 1, 1], [2, 6, 3, 8, 0], [5, 1, 9, 4, 2]])


def _reference(image, kernel):
    return filter_image(image, kernel)


def _with_zeros(image, kernel):
    return cross_correlate2d(np.pad(image, len(kernel) // 2), kernel)


def _padded_by_one(image, kernel):
    return cross_correlate2d(np.pad(image, 1, mode="edge"), kernel)


def _windows_inside(image, kernel, start):
    """Fill only the places that have a whole window, from a row and column on; the others stay 0."""
    inside = cross_correlate2d(image, kernel)
    result = np.zeros(image.shape)
    result[start : start + inside.shape[0], start : start + inside.shape[1]] = inside
    return result


def _border_kept(image, kernel):
    inside = _windows_inside(image, kernel, len(kernel) // 2)
    within = _windows_inside(np.ones(image.shape), np.ones(kernel.shape), len(kernel) // 2) > 0
    return np.where(within, inside, image)


def _first_row(image, kernel):
    result = np.zeros(image.shape)
    result[0] = filter_image(image, kernel)[0]
    return result


def _last_product(image, kernel):
    side = len(kernel)
    padded = np.pad(image, side // 2, mode="edge")
    return padded[side - 1 :, side - 1 :] * kernel[-1, -1]


def _matrix_products(image, kernel):
    padded = np.pad(image, len(kernel) // 2, mode="edge")
    return (windows(padded, len(kernel)) @ kernel).sum(axis=(2, 3))


FILTER_IMAGE = Task(
    name="my_filter_image",
    reference=_reference,
    cases=[
        (_STEPS[:3, :4], _TO_THE_LEFT),
        (chapter.FIGURE_3_2_INPUT, SOBEL_X),
        (_STEPS, np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16),  # its sums are exact
        (_STEPS, np.arange(25).reshape(5, 5) - 12),
    ],
    slips=[
        Slip(
            cross_correlate2d,
            say("The result is smaller than the picture: repeat the outermost pixels around it first."),
        ),
        Slip(
            _with_zeros,
            say('Around the picture you have zeros. Repeat its outermost pixels instead: `mode="edge"`.'),
        ),
        Slip(
            lambda image, kernel: _windows_inside(image, kernel, len(kernel) // 2),
            say("The border is left at 0. Its pixels have a window, too, once the picture is padded."),
        ),
        Slip(
            _border_kept,
            say("The border is left as it was. Its pixels have a window, too, once the picture is padded."),
        ),
        Slip(
            lambda image, kernel: _windows_inside(image, kernel, 0),
            say("A pixel is in the middle of its window, not in the corner. Pad the picture first."),
        ),
        Slip(
            _first_row, say("Only the first row is filled. Does your `return` stand inside the outer loop?")
        ),
        Slip(
            _last_product, say("Each product replaces the one before it. Add them up: `+=` instead of `=`.")
        ),
        Slip(
            _matrix_products, say("`@` is the product of two matrices. Multiply place by place instead: `*`.")
        ),
        Slip(
            lambda image, kernel: filter_image(image, np.flip(kernel)),
            say("You have turned the filter by half a turn. Lay it on the picture as it stands."),
        ),
        Slip(
            lambda image, kernel: filter_image(image, kernel.T),
            say("Rows and columns of the filter are exchanged."),
        ),
        Slip(
            lambda image, kernel: filter_image(image, kernel) / kernel.size,
            say("You have taken the mean of the products. Add them up: `.sum()`."),
        ),
        Slip(
            _padded_by_one,
            say("A filter of side 5 reaches two pixels beyond the picture: pad by `len(kernel) // 2`."),
        ),
    ],
    long_case=(np.arange(3600.0).reshape(60, 60), mean_filter(3)),
)

_GREY = np.ones((3, 3))
_FALLING = np.triu(_GREY, 1), np.triu(_GREY)  # bright above an edge that falls to the right, at two places
_RISING = tuple(map(np.fliplr, _FALLING))


class _Signs(tuple):
    """What a filter gives on the drawn windows: three lists of signs."""


_RIGHT = _Signs(([0], [0, 0], [1, 1]))


def _answers(kernel):
    """Return the signs of what a filter gives on drawn windows: one grey, rising edges, falling edges.

    Only the first that is wrong is told; what is such a result already stays as it is.
    """
    if isinstance(kernel, _Signs):
        return kernel
    kernel = np.asarray(kernel, float)
    if kernel.shape != (3, 3):
        raise ValueError(f"expected nine weights in three rows, got shape {kernel.shape}")
    grey, rising, falling = (
        [int(np.sign(round((kernel * window).sum(), 9))) for window in windows]
        for windows in ([_GREY], _RISING, _FALLING)
    )
    if any(grey):
        return _Signs(([1], *_RIGHT[1:]))
    if any(rising):
        return _Signs(([0], [1, 1], _RIGHT[2] if any(falling) else [0, 0]))
    return _Signs((grey, rising, falling))


def _slip(kernel, sentence):
    return Slip(lambda: _answers(kernel), sentence)


_LINE = say("This filter looks for a line. Let one side of the edge count plus, and the other minus.")
_MISSES = say(
    "Your filter finds an edge that falls in one place, and misses it one pixel further on. Look at the "
    "weights on the diagonal."
)
EDGE_FILTER = Task(
    name="my_edge_filter",
    reference=lambda: _RIGHT,
    cases=[()],
    slips=[
        _slip(_GREY, say("Your filter also answers to an area of one grey: make its weights add up to 0.")),
        _slip(
            SOBEL_X,
            say(
                "Your filter also answers to edges that rise. Lay it on one: the weights on its bright side "
                "should add up to 0, wherever the edge lies."
            ),
        ),
        _slip(
            np.fliplr(np.triu(_GREY, 1) - np.tril(_GREY, -1)),
            say("Your filter is made for edges that rise: turn it by a quarter of a turn."),
        ),
        _slip(
            np.tril(_GREY, -1) - np.triu(_GREY, 1),
            say("The signs are the wrong way round: bright above the edge should give a number above 0."),
        ),
        _slip(3 * np.eye(3) - _GREY, _LINE),
        _slip(_GREY - 3 * np.eye(3), _LINE),
        _slip(np.array([[0, 0, 1], [0, -1, 0], [0, 0, 0]]), _MISSES),
        _slip(np.array([[0, 0, 0], [0, 1, 0], [-1, 0, 0]]), _MISSES),
        _slip(0 * _GREY, say("Your filter does not answer to edges that fall at all.")),
    ],
    results=(say("(on one grey)"), say("(on edges that rise)"), say("(on edges that fall)")),
    read=_answers,
)
