"""Steps against the gradient, plain and Adam's: equal to Keras's, and bad settings named."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers.reference.optimizers import Adam, gradient_step


@given(SEEDS, st.sampled_from([0.01, 0.5, 2.0]))
def test_agrees_with_keras(seed, learning_rate):
    from helpers.keras_backend import keras

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
    with pytest.raises(ValueError, match=r"^expected a number above 0 for learning_rate"):
        gradient_step({"w": 1.0}, {"w": 1.0}, rate)


def test_names_the_gradient_that_is_missing():
    with pytest.raises(ValueError, match=r"^expected a gradient of shape \(\) for v, got None"):
        gradient_step({"v": 1.0, "w": 1.0, "b": 1.0}, {"w": 1.0}, 0.1)


@pytest.mark.parametrize(
    "setting", [{}, {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.01}]
)
def test_adam_is_kerass(setting):
    from helpers.keras_backend import keras

    rng = np.random.default_rng(3)
    # The first is longer than what is taken at a time.
    parameters = {"kernel": rng.uniform(-1, 1, (130, 131)), "bias": rng.uniform(-1, 1, 7)}
    variables = [keras.Variable(array, dtype="float64") for array in parameters.values()]
    own, kerass = Adam(**setting), keras.optimizers.Adam(**setting)
    for _ in range(20):
        gradients = {name: rng.normal(size=array.shape) for name, array in parameters.items()}
        own.step(parameters, gradients)
        kerass.apply(list(gradients.values()), variables)
    for parameter, variable in zip(parameters.values(), variables, strict=True):
        # Keras holds the rate and the betas in float32.
        np.testing.assert_allclose(parameter, variable.numpy(), rtol=0, atol=2e-5)


def test_adam_keeps_float32():
    w = np.ones(3, np.float32)
    optimizer = Adam()
    for _ in range(2):
        optimizer.step({"w": w}, {"w": np.ones(3, np.float32)})
    assert w.dtype == np.float32
    # A steady gradient moves each number by the learning rate.
    np.testing.assert_allclose(w, 0.998, rtol=1e-5)


@pytest.mark.parametrize(
    "view",
    [
        lambda w: np.ascontiguousarray(w).T,
        lambda w: np.asfortranarray(w),
        lambda w: np.pad(w, ((0, 0), (0, 20)))[:, : w.shape[1]],
        lambda w: np.repeat(w, 2, axis=0)[::2],
        lambda w: w[::-1],
        lambda w: w[0, :1].reshape(()),
        lambda w: w[:, :0],
    ],
    ids=["transposed", "Fortran", "cut out", "every other row", "upside down", "a number", "nothing"],
)
def test_adam_trains_whatever_the_order_in_memory(view):
    rng = np.random.default_rng(3)
    # More numbers than Adam takes at a time.
    w = view(rng.standard_normal((300, 70)))
    gradients = [rng.standard_normal(w.shape) for _ in range(3)]
    judge, adam, judges_adam = w.copy(order="C"), Adam(0.1), Adam(0.1)
    for gradient in gradients:
        adam.step({"w": w}, {"w": gradient})
        judges_adam.step({"w": judge}, {"w": np.array(gradient, order="F")})
    np.testing.assert_array_equal(w, judge)


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        (1.0, "got 1.0;"),
        (np.ones(2, int), "got array([1, 1]);"),
        (np.broadcast_to(1.0, 2), "got array([1., 1.]);"),
    ],
    ids=["number", "whole numbers", "read-only"],
)
def test_adam_refuses_what_it_cannot_change(parameter, message):
    with pytest.raises(
        TypeError, match=re.escape(f"expected an array of floats that can be changed for w, {message}")
    ):
        Adam().step({"w": parameter}, {"w": np.ones(np.shape(parameter))})


def test_adam_refuses_another_network():
    adam = Adam()
    adam.step({"w": np.ones(2)}, {"w": np.ones(2)})
    with pytest.raises(
        ValueError, match=r"^expected parameters {'w': \(2,\)}, got {'w': \(3,\)}; use one optimizer"
    ):
        adam.step({"w": np.ones(3)}, {"w": np.ones(3)})


def test_a_gradient_of_another_shape_is_not_broadcast():
    with pytest.raises(ValueError, match=r"^expected a gradient of shape \(2,\) for w, got 1.0"):
        gradient_step({"w": np.ones(2)}, {"w": 1.0}, 0.1)


@pytest.mark.parametrize(
    "gradients", [{}, {"w": np.ones(3)}, {"v": np.ones(2)}], ids=["none", "shape", "name"]
)
def test_adam_refuses_gradients_of_others(gradients):
    with pytest.raises(ValueError, match=r"^expected gradients {.*}, got {"):
        Adam().step({"w": np.ones(2)}, gradients)


@pytest.mark.parametrize(
    ("make", "exception", "message"),
    [
        (lambda: Adam(-1), ValueError, "expected a number above 0 for learning_rate, got -1"),
        (lambda: Adam("fast"), TypeError, "expected a number for learning_rate, got 'fast'"),
        (lambda: Adam(beta_1=1), ValueError, "expected at least 0 and below 1 for beta_1, got 1"),
        (lambda: Adam(beta_2=True), TypeError, "expected a number for beta_2, got True"),
        (lambda: Adam(epsilon=0), ValueError, "expected a number above 0 for epsilon, got 0"),
    ],
)
def test_adam_refuses_other_settings(make, exception, message):
    with pytest.raises(exception, match=re.escape(message)):
        make()
