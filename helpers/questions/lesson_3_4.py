"""Questions of lesson 3-4: VGGNet, GoogLeNet, and what came after."""

from functools import partial

import numpy as np

from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Choice, Number, Numbers, named
from helpers.reference.convolution import convolve2d, cross_correlate2d
from helpers.reference.counting import conv2d_operations, conv2d_parameters
from helpers.reference.receptive_field import map_sides, receptive_field
from helpers.reference.vgg import VGG_16, vgg_layers
from helpers.wording import trimmed


@question(3, 3, draw=lambda rng: (rng.randint(2, 5), rng.choice([3, 5, 7])))
def stack_field(layers, side):
    """How far several small filters in a row see."""
    field, _ = receptive_field([(side, 1)] * layers)
    return Number(
        text=say(
            "{layers} convolutions of {side} × {side} follow each other, at stride 1 and without pooling. "
            "How many pixels of the picture does one number of the last map see along one side?",
            layers=layers,
            side=side,
        ),
        answer=field,
        mistakes=[
            (layers * side, say("Neighbouring windows overlap: a further layer adds less than its side.")),
            (field + 1, say("Begin with the number itself, one pixel, and let each layer add.")),
            (field - 1, say("So much the layers add. And the one pixel that you begin with?")),
            (side, say("That is the last layer alone. Each number in its window has a window of its own.")),
        ],
        hints=[
            say("How many pixels does the second filter see further than the first, to the left and right?")
        ],
        explanation=say(
            "Each layer adds {more} pixels, $f - 1$, to the one with which you begin: $1 + {layers} \\cdot "
            "{more}$ = **{field}**.",
            layers=layers,
            more=side - 1,
            field=field,
        ),
    )


def _stack(rng):
    layers, side = rng.choice([(2, 3), (3, 3), (4, 3), (2, 5), (3, 2), (2, 4)])
    return layers, side, rng.choice([2, 4, 8, 10, 20])


@question(3, 3, 10, draw=_stack)
def stack_weights(layers, side, channels):
    """How many weights a stack has, and the one large filter that sees as far."""
    field, _ = receptive_field([(side, 1)] * layers)
    answer = partial(named, (say("several small"), say("one large")))

    def weights(filter_side, channels_in=channels, channels_out=channels):
        return conv2d_parameters(filter_side, channels_in, channels_out) - channels_out

    stack, single = layers * weights(side), weights(field)
    numbers = {"layers": layers, "side": side, "field": field, "channels": channels}
    return Numbers(
        text=say(
            "{layers} convolutions of {side} × {side} in a row, or one of {field} × {field}: both see as "
            "far. Every layer gets {channels} channels and has {channels} filters. How many weights are "
            "that, without biases?",
            **numbers,
        ),
        answer=answer(stack, single),
        mistakes=[
            (answer(stack // layers, single), say("That is one of the small layers. And all of them?")),
            (
                answer(stack // channels, single // channels),
                say("That is one filter of each layer. Every layer has {channels} of them.", **numbers),
            ),
            (
                answer(layers * side**2, field**2),
                say("A filter has weights for every channel that it gets, and each layer has many filters."),
            ),
            (
                answer(stack + layers * channels, single + channels),
                say("You have counted the biases, too. Here they are left out."),
            ),
        ],
        hints=[
            say("One filter of a layer has $f \\cdot f \\cdot C$ weights. How many filters has the layer?"),
            say("With $C$ channels and $C$ filters one layer has $f^2 C^2$ weights."),
        ],
        explanation=say(
            "${layers} \\cdot {side}^2 \\cdot {channels}^2$ = **{stack}** against ${field}^2 \\cdot "
            "{channels}^2$ = **{single}**.",
            **(numbers | {"stack": f"{stack:,}", "single": f"{single:,}"}),
        ),
    )


@question()
def without_relu():
    """What two filters in a row are without a ReLU between them."""
    image, first, second = (np.arange(side**2).reshape(side, side) % 5 - 2 for side in (7, 3, 3))
    in_a_row = cross_correlate2d(cross_correlate2d(image, first), second)
    at_once = cross_correlate2d(image, convolve2d(first, second, padding=2))
    return Choice(
        text=say(
            "Two 3 × 3 convolutions follow each other, and there is no ReLU between them. What can the two "
            "do together that no single filter can?"
        ),
        options=[
            say("Nothing: one 5 × 5 filter does the same."),
            say("Nothing: one 3 × 3 filter does the same."),
            say("More: with two layers of weights they find shapes that no filter finds."),
            say("More: they see further than any single filter."),
        ],
        answer=2 * int(not np.array_equal(in_a_row, at_once)),
        mistakes=[
            (1, say("One 3 × 3 filter sees 3 pixels. How far do the two see?")),
            (2, say("Write the second sum out: it is a sum of sums of products. Is it still one sum?")),
            (3, say("They see 5 × 5 pixels. Is there no filter of this size?")),
        ],
        explanation=say(
            "The second filter adds up, with weights, what the first has added up with weights. That is one "
            "weighted sum of 5 × 5 pixels: one filter. The ReLU between them is what makes two layers more "
            "than one."
        ),
    )


def _two_filters(rng):
    return whole_numbers(rng, (2, 2), -1, 2), whole_numbers(rng, (2, 2), -1, 2)


@question(np.array([[1, 2], [0, 1]]), np.array([[1, 1], [0, -1]]), draw=_two_filters)
def two_filters_one(first, second):
    """The one filter that does what two in a row do."""
    together = convolve2d(first, second, padding=1)
    return Array(
        text=say(
            "Two 2 × 2 filters in a row, without a ReLU between them, are one 3 × 3 filter. Fill it in. A "
            "weight of the first at (row, column) and one of the second meet where their rows and columns, "
            "counted from 0, add up to."
        ),
        given={say("first"): first, say("second"): second},
        answer=together,
        mistakes=[
            (
                cross_correlate2d(first, second, padding=1),
                say("You have turned one of the two. Rows and columns are added, not taken away."),
            ),
            (
                np.pad(first, (0, 1)) + np.pad(second, (1, 0)),
                say("You have added the filters. Their weights are multiplied, each with each."),
            ),
        ],
        hints=[
            say(
                "Lay the first filter, times one weight of the second, where that weight stands. Then add up."
            ),
            say("The middle number is a sum of four products."),
        ],
        explanation=say(
            "The upper left number is ${a} \\cdot {b}$ = **{corner}**. For the others, four copies of the "
            "first filter, each times a weight of the second, are laid over each other and added.",
            a=trimmed(first[0, 0]),
            b=trimmed(second[0, 0]),
            corner=trimmed(together[0, 0]),
        ),
    )


@question(3, draw=lambda rng: (rng.randint(2, 7),))
def directions(side):
    """In how many directions two small filters can move the large one that they make together."""
    weights, field = 2 * side**2, 2 * side - 1
    numbers = {"side": side, "field": field, "weights": weights, "all": field**2}
    return Number(
        text=say(
            "Two filters of {side} × {side} have {weights} weights, and the {field} × {field} filter that "
            "they make together has {all}. Double the first filter and halve the second: the large one "
            "stays as it is. So in how many independent directions can you move the large filter at most, "
            "by small changes of the {weights} weights?",
            **numbers,
        ),
        answer=weights - 1,
        mistakes=[
            (weights, say("Each weight gives a direction. But one change of all of them moves nothing.")),
            (field**2, say("That many it would take to make every filter of this size.")),
            (weights // 2, say("That is one of the two filters. The other can be changed, too.")),
        ],
        hints=[say("{weights} weights can be changed. How many of these changes are lost?", **numbers)],
        explanation=say(
            "One direction is lost: ${weights} - 1$ = **{answer}** of {all}. Most {field} × {field} filters "
            "are not made of two small ones, then.",
            **(numbers | {"answer": weights - 1}),
        ),
    )


def _poolings(rng):
    poolings = rng.randint(2, 4)
    return 2**poolings * rng.randint(2, 7), poolings, rng.choice([16, 32, 64, 128])


@question(224, 5, 512, draw=_poolings)
def into_the_dense_layer(side, poolings, filters):
    """How many numbers reach the first dense layer."""
    answer = partial(named, (say("side of the last map"), say("numbers into the dense layer")))
    last = map_sides([(2, 2)] * poolings, side)[-1]
    numbers = {"side": side, "poolings": poolings, "filters": filters, "last": last}
    return Numbers(
        text=say(
            "A network gets pictures of {side} × {side}. Its 3 × 3 convolutions keep the side, its "
            "{poolings} poolings halve it. The last maps are {filters}. Which side have they? And how many "
            "numbers go into the first dense layer?",
            **numbers,
        ),
        answer=answer(last, last**2 * filters),
        mistakes=[
            (answer(last, last * filters), say("A map has rows and columns: square its side.")),
            (answer(last, last**2), say("That is one map. And all of them?")),
            (
                answer(side // (2 * poolings), None) if side % (2 * poolings) == 0 else None,
                say("Each pooling halves what the one before has left: halve again and again."),
            ),
            (answer(side // 2, None), say("That is one pooling.")),
        ],
        hints=[say("Halve the side {poolings} times. Then count the numbers of all maps.", **numbers)],
        explanation=say(
            "Halved {poolings} times, {side} becomes **{last}**. {filters} maps of {last} × {last} are "
            "**{count}** numbers.",
            **(numbers | {"count": f"{last**2 * filters:,}"}),
        ),
    )


@question(28, 64, draw=lambda rng: (rng.choice([7, 10, 12, 14, 20, 28, 30, 56]), rng.choice([32, 64, 128])))
def uses_of_a_weight(side, channels):
    """How often a weight of a convolution is used for one picture, and one of a dense layer."""
    answer = partial(named, (say("of the convolution"), say("of the dense layer")))
    weights = conv2d_parameters(3, channels, channels) - channels
    uses = conv2d_operations(side, 3, channels, channels) // weights
    numbers = {"side": side, "channels": channels}
    return Numbers(
        text=say(
            "A 3 × 3 convolution with “same” padding has {channels} channels and {channels} filters, on maps "
            "of {side} × {side}. In how many multiplications does one of its weights take part, for one "
            "picture? And a weight of a dense layer?",
            **numbers,
        ),
        answer=answer(uses, 1),
        mistakes=[
            (answer(side, 1), say("That is one row of places. The filter goes through all rows.")),
            (answer(9 * uses, 1), say("At each place this weight is used once; the other eight are others.")),
            (answer(channels * uses, 1), say("A weight belongs to one channel and one filter.")),
            (
                answer(uses, uses),
                say("A dense layer has no places: each weight joins one input and one unit."),
            ),
        ],
        hints=[say("At how many places does the filter stand? What does the weight do at each of them?")],
        explanation=say(
            "The filter stands at ${side}^2$ = **{uses}** places, and each weight multiplies once at each. A "
            "weight of a dense layer multiplies **1** time.",
            **(numbers | {"uses": f"{uses:,}"}),
        ),
    )


_FOUR = ("conv 1-1", "conv 1-2", "conv 5-3", "dense 1")


def _four_layers(counts, sentences):
    """Return what both questions about four layers of VGG-16 have in common."""
    largest = counts.index(max(counts))
    return {
        "options": [
            say("the first convolution, conv 1-1: 224 × 224 × 64 numbers out"),
            say("the second one, conv 1-2: as many numbers out"),
            say("the last convolution, conv 5-3: 14 × 14 × 512 numbers out"),
            say("the first dense layer, dense 1: 25,088 numbers in, 4,096 out"),
        ],
        "mistakes": [(place, sentence) for place, sentence in enumerate(sentences) if place != largest],
        "explanation": say(
            "In this order they have {counts}. Most are in **{largest}**.",
            counts=", ".join(f"{count:,}" for count in counts),
            largest=_FOUR[largest],
        ),
    }


@question()
def where_the_weights_are():
    """Which layer of VGG-16 has most parameters."""
    layers = {layer.name: layer for layer in vgg_layers(VGG_16)}
    counts = [layers[name].parameters for name in _FOUR]
    shared = say("A convolution has few weights for all that it does: it uses them at every place.")
    few = say("Its 64 filters get only the 3 channels of the picture.")
    return Choice(
        text=say("Which of these layers of VGG-16 has most parameters?"),
        answer=counts.index(max(counts)),
        **_four_layers(counts, [few, shared, shared, shared]),
    )


@question()
def where_the_work_is():
    """Which layer of VGG-16 has most multiplications."""
    layers = {layer.name: layer for layer in vgg_layers(VGG_16)}
    counts = [layers[name].operations for name in _FOUR]
    few = say("Its maps are as large as those of the second one. But how many channels does it get?")
    small = say("Its filters are many and deep, but its maps are small.")
    once = say("It has many weights, but it uses each of them once.")
    return Choice(
        text=say("And which of them has most multiplications to do, for one picture?"),
        answer=counts.index(max(counts)),
        **_four_layers(counts, [few, once, small, once]),
    )


def _errors(rng):
    training, test = rng.randint(5, 9), rng.randint(11, 15)
    worse, worst = (rng.choice([-1, 1]) * rng.randint(2, 4) for _ in range(2))
    if worse > 0 > worst:
        worst = -worst  # worse on what it knows, and better on what it does not: nobody would believe it
    return (training, test), (training + worse, test + worst)


@question((6, 9), (11, 13), draw=_errors)
def deeper_and_worse(shallow, deep):
    """What the errors of a shallow and a deep network tell."""
    numbers = {"training": shallow[0], "test": shallow[1], "deep_training": deep[0], "deep_test": deep[1]}
    better = deep[1] < shallow[1]
    answer = 2 if better else int(deep[0] > shallow[0])
    reasons = (
        say("It is better on the pictures that it knows and worse on new ones: that is overfitting."),
        say(
            "It is worse even on the pictures that it knows. That is not overfitting: the training is at "
            "fault."
        ),
        say("It makes fewer mistakes on the new pictures, and that is what counts."),
    )
    return Choice(
        text=say(
            "A network of 20 layers has {training} % of its training pictures wrong and {test} % of new "
            "ones. Another one, built alike but with 56 layers, has {deep_training} % and {deep_test} % "
            "wrong. What do you say of the deeper one?",
            **numbers,
        ),
        options=[
            say("It overfits: it has learnt its training pictures by heart."),
            say("Its training has not found good weights."),
            say("It is the better network."),
        ],
        answer=answer,
        mistakes=[
            (place, sentence)
            for place, sentence in enumerate(
                (
                    say("Compare the two on their training pictures."),
                    say("Is it worse on its training pictures? And on new ones?"),
                    say("Compare the two on new pictures."),
                )
            )
            if place != answer
        ],
        explanation=reasons[answer],
    )


def _slopes(rng):
    return rng.choice([0.1, 0.2, 0.5, -0.5, 1]), rng.randint(2, 4)


@question(0.1, 3, draw=_slopes)
def slope_through_blocks(slope, blocks):
    """What is left of a slope behind several blocks, without and with shortcuts."""
    answer = partial(named, (say("without shortcuts"), say("with shortcuts")))
    plain, short = slope**blocks, (1 + slope) ** blocks
    numbers = {"slope": trimmed(slope), "blocks": blocks, "plain": trimmed(plain), "short": trimmed(short)}
    return Numbers(
        text=say(
            "A chain of {blocks} blocks with one number each. In every block $F$ has the slope {slope}. How "
            "large is the slope of the last number with respect to the first? And if each block is $x + "
            "F(x)$?",
            **numbers,
        ),
        answer=answer(plain, short),
        decimals=4,
        mistakes=[
            (answer(blocks * slope, None), say("In a chain, slopes are multiplied, not added.")),
            (answer(plain, 1 + plain), say("Every block has a shortcut of its own: its slope is $1 + F'$.")),
            (answer(plain, 1 + blocks * slope), say("Nearly: multiply $1 + F'$ block by block.")),
            (
                answer(plain, blocks * (1 + slope)),
                say("The slopes are right. Now multiply them, block by block."),
            ),
        ],
        hints=[say("The slope of $x + F(x)$ is the slope of $x$ plus that of $F$.")],
        explanation=say(
            "Without: {slope} multiplied by itself, **{plain}**. With: $1 + {formula}$ in every block, "
            "**{short}**.",
            **(numbers | {"formula": trimmed(slope) if slope > 0 else f"({trimmed(slope)})"}),
        ),
    )


_JOBS = (
    (say("A network gets a digit and says which one it is."), 0),
    (say("A network gets a photograph and writes a sentence about it, word by word."), 1),
    (say("A network reads a letter, word by word, and says at the end whether it is friendly."), 2),
    (say("A network hears a sentence in English and then says it in Chinese, word by word."), 3),
    (say("A network watches a film and says of each picture, at once, whether somebody can be seen."), 4),
)


_KINDS = (
    (say("one to one"), say("Is there only one input and one output?")),
    (say("one to many"), say("Does it get a single input, and give several outputs?")),
    (say("many to one"), say("Does it get several inputs, and give a single output?")),
    (say("many to many"), say("Does it wait for the last input before it gives its outputs?")),
    (say("in step"), say("Does it answer each input at once?")),
)


@question(2, draw=lambda rng: (rng.randrange(len(_JOBS)),))
def kind_of_sequence(job):
    """Which of the five kinds a job belongs to."""
    text, answer = _JOBS[job]
    return Choice(
        text=say("{job} Which of the five kinds is that?", job=text),
        options=[kind for kind, _ in _KINDS],
        answer=answer,
        mistakes=[(other, why) for other, (_, why) in enumerate(_KINDS) if other != answer],
        explanation=say(
            "Count what goes in and what comes out, and when: this is **{kind}**.", kind=_KINDS[answer][0]
        ),
    )


CHECK_YOURSELF = (stack_field, stack_weights, two_filters_one, uses_of_a_weight, slope_through_blocks)
