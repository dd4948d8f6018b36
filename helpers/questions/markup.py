"""The Markdown of questions as HTML: formulas as MathML for a live view, as they are for a stored lesson."""

import re

import mistune
from latex2mathml.converter import convert


class _Live(mistune.HTMLRenderer):
    def inline_math(self, formula):
        return convert(formula)

    def block_math(self, formula):
        return convert(formula, display="block")


class _Stored(mistune.HTMLRenderer):
    """Leaves the formulas to JupyterLab, which lets no MathML into a lesson that was not run yet."""

    def inline_math(self, formula):
        return f"${mistune.escape(formula)}$"

    def block_math(self, formula):
        return f"$${mistune.escape(formula)}$$"


live_html = mistune.create_markdown(renderer=_Live(), plugins=["math", "table"])
stored_html = mistune.create_markdown(renderer=_Stored(), plugins=["math", "table"])


def verbatim(text):
    """Return Markdown that shows a text sign for sign, such as "7*7*36"."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
