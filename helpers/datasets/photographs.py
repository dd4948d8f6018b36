"""Photographs that scikit-image brings along, made small and grey."""

import reprlib

import numpy as np

from helpers.language import say

PHOTOGRAPHS = {
    "camera": say("photographer"),
    "chelsea": say("cat"),
    "coffee": say("cup of coffee"),
    "astronaut": say("astronaut"),
}
"""scikit-image's name of a photograph -> what it shows."""

_SIDE = 128
# How bright red, green and blue look to the eye: recommendation ITU-R BT.709.
_BRIGHTNESS = np.array([0.2126, 0.7152, 0.0722])


def load_photograph(name):
    """Load a photograph that scikit-image brings along, grey and reduced to 128 x 128 pixels.

    The largest middle square that 128 divides is averaged in blocks.

    Args:
        name: "camera", "chelsea", "coffee" or "astronaut", scikit-image's names.

    Returns:
        (128, 128) uint8, 0 black to 255 white.

    Raises:
        ValueError: another name.

    Source: scikit-image's package, all in the public domain or CC0; no network is used.

    >>> load_photograph("camera").shape
    (128, 128)
    """
    if name not in list(PHOTOGRAPHS):
        raise ValueError(
            f"expected one of the photographs {', '.join(PHOTOGRAPHS)}, got {reprlib.repr(name)}; "
            "choose one of these names"
        )
    from skimage import data  # takes a third of a second, so only where it is used

    picture = getattr(data, name)().astype(float)
    if picture.ndim == 3:
        picture = picture @ _BRIGHTNESS
    block = min(picture.shape) // _SIDE
    top, left = ((side - block * _SIDE) // 2 for side in picture.shape)
    square = picture[top : top + block * _SIDE, left : left + block * _SIDE]
    blocks = square.reshape(_SIDE, block, _SIDE, block)
    return np.rint(blocks.mean((1, 3))).astype(np.uint8)
