"""Questions of lesson 3-4: VGGNet, GoogLeNet, and what came after."""

from functools import partial

import numpy as np

from helpers.language import say, say_count
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import AmbiguousError, Array, Choice, Number, Numbers, named
from helpers.reference.counting import conv2d_parameters, dense_parameters
from helpers.reference.dense import dense
from helpers.reference.inception import Widths, convolutions_without_reduction, output_channels
from helpers.wording import number, products


def _pixel_and_filters(rng):
    return whole_numbers(rng, (3,), 1, 5), whole_numbers(rng, (3, 2), -3, 4)


@question(np.array([2, 1, 3]), np.array([[1, 3], [4, -1], [-1, 2]]), draw=_pixel_and_filters)
def filters_of_one_pixel(pixel, weights):
    """What two 1 x 1 filters make of a pixel with three channels."""
    answer = dense(pixel, weights, np.zeros(2))
    return Array(
        text=say(
            "A pixel has three channels. Two filters of 1 × 1, without biases, look at it; each column holds "
            "the weights of one of them. Which two numbers come out?"
        ),
        given={say("pixel"): pixel, say("filters"): weights},
        answer=answer,
        mistakes=[
            (pixel[0] * weights[0], say("That is the first channel alone. A filter adds up all three.")),
            (weights.sum(axis=0), say("Each weight meets the number of its channel before you add up.")),
            (pixel.sum() * weights[0], say("Each channel has a weight of its own.")),
            (answer[::-1], say("The numbers are right, but swapped: the first column makes the first one.")),
        ],
        hints=[say("Multiply the pixel's three numbers by those of the first column, and add up.")],
        explanation=say(
            "The first filter makes {terms} = **{first}**. The second one has weights of its own and makes "
            "**{second}**. Three channels have become two.",
            terms=products(pixel, weights[:, 0]),
            first=number(answer[0]),
            second=number(answer[1]),
        ),
    )


def _narrowing(rng):
    return rng.choice((20, 40, 60, 100)), rng.choice((2, 4, 5, 10)), rng.choice((8, 10, 20))


@question(100, 10, 20, draw=_narrowing)
def narrow_first(channels, narrow, filters):
    """What a 1 x 1 convolution in front of a 5 x 5 one saves."""
    straight = conv2d_parameters(5, channels, filters) - filters
    before = conv2d_parameters(1, channels, narrow) - narrow
    after = conv2d_parameters(5, narrow, filters) - filters
    answer = partial(named, (say("straight"), say("1 × 1 first")))
    values = {"channels": channels, "narrow": narrow, "filters": filters}
    values |= {"straight": straight, "before": before, "after": after, "both": before + after}
    return Numbers(
        text=say(
            "{channels} channels come in, and {filters} filters of 5 × 5 look at them. How many "
            "multiplications is that at each place? And how many if {narrow} filters of 1 × 1 stand in "
            "front, so that the {filters} filters of 5 × 5 see only their {narrow} channels?",
            **values,
        ),
        answer=answer(straight, before + after),
        mistakes=[
            (answer(straight, after), say("The 1 × 1 filters multiply, too: add theirs.")),
            (
                answer(straight, 25 * before + after),
                say("A filter of 1 × 1 has one weight for each channel."),
            ),
            (
                answer(straight, before),
                say("That is the 1 × 1 layer alone. The 5 × 5 filters come after it."),
            ),
            (answer(straight // 5, None), say("A filter of 5 × 5 has 25 weights for each channel.")),
            (answer(straight // channels, None), say("Each filter looks at all the channels.")),
            (answer(straight // filters, None), say("That is a single filter.")),
        ],
        hints=[say("Multiply: weights of a filter for one channel, channels that it sees, filters.")],
        explanation=say(
            "Straight: $25 \\cdot {channels} \\cdot {filters}$ = **{straight:,}**. With 1 × 1 first: "
            "${channels} \\cdot {narrow}$ = {before:,}, and $25 \\cdot {narrow} \\cdot {filters}$ = "
            "{after:,}, so **{both:,}**.",
            **values,
        ),
    )


def _some_widths(rng):
    widths = Widths(*(8 * rng.randint(1, 12) for _ in range(6)))
    return rng.choice((7, 14, 28)), 8 * rng.randint(10, 40), widths


@question(28, 192, Widths(64, 96, 128, 16, 32, 32), draw=_some_widths)
def what_a_module_hands_on(side, channels, widths):
    """The shape of a module's output."""
    total = output_channels(widths)
    names = say("side"), say("channels")
    values = {"side": side, "channels": channels, "total": total} | widths._asdict()
    return Numbers(
        text=say(
            "Maps of {side} × {side} with {channels} channels go into a module of four branches:\n\n"
            "- {ones} filters of 1 × 1\n"
            "- {reduce_threes} filters of 1 × 1, then {threes} of 3 × 3\n"
            "- {reduce_fives} filters of 1 × 1, then {fives} of 5 × 5\n"
            "- 3 × 3 max pooling with stride 1, then {pool_projection} filters of 1 × 1\n\n"
            "What shape has its output?",
            **values,
        ),
        answer=named(names, side, total),
        mistakes=[
            (
                named(names, None, sum(widths)),
                say("The first filters of a branch hand on to the second ones."),
            ),
            (
                named(names, None, total - widths.pool_projection + channels),
                say("What is pooled goes through 1 × 1 filters, too: they set its number of channels."),
            ),
            (
                named(names, None, total - widths.pool_projection),
                say("The branch with the pooling is missing."),
            ),
            (named(names, None, total + channels), say("The input itself is not part of the output.")),
            (
                named(names, None, max(widths.ones, widths.threes, widths.fives, widths.pool_projection)),
                say("The outputs are not laid on top of each other but one behind the other."),
            ),
            (
                named(names, side // 2, total),
                say("The pooling has stride 1 here: it leaves the side as it is."),
            ),
        ],
        hints=[say("Only the last filters of each branch reach the output.")],
        explanation=say(
            "All branches keep the side, **{side}**, or they could not be put together. Their channels lie "
            "one behind the other: {ones} + {threes} + {fives} + {pool_projection} = **{total}**.",
            **values,
        ),
    )


@question()
def four_gradients():
    """What happens to the gradients where the branches begin."""
    x, slopes = 2.0, np.array([3.0, -1.0, 0.5, 4.0])
    step = 0.5
    measured = (slopes @ np.full(4, x + step) - slopes @ np.full(4, x - step)) / (2 * step)
    results = [slopes.sum(), slopes.mean(), slopes.max()]
    return Choice(
        text=say(
            "In the backward pass each branch sends a gradient back to the same input. What is the loss's "
            "gradient of the input?"
        ),
        options=[
            say("Their sum."),
            say("Their mean."),
            say("The largest of them."),
            say("All four, one behind the other."),
        ],
        answer=results.index(measured),
        mistakes=[
            (1, say("Change the input a little: each branch changes the loss, and nobody divides by four.")),
            (2, say("The others change the loss, too, if the input changes.")),
            (3, say("The gradient has the shape of the input. Four of them would be too many.")),
        ],
        explanation=say(
            "The input reaches the loss along four paths. If it changes, the loss changes by what comes "
            "along all of them: the gradients are **added up**, as at a pixel that several windows use."
        ),
    )


def _plain_widths(rng):
    return 32 * rng.randint(1, 6), 32 * rng.randint(1, 6), 16 * rng.randint(1, 6)


@question(64, 128, 32, draw=_plain_widths)
def costliest_branch(ones, threes, fives):
    """Which branch of a plain module multiplies most."""
    costs = [
        layer.operations(1) for layer in convolutions_without_reduction(1, (ones, 1, threes, 1, fives, 1))
    ]
    *_, second, most = sorted(costs)
    if most < 1.2 * second:
        raise AmbiguousError("expected filters that clearly need more multiplications than the others")
    values = {"ones": ones, "threes": threes, "fives": fives}
    sentences = [
        say("These filters have one weight for each channel. The others have 9 and 25."),
        say("Multiply each number of filters by the weights of one of them, 1, 9 or 25, and compare."),
        say("A filter of 5 × 5 costs most. But how many are there of each kind?"),
    ]
    return Choice(
        text=say(
            "Without 1 × 1 filters in front, {ones} filters of 1 × 1, {threes} of 3 × 3 and {fives} of "
            "5 × 5 look at the same 192 channels. Which of them need the most multiplications?",
            **values,
        ),
        options=[say("those of 1 × 1"), say("those of 3 × 3"), say("those of 5 × 5")],
        answer=costs.index(most),
        mistakes=[(place, sentences[place]) for place, cost in enumerate(costs) if cost < most],
        explanation=say(
            "At each place, and for each channel: $1 \\cdot {ones}$ = {first}, $9 \\cdot {threes}$ = "
            "{second}, $25 \\cdot {fives}$ = {third}.",
            **values,
            **dict(zip(("first", "second", "third"), costs, strict=True)),
        ),
    )


def _first_layers(rng):
    return rng.choice((3, 5, 7, 11)), rng.choice((1, 3)), rng.choice((10, 16, 32, 64))


@question(7, 3, 64, draw=_first_layers)
def first_row(size, channels, filters):
    """The weights of a network's first layer."""
    weights = conv2d_parameters(size, channels, filters) - filters
    values = {"size": size, "channels": channels, "filters": filters, "weights": weights}
    return Number(
        text=say_count(
            "The first layer has {filters} filters of {size} × {size} and sees a grey picture, {count} "
            "channel. How many weights has it, without the biases?",
            "The first layer has {filters} filters of {size} × {size} and sees a colour picture, {count} "
            "channels. How many weights has it, without the biases?",
            channels,
            **values,
        ),
        answer=weights,
        mistakes=[
            (weights // channels if channels > 1 else None, say("A filter has weights for every channel.")),
            (weights // size, say("A filter has two sides: multiply them.")),
            (weights + filters, say("These are weights and biases together.")),
            (weights // filters, say("That is one filter.")),
        ],
        hints=[say("How many weights has one filter, over all its channels?")],
        explanation=say(
            "${size} \\cdot {size} \\cdot {channels} \\cdot {filters}$ = **{weights:,}**.", **values
        ),
    )


def _heads(rng):
    return rng.randint(3, 8), rng.choice((10, 50, 100, 200)), rng.choice((10, 20, 100))


@question(7, 1024, 1000, draw=_heads)
def averaged_head(side, maps, classes):
    """What global average pooling saves in the last layer."""
    flat, averaged = (dense_parameters(count, classes) - classes for count in (side**2 * maps, maps))
    answer = partial(named, (say("flattened"), say("averaged")))
    values = {"side": side, "maps": maps, "classes": classes, "flat": flat, "averaged": averaged}
    return Numbers(
        text=say(
            "At the end stand {maps:,} maps of {side} × {side} and {classes:,} classes. How many weights, "
            "without biases, has the affine layer if the maps are flattened, and how many if each map is "
            "averaged to one number first?",
            **values,
        ),
        answer=answer(flat, averaged),
        mistakes=[
            (answer(flat // side, averaged), say("A map has {side} · {side} numbers.", **values)),
            (
                answer(flat, side**2 * classes),
                say("Each of the maps leaves one number: there are {maps:,}.", **values),
            ),
            (answer(flat, maps), say("These are the inputs. Each of them has a weight for every class.")),
            (answer(flat + classes, averaged + classes), say("Leave out the biases.")),
            (answer(averaged, flat), say("It is the other way round: the average leaves fewer numbers.")),
        ],
        hints=[say("How many numbers come into the affine layer in each case?")],
        explanation=say(
            "Flattened: ${side} \\cdot {side} \\cdot {maps} \\cdot {classes}$ = **{flat:,}**. Averaged: "
            "${maps} \\cdot {classes}$ = **{averaged:,}**. The average itself has no weights.",
            **values,
        ),
    )


CHECK_YOURSELF = (filters_of_one_pixel, narrow_first, what_a_module_hands_on, averaged_head)
