"""Pictures of pooling: one block, inputs with equal outputs, gradients, robustness (section 3-1)."""

import numpy as np

from helpers.drawing import svg
from helpers.drawing.grids import padded_input
from helpers.wording import number

_WIDTH = 760
_MARGIN = 14
_TOP = 48


def pooling(padded, output, *, paddings, corner, block, position, winners, unseen, lines, description):
    """Draw the padded input with one block framed, and the output with the block's result.

    Args:
        padded: input with its padding, (H, W); padding is drawn without numbers.
        output: pooled values, (d_h, d_w), or None where the block does not fit.
        paddings: ((top, bottom), (left, right)) in pixels; these cells are tinted.
        corner: (row, column) of the block's upper left cell in the padded input.
        block: side of the block in pixels.
        position: (row, column) of the block's result in the output.
        winners: places (row, column) in the padded input that are circled.
        unseen: (rows, columns) of the padded input that no block covers, hatched.
        lines: texts below.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    (above, below), (before, after) = paddings
    columns = padded.shape[1] + (0 if output is None else output.shape[1])
    side = min(38, (_WIDTH - 5 * _MARGIN) // columns)
    labels = np.full(padded.shape, "", object)
    inside = slice(above, len(padded) - below), slice(before, padded.shape[1] - after)
    labels[inside] = [[number(value) for value in row] for row in padded[inside]]
    name = "Padded input" if np.any(paddings) else "Input"
    parts = [
        svg.heading(_MARGIN, _TOP, f"{name} {len(padded)} × {padded.shape[1]}"),
        padded_input(padded, _MARGIN, _TOP, side, paddings, corner, (block, block), unseen, labels),
        *(_ring(_MARGIN, _TOP, side, winner) for winner in winners),
    ]
    rows = len(padded)
    if output is not None:
        left = _MARGIN + padded.shape[1] * side + 3 * _MARGIN
        fills = np.full(output.shape, svg.PAPER)
        fills[position] = svg.ORANGE_TINT
        parts += [
            svg.heading(left, _TOP, f"Output {len(output)} × {output.shape[1]}"),
            svg.number_grid(output, left, _TOP, side, name="output", fills=fills),
            svg.cell_frame(left, _TOP, side, position),
        ]
        rows = max(rows, len(output))
    bottom = _TOP + rows * side + 2 * _MARGIN
    parts.append(svg.lines(_MARGIN, bottom + 12, lines))
    return svg.document(_WIDTH, bottom + 8 + svg.LINE_HEIGHT * len(lines), parts, description)


def two_inputs(inputs, pooled, *, block, selected, description):
    """Draw two inputs below each other, each with its max- and average-pooled output.

    Args:
        inputs: two pairs (name, (H, W) array); cells of the second are named "yours".
        pooled: for each input the pair of its outputs, max first.
        block: side of a block in pixels; blocks are separated by strong lines.
        selected: (row, column) of the framed pixel in the second input.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    side, gap = 38, 56
    (_, first), (_, second) = inputs
    lefts = [_MARGIN, _MARGIN + first.shape[1] * side + gap]
    lefts.append(lefts[1] + pooled[0][0].shape[1] * side + gap + 40)
    pitch = first.shape[0] * side + 54
    parts = []
    for place, ((name, x), outputs) in enumerate(zip(inputs, pooled, strict=True)):
        top = _TOP + place * pitch
        for left, heading in zip(lefts, (name, "Max pooling", "Average pooling"), strict=True):
            parts.append(svg.heading(left, top, heading))
        changed = np.not_equal(first, x)
        fills = np.where(changed, svg.ORANGE_TINT, svg.PAPER)
        parts.append(svg.number_grid(x, lefts[0], top, side, name=("chapter", "yours")[place], fills=fills))
        parts += [
            svg.cell_frame(lefts[0], top, side, (row, column), (block, block), stroke=svg.MUTED)
            for row in range(0, len(x), block)
            for column in range(0, x.shape[1], block)
        ]
        for left, output, original, grid in zip(
            lefts[1:], outputs, pooled[0], ("max", "average"), strict=True
        ):
            same = np.isclose(output, original)
            fills = np.where(same, svg.PAPER, svg.ORANGE_TINT)
            parts.append(svg.number_grid(output, left, top, side, name=f"{grid}{place}", fills=fills))
            if place:
                verdict = "= same as above" if same.all() else "≠ differs"
                parts.append(svg.text(left, top + len(output) * side + 24, verdict))
    parts.append(svg.cell_frame(lefts[0], _TOP + pitch, side, selected))
    height = _TOP + pitch + len(second) * side + _MARGIN
    return svg.document(lefts[2] + 200, height, parts, description)


def pooling_gradient(x, upstream, gradient, *, windows, chosen, winners, lines, description):
    """Draw the input, the gradient that arrives at the output and the gradient of the input.

    Args:
        x: input, (H, W).
        upstream: gradient of the output, (d_h, d_w), cells named "upstream".
        gradient: gradient of x, (H, W), cells named "gradient".
        windows: ((row, column), side) of each window that is framed.
        chosen: (row, column) of the upstream cell that is framed, or None.
        winners: places (row, column) in x that are circled.
        lines: texts below.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    side, gap = 42, 40
    lefts = [_MARGIN, _MARGIN + x.shape[1] * side + gap]
    lefts.append(lefts[1] + max(upstream.shape[1] * side, 120) + gap)
    reached = np.where(gradient != 0, svg.BLUE_TINT, svg.PAPER)
    parts = [
        svg.heading(lefts[0], _TOP, "Input"),
        svg.number_grid(x, lefts[0], _TOP, side, name="input"),
        *(_ring(lefts[0], _TOP, side, winner) for winner in winners),
        svg.heading(lefts[1], _TOP, "Upstream"),
        svg.number_grid(upstream, lefts[1], _TOP, side, name="upstream"),
        svg.heading(lefts[2], _TOP, "Gradient of the input"),
        svg.number_grid(gradient, lefts[2], _TOP, side, name="gradient", fills=reached),
    ]
    for corner, size in windows:
        parts.append(svg.cell_frame(lefts[0], _TOP, side, corner, (size, size)))
        parts.append(svg.cell_frame(lefts[2], _TOP, side, corner, (size, size)))
    if chosen is not None:
        parts.append(svg.cell_frame(lefts[1], _TOP, side, chosen))
    bottom = _TOP + len(x) * side + 2 * _MARGIN
    parts.append(svg.lines(_MARGIN, bottom + 12, lines))
    height = bottom + 8 + svg.LINE_HEIGHT * len(lines)
    return svg.document(640, height, parts, description)


def robustness(stages, changes, description):
    """Draw a picture before and after a disturbance at each stage, and a bar for how much it changed.

    Args:
        stages: triples (name, before, after) of arrays (H, W); black is 0, white the largest value before.
        changes: relative change of each stage, 1 for a change as long as what was there.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    side, gap, label = 180, 24, 76
    parts = [
        svg.text(_MARGIN, _TOP + side / 2, "before"),
        svg.text(_MARGIN, _TOP + 1.5 * side + 8, "after"),
    ]
    for place, (name, before, after) in enumerate(stages):
        left = label + place * (side + gap)
        parts.append(svg.heading(left, _TOP, f"{name} {len(before)} × {before.shape[1]}"))
        for row, values in enumerate((before, after)):
            pixels = svg.grey(values, 0, before.max())
            parts.append(svg.image(pixels, left, _TOP + row * (side + 8), side, side))
    top = _TOP + 2 * side + 34
    parts.append(svg.text(_MARGIN, top + 6, "Relative change", weight="bold"))
    longest = max(1.0, *changes)
    fills = (svg.MUTED, svg.BLUE, svg.ORANGE)
    for place, ((name, *_), change, fill) in enumerate(zip(stages, changes, fills, strict=True)):
        y = top + 18 + place * 28
        length = 400 * change / longest
        parts += [
            svg.text(_MARGIN, y + 16, name),
            svg.rectangle(170, y, max(length, 1), 20, fill=fill),
            svg.text(170 + length + 8, y + 16, f"{round(100 * change)} %"),
        ]
    return svg.document(label + 3 * side + 2 * gap + _MARGIN, top + 18 + 3 * 28 + 6, parts, description)


def _ring(x, y, side, place):
    row, column = place
    return (
        f'<circle cx="{x + (column + 0.5) * side:g}" cy="{y + (row + 0.5) * side:g}" r="{side * 0.4:g}" '
        f'fill="none" stroke="{svg.BLUE}" stroke-width="2.5" pointer-events="none"/>'
    )
