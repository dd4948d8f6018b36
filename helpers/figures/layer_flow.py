"""A picture's way through the layers of a network, from pixels to class scores (section 3-1, Figure 3-1)."""

import numpy as np

from helpers.drawing import svg
from helpers.wording import number

WIDTH = 760
_MARGIN = 16
_MAP = 40  # side of a 28 x 28 map in the row of the first layers


def layer_flow(stages, *, chosen, kernel, bias, description):
    """Draw every stage of a forward pass.

    Args:
        stages: name -> array of one picture, in order: "input" (28, 28), "convolution", "relu" (28, 28, 16),
            "pooling" (14, 14, 16), "second" (7, 7, 36), "flatten" (1764,), "affine" (128,), "scores" (10,).
        chosen: index of the feature map that is drawn large.
        kernel: its filter, (f_h, f_w).
        bias: its bias.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    limit = float(np.abs(stages["convolution"]).max()) or 1.0
    first, first_bottom = _first_layers(stages, limit, chosen)
    later, later_bottom = _later_layers(stages, first_bottom + 22)
    large, bottom = _large_map(stages, limit, chosen, kernel, bias, later_bottom + 22)
    return svg.document(WIDTH, bottom + 12, [*first, *later, *large], description)


def _first_layers(stages, limit, chosen):
    top, side = 56, 112
    picture = svg.grey(-stages["input"], -1, 0)  # ink on paper
    grid = 4 * _MAP + 12
    parts = [
        *_heading(_MARGIN, "Input", _shape(stages["input"])),
        svg.image(picture, _MARGIN, top + (grid - side) / 2, side, side),
        svg.rectangle(_MARGIN, top + (grid - side) / 2, side, side, stroke=svg.LINE),
    ]
    left = _MARGIN + side
    for name, title in (("convolution", "Convolution"), ("relu", "ReLU"), ("pooling", "Max pooling")):
        maps = stages[name]
        parts.append(svg.arrow(left + 8, top + grid / 2, 26))
        left += 44
        scale = _MAP / 28
        width = 4 * (len(maps) * scale + 3)
        parts += [
            *_heading(left, title, f"{maps.shape[2]} maps {_shape(maps)}"),
            svg.map_grid(
                maps,
                left,
                top + (grid - width) / 2,
                scale,
                columns=4,
                limit=limit,
                name="map",
                chosen=chosen,
            ),
        ]
        left += width
    return parts, top + grid


def _later_layers(stages, top):
    """Draw the second block, the flattened vector, the affine layer and the scores."""
    second, flattened, affine = stages["second"], stages["flatten"], stages["affine"]
    maps_top = top + 42
    scale, columns = 3, 6
    extent = columns * (7 * scale + scale)
    middle = maps_top + extent / 2
    limit = float(second.max()) or 1.0
    parts = [
        *_heading(_MARGIN, "The same again", f"36 maps {_shape(second)}, each from all 16", top),
        svg.map_grid(second, _MARGIN, maps_top, scale, columns=columns, limit=limit, name="later"),
    ]
    left = 258
    parts += [
        svg.arrow(left - 86, middle, 66),
        *_heading(left, "Flatten", f"{len(flattened):,} numbers", top),
        *_sheet(flattened.reshape(49, 36), left, maps_top, 108, 147, limit),
    ]
    left += 108 + 46
    parts += [
        svg.arrow(left - 40, middle, 28),
        *_heading(left, "Affine, ReLU", f"{len(affine)} units", top),
        *_sheet(affine.reshape(16, 8), left, maps_top, 74, 147, float(affine.max()) or 1.0),
    ]
    left += 74 + 50
    parts += [
        svg.arrow(left - 44, middle, 28),
        *_heading(left, "Affine, softmax", "probability of each class", top),
        *_scores(stages["scores"], left, maps_top),
    ]
    return parts, maps_top + 150


def _large_map(stages, limit, chosen, kernel, bias, top):
    side, grid_top = 112, top + 42
    parts = [
        svg.text(_MARGIN, top + 14, f"Feature map {chosen + 1}", weight="bold"),
        svg.text(_MARGIN, top + 34, f"filter {_shape(kernel)}", size=13, fill=svg.MUTED),
        svg.image(svg.signed(kernel, float(np.abs(kernel).max()) or 1.0), _MARGIN, grid_top, side, side),
        svg.rectangle(_MARGIN, grid_top, side, side, stroke=svg.LINE),
    ]
    left = _MARGIN + side
    for name, title in (("convolution", "convolution"), ("relu", "ReLU"), ("pooling", "max pooling")):
        values = stages[name][..., chosen]
        parts.append(svg.arrow(left + 8, grid_top + side / 2, 26))
        left += 44
        extent = side * len(values) / 28
        parts += [
            svg.text(left, top + 34, title, size=13, fill=svg.MUTED),
            svg.image(svg.signed(values, limit), left, grid_top + (side - extent) / 2, extent, extent),
            svg.rectangle(left, grid_top + (side - extent) / 2, extent, extent, stroke=svg.LINE),
        ]
        left += extent
    convolved = stages["convolution"][..., chosen]
    lines = [
        f"bias {_rounded(bias)}",
        f"from {_rounded(convolved.min())} to {_rounded(convolved.max())}",
        "blue: below 0",
        "orange: above 0",
    ]
    parts += [
        svg.text(left + 24, grid_top + 24 + 24 * place, line, size=14) for place, line in enumerate(lines)
    ]
    return parts, grid_top + side


def _scores(scores, x, y):
    row, longest = 15, 130
    winner = int(np.argmax(scores))
    parts = []
    for digit, score in enumerate(scores):
        middle = y + (digit + 0.5) * row
        weight = "bold" if digit == winner else "normal"
        # Rounded: the last digits of a float32 sum differ from machine to machine.
        length = max(round(longest * float(score), 1), 1)
        parts += [
            svg.text(x, middle + 5, str(digit), size=13, weight=weight),
            svg.rectangle(x + 16, middle - 5, length, 10, fill=svg.ORANGE if digit == winner else svg.BLUE),
            svg.text(x + 22 + length, middle + 5, f"{100 * float(score):.1f} %", size=13, weight=weight),
        ]
    return parts


def _sheet(values, x, y, width, height, limit):
    return [
        svg.image(svg.signed(values, limit), x, y, width, height),
        svg.rectangle(x, y, width, height, stroke=svg.LINE),
    ]


def _heading(x, title, detail, top=12):
    return [
        svg.text(x, top + 14, title, weight="bold"),
        svg.text(x, top + 34, detail, size=13, fill=svg.MUTED),
    ]


def _rounded(value):
    return number(round(float(value), 2))


def _shape(array):
    return f"{array.shape[0]} × {array.shape[1]}"
