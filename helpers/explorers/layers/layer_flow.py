"""Follow a picture through the layers of a network, from pixels to probabilities (section 3-1)."""

import numpy as np

from helpers.drawing import svg
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.digits import first_of_each_digit
from helpers.explorers.explorer import Explorer
from helpers.language import say
from helpers.programs import MNIST
from helpers.reference.activations import softmax
from helpers.wording import number, percent

_EXAMPLES = 10
_MARGIN = 16
_MAP = 40  # side of a 28 x 28 map in the row of the first layers
_LARGE = 112  # side of a 28 x 28 map that is drawn large


class LayerFlowExplorer(Explorer):
    """A handwritten digit goes through a trained network; every layer shows what it makes of it."""

    def __init__(self):
        self._digits = first_of_each_digit(_EXAMPLES)
        self._network = MNIST.trained_network()
        self._passed = None, None  # the last picture, and what the layers made of it
        filters = self._network.parameters["conv1/kernel"].shape[3]
        super().__init__(
            {
                "digit": dropdown(say("Digit"), [(str(digit), digit) for digit in self._digits]),
                "example": int_slider(say("Example"), 1, 1, _EXAMPLES),
                "map": int_slider(say("Feature map"), 14, 1, filters),
            }
        )

    def draw(self):
        """Return the outputs of all layers, and what the network reads."""
        digit, chosen = self.state["digit"], self.state["map"] - 1
        image, outputs = self._pass(digit, self.state["example"])
        probabilities = softmax(outputs["dense2"])
        limit = _largest(outputs["conv1"])
        first, first_bottom = _first_layers(image, outputs, limit, chosen)
        later, later_bottom = _later_layers(outputs, probabilities, first_bottom + 22)
        parameters = self._network.parameters
        large, bottom = _large_map(
            outputs,
            limit,
            chosen,
            parameters["conv1/kernel"][:, :, 0, chosen],
            parameters["conv1/bias"][chosen],
            later_bottom + 22,
        )
        summary = _summary(outputs["conv1"][..., chosen], probabilities, digit, chosen)
        return svg.document(svg.WIDTH, bottom + 12, [*first, *later, *large], summary), summary

    def clicked(self, cell):
        """Choose the feature map of the first layers that was clicked, "map-index"."""
        name, index = cell.split("-")
        if name == "map":
            self.controls["map"].value = int(index) + 1

    def _pass(self, digit, example):
        """Return picture and layers' outputs, computed anew unless only the feature map has changed."""
        if self._passed[0] != (digit, example):
            image = self._digits[digit][example - 1 : example] / np.float32(255)
            outputs = {name: array[0] for name, array in self._network.outputs(image).items()}
            self._passed = (digit, example), (image[0, :, :, 0], outputs)
        return self._passed[1]


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
    return f"{verdict} {negative}"


def _first_layers(image, outputs, limit, chosen):
    top, grid = 56, 4 * _MAP + 12
    middle = top + grid / 2
    parts = [
        *_heading(_MARGIN, say("Input"), _sides(image)),
        *_framed(svg.grey(-image, -1, 0), _MARGIN, middle - _LARGE / 2, _LARGE, _LARGE),  # ink on paper
    ]
    left = _MARGIN + _LARGE
    titles = {"conv1": say("Convolution"), "relu1": say("ReLU"), "pool1": say("Max pooling")}
    for name, title in titles.items():
        maps = outputs[name]
        parts.append(svg.arrow(left + 8, middle, 26))
        left += 44
        scale = _MAP / 28
        width = 4 * (len(maps) * scale + 3)
        detail = say("{count} maps {sides}", count=maps.shape[2], sides=_sides(maps))
        parts += [
            *_heading(left, title, detail),
            svg.map_grid(
                maps, left, middle - width / 2, scale, columns=4, limit=limit, name="map", chosen=chosen
            ),
        ]
        left += width
    return parts, top + grid


def _later_layers(outputs, probabilities, top):
    """Draw the second block, the flattened vector, the affine layer and the probabilities."""
    pooled, flattened, units = outputs["pool2"], outputs["flatten"], outputs["relu3"]
    maps_top = top + 42
    scale, columns = 3, 6
    middle = maps_top + columns * (7 * scale + scale) / 2
    limit = _largest(pooled)
    detail = say("36 maps {sides}, each from all 16", sides=_sides(pooled))
    parts = [
        *_heading(_MARGIN, say("The same again"), detail, top),
        svg.map_grid(pooled, _MARGIN, maps_top, scale, columns=columns, limit=limit, name="later"),
    ]
    left = 258
    parts += [
        svg.arrow(left - 86, middle, 66),
        *_heading(left, say("Flatten"), say("{count:,} numbers", count=len(flattened)), top),
        *_framed(svg.signed(flattened.reshape(49, 36), limit), left, maps_top, 108, 147),
    ]
    left += 108 + 46
    parts += [
        svg.arrow(left - 40, middle, 28),
        *_heading(left, say("Affine, ReLU"), say("{count} units", count=len(units)), top),
        *_framed(svg.signed(units.reshape(16, 8), _largest(units)), left, maps_top, 74, 147),
    ]
    left += 74 + 50
    parts += [
        svg.arrow(left - 44, middle, 28),
        *_heading(left, say("Affine, softmax"), say("probability of each class"), top),
        *_bars(probabilities, left, maps_top),
    ]
    return parts, maps_top + 150


def _large_map(outputs, limit, chosen, kernel, bias, top):
    """Draw the chosen map of each of the first layers, with its filter."""
    grid_top = top + 42
    title, detail = say("Feature map {map}", map=chosen + 1), say("filter {sides}", sides=_sides(kernel))
    parts = [
        *_heading(_MARGIN, title, detail, top),
        *_framed(svg.signed(kernel, _largest(kernel)), _MARGIN, grid_top, _LARGE, _LARGE),
    ]
    left = _MARGIN + _LARGE
    titles = {"conv1": say("convolution"), "relu1": say("ReLU"), "pool1": say("max pooling")}
    for name, title in titles.items():
        values = outputs[name][..., chosen]
        parts.append(svg.arrow(left + 8, grid_top + _LARGE / 2, 26))
        left += 44
        side = _LARGE * len(values) / 28
        parts += [
            svg.text(left, top + 34, title, size=13, fill=svg.MUTED),
            *_framed(svg.signed(values, limit), left, grid_top + (_LARGE - side) / 2, side, side),
        ]
        left += side
    convolved = outputs["conv1"][..., chosen]
    lines = [
        say("bias {value}", value=_rounded(bias)),
        say(
            "from {smallest} to {largest}",
            smallest=_rounded(convolved.min()),
            largest=_rounded(convolved.max()),
        ),
        say("blue: below 0"),
        say("orange: above 0"),
    ]
    parts += [
        svg.text(left + 24, grid_top + 24 + 24 * place, line, size=14) for place, line in enumerate(lines)
    ]
    return parts, grid_top + _LARGE


def _bars(probabilities, x, y):
    row, longest = 15, 130
    winner = int(np.argmax(probabilities))
    parts = []
    for digit, probability in enumerate(probabilities):
        middle = y + (digit + 0.5) * row
        weight = "bold" if digit == winner else "normal"
        # Rounded: the last digits of a float32 sum differ from machine to machine.
        length = max(round(longest * float(probability), 1), 1)
        parts += [
            svg.text(x, middle + 5, str(digit), size=13, weight=weight),
            svg.rectangle(x + 16, middle - 5, length, 10, fill=svg.ORANGE if digit == winner else svg.BLUE),
            svg.text(x + 22 + length, middle + 5, percent(float(probability), 1), size=13, weight=weight),
        ]
    return parts


def _framed(pixels, x, y, width, height):
    return [svg.image(pixels, x, y, width, height), svg.rectangle(x, y, width, height, stroke=svg.LINE)]


def _heading(x, title, detail, top=12):
    return [
        svg.text(x, top + 14, title, weight="bold"),
        svg.text(x, top + 34, detail, size=13, fill=svg.MUTED),
    ]


def _largest(values):
    return float(np.abs(values).max()) or 1.0


def _rounded(value):
    return number(round(float(value), 2))


def _sides(array):
    return f"{array.shape[0]} × {array.shape[1]}"
