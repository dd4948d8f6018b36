"""Pictures of what a trained network makes of one picture (section 3-5)."""

import math

import numpy as np

from helpers.drawing import svg
from helpers.wording import number

WIDTH = 760
_MARGIN = 16
_PITCH = 184  # from one grid to the next
_EXTENT = 172  # of a grid
_GRID_ROW = 236
_LARGE = 112
_SHADES = 15  # of each colour
_ROW = 17  # of a class


def look_inside(
    original, seen, stages, weights, added, *, classes, label, before, constant, chosen, description
):
    """Draw a picture, the network's answer, the maps of every layer, and where the best score comes from.

    Args:
        original: the picture (H, W, 1) or (H, W, 3), 0 to 1.
        seen: what was made of it and goes into the network, alike.
        stages: of `seen`, by the layers' names in Keras, without the axis of pictures.
        weights: of the network, by the layers' names.
        added: what each number of stages["pool2"] adds to the best score, (h, w, K).
        classes: names of the ten classes.
        label: index of the true class.
        before: the probabilities (10,) of `original`.
        constant: the part of the best score that no map adds.
        chosen: (layer, index) of the map that is drawn large.
        description: what the picture shows.

    Returns:
        SVG text; data-cell "layer-index" for each map, "filter-index" and "added-index".
    """
    layer, index = chosen
    winner = int(np.argmax(stages["probabilities"]))
    parts = _pictures(original, seen, classes[label])
    parts += [
        svg.text(316, 28, "Probability of each class", weight="bold"),
        *class_bars(
            stages["probabilities"], 316, 42, classes=classes, longest=220, label=label, before=before
        ),
        svg.text(316, 232, "line across a bar: the unchanged picture", size=13, fill=svg.MUTED),
    ]
    kernel = weights["conv1/kernel"]
    grids = [("conv1: filters", "filter", kernel[:, :, 0] if kernel.shape[2] == 1 else kernel)]
    grids += [(name, name, stages[name]) for name in ("conv1", "relu1", "pool1")]
    grids += [(name, name, stages[name]) for name in ("conv2", "relu2", "pool2")]
    grids.append((f"added for {classes[winner]}", "added", added))
    top, block = 250, layer[-1]
    for place, (title, name, maps) in enumerate(grids):
        row, column = divmod(place, 4)
        parts += _grid(
            maps,
            _MARGIN + column * _PITCH,
            top + row * _GRID_ROW,
            title=title,
            name=name,
            chosen=index if row + 1 == int(block) else None,
        )
    top += 2 * _GRID_ROW
    parts += _large(stages[layer], weights[f"conv{block}/kernel"], chosen, top)
    parts += _units(stages["dense1"], 316, top)
    parts += _added_by_map(
        added.sum(axis=(0, 1)),
        stages["scores"][winner],
        constant,
        name=classes[winner],
        chosen=index if block == "2" else None,
        x=460,
        y=top,
    )
    return svg.document(WIDTH, top + 44 + _LARGE + _MARGIN, parts, description)


def drawn_digit(seen, probabilities, *, description):
    """Draw what the network sees of a drawing, and its answer.

    Args:
        seen: (28, 28), 0 paper to 1 ink.
        probabilities: (10,), or None for an empty drawing.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    side, bars = 10 * _ROW - 16, 190
    parts = [
        svg.text(_MARGIN, 28, "The network sees", weight="bold"),
        _framed(_ink(seen), _MARGIN, 42, side),
        svg.text(bars, 28, "Probability of each digit", weight="bold"),
    ]
    if probabilities is None:
        parts.append(svg.text(bars, 42 + side / 2, "nothing to read yet", fill=svg.MUTED))
    else:
        parts += class_bars(probabilities, bars, 42, classes="0123456789", longest=130)
    return svg.document(410, 42 + 10 * _ROW + _MARGIN, parts, description)


def class_bars(probabilities, x, y, *, classes, longest, label=None, before=None):
    """Draw one bar for each class, the winner's in orange and bold.

    Args:
        probabilities: (classes,), from 0 to 1.
        x: left edge in pixels.
        y: upper edge in pixels.
        classes: names.
        longest: pixels for a probability of 1.
        label: index of the true class, which is marked, or None.
        before: probabilities (classes,) to mark with a line across each bar, or None.

    Returns:
        A list of SVG elements.
    """
    winner = int(np.argmax(probabilities))
    start = x + 8 + 8 * max(len(name) for name in classes)
    parts = []
    for place, (name, probability) in enumerate(zip(classes, probabilities.tolist(), strict=True)):
        middle, length = y + (place + 0.5) * _ROW, max(_tenths(longest * probability), 1)
        weight = "bold" if place == winner else "normal"
        told = f"{100 * probability:.1f} %" + (", true" if place == label else "")
        end = start + length
        parts += [
            svg.text(start - 8, middle + 5, name, size=14, anchor="end", weight=weight),
            svg.rectangle(start, middle - 6, length, 12, fill=svg.ORANGE if place == winner else svg.BLUE),
        ]
        if before is not None:
            mark = start + _tenths(longest * before[place])
            parts.append(svg.line(mark, middle - 8, mark, middle + 8, stroke=svg.INK, stroke_width=2))
            end = max(end, mark)
        parts.append(svg.text(end + 6, middle + 5, told, size=13, weight=weight))
    return parts


def _pictures(original, seen, name):
    parts, left = [], _MARGIN
    for title, picture in (("The picture", original), ("Seen", seen)):
        pixels = _ink(picture[..., 0]) if picture.shape[2] == 1 else svg.grey(picture, 0, 1)
        parts += [
            svg.text(left, 28, title, weight="bold"),
            _framed(pixels, left, 42, _LARGE),
        ]
        left += _LARGE + 32
    parts += [
        svg.arrow(_MARGIN + _LARGE + 6, 42 + _LARGE / 2, 20),
        svg.text(_MARGIN, 42 + _LARGE + 24, f"true class: {name}", size=14),
    ]
    return parts


def _grid(maps, x, y, *, title, name, chosen):
    *sides, count = maps.shape
    columns, limit = math.ceil(math.sqrt(count)), _largest(maps)
    return [
        *_heading(x, y, title, f"{count} × ({' × '.join(map(str, sides))})"),
        svg.map_grid(
            # Few shades make the picture's file much smaller, and look the same.
            np.rint(maps * (_SHADES / limit)) * (limit / _SHADES),
            x,
            y + 50,
            _fitting_scale(sides[1], columns, _EXTENT),
            columns=columns,
            limit=limit,
            name=name,
            chosen=chosen,
        ),
    ]


def _large(maps, kernel, chosen, y):
    layer, index = chosen
    filter_height, filter_width, channels, _ = kernel.shape
    columns = math.ceil(math.sqrt(channels))
    left = _MARGIN + _LARGE + 28
    return [
        *_heading(_MARGIN, y, f"{layer}, map {index + 1}", "{} × {}".format(*maps.shape[:2])),
        _framed(svg.signed(maps[..., index], _largest(maps)), _MARGIN, y + 44, _LARGE),
        *_heading(left, y, "Its filter", f"{filter_height} × {filter_width} × {channels}"),
        svg.map_grid(
            kernel[..., index],
            left,
            y + 44,
            _fitting_scale(filter_width, columns, _LARGE),
            columns=columns,
            limit=_largest(kernel[..., index]),
            name="slice",
        ),
    ]


def _units(units, x, y):
    columns = 2 ** math.floor(math.log2(len(units)) / 2)
    sheet = units.reshape(-1, columns)
    width = _LARGE * columns / len(sheet)
    return [
        *_heading(x, y, "dense1", f"{len(units):,} units"),
        svg.image(svg.signed(sheet, _largest(units)), x, y + 44, width, _LARGE),
        svg.rectangle(x, y + 44, width, _LARGE, stroke=svg.LINE),
    ]


def _added_by_map(totals, score, constant, *, name, chosen, x, y):
    """Draw what each map of pool2 adds to the score, one bar each, and the sum that they make."""
    width, top, height = WIDTH - _MARGIN - x, y + 44, _LARGE
    highest, lowest = max(totals.max(), 0), min(totals.min(), 0)
    scale = height / ((highest - lowest) or 1)
    zero, step = top + _tenths(highest * scale), width / len(totals)
    parts = _heading(
        x,
        y,
        "Each map of pool2",
        f"{_rounded(totals.sum())} + constant {_rounded(constant)} = score {_rounded(score)}",
    )
    for place, total in enumerate(totals):
        length = _tenths(abs(total) * scale)
        parts.append(
            svg.rectangle(
                x + place * step,
                zero - (length if total > 0 else 0),
                step * 0.8,
                length,
                fill=svg.ORANGE if total > 0 else svg.BLUE,
                stroke=svg.INK if place == chosen else "none",
                stroke_width=2,
            )
        )
    return [*parts, svg.line(x, zero, x + width, zero, stroke=svg.MUTED)]


def _heading(x, y, title, detail):
    return [
        svg.text(x, y + 14, title, weight="bold"),
        svg.text(x, y + 34, detail, size=13, fill=svg.MUTED),
    ]


def _framed(pixels, x, y, side):
    return svg.image(pixels, x, y, side, side) + svg.rectangle(x, y, side, side, stroke=svg.LINE)


def _fitting_scale(side, columns, extent):
    """Choose the scale at which `columns` maps and the gaps that `map_grid` leaves fill the extent."""
    for gap in range(1, side + 1):
        scale = extent / (columns * (side + gap))
        if round(3 / scale) <= gap:
            break
    return scale


def _ink(values):
    return svg.grey(-values, -1, 0)


def _largest(values):
    return float(np.abs(values).max()) or 1.0


def _tenths(length):
    """Round to tenths of a pixel: the last digits of a float32 sum differ from machine to machine."""
    return round(float(length), 1)


def _rounded(value):
    return number(round(float(value), 2))
