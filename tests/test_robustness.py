"""Shifts, turns, noise, patches, relative change, against NumPy, SciPy, scikit-image and by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from skimage.util import random_noise
from strategies import SEEDS

from helpers.reference.robustness import add_noise, occlude, relative_change, rotate, salt_and_pepper, shift


@pytest.mark.parametrize("down", range(-4, 5))
@pytest.mark.parametrize("right", range(-6, 7))
def test_shift_is_a_window_of_the_padded_image(down, right):
    image = np.arange(1, 13).reshape(3, 4)
    padded = np.pad(image, 6)
    np.testing.assert_array_equal(
        shift(image, down, right), padded[6 - down : 9 - down, 6 - right : 10 - right]
    )


def test_shift_keeps_the_type_and_the_image():
    image = np.ones((2, 2), np.uint8)
    assert shift(image, 1).dtype == np.uint8
    np.testing.assert_array_equal(image, np.ones((2, 2)))


def test_shift_moves_every_picture_and_channel_of_a_batch():
    images = np.random.default_rng(1).uniform(size=(2, 3, 4, 2))
    moved = shift(images, 1, -2)
    for n, c in np.ndindex(2, 2):
        np.testing.assert_array_equal(moved[n, :, :, c], shift(images[n, :, :, c], 1, -2))


def test_shift_refuses_another_number_of_axes():
    with pytest.raises(ValueError, match=r"\(2, 2, 1\)"):
        shift(np.ones((2, 2, 1)))


def scipys_rotation(images, degrees):
    return ndimage.rotate(images, degrees, axes=(1, 2), reshape=False, order=1)


@given(
    seed=SEEDS,
    sides=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    degrees=st.integers(-72, 72).map(lambda step: 5 * step) | st.floats(-500, 500),
)
def test_rotation_is_scipys(seed, sides, degrees):
    images = np.random.default_rng(seed).uniform(-1, 1, (2, *sides, 3))
    # What comes from the very edge is inside or outside for SciPy as the last bits have it; with zeros there,
    # both are the same.
    images[:, [0, -1]] = images[:, :, [0, -1]] = 0
    np.testing.assert_allclose(rotate(images, degrees), scipys_rotation(images, degrees), rtol=0, atol=1e-8)


@pytest.mark.parametrize("side", [28, 32])
@pytest.mark.parametrize("degrees", range(-180, 181, 5))
def test_rotation_is_scipys_up_to_the_edge(side, degrees):
    images = np.random.default_rng(0).uniform(size=(1, side, side, 1)).astype(np.float32)
    np.testing.assert_allclose(rotate(images, degrees), scipys_rotation(images, degrees), rtol=0, atol=1e-6)


@pytest.mark.parametrize("quarters", range(-4, 5))
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_quarters_of_a_turn_only_move_pixels(quarters, dtype):
    images = np.random.default_rng(0).integers(0, 255, (2, 6, 6, 3)).astype(dtype)
    turned = rotate(images, 90 * quarters)
    np.testing.assert_allclose(turned, np.rot90(images, quarters, axes=(1, 2)), rtol=0, atol=1e-6)
    assert turned.dtype == (np.float32 if dtype is np.float32 else np.float64)
    np.testing.assert_array_equal(rotate(images[0, :, :, 0], 90 * quarters), turned[0, :, :, 0])


@pytest.mark.parametrize(
    ("degrees", "message"),
    [
        (np.nan, "expected a finite number of degrees, got nan; 90"),
        (-np.inf, "expected a finite number of degrees, got -inf; 90"),
        ("90", "expected a number for degrees, got '90'"),
        (True, "expected a number for degrees, got True"),
    ],
)
def test_degrees_are_a_finite_number(degrees, message):
    with pytest.raises((TypeError, ValueError), match=message):
        rotate(np.ones((2, 2)), degrees)


@given(seed=SEEDS, share=st.floats(0.01, 0.99))
def test_salt_and_pepper_is_scikit_images(seed, share):
    image = np.random.default_rng(seed).integers(0, 255, (9, 7), dtype=np.uint8)
    before = image.copy()
    expected = random_noise(image / 255, "s&p", rng=seed, amount=share)
    spoilt = salt_and_pepper(image, share, np.random.default_rng(seed))
    np.testing.assert_array_equal(spoilt, np.rint(255 * expected).astype(np.uint8), strict=True)
    spoilt = salt_and_pepper(image / 255, share, np.random.default_rng(seed), white=1)
    np.testing.assert_array_equal(spoilt, expected)
    np.testing.assert_array_equal(image, before)


def test_salt_and_pepper_change_no_pixel_or_every_one():
    image = np.full((50, 50), 7)
    np.testing.assert_array_equal(salt_and_pepper(image, 0, np.random.default_rng(0)), image)
    assert set(np.unique(salt_and_pepper(image, 1, np.random.default_rng(0)))) == {0, 255}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-0.1, np.random.default_rng(0)), "expected a share from 0 to 1, got -0.1; 0.1 is a tenth"),
        ((10, np.random.default_rng(0)), "expected a share from 0 to 1, got 10"),
        ((np.nan, np.random.default_rng(0)), "expected a share from 0 to 1, got nan"),
        (("0.1", np.random.default_rng(0)), "expected a number for share, got '0.1'"),
        ((0.1, np.random.default_rng(0), 256), "expected a value that uint8 can hold, got 256"),
        ((0.1, 3), "expected a NumPy random generator for rng, got 3"),
    ],
)
def test_salt_and_pepper_refuse_what_does_not_fit(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        salt_and_pepper(np.ones((2, 2), np.uint8), *arguments)


NO_IMAGES = [None, "image", [["1"]], [[None]], [[Fraction(1)]], [[1j]], [[1], [2, 3]]]


@pytest.mark.parametrize("x", NO_IMAGES, ids=repr)
def test_pictures_are_arrays_of_numbers(x):
    for call in (
        lambda: shift(x, 1),
        lambda: rotate(x, 30),
        lambda: salt_and_pepper(x, 0.1, np.random.default_rng(0)),
        lambda: add_noise(x, 0.1, np.random.default_rng(0)),
        lambda: occlude(x, 0, 0, 1),
        lambda: relative_change(x, np.ones((1, 1))),
        lambda: relative_change(np.ones((1, 1)), x),
    ):
        with pytest.raises(
            (TypeError, ValueError), match=r"expected (real numbers|rows of equal length) for .*, got"
        ):
            call()


def test_lists_count_as_arrays():
    assert shift([[1, 2]], right=1).tolist() == [[0, 1]]
    assert occlude([[1, 2]], 0, 1, 1).tolist() == [[1, 0]]
    assert relative_change([3, 4], [3, 5]) == 0.2
    assert add_noise([[1, 2]], 0, np.random.default_rng(0)).tolist() == [[1, 2]]


@pytest.mark.parametrize("step", [1.0, "1", None, True, [1], np.nan], ids=repr)
def test_steps_are_whole_numbers(step):
    for call in (
        lambda: shift(np.ones((2, 2)), down=step),
        lambda: shift(np.ones((2, 2)), right=step),
        lambda: occlude(np.ones((2, 2)), step, 0, 1),
        lambda: occlude(np.ones((2, 2)), 0, step, 1),
        lambda: occlude(np.ones((2, 2)), 0, 0, step),
    ):
        with pytest.raises(TypeError, match="expected a whole number"):
            call()


def test_steps_of_small_integers_do_not_wrap_around():
    image = np.arange(300.0)[np.newaxis]
    np.testing.assert_array_equal(shift(image, right=np.int8(-128)), shift(image, right=-128))
    np.testing.assert_array_equal(
        occlude(image, np.uint8(0), np.uint8(200), np.uint8(100)), occlude(image, 0, 200, 100)
    )


def test_noise_has_the_deviation_asked_for_and_mean_0():
    noise = add_noise(np.full((300, 300), 5), 0.2, np.random.default_rng(1)) - 5
    # Of 90,000 values mean and deviation stray by about 0.2 / 300.
    assert abs(noise.mean()) < 4 * 0.2 / 300
    assert abs(noise.std() - 0.2) < 4 * 0.2 / 300


def test_the_same_generator_gives_the_same_noise():
    first, second = (add_noise(np.zeros((3, 3)), 1, np.random.default_rng(2)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("deviation", "message"),
    [
        (-0.1, "expected a standard deviation of at least 0, got -0.1; use a number such as 0.2"),
        (np.nan, "expected a standard deviation of at least 0, got nan"),
        (np.inf, "expected a standard deviation of at least 0, got inf"),
        ("0.1", "expected a number for deviation, got '0.1'"),
        (None, "expected a number for deviation, got None"),
        (True, "expected a number for deviation, got True"),
        ([0.1], r"expected a number for deviation, got \[0.1\]"),
    ],
)
def test_a_deviation_is_a_number_of_at_least_0(deviation, message):
    with pytest.raises((TypeError, ValueError), match=message):
        add_noise(np.ones((2, 2)), deviation, np.random.default_rng(0))


@pytest.mark.parametrize("rng", [3, None, np.random.RandomState(0)], ids=["seed", "none", "old"])
def test_noise_needs_a_generator(rng):
    with pytest.raises(TypeError, match=r"expected a NumPy random generator for rng, got .*default_rng\(0\)"):
        add_noise(np.ones((2, 2)), 0.1, rng)


@pytest.mark.parametrize(("top", "left", "side"), [(0, 0, 2), (1, 2, 3), (3, 4, 1), (9, 0, 2), (1, 1, 0)])
def test_a_patch_covers_what_lies_within_it(top, left, side):
    images = np.random.default_rng(0).uniform(size=(2, 4, 5, 3))
    before = images.copy()
    rows, columns = np.indices((4, 5))
    within = (rows >= top) & (rows < top + side) & (columns >= left) & (columns < left + side)
    covered = occlude(images, top, left, side, value=0.5)
    np.testing.assert_array_equal(covered, np.where(within[..., np.newaxis], 0.5, before))
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(
        occlude(images[0, :, :, 0], top, left, side, value=0.5), covered[0, :, :, 0]
    )


@pytest.mark.parametrize("place", [(-1, 0, 2), (0, -1, 2), (0, 0, -2)])
def test_a_patch_starts_inside(place):
    with pytest.raises(ValueError, match="at least 0"):
        occlude(np.ones((3, 3)), *place)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [(np.uint8, 0.5), (np.uint8, 300), (np.uint8, 300.0), (np.int64, np.nan), (np.uint8, -1), (bool, 2)],
)
def test_a_covered_pixel_is_one_that_the_picture_can_have(dtype, value):
    with pytest.raises(ValueError, match=rf"expected a value that {np.dtype(dtype)} can hold, got {value}; "):
        occlude(np.ones((2, 2), dtype), 0, 0, 1, value)


@pytest.mark.parametrize("value", ["0", None, True, [0, 0], 1j], ids=repr)
def test_a_covered_pixel_is_a_number(value):
    with pytest.raises(TypeError, match="expected a number for value, got"):
        occlude(np.ones((2, 2)), 0, 0, 1, value)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, np.float32, bool])
def test_a_covered_picture_keeps_its_type(dtype):
    covered = occlude(np.ones((2, 2), dtype), 0, 0, 1)
    assert covered.dtype == dtype
    assert covered.tolist() == [[0, 1], [1, 1]]


def test_relative_change_by_hand():
    assert relative_change(np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([[3.0, 3.0], [0.0, 0.0]])) == 1
    assert relative_change(np.array([3, 4]), np.array([3, 4])) == 0
    assert relative_change(np.array([3, 4]), np.array([0, 0])) == 1


def test_relative_change_of_pixels_does_not_wrap_around():
    assert relative_change(np.array([3, 4], np.uint8), np.array([0, 0], np.uint8)) == 1


def test_relative_change_needs_something_to_compare_with():
    with pytest.raises(ValueError, match="expected something to compare the change with, got zeros"):
        relative_change(np.zeros(2), np.ones(2))
    with pytest.raises(ValueError, match=r"expected two arrays of the same shape, got \(2,\) and \(3,\)"):
        relative_change(np.ones(2), np.ones(3))
