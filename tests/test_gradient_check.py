"""The judge of gradients, judged itself: by derivatives known from calculus and by wrong ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers.reference.gradient_check import numerical_gradient, relative_error


@given(SEEDS, st.sampled_from([(), (3,), (2, 3)]), st.sampled_from([1, 100]))
def test_agrees_with_calculus(seed, shape, limit):
    x = np.random.default_rng(seed).uniform(-limit, limit, shape)
    # Slopes of at least 1, of which the errors are a share.
    assert relative_error(numerical_gradient(lambda x: np.sum(np.sin(x) + 2 * x), x), np.cos(x) + 2) < 1e-7
    assert relative_error(numerical_gradient(lambda x: np.sum(x**3 + x), x), 3 * x**2 + 1) < 1e-8


def test_sees_a_gradient_that_is_wrong_in_one_place():
    x = np.linspace(1, 2, 6)
    wrong = 2 * x
    wrong[3] *= 1.0001
    assert relative_error(numerical_gradient(lambda x: np.sum(x**2), x), wrong) > 1e-5


def test_the_argument_is_not_changed():
    x = np.array([1.0, 2.0])

    def forgetful(x):
        x += 1
        return x.sum()

    np.testing.assert_allclose(numerical_gradient(forgetful, x), [1, 1], rtol=1e-9)
    np.testing.assert_array_equal(x, [1, 2])


def test_refuses_a_function_of_several_numbers():
    with pytest.raises(ValueError, match="expected one number from the function, got 2; sum its outputs"):
        numerical_gradient(lambda x: x, [1.0, 2.0])


@pytest.mark.parametrize("value", [None, "1.5", 1j, {}], ids=repr)
def test_refuses_a_function_of_something_else(value):
    with pytest.raises(TypeError, match="expected real numbers for the function's value, got"):
        numerical_gradient(lambda x: value, [1.0])


NO_NUMBERS = [None, "1", ["1", "2"], [None, 1], 1j, {}]


@pytest.mark.parametrize("x", NO_NUMBERS, ids=repr)
def test_refuses_a_place_that_is_no_array_of_numbers(x):
    with pytest.raises(TypeError, match="expected real numbers for x, got"):
        numerical_gradient(np.sum, x)


@pytest.mark.parametrize("x", NO_NUMBERS, ids=repr)
def test_relative_error_refuses_what_is_no_array_of_numbers(x):
    with pytest.raises(TypeError, match="expected real numbers for actual, got"):
        relative_error(x, [1, 2])
    with pytest.raises(TypeError, match="expected real numbers for expected, got"):
        relative_error([1, 2], x)


def test_refuses_rows_of_unlike_length():
    with pytest.raises(ValueError, match="expected rows of equal length for x, got"):
        numerical_gradient(np.sum, [[1.0], [1.0, 2.0]])


def test_pixels_do_not_wrap_around():
    assert relative_error(np.array([200], np.uint8), np.array([210], np.uint8)) == 10 / 210
    np.testing.assert_allclose(numerical_gradient(lambda x: x[0] ** 2, np.array([200], np.uint8)), [400])


def test_relative_error_by_hand():
    assert relative_error([1, 2], [1, 4]) == 0.5
    assert relative_error([-4, 0], [4, 0]) == 2
    assert relative_error([0, 0], [0, 0]) == 0


@pytest.mark.parametrize(("actual", "expected"), [((2,), (3,)), ((0,), (0,)), ((2, 1), (2,))])
def test_relative_error_refuses_shapes_that_differ(actual, expected):
    with pytest.raises(ValueError, match="expected two arrays of the same shape, not empty, got"):
        relative_error(np.ones(actual), np.ones(expected))
