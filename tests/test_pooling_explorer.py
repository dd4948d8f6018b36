"""The explorers of pooling and its gradient: what they show is what Keras and the reference compute."""

import itertools

import numpy as np
import pytest
from reading import cells, elements, grid, settings, shape, texts

from helpers import chapter
from helpers.explorers import PoolingExplorer, PoolingGradientExplorer, SameOutputExplorer
from helpers.reference.pooling import average_pool2d_backward, max_pool2d_backward


def by_keras(kind, image, block, stride):
    from helpers.keras_backend import keras

    layer = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}[kind]
    return layer(block, stride)(image[np.newaxis, :, :, np.newaxis].astype("float64")).numpy()[0, :, :, 0]


def test_starts_on_figure_3_4():
    explorer = PoolingExplorer()
    np.testing.assert_array_equal(grid(explorer, "input"), chapter.FIGURE_3_4_INPUT)
    np.testing.assert_array_equal(grid(explorer, "output"), chapter.FIGURE_3_4_OUTPUT)
    assert {"max(0, 1,", "1, 3) = 3"} <= set(texts(explorer))


@pytest.mark.parametrize("kind", ["max", "average"])
def test_without_padding_the_output_is_keras(kind):
    explorer = PoolingExplorer()
    controls = explorer.controls
    for side, block, stride in itertools.product((4, 5, 8), settings(controls["block"]), (1, 2, 3)):
        explorer.set(kind=kind, image=side, block=block, stride=stride)
        expected = by_keras(kind, grid(explorer, "input"), block, stride)
        np.testing.assert_allclose(grid(explorer, "output"), expected, rtol=0, atol=0.005 + 1e-9)


def test_every_setting_shows_an_output_or_says_why_not():
    explorer = PoolingExplorer()
    names = ("image", "block", "stride", "padding")
    for values in itertools.product(*(settings(explorer.controls[name]) for name in names)):
        explorer.set(**dict(zip(names, values, strict=True)))
        side, block, _, padding = values
        possible = padding < block <= side + 2 * padding
        assert (shape(explorer, "output") == (0, 0)) == (not possible), values
        assert explorer.summary.startswith("The output is" if possible else "No output"), values


def test_padding_neither_wins_nor_counts():
    explorer = PoolingExplorer()
    explorer.set(padding=1)
    # The upper left block holds the pixel 0 alone: no zero of the padding stands in its arithmetic.
    assert "max(0) = 0" in texts(explorer)
    assert "never win a maximum" in explorer.summary
    explorer.set(kind="average", cell=2)
    # The next one holds the first row's 1 and 0.
    assert "(1 + 0) / 2 = 0.50" in texts(explorer)
    assert [text for place, text in cells(explorer, "input").items() if 0 in place] == [""] * 11


def test_a_click_on_an_output_cell_shows_its_block():
    explorer = PoolingExplorer()
    explorer.set(kind="average")
    explorer.click("output-1-0")
    assert explorer.controls["cell"].value == 3
    assert {"Output row 2, column 1:", "(2 + 0 +", "1 + 3) / 4 = 1.50"} <= set(texts(explorer))
    before = explorer.view.svg
    explorer.click("input-0-0")
    assert explorer.view.svg == before


def test_pixels_that_no_block_covers_are_hatched():
    explorer = PoolingExplorer()
    assert not elements(explorer, "path")
    explorer.set(image=5)
    assert len(elements(explorer, "path")) == 9
    assert "hatched" in explorer.summary


def test_the_button_leads_back_to_figure_3_4():
    explorer = PoolingExplorer()
    first = explorer.view.svg
    explorer.set(kind="average", image=8, block=3, stride=1, padding=2, cell=9)
    explorer.controls["figure_3_4"].click()
    assert explorer.view.svg == first


def test_a_pixel_changes_by_slider_and_by_click():
    explorer = SameOutputExplorer()
    explorer.set(row=2, column=1)
    assert explorer.controls["pixel"].value == 1
    explorer.controls["pixel"].value = 3
    assert grid(explorer, "yours")[1, 0] == 3
    explorer.click("yours-0-3")
    assert grid(explorer, "yours")[0, 3] == 2
    assert explorer.controls["pixel"].value == 2
    assert grid(explorer, "yours")[1, 0] == 3
    for _ in range(8):
        explorer.click("yours-0-3")
    assert grid(explorer, "yours")[0, 3] == 0
    np.testing.assert_array_equal(grid(explorer, "chapter"), chapter.FIGURE_3_4_INPUT)


def test_a_late_pixel_changes_the_one_that_was_moved_and_no_other():
    explorer = SameOutputExplorer()
    late, expected = explorer.controls["pixel"], chapter.FIGURE_3_4_INPUT.copy()
    for place, value in (({"column": 2}, 7), ({"row": 3}, 8)):
        explorer.set(**place)
        late.set_state({"value": value})
        expected[0, 0] = value
        np.testing.assert_array_equal(grid(explorer, "yours"), expected)
    explorer.controls["reset"].click()
    late.set_state({"value": 9})
    np.testing.assert_array_equal(grid(explorer, "yours"), chapter.FIGURE_3_4_INPUT)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([(1, 1, 2)], "differs in 1 of 16 pixels: max pooling cannot tell it from the chapter's, average"),
        ([(2, 2, 4), (1, 2, 0)], "2 of 16 pixels: average pooling cannot tell it from the chapter's, max"),
        ([(2, 2, 0), (1, 1, 3)], "2 of 16 pixels: neither pooling can tell it"),
        ([(2, 2, 9)], "1 of 16 pixels: both poolings tell it"),
    ],
)
def test_says_which_pooling_notices(changes, sentence):
    explorer = SameOutputExplorer()
    assert "the same so far" in explorer.summary
    for row, column, pixel in changes:
        explorer.set(row=row, column=column)
        explorer.controls["pixel"].value = pixel
    assert sentence in explorer.summary
    explorer.controls["reset"].click()
    assert "the same so far" in explorer.summary


@pytest.mark.parametrize(
    ("kind", "backward"), [("max", max_pool2d_backward), ("average", average_pool2d_backward)]
)
@pytest.mark.parametrize("layout", [(2, 2), (3, 1)])
def test_the_gradients_that_were_typed_reach_the_pixels(kind, backward, layout):
    explorer = PoolingGradientExplorer()
    explorer.set(kind=kind, layout=layout, g11=-1.5, g12=0.5, g21=8, g22=0)
    upstream = np.array([[-1.5, 0.5], [8, 0]])
    np.testing.assert_array_equal(grid(explorer, "upstream"), upstream)
    expected = backward(upstream, chapter.FIGURE_3_4_INPUT, *layout)
    np.testing.assert_allclose(grid(explorer, "gradient"), expected, rtol=0, atol=0.005 + 1e-9)


def test_ties_go_to_the_first_in_row_order():
    explorer = PoolingGradientExplorer()
    assert {
        "Output 1,2: 2 to row 1, column 4, the first of 2 pixels that tie at 1.",
        "Output 2,2: 4 to row 3, column 3, the first of 2 pixels that tie at 2.",
    } <= set(texts(explorer))
    assert grid(explorer, "gradient")[0, 3] == 2
    assert grid(explorer, "gradient")[2, 2] == 4


def test_a_click_looks_at_one_output_alone():
    explorer = PoolingGradientExplorer()
    explorer.click("upstream-1-0")
    assert np.argwhere(grid(explorer, "gradient")).tolist() == [[3, 1]]
    assert "Pixels that get a gradient: 1 of 16. What arrives adds up to 3," in explorer.summary
    explorer.click("upstream-1-0")
    assert np.count_nonzero(grid(explorer, "gradient")) == 4
