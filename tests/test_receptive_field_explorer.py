"""The explorer of receptive fields: what lights up is what a changed pixel reaches."""

import numpy as np
import pytest
from reading import elements, images, settings, texts

from helpers.explorers import ReceptiveFieldExplorer
from helpers.explorers.digits import first_of_each_digit
from helpers.explorers.receptive_field.receptive_field import STACKS, WINDOWS
from helpers.programs import CIFAR10, MNIST
from helpers.reference.conv2d import conv2d
from helpers.reference.layers import Conv2D, MaxPool2D
from helpers.reference.pooling import average_pool2d
from helpers.reference.receptive_field import Window


def lit(explorer, place):
    """Read which cells of a layer's map are orange."""
    return images(explorer)[place][..., 2] < 255


def framed(explorer, side):
    """Read what is framed in the picture, in its own pixels."""
    frame = elements(explorer, "rect", stroke_width="2.5")[0]
    left, top, width, height = (float(frame.get(name)) for name in ("x", "y", "width", "height"))
    step, found = 224 / side, np.zeros((side, side), bool)
    row, column = round((top - 64) / step), round((left - 14) / step)
    found[row : row + round(height / step), column : column + round(width / step)] = True
    return found


def reach(explorer, number, place, side):
    """Tell which cells of a map, of the picture for place 0, reach a number of the last map.

    Each cell in turn is 1 and all others 0; layers whose weights are all one then carry it on.
    """
    maps = np.eye(side**2).reshape(side**2, side, side, 1)
    kinds = [explorer.state[name] for name in ("layer1", "layer2", "layer3", "layer4")]
    for kind in kinds[place:]:
        if kind == "pool2":
            maps = average_pool2d(maps, 2)
        elif kind != "none":
            filter_size, stride = int(kind[4]), 2 if kind.endswith("-2") else 1
            ones = np.ones((filter_size, filter_size, 1, 1))
            maps = conv2d(maps, ones, padding="same", stride=stride)
    row, column = number
    return maps[:, row, column, 0].reshape(side, side) > 0


@pytest.mark.parametrize("setting", [*STACKS, "own"])
def test_what_lights_up_is_what_reaches_the_number(setting):
    explorer = ReceptiveFieldExplorer()
    if setting == "own":
        explorer.set(layer2="conv3-2", layer4="none")
    else:
        explorer.set(network=setting)
    last = settings(explorer.controls["number"])[-1]
    for number in (1, last // 3, last):
        explorer.set(number=number)
        chosen = explorer.controls["number"].place
        side = len(images(explorer)[0])
        np.testing.assert_array_equal(framed(explorer, side), reach(explorer, chosen, 0, side))
        for place in range(1, explorer.state["from"] + 1):
            orange = lit(explorer, place)
            np.testing.assert_array_equal(orange, reach(explorer, chosen, place, len(orange)))


def test_the_picture_is_pale_where_the_number_does_not_see_it():
    explorer = ReceptiveFieldExplorer()
    shown = images(explorer)[0].astype(int)
    digit = 255 - first_of_each_digit(1)[3][0, :, :, 0].astype(int)
    inside = framed(explorer, 28)
    np.testing.assert_array_equal(shown[inside], np.repeat(digit[inside][:, np.newaxis], 3, axis=1))
    assert shown[~inside].min() >= 191 > digit[~inside].min()


@pytest.mark.parametrize(("name", "program"), [("mnist", MNIST), ("cifar10", CIFAR10)])
def test_the_chapter_s_networks_have_these_layers(name, program):
    found = []
    for layer in program.network(np.random.default_rng(0)).layers:
        if isinstance(layer, Conv2D):
            found.append(Window(layer.parameters["kernel"].shape[0], layer.stride[0], layer.padding))
        elif isinstance(layer, MaxPool2D):
            assert layer.stride is None  # moves by its block
            found.append(Window(layer.pool_size, layer.pool_size, layer.padding))
    assert found == [WINDOWS[kind] for kind in STACKS[name]]


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        ("mnist", "This number sees 16 × 16 of the 28 × 28 pixels, 32.7 % of the picture."),
        ("cifar10", "This number sees 10 × 10 of the 32 × 32 pixels, 9.8 % of the picture."),
        ("two", "This number sees 5 × 5 of the 28 × 28 pixels, 3.2 % of the picture."),
        ("one", "This number sees 5 × 5 of the 28 × 28 pixels, 3.2 % of the picture."),
    ],
)
def test_the_sentence_gives_size_and_share(network, sentence):
    explorer = ReceptiveFieldExplorer()
    explorer.set(network=network)
    assert explorer.summary == sentence


def test_the_border_cuts_what_a_corner_sees():
    explorer = ReceptiveFieldExplorer()
    explorer.click("map4-0-6")
    assert "would see 16 × 16 pixels, but the border cuts them to 10 × 10" in explorer.summary
    assert explorer.controls["number"].place == (0, 6)


def test_the_sums_come_out_at_what_they_say():
    explorer = ReceptiveFieldExplorer()
    for network in STACKS:
        explorer.set(network=network)
        for layer in settings(explorer.controls["from"]):
            explorer.set(**{"from": layer})
            for start in ("Side: ", "Jump: "):
                (line,) = (text for text in texts(explorer) if text.startswith(start))
                terms, result = line.removeprefix(start).replace("−", "-").replace("·", "*").split(" = ")
                assert eval(terms) == int(result)


def test_a_click_on_any_map_looks_from_there():
    explorer = ReceptiveFieldExplorer()
    explorer.click("map1-3-20")
    assert explorer.state["from"] == 1
    assert explorer.controls["number"].place == (3, 20)
    assert "sees 5 × 5 of the 28 × 28" in explorer.summary
    # Layers further on see more than that number; nothing of them is orange.
    assert not any(lit(explorer, place).any() for place in (2, 3, 4))


def test_a_layer_that_is_changed_makes_the_network_one_s_own():
    explorer = ReceptiveFieldExplorer()
    explorer.set(layer1="conv3")
    assert explorer.state["network"] == "own"
    explorer.set(network="mnist")
    assert explorer.state["layer1"] == "conv5"
