"""The explorer of several filters over several channels: SciPy's sums, its own arithmetic, clicks."""

import numpy as np
import pytest
import scipy.signal
from reading import grid, number, settings, texts

from helpers.chapter.examples import EXAMPLE, TWO_BIASES, TWO_FILTERS
from helpers.explorers import SeveralFiltersExplorer


@pytest.mark.parametrize("k", [0, 1])
def test_a_map_is_scipys_correlation_of_every_channel_plus_one_bias(k):
    channels = [
        scipy.signal.correlate2d(EXAMPLE["image"][..., c], TWO_FILTERS[..., c, k], mode="valid")
        for c in range(3)
    ]
    shown = grid(SeveralFiltersExplorer(), f"map{k + 1}")
    np.testing.assert_array_equal(shown, sum(channels) + TWO_BIASES[k])


def test_the_picture_shows_the_image_and_all_26_parameters():
    explorer = SeveralFiltersExplorer()
    for c in range(3):
        np.testing.assert_array_equal(grid(explorer, f"image{c + 1}"), EXAMPLE["image"][..., c])
    shown = [grid(explorer, f"filter{k + 1}{c + 1}") for k in range(2) for c in range(3)]
    shown += [grid(explorer, f"bias{k + 1}") for k in range(2)]
    assert sum(part.size for part in shown) == 2 * 2 * 3 * 2 + 2
    np.testing.assert_array_equal(shown[4], TWO_FILTERS[..., 1, 1])


def evaluated(text):
    """Compute the left side of an equation that the picture shows; return it with the right side."""
    left, right = text.replace("−", "-").replace("·", "*").split(" = ")
    return eval(left), float(right)


def test_the_arithmetic_of_every_number_comes_out():
    explorer = SeveralFiltersExplorer()
    for k in settings(explorer.controls["filter"]):
        for cell in settings(explorer.controls["cell"]):
            explorer.set(filter=k, cell=cell)
            title, whole = texts(explorer)[:2]
            products = [text for text in texts(explorer) if "·" in text]
            halves = zip(products[::2], products[1::2], strict=True)
            answers = [evaluated(f"{first} {second}") for first, second in halves]
            assert len(answers) == 3
            assert all(computed == shown for computed, shown in answers)
            assert "Map" in title
            computed, shown = evaluated(whole)
            expected = grid(explorer, f"map{k + 1}")[divmod(cell - 1, 4)]
            assert computed == shown == expected == sum(answer for answer, _ in answers) + TWO_BIASES[k]


def test_starts_at_the_number_that_the_lesson_works_by_hand():
    assert SeveralFiltersExplorer().summary.startswith("Map 1 has 4 at row 1, column 2, from 12 products.")


def test_a_click_on_a_map_chooses_its_filter_and_its_place():
    explorer = SeveralFiltersExplorer()
    explorer.click("map2-1-2")
    assert explorer.state["filter"] == 1
    assert explorer.controls["cell"].place == (1, 2)
    assert number(explorer.summary.split()[3]) == grid(explorer, "map2")[1, 2]
    assert "Window times filter 2" in texts(explorer)


@pytest.mark.parametrize("cell", ["image1-0-0", "filter11-1-1", "bias2-0-0"])
def test_a_click_elsewhere_changes_nothing(cell):
    explorer = SeveralFiltersExplorer()
    before = explorer.view.svg
    explorer.click(cell)
    assert explorer.view.svg == before
