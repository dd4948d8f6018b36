"""The door of the reference: neither small counts nor unsigned pixels wrap around, and oddities are named."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers.reference import activations, conv2d, convolution, counting, dense, geometry, losses, pooling
from helpers.reference.arrays import (
    arrays_of_one_type,
    random_generator,
    real_array,
    where_true,
    whole_number,
)
from helpers.reference.chapter_rules import chapter_activation_gradient, chapter_delta
from helpers.reference.edges import canny
from helpers.reference.filters import filter_image, glorot_uniform, median_filter
from helpers.reference.layers import Dropout
from helpers.reference.robustness import rotate

COUNTING = [
    geometry.output_size,
    geometry.same_padding,
    geometry.padding_that_fits,
    geometry.unseen_positions,
    counting.dense_parameters,
    counting.conv2d_parameters,
    counting.locally_connected_parameters,
]


def outcome(function, *arguments):
    """Return a function's result, or the message with which it refuses."""
    try:
        return function(*arguments)
    except ValueError as error:
        return str(error)


@pytest.mark.filterwarnings("error:overflow")
@pytest.mark.parametrize("function", COUNTING, ids=lambda function: function.__name__)
@given(
    dtype=st.sampled_from([np.uint8, np.int16, np.uint32, np.int64, np.uint64]),
    numbers=st.lists(st.integers(1, 250), min_size=4, max_size=4),
)
def test_small_integers_count_as_pythons(function, dtype, numbers):
    arguments = numbers[:2] if function is counting.dense_parameters else numbers[:3]
    if function is counting.locally_connected_parameters:
        arguments = numbers
    largest = np.iinfo(dtype).max
    arguments = [min(number, largest) for number in arguments]
    result = outcome(function, *map(dtype, arguments))
    assert result == outcome(function, *arguments)
    assert all(type(number) in (int, str) for number in np.atleast_1d(np.array(result, object)))


def test_a_padding_in_small_integers_does_not_wrap():
    assert geometry.output_size(250, 3, np.uint8(10)) == 268
    assert geometry.output_size(250, 3, (np.uint8(200), np.uint8(200))) == 648
    x, kernel = np.ones((1, 2, 2, 1)), np.ones((3, 3, 1, 1))
    padded = conv2d.conv2d(x, kernel, padding=np.uint8(125))
    np.testing.assert_array_equal(padded, conv2d.conv2d(x, kernel, padding=125))


def test_counts_stay_exact_beyond_the_digits_of_a_float():
    assert geometry.same_padding(10**20, 3, 7) == (0, 1)
    assert counting.dense_parameters(np.int32(2**20), np.int32(2**20)) == 2**40 + 2**20


@pytest.mark.parametrize(
    "value",
    [{1, 2}, {1: 2, 3: 4}, iter((1, 2)), "12", np.array(2), None],
    ids=["set", "dict", "iterator", "text", "array", "nothing"],
)
def test_what_has_no_first_and_second_is_no_pair(value):
    with pytest.raises(TypeError, match=r"^expected a whole number or a pair of them for padding, got "):
        geometry.output_size(5, 3, value)


def test_a_pair_may_be_an_array():
    assert geometry.pair("stride", np.array([2, 3], np.uint8)) == (2, 3)


@pytest.mark.parametrize(("image", "value"), [(np.array([[1, 2]]), 0.5), (np.ones((1, 2), np.uint8), -1)])
def test_padding_refuses_a_value_that_the_image_cannot_hold(image, value):
    with pytest.raises(ValueError, match=f"that {image.dtype} can hold, got {value}; convert the image"):
        geometry.pad(image, 1, value)


MAP, VECTOR = (3, 4), (4,)
BATCH, KERNEL = (2, 5, 5, 2), (2, 2, 2, 3)
# Each function of arrays, and shapes that fit it.
OF_ARRAYS = [
    (geometry.pad, (MAP, 1)),
    (geometry.windows, (MAP, 2)),
    (convolution.cross_correlate2d, (MAP, (2, 2))),
    (convolution.convolve2d, (MAP, (2, 2))),
    (convolution.convolution_matrix, ((2, 2), (3, 4))),
    (convolution.cross_correlate2d_backward, ((2, 3), MAP, (2, 2))),
    (convolution.convolve2d_backward, ((2, 3), MAP, (2, 2))),
    (convolution.chapter_weight_gradient, ((2, 3), MAP, 2)),
    (conv2d.conv2d_definition, (BATCH, KERNEL, (3,))),
    (conv2d.conv2d, (BATCH, KERNEL, (3,))),
    (conv2d.im2col, (BATCH, 2)),
    (conv2d.conv2d_backward_definition, ((2, 4, 4, 3), BATCH, KERNEL)),
    (conv2d.conv2d_backward, ((2, 4, 4, 3), BATCH, KERNEL)),
    (pooling.max_pool2d_definition, (MAP,)),
    (pooling.max_pool2d, (MAP,)),
    (pooling.max_pool2d_backward_definition, ((1, 2), MAP)),
    (pooling.max_pool2d_backward, ((1, 2), MAP)),
    (pooling.average_pool2d_definition, (MAP,)),
    (pooling.average_pool2d, (MAP,)),
    (pooling.average_pool2d_backward_definition, ((1, 2), MAP)),
    (pooling.average_pool2d_backward, ((1, 2), MAP)),
    (activations.relu, (VECTOR,)),
    (activations.relu_backward, (VECTOR, VECTOR)),
    (activations.logistic, (VECTOR,)),
    (activations.logistic_backward, (VECTOR, VECTOR)),
    (activations.softmax, (VECTOR,)),
    (activations.softmax_jacobian, (VECTOR,)),
    (activations.softmax_backward, (VECTOR, VECTOR)),
    (dense.dense, (VECTOR, (4, 2), (2,))),
    (dense.dense_backward, ((2,), VECTOR, (4, 2))),
    (dense.flatten, (BATCH,)),
    (dense.flatten_columns, (MAP,)),
    (dense.unflatten_columns, (VECTOR, (2, 2))),
    (losses.squared_error, (VECTOR, VECTOR)),
    (losses.squared_error_backward, (VECTOR, VECTOR)),
    (losses.softmax_cross_entropy, (VECTOR, VECTOR)),
    (losses.softmax_cross_entropy_backward, (VECTOR, VECTOR)),
    (chapter_delta, (VECTOR, VECTOR)),
    (chapter_activation_gradient, (VECTOR, VECTOR)),
    (filter_image, (MAP, (3, 3))),
    (median_filter, (MAP, 3)),
    (canny, (MAP, 0.5)),
    (rotate, (BATCH, 30)),
]
# What follows the arrays: a padding, a size, a stride ...
SETTINGS = {
    geometry.pad: 1,
    geometry.windows: 1,
    convolution.convolution_matrix: 1,
    convolution.chapter_weight_gradient: 1,
    conv2d.im2col: 1,
    dense.unflatten_columns: 1,
    median_filter: 1,
    canny: 1,
    rotate: 1,
}
of_arrays = pytest.mark.parametrize(
    ("function", "shapes"), OF_ARRAYS, ids=[function.__name__ for function, _ in OF_ARRAYS]
)


def split(function, shapes):
    """Part the shapes of the arrays from the settings after them."""
    count = len(shapes) - SETTINGS.get(function, 0)
    return shapes[:count], shapes[count:]


def as_arrays(results):
    return [np.asarray(result) for result in (results if isinstance(results, tuple) else (results,))]


@of_arrays
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.uint64, bool])
def test_whole_numbers_of_every_size_count_alike(function, shapes, dtype):
    shapes, rest = split(function, shapes)
    rng = np.random.default_rng(0)
    largest = 1 if dtype is bool else min(np.iinfo(dtype).max, 255)
    arrays = [rng.integers(0, largest, shape, endpoint=True) for shape in shapes]
    small = function(*(array.astype(dtype) for array in arrays), *rest)
    for actual, judge in zip(as_arrays(small), as_arrays(function(*arrays, *rest)), strict=True):
        np.testing.assert_array_equal(actual.astype(float), judge.astype(float))


@of_arrays
def test_the_order_in_memory_does_not_matter(function, shapes):
    shapes, rest = split(function, shapes)
    arrays = [np.random.default_rng(1).standard_normal(shape) for shape in shapes]
    turned = function(*(np.asfortranarray(array) for array in arrays), *rest)
    for actual, judge in zip(as_arrays(turned), as_arrays(function(*arrays, *rest)), strict=True):
        np.testing.assert_allclose(actual, judge, rtol=1e-13, atol=1e-15)


ODD = {
    "fractions": lambda array: np.vectorize(Fraction, otypes=[object])(array),
    "objects": lambda array: array.astype(object),
    "text": lambda array: array.astype(str),
    "complex": lambda array: array.astype(complex),
    "nothing": lambda array: None,
}


@of_arrays
@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_a_real_number_is_refused(function, shapes, odd):
    shapes, rest = split(function, shapes)
    for place in range(len(shapes)):
        arrays = [np.ones(shape) for shape in shapes]
        arrays[place] = ODD[odd](arrays[place])
        if arrays[place] is None and function in (conv2d.conv2d, conv2d.conv2d_definition) and place == 2:
            continue  # no bias
        with pytest.raises(TypeError, match=r"^expected real numbers for .*; convert it with np\.asarray"):
            function(*arrays, *rest)


def test_rows_of_unlike_length_are_named():
    with pytest.raises(ValueError, match=r"^expected rows of equal length for image, got"):
        convolution.cross_correlate2d([[1, 2], [3]], [[1]])


def test_a_word_in_the_place_of_the_bias_is_named():
    with pytest.raises(TypeError, match=r"^expected real numbers for bias, got 'same'"):
        conv2d.conv2d(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), "same")


def test_arrays_arrive_in_one_type_and_order():
    x, bias = arrays_of_one_type(x=np.ones((2, 3), np.float32).T, bias=[1, 2])
    assert x.dtype == bias.dtype == np.float64
    assert x.flags.c_contiguous
    assert real_array("x", np.ones((2, 3)).T).flags.c_contiguous


def test_a_whole_number_becomes_pythons():
    assert type(whole_number("side", np.uint8(3), 1)) is int


@pytest.mark.parametrize(
    "draw", [lambda: glorot_uniform((2, 3), 3), lambda: Dropout("d", 0.5).forward([1.0], 3)]
)
def test_a_seed_is_not_a_generator(draw):
    with pytest.raises(
        TypeError, match=r"^expected a NumPy random generator for rng, got 3; use one such as"
    ):
        draw()


def test_takes_a_generator_as_it_is():
    rng = np.random.default_rng(0)
    assert random_generator("rng", rng) is rng


@given(SEEDS, st.sampled_from([np.float16, np.float32, np.float64, np.int8, np.int64, bool]))
def test_chooses_as_where(seed, dtype):
    rng = np.random.default_rng(seed)
    values, mask = (8 * rng.standard_normal((3, 5))).astype(dtype), rng.random((3, 5)) < 0.5
    if values.dtype.kind == "f":
        values[0] = [np.inf, -np.inf, np.nan, -0.0, -1]
    chosen = where_true(mask, values)
    np.testing.assert_array_equal(chosen, np.where(mask, values, np.zeros((), dtype)), strict=True)
    assert not np.signbit(chosen[~mask]).any() if values.dtype.kind == "f" else True
