"""How much a shift or noise changes input, edges and pooled edges (section 3-1, pooling)."""

import numpy as np

from helpers.drawing import svg
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.digits import first_of_each_digit
from helpers.explorers.explorer import Explorer
from helpers.explorers.pooling.pooling import KINDS, POOL
from helpers.language import say
from helpers.reference.conv2d import conv2d
from helpers.reference.filters import SOBEL_X
from helpers.reference.robustness import add_noise, relative_change, shift
from helpers.wording import percent

# Answers to upright edges, dark on the left and bright on the right: (3, 3, 1, 1).
_EDGE_FILTER = SOBEL_X[:, :, np.newaxis, np.newaxis]
_SEED = 3
_MARGIN, _TOP, _SIDE, _GAP, _LABELS = 14, 48, 180, 24, 76


class RobustnessExplorer(Explorer):
    """Shift a picture or add noise; compare how much input, convolution and pooled output change."""

    def __init__(self):
        digits = first_of_each_digit(1)
        self._pictures = {"bar": _bar(), "checks": _checks()}  # from 0 for the ground to 1 for the ink
        self._pictures |= {digit: pictures[0, :, :, 0] / 255 for digit, pictures in digits.items()}
        pictures = [
            *((say("digit {digit}", digit=digit), digit) for digit in digits),
            (say("a bar"), "bar"),
            (say("a checkerboard"), "checks"),
        ]
        super().__init__(
            {
                "picture": dropdown(say("Picture"), pictures),
                "kind": dropdown(say("Pooling"), KINDS),
                "block": int_slider(say("Block side"), 2, 1, 7),
                "right": int_slider(say("Shift right"), 0, 0, 6),
                "down": int_slider(say("Shift down"), 0, 0, 6),
                "noise": int_slider(say("Noise in %"), 0, 0, 50),
            }
        )

    def draw(self):
        """Return the three stages before and after, and how much each changed."""
        state = self.state
        before = self._pictures[state["picture"]]
        after = shift(before, state["down"], state["right"])
        if state["noise"]:
            after = add_noise(after, state["noise"] / 100, np.random.default_rng(_SEED))
        stages = [_stages(image, state["kind"], state["block"]) for image in (before, after)]
        changes = [relative_change(*pair) for pair in zip(*stages, strict=True)]
        summary = _summary(changes)
        return _picture(*stages, changes, summary), summary


def _stages(image, kind, block):
    """Return the image, its edges after ReLU and the pooled edges."""
    edges = np.maximum(conv2d(image[np.newaxis, :, :, np.newaxis], _EDGE_FILTER, padding="same"), 0)
    pooled = POOL[kind](edges, block)
    return image, edges[0, :, :, 0], pooled[0, :, :, 0]


def _bar():
    image = np.zeros((28, 28))
    image[4:24, 13:17] = 1
    return image


def _checks():
    rows, columns = np.indices((28, 28)) // 4
    return ((rows + columns) % 2).astype(float)


def _picture(before, after, changes, description):
    """Draw each stage before and after, black at 0, and a bar for how much it changed."""
    names = [say("Input"), say("Edges"), say("Pooled")]
    bars = _TOP + 2 * _SIDE + 34
    parts = [
        svg.text(_MARGIN, _TOP + _SIDE / 2, say("before")),
        svg.text(_MARGIN, _TOP + 1.5 * _SIDE + 8, say("after")),
    ]
    for place, (name, *pair) in enumerate(zip(names, before, after, strict=True)):
        left, (height, width) = _LABELS + place * (_SIDE + _GAP), pair[0].shape
        parts.append(svg.heading(left, _TOP, f"{name} {height} × {width}"))
        for row, values in enumerate(pair):
            pixels = svg.grey(values, 0, pair[0].max())
            parts.append(svg.image(pixels, left, _TOP + row * (_SIDE + 8), _SIDE, _SIDE))
    parts.append(svg.text(_MARGIN, bars + 6, say("Relative change"), weight="bold"))
    longest = max(1.0, *changes)
    fills = (svg.MUTED, svg.BLUE, svg.ORANGE)
    for place, (name, change, fill) in enumerate(zip(names, changes, fills, strict=True)):
        y, length = bars + 18 + place * 28, 400 * change / longest
        parts += [
            svg.text(_MARGIN, y + 16, name),
            svg.rectangle(170, y, max(length, 1), 20, fill=fill),
            svg.text(170 + length + 8, y + 16, percent(change)),
        ]
    return svg.document(_LABELS + 3 * _SIDE + 2 * _GAP + _MARGIN, bars + 18 + 3 * 28 + 6, parts, description)


def _summary(changes):
    if not any(changes):
        return say("Nothing is disturbed yet: move Shift right, Shift down or Noise.")
    image, edges, pooled = (round(100 * change) for change in changes)
    values = {"image": image, "edges": edges, "pooled": pooled}
    if pooled > edges:
        return say(
            "The input changes by {image} %, the edges by {edges} %, the pooled edges by {pooled} %: "
            "more than the edges.",
            **values,
        )
    if pooled == edges:
        return say(
            "The input changes by {image} %, the edges by {edges} %, the pooled edges by {pooled} %: "
            "as much as the edges.",
            **values,
        )
    if pooled < image:
        return say(
            "The input changes by {image} %, the edges by {edges} %, the pooled edges by {pooled} %: "
            "less than the edges, and less than the input.",
            **values,
        )
    return say(
        "The input changes by {image} %, the edges by {edges} %, the pooled edges by {pooled} %: "
        "less than the edges, but not less than the input.",
        **values,
    )
