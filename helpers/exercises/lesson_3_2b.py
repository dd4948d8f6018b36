"""What the reader writes in lesson 3-2b: a convolution over channels, and a step of Adam."""

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.conv2d import conv2d
from helpers.reference.optimizers import Adam


def _convolved(image, kernel, bias):
    return conv2d(image[np.newaxis], kernel, bias)[0]


def _mixed_up(kernel):
    return kernel.reshape(kernel.shape[-1], -1).T.reshape(kernel.shape)


def _only(output, *places):
    """Return zeros but for some places of an output."""
    kept = np.zeros_like(output)
    kept[places] = output[places]
    return kept


def _whole(*shape):
    """Return small whole numbers, the same ones each time."""
    return np.random.default_rng(shape).integers(-3, 4, shape)


CONV2D_CHANNELS = Task(
    name="my_conv2d_channels",
    reference=_convolved,
    cases=[
        (np.arange(1, 10).reshape(3, 3, 1), np.array([[2, -1], [1, 3]]).reshape(2, 2, 1, 1), np.array([0])),
        (_whole(3, 4, 1), _whole(2, 2, 1, 1), np.array([5])),
        (_whole(3, 4, 2), _whole(2, 2, 2, 1), np.array([1])),
        (_whole(4, 3, 2), _whole(2, 2, 2, 3), np.array([0, 1, -1])),
        (_whole(5, 4, 3) / 4, _whole(3, 2, 3, 2) / 2, np.array([0.25, -0.5])),
    ],
    long_case=(_whole(24, 24, 8), _whole(5, 5, 8, 16), np.zeros(16)),
    slips=[
        Slip(
            lambda image, kernel, bias: _convolved(image, kernel[::-1, ::-1], bias),
            say("You have turned the filter. Frameworks lay it on the picture as it stands."),
        ),
        Slip(
            lambda image, kernel, bias: _convolved(image, kernel.swapaxes(0, 1), bias),
            say("You have swapped the filter's rows and columns."),
        ),
        Slip(
            lambda image, kernel, bias: _convolved(image, kernel, bias)[:-1, :-1],
            say("One place is missing at the end of each side: there are $l - f + 1$ of them."),
        ),
        Slip(
            lambda image, kernel, bias: _only(_convolved(image, kernel, bias), slice(-1), slice(-1)),
            say("The last row and the last column stay 0: `range(n)` ends at n − 1. Run through all places."),
        ),
        Slip(
            lambda image, kernel, bias: _convolved(image, kernel, bias).swapaxes(0, 1),
            say("Rows and columns of your maps are swapped."),
        ),
        Slip(
            lambda image, kernel, bias: _convolved(image, kernel, 0 * bias),
            say("The bias is missing: add it once to every number of its filter's map."),
        ),
        Slip(
            lambda image, kernel, bias: _convolved(image, kernel, image.shape[2] * bias),
            say("You have added the bias once for each channel. Add it once, to the sum over all of them."),
        ),
        Slip(
            lambda image, kernel, bias: _convolved(image, kernel, kernel[..., 0].size * bias),
            say("You have added the bias to every product. Add it once, to their sum."),
        ),
        Slip(
            lambda image, kernel, bias: _convolved(image[..., :1], kernel[:, :, :1], bias),
            say("Only the first channel counts here. Add up the products of all channels."),
        ),
        Slip(
            lambda image, kernel, bias: np.moveaxis(
                [_convolved(image[..., [c]], kernel[:, :, [c]], bias)[..., 0] for c in range(image.shape[2])],
                0,
                -1,
            ),
            say("You have a map for each channel. Add the channels up: one map for each filter."),
        ),
        Slip(
            lambda image, kernel, bias: _convolved(image, 0 * kernel + kernel[:, :, :1], bias),
            say("All channels meet the weights of the first one here. Each channel has weights of its own."),
        ),
        Slip(
            lambda image, kernel, bias: _only(_convolved(image, kernel, bias), ..., slice(1)),
            say("Only the first filter has a map. Every one of the $K$ filters makes one."),
        ),
        Slip(
            lambda image, kernel, bias: _convolved(image, _mixed_up(kernel), bias),
            say(
                "The weights are mixed up among the filters. Their axis is the last one, so the matrix is "
                "`kernel.reshape(-1, K)`: a column for each filter."
            ),
        ),
    ],
)


def _adam(w, g, m, v, t, rate):
    """Take a step with the Adam of helpers.reference, which remembers what a function is told."""
    adam, weights = Adam(rate), {"w": w.copy()}
    adam.steps, adam.means, adam.squares = t - 1, {"w": m.copy()}, {"w": v.copy()}
    adam.step(weights, {"w": g})
    return weights["w"], adam.means["w"], adam.squares["w"]


def _step(
    w, g, m, v, t, rate, *, betas=(0.9, 0.999), shares=None, corrections=None, power=2, down=None, sign=1
):
    """Take a step as Kingma and Ba print it; what stands behind the star makes slips of it."""
    shares = shares or (1 - betas[0], 1 - betas[1])
    m, v = betas[0] * m + shares[0] * g, betas[1] * v + shares[1] * g**power
    first, second = corrections or (1 - betas[0] ** t, 1 - betas[1] ** t)
    with np.errstate(invalid="ignore", divide="ignore"):
        below = (down or (lambda square: np.sqrt(square) + 1e-7))(v / second)
        return w - sign * rate * (m / first) / below, m, v


def _gradient_alone(w, g, m, v, t, rate):
    _, m, v = _step(w, g, m, v, t, rate)
    return w - rate * g / (np.sqrt(v / (1 - 0.999**t)) + 1e-7), m, v


def _corrected_kept(w, g, m, v, t, rate):
    w, m, v = _step(w, g, m, v, t, rate)
    return w, m / (1 - 0.9**t), v / (1 - 0.999**t)


ADAM_STEP = Task(
    name="my_adam_step",
    reference=_adam,
    results=("w", "m", "v"),
    cases=[
        (np.array([1.0, 2.0]), np.array([20.0, -5.0]), np.zeros(2), np.zeros(2), 1, 0.5),
        (np.array([3.0, 2.5]), np.array([10.0, -4.0]), np.array([2.0, -0.5]), np.array([0.4, 0.025]), 2, 0.5),
        (np.array([1.0, 2.0, 3.0]), np.array([4.0, -2.0, 0.5]), np.ones(3), np.ones(3), 7, 0.1),
        (np.array([2.0]), np.array([0.003]), np.zeros(1), np.zeros(1), 1, 0.001),
        (np.array([1.0, 2.0]), np.array([0.0, 1.0]), np.zeros(2), np.zeros(2), 1, 0.1),
    ],
    slips=[
        Slip(
            lambda *given: _step(*given, corrections=(1, 1)),
            say(
                "The correction is missing. Both means begin at 0, so the first ones are too small: divide "
                "$m$ by $1 - \\beta_1^t$ and $v$ by $1 - \\beta_2^t$."
            ),
        ),
        Slip(
            lambda *given: _step(*given, corrections=(1, 1 - 0.999 ** given[4])),
            say("$v$ has its correction, $m$ has none: divide $m$ by $1 - \\beta_1^t$."),
        ),
        Slip(
            lambda *given: _step(*given, corrections=(1 - 0.9 ** given[4], 1)),
            say("$m$ has its correction, $v$ has none: divide $v$ by $1 - \\beta_2^t$."),
        ),
        Slip(
            lambda *given: (*_step(*given)[1:], _step(*given)[0]),
            say("Your function should return the new w first, then m and v."),
        ),
        Slip(
            lambda *given: _step(*given[:5], 1),
            say("The learning rate is missing: multiply the step by `rate`."),
        ),
        Slip(
            lambda *given: _step(*given, shares=(1, 0.001)),
            say("In the mean $m$ the factor $1 - \\beta_1$ before $g$ is missing."),
        ),
        Slip(
            lambda *given: _step(*given, sign=-1),
            say("Your step goes uphill: subtract it, since the gradient points to a larger loss."),
        ),
        Slip(
            lambda *given: _step(*given, betas=(0.999, 0.9)),
            say("The two $\\beta$ are swapped: 0.9 belongs to $m$, 0.999 to $v$."),
        ),
        Slip(
            lambda *given: _step(*given, power=1),
            say("$v$ is the running mean of the *squared* gradient: square it."),
        ),
        Slip(
            lambda *given: _step(*given, down=lambda square: square + 1e-7),
            say("The square root is missing: divide by $\\sqrt{{\\hat v}} + \\varepsilon$."),
        ),
        Slip(
            _corrected_kept,
            say(
                "The weights are right. But return $m$ and $v$ themselves: the next step goes on from them, "
                "and corrects them anew."
            ),
        ),
        Slip(
            _gradient_alone, say("Your step takes the gradient itself. Take its corrected mean, $\\hat m$.")
        ),
        Slip(
            lambda *given: _step(*given, corrections=(1 - 0.9, 1 - 0.999)),
            say("The correction stays as at the first step: raise both $\\beta$ to the power $t$."),
        ),
        Slip(
            lambda *given: _step(*given, down=lambda square: np.sqrt(square + 1e-7)),
            say(
                "$\\varepsilon$ stands inside of the root. Add it behind: $\\sqrt{{\\hat v}} + \\varepsilon$."
                " With so small a gradient it makes a difference, here in the sixth decimal."
            ),
        ),
        Slip(
            lambda *given: _step(*given, down=np.sqrt),
            say(
                "Where a gradient was always 0, this divides 0 by 0. That is what $\\varepsilon$ is for: "
                "add $10^{{-7}}$ to the root."
            ),
        ),
    ],
)
