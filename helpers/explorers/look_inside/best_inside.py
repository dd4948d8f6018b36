"""Look into a network of many layers: one number of a map, what it sees, and what moves it (lesson 3-5d)."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from helpers.datasets import load_cifar10_photographs
from helpers.drawing import svg
from helpers.explorers.controls import CellSlider, dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.look_inside.look_inside import PHOTOGRAPHS
from helpers.explorers.look_inside.pictures import MARGIN, class_bars, square_of
from helpers.language import say
from helpers.programs import CIFAR10, VARIANTS
from helpers.reference.activations import softmax
from helpers.reference.contributions import score_contributions
from helpers.reference.deeper_layers import without_normalization
from helpers.reference.layers import Conv2D
from helpers.reference.network import Sequential
from helpers.reference.receptive_field import Window, pixels_seen
from helpers.wording import percent, rounded, together

_PROGRAMS = {"best": VARIANTS["cifar10-best"], "chapter": CIFAR10}
_TOP, _PICTURE, _STEP = 44, 126, 144  # where the upper row begins, its pictures' side and distance
_LOWER, _MAPS = 276, 270  # the same for the maps


@dataclass(frozen=True, eq=False)
class _Reading:
    """What a network makes of a photograph: every layer's output, the winner, what each place adds to it."""

    outputs: dict[str, np.ndarray]
    probabilities: np.ndarray
    winner: int
    added: np.ndarray


class BestInsideExplorer(Explorer):
    """Choose a photograph, a network and a number in one of its maps; see what it sees and what moves it."""

    def __init__(self):
        photographs = load_cifar10_photographs()
        self._pictures = photographs.x_test[:PHOTOGRAPHS] / np.float32(255)
        self._labels, self._classes = photographs.y_test[:PHOTOGRAPHS], photographs.classes
        classes = enumerate((self._classes[label] for label in self._labels), start=1)
        names = [say("{name}: {value}", name=place, value=name) for place, name in classes]
        controls = {
            "picture": dropdown(say("Photograph"), list(zip(names, range(len(names)), strict=True))),
            "network": dropdown(
                say("Network"), [(say("the best"), "best"), (say("the chapter's"), "chapter")]
            ),
            "layer": None,
            "map": None,
            "place": None,
        }
        super().__init__(controls, clicks={"map": "map", "place": "place"})

    def adjust(self):
        """Offer the network's convolutions, the maps of the one that is chosen, and their places."""
        name = self.controls["network"].value
        network = network_of(name)
        convolutions = sum(isinstance(layer, Conv2D) for layer in network.layers)
        self.offer("layer", name, lambda: int_slider(say("Convolution"), 1, 1, convolutions), start=1)
        layer = self.controls["layer"].value
        _, side, _, maps = self._reading(self.state["picture"], name).outputs[f"relu{layer}"].shape
        self.offer("map", (name, layer), lambda: int_slider(say("Map"), 1, 1, maps), start=1)
        middle = side * side // 2 + side // 2 + 1
        self.offer("place", side, lambda: CellSlider(say("Place in it"), (side, side)), start=middle)

    def draw(self):
        """Return the picture and its sentence."""
        state, place = self.state, self.controls["place"].place
        network, layer, index = network_of(state["network"]), f"conv{state['layer']}", state["map"] - 1
        reading = self._reading(state["picture"], state["network"])
        (other,) = set(_PROGRAMS) - {state["network"]}
        seen = _seen(network, layer, len(self._pictures[0]), place)
        moving = self._moving(state, place)
        summary = self._summary(state, reading, seen, moving)
        label = int(self._labels[state["picture"]])
        look = {
            "classes": self._classes,
            "longest": 110,
            "label": label,
            "before": self._reading(state["picture"], other).probabilities,
        }
        parts = [
            *_photograph(self._pictures[state["picture"]], self._classes[label], seen, MARGIN),
            *_moved_by(moving, seen, MARGIN + _STEP),
            *_places(reading, self._classes[reading.winner], MARGIN + 2 * _STEP),
            svg.text(456, 28, say("Probability of each class"), weight="bold"),
            *class_bars(reading.probabilities, 456, _TOP, **look),
            svg.text(456, _TOP + 190, say("line across a bar: the other network"), size=13, fill=svg.MUTED),
            *_maps(reading.outputs[f"relu{state['layer']}"][0], layer, index, place),
            *_filter(network.parameters[f"{layer}/kernel"][..., index], MARGIN + 2 * (_MAPS + 22)),
        ]
        return svg.document(svg.WIDTH, _LOWER + 44 + _MAPS + MARGIN, parts, summary), summary

    def _reading(self, picture, name):
        """Send a photograph through a network; both networks' last readings are kept."""
        return self.keep(f"reading-{name}", picture, lambda: self._read(picture, network_of(name)))

    def _read(self, picture, network):
        outputs = network.outputs(self._pictures[[picture]])
        last = [layer for layer, output in outputs.items() if output.ndim == 4][-1]
        scores = list(outputs.values())[-1]
        winner = int(scores.argmax())
        added, _ = score_contributions(network.after(last), outputs[last], winner)
        return _Reading(outputs, softmax(scores)[0], winner, added[0].sum(axis=-1))

    def _moving(self, state, place):
        """Return how much each pixel moves the chosen sum, over the three colours: (H, W)."""
        layer, picture = f"conv{state['layer']}", self._pictures[[state["picture"]]]
        before = state["picture"], state["network"], layer
        part = _up_to(network_of(state["network"]), layer)
        sums, backward_passes = self.keep("passes", before, lambda: part.forward(picture))
        grad = np.zeros_like(sums)
        grad[0, *place, state["map"] - 1] = 1
        grad_x, _ = part.backward(grad, backward_passes)
        return np.abs(grad_x[0]).sum(axis=-1)

    def _summary(self, state, reading, seen, moving):
        label = int(self._labels[state["picture"]])
        values = {
            "name": self._classes[reading.winner],
            "probability": percent(reading.probabilities[reading.winner], 1),
            "label": self._classes[label],
            "of_label": percent(reading.probabilities[label], 1),
        }
        if reading.winner == label:
            read = say(
                "This network reads {name} with a probability of {probability}, which is correct.", **values
            )
        else:
            read = say(
                "This network reads {name} with a probability of {probability}. It is {label}, which gets "
                "{of_label}.",
                **values,
            )
        row, column = self.controls["place"].place
        sees = say(
            "In map {map} of {layer} the number in row {row}, column {column} sees {height} × {width} "
            "pixels. Half of what moves it lies in {half} of them.",
            map=state["map"],
            layer=f"conv{state['layer']}",
            row=row + 1,
            column=column + 1,
            height=len(seen[0]),
            width=len(seen[1]),
            half=_half(moving),
        )
        return together([read, sees])


@cache
def network_of(name):
    """Return the trained network, "best" or "chapter", each normalisation made part of its convolution."""
    return without_normalization(_PROGRAMS[name].trained_network())


def _up_to(network, name):
    """Return the network of the layers up to the one of this name."""
    names = [layer.name for layer in network.layers]
    return Sequential(network.layers[: names.index(name) + 1])


def _seen(network, name, side, place):
    """Return the rows and the columns of the picture that reach this place of a convolution's maps."""
    windows = []
    for layer in _up_to(network, name).layers:
        if isinstance(layer, Conv2D):
            windows.append(Window(len(layer.parameters["kernel"]), layer.stride[0], layer.padding))
        elif hasattr(layer, "pool_size"):
            windows.append(Window(layer.pool_size, layer.stride or layer.pool_size, layer.padding))
    return [pixels_seen(windows, side, index)[0] for index in place]


def _half(moving):
    """Count the fewest pixels that have half of the sum; 0 where all are 0."""
    largest_first = np.sort(moving, axis=None)[::-1].cumsum(dtype=np.float64)
    return int(np.searchsorted(largest_first, largest_first[-1] / 2)) + 1 if largest_first[-1] else 0


def _photograph(picture, name, seen, x):
    return [
        svg.text(x, 28, say("The photograph"), weight="bold"),
        svg.framed_image(svg.grey(picture, 0, 1), x, _TOP, _PICTURE, _PICTURE),
        _frame(seen, x, len(picture)),
        svg.text(x, _TOP + _PICTURE + 22, say("true class: {name}", name=name), size=14),
        svg.text(x, _TOP + _PICTURE + 42, say("frame: what it sees"), size=13, fill=svg.MUTED),
    ]


def _moved_by(moving, seen, x):
    return [
        svg.text(x, 28, say("What moves it"), weight="bold"),
        svg.framed_image(svg.signed(moving), x, _TOP, _PICTURE, _PICTURE),
        _frame(seen, x, len(moving)),
        svg.text(x, _TOP + _PICTURE + 22, say("size of the gradient"), size=13, fill=svg.MUTED),
        svg.text(x, _TOP + _PICTURE + 42, say("at each pixel"), size=13, fill=svg.MUTED),
    ]


def _places(reading, name, x):
    total = say("together {total}", total=rounded(reading.added.sum()))
    return [
        svg.text(x, 28, say("Added by place"), weight="bold"),
        svg.framed_image(svg.signed(reading.added), x, _TOP, _PICTURE, _PICTURE),
        svg.text(x, _TOP + _PICTURE + 22, say("to {name}'s score,", name=name), size=13, fill=svg.MUTED),
        svg.text(x, _TOP + _PICTURE + 42, total, size=13, fill=svg.MUTED),
    ]


def _frame(seen, x, side):
    """Draw the frame around the pixels that are seen, over a picture of this side."""
    scale = _PICTURE / side
    (top, bottom), (left, right) = ((along[0], along[-1]) for along in seen)
    return svg.rectangle(
        x + left * scale,
        _TOP + top * scale,
        (right + 1 - left) * scale,
        (bottom + 1 - top) * scale,
        stroke=svg.ORANGE,
        stroke_width=3,
    )


def _maps(maps, layer, index, place):
    """Draw all maps of a convolution after its ReLU, and the chosen one large."""
    *sides, count = maps.shape
    limit, x, y = svg.largest(maps), MARGIN + _MAPS + 22, _LOWER + 44
    cell = _MAPS / sides[0]
    title = say("{layer}, map {map}", layer=layer, map=index + 1)
    row, column = place
    value = say("after its ReLU; the framed number: {value}", value=rounded(maps[row, column, index]))
    return [
        svg.two_headings(
            MARGIN, _LOWER, say("All maps of {layer}", layer=layer), f"{count} × {sides[0]} × {sides[1]}"
        ),
        square_of(maps, MARGIN, y, _MAPS, limit=limit, name="map", chosen=index),
        svg.two_headings(x, _LOWER, title, value),
        svg.framed_image(svg.signed(maps[..., index], limit), x, y, _MAPS, _MAPS),
        svg.rectangle(
            x + column * cell - 1, y + row * cell - 1, cell + 2, cell + 2, stroke=svg.INK, stroke_width=2
        ),
        svg.pixel_sensor("place", x, y, _MAPS, _MAPS, *sides),
    ]


def _filter(kernel, x):
    """Draw a filter: one of three colours as a picture, any other in slices."""
    extent = svg.WIDTH - MARGIN - x
    heading = svg.two_headings(x, _LOWER, say("Its filter"), " × ".join(map(str, kernel.shape)))
    if kernel.shape[2] == 3:
        limit = svg.largest(kernel)
        return [heading, svg.framed_image(svg.grey(kernel, -limit, limit), x, _LOWER + 44, extent, extent)]
    return [heading, square_of(kernel, x, _LOWER + 44, extent, name="slice")]
