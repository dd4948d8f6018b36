"""Follow a picture through the layers of a network, from pixels to probabilities (section 3-1)."""

import numpy as np

from helpers.drawing import svg
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.digits import first_of_each_digit
from helpers.explorers.explorer import Explorer
from helpers.explorers.look_inside.pictures import class_bars
from helpers.language import say
from helpers.programs import MNIST
from helpers.reference.activations import softmax
from helpers.wording import percent, rounded, together

_EXAMPLES = 10
_MARGIN = 16
_MAP = 40  # side of a 28 x 28 map in the row of the first layers
_LARGE = 112  # side of a 28 x 28 map that is drawn large


class LayerFlowExplorer(Explorer):
    """A handwritten digit goes through a trained network; every layer shows what it makes of it."""

    def __init__(self):
        self._digits = first_of_each_digit(_EXAMPLES)
        self._network = MNIST.trained_network()
        filters = self._network.parameters["conv1/kernel"].shape[3]
        super().__init__(
            {
                "digit": dropdown(say("Digit"), [(str(digit), digit) for digit in self._digits]),
                "example": int_slider(say("Example"), 1, 1, _EXAMPLES),
                "map": int_slider(say("Feature map"), 14, 1, filters),
            },
            clicks={"map": "map"},
        )

    def draw(self):
        """Return the outputs of all layers, and what the network reads."""
        digit, chosen = self.state["digit"], self.state["map"] - 1
        example = self.state["example"]
        image, outputs = self.keep("pass", (digit, example), lambda: self._pass(digit, example))
        probabilities = softmax(outputs["dense2"])
        limit = svg.largest(outputs["conv1"])
        first, first_bottom = _first_layers(image, outputs, limit, chosen)
        later, later_bottom = _later_layers(outputs, probabilities, first_bottom + 22)
        kernel, bias = (self._network.parameters[f"conv1/{name}"][..., chosen] for name in ("kernel", "bias"))
        large, bottom = _large_map(outputs, limit, chosen, kernel[:, :, 0], bias, later_bottom + 22)
        summary = _summary(outputs["conv1"][..., chosen], probabilities, digit, chosen)
        return svg.document(svg.WIDTH, bottom + 12, [*first, *later, *large], summary), summary

    def _pass(self, digit, example):
        """Return the picture and what the layers make of it."""
        image = self._digits[digit][example - 1 : example] / np.float32(255)
        return image[0, :, :, 0], {name: array[0] for name, array in self._network.outputs(image).items()}


def _summary(convolved, probabilities, digit, chosen):
    read = int(np.argmax(probabilities))
    probability = percent(probabilities[read], 1)
    if read == digit:
        verdict = say(
            "The network reads {digit} with a probability of {probability}.",
            digit=read,
            probability=probability,
        )
    else:
        verdict = say(
            "The network reads {digit} with a probability of {probability}, although the label says {label}.",
            digit=read,
            probability=probability,
            label=digit,
        )
    negative = say(
        "In feature map {map}, {share} of the pixels are below zero before the ReLU and zero after it; "
        "pooling then keeps the largest of every four.",
        map=chosen + 1,
        share=percent(np.mean(convolved < 0)),
    )
    return together([verdict, negative])


def _first_layers(image, outputs, limit, chosen):
    top, grid = 56, 4 * _MAP + 12
    middle, left = top + grid / 2, _MARGIN + _LARGE
    parts = [
        svg.two_headings(_MARGIN, 12, say("Input"), _sides(image)),
        svg.framed_image(svg.ink(image), _MARGIN, middle - _LARGE / 2, _LARGE, _LARGE),
    ]
    titles = {"conv1": say("Convolution"), "relu1": say("ReLU"), "pool1": say("Max pooling")}
    look = {"columns": 4, "limit": limit, "name": "map", "chosen": chosen}
    for name, title in titles.items():
        maps, scale = outputs[name], _MAP / 28
        width = 4 * (len(maps) * scale + 3)
        parts += [
            svg.arrow(left + 8, middle, 26),
            svg.two_headings(
                left + 44, 12, title, say("{count} maps {sides}", count=maps.shape[2], sides=_sides(maps))
            ),
            svg.map_grid(maps, left + 44, middle - width / 2, scale, **look),
        ]
        left += 44 + width
    return parts, top + grid


def _later_layers(outputs, probabilities, top):
    """Draw the second block, the flattened vector, the affine layer and the probabilities."""
    pooled, flattened, units = outputs["pool2"], outputs["flatten"], outputs["relu3"]
    maps_top, scale, columns, limit = top + 42, 3, 6, svg.largest(pooled)
    middle = maps_top + columns * (7 * scale + scale) / 2
    again = say("36 maps {sides}, each from all 16", sides=_sides(pooled))
    parts = [
        svg.two_headings(_MARGIN, top, say("The same again"), again),
        svg.map_grid(pooled, _MARGIN, maps_top, scale, columns=columns, limit=limit, name="later"),
        svg.arrow(172, middle, 66),
        svg.two_headings(258, top, say("Flatten"), say("{count:,} numbers", count=len(flattened))),
        svg.framed_image(svg.signed(flattened.reshape(49, 36), limit), 258, maps_top, 108, 147),
        svg.arrow(372, middle, 28),
        svg.two_headings(412, top, say("Affine, ReLU"), say("{count} units", count=len(units))),
        svg.framed_image(svg.signed(units.reshape(16, 8)), 412, maps_top, 74, 147),
        svg.arrow(492, middle, 28),
        svg.two_headings(536, top, say("Affine, softmax"), say("probability of each class")),
        *class_bars(probabilities, 536, maps_top, classes="0123456789", longest=130, row=15),
    ]
    return parts, maps_top + 150


def _large_map(outputs, limit, chosen, kernel, bias, top):
    """Draw the chosen map of each of the first layers, with its filter."""
    grid_top, left = top + 42, _MARGIN + _LARGE
    title, detail = say("Feature map {map}", map=chosen + 1), say("filter {sides}", sides=_sides(kernel))
    parts = [
        svg.two_headings(_MARGIN, top, title, detail),
        svg.framed_image(svg.signed(kernel), _MARGIN, grid_top, _LARGE, _LARGE),
    ]
    titles = {"conv1": say("convolution"), "relu1": say("ReLU"), "pool1": say("max pooling")}
    for name, title in titles.items():
        pixels = svg.signed(outputs[name][..., chosen], limit)
        side = _LARGE * len(pixels) / 28
        parts += [
            svg.arrow(left + 8, grid_top + _LARGE / 2, 26),
            svg.text(left + 44, top + 34, title, size=13, fill=svg.MUTED),
            svg.framed_image(pixels, left + 44, grid_top + (_LARGE - side) / 2, side, side),
        ]
        left += 44 + side
    convolved = outputs["conv1"][..., chosen]
    smallest, largest = rounded(convolved.min()), rounded(convolved.max())
    lines = [
        say("bias {value}", value=rounded(bias)),
        say("from {smallest} to {largest}", smallest=smallest, largest=largest),
        say("blue: below 0"),
        say("orange: above 0"),
    ]
    parts.append(svg.lines(left + 24, grid_top + 24, lines, size=14))
    return parts, grid_top + _LARGE


def _sides(array):
    return f"{array.shape[0]} × {array.shape[1]}"
