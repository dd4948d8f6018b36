"""Windows as rows: the product is SciPy's correlation, and every copy of a pixel is marked."""

import itertools

import numpy as np
import pytest
from reading import cells, elements, grid, texts
from scipy.signal import correlate2d

from helpers.chapter.examples import IMAGE
from helpers.drawing import svg
from helpers.explorers import Im2colExplorer
from helpers.explorers.from_scratch.im2col import FILTERS

every_setting = pytest.mark.parametrize(
    ("side", "filter_side", "stride"), list(itertools.product((3, 4, 5), (2, 3), (1, 2)))
)


@every_setting
def test_the_product_is_scipys_correlation(side, filter_side, stride):
    explorer = Im2colExplorer()
    explorer.set(side=side, filter=filter_side, stride=stride)
    expected = correlate2d(IMAGE[:side, :side], FILTERS[filter_side], mode="valid")[::stride, ::stride]
    np.testing.assert_array_equal(grid(explorer, "output"), expected.reshape(-1, 1))


@every_setting
def test_every_row_spells_out_its_number(side, filter_side, stride):
    explorer = Im2colExplorer()
    explorer.set(side=side, filter=filter_side, stride=stride)
    for (row, _), text in cells(explorer, "output").items():
        explorer.click(f"output-{row}-0")
        written = texts(explorer)
        assert any(f"Window {row + 1}, times the filter" in line for line in written)
        assert any(line.endswith(f" = {text}") for line in written)


@every_setting
def test_the_marked_pixel_is_marked_once_for_each_window_over_it(side, filter_side, stride):
    explorer = Im2colExplorer()
    explorer.set(side=side, filter=filter_side, stride=stride)
    starts = range(0, side - filter_side + 1, stride)
    for row, column in np.ndindex(side, side):
        explorer.click(f"image-{row}-{column}")
        over = [sum(start <= place < start + filter_side for start in starts) for place in (row, column)]
        assert len(elements(explorer, "rect", fill=svg.BLUE_TINT)) == 1 + over[0] * over[1]
        assert f"Pixel {row * side + column + 1} stands in the matrix {over[0] * over[1]} time" in (
            explorer.summary
        )


def test_play_goes_from_window_to_window():
    explorer = Im2colExplorer()
    explorer.controls["play"].value = 4
    assert explorer.controls["row"].value == 4


def test_a_smaller_image_lets_go_of_a_window_that_is_no_more():
    explorer = Im2colExplorer()
    explorer.set(side=5)
    explorer.set(row=16)
    explorer.set(side=3)
    assert explorer.controls["row"].value == explorer.controls["row"].max == 4
