"""Shifts, noise, patches and relative change, against NumPy's own ways and by hand."""

import numpy as np
import pytest

from helpers.reference.robustness import add_noise, occlude, relative_change, shift


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
    with pytest.raises(
        ValueError, match=r"^expected an image \(H, W\) or images \(N, H, W, C\), got shape \(2, 2, 1\)"
    ):
        shift(np.ones((2, 2, 1)))


def test_noise_has_the_deviation_asked_for_and_mean_0():
    noise = add_noise(np.full((300, 300), 5), 0.2, np.random.default_rng(1)) - 5
    # Of 90,000 values mean and deviation stray by about 0.2 / 300.
    assert abs(noise.mean()) < 4 * 0.2 / 300
    assert abs(noise.std() - 0.2) < 4 * 0.2 / 300


def test_the_same_generator_gives_the_same_noise():
    first, second = (add_noise(np.zeros((3, 3)), 1, np.random.default_rng(2)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


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


def test_relative_change_by_hand():
    assert relative_change(np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([[3.0, 3.0], [0.0, 0.0]])) == 1
    assert relative_change(np.array([3, 4]), np.array([3, 4])) == 0
    assert relative_change(np.array([3, 4]), np.array([0, 0])) == 1


def test_relative_change_needs_something_to_compare_with():
    with pytest.raises(ValueError, match="zero everywhere"):
        relative_change(np.zeros(2), np.ones(2))
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        relative_change(np.ones(2), np.ones(3))
