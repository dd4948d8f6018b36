"""What one number of a deep layer sees of the picture (section 3-1, receptive field).

A side is a height or a width in pixels; a picture is seen along each side by itself.
"""

from typing import NamedTuple

from helpers.reference.arrays import whole_number
from helpers.reference.geometry import output_size, resolve_padding


class Window(NamedTuple):
    """What a convolution or a pooling layer looks through.

    Attributes:
        size: side of the filter or of the block, in pixels of the map before.
        stride: pixels from one position to the next.
        padding: "valid", "same", or pixels at each end.
    """

    size: int
    stride: int = 1
    padding: str | int = "valid"


def receptive_field(windows):
    """Measure how much of the picture one number of the last layer sees.

    Args:
        windows: a `Window`, or (size, stride), for each layer, the first layer's first.

    Returns:
        (size, jump): the side of what a number sees where no border cuts it, and how far neighbouring
        numbers look apart; both in pixels of the picture, which itself has (1, 1).

    Raises:
        TypeError: a window's size or stride is not a whole number.
        ValueError: one is smaller than 1.

    Source: section 3-1, receptive field; Araujo, Norris and Sim (2019) derive the sum for any network.

    >>> receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)])
    (16, 4)
    """
    size = jump = 1
    for window in _checked(windows):
        size += (window.size - 1) * jump
        jump *= window.stride
    return size, jump


def map_sides(windows, side):
    """Follow the side of a picture through layers.

    Args:
        windows: as for `receptive_field`.
        side: of the picture, in pixels.

    Returns:
        The side of the picture and of each layer's map.

    Raises:
        TypeError, ValueError: as for `output_size` and `resolve_padding`.

    Source: section 3-1, equation 3.1.

    >>> map_sides([Window(5, padding="same"), Window(2, 2)], 28)
    [28, 28, 14]
    """
    sides = [whole_number("side", side, 1)]
    for window in _checked(windows):
        ends = _ends(window, sides[-1])
        sides.append(output_size(sides[-1], window.size, ends, window.stride))
    return sides


def pixels_seen(windows, side, place):
    """Find what one number of the last layer sees, in the picture and in each map on the way.

    Args:
        windows: as for `receptive_field`.
        side: of the picture, in pixels.
        place: index of the number along this side of the last map.

    Returns:
        For the picture and for each layer's map the indices that reach the number, ascending; the last list
        is [place]. Added zeros are left out: they show nothing of the picture.

    Raises:
        TypeError, ValueError: as for `map_sides`, or the last map has no such place.

    Source: section 3-1, receptive field.

    >>> pixels_seen([(3, 1), (2, 2)], 6, 1)
    [[2, 3, 4, 5], [2, 3], [1]]
    """
    windows = _checked(windows)
    sides = map_sides(windows, side)
    place = whole_number("place", place, 0)
    if place >= sides[-1]:
        raise ValueError(
            f"expected a place from 0 to {sides[-1] - 1}, got {place}; choose one of the map"
        )
    seen = [[place]]
    for window, before in zip(reversed(windows), reversed(sides[:-1]), strict=True):
        padding, _ = _ends(window, before)
        starts = [index * window.stride - padding for index in seen[0]]
        covered = {start + offset for start in starts for offset in range(window.size)}
        seen.insert(0, sorted(covered.intersection(range(before))))
    return seen


def _ends(window, side):
    """Return the pixels that a layer adds before and after a side."""
    ends, _ = resolve_padding(
        window.padding, (side, side), (window.size,) * 2, (window.stride,) * 2
    )
    return ends


def _checked(windows):
    windows = [Window(*window) for window in windows]
    return [
        window._replace(
            size=whole_number("size", window.size, 1),
            stride=whole_number("stride", window.stride, 1),
        )
        for window in windows
    ]
