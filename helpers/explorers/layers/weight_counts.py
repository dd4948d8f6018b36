"""How many weights dense, locally connected and convolution layers need, as bars (section 3-1)."""

import math

from helpers.drawing import svg
from helpers.explorers.controls import int_slider
from helpers.explorers.explorer import Explorer
from helpers.language import say, say_count
from helpers.reference.counting import conv2d_parameters, dense_parameters, locally_connected_parameters
from helpers.reference.geometry import output_size

_BYTES = 4  # of a float32
_MARGIN = 16
_LEFT, _RIGHT = 232, 24
_POWERS = 14  # the axis ends at 10^14
_ROW = 62


class WeightCountExplorer(Explorer):
    """The same feature maps from a dense, a locally connected and a convolution layer, counted."""

    def __init__(self):
        super().__init__(
            {
                "side": int_slider(say("Image side"), 28, 4, 224),
                "channels": int_slider(say("Channels"), 1, 1, 64),
                "filters": int_slider(say("Units, filters"), 16, 1, 256),
                "filter": int_slider(say("Filter side"), 5, 1, 11),
            }
        )

    def draw(self):
        """Return the bars and what the two ideas, locality and sharing, save."""
        state = self.state
        side, filter_side = state["side"], state["filter"]
        channels, filters = state["channels"], state["filters"]
        inputs = side * side * channels
        units = dense_parameters(inputs, filters)
        numbers = say_count("{count:,} number", "{count:,} numbers", filters)
        layers = [(say("Dense, a few units"), numbers, units - filters, filters)]
        if filter_side > side:
            summary = say(
                "A {filter} × {filter} filter does not fit on {side} × {side} pixels, so only the dense "
                "layer can be counted. Use a smaller filter or a larger image.",
                filter=filter_side,
                side=side,
            )
            return _bars(layers, summary), summary
        maps_side = output_size(side, filter_side)
        outputs = maps_side**2 * filters
        maps = say_count(
            "{count:,} map {side} × {side}", "{count:,} maps {side} × {side}", filters, side=maps_side
        )
        dense = dense_parameters(inputs, outputs)
        local = locally_connected_parameters(side, filter_side, channels, filters)
        shared = conv2d_parameters(filter_side, channels, filters)
        layers += [
            (say("Dense, the same maps"), maps, dense - outputs, outputs),
            (say("Locally connected"), maps, local - outputs, outputs),
            (say("Convolution"), maps, shared - filters, filters),
        ]
        summary = say(
            "For {maps} from {inputs:,} inputs, seeing only a window divides the dense layer's weights by "
            "{ratio}, and sharing divides them again by {places:,}, one set of weights for every place. "
            "As float32 the three need {dense}, {local} and {shared}.",
            maps=maps,
            inputs=inputs,
            ratio=_ratio(inputs, filter_side**2 * channels),
            places=maps_side**2,
            dense=_memory(dense),
            local=_memory(local),
            shared=_memory(shared),
        )
        return _bars(layers, summary), summary


def _ratio(larger, smaller):
    return f"{larger / smaller:,.{0 if larger % smaller == 0 else 1}f}"


def _memory(parameters):
    size = float(f"{parameters * _BYTES:.3g}")
    power = min(int(math.log10(size)) // 3, 4)
    unit = (say("bytes"), "kB", "MB", "GB", "TB")[power]
    return f"{size / 1000**power:.3g} {unit}"


def _bars(layers, description):
    """Draw one bar for each layer (name, what it gives out, weights, biases), on one logarithmic axis."""
    top = 18
    bottom = top + _ROW * len(layers)
    parts = [_axis(top, bottom)]
    for place, (name, output, weights, biases) in enumerate(layers):
        middle = top + (place + 0.5) * _ROW
        counts = say(
            "{weights} + {biases}",
            weights=say_count("{count:,} weight", "{count:,} weights", weights),
            biases=say_count("{count:,} bias", "{count:,} biases", biases),
        )
        parts += [
            svg.text(_MARGIN, middle - 4, name, weight="bold"),
            svg.text(_MARGIN, middle + 16, output, size=13, fill=svg.MUTED),
            svg.rectangle(_LEFT, middle - 18, _x(weights) - _LEFT, 18, fill=svg.BLUE if place else svg.LINE),
            svg.text(_LEFT + 4, middle + 17, counts, size=14),
        ]
    note = say("weights: ten times per line")
    parts.append(svg.text(_MARGIN, bottom + 22, note, size=13, fill=svg.MUTED))
    return svg.document(svg.WIDTH, bottom + 36, parts, description)


def _x(value):
    return _LEFT + (svg.WIDTH - _LEFT - _RIGHT) * math.log10(max(value, 1)) / _POWERS


def _axis(top, bottom):
    labels = {0: "1", 3: say("thousand"), 6: say("million"), 9: say("billion"), 12: "10¹²"}
    parts = []
    for power in range(_POWERS + 1):
        x = _x(10**power)
        parts.append(f'<path d="M{x:g} {top}V{bottom}" stroke="{svg.LINE}" stroke-opacity="0.45"/>')
        if power in labels:
            label = labels[power]
            parts.append(svg.text(x, bottom + 22, label, size=13, anchor="middle", fill=svg.MUTED))
    return "".join(parts)
