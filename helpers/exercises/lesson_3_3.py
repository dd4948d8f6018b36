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


def _other_step(
    sign=-1,
    length=lambda rate: rate,
    output_slope=lambda y: y * (1 - y),
    hidden_slope=lambda h: h * (1 - h),
    factors=lambda hidden, old, new: (hidden, old),
):
    """Make a step that differs in one place: `factors` are those of the gradients of W2 and of h."""

    def step(f, W1, W2, target, rate):
        hidden = logistic(f @ W1)
        y = logistic(hidden @ W2)
        delta = (y - target) * output_slope(y)
        moved = W2 + sign * length(rate) * delta * factors(hidden, W2, None)[0]
        grad_sums = delta * factors(hidden, W2, moved)[1] * hidden_slope(hidden)
        return W1 + sign * length(rate) * np.outer(f, grad_sums), moved

    return step


STEP = Task(
    name="my_step",
    reference=_step,
    results=("W₁", "W₂"),
    cases=[
        (np.array([2.0]), np.array([[0.5]]), np.array([1.0]), 1, 1.0),
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
            _other_step(sign=1),
            say("You have added the gradient. That is the way up: the loss rises. Subtract it."),
        ),
        Slip(
            _other_step(output_slope=lambda y: 1),
            say(
                "The output's own slope is missing: $\\hat{{y}} - y$ has to pass $\\hat{{y}} (1 - "
                "\\hat{{y}})$."
            ),
        ),
        Slip(
            _other_step(hidden_slope=lambda h: 1),
            say("$W_2$ is right. On the way to $W_1$ the hidden units' slope $h (1 - h)$ is missing."),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (hidden, hidden), hidden_slope=lambda h: 1),
            say(
                "$W_2$ is right. For $W_1$ you have gone on with the gradient of $W_2$, as the page does. "
                "The gradient of $h$ has $W_2$ as its factor, and then the slope $h (1 - h)$."
            ),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (hidden, hidden)),
            say("$W_2$ is right. The gradient of $h$ has the other factor: $W_2$, not $h$ itself."),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (hidden, new)),
            say(
                "$W_2$ is right. For $W_1$ you have used the new $W_2$. All gradients belong to the old "
                "weights: compute them all, and move afterwards."
            ),
        ),
        Slip(
            _other_step(factors=lambda hidden, old, new: (old, old)),
            say("The gradient of $W_2$ has the other factor of the product: $h$, not $W_2$ itself."),
        ),
        Slip(
            _other_step(length=lambda rate: 1),
            say("The learning rate is missing: multiply each gradient with it."),
        ),
    ],
)
