"""The pieces that every SVG picture is made of: document, text, cells, number grids, images, palette."""

import base64
import struct
import zlib
from html import escape

import numpy as np

from helpers.language import language, said, say
from helpers.wording import letters, number

# Okabe and Ito's palette, told apart with any colour vision; tints of it behind numbers.
INK = "#1a1a1a"
MUTED = "#5c5c5c"
LINE = "#b8b8b8"
PAPER = "#ffffff"
BLUE = "#0072b2"
BLUE_INK = "#00639b"  # of numbers on a tint: BLUE itself has too little contrast there (WCAG AA)
BLUE_TINT = "#dbeaf5"
ORANGE = "#d55e00"
GREEN = "#009e73"
PURPLE = "#cc79a7"
ORANGE_TINT = "#fde3cf"
FAINT = "#f4f4f4"

WIDTH = 760  # of an explorer's picture, in pixels
LINE_HEIGHT = 24
_SMALLEST = 11  # pixels that a number needs to be read

# A translation adds the fonts that have its letters.
FONT = say("system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif")


class Svg(str):
    """SVG text that knows in words what it shows.

    Attributes:
        description: what the picture shows, in a sentence or two.
    """

    description = ""


def document(width, height, parts, description, shown_width=None):
    """Wrap parts into one SVG document that scales down with its column and never up.

    Args:
        width: natural width in pixels.
        height: natural height in pixels.
        parts: iterable of SVG elements as text.
        description: what the picture shows, read aloud in its place.
        shown_width: width on the page in pixels, or None for the natural one. JupyterLab scales what an
            explorer shows, but cuts off a picture by itself that is wider than its column.

    Returns:
        An `Svg`; the same input gives the same text.
    """
    shown_width = width if shown_width is None else shown_width
    description = said(description)
    svg = Svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{shown_width:g}" '
        f'style="max-width:100%;height:auto"{_language()} role="img" aria-label="{escape(description)}" '
        f'font-family="{FONT}" font-size="15" fill="{INK}">'
        f'<rect width="{width:g}" height="{height:g}" rx="6" fill="{PAPER}"/>' + "".join(parts) + "</svg>"
    )
    svg.description = description
    return svg


def _language():
    """Return the attribute that tells which language's letters a browser is to take; none for English."""
    return "" if language() == "en" else f' xml:lang="{language()}"'


def text(x, y, content, *, size=15, anchor="start", fill=INK, weight="normal"):
    """Write one line; (x, y) is the start, middle or end of its baseline, in pixels."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="{fill}" '
        f'font-weight="{weight}">{escape(said(content))}</text>'
    )


def heading(x, y, content):
    """Write the heading of a grid; (x, y) is the grid's upper left corner, in pixels."""
    return text(x, y - 12, content, weight="bold")


def two_headings(x, y, title, detail):
    """Write a title and, below it, a detail; (x, y) is the upper left corner of both, in pixels."""
    return text(x, y + 14, title, weight="bold") + text(x, y + 34, detail, size=13, fill=MUTED)


def lines(x, y, contents, *, fill=INK, size=15):
    """Write lines below each other; (x, y) is the start of the first one's baseline, in pixels."""
    return "".join(
        text(x, y + LINE_HEIGHT * place, line, fill=fill, size=size) for place, line in enumerate(contents)
    )


def line(x1, y1, x2, y2, *, stroke=LINE, stroke_width=1, dash=""):
    """Draw a straight line, in pixels; `dash` as in SVG, such as "6 3"; clicks reach what lies beneath."""
    pattern = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{stroke}" '
        f'stroke-width="{stroke_width:g}"{pattern} pointer-events="none"/>'
    )


def rectangle(x, y, width, height, *, fill="none", stroke="none", stroke_width=1, dash=""):
    """Draw a rectangle from its upper left corner, in pixels; clicks reach what lies beneath."""
    pattern = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="{stroke_width:g}"{pattern} pointer-events="none"/>'
    )


def cell_frame(x, y, side, corner, sides=(1, 1), *, stroke=ORANGE, stroke_width=3, dash=""):
    """Frame some cells of a grid.

    Args:
        x: left edge of the grid in pixels.
        y: upper edge of the grid in pixels.
        side: side of a cell in pixels.
        corner: (row, column) of the first cell in the frame.
        sides: (rows, columns) of the frame.
        stroke: colour.
        stroke_width: in pixels.
        dash: as for `line`.

    Returns:
        An SVG element as text.
    """
    (row, column), (height, width) = corner, sides
    box = x + column * side, y + row * side, width * side, height * side
    return rectangle(*box, stroke=stroke, stroke_width=stroke_width, dash=dash)


def hatching(x, y, side):
    """Hatch a square cell with three diagonal strokes; a pattern's id would clash between two pictures."""
    third, two_thirds = side / 3, side * 2 / 3
    return (
        f'<path d="M{x:g} {y + two_thirds:g}L{x + two_thirds:g} {y:g}M{x:g} {y + side:g}L{x + side:g} {y:g}'
        f'M{x + third:g} {y + side:g}L{x + side:g} {y + third:g}" stroke="{MUTED}" pointer-events="none"/>'
    )


def image(pixels, x, y, width, height):
    """Place an image, each pixel a sharp square.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3) colour, uint8, as `grey` and `signed` make them.
        x: left edge in pixels of the picture.
        y: upper edge in pixels of the picture.
        width: of the whole image.
        height: of the whole image.

    Returns:
        An SVG element as text, which holds the image as PNG.
    """
    data = base64.b64encode(_png(pixels)).decode()
    return (
        f'<image x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" preserveAspectRatio="none" '
        f'style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
    )


def framed_image(pixels, x, y, width, height):
    """Place an image as `image` does, in a frame."""
    return image(pixels, x, y, width, height) + rectangle(x, y, width, height, stroke=LINE)


def pixel_sensor(name, x, y, width, height, rows, columns):
    """Lay an invisible sheet over an image: a click on it reports the pixel, "name-row-column"."""
    return (
        f'<rect data-cell="{name}" data-pixels="{rows} {columns}" x="{x:g}" y="{y:g}" width="{width:g}" '
        f'height="{height:g}" fill="transparent"/>'
    )


def map_grid(maps, x, y, scale, *, columns, name, limit=None, chosen=None):
    """Draw several maps in rows, blue below zero and orange above, each clickable under its number.

    Maps of red, green and blue are drawn in these colours, grey at zero.

    Args:
        maps: (H, W, K), K maps, or (H, W, 3, K).
        x: left edge in pixels.
        y: upper edge in pixels.
        scale: pixels of the picture for one pixel of a map.
        columns: maps in a row.
        name: each map carries data-cell="name-index", counted from 0, which a click reports.
        limit: value that takes the full colour, or None for the largest distance from 0.
        chosen: index of the map in the orange frame, or None.

    Returns:
        SVG elements as one text.
    """
    height, width, *channels, count = maps.shape
    limit = largest(maps) if limit is None else limit
    rows, gap = -(-count // columns), max(round(3 / scale), 1)
    sides = rows * (height + gap), columns * (width + gap)
    sheet = np.full((*sides, *channels), float(limit if channels else 0))  # paper between the maps
    corners = [(i // columns * (height + gap), i % columns * (width + gap)) for i in range(count)]
    frames = []
    for index, (top, left) in enumerate(corners):
        sheet[top : top + height, left : left + width] = maps[..., index]
        frames.append(
            f'<rect data-cell="{name}-{index}" x="{x + left * scale:g}" y="{y + top * scale:g}" '
            f'width="{width * scale:g}" height="{height * scale:g}"/>'
        )
    pixels = grey(sheet, -limit, limit) if channels else signed(sheet, limit)
    parts = [image(pixels, x, y, sheet.shape[1] * scale, sheet.shape[0] * scale)]
    parts.append(f'<g fill="transparent" stroke="{LINE}">{"".join(frames)}</g>')
    if chosen is not None:
        top, left = corners[chosen]
        corner, frame = (x + left * scale - 1, y + top * scale - 1), (width * scale + 2, height * scale + 2)
        parts.append(rectangle(*corner, *frame, stroke=ORANGE, stroke_width=3))
    return "".join(parts)


def arrow(x, y, length):
    """Draw an arrow to the right from (x, y), in pixels."""
    tip = x + length
    return (
        f'<path d="M{x:g} {y:g}H{tip:g}M{tip - 7:g} {y - 5:g}L{tip:g} {y:g}L{tip - 7:g} {y + 5:g}" '
        f'stroke="{MUTED}" stroke-width="2" fill="none" pointer-events="none"/>'
    )


def largest(values):
    """Return the largest distance from 0; 1 where all are 0."""
    return float(np.abs(values).max()) or 1.0


def tenths(length):
    """Round to tenths of a pixel: the last digits of a float32 sum differ from machine to machine."""
    return round(float(length), 1)


def ink(values):
    """Turn values from 0, paper, to 1, ink, into uint8 as `grey` does."""
    return grey(-values, -1, 0)


def grey(values, low, high):
    """Turn values into uint8 from black at `low` to white at `high`; what lies outside is cut off."""
    return _levels(np.clip((values - low) / (high - low), 0, 1) * 255)


def signed(values, limit=None):
    """Turn values (rows, columns) into uint8 colours: blue at -limit over paper at 0 to orange at +limit.

    Without a limit, the largest distance from 0 takes the full colour.
    """
    share = np.clip(values / (largest(values) if limit is None else limit), -1, 1)[..., np.newaxis]
    below, middle, above = map(_rgb, (BLUE, PAPER, ORANGE))
    colour = middle + np.where(share < 0, below - middle, above - middle) * np.abs(share)
    return _levels(colour)


def shades(values, low, high, colour):
    """Turn values into colours "#rrggbb", from paper at `low` to `colour` at `high`."""
    share = ((values - low) / (high - low))[..., np.newaxis]
    mixed = np.rint(_rgb(PAPER) + share * (_rgb(colour) - _rgb(PAPER))).astype(int)
    return np.array(["#{:02x}{:02x}{:02x}".format(*rgb) for rgb in mixed.reshape(-1, 3)]).reshape(
        values.shape
    )


def cell_place(cell):
    """Take a data-cell apart: a grid's "name-row-column", or the "name-index" of `map_grid`.

    >>> cell_place("output-3-4")
    ('output', 3, 4)
    >>> cell_place("map-12")
    ('map', 12)
    """
    name, *place = cell.split("-")
    return name, *map(int, place)


def number_grid(values, x, y, side, *, name, fills=None, inks=None, labels=None):
    """Draw an array as square cells with its numbers.

    Args:
        values: (rows, columns).
        x: left edge in pixels.
        y: upper edge in pixels.
        side: side of a cell in pixels.
        name: each cell carries data-cell="name-row-column", counted from 0, which a click reports.
        fills: colours (rows, columns), or None for paper.
        inks: colours of the numbers (rows, columns), or None for ink.
        labels: texts (rows, columns) in place of the numbers, or None.

    Returns:
        SVG elements as one text.
    """
    rows, columns = values.shape
    if labels is None:
        labels = [[number(value) for value in row] for row in values.tolist()]
    longest = max(letters(label) for row in labels for label in row)
    size = max(_SMALLEST, min(16, side * 0.5, side * 1.5 / max(longest, 1)))
    cells = []
    for row in range(rows):
        top = y + row * side
        for column in range(columns):
            left = x + column * side
            fill = PAPER if fills is None else fills[row][column]
            ink = INK if inks is None else inks[row][column]
            cells.append(
                f'<g data-cell="{name}-{row}-{column}">'
                f'<rect x="{left:g}" y="{top:g}" width="{side:g}" height="{side:g}" fill="{fill}"/>'
                f'<text x="{left + side / 2:g}" y="{top + side / 2 + size * 0.35:g}" fill="{ink}" '
                f'stroke="none">{labels[row][column]}</text></g>'
            )
    return f'<g stroke="{LINE}" text-anchor="middle" font-size="{size:.3g}">' + "".join(cells) + "</g>"


def _png(pixels):
    """Write an image as PNG (ISO/IEC 15948) with the standard library, which every browser's Python has."""
    height, width, *colour = pixels.shape
    rows = pixels.reshape(height, -1)
    # Flat areas pack best as they are, photographs often as the change from row to row, filter 2 of PNG.
    changes = np.diff(rows, axis=0, prepend=np.zeros_like(rows[:1]))
    packed = min((_packed(0, rows), _packed(2, changes)), key=len)
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if colour else 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _packed(png_filter, rows):
    """Compress rows of bytes, each behind the number of its filter."""
    # Level 4 is three times as fast as 6 on a network's maps, and a tenth larger.
    return zlib.compress(np.insert(rows, 0, png_filter, axis=1).tobytes(), 4)


def _levels(values):
    """Round to uint8; to four decimals first, so that the last bits of a sum do not decide a tie."""
    return np.rint(np.round(values, 4)).astype(np.uint8)


def _rgb(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
