"""The explorer of weight counts: numbers and bars against Keras's layers."""

import itertools
import math
import re

import numpy as np
import pytest
from reading import elements, texts

from helpers.explorers import WeightCountExplorer

SETTINGS = list(itertools.product((6, 7), (1, 3), (1, 4), (1, 2, 5)))


def counts(explorer):
    """Read (weights, biases) of each layer off the picture."""
    found = (re.fullmatch(r"([\d,]+) weights? \+ ([\d,]+) bias(?:es)?", text) for text in texts(explorer))
    return [tuple(int(count.replace(",", "")) for count in match.groups()) for match in found if match]


def lengths(explorer):
    return [float(bar.get("width")) for bar in elements(explorer, "rect", height="18")]


def kerass(layer, shape):
    layer.build((None, *shape))
    kernel, bias = layer.get_weights()
    return kernel.size, bias.size


@pytest.mark.parametrize(("side", "channels", "filters", "filter_size"), SETTINGS)
def test_counts_are_kerass(side, channels, filters, filter_size):
    from helpers.keras_backend import keras

    explorer = WeightCountExplorer()
    explorer.set(side=side, channels=channels, filters=filters, filter=filter_size)
    convolution = keras.layers.Conv2D(filters, filter_size)
    maps = convolution.compute_output_shape((None, side, side, channels))[1:]
    inputs, outputs = side * side * channels, math.prod(maps)
    # Keras 3 has no locally connected layer: one small dense layer at every place is the same.
    place = kerass(keras.layers.Dense(filters), (filter_size**2 * channels,))
    places = math.prod(maps[:2])
    assert counts(explorer) == [
        kerass(keras.layers.Dense(filters), (inputs,)),
        kerass(keras.layers.Dense(outputs), (inputs,)),
        (place[0] * places, place[1] * places),
        kerass(convolution, (side, side, channels)),
    ]
    noun = "map" if filters == 1 else "maps"
    assert f"{filters} {noun} {maps[0]} × {maps[1]}" in explorer.summary


def test_one_of_anything_is_not_several():
    explorer = WeightCountExplorer()
    explorer.set(side=4, channels=1, filters=1, filter=1)
    shown = texts(explorer)
    assert {"1 number", "1 map 4 × 4", "1 weight + 1 bias"} <= set(shown)


def test_bars_are_logarithms_on_a_scale_that_stays():
    explorer = WeightCountExplorer()
    for values in ({"side": 28}, {"side": 224, "channels": 64, "filters": 256, "filter": 11}):
        explorer.set(**values)
        weights = [count for count, _ in counts(explorer)]
        per_power = np.array(lengths(explorer)) / np.log10(weights)
        np.testing.assert_allclose(per_power, 504 / 14, rtol=1e-4)


def test_a_filter_as_large_as_the_image_leaves_no_difference():
    explorer = WeightCountExplorer()
    explorer.set(side=8, filter=8)
    assert len(set(counts(explorer))) == 1


def test_the_convolution_does_not_depend_on_the_image():
    explorer = WeightCountExplorer()
    found = set()
    for side in (8, 28, 224):
        explorer.controls["side"].value = side
        found.add(counts(explorer)[-1])
    assert found == {(400, 16)}


def test_the_sentence_tells_what_each_idea_saves():
    explorer = WeightCountExplorer()
    _, dense, local, shared = (weights for weights, _ in counts(explorer))
    by_window, by_sharing = re.search(
        r"weights by ([\d.,]+), and .* again by ([\d,]+),", explorer.summary
    ).groups()
    assert float(by_window) == pytest.approx(dense / local, abs=0.05)
    assert int(by_sharing) == local // shared == 24 * 24


def test_memory_counts_four_bytes_for_each_number():
    explorer = WeightCountExplorer()
    totals = [4 * sum(pair) for pair in counts(explorer)[1:]]
    assert (
        f"{totals[0] / 1e6:.3g} MB, {totals[1] / 1e3:.3g} kB and {totals[2] / 1e3:.3g} kB" in explorer.summary
    )


def test_memory_that_rounds_up_to_a_thousand_takes_the_next_unit():
    explorer = WeightCountExplorer()
    explorer.set(side=8, channels=61, filters=1, filter=1)
    assert 4 * sum(counts(explorer)[1]) == 999_680
    assert "the three need 1 MB, " in explorer.summary


def test_a_filter_that_does_not_fit_is_explained():
    explorer = WeightCountExplorer()
    explorer.set(side=4, filter=11)
    assert "11 × 11 filter does not fit on 4 × 4 pixels" in explorer.summary
    assert len(counts(explorer)) == 1
