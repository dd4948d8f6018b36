"""A step against the gradient: equal to Keras's SGD, and bad settings named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers.reference.optimizers import gradient_step


@given(SEEDS, st.sampled_from([0.01, 0.5, 2.0]))
def test_agrees_with_keras(seed, learning_rate):
    from helpers.training.backend import keras

    rng = np.random.default_rng(seed)
    values = {"kernel": rng.uniform(-1, 1, (2, 3)), "bias": rng.uniform(-1, 1, 3)}
    gradients = {name: rng.uniform(-1, 1, value.shape) for name, value in values.items()}
    variables = {name: keras.Variable(value, dtype="float64") for name, value in values.items()}
    keras.optimizers.SGD(learning_rate).apply(
        [keras.ops.convert_to_tensor(gradients[name]) for name in variables], list(variables.values())
    )
    moved = gradient_step(values, gradients, learning_rate)
    for name, variable in variables.items():
        # Keras holds the learning rate in float32.
        np.testing.assert_allclose(moved[name], variable.numpy(), rtol=0, atol=1e-7)


def test_moves_nothing_in_place():
    value = np.ones(3)
    gradient_step({"w": value}, {"w": value}, 0.1)
    np.testing.assert_array_equal(value, 1)


@pytest.mark.parametrize("rate", [0, -0.1, float("nan")])
def test_refuses_a_learning_rate_that_learns_nothing(rate):
    with pytest.raises(ValueError, match="came; expected a number above 0"):
        gradient_step({"w": 1.0}, {"w": 1.0}, rate)


def test_names_the_gradient_that_is_missing():
    with pytest.raises(ValueError, match="No gradient came for b, v; expected one for every parameter"):
        gradient_step({"v": 1.0, "w": 1.0, "b": 1.0}, {"w": 1.0}, 0.1)
