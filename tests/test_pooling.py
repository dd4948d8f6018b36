"""Max and average pooling and their gradients: definition = fast version = by hand = Keras."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import (
    SEEDS,
    STRIDES,
    as_edges,
    as_pair,
    filter_sides,
    finite_differences,
    numbers,
    paddings,
    rounding,
)

from helpers import chapter
from helpers.reference.geometry import resolve_padding
from helpers.reference.pooling import (
    average_pool2d,
    average_pool2d_backward,
    average_pool2d_backward_definition,
    average_pool2d_definition,
    global_average_pool2d,
    global_average_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_backward_definition,
    max_pool2d_definition,
)

# The definitions take one map, a square window and no padding.
max_pools = pytest.mark.parametrize("function", [max_pool2d_definition, max_pool2d])
average_pools = pytest.mark.parametrize("function", [average_pool2d_definition, average_pool2d])
all_pools = pytest.mark.parametrize("function", [max_pool2d, average_pool2d])
max_backwards = pytest.mark.parametrize("backward", [max_pool2d_backward_definition, max_pool2d_backward])
average_backwards = pytest.mark.parametrize(
    "backward", [average_pool2d_backward_definition, average_pool2d_backward]
)
all_backwards = pytest.mark.parametrize(
    ("forward", "backward"), [(max_pool2d, max_pool2d_backward), (average_pool2d, average_pool2d_backward)]
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


@st.composite
def square_cases(draw):
    """Draw images, the side of a square window and a stride."""
    x, *_ = draw(cases(st.just("valid"), smallest_batch=1))
    return x, draw(st.integers(1, min(4, *x.shape[1:3]))), draw(st.integers(1, 3))


def map_by_map(definition, *batches, setting):
    """Apply a definition to each channel of each image."""
    images, _, _, channels = batches[0].shape
    maps = [
        [definition(*(batch[n, :, :, c] for batch in batches), *setting) for c in range(channels)]
        for n in range(images)
    ]
    return np.moveaxis(np.array(maps), 1, -1)


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


def scatter(grad_output, x, pool_size, stride, padding, share):
    """Send each gradient to the image's own pixels under its window: all to the first largest, or shares."""
    rows, columns = pool_size
    down, right = pool_size if stride is None else as_pair(stride)
    (top, _), (left, _) = resolve_padding(padding, x.shape[1:3], pool_size, (down, right))
    grad_x = np.zeros(x.shape, grad_output.dtype)
    for n, i, j, c in np.ndindex(grad_output.shape):
        y, z = i * down - top, j * right - left
        pixels = [
            (n, u, v, c)
            for u in range(max(y, 0), min(y + rows, x.shape[1]))
            for v in range(max(z, 0), min(z + columns, x.shape[2]))
        ]
        receivers = pixels if share else [max(pixels, key=lambda place: x[place])]  # max keeps the first
        for place in receivers:
            grad_x[place] += grad_output[n, i, j, c] / len(receivers)
    return grad_x


def by_keras(layer_class, x, pool_size, stride, padding):
    from helpers.keras_backend import keras

    layer = getattr(keras.layers, layer_class)(pool_size, stride, padding, dtype=x.dtype.name)
    return layer(x).numpy()


@given(square_cases())
def test_max_definition_and_fast_version_agree(case):
    x, *setting = case
    expected = map_by_map(max_pool2d_definition, x, setting=setting)
    np.testing.assert_array_equal(max_pool2d(*case), expected, strict=True)


@given(square_cases())
def test_average_definition_and_fast_version_agree(case):
    x, *setting = case
    actual, expected = average_pool2d(*case), map_by_map(average_pool2d_definition, x, setting=setting)
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


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float32])
@pytest.mark.parametrize("padding", [1, "same", ((1, 0), (0, 1))], ids=str)
def test_padding_never_wins_over_negative_pixels(dtype, padding):
    output = max_pool2d(np.full((3, 3), -5, dtype), 2, 2, padding)
    np.testing.assert_array_equal(output, np.full(output.shape, -5))


@pytest.mark.parametrize(
    "smallest",
    [np.int8(-128), np.float32(-np.inf), np.uint8(0), np.bool_(False)],
    ids=lambda value: value.dtype.name,
)
def test_the_smallest_value_of_a_type_stays(smallest):
    output = max_pool2d(np.full((3, 3), smallest), 2, 2, 1)
    np.testing.assert_array_equal(output, np.full((2, 2), smallest), strict=True)


@pytest.mark.parametrize("padding", [1, "same", ((1, 0), (0, 1))], ids=str)
def test_padding_never_lowers_an_average(padding):
    output = average_pool2d(np.full((3, 3), 6.0), 2, 2, padding)
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
    message = rf"^expected an image \(H, W\) or images \(N, H, W, C\), got shape {re.escape(str(shape))}; add"
    with pytest.raises(ValueError, match=message):
        function(np.ones(shape))


@all_pools
@pytest.mark.parametrize(
    ("pool_size", "padding", "got", "side"),
    [(2, 2, 2, 2), (3, 4, 4, 3), ((2, 3), 2, 2, 2), ((3, 2), ((0, 0), (0, 2)), 2, 2)],
)
def test_refuses_padding_as_wide_as_the_window(function, pool_size, padding, got, side):
    message = rf"^expected padding of less than {side}, the side of the window, got {got}"
    with pytest.raises(ValueError, match=message):
        function(np.ones((4, 4)), pool_size, 1, padding)


@all_pools
@pytest.mark.parametrize(("pool_size", "small", "large"), [((5, 2), 4, 5), ((2, 7), 6, 7)])
def test_refuses_a_window_larger_than_the_image(function, pool_size, small, large):
    with pytest.raises(
        ValueError, match=f"expected at least {large} pixels, the side of the filter, got {small}"
    ):
        function(np.ones((4, 6)), pool_size)


@all_pools
@pytest.mark.parametrize(
    ("wrong", "exception", "message"),
    [
        (
            {"pool_size": 1.5},
            TypeError,
            r"^expected a whole number or a pair of them for pool_size, got 1\.5",
        ),
        ({"pool_size": 0}, ValueError, r"^expected at least 1 for pool_size, got 0"),
        (
            {"stride": (1, 2, 3)},
            TypeError,
            r"^expected a whole number or a pair of them for stride, got \(1, 2, 3\)",
        ),
        ({"stride": 0}, ValueError, r"^expected at least 1 for stride, got 0"),
        ({"padding": "full"}, ValueError, r'^expected "valid", "same", .* for padding, got "full"'),
        ({"padding": 0.5}, TypeError, r"^expected a whole number or \(\(top, bottom\), .* got 0\.5"),
        ({"padding": -1}, ValueError, r"^expected at least 0 for padding, got -1"),
    ],
    ids=str,
)
def test_refuses_another_window_stride_or_padding(function, wrong, exception, message):
    with pytest.raises(exception, match=message):
        function(np.ones((4, 4)), **wrong)


def upstream(forward, case):
    """Draw a gradient for a case's output: whole numbers, whose sums do not round, in x's floating type."""
    x, *setting = case
    output = forward(x, *setting)
    dtype = output.dtype if np.issubdtype(output.dtype, np.inexact) else np.float64
    return numbers(np.random.default_rng(output.size), output.shape, "whole").astype(dtype)


def gradient_by_tensorflow(forward, grad_output, x, pool_size, stride, padding):
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    operation = {max_pool2d: tf.nn.max_pool2d, average_pool2d: tf.nn.avg_pool2d}[forward]
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = operation(x, pool_size, pool_size if stride is None else stride, padding.upper())
    return tape.gradient(output, x, output_gradients=tf.constant(grad_output)).numpy()


def without_ties(case):
    """Replace the case's numbers by ones that all differ, at least 1 apart."""
    x, *setting = case
    order = np.random.default_rng(x.size).permutation(x.size).reshape(x.shape)
    return (order.astype(x.dtype), *setting)


@given(square_cases())
def test_max_backward_definition_and_fast_version_agree(case):
    x, *setting = case
    grad_output = upstream(max_pool2d, case)
    expected = map_by_map(max_pool2d_backward_definition, grad_output, x, setting=setting)
    np.testing.assert_array_equal(max_pool2d_backward(grad_output, *case), expected, strict=True)


@given(square_cases())
def test_average_backward_definition_and_fast_version_agree(case):
    x, *setting = case
    grad_output = upstream(average_pool2d, case)
    actual = average_pool2d_backward(grad_output, *case)
    expected = map_by_map(average_pool2d_backward_definition, grad_output, x, setting=setting)
    np.testing.assert_allclose(actual, expected, **rounding(actual.dtype, TERMS), strict=True)


@given(cases())
def test_max_backward_reaches_the_first_largest_pixel_of_the_image_under_each_window(case):
    grad_output = upstream(max_pool2d, case)
    expected = scatter(grad_output, *case, share=False)
    np.testing.assert_array_equal(max_pool2d_backward(grad_output, *case), expected, strict=True)


@given(cases())
def test_average_backward_shares_among_the_pixels_of_the_image_under_each_window(case):
    grad_output = upstream(average_pool2d, case)
    actual = average_pool2d_backward(grad_output, *case)
    expected = scatter(grad_output, *case, share=True)
    np.testing.assert_allclose(actual, expected, **rounding(actual.dtype, TERMS), strict=True)


# Whole numbers from -3 to 3 tie in most windows; on a CPU TensorFlow too takes the first in row order.
@given(cases(KERAS_PADDING, smallest_batch=1, types=("float32", "float64")))
def test_max_backward_agrees_with_tensorflow_ties_included(case):
    grad_output = upstream(max_pool2d, case)
    expected = gradient_by_tensorflow(max_pool2d, grad_output, *case)
    np.testing.assert_array_equal(max_pool2d_backward(grad_output, *case), expected, strict=True)


def test_tensorflow_has_another_rule_for_ties_in_reduce_max():
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    x = tf.constant([0.0, 2.0, 2.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        largest = tf.reduce_max(x)
    np.testing.assert_allclose(tape.gradient(largest, x).numpy(), [0, 1 / 3, 1 / 3, 1 / 3])


@given(cases(KERAS_PADDING, smallest_batch=1, types=("float32", "float64")))
def test_max_backward_agrees_with_tensorflow_without_ties(case):
    case = without_ties(case)
    grad_output = upstream(max_pool2d, case)
    expected = gradient_by_tensorflow(max_pool2d, grad_output, *case)
    np.testing.assert_array_equal(max_pool2d_backward(grad_output, *case), expected, strict=True)


@given(cases(KERAS_PADDING, smallest_batch=1, types=("float32", "float64")))
def test_average_backward_agrees_with_tensorflow(case):
    grad_output = upstream(average_pool2d, case)
    actual = average_pool2d_backward(grad_output, *case)
    expected = gradient_by_tensorflow(average_pool2d, grad_output, *case)
    # Shares of at most 3 instead of 1.
    bound = 3 * rounding(actual.dtype, TERMS)["atol"]
    np.testing.assert_allclose(actual, expected, rtol=0, atol=bound, strict=True)


@all_backwards
@given(case=cases(types=("float64",)))
@settings(max_examples=30)
def test_backward_agrees_with_finite_differences(forward, backward, case):
    case = without_ties(case)
    grad_output = upstream(forward, case)
    x, *setting = case
    expected = finite_differences(lambda x: np.sum(grad_output * forward(x, *setting)), x)
    np.testing.assert_allclose(backward(grad_output, *case), expected, rtol=1e-7, atol=1e-10)


@all_backwards
@given(case=cases(smallest_batch=1))
@settings(max_examples=30)
def test_one_image_goes_back_like_a_batch_of_one(forward, backward, case):
    x, *setting = case
    one = x[0, :, :, 0]
    grad_output = upstream(forward, (one, *setting))
    expected = backward(
        grad_output[np.newaxis, :, :, np.newaxis], one[np.newaxis, :, :, np.newaxis], *setting
    )
    np.testing.assert_array_equal(backward(grad_output, one, *setting), expected[0, :, :, 0], strict=True)


@max_backwards
def test_the_first_of_equal_pixels_in_row_order_takes_the_gradient(backward):
    x = [[0, 2, 7], [2, 2, 0], [7, 7, 7]]
    np.testing.assert_array_equal(backward([[5]], x, 2), [[0, 5, 0], [0, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(backward([[5]], x, 3), [[0, 0, 5], [0, 0, 0], [0, 0, 0]])


@max_backwards
def test_overlapping_windows_add_up_at_a_common_winner(backward):
    x = [[0, 0, 0], [0, 9, 0], [0, 0, 0]]
    np.testing.assert_array_equal(backward([[1, 2], [4, 8]], x, 2, 1), [[0, 0, 0], [0, 15, 0], [0, 0, 0]])


@average_backwards
def test_overlapping_windows_add_up_their_shares(backward):
    expected = np.array([[1, 3, 2], [5, 15, 10], [4, 12, 8]]) / 4
    np.testing.assert_array_equal(backward([[1, 2], [4, 8]], np.zeros((3, 3)), 2, 1), expected)


def test_only_the_images_own_pixels_share_a_gradient():
    gradient = average_pool2d_backward([[6.0]], np.zeros((1, 2)), (3, 2), 1, ((1, 1), (0, 0)))
    np.testing.assert_array_equal(gradient, [[3, 3]])


@pytest.mark.parametrize("smallest", [np.int8(-128), np.float64(-np.inf), np.bool_(False)], ids=repr)
def test_padding_takes_no_gradient_even_from_the_smallest_value_of_a_type(smallest):
    gradient = max_pool2d_backward([[1.0, 2.0], [3.0, 4.0]], np.full((2, 2), smallest), 2, 2, 1)
    np.testing.assert_array_equal(gradient, [[1, 2], [3, 4]])


@all_backwards
@pytest.mark.parametrize(
    ("dtype", "result"), [(np.int8, np.float64), (np.float32, np.float32), (np.float64, np.float64)]
)
def test_the_gradient_has_the_type_of_what_arrives(forward, backward, dtype, result):
    assert backward(np.ones((2, 2), dtype), np.ones((4, 4), np.uint8)).dtype == result


@all_backwards
def test_going_back_changes_no_argument(forward, backward):
    rng = np.random.default_rng(6)
    x, grad_output = rng.uniform(size=(2, 4, 5, 3)), rng.uniform(size=(2, 3, 4, 3))
    copies = x.copy(), grad_output.copy()
    backward(grad_output, x, 2, 1)
    np.testing.assert_array_equal(x, copies[0])
    np.testing.assert_array_equal(grad_output, copies[1])


@all_backwards
@pytest.mark.parametrize(
    ("x_shape", "got", "expected"),
    [
        ((4, 4), (3, 3), (2, 2)),
        ((4, 4), (1, 2, 2, 1), (2, 2)),
        ((1, 4, 4, 3), (2, 2), (1, 2, 2, 3)),
        ((2, 4, 4, 3), (1, 2, 2, 3), (2, 2, 2, 3)),
    ],
)
def test_refuses_a_gradient_of_another_shape(forward, backward, x_shape, got, expected):
    message = (
        rf"^expected grad_output of shape {re.escape(str(expected))}, the output's, "
        rf"got {re.escape(str(got))}; use"
    )
    with pytest.raises(ValueError, match=message):
        backward(np.ones(got), np.ones(x_shape))


@pytest.mark.filterwarnings("ignore:invalid value")
@given(SEEDS, st.sampled_from([(2, 2), (3, 1), (3, 2)]))
def test_infinite_gradients_reach_the_winners_alone(seed, setting):
    rng = np.random.default_rng(seed)
    x = rng.integers(-3, 3, (2, 7, 7, 2)).astype(float)
    grad_output = rng.choice([np.inf, -np.inf, -1.0, 2.0], max_pool2d(x, *setting).shape)
    fast = max_pool2d_backward(grad_output, x, *setting)
    by_definition = map_by_map(max_pool2d_backward_definition, grad_output, x, setting=setting)
    np.testing.assert_array_equal(fast, by_definition)
    np.testing.assert_array_equal(np.signbit(fast), np.signbit(by_definition))


@st.composite
def maps(draw, types=("int64", "float32", "float64"), smallest_batch=0):
    rng = np.random.default_rng(draw(SEEDS))
    shape = tuple(draw(st.integers(least, 5)) for least in (smallest_batch, 1, 1, 1))
    return numbers(rng, shape, "whole").astype(draw(st.sampled_from(types)))


@given(maps(smallest_batch=1))
def test_global_average_is_an_average_of_one_window_as_large_as_the_map(x):
    actual, expected = global_average_pool2d(x), average_pool2d(x, x.shape[1:3])[:, 0, 0]
    np.testing.assert_allclose(actual, expected, **rounding(actual.dtype, x[0, ..., 0].size), strict=True)


@given(maps(types=("float32", "float64"), smallest_batch=1))
def test_global_average_and_its_gradient_agree_with_keras_and_tensorflow(x):
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    layer, images = keras.layers.GlobalAveragePooling2D(dtype=x.dtype.name), tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(images)
        averages = layer(images)
    grad_output = upstream(global_average_pool2d, (x,))
    expected = tape.gradient(averages, images, output_gradients=tf.constant(grad_output))
    bound = 3 * rounding(x.dtype, x[0, ..., 0].size)["atol"]
    actual = global_average_pool2d(x), global_average_pool2d_backward(grad_output, x)
    for ours, theirs in zip(actual, (averages, expected), strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=bound, strict=True)


@given(maps(types=("float64",)))
@settings(max_examples=30)
def test_the_gradient_of_a_global_average_agrees_with_finite_differences(x):
    grad_output = upstream(global_average_pool2d, (x,))
    expected = finite_differences(lambda x: np.sum(grad_output * global_average_pool2d(x)), x)
    actual = global_average_pool2d_backward(grad_output, x)
    np.testing.assert_allclose(actual, expected, rtol=1e-7, atol=1e-10, strict=True)


def test_a_global_average_by_hand():
    x = np.array([[1, 2, 3], [4, 5, 9]], np.uint8)[np.newaxis, :, :, np.newaxis]
    np.testing.assert_array_equal(global_average_pool2d(x), [[4.0]], strict=True)
    gradient = global_average_pool2d_backward([[12]], x)
    np.testing.assert_array_equal(gradient, np.full(x.shape, 2.0), strict=True)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 3), (1, 0, 4, 3)])
@pytest.mark.parametrize(
    "function", [global_average_pool2d, lambda x: global_average_pool2d_backward([[1]], x)]
)
def test_a_global_average_needs_a_batch_of_maps(function, shape):
    message = rf"^expected feature maps \(N, H, W, C\) .* got shape {re.escape(str(shape))}; add an axis"
    with pytest.raises(ValueError, match=message):
        function(np.ones(shape))


def test_refuses_a_gradient_that_is_not_one_number_for_each_channel():
    message = r"^expected grad_output of shape \(2, 3\), the output's, got \(2, 4, 4, 3\); hand over"
    with pytest.raises(ValueError, match=message):
        global_average_pool2d_backward(np.ones((2, 4, 4, 3)), np.ones((2, 4, 4, 3)))
