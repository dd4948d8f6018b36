"""What the reader writes in lesson 3-1d: max pooling, forward and backward."""

import numpy as np

from helpers import chapter
from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.geometry import output_size, windows
from helpers.reference.gradient_check import numerical_gradient
from helpers.reference.pooling import average_pool2d, average_pool2d_backward, max_pool2d, max_pool2d_backward

_MAP = np.array(
    [
        [4, 8, 1, 6, 0, 3, 9],
        [7, 2, 9, 3, 5, 1, 2],
        [0, 5, 6, 12, 8, 4, 7],
        [11, 3, 10, 2, 1, 13, 0],
        [6, 1, 4, 8, 9, 2, 5],
    ]
)


def _max_pool2d(x, side, stride):
    return max_pool2d(x, side, stride)


def _blocks_of(x, side, rows, columns):
    """Keep the largest number of the blocks that begin there; the map may cut the last ones off."""
    return np.array([[x[i : i + side, j : j + side].max() for j in columns] for i in rows])


def _side_over_stride(x, side, stride):
    """Take as many blocks as the stride fits into the map."""
    return _blocks_of(x, side, *(range(0, length, stride) for length in x.shape))


def _rounded_up(x, side, stride):
    """Round the number of moves up."""
    return _blocks_of(x, side, *(range(0, length - side + stride, stride) for length in x.shape))


def _side_for_stride(x, side, stride):
    """Count the blocks with the stride, and let them touch."""
    counts = (output_size(length, side, 0, stride) for length in x.shape)
    return _blocks_of(x, side, *(range(0, side * count, side) for count in counts))


def _stride_for_side(x, side, stride):
    """Let a block reach as far as the stride."""
    counts = (output_size(length, side, 0, stride) for length in x.shape)
    return _blocks_of(x, stride, *(range(0, stride * count, stride) for count in counts))


def _next_to_each_other(x, side, stride):
    """Count the blocks with the stride, and move them by one pixel."""
    height, width = (output_size(length, side, 0, stride) for length in x.shape)
    return max_pool2d(x, side, 1)[:height, :width]


def _as_wide_as_high(x, side, stride):
    pooled = max_pool2d(x, side, stride)
    return pooled[:, : len(pooled)]


_TOUCHING = say("Your blocks touch, whatever the stride is: begin block `i` at row `i * stride`.")
_BEYOND = say("Some of your blocks reach beyond the map. Count the places by equation 3.1, rounded down.")

MAX_POOL2D = Task(
    name="my_max_pool2d",
    reference=_max_pool2d,
    cases=[
        (_MAP[1:, :4], 2, 2),
        (chapter.FIGURE_3_4_INPUT - 4, 2, 2),
        (_MAP[:4, :4], 3, 1),
        (_MAP[:, :5], 2, 2),
        (_MAP, 3, 2),
        (_MAP / 8 - 1, 2, 3),
    ],
    slips=[
        Slip(
            lambda x, side, stride: average_pool2d(x, side, stride),
            say("That is the mean of each block. Max pooling keeps the largest number."),
        ),
        Slip(
            lambda x, side, stride: np.min(windows(x, side, stride), axis=(2, 3)),
            say("That is the smallest number of each block: turn the comparison round."),
        ),
        Slip(
            lambda x, side, stride: np.maximum(max_pool2d(x, side, stride), 0),
            say("Your largest number begins at 0, so no negative one can win. Begin with one of the block."),
        ),
        Slip(
            lambda x, side, stride: np.maximum.accumulate(max_pool2d(x, side, stride).ravel()).reshape(
                max_pool2d(x, side, stride).shape
            ),
            say(
                "The largest number is carried on from block to block. In each block the search begins anew."
            ),
        ),
        Slip(
            lambda x, side, stride: windows(x, side, stride)[:, :, -1, -1],
            say("Only the last number of each block is left. Keep the largest one so far."),
        ),
        Slip(
            lambda x, side, stride: max_pool2d(x, side, stride).T,
            say("Rows and columns of the output are swapped: `i` goes down, `j` goes to the right."),
        ),
        Slip(
            lambda x, side, stride: max_pool2d(x, side, stride)[:-1, :-1],
            say("The last blocks are missing: equation 3.1 counts the starting place, too."),
        ),
        Slip(
            _next_to_each_other,
            say("The size is right, but the blocks move by one pixel only: begin at row `i * stride`."),
        ),
        Slip(lambda x, side, stride: max_pool2d(x, side, side), _TOUCHING),
        Slip(_side_for_stride, _TOUCHING),
        Slip(
            _stride_for_side,
            say("The stride tells where a block begins. From there it reaches over `side` numbers."),
        ),
        Slip(_side_over_stride, _BEYOND),
        Slip(_rounded_up, _BEYOND),
        Slip(
            _as_wide_as_high,
            say("You have taken the height for both directions: the width has an output size of its own."),
        ),
    ],
    long_case=(np.arange(10_000.0).reshape(100, 100) % 17, 2, 2),
)


def _max_pool2d_backward(upstream, x, side, stride):
    return max_pool2d_backward(upstream, x, side, stride)


def _measured(upstream, x, side, stride):
    """Measure the slopes; where pixels tie, the first of them is raised a little above the others."""
    untied = x - 1e-3 * np.arange(x.size).reshape(x.shape)
    return numerical_gradient(lambda x: np.sum(upstream * max_pool2d(x, side, stride)), untied)


def _backward_by(send, offset=True, move=True):
    """Return a backward pass that hands each gradient on in a way of its own.

    Args:
        send: changes the part of the gradient that belongs to a block, from block and upstream number.
        offset: whether the part lies where the block does.
        move: whether blocks move by the stride.
    """

    def backward(upstream, x, side, stride):
        gradient = np.zeros(x.shape)
        step = stride if move else 1
        for i, j in np.ndindex(upstream.shape):
            block = x[i * step : i * step + side, j * step : j * step + side]
            top, left = (i * step, j * step) if offset else (0, 0)
            send(gradient[top : top + side, left : left + side], block, upstream[i, j])
        return gradient

    return backward


def _first(block):
    return np.unravel_index(block.argmax(), block.shape)


def _to_first(part, block, number):
    part[_first(block)] += number


def _to_last(part, block, number):
    row, column = _first(np.flip(block))
    part[len(block) - 1 - row, block.shape[1] - 1 - column] += number


def _to_first_by_columns(part, block, number):
    _to_first(part.T, block.T, number)


def _to_every_pixel(part, block, number):
    part += number


def _to_all(part, block, number):
    part[block == block.max()] += number


def _to_swapped(part, block, number):
    row, column = _first(block)
    part[column, row] += number


def _shared(part, block, number):
    part[block == block.max()] += number / np.sum(block == block.max())


def _overwritten(part, block, number):
    part[_first(block)] = number


def _times_pixel(part, block, number):
    part[_first(block)] += number * block.max()


_UPSTREAM = np.array([[1.0, 2.0], [3.0, -4.0]])
_TIED = np.array([[1, 5, 2, 2], [5, 0, 2, 2], [6, 1, 0, 7], [6, 6, 7, 3]])

MAX_POOL2D_BACKWARD = Task(
    name="my_max_pool2d_backward",
    reference=_max_pool2d_backward,
    cases=[
        (_UPSTREAM, _MAP[:4, :4], 2, 2),
        (_UPSTREAM, chapter.FIGURE_3_4_INPUT, 2, 2),
        (_UPSTREAM, _TIED, 2, 2),
        (_UPSTREAM, _MAP[1:4, 1:4], 2, 1),
        (np.array([[0.5, -1.0, 2.0], [1.5, 3.0, -0.25]]), _MAP // 3, 3, 2),
    ],
    slips=[
        Slip(
            lambda upstream, x, side, stride: average_pool2d_backward(upstream, x, side, stride),
            say("You have shared each gradient among the whole block, as average pooling does."),
        ),
        Slip(
            _backward_by(_to_every_pixel),
            say("The whole block gets the gradient here. Only its winner should."),
        ),
        Slip(
            _backward_by(_to_first, offset=False),
            say("`argmax` counts from the corner of the block: add the block's own row and column."),
        ),
        Slip(
            _backward_by(_to_first, move=False),
            say("Your blocks move by one pixel only: block `i` begins at row `i * stride`."),
        ),
        Slip(
            _backward_by(_to_swapped),
            say("Row and column of the winner are swapped: `divmod` names the row first."),
        ),
        Slip(
            _backward_by(_times_pixel),
            say("The slope of a maximum is 1 at its winner: the pixel's own value is no factor."),
        ),
        Slip(
            _backward_by(_to_all),
            say("Where pixels tie, you have sent the full gradient to all. Only the first of them gets it."),
        ),
        Slip(
            _backward_by(_to_last),
            say("Where pixels tie, yours goes to the last of them. Row by row, the first one gets it."),
        ),
        Slip(
            _backward_by(_to_first_by_columns),
            say("Where pixels tie, yours goes down the columns. Row by row, the upper one comes first."),
        ),
        Slip(
            _backward_by(_shared),
            say("Where pixels tie, you have shared the gradient. Here the first of them gets all of it."),
        ),
        Slip(
            _backward_by(_overwritten),
            say("Where a pixel wins several blocks, a later one overwrites the sum: collect with `+=`."),
        ),
    ],
    measured=_measured,
    long_case=(np.ones((50, 50)), np.arange(10_000.0).reshape(100, 100) % 17, 2, 2),
)
