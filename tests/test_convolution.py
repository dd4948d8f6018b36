"""Cross-correlation and convolution: definition = fast version = SciPy = TensorFlow, over random cases."""

import numpy as np
import pytest
import scipy.signal
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
from helpers.reference.conv2d import conv2d, conv2d_backward, conv2d_backward_definition, conv2d_definition
from helpers.reference.convolution import (
    chapter_weight_gradient,
    convolution_matrix,
    convolve2d,
    convolve2d_backward,
    cross_correlate2d,
    cross_correlate2d_backward,
)
from helpers.reference.geometry import resolve_padding
from helpers.reference.gradient_check import numerical_gradient, relative_error

on_one_image = pytest.mark.parametrize("function", [cross_correlate2d, convolve2d])
with_gradient = pytest.mark.parametrize(
    ("forward", "backward"),
    [(cross_correlate2d, cross_correlate2d_backward), (convolve2d, convolve2d_backward)],
)
on_batches = pytest.mark.parametrize("function", [conv2d_definition, conv2d])
on_batches_backwards = pytest.mark.parametrize("backward", [conv2d_backward_definition, conv2d_backward])
KINDS = st.sampled_from(["whole", "floats"])
ANY_PADDING = paddings(3)
# The largest filter below is 4 x 4 with 4 channels, and one bias.
TERMS = 4 * 4 * 4 + 1


@st.composite
def single_cases(draw):
    """Draw an image, a filter, a padding in numbers and a stride."""
    rng = np.random.default_rng(draw(SEEDS))
    kind = draw(KINDS)
    image_sides = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    padding = draw(paddings(2).filter(lambda padding: padding != "same"))
    kernel_sides = draw(filter_sides(image_sides, padding))
    return numbers(rng, image_sides, kind), numbers(rng, kernel_sides, kind), padding, draw(STRIDES)


@st.composite
def plain_cases(draw):
    """Draw an image and a filter that fits on it, for stride 1 without padding."""
    rng = np.random.default_rng(draw(SEEDS))
    kind = draw(KINDS)
    image_sides = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    kernel_sides = draw(filter_sides(image_sides, "valid"))
    return numbers(rng, image_sides, kind), numbers(rng, kernel_sides, kind)


@st.composite
def batch_cases(draw, smallest_batch=0, kinds_of_padding=ANY_PADDING):
    """Draw images, filters, a bias or none, a padding and a stride."""
    rng = np.random.default_rng(draw(SEEDS))
    kind = draw(KINDS)
    image_sides = draw(st.tuples(st.integers(1, 8), st.integers(1, 8)))
    padding = draw(kinds_of_padding)
    kernel_sides = draw(filter_sides(image_sides, padding))
    batch, channels, filters = (
        draw(st.integers(smallest_batch, 3)),
        *draw(st.tuples(*[st.integers(1, 4)] * 2)),
    )
    x = numbers(rng, (batch, *image_sides, channels), kind)
    kernel = numbers(rng, (*kernel_sides, channels, filters), kind)
    bias = numbers(rng, filters, kind) if draw(st.booleans()) else None
    return x, kernel, bias, padding, draw(STRIDES)


def assert_same_sums(actual, expected, terms=TERMS):
    """Whole numbers must be equal; floats may differ by the order of the sum."""
    assert actual.dtype == expected.dtype
    if np.issubdtype(actual.dtype, np.integer):
        np.testing.assert_array_equal(actual, expected)
    else:
        np.testing.assert_allclose(actual, expected, **rounding(actual.dtype, terms))


def by_scipy(function, image, kernel, padding, stride):
    """Pad by hand, let SciPy visit every position and keep those of the stride."""
    (top, bottom), (left, right) = as_edges(padding)
    height, width = image.shape
    padded = np.zeros((top + height + bottom, left + width + right), image.dtype)
    padded[top : top + height, left : left + width] = image
    down, across = as_pair(stride)
    # SciPy would slide the image over a larger filter; here every filter fits on its image.
    return function(padded, kernel, mode="valid")[::down, ::across]


def by_tensorflow(x, kernel, bias, padding, stride, dtype):
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    padding = padding.upper() if isinstance(padding, str) else [(0, 0), *as_edges(padding), (0, 0)]
    down, right = as_pair(stride)
    x, kernel = tf.constant(x, dtype), tf.constant(kernel, dtype)
    output = tf.nn.conv2d(x, kernel, [1, down, right, 1], padding)
    return (output if bias is None else tf.nn.bias_add(output, tf.constant(bias, dtype))).numpy()


@given(single_cases())
def test_cross_correlation_is_scipys(case):
    assert_same_sums(cross_correlate2d(*case), by_scipy(scipy.signal.correlate2d, *case), terms=16)


@given(single_cases())
def test_convolution_is_scipys(case):
    assert_same_sums(convolve2d(*case), by_scipy(scipy.signal.convolve2d, *case), terms=16)


def test_convolution_is_not_cross_correlation():
    image, kernel = [[1, 2], [3, 4]], [[5, 6], [7, 8]]
    # By hand: 1*5 + 2*6 + 3*7 + 4*8, and with the filter turned by half a turn 1*8 + 2*7 + 3*6 + 4*5.
    assert cross_correlate2d(image, kernel) == [[70]]
    assert convolve2d(image, kernel) == [[60]]


@given(batch_cases())
def test_definition_and_fast_version_agree(case):
    assert_same_sums(conv2d(*case), conv2d_definition(*case))


# TensorFlow 2.21 returns an empty batch with the sides of the input: batches start at 1 here.
@given(batch_cases(smallest_batch=1))
def test_agrees_with_tensorflow_in_float64(case):
    x, kernel, bias, padding, stride = case
    actual = conv2d(x.astype(np.float64), kernel, bias, padding, stride)
    assert_same_sums(actual, by_tensorflow(*case, np.float64))


@given(batch_cases(smallest_batch=1))
def test_agrees_with_tensorflow_in_float32(case):
    x, kernel, bias, padding, stride = case
    bias32 = None if bias is None else bias.astype(np.float32)
    actual = conv2d(x.astype(np.float32), kernel.astype(np.float32), bias32, padding, stride)
    # TensorFlow 2.21 itself errs in float32: on 2 x 3 pixels with a 1 x 2 filter and stride (1, 2), for one.
    assert_same_sums(actual, by_tensorflow(*case, np.float64).astype(np.float32))


def test_a_case_that_tensorflow_gets_wrong_in_float32():
    x = np.array([[2, 1, 0], [-2, -1, -3]], np.float32).reshape(1, 2, 3, 1)
    kernel = np.array([0, 1], np.float32).reshape(1, 2, 1, 1)
    np.testing.assert_array_equal(conv2d(x, kernel, stride=(1, 2)).ravel(), [1, -1])


@given(batch_cases(smallest_batch=1, kinds_of_padding=st.sampled_from(["valid", "same"])))
@settings(max_examples=40)
def test_agrees_with_the_layer_of_keras(case):
    from helpers.keras_backend import keras

    x, kernel, bias, padding, stride = case
    bias = np.zeros(kernel.shape[3]) if bias is None else bias
    layer = keras.layers.Conv2D(kernel.shape[3], kernel.shape[:2], stride, padding, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([kernel, bias])
    expected = layer(x.astype(np.float64)).numpy()
    assert_same_sums(conv2d(x.astype(np.float64), *layer.get_weights(), padding, stride), expected)


@given(single_cases())
def test_one_channel_and_one_filter_are_the_cross_correlation(case):
    image, kernel, padding, stride = case
    batch = conv2d(
        image[np.newaxis, :, :, np.newaxis], kernel[:, :, np.newaxis, np.newaxis], None, padding, stride
    )
    assert_same_sums(batch[0, :, :, 0], cross_correlate2d(image, kernel, padding, stride), terms=16)


@on_one_image
@pytest.mark.parametrize("stride", [1, (2, 3)])
def test_same_padding_on_one_image(function, stride):
    rng = np.random.default_rng(1)
    image, kernel = rng.integers(-9, 9, (7, 8)), rng.integers(-9, 9, (4, 3))
    padding = resolve_padding("same", (7, 8), (4, 3), as_pair(stride))
    np.testing.assert_array_equal(
        function(image, kernel, "same", stride), function(image, kernel, padding, stride)
    )


@pytest.mark.parametrize("function", [cross_correlate2d, conv2d_definition, conv2d])
def test_figure_3_3(function):
    image, kernel = chapter.FIGURE_3_2_INPUT, chapter.FIGURE_3_3_FILTER
    if function is not cross_correlate2d:
        image, kernel = image[np.newaxis, :, :, np.newaxis], kernel[:, :, np.newaxis, np.newaxis]
    output = function(image, kernel, padding=chapter.FIGURE_3_3_PADDING, stride=chapter.FIGURE_3_3_STRIDE)
    np.testing.assert_array_equal(np.squeeze(output), chapter.FIGURE_3_3_OUTPUT)


@on_batches
def test_bias_is_added_to_its_own_feature_map(function):
    x, kernel, bias = np.ones((2, 3, 3, 1)), np.ones((2, 2, 1, 3)), np.array([0, 10, 200])
    output = function(x, kernel, bias)
    np.testing.assert_array_equal(output, np.broadcast_to([4, 14, 204], (2, 2, 2, 3)))


@on_batches
def test_a_fractional_bias_on_whole_numbers_keeps_its_fraction(function):
    output = function(np.ones((1, 2, 2, 1), int), np.ones((2, 2, 1, 1), int), [0.5])
    assert output.dtype == np.float64
    assert output.item() == 4.5


@on_batches
def test_an_empty_batch_gives_empty_feature_maps(function):
    assert function(np.ones((0, 5, 6, 2)), np.ones((2, 3, 2, 4)), stride=(2, 1)).shape == (0, 2, 4, 4)


@on_one_image
def test_pixels_of_one_image_do_not_overflow(function):
    output = function(np.full((2, 2), 255, np.uint8), np.full((2, 2), 255, np.uint8))
    assert output.item() == 4 * 255 * 255


@on_batches
def test_pixels_of_a_batch_do_not_overflow(function):
    output = function(np.full((1, 2, 2, 1), 255, np.uint8), np.full((2, 2, 1, 1), 255, np.uint8))
    assert output.item() == 4 * 255 * 255


of_each_type = pytest.mark.parametrize(
    ("image", "kernel", "result"),
    [
        (bool, np.uint8, np.int64),
        (np.uint8, np.int8, np.int64),
        (np.int32, np.int32, np.int64),
        (np.uint8, np.float32, np.float32),
        (np.float32, np.float32, np.float32),
        (np.float32, np.float64, np.float64),
        (np.int64, np.float64, np.float64),
    ],
)


@on_one_image
@of_each_type
def test_type_of_one_image(function, image, kernel, result):
    assert function(np.ones((3, 3), image), np.ones((2, 2), kernel)).dtype == result


@on_batches
@of_each_type
def test_type_of_a_batch(function, image, kernel, result):
    assert function(np.ones((1, 3, 3, 2), image), np.ones((2, 2, 2, 1), kernel)).dtype == result


@on_one_image
def test_one_image_and_its_filter_are_not_changed(function):
    image, kernel = np.arange(9.0).reshape(3, 3), np.arange(4.0).reshape(2, 2)
    function(image, kernel)
    np.testing.assert_array_equal(image, np.arange(9.0).reshape(3, 3))
    np.testing.assert_array_equal(kernel, np.arange(4.0).reshape(2, 2))


@on_batches
def test_a_batch_its_filters_and_bias_are_not_changed(function):
    rng = np.random.default_rng(2)
    arguments = [rng.uniform(size=shape) for shape in [(2, 3, 4, 2), (2, 2, 2, 3), (3,)]]
    copies = [argument.copy() for argument in arguments]
    function(*arguments)
    for argument, copy in zip(arguments, copies, strict=True):
        np.testing.assert_array_equal(argument, copy)


@on_one_image
@pytest.mark.parametrize("shapes", [((4,), (2, 2)), ((4, 4), (2,)), ((1, 4, 4, 1), (2, 2, 1, 1))])
def test_one_image_refuses_another_number_of_axes(function, shapes):
    image, kernel = map(np.ones, shapes)
    with pytest.raises(
        ValueError, match=r"^expected an image \(H, W\) and a filter \(f_h, f_w\), got shapes"
    ) as caught:
        function(image, kernel)
    assert f"got shapes {shapes[0]} and {shapes[1]}; use conv2d" in str(caught.value)


@on_batches
@pytest.mark.parametrize(
    "shapes",
    [((4, 4), (2, 2)), ((1, 4, 4), (2, 2, 1, 1)), ((1, 4, 4, 1), (2, 2, 1)), ((1, 4, 4, 3), (2, 2, 1, 3))],
    ids=["one image", "no channels", "no filters", "other channels"],
)
def test_a_batch_refuses_shapes_that_do_not_belong_together(function, shapes):
    x, kernel = map(np.ones, shapes)
    with pytest.raises(
        ValueError, match=r"^expected images \(N, H, W, C\) and filters \(f_h, f_w, C, K\)"
    ) as caught:
        function(x, kernel)
    assert f"got shapes {shapes[0]} and {shapes[1]}; put channels last" in str(caught.value)


@on_batches
@pytest.mark.parametrize("bias", [1.0, np.ones(2), np.ones((1, 3))], ids=["number", "short", "2-D"])
def test_refuses_a_bias_of_another_shape(function, bias):
    with pytest.raises(
        ValueError, match=r"^expected a bias of shape \(3,\), one number per filter"
    ) as caught:
        function(np.ones((1, 4, 4, 1)), np.ones((2, 2, 1, 3)), bias)
    assert f"got {np.shape(bias)}; leave it out" in str(caught.value)


@on_one_image
@pytest.mark.parametrize(("sides", "large", "small"), [((5, 2), 5, 4), ((2, 7), 7, 6)])
def test_one_image_refuses_a_filter_larger_than_the_padded_image(function, sides, large, small):
    with pytest.raises(
        ValueError, match=f"expected at least {large} pixels, the side of the filter, got {small}"
    ):
        function(np.ones((2, 4)), np.ones(sides), padding=1)


@on_batches
@pytest.mark.parametrize(("sides", "large", "small"), [((5, 2), 5, 4), ((2, 7), 7, 6)])
def test_a_batch_refuses_a_filter_larger_than_the_padded_image(function, sides, large, small):
    with pytest.raises(
        ValueError, match=f"expected at least {large} pixels, the side of the filter, got {small}"
    ):
        function(np.ones((1, 2, 4, 1)), np.ones((*sides, 1, 1)), padding=1)


@on_batches
@pytest.mark.parametrize(
    ("wrong", "exception", "message"),
    [
        ({"stride": 1.5}, TypeError, r"^expected a whole number or a pair of them for stride, got 1\.5"),
        ({"stride": (1, 0)}, ValueError, r"^expected at least 1 for stride, got 0"),
        ({"padding": "full"}, ValueError, r'^expected "valid", "same", .* for padding, got "full"'),
        ({"padding": (1, 2)}, TypeError, r"^expected a whole number or \(\(top, bottom\), .* got \(1, 2\)"),
        ({"padding": -1}, ValueError, r"^expected at least 0 for padding, got -1"),
    ],
    ids=str,
)
def test_refuses_another_stride_or_padding(function, wrong, exception, message):
    with pytest.raises(exception, match=message):
        function(np.ones((1, 4, 4, 1)), np.ones((2, 2, 1, 1)), **wrong)


def upstream(output):
    return numbers(np.random.default_rng(output.size), output.shape, "whole")


@with_gradient
@given(case=plain_cases())
@settings(max_examples=60)
def test_gradients_agree_with_finite_differences(forward, backward, case):
    image, kernel = case
    grad_output = upstream(forward(*case))
    grad_image, grad_kernel = backward(grad_output, *case)
    by_image = finite_differences(lambda a: np.sum(grad_output * forward(a, kernel)), image)
    by_kernel = finite_differences(lambda w: np.sum(grad_output * forward(image, w)), kernel)
    np.testing.assert_allclose(grad_image, by_image, rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(grad_kernel, by_kernel, rtol=1e-7, atol=1e-10)


@given(plain_cases())
def test_gradients_agree_with_tensorflow(case):
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    image, kernel = case
    grad_output = upstream(cross_correlate2d(*case))
    x, w = (tf.constant(array, tf.float64) for array in (image, kernel))
    with tf.GradientTape() as tape:
        tape.watch((x, w))
        batch, filters = x[tf.newaxis, :, :, tf.newaxis], w[:, :, tf.newaxis, tf.newaxis]
        output = tf.nn.conv2d(batch, filters, 1, "VALID")
        loss = tf.reduce_sum(output[0, :, :, 0] * grad_output)
    for actual, expected in zip(
        cross_correlate2d_backward(grad_output, *case), tape.gradient(loss, (x, w)), strict=True
    ):
        # Up to 7 x 7 terms of at most 3 * 3.
        np.testing.assert_allclose(actual, expected.numpy(), rtol=0, atol=9 * 49**2 * np.finfo(float).eps)


@given(plain_cases())
def test_the_gradients_are_correlations_of_scipys(case):
    image, kernel = case
    grad_output = upstream(cross_correlate2d(*case))
    grad_image, grad_kernel = cross_correlate2d_backward(grad_output, *case)
    by_scipy = scipy.signal.convolve2d(grad_output, kernel)
    np.testing.assert_allclose(grad_image, by_scipy, rtol=0, atol=1e-12)
    by_scipy = scipy.signal.correlate2d(image, grad_output, mode="valid")
    np.testing.assert_allclose(grad_kernel, by_scipy, rtol=0, atol=1e-12)


@given(single_cases())
def test_the_matrix_does_what_the_filter_does(case):
    image, kernel, padding, stride = case
    output = cross_correlate2d(*case)
    matrix = convolution_matrix(kernel, image.shape, padding, stride)
    assert matrix.shape == (output.size, image.size)
    assert_same_sums((matrix @ image.ravel()).reshape(output.shape), output, terms=image.size)


@given(single_cases())
def test_the_transposed_matrix_carries_the_gradient_back(case):
    image, kernel, padding, stride = case
    grad_output = upstream(cross_correlate2d(*case))
    matrix = convolution_matrix(kernel, image.shape, padding, stride)
    grad_image, _, _ = conv2d_backward(
        grad_output[np.newaxis, :, :, np.newaxis],
        image[np.newaxis, :, :, np.newaxis],
        kernel[:, :, np.newaxis, np.newaxis],
        padding,
        stride,
    )
    np.testing.assert_allclose(matrix.T @ grad_output.ravel(), grad_image.ravel(), rtol=0, atol=1e-12)


def test_the_matrix_of_figure_3_6():
    # The filter of equation 3.2 is flipped: o11 = w22 a11 + w21 a12 + w12 a21 + w11 a22.
    np.testing.assert_array_equal(
        convolution_matrix(np.flip([[11, 12], [21, 22]]), (3, 3)),
        [
            [22, 21, 0, 12, 11, 0, 0, 0, 0],
            [0, 22, 21, 0, 12, 11, 0, 0, 0],
            [0, 0, 0, 22, 21, 0, 12, 11, 0],
            [0, 0, 0, 0, 22, 21, 0, 12, 11],
        ],
    )


def test_the_matrix_keeps_the_filters_type():
    assert convolution_matrix(np.ones((2, 2), np.float32), (3, 3)).dtype == np.float32


def test_the_weight_gradient_pairs_each_delta_with_the_input_under_the_weight():
    image, delta = np.arange(1, 10).reshape(3, 3), [[1, 10], [100, 1000]]
    _, grad_kernel = convolve2d_backward(delta, image, np.zeros((2, 2)))
    # dL/dw_mn = sum over i, j of delta_ij a_(i+k-m)(j+k-n), with k = 2: under w11 lie a22, a23, a32, a33.
    np.testing.assert_array_equal(grad_kernel, [[9865, 8754], [6532, 5421]])


@given(SEEDS)
def test_the_printed_sums_are_right_where_the_output_has_the_filters_side(seed):
    rng = np.random.default_rng(seed)
    image, delta = rng.uniform(-1, 1, (3, 3)), rng.uniform(-1, 1, (2, 2))
    printed = chapter_weight_gradient(delta, image, 2)
    _, correlation = cross_correlate2d_backward(delta, image, np.zeros((2, 2)))
    _, convolution = convolve2d_backward(delta, image, np.zeros((2, 2)))
    np.testing.assert_allclose(printed, correlation, rtol=0, atol=1e-14)
    np.testing.assert_allclose(np.flip(printed), convolution, rtol=0, atol=1e-14)


def test_the_printed_sums_leave_out_what_lies_beyond_k():
    image, delta = np.ones((4, 4)), np.ones((3, 3))
    np.testing.assert_array_equal(chapter_weight_gradient(delta, image, 2), np.full((2, 2), 4))
    _, right = cross_correlate2d_backward(delta, image, np.ones((2, 2)))
    np.testing.assert_array_equal(right, np.full((2, 2), 9))


def test_the_printed_sums_ask_for_more_than_a_small_output_has():
    with pytest.raises(
        ValueError, match=r"at least \(2, 2\), since the printed sums run to k = 2, got \(1, 1\)"
    ):
        chapter_weight_gradient([[1]], [[1, 2], [3, 4]], 2)


@with_gradient
def test_going_back_refuses_a_gradient_of_another_shape(forward, backward):
    with pytest.raises(
        ValueError, match=r"^expected grad_output of shape \(2, 2\), the output's, got \(3, 3\)"
    ):
        backward(np.ones((3, 3)), np.ones((3, 3)), np.ones((2, 2)))


@with_gradient
def test_going_back_changes_no_argument(forward, backward):
    arguments = [np.random.default_rng(7).uniform(size=shape) for shape in ((2, 2), (3, 3), (2, 2))]
    copies = [argument.copy() for argument in arguments]
    backward(*arguments)
    for argument, copy in zip(arguments, copies, strict=True):
        np.testing.assert_array_equal(argument, copy)


def test_the_matrix_refuses_a_filter_with_channels():
    with pytest.raises(ValueError, match=r"expected an image \(H, W\) and a filter"):
        convolution_matrix(np.ones((2, 2, 1)), (3, 3))


# A weight's gradient sums over up to 3 images of 14 x 14 outputs, of numbers of at most 3.
GRADIENT_ROUNDING = {"rtol": 0, "atol": 9 * (3 * 14 * 14) ** 2 * np.finfo(np.float64).eps}


@given(batch_cases())
def test_backward_definition_and_fast_version_agree(case):
    x, kernel, bias, *setting = case
    grad_output = upstream(conv2d(x, kernel, bias, *setting))
    fast = conv2d_backward(grad_output, x, kernel, *setting)
    by_definition = conv2d_backward_definition(grad_output, x, kernel, *setting)
    for actual, expected in zip(fast, by_definition, strict=True):
        assert actual.dtype == expected.dtype
        np.testing.assert_allclose(actual, expected, **GRADIENT_ROUNDING, strict=True)


def assert_gradients_are_those_of_differences(x, kernel, padding, stride):
    rng = np.random.default_rng(x.size)
    x, kernel = x.astype(np.float64), kernel.astype(np.float64)
    arguments = [x, kernel, np.zeros(kernel.shape[3])]
    grad_output = rng.uniform(-1, 1, conv2d(*arguments, padding, stride).shape)
    for place, gradient in enumerate(conv2d_backward(grad_output, x, kernel, padding, stride)):

        def loss(array, place=place):
            changed = [*arguments[:place], array, *arguments[place + 1 :]]
            return np.sum(grad_output * conv2d(*changed, padding, stride))

        assert relative_error(gradient, numerical_gradient(loss, arguments[place])) < 1e-7


@pytest.mark.parametrize("stride", [1, 2, (1, 3), (3, 2)])
@pytest.mark.parametrize("padding", ["valid", "same", 1, 4, ((0, 2), (3, 1)), ((1, 0), (0, 0))], ids=str)
@pytest.mark.parametrize("kernel", [(1, 1, 1, 1), (3, 3, 2, 3), (2, 4, 3, 1), (5, 1, 1, 2)], ids=str)
def test_gradients_of_a_batch_agree_with_finite_differences(kernel, padding, stride):
    rng = np.random.default_rng(8)
    x = rng.uniform(-1, 1, (2, 6, 5, kernel[2]))
    assert_gradients_are_those_of_differences(x, rng.uniform(-1, 1, kernel), padding, stride)


@given(batch_cases(smallest_batch=1))
@settings(max_examples=60)
def test_gradients_of_random_batches_agree_with_finite_differences(case):
    x, kernel, _, padding, stride = case
    assert_gradients_are_those_of_differences(x, kernel, padding, stride)


@given(batch_cases(smallest_batch=1))
def test_gradients_of_a_batch_agree_with_tensorflow(case):
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    x, kernel, _, padding, stride = case
    output = conv2d(*case)
    grad_output = upstream(output)
    edges = padding.upper() if isinstance(padding, str) else [(0, 0), *as_edges(padding), (0, 0)]
    variables = [tf.constant(array, tf.float64) for array in (x, kernel, np.zeros(kernel.shape[3]))]
    with tf.GradientTape() as tape:
        tape.watch(variables)
        images, filters, bias = variables
        maps = tf.nn.bias_add(tf.nn.conv2d(images, filters, [1, *as_pair(stride), 1], edges), bias)
        loss = tf.reduce_sum(maps * grad_output)
    gradients = conv2d_backward(grad_output, x, kernel, padding, stride)
    for actual, expected in zip(gradients, tape.gradient(loss, variables), strict=True):
        np.testing.assert_allclose(actual, expected.numpy(), **GRADIENT_ROUNDING)


@on_batches_backwards
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_gradients_of_a_batch_keep_the_type(backward, dtype):
    gradients = backward(
        np.ones((1, 3, 2, 2), dtype), np.ones((1, 4, 4, 1), dtype), np.ones((2, 3, 1, 2), dtype)
    )
    assert [gradient.dtype for gradient in gradients] == [dtype] * 3


@on_batches_backwards
def test_an_empty_batch_has_no_gradient_of_its_weights(backward):
    grad_x, grad_kernel, grad_bias = backward(
        np.ones((0, 3, 2, 4)), np.ones((0, 4, 4, 2)), np.ones((2, 3, 2, 4))
    )
    assert grad_x.shape == (0, 4, 4, 2)
    np.testing.assert_array_equal(grad_kernel, np.zeros((2, 3, 2, 4)))
    np.testing.assert_array_equal(grad_bias, np.zeros(4))


@on_batches_backwards
@pytest.mark.parametrize("shape", [(2, 4, 4, 3), (2, 3, 3, 1), (1, 3, 3, 3), (3, 3)])
def test_gradients_of_a_batch_refuse_another_shape(backward, shape):
    with pytest.raises(
        ValueError, match=r"^expected grad_output of shape \(2, 3, 3, 3\), the output's"
    ) as caught:
        backward(np.ones(shape), np.ones((2, 4, 4, 1)), np.ones((2, 2, 1, 3)))
    assert f"got {shape}; use the padding" in str(caught.value)


@on_batches_backwards
def test_gradients_of_a_batch_refuse_channels_that_do_not_fit(backward):
    with pytest.raises(ValueError, match=r"^expected images \(N, H, W, C\) and filters \(f_h, f_w, C, K\)"):
        backward(np.ones((1, 3, 3, 1)), np.ones((1, 4, 4, 3)), np.ones((2, 2, 1, 1)))


@on_batches_backwards
def test_gradients_of_a_batch_change_no_argument(backward):
    rng = np.random.default_rng(9)
    arguments = [rng.uniform(size=shape) for shape in ((2, 3, 2, 4), (2, 4, 4, 2), (2, 3, 2, 4))]
    copies = [argument.copy() for argument in arguments]
    backward(*arguments)
    for argument, copy in zip(arguments, copies, strict=True):
        np.testing.assert_array_equal(argument, copy)


@pytest.mark.filterwarnings("ignore:invalid value")
@given(SEEDS, st.sampled_from([0, 1, 2, "same"]), STRIDES)
def test_infinity_reaches_the_pixels_under_it_alone(seed, padding, stride):
    rng = np.random.default_rng(seed)
    x, kernel = rng.uniform(-1, 1, (2, 5, 6, 2)), rng.uniform(-1, 1, (3, 2, 2, 3))
    kernel[rng.integers(0, 3), rng.integers(0, 2), 0, 0] = rng.choice([np.inf, -np.inf, np.nan])
    grad_output = rng.uniform(-1, 1, conv2d(x, kernel, None, padding, stride).shape)
    grad_output[0, 0, 0, 1] = np.inf
    for actual, judge in zip(
        conv2d_backward(grad_output, x, kernel, padding, stride),
        conv2d_backward_definition(grad_output, x, kernel, padding, stride),
        strict=True,
    ):
        np.testing.assert_allclose(actual, judge, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("channels", [0, 2])
@pytest.mark.parametrize("filters", [0, 3])
@pytest.mark.parametrize("images", [0, 2])
@pytest.mark.parametrize("stride", [1, 2])
def test_works_without_channels_filters_or_images(images, channels, filters, stride):
    x, kernel = np.ones((images, 4, 5, channels)), np.ones((2, 2, channels, filters))
    output = conv2d(x, kernel, None, "same", stride)
    np.testing.assert_array_equal(output, conv2d_definition(x, kernel, None, "same", stride), strict=True)
    for actual, judge in zip(
        conv2d_backward(np.ones_like(output), x, kernel, "same", stride),
        conv2d_backward_definition(np.ones_like(output), x, kernel, "same", stride),
        strict=True,
    ):
        np.testing.assert_array_equal(actual, judge, strict=True)


def test_the_printed_sums_refuse_a_side_that_is_none():
    with pytest.raises(ValueError, match=r"^expected at least 1 for filter_side, got -1"):
        chapter_weight_gradient(np.ones((2, 2)), np.ones((3, 3)), -1)


def test_the_matrix_refuses_sides_that_are_no_counts():
    with pytest.raises(TypeError, match=r"^expected a whole number for image_sides, got 5\.0"):
        convolution_matrix(np.ones((2, 2)), (5.0, 5))
