"""Questions of lesson 3-6: how to judge a rule, and the rules on trial.

A question whose name begins with `rule_` is one of the pool from which `rules_on_trial` draws five. What is
shown below its text, and what decides whether it is a slip, is the trial of helpers/questions/trials.py.
"""

import numpy as np

from helpers.chapter.errata import ERRATA, KINDS
from helpers.language import say
from helpers.questions import trials
from helpers.questions.catalogue import question
from helpers.questions.question import Array, Choice, Number, true_or_slip
from helpers.questions.trials import code, is_slip
from helpers.reference.chapter_rules import chapter_channel_gradient
from helpers.reference.gradient_check import numerical_gradient
from helpers.wording import number, total, trimmed

# How to judge a rule


def _channels(rng):
    return (np.array(sorted(rng.sample(range(1, 9), 3))),)


@question(np.array([1, 2, 4]), draw=_channels)
def what_the_judge_measures(channels):
    """The gradient of a sum's terms."""
    whole = int(channels.sum())
    return Array(
        text=say(
            "Three channels are added up to $C$, and the loss is $L = C^2/2$. By the printed rule 3.30 each "
            "of them gets the gradient {whole}/3, or {third}. What does the judge measure when each one is "
            "moved a little?",
            whole=whole,
            third=number(whole / 3),
        ),
        given={say("channels"): channels},
        answer=numerical_gradient(lambda c: c.sum() ** 2 / 2, channels).round(6),
        decimals=2,
        mistakes=[
            (
                chapter_channel_gradient([[whole]], 3)[0, 0],
                say("That is the printed rule. Move the first channel by 0.1: by how much does $C$ move?"),
            ),
            (channels, say("Each channel is moved, but the loss asks for their sum alone: $L = C^2/2$.")),
            (
                whole * channels,
                say("A channel's own size plays no part: the sum grows as fast with each of them."),
            ),
            (np.ones(3), say("That is how fast $C$ grows. And how fast does the loss grow with $C$?")),
        ],
        hints=[
            say("When one channel grows by 0.1 and the others stay, by how much does $C$ grow?"),
            say("The slope of $C^2/2$ is $C$."),
        ],
        explanation=say(
            "Whatever one channel gains, the sum gains: slope 1. The loss grows with the sum by $C = {sum}$. "
            "Each channel gets all of it. A third would be right if $C$ were their mean.",
            sum=f"{total(channels)} = {whole}",
        ),
    )


def _curve(rng):
    return rng.randint(2, 5), rng.randint(2, 6)


@question(2, 3, draw=_curve)
def measured_by_hand(factor, x):
    """A central difference."""

    def height(place):
        return factor * place**2

    h = 0.1
    above, below = height(x + h), height(x - h)
    return Number(
        text=say(
            "Be the judge yourself: $f(x) = {factor}x^2$ is {above} at $x = {right}$ and {below} at "
            "$x = {left}$. Which slope do you measure at {x}?",
            factor=factor,
            above=trimmed(above),
            right=trimmed(x + h),
            below=trimmed(below),
            left=trimmed(x - h),
            x=x,
        ),
        answer=float(numerical_gradient(lambda place: height(place[0]), [x])[0]),
        decimals=1,
        mistakes=[
            (
                (above - below) / h,
                say("From one place to the other it is not one step of 0.1. How far is it?"),
            ),
            (above - below, say("That is the change. A slope is the change for each unit: divide it.")),
            ((above + below) / 2, say("That is how high the curve is, and not how steep.")),
        ],
        hints=[say("The change of the function, divided by the change of $x$.")],
        explanation=say(
            "$({above} - {below}) / 0.2 = {slope}$: the slope is **{slope}**. `numerical_gradient` does this "
            "for each number of an array, with a far smaller step.",
            above=trimmed(above),
            below=trimmed(below),
            slope=number(2 * factor * x),
        ),
    )


@question()
def what_acquits_a_gradient():
    """Which observation shows that a gradient is right."""
    measured = say("Moving each number a little changes the loss as the gradient says.")
    falls = say("The loss falls when one learns with it.")
    sizes = say("It has the shape of what it belongs to.")
    another = say("Another book prints the same formula.")
    options = [falls, measured, another, sizes]
    return Choice(
        text=say("Which of these shows best that a gradient is right?"),
        options=options,
        answer=options.index(measured),
        mistakes=[
            (
                options.index(falls),
                say("A wrong gradient may point downhill, too: that of 3.30 is only too short."),
            ),
            (options.index(sizes), say("The printed gradient of 3.32 has the right shape, and goes uphill.")),
            (options.index(another), say("Books copy from books. Ask somebody who knows no rules.")),
        ],
        explanation=say(
            "A measured slope uses the loss alone and none of the rules, so it cannot share their mistake."
        ),
    )


def _erratum(rng):
    return (rng.randrange(len(ERRATA)),)


@question(0, draw=_erratum)
def kind_of_slip(place):
    """The kind of a slip: how much it matters."""
    erratum = ERRATA[place]
    kinds = list(KINDS)
    sentences = {
        "result": say("Then whoever computes as it is printed would come to wrong numbers. Would he?"),
        "claim": say("Is it a promise of the text that goes too far, or something else?"),
        "choice": say("Then both ways would be right, and the chapter would only not say which it takes."),
        "slip": say("Is it only a name or a digit, and the method stays as it is?"),
        "dated": say("Was it right when the book was printed?"),
    }
    return Choice(
        text=say(
            "The chapter, {place}: *{printed}* What is right: *{right}* Which kind is that?",
            place=erratum.place,
            printed=erratum.printed,
            right=erratum.right,
        ),
        options=[KINDS[kind][0] for kind in kinds],
        answer=kinds.index(erratum.kind),
        mistakes=[(kinds.index(kind), sentences[kind]) for kind in kinds if kind != erratum.kind],
        explanation=say("**{kind}**: {meaning}", kind=KINDS[erratum.kind][0], meaning=KINDS[erratum.kind][1]),
    )


# The pool of rules


def _judged(trial, rule, *, slip, mistaken, explanation):
    text = f"{rule}\n\n{code(trial)}"
    return true_or_slip(text=text, slip=slip, mistaken=mistaken, explanation=explanation)


@question()
def rule_channels():
    """3.30: a slip."""
    return _judged(
        trials.channels,
        say(
            "Equation 3.30, for $C = C_1 + \\dots + C_m$: $\\mathrm{{d}}C_i = \\frac{{1}}{{m}}\\,"
            "\\mathrm{{d}}C$. Each channel gets an equal share of the gradient."
        ),
        slip=is_slip(trials.channels),
        mistaken=say("Move one channel alone by 0.1. By how much does the sum move: by 0.1, or by a third?"),
        explanation=say(
            "In a sum each term has the slope 1, so each gets all of it. For a mean the rule would be right."
        ),
    )


@question()
def rule_relu_slope():
    """3.32: a slip."""
    return _judged(
        trials.relu_slope,
        say(
            "Equation 3.32 goes from a channel $C_i$ back to the sum before its ReLU with the factor "
            "$C_i (1 - C_i)$."
        ),
        slip=is_slip(trials.relu_slope),
        mistaken=say("Draw a ReLU. How steep is it at 3? And what is $3 \\cdot (1 - 3)$?"),
        explanation=say(
            "A ReLU has the slope 1 above 0 and 0 below. $C (1 - C)$ is the slope of a logistic function."
        ),
    )


@question()
def rule_softmax_slope():
    """3.21: a slip."""
    return _judged(
        trials.softmax_slope,
        say(
            "Equation 3.21, for the squared loss after a softmax: "
            "$\\delta_i = (\\hat{{y}}_i - y_i)\\,\\hat{{y}}_i (1 - \\hat{{y}}_i)$."
        ),
        slip=is_slip(trials.softmax_slope),
        mistaken=say("One score rises. Which of the probabilities change: only its own?"),
        explanation=say(
            "The probabilities add up to 1, so each score moves all of them. The printed rule knows only of "
            "its own one: the diagonal."
        ),
    )


@question()
def rule_block_share():
    """3.6, average: a slip."""
    return _judged(
        trials.block_share,
        say(
            "Equation 3.6, average pooling with blocks of side $k$: each number has the slope "
            "$\\frac{{1}}{{k}}$."
        ),
        slip=is_slip(trials.block_share),
        mistaken=say("How many numbers are in a block of side 2, and which part of their mean is each?"),
        explanation=say("A block of side $k$ holds $k^2$ numbers, so the slope is $1/k^2$."),
    )


@question()
def rule_letters_of_3_8():
    """3.8: a slip."""
    return _judged(
        trials.letters_of_3_8,
        say(
            "Equation 3.8: sliding the filter over the image gives "
            "$G[i, j] = \\sum_{{u,v}} I[u, v]\\,F[i + u, j + v]$."
        ),
        slip=is_slip(trials.letters_of_3_8),
        mistaken=say("Which pixel meets the weight $F[0]$ when $i = 1$? Which should it be?"),
        explanation=say(
            "At the first place both agree. Then the printed sum moves the filter the other way: $i$ belongs "
            "to the image, $I[i + u, j + v]\\,F[u, v]$."
        ),
    )


@question()
def rule_hidden_delta():
    """3-3: a slip."""
    return _judged(
        trials.hidden_delta,
        say("Section 3-3: the gradient of a hidden unit $h$ is the output's $\\delta$ times $h$."),
        slip=is_slip(trials.hidden_delta),
        mistaken=say("A hidden unit grows by 0.1. By how much does the sum of the output grow?"),
        explanation=say(
            "$h$ reaches the output through its weight, so the factor is $W_2$. $\\delta$ times $h$ is the "
            "gradient of that weight."
        ),
    )


@question()
def rule_dense_weights():
    """3-3, last remark: a slip."""
    return _judged(
        trials.dense_weights,
        say(
            "Section 3-3, last remark: a dense network of 784, 100, 100 and 10 units needs "
            "$784 \\cdot 100 \\cdot 100 \\cdot 10$ weights."
        ),
        slip=is_slip(trials.dense_weights),
        mistaken=say("Count layer by layer: how many weights lie between the first two?"),
        explanation=say("A layer's weights are a product, but the layers add up: 89,400, and 210 biases."),
    )


@question()
def rule_output_size():
    """3.1: true."""
    return _judged(
        trials.output_size,
        say(
            "Equation 3.1: a filter of side $f$ has $d = \\frac{{l - f + 2p}}{{s}} + 1$ places, where "
            "that is a whole number."
        ),
        slip=is_slip(trials.output_size),
        mistaken=say("Count the places on paper: 9 pixels, a zero at each end, a filter of 3, steps of 4."),
        explanation=say(
            "The room divided by $s$ gives the moves, and 1 is the place where the filter started."
        ),
    )


@question()
def rule_letters_of_3_10():
    """3.10 and 3.11: true."""
    return _judged(
        trials.letters_of_3_10,
        say("Equations 3.10 and 3.11: $\\sum I[u, v]\\,F[i - u, j - v] = \\sum I[i - u, j - v]\\,F[u, v]$."),
        slip=is_slip(trials.letters_of_3_10),
        mistaken=say("Write the terms for $i = 1$ in both sums. Are they other terms, or another order?"),
        explanation=say(
            "Both add up the same products: all pairs of places whose sum is $(i, j)$. For the plus sign of "
            "3.8 the exchange does not work."
        ),
    )


@question()
def rule_block_mean():
    """3.16: true."""
    return _judged(
        trials.block_mean,
        say(
            "Equation 3.16: $P(i, j) = \\frac{{1}}{{n^2}} \\sum_{{u=0}}^{{n-1}} \\sum_{{v=0}}^{{n-1}} "
            "C(ni - u, nj - v)$. Its indices count from 1, those of Python from 0."
        ),
        slip=is_slip(trials.block_mean),
        mistaken=say("For $n = 2$ and $i = 1$, which rows are $ni - u$? And for $i = 2$?"),
        explanation=say("With $n = 2$, $ni - u$ runs through 2 and 1, then through 4 and 3: whole blocks."),
    )


@question()
def rule_affine_weights():
    """3.22: true."""
    return _judged(
        trials.affine_weights,
        say(
            "Equation 3.22, second half: once $\\delta$ is right, the weights of $Wf + b$ have the "
            "gradient $\\mathrm{{d}}W_{{ij}} = \\delta_i f_j$."
        ),
        slip=is_slip(trials.affine_weights),
        mistaken=say("$W_{{ij}}$ grows by a little. Which sum does it move, and by what times that?"),
        explanation=say("The weight moves one sum alone, the $i$-th, and moves it $f_j$ times as far."),
    )


@question()
def rule_back_through_the_mean():
    """3.28: true."""
    return _judged(
        trials.back_through_the_mean,
        say(
            "Equation 3.28: $\\mathrm{{d}}C(i, j) = \\frac{{1}}{{n^2}}\\,\\mathrm{{d}}P(\\lceil i/n "
            "\\rceil, \\lceil j/n \\rceil)$ for average pooling with blocks of side $n$."
        ),
        slip=is_slip(trials.back_through_the_mean),
        mistaken=say("A block holds $n^2$ numbers. Which part of their mean does each of them have?"),
        explanation=say("Each number is one $n^2$-th of its block's mean; the ceilings name its block."),
    )


@question()
def rule_winner_takes_it():
    """3.6, maximum: true."""
    return _judged(
        trials.winner_takes_it,
        say("Equation 3.6, max pooling: the largest number of a block has the slope 1, all others 0."),
        slip=is_slip(trials.winner_takes_it),
        mistaken=say("Which of the four can you move a little without moving the maximum?"),
        explanation=say(
            "A small move of a number that is not the largest changes nothing. Only where two are largest at "
            "once, there is something to agree on."
        ),
    )


@question()
def rule_logistic_slope():
    """3-3: true."""
    return _judged(
        trials.logistic_slope,
        say("Section 3-3 goes back through its logistic units with the factor $h (1 - h)$."),
        slip=is_slip(trials.logistic_slope),
        mistaken=say("It is the same factor as in 3.32. But which function did the forward pass use here?"),
        explanation=say(
            "These units are logistic, and $h (1 - h)$ is that function's slope. In 3.32 it is out of place."
        ),
    )


CHECK_YOURSELF = (measured_by_hand, what_the_judge_measures, what_acquits_a_gradient, kind_of_slip)
