"""Questions of lesson 3-1d: pooling."""

from functools import cache, partial
from math import prod

import numpy as np

from helpers import chapter
from helpers.datasets import load_mnist
from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Choice, Number, Numbers, named, true_or_slip
from helpers.reference.conv2d import conv2d
from helpers.reference.counting import dense_parameters
from helpers.reference.filters import SOBEL_X
from helpers.reference.geometry import windows
from helpers.reference.gradient_check import numerical_gradient
from helpers.reference.pooling import average_pool2d, average_pool2d_backward, max_pool2d, max_pool2d_backward
from helpers.reference.receptive_field import receptive_field
from helpers.reference.robustness import add_noise, relative_change, shift
from helpers.wording import listed, number, percent

_UPSTREAM = np.array([[1, 2], [3, 4]])


def _maxima(x, side, stride, text, answer, mistake):
    """Ask for max pooling by hand; the mistake is the one that belongs to these blocks."""
    blocks = windows(x, side, stride)
    return Array(
        text=text,
        given={say("feature map"): x},
        answer=answer,
        mistakes=[
            mistake,
            (average_pool2d(x, side, stride), say("These are the means. Keep the largest number itself.")),
            (blocks.min(axis=(2, 3)), say("These are the smallest numbers of the blocks.")),
            (None if (answer == answer.T).all() else answer.T, say("Rows and columns are swapped.")),
        ],
        hints=[
            say("The first block holds {count} numbers. Which one is the largest?", count=side**2),
            say("The next block begins {stride} further to the right.", stride=stride),
        ],
        explanation=say(
            "The first block holds {numbers}; the largest is **{largest}**. The others go the same way.",
            numbers=listed(map(number, blocks[0, 0].ravel())),
            largest=number(answer[0, 0]),
        ),
    )


def _map(rng):
    return (whole_numbers(rng, (4, 4), 0, 9),)


@question(chapter.FIGURE_3_4_INPUT, draw=_map)
def max_by_hand(x):
    """Max pooling in blocks that touch."""
    text = say("Keep the largest number of each block of 2 × 2. The blocks touch and do not overlap.")
    added = windows(x, 2, 2).sum(axis=(2, 3)), say("You have added up. Keep one number of each block.")
    return _maxima(x, 2, 2, text, answer=max_pool2d(x, 2), mistake=added)


@question(chapter.FIGURE_3_4_INPUT, draw=_map)
def overlapping_blocks(x):
    """Max pooling in blocks that overlap."""
    text = say("Now the blocks are 3 × 3, and the stride is 1. Which numbers does max pooling keep?")
    small = max_pool2d(x, 2), say("These blocks have the side 2. Here they have the side 3, and overlap.")
    return _maxima(x, 3, 1, text, answer=max_pool2d(x, 3, 1), mistake=small)


@question(-5, draw=lambda rng: (rng.randint(-9, -1),))
def padding_never_wins(value):
    """What pooling makes of added cells."""
    answer = partial(named, (say("maximum"), say("average")))
    pixels = np.full((3, 3), value)
    maximum, average = (pool(pixels, 2, padding=1)[0, 0] for pool in (max_pool2d, average_pool2d))
    return Numbers(
        text=say(
            "Every pixel of a picture is {value}. It is pooled in blocks of 2 × 2 with padding 1, so that "
            "the block in the corner holds one pixel and three added cells. What is its maximum, and what "
            "its average?",
            value=number(value),
        ),
        answer=answer(maximum, average),
        mistakes=[
            (answer(0, value / 4), say("That is how zeros would count. Pooling does not pad with zeros.")),
            (answer(0, None), say("A zero would win here, but added cells never win: they hold no number.")),
            (answer(None, value / 4), say("The average is over the pixels alone. This block holds one.")),
        ],
        hints=[say("Does an added cell hold a number that could win, or count?")],
        explanation=say(
            "The added cells hold no number: they never win and never count. One pixel is left, and both "
            "are **{value}**. In a convolution it is different, there the padding holds zeros.",
            value=number(value),
        ),
    )


@cache
def _changes(count, disturb):
    """Measure by how much digits, their edges and the pooled edges change."""
    digits = load_mnist().x_test[:count] / 255
    kernel = SOBEL_X[:, :, np.newaxis, np.newaxis]
    pictures = digits, disturb(digits)
    edges = [np.maximum(conv2d(x, kernel, padding="same"), 0) for x in pictures]
    return [relative_change(*pair) for pair in (pictures, edges, [max_pool2d(x) for x in edges])]


def _moved(digits):
    return shift(digits, right=1)


def _noisy(digits):
    return add_noise(digits, 0.2, np.random.default_rng(3))


@question()
def least_changed():
    """What changes least where a picture is shifted."""
    changes = _changes(500, _moved)
    return Choice(
        text=say(
            "A digit moves by one pixel to the right. Which changes least, measured by the relative change?"
        ),
        options=[say("the picture"), say("its edges"), say("the pooled edges")],
        answer=int(np.argmin(changes)),
        mistakes=[
            (1, say("Edges are thin lines: after one pixel, few of them lie where they lay before.")),
            (2, say("They change less than the edges do. But compare them with the picture.")),
        ],
        explanation=say(
            "Over 500 digits the picture changes by {picture}, its edges by {edges}, the pooled edges by "
            "{pooled}. Pooling takes back part of what the filter has made worse.",
            **dict(zip(("picture", "edges", "pooled"), map(percent, changes), strict=True)),
        ),
    )


@question()
def shift_and_noise():
    """What the table says about the printed claim."""
    moved, noisy = (_changes(500, disturb) for disturb in (_moved, _noisy))
    hides, suppresses = moved[2] < 0.05, noisy[2] < noisy[1]
    rows = say("Look at the rows with a shift: is “max” 0 there, or near it?")
    noise = say("Look at the rows with noise: is “max” smaller there than “maps”?")
    return Choice(
        text=say(
            "The chapter says: a small deviation of the input does not affect the result of pooling, max "
            "pooling above all, and it suppresses noise. Which sentence does your table support?"
        ),
        options=[
            say("Max pooling hides a small shift, and it suppresses noise."),
            say("Max pooling hides a small shift, but it does not suppress noise."),
            say("Max pooling softens a small shift, and it suppresses noise."),
            say("Max pooling softens a small shift, and it does not suppress noise."),
        ],
        answer=2 * (not hides) + (not suppresses),
        mistakes=[(0, rows), (1, rows), (2, noise)],
        explanation=say(
            "With Sobel x a shift counts for {maps} in the maps and still for {max} after max pooling. "
            "Noise counts for {noise} in the maps and for {noise_max} after it: no less.",
            maps=percent(moved[1]),
            max=percent(moved[2]),
            noise=percent(noisy[1]),
            noise_max=percent(noisy[2]),
        ),
    )


@question(1, 3, draw=lambda rng: (rng.randint(1, 4), rng.randint(4, 6)))
def same_maximum(largest, top):
    """How many blocks have the same maximum."""
    blocks = np.stack(np.meshgrid(*[np.arange(top + 1)] * 4), axis=-1)
    count = int((blocks.max(axis=-1) == largest).sum())
    numbers = {"largest": largest, "top": top, "more": largest + 1, "count": count}
    return Number(
        text=say(
            "A block of 2 × 2 holds four whole numbers from 0 to {top}. How many such blocks have the "
            "maximum {largest}?",
            **numbers,
        ),
        answer=count,
        mistakes=[
            ((largest + 1) ** 4, say("Some of these do not hold {largest} at all.", **numbers)),
            (
                4,
                say(
                    "The other numbers may be anything up to {largest}, and it matters where each stands.",
                    **numbers,
                ),
            ),
            (
                4 * largest**3 if largest > 1 else None,
                say("The {largest} may stand in more than one place of a block.", **numbers),
            ),
            (4 * (largest + 1) ** 3, say("Some blocks are counted more than once here.")),
        ],
        hints=[
            say("In how many blocks is no number above {largest}?", **numbers),
            say("Take away those in which {largest} does not occur.", **numbers),
        ],
        explanation=say(
            "In ${more}^4$ blocks no number is above {largest}. In ${largest}^4$ of them all are below it. "
            "So ${more}^4 - {largest}^4$ = **{count}** are left.",
            **numbers,
        ),
    )


@question()
def information_kept():
    """Whether pooling keeps the information."""
    return true_or_slip(
        text=say(
            "The chapter says that a convolutional network gets by with fewer parameters without loss of "
            "information, and that pooling sums up each region so that the information is not lost. Judge "
            "the part about pooling."
        ),
        slip=prod((int(m) + 1) ** 4 - int(m) ** 4 for m in chapter.FIGURE_3_4_OUTPUT.ravel()) > 1,
        mistaken=say("Then one could tell the input from the output. Which of all those inputs was it?"),
        explanation=say(
            "Many inputs share one output, so from the output nobody can tell which of them was there. "
            "Losing the position inside a block is what pooling is for."
        ),
    )


def _network(rng):
    return rng.choice([3, 5, 7]), rng.randint(2, 3), rng.choice([3, 5, 7]), 2


@question(5, 2, 5, 2, draw=_network)
def field_side(first, block, second, last):
    """The receptive field after two convolutions and two poolings."""
    answer = partial(named, (say("side r"), say("jump j")))
    layers = [(first, 1), (block, block), (second, 1), (last, last)]
    fields = [receptive_field(layers[:depth]) for depth in range(1, 5)]
    (before, jump_before), (side, jump) = fields[2:]
    added = first + block + second + last - 3
    return Numbers(
        text=say(
            "A {first} × {first} convolution, {block} × {block} pooling, a {second} × {second} convolution, "
            "{last} × {last} pooling. The convolutions have stride 1, the poolings the stride of their "
            "side. What are the side $r$ of the receptive field and the jump $j$ after the last of them?",
            **dict(first=first, block=block, second=second, last=last),
        ),
        answer=answer(side, jump),
        mistakes=[
            (answer(before, None), say("That is before the last pooling. Its block takes in neighbours.")),
            (
                answer(before + (last - 1) * jump, None),
                say("Add $f - 1$ times the jump, and take the jump as it was before this layer."),
            ),
            (answer(added, None), say("After a pooling, neighbours lie further apart: use the jump.")),
            (answer(None, last), say("The jumps of both poolings multiply.")),
            (answer(None, block + last) if block != last else None, say("Jumps multiply, they do not add.")),
        ],
        hints=[
            say("Go layer by layer, as in the table: first $r$, then $j$."),
            say("After the second convolution $r = {before}$.", before=before),
        ],
        explanation=say(
            "The fields are {fields}. The last pooling adds $({last} - 1) \\cdot {jump}$: $r$ = **{side}**. "
            "The jump is ${block} \\cdot {last}$ = **{both}**.",
            fields=listed(str(field) for field, _ in fields),
            last=last,
            jump=jump_before,
            side=side,
            block=block,
            both=jump,
        ),
    )


@question()
def without_pooling():
    """What a network without pooling would cost, and see."""
    answer = partial(named, (say("weights, as a factor"), say("side of the field")))
    weights = [dense_parameters(side**2 * 36, 128) - 128 for side in (7, 28)]
    field, _ = receptive_field([(5, 1), (5, 1)])
    return Numbers(
        text=say(
            "Leave out both pooling layers. How many times as many weights does the affine layer have then? "
            "And which side has the receptive field of a number that goes into it?"
        ),
        answer=answer(weights[1] // weights[0], field),
        mistakes=[
            (answer(4, None), say("That is one pooling: there are two of them.")),
            (answer(2, None), say("A pooling halves the height and the width, and there are two poolings.")),
            (answer(8, None), say("The second pooling works on what the first has left: multiply.")),
            (answer(1 / 16, None), say("The other way round: without pooling there are more weights.")),
            (answer(None, 10), say("The second filter takes in $f - 1$ neighbours, not $f$.")),
            (answer(None, 16), say("That is the field with the poolings.")),
            (answer(None, 5), say("That is the field after the first convolution. There are two of them.")),
        ],
        hints=[
            say(
                "Weights: how many numbers does each map hand on? It was 7 × 7 with pooling. Field: two "
                "convolutions of 5 × 5, and the jump stays 1."
            )
        ],
        explanation=say(
            "Every map has 28 × 28 numbers instead of 7 × 7: **{times}** times as many, and as many "
            "weights. The field has the side $1 + 4 + 4$ = **{field}**.",
            times=weights[1] // weights[0],
            field=field,
        ),
    )


@question()
def one_over_k():
    """The factor of average pooling's gradient."""
    block = np.ones((2, 2))
    return true_or_slip(
        text=say("In equation 3.6, $k$ is the side of the block. Is the factor $1/k$ true, or a slip?"),
        slip=not np.allclose(numerical_gradient(lambda x: average_pool2d(x)[0, 0], block), 1 / len(block)),
        mistaken=say("Then the average of four ones would be 1. Which number does the printed rule give?"),
        explanation=say("A block of side $k$ holds $k^2$ numbers. Each counts for $1/k^2$, here for $1/4$."),
    )


@question()
def one_winner():
    """Where gradients of overlapping blocks go."""
    answer = partial(named, (say("pixels with a gradient"), say("largest gradient")))
    gradient = max_pool2d_backward(_UPSTREAM, chapter.FIGURE_3_4_INPUT, 3, 1)
    total = int(gradient.max())
    return Numbers(
        text=say(
            "The blocks are 3 × 3, the stride is 1, and 1, 2, 3, 4 arrive at the four outputs. How many "
            "pixels get a gradient from max pooling, and what is the largest gradient that one of them gets?"
        ),
        given={say("feature map"): chapter.FIGURE_3_4_INPUT, "∂L/∂P": _UPSTREAM},
        answer=answer(int((gradient != 0).sum()), total),
        mistakes=[
            (answer(4, 4), say("Look for the winner of each block: may it be the same one?")),
            (answer(1, 4), say("A pixel that wins several blocks gets something from each of them.")),
            (answer(1, total / 4), say("Nothing is divided here. What the blocks hand on adds up.")),
        ],
        hints=[
            say("Which pixel wins the first block? Which one wins the next?"),
            say("Where blocks overlap, a pixel collects from all that it wins."),
        ],
        explanation=say(
            "The 3 in row 2, column 2 wins all four blocks. So **{count}** pixel gets everything, 1 + 2 + 3 "
            "+ 4 = **{total}**.",
            count=int((gradient != 0).sum()),
            total=total,
        ),
    )


def _handed_on(upstream, x):
    """Send gradients of 2 x 2 blocks at stride 1 to all winners, to the last; share, or overwrite them."""
    to_all, to_last, shared, overwritten = np.zeros((4, *x.shape))
    for i, j in np.ndindex(upstream.shape):
        block = x[i : i + 2, j : j + 2]
        winners = [(i + u, j + v) for u, v in np.argwhere(block == block.max())]
        for place in winners:
            to_all[place] += upstream[i, j]
            shared[place] += upstream[i, j] / len(winners)
        to_last[winners[-1]] += upstream[i, j]
        overwritten[winners[0]] = upstream[i, j]
    return to_all, to_last, shared, overwritten


def _tied(rng):
    return whole_numbers(rng, (3, 3), 0, 3), whole_numbers(rng, (2, 2), 1, 5)


@question(np.array([[1, 3, 0], [2, 3, 1], [0, 2, 1]]), _UPSTREAM, draw=_tied)
def gradient_by_hand(x, upstream):
    """The gradient of max pooling by hand, with ties and overlaps."""
    gradient = max_pool2d_backward(upstream, x, 2, 1)
    to_all, to_last, shared, overwritten = _handed_on(upstream, x)
    return Array(
        text=say(
            "Max pooling in blocks of 2 × 2 at stride 1. Carry the gradient $\\partial L/\\partial P$ back "
            "to the input. Where pixels tie, the first in row order wins."
        ),
        given={say("input"): x, "∂L/∂P": upstream},
        answer=gradient,
        mistakes=[
            (to_all, say("Where pixels tie, you have sent the full gradient to all of them.")),
            (to_last, say("Where pixels tie, you have chosen the last one in row order, not the first.")),
            (shared, say("Where pixels tie, you have shared the gradient. The first one gets all of it.")),
            (overwritten, say("A pixel that wins several blocks collects from all of them: add up.")),
            (
                average_pool2d_backward(upstream, x, 2, 1),
                say("That is average pooling. Here the winner takes all."),
            ),
        ],
        hints=[
            say("Go block by block: which pixel wins, and what arrives for this block?"),
            say("All that arrives must be there: the sum of your numbers is {sum}.", sum=upstream.sum()),
        ],
        explanation=say(
            "The block at the upper left has the maximum {largest}: its {first} goes to the first of its "
            "pixels that holds {largest}. In all, {sum} arrives and {sum} is handed on.",
            largest=x[:2, :2].max(),
            first=upstream[0, 0],
            sum=upstream.sum(),
        ),
    )


CHECK_YOURSELF = (max_by_hand, padding_never_wins, same_maximum, field_side, gradient_by_hand)
