"""What a lesson shows, as HTML of a page: read or live, it is written the same way.

It also runs in a live page's own Python, so it needs no more than the lessons' questions do.
"""

import re
from html import escape, unescape
from urllib.parse import unquote

import mistune

from helpers.questions.markup import keep_marks, mathml
from helpers.questions.shown import ANSWER_HINT

SVG_IMAGE = r'<img src="data:image/svg\+xml,([^"]*)"[^>]*>'
_FORMULA = r"\$\$(.+?)\$\$|\$(.+?)\$"


def for_page(html):
    """Return a lesson's output as a page shows it.

    Its SVG stands in the page itself, so that it can be sized and its text selected; a question's formulas
    are drawn; how to answer in JupyterLab is left out.
    """
    html = re.sub(SVG_IMAGE, lambda image: f"<figure>{unquote(image[1])}</figure>", html)
    if "cnn-question" in html:
        html = keep_marks(re.sub(_FORMULA, _draw_formula, html, flags=re.DOTALL))
    return html.replace(ANSWER_HINT, "")


def _draw_formula(formula):
    block, inline = formula.groups()
    return mathml(unescape(block or inline), "block" if block else "inline")


class PageRenderer:
    """How Markdown becomes a page, for a renderer of mistune: formulas in MathML, wide tables in a frame."""

    def link(self, text, url, title=None):
        """Lead from page to page."""
        return super().link(text, re.sub(r"\.ipynb(?=#|$)", ".html", url), title)

    def inline_math(self, body):
        """Draw a formula in a line of text."""
        return mathml(body)

    def block_math(self, body):
        """Draw a formula that stands by itself, with the number that its tag gives."""
        formula, number = re.fullmatch(r"(.*?)(?:\\tag\{(.*)\})?\s*", body, flags=re.DOTALL).groups()
        formula = formula.replace("{aligned}", "{align*}")  # the name that latex2mathml knows
        label = f'<span class="number">({escape(number)})</span>' if number else ""
        return f'<div class="formula" tabindex="0">{mathml(formula, "block")}{label}</div>'

    def table(self, text):
        """Frame a table."""
        return f'<div class="wide" tabindex="0"><table>{text}</table></div>'


class _Renderer(PageRenderer, mistune.HTMLRenderer):
    def block_code(self, code, info=None):
        # Imported where it is used: it takes a moment, and few lessons show code that way.
        from pygments import highlight
        from pygments.formatters.html import HtmlFormatter
        from pygments.lexers.python import PythonLexer

        return (
            highlight(code, PythonLexer(), HtmlFormatter()) if info == "python" else super().block_code(code)
        )


_markdown = mistune.create_markdown(escape=False, renderer=_Renderer(escape=False), plugins=["math", "table"])


def markdown(text):
    """Return the HTML of a lesson's Markdown."""
    return keep_marks(_markdown(text))
