"""What the reader writes in lesson 3-2: the cross-entropy with its gradient, and a layer's backward pass."""

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.activations import logistic, relu, relu_backward, softmax, softmax_jacobian
from helpers.reference.convolution import convolve2d, convolve2d_backward, cross_correlate2d
from helpers.reference.geometry import output_size
from helpers.reference.gradient_check import numerical_gradient
from helpers.reference.losses import (
    cross_entropy_backward,
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
    squared_error,
)
from helpers.reference.pooling import average_pool2d, average_pool2d_backward


def _entropy(scores, target):
    return softmax_cross_entropy(scores, target), softmax_cross_entropy_backward(scores, target)


def _measured_entropy(scores, target):
    return _entropy(scores, target)[0], numerical_gradient(lambda s: softmax_cross_entropy(s, target), scores)


def _other_entropy(loss=softmax_cross_entropy, delta=softmax_cross_entropy_backward):
    return lambda scores, target: (loss(scores, target), delta(scores, target))


def _overflowing(scores, target):
    with np.errstate(all="ignore"):
        y = np.exp(scores) / np.sum(np.exp(scores))
        return -np.log(y @ target), y - target


def _overflowing_sum(scores, target):
    with np.errstate(all="ignore"):
        powers = np.exp(scores)
        return np.log(powers.sum()) - scores @ target, powers / powers.sum() - target


_TOO_LARGE = say(
    "With scores of about 1,000 the exponential is too large for the computer. Only differences of scores "
    "matter: subtract the largest score from all of them first."
)


CROSS_ENTROPY = Task(
    name="my_cross_entropy",
    reference=_entropy,
    results=("L", "δ"),
    cases=[
        (np.array([0.0, 0.0]), np.array([1, 0])),
        (np.array([1.0, 2.0, 0.0]), np.array([0, 1, 0])),
        (np.array([2.0, -1.0, 0.5]), np.array([0, 0, 1])),
        (np.array([8.0, 0.0, 0.0]), np.array([0, 1, 0])),
        (np.array([1002.0, 1001.0, 1000.0]), np.array([0, 1, 0])),
    ],
    measured=_measured_entropy,
    slips=[
        Slip(
            _other_entropy(loss=lambda s, y: -np.log(softmax(s)).sum()),
            say("You have added up the logarithms of all classes. Only that of the right class counts."),
        ),
        Slip(
            _other_entropy(loss=lambda s, y: -softmax_cross_entropy(s, y)),
            say(
                "The logarithm of a probability is below zero, and a loss is not: there is a minus before it."
            ),
        ),
        Slip(
            _other_entropy(loss=lambda s, y: softmax_cross_entropy(s, y) / np.log(10)),
            say("This is the logarithm to base 10. The natural one is `np.log`."),
        ),
        Slip(
            _other_entropy(delta=lambda s, y: y - softmax(s)),
            say("The loss is right. $\\delta$ has the wrong sign: it is prediction minus target."),
        ),
        Slip(
            _other_entropy(delta=lambda s, y: (softmax(s) - y) * softmax(s) * (1 - softmax(s))),
            say(
                "The loss is right. In $\\delta$ you have multiplied with $\\hat{{y}} (1 - \\hat{{y}})$, "
                "which the logarithm has cancelled here."
            ),
        ),
        Slip(
            _other_entropy(delta=lambda s, y: cross_entropy_backward(softmax(s), y)),
            say(
                "The loss is right. Your $\\delta$ is the gradient of the probabilities, and the one of the "
                "scores is wanted: the softmax is still to be passed."
            ),
        ),
        Slip(
            _other_entropy(delta=lambda s, y: softmax_jacobian(s) @ (softmax(s) - y)),
            say(
                "The loss is right. Your $\\delta$ is that of the squared error: with the cross-entropy the "
                "matrix $J$ has cancelled."
            ),
        ),
        Slip(
            _other_entropy(delta=lambda s, y: softmax(s)),
            say("The loss is right. In $\\delta$ the target is missing: it is prediction minus target."),
        ),
        Slip(
            _other_entropy(delta=lambda s, y: (softmax(s) - y) * y),
            say(
                "The loss is right. In $\\delta$ only the right class is left. The other scores stand in the "
                "sum $\\sum_k e^{{s_k}}$, so they have a slope, too."
            ),
        ),
        Slip(
            _other_entropy(loss=lambda s, y: squared_error(softmax(s), y)),
            say("Your loss is the squared error. The cross-entropy is $-\\log \\hat{{y}}_r$."),
        ),
        Slip(
            _other_entropy(loss=lambda s, y: softmax_cross_entropy(s, y) / len(s)),
            say(
                "You have divided the loss by the number of classes. Only the right class counts, and whole."
            ),
        ),
        Slip(
            _other_entropy(loss=lambda s, y: softmax_cross_entropy(s, y) - s.max()),
            say(
                "You have subtracted the largest score inside the sum alone. Subtract it from the score of "
                "the right class, too."
            ),
        ),
        Slip(_overflowing, _TOO_LARGE),
        Slip(_overflowing_sum, _TOO_LARGE),
    ],
)


def _layer(grad_P, A, image, n):
    grad_map = average_pool2d_backward(grad_P, A, n)
    grad_sums = relu_backward(grad_map, A)
    kernel = np.zeros(_filter_sides(A, image))
    return grad_map, grad_sums, convolve2d_backward(grad_sums, image, kernel)[1], grad_sums.sum()


def _filter_sides(sums, image):
    return tuple(output_size(*sides) for sides in zip(image.shape, sums.shape, strict=True))


def _measured_layer(grad_pooled, sums, image, n):
    """Take what arrives as the slopes of a loss, and measure that loss."""

    def loss(maps):
        return np.sum(grad_pooled * average_pool2d(maps, n))

    return (
        numerical_gradient(loss, relu(sums)),
        numerical_gradient(lambda a: loss(relu(a)), sums),
        numerical_gradient(
            lambda k: loss(relu(sums + convolve2d(image, k))), np.zeros(_filter_sides(sums, image))
        ),
        numerical_gradient(lambda b: loss(relu(sums + b)), np.zeros(())),
    )


def _other_layer(
    share=lambda n: n * n,
    spread=lambda grad, n: np.kron(grad, np.ones((n, n))),
    slope=lambda sums, grad: sums > 0,
    of_filter=lambda image, grad_sums, grad_map: np.flip(cross_correlate2d(image, grad_sums)),
    of_bias=lambda grad_sums, grad_map: grad_sums.sum(),
):
    """Make a backward pass that differs in one place."""

    def layer(grad_pooled, sums, image, n):
        grad_map = spread(grad_pooled, n) / share(n)
        grad_sums = grad_map * slope(sums, grad_map)
        return grad_map, grad_sums, of_filter(image, grad_sums, grad_map), of_bias(grad_sums, grad_map)

    return layer


def _one_array_for_both(grad_pooled, sums, image, n):
    _, *rest = _layer(grad_pooled, sums, image, n)
    return rest[0], *rest


_PICTURE = np.array([[4, 1, 0, 2, 1], [0, 2, 1, 1, 3], [1, 0, 3, 2, 0], [2, 1, 1, 0, 2], [0, 3, 2, 1, 1]])

LAYER_BACKWARD = Task(
    name="my_layer_backward",
    reference=_layer,
    results=("∂L/∂C", "∂L/∂A", "∂L/∂k", "∂L/∂b"),
    cases=[
        (np.array([[4.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]), _PICTURE[:3, :3], 2),
        (np.array([[4.0, -8.0]]), np.array([[1.0, -2, 3, 4], [-3, 2, -1, 1]]), _PICTURE[:3], 2),
        (
            np.array([[1.0, -2.0], [3.0, 0.5]]),
            np.array([[2.0, 1, -1, 4], [-3, 2, 5, -2], [1, -1, 2, 3], [6, 1, -4, 2]]),
            _PICTURE,
            2,
        ),
        (np.array([[9.0]]), np.array([[2.0, 1, -1], [-3, 2, 5], [1, -1, 2]]), _PICTURE, 3),
    ],
    measured=_measured_layer,
    slips=[
        Slip(
            _other_layer(share=lambda n: n),
            say("A block of side $n$ holds $n^2$ numbers: each gets the share $1/n^2$, not $1/n$."),
        ),
        Slip(
            _other_layer(share=lambda n: 1),
            say("Each number of a block has got the whole gradient. It enters its average with $1/n^2$."),
        ),
        Slip(
            _other_layer(slope=lambda sums, grad: relu(sums) * (1 - relu(sums))),
            say("$C (1 - C)$ is the slope of a logistic function. A ReLU has 1 where $A > 0$, else 0."),
        ),
        Slip(
            _other_layer(slope=lambda sums, grad: relu(sums)),
            say("You have multiplied with the ReLU's output. Its slope is wanted: 1 where $A > 0$, else 0."),
        ),
        Slip(
            _other_layer(of_filter=lambda image, grad_sums, grad_map: cross_correlate2d(image, grad_sums)),
            say(
                "The numbers of $\\partial L / \\partial k$ are right and stand in the wrong places. This "
                "filter was turned by half a turn before it was laid on the picture: turn its gradient, too."
            ),
        ),
        Slip(
            _other_layer(of_bias=lambda grad_sums, grad_map: grad_sums.mean()),
            say("The bias was added at every place, so its gradient adds them up: a sum, not a mean."),
        ),
        Slip(
            _other_layer(slope=lambda sums, grad: logistic(sums) * (1 - logistic(sums))),
            say("That is the slope of a logistic function. A ReLU has 1 where $A > 0$, else 0."),
        ),
        Slip(
            _other_layer(spread=lambda grad, n: np.tile(grad, (n, n))),
            say(
                "You have repeated the whole map. Each number of $P$ belongs to one block of $C$: repeat it "
                "there (`np.kron`, or `np.repeat` along both axes)."
            ),
        ),
        Slip(
            _other_layer(slope=lambda sums, grad: 1),
            say("The ReLU is left out: where $A$ is not above 0, nothing goes through."),
        ),
        Slip(
            _other_layer(slope=lambda sums, grad: grad > 0),
            say("You looked at the sign of the gradient. The ReLU decides by the sign of $A$."),
        ),
        Slip(
            _other_layer(slope=lambda sums, grad: (sums > 0) / grad),
            say("That is the mask alone. Multiply $\\partial L / \\partial C$ with it, place by place."),
        ),
        Slip(
            _one_array_for_both,
            say(
                "$\\partial L / \\partial C$ has lost what only the ReLU should stop. `b = a` gives one "
                "array a second name: whoever changes `b` changes `a`. Make a new array."
            ),
        ),
        Slip(
            _other_layer(
                of_filter=lambda image, grad_sums, grad_map: np.flip(cross_correlate2d(image, grad_map))
            ),
            say(
                "$\\partial L / \\partial k$ is made from $\\partial L / \\partial A$: the filter stands "
                "before the ReLU. You have used $\\partial L / \\partial C$."
            ),
        ),
        Slip(
            _other_layer(of_filter=lambda image, grad_sums, grad_map: np.flip(convolve2d(image, grad_sums))),
            say(
                "You have turned twice. Lay $\\partial L / \\partial A$ on the picture as it stands, and "
                "turn only what comes out."
            ),
        ),
        Slip(
            _other_layer(of_bias=lambda grad_sums, grad_map: grad_map.sum()),
            say(
                "The bias stands before the ReLU: add up $\\partial L / \\partial A$, not "
                "$\\partial L / \\partial C$."
            ),
        ),
    ],
)
