"""Questions of lesson 3-5a: handwritten digits, the first program of section 3-5."""

import math

import numpy as np

from helpers import chapter
from helpers.language import say
from helpers.questions.catalogue import question
from helpers.questions.question import Choice, Number, Numbers, named, true_or_slip
from helpers.reference.classification import standard_error
from helpers.reference.counting import conv2d_parameters, dense_parameters
from helpers.reference.geometry import output_size
from helpers.reference.losses import cross_entropy
from helpers.runs import recorded_run
from helpers.wording import fixed, listed, number, trimmed


def _probabilities(rng):
    """Draw probabilities, and a right class whose logarithm is easily put together."""
    shares = rng.sample(
        rng.choice([[0.6, 0.25, 0.1, 0.05], [0.7, 0.2, 0.06, 0.04], [0.5, 0.25, 0.16, 0.09]]), 4
    )
    return tuple(shares), rng.choice([i for i in range(4) if shares[i] in (0.25, 0.2, 0.16, 0.1, 0.04)])


@question((0.2, 0.7, 0.06, 0.04), 0, draw=_probabilities)
def loss_of_an_answer(probabilities, label):
    """The cross-entropy of one answer."""
    target = np.eye(4)[label]
    loss, right = cross_entropy(probabilities, target), probabilities[label]
    return Number(
        text=say(
            "Four classes: a network's probabilities for one picture, and the right answer. What is the "
            "loss? (ln 2 = 0.693, ln 5 = 1.609)"
        ),
        given={say("probabilities"): np.array(probabilities), say("right answer"): target},
        decimals=2,
        unit=say("nats"),
        answer=loss,
        mistakes=[
            (
                -math.log(max(probabilities)),
                say("You have taken the class that the network prefers. The right one counts."),
            ),
            (-math.log10(right), say("That is the logarithm to base 10. The natural one is meant.")),
            (right, say("That is the probability of the right class. Take $-\\ln$ of it.")),
            (1 - right, say("That is what is missing to 1. Cross-entropy takes the logarithm.")),
            (-math.log(right) / 4, say("There is one picture: nothing is divided by the number of classes.")),
        ],
        hints=[
            say("Which probability did the right class get?"),
            say("$-\\ln \\frac{{1}}{{a}} = \\ln a$. Write the probability as a fraction."),
        ],
        explanation=say(
            "The right class got {p}, so the loss is $-\\ln {p} = \\ln {inverse} = {loss}$ nats. How the "
            "rest is shared out among the other classes does not matter.",
            p=trimmed(right, 2),
            inverse=trimmed(1 / right, 2),
            loss=fixed(loss, 2),
        ),
    )


def _training(rng):
    batch = rng.choice([20, 50, 60, 100])
    return batch * rng.randint(3, 9) + rng.randint(1, batch // 4), batch, rng.randint(2, 5)


@question(60_000, 256, 100, draw=_training)
def steps_of_a_training(pictures, batch, epochs):
    """How many steps a training takes."""
    steps = len(range(0, pictures, batch))
    names = say("steps in an epoch"), say("steps in all")
    return Numbers(
        text=say(
            "{pictures} training pictures, in batches of {batch}, for {epochs} epochs. How many steps are "
            "there in an epoch, and how many in all?",
            pictures=f"{pictures:,}",
            batch=batch,
            epochs=epochs,
        ),
        answer=named(names, *(steps, epochs * steps)),
        mistakes=[
            (
                named(names, *(pictures // batch, None)),
                say("Some pictures are left over. They make a smaller batch."),
            ),
            (named(names, *(batch, None)), say("That is the size of a batch. Each batch gives one step.")),
            (named(names, *(pictures, None)), say("There is one step for each batch, not for each picture.")),
            (named(names, *(steps, steps + epochs)), say("Each epoch takes all the steps again: multiply.")),
        ],
        hints=[
            say("How many batches does it take until every picture has had its turn?"),
            say("The last batch may be smaller than the others. It makes a step, too."),
        ],
        explanation=say(
            "{full} full batches and a smaller one make **{steps}** steps; {epochs} epochs take "
            "{epochs} · {steps} = **{all}**.",
            full=pictures // batch,
            steps=steps,
            epochs=epochs,
            all=f"{epochs * steps:,}",
        ),
    )


def _sides(side, padding):
    """List the sides after two rounds of a 5 x 5 convolution and a pooling by two."""
    sides = []
    for _ in range(2):
        sides.append(output_size(side, 5, padding))
        side = output_size(sides[-1], 2, stride=2)
        sides.append(side)
    return sides


@question(28, draw=lambda rng: (4 * rng.randint(5, 16),))
def sides_of_the_network(side):
    """The sides on the way through the network."""
    names = [say("first convolution"), say("first pooling"), say("second convolution"), say("second pooling")]
    sides = _sides(side, 2)
    return Numbers(
        text=say(
            "A picture of {side} × {side} pixels goes through the two rounds: a convolution with 5 × 5 "
            "filters and two zeros on every edge, then pooling with 2 × 2 windows. What is the side after "
            "each of the four layers?",
            side=side,
        ),
        answer=named(names, *sides),
        mistakes=[
            (named(names, *_sides(side, 0)), say("You have left out the zeros: two on every edge.")),
            (named(names, *_sides(side, 1)), say("Two zeros at each end make four in all, not two.")),
            (named(names, *_sides(side, 4)), say("Two zeros at each end are enough to keep the side.")),
            (named(names, *[side] * 4), say("Pooling takes one number from each 2 × 2 window.")),
        ],
        hints=[say("Equation 3.1: $(l - 5 + 2 \\cdot 2)/1 + 1$. And pooling at stride 2?")],
        explanation=say(
            "The convolutions keep the side, since $l - 5 + 4 + 1 = l$, and each pooling halves it: "
            "**{sides}**.",
            sides=listed(map(str, sides)),
        ),
    )


def _parameters(first, second, units):
    """List the parameters of the four layers that have any."""
    return [
        conv2d_parameters(5, 1, first),
        conv2d_parameters(5, first, second),
        dense_parameters(7 * 7 * second, units),
        dense_parameters(units, 10),
    ]


@question(16, 36, 128, draw=lambda rng: (rng.choice([2, 4, 8]), rng.choice([3, 6, 10]), rng.choice([20, 50])))
def count_the_layers(first, second, units):
    """The parameters of each layer, counted."""
    counts = _parameters(first, second, units)
    names = say("first convolution"), say("second convolution"), say("first dense"), say("second dense")
    flat, deep = conv2d_parameters(5, 1, second), dense_parameters(second, units)
    unpooled = dense_parameters(28**2 * second, units)
    return Numbers(
        text=say(
            "Count, biases included: {first} filters of 5 × 5 on one channel; {second} filters of 5 × 5 on "
            "the {first} maps; a dense layer from the {second} maps of 7 × 7 to {units} units; one from "
            "those to 10.",
            first=first,
            second=second,
            units=units,
        ),
        answer=named(names, *counts),
        mistakes=[
            (
                named(names, *np.subtract(counts, (first, second, units, 10))),
                say("The biases are missing: one for each map, and one for each unit."),
            ),
            (
                named(names, *np.subtract(counts, (first - 1, second - 1, units - 1, 9))),
                say("A layer has more than one bias: one for each map, or one for each unit."),
            ),
            (
                named(names, *(None, flat, None, None)),
                say("A filter of the second layer is as deep as there are maps."),
            ),
            (
                named(names, *(None, None, deep, None)),
                say("Each map brings 7 × 7 numbers into the dense layer."),
            ),
            (
                named(names, *(None, None, unpooled, None)),
                say("Two poolings have halved the side twice: 7 × 7 numbers of each map are left."),
            ),
        ],
        hints=[
            say("A filter has 5 · 5 weights for each channel it looks at, and one bias."),
            say("A dense layer has one weight for each pair of input and output, and one bias per output."),
        ],
        explanation=say(
            "{first} · (25 + 1) = **{a}**; {second} · (25 · {first} + 1) = **{b}**; {units} · (49 · {second} "
            "+ 1) = **{c}**; 10 · ({units} + 1) = **{d}**. Together {all}.",
            first=first,
            second=second,
            units=units,
            a=f"{counts[0]:,}",
            b=f"{counts[1]:,}",
            c=f"{counts[2]:,}",
            d=f"{counts[3]:,}",
            all=f"{sum(counts):,}",
        ),
    )


@question()
def filters_of_the_chapter():
    """Whether the chapter's text and its count agree."""
    return true_or_slip(
        text=say(
            "The chapter's text gives the two convolutions 16 and 32 filters. Further on it prints a count "
            "of {count} parameters for the same network. Is the sentence about the filters true?",
            count=f"{chapter.MNIST_PARAMETERS:,}",
        ),
        slip=sum(_parameters(16, 32, 128)) != chapter.MNIST_PARAMETERS,
        mistaken=say("Then 32 filters must lead to the printed count. Try `parameters_with(32)`."),
        explanation=say(
            "With 16 and 32 filters there are {small} parameters, with 16 and 36 as many as printed. So the "
            "count belongs to the program, and the 32 is a slip.",
            small=f"{sum(_parameters(16, 32, 128)):,}",
        ),
    )


@question()
def where_to_stop():
    """The epoch with the lowest test loss."""
    history = recorded_run("mnist-seed0").history
    epochs = np.array([3, 20, 60, 100])
    lowest = 1 + int(np.argmin(history["val_loss"]))
    return Choice(
        text=say(
            "Read it off the curves of the recorded run: after about how many epochs is the test loss lowest?"
        ),
        options=[number(epoch) for epoch in epochs],
        answer=int(np.argmin(abs(epochs - lowest))),
        mistakes=[
            (0, say("It still falls there. Look a little further to the right.")),
            (2, say("It has begun to rise long before. Look at the loss, not at the accuracy.")),
            (3, say("There the *training* loss is low. The curve of the test set is meant.")),
        ],
        explanation=say(
            "After epoch {lowest}, with {low}; at the end it is {last}. The accuracy hardly moves by then, "
            "but the few digits that are misread are misread with more certainty, and cross-entropy charges "
            "for that. It is overfitting, in a mild form.",
            lowest=lowest,
            low=fixed(min(history["val_loss"]), 3),
            last=fixed(history["val_loss"][-1], 3),
        ),
    )


@question(98, 10_000, draw=lambda rng: (rng.choice([50, 80, 90, 98]), rng.choice([100, 400, 2_500, 10_000])))
def error_bar_by_hand(accuracy, pictures):
    """The standard error of an accuracy."""
    share = accuracy / 100
    root = 100 * math.sqrt(share * (1 - share))
    return Number(
        text=say(
            "A network reads {accuracy} % of {pictures} test pictures. What is the standard error, in "
            "percentage points?",
            accuracy=accuracy,
            pictures=f"{pictures:,}",
        ),
        decimals=2,
        answer=100 * standard_error(share, pictures),
        mistakes=[
            (root, say("Divide by the number of pictures before you take the root.")),
            (
                root / pictures if root > pictures / 50 else None,
                say("The number of pictures stands below the root, too."),
            ),
            (
                root / 100 / math.sqrt(pictures),
                say("That is a share. In percentage points it is a hundred times as much."),
            ),
            (2 * root / math.sqrt(pictures), say("That is two of them. One is meant.")),
        ],
        hints=[
            say("$\\sqrt{{a(1-a)/n}}$ with $a = {share}$.", share=trimmed(share, 2)),
            say(
                "$\\sqrt{{a(1-a)}} = {root}$ here; $\\sqrt n$ is a whole number.", root=trimmed(root / 100, 2)
            ),
        ],
        explanation=say(
            "$\\sqrt{{{share} \\cdot {rest}/{pictures}}} = {root}/{side}$, in points **{answer}**. Four "
            "times as many pictures would halve it.",
            share=trimmed(share, 2),
            rest=trimmed(1 - share, 2),
            pictures=pictures,
            root=trimmed(root / 100, 2),
            side=number(math.sqrt(pictures)),
            answer=trimmed(root / math.sqrt(pictures), 2),
        ),
    )


@question()
def better_of_two():
    """Two results on the same test pictures."""
    runs = recorded_run("mnist-seed0"), recorded_run("mnist-unseen-seed3")
    first, second = (int(np.trace(run.confusion)) for run in runs)
    answers = [run.test_probabilities.argmax(axis=1) for run in runs]
    disagree = int(np.sum(answers[0] != answers[1]))
    clear = first - second > 2 * math.sqrt(disagree)
    return Choice(
        text=say(
            "Two of our runs read {first} and {second} of the *same* 10,000 digits. Is the first network the "
            "better one?",
            first=f"{first:,}",
            second=f"{second:,}",
        ),
        options=[
            say("Yes: it reads {count} digits more.", count=first - second),
            say("We cannot say: look at the pictures on which they disagree."),
            say("No: both are equally good, since the difference is small."),
        ],
        answer=int(not clear),
        mistakes=[
            (0, say("Would you bet on it for 10,000 other digits? How large is the part that luck plays?")),
            (2, say("That a difference may be chance does not prove that there is none.")),
        ],
        explanation=say(
            "Only {disagree} pictures tell them apart. If both were equally good, each of these would favour "
            "one or the other like the toss of a coin, and the difference would typically be about "
            "$\\sqrt{{{disagree}}} \\approx {typical}$. It is {difference}, less than twice that. So we "
            "cannot say.",
            disagree=disagree,
            typical=fixed(math.sqrt(disagree), 1),
            difference=first - second,
        ),
    )


def _rare(rng):
    hundreds = rng.randint(2, 9)
    return rng.randint(2, 9), 100 * hundreds, hundreds * rng.randint(5, 15)


@question(8, 1_000, 80, draw=_rare)
def never_an_eight(digit, pictures, shown):
    """How good a program is that never finds anything."""
    share = 100 * (pictures - shown) / pictures
    return Number(
        text=say(
            "A program is to tell whether a picture shows the digit {digit}. It answers *no* every time. Of "
            "{pictures} test pictures {shown} show that digit. What is its accuracy?",
            digit=digit,
            pictures=f"{pictures:,}",
            shown=shown,
        ),
        unit="%",
        answer=share,
        mistakes=[
            (100 - share, say("These are the pictures that it gets wrong.")),
            (share / 100, say("That is a share. In per cent it is a hundred times as much.")),
            (pictures - shown, say("That many pictures are right. What share of all is that, in per cent?")),
            (90, say("That would be one digit in ten. Count with the {shown} that there are.", shown=shown)),
            (50, say("It does not toss a coin: it always answers no. For how many pictures is that right?")),
            (0, say("It finds none of them, but on all other pictures it is right.")),
        ],
        hints=[say("For how many pictures is *no* the right answer?")],
        explanation=say(
            "*No* is right for {right} of {pictures} pictures, {share} %, and the program has learnt nothing."
            " An accuracy needs something to be compared with.",
            right=pictures - shown,
            pictures=f"{pictures:,}",
            share=number(share),
        ),
    )


@question()
def most_confused():
    """The two digits that are confused most."""
    confusion = recorded_run("mnist-seed0").confusion
    pairs = [(1, 7), (3, 5), (4, 9), (0, 6)]
    counts = [int(confusion[a, b] + confusion[b, a]) for a, b in pairs]
    return Choice(
        text=say("The recorded run misreads 54 of the 10,000 test digits. Which two does it confuse most?"),
        options=[say("{one} and {other}", one=a, other=b) for a, b in pairs],
        answer=counts.index(max(counts)),
        mistakes=[
            (0, say("A person might. Add up both ways in the matrix: {count} times.", count=counts[0])),
            (2, say("Close: {count} times, both ways together. Another pair has more.", count=counts[2])),
            (3, say("Rarely: {count} times, both ways together.", count=counts[3])),
        ],
        explanation=say("3 and 5: {count} times, both ways together.", count=max(counts)),
    )


CHECK_YOURSELF = (
    loss_of_an_answer,
    steps_of_a_training,
    sides_of_the_network,
    count_the_layers,
    error_bar_by_hand,
    never_an_eight,
)
