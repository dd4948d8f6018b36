"""Explorer of how many weights dense, locally connected and convolution layers need (section 3-1)."""

from helpers.explorers.controls import int_slider
from helpers.explorers.explorer import Explorer
from helpers.figures.weight_counts import weight_bars
from helpers.reference.counting import (
    conv2d_parameters,
    dense_parameters,
    locally_connected_parameters,
)
from helpers.reference.geometry import output_size

_BYTES = 4  # of a float32


class WeightCountExplorer(Explorer):
    """The same feature maps from a dense, a locally connected and a convolution layer, counted."""

    def __init__(self):
        super().__init__(
            {
                "side": int_slider("Image side", 28, 4, 224),
                "channels": int_slider("Channels", 1, 1, 64),
                "filters": int_slider("Units, filters", 16, 1, 256),
                "filter": int_slider("Filter side", 5, 1, 11),
            }
        )

    def draw(self):
        """Return the bars and what the two ideas, locality and sharing, save."""
        side, channels, filters, filter_size = self.state.values()
        inputs = side * side * channels
        units = dense_parameters(inputs, filters)
        layers = [("Dense, a few units", f"{filters:,} numbers", units - filters, filters)]
        if filter_size > side:
            summary = (
                f"A {filter_size} × {filter_size} filter does not fit on {side} × {side} pixels, so only the "
                "dense layer can be counted. Use a smaller filter or a larger image."
            )
            return weight_bars(layers, summary), summary
        maps_side = output_size(side, filter_size)
        outputs = maps_side**2 * filters
        maps = f"{filters:,} maps {maps_side} × {maps_side}"
        dense = dense_parameters(inputs, outputs)
        local = locally_connected_parameters(side, filter_size, channels, filters)
        shared = conv2d_parameters(filter_size, channels, filters)
        layers += [
            ("Dense, the same maps", maps, dense - outputs, outputs),
            ("Locally connected", maps, local - outputs, outputs),
            ("Convolution", maps, shared - filters, filters),
        ]
        summary = (
            f"For {maps} from {inputs:,} inputs, seeing only a window divides the dense layer's weights by "
            f"{_ratio(inputs, filter_size**2 * channels)}, and sharing divides them again by "
            f"{maps_side**2:,}, one set of weights for every place. As float32 the three need "
            f"{_memory(dense)}, {_memory(local)} and {_memory(shared)}."
        )
        return weight_bars(layers, summary), summary


def _ratio(larger, smaller):
    return f"{larger / smaller:,.{0 if larger % smaller == 0 else 1}f}"


def _memory(parameters):
    size = parameters * _BYTES
    power = min((len(str(size)) - 1) // 3, 4)
    return f"{size / 1000**power:.3g} {('bytes', 'kB', 'MB', 'GB', 'TB')[power]}"
