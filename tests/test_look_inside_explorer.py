"""The explorers of both networks: what is read off picture and sentence against the networks' outputs."""

import re

import numpy as np
import pytest
from reading import images, number, places, texts
from scipy import ndimage

from helpers.datasets import load_cifar10_photographs, load_mnist
from helpers.drawing import svg
from helpers.explorers import DigitInsideExplorer, PhotographInsideExplorer
from helpers.explorers.look_inside.look_inside import LookInsideExplorer
from helpers.programs import CIFAR10, MNIST
from helpers.reference.contributions import score_contributions
from helpers.reference.network import Sequential

EXPLORERS = {DigitInsideExplorer: MNIST, PhotographInsideExplorer: CIFAR10}
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
    "relu3",
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


def trained(explorer_class):
    return EXPLORERS[explorer_class].trained_network()


def pixels(picture):
    return svg.grey(-picture[..., 0], -1, 0) if picture.shape[2] == 1 else svg.grey(picture, 0, 1)


def probabilities(explorer):
    found = (re.match(r"(\d+\.\d) %", text) for text in texts(explorer))
    return [float(match[1]) for match in found if match]


@each_explorer
def test_starts_on_an_unchanged_picture_of_the_trained_network(explorer_class):
    explorer = explorer_class()
    picture, name = first_picture(explorer_class)
    expected = trained(explorer_class).predict(picture[np.newaxis])[0]
    np.testing.assert_array_equal(drawn(explorer)["original"], pixels(picture))
    np.testing.assert_array_equal(drawn(explorer)["seen"], pixels(picture))
    np.testing.assert_allclose(probabilities(explorer), 100 * expected, atol=0.051)
    assert any(f"true class: {name}" in text for text in texts(explorer))
    told = f"{100 * expected.max():.1f} %"
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
    expected = trained(explorer_class).predict(expected[np.newaxis].astype(np.float32))[0]
    np.testing.assert_allclose(probabilities(explorer), 100 * expected, rtol=0, atol=0.06)


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
    network = trained(explorer_class)
    maps = network.outputs(first_picture(explorer_class)[0][np.newaxis])["pool2"][0]
    np.testing.assert_array_equal(drawn(explorer)["large"], svg.signed(maps[..., 29], maps.max()))
    kernel = network.parameters["conv2/kernel"][..., 29]
    side = len(kernel)
    np.testing.assert_array_equal(
        drawn(explorer)["kernel"][:side, :side], svg.signed(kernel[..., 0], np.abs(kernel).max())
    )
    assert any("pool2, map 30" in text for text in texts(explorer))


@each_explorer
def test_every_map_of_every_layer_is_there(explorer_class):
    explorer = explorer_class()
    network = trained(explorer_class)
    maps = network.outputs(first_picture(explorer_class)[0][np.newaxis])
    maps["filter"], maps["added"] = network.parameters["conv1/kernel"], maps["pool2"]
    for name in ("filter", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "added"):
        shown = [place for place in places(explorer) if place.startswith(f"{name}-")]
        assert shown == [f"{name}-{index}" for index in range(maps[name].shape[-1])]


@each_explorer
def test_the_sentence_adds_up_to_the_score(explorer_class):
    explorer = explorer_class()
    explorer.set(down=2, degrees=15)
    found = re.search(
        r"pool2 add ([+−][\d.]+), map (\d+) the most with ([+−][\d.]+); the constant part is ([+−]\d+\.\d+)",
        explorer.summary,
    )
    total, strongest, most, constant = map(number, found.groups())
    (shown,) = (text.partition("= score ")[2] for text in texts(explorer) if "= score " in text)
    assert total + constant == pytest.approx(number(shown), abs=0.011)
    network = trained(explorer_class)
    moved = ndimage.rotate(first_picture(explorer_class)[0], 15, reshape=False, order=1)
    moved = ndimage.shift(moved, (2, 0, 0), order=0)
    outputs = network.outputs(moved[np.newaxis])
    winner = int(outputs["dense2"].argmax())
    added, _ = score_contributions(network.after("pool2"), outputs["pool2"], winner)
    by_map = added.sum(axis=(0, 1, 2))
    assert (by_map.argmax() + 1, by_map.max()) == (strongest, pytest.approx(most, abs=0.006))


@each_explorer
@pytest.mark.parametrize("draw", [1, 5])
def test_the_untrained_network_is_drawn_by_its_number(explorer_class, draw):
    explorer = explorer_class()
    explorer.set(network=draw)
    network = EXPLORERS[explorer_class].network(np.random.default_rng(draw))
    expected = network.predict(first_picture(explorer_class)[0][np.newaxis])[0]
    np.testing.assert_allclose(probabilities(explorer), 100 * expected, rtol=0, atol=0.051)
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
    explorer.click(cell)
    assert (explorer.state["layer"], explorer.state["map"]) == (layer, chosen)
    assert any(f"{layer}, map {chosen}" in text for text in texts(explorer))


def test_a_click_on_a_slice_of_a_filter_changes_nothing():
    explorer = DigitInsideExplorer()
    before = explorer.view.svg
    explorer.click("slice-0")
    assert explorer.view.svg == before


def test_a_layer_with_fewer_maps_takes_its_last_and_draws_once(monkeypatch):
    explorer = DigitInsideExplorer()
    explorer.set(layer="relu2", map=36)
    draws = []
    monkeypatch.setattr(
        DigitInsideExplorer, "draw", lambda self: draws.append(1) or LookInsideExplorer.draw(self)
    )
    explorer.controls["layer"].value = "pool1"
    assert explorer.state["map"] == 16
    assert len(draws) == 1


def test_another_map_needs_no_second_pass(monkeypatch):
    explorer = DigitInsideExplorer()
    passes, forward = [], Sequential.forward
    monkeypatch.setattr(Sequential, "forward", lambda *arguments: passes.append(1) or forward(*arguments))
    outputs = Sequential.outputs
    monkeypatch.setattr(Sequential, "outputs", lambda *arguments: passes.append(1) or outputs(*arguments))
    explorer.set(layer="conv2", map=20)
    assert not passes
    explorer.set(down=1)
    # All layers, and those after pool2 for the parts of the score; the unchanged picture was there before.
    assert len(passes) == 2


def test_controls_without_effect_rest():
    controls = DigitInsideExplorer().controls
    resting = {name for name, control in controls.items() if control.disabled}
    assert resting == {"noise_seed", "row", "column"}
    controls["noise"].value, controls["side"].value = 1, 1
    assert not any(control.disabled for control in controls.values())
