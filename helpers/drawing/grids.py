"""Number grids of one look in several topics: the padded input with its window, a ring around a cell."""

import numpy as np

from helpers.drawing import svg
from helpers.language import say

_MARGIN = 14


def titled_grid(title, values, x, y, side, *, tinted=(), hatched=(), framed=None, sides=(1, 1), **look):
    """Draw a number grid under its heading, as `svg.number_grid` draws it from (x, y) on.

    Args:
        title: the heading.
        values: (rows, columns).
        x: left edge of the grid in pixels.
        y: upper edge of the grid in pixels.
        side: side of a cell in pixels.
        tinted: cells (row, column) that get the orange tint.
        hatched: cells (row, column) that are hatched.
        framed: (row, column) of the first cell in the frame, or None.
        sides: (rows, columns) of the frame.
        look: what else `svg.number_grid` takes.

    Returns:
        SVG elements as one text.
    """
    if tinted:
        look["fills"] = np.full(values.shape, svg.PAPER)
        for cell in tinted:
            look["fills"][cell] = svg.ORANGE_TINT
    parts = [svg.heading(x, y, title), svg.number_grid(values, x, y, side, **look)]
    parts += [svg.hatching(x + column * side, y + row * side, side) for row, column in hatched]
    if framed is not None:
        parts.append(svg.cell_frame(x, y, side, framed, sides))
    return "".join(parts)


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


def input_title(padded, paddings):
    """Return the heading of a `padded_input`."""
    height, width = padded.shape
    if np.any(paddings):
        return say("Padded input {height} × {width}", height=height, width=width)
    return say("Input {height} × {width}", height=height, width=width)


def cell_side(columns, largest=38):
    """Return the side of a cell, in pixels, with which grids of so many columns fit beside each other."""
    return min(largest, (svg.WIDTH - 5 * _MARGIN) // columns)


def ring(x, y, side, place):
    """Draw a ring around the cell at place (row, column) of a grid at (x, y), in pixels."""
    row, column = place
    return (
        f'<circle cx="{x + (column + 0.5) * side:g}" cy="{y + (row + 0.5) * side:g}" r="{side * 0.4:g}" '
        f'fill="none" stroke="{svg.BLUE}" stroke-width="2.5" pointer-events="none"/>'
    )


def above_lines(parts, bottom, lines, description, width=svg.WIDTH):
    """Wrap parts that end at `bottom`, in pixels, into one document, with lines of text below them."""
    first = bottom + 2 * _MARGIN
    height = first + 8 + svg.LINE_HEIGHT * len(lines)
    return svg.document(width, height, [*parts, svg.lines(_MARGIN, first + 12, lines)], description)
