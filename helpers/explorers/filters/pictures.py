"""The picture that filters made by hand share: a photograph before and after, with numbers."""

from helpers.drawing import svg

_MARGIN, _TOP = 16, 42
_PHOTO = 256  # 128 pixels, two each
_CELL = 36


def before_and_after(images, panels, notes, description, window=None):
    """Draw a photograph, what a filter made of it, and the numbers behind it.

    Args:
        images: two pairs (title, pixels), pixels as `svg.grey` and `svg.signed` make them.
        panels: (title, values (rows, columns), fills (rows, columns) or None) each, a grid below the images.
        notes: text beside the images, line by line.
        description: what the picture shows.
        window: (row, column, side), a pixel and the side of its window, framed in both images; or None.

    A click on an image reports its pixel, "photo-row-column".
    """
    parts, left = [], _MARGIN
    for title, pixels in images:
        rows, columns = pixels.shape[:2]
        parts += [
            svg.text(left, 28, title, weight="bold"),
            svg.framed_image(pixels, left, _TOP, _PHOTO, _PHOTO),
        ]
        if window:
            row, column, side = window
            corner = row - side // 2, column - side // 2
            parts.append(svg.cell_frame(left, _TOP, _PHOTO / rows, corner, (side, side)))
        parts.append(svg.pixel_sensor("photo", left, _TOP, _PHOTO, _PHOTO, rows, columns))
        left += _PHOTO + 20
    for place, line in enumerate(notes.split("\n")):
        parts.append(svg.text(left - 4, _TOP + 14 + 23 * place, line, size=14))
    bottom, left = _TOP + _PHOTO, _MARGIN
    for title, values, fills in panels:
        parts += [
            svg.text(left, bottom + 32, title, weight="bold"),
            svg.number_grid(values, left, bottom + 42, _CELL, name="panel", fills=fills),
        ]
        left += max(values.shape[1] * _CELL, 200) + 20
    if panels:
        bottom += 42 + max(len(values) for _, values, _ in panels) * _CELL
    return svg.document(svg.WIDTH, bottom + _MARGIN, parts, description)
