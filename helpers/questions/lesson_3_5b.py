"""Questions of lesson 3-5b: small photographs, overfitting and what helps against it."""

from functools import cache

import numpy as np

from helpers.language import say
from helpers.programs import CIFAR10
from helpers.questions.catalogue import question
from helpers.questions.question import Choice, Number, Numbers, named
from helpers.questions.trained import digits, share_read
from helpers.reference.counting import conv2d_parameters, dense_parameters
from helpers.reference.losses import cross_entropy
from helpers.runs import recorded_run
from helpers.wording import fixed, percent


def _run():
    return recorded_run(CIFAR10.chapter_run)


@question()
def share_of_convolutions():
    """What the two convolutions have of all parameters."""
    convolutions = conv2d_parameters(3, 3, 32) + conv2d_parameters(3, 32, 64)
    dense = dense_parameters(8 * 8 * 64, 1024) + dense_parameters(1024, 10)
    share = convolutions / (convolutions + dense)
    return Choice(
        text=say("Which share of the 4,224,970 parameters do the two convolutions have together?"),
        options=[say("less than 1 %"), say("about 10 %"), say("about half")],
        answer=int(np.digitize(share, [0.01, 0.3])),
        mistakes=[
            (1, say("Work out how many weights lead from 8 · 8 · 64 numbers to 1,024 units.")),
            (2, say("There are as many convolutions as dense layers, but their weights are shared.")),
        ],
        explanation=say(
            "They have {convolutions:,} parameters, {share}. A filter's weights are used at every place; a "
            "dense layer has its own for each number and each unit.",
            convolutions=convolutions,
            share=percent(share, 2),
        ),
    )


@question()
def training_ahead():
    """When the training accuracy passes the test accuracy for good."""
    history = _run().history
    ahead = np.array(history["accuracy"]) > np.array(history["val_accuracy"])
    epoch = 1 + int(ahead.argmax())
    return Choice(
        text=say(
            "50,000 photographs are harder to learn by heart than 300 pictures. In the recorded run of a "
            "hundred epochs, when is the training accuracy above the test accuracy for the first time?"
        ),
        options=[
            say("within the first ten epochs"),
            say("between the 11th and the 50th epoch"),
            say("after the 50th epoch"),
            say("never, with so many photographs"),
        ],
        answer=int(np.digitize(epoch, [11, 51])) if ahead.any() else 3,
        mistakes=[
            (1, say("Earlier: in each epoch every photograph is seen once more.")),
            (2, say("Much earlier: 4,224,970 parameters make 84 for each photograph.")),
            (3, say("It happens even so: 4,224,970 parameters make 84 for each photograph.")),
        ],
        explanation=say(
            "In epoch {epoch}. Before that the test accuracy is the higher one: dropout weakens the network "
            "only while it trains, and the training accuracy is a mean over an epoch of learning.",
            epoch=epoch,
        ),
    )


@question()
def test_loss_later():
    """How the test loss goes on in a long training."""
    loss = np.array(_run().history["val_loss"])
    lowest = 1 + int(loss.argmin())
    return Choice(
        text=say("And the test loss over these hundred epochs?"),
        options=[
            say("It falls to the end, more and more slowly."),
            say("It falls, then it stays where it is."),
            say("It falls, then it rises again."),
        ],
        answer=int(np.digitize(loss[-1] / loss.min(), [1.005, 1.1])),
        mistakes=[
            (0, say("That is what the training loss does.")),
            (1, say("That is roughly what the test accuracy does. The loss counts how sure it is, too.")),
        ],
        explanation=say(
            "It falls to {least} in epoch {lowest}, and is back at {last} after the last epoch.",
            least=fixed(loss.min(), 2),
            lowest=lowest,
            last=fixed(loss[-1], 2),
        ),
    )


def _two_epochs(rng):
    lowest = rng.randint(3, 6)
    return lowest, rng.randint(lowest + 1, 7), rng.randint(2, 5)


@question(4, 6, 4, draw=_two_epochs)
def stop_at(lowest, best, slope):
    """The epoch to stop at."""
    epochs = np.arange(1, 9)
    training = np.round(1.5 * 0.75**epochs, 2)
    loss = np.round(0.8 + slope / 100 * (epochs - lowest) ** 2, 2)
    accuracy = 70 - 3 * abs(epochs - best)
    stop, surest = 1 + int(loss.argmin()), 1 + int(accuracy.argmax())
    return Number(
        text=say(
            "Eight epochs of a training. Which epoch's weights do you keep, if the loss on held-out pictures "
            "decides?"
        ),
        given={
            say("training loss"): training,
            say("held-out loss"): loss,
            say("held-out accuracy, in percent"): accuracy,
        },
        answer=stop,
        mistakes=[
            (surest, say("That is the highest accuracy. Look for the lowest loss.")),
            (len(epochs), say("There the training loss is lowest. It goes on falling and decides nothing.")),
            (stop - 1, say("Epochs are counted from 1, and not from 0 as in Python.")),
            (stop + 1 if surest > stop + 1 else None, say("There the loss has risen already.")),
        ],
        hints=[say("Which of the three rows decides?"), say("Look for its smallest number, and count.")],
        explanation=say(
            "The held-out loss is lowest, {least}, after epoch **{stop}**. The accuracy rises on until epoch "
            "{surest}: a few more pictures are right, but the wrong ones cost more and more.",
            least=fixed(loss.min(), 2),
            stop=stop,
            surest=surest,
        ),
    )


def _surer(rng):
    return rng.choice([0.7, 0.8, 0.9]), rng.choice([0.2, 0.3, 0.4]), 0.99, rng.choice([0.01, 0.02, 0.05])


@question(0.8, 0.3, 0.99, 0.02, draw=_surer)
def surer_and_wrong(right, wrong, surer, worse):
    """The loss of two pictures, before and after the network has become surer."""
    names = say("loss in epoch 20"), say("loss in epoch 100")
    pairs = np.array([(right, wrong), (surer, worse)])
    pictures = [np.stack([pair, 1 - pair], axis=1) for pair in pairs]
    losses = np.array([cross_entropy(both, [[1, 0], [1, 0]]) for both in pictures])

    return Numbers(
        text=say(
            "Two test pictures. To their true classes the network gives the probabilities {right} and "
            "{wrong} in epoch 20, and {surer} and {worse} in epoch 100. Each time the first picture is read "
            "right and the second wrong. How large is the mean cross-entropy? (For a logarithm, take a "
            "calculator's `ln`, or run `np.log(0.5)` in a new cell.)",
            right=right,
            wrong=wrong,
            surer=surer,
            worse=worse,
        ),
        answer=named(names, *losses),
        decimals=2,
        mistakes=[
            (named(names, *2 * losses), say("These are the sums: divide by the number of pictures.")),
            (named(names, *losses / np.log(10)), say("That is the logarithm to base 10. Take ln.")),
            (
                named(names, *-np.log(pairs[:, 1])),
                say("The first picture is missing. It costs a little, too."),
            ),
            (named(names, *-np.log(pairs.mean(axis=1))), say("First all logarithms, then their mean.")),
        ],
        hints=[
            say("The loss of one picture is $-\\ln$ of the probability of its true class."),
            say("Two logarithms for each epoch, and their mean."),
        ],
        explanation=say(
            "$(-\\ln {right} - \\ln {wrong})/2 = {before}$ and $(-\\ln {surer} - \\ln {worse})/2 = {after}$. "
            "The accuracy is one half both times, and yet the loss has risen: the network has become surer, "
            "and where it is wrong, that costs a lot.",
            right=right,
            wrong=wrong,
            surer=surer,
            worse=worse,
            before=fixed(losses[0], 2),
            after=fixed(losses[1], 2),
        ),
    )


@question()
@cache
def commonest_mistake():
    """Which two classes are confused most often."""
    confusion = _run().confusion
    pairs = [(2, 0), (9, 1), (3, 5), (4, 7)]
    times = [int(confusion[pair]) for pair in pairs]
    rarer = say("That happens, too, but another of these happens more than twice as often.")
    return Choice(
        text=say("Which mistake does the recorded network make most often?"),
        options=[
            say("A bird is taken for an airplane."),
            say("A truck is taken for an automobile."),
            say("A cat is taken for a dog."),
            say("A deer is taken for a horse."),
        ],
        answer=int(np.argmax(times)),
        mistakes=[(place, rarer) for place in (0, 1, 3)],
        explanation=say(
            "Of a thousand cats {cats} are taken for dogs. The other three mistakes happen {birds}, {trucks} "
            "and {deer} times.",
            **named(("birds", "trucks", "cats", "deer"), *times),
        ),
    )


@question(6, 4, draw=lambda rng: (rng.randint(4, 8), rng.randint(2, 5)))
def by_chance(animals, vehicles):
    """How often a mistake stays among its own kind, by chance alone."""
    names, every = (say("animal for animal"), say("vehicle for vehicle")), animals + vehicles
    counts = np.array([animals, vehicles])
    shares = (counts - 1) / (every - 1)
    return Numbers(
        text=say(
            "There are {animals} classes of animals and {vehicles} of vehicles. Suppose that a network makes "
            "its mistakes blindly, each wrong class as often as any other. Which share of misread animals "
            "is then taken for another animal? And of the misread vehicles for another vehicle? (Write "
            "a fraction such as 1/2, or a number between 0 and 1.)",
            animals=animals,
            vehicles=vehicles,
        ),
        answer=named(names, *shares),
        decimals=2,
        mistakes=[
            (named(names, *counts / every), say("Leave the true class out, above and below the line.")),
            (named(names, *counts / (every - 1)), say("Leave the true class out above the line, too.")),
            (named(names, *(counts - 1) / every), say("Leave the true class out below the line, too.")),
            (named(names, *1 - shares), say("That is the share taken for the other kind.")),
            (named(names, *counts - 1), say("So many classes. What share of all the wrong ones is that?")),
        ],
        hints=[
            say("A misread cat: how many classes can it be taken for?"),
            say("And how many of those are animals?"),
        ],
        explanation=say(
            "{wrong} classes are wrong for an animal, {a} of them animals: {a}/{wrong} = **{first}**. "
            "For a vehicle it is {v}/{wrong} = **{second}**.",
            wrong=every - 1,
            a=animals - 1,
            v=vehicles - 1,
            first=fixed(shares[0], 2),
            second=fixed(shares[1], 2),
        ),
    )


@question(
    64, 8, 128, 1024, draw=lambda rng: tuple(map(rng.choice, ([16, 32], [8, 12, 16], [20, 64], [100, 512])))
)
def third_round(maps, side, filters, units):
    """The parameters of a third round, and of the dense layer behind it."""
    names, half = (say("third convolution"), say("first dense layer")), side // 2
    convolution, dense = conv2d_parameters(3, maps, filters), dense_parameters(half**2 * filters, units)
    return Numbers(
        text=say(
            "The second pooling ends in {maps} maps of {side} × {side}. A third convolution follows, with "
            "{filters} filters of 3 × 3 that keep the side, and a third pooling that halves it. The "
            "maps are flattened, and a dense layer has {units:,} units. How many parameters has the third "
            "convolution, and how many the dense layer?",
            maps=maps,
            side=side,
            filters=filters,
            units=units,
        ),
        answer=named(names, *(convolution, dense)),
        mistakes=[
            (
                named(names, *(convolution - filters, dense - units)),
                say("The biases are missing: one for each filter, one for each unit."),
            ),
            (
                {names[0]: conv2d_parameters(3, 1, filters)},
                say("Each filter of the new layer looks at all maps, not at one."),
            ),
            (
                {names[1]: dense_parameters(side**2 * filters, units)},
                say("The third pooling halves both sides before the maps are laid out as a vector."),
            ),
            (
                {names[1]: dense_parameters(half**2 * maps, units)},
                say("There are as many maps now as the third convolution has filters."),
            ),
        ],
        hints=[
            say("A filter has 3 · 3 weights for each map that it looks at, and a bias."),
            say("How many numbers go into the dense layer? Side times side times maps, after the pooling."),
        ],
        explanation=say(
            "The convolution has $(9 \\cdot {maps} + 1) \\cdot {filters} = {first}$. The dense layer gets "
            "{half} · {half} · {filters} numbers, and so it has $({inputs} + 1) \\cdot {units} = {second}$.",
            maps=maps,
            filters=filters,
            half=half,
            inputs=half**2 * filters,
            units=units,
            first=convolution,
            second=dense,
        ),
    )


@question()
@cache
def mirror_for_digits():
    """Whether mirrored pictures would help with digits."""
    pictures, _ = digits()
    plain, mirrored = share_read(pictures), share_read(pictures[:, :, ::-1])
    return Choice(
        text=say("Would mirrored pictures help the network of the last lesson, too, which reads digits?"),
        options=[
            say("Yes: more pictures are always better."),
            say("They would change nothing: a digit is the same in a mirror."),
            say("No: most digits in a mirror are no digits any more."),
        ],
        answer=int(mirrored < 0.9 * plain) * 2,
        mistakes=[
            (0, say("Only where the class stays the same. Write a 2 and hold it to a mirror.")),
            (1, say("That nearly holds for 0, 1 and 8. Try a 2 and a 7.")),
        ],
        explanation=say(
            "Of 200 digits the trained network reads {plain}, and {mirrored} of the same ones in a mirror. "
            "To read the others, it would have to learn a second alphabet that nobody writes.",
            plain=percent(plain),
            mirrored=percent(mirrored),
        ),
    )


@question(300, 32, 8, draw=lambda rng: (rng.randint(2, 9) * 100, rng.choice([32, 64]), rng.randint(3, 10)))
def steps_with_mirror(pictures, batch, epochs):
    """The steps of a training, without and with mirrored pictures."""
    names = say("steps without the mirror"), say("steps with it")
    counts = np.array([pictures, 2 * pictures])
    steps = -(-counts // batch) * epochs
    return Numbers(
        text=say(
            "A training takes {pictures} pictures in batches of {batch}, the last one of an epoch smaller, "
            "for {epochs} epochs. How many steps are that? And with a mirrored copy of every picture?",
            pictures=pictures,
            batch=batch,
            epochs=epochs,
        ),
        answer=named(names, *steps.tolist()),
        mistakes=[
            (named(names, *counts // batch * epochs), say("The pictures left over make a batch: count it.")),
            (
                named(names, *-(-counts * epochs // batch)),
                say("The last batch of an epoch does not wait for the next one: round up in every epoch."),
            ),
            (named(names, *-(-counts // batch)), say("That is one epoch. Each of the others takes as many.")),
            (named(names, *steps[[0, 0]]), say("Twice as many pictures make more batches in each epoch.")),
            (
                named(names, *steps[0] * np.array([1, 2])) if steps[1] < 2 * steps[0] else None,
                say("Doubling rounds up twice. Count the batches of the doubled pictures anew."),
            ),
            (named(names, *counts * epochs), say("So many pictures go through. A step takes a whole batch.")),
        ],
        hints=[say("How many batches has one epoch? Round up."), say("Then times the number of epochs.")],
        explanation=say(
            "{first} and {second} batches in an epoch make **{without}** and **{mirrored}** steps. With the "
            "mirror the network also trains for longer, so comparing the two is not fair.",
            first=int(steps[0]) // epochs,
            second=int(steps[1]) // epochs,
            without=int(steps[0]),
            mirrored=int(steps[1]),
        ),
    )


@question(
    3, 32, 64, 10, draw=lambda rng: tuple(map(rng.choice, ([3, 5], [4, 8, 16], [10, 20, 36], [2, 5, 10])))
)
def mean_of_each_map(window, filters, more_filters, classes):
    """The parameters of a network that ends in the mean of each map."""
    convolutions = conv2d_parameters(window, 3, filters) + conv2d_parameters(window, filters, more_filters)
    last = dense_parameters(more_filters, classes)
    return Number(
        text=say(
            "Another remedy: replace each map behind the last pooling by its *mean*, and let a single dense "
            "layer of {classes} units follow. The first convolution has {filters} filters of {window} × "
            "{window} on 3 channels, the second {more} of the same side on the maps of the first. How many "
            "parameters has this network?",
            classes=classes,
            filters=filters,
            more=more_filters,
            window=window,
        ),
        answer=convolutions + last,
        mistakes=[
            (
                convolutions + dense_parameters(8 * 8 * more_filters, classes),
                say("You have laid the maps out as a vector. Here each map becomes one number."),
            ),
            (
                convolutions + dense_parameters(1024, classes),
                say("The layer of 1,024 units is gone: how many numbers does the last layer get now?"),
            ),
            (
                conv2d_parameters(window, 1, filters) + conv2d_parameters(window, 1, more_filters) + last,
                say("A filter has weights for each channel that it looks at, or for each map."),
            ),
            (
                convolutions + last - filters - more_filters - classes,
                say("The biases are missing: one for each filter, one for each unit."),
            ),
        ],
        hints=[
            say("Three layers have parameters. A mean has none."),
            say("The last layer gets one number for each map."),
        ],
        explanation=say(
            "{first:,} + {second:,} + {last:,} = **{all:,}**. The chapter's network has 4,224,970.",
            first=conv2d_parameters(window, 3, filters),
            second=conv2d_parameters(window, filters, more_filters),
            last=last,
            all=convolutions + last,
        ),
    )


CHECK_YOURSELF = (stop_at, surer_and_wrong, by_chance, third_round, steps_with_mirror, mean_of_each_map)
