"""Questions of lesson 3-2: backpropagation."""

from functools import cache

import numpy as np

from helpers.chapter.examples import EXAMPLE
from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Choice, Number, true_or_slip
from helpers.reference import chapter_rules
from helpers.reference.activations import (
    logistic,
    logistic_backward,
    relu,
    relu_backward,
    softmax,
    softmax_jacobian,
)
from helpers.reference.complete_model import (
    complete_model_backward,
    complete_model_forward,
    framework_order_backward,
    loss_from,
)
from helpers.reference.gradient_check import numerical_gradient, relative_error
from helpers.reference.losses import cross_entropy_backward, softmax_cross_entropy_backward
from helpers.reference.pooling import average_pool2d_backward
from helpers.wording import fixed, number, table, trimmed

# fmt: off
_PARAMETERS, _TARGET = EXAMPLE["parameters"], EXAMPLE["target"]
_ARRAYS, _GRADIENTS = complete_model_forward(**EXAMPLE), complete_model_backward(**EXAMPLE)


@cache
def _measured(name):
    """Measure the slope of the poppy's loss in every number of an array or a parameter."""
    if name not in _PARAMETERS:
        return numerical_gradient(lambda x: loss_from(name, x, _PARAMETERS, _TARGET), _ARRAYS[name])

    def loss(values):
        return complete_model_forward(EXAMPLE["image"], {**_PARAMETERS, name: values}, _TARGET)["loss"]

    return numerical_gradient(loss, _PARAMETERS[name])


def _is_off(name, gradient):
    return relative_error(gradient, _measured(name)) > 1e-6


def _choice(text, options, answer, explanation):
    """Make a Choice of pairs (option, what to say of it where it is wrong)."""
    mistakes = [(place, sentence) for place, (_, sentence) in enumerate(options) if place != answer]
    names = [option for option, _ in options]
    return Choice(text=text, options=names, answer=answer, mistakes=mistakes, explanation=explanation)


@question()
def bias_signs():
    """Which way the loss goes when a bias grows."""
    first, second, _ = _measured("bias")
    return _choice(
        text=say("The poppy is class 2. What does the loss do if only the bias of class 2 grows a little? "
                 "And if only the bias of class 1 does?"),
        options=[
            (say("It falls both times."), say("If class 1 gets a higher score, what is left for class 2?")),
            (say("It falls with the bias of class 2 and rises with that of class 1."), ""),
            (say("It rises with the bias of class 2 and falls with that of class 1."),
             say("The loss is small where the right class has a high probability. Which one is right?")),
            (say("It rises both times."),
             say("If class 2 gets a higher score, its probability grows. Is that bad for a poppy?")),
        ],
        answer=2 * int(second > 0) + int(first > 0),
        explanation=say("A larger bias for class 2 raises its probability: the slope is {second}. A larger "
                        "one for class 1 takes probability away from class 2: the slope is {first}.",
                        second=fixed(second, 4), first=fixed(first, 4)),
    )


def _probabilities(rng):
    """Draw three probabilities in tenths."""
    first, second = rng.randint(1, 7), rng.randint(1, 2)
    return (np.array([first, second, 10 - first - second]) / 10,)


@question(np.array([0.5, 0.3, 0.2]), draw=_probabilities)
def softmax_row(y):
    """A row of the softmax's Jacobian, by hand."""
    row = softmax_jacobian(np.log(y))[0]
    return Array(
        text=say("A softmax gives these three probabilities. Fill in the first row of $J$: how fast does "
                 "$\\hat{{y}}_1$ change with $s_1$, with $s_2$, with $s_3$?"),
        given={"ŷ": y},
        decimals=2, answer=row,
        mistakes=[
            (np.abs(row), say("If another score grows, $\\hat{{y}}_1$ falls: those slopes have a minus.")),
            (row * [1, 0, 0], say("That is the diagonal alone. The other scores move $\\hat{{y}}_1$, too.")),
            (y * (1 - y), say("That is the diagonal of $J$. The first row tells how $\\hat{{y}}_1$ alone "
                              "changes.")),
            (-y[0] * y, say("Where $s_1$ itself moves, the numerator moves, too: use the first formula.")),
        ],
        hints=[say("The first place is on the diagonal, the other two are not: there are two formulas."),
               say("The three slopes add up to 0. Do yours?")],
        explanation=say("${a} \\cdot (1 - {a}) = {first}$ on the diagonal. Beside it $-{a} \\cdot {b} = "
                        "{second}$, and the last one makes the sum 0.",
                        a=y[0], b=y[1], first=fixed(row[0], 2), second=fixed(row[1], 2)),
    )


@question()
def printed_delta():
    """Equation 3.21 on trial."""
    rule = chapter_rules.chapter_delta(_ARRAYS["prediction"], _TARGET)
    return true_or_slip(
        text=say("Equation 3.21 is printed as $\\delta_i = (\\hat{{y}}_i - y_i)\\, \\hat{{y}}_i (1 - "
                 "\\hat{{y}}_i)$. Is that the slope of the loss with respect to the score $s_i$?"),
        slip=_is_off("scores", rule),
        mistaken=say("Then it should agree with the measurement. Open what comes out of both cells above, "
                     "and compare."),
        explanation=say("It uses the diagonal of $J$ alone, as if a score moved its own probability and no "
                        "other. For the poppy the slope of $s_1$ is {right}, and the rule gives {printed}.",
                        right=fixed(_measured("scores")[0], 4), printed=fixed(rule[0], 4)),
    )


@question(8, draw=lambda rng: (rng.choice([1, 2, 3, 4, 6, 7, 8, 9]),))
def logistic_steepness(tenths):
    """The slope of the logistic function from its value."""
    y = tenths / 10
    return Number(
        text=say("At some $x$ the logistic function has the value {y}. How steep is it there?", y=y),
        decimals=2, answer=logistic_backward(np.ones(1), np.log([y / (1 - y)]))[0],
        mistakes=[
            (1 - y, say("That is one of the two factors, $1 - \\sigma$.")),
            (y * y, say("The second factor is $1 - \\sigma$, not $\\sigma$ again.")),
            (y, say("That is its height. The slope is made from it.")),
            (logistic(y) * (1 - logistic(y)),
             say("You have taken {y} for $x$. It is the value already, $\\sigma$.", y=y)),
        ],
        hints=[say("The slope can be written with the value alone: $\\sigma (1 - \\sigma)$.")],
        explanation=say("${y} \\cdot (1 - {y}) = {slope}$.", y=y, slope=fixed(y * (1 - y), 2)),
    )


@question(np.array([0.7, 0.2, 0.1]), 2, draw=lambda rng: (*_probabilities(rng), rng.randint(1, 3)))
def cross_entropy_delta(y, right):
    """The gradient of softmax and cross-entropy together."""
    target = np.eye(3)[right - 1]
    return Array(
        text=say("A softmax gives these probabilities, and class {right} is right. The loss is the "
                 "cross-entropy. Fill in $\\delta = \\partial L / \\partial s$ for the three "
                 "scores.", right=right),
        given={"ŷ": y},
        decimals=2, answer=softmax_cross_entropy_backward(np.log(y), target),
        mistakes=[
            (chapter_rules.chapter_delta(y, target),
             say("You have multiplied with $\\hat{{y}}_i (1 - \\hat{{y}}_i)$. Here that has cancelled.")),
            (cross_entropy_backward(y, target),
             say("That is the slope in the probabilities. Go on through the softmax, to the scores.")),
            (y, say("These are the probabilities. What is the target of the right class?")),
            (target * (y - 1), say("The right class alone? The other scores stand in the loss, too: in the "
                                   "sum behind the logarithm.")),
        ],
        hints=[say("Prediction minus target."), say("The target is 1 for one class and 0 for the others.")],
        explanation=say("For the right class it is ${p} - 1 = {delta}$. The others have the target 0, so "
                        "theirs are their "
                        "probabilities.", p=trimmed(y[right - 1], 1), delta=fixed(y[right - 1] - 1, 1)),
    )


@question(np.array([8.0, 0.0, 0.0]))
def harder_push(scores):
    """Which loss pushes a network that is sure and wrong."""
    squared = np.abs(softmax_jacobian(scores) @ (softmax(scores) - _TARGET)).max()
    entropy = np.abs(softmax_cross_entropy_backward(scores, _TARGET)).max()
    return _choice(
        text=say("A network gives the scores 8, 0, 0. It is 99.9 % sure of class 1, while class 2 is right. "
                 "Which of the two losses pushes its scores harder?"),
        options=[
            (say("the squared error"),
             say("Its gradient has to pass $J$. How large is $\\hat{{y}} (1 - \\hat{{y}})$ at 0.999?")),
            (say("the cross-entropy"), ""),
            (say("both about as hard"), say("Compare $J (\\hat{{y}} - y)$ with $\\hat{{y}} - y$.")),
        ],
        answer=2 if 0.5 < entropy / squared < 2 else int(entropy > squared),
        explanation=say("Where the softmax is sure, $\\hat{{y}}_i (1 - \\hat{{y}}_i)$ is almost 0, and $J$ "
                        "makes the gradient of the squared error vanish: at most {squared}. The "
                        "cross-entropy keeps pushing, with up to "
                        "{entropy}.", squared=fixed(squared, 4), entropy=fixed(entropy, 4)),
    )


def _layer(rng):
    """Draw delta, f and W of an affine layer with two inputs and two scores."""
    step = rng.choice([-5, -4, -3, -2, 2, 3, 4, 5]) / 10
    return np.array([step, -step]), whole_numbers(rng, (2,), 1, 6), whole_numbers(rng, (2, 2), -3, 3)


@question(np.array([0.3, -0.3]), np.array([2, 5]), np.array([[1, 3], [-2, 1]]), draw=_layer)
def affine_gradient(delta, f, weights):
    """The gradient of an affine layer's weights."""
    return Array(
        text=say("An affine layer makes two scores, $s = W f + b$. This $\\delta$ arrives. Fill in "
                 "$\\partial L / \\partial W$."),
        given={"δ": delta, "f": f, "W": weights},
        decimals=1, answer=np.outer(delta, f),
        mistakes=[
            (np.outer(f, delta), say("You have swapped rows and columns: row $i$ of $W$ makes score $i$.")),
            (delta[:, np.newaxis] * weights,
             say("You have multiplied with $W$ itself. What was $W_{{ij}}$ multiplied by?")),
        ],
        hints=[say("What was $W_{{11}}$ multiplied by on its way into the first score?"),
               say("$\\partial L / \\partial W_{{ij}} = \\delta_i f_j$.")],
        explanation=say("It is $\\delta f^{{\\mathsf T}}$: the first row is {delta} times $f$, so it begins "
                        "with {first}.", delta=trimmed(delta[0], 1), first=trimmed(delta[0] * f[0], 1)),
    )


def _averages(rng):
    n = rng.randint(2, 3)
    return n * n * whole_numbers(rng, (2, 2), -4, 4), n, rng.randint(1, 2 * n), rng.randint(1, 2 * n)


@question(9 * np.array([[2, -1], [3, 4]]), 3, 3, 4, draw=_averages)
def gradient_of_an_average(grad_pooled, n, row, column):
    """What average pooling sends back to one number."""
    block, below = ((row - 1) // n, (column - 1) // n), (min(row // n, 1), min(column // n, 1))
    answer = average_pool2d_backward(grad_pooled, np.ones((2 * n, 2 * n)), n)[row - 1, column - 1]
    return Number(
        text=say("Blocks of {n} × {n} numbers are averaged, and this gradient of $P$ arrives. What is "
                 "$\\partial L / \\partial C$ in row {row}, column {column}?", n=n, row=row, column=column),
        given={"∂L/∂P": grad_pooled},
        answer=answer,
        mistakes=[
            (grad_pooled[block] / n, say("A block of side $n$ holds $n^2$ numbers, not $n$.")),
            (grad_pooled[block], say("The number shares its average with the others of its block: divide.")),
            (None if below == block else grad_pooled[below] / n**2,
             say("That is another block. Round $i/n$ and $j/n$ up.")),
        ],
        hints=[say("To which block does this place belong? Draw the borders of the blocks."),
               say("Each of the $n^2$ numbers of a block enters its average with the factor $1/n^2$.")],
        explanation=say("The place lies in the block of {g}, and each of its {all} numbers gets {g} / {all} "
                        "= **{share}**.", g=number(grad_pooled[block]), all=n * n, share=number(answer)),
    )


@question(2)
def printed_average(n):
    """Equation 3.28 on trial."""
    by_rule = np.kron(_GRADIENTS["pooled"], np.ones((n, n))) / n**2
    return true_or_slip(
        text=say("Equation 3.28 gives each number of a block of side $n$ the share $\\frac{{1}}{{n^2}}$ of "
                 "the block's gradient. True, or a slip?"),
        slip=_is_off("feature_map", by_rule),
        mistaken=say("Compare the two in the cell above. Not every printed rule is wrong."),
        explanation=say("The {count} numbers of a block are added and divided by {count}, so each of them "
                        "enters with the factor 1/{count}. The measurement agrees, too.", count=n * n),
    )


@question()
def pooling_corrects():
    """Equation 3.26 on trial."""
    has_weights, off = "pooled" in _PARAMETERS, _is_off("pooled", _GRADIENTS["pooled"])
    return _choice(
        text=say("Equation 3.26 puts $\\partial L / \\partial f$ back into a map, and introduces the result "
                 "as the correction of the weights in the pooling layer. What do you say?"),
        options=[
            (say("The numbers and their name are right."), say("Which weights of an average could be "
                                                               "learnt?")),
            (say("The numbers are right, their name is not."), ""),
            (say("The numbers are wrong."), say("Compare them with the measured ones in the cell above.")),
        ],
        answer=2 if off else int(not has_weights),
        explanation=say("They are the gradient of the pooled numbers $P$, and the measurement agrees. But "
                        "pooling has no weights, so nothing in it can be corrected."),
    )


@question(3)
def printed_share(channels):
    """Equation 3.30 on trial."""
    whole = _GRADIENTS["feature_map"]
    return true_or_slip(
        text=say("The {m} channels are added up, $C = C_1 + C_2 + C_3$. Equation 3.30 gives each of them "
                 "$\\frac{{1}}{{m}}\\, \\partial L / \\partial C$, with $m = {m}$. Is that its "
                 "gradient?", m=channels),
        slip=_is_off("channel_maps", chapter_rules.chapter_channel_gradient(whole, channels)),
        mistaken=say("Raise one number of $C_1$ by 0.1. By how much does the sum $C$ grow there?"),
        explanation=say("In a sum each term has the factor 1, so each channel gets all of it: in the corner "
                        "{whole}, not {share}. A third would be right for a mean.",
                        whole=fixed(whole[0, 0], 4), share=fixed(whole[0, 0] / channels, 4)),
    )


@question()
def updated_map():
    """Equation 3.29 on trial: what is left of an update of a feature map."""
    return _choice(
        text=say("Equation 3.29 changes the feature map, $C \\leftarrow C - \\eta\\, \\partial L / \\partial "
                 "C$. Then the picture goes through the network again. Which $C$ does that pass work with?"),
        options=[
            (say("with the changed one"), say("From what does a forward pass make $C$? Was any of it "
                                              "changed?")),
            (say("with the same as before the change"), ""),
            (say("with something between the two"), say("Nothing is averaged. From what is $C$ computed?")),
        ],
        answer=int(np.array_equal(_ARRAYS["feature_map"], complete_model_forward(**EXAMPLE)["feature_map"])),
        explanation=say("Each pass computes $C$ from the picture, the filters and their biases. Those were "
                        "not changed, so $C$ is what it was. Only parameters remember a step."),
    )


def _map_and_gradient(rng):
    signs = np.array([rng.choice([-1, 1]) for _ in range(6)]).reshape(2, 3)
    return signs * whole_numbers(rng, (2, 3), 1, 4), whole_numbers(rng, (2, 3), -4, 4)


@question(np.array([[3, -2, 1], [-4, 2, -1]]), np.array([[2, 3, -1], [-2, -4, 1]]), draw=_map_and_gradient)
def gradient_through_relu(sums, grad):
    """What a ReLU lets through backward."""
    return Array(
        text=say("A ReLU makes $C_c$ from $A_c$, and this gradient of $C_c$ arrives. Fill in "
                 "$\\partial L / \\partial A_c$."),
        given={"A": sums, "∂L/∂C": grad},
        answer=relu_backward(grad, sums),
        mistakes=[
            (grad, say("Where $A_c$ is below zero, the loss does not notice when it moves a little.")),
            (grad * (grad > 0), say("You looked at the sign of the gradient. It is $A_c$ that decides.")),
            (sums > 0, say("That is the mask. What arrives is multiplied with it.")),
            (grad * relu(sums), say("Above zero the slope of a ReLU is 1, not $A_c$ itself.")),
            (chapter_rules.chapter_activation_gradient(grad, relu(sums)),
             say("$C (1 - C)$ is the slope of a logistic function. What is the slope of a ReLU?")),
        ],
        hints=[say("At which places is $A_c$ above zero?"), say("The slope is 1 there, and 0 elsewhere.")],
        explanation=say("The gradient goes through unchanged where $A_c > 0$, at {count} of 6 places. A "
                        "minus in the gradient is no obstacle.", count=int((sums > 0).sum())),
    )


@question(5)
def printed_slope(c):
    """Equations 3.32 and 3.34 on trial."""
    return true_or_slip(
        text=say("In 3.32 and 3.34 the gradient of $C_c$ is multiplied by $C_c (1 - C_c)$ on its way to "
                 "$A_c$. In this model $C_c$ comes out of a ReLU (3.12 to 3.14). Is the factor right?"),
        slip=_is_off("filters", chapter_rules.chapter_backward(**EXAMPLE)["filters"]),
        mistaken=say("Take $A = {c}$, so $C = {c}$. How large is the factor, and how steep is the "
                     "ReLU?", c=c),
        explanation=say("$C (1 - C)$ belongs to a logistic function. At $C = {c}$ it is {factor}, where the "
                        "ReLU has the slope 1: the gradient is turned round and much too large.",
                        c=c, factor=number(chapter_rules.chapter_activation_gradient([1.0], [c])[0])),
    )


_STEPS = {
    "scores": ("∂L/∂s", "3.21"),
    "pooled": ("∂L/∂P", "3.26"),
    "feature_map": ("∂L/∂C", "3.28"),
    "channel_maps": ("∂L/∂C₁ … ∂L/∂C₃", "3.30"),
    "convolved": ("∂L/∂A₁ … ∂L/∂A₃", "3.32"),
    "filters": ("∂L/∂k₁ … ∂L/∂k₃", "3.32"),
}


@question("3.28", draw=lambda rng: (rng.choice(chapter_rules.EQUATIONS_WITH_A_SLIP),))
def find_the_bug(equation):
    """Which step of a backward pass has a slip."""
    gradients = chapter_rules.backward_with_one_slip(equation, **EXAMPLE)
    errors = {name: relative_error(gradients[name], _measured(name)) for name in _STEPS}
    first = next(_STEPS[name][1] for name in _STEPS if errors[name] > 1e-6)
    found = chapter_rules.EQUATIONS_WITH_A_SLIP.index(first)
    earlier = say("Up to there everything agrees with the measurement. The slip comes later.")
    later = say("It works on an array that is off already: it only inherits. Where does the error begin?")
    texts = [say("3.21: through the softmax"), say("3.26: from the vector back to the map"),
             say("3.28: through the averages"), say("3.30: through the sum of the channels"),
             say("3.32: through the ReLU")]
    head = say("| array, from the loss back | largest difference, as a share of its largest number |")
    rows = [(letters, trimmed(errors[name], 2)) for name, (letters, _) in _STEPS.items()]
    return _choice(
        text=say("A backward pass has one slip. Its arrays were compared with measured slopes:\n\n{table}"
                 "\n\nWhich step has the slip?",
                 table=table(head, rows)),
        options=[(text, earlier if place < found else later) for place, text in enumerate(texts)],
        answer=found,
        explanation=say("Up to the step before, everything agrees. {first} is where the error begins, and "
                        "every later step inherits it.", first=first),
    )


@question()
def biases_in_frameworks():
    """Whether the three biases' gradients differ where the channels are added first."""
    grads = framework_order_backward(**EXAMPLE)["filter_biases"]
    return _choice(
        text=say("The three filters have biases of their own in our model. Will the gradients of these "
                 "biases differ in the frameworks' order?"),
        options=[
            (say("Yes: each channel has numbers of its own."),
             say("How do the three biases enter $A_1 + A_2 + A_3$? Could you tell them apart there?")),
            (say("No: all three are equal."), ""),
            (say("All three are 0."), say("Raise one of them: the sum rises everywhere. Does nothing "
                                          "change?")),
        ],
        answer=int(np.ptp(grads) == 0) if grads.any() else 2,
        explanation=say("Only the sum of the three biases enters the model, so each of them has the same "
                        "slope, {slope}.", slope=fixed(grads[0], 4)),
    )


CHECK_YOURSELF = (cross_entropy_delta, gradient_of_an_average, gradient_through_relu, find_the_bug)
