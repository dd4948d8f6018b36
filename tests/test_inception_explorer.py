"""The explorer of inception modules: counts against Keras's layers, bands and bars against the counts."""

import numpy as np
import pytest
from reading import elements, texts

from helpers.explorers import InceptionExplorer

SMALL = {
    "side": 5,
    "channels": 4,
    "ones": 3,
    "reduce_threes": 2,
    "threes": 6,
    "reduce_fives": 1,
    "fives": 2,
    "pool_projection": 5,
}
WIDE_REDUCTION = {"channels": 3, "reduce_threes": 384}
ROWS = ("1 × 1", "3 × 3", "5 × 5", "pooling", "together")
settings = pytest.mark.parametrize(
    "setting", [{}, {"module": "4b"}, SMALL, WIDE_REDUCTION], ids=["3a", "4b", "small", "wide"]
)


def explorer_with(setting):
    explorer = InceptionExplorer()
    explorer.set(**setting)
    return explorer


def table(explorer):
    """Read the table: channels out, parameters, multiplications, each reduced and plain, in five rows."""
    shown = texts(explorer)
    rows, start = [], shown.index("multiplications")
    for name in ROWS:
        start = shown.index(name, start) + 1
        rows.append([int(text.replace(",", "")) for text in shown[start : start + 6]])
    return np.array(rows)


def by_keras(channels, side, filters_of_layers):
    """Count channels out, parameters and multiplications of layers (filters, filter side) in a row."""
    from helpers.keras_backend import keras

    parameters = operations = 0
    for filters, filter_side in filters_of_layers:
        layer = keras.layers.Conv2D(filters, filter_side, padding="same")
        layer.build((None, side, side, channels))
        parameters += layer.count_params()
        operations += side * side * int(np.prod(layer.kernel.shape))
        channels = filters
    return channels, parameters, operations


@settings
def test_the_table_is_kerass(setting):
    explorer = explorer_with(setting)
    state = explorer.state
    channels, side = state["channels"], state["side"]
    reduced = [
        [(state["ones"], 1)],
        [(state["reduce_threes"], 1), (state["threes"], 3)],
        [(state["reduce_fives"], 1), (state["fives"], 5)],
        [(state["pool_projection"], 1)],
    ]
    plain = [*(branch[-1:] for branch in reduced[:3]), []]
    found = table(explorer)
    for columns, branches in ((slice(0, 6, 2), reduced), (slice(1, 6, 2), plain)):
        expected = [by_keras(channels, side, branch) for branch in branches]
        np.testing.assert_array_equal(found[:4, columns], expected)
    np.testing.assert_array_equal(found[4], found[:4].sum(axis=0))


@settings
def test_the_bands_of_the_output_are_shares_of_its_channels(setting):
    explorer = explorer_with(setting)
    bands = [float(band.get("height")) for band in elements(explorer, "rect", x="650", width="96")]
    channels = table(explorer)[:, 0]
    np.testing.assert_allclose(bands, 190 * channels[:4] / channels[4], atol=0.06)


@settings
def test_the_bars_are_the_multiplications_on_one_scale(setting):
    explorer = explorer_with(setting)
    bars = [float(bar.get("width")) for bar in elements(explorer, "rect", height="20")]
    operations = table(explorer)[:, 4:]
    expected = 616 * operations[:4].T / operations[4].max()
    np.testing.assert_allclose(np.reshape(bars, (2, 4)), expected, atol=0.06)


def test_it_begins_with_the_papers_first_module():
    explorer = InceptionExplorer()
    assert explorer.state["module"] == "3a"
    assert {"Input 28 × 28 × 192", "Output 28 × 28 × 256"} <= set(texts(explorer))
    assert "without the reductions, 416" in explorer.summary
    assert "down to 42 %" in explorer.summary


@pytest.mark.parametrize(
    ("module", "before", "after"),
    [
        ("3b", "28 × 28 × 256", "28 × 28 × 480"),
        ("4a", "14 × 14 × 480", "14 × 14 × 512"),
        ("5b", "7 × 7 × 832", "7 × 7 × 1024"),
    ],
)
def test_each_module_stands_where_the_paper_has_it(module, before, after):
    explorer = explorer_with({"module": module})
    assert {f"Input {before}", f"Output {after}"} <= set(texts(explorer))


def test_a_moved_slider_makes_a_module_of_ones_own():
    explorer = explorer_with({"threes": 129})
    assert explorer.state["module"] == "own"
    explorer.set(module="3a")
    assert explorer.state["threes"] == 128


def test_reductions_that_cost_more_than_they_save_are_called_so():
    assert "cost more multiplications than they save" in explorer_with(WIDE_REDUCTION).summary
