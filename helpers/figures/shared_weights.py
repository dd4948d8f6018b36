"""Pictures of shared weights: networks, matrices, a gradient's terms (section 3-1, Figures 3-5 to 3-7)."""

import numpy as np

from helpers.drawing import svg
from helpers.wording import number

_WIDTH = 760
_MARGIN = 14
_TOP = 48
# Told apart by dash as well as by colour; the tints lie behind numbers.
_STROKES = ((svg.BLUE, ""), (svg.ORANGE, "9 4"), (svg.GREEN, "2 4"), (svg.PURPLE, "12 4 2 4"))
# Where along an edge its weight's name stands: staggered, so that the names of one output do not touch.
_LABEL_PLACES = (0.68, 0.58, 0.48, 0.38)
_TINTS = ("#cfe3f3", "#fbd9bd", "#c9ebdf", "#f3dbe8", "#f7f0bd", "#dadada", "#e3d8f5", "#d5f0f4", "#f5d5d5")


def shared_network(
    inputs, outputs, edges, *, weights, image, filter_labels, corner, chosen, lines, description
):
    """Draw image and filter as a network whose edges show their weight, beside the image itself.

    Args:
        inputs: names of the inputs, cells "input-place".
        outputs: names of the outputs, cells "output-place".
        edges: (source, target, weight, strong) by place; weak ones are drawn in grey.
        weights: (name, value) of each weight, cells "weight-place".
        image: (H, W).
        filter_labels: (f_h, f_w) texts, the filter as it lies on the image.
        corner: (row, column) of the window that is framed in the image, or None.
        chosen: cells that are marked, such as "output-2".
        lines: texts beside the network.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    names = [name for name, _ in weights]
    graph, height = _network(inputs, outputs, edges, names, width=330, chosen=chosen)
    left, side = 430, 36
    filter_left = left + image.shape[1] * side + 40
    parts = [
        graph,
        svg.heading(left, _TOP, "Image"),
        svg.number_grid(image, left, _TOP, side, name="image"),
        svg.heading(filter_left, _TOP, "Filter as it lies on it"),
        svg.number_grid(
            np.zeros(filter_labels.shape), filter_left, _TOP, side, name="filter", labels=filter_labels
        ),
    ]
    if corner is not None:
        parts.append(svg.cell_frame(left, _TOP, side, corner, filter_labels.shape))
    y = _TOP + len(image) * side + 36
    for place, (name, value) in enumerate(weights):
        stroke, dash = _STROKES[place]
        middle = y + 28 * place
        parts.append(
            f'<g data-cell="weight-{place}"><rect x="{left}" y="{middle - 14:g}" width="150" height="28" '
            f'fill="{svg.ORANGE_TINT if f"weight-{place}" in chosen else svg.PAPER}"/>'
            + svg.line(left + 4, middle, left + 54, middle, stroke=stroke, stroke_width=3, dash=dash)
            + svg.text(left + 64, middle + 5, f"{name} = {number(value)}")
            + "</g>"
        )
    parts.append(svg.lines(left, y + 28 * len(weights) + 20, lines))
    return svg.document(_WIDTH, height, parts, description)


def connections(inputs, outputs, edges, *, weights, counts, description):
    """Draw a network of one dimension and, beside it, how many weights three wirings need.

    Args:
        inputs: names of the inputs.
        outputs: names of the outputs.
        edges: (source, target, weight, strong); weight None for an edge with a weight of its own.
        weights: names of the shared weights.
        counts: (name, number of weights) of each wiring.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    graph, height = _network(inputs, outputs, edges, weights, width=330, chosen=())
    left, longest = 440, max(uses for _, uses in counts)
    parts = [graph, svg.heading(left, _TOP, "Weights")]
    for place, (name, uses) in enumerate(counts):
        y = _TOP + 8 + 62 * place
        length = max(230 * uses / longest, 1)
        parts += [
            svg.text(left, y + 12, name),
            svg.rectangle(left, y + 20, length, 22, fill=(svg.MUTED, svg.BLUE, svg.ORANGE)[place]),
            svg.text(left + length + 8, y + 37, str(uses)),
        ]
    return svg.document(_WIDTH, max(height, _TOP + 200), parts, description)


def matrix_product(matrix, vector, result, *, weights, names, chosen, labels, lines, description):
    """Draw matrix times vector equals result, entries tinted by weight, one row framed.

    Args:
        matrix: (rows, columns), cells "matrix-row-column".
        vector: (columns,).
        result: (rows,), cells "result-row-0".
        weights: (rows, columns) of the place of each entry's weight, -1 for a zero.
        names: headings of matrix, vector and result.
        chosen: the row that is framed.
        labels: texts (rows, columns) in place of the matrix's numbers, or None.
        lines: texts below.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    side = 27
    rows, columns = matrix.shape
    tints = np.array([*_TINTS, svg.PAPER])  # -1 finds the paper
    inks = np.where(weights < 0, svg.MUTED, svg.INK)
    lefts = [_MARGIN, _MARGIN + columns * side + 44]
    lefts.append(lefts[1] + max(side, 60) + 44)
    middle = _TOP + rows * side / 2 + 6
    parts = [
        *(svg.heading(left, _TOP, name) for left, name in zip(lefts, names, strict=True)),
        svg.number_grid(
            matrix, lefts[0], _TOP, side, name="matrix", fills=tints[weights], inks=inks, labels=labels
        ),
        svg.text(lefts[1] - 27, middle, "·", size=20),
        svg.number_grid(vector[:, np.newaxis], lefts[1], _TOP, side, name="vector"),
        svg.text(lefts[2] - 34, middle, "=", size=20),
        svg.number_grid(result[:, np.newaxis], lefts[2], _TOP, side, name="result"),
        svg.cell_frame(lefts[0], _TOP, side, (chosen, 0), (1, columns)),
        svg.cell_frame(lefts[2], _TOP, side, (chosen, 0)),
    ]
    bottom = _TOP + max(rows, columns) * side + 2 * _MARGIN
    parts.append(svg.lines(_MARGIN, bottom + 12, lines))
    height = bottom + 8 + svg.LINE_HEIGHT * len(lines)
    return svg.document(_WIDTH, height, parts, description)


def gradient_terms(image, delta, *, under, current, done, beyond, terms, total, description):
    """Draw image, output gradient and the list of products that add up to one weight's gradient.

    Args:
        image: (H, W).
        delta: gradient of the output, (d_h, d_w), cells named "delta".
        under: (row, column) of the pixel under the weight at the current position.
        current: (row, column) of the current position.
        done: how many positions are added up, row by row.
        beyond: booleans (d_h, d_w), hatched: what the printed sums leave out.
        terms: text of each term that is added.
        total: text of the sum.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    side = 36
    delta_left = _MARGIN + image.shape[1] * side + 36
    list_left = delta_left + max(delta.shape[1] * side, 130) + 36
    added = np.arange(delta.size).reshape(delta.shape) < done
    fills = np.where(added, svg.BLUE_TINT, svg.PAPER)
    parts = [
        svg.heading(_MARGIN, _TOP, "Image a"),
        svg.number_grid(image, _MARGIN, _TOP, side, name="image"),
        svg.cell_frame(_MARGIN, _TOP, side, under),
        svg.heading(delta_left, _TOP, "Gradient δ"),
        svg.number_grid(delta, delta_left, _TOP, side, name="delta", fills=fills),
        *(svg.hatching(delta_left + j * side, _TOP + i * side, side) for i, j in np.argwhere(beyond)),
        svg.cell_frame(delta_left, _TOP, side, current),
        svg.heading(list_left, _TOP, "Terms"),
    ]
    per_column = 8
    for start in range(0, len(terms), per_column):
        x = list_left + 140 * (start // per_column)
        parts.append(svg.lines(x, _TOP + 12, terms[start : start + per_column]))
    lowest = max(len(image) * side, svg.LINE_HEIGHT * min(delta.size, per_column))
    parts.append(svg.text(_MARGIN, _TOP + lowest + 36, total, weight="bold"))
    return svg.document(_WIDTH, _TOP + lowest + 52, parts, description)


def _network(inputs, outputs, edges, weight_names, *, width, chosen):
    """Draw two columns of nodes and their edges; return the elements and the height they take."""
    pitch, radius = 54, 19
    height = _MARGIN + pitch * max(len(inputs), len(outputs)) + _MARGIN
    left, right = _MARGIN + radius + 2, _MARGIN + radius + width

    def middles(count):
        return [
            height / 2 + pitch * _spread(count, len(inputs)) * (i - (count - 1) / 2) for i in range(count)
        ]

    starts, ends = middles(len(inputs)), middles(len(outputs))
    weak, strong, labels = [], [], []
    for source, target, weight, is_strong in edges:
        y1, y2 = starts[source], ends[target]
        if not is_strong:
            weak.append(svg.line(left, y1, right, y2))
        elif weight is None:
            strong.append(svg.line(left, y1, right, y2, stroke=svg.MUTED, stroke_width=1.5))
        else:
            stroke, dash = _STROKES[weight]
            strong.append(svg.line(left, y1, right, y2, stroke=stroke, stroke_width=2.5, dash=dash))
            share = _LABEL_PLACES[weight]
            x, y = left + share * (right - left), y1 + share * (y2 - y1)
            labels.append(_label(x, y, weight_names[weight]))
    nodes = [
        _node(x, y, radius, name, f"{kind}-{place}", f"{kind}-{place}" in chosen)
        for kind, x, ys, names in (("input", left, starts, inputs), ("output", right, ends, outputs))
        for place, (y, name) in enumerate(zip(ys, names, strict=True))
    ]
    return "".join(weak + strong + labels + nodes), height


def _spread(count, inputs):
    """Let few outputs stand as far apart as the inputs' column allows, at most twice as far."""
    return min(2, inputs / count) if count < inputs else 1


def _node(x, y, radius, name, cell, marked):
    fill, stroke, width = (svg.ORANGE_TINT, svg.ORANGE, 3) if marked else (svg.PAPER, svg.INK, 1.2)
    return (
        f'<g data-cell="{cell}"><circle cx="{x:g}" cy="{y:g}" r="{radius}" fill="{fill}" stroke="{stroke}" '
        f'stroke-width="{width}"/>{svg.text(x, y + 5, name, anchor="middle")}</g>'
    )


def _label(x, y, name):
    return (
        f'<text x="{x:g}" y="{y + 4.5:g}" font-size="13" text-anchor="middle" fill="{svg.INK}" '
        f'stroke="{svg.PAPER}" stroke-width="4" paint-order="stroke" pointer-events="none">{name}</text>'
    )
