"""Convolution without shared weights: definition = fast version = conv2d where they are shared."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import SEEDS, filter_sides, finite_differences, numbers, paddings, rounding

from helpers.reference.conv2d import conv2d, conv2d_backward
from helpers.reference.geometry import layout
from helpers.reference.unshared import unshared_conv2d, unshared_conv2d_backward, unshared_conv2d_definition


@st.composite
def cases(draw):
    """Draw images, filters for each place, biases, a padding and a gradient of the output."""
    rng = np.random.default_rng(draw(SEEDS))
    image_sides, padding = draw(st.tuples(st.integers(1, 5), st.integers(1, 5))), draw(paddings(2))
    sides = draw(filter_sides(image_sides, padding, largest=3))
    _, _, places = layout(image_sides, sides, padding, 1)
    images, channels, filters = draw(st.tuples(*[st.integers(1, 3)] * 3))
    kind = draw(st.sampled_from(["whole", "floats"]))
    x = numbers(rng, (images, *image_sides, channels), kind)
    kernel = numbers(rng, (*places, *sides, channels, filters), kind)
    bias, grad_output = (numbers(rng, (*some, *places, filters), kind) for some in ((), (images,)))
    return x, kernel, bias, padding, grad_output


@given(cases())
def test_definition_and_fast_version_agree(case):
    *arguments, _ = case
    actual, expected = unshared_conv2d(*arguments), unshared_conv2d_definition(*arguments)
    np.testing.assert_allclose(actual, expected, **rounding("float64", 28), strict=True)


@given(cases())
def test_with_the_same_filters_everywhere_it_is_a_convolution(case):
    x, kernel, bias, padding, grad_output = case
    shared, same_bias = kernel[0, 0], bias[0, 0]
    kernel, bias = np.broadcast_to(shared, kernel.shape), np.broadcast_to(same_bias, bias.shape)
    look = rounding("float64", 28)
    actual, expected = unshared_conv2d(x, kernel, bias, padding), conv2d(x, shared, same_bias, padding)
    np.testing.assert_allclose(actual, expected, **look)
    grad_x, grad_kernel, grad_bias = unshared_conv2d_backward(grad_output, x, kernel, padding)
    sums = grad_x, grad_kernel.sum(axis=(0, 1)), grad_bias.sum(axis=(0, 1))
    for ours, theirs in zip(sums, conv2d_backward(grad_output, x, shared, padding), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


@given(cases())
@settings(max_examples=20)
def test_gradients_agree_with_finite_differences(case):
    x, kernel, bias, padding, grad_output = (
        value.astype(float) if isinstance(value, np.ndarray) else value for value in case
    )
    losses = [
        lambda x: np.sum(grad_output * unshared_conv2d(x, kernel, bias, padding)),
        lambda kernel: np.sum(grad_output * unshared_conv2d(x, kernel, bias, padding)),
        lambda bias: np.sum(grad_output * unshared_conv2d(x, kernel, bias, padding)),
    ]
    gradients = unshared_conv2d_backward(grad_output, x, kernel, padding)
    for loss, array, gradient in zip(losses, (x, kernel, bias), gradients, strict=True):
        np.testing.assert_allclose(gradient, finite_differences(loss, array), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 2, 3, 3, 1), r"^expected images \(N, H, W, C\) and filters \(d_h, d_w, f_h, f_w, C, K\)"),
        ((2, 2, 3, 3, 2, 1), r"^expected images .* got shapes \(1, 4, 4, 1\) and \(2, 2, 3, 3, 2, 1\)"),
        ((3, 2, 3, 3, 1, 1), r"^expected filters for \(2, 2\) places, got some for \(3, 2\)"),
    ],
)
def test_refuses_filters_that_do_not_fit(shape, message):
    with pytest.raises(ValueError, match=message):
        unshared_conv2d(np.ones((1, 4, 4, 1)), np.ones(shape), np.zeros((2, 2, 1)))
