"""The explorer of the best network: what is drawn and said, against the network with all its layers."""

import re

import numpy as np
import pytest
from reading import elements, images, number, places, texts

from helpers.datasets import load_cifar10_photographs
from helpers.drawing import svg
from helpers.explorers import BestInsideExplorer
from helpers.programs import CIFAR10, VARIANTS

PROGRAMS = {"best": VARIANTS["cifar10-best"], "chapter": CIFAR10}
DRAWN = ["photograph", "moving", "added", "maps", "large", "filter"]  # the images, in order
each_network = pytest.mark.parametrize("network", PROGRAMS)
# Convolution, map and place of numbers in the middle, at an edge and in a corner.
numbers = pytest.mark.parametrize(
    ("network", "layer", "map_number", "place"),
    [
        ("best", 1, 5, (16, 16)),
        ("best", 4, 64, (0, 7)),
        ("best", 6, 100, (7, 0)),
        ("best", 8, 128, (4, 4)),
        ("chapter", 2, 3, (15, 9)),
    ],
)


@pytest.fixture
def explorer():
    return BestInsideExplorer()


def drawn(explorer):
    return dict(zip(DRAWN, images(explorer), strict=True))


def photograph(index):
    return load_cifar10_photographs().x_test[[index]] / np.float32(255)


def sums_of(network, layer):
    """The layer whose output is the convolution's weighted sum: its own, or that of the normalisation."""
    norm = f"norm{layer}"
    return norm if norm in network.names() else f"conv{layer}"


def framed(explorer, side=32):
    """Read off the first orange frame which rows and columns it holds."""
    first, *_ = elements(explorer, "rect", stroke=svg.ORANGE)
    sheet = elements(explorer, "image")[0]
    scale = float(sheet.get("width")) / side
    top, left, height, width = (
        round((float(first.get(name)) - float(sheet.get(name, 0)) * (name in "xy")) / scale)
        for name in ("y", "x", "height", "width")
    )
    return slice(top, top + height), slice(left, left + width)


@each_network
@pytest.mark.parametrize("picture", [0, 7, 19])
def test_reads_what_the_trained_network_reads(explorer, network, picture):
    explorer.set(network=network, picture=picture)
    expected = 100 * PROGRAMS[network].trained_network().predict(photograph(picture))[0]
    shown = [float(found[1]) for text in texts(explorer) if (found := re.match(r"(\d+\.\d) %", text))]
    np.testing.assert_allclose(shown, expected, atol=0.06)
    classes = load_cifar10_photographs().classes
    assert f"reads {classes[expected.argmax()]} with" in explorer.summary
    np.testing.assert_array_equal(drawn(explorer)["photograph"], svg.grey(photograph(picture)[0], 0, 1))


@numbers
def test_the_frame_holds_all_that_the_number_sees(explorer, network, layer, map_number, place):
    explorer.set(network=network, layer=layer, map=map_number, place=place)
    inside, trained = framed(explorer), PROGRAMS[network].trained_network()
    sums, picture = sums_of(trained, layer), photograph(0)
    outside = np.random.default_rng(0).random(picture.shape, dtype=np.float32)
    outside[(slice(None), *inside)] = picture[(slice(None), *inside)]
    before, after = (trained.outputs(one)[sums][0, *place, map_number - 1] for one in (picture, outside))
    assert after == pytest.approx(before, abs=1e-5)
    # The pixels at each of its four edges count.
    for edge in (np.s_[:1], np.s_[-1:], np.s_[:, :1], np.s_[:, -1:]):
        changed = picture.copy()
        changed[(0, *inside)][edge] = 3 - 9 * changed[(0, *inside)][edge]
        assert abs(trained.outputs(changed)[sums][0, *place, map_number - 1] - before) > 1e-6
    rows, columns = inside
    size = f"sees {rows.stop - rows.start} × {columns.stop - columns.start} pixels"
    assert size in explorer.summary


@numbers
def test_what_moves_the_number_is_its_slope_at_each_pixel(explorer, network, layer, map_number, place):
    explorer.set(network=network, layer=layer, map=map_number, place=place)
    trained, picture = PROGRAMS[network].trained_network(), photograph(0)
    trained.set_parameters({name: array.astype(float) for name, array in trained.parameters.items()})
    sums, inside = sums_of(trained, layer), framed(explorer)

    def value(changed):
        return trained.outputs(changed)[sums][0, *place, map_number - 1]

    slopes = np.zeros((32, 32))
    for pixel in np.ndindex(32, 32):
        within = all(side.start <= at < side.stop for at, side in zip(pixel, inside, strict=True))
        if not within or (sum(pixel) % 7 and layer != 1):
            continue  # a part of them is enough: each needs six passes
        for colour in range(3):
            step = np.zeros(picture.shape)
            step[0, *pixel, colour] = 1e-6
            slopes[pixel] += abs(value(picture + step) - value(picture - step)) / 2e-6
    shown, judged = drawn(explorer)["moving"], slopes > 0
    assert judged.any()
    # The darkest pixel takes the full colour; where all were judged, it is among them.
    limit = _limit(shown[judged], slopes[judged])
    expected = svg.signed(np.where(judged, slopes, 0), limit)
    assert np.abs(shown[judged].astype(int) - expected[judged]).max() <= 2


def _limit(colours, slopes):
    """Find the slope that took the full colour: blue falls evenly with the share of it."""
    paper, full = 255, 0
    strongest = slopes.argmax()
    assert colours[strongest][2] < 200
    return slopes[strongest] * (paper - full) / (paper - colours[strongest][2])


@each_network
def test_what_the_places_add_makes_the_score_but_for_the_constant(explorer, network):
    explorer.set(network=network, picture=3)
    trained = PROGRAMS[network].trained_network()
    outputs = trained.outputs(photograph(3))
    score = list(outputs.values())[-1].max()
    (shown,) = (text.removeprefix("together ") for text in texts(explorer) if text.startswith("together"))
    if network == "best":
        # The mean over the places, times the weights: every place has its share, and the bias is constant.
        dense = trained.parameters["dense1/kernel"], trained.parameters["dense1/bias"]
        winner = int(outputs["dense1"].argmax())
        added = outputs["relu8"][0] @ dense[0][:, winner] / 64
        assert np.abs(drawn(explorer)["added"].astype(int) - svg.signed(added)).max() <= 1
        assert number(shown) + dense[1][winner] == pytest.approx(score, abs=0.006)
    assert drawn(explorer)["added"].shape == (8, 8, 3)


def test_half_of_what_moves_it_lies_in_so_many_pixels(explorer):
    """Counted in the picture: the shades are those of the slopes."""
    explorer.set(layer=8, map=3)
    shade = 255 - drawn(explorer)["moving"][..., 2].astype(float)
    largest_first = np.sort(shade.ravel())[::-1]
    counted = 1 + np.argmax(largest_first.cumsum() >= shade.sum() / 2)
    (told,) = re.findall(r"lies in (\d+) of them", explorer.summary)
    assert int(told) == pytest.approx(counted, rel=0.03)


@each_network
def test_all_maps_and_the_chosen_one_are_those_after_the_relu(explorer, network):
    explorer.set(network=network, layer=2, map=9, place=(3, 4))
    outputs = PROGRAMS[network].trained_network().outputs(photograph(0))
    maps = outputs["relu2"][0]
    large = drawn(explorer)["large"].astype(int)
    assert np.abs(large - svg.signed(maps[..., 8], maps.max())).max() <= 1
    assert [place for place in places(explorer) if place.startswith("map-")] == [
        f"map-{index}" for index in range(maps.shape[2])
    ]
    (shown,) = (text.partition("number: ")[2] for text in texts(explorer) if "framed number" in text)
    assert number(shown) == pytest.approx(maps[3, 4, 8], abs=0.006)


def test_a_filter_of_the_photograph_is_a_picture_of_three_colours(explorer):
    explorer.set(network="chapter", map=4)
    kernel = CIFAR10.trained_network().parameters["conv1/kernel"][..., 3]
    limit = np.abs(kernel).max()
    np.testing.assert_array_equal(drawn(explorer)["filter"], svg.grey(kernel, -limit, limit))


def test_clicks_choose_a_map_and_a_place(explorer):
    explorer.click("map-30")
    assert explorer.state["map"] == 31
    explorer.click("place-5-6")
    assert explorer.controls["place"].place == (5, 6)
    before = explorer.view.svg
    explorer.set(layer=3)
    explorer.click("slice-3")
    explorer.set(layer=1, map=31, place=(5, 6))
    assert explorer.view.svg == before


def test_another_network_has_its_own_convolutions(explorer):
    assert explorer.controls["layer"].max == 8
    explorer.set(layer=7)
    explorer.set(network="chapter")
    assert (explorer.controls["layer"].value, explorer.controls["layer"].max) == (1, 2)
    assert explorer.controls["map"].max == 32
