"""Several small filters in a row against one large filter that sees as much (section 3-4, VGGNet)."""

from helpers.drawing import svg
from helpers.explorers.controls import int_slider
from helpers.explorers.explorer import Explorer
from helpers.language import say, say_count
from helpers.reference.counting import conv2d_operations, conv2d_parameters
from helpers.reference.receptive_field import Window, receptive_field
from helpers.wording import percent

_MARGIN, _NAMES, _GAP = 14, 152, 24
_COLUMN = (svg.WIDTH - 2 * _MARGIN - _NAMES - _GAP) / 2  # one for the stack, one for the single layer
_TOP, _CONE, _CELL = 56, 176, 20  # where the fields begin, how high they are, a pixel's largest side
_ROW, _BAR = 50, 14


class StackExplorer(Explorer):
    """How far a stack of small filters sees, and what it costs beside one filter that sees as far."""

    def __init__(self):
        super().__init__(
            {
                "layers": int_slider(say("Layers"), 2, 1, 5),
                "filter": int_slider(say("Filter side"), 3, 1, 7),
                "channels": int_slider(say("Channels"), 64, 1, 512),
                "side": int_slider(say("Picture side"), 56, 7, 224),
            }
        )

    def draw(self):
        """Return both fields, the bars below them, and their sentence."""
        layers, filter_side = self.state["layers"], self.state["filter"]
        windows = [Window(filter_side)] * layers
        field, _ = receptive_field(windows)
        stack, single = (_costs(*kind, self.state) for kind in ((layers, filter_side), (1, field)))
        summary = _summary(layers, filter_side, field, stack, single)
        titles = (
            say_count(
                "{count} layer of {side} × {side}",
                "{count} layers of {side} × {side}",
                layers,
                side=filter_side,
            ),
            say("1 layer of {side} × {side}", side=field),
        )
        cell = min(_CELL, _COLUMN / field)
        parts = [_level_names(layers)]
        for place, (title, kind) in enumerate(zip(titles, (windows, [Window(field)]), strict=True)):
            middle = _left(place) + _COLUMN / 2
            parts += [svg.text(middle, 26, title, anchor="middle", weight="bold"), _field(kind, middle, cell)]
        bottom = _TOP + _CONE + 44
        for place, (name, pair) in enumerate(_rows(stack, single)):
            parts.append(_bars(name, *pair, bottom + place * _ROW))
        return svg.document(svg.WIDTH, bottom + 4 * _ROW - 6, parts, summary), summary


def _costs(layers, filter_side, state):
    """Count what equal layers cost: parameters, multiplications, ReLUs, numbers that they hand on."""
    channels, side = state["channels"], state["side"]
    return {
        "parameters": layers * conv2d_parameters(filter_side, channels, channels),
        "operations": layers * conv2d_operations(side, filter_side, channels, channels),
        "relus": layers,
        "numbers": layers * side**2 * channels,
    }


def _rows(stack, single):
    names = {
        "parameters": say("parameters"),
        "operations": say("multiplications"),
        "relus": say("ReLUs in a row"),
        "numbers": say("numbers in maps"),
    }
    return [(name, (stack[key], single[key])) for key, name in names.items()]


def _left(place):
    return _MARGIN + _NAMES + place * (_COLUMN + _GAP)


def _level(level, levels):
    """Return where a row of pixels stands: level 0, the picture, at the bottom."""
    return _TOP + _CONE * (1 - level / levels)


def _level_names(layers):
    names = [say("picture"), *(say("after layer {number}", number=number + 1) for number in range(layers))]
    return "".join(
        svg.text(_MARGIN, _level(level, layers) + 12, name, size=14, fill=svg.MUTED)
        for level, name in enumerate(names)
    )


def _field(windows, middle, cell):
    """Draw along one side which numbers of each layer reach one number of the last."""
    counts = [receptive_field(windows[level:])[0] for level in range(len(windows) + 1)]
    height = min(cell, 16)
    parts = []
    for level, count in enumerate(counts):
        y, start = _level(level, len(windows)), middle - count * cell / 2
        if level:
            rays = "".join(
                f"M{start + (place + 0.5) * cell:g} {y + height:g}"
                f"L{middle - counts[level - 1] * cell / 2 + (place + offset + 0.5) * cell:g} "
                f"{_level(level - 1, len(windows)):g}"
                for place in range(count)
                for offset in range(windows[level - 1].size)
            )
            parts.append(f'<path d="{rays}" stroke="{svg.LINE}" pointer-events="none"/>')
        fill = svg.ORANGE if level == len(windows) else svg.ORANGE_TINT if level == 0 else svg.BLUE_TINT
        parts.append(
            f'<g data-row="{level}" fill="{fill}" stroke="{svg.MUTED}">'
            + "".join(
                f'<rect x="{start + place * cell:g}" y="{y:g}" width="{cell:g}" height="{height:g}"/>'
                for place in range(count)
            )
            + "</g>"
        )
    return "".join(parts)


def _bars(name, stack, single, y):
    """Draw one row: its name, and a bar with its number for the stack and for the single layer."""
    parts = [svg.text(_MARGIN, y + _BAR - 1, name, size=14, weight="bold")]
    for place, value in enumerate((stack, single)):
        length = svg.tenths(_COLUMN * value / max(stack, single))
        parts += [
            svg.rectangle(_left(place), y, length, _BAR, fill=svg.LINE if place else svg.BLUE),
            svg.text(_left(place), y + _BAR + 17, f"{value:,}", size=14),
        ]
    return "".join(parts)


def _summary(layers, filter_side, field, stack, single):
    if filter_side == 1:
        return say(
            "A 1 × 1 filter sees one pixel, however many follow each other. More of them add ReLUs, and cost."
        )
    if layers == 1:
        return say(
            "One layer of {side} × {side} sees {side} × {side} pixels. Add a second one.", side=filter_side
        )
    return say(
        "{layers} layers of {side} × {side} see {field} × {field} pixels, as one layer of {field} × {field} "
        "does, with {parameters} of its parameters and {operations} of its multiplications. They have "
        "{layers} ReLUs in place of one, and {layers} times the maps to keep.",
        layers=layers,
        side=filter_side,
        field=field,
        parameters=percent(stack["parameters"] / single["parameters"], 0),
        operations=percent(stack["operations"] / single["operations"], 0),
    )
