"""Pictures of lesson 3-4 that do not move: where a network's costs lie, and kinds of sequence learning."""

from helpers.drawing import svg
from helpers.language import say
from helpers.reference.sequences import sequence_kinds
from helpers.wording import percent

_MARGIN = 14
_ROW, _BAR = 22, 14  # of the layers' bars
_SHAPE, _BARS, _PER_SHARE = 96, (236, 496), 250  # left edges, and pixels for 100 %
_BOX, _PITCH, _KIND_GAP, _NAMES = 24, 35, 28, 74  # of the steps of a sequence
_TITLED = 60  # what a kind takes at least, for its title


def layer_costs(layers):
    """Draw for each layer its share of all parameters and of all multiplications.

    Args:
        layers: as `vgg_layers` returns them; those without parameters are left out.

    Returns:
        SVG text.
    """
    layers = [layer for layer in layers if layer.parameters]
    columns = (
        (say("parameters"), [layer.parameters for layer in layers], svg.BLUE),
        (say("multiplications"), [layer.operations for layer in layers], svg.ORANGE),
    )
    top = 44
    parts = [
        svg.text(_MARGIN, top - 18, say("layer"), weight="bold"),
        svg.text(_SHAPE, top - 18, say("output"), weight="bold"),
    ]
    for place, layer in enumerate(layers):
        y = top + place * _ROW + _BAR - 2
        shape = " × ".join(f"{side:,}" for side in layer.shape)
        parts += [svg.text(_MARGIN, y, layer.name, size=14), svg.text(_SHAPE, y, shape, size=14)]
    for left, (name, counts, colour) in zip(_BARS, columns, strict=True):
        total = sum(counts)
        heading = say("{name}: {total:,}", name=name, total=total)
        parts.append(svg.text(left, top - 18, heading, size=14, weight="bold"))
        for place, count in enumerate(counts):
            y, length = top + place * _ROW, svg.tenths(count / total * _PER_SHARE)
            parts += [
                svg.rectangle(left, y, length, _BAR, fill=colour),
                svg.text(left + length + 5, y + _BAR - 2, percent(count / total, 1), size=13),
            ]
    description = say("For each layer its share of all parameters and of all multiplications, as bars.")
    return svg.document(svg.WIDTH, top + len(layers) * _ROW + 8, parts, description)


def kinds_of_sequence_learning():
    """Draw Figure 4-3 anew: inputs below, states in the middle, outputs above, from left to right in time.

    Returns:
        SVG text.
    """
    outputs, states, inputs = 48, 104, 160
    names = ((say("output"), outputs), (say("state"), states), (say("input"), inputs))
    parts = [svg.text(_MARGIN, y + 17, name, size=14, fill=svg.MUTED) for name, y in names]
    titles = (say("one to one"), say("one to many"), say("many to one"), say("many to many"), say("in step"))
    left = _MARGIN + _NAMES
    for title, steps in zip(titles, sequence_kinds().values(), strict=True):
        middle = left + (steps.total - 1) * _PITCH / 2 + _BOX / 2
        parts.append(svg.text(middle, 26, title, size=14, anchor="middle", weight="bold"))
        for step in range(steps.total):
            x = left + step * _PITCH
            parts.append(_box(x, states, svg.BLUE_TINT))
            if step:
                parts.append(svg.arrow(x - _PITCH + _BOX + 1, states + _BOX / 2, _PITCH - _BOX - 2))
            if step in steps.reads:
                parts += [_box(x, inputs, svg.ORANGE_TINT), _up(x, inputs, states)]
            if step in steps.writes:
                parts += [_box(x, outputs, svg.FAINT), _up(x, states, outputs)]
        left += max(steps.total * _PITCH, _TITLED) + _KIND_GAP
    description = say(
        "Five kinds of sequence learning: one input and one output; one input, many outputs; many inputs, "
        "one output; many inputs, then many outputs; an output for each input."
    )
    return svg.document(svg.WIDTH, inputs + _BOX + 14, parts, description)


def _box(x, y, fill):
    return svg.rectangle(x, y, _BOX, _BOX, fill=fill, stroke=svg.MUTED)


def _up(x, below, above):
    """Draw an arrow from the box that begins at `below` up to the one that begins at `above`."""
    middle, tip = x + _BOX / 2, above + _BOX + 3
    return (
        f'<path d="M{middle:g} {below - 2:g}V{tip:g}m-4 6l4 -6l4 6" stroke="{svg.MUTED}" stroke-width="1.5" '
        f'fill="none"/>'
    )
