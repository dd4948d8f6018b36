"""How many weights layers have, as bars over powers of ten (section 3-1)."""

import math

from helpers.drawing import svg

WIDTH = 760
_MARGIN = 16
_LEFT, _RIGHT = 232, 24
_POWERS = 14  # the axis ends at 10^14
_ROW = 62


def weight_bars(layers, description):
    """Draw one bar for each layer, on one logarithmic axis that stays as it is.

    Args:
        layers: (name, what it gives out, weights, biases) each.
        description: what the picture shows.

    Returns:
        SVG text.
    """
    top = 18
    bottom = top + _ROW * len(layers)
    parts = [_axis(top, bottom)]
    for place, (name, output, weights, biases) in enumerate(layers):
        middle = top + (place + 0.5) * _ROW
        length = _x(weights) - _LEFT
        parts += [
            svg.text(_MARGIN, middle - 4, name, weight="bold"),
            svg.text(_MARGIN, middle + 16, output, size=13, fill=svg.MUTED),
            svg.rectangle(_LEFT, middle - 18, length, 18, fill=svg.BLUE if place else svg.LINE),
            svg.text(_LEFT + 4, middle + 17, f"{weights:,} weights + {biases:,} biases", size=14),
        ]
    parts.append(svg.text(_MARGIN, bottom + 22, "weights: ten times per line", size=13, fill=svg.MUTED))
    return svg.document(WIDTH, bottom + 36, parts, description)


def _x(value):
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * math.log10(max(value, 1)) / _POWERS


def _axis(top, bottom):
    parts = []
    for power in range(_POWERS + 1):
        x = _x(10**power)
        parts.append(f'<path d="M{x:g} {top}V{bottom}" stroke="{svg.LINE}" stroke-opacity="0.45"/>')
        if power % 3 == 0:
            label = {0: "1", 3: "thousand", 6: "million", 9: "billion", 12: "10¹²"}[power]
            parts.append(svg.text(x, bottom + 22, label, size=13, anchor="middle", fill=svg.MUTED))
    return "".join(parts)
