"""The explorer of cross-correlation and convolution: both outputs and the arithmetic in either mode."""

import itertools

import numpy as np
import pytest
import scipy.signal
from reading import cells, filled, number, settings, texts

from helpers import chapter
from helpers.drawing import svg
from helpers.explorers import FlippedFilterExplorer

JUDGES = {"correlation": scipy.signal.correlate2d, "convolution": scipy.signal.convolve2d}


def shown(explorer, name):
    return {place: number(text) for place, text in cells(explorer, name).items()}


def test_both_outputs_are_scipys_with_every_filter():
    explorer = FlippedFilterExplorer()
    for kernel in settings(explorer.controls["filter"]):
        explorer.set(filter=kernel)
        for name, judge in JUDGES.items():
            expected = judge(chapter.FIGURE_3_2_INPUT, kernel, mode="valid")
            assert shown(explorer, name) == dict(np.ndenumerate(expected))


def test_the_sentence_counts_the_outputs_that_differ():
    explorer = FlippedFilterExplorer()
    for kernel in settings(explorer.controls["filter"]):
        explorer.set(filter=kernel)
        outputs = [shown(explorer, name) for name in JUDGES]
        different = sum(outputs[0][place] != outputs[1][place] for place in outputs[0])
        expected = f"{different} of the 9 outputs differ" if different else "all outputs agree"
        assert expected in explorer.summary


def test_one_of_the_filters_looks_the_same_after_half_a_turn():
    explorer = FlippedFilterExplorer()
    explorer.set(filter=((1, 2), (2, 1)))
    assert "all outputs agree" in explorer.summary


@pytest.mark.parametrize("name", JUDGES)
def test_the_arithmetic_of_every_cell_comes_out_at_its_number(name):
    explorer = FlippedFilterExplorer()
    for kernel, cell in itertools.product(
        settings(explorer.controls["filter"]), settings(explorer.controls["cell"])
    ):
        explorer.set(operation=name, filter=kernel, cell=cell)
        first, second = (text for text in texts(explorer) if "·" in text)
        terms, result = (first + second).replace("−", "-").replace("·", "*").split(" = ")
        place = divmod(cell - 1, 3)
        assert eval(terms) == int(result) == shown(explorer, name)[place]


def test_the_switch_turns_the_filter_that_is_used():
    explorer = FlippedFilterExplorer()
    written = shown(explorer, "filter")
    assert shown(explorer, "used") == written
    explorer.set(operation="convolution")
    assert shown(explorer, "filter") == written
    assert shown(explorer, "used") == {(1 - row, 1 - column): w for (row, column), w in written.items()}


def test_a_click_shows_the_window_and_the_operation():
    explorer = FlippedFilterExplorer()
    explorer.click("convolution-1-2")
    assert explorer.state["operation"] == "convolution"
    assert explorer.state["cell"] == 6
    assert any("Convolution, row 2, column 3" in text for text in texts(explorer))
    assert filled(explorer, "input", svg.ORANGE_TINT) == [(1, 2), (1, 3), (2, 2), (2, 3)]


@pytest.mark.parametrize("cell", ["input-0-0", "filter-1-1", "used-0-0"])
def test_a_click_elsewhere_changes_nothing(cell):
    explorer = FlippedFilterExplorer()
    before = explorer.view.svg
    explorer.click(cell)
    assert explorer.view.svg == before
