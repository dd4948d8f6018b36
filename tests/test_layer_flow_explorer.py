"""The explorer of the layers: what is read off picture and sentence against the network's stages."""

import re

import numpy as np
import pytest
from test_filters_explorer import clicked, images

from helpers.datasets import load_mnist
from helpers.drawing import svg
from helpers.explorers import LayerFlowExplorer
from helpers.reference.mnist_network import mnist_stages
from helpers.runs import recorded_weights


def stages_of(digit, example):
    mnist = load_mnist()
    image = mnist.x_test[mnist.y_test == digit][example - 1 : example] / np.float32(255)
    stages = mnist_stages(image, recorded_weights("mnist-seed1"))
    return {name: array[0] for name, array in stages.items()}


@pytest.mark.parametrize(("digit", "example"), [(digit, 1 + digit % 10) for digit in range(10)])
def test_the_scores_are_the_networks(digit, example):
    explorer = LayerFlowExplorer()
    explorer.set(digit=digit, example=example)
    scores = stages_of(digit, example)["scores"]
    shown = re.findall(r">(\d+\.\d) %</text>", explorer.view.svg)
    assert shown == [f"{100 * score:.1f}" for score in scores]
    assert f"reads {scores.argmax()} with a probability of {100 * scores.max():.1f} %" in explorer.summary
    assert ("although" in explorer.summary) == (scores.argmax() != digit)


def test_the_chosen_map_is_drawn_large_at_each_stage():
    explorer = LayerFlowExplorer()
    explorer.set(digit=4, example=2, map=9)
    stages = stages_of(4, 2)
    limit = np.abs(stages["convolution"]).max()
    # Input, three grids of maps, the second block, flattened, affine, the filter; then the three stages.
    for drawn, name in zip(images(explorer)[8:], ("convolution", "relu", "pooling"), strict=True):
        np.testing.assert_array_equal(drawn, svg.signed(stages[name][..., 8], limit))


def test_nothing_blue_is_left_after_the_relu():
    explorer = LayerFlowExplorer()
    convolution, relu = images(explorer)[1:3]
    assert (convolution[..., 0] < convolution[..., 2]).any()
    assert not (relu[..., 0] < relu[..., 2]).any()


def test_a_click_chooses_a_map_of_the_first_layers_only():
    explorer = LayerFlowExplorer()
    clicked(explorer, "map-15")
    assert explorer.state["map"] == 16
    assert "Feature map 16" in explorer.view.svg
    clicked(explorer, "later-30")
    assert explorer.state["map"] == 16


def test_the_share_below_zero_is_that_of_the_map():
    explorer = LayerFlowExplorer()
    explorer.set(digit=0, example=1, map=2)
    below = np.mean(stages_of(0, 1)["convolution"][..., 1] < 0)
    assert f"In feature map 2, {100 * below:.0f} % of the pixels" in explorer.summary


def test_the_same_picture_is_not_sent_through_the_network_again(monkeypatch):
    from helpers.explorers import layer_flow

    explorer = LayerFlowExplorer()
    passes = []
    monkeypatch.setattr(
        layer_flow, "mnist_stages", lambda *arguments: passes.append(1) or mnist_stages(*arguments)
    )
    explorer.controls["map"].value = 3
    assert not passes
    explorer.controls["example"].value = 3
    assert len(passes) == 1
