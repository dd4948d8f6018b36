"""Maximum and average of blocks (section 3-1, Figure 3-4, equation 3.6)."""

import numpy as np

from helpers.chapter.examples import FIGURE_3_4_INPUT_GROWN
from helpers.drawing import svg
from helpers.drawing.grids import above_lines, cell_side, input_title, padded_input, ring, titled_grid
from helpers.explorers.controls import button, dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.language import say, say_count
from helpers.reference.geometry import output_size, pad, unseen_positions
from helpers.reference.pooling import average_pool2d, max_pool2d
from helpers.wording import number, together

KINDS = [(say("max"), "max"), (say("average"), "average")]
POOL = {"max": max_pool2d, "average": average_pool2d}
_FIGURE_3_4 = {"kind": "max", "image": 4, "block": 2, "stride": 2, "padding": 0}
_MARGIN, _TOP = 14, 48


class PoolingExplorer(Explorer):
    """A block walks over an image and keeps its maximum or its average; starts on Figure 3-4."""

    def __init__(self):
        super().__init__(
            {
                "kind": dropdown(say("Pooling"), KINDS),
                "image": int_slider(say("Image side"), 4, 1, len(FIGURE_3_4_INPUT_GROWN)),
                "block": int_slider(say("Block side"), 2, 1, 4),
                "stride": int_slider(say("Stride"), 2, 1, 4),
                "padding": int_slider(say("Padding"), 0, 0, 3),
                "cell": None,
                "figure_3_4": button(
                    say("Back to Figure 3-4"),
                    say("The chapter's image, block and stride"),
                    lambda: self.set(**_FIGURE_3_4, cell=1),
                ),
            },
            clicks={"output": "cell"},
        )

    def adjust(self):
        """Offer the output cells of this setting, at the first."""
        meaning = side, block, stride, padding = self._setting()
        # Of a block that does not fit the slider stands at a single cell.
        outputs = 1 if _obstacle(side, block, padding) else output_size(side, block, padding, stride)
        self.offer_cell("cell", meaning, say("Output cell"), (outputs, outputs))

    def draw(self):
        """Return the picture and its sentence; a block that does not fit is explained."""
        kind, (side, block, stride, padding) = self.state["kind"], self._setting()
        image = FIGURE_3_4_INPUT_GROWN[:side, :side]
        width = len(image) + 2 * padding
        obstacle = _obstacle(len(image), block, padding)
        if obstacle:
            side, summary = cell_side(width), together(obstacle.split("\n"))
            parts = _input(image, padding, side, (0, 0), 0, [])
            return above_lines(parts, _TOP + width * side, obstacle.split("\n"), summary), summary

        output = POOL[kind](image, block, stride, padding)
        row, column = self.controls["cell"].place
        top, left = row * stride - padding, column * stride - padding
        pixels = image[max(top, 0) : top + block, max(left, 0) : left + block]
        unseen = unseen_positions(len(image), block, padding, stride)
        side = cell_side(width + len(output))
        parts = _input(image, padding, side, (top + padding, left + padding), block, unseen)
        if kind == "max":
            winner = np.maximum((top, left), 0) + first_largest(pixels) + padding
            parts.append(ring(_MARGIN, _TOP, side, winner))
        title = say("Output {height} × {width}", height=len(output), width=len(output))
        look = {"name": "output", "tinted": [(row, column)], "framed": (row, column)}
        parts.append(titled_grid(title, output, 4 * _MARGIN + width * side, _TOP, side, **look))
        lines = _arithmetic(kind, pixels, (row, column), output[row, column])
        summary = _summary(kind, image, output, padding, unseen)
        bottom = _TOP + max(width, len(output)) * side
        return above_lines(parts, bottom, lines, together([summary, *lines])), summary

    def _setting(self):
        return tuple(self.state[name] for name in ("image", "block", "stride", "padding"))


def first_largest(pixels):
    """Return the place of the pixel that wins its block, the largest; of a tie, the first in row order."""
    return np.argwhere(pixels == pixels.max())[0]


def _input(image, padding, side, corner, block, unseen):
    """Draw the padded image, with one block framed; the padding stays blank, for it is not zero."""
    paddings = ((padding, padding), (padding, padding))
    padded = pad(image, paddings)
    labels = np.full(padded.shape, "", object)
    labels[padding : len(padded) - padding, padding : len(padded) - padding] = [
        [number(value) for value in row] for row in image
    ]
    frame = paddings, corner, (block, block)
    return [
        svg.heading(_MARGIN, _TOP, input_title(padded, paddings)),
        padded_input(padded, _MARGIN, _TOP, side, *frame, (unseen, unseen), labels),
    ]


def _obstacle(side, block, padding):
    """Say in two lines why the block does not fit and what would help; nothing where it fits."""
    values = {"side": side + 2 * padding, "block": block, "padding": padding}
    if padding >= block:
        return say(
            "No output: with padding {padding} a {block} × {block} block could lie outside the image.\n"
            "Use less padding or a larger block.",
            **values,
        )
    if side + 2 * padding < block:
        return say(
            "No output: a {block} × {block} block does not fit on {side} × {side} pixels.\n"
            "Use a smaller block or a larger image.",
            **values,
        )
    return ""


def _arithmetic(kind, pixels, place, result):
    """Spell out the maximum or the average, one line for each row of the block."""
    heading = say("Output row {row}, column {column}:", row=place[0] + 1, column=place[1] + 1)
    opening, sign, closing = ("max(", ", ", ")") if kind == "max" else ("(", " + ", f") / {pixels.size}")
    rows = f"{sign}\n".join(sign.join(map(number, row)) for row in pixels)
    spelt_out = f"{opening}{rows}{closing} = {number(result)}"
    return [heading, *(line.rstrip() for line in spelt_out.split("\n"))]


def _summary(kind, image, output, padding, unseen):
    sentences = [
        say(
            "The output is {height} × {width}: {numbers} from {pixels}, without a weight to learn.",
            height=len(output),
            width=output.shape[1],
            numbers=say_count("{count} number", "{count} numbers", output.size),
            pixels=say_count("{count} pixel", "{count} pixels", image.size),
        )
    ]
    if padding and kind == "max":
        sentences.append(say("The blue cells of the padding never win a maximum."))
    elif padding:
        sentences.append(say("The blue cells of the padding are left out of every average."))
    if unseen:
        sentences.append(say("No block covers the hatched cells."))
    return together(sentences)
