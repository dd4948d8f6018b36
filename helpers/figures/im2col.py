"""Picture of a convolution as one matrix product: windows become the rows of a matrix (section 3-2)."""

import numpy as np

from helpers.drawing import svg
from helpers.drawing.svg import WIDTH

_MARGIN = 14
_TOP = 48
_IMAGE_SIDE, _SIDE, _GAP = 34, 26, 44


def windows_as_rows(image, matrix, kernel, output, *, row, window, pixel, copies, lines, description):
    """Draw the image, the matrix of its windows, the filter as a column, and the product.

    Args:
        image: (H, W), cells "image-row-column".
        matrix: (windows, numbers of a window), cells "matrix-row-column".
        kernel: (numbers of a window,), the filter laid out in the same order.
        output: (windows,), cells "output-row-0".
        row: the window that is framed, counted from 0.
        window: (row, column, side) of that window in the image.
        pixel: (row, column) of the pixel that is tinted.
        copies: booleans in the matrix's shape, tinted: where that pixel stands.
        lines: texts below.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    lefts = [_MARGIN, _MARGIN + image.shape[1] * _IMAGE_SIDE + _GAP]
    lefts.append(lefts[1] + max(matrix.shape[1] * _SIDE, 70) + _GAP)
    lefts.append(lefts[2] + 60 + _GAP)
    top_row, left_column, side = window
    image_fills = np.full(image.shape, svg.PAPER)
    image_fills[pixel] = svg.BLUE_TINT
    fills = np.where(copies, svg.BLUE_TINT, svg.PAPER)
    middle = _TOP + _SIDE * len(matrix) / 2 + 6
    parts = [
        svg.heading(lefts[0], _TOP, "Image"),
        svg.number_grid(image, lefts[0], _TOP, _IMAGE_SIDE, name="image", fills=image_fills),
        svg.cell_frame(lefts[0], _TOP, _IMAGE_SIDE, (top_row, left_column), (side, side)),
        svg.heading(lefts[1], _TOP, "Windows"),
        svg.number_grid(matrix, lefts[1], _TOP, _SIDE, name="matrix", fills=fills),
        svg.cell_frame(lefts[1], _TOP, _SIDE, (row, 0), (1, matrix.shape[1])),
        svg.text(lefts[2] - _GAP / 2, middle, "·", size=20, anchor="middle"),
        svg.heading(lefts[2], _TOP, "Filter"),
        svg.number_grid(kernel[:, np.newaxis], lefts[2], _TOP, _SIDE, name="filter"),
        svg.text(lefts[3] - _GAP, middle, "=", size=20, anchor="middle"),
        svg.heading(lefts[3], _TOP, "Output"),
        svg.number_grid(output[:, np.newaxis], lefts[3], _TOP, _SIDE, name="output"),
        svg.cell_frame(lefts[3], _TOP, _SIDE, (row, 0)),
    ]
    bottom = _TOP + max(len(image) * _IMAGE_SIDE, max(matrix.shape) * _SIDE) + 2 * _MARGIN
    parts.append(svg.lines(_MARGIN, bottom + 12, lines))
    return svg.document(WIDTH, bottom + 8 + svg.LINE_HEIGHT * len(lines), parts, description)
