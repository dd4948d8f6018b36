"""Pictures of what a trained network makes of one picture (section 3-5)."""

import math
from dataclasses import dataclass

import numpy as np

from helpers.drawing import svg
from helpers.language import say
from helpers.reference.activations import softmax
from helpers.reference.network import Sequential
from helpers.wording import letters, percent, rounded

LAYERS = ("conv1", "relu1", "pool1", "conv2", "relu2", "pool2")  # those that give maps
MARGIN = 16
ROW = 17  # of a class
_PITCH = 184  # from one grid to the next
_EXTENT = 172  # of a grid
_GRID_ROW = 236
_LARGE = 112
_SHADES = 15  # of each colour
# What the grids show: the layers' maps, the filters of conv1, and what the numbers of pool2 add to the score.
_LAYER_OF_GRID = {"filter": "conv1", **{layer: layer for layer in LAYERS}, "added": "pool2"}


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network makes of one picture.

    Attributes:
        original: the picture (H, W, 1) or (H, W, 3), 0 to 1.
        label: index of its class.
        classes: names of the ten classes.
        before: the probabilities (10,) of `original`.
        seen: what was made of it and goes into the network, alike.
        network: the `Sequential`.
        outputs: of `seen`, by the layers' names, without the axis of pictures.
        winner: index of the class with the best score.
        added: what each number of outputs["pool2"] adds to the best score, (h, w, K).
        constant: the part of the best score that no map adds.
    """

    original: np.ndarray
    label: int
    classes: tuple[str, ...]
    before: np.ndarray
    seen: np.ndarray
    network: Sequential
    outputs: dict[str, np.ndarray]
    winner: int
    added: np.ndarray
    constant: float

    @property
    def probabilities(self):
        """Those of `seen`, (10,)."""
        return softmax(self.outputs["dense2"])


def network_picture(reading, layer, index, description):
    """Draw a picture, the network's answer, the maps of every layer, and where the best score comes from.

    The layer's map of this index is drawn large. Each map has a data-cell, which `map_of_cell` reads.
    """
    winner, block = reading.classes[reading.winner], layer[-1]
    kernel = reading.network.parameters["conv1/kernel"]
    grids = [
        ("filter", say("conv1: filters"), kernel[:, :, 0] if kernel.shape[2] == 1 else kernel),
        *((name, name, reading.outputs[name]) for name in LAYERS),
        ("added", say("added for {name}", name=winner), reading.added),
    ]
    parts, top = _pictures(reading) + _answer(reading), 250
    for place, (name, title, maps) in enumerate(grids):
        row, column = divmod(place, 4)
        x, y = MARGIN + column * _PITCH, top + row * _GRID_ROW
        parts += _grid(maps, x, y, title, name, index if row + 1 == int(block) else None)
    top += 2 * _GRID_ROW
    parts += _large(reading, layer, index, top)
    parts += _units(reading.outputs["relu3"], 316, top)
    parts += _added_by_map(reading, index if block == "2" else None, 460, top)
    return svg.document(svg.WIDTH, top + 44 + _LARGE + MARGIN, parts, description)


def map_of_cell(cell):
    """Return (layer, index) of the map that a click on a grid means, or None for a slice of a filter."""
    grid, index = svg.cell_place(cell)
    return (_LAYER_OF_GRID[grid], index) if grid in _LAYER_OF_GRID else None


def class_bars(probabilities, x, y, *, classes, longest, row=ROW, label=None, before=None):
    """Draw one bar for each class from (x, y) on, a row high each, the winner's in orange and bold.

    A probability of 1 takes `longest` pixels. The true class, `label`, is marked; the probabilities `before`
    are lines across the bars.
    """
    winner = int(np.argmax(probabilities))
    start = x + 8 + 8 * max(letters(name) for name in classes)
    parts = []
    for place, (name, probability) in enumerate(zip(classes, probabilities.tolist(), strict=True)):
        middle, length = y + (place + 0.5) * row, max(svg.tenths(longest * probability), 1)
        weight = "bold" if place == winner else "normal"
        told = percent(probability, 1)
        if place == label:
            told = say("{probability}, true", probability=told)
        end = start + length
        parts += [
            svg.text(start - 8, middle + 5, name, size=14, anchor="end", weight=weight),
            svg.rectangle(start, middle - 6, length, 12, fill=svg.ORANGE if place == winner else svg.BLUE),
        ]
        if before is not None:
            mark = start + svg.tenths(longest * before[place])
            parts.append(svg.line(mark, middle - 8, mark, middle + 8, stroke=svg.INK, stroke_width=2))
            end = max(end, mark)
        parts.append(svg.text(end + 6, middle + 5, told, size=13, weight=weight))
    return parts


def _pictures(reading):
    parts, left = [], MARGIN
    for title, picture in ((say("The picture"), reading.original), (say("Seen"), reading.seen)):
        pixels = svg.ink(picture[..., 0]) if picture.shape[2] == 1 else svg.grey(picture, 0, 1)
        parts.append(svg.text(left, 28, title, weight="bold"))
        parts.append(svg.framed_image(pixels, left, 42, _LARGE, _LARGE))
        left += _LARGE + 32
    label = say("true class: {name}", name=reading.classes[reading.label])
    parts += [
        svg.arrow(MARGIN + _LARGE + 6, 42 + _LARGE / 2, 20),
        svg.text(MARGIN, 42 + _LARGE + 24, label, size=14),
    ]
    return parts


def _answer(reading):
    note = say("line across a bar: the unchanged picture")
    look = {"classes": reading.classes, "longest": 220, "label": reading.label, "before": reading.before}
    return [
        svg.text(316, 28, say("Probability of each class"), weight="bold"),
        *class_bars(reading.probabilities, 316, 42, **look),
        svg.text(316, 232, note, size=13, fill=svg.MUTED),
    ]


def _grid(maps, x, y, title, name, chosen):
    *sides, count = maps.shape
    limit = svg.largest(maps)
    # Few shades make the picture's file much smaller, and look the same.
    shades = np.rint(maps * (_SHADES / limit)) * (limit / _SHADES)
    return [
        svg.two_headings(x, y, title, f"{count} × ({' × '.join(map(str, sides))})"),
        square_of(shades, x, y + 50, _EXTENT, limit=limit, name=name, chosen=chosen),
    ]


def square_of(maps, x, y, extent, **look):
    """Draw maps as `svg.map_grid` does, in a square whose side is the extent, gaps included."""
    side, columns = maps.shape[1], math.ceil(math.sqrt(maps.shape[-1]))
    for gap in range(1, side + 1):
        scale = extent / (columns * (side + gap))
        if round(3 / scale) <= gap:
            break
    return svg.map_grid(maps, x, y, scale, columns=columns, **look)


def _large(reading, layer, index, y):
    """Draw one map and its filter, as large as the first pictures."""
    pixels, kernel = reading.outputs[layer][..., index], reading.network.parameters[f"conv{layer[-1]}/kernel"]
    left, sides = MARGIN + _LARGE + 28, " × ".join(map(str, kernel.shape[:3]))
    title = say("{layer}, map {map}", layer=layer, map=index + 1)
    limit = svg.largest(reading.outputs[layer])
    return [
        svg.two_headings(MARGIN, y, title, "{} × {}".format(*pixels.shape)),
        svg.framed_image(svg.signed(pixels, limit), MARGIN, y + 44, _LARGE, _LARGE),
        svg.two_headings(left, y, say("Its filter"), sides),
        square_of(kernel[..., index], left, y + 44, _LARGE, name="slice"),
    ]


def _units(units, x, y):
    columns = 2 ** math.floor(math.log2(len(units)) / 2)
    sheet = units.reshape(-1, columns)
    width = _LARGE * columns / len(sheet)
    return [
        svg.two_headings(x, y, "relu3", say("{count:,} units", count=len(units))),
        svg.framed_image(svg.signed(sheet), x, y + 44, width, _LARGE),
    ]


def _added_by_map(reading, chosen, x, y):
    """Draw what each map of pool2 adds to the score, one bar each, and the sum that they make."""
    totals, score = reading.added.sum(axis=(0, 1)), reading.outputs["dense2"][reading.winner]
    width, top = svg.WIDTH - MARGIN - x, y + 44
    highest, lowest = max(totals.max(), 0), min(totals.min(), 0)
    scale = _LARGE / ((highest - lowest) or 1)
    zero, step = top + svg.tenths(highest * scale), width / len(totals)
    detail = say(
        "{total} + constant {constant} = score {score}",
        total=rounded(totals.sum()),
        constant=rounded(reading.constant),
        score=rounded(score),
    )
    parts = [svg.two_headings(x, y, say("Each map of pool2"), detail)]
    for place, total in enumerate(totals):
        length = svg.tenths(abs(total) * scale)
        upper, fill = (zero - length, svg.ORANGE) if total > 0 else (zero, svg.BLUE)
        look = {"fill": fill, "stroke": svg.INK if place == chosen else "none", "stroke_width": 2}
        parts.append(svg.rectangle(x + place * step, upper, step * 0.8, length, **look))
    return [*parts, svg.line(x, zero, x + width, zero, stroke=svg.MUTED)]
