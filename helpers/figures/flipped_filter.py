"""Picture of cross-correlation and convolution side by side (section 3-1, equations 3.7 to 3.11)."""

import numpy as np

from helpers.drawing import svg
from helpers.drawing.grids import padded_input
from helpers.drawing.svg import WIDTH

_MARGIN, _GAP, _SIDE = 14, 28, 44
_TOP = 66


def flipped_filter(image, kernel, used, outputs, *, chosen, position, lines, description):
    """Draw an image, a filter as written and as used, and the outputs of both operations.

    Args:
        image: (H, W).
        kernel: filter as written, (f_h, f_w).
        used: filter as the chosen operation lays it over the window, (f_h, f_w).
        outputs: name -> (title, equation, (d_h, d_w)); each cell carries data-cell="name-row-column".
        chosen: name of the operation whose cell is explained.
        position: (row, column) of that cell.
        lines: texts below, from the top.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    no_padding, all_seen = ((0, 0), (0, 0)), ([], [])
    x, below = _MARGIN, _TOP + len(image) * _SIDE
    parts = [
        *_heading(x, "Image", f"{len(image)} × {image.shape[1]}"),
        padded_input(image, x, _TOP, _SIDE, no_padding, position, kernel.shape, all_seen),
    ]
    x += image.shape[1] * _SIDE + _GAP
    for name, title, detail, values in [
        ("filter", "Filter", "as written", kernel),
        ("used", "Filter", "as used", used),
    ]:
        parts += [*_heading(x, title, detail), svg.number_grid(values, x, _TOP, _SIDE, name=name)]
        x += values.shape[1] * _SIDE + _GAP
    for name, (title, equation, output) in outputs.items():
        parts += [*_heading(x, title, equation), _output(output, x, name, position, name == chosen)]
        x += output.shape[1] * _SIDE + _GAP
    parts.append(svg.lines(_MARGIN, below + 2 * _GAP - 10, lines))
    height = below + 2 * _GAP - 10 + svg.LINE_HEIGHT * (len(lines) - 1) + _MARGIN
    return svg.document(WIDTH, height, parts, description)


def _heading(x, title, detail):
    return svg.text(x, 30, title, weight="bold"), svg.text(x, 52, detail, fill=svg.MUTED)


def _output(output, x, name, position, is_chosen):
    fills = np.full(output.shape, svg.PAPER if is_chosen else svg.FAINT)
    fills[position] = svg.ORANGE_TINT
    grid = svg.number_grid(output, x, _TOP, _SIDE, name=name, fills=fills)
    if not is_chosen:
        return grid
    return grid + svg.cell_frame(x, _TOP, _SIDE, position)
