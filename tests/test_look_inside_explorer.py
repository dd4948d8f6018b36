"""The explorers of both networks: what is read off picture and sentence against the networks' stages."""

import re

import numpy as np
import pytest
from scipy import ndimage
from test_filters_explorer import clicked, images

from helpers.datasets import load_cifar10_photographs, load_mnist
from helpers.drawing import svg
from helpers.explorers import DigitInsideExplorer, PhotographInsideExplorer, look_inside
from helpers.reference.program_networks import network_stages, score_contributions, untrained_weights
from helpers.runs import recorded_weights

EXPLORERS = {DigitInsideExplorer: "mnist-seed1", PhotographInsideExplorer: "cifar10-seed0"}
# The images of the picture, in order.
DRAWN = [
    "original",
    "seen",
    "filter",
    "conv1",
    "relu1",
    "pool1",
    "conv2",
    "relu2",
    "pool2",
    "added",
    "large",
    "kernel",
    "dense1",
]
each_explorer = pytest.mark.parametrize("explorer_class", EXPLORERS, ids=lambda explorer: explorer.__name__)


def drawn(explorer):
    return dict(zip(DRAWN, images(explorer), strict=True))


def first_picture(explorer_class):
    """The picture that the explorer starts with, and its class."""
    if explorer_class is DigitInsideExplorer:
        digits = load_mnist()
        return digits.x_test[np.argmax(digits.y_test == 3)] / np.float32(255), "3"
    photographs = load_cifar10_photographs()
    return photographs.x_test[0] / np.float32(255), photographs.classes[photographs.y_test[0]]


def pixels(picture):
    return svg.grey(-picture[..., 0], -1, 0) if picture.shape[2] == 1 else svg.grey(picture, 0, 1)


def probabilities(explorer):
    return [float(text) for text in re.findall(r">(\d+\.\d) %[^<]*</text>", explorer.view.svg)]


@each_explorer
def test_starts_on_an_unchanged_picture_of_the_trained_network(explorer_class):
    explorer = explorer_class()
    picture, name = first_picture(explorer_class)
    weights = recorded_weights(EXPLORERS[explorer_class])
    scores = network_stages(picture[np.newaxis], weights)["probabilities"][0]
    np.testing.assert_array_equal(drawn(explorer)["original"], pixels(picture))
    np.testing.assert_array_equal(drawn(explorer)["seen"], pixels(picture))
    np.testing.assert_allclose(probabilities(explorer), 100 * scores, atol=0.051)
    assert f"true class: {name}" in explorer.view.svg
    told = f"{100 * scores.max():.1f} %"
    assert f"reads {name} with a probability of {told} ({told} in the unchanged picture)" in explorer.summary


@each_explorer
@pytest.mark.parametrize(
    ("setting", "change"),
    [
        ({"down": 4, "right": -3}, lambda x: ndimage.shift(x, (4, -3, 0), order=0)),
        ({"degrees": 90}, np.rot90),
        ({"degrees": 30}, lambda x: ndimage.rotate(x, 30, reshape=False, order=1)),
    ],
)
def test_what_the_network_sees_is_scipys_or_numpys(explorer_class, setting, change):
    explorer = explorer_class()
    explorer.set(**setting)
    expected = change(first_picture(explorer_class)[0])
    off = drawn(explorer)["seen"].astype(int) - pixels(expected)
    assert np.abs(off).max() <= 1  # float32 and float64 round to neighbouring greys
    expected = network_stages(
        expected[np.newaxis].astype(np.float32), recorded_weights(EXPLORERS[explorer_class])
    )
    np.testing.assert_allclose(probabilities(explorer), 100 * expected["probabilities"][0], rtol=0, atol=0.06)


@each_explorer
def test_the_patch_lies_where_its_sliders_say(explorer_class):
    explorer = explorer_class()
    explorer.set(side=6, row=5, column=20)
    before, after = (drawn(explorer)[name].astype(int) for name in ("original", "seen"))
    changed = np.ones(before.shape[:2], bool)
    changed[4:10, 19:25] = False
    np.testing.assert_array_equal(after[changed], before[changed])
    assert len(np.unique(after[4:10, 19:25])) == 1


@each_explorer
def test_noise_follows_its_draw(explorer_class):
    explorer = explorer_class()
    explorer.set(noise=20)
    first = explorer.view.svg
    explorer.set(noise_seed=2)
    assert explorer.view.svg != first
    explorer.set(noise_seed=1)
    assert explorer.view.svg == first


@each_explorer
def test_the_chosen_map_is_drawn_large_with_its_filter(explorer_class):
    explorer = explorer_class()
    explorer.set(layer="pool2", map=30)
    weights = recorded_weights(EXPLORERS[explorer_class])
    stages = network_stages(first_picture(explorer_class)[0][np.newaxis], weights)
    maps = stages["pool2"][0]
    np.testing.assert_array_equal(drawn(explorer)["large"], svg.signed(maps[..., 29], maps.max()))
    kernel = weights["conv2/kernel"][..., 29]
    side = len(kernel)
    np.testing.assert_array_equal(
        drawn(explorer)["kernel"][:side, :side], svg.signed(kernel[..., 0], np.abs(kernel).max())
    )
    assert "pool2, map 30" in explorer.view.svg


@each_explorer
def test_every_map_of_every_layer_is_there(explorer_class):
    explorer = explorer_class()
    weights = recorded_weights(EXPLORERS[explorer_class])
    stages = network_stages(first_picture(explorer_class)[0][np.newaxis], weights)
    stages["filter"], stages["added"] = weights["conv1/kernel"], stages["pool2"]
    for name in ("filter", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "added"):
        count = stages[name].shape[-1]
        assert re.findall(rf'data-cell="{name}-(\d+)"', explorer.view.svg) == [str(k) for k in range(count)]


@each_explorer
def test_the_sentence_adds_up_to_the_score(explorer_class):
    explorer = explorer_class()
    explorer.set(down=2, degrees=15)
    found = re.search(
        r"pool2 add ([+−][\d.]+), map (\d+) the most with ([+−][\d.]+); the constant part is ([+−]\d+\.\d+)",
        explorer.summary,
    )
    total, strongest, most, constant = (float(text.replace("−", "-")) for text in found.groups())
    shown = re.search(r"= score (−?[\d.]+)<", explorer.view.svg)[1]
    assert total + constant == pytest.approx(float(shown.replace("−", "-")), abs=0.011)
    weights = recorded_weights(EXPLORERS[explorer_class])
    moved = ndimage.rotate(first_picture(explorer_class)[0], 15, reshape=False, order=1)
    moved = ndimage.shift(moved, (2, 0, 0), order=0)
    stages = network_stages(moved[np.newaxis], weights)
    added, _ = score_contributions(stages, weights, int(stages["scores"].argmax()))
    by_map = added.sum(axis=(0, 1, 2))
    assert (by_map.argmax() + 1, by_map.max()) == (strongest, pytest.approx(most, abs=0.006))


@each_explorer
@pytest.mark.parametrize("draw", [1, 5])
def test_the_untrained_network_is_drawn_by_its_number(explorer_class, draw):
    explorer = explorer_class()
    explorer.set(network=draw)
    weights = untrained_weights(recorded_weights(EXPLORERS[explorer_class]), np.random.default_rng(draw))
    stages = network_stages(first_picture(explorer_class)[0][np.newaxis], weights)
    np.testing.assert_allclose(probabilities(explorer), 100 * stages["probabilities"][0], rtol=0, atol=0.051)
    assert explorer.summary.startswith("The untrained network reads")


def test_a_wrong_reading_names_the_true_class():
    explorer = DigitInsideExplorer()
    explorer.set(degrees=90)
    assert re.search(r"It is 3, which gets \d+\.\d % \(100\.0 % in the unchanged picture\)", explorer.summary)


@pytest.mark.parametrize(
    ("cell", "layer", "chosen"),
    [("conv1-4", "conv1", 5), ("filter-15", "conv1", 16), ("pool2-35", "pool2", 36), ("added-0", "pool2", 1)],
)
def test_a_click_chooses_a_map(cell, layer, chosen):
    explorer = DigitInsideExplorer()
    clicked(explorer, cell)
    assert (explorer.state["layer"], explorer.state["map"]) == (layer, chosen)
    assert f"{layer}, map {chosen}" in explorer.view.svg


def test_a_click_on_a_slice_of_a_filter_changes_nothing():
    explorer = DigitInsideExplorer()
    before = explorer.view.svg
    clicked(explorer, "slice-0")
    assert explorer.view.svg == before


def test_a_layer_with_fewer_maps_takes_its_last_and_draws_once(monkeypatch):
    explorer = DigitInsideExplorer()
    explorer.set(layer="relu2", map=36)
    draws = []
    monkeypatch.setattr(
        DigitInsideExplorer, "draw", lambda self: draws.append(1) or look_inside.LookInsideExplorer.draw(self)
    )
    explorer.controls["layer"].value = "pool1"
    assert explorer.state["map"] == 16
    assert len(draws) == 1


def test_another_map_needs_no_second_pass(monkeypatch):
    explorer = DigitInsideExplorer()
    passes = []
    monkeypatch.setattr(
        look_inside, "network_stages", lambda *arguments: passes.append(1) or network_stages(*arguments)
    )
    explorer.set(layer="conv2", map=20)
    assert not passes
    explorer.set(down=1)
    assert len(passes) == 1  # the unchanged picture has been through already


def test_controls_without_effect_rest():
    controls = DigitInsideExplorer().controls
    resting = {name for name, control in controls.items() if control.disabled}
    assert resting == {"noise_seed", "row", "column"}
    controls["noise"].value, controls["side"].value = 1, 1
    assert not any(control.disabled for control in controls.values())
