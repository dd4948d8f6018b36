"""Explorers of pooling and of its gradient (section 3-1, Figure 3-4, equation 3.6)."""

import ipywidgets
import numpy as np

from helpers import chapter
from helpers.chapter.examples import FIGURE_3_4_INPUT_GROWN
from helpers.explorers.controls import dropdown, int_slider, tied_to
from helpers.explorers.explorer import Explorer
from helpers.figures import pooling as figures
from helpers.reference.geometry import output_size, pad, resolve_padding, unseen_positions
from helpers.reference.pooling import (
    average_pool2d,
    average_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from helpers.wording import number

_KINDS = [("max", "max"), ("average", "average")]
_POOL = {"max": max_pool2d, "average": average_pool2d}
_POOL_BACKWARD = {"max": max_pool2d_backward, "average": average_pool2d_backward}
_FIGURE_3_4 = {"kind": "max", "image": 4, "block": 2, "stride": 2, "padding": 0}


class PoolingExplorer(Explorer):
    """A block walks over an image and keeps its maximum or its average; starts on Figure 3-4."""

    _LARGEST_IMAGE = 8

    def __init__(self):
        self._image = FIGURE_3_4_INPUT_GROWN
        controls = {
            "kind": dropdown("Pooling", _KINDS),
            "image": int_slider("Image side", 4, 1, self._LARGEST_IMAGE),
            "block": int_slider("Block side", 2, 1, 4),
            "stride": int_slider("Stride", 2, 1, 4),
            "padding": int_slider("Padding", 0, 0, 3),
            "cell": None,
            "figure_3_4": ipywidgets.Button(
                description="Back to Figure 3-4",
                tooltip="The chapter's image, block and stride",
                layout=ipywidgets.Layout(width="150px"),
            ),
        }
        super().__init__(controls)
        controls["figure_3_4"].on_click(lambda button: self.set(**_FIGURE_3_4, cell=1))

    def clicked(self, cell):
        """Show the block of an output cell that was clicked."""
        name, row, column = cell.split("-")
        if name == "output":
            self.controls["cell"].value = int(row) * self._output_side() + int(column) + 1

    def adjust(self):
        """Offer the output cells of this setting, at the first."""
        cells = self._output_side() ** 2
        meaning = tuple(self.state[name] for name in ("image", "block", "stride", "padding"))
        self.offer("cell", meaning, lambda: int_slider("Output cell", 1, 1, cells), start=1)

    def draw(self):
        """Return the picture and its sentence; a block that does not fit is explained."""
        state = self.state
        kind, block, stride, padding = (state[name] for name in ("kind", "block", "stride", "padding"))
        image = self._image[: state["image"], : state["image"]]
        paddings = resolve_padding(padding, image.shape, (block, block), (stride, stride))
        padded = pad(image, paddings)
        obstacle = _obstacle(len(image), block, padding)
        if obstacle:
            summary = " ".join(obstacle)
            picture = figures.pooling(
                padded,
                None,
                paddings=paddings,
                corner=(0, 0),
                block=0,
                position=None,
                winners=[],
                unseen=([], []),
                lines=obstacle,
                description=summary,
            )
            return picture, summary

        output = _POOL[kind](image, block, stride, padding)
        position = divmod(state["cell"] - 1, output.shape[1])
        corner = position[0] * stride, position[1] * stride
        rows = unseen_positions(len(image), block, padding, stride)
        genuine = _block(image, corner, block, padding)
        winners = [_winner(image, position, output.shape, block, stride, padding)] if kind == "max" else []
        lines = _arithmetic(kind, genuine, position, output[position])
        summary = _pooling_summary(kind, image, output, block, padding, rows)
        picture = figures.pooling(
            padded,
            output,
            paddings=paddings,
            corner=corner,
            block=block,
            position=position,
            winners=[(row + padding, column + padding) for row, column in winners],
            unseen=(rows, rows),
            lines=lines,
            description=" ".join([summary, *lines]),
        )
        return picture, summary

    def _output_side(self):
        """Give the side of the output; 1 where the block does not fit."""
        side, block, stride, padding = (self.state[name] for name in ("image", "block", "stride", "padding"))
        return 1 if _obstacle(side, block, padding) else output_size(side, block, padding, stride)


def _obstacle(side, block, padding):
    if padding >= block:
        return [
            f"No output: with padding {padding} a {block} × {block} block could lie outside the image.",
            "Use less padding or a larger block.",
        ]
    if side + 2 * padding < block:
        return [
            f"No output: a {block} × {block} block does not fit on {side + 2 * padding} × "
            f"{side + 2 * padding} pixels.",
            "Use a smaller block or a larger image.",
        ]
    return None


def _block(image, corner, block, padding):
    """Cut out the image's own pixels under a block."""
    (top, left) = (start - padding for start in corner)
    return image[max(top, 0) : top + block, max(left, 0) : left + block]


def _winner(image, position, sides, block, stride, padding):
    """Find the pixel that wins a block: the one that a gradient would reach."""
    only = np.zeros(sides)
    only[position] = 1
    return tuple(np.argwhere(max_pool2d_backward(only, image, block, stride, padding))[0])


def _arithmetic(kind, pixels, position, result):
    """Spell out the maximum or the average, one line for each row of the block."""
    first = f"Output row {position[0] + 1}, column {position[1] + 1}:"
    sign = ", " if kind == "max" else " + "
    rows = [sign.join(number(value) for value in row) for row in pixels]
    opening = "max(" if kind == "max" else "("
    closing = ")" if kind == "max" else f") / {pixels.size}"
    lines = [f"{row}{sign}".rstrip() for row in rows[:-1]] + [f"{rows[-1]}{closing} = {number(result)}"]
    return [first, opening + lines[0], *lines[1:]]


def _pooling_summary(kind, image, output, block, padding, unseen):
    sentence = f"The output is {len(output)} × {output.shape[1]}: {_count(output.size, 'number')} from "
    sentence += f"{_count(image.size, 'pixel')}, without a weight to learn."
    if padding:
        sentence += (
            " The blue cells of the padding never win a maximum."
            if kind == "max"
            else " The blue cells of the padding are left out of every average."
        )
    if unseen:
        sentence += " No block covers the hatched cells."
    return sentence


def _count(number, thing):
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


class SameOutputExplorer(Explorer):
    """Change pixels of Figure 3-4 and watch which pooled outputs notice; a click adds 1 to a pixel."""

    def __init__(self):
        self._yours, self._attempt = chapter.FIGURE_3_4_INPUT.copy(), 1
        controls = {
            "row": int_slider("Row", 1, 1, 4),
            "column": int_slider("Column", 1, 1, 4),
            "pixel": None,
            "reset": ipywidgets.Button(
                description="Back to Figure 3-4", layout=ipywidgets.Layout(width="150px")
            ),
        }
        super().__init__(controls)
        controls["reset"].on_click(lambda button: self._start_again())

    def clicked(self, cell):
        """Select a pixel that was clicked and add 1 to it; after 9 comes 0."""
        name, row, column = cell.split("-")
        if name == "yours":
            place = int(row), int(column)
            self.set(row=place[0] + 1, column=place[1] + 1, pixel=(self._yours[place] + 1) % 10)

    def adjust(self):
        """Offer the slider of the pixel that is selected."""
        values, place = self._yours, self._selected()
        self.offer(
            "pixel",
            (self._attempt, *place),
            lambda: tied_to(values, place, int_slider("Pixel", int(values[place]), 0, 9)),
        )

    def draw(self):
        """Return both inputs with their outputs, and how far yours agrees."""
        selected = self._selected()
        inputs = chapter.FIGURE_3_4_INPUT, self._yours
        pooled = [(max_pool2d(x), average_pool2d(x)) for x in inputs]
        changed = int(np.sum(inputs[0] != inputs[1]))
        agrees = [np.array_equal(*outputs) for outputs in zip(*pooled, strict=True)]
        summary = _same_summary(changed, *agrees)
        named = list(zip(("Figure 3-4", "Yours"), inputs, strict=True))
        return figures.two_inputs(named, pooled, block=2, selected=selected, description=summary), summary

    def _selected(self):
        return self.controls["row"].value - 1, self.controls["column"].value - 1

    def _start_again(self):
        # The sliders of the last attempt keep its array, and late messages with it.
        self._yours, self._attempt = chapter.FIGURE_3_4_INPUT.copy(), self._attempt + 1
        self.redraw()


def _same_summary(changed, max_agrees, average_agrees):
    if not changed:
        return "Both inputs are the same so far. Click a pixel of yours, or choose one and move Pixel."
    verdict = {
        (True, True): "neither pooling can tell it from the chapter's",
        (True, False): "max pooling cannot tell it from the chapter's, average pooling can",
        (False, True): "average pooling cannot tell it from the chapter's, max pooling can",
        (False, False): "both poolings tell it from the chapter's",
    }[max_agrees, average_agrees]
    return f"Your input differs in {changed} of 16 pixels: {verdict}."


class PoolingGradientExplorer(Explorer):
    """Type the gradients that arrive at the four outputs and see which pixels they reach."""

    _LAYOUTS = (("2 × 2 blocks, stride 2", (2, 2)), ("3 × 3 blocks, stride 1: they overlap", (3, 1)))

    def __init__(self):
        places = [("all four outputs", 0)]
        places += [(f"output {i},{j}", 2 * i + j - 2) for i in (1, 2) for j in (1, 2)]
        controls = {
            "kind": dropdown("Pooling", _KINDS),
            "layout": dropdown("Blocks", self._LAYOUTS),
            **{
                f"g{i}{j}": ipywidgets.BoundedFloatText(
                    value=2 * i + j - 2,
                    min=-99,
                    max=99,
                    step=0.5,
                    description=f"Upstream {i},{j}",
                    style={"description_width": "110px"},
                    layout=ipywidgets.Layout(width="340px"),
                )
                for i in (1, 2)
                for j in (1, 2)
            },
            "output": dropdown("Look at", places),
        }
        super().__init__(controls)

    def clicked(self, cell):
        """Look at the upstream cell that was clicked; a second click looks at all again."""
        name, row, column = cell.split("-")
        if name == "upstream":
            chosen = 2 * int(row) + int(column) + 1
            output = self.controls["output"]
            output.value = 0 if output.value == chosen else chosen

    def draw(self):
        """Return the three grids and where the gradients go."""
        state = self.state
        kind, (block, stride), chosen = state["kind"], state["layout"], state["output"]
        x = chapter.FIGURE_3_4_INPUT
        typed = np.array([[state["g11"], state["g12"]], [state["g21"], state["g22"]]])
        places = list(np.ndindex(2, 2))
        shown = [places[chosen - 1]] if chosen else places
        upstream = np.zeros((2, 2))
        for place in shown:
            upstream[place] = typed[place]
        gradient = _POOL_BACKWARD[kind](upstream, x, block, stride)
        corners = [(row * stride, column * stride) for row, column in shown]
        winners = [_winner(x, place, (2, 2), block, stride, 0) for place in shown] if kind == "max" else []
        ways = [
            _way(kind, x, place, corner, block, typed[place])
            for place, corner in zip(shown, corners, strict=True)
        ]
        summary = _gradient_summary(kind, upstream, gradient)
        picture = figures.pooling_gradient(
            x,
            typed,
            gradient,
            windows=[(corner, block) for corner in corners],
            chosen=places[chosen - 1] if chosen else None,
            winners=winners,
            lines=ways,
            description=" ".join([summary, *ways]),
        )
        return picture, summary


def _way(kind, x, place, corner, block, amount):
    """Tell where one output's gradient goes."""
    (row, column), (top, left) = place, corner
    name, amount_text = f"Output {row + 1},{column + 1}:", number(amount)
    pixels = x[top : top + block, left : left + block]
    if kind == "average":
        share = number(amount / pixels.size)
        return f"{name} {amount_text} / {pixels.size} = {share} to each pixel of its block."
    winner = np.argwhere(pixels == pixels.max()) + corner + 1
    way = f"{name} {amount_text} to row {winner[0][0]}, column {winner[0][1]}"
    if len(winner) == 1:
        return f"{way}, the largest of its block."
    return f"{way}, the first of {len(winner)} pixels that tie at {number(pixels.max())}."


def _gradient_summary(kind, upstream, gradient):
    reached = int(np.count_nonzero(gradient))
    total = f"What arrives adds up to {number(upstream.sum())}, and so does what the pixels get."
    if kind == "max":
        rule = "Max pooling sends each gradient to one pixel; where several tie, to the first in row order."
    else:
        rule = "Average pooling gives each pixel of a block the same share."
    return f"{rule} {reached} of {gradient.size} pixels get a gradient. {total}"
