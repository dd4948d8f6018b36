"""VGGNet's layers against those of keras.applications, built without weights."""

import numpy as np
import pytest

from helpers.reference.conv2d import conv2d
from helpers.reference.vgg import DENSE, VGG_16, VGG_19, vgg_layers


@pytest.mark.parametrize(
    ("name", "table", "total"), [("VGG16", VGG_16, 138_357_544), ("VGG19", VGG_19, 143_667_240)]
)
def test_every_layer_has_the_shape_and_the_parameters_of_kerass(name, table, total):
    from helpers.keras_backend import keras

    model = getattr(keras.applications, name)(weights=None)
    kerass = [
        (layer.output.shape[1:], layer.count_params())
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer | keras.layers.Flatten)
    ]
    del model
    keras.backend.clear_session()
    layers = vgg_layers(table)
    assert [(layer.shape, layer.parameters) for layer in layers] == kerass
    assert sum(layer.parameters for layer in layers) == total


def test_operations_are_the_multiplications_of_a_forward_pass():
    # With weights and pixels of one, an output without padding is the number of products in its sum.
    layers = vgg_layers((2, "pool", 3), dense=(4,), side=6)
    sides, channels = (6, 3), (3, 2)
    for layer, side, depth in zip((layers[0], layers[2]), sides, channels, strict=True):
        padded = np.ones((1, side + 2, side + 2, depth))
        products = conv2d(padded, np.ones((3, 3, depth, layer.shape[-1]))).sum()
        assert layer.operations == products
    assert layers[1].operations == layers[1].parameters == 0
    assert layers[3].operations == 3 * 3 * 3 * 4


def test_the_layers_are_named_by_block_and_place():
    names = [layer.name for layer in vgg_layers(VGG_16)]
    assert names[:3] == ["conv 1-1", "conv 1-2", "pool 1"]
    assert names[-5:] == ["conv 5-3", "pool 5", "dense 1", "dense 2", "dense 3"]
    # Named by how many of their layers have weights.
    for table, layers in ((VGG_16, 16), (VGG_19, 19)):
        assert sum(name != "pool" for name in table) + len(DENSE) == layers


@pytest.mark.parametrize("wrong", [0, 2.5, "max"])
def test_refuses_what_is_no_layer(wrong):
    with pytest.raises((TypeError, ValueError), match="for filters, got"):
        vgg_layers((64, wrong))


def test_refuses_one_pooling_too_many():
    with pytest.raises(ValueError, match="expected at least 2 pixels"):
        vgg_layers((4, "pool", "pool"), side=3)
