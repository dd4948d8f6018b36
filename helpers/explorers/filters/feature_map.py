"""Filters before and after a training, each with its feature map (section 3-1, convolution layer)."""

import numpy as np

from helpers.drawing import svg
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.digits import first_of_each_digit
from helpers.explorers.explorer import Explorer
from helpers.language import say
from helpers.programs import MNIST
from helpers.reference.conv2d import conv2d
from helpers.reference.filters import glorot_uniform, neighbour_correlation
from helpers.wording import rounded

_MARGIN, _PITCH = 16, 376  # pixels from one set of filters to the next


class FeatureMapExplorer(Explorer):
    """Filters as a network starts with, drawn at random, beside those that a trained one has learnt."""

    def __init__(self):
        self._digits = first_of_each_digit(1)
        self._learnt = MNIST.weights()["conv1/kernel"]
        super().__init__(
            {
                "digit": dropdown(say("Digit"), [(str(digit), digit) for digit in self._digits]),
                "seed": int_slider(say("Random seed"), 0, 0, 30),
                "map": int_slider(say("Filter"), 12, 1, self._learnt.shape[3]),
            },
            clicks={"filter": "map", "map": "map"},
        )

    def draw(self):
        """Return both sets with their maps, and how smooth their filters are."""
        shown = self.state["map"]
        digit = self._digits[self.state["digit"]][0, :, :, 0] / np.float32(255)
        random = glorot_uniform(self._learnt.shape, np.random.default_rng(self.state["seed"]))
        sets = [
            (say("Random"), say("Random: digit, filter {filter}, feature map", filter=shown), random),
            (say("Learnt"), say("Learnt: digit, filter {filter}, feature map", filter=shown), self._learnt),
        ]
        small, large, alike = [], [], []
        for place, (title, large_title, kernel) in enumerate(sets):
            filters = kernel[:, :, 0]
            maps = conv2d(digit[np.newaxis, :, :, np.newaxis], kernel, padding="same")[0]
            left, chosen = _MARGIN + place * _PITCH, shown - 1
            small += _set_of_filters(left, title, filters, maps, chosen)
            large += _one_large(left, large_title, digit, filters, maps, chosen)
            alike.append(rounded(neighbour_correlation(kernel)))
        summary = say(
            "How alike are neighbouring weights of a filter? Correlation {random} for the random filters, "
            "{learnt} for the learnt ones: learning gathered weights of one sign into strokes and edges.",
            random=alike[0],
            learnt=alike[1],
        )
        return svg.document(svg.WIDTH, 470, small + large, summary), summary


def _set_of_filters(left, title, filters, maps, chosen):
    """Draw filters (f, f, K), data-cell "filter-index", beside their maps (H, W, K), "map-index"."""
    look = {"columns": 4, "chosen": chosen}
    return [
        svg.text(left, 28, title, weight="bold"),
        svg.text(left, 50, say("filters"), size=13, fill=svg.MUTED),
        svg.map_grid(filters, left, 60, 5, name="filter", **look),
        svg.text(left + 124, 50, say("their feature maps"), size=13, fill=svg.MUTED),
        svg.map_grid(maps, left + 124, 60, 2, name="map", **look),
    ]


def _one_large(left, title, digit, filters, maps, chosen):
    """Draw the digit, (H, W) from 0 to 1, one filter and its map in a row."""
    top, side = 318, 112
    images = (
        svg.ink(digit),
        svg.signed(filters[..., chosen], svg.largest(filters)),
        svg.signed(maps[..., chosen], svg.largest(maps)),
    )
    parts = [svg.text(left, top, title, size=14, weight="bold")]
    for place, pixels in enumerate(images):
        x = left + place * (side + 8)
        parts.append(svg.framed_image(pixels, x, top + 14, side, side))
    return parts
