"""The printed rules: what they would be right for, and how far they are from the gradient."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from strategies import SEEDS

from helpers.chapter import DENSE_NETWORK_LAYERS, DENSE_NETWORK_WEIGHTS, FIGURE_3_2_INPUT
from helpers.chapter.examples import EXAMPLE
from helpers.reference.activations import logistic, logistic_backward
from helpers.reference.chapter_rules import (
    backward_with_one_slip,
    chapter_activation_gradient,
    chapter_backward,
    chapter_channel_gradient,
    chapter_delta,
    chapter_dense_weights,
    correlation_as_printed,
)
from helpers.reference.complete_model import complete_model_backward, complete_model_forward
from helpers.reference.gradient_check import numerical_gradient
from helpers.reference.losses import squared_error
from helpers.reference.optimizers import gradient_step


@given(st.data())
def test_equation_3_8_as_printed_is_scipys_correlation_turned_by_half_a_turn(data):
    filter_sides = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    sides = [side + data.draw(st.integers(0, 3)) for side in filter_sides]
    numbers = st.integers(-9, 9)
    image, kernel = (data.draw(arrays(np.int64, shape, elements=numbers)) for shape in (sides, filter_sides))
    expected = scipy.signal.correlate2d(image, kernel, mode="valid")
    np.testing.assert_array_equal(correlation_as_printed(image, kernel), np.flip(expected))


def test_equation_3_8_as_printed_correlates_the_filter_with_the_image():
    """The printed letters exchange the roles of image and filter; SciPy's full output starts at 1 - f."""
    image, kernel = FIGURE_3_2_INPUT, np.array([[2, 1], [0, -1]])
    exchanged = scipy.signal.correlate2d(kernel, image, mode="full")
    np.testing.assert_array_equal(correlation_as_printed(image, kernel), exchanged[1:-1, 1:-1])


def test_equation_3_8_wants_a_filter_that_fits():
    with pytest.raises(ValueError, match="expected"):
        correlation_as_printed(np.ones((2, 2)), np.ones((3, 3)))


@given(SEEDS, st.integers(1, 5))
def test_equation_3_21_is_the_gradient_of_independent_logistic_units(seed, classes):
    rng = np.random.default_rng(seed)
    scores, target = rng.uniform(-3, 3, classes), rng.uniform(0, 1, classes)
    expected = numerical_gradient(lambda scores: squared_error(logistic(scores), target), scores)
    np.testing.assert_allclose(chapter_delta(logistic(scores), target), expected, rtol=1e-7, atol=1e-10)


@given(SEEDS, st.integers(1, 5))
def test_equations_3_32_and_3_34_hold_the_slope_of_a_logistic_function(seed, count):
    rng = np.random.default_rng(seed)
    x, upstream = rng.uniform(-3, 3, count), rng.uniform(-1, 1, count)
    actual = chapter_activation_gradient(upstream, logistic(x))
    np.testing.assert_allclose(actual, logistic_backward(upstream, x), rtol=1e-12)


@given(SEEDS, st.integers(1, 4))
def test_equation_3_30_shares_out_what_every_term_of_a_sum_gets_whole(seed, channels):
    maps = np.random.default_rng(seed).uniform(-1, 1, (2, 3, channels))
    upstream = np.arange(6.0).reshape(2, 3)
    gradient = numerical_gradient(lambda maps: np.sum(upstream * maps.sum(axis=-1)), maps)
    shared = chapter_channel_gradient(upstream, channels)
    np.testing.assert_allclose(gradient, channels * shared, rtol=1e-7, atol=1e-9)


def test_the_printed_way_back_by_hand():
    """Follow one number of each array, with a pocket calculator's means."""
    printed, arrays = chapter_backward(**EXAMPLE), complete_model_forward(**EXAMPLE)
    y = arrays["prediction"]
    delta = (y - EXAMPLE["target"]) * y * (1 - y)
    np.testing.assert_allclose(printed["scores"], delta)
    np.testing.assert_allclose(printed["weights"][2, 3], delta[2] * 4)
    df = EXAMPLE["parameters"]["weights"].T @ delta
    np.testing.assert_allclose(printed["feature_map"][3, 0], df[1] / 4)
    np.testing.assert_allclose(printed["channel_maps"][3, 0], df[1] / 12)
    c = arrays["channel_maps"][3, 0]
    np.testing.assert_allclose(printed["convolved"][3, 0], df[1] / 12 * c * (1 - c))
    np.testing.assert_allclose(printed["filter_biases"], printed["convolved"].sum(axis=(0, 1)))


def test_the_printed_filter_gradient_points_away_from_the_gradient():
    printed, true = (
        backward(**EXAMPLE)["filters"] for backward in (chapter_backward, complete_model_backward)
    )
    assert np.sum(printed * true) < 0


def test_filters_that_follow_the_print_raise_the_loss():
    image, target = EXAMPLE["image"], EXAMPLE["target"]
    start = complete_model_forward(**EXAMPLE)["loss"]
    for backward, better in ((complete_model_backward, True), (chapter_backward, False)):
        parameters = dict(EXAMPLE["parameters"])
        filters = {name: parameters[name] for name in ("filters", "filter_biases")}
        parameters |= gradient_step(filters, backward(**EXAMPLE), 0.01)
        assert (complete_model_forward(image, parameters, target)["loss"] < start) == better


def test_the_printed_count_of_a_dense_network_is_a_product():
    assert chapter_dense_weights(DENSE_NETWORK_LAYERS) == DENSE_NETWORK_WEIGHTS
    assert chapter_dense_weights([784, 10]) == np.zeros((784, 10)).size, "right for a single layer"
    lines = sum(np.zeros(shape).size for shape in [(784, 100), (100, 100), (100, 10)])
    assert chapter_dense_weights(DENSE_NETWORK_LAYERS) > 800 * lines


@pytest.mark.parametrize(
    ("equation", "first_off"),
    [
        ("3.21", "scores"),
        ("3.26", "pooled"),
        ("3.28", "feature_map"),
        ("3.30", "channel_maps"),
        ("3.32", "convolved"),
    ],
)
def test_a_single_slip_leaves_all_before_it_right_and_spoils_all_after_it(equation, first_off):
    slipped, gradients = backward_with_one_slip(equation, **EXAMPLE), complete_model_backward(**EXAMPLE)
    assert list(slipped) == list(gradients)
    before = list(gradients).index(first_off)
    for place, (name, gradient) in enumerate(gradients.items()):
        assert np.allclose(slipped[name], gradient) == (place < before), name


def test_an_equation_without_a_slip_is_refused():
    with pytest.raises(ValueError, match="expected one of"):
        backward_with_one_slip("3.22", **EXAMPLE)
