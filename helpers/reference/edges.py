"""Canny's edges, lines one pixel thin, which take several steps (section 3-1, convolution layer)."""

import numpy as np

from helpers.reference.arrays import grey_image, length
from helpers.reference.filters import SOBEL_X, SOBEL_Y, filter_image
from helpers.reference.robustness import shift

WEAK, STRONG = 0.1, 0.2  # Sobel magnitudes, of a picture from 0 to 1
_NEARLY = 1e-9  # above the last bits of a sum, far below what makes an edge


def canny(image, sigma):
    """Find the edges of a grey picture.

    The steps: blur it (Gaussian), measure how steep it is everywhere (Sobel), thin each edge to the ridge
    where it is steepest, and keep the strong edges, with the weak ones that are joined to them.

    Args:
        image: (H, W), 0 for black to 1 for white.
        sigma: width of the blur, its standard deviation in pixels.

    Returns:
        (H, W), bool, true on an edge; never in the outermost rows and columns.

    Raises:
        TypeError, ValueError: the image is not (H, W), or sigma not a positive number.

    Source: section 3-1, convolution layer: Canny; J. Canny, 1986. Blur and thresholds as in scikit-image.

    >>> canny(np.repeat([[0, 0, 0, 1, 1, 1]], 4, axis=0), 1.0)[1]
    array([False, False,  True,  True, False, False])
    """
    image, sigma = grey_image("image", image), length("sigma", sigma)
    rows, columns = (_blur(side, sigma) for side in image.shape)
    smooth = rows @ image @ columns.T
    down, right = filter_image(smooth, SOBEL_Y), filter_image(smooth, SOBEL_X)
    slope = np.hypot(down, right) + _NEARLY
    ridge = _is_ridge(slope, down, right)
    return _connected(ridge & (slope >= STRONG), ridge & (slope >= WEAK))


def _blur(side, sigma):
    """Return the Gaussian's weights along a line as a matrix: each row averages around one pixel.

    Near an end of the line, where pixels are missing, the others weigh more.
    """
    distance = abs(np.subtract.outer(np.arange(side), np.arange(side)))
    bell = np.exp(-((distance / sigma) ** 2) / 2) * (distance <= 4 * sigma + 0.5)
    return bell / bell.sum(axis=1, keepdims=True)


def _is_ridge(slope, down, right):
    """Mark the pixels that are at least as steep as the places one step uphill and one step downhill.

    Such a place lies between two pixels: one straight ahead, along a row or a column, and one diagonally.
    """
    sizes, places = abs(np.array([down, right])), np.indices(slope.shape)
    diagonal = np.sign([down, right]).astype(int)
    straight = diagonal * (sizes == sizes.max(axis=0))
    share = sizes.min(axis=0) / np.maximum(sizes.max(axis=0), _NEARLY)
    padded = np.pad(slope, 1)

    def step(sign):
        ahead, aside = (
            padded[tuple(places + 1 + sign * way)] for way in (straight, diagonal)
        )
        return (1 - share) * ahead + share * aside

    ridge = np.maximum(step(1), step(-1)) <= slope + _NEARLY
    ridge[[0, -1]] = ridge[:, [0, -1]] = False
    return ridge


def _connected(strong, weak):
    """Keep of the weak pixels those that are joined to a strong one, also across corners."""
    joined = strong
    while True:
        tall = joined | shift(joined, down=1) | shift(joined, down=-1)
        wide = tall | shift(tall, right=1) | shift(tall, right=-1)
        if np.array_equal(weak & wide, joined):
            return joined
        joined = weak & wide
