"""Questions of lesson 3-5c: what is inside of the two trained networks."""

from functools import cache

import numpy as np

from helpers.language import say
from helpers.programs import MNIST
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import AmbiguousError, Choice, Number, Numbers
from helpers.questions.trained import digit_network, digits, first_three, photographs, share_read
from helpers.reference.contributions import score_contributions
from helpers.reference.drawing import digit_from_drawing
from helpers.reference.geometry import output_size
from helpers.reference.layers import Dense, ReLU
from helpers.reference.network import Sequential
from helpers.reference.robustness import add_noise, shift
from helpers.wording import factor, fixed, listed, number, percent


@question(28, 36, draw=lambda rng: (4 * rng.randint(4, 12), rng.choice([8, 10, 16, 20])))
def flattened(side, maps):
    """The length of the flattened vector."""
    half = output_size(side, 2, stride=2)
    quarter = output_size(half, 2, stride=2)
    return Number(
        text=say(
            "A picture of {side} × {side} goes through two rounds of convolution with *same* padding, ReLU "
            "and 2 × 2 pooling. The second convolution has {maps} filters. How long is the flattened vector?",
            side=side,
            maps=maps,
        ),
        answer=quarter**2 * maps,
        mistakes=[
            (half**2 * maps, say("There are two poolings, and each of them halves the side.")),
            (quarter**2, say("That is one map. Each filter makes one of its own.")),
            (quarter * maps, say("A map has rows and columns: side times side.")),
        ],
        hints=[say("Which side have the maps behind the second pooling? Then count their numbers.")],
        explanation=say(
            "The side is {side}, {half}, then {quarter}, so {quarter} · {quarter} · {maps} = **{length:,}**.",
            side=side,
            half=half,
            quarter=quarter,
            maps=maps,
            length=quarter**2 * maps,
        ),
    )


@question()
@cache
def three_moved():
    """How the probability falls while a digit moves away."""
    moved = np.concatenate([shift(first_three(), right=step) for step in range(1, 6)])
    of_three = digit_network().predict(moved)[:, 3]
    all_at_once = bool(of_three[2] > 0.9 and of_three[3] < 0.1)
    return Choice(
        text=say(
            "With the fourth pixel to the right the 3 is read as an 8. How does the probability of *3* fall "
            "on the way there?"
        ),
        options=[
            say("It stays high at first, then it falls nearly all at once."),
            say("It falls by about the same amount with every pixel."),
            say("It falls with the first pixel and hardly any more after that."),
        ],
        answer=int(not all_at_once),
        mistakes=[
            (1, say("Softmax makes a steep step of a slowly growing difference. Try it in the explorer.")),
            (2, say("Two rounds of pooling forgive a first pixel: each keeps the largest of its block.")),
        ],
        explanation=say(
            "At one to five pixels it is {percents}. As long as the score of *3* leads clearly, softmax "
            "gives it nearly everything.",
            percents=listed(map(percent, of_three)),
        ),
    )


@question()
@cache
def untrained_says():
    """What a network says before any training."""
    answers = MNIST.network(np.random.default_rng(0)).predict(digits()[0])
    sure, kinds = answers.max(axis=1), len(np.unique(answers.argmax(axis=1)))
    return Choice(
        text=say("The weights of a network have just been drawn. What does it say of two hundred digits?"),
        options=[
            say("For each digit another class, and each time it is very sure."),
            say("Exactly 10 % for every class, for every digit."),
            say("Ten classes about equally likely, and nearly always the same favourite."),
        ],
        answer=2 * int(sure.max() < 0.3 and kinds <= 3),
        mistakes=[
            (0, say("To be sure, one score must lie far above the others. Who would have raised it?")),
            (1, say("Nearly. But the weights are random, and not zero.")),
        ],
        explanation=say(
            "The favourite gets between {lowest} and {highest}. It is the same class for all of them: random "
            "weights make nearly the same of every digit.",
            lowest=percent(sure.min()),
            highest=percent(sure.max()),
        ),
    )


@question(4, draw=lambda rng: (4 * rng.randint(1, 6),))
def moved_maps(pixels):
    """How far pooled maps move with the picture."""
    after = pixels // 2 // 2
    return Number(
        text=say(
            "A network has two rounds of convolution and 2 × 2 pooling. A digit moves {pixels} pixels to the "
            "right and stays inside of its picture. By how many places does it move in the last maps?",
            pixels=pixels,
        ),
        answer=after,
        mistakes=[
            (pixels, say("That is before the poolings. Behind them a place stands for a block.")),
            (pixels // 2, say("That holds behind the first pooling. There is a second one.")),
            (0, say("Pooling does not hold the maps in place: it only makes their places coarser.")),
        ],
        hints=[
            say("Before any pooling, a convolution's map moves exactly as far as the picture."),
            say("Each pooling halves the distance."),
        ],
        explanation=say(
            "Convolution moves its maps along with the picture, and each pooling halves the distance: "
            "{pixels}, then {half}, then **{after}**.",
            pixels=pixels,
            half=pixels // 2,
            after=after,
        ),
    )


def _small_head(rng):
    """Draw two numbers, two units of which exactly one is on, and a class's weights."""
    f, inner, outer = (whole_numbers(rng, shape, *ends) for shape, *ends in _HEAD)
    bias = whole_numbers(rng, 2, -2, 2)
    if sorted(f @ inner + bias > 0) != [False, True] or 0 in f @ inner + bias or 0 in (*bias, *outer):
        raise AmbiguousError("one unit should be on, the other off")
    return f, inner, bias, outer


_HEAD = (2, 1, 3), ((2, 2), -2, 2), (2, 1, 3)


@question(
    np.array([2, 1]), np.array([[1, -1], [2, 1]]), np.array([1, -2]), np.array([3, 2]), draw=_small_head
)
def score_by_hand(f, inner, bias, outer):
    """What each of two numbers adds to a score."""
    hidden = Dense("hidden", inner.astype(float), bias.astype(float))
    network = Sequential([hidden, ReLU("relu"), Dense("score", outer[:, np.newaxis].astype(float))])
    added, constant = (part[0] for part in score_contributions(network, f[np.newaxis].astype(float), 0))
    names = say("number 1 adds"), say("number 2 adds"), say("constant part")

    def answer(first, second, rest):
        return dict(zip(names, (first, second, rest), strict=True))

    unit, turned = int(np.argmax(f @ inner + bias)), inner @ f + bias > 0
    return Numbers(
        text=say(
            "A small case: two numbers $f$, two units with ReLU, and one class. $W$ has a row for each "
            "number and a column for each unit; the class's own bias is 0. First find out which unit is on. "
            "What does each number add to the score, and what is the constant part?"
        ),
        given={"f": f, "W": inner, "b": bias, "w": outer},
        answer=answer(*added, constant),
        mistakes=[
            (
                answer(*(f * (inner @ outer)), bias @ outer),
                say("You have counted a unit that is off. ReLU gives zero there: leave it out."),
            ),
            (
                answer(*(f * (inner.T @ (outer * turned))), None),
                say("You have taken a row of $W$ for each unit. Each unit has a column."),
            ),
            (
                answer(*added, 0),
                say("The class's own bias is 0, but the bias of the unit that is on counts."),
            ),
            (
                answer(*(inner[:, unit] * outer[unit]), None),
                say("These are the gradients $g_i$. Multiply each by its number $f_i$."),
            ),
            (answer(*added, bias[unit]), say("The unit's bias, too, counts times the unit's weight $w$.")),
            (answer(*(f * inner[:, unit]), None), say("What the unit gives counts times its weight $w$.")),
        ],
        hints=[
            say("Each unit's sum is its column of $W$ times $f$, plus its $b$. Is it above zero?"),
            say("By the unit that is on, number $i$ adds $f_i \\cdot W_i \\cdot w$, its bias $b \\cdot w$."),
        ],
        explanation=say(
            "Unit {unit} alone is on. Number 1 adds {f}·{w}·{out} = **{first}**, number 2 adds "
            "{f2}·{w2}·{out} = **{second}**, and the bias {bias}·{out} = **{constant}**. Together "
            "this is the score, {score}.",
            unit=unit + 1,
            f=f[0],
            f2=f[1],
            w=factor(inner[0, unit]),
            w2=factor(inner[1, unit]),
            out=outer[unit],
            bias=number(bias[unit]),
            first=number(added[0]),
            second=number(added[1]),
            constant=number(constant),
            score=number(added.sum() + constant),
        ),
    )


def _strongest_map():
    """Return what the strongest map of the first 3 adds to its score, and how far that falls without it."""
    rest, maps = digit_network().after("pool2"), digit_network().outputs(first_three())["pool2"]
    by_map = score_contributions(rest, maps, 3)[0].sum(axis=(0, 1, 2))
    muted = maps.copy()
    muted[..., by_map.argmax()] = 0
    return float(by_map.max()), float((rest.scores(maps) - rest.scores(muted))[0, 3])


@question()
@cache
def muted_map():
    """How far a score falls without its strongest map."""
    added, fall = _strongest_map()
    return Choice(
        text=say(
            "The strongest of the 36 maps adds {added} to the score of the 3. Set this map to zero. How far "
            "does the score fall?",
            added=fixed(added, 2),
        ),
        options=[
            say("hardly at all: the other 35 maps take over"),
            say("by exactly as much, since the parts sum to the score"),
            say("by about as much, but not exactly"),
        ],
        answer=2 * int(1e-3 < abs(fall - added) < 0.5),
        mistakes=[
            (1, say("The parts hold for the units that are on. Are the same ones on without the map?")),
            (0, say("The other maps stay as they were. What the map had added is missing.")),
        ],
        explanation=say(
            "It falls by {fall}. Without the map other units of the dense layer are on, and the $g_i$ of the "
            "other maps change a little.",
            fall=fixed(fall, 2),
        ),
    )


@question()
@cache
def pooling_robust():
    """The chapter's claim on trial: pooling makes a network robust against small deviations."""
    steps = (1, 2, 4, 5)
    worst = [min(share_read(shift(digits()[0], **{way: n})) for way in ("right", "down")) for n in steps]
    return Choice(
        text=say(
            "Printed: pooling makes the network robust against small deviations of the input. How far does "
            "that hold for this network, when the digits move right or down?"
        ),
        options=[
            say("It is a slip: even one pixel costs a large part of the digits."),
            say("It holds for one or two of the 28 pixels, and no longer for four or five."),
            say("It holds as long as the digit stays inside of the picture."),
        ],
        answer=int(worst[1] > 0.9) * (1 + int(worst[3] > 0.9)),
        mistakes=[
            (0, say("Then test it: which share is still read when all digits move by one pixel?")),
            (2, say("Then test it with four pixels, which most digits have room for.")),
        ],
        explanation=say(
            "Moved by 1, 2, 4 and 5 pixels in the worse of the two directions, {shares} of the digits are "
            "still read.",
            shares=listed(map(percent, worst)),
        ),
    )


@question()
@cache
def turned_all_the_way():
    """How the accuracy goes on beyond a quarter turn."""
    pictures, _ = digits()
    quarter, half = share_read(np.rot90(pictures, axes=(1, 2))), share_read(pictures[:, ::-1, ::-1])
    return Choice(
        text=say(
            "The digits turn slowly, from 0° to 180°. How does the share that is read go on beyond 90°?"
        ),
        options=[
            say("It rises again."),
            say("It stays near 10 %, as by guessing."),
            say("It goes on to fall, towards 0 %."),
        ],
        answer=int(half <= quarter + 0.05),
        mistakes=[
            (1, say("Which digits look the same upside down?")),
            (2, say("Guessing has one in ten right. And which digits look the same upside down?")),
        ],
        explanation=say(
            "{quarter} at 90°, {half} at 180°: most of 0, 1 and 8 still read the same.",
            quarter=percent(quarter),
            half=percent(half),
        ),
    )


@question()
@cache
def sure_of_shifted():
    """How sure the network is of digits that it misreads."""
    answers = digit_network().predict(shift(digits()[0], down=4))
    right, sure = float(np.mean(answers.argmax(axis=1) == digits()[1])), float(answers.max(axis=1).mean())
    in_place = float(digit_network().predict(digits()[0]).max(axis=1).mean())
    shares = np.array([right, (right + in_place) / 2, in_place])
    return Choice(
        text=say(
            "Four pixels down, the network reads {right} of the digits. How sure is it on average, by the "
            "highest of its ten probabilities?",
            right=percent(right),
        ),
        options=[
            say("about as sure as it is right"),
            say("a good deal surer than it is right, but less sure than in place"),
            say("as sure as of digits in place, nearly 100 %"),
        ],
        answer=int(abs(shares - sure).argmin()),
        mistakes=[
            (0, say("What in the training would have taught it to doubt?")),
            (2, say("The scores lie closer together now, and softmax shows that.")),
        ],
        explanation=say(
            "It is {sure} sure and {right} right: nothing has taught it to doubt.",
            sure=percent(sure),
            right=percent(right),
        ),
    )


def _blot(rng):
    return (whole_numbers(rng, (4, 4), -2, 2).clip(0, 2),)


@question(np.array([[0, 0, 0, 0], [0, 2, 1, 0], [0, 2, 0, 0], [0, 1, 0, 0]]), draw=_blot)
def centre_of_mass(ink):
    """The centre of mass of a small drawing."""
    names, inked = (say("row"), say("column")), np.argwhere(ink)
    if len(inked) < 3:
        raise AmbiguousError("too little ink")
    centre = np.average(inked, axis=0, weights=ink[ink > 0])

    def answer(place):
        return dict(zip(names, place, strict=True))

    return Numbers(
        text=say(
            "The numbers say how much ink there is. Where is its centre of mass? Count rows and columns from "
            "0. A fraction will do."
        ),
        given={say("ink"): ink},
        answer=answer(centre),
        decimals=2,
        mistakes=[
            (answer(centre + 1), say("You have counted from 1. In Python the first row is row 0.")),
            (answer(centre[::-1]), say("You have swapped row and column.")),
            (answer(inked.mean(axis=0)), say("Weigh each pixel by its ink: one with 2 counts twice.")),
            (
                answer(centre * ink.sum() / len(inked)),
                say("Divide by all the ink, not by the pixels with ink."),
            ),
            (
                answer((inked.min(axis=0) + inked.max(axis=0)) / 2),
                say("That is the middle of the box around the ink. More ink pulls the centre to its side."),
            ),
        ],
        hints=[
            say("How much ink is there in each row? The rows' mean, weighed by it, is the first number."),
            say("Add up row times ink over all pixels, and divide by all the ink."),
        ],
        explanation=say(
            "Row times ink sums to {rows}, column times ink to {columns}, and the ink to {all}: "
            "{rows}/{all} = **{row}** and {columns}/{all} = **{column}**.",
            rows=int(inked[:, 0] @ ink[ink > 0]),
            columns=int(inked[:, 1] @ ink[ink > 0]),
            all=int(ink.sum()),
            row=fixed(centre[0], 2),
            column=fixed(centre[1], 2),
        ),
    )


@question()
@cache
def sure_of_a_plus():
    """How sure the network is of what is no digit."""
    row, column = np.abs(np.mgrid[-70:70, -70:70])
    plus = digit_from_drawing(255.0 * ((np.minimum(row, column) < 8) & (np.maximum(row, column) < 60)))
    sure = float(digit_network().predict(plus[np.newaxis, ..., np.newaxis].astype(np.float32) / 255).max())
    return Choice(
        text=say("Somebody draws a plus sign. How sure is the network of the digit that it names?"),
        options=[
            say("about 10 %, since no digit fits"),
            say("about 50 %: it hesitates between two digits"),
            say("above 90 %"),
        ],
        answer=int(np.digitize(sure, [0.3, 0.9])),
        mistakes=[
            (0, say("For that all ten scores would have to be alike. Which digit is a plus most like?")),
            (1, say("It hesitates less than you: a small lead in the scores is enough for softmax.")),
        ],
        explanation=say(
            "{sure}. Softmax shares out 100 % among ten digits, and there is no class for *none of these*.",
            sure=percent(sure, 1),
        ),
    )


@question()
@cache
def photographs_changed():
    """Which change costs most of twenty photographs."""
    network, pictures, labels = photographs()
    noisy = np.clip(add_noise(pictures, 0.1, np.random.default_rng(0)), 0, 1)
    changed = shift(pictures, down=4), pictures[:, :, ::-1], noisy
    right = [int(np.sum(network.predict(x).argmax(axis=1) == labels)) for x in changed]
    return Choice(
        text=say("Which change costs the network most of the twenty photographs?"),
        options=[
            say("a shift by four pixels down, black above"),
            say("a mirror"),
            say("noise of 10 % in every pixel"),
        ],
        answer=int(np.argmin(right)),
        mistakes=[
            (1, say("The training pictures face both ways. Does a cat become something else in a mirror?")),
            (2, say("Noise costs some. But which of the three looks like nothing in the training pictures?")),
        ],
        explanation=say(
            "Of twenty, {shifted} are right after the shift, {mirrored} in the mirror, {noisy} with noise.",
            shifted=right[0],
            mirrored=right[1],
            noisy=right[2],
        ),
    )


CHECK_YOURSELF = (flattened, moved_maps, score_by_hand, centre_of_mass)
