"""Small arrays as a book prints them: grids of numbers, side by side, each under its name and shape."""

import math
from html import escape

import numpy as np

from helpers.drawing import svg
from helpers.drawing.picture import SvgPicture
from helpers.language import said, say
from helpers.wording import fixed, letters, trimmed

_MOST = 16  # rows or columns that can be read at a glance
_MARGIN, _GAP, _HEADING = 14, 34, 24  # in pixels, as all below
_HEIGHT = 34  # of a cell
_CHARACTER, _ROOM = 8.6, 14  # a cell's width: so much for each character, and around them


def show_arrays(*arrays, decimals=4, framed=None, **named):
    """Show small arrays as grids of numbers, those below zero tinted.

    Args:
        arrays: without a name; numbers, (N,), (H, W) or (H, W, C), each channel in a grid of its own.
        decimals: most decimals of a number; where fewer tell all numbers of an array, they have fewer.
        framed: places that get a frame, by the array's name: {"yours": [(row, column), ...]}; with a third
            number for the channel of (H, W, C), with a single one for (N,).
        named: likewise, each under its name.

    Returns:
        A picture for the end of a cell; as text, the same numbers.

    Raises:
        ValueError: an array has other axes, none at all, or too many rows, columns or channels.

    >>> show_arrays(row=np.array([1.5, -2]))
    row:
    [1.5 −2.0]
    """
    if not arrays and not named:
        raise ValueError("expected at least one array, got none; pass one, such as show_arrays(image)")
    entries = []
    for name, array in [*(("", array) for array in arrays), *named.items()]:
        values = np.asarray(array)
        _check(name, values)
        entries.append((name, values, _needed(values, decimals)))
    grids = [grid for entry in entries for grid in _grids(*entry, (framed or {}).get(entry[0], ()))]
    return SvgPicture(_picture(grids), "\n".join(_text(*entry) for entry in entries))


def _check(name, values):
    sides = values.shape or (1,)
    if values.ndim > 3 or values.size == 0 or max(sides) > _MOST:
        raise ValueError(
            f"expected a number, (N,), (H, W) or (H, W, C), at most {_MOST} along each axis, got shape "
            f"{values.shape}{' for ' + name if name else ''}; take a part of it, such as x[0]"
        )


def _grids(name, values, decimals, framed):
    """List what is drawn of one array: (name, detail, labels (rows, columns), framed cells) of each grid."""
    shape = " × ".join(map(str, values.shape)) if values.ndim > 1 else ""
    if values.ndim < 3:
        cells = [(0, *place)[-2:] for place in framed]
        return [(name, shape, _labels(np.atleast_2d(values), decimals), cells)]
    return [
        (
            name,
            say("{shape}, channel {number}", shape=shape, number=number + 1),
            _labels(channel, decimals),
            [place[:2] for place in framed if place[2] == number],
        )
        for number, channel in enumerate(np.moveaxis(values, -1, 0))
    ]


def _labels(values, decimals):
    return [[fixed(value, decimals) for value in row] for row in values.tolist()]


def _needed(values, decimals):
    """Count the decimals that tell all these numbers as exactly as `decimals` do."""
    return max(len(trimmed(value, decimals).partition(".")[2]) for value in values.ravel().tolist())


def _picture(grids):
    """Draw the grids from left to right, and on from the left where a row of them is full."""
    parts, left, top, bottom, right = [], _MARGIN, _MARGIN, _MARGIN, 0
    grids = [(said(name), *rest) for name, *rest in grids]
    for name, detail, labels, framed in grids:
        side = _ROOM + _CHARACTER * max(2, *(letters(label) for row in labels for label in row))
        width = max(side * len(labels[0]), _CHARACTER * letters(f"{name} {detail}"))
        if left > _MARGIN and left + width > svg.WIDTH - _MARGIN:
            left, top = _MARGIN, bottom + _GAP
        below = top + _HEADING if name or detail else top
        parts += [_heading(left, top + 16, name, detail), _grid(labels, left, below, side)]
        parts += [
            svg.rectangle(
                left + column * side, below + row * _HEIGHT, side, _HEIGHT, stroke=svg.ORANGE, stroke_width=3
            )
            for row, column in framed
        ]
        right, bottom = max(right, left + width), max(bottom, below + _HEIGHT * len(labels))
        left += width + _GAP
    description = "; ".join(
        f"{name} {detail}: {_rows(labels)}".lstrip(": ") for name, detail, labels, _ in grids
    )
    return svg.document(math.ceil(right + _MARGIN), bottom + _MARGIN, parts, description)


def _heading(x, y, name, detail):
    """Write an array's name, and its shape in a lighter hand."""
    shape = f'<tspan font-weight="normal" fill="{svg.MUTED}"> {detail}</tspan>' if detail else ""
    return f'<text x="{x:g}" y="{y:g}" font-weight="bold">{escape(name)}{shape}</text>'


def _grid(labels, left, top, width):
    """Draw the cells, then the numbers; what all share stands once, in their groups: lessons store it."""
    boxes, numbers = [], []
    for row, column in np.ndindex(len(labels), len(labels[0])):
        label, x, y = labels[row][column], left + column * width, top + row * _HEIGHT
        tint, ink = (
            f' fill="{colour}"' if label[0] == "−" else "" for colour in (svg.BLUE_TINT, svg.BLUE_INK)
        )
        boxes.append(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{_HEIGHT}"{tint}/>')
        numbers.append(f'<text x="{x + width / 2:g}" y="{y + 22:g}"{ink}>{label}</text>')
    return (
        f'<g fill="{svg.PAPER}" stroke="{svg.LINE}">{"".join(boxes)}</g>'
        f'<g text-anchor="middle">{"".join(numbers)}</g>'
    )


def _rows(labels):
    return ", ".join(" ".join(row) for row in labels)


def _text(name, values, decimals):
    """Write an array as NumPy does, each number as it stands in the picture."""
    written = np.array2string(values, formatter={"all": lambda value: fixed(value, decimals)})
    return f"{name}:\n{written}" if name else written
