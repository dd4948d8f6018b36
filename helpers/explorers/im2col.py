"""Explorer of im2col: a convolution as one matrix product (section 3-2)."""

import numpy as np

from helpers.chapter.examples import IMAGE
from helpers.explorers.controls import int_slider, player
from helpers.explorers.explorer import Explorer
from helpers.figures.im2col import windows_as_rows
from helpers.reference.convolution import im2col
from helpers.reference.geometry import output_size
from helpers.wording import number, products

_FILTERS = {2: np.array([[2, -1], [1, 3]]), 3: np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])}


class Im2colExplorer(Explorer):
    """Every window of the image becomes a row; all of them meet the filter in one product."""

    def __init__(self):
        super().__init__(
            {
                "side": int_slider("Image side", 3, 3, 5),
                "filter": int_slider("Filter side", 2, 2, 3),
                "stride": int_slider("Stride", 1, 1, 2),
                "pixel": None,
                "row": None,
                "play": None,
            }
        )

    def clicked(self, cell):
        """Choose the window or the pixel that was clicked."""
        name, row, column = cell.split("-")
        if name == "image":
            self.controls["pixel"].value = int(row) * self.controls["side"].value + int(column) + 1
        elif name in ("matrix", "output"):
            self.controls["row"].value = int(row) + 1

    def adjust(self):
        """Offer the pixels and the windows of this setting; a number is kept as far as there is one."""
        state = self.state
        setting = side, filter_side, stride = state["side"], state["filter"], state["stride"]
        pixels, windows = side**2, output_size(side, filter_side, 0, stride) ** 2
        pixel, row = min(state.get("pixel", 5), pixels), min(state.get("row", 1), windows)
        self.offer("pixel", side, lambda: int_slider("Mark pixel", pixel, 1, pixels), start=pixel)
        self.offer("row", setting, lambda: int_slider("Window", row, 1, windows), start=row)
        self.offer("play", setting, lambda: player(self.controls["row"], 1000))

    def draw(self):
        """Return the picture and its sentence."""
        state = self.state
        side, filter_side, stride = state["side"], state["filter"], state["stride"]
        image, kernel = IMAGE[:side, :side], _FILTERS[filter_side].ravel()
        matrix = _windows(image, filter_side, stride)
        places = _windows(np.arange(image.size).reshape(image.shape), filter_side, stride)
        row, pixel = state["row"] - 1, state["pixel"] - 1
        output = matrix @ kernel
        top, left = divmod(int(places[row, 0]), side)
        copies = places == pixel
        terms = [products(matrix[row, some], kernel[some]) for some in _in_fours(kernel.size)]
        lines = [
            f"Window {row + 1}, times the filter, number by number:",
            *(f"{text} +" for text in terms[:-1]),
            f"{terms[-1]} = {number(output[row])}",
        ]
        count = int(copies.sum())
        summary = (
            f"{len(matrix)} windows of {kernel.size} numbers: "
            f"{matrix.size} numbers from {image.size} pixels. "
            f"Pixel {pixel + 1} stands in the matrix {count} time{'s' * (count != 1)}."
        )
        picture = windows_as_rows(
            image,
            matrix,
            kernel,
            output,
            row=row,
            window=(top, left, filter_side),
            pixel=divmod(pixel, side),
            copies=copies,
            lines=lines,
            description=f"{summary} {' '.join(lines)}",
        )
        return picture, summary


def _windows(image, filter_side, stride):
    return im2col(image[np.newaxis, :, :, np.newaxis], filter_side, stride=stride)[0]


def _in_fours(count):
    return [slice(start, start + 4) for start in range(0, count, 4)]
