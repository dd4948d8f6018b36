"""The chapter's printed results, recomputed from its printed inputs."""

import numpy as np
import pytest

from helpers import chapter
from helpers.reference.convolution import conv2d, cross_correlate2d
from helpers.reference.pooling import max_pool2d

ARRAYS = {name: value for name, value in vars(chapter).items() if isinstance(value, np.ndarray)}


def feature_map():
    return cross_correlate2d(chapter.SECTION_3_3_INPUT, chapter.SECTION_3_3_FILTER)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def hidden_and_prediction(flattened):
    hidden = logistic(flattened @ chapter.SECTION_3_3_W1)
    return hidden, logistic(hidden @ chapter.SECTION_3_3_W2)


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_are_read_only(name):
    with pytest.raises(ValueError, match="read-only"):
        ARRAYS[name][...] = 0


def test_section_3_3_inner_products():
    # The chapter spells out the first two positions, before the ReLU.
    np.testing.assert_array_equal(np.round(feature_map()[0, :2], 2), [0.37, -0.24])


def test_section_3_3_as_a_layer_on_a_batch():
    image, kernel = chapter.SECTION_3_3_INPUT, chapter.SECTION_3_3_FILTER
    output = conv2d(image[np.newaxis, :, :, np.newaxis], kernel[:, :, np.newaxis, np.newaxis])
    # Four products below 1 in another order: a few times the rounding of float64, 2.2e-16.
    np.testing.assert_allclose(output[0, :, :, 0], feature_map(), rtol=0, atol=1e-15)


def test_section_3_3_pooled_values():
    pooled = max_pool2d(np.maximum(feature_map(), 0))
    np.testing.assert_array_equal(np.round(pooled, 2), chapter.SECTION_3_3_POOLED)


def test_section_3_3_hidden_and_prediction_from_the_rounded_pooled_values():
    # The chapter goes on with two decimals and flattens column by column (equation 3.17).
    pooled = np.round(max_pool2d(np.maximum(feature_map(), 0)), 2)
    hidden, prediction = hidden_and_prediction(pooled.flatten(order="F"))
    np.testing.assert_array_equal(np.round(hidden, 4), chapter.SECTION_3_3_HIDDEN)
    np.testing.assert_array_equal(np.round(prediction, 4), [chapter.SECTION_3_3_PREDICTION])


def test_section_3_3_row_by_row_gives_other_numbers_than_printed():
    hidden, _ = hidden_and_prediction(chapter.SECTION_3_3_POOLED.flatten(order="C"))
    assert np.all(np.round(hidden, 4) != chapter.SECTION_3_3_HIDDEN)
