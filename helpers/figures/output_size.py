"""Pictures of padding, stride and output size (section 3-1, Figures 3-2 and 3-3)."""

import numpy as np

from helpers.drawing import svg
from helpers.wording import number

WIDTH = 760
_MARGIN = 14
_HEADING = 34


def sliding_window(padded, kernel, output, *, paddings, corner, position, unseen, done, lines):
    """Draw the padded input with the current window, the filter and the output filled so far.

    Args:
        padded: input with its zeros, (H, W).
        kernel: filter, (f_h, f_w).
        output: all results, (d_h, d_w).
        paddings: ((top, bottom), (left, right)) in pixels; these cells are tinted.
        corner: (row, column) of the window's upper left cell in the padded input.
        position: (row, column) of the window's result in the output.
        unseen: (rows, columns) of the padded input that no window covers, hatched.
        done: how many results are filled in, row by row.
        lines: texts that stand beside the filter, from the top.

    Returns:
        SVG text.
    """
    side = _cell_side(padded.shape[1] + output.shape[1])
    top = _MARGIN + _HEADING
    output_left = _MARGIN + padded.shape[1] * side + 3 * _MARGIN
    below = top + max(len(padded), len(output)) * side + 2 * _MARGIN
    parts = [
        _heading(_MARGIN, "Padded input" if _any(paddings) else "Input", padded),
        padded_input(padded, _MARGIN, top, side, paddings, corner, kernel.shape, unseen),
        _heading(output_left, "Output", output),
        _output(output, output_left, top, side, position, done),
    ]
    filter_part, filter_right, filter_bottom = _filter(kernel, _MARGIN, below)
    parts += [filter_part, svg.lines(max(filter_right + 2 * _MARGIN, 150), below + 18, lines)]
    height = max(filter_bottom, below + 6 + svg.LINE_HEIGHT * len(lines)) + _MARGIN
    row, column = position
    description = (
        f"Input of {len(padded)} by {padded.shape[1]} cells with its padding, filter of {len(kernel)} by "
        f"{kernel.shape[1]}, output of {len(output)} by {output.shape[1]}; the window stands at output row "
        f"{row + 1}, column {column + 1}, which is {number(output[row, column])}."
    )
    return svg.document(WIDTH, height, parts, description)


def impossible_window(padded, kernel, *, paddings, description):
    """Draw an input beside a filter that is larger; arguments as for `sliding_window`."""
    side = _cell_side(padded.shape[1] + kernel.shape[1])
    top = _MARGIN + _HEADING
    filter_left = _MARGIN + padded.shape[1] * side + 3 * _MARGIN
    parts = [
        _heading(_MARGIN, "Padded input" if _any(paddings) else "Input", padded),
        padded_input(padded, _MARGIN, top, side, paddings, (0, 0), (0, 0), ([], [])),
        _heading(filter_left, "Filter", kernel),
        svg.number_grid(kernel, filter_left, top, side, name="filter"),
    ]
    height = top + max(len(padded), len(kernel)) * side + _MARGIN
    return svg.document(WIDTH, height, parts, description)


def stack_of_sides(sides, description):
    """Draw the side before and after each layer of a stack as a row of bars.

    Args:
        sides: sides in pixels, the input's first.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    tallest, base = 150, 196
    pitch = min(56, (WIDTH - 2 * _MARGIN) / len(sides))
    parts = [svg.text(_MARGIN, 24, "Side of the map after each layer", weight="bold")]
    for layer, side in enumerate(sides):
        height = max(tallest * side / max(sides), 2)
        left, middle = _MARGIN + layer * pitch, _MARGIN + (layer + 0.5) * pitch
        fill = svg.BLUE if layer else svg.LINE
        parts += [
            svg.rectangle(left + 3, base - height + 18, pitch - 6, height, fill=fill),
            svg.text(middle, base - height + 13, str(side), anchor="middle"),
            svg.text(middle, base + 36, str(layer) if layer else "input", anchor="middle", fill=svg.MUTED),
        ]
    return svg.document(WIDTH, base + 48, parts, description)


def _cell_side(columns):
    return min(38, (WIDTH - 5 * _MARGIN) // columns)


def _any(paddings):
    return any(edge for pair in paddings for edge in pair)


def _heading(x, name, array):
    return svg.text(x, _MARGIN + 16, f"{name} {len(array)} × {array.shape[1]}", weight="bold")


def padded_input(padded, x, y, side, paddings, corner, window_sides, unseen, labels=None):
    """Draw the padded input: padding tinted, what no window covers hatched, the window framed.

    Args:
        padded: input with its padding, (H, W).
        x: left edge in pixels.
        y: upper edge in pixels.
        side: side of a cell in pixels.
        paddings: ((top, bottom), (left, right)) in pixels.
        corner: (row, column) of the window's upper left cell in the padded input.
        window_sides: (height, width) of the window.
        unseen: (rows, columns) of the padded input that no window covers.
        labels: texts (H, W) in place of the numbers, or None.

    Returns:
        SVG elements as one text; the cells are named "input".
    """
    (above, below), (before, after) = paddings
    height, width = padded.shape
    added = np.ones(padded.shape, bool)
    added[above : height - below, before : width - after] = False
    (row, column), (window_height, window_width) = corner, window_sides
    in_window = np.zeros(padded.shape, bool)
    in_window[row : row + window_height, column : column + window_width] = True
    fills = np.where(in_window, svg.ORANGE_TINT, np.where(added, svg.BLUE_TINT, svg.PAPER))
    rows, columns = unseen
    hatched = np.zeros(padded.shape, bool)
    hatched[rows], hatched[:, columns] = True, True
    inks = np.where(hatched, svg.MUTED, np.where(added, svg.BLUE_INK, svg.INK))
    parts = [svg.number_grid(padded, x, y, side, name="input", fills=fills, inks=inks, labels=labels)]
    parts += [svg.hatching(x + j * side, y + i * side, side) for i, j in np.argwhere(hatched)]
    parts.append(svg.cell_frame(x, y, side, corner, window_sides))
    return "".join(parts)


def _output(output, x, y, side, position, done):
    computed = np.arange(output.size).reshape(output.shape) < done
    fills = np.where(computed, svg.PAPER, svg.FAINT)
    fills[position] = svg.ORANGE_TINT
    labels = [
        [number(value) if filled else "" for value, filled in zip(*line, strict=True)]
        for line in zip(output, computed, strict=True)
    ]
    grid = svg.number_grid(output, x, y, side, name="output", fills=fills, labels=labels)
    return grid + svg.cell_frame(x, y, side, position)


def _filter(kernel, x, y):
    side = 30
    top = y + 28
    parts = svg.text(x, y + 16, f"Filter {len(kernel)} × {kernel.shape[1]}", weight="bold")
    grid = svg.number_grid(kernel, x, top, side, name="filter")
    return parts + grid, x + kernel.shape[1] * side, top + len(kernel) * side
