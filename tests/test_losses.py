"""Losses: equal to Keras, means over a batch, finite for any probabilities."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers.reference.activations import softmax
from helpers.reference.losses import cross_entropy, squared_error

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
    from helpers.training.backend import keras

    prediction, target = batch
    expected = keras.losses.MeanSquaredError(dtype="float64")(target, prediction).numpy()
    classes = target.shape[1]
    assert squared_error(prediction, target) == pytest.approx(classes / 2 * expected, rel=1e-12)


@given(batches())
def test_cross_entropy_agrees_with_keras(batch):
    from helpers.training.backend import keras

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
    message = f"A prediction of shape {prediction} and a target of shape {target} came; expected the same"
    with pytest.raises(ValueError, match=re.escape(message)):
        loss(np.ones(prediction), np.ones(target))


@pytest.mark.parametrize("prediction", [[-1.0, 2.0], [0.3, 0.3], [3.0, 1.0], [np.nan, 1.0]], ids=str)
def test_cross_entropy_refuses_scores(prediction):
    with pytest.raises(ValueError, match="came; expected probabilities that sum to 1"):
        cross_entropy(prediction, [0, 1])
