"""Drawings in MNIST's form: MNIST's own digits come back; empty, tiny, large and far from the middle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from helpers.datasets import load_mnist
from helpers.reference.drawing import digit_from_drawing


def centre_of_mass(digit):
    rows, columns = np.indices(digit.shape)
    return float((rows * digit).sum() / digit.sum()), float((columns * digit).sum() / digit.sum())


def ink_sides(digit):
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    return rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1


def test_mnists_digits_are_in_this_form_already():
    digits = load_mnist().x_test[:200, :, :, 0]
    for digit in digits:
        np.testing.assert_allclose(digit_from_drawing(np.kron(digit, np.ones((5, 5)))), digit, atol=1e-9)


def test_an_empty_sheet_gives_an_empty_picture():
    np.testing.assert_array_equal(digit_from_drawing(np.zeros((140, 140))), np.zeros((28, 28)))


def test_one_dot_fills_the_box():
    sheet = np.zeros((140, 140))
    sheet[3, 137] = 200
    digit = digit_from_drawing(sheet)
    assert ink_sides(digit) == (20, 20)
    np.testing.assert_allclose(digit[digit > 0], 200)


@pytest.mark.parametrize(("top", "left"), [(0, 0), (0, 100), (90, 0), (90, 100), (40, 60)])
def test_the_place_on_the_sheet_does_not_matter(top, left):
    stroke = np.random.default_rng(0).uniform(1, 255, (50, 40))
    sheet = np.zeros((140, 140))
    sheet[top : top + 50, left : left + 40] = stroke
    np.testing.assert_allclose(digit_from_drawing(sheet), digit_from_drawing(stroke), atol=1e-9)


def test_a_sheet_full_of_ink_becomes_a_square_in_the_middle():
    digit = digit_from_drawing(np.full((140, 140), 255))
    assert ink_sides(digit) == (20, 20)
    np.testing.assert_allclose(digit[digit > 0], 255)
    assert centre_of_mass(digit) == pytest.approx((13.5, 13.5))


@pytest.mark.parametrize("ink", [255, 0.1, 1 / 3, 100 / 7])
@pytest.mark.parametrize("side", range(1, 21))
def test_a_tie_goes_up_and_left_whatever_the_last_bits_of_the_sums(side, ink):
    """A rectangle's centre of mass lies on a pixel or half-way between two; each ink rounds differently."""
    start = (28 - side) // 2 if side % 2 == 0 else 14 - side // 2
    for digit in (
        digit_from_drawing(np.full((140, 7 * side), ink)).T,
        digit_from_drawing(np.full((7 * side, 140), ink)),
    ):
        rows, columns = np.nonzero(digit)
        assert (rows.min(), len(set(rows))) == (start, side)
        assert (columns.min(), len(set(columns))) == (4, 20)


def test_a_thin_line_keeps_at_least_one_pixel():
    assert ink_sides(digit_from_drawing(np.ones((140, 1)))) == (20, 1)
    assert ink_sides(digit_from_drawing(np.ones((1, 140)))) == (1, 20)


def test_the_mean_of_what_a_pixel_covers_is_pillows_box():
    ink = np.random.default_rng(1).uniform(1, 255, (97, 61)).astype(np.float32)
    digit = digit_from_drawing(ink)
    width = round(61 * 20 / 97)
    box = np.asarray(Image.fromarray(ink).resize((width, 20), Image.Resampling.BOX))
    inside = digit[digit.any(axis=1)][:, digit.any(axis=0)]
    # Pillow counts a pixel under an edge as in or out, so its means stray by a part of the spread.
    assert inside.shape == box.shape
    assert np.corrcoef(inside.ravel(), box.ravel())[0, 1] > 0.9


@given(st.integers(0, 2**32 - 1), st.tuples(st.integers(1, 60), st.integers(1, 60)), st.floats(0.02, 1))
def test_ink_keeps_its_shade_and_lies_in_the_middle(seed, sides, share):
    rng = np.random.default_rng(seed)
    drawing = rng.uniform(1, 255, sides) * (rng.uniform(size=sides) < share)
    digit = digit_from_drawing(drawing)
    assert digit.shape == (28, 28)
    assert digit.min() >= 0
    assert digit.max() <= drawing.max() + 1e-9
    if drawing.any():
        assert max(ink_sides(digit)) == 20
        rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
        for centre, places in zip(centre_of_mass(digit), (rows, columns), strict=True):
            # Within half a pixel, or as near as the picture's edge allows.
            assert abs(centre - 14) <= 0.5 + 1e-9 or places[0] == 0 or places[-1] == 27


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((28, 28, 1)), r"expected a drawing \(H, W\), got shape \(28, 28, 1\)"),
        (-np.ones((3, 3)), "expected 0 for paper and above 0 for ink, got -1.0 to -1.0"),
        (np.full((3, 3), np.nan), "expected 0 for paper and above 0 for ink, got nan"),
        (np.full((3, 3), np.inf), "expected 0 for paper and above 0 for ink, got inf"),
    ],
)
def test_refuses_what_is_no_drawing(pixels, message):
    with pytest.raises(ValueError, match=message):
        digit_from_drawing(pixels)


def test_the_drawing_is_left_as_it_is():
    sheet = np.eye(30)
    digit_from_drawing(sheet)
    np.testing.assert_array_equal(sheet, np.eye(30))
