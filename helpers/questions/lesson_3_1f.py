"""Questions of lesson 3-1f: the complete model."""

import numpy as np

from helpers.chapter import FIGURE_3_2_INPUT
from helpers.chapter.examples import EXAMPLE
from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Choice, Number, Numbers, true_or_slip
from helpers.reference.activations import logistic, relu, softmax
from helpers.reference.chapter_rules import correlation_as_printed
from helpers.reference.complete_model import complete_model_forward, framework_order_forward
from helpers.reference.convolution import convolve2d, cross_correlate2d
from helpers.reference.counting import conv2d_parameters
from helpers.reference.dense import flatten_columns
from helpers.reference.geometry import output_size
from helpers.reference.losses import cross_entropy, squared_error
from helpers.reference.pooling import average_pool2d, max_pool2d
from helpers.wording import fixed, listed, number, products, trimmed

_FORWARD = complete_model_forward(**EXAMPLE)


def _image_and_place(rng):
    return whole_numbers(rng, (3, 3), 0, 9), rng.randint(0, 1), rng.randint(0, 1)


@question(FIGURE_3_2_INPUT[:3, :3], 0, 0, draw=_image_and_place)
def convolved_with_a_single_one(image, row, column):
    """What convolution makes of a filter with a single 1."""
    kernel = np.zeros((2, 2), int)
    kernel[row, column] = 1
    return Array(
        text=say("This filter holds a single 1. What does *convolution* make of the image?"),
        given={say("image"): image, say("filter"): kernel},
        answer=convolve2d(image, kernel),
        mistakes=[
            (cross_correlate2d(image, kernel), say("That is cross-correlation. Turn the filter first.")),
            (cross_correlate2d(image, kernel[::-1]), say("Half a turn swaps left and right as well.")),
            (cross_correlate2d(image, kernel[:, ::-1]), say("Half a turn swaps up and down as well.")),
        ],
        hints=[say("Turn the filter by half a turn. Where is the 1 now, and which pixel does it pick?")],
        explanation=say(
            "The turned filter has its 1 in row {row}, column {column}, and copies the pixel that lies "
            "there in each window. Cross-correlation would copy the one at the opposite corner.",
            row=2 - row,
            column=2 - column,
        ),
    )


@question(FIGURE_3_2_INPUT[:2, :2], np.array([[2, 1], [0, -1]]))
def rule_3_7_outer_product(window, kernel):
    """The chapter's word for the operator, on trial."""
    return true_or_slip(
        text=say("The chapter calls the operator of cross-correlation an *outer product*. Is that true?"),
        slip=np.outer(window, kernel).size != cross_correlate2d(window, kernel).size,
        mistaken=say("How many numbers should one window and the filter make together?"),
        explanation=say("A slip of the pen: a window and the filter make *one* number, their inner product."),
    )


@question(FIGURE_3_2_INPUT, np.array([[2, 1], [0, -1]]))
def rule_3_8_order_of_letters(image, kernel):
    """Equation 3.8 as printed, on trial."""
    printed, usual = correlation_as_printed(image, kernel), cross_correlate2d(image, kernel)
    ways = usual, np.flip(usual), convolve2d(image, kernel)
    return Choice(
        text=say("Equation 3.8 as it is printed: what is it?"),
        options=[
            say("True: it gives the cross-correlation."),
            say("A slip: it gives the cross-correlation turned by half a turn."),
            say("A slip: it gives the convolution."),
        ],
        answer=[(printed == way).all() for way in ways].index(True),
        mistakes=[
            (0, say("The same nine numbers, but in the same places? Open the fold above.")),
            (2, say("Its last row is that of the convolution in step 1. And the other two rows?")),
        ],
        explanation=say("A slip: where $i$ grows the window moves up, and where $j$ grows, to the left."),
    )


@question(FIGURE_3_2_INPUT[:2, :2], np.array([[2, 1], [0, -1]]))
def rule_3_10_is_3_11(image, kernel):
    """The chapter's claim that image and filter may change places in a convolution, on trial."""
    exchanged = convolve2d(kernel, image, padding=1)
    return true_or_slip(
        text=say("The chapter says that 3.10, with the letters exchanged like that, is equal to 3.11. True?"),
        slip=not (convolve2d(image, kernel, padding=1) == exchanged).all(),
        mistaken=say("Then compare both in the fold above: is there a single number that differs?"),
        explanation=say("True: in a convolution image and filter may change places. Not every rule is off."),
    )


def _channel(rng):
    return whole_numbers(rng, (2, 2), 0, 3), whole_numbers(rng, (2, 2), -2, 2), rng.choice([-2, -1, 1, 2])


@question(EXAMPLE["image"][:2, 2:4, 1], EXAMPLE["parameters"]["filters"][..., 1], -1, draw=_channel)
def number_of_a_channel(window, kernel, bias):
    """One number of a channel: convolution, bias, ReLU."""
    before, after = say("A, before the ReLU"), say("C, after it")

    def both(value):
        return {before: value, after: relu(value)}

    total = convolve2d(window, kernel)[0, 0] + bias
    return Numbers(
        text=say(
            "One window of a channel, its filter, and the bias {bias}. Convolve as in 3.12, with the filter "
            "turned. What goes into the ReLU, and what comes out?",
            bias=number(bias),
        ),
        given={say("window"): window, say("filter"): kernel},
        answer=both(total),
        mistakes=[
            (both(cross_correlate2d(window, kernel)[0, 0] + bias), say("Turn the filter first.")),
            (both(total - bias), say("You have left out the bias.")),
            (None if total > 0 else {after: total}, say("The ReLU lets nothing through below zero.")),
            (None if total >= 0 else {after: -total}, say("The ReLU does not change a sign: it cuts off.")),
        ],
        hints=[say("Turn the filter, multiply each weight by the pixel under it, add up, add the bias.")],
        explanation=say(
            "Turned filter times window: {sum}; with the bias that is **{before}**. The ReLU makes "
            "**{after}** of it.",
            sum=products(window.ravel(), np.flip(kernel).ravel()),
            before=number(total),
            after=number(relu(total)),
        ),
    )


@question(_FORWARD["feature_map"], draw=lambda rng: (whole_numbers(rng, (4, 4), 0, 8),))
def pooled_and_flattened(feature_map):
    """Average pooling, and the chapter's flattening."""
    pooled = average_pool2d(feature_map, 2)
    return Array(
        text=say(
            "Pool this map with blocks of $n = 2$ (average), and flatten it as the chapter does. $f$ is:"
        ),
        given={"C": feature_map},
        decimals=2,
        answer=flatten_columns(pooled),
        mistakes=[
            (pooled.ravel(), say("That is row by row, as in Keras. The chapter goes down the columns.")),
            (flatten_columns(max_pool2d(feature_map, 2)), say("These are the maxima. Take the averages.")),
            (flatten_columns(4 * pooled), say("These are the sums. Divide by the four numbers of a block.")),
            (flatten_columns(2 * pooled), say("You have divided by $n$. A block has $n^2$ numbers.")),
        ],
        hints=[say("Four blocks, four averages. In which order do they enter $f$?")],
        explanation=say(
            "The averages are {averages}: first $P_{{11}}$ and $P_{{21}}$, then $P_{{12}}$ and $P_{{22}}$.",
            averages=listed(map(number, flatten_columns(pooled))),
        ),
    )


@question(_FORWARD["pooled"], EXAMPLE["parameters"]["weights"])
def weights_for_flattening_by_rows(pooled, weights):
    """What must be done to W where f is flattened by rows."""
    rows_first = pooled.ravel()
    ways = [weights, weights[:, [0, 2, 1, 3]], weights[[0, 2, 1]]]
    right = weights @ flatten_columns(pooled)
    return Choice(
        text=say(
            "Somebody flattens $P$ row by row and wants the same scores. What must be done to $W$, which "
            "has a row for each class?"
        ),
        options=[say("nothing"), say("swap columns 2 and 3 of $W$"), say("swap rows 2 and 3 of $W$")],
        answer=[np.allclose(way @ rows_first, right) for way in ways].index(True),
        mistakes=[
            (0, say("Then $P_{{21}}$ meets the weights of $P_{{12}}$.")),
            (2, say("That gives two classes each other's scores. What belongs to a number of $f$?")),
        ],
        explanation=say(
            "Each number of $f$ has a column of $W$. Two numbers have changed places, so must their columns. "
            "Otherwise the scores come out wrong, and nothing raises an error."
        ),
    )


@question(_FORWARD["scores"])
def sum_of_the_sigmoids(scores):
    """Whether sigmoids add up to 1."""
    total = float(logistic(scores).sum())
    return Choice(
        text=say(
            "The scores are {scores}. What do the three sigmoids add up to?",
            scores=listed(map(trimmed, scores)),
        ),
        options=[say("to 1, as with softmax"), say("to less than 1"), say("to more than 1")],
        answer=0 if np.isclose(total, 1) else 1 + int(total > 1),
        mistakes=[
            (0, say("Softmax divides by the sum of all. What does a sigmoid know of the other scores?")),
            (1, say("$\\sigma(0)$ is one half already, and all three scores are above 0.")),
        ],
        explanation=say("To {total}: nothing makes them share a whole.", total=fixed(total, 2)),
    )


def _powers(rng):
    return (rng.choice([(6, 3, 1), (5, 4, 1), (2, 5, 3), (7, 2, 1), (12, 5, 3), (3, 6, 1)]),)


@question((6, 3, 1), draw=_powers)
def softmax_from_powers(powers):
    """Softmax by hand, and what a shift of all scores does."""
    probabilities = softmax(np.log(np.array(powers, float)))
    names = [say("class {number}", number=place + 1) for place in range(3)]
    higher = say("class 1, all scores 1000 higher")
    shifted = softmax(np.log(np.array(powers, float)) + 1000)[0]
    return Numbers(
        text=say(
            "For three classes $e^s$ is {powers}. What are the probabilities of a softmax? And what is the "
            "first one if all three scores are 1000 higher?",
            powers=listed(map(str, powers)),
        ),
        decimals=2,
        answer=dict(zip([*names, higher], [*probabilities, shifted], strict=True)),
        mistakes=[
            (dict(zip(names, powers, strict=True)), say("Divide each power by the sum of all three.")),
            (
                dict(zip(names, 100 * probabilities, strict=True)),
                say("The right shares in per cent. A probability lies between 0 and 1."),
            ),
            (
                dict(zip(names, softmax(np.array(powers, float)), strict=True)),
                say("These numbers are the powers already: $e$ is not needed any more."),
            ),
            ({higher: 1}, say("All scores have grown, not this one alone. Which factor do all powers get?")),
            ({higher: 0}, say("Numerator and denominator get the same large factor.")),
        ],
        hints=[
            say("The probabilities are shares: what do the three powers add up to?"),
            say("In $e^{{s + 1000}} = e^{{1000}} \\cdot e^s$ the factor is the same for all three classes."),
        ],
        explanation=say(
            "The powers add up to {sum}, so the shares are **{first}**, **{second}** and **{third}**. With "
            "scores 1000 higher every power gets the same factor, which cancels: **{first}** again.",
            sum=sum(powers),
            first=fixed(probabilities[0], 2),
            second=fixed(probabilities[1], 2),
            third=fixed(probabilities[2], 2),
        ),
    )


@question((3, -3, 2), draw=lambda rng: (tuple(rng.randint(-5, 5) for _ in range(3)),))
def relu_before_or_after_the_sum(channels):
    """The two orders of ReLU and sum, for three numbers."""
    values = np.array(channels)
    chapter, frameworks = say("ReLU, then sum"), say("sum, then ReLU")
    first, second = int(relu(values).sum()), int(relu(values.sum()))
    return Numbers(
        text=say(
            "In one place three channels hold {values} before the ReLU. What comes out in the chapter's "
            "order, and what in that of the frameworks?",
            values=listed(map(number, channels)),
        ),
        answer={chapter: first, frameworks: second},
        mistakes=[
            ({chapter: second, frameworks: first}, say("You have swapped the two orders.")),
            ({chapter: int(values.sum())}, say("Each channel has its own ReLU, before they are added up.")),
            (
                {frameworks: int(values.sum())} if values.sum() < 0 else None,
                say("The sum goes through a ReLU, too."),
            ),
        ],
        hints=[say("First order: cut off each number below zero, then add up.")],
        explanation=say(
            "Cut off first, {parts} are left, together **{first}**. Added up first, they make {sum}, and the "
            "ReLU makes **{second}** of that.",
            parts=listed(number(value) for value in relu(values)),
            first=first,
            sum=number(values.sum()),
            second=second,
        ),
    )


@question()
def rule_3_12_place_of_the_relu():
    """A ReLU for each channel, on trial."""
    maps = [
        forward(**EXAMPLE)["feature_map"] for forward in (complete_model_forward, framework_order_forward)
    ]
    return Choice(
        text=say("The chapter puts a ReLU behind each channel and then adds up. Beside a framework that is:"),
        options=[
            say("the same network, written in another way"),
            say("an error: the chapter's network cannot be computed"),
            say("no error, but another network"),
        ],
        answer=0 if np.array_equal(*maps) else 2,
        mistakes=[
            (0, say("Look at the difference in the fold above. Is it 0 everywhere?")),
            (1, say("We have computed it all the way to the loss.")),
        ],
        explanation=say("It can be computed and trained, but where channels have opposite signs it differs."),
    )


@question(
    5,
    2,
    3,
    2,
    draw=lambda rng: (rng.randint(6, 12), rng.randint(2, 5), rng.randint(2, 8), rng.randint(2, 16)),
)
def shape_of_the_maps(side, window, channels, filters):
    """The shape that several filters make of several channels."""
    sides = output_size(side, window)
    height, maps = say("side"), say("channels")
    return Numbers(
        text=say(
            "A layer has {filters} filters of side {window}, no padding, and gets {side} × {side} × "
            "{channels} numbers. What is the side of its result, and how many channels has it?",
            filters=filters,
            window=window,
            side=side,
            channels=channels,
        ),
        answer={height: sides, maps: filters},
        mistakes=[
            ({maps: filters * channels}, say("The channels are added up: each filter makes one map.")),
            ({maps: channels} if channels != filters else None, say("Those are the channels that come in.")),
            ({height: side}, say("Without padding the filter has fewer places.")),
        ],
        hints=[say("How many maps does one filter make, whatever the number of channels?")],
        explanation=say(
            "The side is {side} − {window} + 1 = **{sides}**. Each filter adds up all channels and makes one "
            "map: **{filters}**.",
            side=side,
            window=window,
            sides=sides,
            filters=filters,
        ),
    )


def _layer(rng):
    return rng.choice([1, 3, 5]), rng.choice([3, 4, 8, 16]), rng.choice([2, 10, 20, 36])


@question(5, 16, 36, draw=_layer)
def parameters_over_channels(window, channels, filters):
    """Parameters of several filters over several channels."""
    answer = conv2d_parameters(window, channels, filters)
    return Number(
        text=say(
            "A layer has {filters} filters of {window} × {window} over {channels} channels. How many "
            "parameters does it have?",
            filters=filters,
            window=window,
            channels=channels,
        ),
        answer=answer,
        mistakes=[
            (answer + (channels - 1) * filters, say("The bias belongs to the filter, not to its slices.")),
            (
                conv2d_parameters(window, 1, filters),
                say("Each filter has a slice of weights for each channel."),
            ),
            (
                answer - (window - 1) * window * channels * filters if window > 1 else None,
                say("A slice has {window} rows of {window} weights.", window=window),
            ),
            (answer - filters, say("The biases are missing: one for each filter.")),
            (answer - filters + 1, say("One bias for all is too few: each filter has one of its own.")),
        ],
        hints=[say("How many weights has one filter, all its slices together? And then one bias.")],
        explanation=say(
            "One filter has {window} · {window} · {channels} = {weights} weights and one bias. All {filters} "
            "of them: {filters} · {each} = **{answer}**.",
            window=window,
            channels=channels,
            weights=window**2 * channels,
            each=window**2 * channels + 1,
            filters=filters,
            answer=f"{answer:,}",
        ),
    )


@question()
def growth_of_the_losses():
    """How the two losses grow."""
    squared, entropy = (
        [loss([p, 1 - p], [1, 0]) for p in (0.1, 0.01, 0.001)] for loss in (squared_error, cross_entropy)
    )
    steps, step = np.diff(entropy), fixed(entropy[1] - entropy[0], 1)
    return Choice(
        text=say("The right one of two classes gets 0.5, then 0.1, then 0.01. How does each loss grow?"),
        options=[
            say("Both without limit, the squared error faster."),
            say("The squared error stays below 1, the cross-entropy grows without limit."),
            say("Both stay below 1."),
        ],
        answer=1 if max(squared) < 1 and np.allclose(steps, steps[0]) else 0,
        mistakes=[
            (0, say("The probabilities lie between 0 and 1. How large can their squared differences get?")),
            (2, say("What is $-\\log 0.01$?")),
        ],
        explanation=say(
            "However wrong the network is, the squared error stays below 1. The cross-entropy grows by "
            "{step} each time the probability falls to a tenth.",
            step=step,
        ),
    )


CHECK_YOURSELF = (
    number_of_a_channel,
    pooled_and_flattened,
    softmax_from_powers,
    relu_before_or_after_the_sum,
    shape_of_the_maps,
    parameters_over_channels,
)
