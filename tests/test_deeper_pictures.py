"""The still pictures of lesson 3-4: bars against Keras's counts, arrows against what each kind depends on."""

import re

import pytest
from reading import elements, texts

from helpers.drawing import svg
from helpers.explorers.deeper.pictures import kinds_of_sequence_learning, layer_costs
from helpers.reference.vgg import DENSE, VGG_16, vgg_layers


def bars(picture, colour):
    return [float(bar.get("width")) for bar in elements(picture, "rect", fill=colour)]


def test_each_bar_is_a_layer_s_share_of_what_keras_counts():
    from helpers.keras_backend import keras

    # A smaller network of the same form, so that it is built at once.
    table = (8, 8, "pool", 16, "pool")
    model = keras.Sequential([keras.Input((20, 20, 3))])
    for entry in table:
        pooling = entry == "pool"
        layer = keras.layers.MaxPooling2D() if pooling else keras.layers.Conv2D(entry, 3, padding="same")
        model.add(layer)
    model.add(keras.layers.Flatten())
    for units in (30, 10):
        model.add(keras.layers.Dense(units))
    counts = [layer.count_params() for layer in model.layers if layer.count_params()]
    picture = layer_costs(vgg_layers(table, dense=(30, 10), side=20))
    drawn = bars(picture, svg.BLUE)
    assert [length / sum(drawn) for length in drawn] == pytest.approx(
        [count / sum(counts) for count in counts], abs=1e-3
    )
    assert f"parameters: {sum(counts):,}" in texts(picture)


def test_the_shares_of_vgg_16_part_company():
    picture = layer_costs(vgg_layers(VGG_16))
    parameters, operations = bars(picture, svg.BLUE), bars(picture, svg.ORANGE)
    dense = len(DENSE)
    assert sum(parameters[-dense:]) / sum(parameters) == pytest.approx(0.894, abs=0.002)
    assert sum(operations[-dense:]) / sum(operations) == pytest.approx(0.008, abs=0.002)
    shares = [float(text.removesuffix(" %")) for text in texts(picture, font_size="13")]
    halves = shares[: len(parameters)], shares[len(parameters) :]
    for half in halves:
        assert sum(half) == pytest.approx(100, abs=0.05 * len(half))


def test_each_kind_of_sequence_learning_has_its_boxes_and_arrows():
    picture = kinds_of_sequence_learning()
    boxes = {
        name: len(elements(picture, "rect", fill=fill, width="24"))
        for name, fill in (("inputs", svg.ORANGE_TINT), ("states", svg.BLUE_TINT), ("outputs", svg.FAINT))
    }
    # One to one, one to many, many to one, many to many, in step; "many" is three.
    assert boxes == {"inputs": 1 + 1 + 3 + 3 + 3, "states": 1 + 3 + 3 + 5 + 3, "outputs": 1 + 3 + 1 + 3 + 3}
    paths = [path.get("d") for path in elements(picture, "path")]
    up = [path for path in paths if re.match(r"M[\d.]+ [\d.]+V", path)]
    assert len(up) == boxes["inputs"] + boxes["outputs"]
    assert len(paths) - len(up) == boxes["states"] - 5
