"""Curves of several trainings in one picture, each with its name at its end; in SVG, without matplotlib."""

import math
from itertools import pairwise

import numpy as np

from helpers.drawing import svg
from helpers.drawing.picture import SvgPicture
from helpers.language import say
from helpers.wording import settled, trimmed

_LEFT, _TOP, _WIDTH, _HEIGHT = 62, 40, 428, 250
_BOTTOM = _TOP + _HEIGHT
HEIGHT = _BOTTOM + 52  # of curves and axis together
_LABELS = _LEFT + _WIDTH + 22
_LABEL_PITCH = 19
_EDGE = 7  # that markers at the edge may stand out
_MIDDLE, _REACH = _TOP + _HEIGHT / 2, _HEIGHT / 2 + _EDGE  # of what is seen of the curves
_HIGHEST, _LOWEST = _MIDDLE - _REACH - 4, _MIDDLE + _REACH + 4  # that a curve goes, its stroke under paper
_STEPS = 5  # of an axis, about

# Told apart by dash and marker as well as by colour.
_COLOURS = (svg.INK, svg.BLUE, svg.ORANGE, svg.GREEN, svg.PURPLE)
_DASHES = ("", "7 4", "2 3")
_MARKERS = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "m-3.5 -3.5h7v7h-7z",
    "m0 -4.5l4.5 8h-9z",
    "m0 -5l5 5l-5 5l-5 -5z",
    "m-4.5 -3.5h9l-4.5 8z",
)

_SOLID_AND_DASHED = 0, 6  # places: one sees the first curve under the second


def look(place):
    """Return colour, dash and marker of a curve, all different for fifteen of them."""
    group, colour = divmod(place, len(_COLOURS))
    return _COLOURS[colour], _DASHES[group], _MARKERS[(colour + group) % len(_MARKERS)]


def sample(x, y, place):
    """Draw a piece of a curve, 30 pixels long, from (x, y)."""
    colour, dash, _ = look(place)
    stroke = svg.line(x, y, x + 30, y, stroke=colour, stroke_width=2.2, dash=dash)
    return stroke + _marker(x + 15, y, place)


def loss_curves(losses, description):
    """Draw the loss of two trainings, step by step, one over the other.

    Args:
        losses: name -> one loss in nats for each step; of two trainings.
        description: what the picture shows, in a sentence.

    Returns:
        An SvgPicture 760 pixels wide.
    """
    shown = [
        (place, name, np.array([values]))
        for place, (name, values) in zip(_SOLID_AND_DASHED, losses.items(), strict=True)
    ]
    limits = round_limits(0, max(values.max() for _, _, values in shown))
    parts = curves(shown, say("loss: cross-entropy (nats)"), limits, axis=say("step"))
    return SvgPicture(svg.document(svg.WIDTH, HEIGHT, parts, description))


def curves(shown, title, limits, axis=None):
    """Draw curves against the epochs, or against what the axis counts.

    Args:
        shown: (place, name, values) of each curve; the place decides its look, `values` (seeds, epochs) are
            the numbers of each seed.
        title: what the values are.
        limits: (lowest, highest) value of the axis; what lies outside is cut off.
        axis: what is counted along it; None for epochs.

    Yields:
        SVG elements as text.
    """
    low, high = limits
    epochs = max(values.shape[1] for _, _, values in shown)
    every = next(step for step in (1, 2, 5, 10, 20) if epochs / step <= 12 or step == 20)

    def x(epoch):
        return svg.tenths(_LEFT + _WIDTH * (epoch - 1) / max(epochs - 1, 1))

    def y(value):
        return svg.tenths(_TOP + _HEIGHT * (high - value) / (high - low))

    for value in _ticks(low, high):
        yield svg.line(_LEFT, y(value), _LEFT + _WIDTH, y(value))
    for place, _, values in shown:
        yield _curve(place, values, x, y, every)
    # Paper over what leaves the axes.
    for top in (_TOP - 2 * _EDGE, _BOTTOM + _EDGE):
        yield svg.rectangle(_LEFT - _EDGE, top, _WIDTH + 2 * _EDGE, _EDGE, fill=svg.PAPER)
    yield svg.heading(_LEFT - 48, _TOP - 4, title)
    for value in _ticks(low, high):
        yield svg.text(_LEFT - 8, y(value) + 5, trimmed(value), size=13, anchor="end")
    for epoch in range(every, epochs + 1, every):
        yield svg.text(x(epoch), _BOTTOM + 20, str(epoch), size=13, anchor="middle")
    yield svg.text(_LEFT + _WIDTH / 2, _BOTTOM + 40, axis or say("epoch"), size=13, anchor="middle")
    ends = [y(min(max(values.mean(axis=0)[-1], low), high)) for _, _, values in shown]
    lasts = [x(values.shape[1]) for _, _, values in shown]
    for (place, name, _), last, end, label in zip(shown, lasts, ends, _spread(ends), strict=True):
        yield svg.line(last + 6, end, _LABELS - 3, label)
        yield sample(_LABELS, label, place)
        yield svg.text(_LABELS + 36, label + 5, name, size=14)


def round_limits(low, high):
    """Return the ends of an axis that shows two values: the next round ones outside."""
    step = _round_step(low, high)
    return settled(step * math.floor(settled(low / step))), settled(step * math.ceil(settled(high / step)))


def _ticks(low, high):
    """List the round values of an axis."""
    step = _round_step(low, high)
    first, last = math.ceil(settled(low / step)), math.floor(settled(high / step))
    return [settled(count * step) for count in range(first, last + 1)]


def _round_step(low, high):
    rough = (high - low) / _STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if settled(factor * power) >= settled(rough))


def _curve(place, values, x, y, every):
    """Draw the mean of the seeds as a line, and the band from the lowest to the highest around it."""
    colour, dash, _ = look(place)

    def points(numbers):
        return [(x(epoch), y(number)) for epoch, number in enumerate(numbers, 1)]

    mean = points(values.mean(axis=0))
    parts = []
    if len(values) > 1:
        edges = _cut(points(values.max(axis=0))) + _cut(points(values.min(axis=0)))[::-1]
        parts.append(f'<polygon points="{_written(edges)}" fill="{colour}" fill-opacity="0.18"/>')
    parts.append(
        f'<polyline points="{_written(_cut(mean))}" fill="none" stroke="{colour}" stroke-width="2.2" '
        f'stroke-linejoin="round" stroke-dasharray="{dash}"/>'
    )
    parts += [
        _marker(*point, place) for point in mean[every - 1 :: every] if abs(point[1] - _MIDDLE) < _REACH
    ]
    return "".join(parts)


def _cut(points):
    """Let a line that leaves the axes run on out of sight, under the paper at their edge."""
    cut = [points[0]]
    for (x1, y1), (x2, y2) in pairwise(points):
        leaves = sorted(
            (edge - y1) / (y2 - y1) for edge in (_HIGHEST, _LOWEST) if (edge - y1) * (edge - y2) < 0
        )
        cut += [(x1 + share * (x2 - x1), y1 + share * (y2 - y1)) for share in leaves]
        cut.append((x2, y2))
    return [(x, min(max(y, _HIGHEST), _LOWEST)) for x, y in cut]


def _written(points):
    return " ".join(f"{svg.tenths(x)},{svg.tenths(y)}" for x, y in points)


def _marker(x, y, place):
    colour, dash, shape = look(place)
    fill = svg.PAPER if dash else colour
    return f'<path d="M{x:g} {y:g}{shape}" fill="{fill}" stroke="{colour}" stroke-width="1.6"/>'


def _spread(heights):
    """Move labels apart that would overlap, as little as their order allows."""
    order = sorted(range(len(heights)), key=lambda place: (heights[place], place))
    moved = dict(enumerate(heights))
    for above, below in pairwise(order):
        moved[below] = max(moved[below], moved[above] + _LABEL_PITCH)
    lowest = _BOTTOM + 6
    for place in reversed(order):
        moved[place] = min(moved[place], lowest)
        lowest = moved[place] - _LABEL_PITCH
    return [moved[place] for place in range(len(heights))]
