"""Questions of lesson 3-1c: padding, stride and output size."""

from functools import cache, partial
from itertools import product
from math import isqrt

import numpy as np

from helpers import chapter
from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Choice, Number, Numbers, named, true_or_slip
from helpers.reference.convolution import convolve2d, cross_correlate2d
from helpers.reference.geometry import (
    output_size,
    padding_that_fits,
    pixel_uses,
    same_padding,
    sides_through_layers,
)
from helpers.wording import listed, number, products

_TURNED = say("You have turned the filter by half a turn. Lay it on the picture as it stands.")
_UP = say("You have rounded up: the last window would stand beyond the edge.")
_PART = say("Part of a place is no place: round down.")
_ONE_ROW = say("That is along one row. And in the whole picture?")


def _spellings(fraction):
    """Return a fraction as it may be typed: exactly, or to some decimals."""
    return {round(fraction, decimals) for decimals in (1, 2, 3)} | {fraction}


def _places(side, window, padding, stride, text, answer):
    """Ask how many places a filter has along one side."""
    room = side - window + 2 * padding
    numbers = {"side": side, "window": window, "padding": padding, "stride": stride, "room": room}
    left_over = room % stride
    once, never = ((room - zeros) // stride + 1 for zeros in (padding, 2 * padding))
    start = say("You have left out the starting place: add 1.")
    either = say("One too few. Have you counted the starting place, and the zeros at both ends?")
    rest = say("What is left over is too short for another move, so it counts for nothing.")
    return Number(
        text=text,
        answer=answer,
        mistakes=[
            (answer - 1, either if padding and answer - 1 in (once, never) else start),
            (room + 1, say("These are the places at stride 1: the filter moves by $s$ pixels at a time.")),
            (
                once if once < answer - 1 else None,
                say("The zeros stand at both ends: they add $2p$, not $p$."),
            ),
            (
                never if never < min(once, answer - 1) else None,
                say("The zeros are missing: they add $2p$ pixels of room."),
            ),
            (answer + 1 if left_over else None, _UP),
            *((part, _PART) for part in _spellings(room / stride + 1) if left_over),
        ],
        hints=[
            say("How many pixels of room are there, once the filter stands at the left end?"),
            say("Room: $l + 2p - f$. Divide it by the stride, and count the starting place, too."),
        ],
        explanation=say(
            "There are ${side} + 2 \\cdot {padding} - {window} = {room}$ pixels of room. Moves of {stride} "
            "that fit in: {moves}. With the starting place that makes **{answer}** places. {rest}",
            **(numbers | {"moves": answer - 1, "answer": answer, "rest": rest if left_over else ""}),
        ),
    )


def _setting(rng):
    """Draw image, filter, padding and stride that leave no remainder."""
    window, stride = rng.randint(2, 5), rng.randint(2, 4)
    padding = rng.randint(0, min(2, window - 1))
    return window - 2 * padding + stride * rng.randint(2, 5), window, padding, stride


@question(9, 3, 0, 2, draw=_setting)
def places(side, window, padding, stride):
    """How many places a filter has."""
    sizes = {"side": side, "window": window, "padding": padding, "stride": stride}
    text = say(
        "A picture has the side $l = {side}$, a filter the side $f = {window}$. The padding is $p = "
        "{padding}$, the stride $s = {stride}$. How many places does the filter have along one side?",
        **sizes,
    )
    return _places(**sizes, text=text, answer=output_size(side, window, padding, stride))


def _setting_with_remainder(rng):
    side, window, padding, stride = _setting(rng)
    return side + rng.randint(1, stride - 1), window, padding, stride


@question(4, 2, 1, 3, draw=_setting_with_remainder)
def places_left_over(side, window, padding, stride):
    """How many places a filter has where the stride leaves a remainder."""
    sizes = {"side": side, "window": window, "padding": padding, "stride": stride}
    text = say(
        "The picture has the side {side}, the filter the side {window}, the padding is {padding}. At stride "
        "{stride} equation 3.1 gives no whole number. Think of the filter as it moves: how many places does "
        "it have along one side?",
        **sizes,
    )
    return _places(**sizes, text=text, answer=output_size(side, window, padding, stride))


def _small_picture(rng):
    """Draw a 3 x 3 picture and a 2 x 2 filter of small whole numbers."""
    return whole_numbers(rng, (3, 3), 0, 3), whole_numbers(rng, (2, 2), -1, 2)


@question(chapter.FIGURE_3_2_INPUT[:3, :3], np.array([[1, 2], [0, -1]]), draw=_small_picture)
def output_by_hand(image, kernel):
    """The output of a filter, worked out by hand."""
    output = cross_correlate2d(image, kernel)
    return Array(
        text=say("Slide the filter over the picture, without padding, at stride 1. Fill in the output."),
        given={say("picture"): image, say("filter"): kernel},
        answer=output,
        mistakes=[
            (convolve2d(image, kernel), _TURNED),
            (cross_correlate2d(image, kernel.T), say("You have swapped the filter's rows and columns.")),
            (
                cross_correlate2d(image, abs(kernel)) if kernel.min() < 0 else None,
                say("A weight is negative: what lies under it is taken away."),
            ),
            (output.T, say("The numbers are right, but the output's rows and columns are swapped.")),
        ],
        hints=[
            say("Begin at the upper left: four products, one for each weight. Add them up."),
            say("The next number belongs to the same filter, moved one pixel to the right."),
        ],
        explanation=say(
            "The first number is {sum} = **{first}**. The other three follow in the same way.",
            sum=products(image[:2, :2].ravel(), kernel.ravel()),
            first=number(output[0, 0]),
        ),
    )


@question()
def turned_or_not():
    """Which way Figure 3-3 lays the filter."""
    image, kernel, printed = chapter.FIGURE_3_2_INPUT, chapter.FIGURE_3_3_FILTER, chapter.FIGURE_3_3_OUTPUT
    fits = [np.array_equal(rule(image, kernel, 1), printed) for rule in (cross_correlate2d, convolve2d)]
    return Choice(
        text=say(
            "The chapter calls Figure 3-3 a convolution. Which of the two outputs does the figure print?"
        ),
        options=[
            say("that of the filter as it stands"),
            say("that of the filter turned by half a turn"),
            say("both: the turn changes nothing here"),
        ],
        answer=2 if all(fits) else fits.index(True),
        mistakes=[
            (1, say("Compare its second row with the one that you have worked out by hand.")),
            (2, say("Then the two arrays would be equal. Compare their first rows.")),
        ],
        explanation=say(
            "The filter as it stands gives 2, 6, 7, 8, 4 in the second row, and so does the figure. Strictly "
            "speaking it shows a cross-correlation."
        ),
    )


def _frame(rng):
    window = rng.randint(2, 5)
    return 2 * window + rng.randint(0, 3), window, rng.randint(0, window - 1)


@question(6, 3, 0, draw=_frame)
def uses(side, window, padding):
    """How often a filter comes by corner, edge and middle."""
    answer = partial(named, (say("corner"), say("middle of an edge"), say("middle of the picture")))

    def counted(zeros):
        counts, half = pixel_uses(side, window, zeros), side // 2
        return [int(counts[place]) for place in [(0, 0), (0, half), (half, half)]]

    corner, edge, middle = counted(padding)
    end = edge // window
    numbers = {"side": side, "window": window, "padding": padding, "corner": corner, "edge": edge}
    return Numbers(
        text=say(
            "A filter of {window} × {window} moves over {side} × {side} pixels, at stride 1 and with "
            "padding {padding}. How many of its windows contain the pixel in the corner? A pixel in the "
            "middle of an edge? One in the middle of the picture?",
            **numbers,
        ),
        answer=answer(corner, edge, middle),
        mistakes=[
            (answer(middle, middle, middle), say("In a corner, only some of these windows fit in.")),
            (answer(1, 1, 1), say("The windows overlap: each begins one pixel further on than the last.")),
            (answer(end, window, window), say("That is along one direction. Multiply: down by across.")),
            (
                answer(2 * end, end + window, 2 * window),
                say("You have added. Each place down goes with each across."),
            ),
            (answer(*counted(0)) if padding else None, say("With padding, windows reach out over the edge.")),
        ],
        hints=[
            say("Take one direction first: in how many places along a row does a window cover the pixel?"),
            say("Then multiply the places down by the places across."),
        ],
        explanation=say(
            "Windows along one direction: {end} at the end, {inside} in the middle. Multiply down by "
            "across: **{corner}** in the corner, **{edge}** at the edge, **{middle}** in the middle.",
            **(numbers | {"end": end, "inside": window, "middle": middle}),
        ),
    )


@question(5, draw=lambda rng: (rng.choice([3, 5, 7, 9, 11]),))
def keeps_the_size(window):
    """The padding that keeps the size at stride 1."""
    half, _ = same_padding(100, window)
    return Number(
        text=say("Which padding keeps the size at stride 1 for a filter of side {window}?", window=window),
        answer=half,
        mistakes=[
            (2 * half, say("That is what is needed at both ends together: half of it at each.")),
            (half + 1 if half > 1 else None, say("One too many: the filter takes $f - 1$ pixels away.")),
            (window / 2, say("The filter takes $f - 1$ pixels away, not $f$.")),
        ],
        hints=[say("How many pixels does the filter take away without padding?")],
        explanation=say(
            "It takes {all} pixels away, so **{half}** at each end make up for it.", all=2 * half, half=half
        ),
    )


def _strides(rng):
    first, second = sorted(rng.sample([2, 3, 4, 5], 2))
    return first * second * rng.randint(3, 6), first, second


@question(28, 2, 4, draw=_strides)
def work_saved(side, first, second):
    """How much work two strides save."""
    answer = partial(named, [say("stride {stride}", stride=stride) for stride in (first, second)])
    all_places, one, two = (output_size(side, 5, same_padding(side, 5, s), s) for s in (1, first, second))
    less, least = (all_places // one) ** 2, (all_places // two) ** 2
    numbers = {"side": side, "first": first, "second": second, "one": one, "two": two}
    return Numbers(
        text=say(
            "A layer has filters of 5 × 5 on {side} × {side} pixels, with “same” padding. How many times "
            "fewer multiplications does it have at stride {first} than at stride 1? And at stride {second}?",
            **numbers,
        ),
        answer=answer(less, least),
        mistakes=[
            (answer(first, second), say("The stride skips places in both directions, down and across.")),
            (answer(2 * first, 2 * second), say("Both directions: multiply the two factors, do not add.")),
        ],
        hints=[
            say("How many places does the filter have along one side, at each stride?"),
            say("Every place costs the same. So compare the numbers of places in the whole picture."),
        ],
        explanation=say(
            "Along one side there are {side}, {one} and {two} places. In both directions together that is "
            "$({side}/{one})^2$ = **{less}** times and $({side}/{two})^2$ = **{least}** times fewer.",
            **(numbers | {"less": less, "least": least}),
        ),
    )


def _remainder(rng):
    window = rng.randint(2, 4)
    stride = rng.randint(2, min(window, 3))
    return window + stride * rng.randint(1, 3) + rng.randint(1, stride - 1), window, stride


@question(8, 3, 2, draw=_remainder)
def never_used(side, window, stride):
    """What a stride leaves over at the lower and the right edge."""
    answer = partial(named, (say("places along one side"), say("pixels never used")))
    found, rest = output_size(side, window, 0, stride), (side - window) % stride
    pixels = int((pixel_uses(side, window, 0, stride) == 0).sum())
    numbers = {"side": side, "window": window, "stride": stride, "found": found, "pixels": pixels}
    return Numbers(
        text=say(
            "A picture of {side} × {side}, a filter of {window} × {window}, stride {stride}, no padding. "
            "How many places does the filter have along one side? And how many pixels of the picture does "
            "it never use?",
            **numbers,
        ),
        answer=answer(found, pixels),
        mistakes=[
            (answer(found + 1, None), _UP),
            *((answer(part, None), _PART) for part in _spellings((side - window) / stride + 1)),
            (answer(found, rest), _ONE_ROW),
            (answer(found, (side - rest) ** 2), say("So many are used. How many are left?")),
            (answer(found, rest * side), say("That is at one edge. Look at the right and at the bottom.")),
            (answer(found, 2 * rest * side), say("You have counted the corner twice: it is at both edges.")),
        ],
        hints=[
            say("Where does the last window of a row end?"),
            say("Draw the square that all windows cover together. Which pixels lie outside of it?"),
        ],
        explanation=say(
            "**{found}** windows cover {covered} of the {side} pixels along a side. So {covered} × "
            "{covered} pixels are used, and ${side}^2 - {covered}^2$ = **{pixels}** are not.",
            **(numbers | {"covered": side - rest}),
        ),
    )


@question()
def more_padding_mends():
    """The chapter's remedy for a remainder."""
    return true_or_slip(
        text=say(
            "The printed rule: where equation 3.1 gives no whole number, more padding at both ends puts it "
            "right. You have seen a setting where it does. Is the rule true?"
        ),
        slip=padding_that_fits(8, 3, stride=2) is None,
        mistaken=say("Then which padding $p$ makes $(8 - 3 + 2p)/2$ a whole number? Try a few above."),
        explanation=say(
            "One setting in which it fails is enough. With $l = 8$, $f = 3$ and $s = 2$ the room is $5 + "
            "2p$. That is odd for every $p$, and 2 does not divide it."
        ),
    )


@question()
def whole_and_unseen():
    """A whole number, and what the filter sees with it."""
    answer = partial(named, [say("padding {padding}", padding=p) for p in (1, 2)])
    one, two = (int((pixel_uses(4, 2, p, stride=3) > 0).sum()) for p in (1, 2))
    covered = ((2 * output_size(4, 2, p, stride=3)) ** 2 for p in (1, 2))
    return Numbers(
        text=say(
            "The image has 16 pixels, the filter the side 2, the stride is 3. How many of the pixels does "
            "the filter see with padding 1? And with padding 2, where the number is whole?"
        ),
        answer=answer(one, two),
        mistakes=[
            (answer(*covered), say("Some of the cells that you have counted are added zeros, not pixels.")),
            (answer(isqrt(one), isqrt(two)), _ONE_ROW),
            (answer(16 - one, 16 - two), say("So many does it not see. How many does it see?")),
            (answer(one, 16), say("The last window ends at the edge. But what lies between two windows?")),
            (answer(16, 16), say("At stride 3 there is a gap between two windows of side 2.")),
        ],
        hints=[
            say("Take one row. With padding 1 it has six cells; the first and the last of them are zeros."),
            say("Windows begin at cells 1, 4 and 7, as far as they fit. Which pixels do they see?"),
        ],
        explanation=say(
            "In a row, the filter sees the pixels 1, 3 and 4 with padding 1, so $3 \\cdot 3$ = **{one}** in "
            "all. With padding 2 it sees the pixels 2 and 3, so $2 \\cdot 2$ = **{two}**.",
            one=one,
            two=two,
        ),
    )


@cache
def _whole_number_is():
    """Tell whether a whole number is enough for every pixel to be used, and whether it is needed."""
    used = {True: [], False: []}
    for side, window, padding, stride in product(range(3, 9), range(2, 4), range(3), range(1, 4)):
        whole = (side - window + 2 * padding) % stride == 0
        used[whole].append(pixel_uses(side, window, padding, stride).all())
    return all(used[True]), not any(used[False])


@question()
def whole_number():
    """Whether equation 3.1 has to give a whole number."""
    enough, needed = _whole_number_is()
    seen = say("You have just seen a whole number with 12 of 16 pixels never used.")
    zeros = say("Take a picture with a zero at each end. What if only the last zeros are left over?")
    return Choice(
        text=say(
            "For the chapter, a setting without a whole number is an error. Suppose that we want every pixel "
            "to be used. Is a whole number in equation 3.1 enough for that? And is it needed?"
        ),
        options=[
            say("It is enough, and it is needed."),
            say("It is enough, but it is not needed."),
            say("It is not enough, but it is needed."),
            say("It is not enough, and it is not needed."),
        ],
        answer=2 * (not enough) + (not needed),
        mistakes=[(0, seen), (1, seen), (2, zeros)],
        explanation=say(
            "Not enough: with padding 2 the number was whole, and 12 of the 16 pixels were never used. Not "
            "needed: where only added zeros are left over at the end, no pixel is lost."
        ),
    )


@question(28, 3, draw=lambda rng: (rng.randint(15, 40), rng.randint(3, 6)))
def shrinking(side, window):
    """How far a stack without padding goes."""
    answer = partial(named, (say("layers"), say("side that is left")))
    *before, end = sides_through_layers(side, window, layers=side)
    numbers = {"side": side, "window": window, "layers": len(before), "end": end, "less": window - 1}
    return Numbers(
        text=say(
            "Layers with filters of {window} × {window}, without padding and at stride 1, follow each other "
            "on a picture of {side} × {side}. How many can there be before the filter no longer fits? Which "
            "side is left then?",
            **numbers,
        ),
        answer=answer(len(before), end),
        mistakes=[
            (answer(side // window, side % window or None), say("A layer takes fewer than $f$ pixels away.")),
            (answer(side - 1, 1), say("A layer takes more than one pixel away. How many does it take?")),
            (
                answer(len(before) + 1, None),
                say("One layer too many: each stands between two sides, and its filter has to fit."),
            ),
            (
                answer(len(before) - 1, before[-1]),
                say("One more layer is possible: the filter still fits on that."),
            ),
        ],
        hints=[
            say("How large is the map after one layer? And after two?"),
            say("Each layer takes $f - 1$ away. It fits as long as at least $f$ pixels are left."),
        ],
        explanation=say(
            "Each layer takes {less} away: {sides}. These are **{layers}** layers, and the side **{end}** "
            "is left.",
            **(numbers | {"sides": listed(map(str, [*before, end]))}),
        ),
    )


CHECK_YOURSELF = (places, output_by_hand, uses, keeps_the_size, never_used)
