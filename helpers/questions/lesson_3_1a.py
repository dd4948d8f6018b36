"""Questions of lesson 3-1a: from dense layers to convolution."""

from itertools import pairwise, product

import numpy as np

from helpers import chapter
from helpers.drawing import svg
from helpers.language import say
from helpers.programs import DENSE, MNIST
from helpers.questions.catalogue import question
from helpers.questions.question import Choice, Number, Numbers, named, true_or_slip
from helpers.reference.activations import relu
from helpers.reference.chapter_rules import chapter_dense_weights
from helpers.reference.conv2d import conv2d
from helpers.reference.convolution import convolve2d, cross_correlate2d
from helpers.reference.counting import conv2d_parameters, dense_parameters, locally_connected_parameters
from helpers.reference.geometry import output_size
from helpers.runs import recorded_run


@question()
def rows_reordered():
    """A dense network whose pixels and weights are shuffled alike."""
    pixels, weights, order = np.array([3, 1, 2]), np.array([[1, -2], [0, 4], [5, 1]]), [2, 0, 1]
    same = np.array_equal(pixels[order] @ weights[order], pixels @ weights)
    return Choice(
        text=say(
            "The network reads 97.4 % of 1,000 test digits correctly. With its rows in the new order, what "
            "share of the *shuffled* digits will it read?"
        ),
        options=[
            say("About 10 %: it has to guess."),
            say("About half of them: some pixels still lie where they were."),
            say("A little less than 97.4 %."),
            say("97.4 %, as before."),
        ],
        answer=3 if same else 0,
        mistakes=[
            (0, say("So it is with the old rows. What does a pixel meet if its row moves, too?")),
            (1, say("A pixel's place plays no part in a sum. Which weights does it meet?")),
            (2, say("Which of the sums in the first layer would change, and by how much?")),
        ],
        explanation=say("Each pixel meets its own weights again, so every sum is what it was before."),
    )


@question(2, draw=lambda rng: (rng.randint(2, 9),))
def side_grows(times):
    """How a dense layer's weights grow with the side of the picture."""
    before, after = (dense_parameters(side * side * 3, 100) - 100 for side in (10, 10 * times))
    values = {"times": times, "factor": after // before}
    return Number(
        text=say(
            "The side of a colour picture becomes {times} times as long, and everything else stays. By which "
            "factor does the number of weights grow?",
            **values,
        ),
        answer=after // before,
        mistakes=[
            (times, say("A picture has two sides, and both grow.")),
            (2 * times if times > 2 else None, say("Height and width are multiplied, not added.")),
            (3 * times**2, say("There are three colours before and after: they change nothing.")),
            (times**3, say("Height and width grow. The number of colours does not.")),
            (times**4, say("Only the inputs become more. The layer has as many units as before.")),
        ],
        hints=[say("Draw a small square, and the large one around it. How often does the small one fit in?")],
        explanation=say("There are ${times} \\cdot {times}$ = **{factor}** times as many pixels.", **values),
    )


def _network(layers):
    """Draw a small dense network: a circle for each unit, a line for each weight."""
    height = 56 * max(layers) + 20
    columns = [
        [(60 + 150 * place, height / 2 + 56 * (unit - (units - 1) / 2)) for unit in range(units)]
        for place, units in enumerate(layers)
    ]
    joined = [pair for left, right in pairwise(columns) for pair in product(left, right)]
    lines = [svg.line(*start, *end, stroke=svg.INK) for start, end in joined]
    circle = f'r="14" fill="{svg.PAPER}" stroke="{svg.INK}" stroke-width="2"/>'
    units = [f'<circle cx="{x:g}" cy="{y:g}" {circle}' for column in columns for x, y in column]
    description = say("A dense network: {sizes}.", sizes=" → ".join(map(str, layers)))
    return svg.document(120 + 150 * (len(layers) - 1), height, lines + units, description)


def _added(layers):
    """Write how the weights of a dense network add up."""
    return " + ".join(f"{a} \\cdot {b}" for a, b in pairwise(layers))


@question([3, 2, 2], draw=lambda rng: ([rng.randint(2, 5), rng.randint(2, 4), rng.randint(1, 3)],))
def count_lines(layers):
    """The weights of a network that can be counted in a picture."""
    lines = [a * b for a, b in pairwise(layers)]
    weights = sum(lines)
    biases = sum(dense_parameters(*pair) for pair in pairwise(layers)) - weights
    return Number(
        text=say("In this small dense network each line is a weight. How many weights has it?"),
        picture=_network(layers),
        answer=weights,
        mistakes=[
            (chapter_dense_weights(layers), say("You have multiplied all the layers. Now count the lines.")),
            (weights + biases, say("You have counted the biases, too: only the lines are asked for.")),
            (lines[0], say("These are the lines on the left. On the right there are more.")),
            (
                lines[1] if lines[1] != lines[0] else None,
                say("These are the lines on the right. On the left there are more."),
            ),
            (sum(layers), say("These are the circles. Each line between two of them is a weight.")),
        ],
        hints=[say("Count the lines between the first two columns, then those between the last two.")],
        explanation=say("${sum}$ = **{weights}**: layers add up.", sum=_added(layers), weights=weights),
    )


@question()
def printed_dense_weights():
    """The chapter's count for a dense network."""
    layers, printed = chapter.DENSE_NETWORK_LAYERS, chapter.DENSE_NETWORK_WEIGHTS
    weights = sum(a * b for a, b in pairwise(layers))
    values = {"printed": printed, "sum": _added(layers), "weights": weights}
    return true_or_slip(
        text=say(
            "The chapter says: with 784 inputs, two hidden layers of 100 units and 10 classes, a dense "
            "network needs {printed:,} weights. Is that true?",
            **values,
        ),
        slip=printed != weights,
        mistaken=say("Then the rule must also find the lines that you have counted above. Does it?"),
        explanation=say(
            "The rule multiplies all layers. But a unit is joined only to the layer before it, so the "
            "products of neighbours are added: ${sum}$, which makes {weights:,}.",
            **values,
        ),
    )


@question(3, 2, draw=lambda rng: (rng.randint(4, 6), rng.randint(2, 3)))
def three_layers(side, window):
    """The weights of three layers that make the same map."""
    places = output_size(side, window) ** 2
    dense = dense_parameters(side**2, places) - places
    local = locally_connected_parameters(side, window, 1, 1) - places
    shared = conv2d_parameters(window, 1, 1) - 1
    apart = (side // window) ** 2
    names = say("dense"), say("with windows"), say("windows, shared")
    values = {"side": side, "window": window, "places": places, "pixels": side**2}
    values |= {"dense": dense, "local": local, "shared": shared}
    return Numbers(
        text=say(
            "A picture of {side} × {side}, a window of {window} × {window}, an output wherever the window "
            "fits. How many weights does that need if every output is joined to all pixels (dense), if it "
            "sees only its window, and if all windows share their weights? Leave out the biases.",
            **values,
        ),
        answer=named(names, dense, local, shared),
        mistakes=[
            (
                named(names, side**2 * apart, shared * apart, shared) if apart > 1 else None,
                say("Neighbouring windows overlap: the next one begins one pixel on."),
            ),
            (named(names, dense + places, local + places, shared + 1), say("Leave out the biases.")),
            (named(names, None, shared, None), say("Without sharing, each output has weights of its own.")),
            (named(names, None, None, local), say("Shared means: the same few weights serve all places.")),
            (named(names, side**2, None, None), say("Dense: *every* output has a weight for every pixel.")),
        ],
        hints=[say("In how many places does the window fit? There are as many outputs.")],
        explanation=say(
            "There are {places} outputs. Dense: {pixels} pixels · {places} = **{dense}**. With windows: "
            "{shared} pixels · {places} = **{local}**. Shared: **{shared}** for all of them.",
            **values,
        ),
    )


@question()
def map_of_moved():
    """What becomes of a feature map when its picture moves."""
    row = np.array([0, 0, 1, 2, 0, 0, 0, 0, 0, 0])
    maps = [conv2d(np.roll(row, step).reshape(1, 1, 10, 1), np.ones((1, 2, 1, 1))) for step in (0, 5)]
    moves = np.array_equal(np.roll(maps[0], 5, axis=2), maps[1])
    return Choice(
        text=say("The digit moves five pixels to the right. What happens to its feature map?"),
        options=[
            say("Nothing: the map says what is in the picture, not where."),
            say("It becomes another one: for the network a moved digit is a new picture."),
            say("It moves five pixels to the right, and nothing else changes."),
            say("It moves, but by less than five pixels, since a filter looks at several at a time."),
        ],
        answer=2 if moves else 1,
        mistakes=[
            (0, say("Each number of the map belongs to a window. In which windows does the ink lie now?")),
            (1, say("So it is with a dense layer. Here all windows have the same weights.")),
            (3, say("A window saw a stroke. How far away is the window that sees the same stroke now?")),
        ],
        explanation=say("A window that sees the same ink gives the same number, wherever it lies."),
    )


@question(20, 8, 12, draw=lambda rng: (4 * rng.randint(2, 6), *rng.sample([2, 3, 4, 5, 6, 8, 10], 2)))
def shape_after(side, first, second):
    """The shape after two convolutions and two poolings."""
    half = output_size(side, 2, 0, 2)
    end = output_size(half, 2, 0, 2)
    names = say("side of a map"), say("number of maps"), say("numbers in the row")
    values = {"side": side, "first": first, "second": second, "half": half, "end": end}
    return Numbers(
        text=say(
            "A grey picture of {side} × {side} goes through a convolution with {first} filters, a 2 × 2 "
            "pooling, a convolution with {second} filters, and a 2 × 2 pooling. (Both convolutions have the "
            "padding *same*.) How large are the maps at the end, how many are there, and how many numbers "
            "does flattening lay out in a row?",
            **values,
        ),
        answer=named(names, end, second, end**2 * second),
        mistakes=[
            (named(names, side - 2, None, None), say("The windows of a pooling lie side by side.")),
            (named(names, half, None, None), say("There are two poolings, and each halves the side.")),
            (named(names, side, None, None), say("Pooling makes one number of 2 × 2: the side halves.")),
            (named(names, None, first * second, None), say("A filter looks at all maps, and makes one.")),
            (named(names, None, first + second, None), say("A filter looks at all maps, and makes one.")),
            (named(names, None, first, None), say("The first maps go into the second convolution.")),
            (named(names, None, None, end * second), say("A map has rows *and* columns: square its side.")),
            (named(names, None, None, end**2), say("These are the numbers of one map. How many are there?")),
        ],
        hints=[say("One step at a time: which of the four changes the side, and which the number of maps?")],
        explanation=say(
            "The side goes from {side} to {half} to **{end}**. The last convolution has {second} filters, so "
            "there are **{second}** maps, and ${end} \\cdot {end} \\cdot {second}$ = **{row}** numbers.",
            row=end**2 * second,
            **values,
        ),
    )


@question(3, 3, draw=lambda rng: (rng.randint(2, 9), rng.randint(2, 9)))
def two_in_one(first, second):
    """The side of the filter that does the work of two."""
    both = len(convolve2d(np.ones((first, first)), np.ones((second, second)), padding=second - 1))
    values = {"first": first, "second": second, "both": both}
    return Number(
        text=say(
            "Two filters in a row, {first} × {first} and then {second} × {second}, are one filter, too. How "
            "many pixels is its side?",
            **values,
        ),
        answer=both,
        mistakes=[
            (max(first, second), say("One output of the second filter needs several windows of the first.")),
            (first + second, say("One too many: both filters share the pixel at which they start.")),
            (first * second, say("The windows overlap: the next one begins one pixel on.")),
        ],
        hints=[say("Above, two filters of side 2 made one of side 3. How much did the second one add?")],
        explanation=say(
            "The second filter takes {second} windows of {first} pixels, each one pixel further on: "
            "${first} + {second} - 1$ = **{both}**.",
            **values,
        ),
    )


@question([3, 1, 2], draw=lambda rng: ([rng.randint(0, 6) for _ in range(3)],))
def relu_by_hand(pixels):
    """Two filters with a ReLU between them, on a row and on its negative."""
    row, first, second = np.array([pixels]), np.array([[1, -1]]), np.array([[1, 1]])
    steps = [cross_correlate2d(sign * row, first) for sign in (1, -1)]
    plain = [cross_correlate2d(step, second).item() for step in steps]
    between = [cross_correlate2d(relu(step), second).item() for step in steps]
    names = say("from this row"), say("with all signs changed")
    late = [max(value, 0) for value in plain]
    kept, rest = (", ".join(map(str, relu(step)[0])) for step in steps)
    values = {"kept": kept, "rest": rest, "one": between[0], "other": between[1]}
    return Numbers(
        text=say(
            "By hand: the filter $(1, -1)$, a ReLU, and then the filter $(1, 1)$. What comes out of the row "
            "$({row})$, and what if every pixel of it changes its sign?",
            row=", ".join(map(str, pixels)),
        ),
        answer=named(names, *between),
        mistakes=[
            (named(names, *plain), say("You have left out the ReLU between the two filters.")),
            (named(names, *late), say("The ReLU stands between the two filters, not behind both.")),
            (
                named(names, between[0], -between[0]),
                say("You have only changed the sign of the result. Start from the negative pixels instead."),
            ),
            (
                named(names, *between[::-1]),
                say("The 1 of the first filter stands on the left: it meets the left one of two pixels."),
            ),
        ],
        hints=[say("After the first filter there are two numbers. What does the ReLU make of each?")],
        explanation=say(
            "The ReLU leaves ({kept}), together **{one}**. With all signs changed it leaves ({rest}), "
            "together **{other}**. The two results do not add up to 0.",
            **values,
        ),
    )


@question(3, 16, 36, draw=lambda rng: (rng.choice([2, 3, 5]), rng.randint(2, 8), rng.randint(2, 10)))
def filters_on_maps(window, maps, filters):
    """The parameters of filters that look at several maps."""
    answer = conv2d_parameters(window, maps, filters)
    flat = conv2d_parameters(window, 1, filters)
    one = answer // filters
    values = {"window": window, "maps": maps, "filters": filters, "one": one, "answer": answer}
    return Number(
        text=say(
            "{filters} filters of {window} × {window} look at {maps} feature maps. How many weights and "
            "biases have they together?",
            **values,
        ),
        answer=answer,
        mistakes=[
            (flat, say("A filter looks at all maps at once, and has weights for each of them.")),
            (answer - filters, say("The biases are missing: one for each filter.")),
            (answer - filters + maps, say("One bias for each filter, not for each map that it sees.")),
            (flat - filters, say("Each filter has weights for each of the maps, and a bias.")),
        ],
        hints=[say("How many weights has a single one of these filters? It is as deep as there are maps.")],
        explanation=say(
            "One filter has ${window} \\cdot {window} \\cdot {maps}$ weights and a bias, {one} in all. Times "
            "{filters} filters: **{answer:,}**.",
            **values,
        ),
    )


@question(7, 36, 128, draw=lambda rng: (rng.randint(2, 6), rng.randint(2, 6), rng.choice([2, 3, 5, 10])))
def without_second_pooling(side, maps, units):
    """What the affine layer costs without the pooling before it."""
    now = dense_parameters(side**2 * maps, units)
    answer = dense_parameters((2 * side) ** 2 * maps, units)
    values = {"side": side, "double": 2 * side, "maps": maps, "units": units, "answer": answer, "now": now}
    return Number(
        text=say(
            "The last 2 × 2 pooling leaves {maps} maps of {side} × {side}. They are flattened, and a dense "
            "layer of {units} units follows. Leave out that pooling, and nothing else. How many weights and "
            "biases has the dense layer then?",
            **values,
        ),
        answer=answer,
        mistakes=[
            (now, say("That is the layer as it is. How large are the maps without the pooling?")),
            (2 * now - units, say("Pooling halves both sides of a map, not only one.")),
            (answer - units, say("The biases are missing: one for each unit.")),
            (4 * now, say("The weights become four times as many, but the biases do not.")),
            (
                dense_parameters((4 * side) ** 2 * maps, units),
                say("That is without both poolings. Leave out only the last one."),
            ),
        ],
        hints=[say("How large is a map before that pooling? Then count the numbers in the row.")],
        explanation=say(
            "The row has ${double} \\cdot {double} \\cdot {maps}$ numbers then. Times {units} units, and "
            "{units} biases: **{answer:,}** instead of {now:,}.",
            **values,
        ),
    )


@question()
def which_reads_better():
    """The chapter's dense and its convolutional network."""
    runs = [recorded_run(program.weights_run) for program in (DENSE, MNIST)]
    small, large = (sum(array.size for array in run.weights.values()) for run in runs)
    many, few = (round(10_000 * (1 - run.test_accuracy)) for run in runs)
    values = {"large": large, "small": small, "few": few, "many": many}
    counts = say("Look at the counts again: in step 4 and in step 11.")
    return Choice(
        text=say("Which is true of the chapter's dense and its convolutional network for digits?"),
        options=[
            say("The dense one has more parameters, and it makes fewer mistakes."),
            say("The dense one has more parameters, and the convolutional one makes fewer mistakes."),
            say("The convolutional one has more parameters, and the dense one makes fewer mistakes."),
            say("The convolutional one has more parameters, and it makes fewer mistakes."),
        ],
        answer=2 * (large > small) + (few < many),
        mistakes=[
            (0, counts),
            (1, counts),
            (2, say("More parameters can overfit more. But think of what each of them has to look for.")),
        ],
        explanation=say(
            "The convolutional network has {large:,} parameters and the dense one {small:,}. Of the 10,000 "
            "test digits the first misreads {few} and the second {many}.",
            **values,
        ),
    )


@question()
def printed_fewer_parameters():
    """What the chapter says about convolutional networks."""
    dense = sum(dense_parameters(*pair) for pair in pairwise(chapter.DENSE_NETWORK_LAYERS))
    fewer = dense > chapter.MNIST_PARAMETERS
    kept = len(set(relu(np.array([-3, -1])).tolist())) == 2
    return Choice(
        text=say(
            "The chapter says that a convolutional network takes into account how its inputs depend on each "
            "other, that it needs far fewer parameters, and that no information is lost. How much of this "
            "holds for the chapter's own two networks for digits?"
        ),
        options=[
            say("All three."),
            say("First and second."),
            say("First and third."),
            say("Only the first."),
        ],
        answer=3 - 2 * fewer - kept,
        mistakes=[
            (0, say("Compare their counts, and what a ReLU makes of −3 with what it makes of −1.")),
            (1, say("Compare their counts again: which network has more?")),
            (2, say("What does a ReLU make of −3, and what of −1?")),
        ],
        explanation=say(
            "The first is the heart of the matter. But the convolutional network has more parameters, and a "
            "ReLU makes 0 of −3 and of −1, so that nobody can tell them apart any more."
        ),
    )


CHECK_YOURSELF = (side_grows, three_layers, shape_after, relu_by_hand, filters_on_maps)
