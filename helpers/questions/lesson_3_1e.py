"""Questions of lesson 3-1e: shared weights."""

import numpy as np

from helpers.chapter.examples import DELTA, FILTER, IMAGE
from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Choice, Number, Numbers, true_or_slip
from helpers.reference.convolution import (
    chapter_weight_gradient,
    convolution_matrix,
    convolve2d,
    convolve2d_backward,
    cross_correlate2d,
    cross_correlate2d_backward,
)
from helpers.reference.counting import dense_parameters
from helpers.reference.filters import SOBEL_X
from helpers.reference.geometry import output_size, pixel_uses, windows
from helpers.reference.gradient_check import numerical_gradient
from helpers.reference.layers import MaxPool2D
from helpers.reference.optimizers import gradient_step
from helpers.wording import factor, fixed, indexed, listed, number, products

_IMAGE, _DELTA = IMAGE[:3, :3], DELTA[:2, :2]  # of Figure 3-5


def _image_and_filter(rng):
    return whole_numbers(rng, (3, 3), 0, 5), whole_numbers(rng, (2, 2), -2, 3)


@question(_IMAGE, FILTER, draw=_image_and_filter)
def first_output_turned(image, kernel):
    """The first output of a turned filter."""
    output = convolve2d(image, kernel)[0, 0]
    return Number(
        text=say("Turn the filter by half a turn and lay it on the upper left corner. What is $o_{{11}}$?"),
        given={say("image"): image, say("filter"): kernel},
        answer=output,
        mistakes=[
            (
                cross_correlate2d(image, kernel)[0, 0],
                say("You have laid the filter on as it stands. In equation 3.2 $w_{{22}}$ meets $a_{{11}}$."),
            ),
            (cross_correlate2d(image, kernel[::-1])[0, 0], say("Half a turn swaps left and right, too.")),
            (cross_correlate2d(image, kernel[:, ::-1])[0, 0], say("Half a turn swaps up and down, too.")),
        ],
        hints=[
            say("Write the turned filter down first. Its upper left number is $w_{{22}}$."),
            say("$o_{{11}} = w_{{22}}a_{{11}} + w_{{21}}a_{{12}} + w_{{12}}a_{{21}} + w_{{11}}a_{{22}}$"),
        ],
        explanation=say(
            "Pixel times weight, row by row: {sum} = **{output}**.",
            sum=products(image[:2, :2].ravel(), np.flip(kernel).ravel()),
            output=number(output),
        ),
    )


def _pixel(rng):
    return rng.randint(4, 6), 3, *rng.choice([(1, 2), (2, 2), (1, 3), (2, 3), (3, 3)])


@question(3, 2, 2, 2, draw=_pixel)
def lines_of_a_pixel(side, window, row, column):
    """How many lines leave a pixel, and how many carry a weight."""
    uses, outputs = pixel_uses(side, window), output_size(side, window) ** 2
    pixel, corner = (say("leave {pixel}", pixel=indexed("a", *place)) for place in ((row, column), (1, 1)))
    weight = say("carry w₁₂")
    return Numbers(
        text=say(
            "The image has {side} × {side} pixels, the filter {window} × {window} weights. Each product of a "
            "weight and a pixel is a line. How many lines are there of each kind?",
            side=side,
            window=window,
        ),
        answer={pixel: uses[row - 1, column - 1], corner: uses[0, 0], weight: outputs},
        mistakes=[
            (
                {pixel: outputs, corner: outputs},
                say("That would be a dense layer. A pixel reaches only the outputs whose window holds it."),
            ),
            (
                {pixel: window**2, corner: window**2} if window**2 != outputs else None,
                say("Near the border a pixel does not meet every weight: the filter cannot leave the image."),
            ),
            ({weight: 1}, say("$w_{{12}}$ stands once in the filter, but every output uses the filter.")),
            (
                {weight: side**2},
                say("$w_{{12}}$ does not reach every pixel. It has one line for each place of the filter."),
            ),
        ],
        hints=[say("Put your finger on the pixel, and count the places of the filter that cover it.")],
        explanation=say(
            "The pixel lies in **{pixel}** windows, the corner in **{corner}**. The filter has {outputs} "
            "places, and uses $w_{{12}}$ once at each of them: **{outputs}** lines.",
            pixel=uses[row - 1, column - 1],
            corner=uses[0, 0],
            outputs=outputs,
        ),
    )


@question(9, 3, 2, draw=lambda rng: (rng.randint(7, 12), rng.randint(3, 4), rng.randint(2, 4)))
def three_wirings(inputs, window, units):
    """Weights of a dense, a local and a shared wiring, and of the affine layer behind."""
    outputs = output_size(inputs, window)
    dense, local, shared, affine = say("dense"), say("local"), say("shared"), say("affine layer")

    def counts(outputs):
        weights = dense_parameters(inputs, outputs) - outputs
        return {dense: weights, local: outputs * window, shared: window, affine: outputs * units}

    answer = counts(outputs)
    return Numbers(
        text=say(
            "There are {inputs} inputs, the filter has {window} weights; no padding, no biases. How many "
            "weights does each wiring need? And the affine layer of {units} units behind the outputs?",
            inputs=inputs,
            window=window,
            units=units,
        ),
        answer=answer,
        mistakes=[
            (counts(inputs), say("The filter has fewer places than there are inputs. Count them first.")),
            ({dense: inputs**2}, say("Dense joins each input to each *output*. How many outputs are there?")),
            ({local: window}, say("Local lines do not share: each of them has a weight of its own.")),
            ({shared: outputs * window}, say("All outputs use the same filter, so it is counted once.")),
            ({affine: inputs * units}, say("The affine layer is joined to the outputs, not to the inputs.")),
        ],
        hints=[say("How many outputs are there?"), say("Dense: inputs times outputs. What does local keep?")],
        explanation=say(
            "There are {inputs} − {window} + 1 = {outputs} outputs. Dense: {inputs} · {outputs} = "
            "**{dense}**. Local: {outputs} · {window} = **{local}**. Shared: **{window}**, however long the "
            "row. Affine: {outputs} · {units} = **{affine}**; this layer shares nothing.",
            inputs=inputs,
            window=window,
            outputs=outputs,
            units=units,
            dense=answer[dense],
            local=answer[local],
            affine=answer[affine],
        ),
    )


@question(_IMAGE, FILTER)
def full_row_of_the_transpose(image, kernel):
    """The row of the transposed matrix that has no zero."""
    reached = (convolution_matrix(np.flip(kernel), image.shape) != 0).T
    row = 1 + int(np.flatnonzero(reached.all(axis=1))[0])
    return Number(
        text=say("Which row of $A^{{\\mathsf T}}$ has no zero? Count from 1."),
        answer=row,
        mistakes=[
            (1, say("Row 1 belongs to the corner pixel, which reaches a single output.")),
            (row - 1, say("Python would call it that. Here the first row has the number 1.")),
            (22, say("You have found the pixel $a_{{22}}$. Now count the pixels row by row.")),
        ],
        hints=[say("$A^{{\\mathsf T}}$ has a row for each pixel. Which pixel reaches all four outputs?")],
        explanation=say("Row **{row}**: that is the middle pixel, and it reaches all four outputs.", row=row),
    )


def _image_and_weight(rng):
    return whole_numbers(rng, (3, 3), 0, 9), rng.randint(1, 2), rng.randint(1, 2)


@question(_IMAGE, 2, 1, draw=_image_and_weight)
def pixels_under_a_weight(image, m, n):
    """The pixels that a weight of a turned filter meets."""
    seen = windows(image, 2)
    return Array(
        text=say(
            "Which four pixels lie under ${weight}$ while the turned filter walks over the image? Write "
            "their numbers, each in the place of its output.",
            weight=f"w_{{{m}{n}}}",
        ),
        given={say("image"): image},
        answer=seen[:, :, 2 - m, 2 - n],
        mistakes=[
            (seen[:, :, m - 1, n - 1], say("There the weight lies before the turn. Turn the filter first.")),
            (seen[:, :, 2 - m, n - 1], say("Half a turn also swaps left and right.")),
            (seen[:, :, m - 1, 2 - n], say("Half a turn also puts the filter upside down.")),
        ],
        hints=[
            say("Write down the turned filter. In which corner does this weight lie?"),
            say("Its first pixel lies in this corner of the upper left window. Then move the window."),
        ],
        explanation=say(
            "The turned filter carries the weight in row {row}, column {column}. In the four windows that is "
            "{pixels}.",
            row=3 - m,
            column=3 - n,
            pixels=listed(f"$a_{{{i + 3 - m}{j + 3 - n}}}$" for i, j in np.ndindex(2, 2)),
        ),
    )


def _image_delta_weight(rng):
    return whole_numbers(rng, (3, 3), 0, 6), whole_numbers(rng, (2, 2), -2, 3), *rng.choices([1, 2], k=2)


@question(_IMAGE, _DELTA, 1, 2, draw=_image_delta_weight)
def gradient_of_a_shared_weight(image, delta, m, n):
    """The gradient of one weight of a turned filter, by hand."""
    slope = convolve2d_backward(delta, image, FILTER)[1][m - 1, n - 1]
    pixels = windows(image, 2)[:, :, 2 - m, 2 - n]
    return Number(
        text=say(
            "δ arrives at the four outputs of a turned 2 × 2 filter. What is ${slope}$?",
            slope=f"\\partial L / \\partial w_{{{m}{n}}}",
        ),
        given={say("image"): image, "δ": delta},
        answer=slope,
        mistakes=[
            (
                cross_correlate2d_backward(delta, image, FILTER)[1][m - 1, n - 1],
                say("Right for a filter that is not turned. Turned, the weight lies in another corner."),
            ),
            (slope / 4, say("You have taken the mean. The chain rule adds the four terms up.")),
            (pixels.sum(), say("You have added the pixels alone. Each is multiplied by its δ.")),
            (delta[0, 0] * pixels[0, 0], say("That is one term. The weight is used at all four outputs.")),
        ],
        hints=[
            say("Which four pixels lie under this weight? Write them in the places of their outputs."),
            say("Multiply each of them by the δ in the same place, and add up."),
        ],
        explanation=say(
            "Each δ times the pixel under the weight: {sum} = **{slope}**.",
            sum=products(delta.ravel(), pixels.ravel()),
            slope=number(slope),
        ),
    )


@question(_IMAGE, FILTER)
def slopes_of_one_output(image, kernel):
    """The derivatives of the first output with respect to the four weights."""
    window = image[:2, :2]
    slopes = numerical_gradient(lambda weights: convolve2d(image, weights)[0, 0], kernel).round()
    return Array(
        text=say(
            "Look at $o_{{11}}$ alone. What is its derivative with respect to each of the four weights? "
            "Write each in the place of its weight: $w_{{11}}$ upper left."
        ),
        given={say("window of o₁₁"): window, say("filter, not yet turned"): kernel},
        answer=slopes,
        mistakes=[
            (window, say("The right pixels. But the filter is turned: under $w_{{11}}$ lies $a_{{22}}$.")),
            (np.full((2, 2), window.sum()), say("Move one weight alone. How many pixels does it meet?")),
            (kernel, say("These are the weights. The slope is what a weight is multiplied by.")),
        ],
        hints=[say("$o_{{11}}$ is a sum of four products. Which pixel is $w_{{11}}$ multiplied by?")],
        explanation=say("Each weight meets one pixel, so its derivative is that pixel, in turned order."),
    )


@question(_IMAGE, FILTER)
def rule_3_4_window_sum(image, kernel):
    """Equation 3.4 as printed, on trial."""
    slopes = numerical_gradient(lambda weights: convolve2d(image, weights)[0, 0], kernel)
    return true_or_slip(
        text=say(
            "Equation 3.4 says that the derivative of an output with respect to a weight is the sum of the "
            "whole window. Is that true?"
        ),
        slip=not np.isclose(slopes, image[:2, :2].sum()).any(),
        mistaken=say("Then open the fold above: is one of the four measured slopes that sum?"),
        explanation=say(
            "A slip: the measured slopes are single pixels, and the printed sum is none of them."
        ),
    )


@question(IMAGE, DELTA)
def rule_3_5_limits(image, delta):
    """The limits of the printed sums, on trial."""
    _, slopes = convolve2d_backward(delta, image, FILTER)
    return true_or_slip(
        text=say(
            "Equation 3.5 lets its two sums run to $k$, the side of the filter. On 5 × 5 pixels the filter "
            "has 4 × 4 places. Is the rule true there?"
        ),
        slip=not (chapter_weight_gradient(delta, image, len(FILTER)) == slopes).any(),
        mistaken=say("Then how many terms do the printed sums add up, and how many outputs use the weight?"),
        explanation=say(
            "A slip: the printed sums stop after {printed} of {all} terms.",
            printed=FILTER.size,
            all=delta.size,
        ),
    )


@question(_IMAGE, _DELTA)
def rule_3_5_index(image, delta):
    """Which filter the printed index belongs to."""
    printed = chapter_weight_gradient(delta, image, len(FILTER))
    ways = convolve2d_backward, cross_correlate2d_backward
    return Choice(
        text=say("On 3 × 3 pixels the limits are right. For which filter does the printed 3.5 then hold?"),
        options=[
            say("the turned one of equation 3.2"),
            say("one that is not turned"),
            say("neither of them"),
        ],
        answer=[(printed == way(delta, image, FILTER)[1]).all() for way in ways].index(True),
        mistakes=[
            (0, say("The same four numbers, but not in the same places. Look in the fold above.")),
            (2, say("Compare place by place in the fold above: one of the two agrees.")),
        ],
        explanation=say(
            "For one that is not turned. Beside equation 3.2, which turns it, the index is a slip."
        ),
    )


@question()
def rule_3_5_words():
    """The words before equation 3.5, on trial."""
    _, backward = MaxPool2D("pool").forward(np.ones((1, 2, 2, 1)))
    _, gradients_of_weights = backward(np.ones((1, 1, 1, 1)))
    return true_or_slip(
        text=say("The words before equation 3.5 say that it corrects the *pooling* layer's weights. True?"),
        slip=not gradients_of_weights,
        mistaken=say("Which weight does a maximum or an average have?"),
        explanation=say("A slip of the pen: pooling has no weights. These belong to the convolution layer."),
    )


@question(
    _DELTA * windows(_IMAGE, 2)[:, :, 1, 1],
    2,
    draw=lambda rng: (whole_numbers(rng, (2, 2), -6, 6), rng.randint(-3, 3)),
)
def step_of_a_shared_weight(lines, weight):
    """One step of a weight that four lines carry."""
    rate, gradient = 0.1, lines.sum()
    uphill = say("You have gone uphill. The step is subtracted.")
    if gradient < 0:
        uphill = say("You have gone uphill. The gradient is negative, and to subtract it is to add.")
    after = gradient_step({"w": weight}, {"w": gradient}, rate)["w"]
    return Number(
        text=say(
            "Four lines carry the weight $w = {weight}$, and each alone has the gradient below. What is $w$ "
            "after one step with the learning rate $\\eta = {rate}$?",
            weight=weight,
            rate=rate,
        ),
        given={say("gradients of the lines"): lines},
        decimals=2,
        answer=after,
        mistakes=[
            (weight + rate * gradient, uphill),
            (weight - rate * lines.mean(), say("You have taken the mean. A shared weight gets the sum.")),
            (weight - gradient, say("You have left out the learning rate.")),
        ],
        hints=[say("Add up the gradients of the four lines first.")],
        explanation=say(
            "The lines add up to {sum}, so $w$ becomes {weight} − {rate} · {gradient} = **{after}**.",
            sum=number(gradient),
            gradient=factor(gradient),
            weight=number(weight),
            rate=rate,
            after=fixed(after, 2),
        ),
    )


@question()
def picture_or_weights():
    """What is right sooner, a filter's output or its weights."""
    smooth = np.sin(np.arange(40) / 8)[np.newaxis]
    change = np.abs(cross_correlate2d(smooth, np.array([[0.5, -0.5]]))).max()
    return Choice(
        text=say("We look after 0, 10, 100 and 1,000 steps. What will be right sooner?"),
        options=[say("the picture"), say("the nine weights"), say("both at the same time")],
        answer=0 if change < 0.1 else 2,
        mistakes=[
            (1, say("The loss sees only the picture. Can a picture be right while a weight is wrong?")),
            (2, say("Two neighbouring pixels are nearly equal. Must both of their weights be right?")),
        ],
        explanation=say(
            "The picture. Neighbouring pixels are nearly equal: with one weight a little too large and its "
            "neighbour a little too small it hardly changes, and the loss hardly notices."
        ),
    )


@question(SOBEL_X)
def filter_learnt_from_convolve2d(kernel):
    """What a filter that is not turned learns from one that is."""
    return Array(
        text=say(
            "Now `convolve2d` makes the wanted result: it turns Sobel's filter. The filter that learns is "
            "not turned. Which nine weights will it find?"
        ),
        given={say("Sobel's filter"): kernel},
        answer=np.flip(kernel),
        mistakes=[
            (kernel, say("It is turned before use when the result is made, and ours is not.")),
            (kernel.T, say("That is rows and columns swapped, not half a turn.")),
        ],
        hints=[say("Which filter, laid on as it stands, does what Sobel's does once it is turned?")],
        explanation=say("Sobel's filter, turned: a filter stores its weights in the order of their use."),
    )


CHECK_YOURSELF = (
    first_output_turned,
    lines_of_a_pixel,
    three_wirings,
    gradient_of_a_shared_weight,
    step_of_a_shared_weight,
)
