"""Losses: equal to Keras, means over a batch, finite for any probabilities."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers.reference.activations import softmax, softmax_backward
from helpers.reference.gradient_check import numerical_gradient, relative_error
from helpers.reference.losses import (
    cross_entropy,
    cross_entropy_backward,
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
    squared_error,
    squared_error_backward,
)

both_losses = pytest.mark.parametrize("loss", [squared_error, cross_entropy])


@st.composite
def batches(draw):
    """Draw predicted probabilities, some of them almost 0 or 1, and one-hot targets."""
    rng = np.random.default_rng(draw(SEEDS))
    batch, classes = draw(st.integers(1, 5)), draw(st.integers(2, 6))
    prediction = softmax(rng.uniform(-1, 1, (batch, classes)) * draw(st.sampled_from([1, 20])))
    return prediction, np.eye(classes)[rng.integers(classes, size=batch)]


@given(batches())
def test_squared_error_is_keras_mean_times_half_the_classes(batch):
    from helpers.keras_backend import keras

    prediction, target = batch
    expected = keras.losses.MeanSquaredError(dtype="float64")(target, prediction).numpy()
    classes = target.shape[1]
    assert squared_error(prediction, target) == pytest.approx(classes / 2 * expected, rel=1e-12)


@given(batches())
def test_cross_entropy_agrees_with_keras(batch):
    from helpers.keras_backend import keras

    prediction, target = batch
    expected = keras.losses.CategoricalCrossentropy(dtype="float64")(target, prediction).numpy()
    # Keras also cuts off above 1 - 1e-7; no lesson would call a perfect prediction's loss 1e-7.
    assert cross_entropy(prediction, target) == pytest.approx(expected, rel=1e-9, abs=1.1e-7)


@both_losses
@given(batch=batches())
def test_a_batch_has_the_mean_of_its_examples(loss, batch):
    each = [loss(prediction, target) for prediction, target in zip(*batch, strict=True)]
    assert loss(*batch) == pytest.approx(np.mean(each), rel=1e-12)


def test_by_hand():
    assert squared_error([1, 3, 2], [1, 1, 1]) == 2.5
    assert cross_entropy([0.25, 0.75], [1, 0]) == pytest.approx(math.log(4))


@both_losses
def test_a_perfect_prediction_costs_nothing(loss):
    assert loss([0, 1, 0], [0, 1, 0]) == 0


def test_cross_entropy_of_an_impossible_prediction_is_large_and_finite():
    assert cross_entropy([1.0, 0.0], [0, 1]) == pytest.approx(math.log(1e7))


@both_losses
@pytest.mark.parametrize(
    ("prediction", "target"),
    [((3,), (2,)), ((2, 3), (3,)), ((), ()), ((0, 3), (0, 3)), ((1, 1, 2), (1, 1, 2))],
)
def test_refuses_shapes_that_differ(loss, prediction, target):
    message = f"got {prediction} and {target}; write a class as zeros with a 1"
    with pytest.raises(ValueError, match=re.escape(message)):
        loss(np.ones(prediction), np.ones(target))


@pytest.mark.parametrize("prediction", [[-1.0, 2.0], [0.3, 0.3], [3.0, 1.0], [np.nan, 1.0]], ids=str)
def test_cross_entropy_refuses_scores(prediction):
    with pytest.raises(ValueError, match=r"^expected probabilities that sum to 1"):
        cross_entropy(prediction, [0, 1])


both_backwards = pytest.mark.parametrize("backward", [squared_error_backward, cross_entropy_backward])


@given(batches())
def test_the_squared_error_s_gradient_agrees_with_finite_differences(batch):
    prediction, target = batch
    expected = numerical_gradient(lambda prediction: squared_error(prediction, target), prediction)
    assert relative_error(squared_error_backward(prediction, target), expected) < 1e-7


@given(SEEDS, st.integers(1, 4), st.integers(2, 5))
def test_the_cross_entropy_s_gradient_agrees_with_finite_differences(seed, batch, classes):
    rng = np.random.default_rng(seed)
    scores = rng.uniform(-2, 2, (batch, classes))
    target = np.eye(classes)[rng.integers(classes, size=batch)]
    expected = numerical_gradient(lambda scores: cross_entropy(softmax(scores), target), scores)
    in_two_steps = softmax_backward(cross_entropy_backward(softmax(scores), target), scores)
    assert relative_error(in_two_steps, expected) < 1e-7
    assert relative_error(softmax_cross_entropy_backward(scores, target), expected) < 1e-7


@given(SEEDS, st.integers(1, 4), st.integers(2, 5))
def test_gradients_agree_with_tensorflow(seed, batch, classes):
    import tensorflow as tf

    rng = np.random.default_rng(seed)
    scores = rng.uniform(-2, 2, (batch, classes))
    target = np.eye(classes)[rng.integers(classes, size=batch)]
    variable = tf.Variable(scores)
    with tf.GradientTape(persistent=True) as tape:
        prediction = tf.nn.softmax(variable)
        entropy = tf.reduce_mean(tf.reduce_sum(-target * tf.math.log(prediction), axis=-1))
        squares = tf.reduce_mean(tf.reduce_sum((prediction - target) ** 2, axis=-1)) / 2
        fused = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(target, variable))
    probabilities = softmax(scores)
    for actual, expected in [
        (squared_error_backward(probabilities, target), tape.gradient(squares, prediction)),
        (cross_entropy_backward(probabilities, target), tape.gradient(entropy, prediction)),
        (softmax_cross_entropy_backward(scores, target), tape.gradient(fused, variable)),
    ]:
        np.testing.assert_allclose(actual, expected.numpy(), rtol=1e-12, atol=1e-15, strict=True)


def test_gradients_by_hand():
    np.testing.assert_array_equal(squared_error_backward([1.0, 3.0, 2.0], [1, 1, 1]), [0, 2, 1])
    np.testing.assert_array_equal(cross_entropy_backward([0.25, 0.75], [1, 0]), [-4, 0])
    np.testing.assert_array_equal(softmax_cross_entropy_backward([0.0, 0.0], [1, 0]), [-0.5, 0.5])


def test_where_the_loss_counts_a_probability_as_larger_its_gradient_is_zero():
    np.testing.assert_array_equal(cross_entropy_backward([1 - 1e-9, 1e-9], [0, 1]), [0, 0])
    assert cross_entropy([1 - 1e-9, 1e-9], [0, 1]) == cross_entropy([1 - 2e-9, 2e-9], [0, 1])


@given(SEEDS, st.integers(1, 4), st.integers(2, 5), st.sampled_from([1, 30, 1000]))
def test_the_loss_from_scores_is_tensorflows_however_far_apart_they_are(seed, batch, classes, width):
    import tensorflow as tf

    rng = np.random.default_rng(seed)
    scores = rng.uniform(-width, width, (batch, classes))
    target = np.eye(classes)[rng.integers(classes, size=batch)]
    expected = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(target, scores))
    assert softmax_cross_entropy(scores, target) == pytest.approx(float(expected), rel=1e-12)
    if width == 1:
        assert softmax_cross_entropy(scores, target) == pytest.approx(cross_entropy(softmax(scores), target))


def test_the_step_from_scores_survives_a_hopeless_prediction():
    np.testing.assert_array_equal(softmax_cross_entropy_backward([1000.0, 0.0], [0, 1]), [1, -1])


@both_backwards
def test_gradients_refuse_shapes_that_differ(backward):
    with pytest.raises(ValueError, match=r"^expected a prediction and a target of one shape"):
        backward(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match=r"^expected a prediction and a target of one shape"):
        softmax_cross_entropy_backward(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match=r"^expected a prediction and a target of one shape"):
        softmax_cross_entropy(np.ones(3), np.ones(2))


def test_the_gradient_of_cross_entropy_refuses_scores():
    with pytest.raises(ValueError, match=r"^expected probabilities that sum to 1"):
        cross_entropy_backward([3.0, 1.0], [0, 1])


def test_no_gradient_is_minus_zero():
    assert not np.signbit(cross_entropy_backward([0.25, 0.75], [1.0, 0.0])[1])
