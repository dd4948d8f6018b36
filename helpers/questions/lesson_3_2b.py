"""Questions of lesson 3-2b: the network of section 3-5 from scratch."""

import math

import numpy as np

from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Choice, Number, Numbers
from helpers.reference.conv2d import conv2d_backward, im2col
from helpers.reference.geometry import output_size, pixel_uses
from helpers.reference.layers import Dense, Flatten, ReLU
from helpers.reference.losses import cross_entropy, softmax_cross_entropy_backward
from helpers.reference.network import Sequential
from helpers.reference.optimizers import Adam
from helpers.wording import fixed, number, trimmed


def _picture(rng):
    return (whole_numbers(rng, (3, 3), 1, 9),)


@question(np.array([[3, 1, 2], [0, 5, 4], [7, 6, 8]]), draw=_picture)
def windows_as_rows(picture):
    """The matrix of windows, written by hand."""

    def matrix(image):
        return im2col(image[np.newaxis, :, :, np.newaxis], 2)[0]

    rows = matrix(picture)
    return Array(
        text=say(
            "Lay the 2 × 2 windows of this picture out as rows, the upper left window first. Each window is "
            "read row by row."
        ),
        given={say("picture"): picture},
        answer=rows,
        mistakes=[
            (rows[:, [0, 2, 1, 3]], say("You have read each window column by column. Read it row by row.")),
            (rows[[0, 2, 1, 3]], say("The second window lies to the right of the first one, not below it.")),
        ],
        hints=[
            say("The first row holds the four pixels of the upper left window."),
            say("The windows overlap: the second one begins one pixel further to the right."),
        ],
        explanation=say(
            "The windows begin at the four pixels of the upper left window, one after the other as one "
            "reads. The pixel in the middle, {middle}, is in all four of them.",
            middle=picture[1, 1],
        ),
    )


def _overlapping(rng):
    window = rng.randint(2, 4)
    return rng.randint(2 * window, 9), window


@question(6, 3, draw=_overlapping)
def rows_with_a_pixel(side, window):
    """How many rows of the matrix hold a pixel."""
    uses = pixel_uses(side, window)
    middle, corner = int(uses.max()), int(uses[0, 0])
    names = say("middle"), say("corner")

    def answer(*numbers):
        return dict(zip(names, numbers, strict=True))

    return Numbers(
        text=say(
            "A picture has {side} × {side} pixels, a filter {window} × {window}, and it moves by one pixel. "
            "Into how many rows of the matrix does a pixel in the middle of the picture go? The one in the "
            "corner?",
            side=side,
            window=window,
        ),
        answer=answer(middle, corner),
        mistakes=[
            (answer(middle, middle), say("Only one window reaches into the corner.")),
            (
                answer(output_size(side, window) ** 2, None),
                say("That is how many windows there are in all. Not each of them holds this pixel."),
            ),
            (answer(1, 1), say("Windows overlap, and every window that holds the pixel has a row with it.")),
            (answer(window, corner), say("The window can move in both directions over the pixel.")),
        ],
        hints=[say("In how many windows does the pixel lie? Each of them is one row.")],
        explanation=say(
            "The pixel in the middle lies in {window} windows along each side, so in {window} · {window} = "
            "**{middle}** of them; the corner lies in **{corner}**.",
            window=window,
            middle=middle,
            corner=corner,
        ),
    )


@question(5, 3, draw=_overlapping)
def matrix_size(side, window):
    """How large the matrix of windows is."""
    size = im2col(np.zeros((1, side, side, 1)), window).size
    places, weights = output_size(side, window), window**2
    return Number(
        text=say(
            "A picture has {side} × {side} pixels, a filter {window} × {window}; no padding, stride 1. How "
            "many numbers does the matrix of windows hold?",
            side=side,
            window=window,
        ),
        answer=size,
        mistakes=[
            (places**2, say("These are the rows. How many numbers are in each?")),
            (
                side**2,
                say("That is how many pixels there are. Most of them stand in the matrix several times."),
            ),
            (side**2 * weights, say("A window has to fit: it does not begin at every pixel.")),
            (
                places * weights,
                say("The windows lie below each other, too: {places} rows of windows.", places=places),
            ),
        ],
        hints=[
            say("Rows: the places of the filter. Numbers in each row: the weights of the filter."),
            say("Along one side there are {places} places.", places=places),
        ],
        explanation=say(
            "{places} · {places} = {rows} rows of {window} · {window} = {weights} numbers: **{size}**, for "
            "{pixels} pixels. For a large picture the matrix is close to $f^2$ times as large: every pixel "
            "is copied once for each place of the filter.",
            places=places,
            rows=places**2,
            window=window,
            weights=weights,
            size=size,
            pixels=side**2,
        ),
    )


def _layer(rng):
    return rng.randint(2, 5), rng.randint(2, 4), rng.randint(2, 6), rng.randint(2, 3)


@question(2, 3, 4, 3, draw=_layer)
def gradient_size(pictures, channels, filters, window):
    """How many numbers the gradient of a layer's filters has."""
    x = np.zeros((pictures, 6, 7, channels))
    kernel = np.zeros((window, window, channels, filters))
    grad_kernel = conv2d_backward(np.zeros((pictures, 6, 7, filters)), x, kernel, "same")[1]
    return Number(
        text=say(
            "{pictures} pictures of 6 × 7 pixels and {channels} channels go through {filters} filters of "
            "{window} × {window}, with padding that keeps the sides. How many numbers does the gradient of "
            "the filters' weights have?",
            pictures=pictures,
            channels=channels,
            filters=filters,
            window=window,
        ),
        answer=grad_kernel.size,
        mistakes=[
            (pictures * grad_kernel.size, say("A batch has one gradient: the sum over its pictures.")),
            (window**2 * filters, say("Each filter is as deep as the picture has channels.")),
            (window**2 * channels, say("That is what one filter has. How many filters are there?")),
            (x.size, say("That is the gradient of the pictures. The one of the weights is meant.")),
            (x[..., 0].size * filters, say("That is the gradient of the output: one number per place.")),
            (grad_kernel.size + filters, say("You have counted the biases; they have a gradient apart.")),
        ],
        hints=[
            say("A gradient says of each weight how the loss changes with it. How many weights are there?")
        ],
        explanation=say(
            "As many as there are weights: {window} · {window} · {channels} · {filters} = **{size}**. "
            "A gradient always has the shape of what it belongs to, however many pictures and places it "
            "was added up over.",
            window=window,
            channels=channels,
            filters=filters,
            size=grad_kernel.size,
        ),
    )


def _two_answers(rng):
    shares = [[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.5, 0.3, 0.2], [0.2, 0.2, 0.6], [0.1, 0.5, 0.4]]
    return np.array(rng.sample(shares, 2)), (rng.randrange(3), rng.randrange(3))


@question(np.array([[0.7, 0.2, 0.1], [0.5, 0.3, 0.2]]), (0, 1), draw=_two_answers)
def gradient_at_the_scores(probabilities, labels):
    """Where the backward pass of a batch begins."""
    target = np.eye(3)[list(labels)]
    gradient = softmax_cross_entropy_backward(np.log(probabilities), target)
    return Array(
        text=say(
            "Two pictures, three classes: the network's probabilities and the right answers, one picture in "
            "each row. The loss is the mean over both. What is its gradient at the scores?"
        ),
        given={say("probabilities"): probabilities, say("right answers"): target},
        decimals=2,
        answer=gradient,
        mistakes=[
            (2 * gradient, say("The loss is a mean over two pictures, so each counts half.")),
            (-gradient, say("The sign is the wrong way round: take $y$ from $\\hat{{y}}$.")),
            (gradient * target, say("The scores of the wrong classes count, too: they should go down.")),
            (
                -target / probabilities / 2,
                say("That is the gradient at the probabilities. At the scores it is simpler."),
            ),
        ],
        hints=[
            say("For one picture it is $\\hat{{y}} - y$, number by number."),
            say("Then divide by the number of pictures."),
        ],
        explanation=say(
            "Number by number, $(\\hat{{y}} - y)/2$. The first one is $({p} - {y})/2 = {first}$. Each row "
            "adds up to 0: what one score gains, the others lose.",
            p=trimmed(probabilities[0, 0], 2),
            y=number(target[0, 0]),
            first=trimmed(gradient[0, 0], 2),
        ),
    )


@question()
def what_sixteen_biases_tell():
    """What the check of the first layer's biases leaves open."""
    rest = say("A layer may still compute the gradient of its own weights wrongly.")
    options = [
        say("Nothing: if the first layer's gradient is right, all gradients are."),
        say("The last layers: the check is about the first one, far away from them."),
        rest,
    ]
    return Choice(
        text=say("The gradients of the first layer's biases are right. What can still be wrong?"),
        options=options,
        answer=options.index(rest),
        mistakes=[
            (
                0,
                say(
                    "A layer returns two things: what it hands back, and the gradient of its own weights. "
                    "Which of them reaches the first layer?"
                ),
            ),
            (
                1,
                say(
                    "The first layer's gradient has come through all the others on its way back. What of "
                    "them took no part in that?"
                ),
            ),
        ],
        explanation=say(
            "Every layer behind the first one has handed its gradient on rightly, or these would be off. But "
            "the gradient of a layer's own weights is handed on to nobody. So look at one number of every "
            "array as well."
        ),
    )


def _adam_setting(rng):
    sizes = [30, 20, 5, 0.5, 0.1]
    gradients = rng.choice(sizes), -rng.choice(sizes)
    return rng.choice([0.1, 0.2, 0.5]), (rng.randint(1, 4), rng.randint(1, 4)), gradients


@question(0.5, (1, 2), (20, -0.1), draw=_adam_setting)
def first_step_of_adam(rate, weights, gradients):
    """How far Adam goes at its first step."""
    before, slopes = np.array(weights, float), np.array(gradients, float)
    after = before.copy()
    Adam(rate).step({"w": after}, {"w": slopes})
    uncorrected = before - rate * 0.1 * slopes / (np.sqrt(0.001) * abs(slopes))
    return Array(
        text=say(
            "Two weights and their gradients. Adam takes its first step, with $\\alpha = {rate}$. What are "
            "the weights now? ($\\varepsilon$ is too small to matter.)",
            rate=trimmed(rate),
        ),
        given={say("weights"): before, say("gradients"): slopes},
        decimals=2,
        answer=after,
        mistakes=[
            (before - rate * slopes, say("That is gradient descent. What are $\\hat m$ and $\\hat v$?")),
            (2 * before - after, say("That goes uphill: the step is subtracted.")),
            (
                before - rate,
                say("The sizes are right. But each weight goes against the sign of its gradient."),
            ),
            (before - np.sign(slopes), say("You have left out the learning rate $\\alpha$.")),
            (uncorrected, say("You have left out the hats: at $t = 1$ divide $m$ by 0.1, $v$ by 0.001.")),
            (before - rate / slopes, say("You have forgotten the square root of $\\hat v$.")),
        ],
        hints=[
            say(
                "At the first step the corrections undo the factors 0.1 and 0.001: $\\hat m = g$. And "
                "$\\hat v$?"
            ),
            say("$\\hat v = g^2$. So what is $\\hat m/\\sqrt{{\\hat v}}$, apart from its sign?"),
        ],
        explanation=say(
            "$\\hat m = g$ and $\\hat v = g^2$, so the step is $\\alpha\\, g/|g|$: {rate} against the sign "
            "of the gradient, however large it is. That makes {first} and {second}.",
            rate=trimmed(rate),
            first=trimmed(after[0], 2),
            second=trimmed(after[1], 2),
        ),
    )


@question(10, draw=lambda rng: (rng.choice([2, 4, 5, 8, 16, 25, 40, 50]),))
def first_loss(classes):
    """The loss of a network that knows nothing."""
    target = np.eye(classes)[0]
    loss = cross_entropy(np.full(classes, 1 / classes), target)
    return Number(
        text=say(
            "A fresh network knows nothing and gives each of {classes} classes about the same probability. "
            "What is its cross-entropy, $-\\ln\\, \\hat y_c$ for the right class $c$? (ln 2 = 0.693, "
            "ln 5 = 1.609)",
            classes=classes,
        ),
        decimals=2,
        unit=say("nats"),
        answer=loss,
        mistakes=[
            (math.log10(classes), say("That is the logarithm to base 10. The natural one is meant.")),
            (1 / classes, say("That is the probability of the right class. Take $-\\ln$ of it.")),
            (classes * loss, say("Only the right class counts, not all {classes} of them.", classes=classes)),
        ],
        hints=[
            say("All probabilities are alike and add up to 1. How large is each?"),
            say("$-\\ln \\frac{{1}}{{a}} = \\ln a$, and $\\ln(a b) = \\ln a + \\ln b$."),
        ],
        explanation=say(
            "Each probability is 1/{classes}, so the loss is $\\ln {classes} = {loss}$. A first loss of 10 "
            "would tell of weights much too large, one of 0.1 of a label that leaks into the picture.",
            classes=classes,
            loss=fixed(loss, 2),
        ),
    )


@question()
def zeros_in_two_layers():
    """What can learn where two layers start from zeros."""
    layers = [
        Flatten("flatten"),
        Dense("first", np.zeros((4, 3))),
        ReLU("relu"),
        Dense("second", np.zeros((3, 2))),
    ]
    _, _, gradients = Sequential(layers).loss_and_gradients(np.ones((1, 2, 2, 1)), np.eye(2)[:1])
    learns = [name for name, gradient in gradients.items() if gradient.any()]
    sets = [[], ["second/bias"], ["second/bias", "second/kernel"], sorted(gradients)]
    return Choice(
        text=say(
            "One dense layer that started from zeros has learnt. Put two dense layers in a row, with a ReLU "
            "between them, and start both from zeros, weights and biases. What will still learn?"
        ),
        options=[
            say("nothing"),
            say("the bias of the second layer"),
            say("weights and bias of the second layer"),
            say("everything"),
        ],
        answer=sets.index(sorted(learns)),
        mistakes=[
            (
                0,
                say("The gradient at the scores, $\\hat y - y$, is not 0. Which parameter gets it as it is?"),
            ),
            (
                2,
                say(
                    "The gradient of a weight is multiplied by what comes in. What does the first layer hand "
                    "on?"
                ),
            ),
            (3, say("The gradient of the first layer is multiplied by the weights of the second one.")),
        ],
        explanation=say(
            "Only the last bias. Its gradient is $\\hat y - y$, which needs no weight. All others are "
            "multiplied by something that is zero: the gradient of the first layer by the second layer's "
            "weights, that of the second layer's weights by the zeros that the first one hands on. So the "
            "network learns how frequent each digit is, and gives every picture the same answer. This is why "
            "weights start at random."
        ),
    )


CHECK_YOURSELF = (windows_as_rows, gradient_size, gradient_at_the_scores, first_step_of_adam, first_loss)
