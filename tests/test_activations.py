"""Activations: equal to TensorFlow, stable where the plain formula overflows."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers.reference.activations import (
    logistic,
    logistic_backward,
    relu,
    relu_backward,
    softmax,
    softmax_backward,
    softmax_jacobian,
)
from helpers.reference.gradient_check import numerical_gradient, relative_error

all_activations = pytest.mark.parametrize("function", [relu, logistic, softmax])
all_backwards = pytest.mark.parametrize(
    ("backward", "function", "name"),
    [
        (relu_backward, relu, "relu"),
        (logistic_backward, logistic, "sigmoid"),
        (softmax_backward, softmax, "softmax"),
    ],
)


@st.composite
def scores(draw):
    """Draw scores of one to three axes, small or as large as 1000."""
    rng = np.random.default_rng(draw(SEEDS))
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    limit = draw(st.sampled_from([1, 10, 1000]))
    return rng.uniform(-limit, limit, shape).astype(draw(st.sampled_from(["float32", "float64"])))


def by_tensorflow(name, x):
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    return getattr(tf.nn, name)(x).numpy()


def upstream(x):
    return np.random.default_rng(7).uniform(-1, 1, x.shape).astype(x.dtype)


@given(scores())
def test_relu_agrees_with_tensorflow(x):
    np.testing.assert_array_equal(relu(x), by_tensorflow("relu", x), strict=True)


@given(scores())
def test_logistic_agrees_with_tensorflow(x):
    with warnings.catch_warnings(action="error"):
        actual = logistic(x)
    tiny = np.finfo(x.dtype).tiny
    np.testing.assert_allclose(
        actual, by_tensorflow("sigmoid", x), rtol=8 * np.finfo(x.dtype).eps, atol=tiny, strict=True
    )


@given(scores())
def test_softmax_agrees_with_tensorflow(x):
    with warnings.catch_warnings(action="error"):
        actual = softmax(x)
    atol = 8 * np.finfo(x.dtype).eps
    np.testing.assert_allclose(actual, by_tensorflow("softmax", x), rtol=0, atol=atol, strict=True)


@given(scores())
def test_softmax_gives_probabilities_that_a_shift_does_not_change(x):
    x = x.astype(np.float64)
    probabilities = softmax(x)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_allclose(softmax(x + 1000), probabilities, rtol=1e-12, atol=1e-300)


@given(scores())
def test_softmax_of_two_scores_is_the_logistic_of_their_difference(x):
    x = x.astype(np.float64)
    pairs = np.stack([x, np.zeros_like(x)], axis=-1)
    np.testing.assert_allclose(softmax(pairs)[..., 0], logistic(x), rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize("largest", [1000, 1e300])
def test_softmax_of_large_scores(largest):
    with warnings.catch_warnings(action="error"):
        np.testing.assert_array_equal(softmax([largest, 0, -largest]), [1, 0, 0])


def test_softmax_takes_the_last_axis():
    np.testing.assert_allclose(softmax([[0, 0], [np.log(3), 0]]), [[0.5, 0.5], [0.75, 0.25]])


def test_a_score_of_minus_infinity_has_probability_zero():
    np.testing.assert_array_equal(softmax([-np.inf, 0]), [0, 1])
    np.testing.assert_array_equal(logistic([-np.inf, np.inf]), [0, 1])


@all_activations
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_keeps_a_floating_type(function, dtype):
    assert function(np.ones((2, 3), dtype)).dtype == dtype


@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_whole_numbers(dtype):
    x = np.array([0, 3], dtype)
    assert relu(x).dtype == dtype
    assert logistic(x).dtype == softmax(x).dtype == np.float64


@all_activations
def test_the_argument_is_not_changed(function):
    x = np.array([-1.0, 2.0])
    output = function(x)
    np.testing.assert_array_equal(x, [-1, 2])
    assert not np.shares_memory(output, x)


@all_activations
@pytest.mark.parametrize("x", [["1"], [1j], [None]], ids=str)
def test_refuses_what_is_no_real_number(function, x):
    with pytest.raises(TypeError, match=r"^expected real numbers for "):
        function(x)


@pytest.mark.parametrize("x", [1.0, [], np.ones((2, 0))], ids=str)
def test_softmax_refuses_no_classes(x):
    with pytest.raises(
        ValueError, match=r"^expected scores \(\.\.\., classes\), got shape .*; give at least one class"
    ):
        softmax(x)


@all_backwards
@given(x=scores())
def test_backward_agrees_with_tensorflow(backward, function, name, x):
    import tensorflow as tf

    grad_output = upstream(x)
    with tf.GradientTape() as tape:
        variable = tf.Variable(x)
        loss = tf.reduce_sum(grad_output * getattr(tf.nn, name)(variable))
    expected = tape.gradient(loss, variable).numpy()
    # TensorFlow takes 1 - y, and loses the digits of a slope that is almost 0.
    atol = 16 * np.finfo(x.dtype).eps
    np.testing.assert_allclose(backward(grad_output, x), expected, rtol=0, atol=atol, strict=True)


@all_backwards
@given(seed=SEEDS, shape=st.sampled_from([(4,), (2, 3)]))
def test_backward_agrees_with_finite_differences(backward, function, name, seed, shape):
    rng = np.random.default_rng(seed)
    # Away from the ReLU's kink.
    x = rng.uniform(0.01, 3, shape) * rng.choice([-1, 1], shape)
    grad_output = upstream(x)
    expected = numerical_gradient(lambda x: np.sum(grad_output * function(x)), x)
    assert relative_error(backward(grad_output, x), expected) < 1e-7


@given(scores())
def test_the_jacobian_times_the_gradient_is_the_backward_step(x):
    x = x.astype(np.float64)
    product = np.einsum("...i,...ij->...j", upstream(x), softmax_jacobian(x))
    np.testing.assert_allclose(softmax_backward(upstream(x), x), product, rtol=0, atol=1e-15)


@given(SEEDS, st.integers(1, 5))
def test_each_row_of_the_jacobian_agrees_with_finite_differences(seed, classes):
    x = np.random.default_rng(seed).uniform(-3, 3, classes)
    jacobian = softmax_jacobian(x)
    for i in range(classes):
        expected = numerical_gradient(lambda x, i=i: softmax(x)[i], x)
        np.testing.assert_allclose(jacobian[i], expected, rtol=0, atol=1e-9)


def test_the_slope_of_the_logistic_function_keeps_its_digits_far_out():
    expected = np.exp(-40.0)
    np.testing.assert_allclose(logistic_backward([1.0, 1.0], [40.0, -40.0]), expected, rtol=1e-14)


def test_the_relu_lets_nothing_through_at_zero():
    np.testing.assert_array_equal(relu_backward([1.0, 1.0, 1.0], [-1.0, 0.0, 1.0]), [0, 0, 1])


@all_backwards
@pytest.mark.parametrize("shape", [(2,), (3, 1), ()])
def test_backward_refuses_a_gradient_of_another_shape(backward, function, name, shape):
    with pytest.raises(ValueError, match=r"^expected grad_output of shape \(3,\), that of x, got \("):
        backward(np.ones(shape), np.ones(3))


@all_backwards
def test_backward_changes_no_argument(backward, function, name):
    grad_output, x = np.array([1.0, 2.0]), np.array([-1.0, 2.0])
    backward(grad_output, x)
    np.testing.assert_array_equal(grad_output, [1, 2])
    np.testing.assert_array_equal(x, [-1, 2])


def test_a_closed_relu_lets_no_infinity_through():
    back = relu_backward([np.inf, -np.inf, np.nan, -1, 5], [-1.0, 0, -2, -3, 1])
    np.testing.assert_array_equal(back, [0, 0, 0, 0, 5])
    assert not np.signbit(back).any()
