"""Pictures of filters at work on photographs and digits (section 3-1, convolution layer)."""

import numpy as np

from helpers.drawing import svg

WIDTH = 760
_MARGIN = 16
_PHOTO = 256  # 128 pixels, two each
_CELL = 36


def before_and_after(before, after, *, titles, lines, signed_limit, window, panels, description):
    """Draw a photograph, what a filter made of it, and how one pixel came about.

    Args:
        before: (H, W), 0 to 255.
        after: (H, W), 0 to 255, or signed.
        titles: of the two images.
        lines: texts beside them, from the top.
        signed_limit: None where `after` is grey; else the value that takes the full colour.
        window: (row, column, side) of the pixel and the side of its window, framed in both; or None.
        panels: (title, values (rows, columns), fills (rows, columns) or None) each, a grid below the images.
        description: what the picture shows.

    Returns:
        SVG text; data-cell "photo-row-column" for the pixel that is clicked.
    """
    top, second = 42, _MARGIN + _PHOTO + 20
    pictured = svg.grey(after, 0, 255) if signed_limit is None else svg.signed(after, signed_limit)
    parts = []
    for left, title, pixels in (
        (_MARGIN, titles[0], svg.grey(before, 0, 255)),
        (second, titles[1], pictured),
    ):
        parts += [
            svg.text(left, 28, title, weight="bold"),
            svg.image(pixels, left, top, _PHOTO, _PHOTO),
            svg.rectangle(left, top, _PHOTO, _PHOTO, stroke=svg.LINE),
            _marks(window, left, top, _PHOTO / len(before)) if window else "",
            svg.pixel_sensor("photo", left, top, _PHOTO, _PHOTO, *before.shape),
        ]
    parts += _lines(lines, second + _PHOTO + 16, top + 14)
    bottom = top + _PHOTO
    left = _MARGIN
    for title, values, fills in panels:
        parts += [
            svg.text(left, bottom + 32, title, weight="bold"),
            svg.number_grid(values, left, bottom + 42, _CELL, name="panel", fills=fills),
        ]
        left += max(values.shape[1] * _CELL, 200) + 20
    tallest = max((len(values) for _, values, _ in panels), default=0)
    if tallest:
        bottom += 42 + tallest * _CELL
    return svg.document(WIDTH, bottom + _MARGIN, parts, description)


def filter_galleries(galleries, digit, *, chosen, description):
    """Draw sets of filters, each filter above the feature map that it makes of the same digit.

    Args:
        galleries: (title, filters (f, f, K), maps (H, W, K)) each.
        digit: (H, W), 0 to 1.
        chosen: index of the filter drawn large below.
        description: what the picture shows.

    Returns:
        SVG text; data-cell "map-index" and "filter-index".
    """
    columns, map_scale = 4, 2
    parts, left = [], _MARGIN
    for title, filters, maps in galleries:
        parts += [
            svg.text(left, 28, title, weight="bold"),
            svg.text(left, 50, "filters", size=13, fill=svg.MUTED),
            svg.map_grid(
                filters, left, 60, 5, columns=columns, limit=_largest(filters), name="filter", chosen=chosen
            ),
            svg.text(left + 124, 50, "their feature maps", size=13, fill=svg.MUTED),
            svg.map_grid(
                maps,
                left + 124,
                60,
                map_scale,
                columns=columns,
                limit=_largest(maps),
                name="map",
                chosen=chosen,
            ),
        ]
        left += 376
    return svg.document(WIDTH, 470, [*parts, *_large(galleries, digit, chosen)], description)


def _large(galleries, digit, chosen):
    top, side = 318, 112
    ink = svg.grey(-digit, -1, 0)
    parts, left = [], _MARGIN
    for title, filters, maps in galleries:
        kernel = filters[..., chosen]
        parts += [
            svg.text(left, top, f"{title}: digit, filter {chosen + 1}, feature map", size=14, weight="bold")
        ]
        pictures = (
            ink,
            svg.signed(kernel, _largest(filters)),
            svg.signed(maps[..., chosen], _largest(maps)),
        )
        for place, pixels in enumerate(pictures):
            x = left + place * (side + 8)
            parts += [
                svg.image(pixels, x, top + 14, side, side),
                svg.rectangle(x, top + 14, side, side, stroke=svg.LINE),
            ]
        left += 376
    return parts


def _largest(values):
    return float(np.abs(values).max()) or 1.0


def _marks(window, x, y, scale):
    row, column, side = window
    reach = side // 2
    return svg.cell_frame(x, y, scale, (row - reach, column - reach), (side, side))


def _lines(lines, x, y):
    return [svg.text(x, y + 23 * place, line, size=14) for place, line in enumerate(lines)]
