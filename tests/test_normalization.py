"""Batch normalisation: definition = fast version = by hand = Keras and TensorFlow, and finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judges import tensorflow
from strategies import SEEDS

from helpers.reference.gradient_check import numerical_gradient
from helpers.reference.normalization import (
    batch_normalization,
    batch_normalization_backward,
    batch_normalization_backward_definition,
    batch_normalization_definition,
    batch_statistics,
    moving_statistics,
)


@st.composite
def cases(draw, smallest_batch=1):
    """Draw maps or vectors, gamma, beta, a gradient of the output, and statistics or None."""
    rng = np.random.default_rng(draw(SEEDS))
    axes = draw(st.sampled_from([1, 3]))
    shape = (draw(st.integers(smallest_batch, 4)), *draw(st.tuples(*[st.integers(1, 4)] * axes)))
    gamma, beta, mean = rng.uniform(-2, 2, (3, shape[-1]))
    given = draw(st.booleans())
    statistics = (mean, rng.uniform(0.5, 2, shape[-1])) if given else None
    return rng.normal(3, 2, shape), gamma, beta, rng.uniform(-1, 1, shape), statistics


@given(cases())
def test_definition_and_fast_version_agree(case):
    x, gamma, beta, grad_output, _ = case
    np.testing.assert_allclose(
        batch_normalization(x, gamma, beta), batch_normalization_definition(x, gamma, beta), atol=1e-10
    )
    fast = batch_normalization_backward(grad_output, x, gamma)
    slow = batch_normalization_backward_definition(grad_output, x, gamma)
    # One number in a channel has variance 0: what is divided by epsilon alone gets large.
    for one, other in zip(fast, slow, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)


@given(cases())
@settings(max_examples=40)
def test_gradients_agree_with_finite_differences(case):
    x, gamma, beta, grad_output, statistics = case
    arguments = {"x": x, "gamma": gamma, "beta": beta}
    gradients = batch_normalization_backward(grad_output, x, gamma, statistics)
    for (name, value), gradient in zip(arguments.items(), gradients, strict=True):

        def loss(changed, name=name):
            return np.sum(
                grad_output * batch_normalization(**arguments | {name: changed}, statistics=statistics)
            )

        # Of channels in which the gradient is 0, the difference has rounding alone.
        np.testing.assert_allclose(gradient, numerical_gradient(loss, value), rtol=1e-5, atol=1e-5)


@given(cases())
@settings(max_examples=40)
def test_agrees_with_keras_and_tensorflow(case):
    x, gamma, beta, grad_output, statistics = case
    tf = tensorflow()
    from helpers.keras_backend import keras

    layer = keras.layers.BatchNormalization(dtype="float64", momentum=0.9)
    layer.build(x.shape)
    kept = statistics or (np.zeros_like(beta), np.ones_like(beta))
    layer.set_weights([gamma, beta, *kept])
    with tf.GradientTape() as tape:
        images = tf.constant(x)
        tape.watch(images)
        y = layer(images, training=statistics is None)
    variables = [images, layer.gamma.value, layer.beta.value]
    expected = tape.gradient(y, variables, output_gradients=tf.constant(grad_output))
    np.testing.assert_allclose(batch_normalization(x, gamma, beta, statistics), y, atol=1e-9)
    actual = batch_normalization_backward(grad_output, x, gamma, statistics)
    for ours, theirs in zip(actual, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-8)


@given(cases(smallest_batch=2))
@settings(max_examples=40)
def test_moving_statistics_follow_as_tensorflows_of_maps(case):
    x, gamma, beta, *_ = case
    maps = x if x.ndim == 4 else x[:, np.newaxis, np.newaxis]
    tf = tensorflow()
    kept = gamma**2, beta**2
    mean, variance = tf.compat.v1.nn.fused_batch_norm(
        tf.constant(maps, tf.float32), tf.ones(len(beta)), tf.zeros(len(beta))
    )[1:3]
    expected = [0.9 * old + 0.1 * new for old, new in zip(kept, (mean, variance), strict=True)]
    for ours, theirs in zip(moving_statistics(kept, x, 0.9), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_each_channel_gets_mean_0_and_variance_1():
    x = np.random.default_rng(0).normal([5, -3], [2, 0.5], (50, 6, 6, 2))
    mean, variance = batch_statistics(batch_normalization(x, np.ones(2), np.zeros(2)))
    np.testing.assert_allclose(mean, 0, atol=1e-12)
    # Epsilon, 0.001, beside variances of 4 and 0.25.
    np.testing.assert_allclose(variance, [1 - 0.001 / 4, 1 - 0.001 / 0.25], atol=1e-3)


def test_neither_shift_nor_scale_of_the_batch_matters():
    x = np.random.default_rng(1).normal(size=(4, 3, 3, 2))
    gamma, beta = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    np.testing.assert_allclose(
        batch_normalization(7 * x + 100, gamma, beta, epsilon=0),
        batch_normalization(x, gamma, beta, epsilon=0),
        atol=1e-11,
    )
    # So a bias before it has no gradient.
    grad_x, *_ = batch_normalization_backward(np.random.default_rng(2).normal(size=x.shape), x, gamma)
    np.testing.assert_allclose(grad_x.sum(axis=(0, 1, 2)), 0, atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([np.ones(3), [1], [1]], r"^expected maps \(N, H, W, C\) or vectors \(N, C\), got shape \(3,\)"),
        ([np.ones((2, 3)), [1], [1]], r"^expected gamma of shape \(3,\) for x of shape \(2, 3\), got \(1,\)"),
        (
            [np.ones((2, 1)), [1], [1], ([1], [1, 1])],
            r"^expected variance of shape \(1,\) for x of shape \(2, 1\), got \(2,\)",
        ),
        ([np.ones((0, 1)), [1], [1]], r"^expected at least one number in each channel, got shape \(0, 1\)"),
    ],
)
def test_refuses_what_does_not_fit(arguments, message):
    with pytest.raises(ValueError, match=message):
        batch_normalization(*arguments)


def test_refuses_a_gradient_of_another_shape():
    with pytest.raises(ValueError, match=r"^expected grad_output of shape \(2, 1\) .* got \(1, 2\)"):
        batch_normalization_backward([[1, 1]], [[1], [2]], [1])


def test_no_picture_is_normalised_by_given_statistics():
    assert batch_normalization(np.ones((0, 2, 2, 3)), *np.ones((2, 3)), np.ones((2, 3))).shape == (0, 2, 2, 3)


def test_float32_stays_float32_and_arguments_stay_as_they_are():
    x = np.random.default_rng(3).normal(size=(4, 3)).astype(np.float32)
    before = x.copy()
    ones = np.ones(3, np.float32)
    results = [batch_normalization(x, ones, ones), *batch_normalization_backward(x, x, ones)]
    results += moving_statistics((ones, ones), x, 0.9)
    assert {array.dtype for array in results} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(ones, 1)
