"""Questions of lesson 3-4: VGGNet, GoogLeNet, and what came after."""

from functools import partial

import numpy as np

from helpers.language import say, say_count
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import AmbiguousError, Array, Choice, Number, Numbers, named
from helpers.reference.convolution import convolve2d, cross_correlate2d
from helpers.reference.counting import conv2d_operations, conv2d_parameters, dense_parameters
from helpers.reference.dense import dense
from helpers.reference.inception import Widths, convolutions_without_reduction, output_channels
from helpers.reference.receptive_field import map_sides, receptive_field
from helpers.reference.vgg import VGG_16, vgg_layers
from helpers.wording import number, products, trimmed


@question(4, 3, draw=lambda rng: (rng.randint(2, 5), rng.choice([3, 5, 7])))
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
            "far. Every layer gets {channels} channels and has {channels} filters. How many weights is that "
            "in each case, without biases?",
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
            say("One filter of a layer has $f \\cdot f \\cdot C$ weights. How many filters are there?"),
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
            say("More: with two layers of weights they find shapes that no filter finds."),
            say("More: they see further than any single filter."),
            say("Nothing: one 5 × 5 filter does the same."),
            say("Nothing: one 3 × 3 filter does the same."),
        ],
        answer=2 * int(np.array_equal(in_a_row, at_once)),
        mistakes=[
            (0, say("Write the second sum out: it is a sum of sums of products. Is it still one sum?")),
            (1, say("They see 5 × 5 pixels. Is there no filter of this size?")),
            (3, say("One 3 × 3 filter sees 3 pixels along a side. How far do the two see?")),
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
            "Two 2 × 2 filters in a row, without a ReLU between them, are one 3 × 3 filter. Fill it in: the "
            "product of the first filter's weight at row $i$, column $j$ and the second one's at row $k$, "
            "column $l$ belongs to row $i + k$, column $j + l$, all counted from 0."
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
            "The upper left number is {product} = **{corner}**. For the others, four copies of the "
            "first filter, each times a weight of the second, are laid over each other and added.",
            product=products(first[0, :1], second[0, :1]),
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
            (field**2, say("So many it would take to make every filter of this size.")),
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
            "{poolings} poolings halve it. At the end there are {filters} maps. What is their side? And "
            "how many numbers go into the first dense layer?",
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
            "A 3 × 3 convolution with “same” padding gets {channels} channels and has {channels} filters, on "
            "maps of {side} × {side}. In how many multiplications does one of its weights take part, for one "
            "picture? And a weight of a dense layer?",
            **numbers,
        ),
        answer=answer(uses, 1),
        mistakes=[
            (answer(side, 1), say("That is one row of places. The filter goes through all rows.")),
            (
                answer((side - 2) ** 2, 1),
                say("So many places there are without padding. With “same” padding, every pixel is one."),
            ),
            (answer(9 * uses, 1), say("At each place this weight is used once, beside eight others.")),
            (answer(channels * uses, 1), say("A weight belongs to one channel and one filter.")),
            (
                answer(uses, uses),
                say("A dense layer has no places: each weight joins one input and one unit."),
            ),
        ],
        hints=[
            say("At how many places does the filter stand? What does the weight do at each of them?"),
            say("A weight of a dense layer joins one input and one unit. How often do these two meet?"),
        ],
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
            counts=say("; ").join(f"{count:,}" for count in counts),
            largest=_FOUR[largest],
        ),
    }


@question()
def where_the_weights_are():
    """Which layer of VGG-16 has the most parameters."""
    layers = {layer.name: layer for layer in vgg_layers(VGG_16)}
    counts = [layers[name].parameters for name in _FOUR]
    shared = say("A convolution has few weights for all that it does: it uses them at every place.")
    few = say("Its 64 filters get only the 3 channels of the picture.")
    return Choice(
        text=say("Which of these layers of VGG-16 has the most parameters?"),
        answer=counts.index(max(counts)),
        **_four_layers(counts, [few, shared, shared, shared]),
    )


@question()
def where_the_work_is():
    """Which layer of VGG-16 has the most multiplications."""
    layers = {layer.name: layer for layer in vgg_layers(VGG_16)}
    counts = [layers[name].operations for name in _FOUR]
    few = say("Its maps are as large as those of the second one. But how many channels does it get?")
    small = say("Its filters are many and deep, but its maps are small.")
    once = say("It has many weights, but it uses each of them once.")
    return Choice(
        text=say("And which of them has the most multiplications to do, for one picture?"),
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
    return rng.choice([0.1, 0.2, 0.3, 0.5]), rng.randint(2, 4)


@question(0.1, 3, draw=_slopes)
def slope_through_blocks(slope, blocks):
    """What is left of a slope behind several blocks, without and with shortcuts."""
    answer = partial(named, (say("without shortcuts"), say("with shortcuts")))
    plain, short = slope**blocks, (1 + slope) ** blocks
    numbers = {"slope": trimmed(slope), "blocks": blocks, "plain": trimmed(plain), "short": trimmed(short)}
    return Numbers(
        text=say(
            "A chain of {blocks} blocks with one number each. In every block $R$ has the slope {slope}. How "
            "large is the slope of the last number with respect to the first? And if each block is $x + "
            "R(x)$?",
            **numbers,
        ),
        answer=answer(plain, short),
        decimals=4,
        mistakes=[
            (answer(blocks * slope, None), say("In a chain, slopes are multiplied, not added.")),
            (answer(plain, 1 + slope), say("That is one block. Multiply the slopes of all of them.")),
            (answer(plain, 1 + plain), say("Every block has a shortcut of its own: its slope is $1 + R'$.")),
            (answer(plain, 1 + blocks * slope), say("Nearly: multiply $1 + R'$ block by block.")),
            (
                answer(plain, blocks * (1 + slope)),
                say("The slopes are right. Now multiply them, block by block."),
            ),
        ],
        hints=[say("The slope of $x + R(x)$ is the slope of $x$ plus that of $R$.")],
        explanation=say(
            "Without shortcuts: ${slope}^{blocks}$ = **{plain}**. With them, every block has the slope $1 + "
            "{slope}$, so $(1 + {slope})^{blocks}$ = **{short}**.",
            **numbers,
        ),
    )


_JOBS = (
    (say("A network gets a digit and says which one it is."), 0),
    (say("A network gets a photograph and writes a sentence about it, word by word."), 1),
    (say("A network reads a message, word by word, and says at the end whether it is friendly."), 2),
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
            "What is the shape of its output?",
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
            (
                named(names, side - 2, None),
                say("All branches add padding (*same*), so none of them loses a margin."),
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
    results = [slopes.mean(), slopes.sum(), slopes.max()]
    return Choice(
        text=say(
            "In the backward pass each branch sends a gradient back to the same input. What is the loss's "
            "gradient of the input?"
        ),
        options=[
            say("Their mean."),
            say("Their sum."),
            say("The largest of them."),
            say("All four, one behind the other."),
        ],
        answer=results.index(measured),
        mistakes=[
            (0, say("Change the input a little: each branch changes the loss, and nobody divides by four.")),
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
            "At each place, and for each channel: $1 \\cdot {ones}$ = {first:,}, $9 \\cdot {threes}$ = "
            "{second:,}, $25 \\cdot {fives}$ = {third:,}.",
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
            "channel. How many weights does it have, without the biases?",
            "The first layer has {filters} filters of {size} × {size} and sees a colour picture, {count} "
            "channels. How many weights does it have, without the biases?",
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
        hints=[say("How many weights does one filter have, over all its channels?")],
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
            "without biases, does the dense layer have if the maps are flattened, and how many if each map "
            "is averaged to one number first?",
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
        hints=[say("How many numbers come into the dense layer in each case?")],
        explanation=say(
            "Flattened: ${side} \\cdot {side} \\cdot {maps} \\cdot {classes}$ = **{flat:,}**. Averaged: "
            "${maps} \\cdot {classes}$ = **{averaged:,}**. The average itself has no weights.",
            **values,
        ),
    )


CHECK_YOURSELF = (
    stack_field,
    stack_weights,
    uses_of_a_weight,
    narrow_first,
    averaged_head,
    slope_through_blocks,
)
