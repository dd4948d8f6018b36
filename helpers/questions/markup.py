"""The Markdown of questions as HTML: formulas as MathML for a live view, as they are for a stored lesson."""

import re

import mistune
from latex2mathml.converter import convert

# A function's name, and a number or letter right behind it, between which TeX leaves some space.
_NAME = re.compile(r"(<mi>(?:exp|ln|log|max|min)</mi>)(?=<m(?:i|n|row|frac|sup|sub)\b)")
# A formula in a line of text, and what may not stand at the beginning of a line behind it.
_BEFORE_MARKS = re.compile(r'(<math [^>]*"inline">(?:(?!</math>).)*</math>)([，、。：；？）」]+)', re.DOTALL)


def mathml(formula, display="inline"):
    """Draw a formula, in TeX, as MathML."""
    return _NAME.sub(r'\1<mspace width="0.167em" />', convert(formula, display=display))


def keep_marks(html):
    """Keep Chinese punctuation on the line of the formula before it, as browsers do behind letters."""
    return _BEFORE_MARKS.sub(r'<span class="cnn-kept">\1\2</span>', html)


class _Live(mistune.HTMLRenderer):
    def inline_math(self, formula):
        return mathml(formula)

    def block_math(self, formula):
        return mathml(formula, "block")


class _Stored(mistune.HTMLRenderer):
    """Leaves the formulas to JupyterLab, which lets no MathML into a lesson that was not run yet."""

    def inline_math(self, formula):
        return f"${mistune.escape(formula)}$"

    def block_math(self, formula):
        return f"$${mistune.escape(formula)}$$"


_live_markdown = mistune.create_markdown(renderer=_Live(), plugins=["math", "table"])
stored_html = mistune.create_markdown(renderer=_Stored(), plugins=["math", "table"])


def live_html(text):
    """Return the HTML of a live question's Markdown."""
    return keep_marks(_live_markdown(text))


def verbatim(text):
    """Return Markdown that shows a text sign for sign, such as "7*7*36"."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
