"""Max and average pooling: definition = fast version = windows gathered by hand = Keras."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import SEEDS, STRIDES, as_edges, as_pair, filter_sides, numbers, paddings, rounding

from helpers import chapter
from helpers.reference.geometry import resolve_padding
from helpers.reference.pooling import (
    average_pool2d,
    average_pool2d_definition,
    max_pool2d,
    max_pool2d_definition,
)

max_pools = pytest.mark.parametrize("function", [max_pool2d_definition, max_pool2d])
average_pools = pytest.mark.parametrize("function", [average_pool2d_definition, average_pool2d])
all_pools = pytest.mark.parametrize(
    "function", [max_pool2d_definition, max_pool2d, average_pool2d_definition, average_pool2d]
)
ANY_PADDING = paddings(3)
KERAS_PADDING = st.sampled_from(["valid", "same"])
# The largest window below is 4 x 4.
TERMS = 16


@st.composite
def cases(draw, kinds_of_padding=ANY_PADDING, smallest_batch=0, types=("int64", "float64")):
    """Draw images, a window, a stride (None, overlapping or leaving gaps) and a padding that fits it."""
    rng = np.random.default_rng(draw(SEEDS))
    image_sides = draw(st.tuples(st.integers(1, 8), st.integers(1, 8)))
    padding = draw(kinds_of_padding)
    pool_size = draw(filter_sides(image_sides, padding).filter(lambda sides: smaller(padding, sides)))
    shape = (draw(st.integers(smallest_batch, 3)), *image_sides, draw(st.integers(1, 3)))
    # Whole numbers from -3 to 3 tie often, and many small windows hold negative ones alone.
    kind = draw(st.sampled_from(["whole", "floats"]))
    dtype = draw(st.sampled_from(types))
    x = numbers(rng, shape, "whole" if dtype.startswith("int") else kind).astype(dtype)
    return x, pool_size, draw(st.none() | STRIDES), padding


def smaller(padding, pool_size):
    return padding == "same" or all(
        max(ends) < side for ends, side in zip(as_edges(padding), pool_size, strict=True)
    )


def gather(operation, x, pool_size, stride, padding):
    """Apply an operation to the image's own pixels under each window, with no padded array at all."""
    rows, columns = pool_size
    down, right = pool_size if stride is None else as_pair(stride)
    (top, bottom), (left, right_end) = resolve_padding(padding, x.shape[1:3], pool_size, (down, right))
    batch, height, width, channels = x.shape
    output = [
        [
            [
                [operation(x[n, max(i, 0) : i + rows, max(j, 0) : j + columns, c]) for c in range(channels)]
                for j in range(-left, width + right_end - columns + 1, right)
            ]
            for i in range(-top, height + bottom - rows + 1, down)
        ]
        for n in range(batch)
    ]
    return np.array(output)


def by_keras(layer_class, x, pool_size, stride, padding):
    from helpers.training.backend import keras

    layer = getattr(keras.layers, layer_class)(pool_size, stride, padding, dtype=x.dtype.name)
    return layer(x).numpy()


@given(cases())
def test_max_definition_and_fast_version_agree(case):
    np.testing.assert_array_equal(max_pool2d(*case), max_pool2d_definition(*case), strict=True)


@given(cases())
def test_average_definition_and_fast_version_agree(case):
    actual, expected = average_pool2d(*case), average_pool2d_definition(*case)
    np.testing.assert_allclose(actual, expected, **rounding(actual.dtype, TERMS), strict=True)


@given(cases(smallest_batch=1))
def test_max_is_the_largest_pixel_of_the_image_under_each_window(case):
    np.testing.assert_array_equal(max_pool2d(*case), gather(np.max, *case), strict=True)


@given(cases(smallest_batch=1))
def test_average_counts_the_pixels_of_the_image_alone(case):
    actual = average_pool2d(*case)
    np.testing.assert_allclose(actual, gather(np.mean, *case), **rounding(actual.dtype, TERMS), strict=True)


@given(cases(KERAS_PADDING, smallest_batch=1, types=("float32", "float64")))
def test_max_agrees_with_keras(case):
    np.testing.assert_array_equal(max_pool2d(*case), by_keras("MaxPooling2D", *case), strict=True)


@given(cases(KERAS_PADDING, smallest_batch=1, types=("float32", "float64")))
def test_average_agrees_with_keras(case):
    actual = average_pool2d(*case)
    expected = by_keras("AveragePooling2D", *case)
    np.testing.assert_allclose(actual, expected, **rounding(actual.dtype, TERMS), strict=True)


@all_pools
@given(case=cases(smallest_batch=1))
@settings(max_examples=30)
def test_one_image_is_pooled_like_a_batch_of_one(function, case):
    x, *rest = case
    one = function(x[0, :, :, 0], *rest)
    np.testing.assert_array_equal(one, function(x[:1, :, :, :1], *rest)[0, :, :, 0], strict=True)


@all_pools
def test_one_number_pools_a_square(function):
    x = np.random.default_rng(3).integers(0, 9, (2, 6, 7, 2))
    np.testing.assert_array_equal(function(x, 3, 2), function(x, (3, 3), (2, 2)))


@all_pools
def test_windows_touch_where_no_stride_is_given(function):
    x = np.random.default_rng(4).integers(0, 9, (2, 6, 9, 2))
    np.testing.assert_array_equal(function(x, (2, 3)), function(x, (2, 3), (2, 3)))


@all_pools
def test_an_empty_batch_gives_empty_feature_maps(function):
    assert function(np.ones((0, 5, 6, 2)), (2, 3)).shape == (0, 2, 2, 2)


@max_pools
def test_figure_3_4(function):
    np.testing.assert_array_equal(function(chapter.FIGURE_3_4_INPUT), chapter.FIGURE_3_4_OUTPUT)


@average_pools
def test_equation_3_16(function):
    C = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 20]]
    # P(1, 1) = (C(2, 2) + C(2, 1) + C(1, 2) + C(1, 1)) / 4 = (6 + 5 + 2 + 1) / 4, and so on.
    np.testing.assert_array_equal(function(C, 2), [[14 / 4, 22 / 4], [46 / 4, 58 / 4]])


@max_pools
@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float32])
@pytest.mark.parametrize("padding", [1, "same", ((1, 0), (0, 1))], ids=str)
def test_padding_never_wins_over_negative_pixels(function, dtype, padding):
    output = function(np.full((3, 3), -5, dtype), 2, 2, padding)
    np.testing.assert_array_equal(output, np.full(output.shape, -5))


@max_pools
@pytest.mark.parametrize(
    "smallest",
    [np.int8(-128), np.float32(-np.inf), np.uint8(0), np.bool_(False)],
    ids=lambda value: value.dtype.name,
)
def test_the_smallest_value_of_a_type_stays(function, smallest):
    output = function(np.full((3, 3), smallest), 2, 2, 1)
    np.testing.assert_array_equal(output, np.full((2, 2), smallest), strict=True)


@average_pools
@pytest.mark.parametrize("padding", [1, "same", ((1, 0), (0, 1))], ids=str)
def test_padding_never_lowers_an_average(function, padding):
    output = function(np.full((3, 3), 6.0), 2, 2, padding)
    np.testing.assert_array_equal(output, np.full(output.shape, 6.0))


@max_pools
@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int32, np.float32, np.float64])
def test_max_keeps_the_type(function, dtype):
    assert function(np.ones((4, 4), dtype)).dtype == dtype


@average_pools
@pytest.mark.parametrize(
    ("dtype", "result"),
    [
        (bool, np.float64),
        (np.uint8, np.float64),
        (np.int32, np.float64),
        (np.float32, np.float32),
        (np.float64, np.float64),
    ],
)
def test_average_is_a_float(function, dtype, result):
    assert function(np.ones((4, 4), dtype)).dtype == result


@average_pools
def test_averages_of_pixels_do_not_overflow(function):
    assert function(np.full((2, 2), 250, np.uint8)) == [[250.0]]


@all_pools
def test_the_image_is_not_changed(function):
    x = np.random.default_rng(5).uniform(size=(2, 4, 5, 3))
    copy = x.copy()
    function(x, 2, 1)
    np.testing.assert_array_equal(x, copy)


@all_pools
def test_the_output_is_an_array_of_its_own(function):
    x = np.ones((1, 3, 3, 1))
    assert not np.shares_memory(function(x, 1), x)


@all_pools
@pytest.mark.parametrize("shape", [(), (4,), (4, 4, 3)])
def test_refuses_another_number_of_axes(function, shape):
    message = rf"shape {re.escape(str(shape))} came; expected one image \(H, W\) or a batch \(N, H, W, C\)"
    with pytest.raises(ValueError, match=message):
        function(np.ones(shape))


@all_pools
@pytest.mark.parametrize(
    ("pool_size", "padding", "came", "side"),
    [(2, 2, 2, 2), (3, 4, 4, 3), ((2, 3), 2, 2, 2), ((3, 2), ((0, 0), (0, 2)), 2, 2)],
)
def test_refuses_padding_as_wide_as_the_window(function, pool_size, padding, came, side):
    message = rf"^padding is {came} for a window of side {side}; expected less than {side}"
    with pytest.raises(ValueError, match=message):
        function(np.ones((4, 4)), pool_size, 1, padding)


@all_pools
@pytest.mark.parametrize(("pool_size", "small", "large"), [((5, 2), 4, 5), ((2, 7), 6, 7)])
def test_refuses_a_window_larger_than_the_image(function, pool_size, small, large):
    with pytest.raises(ValueError, match=f"{small} pixels came, at least {large} were expected"):
        function(np.ones((4, 6)), pool_size)


@all_pools
@pytest.mark.parametrize(
    ("wrong", "exception", "message"),
    [
        ({"pool_size": 1.5}, TypeError, r"^pool_size is 1\.5; expected a whole number"),
        ({"pool_size": 0}, ValueError, r"^pool_size is 0; expected at least 1"),
        ({"stride": (1, 2, 3)}, TypeError, r"^stride is \(1, 2, 3\); expected a whole number or a pair"),
        ({"stride": 0}, ValueError, r"^stride is 0; expected at least 1"),
        ({"padding": "full"}, ValueError, r'^padding is "full"; expected "valid", "same"'),
        ({"padding": 0.5}, TypeError, r"^padding is 0\.5; expected a number or \(\(top, bottom\)"),
        ({"padding": -1}, ValueError, r"^padding is -1; expected at least 0"),
    ],
    ids=str,
)
def test_refuses_another_window_stride_or_padding(function, wrong, exception, message):
    with pytest.raises(exception, match=message):
        function(np.ones((4, 4)), **wrong)
