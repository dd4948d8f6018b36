"""Parameter counts by formula against Keras's layers and the chapter's totals."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import chapter
from helpers.reference.conv2d import conv2d
from helpers.reference.counting import (
    conv2d_operations,
    conv2d_parameters,
    dense_parameters,
    locally_connected_parameters,
)

COUNTS = st.integers(1, 40)
FILTER_SIZES = st.integers(1, 7) | st.tuples(st.integers(1, 7), st.integers(1, 7))


@given(inputs=COUNTS, units=COUNTS)
@settings(max_examples=25)
def test_a_dense_layer_counts_as_in_keras(inputs, units):
    from helpers.keras_backend import keras

    layer = keras.layers.Dense(units)
    layer.build((None, inputs))
    assert dense_parameters(inputs, units) == layer.count_params()


@given(filter_size=FILTER_SIZES, channels=COUNTS, filters=COUNTS)
@settings(max_examples=25)
def test_a_convolution_layer_counts_as_in_keras(filter_size, channels, filters):
    from helpers.keras_backend import keras

    layer = keras.layers.Conv2D(filters, filter_size)
    layer.build((None, 8, 9, channels))
    assert conv2d_parameters(filter_size, channels, filters) == layer.count_params()


@given(
    height=st.integers(4, 7),
    width=st.integers(4, 7),
    filter_size=st.integers(1, 4) | st.tuples(st.integers(1, 4), st.integers(1, 4)),
    channels=st.integers(1, 3),
    filters=st.integers(1, 3),
)
@settings(max_examples=50)
def test_a_locally_connected_layer_has_a_weight_for_each_connection_of_a_convolution(
    height, width, filter_size, channels, filters
):
    # One picture for each input, in which it alone is 1: every output that then is 1 is joined to it.
    inputs = height * width * channels
    pictures = np.eye(inputs, dtype=int).reshape(inputs, height, width, channels)
    sides = (filter_size, filter_size) if isinstance(filter_size, int) else filter_size
    maps = conv2d(pictures, np.ones((*sides, channels, filters), int))
    weights, biases = np.count_nonzero(maps), maps[0].size
    counted = locally_connected_parameters((height, width), filter_size, channels, filters)
    assert counted == weights + biases


@given(
    height=st.integers(4, 7),
    width=st.integers(4, 7),
    filter_size=st.integers(1, 4) | st.tuples(st.integers(1, 4), st.integers(1, 4)),
    channels=st.integers(1, 3),
    filters=st.integers(1, 3),
)
@settings(max_examples=50)
def test_operations_are_the_products_that_a_convolution_adds_up(
    height, width, filter_size, channels, filters
):
    # Where all pixels and weights are 1, an output is the number of its products.
    pictures = np.ones((1, height, width, channels), int)
    sides = (filter_size, filter_size) if isinstance(filter_size, int) else filter_size
    maps = conv2d(pictures, np.ones((*sides, channels, filters), int))
    assert conv2d_operations(maps.shape[1:3], filter_size, channels, filters) == maps.sum()


def test_a_dense_layer_is_a_convolution_of_one_pixel():
    assert conv2d_operations(1, 1, 784, 10) == 7840 == dense_parameters(784, 10) - 10


def test_the_chapters_dense_network_counts_as_in_keras_and_not_as_printed():
    from helpers.keras_backend import keras

    inputs, *units = chapter.DENSE_NETWORK_LAYERS
    model = keras.Sequential([keras.Input((inputs,)), *(keras.layers.Dense(count) for count in units)])
    own = sum(dense_parameters(*sizes) for sizes in itertools.pairwise(chapter.DENSE_NETWORK_LAYERS))
    assert model.count_params() == own == 89_400 + 210
    assert np.prod(chapter.DENSE_NETWORK_LAYERS) == chapter.DENSE_NETWORK_WEIGHTS == 78_400_000


def test_a_filter_that_does_not_fit_makes_no_locally_connected_layer():
    with pytest.raises(ValueError, match="expected at least 5 pixels, the side of the filter, got 4"):
        locally_connected_parameters((6, 4), 5, 1, 1)


def test_the_layers_of_the_mnist_model_add_up_to_the_chapters_total():
    # Two poolings by 2 leave 7 x 7 of 28 x 28, in 36 feature maps.
    layers = [
        conv2d_parameters(5, 1, 16),
        conv2d_parameters(5, 16, 36),
        dense_parameters(7 * 7 * 36, 128),
        dense_parameters(128, 10),
    ]
    assert layers == [416, 14_436, 225_920, 1_290]
    assert sum(layers) == 242_062 == chapter.MNIST_PARAMETERS


def test_the_layers_of_the_cifar10_model_add_up_to_the_chapters_total():
    # Two poolings by 2 leave 8 x 8 of 32 x 32, in 64 feature maps.
    layers = [
        conv2d_parameters(3, 3, 32),
        conv2d_parameters(3, 32, 64),
        dense_parameters(8 * 8 * 64, 1024),
        dense_parameters(1024, 10),
    ]
    assert sum(layers) == 4_224_970 == chapter.CIFAR10_PARAMETERS


@pytest.mark.parametrize(
    ("function", "valid"),
    [
        (dense_parameters, {"inputs": 3, "units": 2}),
        (conv2d_parameters, {"filter_size": 3, "channels": 2, "filters": 4}),
        (conv2d_operations, {"image_size": 5, "filter_size": 3, "channels": 2, "filters": 4}),
        (locally_connected_parameters, {"image_size": 5, "filter_size": 3, "channels": 2, "filters": 4}),
    ],
)
@pytest.mark.parametrize(
    ("value", "exception", "expected"),
    [
        (2.5, TypeError, "a whole number"),
        (True, TypeError, "a whole number"),
        ("3", TypeError, "a whole number"),
        (0, ValueError, "at least 1"),
        (-2, ValueError, "at least 1"),
    ],
    ids=repr,
)
def test_refuses_what_is_no_count(function, valid, value, exception, expected):
    for name in valid:
        with pytest.raises(
            exception, match=f"^expected {expected}.* for {name}, got {re.escape(repr(value))}"
        ):
            function(**valid | {name: value})
