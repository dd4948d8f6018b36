"""Pictures of the way back through the complete model and of steps of learning (section 3-2)."""

import numpy as np

from helpers.drawing import svg
from helpers.drawing.svg import WIDTH
from helpers.wording import trimmed

_MARGIN = 14
_BOX_WIDTH, _BOX_HEIGHT, _BOX_PITCH = 56, 30, 83
_STRIP_TOP = 14
_GRIDS_TOP = 150
_GAP = 38
_WHOLE, _DECIMAL = 34, 61
_NARROWEST = 165  # the heading of the check
# Boxes of the strip: name -> (column, row); the parameters stand below what they make.
_STRIP = {
    "I": (0, 0),
    "k, b": (1, 1),
    "A": (1, 0),
    "C₁ C₂ C₃": (2, 0),
    "C": (3, 0),
    "P": (4, 0),
    "f": (5, 0),
    "W, b": (6, 1),
    "s": (6, 0),
    "ŷ": (7, 0),
    "L": (8, 0),
}


def way_back(done, current, entering, result, check, *, lines, description):
    """Draw where the gradient is on its way back, the arrays of this step and their check.

    Args:
        done: names of the boxes that have their gradient, of "ŷ", "s", "W, b", "f", "P", "C", "C₁ C₂ C₃", "A"
            and "k, b".
        current: name of the box whose gradient this step finds.
        entering: (title, values (rows, columns), cells) of each array that enters; cells, a list of
            (row, column), are tinted.
        result: (title, values, (row, column)) of the array that leaves, its cells "result-row-column".
        check: the same array by finite differences.
        lines: texts below.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    parts = [_strip(done, current)]
    x, bottom = _MARGIN, _GRIDS_TOP
    for title, values, cells in entering:
        parts.append(_grid(x, _GRIDS_TOP, title, values, f"enters{len(parts)}", cells))
        bottom = max(bottom, _GRIDS_TOP + len(values) * _side(values))
        x += max(values.shape[1] * _side(values), 9 * len(title)) + _GAP
    title, values, place = result
    side = _side(values)
    height, width = len(values) * side, max(values.shape[1] * side, _NARROWEST)
    beside = x + width + _GAP + width <= WIDTH
    if not beside:
        x = max(x, WIDTH - _MARGIN - width)  # leaves room for the lines on the left of the check
    parts.append(svg.text(x - _GAP / 2, _GRIDS_TOP + 24, "→", size=20, anchor="middle", fill=svg.MUTED))
    parts.append(_grid(x, _GRIDS_TOP, title, values, "result", [place]))
    parts.append(svg.cell_frame(x, _GRIDS_TOP, side, place))
    if beside:
        check_left, check_top = x + width + _GAP, _GRIDS_TOP
        bottom = max(bottom, _GRIDS_TOP + height)
    else:
        check_left, check_top = x, _GRIDS_TOP + height + 48
    parts.append(_grid(check_left, check_top, "by finite differences", check, "check", [place]))
    parts.append(svg.lines(_MARGIN, bottom + 34, lines))
    lowest = max(check_top + height, bottom + 16 + svg.LINE_HEIGHT * len(lines))
    return svg.document(WIDTH, lowest + _MARGIN, parts, description)


def learning(curves, step, steps, predictions, target, *, lines, description):
    """Draw the loss over the steps of two rules, and the predictions at one step.

    Args:
        curves: (name, losses (steps + 1,)) of each rule.
        step: the step that is marked, counted from 0.
        steps: how many there are.
        predictions: for each rule the probabilities (classes,) at that step.
        target: index of the right class.
        lines: texts below.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    left, right, top, bottom = 56, 440, 34, 260
    looks = ((svg.BLUE, ""), (svg.ORANGE, "8 4"))

    def x(number):
        return left + (right - left) * number / steps

    def y(loss):
        return bottom - (bottom - top) * loss

    parts = [svg.text(left, 22, "Loss", weight="bold")]
    for loss in (0, 0.25, 0.5, 0.75, 1):
        parts.append(svg.line(left, y(loss), right, y(loss)))
        parts.append(svg.text(left - 8, y(loss) + 5, f"{loss:g}", size=13, anchor="end", fill=svg.MUTED))
    for number in range(0, steps + 1, 5):
        parts.append(svg.text(x(number), bottom + 20, f"{number}", size=13, anchor="middle", fill=svg.MUTED))
    parts.append(svg.text((left + right) / 2, bottom + 40, "steps", size=13, anchor="middle", fill=svg.MUTED))
    parts.append(svg.line(x(step), top, x(step), bottom, stroke=svg.MUTED, dash="3 3"))
    for (_, losses), (colour, dash) in zip(curves, looks, strict=True):
        points = " ".join(f"{x(number):.1f},{y(loss):.1f}" for number, loss in enumerate(losses))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="3" '
            f'stroke-dasharray="{dash}" pointer-events="none"/>'
            f'<circle cx="{x(step):.1f}" cy="{y(losses[step]):.1f}" r="6" fill="{colour}"/>'
        )
    row = top - 12
    for (name, losses), probabilities, (colour, dash) in zip(curves, predictions, looks, strict=True):
        parts.append(svg.line(476, row - 5, 512, row - 5, stroke=colour, stroke_width=3, dash=dash))
        parts.append(svg.text(520, row, f"{name}: loss {losses[step]:.4f}", weight="bold"))
        for place, probability in enumerate(probabilities):
            middle = row + 22 + 24 * place
            mark = " ✓" if place == target else ""
            parts += [
                svg.text(476, middle + 5, f"class {place + 1}{mark}", size=13),
                svg.rectangle(556, middle - 7, max(100 * probability, 1), 14, fill=colour),
                svg.text(562 + 100 * probability, middle + 5, f"{probability:.2f}", size=13),
            ]
        row += 122
    parts.append(svg.lines(_MARGIN, bottom + 76, lines))
    height = bottom + 76 + svg.LINE_HEIGHT * (len(lines) - 1) + _MARGIN
    return svg.document(WIDTH, height, parts, description)


def _strip(done, current):
    boxes, arrows = [], []
    for name, (column, row) in _STRIP.items():
        x, y = _box(column, row)
        fill = svg.ORANGE_TINT if name == current else svg.BLUE_TINT if name in done else svg.PAPER
        stroke, width = (svg.ORANGE, 3) if name == current else (svg.LINE, 1)
        boxes.append(
            f'<rect x="{x}" y="{y}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="4" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="{width}"/>'
            + svg.text(x + _BOX_WIDTH / 2, y + 20, name, size=13 if len(name) > 4 else 15, anchor="middle")
        )
        if row:
            arrows.append(svg.line(x + _BOX_WIDTH / 2, y, x + _BOX_WIDTH / 2, y - 12, stroke=svg.MUTED))
        elif column:
            arrows.append(svg.arrow(x - _BOX_PITCH + _BOX_WIDTH + 3, y + 15, _BOX_PITCH - _BOX_WIDTH - 6))
    return "".join(arrows + boxes)


def _box(column, row):
    return _MARGIN + column * _BOX_PITCH, _STRIP_TOP + row * (_BOX_HEIGHT + 12)


def _side(values):
    return _WHOLE if values.dtype.kind in "iub" else _DECIMAL


def _grid(x, y, title, values, name, cells):
    fills = np.full(values.shape, svg.PAPER)
    for cell in cells:
        fills[cell] = svg.ORANGE_TINT
    labels = [[trimmed(value) for value in row] for row in values.tolist()]
    grid = svg.number_grid(values, x, y, _side(values), name=name, fills=fills, labels=labels)
    return svg.heading(x, y, title) + grid
