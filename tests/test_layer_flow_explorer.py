"""The explorer of the layers: what is read off picture and sentence against the network's outputs."""

import numpy as np
import pytest
from reading import images, texts

from helpers.datasets import load_mnist
from helpers.drawing import svg
from helpers.explorers import LayerFlowExplorer
from helpers.programs import MNIST
from helpers.reference.activations import softmax
from helpers.reference.network import Sequential


def outputs_of(digit, example):
    mnist = load_mnist()
    image = mnist.x_test[mnist.y_test == digit][example - 1 : example] / np.float32(255)
    return {name: array[0] for name, array in MNIST.trained_network().outputs(image).items()}


@pytest.mark.parametrize(("digit", "example"), [(digit, 1 + digit % 10) for digit in range(10)])
def test_the_probabilities_are_the_networks(digit, example):
    explorer = LayerFlowExplorer()
    explorer.set(digit=digit, example=example)
    probabilities = softmax(outputs_of(digit, example)["dense2"])
    shown = [text for text in texts(explorer) if text.endswith(" %")]
    assert shown == [f"{100 * probability:.1f} %" for probability in probabilities]
    read = probabilities.argmax()
    assert f"reads {read} with a probability of {100 * probabilities.max():.1f} %" in explorer.summary
    assert ("although" in explorer.summary) == (read != digit)


def test_the_chosen_map_is_drawn_large_at_each_layer():
    explorer = LayerFlowExplorer()
    explorer.set(digit=4, example=2, map=9)
    outputs = outputs_of(4, 2)
    limit = np.abs(outputs["conv1"]).max()
    # Input, three grids of maps, the second block, flattened, affine, the filter; then the three layers.
    for drawn, name in zip(images(explorer)[8:], ("conv1", "relu1", "pool1"), strict=True):
        np.testing.assert_array_equal(drawn, svg.signed(outputs[name][..., 8], limit))


def test_nothing_blue_is_left_after_the_relu():
    explorer = LayerFlowExplorer()
    convolution, relu = images(explorer)[1:3]
    assert (convolution[..., 0] < convolution[..., 2]).any()
    assert not (relu[..., 0] < relu[..., 2]).any()


def test_a_click_chooses_a_map_of_the_first_layers_only():
    explorer = LayerFlowExplorer()
    explorer.click("map-15")
    assert explorer.state["map"] == 16
    assert any("Feature map 16" in text for text in texts(explorer))
    explorer.click("later-30")
    assert explorer.state["map"] == 16


def test_the_share_below_zero_is_that_of_the_map():
    explorer = LayerFlowExplorer()
    explorer.set(digit=0, example=1, map=2)
    below = np.mean(outputs_of(0, 1)["conv1"][..., 1] < 0)
    assert f"In feature map 2, {100 * below:.0f} % of the pixels" in explorer.summary


def test_the_same_picture_is_not_sent_through_the_network_again(monkeypatch):
    explorer = LayerFlowExplorer()
    passes, outputs = [], Sequential.outputs
    monkeypatch.setattr(Sequential, "outputs", lambda *arguments: passes.append(1) or outputs(*arguments))
    explorer.controls["map"].value = 3
    assert not passes
    explorer.controls["example"].value = 3
    assert len(passes) == 1
