"""How often each pixel of an image is used by the windows of a filter (section 3-1, padding)."""

import re

import numpy as np

from helpers.drawing import svg
from helpers.drawing.grids import above_lines, cell_side, input_title, ring, titled_grid
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.output_size.output_size import does_not_fit
from helpers.language import say, say_count
from helpers.reference.geometry import pad, pixel_uses, resolve_padding
from helpers.wording import together

_MARGIN, _TOP, _LARGEST = 14, 48, 46  # the last, of a cell's side


class PixelUseExplorer(Explorer):
    """How many windows of a filter use each pixel of an image, and which windows use one of them."""

    def __init__(self):
        rules = [(say("equal on every edge"), "equal"), (say("same, as in Keras"), "same")]
        super().__init__(
            {
                "image": int_slider(say("Image side"), 6, 1, 9),
                "filter": int_slider(say("Filter side"), 3, 1, 5),
                "stride": int_slider(say("Stride"), 1, 1, 4),
                "padding_rule": dropdown(say("Padding"), rules),
                "padding": int_slider(say("Zeros per edge"), 0, 0, 2),
                "pixel": None,
            }
        )

    def clicked(self, cell):
        """Choose the pixel that was clicked, if it is one of the image."""
        name, *place = svg.cell_place(cell)
        row, column = (index - self._ends()[0] for index in place)
        side = self.state["image"]
        if name == "input" and 0 <= row < side and 0 <= column < side:
            self.set(pixel=(row, column))

    def adjust(self):
        """Let the padding rest while a rule sets it; offer the pixels of this image."""
        self.controls["padding"].disabled = self.state["padding_rule"] == "same"
        side = self.state["image"]
        self.offer_cell("pixel", side, say("Pixel"), (side, side))

    def draw(self):
        """Return the picture and its sentence; a filter that does not fit is explained."""
        side, filter_size, stride = (self.state[name] for name in ("image", "filter", "stride"))
        ends = self._ends()
        padded = side + sum(ends)
        if padded < filter_size:
            summary = does_not_fit(filter_size, padded, padded)
            cell = cell_side(padded + 6, _LARGEST)
            parts = _input(np.zeros((side, side), int), ends, cell, (0, 0), ((0, 0), (0, 0)))
            sentences = [one for one in re.split(r"(?<=\.) |(?<=。)", summary) if one]
            return above_lines(parts, _TOP + padded * cell, sentences, summary), summary

        uses = pixel_uses(side, filter_size, (ends, ends), stride)
        place = self.controls["pixel"].place
        starts = range(0, padded - filter_size + 1, stride)
        down, across = (
            [start <= index + ends[0] < start + filter_size for start in starts] for index in place
        )
        using = np.logical_and.outer(down, across)
        lines = [_arithmetic(place, sum(down), sum(across)), _products(uses, using.size, filter_size)]
        summary = together([_chosen(place, using), _range(uses)])
        cell = cell_side(padded + len(using), _LARGEST)
        parts = [
            *_input(uses, ends, cell, place, _reach(using, filter_size, stride)),
            _output(using, 4 * _MARGIN + padded * cell, cell),
        ]
        bottom = _TOP + max(padded, len(using)) * cell
        return above_lines(parts, bottom, lines, together([summary, *lines])), summary

    def _ends(self):
        """Return the zeros (before, after) of each side."""
        state = self.state
        padding = "same" if state["padding_rule"] == "same" else state["padding"]
        ends, _ = resolve_padding(
            padding, *((state[name], state[name]) for name in ("image", "filter", "stride"))
        )
        return ends


def _reach(using, filter_size, stride):
    """Return (corner, sides) of what the windows cover that use the pixel, in the padded input."""
    corner, sides = [], []
    for positions in (np.flatnonzero(using.any(axis=1)), np.flatnonzero(using.any(axis=0))):
        if not positions.size:
            return (0, 0), (0, 0)
        corner.append(positions[0] * stride)
        sides.append((positions[-1] - positions[0]) * stride + filter_size)
    return corner, sides


def _input(uses, ends, side, place, reach):
    """Draw the padded image as a heat map; each pixel holds its count, the zeros hold nothing."""
    padded = pad(uses, (ends, ends), value=-1)
    added = padded < 0
    colours = svg.shades(np.maximum(padded, 0), 0, 2 * max(uses.max(), 1), svg.ORANGE)
    fills = np.where(added, svg.BLUE_TINT, colours)
    labels = [["" if count < 0 else str(count) for count in row] for row in padded.tolist()]
    look = {"name": "input", "fills": fills, "labels": labels, "hatched": np.argwhere(padded == 0)}
    look["framed"], look["sides"] = reach
    return [
        titled_grid(input_title(padded, (ends, ends)), padded, _MARGIN, _TOP, side, **look),
        ring(_MARGIN, _TOP, side, (place[0] + ends[0], place[1] + ends[0])),
    ]


def _output(using, left, side):
    """Draw the output: a dot for each window that uses the pixel."""
    title = say("Output {height} × {width}", height=len(using), width=len(using))
    fills = np.where(using, svg.ORANGE_TINT, svg.PAPER)
    look = {"name": "output", "fills": fills, "labels": np.where(using, "●", "")}
    return titled_grid(title, using, left, _TOP, side, **look)


def _chosen(place, using):
    return say_count(
        "The pixel in row {row}, column {column} is used {count} time ({windows} windows in all).",
        "The pixel in row {row}, column {column} is used {count} times ({windows} windows in all).",
        using.sum(),
        row=place[0] + 1,
        column=place[1] + 1,
        windows=using.size,
    )


def _range(uses):
    fewest, most = uses.min(), uses.max()
    if fewest == most:
        return say("All pixels are used equally often.")
    if fewest == 0:
        return say_count(
            "The counts run from 0 to {most}; {count} pixel is never used (hatched).",
            "The counts run from 0 to {most}; {count} pixels are never used (hatched).",
            np.sum(uses == 0),
            most=most,
        )
    return say("The counts run from {fewest} to {most}.", fewest=fewest, most=most)


def _arithmetic(place, down, across):
    return say(
        "Windows over row {row}, column {column}: {down} down × {across} across = {uses}",
        row=place[0] + 1,
        column=place[1] + 1,
        down=down,
        across=across,
        uses=down * across,
    )


def _products(uses, windows, filter_size):
    weights, genuine = filter_size**2, uses.sum()
    return say(
        "{windows} windows × {weights} weights = {products} products: {genuine} with pixels, "
        "{added} with added zeros",
        windows=windows,
        weights=weights,
        products=windows * weights,
        genuine=genuine,
        added=windows * weights - genuine,
    )
