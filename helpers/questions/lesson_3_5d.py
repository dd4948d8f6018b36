"""Questions of lesson 3-5d: which ideas carry the result, and how one would know."""

import itertools
import math
from functools import cache
from itertools import permutations

import numpy as np

from helpers.datasets import load_cifar10_photographs
from helpers.language import say, say_count
from helpers.programs import CIFAR10, VARIANTS, differences, recorded_variants, settled_accuracy
from helpers.questions.catalogue import question
from helpers.questions.question import Array, Choice, Number, Numbers, Order, named
from helpers.questions.trained import digits, photographs
from helpers.reference.comparison import over_seeds, sign_test
from helpers.reference.counting import conv2d_parameters, locally_connected_parameters
from helpers.reference.deeper_layers import BatchNormalization, without_normalization
from helpers.reference.layers import Conv2D
from helpers.reference.network import Sequential
from helpers.reference.receptive_field import receptive_field
from helpers.reference.robustness import add_noise, shift
from helpers.runs import recorded_run
from helpers.wording import fixed, listed, number, trimmed

# Comparing


@question()
def seeds_disagree():
    """On how many digits two trainings differ that differ in nothing but the seed."""
    runs = recorded_run("mnist-seed1"), recorded_run("mnist-seed2")
    misread = [int(run.confusion.sum() - np.trace(run.confusion)) for run in runs]
    first, second = (run.test_probabilities.argmax(axis=1) for run in runs)
    differ = int(np.sum(first != second))
    return Choice(
        text=say(
            "Two recorded trainings of the chapter's network for digits, twelve epochs each. Nothing "
            "differs but the seed. Of the 10,000 test digits they misread {first} and {second}. For how "
            "many of the 10,000 do they give different answers?",
            first=misread[0],
            second=misread[1],
        ),
        options=[
            say_count("for {count}: that is the difference", "for {count}: that is the difference", 2),
            say("for about 20"),
            say("for about 70"),
            say("for about 150: hardly any mistake of theirs is the same"),
        ],
        answer=int(np.digitize(differ, [10, 45, 110])),
        mistakes=[
            (0, say("That would be so if both misread the same digits, all but two. Do they?")),
            (
                1,
                say("More: think of a digit that is hard to read. A little luck decides about each of them."),
            ),
            (3, say("That many only if they had no mistake in common. Some digits defeat both.")),
        ],
        explanation=say(
            "For {differ}. A digit that is easy is read by both, and some are misread by both. Those in "
            "between go one way or the other, as the first weights and the order of the pictures happen to "
            "fall. The totals hide this: {first} and {second}.",
            differ=differ,
            first=misread[0],
            second=misread[1],
        ),
    )


def _two_networks(rng):
    pictures = rng.choice([200, 500, 1000])
    only_a, only_b, neither = rng.sample(range(4, 40), 3)
    both = pictures - only_a - only_b - neither
    return pictures, both + only_a, both + only_b, both


@question(1000, 960, 970, 948, draw=_two_networks)
def only_one_is_right(pictures, first, second, both):
    """The four counts of a paired comparison."""
    names = say("only A"), say("only B"), say("neither")
    only_a, only_b = first - both, second - both
    neither = pictures - both - only_a - only_b
    return Numbers(
        text=say(
            "Network A reads {first} of {pictures} pictures, network B {second} of the same ones. Both read "
            "{both}. How many does only A read, how many only B, and how many neither?",
            first=first,
            second=second,
            pictures=f"{pictures:,}",
            both=both,
        ),
        answer=named(names, *(only_a, only_b, neither)),
        mistakes=[
            (named(names, *(first, second, None)), say("Take away the pictures that both of them read.")),
            (named(names, *(only_b, only_a, None)), say("You have swapped A and B.")),
            (
                named(names, *(None, None, pictures - both)),
                say("Among these are pictures that one of them reads. Take those away, too."),
            ),
            (
                named(names, *(None, None, 2 * pictures - first - second)),
                say("Pictures that both misread are counted twice here, and those of one alone once."),
            ),
        ],
        hints=[
            say("What A reads falls into two parts: read by both, or by A alone."),
            say("All four counts together are the {pictures:,} pictures.", pictures=pictures),
        ],
        explanation=say(
            "Only A: {first} − {both} = **{only_a}**. Only B: {second} − {both} = **{only_b}**. Neither: "
            "what is left of {pictures:,}, **{neither}**. The {both} and the {neither} say nothing about "
            "which of the two is better.",
            first=first,
            second=second,
            both=both,
            only_a=only_a,
            only_b=only_b,
            neither=neither,
            pictures=pictures,
        ),
    )


def _won_and_lost(rng):
    root = rng.randint(5, 12)
    lost = rng.randint(root**2 // 4, root**2 // 2 - 1)
    return root**2 - lost, lost


@question(46, 18, draw=_won_and_lost)
def typical_of_chance(won, lost):
    """How far chance alone typically gets."""
    names = say("difference"), say("typical of chance")
    changed, difference = won + lost, won - lost
    typical = math.sqrt(changed)
    return Numbers(
        text=say(
            "Of 10,000 pictures {won} are read by A alone, {lost} by B alone; the others by both or by "
            "neither. How many pictures is A ahead? And by how many would one of two equally good networks "
            "typically be ahead, by chance?",
            won=won,
            lost=lost,
        ),
        answer=named(names, *(difference, typical)),
        mistakes=[
            (
                named(names, *(None, math.sqrt(10_000))),
                say("On most pictures they do not differ: those toss no coin. How many do?"),
            ),
            (
                named(names, *(None, math.sqrt(difference))),
                say("Take the root of all pictures that changed."),
            ),
            (
                named(names, *(None, changed / 2)),
                say("That is how many each wins on average. How far ahead does one usually get?"),
            ),
            (named(names, *(changed, None)), say("That is their sum. By how many is A ahead?")),
        ],
        hints=[
            say("On how many pictures is exactly one of them right?"),
            say("$n$ coins: about $\\sqrt{{n}}$."),
        ],
        explanation=say(
            "A is ahead by {won} − {lost} = **{difference}**. {changed} coins differ typically by "
            "$\\sqrt{{{changed}}} = {typical}$. That makes {ratio} times what is typical; from twice on, "
            "chance is a poor explanation.",
            won=won,
            lost=lost,
            changed=changed,
            difference=difference,
            typical=trimmed(typical, 0),
            ratio=fixed(difference / typical, 1),
        ),
    )


@question(7, 1, draw=lambda rng: (rng.randint(5, 9), rng.randint(0, 2)))
def seven_coins(changed, lost):
    """How probable it is that coins fall so unevenly."""
    ways = [math.comb(changed, heads) for heads in range(lost + 1)]
    all_ways = 2**changed
    return Number(
        text=say(
            "Only {changed} pictures tell two networks apart: {won} are read by A alone, {lost} by B alone. "
            "Suppose that both are equally good, so that each picture falls to A or to B like a fair coin. "
            "How probable is a result that is at least so uneven, to either side? (A fraction will do.)",
            changed=changed,
            won=changed - lost,
            lost=lost,
        ),
        decimals=3,
        answer=sign_test(changed - lost, lost),
        mistakes=[
            (sum(ways) / all_ways, say("That is one side. B might have been ahead as far: twice as much.")),
            (
                2 * ways[-1] / all_ways if lost else None,
                say("That is exactly this result. Count those that are more uneven, too."),
            ),
            (ways[-1] / all_ways if lost else None, say("Count what is more uneven, too, and both sides.")),
            (1 / all_ways if lost else None, say("More than one way leaves B with so few.")),
            (
                lost / changed if lost else None,
                say("That is B's share. How often do fair coins give so small a one?"),
            ),
        ],
        hints=[
            say("{changed} coins can fall in $2^{changed} = {all}$ ways.", changed=changed, all=all_ways),
            say("In how many of these does B get {lost} or fewer? And A?", lost=lost),
        ],
        explanation=say(
            "Of the $2^{changed} = {all}$ ways {ways} leave B with {lost} or fewer, and as many leave A "
            "with that few: $2 \\cdot {ways} / {all} = {answer}$. {verdict} This is the *sign test*, and "
            "its answer is called $p$.",
            changed=changed,
            all=all_ways,
            ways=sum(ways),
            lost=lost,
            answer=fixed(sign_test(changed - lost, lost), 3),
            verdict=say("Below 0.05, so one would hesitate to call it chance.")
            if sign_test(changed - lost, lost) < 0.05
            else say("Chance does that often enough: nothing is proved."),
        ),
    )


@question(9, draw=lambda rng: (rng.choice([5, 8, 9, 10, 12, 15, 20]),))
def nine_comparisons(comparisons):
    """How soon one of several comparisons looks like a success by chance."""
    level = 0.05
    lucky = 100 * (1 - (1 - level) ** comparisons)
    return Number(
        text=say(
            "{count} ideas that change nothing at all are each compared with the chapter's network. Each "
            "comparison has $p < 0.05$ by chance alone in 5 of 100 cases; suppose that they do not depend "
            "on each other. How probable is it, in percent, that at least one idea looks like a success or "
            "a failure?",
            count=comparisons,
        ),
        unit="%",
        decimals=1,
        answer=lucky,
        mistakes=[
            (100 * level * comparisons, say("That would count twice what happens to two ideas at once.")),
            (100 - lucky, say("That is the probability that none of them does.")),
            (100 * level, say("That is for a single idea.")),
            (
                100 * level**comparisons,
                say("That is how rarely all of them look like that at once. Here one is enough."),
            ),
            (lucky / 100, say("That is a share. In percent it is a hundred times as much.")),
        ],
        hints=[
            say("First find how probable it is that none of them does."),
            say("A single one stays quiet with 0.95. And all {count}?", count=comparisons),
        ],
        explanation=say(
            "All stay quiet with $100 \\cdot 0.95^{{{count}}} = {none}$ %, so at least one does not with "
            "**{some} %**. Whoever compares much finds something. So do not take a $p$ of 0.03 for a "
            "discovery here; one of 0.001 still stands out.",
            count=comparisons,
            none=fixed(100 - lucky, 1),
            some=fixed(lucky, 1),
        ),
    )


def _three_seeds(rng):
    middle = rng.randint(740, 920)
    return tuple((middle + step) / 10 for step in rng.choice([(-3, 1, 5), (-4, 0, 1), (0, 2, 7), (-6, 1, 2)]))


@question((81.1, 81.6, 81.2), draw=lambda rng: (_three_seeds(rng),))
def mean_of_seeds(accuracies):
    """The mean of several seeds and its standard error."""
    names = say("mean"), say("standard error")
    spread = np.std(accuracies, ddof=1)
    mean, error, half_width = over_seeds(accuracies)
    return Numbers(
        text=say(
            "Three trainings of one network, with three seeds, come to {accuracies} %. What is their mean? "
            "And its standard error, $s/\\sqrt{{3}}$, where $s$ is their standard deviation (divide by one "
            "less than their number)?",
            accuracies=listed(trimmed(value, 1) for value in accuracies),
        ),
        unit="%",
        decimals=2,
        answer=named(names, *(mean, error)),
        mistakes=[
            (
                named(names, *(mean, spread)),
                say("That is $s$: how far a single training lies off. The mean of three lies off less."),
            ),
            (
                named(names, *(mean, np.std(accuracies) / math.sqrt(len(accuracies)))),
                say(
                    "For $s$ divide by 2, one less than their number: the mean was found from the same three."
                ),
            ),
            (named(names, *(mean, spread / 3)), say("Divide $s$ by the root of 3.")),
            (
                named(names, *(mean, max(accuracies) - min(accuracies))),
                say("That is the range. Take the standard deviation, over the root of 3."),
            ),
            (named(names, *(max(accuracies), None)), say("That is the best of them. The mean is asked.")),
        ],
        hints=[
            say("Mean first. Then the three distances from it, squared and added."),
            say("Divide the sum by 2, take the root: $s$. Divide by $\\sqrt{{3}}$."),
        ],
        explanation=say(
            "The mean is {mean}, $s = {spread}$, and $s/\\sqrt{{3}} = {error}$. With three seeds $s$ itself "
            "is known only roughly: an interval that holds the true mean in 95 of 100 cases reaches {reach} "
            "standard errors to either side, not 2.",
            mean=fixed(mean, 2),
            spread=fixed(spread, 2),
            error=fixed(error, 2),
            reach=fixed(half_width / error, 1),
        ),
    )


# The digits' network, changed


def _second_convolution(rng):
    return (
        rng.choice([6, 7, 8, 10, 12, 14]),
        rng.choice([3, 5]),
        rng.choice([4, 8, 16]),
        rng.choice([10, 20, 36]),
    )


@question(14, 5, 16, 36, draw=_second_convolution)
def filters_of_each_place(side, window, maps, filters):
    """What a convolution has, and what it would have with filters of its own at every place."""
    names = say("shared"), say("not shared")
    shared = conv2d_parameters(window, maps, filters)
    # The input with its zeros around, so that the filter has side x side places.
    unshared = locally_connected_parameters(side + window - 1, window, maps, filters)
    inside = locally_connected_parameters(side, window, maps, filters)
    return Numbers(
        text=say(
            "A convolution gets {maps} maps of {side} × {side}. It has {filters} filters of {window} × "
            "{window}, and zeros around keep the side. How many parameters does it have? And how many would "
            "it have if it shared nothing: other filters and other biases at each place of its output?",
            maps=maps,
            side=side,
            filters=filters,
            window=window,
        ),
        answer=named(names, *(shared, unshared)),
        mistakes=[
            (
                named(names, *(shared - filters, unshared - filters * side**2)),
                say("The biases are missing: one for each filter, each time."),
            ),
            (
                named(names, *(None, unshared - filters * (side**2 - 1))),
                say("The biases are not shared any more, either."),
            ),
            (
                named(names, *(None, shared * side)),
                say("You have counted the places of one row. How many are there in all?"),
            ),
            (
                named(names, *(None, inside)),
                say(
                    "Thanks to the zeros around, the filter also has places at the edge: {side} × {side}.",
                    side=side,
                ),
            ),
            (
                named(names, *(conv2d_parameters(window, 1, filters), None)),
                say("Each filter looks at all maps."),
            ),
        ],
        hints=[
            say("A filter has {window} · {window} · {maps} weights and a bias.", window=window, maps=maps),
            say("At how many places does it stand?"),
        ],
        explanation=say(
            "Shared: $({window} \\cdot {window} \\cdot {maps} + 1) \\cdot {filters} = {shared}$. Not "
            "shared: as many at each of the {places} places, {unshared:,}.",
            window=window,
            maps=maps,
            filters=filters,
            shared=f"{shared:,}",
            places=side**2,
            unshared=unshared,
        ),
    )


@cache
def _compared(name):
    """Return (run, changes) of a variant's first recorded training."""
    found = differences(name.partition("-")[0])
    return next((run, changes) for variant, run, changes in found if variant == name)


def _misread(run):
    return int(np.sum(~run.correct))


@cache
def _means(group):
    """Return {variant: (test accuracy, training accuracy)}, in percent, means over the recorded seeds."""
    return {
        name: (
            100 * np.mean([run.test_accuracy for run in runs]),
            100 * np.mean([run.history["accuracy"][-1] for run in runs]),
        )
        for name, runs in recorded_variants(group).items()
    }


def _accuracies(names, which=0):
    """List the test accuracies of variants, or with 1 their training accuracies."""
    return [float(_means(name.partition("-")[0])[name][which]) for name in names]


def _settled_accuracies(names):
    """List the test accuracies of variants, in percent, means of the last epochs of all seeds."""
    recorded = recorded_variants(names[0].partition("-")[0])
    return [float(np.mean([settled_accuracy(run) for run in recorded[name]])) for name in names]


def _epochs(names):
    """Return how long the first of these variants was trained."""
    return recorded_variants(names[0].partition("-")[0])[names[0]][0].epochs_done


def _rank(names, *, text, answer, near, hint, beliefs=()):
    """Ask for the order of variants by their test accuracies."""
    costs = [VARIANTS[name].costs for name in names]
    beliefs = [
        *beliefs,
        (
            [cost.parameters for cost in costs],
            say("You have ranked them by their parameters. Do more parameters read more?"),
        ),
        (
            [cost.multiplications for cost in costs],
            say("You have ranked them by their multiplications. Whoever computes most need not read most."),
        ),
        (
            _accuracies(names, 1),
            say("That is the order of their *training* accuracies. What is learnt by heart does not count."),
        ),
    ]
    mistakes = []
    for belief, sentence in beliefs:
        others = [other for other, _ in mistakes]
        if _contradicts(belief, answer, near) and all(_contradicts(belief, other, 0) for other in others):
            mistakes.append((belief, sentence))
    titles = [VARIANTS[name].title for name in names]
    ranked = listed(f"{titles[place]} {fixed(answer[place], 2)} %" for place in np.argsort(answer)[::-1])
    return Order(
        text=text,
        items=titles,
        ends=(say("the highest accuracy"), say("the lowest accuracy")),
        near=near,
        answer=answer,
        mistakes=mistakes,
        hints=[hint],
        explanation=say("Test accuracies: {listed}.", listed=ranked),
    )


def _contradicts(belief, values, near):
    """Tell whether a belief has two items the wrong way round."""
    pairs = permutations(range(len(values)), 2)
    return any(belief[i] > belief[j] and values[j] - values[i] > near for i, j in pairs)


@question()
def rank_pooling():
    """What becomes of the network for digits when its pooling is changed."""
    names = [
        "mnist-chapter",
        "mnist-no-pooling",
        "mnist-average-pooling",
        "mnist-stride",
        "mnist-global-average",
    ]
    return _rank(
        names,
        text=say(
            "Which of these reads most of the 10,000 test digits after {epochs} epochs, and which fewest? "
            "Networks within 0.3 points of each other may stand either way.",
            epochs=_epochs(names),
        ),
        answer=_accuracies(names),
        near=0.3,
        hint=say("A test digit stands in the middle, as the training digits did. What is lost of it there?"),
    )


@question()
def rank_weights():
    """What becomes of the network for digits when its weights are changed."""
    names = [
        "mnist-chapter",
        "mnist-no-dropout",
        "mnist-random-filters",
        "mnist-unshared",
        "mnist-dense",
        "mnist-3x3-twice",
    ]
    return _rank(
        names,
        text=say("And of these? Again, those within 0.3 points of each other may stand either way."),
        answer=_accuracies(names),
        near=0.3,
        hint=say("Which of them can learn what a stroke looks like, once for all places?"),
    )


@question()
def random_filters_read():
    """How much worse a network reads whose filters never learn."""
    misread, of_chapter = (
        _misread(_compared("mnist-random-filters")[0]),
        _misread(_compared("mnist-chapter")[0]),
    )
    return Choice(
        text=say(
            "The chapter's network misreads {count} of the 10,000 test digits. And the one whose filters "
            "stay as they were drawn, in both convolutions?",
            count=of_chapter,
        ),
        options=[
            say("about as many: the dense layers make up for it"),
            say("about 200 to 500"),
            say("about 1,000 to 3,000"),
            say("about 9,000: it can only guess"),
        ],
        answer=int(np.digitize(misread, [1.5 * of_chapter, 700, 5000])),
        mistakes=[
            (0, say("Something is lost: no filter can adapt to what the dense layers would need.")),
            (2, say("Fewer. Think of what a random filter makes of a stroke: is the digit still there?")),
            (
                3,
                say(
                    "Its dense layers learn, and what they get still shows the digit, blurred or in outline."
                ),
            ),
        ],
        explanation=say(
            "{count} are misread. Random filters keep most of what is in the picture, and the dense layers "
            "learn to read that. But the chapter's network misreads only {of_chapter}: that is what "
            "learning the filters is worth here.",
            count=misread,
            of_chapter=of_chapter,
        ),
    )


@question()
def dropout_on_digits():
    """Whether dropout helps the digits' network within eight epochs."""
    run, changes = _compared("mnist-no-dropout")
    of_chapter, _ = _compared("mnist-chapter")
    without, with_it = (100 * one.history["accuracy"][-1] for one in (run, of_chapter))
    clear = sign_test(changes.only_a, changes.only_b) < 0.05
    return Choice(
        text=say(
            "Without dropout the network reads {without} % of its *training* digits in the last epoch, and "
            "with dropout {with_it} %. Which of the two reads more of the 10,000 *test* digits, compared "
            "picture by picture, with $p < 0.05$ as the limit, the usual one for a single comparison?",
            without=fixed(without, 1),
            with_it=fixed(with_it, 1),
        ),
        options=[
            say("the one without dropout, as on its training digits"),
            say("the one with dropout"),
            say("one cannot say: the difference may well be chance"),
        ],
        answer=int(changes.only_b > changes.only_a) if clear else 2,
        mistakes=[
            (0, say("It knows its training digits better. Does that help with new ones?")),
            (2, say("With digits it is often so. Here coins would fall so unevenly less often than that.")),
        ],
        explanation=say(
            "{won} test digits are read only without dropout, {lost} only with it: $p = {p}$. The training "
            "accuracy says nothing about that, and it is not even fair: it was measured while dropout hid a "
            "part of the numbers. Keep this $p$ in mind: it was one of nine comparisons.",
            won=changes.only_a,
            lost=changes.only_b,
            p=fixed(sign_test(changes.only_a, changes.only_b), 3),
        ),
    )


@question()
@cache
def moved_by_four():
    """Which network bears a shift best."""
    names = [
        "mnist-chapter",
        "mnist-no-pooling",
        "mnist-average-pooling",
        "mnist-stride",
        "mnist-dense",
        "mnist-global-average",
    ]
    pictures, labels = digits()
    steps = {"right": 4}, {"right": -4}, {"down": 4}, {"down": -4}
    moved = np.concatenate([shift(pictures, **step) for step in steps])
    read = [VARIANTS[name].trained_network().scores(moved).argmax(axis=1) for name in names]
    shares = [float(np.mean(one == np.tile(labels, len(steps)))) for one in read]
    return Choice(
        text=say(
            "The digits are moved by four pixels. Each of these networks has met digits in the middle only. "
            "Which of them reads most of the moved ones?"
        ),
        options=[VARIANTS[name].title for name in names],
        answer=int(np.argmax(shares)),
        mistakes=[
            (0, say("It bears more than most, but behind the maps it has a weight for each place.")),
            (1, say("Nothing is pooled, so each of its weights waits for a stroke at its own pixel.")),
            (2, say("Behind its maps, too, there is a weight for each place.")),
            (3, say("It skips places: a stroke that moves by one pixel falls on other ones.")),
            (
                4,
                say(
                    "It has a weight for each pixel. Which of them has met the pixels where the digit is now?"
                ),
            ),
        ],
        explanation=say(
            "In percent: {listed}. A mean over the whole map does not ask where in it something was found.",
            listed=listed(
                f"{VARIANTS[name].title} {fixed(100 * share, 1)}"
                for name, share in zip(names, shares, strict=True)
            ),
        ),
    )


@question()
def unshared_multiplications():
    """What unshared weights cost in multiplications."""
    shared, unshared = (VARIANTS[name].costs for name in ("mnist-chapter", "mnist-unshared"))
    ratio = unshared.parameters / shared.parameters
    return Choice(
        text=say(
            "The network for digits whose convolutions share nothing has {ratio} times as many parameters "
            "as the chapter's. How many times as many multiplications does it need for a picture?",
            ratio=round(ratio),
        ),
        options=[
            say("just as many"),
            say("about twice as many"),
            say("about {ratio} times as many", ratio=round(ratio)),
        ],
        answer=int(np.digitize(unshared.multiplications / shared.multiplications, [1.001, ratio / 2])),
        mistakes=[
            (
                1,
                say(
                    "Count for one place of the output: which of the two networks multiplies more often "
                    "there?"
                ),
            ),
            (
                2,
                say(
                    "Each place of the output needs one filter's products. Does it matter whose filter that "
                    "is?"
                ),
            ),
        ],
        explanation=say(
            "Both need {count:,}. At each place a filter is multiplied with its window, whether it is used "
            "elsewhere or not. Sharing saves memory, and it lets each weight learn from every place; it "
            "saves no multiplication.",
            count=unshared.multiplications,
        ),
    )


# Remedies


@question(4, draw=lambda rng: (rng.randint(2, 8),))
def mirrored_and_shifted(most):
    """How many pictures one becomes."""
    steps = 2 * most + 1
    return Number(
        text=say(
            "A photograph is shown as it is or mirrored, and shifted by a whole number of pixels, at most "
            "{most} to each side and at most {most} up or down. In how many ways can the network meet it?",
            most=most,
        ),
        answer=2 * steps**2,
        mistakes=[
            (steps**2, say("And each of them in the mirror, too.")),
            (2 * (2 * most) ** 2, say("It can also stay where it is: count 0 as a shift.")),
            (2 * (most + 1) ** 2, say("To the left as well as to the right, up as well as down.")),
            (2 * most**2, say("There are two directions along each side, and the shift by 0.")),
            (2 + 2 * steps, say("Every shift across goes with every shift down: multiply.")),
            (2 * steps, say("That is one direction. Across and down go together: multiply.")),
        ],
        hints=[
            say("From −{most} to {most}: how many whole numbers are these?", most=most),
            say("Each of these across, each of these down, each as it is or mirrored."),
        ],
        explanation=say(
            "{steps} shifts across, {steps} down, and the mirror: $2 \\cdot {steps}^2 = {all}$. They are no "
            "new photographs: all of them show the same thing. But no two epochs are alike any more, and "
            "that makes learning by heart hard.",
            steps=steps,
            all=2 * steps**2,
        ),
    )


def _decay(rng):
    return rng.choice([0.01, 0.002, 0.001, 0.0005]), rng.choice([100, 200, 400, 500, 1000])


@question(0.0005, 1000, draw=_decay)
def what_decay_leaves(decay, steps):
    """What is left of a weight that no gradient moves."""
    left = 100 * (1 - decay) ** steps
    return Number(
        text=say(
            "*Weight decay* takes the share {decay} off every weight at each step. What is left of a weight "
            "after {steps} steps, in percent, if no gradient moves it?",
            decay=trimmed(decay),
            steps=f"{steps:,}",
        ),
        unit="%",
        decimals=1,
        answer=left,
        mistakes=[
            (
                100 * (1 - decay * steps) if 0 < decay * steps < 1 else None,
                say("Each step takes its share of what is left, not of the first value."),
            ),
            (100 - left, say("That is what is gone.")),
            (left / 100, say("That is a share. In percent it is a hundred times as much.")),
            (100 * (1 - decay), say("That is after one step.")),
        ],
        hints=[
            say("After one step {rest} times as much is left.", rest=trimmed(1 - decay)),
            say("And after two? The same factor again."),
        ],
        explanation=say(
            "Each step leaves {rest} times as much, so $100 \\cdot {rest}^{{{steps}}} = {left}$ % is left. "
            "So a weight stays large only where the gradients keep pushing it, and they do where it helps "
            "with many pictures.",
            rest=trimmed(1 - decay),
            steps=steps,
            left=fixed(left, 1),
        ),
    )


def _to_normalise(rng):
    deviations = rng.choice([[7, 1, -1, -7], [14, 2, -2, -14], [2, 2, -2, -2], [4, 4, -4, -4]])
    mean = rng.randint(-3, 9)
    x = tuple(mean + step for step in rng.sample(deviations, 4))
    return x, rng.choice([2, 3, -2, 5]), rng.choice([1, -1, 4, 10])


@question((11, 3, 17, 9), 2, 1, draw=_to_normalise)
def normalise_by_hand(x, gamma, beta):
    """Batch normalisation of one map's numbers."""
    x = np.array(x, float)
    deviations, deviation = x - x.mean(), x.std()
    return Array(
        text=say(
            "One number of one map in four pictures of a batch is given as $x$. Normalise them, with "
            "$\\gamma = {gamma}$ and $\\beta = {beta}$; leave out the small $\\varepsilon$.",
            gamma=gamma,
            beta=beta,
        ),
        given={"x": x.astype(int)},
        decimals=2,
        answer=gamma * deviations / deviation + beta,
        mistakes=[
            (
                gamma * deviations / deviation**2 + beta if deviation != 1 else None,
                say("You have divided by the variance. Divide by its root."),
            ),
            (gamma * x / deviation + beta, say("First take the mean away.")),
            (gamma * deviations + beta, say("You have not divided by the standard deviation.")),
            (deviations / deviation, say("Now times $\\gamma$, plus $\\beta$.")),
            (beta * deviations / deviation + gamma, say("You have swapped $\\gamma$ and $\\beta$.")),
            (
                gamma * deviations / x.std(ddof=1) + beta,
                say("The variance is the mean of the squared distances: divide by 4, not by 3."),
            ),
            (gamma * (deviations / deviation + beta), say("$\\beta$ comes last, and is not multiplied.")),
        ],
        hints=[
            say("Mean, then the four distances from it."),
            say("The mean of their squares is the variance; its root is the standard deviation."),
        ],
        explanation=say(
            "The mean is {mean}, the variance {variance}, its root {deviation}. Divided by it the distances "
            "are {normalised}: mean 0, variance 1, whatever the numbers were before. Then times {gamma}, "
            "plus {beta}.",
            mean=trimmed(x.mean()),
            variance=trimmed(x.var()),
            deviation=trimmed(deviation),
            normalised=listed(trimmed(value, 2) for value in deviations / deviation),
            gamma=number(gamma),
            beta=number(beta),
        ),
    )


@question(4, 0.5, draw=lambda rng: (rng.choice([2, 4, 6, 8]), rng.choice([0.5, 0.2, 0.75])))
def variance_under_dropout(high, rate):
    """What dropout does to mean and variance."""
    names = say("mean"), say("variance")
    values = np.array([0, 0, high / (1 - rate)])
    shares = np.array([0.5, 0.5 * rate, 0.5 * (1 - rate)])
    mean = shares @ values
    variance = shares @ values**2 - mean**2
    before = np.var([0, high])
    return Numbers(
        text=say(
            "Half of a map's numbers are 0, the others {high}: mean {mean}, variance {before}. In training, "
            "dropout with rate {rate} sets each number to 0 with this probability and divides those that "
            "stay by {kept}. Which mean and which variance do the numbers have then, on average?",
            high=high,
            mean=number(high / 2),
            before=number(before),
            rate=trimmed(rate),
            kept=trimmed(1 - rate),
        ),
        decimals=1,
        answer=named(names, *(mean, variance)),
        mistakes=[
            (
                named(names, *(mean, before)),
                say("The mean stays, and that is what the division is for. Does the variance?"),
            ),
            (
                named(names, *(mean * (1 - rate), None)),
                say("Those that stay are divided by {kept}, so they are larger now.", kept=trimmed(1 - rate)),
            ),
            (
                named(names, *(mean, shares @ values**2)),
                say("That is the mean of the squares. Take the square of the mean away."),
            ),
            (
                named(names, *(mean, before / (1 - rate))),
                say("The mean of the squares grows by this factor, and not the variance."),
            ),
        ],
        hints=[
            say("Which numbers are there after dropout, and what share is each?"),
            say("The variance is the mean of the squares minus the square of the mean."),
        ],
        explanation=say(
            "A share of {share} is now {value}, the rest is 0. The mean is still **{mean}**, but the "
            "variance is {share} · {value}² − {mean}² = **{variance}**, and not {before}. A normalisation "
            "behind such a dropout follows this larger variance, and divides by its root even when nothing "
            "is dropped any more.",
            share=trimmed(shares[2]),
            value=trimmed(values[2]),
            mean=number(mean),
            variance=trimmed(variance, 1),
            before=number(before),
        ),
    )


def _normalised_layer(rng):
    return rng.choice([16, 32, 64]), rng.choice([24, 32, 48, 64, 128])


@question(64, 128, draw=_normalised_layer)
def normalised_layer(maps, filters):
    """The parameters of a convolution without bias and its normalisation."""
    names = say("weights of the filters"), say("γ and β"), say("mean and variance")
    weights = conv2d_parameters(3, maps, filters) - filters
    return Numbers(
        text=say(
            "A convolution of {filters} filters of 3 × 3 reads {maps} maps. It has no biases, since a "
            "normalisation follows. How many weights have its filters? How many numbers does the "
            "normalisation learn ($\\gamma$ and $\\beta$), and how many does it follow without a gradient "
            "(mean and variance)?",
            filters=filters,
            maps=maps,
        ),
        answer=named(names, *(weights, 2 * filters, 2 * filters)),
        mistakes=[
            (
                named(names, *(weights + filters, None, None)),
                say("There are no biases: the normalisation takes every mean away, and a bias with it."),
            ),
            (named(names, *(9 * filters, None, None)), say("Each filter looks at all maps.")),
            (named(names, *(None, 2, 2)), say("Each map has a pair of its own.")),
            (named(names, *(None, filters, filters)), say("That is one of the two. Both are asked.")),
            (
                named(names, *(None, 2 * maps, 2 * maps)) if filters != 2 * maps else None,
                say("What is normalised is what the convolution hands on, not what it gets."),
            ),
        ],
        hints=[
            say("A filter has 3 · 3 weights for each map that it reads."),
            say("The normalisation has four numbers for each map that it gets."),
        ],
        explanation=say(
            "$9 \\cdot {maps} \\cdot {filters} = {weights}$ weights, **{two}** numbers that are learnt, and "
            "**{two}** that follow. Keras counts all of them as parameters: {all:,}.",
            maps=maps,
            filters=filters,
            weights=f"{weights:,}",
            two=2 * filters,
            all=weights + 4 * filters,
        ),
    )


# The photographs' network, changed


@question()
def rank_remedies():
    """Which remedies against overfitting help within a few epochs."""
    names = [
        "cifar10-chapter",
        "cifar10-mirrored",
        "cifar10-mirrored-shifted",
        "cifar10-weight-decay",
        "cifar10-more-dropout",
    ]
    return _rank(
        names,
        text=say(
            "Which of these recognises most of the 10,000 test photographs after {epochs} epochs, and which "
            "fewest? The last epoch alone is too much a matter of chance here, so the mean of the last three "
            "counts. Networks within 0.8 points of each other may stand either way.",
            epochs=_epochs(names),
        ),
        answer=_settled_accuracies(names),
        near=0.8,
        hint=say("Twelve epochs are few. Which of these remedies make learning slower?"),
        beliefs=[
            (
                [sum(part in name for part in ("mirrored", "shifted", "decay", "dropout")) for name in names],
                say("You expect every remedy to help. Each of them makes learning harder first."),
            ),
            (
                [name == "cifar10-chapter" for name in names],
                say("You expect every remedy to harm. Does none of them show the network anything new?"),
            ),
        ],
    )


@question()
def rank_designs():
    """Which changes of the network itself help on photographs."""
    names = [
        "cifar10-chapter",
        "cifar10-batch-normalisation",
        "cifar10-normalisation-no-dropout",
        "cifar10-vgg",
        "cifar10-inception",
        "cifar10-best",
    ]
    return _rank(
        names,
        text=say(
            "And of these, with {epochs} epochs for each but *{best}*, which has {more}? Again, those within "
            "0.8 points of each other may stand either way.",
            epochs=_epochs(names),
            best=VARIANTS["cifar10-best"].title,
            more=_epochs(["cifar10-best"]),
        ),
        answer=_settled_accuracies(names),
        near=0.8,
        hint=say("Which of them changes how much a network can see, and which only how it learns?"),
    )


@question()
def largest_gap():
    """Which training ends with the highest training accuracy for its test accuracy."""
    names = [
        "cifar10-chapter",
        "cifar10-mirrored-shifted",
        "cifar10-more-dropout",
        "cifar10-normalisation-no-dropout",
    ]
    gaps = np.subtract(_accuracies(names, 1), _accuracies(names)).tolist()
    titles = [VARIANTS[name].title for name in names]
    return Choice(
        text=say(
            "Overfitting shows in the gap: training accuracy minus test accuracy after the last epoch. For "
            "which of these is it *largest*?"
        ),
        options=titles,
        answer=int(np.argmax(gaps)),
        mistakes=[
            (
                place,
                say(
                    "Its gap is {gap} points, and another one's is larger. Which of them learns its own "
                    "training pictures fastest, with nothing to disturb it?",
                    gap=fixed(gap, 1),
                ),
            )
            for place, gap in enumerate(gaps)
            if gap < max(gaps)
        ],
        explanation=say(
            "In points: {listed}. A small gap alone is no success: a network that learns nothing has none. "
            "The test accuracy decides. And a large gap can have another cause than overfitting, as you will "
            "see with batch normalisation.",
            listed=listed(f"{title} {fixed(gap, 1)}" for title, gap in zip(titles, gaps, strict=True)),
        ),
    )


@question()
def with_more_time():
    """Whether mirrored and shifted pictures help when there is time to learn them."""
    shifted, changes = _compared("cifar10-mirrored-shifted-longer")
    chapters, _ = _compared("cifar10-chapter-longer")
    few = _epochs(["cifar10-chapter"])
    tests = [100 * np.array(run.history["val_accuracy"]) for run in (shifted, chapters)]
    (with_them, without), (then_with, then_without) = ([test[at] for test in tests] for at in (-1, few - 1))
    unclear = sign_test(changes.only_a, changes.only_b) > 0.05
    return Choice(
        text=say(
            "After {few} epochs the network with mirrored and shifted pictures reads {with_them} % of the "
            "test photographs, and the chapter's {without} %. Both learn on, until they have had {epochs} "
            "epochs. And then?",
            few=few,
            with_them=fixed(then_with, 1),
            without=fixed(then_without, 1),
            epochs=shifted.epochs_done,
        ),
        options=[
            say("the chapter's network is still ahead"),
            say("one cannot say: the difference may well be chance"),
            say("the one with mirrored and shifted pictures is ahead"),
        ],
        answer=1 if unclear else 2 * int(changes.only_a > changes.only_b),
        mistakes=[
            (
                0,
                say(
                    "It has met each of its pictures {few} times by then. What is there left to learn?",
                    few=few,
                ),
            ),
            (
                1,
                say(
                    "One of them has learnt all that it can by then, and the other meets new pictures still."
                ),
            ),
        ],
        explanation=say(
            "With them {with_them} %, without {without} %: {won} test photographs are read only with them, "
            "{lost} only without.",
            with_them=fixed(with_them, 1),
            without=fixed(without, 1),
            won=changes.only_a,
            lost=changes.only_b,
        ),
    )


# Inside the best network


def _one_sum(rng):
    deviation = rng.choice([2, 4, 5, 10])
    return (
        rng.choice([2, 3, 0.5]) * deviation,
        rng.randint(1, 9),
        rng.randint(2, 9),
        deviation,
        rng.randint(2, 9),
    )


@question(6, 1, 5, 2, 4, draw=_one_sum)
def best_in_one_sum(gamma, beta, mean, deviation, weight):
    """A convolution and the normalisation behind it as one convolution."""
    convolution = Conv2D("conv", [[[[weight]]]], use_bias=False)
    normalisation = BatchNormalization("norm", 1, epsilon=0)
    statistics = {"moving_mean": mean, "moving_variance": deviation**2}
    normalisation.parameters = {
        name: np.array([float(value)]) for name, value in {"gamma": gamma, "beta": beta, **statistics}.items()
    }
    one = without_normalization(Sequential([convolution, normalisation])).parameters
    answer = one["conv/kernel"].item(), one["conv/bias"].item()
    names, factor = (say("weight"), say("bias")), gamma / deviation
    return Numbers(
        text=say(
            "After the training a normalisation has $\\gamma = {gamma}$, $\\beta = {beta}$, $\\mu = {mean}$ "
            "and $\\sqrt{{v + \\varepsilon}} = {deviation}$. A weight of the convolution before it is "
            "{weight}; that convolution has no biases. What are the weight and the bias of the *one* "
            "convolution that does the work of both?",
            gamma=trimmed(gamma),
            beta=beta,
            mean=mean,
            deviation=deviation,
            weight=weight,
        ),
        decimals=2,
        answer=named(names, *answer),
        mistakes=[
            (named(names, *(weight * gamma, None)), say("And where is the division by the root?")),
            (named(names, *(weight, None)), say("Every weight is multiplied, as the map that it makes is.")),
            (named(names, *(None, beta)), say("$\\mu$ is taken away first. What becomes of it?")),
            (
                named(names, *(None, beta - mean)),
                say("$\\mu$ is multiplied, too, like all that comes before."),
            ),
            (named(names, *(None, beta + mean * factor)), say("The mean is taken away, not added.")),
        ],
        hints=[
            say(
                "Write $\\gamma (w x - \\mu)/\\sqrt{{v + \\varepsilon}} + \\beta$ as one number times $x$ "
                "plus another."
            )
        ],
        explanation=say(
            "The normalisation multiplies by ${gamma}/{deviation} = {factor}$. So the weight becomes "
            "${weight} \\cdot {factor} = {new}$ and the bias ${beta} - {mean} \\cdot {factor} = {bias}$.",
            gamma=trimmed(gamma),
            deviation=deviation,
            factor=trimmed(factor),
            weight=weight,
            new=trimmed(answer[0]),
            beta=beta,
            mean=mean,
            bias=trimmed(answer[1]),
        ),
    )


@question(5, draw=lambda rng: (rng.randint(3, 6),))
def best_sees(convolutions):
    """What a number of the best network sees of the photograph."""
    blocks = [[(3, 1)] * 2, [(2, 2)], [(3, 1)] * 3, [(2, 2)], [(3, 1)] * 3]
    windows, left = [], convolutions
    for window in itertools.chain(*blocks):
        if not left:
            break
        windows.append(window)
        left -= window == (3, 1)
    side, _ = receptive_field(windows)
    poolings = windows.count((2, 2))
    without_jump = 1 + 2 * convolutions + poolings
    before_pooling, _ = receptive_field([window for window in windows if window == (3, 1)])
    return Number(
        text=say(
            "The best network has two convolutions of 3 × 3, a pooling of 2 × 2, three convolutions, a "
            "pooling, and three convolutions. How many pixels, along one side, does a number of the map "
            "behind convolution {convolutions} see?",
            convolutions=convolutions,
        ),
        answer=side,
        mistakes=[
            (
                without_jump,
                say(
                    "Behind a pooling, neighbouring numbers stand two pixels apart, behind two of them four."
                ),
            ),
            (before_pooling if poolings else None, say("You have left out the poolings.")),
            (
                3 * convolutions,
                say("The windows of neighbours overlap: a layer adds less than its whole side."),
            ),
        ],
        hints=[
            say("A 3 × 3 filter adds 2 steps to what is seen, a 2 × 2 pooling one."),
            say("A step is one pixel at first. Each pooling doubles it."),
        ],
        explanation=say(
            "Start with 1 and add, layer by layer: {sum}. So **{side}** pixels.",
            sum=" + ".join(["1", *_added(windows)]),
            side=side,
        ),
    )


def _added(windows):
    """List by how much each layer makes what is seen wider."""
    sides = [receptive_field(windows[:count])[0] for count in range(len(windows) + 1)]
    return [str(after - before) for before, after in itertools.pairwise(sides)]


@question()
@cache
def best_moved_down():
    """How many of twenty photographs the best network reads after a shift."""
    chapters, pictures, labels = photographs()
    moved = shift(pictures, down=4)
    best = VARIANTS["cifar10-best"].trained_network()
    before, after = (int(np.sum(one.predict(moved).argmax(axis=1) == labels)) for one in (chapters, best))
    answer = int(np.digitize(after, [before + 3, 16]))
    return Choice(
        text=say(
            "Moved four pixels down, {count} of the twenty photographs are read by the chapter's network. "
            "How many by the best network?",
            count=before,
        ),
        options=[say("about {count}, too", count=before), say("about a dozen"), say("16 or more")],
        answer=answer,
        mistakes=[
            (
                place,
                say("More: it has met such pictures in its training, with their black edges.")
                if place < answer
                else say("Fewer. It has met moved pictures, but does that make up for everything?"),
            )
            for place in range(3)
            if place != answer
        ],
        explanation=say(
            "{after} of 20. In the training of the chapter's network no photograph was moved, so none had "
            "such a black edge. In that of the best network nearly all had one.",
            after=after,
        ),
    )


@question()
@cache
def best_with_noise():
    """How the best network bears noise, beside the chapter's."""
    chapters, pictures, labels = photographs()
    noisy = np.clip(add_noise(pictures, 0.1, np.random.default_rng(0)), 0, 1)
    best = VARIANTS["cifar10-best"].trained_network()
    before, after = (int(np.sum(one.predict(noisy).argmax(axis=1) == labels)) for one in (chapters, best))
    answer = int(np.digitize(after - before, [-1, 2]))
    return Choice(
        text=say(
            "With noise of 10 % the chapter's network has {count} of the twenty photographs right. And the "
            "best network?",
            count=before,
        ),
        options=[say("clearly fewer"), say("about as many"), say("clearly more: it reads everything better")],
        answer=answer,
        mistakes=[
            (
                place,
                say(
                    "It reads photographs like those of its training better. Mirrors and shifts were among "
                    "them. Was noise?"
                ),
            )
            for place in range(3)
            if place != answer
        ],
        explanation=say(
            "{after} in place of {before}. In neither training was there any noise, so neither network ever "
            "had a reason to bear it. A higher accuracy says nothing about pictures of another kind.",
            after=after,
            before=before,
        ),
    )


@question()
def best_still_confused():
    """Which two classes the best network takes for each other most often."""
    pairs = [(1, 9), (3, 5), (0, 8), (4, 7)]
    classes = load_cifar10_photographs().classes
    best, chapters = (
        [int(confusion[pair] + confusion[pair[::-1]]) for pair in pairs]
        for confusion in (
            recorded_run(name).confusion
            for name in (VARIANTS["cifar10-best"].weights_run, CIFAR10.weights_run)
        )
    )
    answer = int(np.argmax(best))
    names = [say("{one} and {other}", one=classes[one], other=classes[other]) for one, other in pairs]
    others = [
        say("{pair} {count} times", pair=name, count=count)
        for place, (name, count) in enumerate(zip(names, best, strict=True))
        if place != answer
    ]
    return Choice(
        text=say(
            "Each class has 1,000 test photographs. Which two classes does the best network take for each "
            "other most often?"
        ),
        options=names,
        answer=answer,
        mistakes=[
            (
                place,
                say(
                    "These two it takes for each other {count} times, and another pair more often. Which "
                    "two would you mix up yourself, on 32 × 32 pixels?",
                    count=count,
                ),
            )
            for place, count in enumerate(best)
            if place != answer
        ],
        explanation=say(
            "{pair}: {count} times, where the chapter's network does so {before} times. The others: "
            "{others}.",
            pair=names[answer].capitalize(),
            count=best[answer],
            before=chapters[answer],
            others=listed(others),
        ),
    )


CHECK_YOURSELF = (
    only_one_is_right,
    typical_of_chance,
    seven_coins,
    filters_of_each_place,
    mirrored_and_shifted,
    normalise_by_hand,
)
