"""The explorer of stacks: fields against what a changed pixel reaches, costs against Keras's layers."""

import itertools
import re

import numpy as np
import pytest
from reading import elements, texts

from helpers.explorers import StackExplorer

NAMES = ("parameters", "multiplications", "ReLUs in a row", "numbers in maps")


def rows(explorer):
    """Read how many numbers each row of the two fields has, from the picture up: stack, single layer."""
    levels = [len(group) for group in elements(explorer, "g") if group.get("data-row")]
    layers = explorer.state["layers"]
    return levels[: layers + 1], levels[layers + 1 :]


def costs(explorer):
    """Read the numbers below the bars: {name: (stack, single layer)}."""
    shown = texts(explorer)
    found = {name: shown[shown.index(name) + 1 : shown.index(name) + 3] for name in NAMES}
    return {name: tuple(int(text.replace(",", "")) for text in pair) for name, pair in found.items()}


def reached(filter_side, layers):
    """Count, layer by layer downwards, the numbers whose change reaches one number: ones, convolved."""
    counts, row = [1], np.ones(1)
    for _ in range(layers):
        row = np.convolve(row, np.ones(filter_side))
        counts.append(np.count_nonzero(row))
    return counts[::-1]


@pytest.mark.parametrize(("layers", "filter_side"), [*itertools.product((1, 2, 3, 5), (1, 2, 3, 7))])
def test_the_fields_are_what_reaches_the_number(layers, filter_side):
    explorer = StackExplorer()
    explorer.set(layers=layers, filter=filter_side)
    stack, single = rows(explorer)
    assert stack == reached(filter_side, layers)
    assert single == [stack[0], 1]


@pytest.mark.parametrize(
    "setting",
    [{}, {"layers": 3}, {"layers": 4, "filter": 2, "channels": 5, "side": 9}, {"layers": 1, "filter": 7}],
)
def test_the_costs_are_kerass(setting):
    from helpers.keras_backend import keras

    explorer = StackExplorer()
    explorer.set(**setting)
    state, found = explorer.state, costs(explorer)
    channels, side = state["channels"], state["side"]
    field = rows(explorer)[0][0]
    for place, (count, filter_side) in enumerate([(state["layers"], state["filter"]), (1, field)]):
        model = keras.Sequential([keras.Input((side, side, channels))])
        for _ in range(count):
            model.add(keras.layers.Conv2D(channels, filter_side, padding="same", activation="relu"))
        assert found["parameters"][place] == model.count_params()
        # Every weight, but no bias, is used once at each place of the map.
        weights = model.count_params() - count * channels
        assert found["multiplications"][place] == weights * side**2
        assert found["ReLUs in a row"][place] == count
        assert found["numbers in maps"][place] == sum(np.prod(x.shape[1:]) for x in model.outputs) * count


def test_the_bars_have_the_lengths_of_their_numbers():
    explorer = StackExplorer()
    explorer.set(layers=3)
    lengths = [float(bar.get("width")) for bar in elements(explorer, "rect", height="14")]
    ratios = [stack / single for stack, single in zip(lengths[::2], lengths[1::2], strict=True)]
    expected = [stack / single for stack, single in costs(explorer).values()]
    assert ratios == pytest.approx(expected, rel=1e-3)


def test_the_sentence_compares_them():
    explorer = StackExplorer()
    explorer.set(layers=3)
    shares = re.findall(r"(\d+) %", explorer.summary)
    found = costs(explorer)
    for share, name in zip(shares, NAMES, strict=False):
        assert int(share) == round(100 * found[name][0] / found[name][1])
    assert "7 × 7 pixels" in explorer.summary
    explorer.set(filter=1)
    assert "one pixel, however many" in explorer.summary
    explorer.set(filter=5, layers=1)
    assert "Add a second one" in explorer.summary
