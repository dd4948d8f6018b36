"""How parameters follow their gradients: gradient descent (section 3-2) and Adam (section 3-5)."""

import reprlib

import numpy as np

from helpers.reference.arrays import real_array, real_number

# Numbers that Adam takes at a time: all that it reads and writes of them stays in the processor's cache.
_BLOCK = 16_384


def gradient_step(parameters, gradients, learning_rate):
    """Move every parameter a step against its gradient.

    Args:
        parameters: name -> array or number.
        gradients: name -> the loss's gradient, for each parameter at least.
        learning_rate: eta, above 0.

    Returns:
        A new dict, name -> w - eta dw.

    Raises:
        TypeError: the learning rate is not a number.
        ValueError: it is not above 0, or a gradient is missing or of another shape than its parameter.

    Source: section 3-2, equations 3.23, 3.25, 3.33 and 3.35.

    >>> gradient_step({"w": 3.0}, {"w": 4.0}, learning_rate=0.5)
    {'w': 1.0}
    """
    _positive("learning_rate", learning_rate)
    _check_gradients(gradients, parameters)
    return {
        name: value - learning_rate * gradients[name]
        for name, value in parameters.items()
    }


class Adam:
    """Gradient descent with a step of its own for every number, from the gradient's running moments.

    Unlike `gradient_step` it changes the parameters in place, and remembers: use it for one network.

    Args:
        learning_rate: alpha, above 0; about the size of each number's step.
        beta_1: how much of the running mean stays at each step.
        beta_2: how much of the running mean square stays.
        epsilon: keeps the division finite.

    Attributes:
        means: the running means, under the parameters' names; empty before the first step.
        squares: the running mean squares, likewise.
        steps: how many were taken.

    Raises:
        TypeError, ValueError: a setting is not a number in its range.

    Source: section 3-5, both programs; D. Kingma and J. Ba, 2015, the form above its section 2.1, which Keras
    uses, and Keras's defaults.

    >>> w = np.array([1.0, 2.0])
    >>> Adam(learning_rate=0.5).step({"w": w}, {"w": np.array([20.0, -0.1])})
    >>> w.round(3)
    array([0.5, 2.5])
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.learning_rate = _positive("learning_rate", learning_rate)
        self.epsilon = _positive("epsilon", epsilon)
        self.betas = _fraction("beta_1", beta_1), _fraction("beta_2", beta_2)
        self.means, self.squares = {}, {}
        self.steps = 0

    def step(self, parameters, gradients):
        """Change the parameters in place; always the same ones, as their moments are kept under their names.

        Args:
            parameters: a dict from a name to its array of floats, in any memory order.
            gradients: a dict from the same names to arrays of the same shapes.

        Raises:
            TypeError: a parameter is not an array of floats, or a gradient is not one of real numbers.
            ValueError: names or shapes differ, among each other or from the step before.
        """
        gradients = {
            name: real_array(f"the gradient of {name}", gradient)
            for name, gradient in gradients.items()
        }
        _check_parameters(parameters)
        _check_shapes("gradients", gradients, parameters)
        if not self.steps:
            self.means = {name: np.zeros_like(w) for name, w in parameters.items()}
            self.squares = {name: np.zeros_like(w) for name, w in parameters.items()}
        _check_shapes("parameters", parameters, self.means)
        self.steps += 1
        beta_1, beta_2 = self.betas
        for name, parameter in parameters.items():
            rate = self._rate(parameter.dtype.type)
            others = gradients[name], self.means[name], self.squares[name]
            for w, g, m, v in _blocks(parameter, *others):
                m += (g - m) * (1 - beta_1)
                v += (g * g - v) * (1 - beta_2)
                w -= rate * m / (np.sqrt(v) + self.epsilon)

    def _rate(self, number):
        """Return the bias-corrected learning rate, in the parameters' own precision.

        Keras rounds it so: in float32 the first rate is 7 millionths off.
        """
        beta_1, beta_2 = map(number, self.betas)
        return number(
            self.learning_rate
            * np.sqrt(1 - beta_2**self.steps)
            / (1 - beta_1**self.steps)
        )


def _check_gradients(gradients, parameters):
    for name, value in parameters.items():
        if name not in gradients or np.shape(gradients[name]) != np.shape(value):
            raise ValueError(
                f"expected a gradient of shape {np.shape(value)} for {name}, "
                f"got {reprlib.repr(gradients.get(name))}; hand over what the backward pass returned"
            )


def _blocks(*arrays):
    """Yield the same rows of each array, as views: they can be changed, whatever their order in memory."""
    arrays = [np.atleast_1d(array) for array in arrays]
    length, size = len(arrays[0]), arrays[0].size
    rows = max(_BLOCK * length // max(size, 1), 1)
    for start in range(0, length, rows):
        yield [array[start : start + rows] for array in arrays]


def _check_parameters(parameters):
    for name, array in parameters.items():
        if (
            not isinstance(array, np.ndarray)
            or array.dtype.kind != "f"
            or not array.flags.writeable
        ):
            raise TypeError(
                f"expected an array of floats that can be changed for {name}, got {reprlib.repr(array)}; "
                "hand over a copy, np.array(..., dtype=float)"
            )


def _check_shapes(what, arrays, expected):
    found = {name: np.shape(array) for name, array in arrays.items()}
    shapes = {name: np.shape(array) for name, array in expected.items()}
    if found != shapes:
        raise ValueError(
            f"expected {what} {shapes}, got {found}; use one optimizer for one network"
        )


def _positive(name, value):
    real_number(name, value)
    if not 0 < value < np.inf:
        raise ValueError(
            f"expected a number above 0 for {name}, got {value}; use one such as 0.001"
        )
    return value


def _fraction(name, value):
    real_number(name, value)
    if not 0 <= value < 1:
        raise ValueError(
            f"expected at least 0 and below 1 for {name}, got {value}; use one such as 0.9"
        )
    return value
