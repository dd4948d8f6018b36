"""Pictures of the worked example: its arrays, its network, its learning (section 3-3, Figures 3-9, 3-10)."""

import numpy as np

from helpers.drawing import svg
from helpers.wording import indexed, settled, trimmed

_WIDTH, _MARGIN = 760, 14
_COLUMN = 690  # fits a notebook in a window 900 pixels wide
_CELL, _ROW = 61, 32  # the sides of a cell, wide enough for −0.1234
_FIRST, _SECOND = 48, 48 + 5 * _ROW + 56  # the tops of the two rows of grids
_FILTERING_HEIGHT = _SECOND + 4 * _ROW + 20
_NETWORK_HEIGHT = 266
_GRIDS = {
    "image": (14, _FIRST),
    "filter": (346, _FIRST),
    "convolved": (500, _FIRST),
    "feature_map": (14, _SECOND),
    "pooled": (310, _SECOND),
}
_INPUTS = ("image", "filter", "weights1", "weights2", "target")
_FORWARD_NAMES = {
    "image": "I, image",
    "filter": "k, filter",
    "convolved": "A, before the ReLU",
    "feature_map": "C = ReLU(A)",
    "pooled": "P, maxima",
}
_BACKWARD_NAMES = {
    "image": "∂L/∂I",
    "filter": "∂L/∂k",
    "convolved": "∂L/∂A",
    "feature_map": "∂L/∂C",
    "pooled": "∂L/∂P",
}
_FORWARD_NOTES = ["Blue: below 0, cut off by the ReLU.", "Black frame: largest of its block."]
_BACKWARD_NOTES = ["Black frame: won its block.", "∂f₁ is short for ∂L/∂f₁, and so on."]
# Where on an edge its weight stands: by its target, so that no two of them touch.
_LABEL_PLACES = (0.27, 0.57)


def figure_3_9(arrays, winners, backward=False):
    """Draw Figure 3-9: image, filter, feature map and pooled map, or their gradients.

    Args:
        arrays: name -> array of the worked example's shape: "image", "filter", "convolved", "feature_map",
            "pooled".
        winners: places (row, column) in the feature map that are framed, the largest of their blocks.
        backward: the arrays are gradients.

    Returns:
        SVG text.
    """
    arrays = _in_two_dimensions(arrays)
    parts = _filtering(arrays, 0, backward, winners, {})
    what = "the gradients of" if backward else "the numbers of"
    description = f"Figure 3-9: {what} image, filter, feature map and pooled map."
    return svg.document(_WIDTH, _FILTERING_HEIGHT, parts, description, _COLUMN)


def figure_3_10(arrays, backward=False):
    """Draw Figure 3-10: the affine layers as a network with its numbers, or their gradients.

    Args:
        arrays: name -> array of the worked example's shape: "flattened", "weights1", "hidden_sums", "hidden",
            "weights2", "output_sum", "prediction"; "target" and "loss" may be missing.
        backward: the arrays are gradients.

    Returns:
        SVG text.
    """
    arrays = _in_two_dimensions(arrays)
    parts = _network(arrays, 0, backward, {})
    what = "the gradients of" if backward else "the numbers of"
    description = f"Figure 3-10: {what} four inputs, two hidden units, one output and the weights between."
    return svg.document(_WIDTH, _NETWORK_HEIGHT, parts, description, _COLUMN)


def worked_example(arrays, *, backward, winners, chosen, related, lines, description):
    """Draw both figures below each other, with one number explained.

    Args:
        arrays: name -> array, as for both figures; cells carry data-cell="name-row-column".
        backward: the arrays are gradients.
        winners: places (row, column) in the feature map that are framed, the largest of their blocks.
        chosen: (name, row, column) of the cell that is explained, framed.
        related: cells (name, row, column) that it is explained by, tinted and dashed.
        lines: the explanation, its title first.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    arrays = _in_two_dimensions(arrays)
    top = 4 * svg.LINE_HEIGHT + 14
    below = top + _FILTERING_HEIGHT
    fills = {cell: svg.ORANGE_TINT for cell in related}
    frames = [(cell, {"stroke_width": 1.5, "dash": "4 3"}) for cell in related]
    frames.append((chosen, {"stroke_width": 3}))
    parts = [
        svg.text(_MARGIN, 28, lines[0], weight="bold"),
        svg.lines(_MARGIN, 28 + svg.LINE_HEIGHT, lines[1:]),
        *_filtering(arrays, top, backward, winners, fills),
        *_network(arrays, below, backward, fills),
    ]
    for (name, row, column), look in frames:
        if name in arrays:
            shift = top if name in _GRIDS else below
            x, y, width, height = _box(name, row, column)
            parts.append(svg.rectangle(x, y + shift, width, height, stroke=svg.ORANGE, **look))
    return svg.document(_WIDTH, below + _NETWORK_HEIGHT, parts, description)


def learning(start, rules, curves, *, step, target, chosen, description):
    """Draw the numbers that learning starts from, those after some steps, and y^ step by step.

    Args:
        start: name -> (rows, columns): "image", "filter", "weights1", "weights2"; cells carry
            data-cell="name-row-column".
        rules: two pairs (name of the rule, its arrays after the step), as in `start`, without the image.
        curves: for each rule y^ before the first step and after each one, (steps + 1,).
        step: the step that is marked in the curves.
        target: y, a dotted line across the curves.
        chosen: (name, row, column) of the framed number in `start`.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    lefts = {"image": 14, "filter": 346, "weights1": 496, "weights2": 646}
    titles = {"image": "I, image", "filter": "k, at the start", "weights1": "W₁", "weights2": "W₂"}
    parts = []
    for name, values in start.items():
        parts.append(svg.heading(lefts[name], _FIRST, titles[name]))
        parts.append(_grid(name, values, lefts[name], _FIRST, 2))
    name, row, column = chosen
    place = lefts[name] + column * _CELL, _FIRST + row * _ROW
    parts.append(svg.rectangle(*place, _CELL, _ROW, stroke=svg.ORANGE, stroke_width=3))
    top = _FIRST + 5 * _ROW + 68
    after = ((14, 150, 286), (394, 530, 666))
    for (rule, arrays), columns in zip(rules, after, strict=True):
        parts.append(svg.text(columns[0], top - 32, f"After step {step}, {rule}", weight="bold"))
        for values, left, letter in zip(arrays.values(), columns, ("k", "W₁", "W₂"), strict=True):
            parts.append(svg.text(left, top - 8, letter))
            parts.append(_grid(None, values, left, top, 4))
    names = [rule for rule, _ in rules]
    parts += _curves(names, curves, step, target, top + 4 * _ROW + 56)
    return svg.document(_WIDTH, top + 4 * _ROW + 56 + 232, parts, description)


def _curves(names, curves, step, target, top):
    """Draw y^ from 0 to 1 against the steps, one line for each rule."""
    left, width, height = 58, 672, 180
    steps = len(curves[0]) - 1
    looks = ((svg.BLUE, ""), (svg.ORANGE, "9 5"))

    def place(n, value):
        return left + width * n / steps, top + height * (1 - value)

    yield svg.rectangle(left, top, width, height, stroke=svg.LINE)
    for value in (0, 0.25, 0.5, 0.75, 1):
        _, y = place(0, value)
        yield svg.line(left, y, left + width, y)
        yield svg.text(left - 8, y + 5, trimmed(value), size=13, anchor="end")
    for n in range(0, steps + 1, 50):
        x, _ = place(n, 0)
        yield svg.text(x, top + height + 20, str(n), size=13, anchor="middle")
    yield svg.text(left + width / 2, top + height + 40, "steps", anchor="middle")
    (x1, y), (x2, _) = place(0, target), place(steps, target)
    yield svg.line(x1, y, x2, y, stroke=svg.INK, stroke_width=2, dash="2 4")
    x, _ = place(step, 0)
    yield svg.line(x, top, x, top + height, stroke=svg.MUTED)
    legend = left
    for name, values, (stroke, dash) in zip(names, curves, looks, strict=True):
        points = " ".join("{:.1f},{:.1f}".format(*place(n, value)) for n, value in enumerate(values))
        yield (
            f'<polyline points="{points}" fill="none" stroke="{stroke}" stroke-width="2.5" '
            f'stroke-dasharray="{dash}"/>'
        )
        x, y = place(step, values[step])
        yield f'<circle cx="{x:g}" cy="{y:g}" r="5" fill="{stroke}"/>'
        yield svg.line(legend, top - 17, legend + 40, top - 17, stroke=stroke, stroke_width=2.5, dash=dash)
        yield svg.text(legend + 48, top - 12, f"ŷ {name}")
        legend += 240
    yield svg.line(legend, top - 17, legend + 40, top - 17, stroke=svg.INK, stroke_width=2, dash="2 4")
    yield svg.text(legend + 48, top - 12, "target y")


def _grid(name, values, x, y, decimals):
    """Draw an array as cells, clickable where they have a name."""
    return "".join(
        _cell(
            (x + column * _CELL, y + row * _ROW, _CELL, _ROW),
            _fixed(value, decimals),
            None if name is None else f"{name}-{row}-{column}",
        )
        for (row, column), value in np.ndenumerate(values)
    )


def _filtering(arrays, shift, backward, winners, fills):
    names = _BACKWARD_NAMES if backward else _FORWARD_NAMES
    for name, title in names.items():
        x, y = _GRIDS[name]
        yield svg.heading(x, y + shift, title)
        yield from _cells(name, arrays[name], shift, backward, fills)
    for row, column in winners:
        x, y, width, height = _box("feature_map", row, column)
        yield svg.rectangle(x, y + shift, width, height, stroke=svg.INK, stroke_width=2)
    notes = _BACKWARD_NOTES if backward else _FORWARD_NOTES
    yield svg.lines(470, _SECOND + shift + 20, notes, fill=svg.MUTED)


def _network(arrays, shift, backward, fills):
    d = "∂" if backward else ""
    for i, j in np.ndindex(4, 2):
        yield _edge(("flattened", i, 0), ("hidden_sums", j, 0), shift)
    for i in range(2):
        yield _edge(("hidden", i, 0), ("output_sum", 0, 0), shift)
    for name in ("flattened", "weights1", "hidden_sums", "hidden", "weights2", "output_sum", "prediction"):
        yield from _cells(name, arrays[name], shift, backward, fills)
    places = ((1, 1), (2, 1), (1, 2), (2, 2))
    for i, place in enumerate(places):
        x, y, _, height = _box("flattened", i, 0)
        title = f"{d}{indexed('f', i + 1)} = {d}{indexed('P', *place)}"
        yield svg.text(x - 8, y + shift + height / 2 + 5, title, size=14, anchor="end")
    above = [(name, j, indexed(letter, j + 1)) for name, letter in _HIDDEN_LETTERS for j in range(2)]
    above += [("output_sum", 0, "o"), ("prediction", 0, "ŷ")]
    for name, row, title in above:
        x, y, width, _ = _box(name, row, 0)
        yield svg.text(x + width / 2, y + shift - 7, d + title, anchor="middle")
    for name, title in (("target", "y"), ("loss", "L")):
        if name in arrays:
            x, y, width, _ = _box(name, 0, 0)
            yield svg.text(x + width / 2, y + shift - 7, title, anchor="middle")
            yield from _cells(name, arrays[name], shift, backward, fills)
    for x, title in ((270, f"{d}W₁"), (560, f"{d}W₂")):
        yield svg.text(x, shift + 22, title, anchor="middle", weight="bold")


_HIDDEN_LETTERS = (("hidden_sums", "s"), ("hidden", "h"))
# The middle of each node's row in the network.
_F_ROWS = (50, 108, 166, 224)
_H_ROWS = (79, 195)
_O_ROW = 137
_NODE_LEFTS = {
    "flattened": 104,
    "hidden_sums": 374,
    "hidden": 374 + _CELL,
    "output_sum": 622,
    "prediction": 622 + _CELL,
    "target": 622,
    "loss": 622 + _CELL,
}


def _box(name, row, column):
    """Give a cell's left, top, width and height, from the top of its figure."""
    if name in _GRIDS:
        x, y = _GRIDS[name]
        return x + column * _CELL, y + row * _ROW, _CELL, _ROW
    if name in _NODE_LEFTS:
        rows = {"flattened": _F_ROWS, "hidden_sums": _H_ROWS, "hidden": _H_ROWS}
        middle = _F_ROWS[3] if name in ("target", "loss") else rows.get(name, (_O_ROW,))[row]
        return _NODE_LEFTS[name], middle - _ROW / 2, _CELL, _ROW
    if name == "weights1":
        (x1, y1), (x2, y2) = _ends(("flattened", row, 0), ("hidden_sums", column, 0))
        share = _LABEL_PLACES[column]
    else:
        (x1, y1), (x2, y2) = _ends(("hidden", row, 0), ("output_sum", 0, 0))
        share = 0.5
    return x1 + share * (x2 - x1) - 29, y1 + share * (y2 - y1) - 10, 58, 20


def _ends(source, target):
    x1, y1, width, height = _box(*source)
    x2, y2, _, _ = _box(*target)
    return (x1 + width, y1 + height / 2), (x2, y2 + height / 2)


def _edge(source, target, shift):
    (x1, y1), (x2, y2) = _ends(source, target)
    return svg.line(x1, y1 + shift, x2, y2 + shift, stroke=svg.MUTED, stroke_width=1.2)


def _cells(name, values, shift, backward, fills):
    on_edge = name in ("weights1", "weights2")
    for (row, column), value in np.ndenumerate(values):
        x, y, width, height = _box(name, row, column)
        cut_off = name == "convolved" and not backward and value < 0
        plain = "transparent" if on_edge else svg.BLUE_TINT if cut_off else svg.PAPER
        fill = fills.get((name, row, column), plain)
        yield _cell(
            (x, y + shift, width, height),
            _fixed(value, 2 if name in _INPUTS and not backward else 4),
            f"{name}-{row}-{column}",
            fill=fill,
            ink=svg.MUTED if backward and value == 0 else svg.INK,
            on_edge=on_edge,
        )


def _cell(box, content, cell, *, fill=svg.PAPER, ink=svg.INK, on_edge=False):
    """Write a number into a box; on an edge the line runs on behind it, up to a rim around the digits."""
    x, y, width, height = box
    data = f' data-cell="{cell}"' if cell else ""
    stroke = "none" if on_edge else svg.LINE
    rim = f' stroke="{svg.PAPER}" stroke-width="5" paint-order="stroke"' if on_edge else ""
    return (
        f'<g{data}><rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" '
        f'stroke="{stroke}"/><text x="{x + width / 2:g}" y="{y + height / 2 + 5:g}" '
        f'font-size="{13 if len(content) > 6 else 14}" text-anchor="middle" fill="{ink}"{rim}>'
        f"{content}</text></g>"
    )


def _fixed(value, decimals):
    """Write a number with so many decimals, or fewer where it would not fit; zero plain."""
    value = settled(value)
    if value == 0:
        return "0"
    room = max(0, 5 - len(f"{abs(value):.0f}"))
    return f"{value:.{min(decimals, room)}f}".replace("-", "−")


def _in_two_dimensions(arrays):
    """Stand vectors up as columns and numbers as single cells."""
    return {
        name: np.asarray(values).reshape(np.size(values), 1) if np.ndim(values) < 2 else values
        for name, values in arrays.items()
    }
