"""Pictures of a data set."""

import numpy as np
from matplotlib.figure import Figure

from helpers.figures.picture import Picture

_PER_ROW = 5


def image_gallery(images, titles, description):
    """Show images in rows of five, each under its title.

    Args:
        images: (N, H, W, 1) grey or (N, H, W, 3) colour, uint8.
        titles: N short texts, or anything that reads as one.
        description: what the picture shows, in a sentence.

    Returns:
        A Picture 760 pixels wide; empty where there is no image.

    Raises:
        ValueError: there are more titles than images, or fewer.
    """
    rows = max(1, -(-len(images) // _PER_ROW))
    figure = Figure(figsize=(7.6, 1.75 * rows), layout="constrained")
    for axes in (grid := figure.subplots(rows, _PER_ROW, squeeze=False)).flat:
        axes.set_axis_off()
    for axes, (image, title) in zip(grid.flat, zip(images, titles, strict=True), strict=False):
        # Ink on paper, as the chapter prints its digits.
        axes.imshow(image, cmap="binary", vmin=0, vmax=255)
        axes.set_title(title, fontsize=11)
    return Picture(figure, description)


def channel_gallery(image, brightest):
    """Show a colour picture and, beside it, each of its channels alone.

    Args:
        image: (H, W, 3), intensities of red, green and blue.
        brightest: the intensity of full light.

    Returns:
        A Picture 760 pixels wide.
    """
    pixels = np.rint(image * 255 / brightest).astype(np.uint8)
    alone = [pixels * keep for keep in np.eye(3, dtype=np.uint8)]
    description = "A colour picture, then its red, its green and its blue channel alone."
    return image_gallery([pixels, *alone], ["RGB", "R", "G", "B"], description)
