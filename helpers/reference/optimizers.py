"""How parameters follow their gradients: gradient descent (section 3-2) and Adam (section 3-5)."""

from numbers import Real

import numpy as np

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
        ValueError: the learning rate is not above 0, or a gradient is missing.

    Source: section 3-2, equations 3.23, 3.25, 3.33 and 3.35.

    >>> gradient_step({"w": 3.0}, {"w": 4.0}, learning_rate=0.5)
    {'w': 1.0}
    """
    if not learning_rate > 0:
        raise ValueError(
            f"A learning rate of {learning_rate} came; expected a number above 0, such as 0.1."
        )
    missing = ", ".join(sorted(set(parameters) - set(gradients)))
    if missing:
        raise ValueError(
            f"No gradient came for {missing}; expected one for every parameter. "
            "Hand over what the backward pass returned."
        )
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

    Raises:
        TypeError, ValueError: a setting is no number in its range.

    Source: section 3-5, both programs; D. Kingma and J. Ba, 2015, the form above its section 2.1, which Keras
    uses, and Keras's defaults.

    >>> w = np.array([1.0, 2.0])
    >>> Adam(learning_rate=0.5).step({"w": w}, {"w": np.array([20.0, -0.1])})
    >>> w.round(3)
    array([0.5, 2.5])
    """

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
    ):
        self.learning_rate = _positive("learning_rate", learning_rate)
        self.epsilon = _positive("epsilon", epsilon)
        self.betas = tuple(
            _share(name, beta)
            for name, beta in (("beta_1", beta_1), ("beta_2", beta_2))
        )
        self._moments = {}
        self._steps = 0

    def step(self, parameters, gradients):
        """Change the parameters in place; always the same ones, as their moments are kept under their names.

        Args:
            parameters: a dict from a name to its array of floats.
            gradients: a dict from the same names to arrays of the same shapes.

        Raises:
            ValueError: names or shapes differ.
        """
        _check(parameters, gradients)
        self._steps += 1
        beta_1, beta_2 = self.betas
        for name, parameter in parameters.items():
            rate = self._rate(parameter.dtype.type)
            mean, square = self._moments.setdefault(
                name,
                (
                    np.zeros(parameter.size, parameter.dtype),
                    np.zeros(parameter.size, parameter.dtype),
                ),
            )
            flat, gradient = (
                parameter.reshape(-1),
                gradients[name].reshape(-1),
            )
            for start in range(0, parameter.size, _BLOCK):
                block = slice(start, start + _BLOCK)
                w, g, m, v = (
                    flat[block],
                    gradient[block],
                    mean[block],
                    square[block],
                )
                m += (g - m) * (1 - beta_1)
                v += (g * g - v) * (1 - beta_2)
                w -= rate * m / (np.sqrt(v) + self.epsilon)

    def _rate(self, number):
        """Give the rate that makes up for moments which start at 0, in the parameters' own precision.

        Keras rounds it so: in float32 the first rate is 7 millionths off.
        """
        beta_1, beta_2 = map(number, self.betas)
        return number(
            self.learning_rate
            * np.sqrt(1 - beta_2**self._steps)
            / (1 - beta_1**self._steps)
        )


def _check(parameters, gradients):
    shapes, others = (
        {name: array.shape for name, array in arrays.items()}
        for arrays in (parameters, gradients)
    )
    if shapes != others:
        raise ValueError(
            f"Gradients {others} came; expected the names and shapes of the parameters, {shapes}. "
            "Take them from the same network."
        )


def _positive(name, value):
    _check_number(name, value)
    if not 0 < value < np.inf:
        raise ValueError(
            f"{name} is {value}; expected a number above 0."
        )
    return value


def _share(name, value):
    _check_number(name, value)
    if not 0 <= value < 1:
        raise ValueError(
            f"{name} is {value}; expected at least 0 and below 1."
        )
    return value


def _check_number(name, value):
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; expected a number.")
