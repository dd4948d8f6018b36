"""The side of a feature map through a stack of equal layers (section 3-1, padding)."""

from helpers.drawing import svg
from helpers.explorers.controls import int_slider
from helpers.explorers.explorer import Explorer
from helpers.language import say, say_count
from helpers.reference.geometry import sides_through_layers
from helpers.wording import together

_LAYERS = 16
_MARGIN = 14


class ShrinkingStackExplorer(Explorer):
    """How the side of a feature map changes through a stack of equal convolution layers at stride 1."""

    def __init__(self):
        super().__init__(
            {
                "side": int_slider(say("Image side"), 28, 1, 64),
                "filter": int_slider(say("Filter side"), 5, 1, 7),
                "padding": int_slider(say("Zeros per edge"), 0, 0, 3),
            }
        )

    def draw(self):
        """Return the bars and what becomes of the side."""
        filter_size, padding = self.state["filter"], self.state["padding"]
        sides = sides_through_layers(self.state["side"], filter_size, padding, layers=_LAYERS)
        summary = _summary(sides, filter_size, change=2 * padding - (filter_size - 1))
        return _bars(sides, summary), summary


def _bars(sides, description):
    """Draw the sides, the input's first, as a row of bars."""
    tallest, base = 150, 196
    pitch = min(56, (svg.WIDTH - 2 * _MARGIN) / len(sides))
    parts = [svg.text(_MARGIN, 24, say("Side of the map after each layer"), weight="bold")]
    for layer, side in enumerate(sides):
        height = max(tallest * side / max(sides), 2)
        left, middle = _MARGIN + layer * pitch, _MARGIN + (layer + 0.5) * pitch
        fill, name = (svg.BLUE, str(layer)) if layer else (svg.LINE, say("input"))
        parts += [
            svg.rectangle(left + 3, base - height + 18, pitch - 6, height, fill=fill),
            svg.text(middle, base - height + 13, str(side), anchor="middle"),
            svg.text(middle, base + 36, name, anchor="middle", fill=svg.MUTED),
        ]
    return svg.document(svg.WIDTH, base + 48, parts, description)


def _summary(sides, filter_size, change):
    layers = len(sides) - 1
    values = {"first": sides[0], "last": sides[-1], "filter": filter_size}
    if change == 0:
        return say("Every layer keeps the side of {last}.", **values)
    if change > 0:
        return say(
            "Every layer adds {change} to the side: more padding than the filter takes away.", change=change
        )
    if layers == 0:
        return say("A {filter} × {filter} filter does not fit on a side of {last}.", **values)
    if layers == _LAYERS:
        end = say("After {layers} layers {first} has become {last}.", layers=layers, **values)
    elif sides[-1] == 1:
        end = say_count(
            "After {count} layer {first} has become a single number.",
            "After {count} layers {first} has become a single number.",
            layers,
            **values,
        )
    else:
        end = say_count(
            "After {count} layer {first} has become {last}, and a {filter} × {filter} filter no longer fits.",
            "After {count} layers {first} has become {last}, "
            "and a {filter} × {filter} filter no longer fits.",
            layers,
            **values,
        )
    return together([say("Every layer takes {change} away.", change=-change), end])
