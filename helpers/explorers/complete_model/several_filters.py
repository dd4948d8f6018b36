"""Two filters over three channels, as a framework's layer has them (Figure 3-8 with more than one filter)."""

import numpy as np

from helpers.chapter.examples import EXAMPLE, TWO_BIASES, TWO_FILTERS
from helpers.drawing import svg
from helpers.drawing.grids import titled_grid
from helpers.explorers.complete_model.complete_model import CHANNEL_LOOKS
from helpers.explorers.complete_model.explanations import BRIGHTEST
from helpers.explorers.controls import CellSlider, dropdown
from helpers.explorers.explanation import in_two_dimensions
from helpers.explorers.explorer import Explorer
from helpers.language import say
from helpers.reference.conv2d import conv2d
from helpers.reference.geometry import windows
from helpers.wording import factor, indexed, letters, number, total, window_products

_IMAGE = EXAMPLE["image"]
_MAPS = conv2d(_IMAGE[np.newaxis], TWO_FILTERS, TWO_BIASES)[0]
_WINDOW = TWO_FILTERS.shape[:2]
_FILTERS = range(TWO_FILTERS.shape[-1])

_MARGIN, _TOP, _ROW = 14, 112, 160
_SIDE, _KERNEL_SIDE, _MAP_SIDE = 26, 30, 36
_LABEL, _LABEL_SIZE = say("bias"), 13
_MORE = _LABEL_SIZE / 2 * (letters(_LABEL) - letters("bias"))  # room that this label needs beside English
_KERNELS, _PRODUCTS, _RIGHT = (162 + _MORE, 246 + 2 * _MORE), 330 + 2 * _MORE, 570
_MAP_ROW = 4 * _MAP_SIDE + 48
_HEIGHT = _TOP + 2 * _ROW + len(_IMAGE) * _SIDE + _MARGIN
_BIASES = _TOP + 2 * _ROW + 2 * _KERNEL_SIDE + 14


class SeveralFiltersExplorer(Explorer):
    """Two filters over all channels make two maps; a number that is chosen explains itself."""

    def __init__(self):
        filters = [(say("filter {number}", number=k + 1), k) for k in _FILTERS]
        cell = CellSlider(say("Cell"), _MAPS.shape[:2])
        cell.place = 0, 1
        super().__init__({"filter": dropdown(say("Filter"), filters), "cell": cell})

    def clicked(self, cell):
        """Explain the number of a map that was clicked."""
        name, *place = svg.cell_place(cell)
        if name.startswith("map"):
            self.set(filter=int(name.removeprefix("map")) - 1, cell=tuple(place))

    def draw(self):
        """Return the picture and its sentence."""
        chosen, place = self.state["filter"], self.controls["cell"].place
        seen = windows(_IMAGE[np.newaxis], _WINDOW)[(0, *place)]
        answers = (seen * TWO_FILTERS[..., chosen]).sum(axis=(0, 1)).tolist()
        values = {"number": chosen + 1, "row": place[0] + 1, "column": place[1] + 1}
        result = number(_MAPS[(*place, chosen)])
        lines = [
            say("Map {number}, row {row}, column {column}: the channels added up, plus one bias", **values),
            f"{total(answers)} + {factor(TWO_BIASES[chosen])} = {result}",
        ]
        summary = say(
            "Map {number} has {result} at row {row}, column {column}, from {products} products. Each filter "
            "has {products} weights and one bias, and makes one map.",
            **values,
            result=result,
            products=seen.size,
        )
        parts = [
            svg.text(_MARGIN, 28, lines[0], weight="bold"),
            svg.text(_MARGIN, 28 + svg.LINE_HEIGHT, lines[1]),
            *_channels(seen, answers, chosen, place),
            *_filters(chosen),
            *_maps(chosen, place),
        ]
        return svg.document(svg.WIDTH, _HEIGHT, parts, summary), summary


def _channels(seen, answers, chosen, place):
    """Draw each channel with its window, and its products with the chosen filter."""
    yield svg.heading(_PRODUCTS, _TOP, say("Window times filter {number}", number=chosen + 1))
    for c, (colour, tint) in CHANNEL_LOOKS.items():
        channel, top, title = _IMAGE[..., c - 1], _TOP + (c - 1) * _ROW, f"{indexed('I', c)} {colour}"
        look = {"name": f"image{c}", "fills": svg.shades(channel, 0, BRIGHTEST, tint)}
        yield titled_grid(title, channel, _MARGIN, top, _SIDE, framed=place, sides=_WINDOW, **look)
        products = window_products(seen[..., c - 1], TWO_FILTERS[..., c - 1, chosen], answers[c - 1])
        yield svg.lines(_PRODUCTS, top + 20, products)


def _filters(chosen):
    """Draw each filter, a slice beside each channel and its bias below; the chosen one is framed."""
    for k, x in enumerate(_KERNELS):
        yield svg.heading(x, _TOP, say("Filter {number}", number=k + 1))
        for c in CHANNEL_LOOKS:
            weights, top = TWO_FILTERS[..., c - 1, k], _TOP + (c - 1) * _ROW
            look = _look(weights, k == chosen)
            yield svg.number_grid(weights, x, top, _KERNEL_SIDE, name=f"filter{k + 1}{c}", **look)
        bias, left = in_two_dimensions(TWO_BIASES[k]), x + _KERNEL_SIDE
        look = _look(bias, k == chosen)
        yield svg.number_grid(bias, left, _BIASES, _KERNEL_SIDE, name=f"bias{k + 1}", **look)
        yield svg.text(left - 6, _BIASES + 20, _LABEL, anchor="end", size=_LABEL_SIZE)
    width, height = 2 * _KERNEL_SIDE + 12 + _MORE, _BIASES + _KERNEL_SIDE - _TOP + 12
    frame = {"stroke": svg.ORANGE, "stroke_width": 2}
    yield svg.rectangle(_KERNELS[chosen] - 6 - _MORE, _TOP - 6, width, height, **frame)


def _maps(chosen, place):
    for k in _FILTERS:
        title, values, top = say("Map {number}", number=k + 1), _MAPS[..., k], _TOP + k * _MAP_ROW
        look = {"name": f"map{k + 1}", "framed": place if k == chosen else None, **_look(values, k == chosen)}
        yield titled_grid(title, values, _RIGHT, top, _MAP_SIDE, **look)


def _look(values, chosen):
    """Tint what is below zero; what is not chosen is paler."""
    return {"fills": np.where(values < 0, svg.BLUE_TINT, svg.PAPER if chosen else svg.FAINT)}
