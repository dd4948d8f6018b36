"""A convolution as one matrix product, its windows the rows of a matrix (section 3-2)."""

import numpy as np

from helpers.chapter.examples import IMAGE
from helpers.drawing import svg
from helpers.drawing.grids import above_lines, titled_grid
from helpers.explorers.controls import CellSlider, int_slider
from helpers.explorers.explorer import Explorer
from helpers.language import say, say_count
from helpers.reference.conv2d import im2col
from helpers.reference.geometry import output_size
from helpers.wording import number, product_lines, together

FILTERS = {2: np.array([[2, -1], [1, 3]]), 3: np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])}
_MARGIN, _TOP, _GAP = 14, 48, 44
_IMAGE_SIDE, _SIDE = 34, 26  # of a cell in the image, and elsewhere


class Im2colExplorer(Explorer):
    """Every window of the image becomes a row; all of them meet the filter in one product."""

    def __init__(self):
        super().__init__(
            {
                "side": int_slider(say("Image side"), 3, 3, 5),
                "filter": int_slider(say("Filter side"), 2, 2, 3),
                "stride": int_slider(say("Stride"), 1, 1, 2),
                "pixel": None,
                "row": None,
                "play": None,
            },
            clicks={"image": "pixel", "matrix": "row", "output": "row"},
        )

    def adjust(self):
        """Offer the pixels and the windows of this setting; a number is kept as far as there is one."""
        state = self.state
        setting = side, filter_side, stride = state["side"], state["filter"], state["stride"]
        pixels, windows = side**2, output_size(side, filter_side, 0, stride) ** 2
        pixel, row = min(state.get("pixel", 5), pixels), min(state.get("row", 1), windows)
        self.offer("pixel", side, lambda: CellSlider(say("Mark pixel"), (side, side)), start=pixel)
        self.offer_steps(setting, say("Window"), windows, row, 1000, name="row")

    def draw(self):
        """Return the picture and its sentence."""
        state = self.state
        side, filter_side, stride = state["side"], state["filter"], state["stride"]
        row, pixel = state["row"] - 1, state["pixel"] - 1
        image, kernel = IMAGE[:side, :side], FILTERS[filter_side].ravel()
        matrix = _windows(image, filter_side, stride)
        places = _windows(np.arange(image.size).reshape(image.shape), filter_side, stride)
        output, copies = matrix @ kernel, places == pixel
        lines = [
            say("Window {number}, times the filter, number by number:", number=row + 1),
            *product_lines(matrix[row], kernel, number(output[row])),
        ]
        summary = _summary(matrix, image.size, pixel + 1, int(copies.sum()))
        corner = divmod(int(places[row, 0]), side)
        parts = [
            _image(image, divmod(pixel, side), corner, filter_side),
            *_product(_MARGIN + side * _IMAGE_SIDE + _GAP, matrix, kernel, output, row, copies),
        ]
        bottom = _TOP + max(side * _IMAGE_SIDE, max(matrix.shape) * _SIDE)
        return above_lines(parts, bottom, lines, together([summary, *lines])), summary


def _windows(image, filter_side, stride):
    return im2col(image[np.newaxis, :, :, np.newaxis], filter_side, stride=stride)[0]


def _image(image, pixel, corner, filter_side):
    """Draw the image, cells "image-row-column", with one pixel tinted and one window framed."""
    fills = np.full(image.shape, svg.PAPER)
    fills[pixel] = svg.BLUE_TINT
    look = {"fills": fills, "framed": corner, "sides": (filter_side, filter_side)}
    return titled_grid(say("Image"), image, _MARGIN, _TOP, _IMAGE_SIDE, name="image", **look)


def _product(x, matrix, kernel, output, row, copies):
    """Draw the product from x on, cells "matrix-row-column" and "output-row-0", with one row framed."""
    filter_x = x + max(matrix.shape[1] * _SIDE, 70) + _GAP
    output_x = filter_x + 60 + _GAP
    middle = _TOP + _SIDE * len(matrix) / 2 + 6
    look = {"fills": np.where(copies, svg.BLUE_TINT, svg.PAPER), "sides": (1, matrix.shape[1])}
    output, kernel, framed = output[:, np.newaxis], kernel[:, np.newaxis], (row, 0)
    return [
        titled_grid(say("Windows"), matrix, x, _TOP, _SIDE, name="matrix", framed=framed, **look),
        svg.text(filter_x - _GAP / 2, middle, "·", size=20, anchor="middle"),
        titled_grid(say("Filter"), kernel, filter_x, _TOP, _SIDE, name="filter"),
        svg.text(output_x - _GAP, middle, "=", size=20, anchor="middle"),
        titled_grid(say("Output"), output, output_x, _TOP, _SIDE, name="output", framed=framed),
    ]


def _summary(matrix, pixels, pixel, copies):
    windows, size = matrix.shape
    counts = say_count(
        "{count} window of {size} numbers: {total} numbers from {pixels} pixels.",
        "{count} windows of {size} numbers: {total} numbers from {pixels} pixels.",
        windows,
        size=size,
        total=matrix.size,
        pixels=pixels,
    )
    marked = say_count(
        "Pixel {pixel} stands in the matrix {count} time.",
        "Pixel {pixel} stands in the matrix {count} times.",
        copies,
        pixel=pixel,
    )
    return together([counts, marked])
