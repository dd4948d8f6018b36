"""Padding, stride and the size of the output (section 3-1, equation 3.1, Figures 3-2 and 3-3)."""

from math import prod

import numpy as np

from helpers import chapter
from helpers.chapter.examples import FIGURE_3_2_INPUT_GROWN, FIGURE_3_3_FILTER_GROWN
from helpers.drawing import svg
from helpers.drawing.grids import cell_side, input_title, padded_input, titled_grid
from helpers.explorers.controls import button, dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.language import say
from helpers.reference.convolution import cross_correlate2d
from helpers.reference.geometry import (
    output_size,
    pad,
    padding_that_fits,
    resolve_padding,
    unseen_positions,
    windows,
)
from helpers.wording import number, together, trimmed, window_products

_FIGURE_3_3 = {
    "height": len(chapter.FIGURE_3_2_INPUT),
    "width": len(chapter.FIGURE_3_2_INPUT),
    "filter": len(chapter.FIGURE_3_3_FILTER),
    "padding_rule": "slider",
    "padding": chapter.FIGURE_3_3_PADDING,
    "stride": chapter.FIGURE_3_3_STRIDE,
}
_MARGIN, _TOP, _FILTER_SIDE = 14, 48, 30


class OutputSizeExplorer(Explorer):
    """A filter walks over an image; the output grows as image, filter, padding and stride allow.

    Starts on Figures 3-2 and 3-3; larger images and filters grow from theirs.
    """

    def __init__(self):
        rules = [
            (say("as set by the slider"), "slider"),
            (say("valid: none"), "valid"),
            (say("same, as in Keras"), "same"),
        ]
        largest = len(FIGURE_3_2_INPUT_GROWN)
        controls = {
            "height": int_slider(say("Image height"), 1, 1, largest),
            "width": int_slider(say("Image width"), 1, 1, largest),
            "filter": int_slider(say("Filter side"), 1, 1, len(FIGURE_3_3_FILTER_GROWN)),
            "stride": int_slider(say("Stride"), 1, 1, 4),
            "padding_rule": dropdown(say("Padding"), rules),
            "padding": int_slider(say("Zeros per edge"), 0, 0, 3),
            "step": None,
            "play": None,
            "figure_3_3": button(
                say("Back to Figure 3-3"),
                say("The chapter's image, filter, padding and stride"),
                lambda: self.set(**_FIGURE_3_3),
            ),
        }
        for name, value in _FIGURE_3_3.items():
            controls[name].value = value
        super().__init__(controls, clicks={"output": "step"})

    def adjust(self):
        """Let the padding rest while a rule sets it; offer the steps of this setting, all of them done."""
        self.controls["padding"].disabled = self.state["padding_rule"] != "slider"
        image, kernel, paddings, stride = self._setting()
        meaning = image.shape, len(kernel), paddings, stride
        sides = pad(image, paddings).shape
        # Of a filter that does not fit there is a single step.
        fits = min(sides) >= len(kernel)
        outputs = tuple(output_size(side, len(kernel), 0, stride) if fits else 1 for side in sides)
        self.offer_steps(meaning, say("Step"), outputs, prod(outputs), 500)

    def draw(self):
        """Return the picture and its sentence; a filter that does not fit is explained."""
        image, kernel, paddings, stride = self._setting()
        padded = pad(image, paddings)
        if min(padded.shape) < len(kernel):
            return _impossible(padded, kernel, paddings)

        output = cross_correlate2d(image, kernel, paddings, stride)
        place = row, column = self.controls["step"].place
        axes = _named_axes(image, kernel, paddings, stride)
        lines = [
            say("Output row {row}, column {column}:", row=row + 1, column=column + 1),
            *window_products(windows(padded, len(kernel), stride)[place], kernel, output[place]),
            "",
            *(_formula(name, *axis) for name, axis in axes.items()),
        ]
        height, width = output.shape
        size = say("The output is {height} × {width}.", height=height, width=width)
        summary = together([size, *(_verdict(name, *axis) for name, axis in axes.items())])
        return _sliding_window(image, kernel, paddings, stride, output, place, lines), summary

    def _setting(self):
        """Return image, filter, ((top, bottom), (left, right)) of the padding, and stride."""
        state = self.state
        stride, rule = state["stride"], state["padding_rule"]
        image = FIGURE_3_2_INPUT_GROWN[: state["height"], : state["width"]]
        kernel = FIGURE_3_3_FILTER_GROWN[: state["filter"], : state["filter"]]
        padding = state["padding"] if rule == "slider" else rule
        return image, kernel, resolve_padding(padding, image.shape, kernel.shape, (stride, stride)), stride


def _sliding_window(image, kernel, paddings, stride, output, place, lines):
    """Draw the padded input with a window, the filter, and the output filled up to `place`."""
    padded = pad(image, paddings)
    side = cell_side(padded.shape[1] + output.shape[1])
    output_left = _MARGIN + padded.shape[1] * side + 3 * _MARGIN
    below = _TOP + max(len(padded), len(output)) * side + 2 * _MARGIN
    corner = place[0] * stride, place[1] * stride
    unseen = [
        unseen_positions(image_side, len(kernel), ends, stride)
        for image_side, ends in zip(image.shape, paddings, strict=True)
    ]
    sizes = {"rows": len(padded), "columns": padded.shape[1], "filter": len(kernel)}
    sizes |= {"height": len(output), "width": output.shape[1], "row": place[0] + 1, "column": place[1] + 1}
    parts = [
        svg.heading(_MARGIN, _TOP, input_title(padded, paddings)),
        padded_input(padded, _MARGIN, _TOP, side, paddings, corner, kernel.shape, unseen),
        _output(say("Output {height} × {width}", **sizes), output, output_left, side, place),
        titled_grid(_filter_title(kernel), kernel, _MARGIN, below + 28, _FILTER_SIDE, name="filter"),
        svg.lines(max(3 * _MARGIN + len(kernel) * _FILTER_SIDE, 150), below + 18, lines),
    ]
    bottom = max(below + 28 + len(kernel) * _FILTER_SIDE, below + 6 + svg.LINE_HEIGHT * len(lines))
    description = say(
        "Input of {rows} by {columns} cells with its padding, filter of {filter} by {filter}, output of "
        "{height} by {width}; the window stands at output row {row}, column {column}, which is {result}.",
        result=number(output[place]),
        **sizes,
    )
    return svg.document(svg.WIDTH, bottom + _MARGIN, parts, description)


def _output(title, output, x, side, place):
    computed = np.arange(output.size).reshape(output.shape) <= np.ravel_multi_index(place, output.shape)
    fills = np.where(computed, svg.PAPER, svg.FAINT)
    fills[place] = svg.ORANGE_TINT
    labels = [
        [number(value) if filled else "" for value, filled in zip(*line, strict=True)]
        for line in zip(output, computed, strict=True)
    ]
    look = {"name": "output", "fills": fills, "labels": labels, "framed": place}
    return titled_grid(title, output, x, _TOP, side, **look)


def _impossible(padded, kernel, paddings):
    """Draw an input beside a filter that is larger, and say so."""
    side = cell_side(padded.shape[1] + len(kernel))
    filter_left = _MARGIN + padded.shape[1] * side + 3 * _MARGIN
    summary = does_not_fit(len(kernel), *padded.shape)
    parts = [
        svg.heading(_MARGIN, _TOP, input_title(padded, paddings)),
        padded_input(padded, _MARGIN, _TOP, side, paddings, (0, 0), (0, 0), ([], [])),
        titled_grid(_filter_title(kernel), kernel, filter_left, _TOP, side, name="filter"),
    ]
    height = _TOP + max(len(padded), len(kernel)) * side + _MARGIN
    return svg.document(svg.WIDTH, height, parts, summary), summary


def does_not_fit(filter_size, height, width):
    """Say that a filter is larger than its input, and what would help."""
    return say(
        "No output: a {filter} × {filter} filter does not fit on {height} × {width} pixels. "
        "Use a smaller filter, a larger image or more padding.",
        filter=filter_size,
        height=height,
        width=width,
    )


def _filter_title(kernel):
    return say("Filter {side} × {side}", side=len(kernel))


def _named_axes(image, kernel, paddings, stride):
    """Name each axis (side, filter side, (before, after), stride), or both at once where they agree."""
    height, width = (
        (side, len(kernel), ends, stride) for side, ends in zip(image.shape, paddings, strict=True)
    )
    if height == width:
        return {say("Height and width"): height}
    return {say("Height"): height, say("Width"): width}


def _formula(axis, side, filter_size, ends, stride):
    before, after = ends
    added = f"2·{before}" if before == after else f"{before} + {after}"
    formula = f"({side} − {filter_size} + {added})/{stride} + 1"
    exact = (side - filter_size + before + after) / stride + 1
    floored = output_size(side, filter_size, ends, stride)
    if exact == floored:
        return say("{axis}: d = {formula} = {value}", axis=axis, formula=formula, value=floored)
    return say(
        "{axis}: d = {formula} = {exact}, rounded down to {floored}",
        axis=axis,
        formula=formula,
        exact=trimmed(exact, 3),
        floored=floored,
    )


def _verdict(axis, side, filter_size, ends, stride):
    """Say whether the filter sees every position along an axis, and what would help."""
    positions = unseen_positions(side, filter_size, ends, stride)
    unseen, total = len(positions), side + sum(ends)
    if not unseen:
        return say("{axis}: every position is used.", axis=axis)
    if not set(positions).intersection(range(ends[0], ends[0] + side)):
        return say("{axis}: every pixel is used. Only added zeros are left out (hatched).", axis=axis)
    verdict = say(
        "{axis}: the filter never sees {unseen} of the {total} positions (hatched).",
        axis=axis,
        unseen=unseen,
        total=total,
    )
    return f"{verdict} {_remedy(side, filter_size, ends, stride, (total - filter_size) % stride)}"


def _remedy(side, filter_size, ends, stride, remainder):
    before, after = ends
    fitting = padding_that_fits(side, filter_size, max(ends), stride)
    values = {"side": side, "filter": filter_size, "stride": stride, "padding": fitting}
    if not remainder:
        return say("The stride of {stride} steps over them, since it is wider than the filter.", **values)
    if fitting is not None:
        return say("The chapter wants a whole number; the smallest padding that fits is {padding}.", **values)
    return say(
        "No equal padding gives a whole number, since stride {stride} is even and "
        "{side} − {filter} is odd; {before} before and {after} after would.",
        before=before,
        after=after + stride - remainder,
        **values,
    )
