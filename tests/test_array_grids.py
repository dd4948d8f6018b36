"""Small arrays as a lesson shows them: every number in its place, as picture and as text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from reading import texts

from helpers.drawing import svg
from helpers.drawing.array_grids import show_arrays


def numbers(picture):
    return [text for text in texts(picture.svg) if text and not text.strip("−0123456789.")]


@given(arrays(int, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.integers(-99, 99)))
def test_every_number_stands_in_the_picture_and_in_the_text(values):
    shown = show_arrays(values)
    expected = [str(value).replace("-", "−") for value in values.ravel()]
    assert numbers(shown) == expected
    assert repr(shown).replace("[", " ").replace("]", " ").split() == expected


def test_numbers_below_zero_are_tinted_and_no_others():
    drawn = show_arrays([[-1, 0], [2, -3]]).svg
    assert drawn.count(f'fill="{svg.BLUE_TINT}"') == drawn.count(f'fill="{svg.BLUE_INK}"') == 2


def test_names_and_shapes_stand_above_the_grids():
    shown = show_arrays(image=np.zeros((2, 3)), kernel=np.ones((1, 2)))
    assert texts(shown.svg)[0] == "image 2 × 3"
    assert "kernel 1 × 2" in texts(shown.svg)
    assert repr(shown) == "image:\n[[0 0 0]\n [0 0 0]]\nkernel:\n[[1 1]]"


def test_each_channel_has_a_grid_of_its_own():
    shown = show_arrays(x=np.arange(8).reshape(2, 2, 2))
    assert texts(shown.svg)[0] == "x 2 × 2 × 2, channel 1"
    assert numbers(shown) == ["0", "2", "4", "6", "1", "3", "5", "7"]


def test_as_many_decimals_as_tell_all_numbers_and_no_last_bit_decides():
    assert numbers(show_arrays([0.1 + 0.2, -1e-17, 2.50004])) == ["0.3", "0.0", "2.5"]
    assert numbers(show_arrays([1 / 3, 2], decimals=2)) == ["0.33", "2.00"]
    assert numbers(show_arrays(np.float32([0.1, -3]))) == ["0.1", "−3.0"]


def test_a_row_that_is_full_goes_on_below():
    one = show_arrays(a=np.zeros((4, 8))).svg
    four = show_arrays(*[np.zeros((4, 8))] * 4).svg
    width, height = (lambda drawn: map(float, drawn.split('viewBox="0 0 ')[1].split('"')[0].split()))(four)
    assert width <= svg.WIDTH
    assert height > 2 * float(one.split('viewBox="0 0 ')[1].split('"')[0].split()[1]) - 2 * 14


@pytest.mark.parametrize(
    "values", [np.zeros((1, 2, 3, 4)), np.zeros((17, 2)), np.zeros((2, 0)), np.zeros((2, 2, 17))]
)
def test_what_cannot_be_read_at_a_glance_is_refused(values):
    with pytest.raises(ValueError, match="take a part of it"):
        show_arrays(values)


def test_nothing_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one array"):
        show_arrays()


def test_a_single_number_is_shown():
    assert numbers(show_arrays(loss=np.float64(0.25))) == ["0.25"]
