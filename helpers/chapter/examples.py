"""Small arrays that several lessons work with where the chapter prints none; all are ours and read-only."""

from types import MappingProxyType

import numpy as np

from helpers.chapter import FIGURE_3_2_INPUT, FIGURE_3_3_FILTER, FIGURE_3_4_INPUT, read_only


def _channels_last(*channels):
    return read_only(*np.stack(channels, axis=-1))


def _grown(corner, side, low, high):
    """Continue the chapter's array to a larger square with fixed random numbers."""
    square = np.random.default_rng(3).integers(low, high, (side, side), endpoint=True)
    square[: len(corner), : len(corner)] = corner
    return read_only(*square)


FIGURE_3_2_INPUT_GROWN = _grown(FIGURE_3_2_INPUT, 8, 0, 3)
FIGURE_3_3_FILTER_GROWN = _grown(FIGURE_3_3_FILTER, 5, -1, 1)
FIGURE_3_4_INPUT_GROWN = _grown(FIGURE_3_4_INPUT, 8, 0, 3)

# Figure 3-5 has letters only; these numbers are ours. Its 3 x 3 image is the upper left corner.
IMAGE = read_only([1, 4, 2, 0, 3], [3, 0, 5, 1, 2], [2, 6, 1, 4, 0], [0, 2, 3, 1, 5], [4, 1, 0, 2, 3])
FILTER = read_only([2, -1], [1, 3])
# A gradient that arrives at the output; the 2 x 2 output of Figure 3-5 takes the corner.
DELTA = read_only([1, 2, -1, 3], [-2, 1, 4, 1], [3, -1, 2, 0], [1, 2, -2, 1])

# The chapter prints no numbers for this model. A poppy under a cloud, chosen by hand: each ReLU, in either
# order, cuts off some numbers and keeps others; none of its inputs is 0, where there is no derivative; the
# two orders prefer different classes.
_RED = [[3, 3, 3, 1, 1], [1, 3, 3, 3, 1], [1, 1, 3, 1, 1], [1, 1, 0, 0, 1], [1, 1, 0, 1, 1]]
_GREEN = [[3, 3, 0, 2, 2], [2, 0, 3, 0, 2], [2, 2, 0, 2, 2], [2, 2, 2, 2, 2], [3, 3, 2, 3, 3]]
_BLUE = [[3, 3, 1, 3, 3], [3, 1, 0, 1, 3], [3, 3, 1, 3, 3], [3, 3, 0, 0, 3], [1, 1, 0, 1, 1]]
_PARAMETERS = {
    "filters": _channels_last([[0, 2], [-1, -1]], [[1, 0], [-1, 1]], [[1, -1], [0, -1]]),
    "filter_biases": read_only(1, -1, 2),
    "weights": read_only([0.2, 0.6, -0.2, 0.2], [-0.2, -0.6, 0.4, 0.4], [0.4, -0.2, 0.2, -0.4]),
    "bias": read_only(0.1, -0.1, 0.3),
}
EXAMPLE = MappingProxyType(
    {
        "image": _channels_last(_RED, _GREEN, _BLUE),
        "parameters": MappingProxyType(_PARAMETERS),
        "target": read_only(0, 1, 0),
    }
)

# A framework's layer of two filters over the poppy's three channels, (2, 2, 3, 2): the example's own filters,
# turned as that layer wants them, with the sum of their biases; and one that answers to red with little blue.
TWO_FILTERS = _channels_last(
    np.flip(_PARAMETERS["filters"], axis=(0, 1)),
    _channels_last([[1, 1], [0, 1]], [[0, -1], [0, 0]], [[-1, 0], [0, -1]]),
)
TWO_BIASES = read_only(2, -1)
