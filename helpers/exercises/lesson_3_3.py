"""What the reader writes in lesson 3-3: a step of learning of both affine layers."""

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.activations import logistic, logistic_backward
from helpers.reference.gradient_check import numerical_gradient
from helpers.reference.losses import squared_error


def _loss(f, W1, W2, target):
    return squared_error([logistic(logistic(f @ W1) @ W2)], [target])


def _step(f, W1, W2, target, rate):
    sums = f @ W1
    hidden = logistic(sums)
    output = hidden @ W2
    delta = logistic_backward(logistic(output) - target, output)
    grad_sums = logistic_backward(delta * W2, sums)
    return W1 - rate * np.outer(f, grad_sums), W2 - rate * delta * hidden


def _measured(f, W1, W2, target, rate):
    """Take the step with measured slopes."""
    return (
        W1 - rate * numerical_gradient(lambda w: _loss(f, w, W2, target), W1),
        W2 - rate * numerical_gradient(lambda w: _loss(f, W1, w, target), W2),
    )


def _subtract(old, rate, gradient):
    return old - rate * gradient


def _other_step(
    move=_subtract,
    output_slope=lambda y, o: y * (1 - y),
    hidden_slope=lambda h, s: h * (1 - h),
    factors=lambda hidden, old, new: (hidden, old),
    pairs=np.outer,
    sums=lambda f, W1: f @ W1,
):
    """Make a step that differs in one place: `factors` are those of the gradients of W2 and of h."""

    def step(f, W1, W2, target, rate):
        s = sums(f, W1)
        hidden = logistic(s)
        o = hidden @ W2
        y = logistic(o)
        delta = (y - target) * output_slope(y, o)
        moved = move(W2, rate, delta * factors(hidden, W2, None)[0])
        grad_sums = delta * factors(hidden, W2, moved)[1] * hidden_slope(hidden, s)
        return move(W1, rate, pairs(f, grad_sums)), moved

    return step


def _only(place):
    """Make a step that moves the weights of one layer and leaves the other's as they are."""

    def step(f, W1, W2, target, rate):
        weights = [W1, W2]
        weights[place] = _step(f, W1, W2, target, rate)[place]
        return tuple(weights)

    return step


STEP = Task(
    name="my_step",
    reference=_step,
    results=("W₁", "W₂"),
    cases=[
        (np.array([2.0]), np.array([[0.3]]), np.array([0.8]), 1, 1.0),
        (np.array([1.0, 2.0]), np.array([[0.5, -0.5], [0.2, 0.4]]), np.array([0.8, -0.6]), 1, 0.5),
        (
            np.array([0.37, 0.21, 0.27, 0.24]),
            np.array([[0.29, 0.31], [0.65, 0.56], [0.02, 0.31], [0.66, 0.35]]),
            np.array([0.56, 0.31]),
            0,
            2.0,
        ),
    ],
    measured=_measured,
    slips=[
        Slip(
            _other_step(move=lambda old, rate, gradient: old + rate * gradient),
            say("You have added the gradient. That is the way up: the loss rises. Subtract it."),
        ),
        Slip(
            _other_step(output_slope=lambda y, o: 1),
            say(
                "The output's own slope is missing: $\\hat{{y}} - y$ has to pass $\\hat{{y}} (1 - "
                "\\hat{{y}})$."
            ),
        ),
        Slip(
            _other_step(hidden_slope=lambda h, s: 1),
            say("On the way to $W_1$ the hidden units' slope $h (1 - h)$ is missing."),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (hidden, hidden), hidden_slope=lambda h, s: 1),
            say(
                "For $W_1$ you have gone on with the gradient of $W_2$, as the page does. "
                "The gradient of $h$ has $W_2$ as its factor, and then the slope $h (1 - h)$."
            ),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (hidden, hidden)),
            say("On the way to $W_1$: the gradient of $h$ has the other factor: $W_2$, not $h$ itself."),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (hidden, new)),
            say(
                "For $W_1$ you have used the new $W_2$. All gradients belong to the old "
                "weights: compute them all, and move afterwards."
            ),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (old, old)),
            say("The gradient of $W_2$ has the other factor of the product: $h$, not $W_2$ itself."),
        ),
        Slip(
            _other_step(move=lambda old, rate, gradient: old - gradient),
            say("The learning rate is missing: multiply each gradient with it."),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (old, hidden)),
            say("You have exchanged $h$ and $W_2$. Each gradient has the other factor of the product."),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (hidden, 1)),
            say("On the way to $W_1$ the factor $W_2$ is missing: the unit was multiplied by it."),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (np.ones_like(hidden), old)),
            say("In the gradient of $W_2$ the factor $h$ is missing: the weight was multiplied by it."),
        ),
        Slip(
            _other_step(output_slope=lambda y, o: 2 * y * (1 - y)),
            say("Your slopes are twice too large. The loss has a $\\frac12$, and the 2 of the square goes."),
        ),
        Slip(
            _other_step(output_slope=lambda y, o: o * (1 - o)),
            say(
                "The logistic function's slope is made from its value: $\\hat{{y}} (1 - \\hat{{y}})$, not "
                "$o (1 - o)$."
            ),
        ),
        Slip(
            _other_step(hidden_slope=lambda h, s: s * (1 - s)),
            say("The logistic function's slope is made from its value: $h (1 - h)$, not $s (1 - s)$."),
        ),
        Slip(
            _other_step(move=lambda old, rate, gradient: rate * gradient),
            say(
                "These are the gradients. The new weights are the old ones minus $\\eta$ times the gradient."
            ),
        ),
        Slip(
            _other_step(move=lambda old, rate, gradient: -rate * gradient),
            say("These are the moves alone. Add them to the old weights."),
        ),
        Slip(_only(1), say("$W_2$ is right. $W_1$ has not moved yet.")),
        Slip(_only(0), say("$W_1$ is right. $W_2$ has not moved yet.")),
        Slip(
            _other_step(pairs=lambda f, grad_sums: np.outer(grad_sums, f)),
            say(
                "In the gradient of $W_1$ rows and columns are exchanged: row $i$ belongs to the input "
                "$f_i$, column $j$ to the unit $h_j$."
            ),
        ),
        Slip(
            _other_step(pairs=lambda f, grad_sums: f * grad_sums),
            say(
                "The gradient of $W_1$ has a number for each pair of an input and a unit. `np.outer` "
                "makes them all."
            ),
        ),
        Slip(
            _other_step(sums=lambda f, W1: W1 @ f),
            say("Column $j$ of $W_1$ belongs to the unit $h_j$: the sums are `f @ W1`, not `W1 @ f`."),
        ),
    ],
)
