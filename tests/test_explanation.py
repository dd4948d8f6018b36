"""What explorers share to explain a number: its name, its cells, its sum; and the slider that chooses it."""

import numpy as np
import pytest

from helpers.explorers.controls import CellSlider
from helpers.explorers.explanation import block, cell_title, in_two_dimensions, places
from helpers.wording import sum_lines, table


@pytest.mark.parametrize(
    ("shape", "title"),
    [
        ((3, 4), "P, pooled, row 2, column 1"),
        ((3, 1), "P, pooled, row 2"),
        ((1, 4), "P, pooled, column 1"),
        ((1, 1), "P, pooled"),
    ],
)
def test_a_cell_is_named_by_what_tells_it_apart(shape, title):
    assert cell_title("P, pooled", shape, 1, 0) == title


def test_a_block_lists_its_cells_row_by_row():
    assert block((2, 5), (2, 2)) == [(2, 5), (2, 6), (3, 5), (3, 6)]


def test_places_are_those_that_are_not_zero():
    assert places(np.array([[0.0, 2], [-1, 0]])) == [(0, 1), (1, 0)]


def test_a_table_has_a_column_for_each_heading():
    assert table("| | b |", [("x", 1), ("y", 2)]).split("\n") == [
        "| | b |",
        "|---|---|",
        "| x | 1 |",
        "| y | 2 |",
    ]


@pytest.mark.parametrize(("values", "shape"), [(3.0, (1, 1)), ([1, 2], (2, 1)), ([[1, 2]], (1, 2))])
def test_everything_stands_in_two_dimensions(values, shape):
    assert np.shape(in_two_dimensions(np.array(values))) == shape


def test_a_long_sum_goes_on_below():
    assert sum_lines(["1·2", "3·4"], "14") == ["1·2 +", "3·4 = 14"]
    assert sum_lines(["1·2"], "2") == ["1·2 = 2"]


def test_a_slider_of_cells_counts_row_by_row():
    slider = CellSlider("Cell", (2, 3))
    assert (slider.min, slider.max, slider.place) == (1, 6, (0, 0))
    for number, place in enumerate(np.ndindex(2, 3), start=1):
        slider.place = place
        assert (slider.value, slider.place) == (number, place)
