"""Explorers of padding, stride and output size (section 3-1, equation 3.1, Figures 3-2 and 3-3)."""

from math import prod

import ipywidgets
import numpy as np

from helpers import chapter
from helpers.explorers.controls import dropdown, int_slider, player
from helpers.explorers.explorer import Explorer
from helpers.figures import output_size as figures
from helpers.reference.convolution import cross_correlate2d
from helpers.reference.geometry import (
    output_size,
    pad,
    padding_that_fits,
    resolve_padding,
    sides_through_layers,
    unseen_positions,
    windows,
)
from helpers.wording import window_products

_LARGEST_IMAGE, _LARGEST_FILTER = 8, 5
_FIGURE_3_3 = {
    "height": len(chapter.FIGURE_3_2_INPUT),
    "width": len(chapter.FIGURE_3_2_INPUT),
    "filter": len(chapter.FIGURE_3_3_FILTER),
    "padding_rule": "slider",
    "padding": chapter.FIGURE_3_3_PADDING,
    "stride": chapter.FIGURE_3_3_STRIDE,
}


class OutputSizeExplorer(Explorer):
    """A filter walks over an image; the output grows as image, filter, padding and stride allow.

    Starts on Figures 3-2 and 3-3; larger images and filters grow from theirs.
    """

    def __init__(self):
        self._image = grown(chapter.FIGURE_3_2_INPUT, _LARGEST_IMAGE, 0, 3)
        self._kernel = grown(chapter.FIGURE_3_3_FILTER, _LARGEST_FILTER, -1, 1)
        controls = {
            "height": int_slider("Image height", 1, 1, _LARGEST_IMAGE),
            "width": int_slider("Image width", 1, 1, _LARGEST_IMAGE),
            "filter": int_slider("Filter side", 1, 1, _LARGEST_FILTER),
            "stride": int_slider("Stride", 1, 1, 4),
            "padding_rule": dropdown(
                "Padding",
                [("as set by the slider", "slider"), ("valid: none", "valid"), ("same, as in Keras", "same")],
            ),
            "padding": int_slider("Zeros per edge", 0, 0, 3),
            "step": None,
            "play": None,
            "figure_3_3": ipywidgets.Button(
                description="Back to Figure 3-3",
                tooltip="The chapter's image, filter, padding and stride",
                layout=ipywidgets.Layout(width="150px"),
            ),
        }
        for name, value in _FIGURE_3_3.items():
            controls[name].value = value
        super().__init__(controls)
        controls["figure_3_3"].on_click(lambda button: self.set(**_FIGURE_3_3))

    def clicked(self, cell):
        """Move the window to an output cell that was clicked."""
        name, row, column = cell.split("-")
        if name == "output":
            _, columns = self._output_sides()
            self.controls["step"].value = int(row) * columns + int(column) + 1

    def adjust(self):
        """Let the padding rest while a rule sets it; offer the steps of this setting, all of them done."""
        self.controls["padding"].disabled = self.state["padding_rule"] != "slider"
        image, kernel, *walk = self._setting()
        meaning = image.shape, len(kernel), *walk
        steps = prod(self._output_sides())
        self.offer("step", meaning, lambda: int_slider("Step", steps, 1, steps), start=steps)
        self.offer("play", meaning, lambda: player(self.controls["step"], 500))

    def draw(self):
        """Return the picture and its sentence; a filter that does not fit is explained."""
        image, kernel, paddings, stride = self._setting()
        padded = pad(image, paddings)
        if min(padded.shape) < len(kernel):
            return _impossible(padded, kernel, paddings)

        output = cross_correlate2d(image, kernel, paddings, stride)
        done = self.state["step"]
        position = divmod(done - 1, output.shape[1])
        axes = _named_axes(image, kernel, paddings, stride)
        window = windows(padded, len(kernel), stride)[position]
        picture = figures.sliding_window(
            padded,
            kernel,
            output,
            paddings=paddings,
            corner=(position[0] * stride, position[1] * stride),
            position=position,
            unseen=[
                unseen_positions(side, len(kernel), ends, stride)
                for side, ends in zip(image.shape, paddings, strict=True)
            ],
            done=done,
            lines=[
                f"Output row {position[0] + 1}, column {position[1] + 1}:",
                *window_products(window, kernel, output[position]),
                "",
                *(f"{name}: d = {_formula(*axis)}" for name, axis in axes.items()),
            ],
        )
        height, width = output.shape
        verdicts = (_verdict(name, *axis) for name, axis in axes.items())
        return picture, " ".join([f"The output is {height} × {width}.", *verdicts])

    def _setting(self):
        state = self.state
        stride, rule = state["stride"], state["padding_rule"]
        image = self._image[: state["height"], : state["width"]]
        kernel = self._kernel[: state["filter"], : state["filter"]]
        padding = state["padding"] if rule == "slider" else rule
        return image, kernel, resolve_padding(padding, image.shape, kernel.shape, (stride, stride)), stride

    def _output_sides(self):
        """Give height and width of the output; (1, 1) where the filter does not fit."""
        image, kernel, paddings, stride = self._setting()
        if min(side + sum(ends) for side, ends in zip(image.shape, paddings, strict=True)) < len(kernel):
            return 1, 1
        return tuple(
            output_size(side, len(kernel), ends, stride)
            for side, ends in zip(image.shape, paddings, strict=True)
        )


def grown(corner, side, low, high):
    """Continue the chapter's array to a larger square with fixed random numbers."""
    square = np.random.default_rng(3).integers(low, high, (side, side), endpoint=True)
    square[: len(corner), : len(corner)] = corner
    return square


def _named_axes(image, kernel, paddings, stride):
    """Name each axis (side, filter side, (before, after), stride), or both at once where they agree."""
    height, width = (
        (side, len(kernel), ends, stride) for side, ends in zip(image.shape, paddings, strict=True)
    )
    return {"Height and width": height} if height == width else {"Height": height, "Width": width}


def _formula(side, filter_size, ends, stride):
    before, after = ends
    added = f"2·{before}" if before == after else f"{before} + {after}"
    exact = (side - filter_size + before + after) / stride + 1
    floored = output_size(side, filter_size, ends, stride)
    result = f"{floored}" if exact == floored else f"{exact:.4g}, rounded down to {floored}"
    return f"({side} − {filter_size} + {added})/{stride} + 1 = {result}"


def _verdict(name, side, filter_size, ends, stride):
    """Say whether the filter sees every position along an axis, and what would help."""
    unseen = len(unseen_positions(side, filter_size, ends, stride))
    if not unseen:
        return f"{name}: every position is used."
    sentence = f"{name}: the filter never sees {unseen} of the {side + sum(ends)} positions (hatched)."
    remainder = (side + sum(ends) - filter_size) % stride
    if not remainder:
        return f"{sentence} The stride of {stride} steps over them, since it is wider than the filter."
    fitting = padding_that_fits(side, filter_size, max(ends), stride)
    if fitting is not None:
        return f"{sentence} The chapter wants a whole number; the smallest padding that fits is {fitting}."
    before, after = ends
    return (
        f"{sentence} No equal padding gives a whole number, since stride {stride} is even and "
        f"{side} − {filter_size} is odd; {before} before and {after + stride - remainder} after would."
    )


def _impossible(padded, kernel, paddings):
    filter_size, (height, width) = len(kernel), padded.shape
    reason = f"No output: a {filter_size} × {filter_size} filter does not fit on {height} × {width} pixels."
    summary = f"{reason} Use a smaller filter, a larger image or more padding."
    return figures.impossible_window(padded, kernel, paddings=paddings, description=summary), summary


class ShrinkingStackExplorer(Explorer):
    """How the side of a feature map changes through a stack of equal convolution layers at stride 1."""

    _LAYERS = 16

    def __init__(self):
        super().__init__(
            {
                "side": int_slider("Image side", 28, 1, 64),
                "filter": int_slider("Filter side", 3, 1, 7),
                "padding": int_slider("Zeros per edge", 0, 0, 3),
            }
        )

    def draw(self):
        """Return the bars and what becomes of the side."""
        side, filter_size, padding = self.state.values()
        sides = sides_through_layers(side, filter_size, padding, layers=self._LAYERS)
        change = 2 * padding - (filter_size - 1)
        summary = _stack_summary(sides, filter_size, change, self._LAYERS)
        return figures.stack_of_sides(sides, summary), summary


def _stack_summary(sides, filter_size, change, most_layers):
    layers, last = len(sides) - 1, sides[-1]
    if change == 0:
        return f"Every layer keeps the side of {last}."
    if change > 0:
        return f"Every layer adds {change} to the side: more padding than the filter takes away."
    shrinking = f"Every layer takes {-change} away."
    if layers == most_layers:
        return f"{shrinking} After {layers} layers {sides[0]} has become {last}."
    if layers == 0:
        return f"A {filter_size} × {filter_size} filter does not fit on a side of {last}."
    if last == 1:
        return f"{shrinking} After {layers} layers {sides[0]} has become a single number."
    return (
        f"{shrinking} After {layers} layers {sides[0]} has become {last}, "
        f"and a {filter_size} × {filter_size} filter no longer fits."
    )
