"""Mirrored and shifted pictures: judged one picture at a time, pixel by pixel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers.datasets import mirror, shift

SIDES = st.integers(1, 6)
each_change = pytest.mark.parametrize("change", [mirror, shift])


def pictures(seed, count=5, height=4, width=6):
    return np.random.default_rng(seed).integers(1, 256, (count, height, width, 3), dtype=np.uint8)


def moved(picture, down, right):
    """Move a picture pixel by pixel."""
    result = np.zeros_like(picture)
    height, width, _ = picture.shape
    for i in range(height):
        for j in range(width):
            if 0 <= i - down < height and 0 <= j - right < width:
                result[i, j] = picture[i - down, j - right]
    return result


@given(seed=SEEDS, height=SIDES, width=SIDES)
def test_a_mirrored_picture_is_turned_left_to_right_or_left_alone(seed, height, width):
    x = pictures(seed, height=height, width=width)
    for before, after in zip(x, mirror(x, np.random.default_rng(seed)), strict=True):
        assert np.array_equal(after, before) or np.array_equal(after, np.fliplr(before))


@given(seed=SEEDS, height=SIDES, width=SIDES, most=st.integers(0, 3))
def test_a_shifted_picture_is_moved_by_no_more_than_was_allowed(seed, height, width, most):
    x = pictures(seed, height=height, width=width)
    moves = range(-most, most + 1)
    for before, after in zip(x, shift(x, np.random.default_rng(seed), most), strict=True):
        assert any(np.array_equal(after, moved(before, down, right)) for down in moves for right in moves)


def test_half_of_the_pictures_are_mirrored():
    x = pictures(0, count=2000)
    turned = (mirror(x, np.random.default_rng(0)) != x).any(axis=(1, 2, 3))
    assert turned.mean() == pytest.approx(0.5, abs=4 * 0.5 / 2000**0.5)


def test_every_shift_is_as_likely():
    x = np.zeros((9000, 3, 3, 1), np.uint8)
    x[:, 1, 1] = 1
    # Where the pixel in the middle has gone to, on average.
    found = shift(x, np.random.default_rng(0), most=1)[..., 0].mean(axis=0)
    np.testing.assert_allclose(found, np.full((3, 3), 1 / 9), atol=4 * (8 / 81 / 9000) ** 0.5)


@each_change
def test_every_picture_goes_its_own_way(change):
    x = np.repeat(pictures(0, count=1), 50, axis=0)
    assert len(np.unique(change(x, np.random.default_rng(0)), axis=0)) > 1


@each_change
def test_the_generator_decides_and_the_pictures_stay(change):
    x = pictures(0)
    x.setflags(write=False)
    before = x.copy()
    first = change(x, np.random.default_rng(3))
    np.testing.assert_array_equal(first, change(x, np.random.default_rng(3)), strict=True)
    assert any(not np.array_equal(first, change(x, np.random.default_rng(seed))) for seed in range(4, 8))
    assert (first.dtype, first.shape) == (x.dtype, x.shape)
    assert not np.shares_memory(first, x)
    np.testing.assert_array_equal(x, before)


@each_change
def test_a_seed_is_no_generator(change):
    with pytest.raises(TypeError, match="expected a NumPy random generator for rng, got 0; use one such as"):
        change(pictures(0), 0)


@pytest.mark.parametrize(("most", "error"), [(-1, ValueError), (1.5, TypeError), (True, TypeError)])
def test_a_shift_is_a_whole_number_of_pixels(most, error):
    with pytest.raises(error, match="for most, got"):
        shift(pictures(0), np.random.default_rng(0), most)
