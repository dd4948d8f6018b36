"""Gradient descent by hand, and Adam step for step as Keras takes it."""

import re

import numpy as np
import pytest

from helpers.reference.optimizers import SGD, Adam


def test_gradient_descent_goes_against_the_gradient():
    w = np.array([1.0, -2.0])
    SGD(learning_rate=0.1).step({"w": w}, {"w": np.array([10.0, 5.0])})
    np.testing.assert_allclose(w, [0, -2.5], atol=1e-15)


@pytest.mark.parametrize(
    "setting", [{}, {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.01}]
)
def test_adam_is_kerass(setting):
    from helpers.training.backend import keras

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


@pytest.mark.parametrize("optimizer", [SGD, Adam])
@pytest.mark.parametrize(
    "gradients", [{}, {"w": np.ones(3)}, {"v": np.ones(2)}], ids=["none", "shape", "name"]
)
def test_refuses_gradients_of_others(optimizer, gradients):
    with pytest.raises(ValueError, match="expected the names and shapes of the parameters"):
        optimizer().step({"w": np.ones(2)}, gradients)


@pytest.mark.parametrize(
    ("make", "exception", "message"),
    [
        (lambda: SGD(0), ValueError, "learning_rate is 0; expected a number above 0"),
        (lambda: Adam(-1), ValueError, "learning_rate is -1; expected a number above 0"),
        (lambda: Adam("fast"), TypeError, "learning_rate is 'fast'; expected a number"),
        (lambda: Adam(beta_1=1), ValueError, "beta_1 is 1; expected at least 0 and below 1"),
        (lambda: Adam(beta_2=True), TypeError, "beta_2 is True; expected a number"),
        (lambda: Adam(epsilon=0), ValueError, "epsilon is 0; expected a number above 0"),
    ],
)
def test_refuses_other_settings(make, exception, message):
    with pytest.raises(exception, match=re.escape(message)):
        make()
