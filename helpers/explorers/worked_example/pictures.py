"""Figures 3-9 and 3-10 with the numbers of the worked example or their gradients (section 3-3)."""

import numpy as np

from helpers.drawing import svg
from helpers.explorers.explanation import in_two_dimensions
from helpers.explorers.worked_example.explanations import NAMES
from helpers.language import say
from helpers.wording import fixed, indexed, settled

CELL, ROW = 61, 32  # the sides of a cell, wide enough for −0.1234
TOP = 48  # of the first row of grids
_MARGIN = 14
_COLUMN = 690  # fits a notebook in a window 900 pixels wide
_SECOND = TOP + 5 * ROW + 56  # of the second row of grids
_FILTERING_HEIGHT = _SECOND + 4 * ROW + 20
_NETWORK_HEIGHT = 266
# name -> (left, top, heading, heading over its gradient)
_GRIDS = {
    "image": (14, TOP, NAMES["image"], "∂L/∂I"),
    "filter": (346, TOP, NAMES["filter"], "∂L/∂k"),
    "convolved": (500, TOP, NAMES["convolved"], "∂L/∂A"),
    "feature_map": (14, _SECOND, "C = ReLU(A)", "∂L/∂C"),
    "pooled": (310, _SECOND, say("P, maxima"), "∂L/∂P"),
}
# The middle of each node's row in the network.
_F_ROWS = (50, 108, 166, 224)
_H_ROWS = (79, 195)
_O_ROWS = (137,)
# name -> (left, middles of its rows, letter)
_NODES = {
    "flattened": (104, _F_ROWS, "f"),
    "hidden_sums": (374, _H_ROWS, "s"),
    "hidden": (374 + CELL, _H_ROWS, "h"),
    "output_sum": (622, _O_ROWS, "o"),
    "prediction": (622 + CELL, _O_ROWS, "ŷ"),
    "target": (622, _F_ROWS[3:], "y"),
    "loss": (622 + CELL, _F_ROWS[3:], "L"),
}
# Where on an edge its weight stands: by its target, so that no two of them touch.
_LABEL_PLACES = (0.27, 0.57)
_TWO_DECIMALS = ("image", "filter", "weights1", "weights2", "target")


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
    description = (
        say("Figure 3-9: the gradients of image, filter, feature map and pooled map.")
        if backward
        else say("Figure 3-9: the numbers of image, filter, feature map and pooled map.")
    )
    parts = _filtering(arrays, 0, backward, winners, {})
    return svg.document(svg.WIDTH, _FILTERING_HEIGHT, parts, description, _COLUMN)


def figure_3_10(arrays, backward=False):
    """Draw Figure 3-10: the affine layers as a network with its numbers, or their gradients.

    Args:
        arrays: name -> array of the worked example's shape: "flattened", "weights1", "hidden_sums", "hidden",
            "weights2", "output_sum", "prediction"; "target" and "loss" may be missing.
        backward: the arrays are gradients.

    Returns:
        SVG text.
    """
    description = (
        say(
            "Figure 3-10: the gradients of four inputs, two hidden units, one output and the weights between."
        )
        if backward
        else say(
            "Figure 3-10: the numbers of four inputs, two hidden units, one output and the weights between."
        )
    )
    parts = _network(arrays, 0, backward, {})
    return svg.document(svg.WIDTH, _NETWORK_HEIGHT, parts, description, _COLUMN)


def both_figures(arrays, *, backward, winners, chosen, explanation, description):
    """Draw both figures below each other, with one number explained.

    Args:
        arrays: name -> array, as for both figures; cells carry data-cell="name-row-column".
        backward: the arrays are gradients.
        winners: places (row, column) in the feature map that are framed, the largest of their blocks.
        chosen: (name, row, column) of the cell that is explained, framed.
        explanation: its `Explanation`; its cells are tinted and dashed.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    top = 4 * svg.LINE_HEIGHT + 14
    below = top + _FILTERING_HEIGHT
    related = [(name, *place) for name, places in explanation.cells.items() for place in places]
    fills = dict.fromkeys(related, svg.ORANGE_TINT)
    frames = [(cell, {"stroke_width": 1.5, "dash": "4 3"}) for cell in related]
    frames.append((chosen, {"stroke_width": 3}))
    title, *lines = explanation.lines
    parts = [
        svg.text(_MARGIN, 28, title, weight="bold"),
        svg.lines(_MARGIN, 28 + svg.LINE_HEIGHT, lines),
        *_filtering(arrays, top, backward, winners, fills),
        *_network(arrays, below, backward, fills),
    ]
    for (name, row, column), look in frames:
        if name in arrays:
            x, y, width, height = _box(name, row, column, top if name in _GRIDS else below)
            parts.append(svg.rectangle(x, y, width, height, stroke=svg.ORANGE, **look))
    return svg.document(svg.WIDTH, below + _NETWORK_HEIGHT, parts, description)


def grid(name, values, x, y, decimals):
    """Draw an array as cells, clickable where they have a name."""
    return "".join(
        _cell(
            (x + column * CELL, y + row * ROW, CELL, ROW),
            _fitting(value, decimals),
            f"{name}-{row}-{column}" if name else None,
        )
        for (row, column), value in np.ndenumerate(values)
    )


def _filtering(arrays, shift, backward, winners, fills):
    for name, (x, y, forward_title, backward_title) in _GRIDS.items():
        yield svg.heading(x, y + shift, backward_title if backward else forward_title)
        yield from _cells(name, arrays[name], shift, backward, fills)
    for row, column in winners:
        box = _box("feature_map", row, column, shift)
        yield svg.rectangle(*box, stroke=svg.INK, stroke_width=2)
    notes = (
        [say("Black frame: won its block.")]
        if backward
        else [say("Blue: below 0, cut off by the ReLU."), say("Black frame: largest of its block.")]
    )
    yield svg.lines(470, _SECOND + shift + 20, notes, fill=svg.MUTED)


def _network(arrays, shift, backward, fills):
    d = "∂L/∂" if backward else ""
    for i, j in np.ndindex(4, 2):
        yield _edge(("flattened", i, 0), ("hidden_sums", j, 0), shift)
    for i in range(2):
        yield _edge(("hidden", i, 0), ("output_sum", 0, 0), shift)
    for name in ("flattened", "weights1", "hidden_sums", "hidden", "weights2", "output_sum", "prediction"):
        yield from _cells(name, arrays[name], shift, backward, fills)
    for i, place in enumerate(((1, 1), (2, 1), (1, 2), (2, 2))):
        x, y, _, height = _box("flattened", i, 0, shift)
        name, source = (f"{d}{indexed(*letter)}" for letter in (("f", i + 1), ("P", *place)))
        lines = [f"{name} =", source] if backward else [f"{name} = {source}"]
        for line, text in enumerate(lines):
            middle = y + height / 2 + 5 + 18 * (line - (len(lines) - 1) / 2)
            yield svg.text(x - 8, middle, text, size=14, anchor="end")
    for name in ("hidden_sums", "hidden", "output_sum", "prediction"):
        yield from _names_above(name, shift, d)
    for name in ("target", "loss"):
        if name in arrays:
            yield from _names_above(name, shift, "")
            yield from _cells(name, arrays[name], shift, backward, fills)
    for x, title in ((270, f"{d}W₁"), (560, f"{d}W₂")):
        yield svg.text(x, shift + 22, title, anchor="middle", weight="bold")


def _names_above(name, shift, d):
    _, rows, letter = _NODES[name]
    for row in range(len(rows)):
        x, y, width, _ = _box(name, row, 0, shift)
        title = indexed(letter, row + 1) if len(rows) > 1 else letter
        yield svg.text(x + width / 2, y - 7, d + title, anchor="middle")


def _box(name, row, column, shift):
    """Return a cell's left, top, width and height; `shift` is the top of its figure."""
    if name in _GRIDS:
        x, y, _, _ = _GRIDS[name]
        return x + column * CELL, y + row * ROW + shift, CELL, ROW
    if name in _NODES:
        x, middles, _ = _NODES[name]
        return x, middles[row] - ROW / 2 + shift, CELL, ROW
    if name == "weights1":
        (x1, y1), (x2, y2) = _ends(("flattened", row, 0), ("hidden_sums", column, 0), shift)
        share = _LABEL_PLACES[column]
    else:
        (x1, y1), (x2, y2) = _ends(("hidden", row, 0), ("output_sum", 0, 0), shift)
        share = 0.5
    return x1 + share * (x2 - x1) - 29, y1 + share * (y2 - y1) - 10, 58, 20


def _ends(source, target, shift):
    x1, y1, width, height = _box(*source, shift)
    x2, y2, _, _ = _box(*target, shift)
    return (x1 + width, y1 + height / 2), (x2, y2 + height / 2)


def _edge(source, target, shift):
    (x1, y1), (x2, y2) = _ends(source, target, shift)
    return svg.line(x1, y1, x2, y2, stroke=svg.MUTED, stroke_width=1.2)


def _cells(name, values, shift, backward, fills):
    on_edge = name in ("weights1", "weights2")
    for (row, column), value in np.ndenumerate(in_two_dimensions(values)):
        cut_off = name == "convolved" and not backward and value < 0
        plain = "transparent" if on_edge else svg.BLUE_TINT if cut_off else svg.PAPER
        yield _cell(
            _box(name, row, column, shift),
            _fitting(value, 2 if name in _TWO_DECIMALS and not backward else 4),
            f"{name}-{row}-{column}",
            fill=fills.get((name, row, column), plain),
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


def _fitting(value, decimals):
    """Write a number with so many decimals, or fewer where it would not fit; zero plain."""
    value = settled(value)
    room = max(0, 5 - len(f"{abs(value):.0f}"))
    return fixed(value, min(decimals, room)) if value else "0"
