"""The chapter's named filters against SciPy, the random ones against Keras's rule."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from strategies import SEEDS, rounding

from helpers.exercises import check
from helpers.reference.filters import (
    SOBEL_X,
    SOBEL_Y,
    filter_image,
    gaussian_filter,
    glorot_uniform,
    mean_filter,
    median_filter,
    neighbour_correlation,
    sobel_magnitude,
)

ODD = st.sampled_from([1, 3, 5, 7])
SIDES = st.tuples(st.integers(1, 9), st.integers(1, 9))


def image(seed, sides):
    return np.random.default_rng(seed).uniform(-1, 1, sides)


@given(seed=SEEDS, sides=SIDES, kernel_sides=st.tuples(ODD, ODD))
def test_any_filter_is_scipys_correlation(seed, sides, kernel_sides):
    x, kernel = image(seed, sides), image(seed + 1, kernel_sides)
    expected = ndimage.correlate(x, kernel, mode="nearest")
    np.testing.assert_allclose(filter_image(x, kernel), expected, **rounding(float, kernel.size))


@given(seed=SEEDS, sides=SIDES, size=ODD)
def test_the_mean_filter_is_scipys(seed, sides, size):
    x = image(seed, sides)
    expected = ndimage.uniform_filter(x, size, mode="nearest")
    # SciPy keeps a running sum along each line, whose rounding grows with the line.
    np.testing.assert_allclose(filter_image(x, mean_filter(size)), expected, **rounding(float, 80))


@given(seed=SEEDS, sides=SIDES, size=ODD, sigma=st.floats(0.3, 5))
def test_the_gaussian_filter_is_scipys_with_the_same_cut(seed, sides, size, sigma):
    x = image(seed, sides)
    expected = ndimage.gaussian_filter(x, sigma, radius=size // 2, mode="nearest")
    result = filter_image(x, gaussian_filter(size, sigma))
    np.testing.assert_allclose(result, expected, **rounding(float, size**2))


def test_a_wide_gaussian_filter_is_a_mean_and_a_narrow_one_changes_nothing():
    np.testing.assert_allclose(gaussian_filter(5, 1e6), mean_filter(5), rtol=1e-9)
    np.testing.assert_array_equal(gaussian_filter(3, 1e-3), [[0, 0, 0], [0, 1, 0], [0, 0, 0]])


@given(seed=SEEDS, sides=SIDES, size=ODD | st.tuples(ODD, ODD))
def test_the_median_filter_is_scipys(seed, sides, size):
    x = image(seed, sides)
    expected = ndimage.median_filter(x, size, mode="nearest")
    np.testing.assert_array_equal(median_filter(x, size), expected)


@given(seed=SEEDS, sides=SIDES)
def test_sobel_is_scipys(seed, sides):
    x = image(seed, sides)
    right, down = (ndimage.sobel(x, axis, mode="nearest") for axis in (1, 0))
    np.testing.assert_allclose(filter_image(x, SOBEL_X), right, **rounding(float, 9))
    np.testing.assert_allclose(filter_image(x, SOBEL_Y), down, **rounding(float, 9))
    np.testing.assert_allclose(sobel_magnitude(x), np.hypot(right, down), **rounding(float, 18))


def test_sobel_grows_where_it_gets_brighter():
    ramp = np.arange(5.0) * np.ones((5, 1))
    assert filter_image(ramp, SOBEL_X)[2, 2] == 8
    assert filter_image(ramp.T, SOBEL_Y)[2, 2] == 8


def test_the_image_is_left_alone_and_pixels_do_not_overflow():
    x = np.full((3, 3), 255, np.uint8)
    np.testing.assert_array_equal(filter_image(x, np.ones((3, 3))), np.full((3, 3), 9 * 255))
    assert x.dtype == np.uint8
    assert (x == 255).all()


@pytest.mark.parametrize("shape", [(5, 5, 1, 16), (3, 3, 32, 64), (2, 7, 3, 500)])
def test_random_filters_fill_the_same_range_as_keras_initial_ones(shape):
    from helpers.keras_backend import keras

    own = glorot_uniform(shape, np.random.default_rng(0))
    theirs = np.asarray(keras.initializers.GlorotUniform(seed=0)(shape))
    # Of n even draws the largest misses the bound by 1/n of it on average; 10/n is beyond chance.
    assert own.shape == shape
    np.testing.assert_allclose(np.abs(own).max(), np.abs(theirs).max(), rtol=20 / own.size)
    # The mean of n draws scatters by bound / sqrt(3n).
    assert abs(own.mean()) < 4 * np.abs(own).max() / np.sqrt(3 * own.size)


def test_random_filters_repeat_with_the_seed():
    first, again, other = (glorot_uniform((3, 3, 1, 2), np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()


def test_neighbours_correlate_as_counted_pair_by_pair():
    kernel = np.random.default_rng(3).normal(size=(3, 4, 2, 2))
    pairs = []
    for i, j, c, k in np.ndindex(kernel.shape):
        for down, right in ((0, 1), (1, 0)):
            if i + down < 3 and j + right < 4:
                pairs.append((kernel[i, j, c, k], kernel[i + down, j + right, c, k]))
    expected = np.corrcoef(np.array(pairs).T)[0, 1]
    np.testing.assert_allclose(neighbour_correlation(kernel), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (lambda: mean_filter(0), ValueError, "expected at least 1 for size, got 0"),
        (lambda: mean_filter(2.5), TypeError, "expected a whole number for size, got 2.5"),
        (lambda: gaussian_filter(4, 1.0), ValueError, "expected an odd number for size, got 4; use 5"),
        (lambda: gaussian_filter(3, 0), ValueError, "expected a number of pixels above 0 for sigma, got 0"),
        (
            lambda: gaussian_filter(3, np.nan),
            ValueError,
            "expected a number of pixels above 0 for sigma, got nan",
        ),
        (lambda: gaussian_filter(3, "1"), TypeError, "expected a number for sigma, got '1'"),
        (
            lambda: filter_image(np.ones((3, 3)), np.ones((2, 3))),
            ValueError,
            "expected an odd number for the filter's side, got 2",
        ),
        (
            lambda: filter_image(np.ones((3, 3, 1)), np.ones((3, 3))),
            ValueError,
            "expected a grey image (H, W)",
        ),
        (lambda: median_filter(np.ones((3, 3)), 4), ValueError, "an odd number for the window's side, got 4"),
        (
            lambda: median_filter(np.ones((3, 3, 1)), 3),
            ValueError,
            "expected a grey image (H, W) for image, got shape (3, 3, 1)",
        ),
        (lambda: glorot_uniform((3, 3, 1), np.random.default_rng(0)), ValueError, "(f_h, f_w, C, K)"),
        (lambda: neighbour_correlation(np.ones((3, 3))), ValueError, "(f_h, f_w, C, K)"),
    ],
)
def test_refuses_what_does_not_fit(call, exception, message):
    with pytest.raises(exception, match=re.escape(message)):
        call()


@pytest.mark.parametrize("kernel", [SOBEL_X, SOBEL_Y])
def test_sobels_weights_are_read_only(kernel):
    with pytest.raises(ValueError, match="read-only"):
        kernel[0, 0] = 1


def my_filter(weights):
    """Return what a reader writes in 3-1b, with these weights."""

    def my_edge_filter():
        return weights

    return my_edge_filter


@pytest.mark.parametrize(
    "weights",
    [
        [[0, 1, 1], [-1, 0, 1], [-1, -1, 0]],
        [[0, 0, 1], [0, 0, 0], [-1, 0, 0]],
        [[0, 0.5, 0], [-0.5, 0, 0.5], [0, -0.5, 0]],
        SOBEL_X - SOBEL_Y,
    ],
)
def test_every_filter_for_falling_edges_is_accepted(weights):
    assert check(my_filter(weights)).state == "right"


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([[0, 9, 9], [0, 0, 9], [0, 0, 0]], "one grey"),
        (SOBEL_Y, "edges that rise"),
        (SOBEL_X + SOBEL_Y, "quarter of a turn"),
        (SOBEL_Y - SOBEL_X, "wrong way round"),
        ([[-2, 1, 1], [1, -2, 1], [1, 1, -2]], "a line"),
        ([0, 0, 0], "three rows"),
    ],
)
def test_what_a_filter_for_falling_edges_lacks_is_said(weights, words):
    verdict = check(my_filter(weights))
    assert verdict.state == "wrong"
    assert words in verdict.sentence
