"""Questions of lesson 3-3: the worked example."""

import numpy as np

from helpers import chapter
from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Choice, Number, Numbers, true_or_slip
from helpers.reference.activations import logistic, logistic_backward, relu, relu_backward
from helpers.reference.convolution import convolve2d, cross_correlate2d
from helpers.reference.dense import flatten_columns, unflatten_columns
from helpers.reference.losses import squared_error
from helpers.reference.optimizers import gradient_step
from helpers.reference.pooling import max_pool2d_backward
from helpers.reference.worked_example import chapter_steps, worked_example_backward, worked_example_forward
from helpers.wording import factor, fixed, listed, number, products, trimmed

# fmt: off
_EXAMPLE = (chapter.SECTION_3_3_INPUT, chapter.SECTION_3_3_PARAMETERS, chapter.SECTION_3_3_TARGET)
_FORWARD, _GRADIENTS = worked_example_forward(*_EXAMPLE), worked_example_backward(*_EXAMPLE)


def _place(rng):
    """Draw a place of A, none of the first two: the lesson itself works these out."""
    row, column = divmod(rng.randint(2, 15), 4)
    return row + 1, column + 1


@question(2, 1, draw=_place)
def filter_and_relu(row, column):
    """A number of A and of C, by hand."""
    image, kernel = _EXAMPLE[0], _EXAMPLE[1]["filter"]
    place = row - 1, column - 1
    sums, turned = cross_correlate2d(image, kernel)[place], convolve2d(image, kernel)[place]
    moved = cross_correlate2d(image, kernel).T[place]
    names = say("A"), say("C")

    def answer(value):
        return dict(zip(names, (value, max(value, 0)), strict=True))

    window = image[row - 1 : row + 1, column - 1 : column + 1]
    return Numbers(
        text=say("Work out $A$ and $C$ in row {row}, column {column}. There, the first pixel under the "
                 "filter is {pixel}.", row=row, column=column, pixel=number(window[0, 0])),
        given={say("under the filter"): window, "k": kernel},
        decimals=4, answer=answer(sums),
        mistakes=[
            (answer(np.sum(window * np.abs(kernel))), say("A sign is lost: two of the weights are below 0.")),
            (answer(turned), say("You have turned the filter. Here it lies on the image as it stands.")),
            (None if row == column else answer(moved), say("You have exchanged row and column.")),
            (None if sums > 0 else {names[0]: sums, names[1]: sums}, say("$A$ is right. Below 0, $C$ is 0.")),
            (None if sums < 0 else {names[0]: sums, names[1]: 0}, say("$A$ is right. A ReLU keeps it: above "
                                                                      "0.")),
        ],
        hints=[say("Four products: each pixel under the filter times the weight that lies on it."),
               say("Mind the two weights below zero: their products are subtracted.")],
        explanation=say("$A$ is {sum} = **{a}**. The ReLU makes **{c}** of it.",
                        sum=products(window.ravel(), kernel.ravel()), a=fixed(sums, 4),
                        c=trimmed(max(sums, 0), 4)),
    )


@question(np.array([[3, 1, 4], [0, 5, 2]]), draw=lambda rng: (whole_numbers(rng, (2, 3), 0, 9),))
def flatten_by_columns(pooled):
    """The order of the vector."""
    f = flatten_columns(pooled)
    return Array(
        text=say("Another $P$, of 2 × 3 numbers. Write it as the vector $f$, in the chapter's order."),
        given={"P": pooled},
        answer=f,
        mistakes=[
            (pooled.ravel(), say("You have read row by row. The chapter reads column by column.")),
            (flatten_columns(pooled[::-1]), say("You have read each column from below. Begin at its top.")),
        ],
        hints=[say("Begin with the first column, from top to bottom.")],
        explanation=say("The columns are {columns}, one after the other.",
                        columns=listed(f"({number(a)}, {number(b)})" for a, b in pooled.T)),
    )


def _units(rng):
    return whole_numbers(rng, (2,), 2, 9) / 10, whole_numbers(rng, (2,), 1, 9) / [10, -10], rng.randint(0, 1)


@question(_FORWARD["hidden"].round(4), _EXAMPLE[1]["weights2"][:, 0], int(_EXAMPLE[2]), draw=_units)
def output_and_loss(hidden, weights, target):
    """The output and the loss, by hand."""
    o = hidden @ weights
    y = logistic(o)
    names = "o", "ŷ", "L"

    def answer(prediction, loss):
        return dict(zip(names, (o, prediction, loss), strict=True))

    return Numbers(
        text=say("The hidden units have the values {a} and {b}, the target is {target}. What are $o$, "
                 "$\\hat{{y}}$ and the loss $L = \\frac12 (\\hat{{y}} - y)^2$?",
                 a=trimmed(hidden[0]), b=trimmed(hidden[1]), target=target),
        given={"W₂": weights},
        decimals=3, answer=answer(y, squared_error([y], [target])),
        mistakes=[
            (answer(y, (y - target) / 2), say("All but the loss is right: it takes the difference squared.")),
            (answer(y, (y - target) ** 2), say("All but the loss is right: it is half of the square.")),
            (answer(o, squared_error([o], [target])), say("$o$ is right. It still goes through $\\sigma$.")),
            (answer(logistic(-o), squared_error([logistic(-o)], [target])),
             say("The sign in the exponent is lost: $1 / (1 + e^{{-o}})$.")),
        ],
        hints=[say("$o$ is a sum of two products: each unit times its weight."),
               say("$\\hat{{y}} = 1 / (1 + e^{{-o}})$. Use the key $e^x$ of the calculator.")],
        explanation=say("$o$ = {sum} = **{o}**, $\\hat{{y}}$ = $\\sigma$({o}) = **{y}**, and half of "
                        "the squared difference from {target} is **{loss}**.",
                        sum=products(hidden, weights, trimmed), o=fixed(o, 3), y=fixed(y, 3), target=target,
                        loss=fixed(squared_error([y], [target]), 3)),
    )


@question(6, 1, draw=lambda rng: (rng.choice([1, 2, 3, 4, 6, 7, 8, 9]), rng.randint(0, 1)))
def output_slope(tenths, target):
    """The loss's slope in the output's sum."""
    y = tenths / 10
    slope = logistic_backward(np.array([y - target]), np.log([y / (1 - y)]))[0]
    missing = say("A factor is missing: the slope is $\\hat{{y}} (1 - \\hat{{y}})$.")
    return Number(
        text=say("A network answers $\\hat{{y}} = {y}$, and the target is {target}. How large is "
                 "$\\partial L / \\partial o$?", y=y, target=target),
        decimals=3, answer=slope,
        mistakes=[
            (y - target, say("That is $\\partial L / \\partial \\hat{{y}}$. It has to pass the logistic "
                             "function.")),
            (y * (1 - y), say("That is the slope of the logistic function. What arrives at it?")),
            ((y - target) * y, missing), ((y - target) * (1 - y), missing),
        ],
        hints=[say("Two factors: how far off $\\hat{{y}}$ is, and how steep the logistic function is "
                   "there.")],
        explanation=say("({y} − {target}) · {y} · (1 − {y}) = **{slope}**.", y=y, target=target,
                        slope=fixed(slope, 3)),
    )


def _product(rng):
    tenths = whole_numbers(rng, (3,), 1, 9) / 10
    return rng.choice([-1, 1]) * tenths[0], tenths[1], rng.choice([-1, 1]) * tenths[2]


@question(-0.4, 0.6, 0.5, draw=_product)
def one_product_two_gradients(delta, hidden, weight):
    """The two gradients of a product."""
    names = "∂L/∂W₂(1)", "∂L/∂h₁"

    def answer(of_weight, of_unit):
        return dict(zip(names, (of_weight, of_unit), strict=True))

    return Numbers(
        text=say("At some step $\\partial L / \\partial o = {delta}$, $h_1 = {h}$ and $W_2(1) = {w}$. What "
                 "are the gradients of the weight and of the "
                 "unit?", delta=trimmed(delta), h=hidden, w=trimmed(weight)),
        decimals=2, answer=answer(np.multiply(delta, hidden), np.multiply(delta, weight)),
        mistakes=[
            (answer(delta * weight, delta * hidden),
             say("You have exchanged them. Each gradient has the other factor of the product.")),
            (answer(hidden, weight), say("That is how $o$ changes. Multiply it with how the loss changes "
                                         "with $o$.")),
            (answer(delta, delta), say("Each of them also has a factor: the other one of the product.")),
        ],
        hints=[say("In $h_1 W_2(1)$ the weight is multiplied by the unit. If the weight grows by 1, by how "
                   "much does the product grow?")],
        explanation=say("The weight's has the unit: {d} · {h} = **{of_weight}**. The unit's has the weight: "
                        "{d} · {w} = **{of_unit}**.", d=trimmed(delta), h=hidden, w=factor(weight, trimmed),
                        of_weight=fixed(delta * hidden, 2), of_unit=fixed(delta * weight, 2)),
    )


def _two_blocks(rng):
    different = np.array(rng.sample([-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5], 8)).reshape(2, 4)
    return different, whole_numbers(rng, (1, 2), 1, 9) * rng.choice([-1, 1])


@question(np.array([[3, -1, -2, -4], [2, 5, -3, -1]]), np.array([[4, 7]]), draw=_two_blocks)
def back_to_sums(sums, grad):
    """A gradient through max pooling and ReLU, with a block in which nothing is above 0."""
    maps = relu(sums)
    to_winner = max_pool2d_backward(grad, maps)
    wide = np.kron(grad, np.ones((2, 2)))
    return Array(
        text=say("These numbers $A$ went through a ReLU, and then each 2 × 2 block kept its largest number. "
                 "This gradient of $P$ arrives. Fill in $\\partial L / \\partial A$."),
        given={"A": sums, "∂L/∂P": grad},
        answer=relu_backward(to_winner, sums),
        mistakes=[
            (max_pool2d_backward(grad, sums),
             say("The ReLU is left out: a block with no number above 0 gets no gradient at all.")),
            (max_pool2d_backward(np.ones_like(grad), maps) * maps,
             say("You have put back the winners themselves. What goes back is the gradient.")),
            (wide * (sums > 0), say("Only the largest number of a block gets its gradient.")),
            (wide, say("Not every number of a block gets the gradient: only the one that won.")),
        ],
        hints=[say("Which number won each block? And was it above 0?"),
               say("Where $A$ is not above 0, the ReLU lets nothing through.")],
        explanation=say("In each block the winner gets the gradient if it is above 0. That happens in "
                        "{count} of 2 blocks.", count=int((relu_backward(to_winner, sums) != 0).sum())),
    )


def _two_places(rng):
    grad = np.zeros(4, int)
    for place in rng.sample(range(4), 2):
        grad[place] = rng.choice([-2, -1, 1, 2])
    return whole_numbers(rng, (3, 3), 0, 5), grad.reshape(2, 2)


@question(np.array([[1, 4, 2], [3, 0, 5], [2, 1, 3]]), np.array([[2, 0], [0, -1]]), draw=_two_places)
def filter_gradient(image, grad):
    """The gradient of a filter, by hand."""
    answer = cross_correlate2d(image, grad)
    return Array(
        text=say("A filter of 2 × 2 was laid on this image as it stands, and this gradient of $A$ arrives. "
                 "Fill in $\\partial L / \\partial k$."),
        given={"I": image, "∂L/∂A": grad},
        answer=answer,
        mistakes=[
            (np.flip(answer), say("The numbers are right, their places are turned. The filter was not "
                                  "turned.")),
            (convolve2d(image, grad), say("You have turned $\\partial L / \\partial A$. Lay it on as it "
                                          "stands.")),
        ],
        hints=[say("Which pixels lay under the first weight, place by place? Multiply each by the gradient "
                   "there."),
               say("Lay $\\partial L / \\partial A$ on the image like a filter.")],
        explanation=say("The first weight met the pixels at the upper left: {sum} = **{first}**.",
                        sum=products(image[:2, :2].ravel(), grad.ravel()), first=number(answer[0, 0])),
    )


@question(0.8)
def printed_name(y):
    """The name of the function sigma on trial."""
    logit = np.log(y / (1 - y))
    return true_or_slip(
        text=say("The page calls $\\sigma$ the *logit* function. True, or a slip? The logit is "
                 "$\\ln \\frac{{x}}{{1 - x}}$."),
        slip=not np.isclose(logistic(y), logit),
        mistaken=say("What comes out of the logit of 0.99? Can that come out of $\\sigma$?"),
        explanation=say("The logit is the inverse of the logistic function: it makes {logit} of {y}, and "
                        "$\\sigma$ makes {y} of {logit}.", logit=fixed(logit, 4), y=y),
    )


@question()
def wrong_factor():
    """The printed delta of h on trial."""
    y, h, w = _FORWARD["prediction"][0], _FORWARD["hidden"][0], _EXAMPLE[1]["weights2"][0, 0]
    factors = [y - _EXAMPLE[2], y, 1 - y, h]
    put_right = [np.prod(factors) / factor * w for factor in factors]
    right = [bool(np.isclose(product, _GRADIENTS["hidden"][0])) for product in put_right]
    slope = say("It is a part of the output's slope $\\hat{{y}} (1 - \\hat{{y}})$.")
    return Choice(
        text=say("In the first row the page multiplies four numbers and calls the result the delta of the "
                 "hidden unit $h_1$. Which factor does not belong in $\\partial L / \\partial h_1$?"),
        options=[say("the first, $\\hat{{y}} - y$"), say("the second, $\\hat{{y}}$"),
                 say("the third, $1 - \\hat{{y}}$"), say("the fourth, $h_1$"), say("none of them")],
        answer=right.index(True) if any(right) else 4,
        mistakes=[
            (0, say("That is how the loss changes with $\\hat{{y}}$. It belongs there.")),
            (1, slope), (2, slope),
            (4, say("What is $h_1$ multiplied by on its way to $o$?")),
        ],
        explanation=say("On its way to $o$ the unit is multiplied by $W_2(1)$, so that is the last factor of "
                        "its gradient: {unit}. With $h_1$ it is the gradient of the weight: {weight}.",
                        unit=fixed(put_right[3], 4), weight=fixed(np.prod(factors), 4)),
    )


@question(-0.0523, 0.66, -0.0521, 0.35, chapter.SECTION_3_3_DELTA_POOLED[1, 1])
def printed_digit(first, above, second, below, printed):
    """A printed sum on trial."""
    total = first * above + second * below
    return true_or_slip(
        text=say("In the last row the page has {sum} = {printed}, rounded to four decimals. True, or a slip?",
                 sum=products((first, second), (above, below), trimmed), printed=trimmed(printed)),
        slip=round(total, 4) != printed,
        mistaken=say("Type it into the calculator, exactly as it stands. Which digit comes fifth?"),
        explanation=say("It gives {total}, rounded "
                        "{rounded}.", total=fixed(total, 6), rounded=fixed(total, 4)),
    )


@question()
def printed_correction():
    """The name of the delta of C on trial."""
    delta, kernel = chapter.SECTION_3_3_DELTA_FEATURE_MAP, _EXAMPLE[1]["filter"]
    return true_or_slip(
        text=say("The page calls $\\Delta C$ the correction of the convolution layer's weights. True, or a "
                 "slip?"),
        slip=delta.shape != kernel.shape,
        mistaken=say("How many weights does the filter have? And how many numbers has $\\Delta C$?"),
        explanation=say("It has {places} places, like the feature map. The filter has {weights} weights, and "
                        "their gradient still has to be computed from "
                        "it.", places=delta.size, weights=kernel.size),
    )


@question()
def printed_order():
    """The order of the printed deltas of P on trial."""
    place = np.argwhere(unflatten_columns(np.arange(4), (2, 2)) == 1)[0]
    return true_or_slip(
        text=say("The second row of $W_1$, times the deltas, makes $\\Delta P_{{12}}$, and the third row "
                 "makes $\\Delta P_{{21}}$. True, or a slip?"),
        slip=tuple(place) != (0, 1),
        mistaken=say("The second row of $W_1$ belongs to $f_2$. Which number of $P$ is $f_2$?"),
        explanation=say("The chapter has flattened column by column: $f_2 = P_{{{row}{column}}}$. So the "
                        "second row makes $\\Delta P_{{{row}{column}}}$, and the two have to be exchanged.",
                        row=place[0] + 1, column=place[1] + 1),
    )


def _mask_and_map(rng):
    return whole_numbers(rng, (2, 2), 0, 1), whole_numbers(rng, (2, 2), 1, 9)


@question(np.array([[1, 0], [1, 1]]), np.array([[2, 5], [4, 3]]), draw=_mask_and_map)
def mask_and_delta(mask, delta):
    """How a mask acts on a gradient."""
    return Array(
        text=say("A ReLU made $C$ from $A$, and its mask has a 1 where $A$ was above 0. This gradient of $C$ "
                 "arrives. Fill in the gradient of $A$."),
        given={say("mask"): mask, "∂L/∂C": delta},
        answer=relu_backward(delta, mask),
        mistakes=[
            (delta, say("Where the mask has a 0, $C$ does not move with $A$. What does the loss do then?")),
            (mask + delta, say("You have added them. A slope multiplies what arrives.")),
            (mask @ delta, say("That is a matrix product, row times column. Does a ReLU mix different "
                               "places?")),
            (delta @ mask, say("That is a matrix product. Each number of the mask belongs to one place "
                               "only.")),
        ],
        hints=[say("Each place has a ReLU of its own: its gradient goes through, or it does not.")],
        explanation=say("Place by place: where the mask has a 1 the gradient stays, elsewhere it is 0."),
    )


@question()
def dark_filter():
    """When the mask matters."""
    negative = {**_EXAMPLE[1], "filter": -np.abs(_EXAMPLE[1]["filter"])}
    grads = worked_example_backward(_EXAMPLE[0], negative, _EXAMPLE[2])
    reached = {name: int((grads[name] != 0).sum()) for name in ("feature_map", "convolved")}
    names = say("numbers of C"), say("numbers of A")
    winners = reached["feature_map"]
    return Numbers(
        text=say("Make all four weights of the filter negative, so that no number of $A$ is above 0. How "
                 "many of the 16 numbers of $C$ get a gradient that is not 0, and how many of $A$? (Where "
                 "several numbers of a block are largest, the first of them wins.)"),
        answer=dict(zip(names, reached.values(), strict=True)),
        mistakes=[
            (dict(zip(names, (winners, winners), strict=True)),
             say("$C$ is right. Which of the numbers of $A$ move something when they move a little?")),
            (dict(zip(names, (0, 0), strict=True)),
             say("$A$ is right. But pooling finds a winner in each block of $C$, even among "
                 "zeros.")),
            ({names[0]: 16}, say("Pooling sends the gradient to one number of each block.")),
        ],
        hints=[say("What does $C$ look like? And which number wins a block of four zeros?")],
        explanation=say("Each block of $C$ holds four zeros. The first of them counts as the winner, so "
                        "**{c}** numbers of $C$ get a gradient. The mask is 0 everywhere: **{a}** numbers of "
                        "$A$.",
                        c=winners, a=reached["convolved"]),
    )


def _weight(rng):
    return rng.randint(1, 9) / 10, rng.choice([-3, -2, -1, 1, 2, 3]) / 10, rng.choice([0.5, 1, 2])


@question(0.56, _GRADIENTS["weights2"][0, 0].round(4), 1, draw=_weight)
def w2_after_a_step(weight, slope, rate):
    """A weight after a step of learning."""
    new = gradient_step({"w": np.array([weight])}, {"w": np.array([slope])}, rate)["w"][0]
    return Number(
        text=say("A weight is {w}, and its gradient is {slope}. What is it after one step of learning with "
                 "$\\eta = {rate}$?", w=weight, slope=trimmed(slope), rate=rate),
        decimals=3, answer=new,
        mistakes=[
            (weight + rate * slope, say("You have added the gradient. That is the way up the loss: subtract "
                                        "it.")),
            (slope, say("That is the gradient. Where does the weight go?")),
            (weight - slope if rate != 1 else None, say("Multiply the gradient by the learning rate first.")),
            (-rate * slope, say("That is the move alone. Add it to the old weight.")),
        ],
        hints=[say("$w \\leftarrow w - \\eta\\, \\partial L / \\partial w$.")],
        explanation=say("{w} − {rate} · {slope} = "
                        "**{new}**.", w=weight, rate=rate, slope=factor(slope, trimmed),
                        new=fixed(new, 3)),
    )


@question()
def printed_update():
    """The printed update on trial."""
    image, parameters, target = _EXAMPLE
    added = {name: weights + _GRADIENTS[name] for name, weights in parameters.items()}
    delta = chapter_steps(*_EXAMPLE)["delta_hidden"][0]
    return true_or_slip(
        text=say("The page updates a weight by *adding* its delta to it. Its deltas have the sign of the "
                 "gradient, such as {delta}. True, or a slip?", delta=fixed(delta, 4)),
        slip=worked_example_forward(image, added, target)["loss"] > _FORWARD["loss"],
        mistaken=say("The gradient points to where the loss grows. Compare the losses in the cell "
                     "above."),
        explanation=say("Added, the gradient raises the loss, from {before} to {after}. It has to be "
                        "subtracted.",
                        before=fixed(_FORWARD["loss"], 4),
                        after=fixed(worked_example_forward(image, added, target)["loss"], 4)),
    )


CHECK_YOURSELF = (output_and_loss, output_slope, one_product_two_gradients, back_to_sums,
                  filter_gradient, w2_after_a_step)
