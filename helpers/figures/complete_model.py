"""Picture of the complete model with all its arrays (section 3-1, Figure 3-8)."""

import numpy as np

from helpers.drawing import svg
from helpers.drawing.svg import WIDTH
from helpers.wording import indexed

# Three rows, one for each channel, then a row for what follows the feature map.
_MARGIN, _SMALL, _LARGE = 14, 26, 44
_ROWS = (124, 288, 452)
_LAST_ROW = 628
_HEIGHT = _LAST_ROW + 4 * _LARGE + _MARGIN
_PICTURE = (14, _ROWS[1] + 32, 66)
_COLUMNS = {"image": 104, "filter": 260, "convolved": 346, "map": 494}
_CHANNELS = {
    1: ("red", "#f4a29a", "(3.12)"),
    2: ("green", "#a3d69b", "(3.13)"),
    3: ("blue", "#9cc2f2", "(3.14)"),
}
_PLACES = {
    "sum": (494, _ROWS[1], _SMALL),
    "feature": (642, _ROWS[1], _SMALL),
    "difference": (642, _ROWS[2], _SMALL),
    "pooled": (14, _LAST_ROW, _LARGE),
    "flattened": (130, _LAST_ROW, _LARGE),
    "weights": (202, _LAST_ROW, _LARGE),
    "bias": (406, _LAST_ROW, _LARGE),
    "scores": (478, _LAST_ROW, _LARGE),
    "prediction": (550, _LAST_ROW, _LARGE),
    "target": (622, _LAST_ROW, _LARGE),
    "loss": (692, _LAST_ROW, 54),
}
_BELOW_POOLED = (14, _LAST_ROW + 2 * _LARGE + 22)
_DIFFERENCE_TO = (632, _ROWS[2] + 4 * _SMALL + 18)
for _channel, _top in enumerate(_ROWS, start=1):
    _PLACES |= {f"{name}{_channel}": (x, _top, _SMALL) for name, x in _COLUMNS.items()}
    _PLACES[f"bias{_channel}"] = (_COLUMNS["filter"] + _SMALL, _top + 3 * _SMALL, _SMALL)


def complete_model(picture, arrays, *, chosen, related, order, lines, description):
    """Draw the model from the picture to the loss; negative inputs of a ReLU are tinted.

    Args:
        picture: (H, W, 3), uint8.
        arrays: name -> (rows, columns). For each channel c = 1, 2, 3 "imagec", "filterc", "biasc",
            "convolvedc" and either "mapc" (a ReLU in each channel) or once "sum" (the sum first); then
            "feature", "difference", "pooled", "flattened", "weights", "bias", "scores", "prediction",
            "target", "loss". Cells carry data-cell="name-row-column".
        chosen: (name, row, column) of the cell that is explained, framed.
        related: name -> (row, column, rows, columns), the cells that it is explained by, tinted and dashed.
        order: lines that name the order of operations.
        lines: the explanation, its title first.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    sum_first = "sum" in arrays
    parts = [
        svg.text(_MARGIN, 28, lines[0], weight="bold"),
        svg.lines(_MARGIN, 28 + svg.LINE_HEIGHT, lines[1:]),
        *_picture(picture),
        *_connections(sum_first),
        svg.lines(626, _ROWS[0] + 16, order),
        svg.text(*_BELOW_POOLED, "averages of C", size=13, fill=svg.MUTED),
        svg.text(*_DIFFERENCE_TO, "to the other order", size=13, fill=svg.MUTED),
    ]
    for name, values in arrays.items():
        parts += [*_heading(name, sum_first), _array(name, values, related.get(name))]
    name, row, column = chosen
    if name in arrays:
        parts.append(_frame(name, (row, column, 1, 1), stroke_width=3))
    parts += [_frame(name, area, stroke_width=2, dash="5 3") for name, area in related.items()]
    return svg.document(WIDTH, _HEIGHT, parts, description)


def _picture(pixels):
    x, y, side = _PICTURE
    yield svg.text(x, y - 10, "I", weight="bold")
    yield svg.image(pixels, x, y, side, side)
    yield svg.rectangle(x, y, side, side, stroke=svg.LINE)


def _connections(sum_first):
    x, y, side = _PICTURE
    middles = [top + 2 * _SMALL for top in _ROWS]
    maps, feature = _COLUMNS["map"], _PLACES["feature"][0]
    before_relu, after = _COLUMNS["convolved"] + 4 * _SMALL, maps + 4 * _SMALL
    for top, middle in zip(_ROWS, middles, strict=True):
        yield svg.line(x + side + 3, y + side / 2, _COLUMNS["image"] - 4, top + 2.5 * _SMALL)
        yield svg.text(247, middle - 22, "∗", anchor="middle", weight="bold")
        yield svg.text(329, middle - 22, "=", anchor="middle", weight="bold")
        if sum_first:
            yield svg.line(before_relu + 4, middle, maps - 4, middles[1])
        else:
            yield from _relu(before_relu + 4, maps - 4, middle)
            yield svg.line(after + 4, middle, feature - 4, middles[1])
    if sum_first:
        yield from _relu(after + 4, feature - 4, middles[1])
    else:
        yield svg.text((after + feature) / 2, middles[1] - 8, "+", anchor="middle", weight="bold")


def _relu(left, right, y):
    yield svg.line(left, y, right, y)
    yield svg.text((left + right) / 2, y - 6, "ReLU", size=13, anchor="middle")


def _heading(name, sum_first):
    x, y, _ = _PLACES[name]
    kind, channel = name.rstrip("123"), name[-1]
    if kind == "bias" and name != kind:
        yield svg.text(x - 24, y + 18, indexed("b", channel), weight="bold")
        return
    title, equation = _title(kind, channel, sum_first)
    # One text, so that the equation's number follows the title whatever the font.
    yield (
        f'<text x="{x:g}" y="{y - 10:g}" font-weight="bold">{title}'
        f'<tspan dx="5" font-size="13" font-weight="normal" fill="{svg.MUTED}">{equation}</tspan></text>'
    )


def _title(kind, channel, sum_first):
    if channel in "123":
        image, kernel, bias, convolved, activated = (indexed(letter, channel) for letter in "IkbAC")
        colour, _, equation = _CHANNELS[int(channel)]
        return {
            "image": (image, colour),
            "filter": (kernel, ""),
            "convolved": (convolved, f"= {image} ∗ {kernel} + {bias}"),
            "map": (activated, equation),
        }[kind]
    return {
        "sum": ("A₁ + A₂ + A₃", ""),
        "feature": ("C", "" if sum_first else "(3.15)"),
        "difference": ("Difference", ""),
        "pooled": ("P", "(3.16)"),
        "flattened": ("f", "(3.17)"),
        "weights": ("W", ""),
        "bias": ("b", ""),
        "scores": ("W f + b", ""),
        "prediction": ("ŷ", "(3.19)"),
        "target": ("y", ""),
        "loss": ("L", "(3.20)"),
    }[kind]


def _array(name, values, related):
    fills = _fills(name, values)
    if related:
        row, column, rows, columns = related
        fills[row : row + rows, column : column + columns] = svg.ORANGE_TINT
    labels = None
    decimals = {"prediction": 2, "loss": 4}.get(name)
    if decimals:
        labels = [[f"{value:.{decimals}f}" for value in row] for row in values.tolist()]
    return svg.number_grid(values, *_PLACES[name], name=name, fills=fills, labels=labels)


def _fills(name, values):
    if name.startswith("image"):
        return svg.shades(values, 0, 3, _CHANNELS[int(name[-1])][1])
    if name == "difference":
        return np.where(values != 0, svg.BLUE_TINT, svg.PAPER)
    if name == "sum" or name.startswith("convolved"):
        return np.where(values < 0, svg.BLUE_TINT, svg.PAPER)
    return np.full(values.shape, svg.PAPER)


def _frame(name, area, **look):
    x, y, side = _PLACES[name]
    row, column, rows, columns = area
    return svg.cell_frame(x, y, side, (row, column), (rows, columns), **look)
