"""The explorer of how often pixels are used: its counts are those of windows walked by hand."""

import itertools

import numpy as np
import pytest
from reading import cells, elements, filled, settings, texts

from helpers.drawing import svg
from helpers.explorers import PixelUseExplorer


def keras_same(side, filter_size, stride):
    """Add what Keras's "same" adds, as TensorFlow's documentation puts it."""
    total = max(filter_size - (stride if side % stride == 0 else side % stride), 0)
    return total // 2, total - total // 2


def walked(side, filter_size, stride, ends):
    """Count by hand: walk the window over the padded side, then join both directions."""
    starts = range(0, side + sum(ends) - filter_size + 1, stride)
    line = [sum(start <= ends[0] + pixel < start + filter_size for start in starts) for pixel in range(side)]
    return np.outer(line, line), len(starts)


def shown(explorer):
    """Read the counts as they stand in the picture, the padding left out."""
    labels = {place: text for place, text in cells(explorer, "input").items() if text}
    side = explorer.state["image"]
    return np.array([int(text) for text in labels.values()]).reshape(side, side)


SETTINGS = list(itertools.product((1, 4, 6, 9), range(1, 6), range(1, 5), (0, 1, 2, "same")))


def test_counts_and_windows_in_many_settings_are_those_of_the_walk():
    explorer = PixelUseExplorer()
    for side, filter_size, stride, padding in SETTINGS:
        rule = (
            {"padding_rule": "same"} if padding == "same" else {"padding_rule": "equal", "padding": padding}
        )
        explorer.set(image=side, filter=filter_size, stride=stride, **rule)
        ends = keras_same(side, filter_size, stride) if padding == "same" else (padding, padding)
        if side + sum(ends) < filter_size:
            assert explorer.summary.startswith("No output"), explorer.state
            assert not cells(explorer, "output")
            continue
        expected, windows = walked(side, filter_size, stride, ends)
        np.testing.assert_array_equal(shown(explorer), expected, str(explorer.state))
        assert len(cells(explorer, "output")) == windows**2
        genuine, products = expected.sum(), windows**2 * filter_size**2
        line = f"= {products} products: {genuine} with pixels, {products - genuine} with added zeros"
        assert any(text.endswith(line) for text in texts(explorer))


@pytest.mark.parametrize(("padding", "corner", "middle"), [(0, 1, 9), (1, 4, 9), (2, 9, 9)])
def test_padding_lets_the_corner_be_used_more_often(padding, corner, middle):
    explorer = PixelUseExplorer()
    explorer.set(padding=padding)
    assert [shown(explorer)[0, 0], shown(explorer)[2, 2]] == [corner, middle]


@pytest.mark.parametrize("setting", [{}, {"stride": 2, "padding": 2}, {"filter": 2, "padding_rule": "same"}])
def test_the_dots_are_the_windows_that_use_the_pixel(setting):
    explorer = PixelUseExplorer()
    explorer.set(**setting)
    state = explorer.state
    padding, stride = state["padding"], state["stride"]
    ends = keras_same(6, state["filter"], stride) if "padding_rule" in setting else (padding, padding)
    for pixel in settings(explorer.controls["pixel"]):
        explorer.set(pixel=pixel)
        row, column = (index + ends[0] for index in divmod(pixel - 1, 6))
        expected = [
            (i, j)
            for i, j in cells(explorer, "output")
            if 0 <= row - i * stride < state["filter"] and 0 <= column - j * stride < state["filter"]
        ]
        dots = [place for place, text in cells(explorer, "output").items() if text]
        assert dots == filled(explorer, "output", svg.ORANGE_TINT) == expected
        times = f"{len(expected)} time{'s' * (len(expected) != 1)}"
        assert f"is used {times} (" in explorer.summary


def test_a_click_on_a_pixel_chooses_it_and_one_on_the_padding_does_nothing():
    explorer = PixelUseExplorer()
    explorer.set(padding=1)
    explorer.click("input-2-3")
    assert explorer.controls["pixel"].place == (1, 2)
    before = explorer.view.svg
    for cell in ("input-0-3", "input-3-7", "output-1-1"):
        explorer.click(cell)
    assert explorer.view.svg == before


def test_pixels_that_are_never_used_are_hatched_and_counted():
    explorer = PixelUseExplorer()
    explorer.set(image=4, filter=2, stride=3, padding=2)
    assert len(elements(explorer, "path")) == 12
    assert "12 pixels are never used" in explorer.summary


def test_without_a_border_all_are_used_alike():
    explorer = PixelUseExplorer()
    explorer.set(filter=1)
    assert "All pixels are used equally often." in explorer.summary
