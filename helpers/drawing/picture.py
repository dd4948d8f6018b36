"""How a lesson shows a picture that does not move: with a sentence for those who do not see it."""

import base64
import io
from html import escape
from pprint import pformat
from urllib.parse import quote

from IPython.display import Markdown

from helpers.language import said, say

_HINT = say("<em>The controls appear when the lesson runs: Run → Run All Cells.</em>")
RUN_HINT = f"<p>{_HINT}</p>"
_FOLD_TITLE = say("What comes out")
FOLD = f"<details><summary>{_FOLD_TITLE}</summary>"  # begins what `folded` shows
_DPI = 100  # figure inches to page pixels
_COLOURS = 128


def png(figure):
    """Draw curves as PNG bytes with two pixels for each pixel of the page, sharp on a projector."""
    from PIL import Image  # comes with matplotlib, which explorers and pictures in SVG do without

    drawn, buffer = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=2 * _DPI)
    # A palette is enough for lines and text, and takes a third of the room in the stored lesson.
    Image.open(drawn).convert("RGB").quantize(_COLOURS).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def png_image(data, width, description):
    """Return PNG bytes as an HTML element with a text for those who do not see it.

    It is `width` pixels wide, or as wide as the page has room.
    """
    source = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return f'<img src="{source}" width="{width}" alt="{escape(description)}" style="max-width:100%">'


def svg_image(svg, description):
    """Return SVG text as an HTML element with a text for those who do not see it.

    JupyterLab hides "image/svg+xml" in a lesson that was not run yet, since SVG could carry a script; in an
    image no script runs.
    """
    # What nbval has to recognise in it, a PNG's beginning, stays as it is.
    source = f"data:image/svg+xml,{quote(svg, safe=' :/;,=+')}"
    return f'<img src="{source}" alt="{escape(description)}" style="max-width:100%">'


def before_it_runs(sentence, image=""):
    """Return the HTML that a lesson shows in place of a widget until it is run.

    Args:
        sentence: what the widget says, as text.
        image: what it shows, as an HTML element.
    """
    return f"{image}<p>{escape(sentence)}</p>{RUN_HINT}"


class Picture:
    """A figure that a lesson's cell ends in.

    Args:
        figure: a matplotlib Figure.
        description: what it shows, in a sentence.
    """

    def __init__(self, figure, description):
        self._figure = figure
        self._description = said(description)

    def __repr__(self):
        return self._description

    def _repr_mimebundle_(self, include=None, exclude=None):
        # In HTML, since Jupyter shows "image/png" without any text in its place.
        image = png_image(png(self._figure), round(self._figure.get_figwidth() * _DPI), self._description)
        return {"text/html": image, "text/plain": self._description}


class SvgPicture:
    """SVG text that a lesson's cell ends in.

    Args:
        svg: a whole document, as `svg.document` makes it.
        text: what stands for it where a page has text alone; None for the document's description.
    """

    def __init__(self, svg, text=None):
        self.svg = svg
        self._text = svg.description if text is None else text

    def __repr__(self):
        return self._text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": svg_image(self.svg, self.svg.description), "text/plain": self._text}


class Folded:
    """Anything that a lesson's cell ends in, folded away until the reader asks for it.

    JupyterLab unfolds the outputs that it has folded itself whenever their cell runs; this stays folded.

    Args:
        shown: a picture, code as `show_source` shows it, or any value.
    """

    def __init__(self, shown):
        self.shown = shown

    def __repr__(self):
        return repr(self.shown)

    def _repr_mimebundle_(self, include=None, exclude=None):
        if isinstance(self.shown, Markdown):
            title = escape(say("The code") if "```" in self.shown.data else _FOLD_TITLE)
            text = f"<details><summary>{title}</summary>\n\n{self.shown.data}\n\n</details>"
            return {"text/markdown": text, "text/plain": title}
        if hasattr(self.shown, "_repr_mimebundle_"):
            inside = self.shown._repr_mimebundle_()["text/html"]
        else:
            inside = f"<pre>{escape(pformat(self.shown, sort_dicts=False))}</pre>"
        html = f"{FOLD}{inside}</details>"
        return {"text/html": html, "text/plain": pformat(self.shown, sort_dicts=False)}


def folded(shown):
    """Fold the result that answers a question away, at the end of a cell: `folded(show_arrays(uses))`."""
    return Folded(shown)
