"""Questions of lesson 3-1c: padding, stride and output size."""

import math

import numpy as np

from helpers import chapter
from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Cell, Number, Numbers, true_or_slip
from helpers.reference.convolution import convolve2d, cross_correlate2d
from helpers.reference.geometry import output_size, padding_that_fits, pixel_uses
from helpers.wording import number, products


def _setting(rng):
    """Draw image, filter, padding and stride that leave no remainder."""
    window, padding, stride = rng.randint(2, 5), rng.randint(0, 2), rng.randint(2, 4)
    return window - 2 * padding + stride * rng.randint(2, 5), window, padding, stride


@question(9, 3, 0, 2, draw=_setting)
def places(side, window, padding, stride):
    """How many places a filter has."""
    room = side - window + 2 * padding
    return Number(
        text=say(
            "A picture has the side $l = {side}$, a filter the side $f = {window}$. The padding is "
            "$p = {padding}$, the stride $s = {stride}$. How many places has the filter along one side?",
            side=side,
            window=window,
            padding=padding,
            stride=stride,
        ),
        answer=output_size(side, window, padding, stride),
        mistakes=[
            (room // stride, say("You have left out the starting place: add 1.")),
            (room + 1, say("These are the places at stride 1: the filter moves by $s$ pixels at a time.")),
            (
                (room - padding) // stride + 1 if padding else None,
                say("The zeros stand at both ends: they add $2p$, not $p$."),
            ),
        ],
        hints=[
            say("How many pixels of room are there, once the filter stands at the left end?"),
            say("Room: $l + 2p - f$. Divide it by the stride, and count the starting place, too."),
        ],
        explanation=say(
            "There are ${side} + 2 \\cdot {padding} - {window} = {room}$ pixels of room, so {moves} moves of "
            "{stride}, and with the starting place **{places}** places.",
            side=side,
            padding=padding,
            window=window,
            room=room,
            moves=room // stride,
            stride=stride,
            places=room // stride + 1,
        ),
    )


def _small_picture(rng):
    """Draw a 3 x 3 picture and a 2 x 2 filter of small whole numbers."""
    return whole_numbers(rng, (3, 3), 0, 3), whole_numbers(rng, (2, 2), -1, 2)


@question(chapter.FIGURE_3_2_INPUT[:3, :3], np.array([[1, 2], [0, -1]]), draw=_small_picture)
def output_by_hand(image, kernel):
    """The output of a filter, worked out by hand."""
    output = cross_correlate2d(image, kernel)
    return Array(
        text=say(
            "Slide the filter over the picture, without padding, one pixel at a time. Fill in the output."
        ),
        given={say("picture"): image, say("filter"): kernel},
        answer=output,
        mistakes=[
            (
                convolve2d(image, kernel),
                say("You have turned the filter. Lay it on the picture as it stands, as in Figure 3-3."),
            ),
            (cross_correlate2d(image, kernel.T), say("You have swapped the filter's rows and columns.")),
        ],
        hints=[
            say(
                "Begin at the upper left: four products, one for each weight of the filter, then add them up."
            ),
            say("The next number belongs to the same filter, moved one pixel to the right."),
        ],
        explanation=say(
            "The first number is {sum} = **{first}**, and so on for the other three places.",
            sum=products(image[:2, :2].ravel(), kernel.ravel()),
            first=number(output[0, 0]),
        ),
    )


def _side(rng):
    return (rng.randint(6, 9),)


@question(6, draw=_side)
def uses(side):
    """How often a filter comes by corner, edge and middle."""
    counts = pixel_uses(side, 3)
    half = side // 2
    corner, edge, middle = (int(counts[place]) for place in [(0, 0), (0, half), (half, half)])
    names = say("corner"), say("middle of an edge"), say("middle")

    def answer(*numbers):
        return dict(zip(names, numbers, strict=True))

    return Numbers(
        text=say(
            "A 3 × 3 filter moves over {side} × {side} pixels, without padding, at stride 1. How many "
            "windows contain the pixel in the corner? A pixel in the middle of an edge? One in the middle "
            "of the picture?",
            side=side,
        ),
        answer=answer(corner, edge, middle),
        mistakes=[
            (
                answer(middle, middle, middle),
                say("A window cannot stand outside of the picture: only some fit."),
            ),
            (answer(1, 1, 1), say("The windows overlap: the next one begins one pixel on, not three.")),
        ],
        hints=[
            say("Put your finger on the corner. Which windows can it lie in?"),
            say("At an edge the window can only move along it: to three places."),
        ],
        explanation=say(
            "Along one side, a pixel at the end lies in 1 window and one in the middle in 3. Along both "
            "sides together that makes 1 · 1 = **{corner}**, 1 · 3 = **{edge}** and 3 · 3 = **{middle}**.",
            corner=corner,
            edge=edge,
            middle=middle,
        ),
    )


@question(3, 2)
def least_used(window, stride):
    """A pixel that no window contains."""
    counts = pixel_uses(4, window, stride=stride)
    row, column = (int(axis[0]) for axis in np.nonzero(counts == counts.min()))
    return Cell(
        text=say(
            "A {window} × {window} filter moves over this 4 × 4 picture with stride {stride}, without "
            "padding. Choose the first pixel, row by row, that it never sees.",
            window=window,
            stride=stride,
        ),
        grid=np.arange(1, 17).reshape(4, 4),
        answer=(row, column),
        mistakes=[((3, 3), say("It is never seen either, but it is the last one of them."))],
        hints=[say("The filter has a single place here. Which columns does it cover?")],
        explanation=say(
            "The window ends after column 3, so {place} is the first.", place=f"({row + 1}, {column + 1})"
        ),
    )


@question()
def more_padding_mends():
    """The chapter's remedy for a remainder."""
    fits = padding_that_fits(8, 3, stride=2)
    return true_or_slip(
        text=say(
            "The chapter says: where equation 3.1 gives no whole number, more padding at both ends puts it "
            "right. Try $l = 8$, $f = 3$, $s = 2$. Is the rule true?"
        ),
        slip=fits is None,
        mistaken=say("Then which $p$ makes $(8 - 3 + 2p)/2$ a whole number? Try a few."),
        hints=[say("Is $5 + 2p$ ever even?")],
        explanation=say("$2p$ is even, so $5 + 2p$ is odd for every $p$, and 2 does not divide it."),
    )


@question(5, draw=lambda rng: (rng.choice([3, 5, 7, 9, 11]),))
def keeps_the_size(window):
    """The padding that keeps the size at stride 1."""
    return Number(
        text=say("Which padding keeps the size at stride 1 for a filter of side {window}?", window=window),
        answer=padding_that_fits(window, window) + (window - 1) // 2,
        mistakes=[
            (window - 1, say("That is what is needed at both ends together: half of it at each.")),
            (math.ceil(window / 2), say("One too many: the filter takes $f - 1$ pixels away.")),
        ],
        hints=[say("How many pixels does the filter take away without padding?")],
        explanation=say(
            "The filter takes {all} pixels away, so **{half}** at each end make up for it.",
            all=window - 1,
            half=(window - 1) // 2,
        ),
    )


CHECK_YOURSELF = (places, output_by_hand, keeps_the_size)
