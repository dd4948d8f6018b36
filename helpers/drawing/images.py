"""Pictures of a data set."""

import numpy as np

from helpers.drawing import svg
from helpers.drawing.picture import SvgPicture
from helpers.language import say

_PER_ROW = 5
_SIDE, _STEP, _ROW = 120, 138, 156  # of a gallery's image, from one to the next, and of its rows, in pixels
_SMALL, _GAP, _LEFT = 48, 4, 110  # of a gallery by class


def image_gallery(images, titles, description):
    """Show images in rows of five, each under its title.

    Args:
        images: (N, H, W, 1) grey or (N, H, W, 3) colour, uint8.
        titles: N short texts, or anything that reads as one.
        description: what the picture shows, in a sentence.

    Returns:
        An SvgPicture 700 pixels wide; empty where there is no image.

    Raises:
        ValueError: there are more titles than images, or fewer.
    """
    return _gallery(_pixels(images), titles, description)


def grey_gallery(images, titles, description):
    """Show grey pictures (N, H, W) as light: 0 is black and 255 white, what lies outside is cut off.

    Takes the rest, returns and raises what `image_gallery` does.
    """
    return _gallery((svg.grey(np.asarray(image), 0, 255) for image in images), titles, description)


def map_gallery(maps, titles, description):
    """Show feature maps (N, H, W) in frames: blue below zero, orange above.

    Each map's largest value, up or down, takes the full colour. Takes the rest, returns and raises what
    `image_gallery` does.
    """
    return _gallery(map(svg.signed, np.asarray(maps)), titles, description, svg.framed_image)


def filter_gallery(kernels, titles, description):
    """Show the filters of two first layers side by side, each as a picture in colour, grey at zero.

    Args:
        kernels: two arrays (f_h, f_w, 3, K).
        titles: two short texts.
        description: what the picture shows, in a sentence.

    Returns:
        An SvgPicture 700 pixels wide; each filter's largest weight, up or down, takes the full light.
    """
    parts, bottom = [], 0
    for left, kernel, title in zip((14, 364), kernels, titles, strict=True):
        height, width, _, count = kernel.shape
        scale = 320 / (8 * (width + 1))  # with a gap of one pixel
        parts.append(svg.text(left, 22, title, weight="bold"))
        alike = kernel / np.abs(kernel).max(axis=(0, 1, 2))
        parts.append(svg.map_grid(alike, left, 34, scale, columns=8, name="filter", limit=1))
        bottom = max(bottom, 34 + -(-count // 8) * (height + 1) * scale)
    return SvgPicture(svg.document(700, bottom + 8, parts, description))


def class_gallery(images, labels, classes, description):
    """Show ten images of each class, one class in a row; where there are fewer, the row ends early.

    Args:
        images: (N, H, W, 1) grey or (N, H, W, 3) colour, uint8.
        labels: (N,) places in `classes`.
        classes: their names.
        description: what the picture shows, in a sentence.

    Returns:
        An SvgPicture 640 pixels wide.
    """
    step = _SMALL + _GAP
    parts = []
    for row, name in enumerate(classes):
        top = 8 + row * step
        parts.append(svg.text(_LEFT - 10, top + _SMALL / 2 + 5, name, anchor="end"))
        for column, pixels in enumerate(_pixels(images[np.flatnonzero(labels == row)[:10]])):
            parts.append(svg.image(pixels, _LEFT + column * step, top, _SMALL, _SMALL))
    return SvgPicture(svg.document(640, 12 + len(classes) * step, parts, description))


def channel_gallery(image, brightest):
    """Show a colour picture and, beside it, each of its channels alone.

    Takes (H, W, 3), intensities of red, green and blue, and the intensity of full light; returns what
    `image_gallery` does.
    """
    pixels = np.rint(image * 255 / brightest).astype(np.uint8)
    alone = [pixels * keep for keep in np.eye(3, dtype=np.uint8)]
    description = say("A colour picture, then its red, its green and its blue channel alone.")
    return image_gallery(np.stack([pixels, *alone]), ["RGB", "R", "G", "B"], description)


def _gallery(images, titles, description, draw=svg.image):
    """Draw images, as `svg.image` takes them, in rows of five, each under its title."""
    parts, titles = [], list(titles)
    for place, (pixels, title) in enumerate(zip(images, titles, strict=True)):
        row, column = divmod(place, _PER_ROW)
        x, y = 14 + column * _STEP, 30 + row * _ROW
        parts.append(svg.text(x + _SIDE / 2, y - 8, str(title), anchor="middle"))
        parts.append(draw(pixels, x, y, _SIDE, _SIDE))
    rows = -(-len(titles) // _PER_ROW)
    return SvgPicture(svg.document(700, 8 + rows * _ROW, parts, description))


def _pixels(images):
    """Images as `svg.image` takes them; grey ones as ink on paper, as the chapter prints its digits."""
    return 255 - images[..., 0] if images.shape[-1] == 1 else images
