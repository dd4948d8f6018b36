"""How a lesson shows a matplotlib figure: as a sharp PNG with a sentence in its place."""

import base64
import io
from html import escape

_DPI = 100  # figure inches to page pixels


def png(figure):
    """Draw a figure as PNG bytes with two pixels for each pixel of the page, sharp on a projector."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=2 * _DPI)
    return buffer.getvalue()


def png_bundle(data, width, description):
    """Give PNG bytes as Jupyter shows them: `width` pixels wide, with a text for those who do not see it.

    In HTML, since Jupyter shows "image/png" without any text in its place.
    """
    source = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    image = f'<img src="{source}" width="{width}" alt="{escape(description)}">'
    return {"text/html": image, "text/plain": description}


class Picture:
    """A figure that a lesson's cell ends in.

    Args:
        figure: a matplotlib Figure.
        description: what it shows, in a sentence.
    """

    def __init__(self, figure, description):
        self._figure = figure
        self._description = description

    def __repr__(self):
        return self._description

    def _repr_mimebundle_(self, include=None, exclude=None):
        width = round(self._figure.get_figwidth() * _DPI)
        return png_bundle(png(self._figure), width, self._description)
