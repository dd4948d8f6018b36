"""A stored lesson as HTML that needs no network: formulas as MathML, pictures as SVG, links between pages."""

import re
import shutil
from html import escape, unescape
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import nbformat
from latex2mathml.converter import convert
from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.slides import SlidesExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from helpers.chapter.lessons import lesson_table
from helpers.drawing.picture import FOLD, RUN_HINT
from helpers.language import say
from helpers.questions.shown import ANSWER_HINT

PROJECT = Path(__file__).resolve().parents[1]
FILES = Path(__file__).parent
_SVG_IMAGE = r'<img src="data:image/svg\+xml,([^"]*)"[^>]*>'
_FORMULA = r"\$\$(.+?)\$\$|\$(.+?)\$"


def is_explorer(cell):
    """Tell whether a cell of a stored lesson shows an explorer and does nothing else."""
    return re.fullmatch(r"\w+Explorer\(\)", cell.source) is not None


def is_question(cell):
    """Tell whether a cell of a stored lesson asks questions and does nothing else."""
    return re.fullmatch(r'(ask|check_yourself|rules_on_trial)\("?[\w-]*"?\)', cell.source) is not None


def is_folded(cell):
    """Tell whether what a code cell shows is folded away until a reader has answered."""
    return cell.cell_type == "code" and re.search(r"\bfolded\(", cell.source) is not None


def _explorer_svg(html):
    """Take the SVG out of the still picture of an explorer."""
    return unquote(re.search(_SVG_IMAGE, html)[1])


def _for_page(html):
    """Return a stored output as a page shows it.

    Its SVG stands in the page itself, so that it can be sized and its text selected; a question's formulas
    are drawn; how to answer in JupyterLab is left out.
    """
    html = re.sub(_SVG_IMAGE, lambda image: f"<figure>{unquote(image[1])}</figure>", html)
    if "cnn-question" in html:
        html = re.sub(_FORMULA, _draw_formula, html, flags=re.DOTALL)
    return html.replace(ANSWER_HINT, "")


def _draw_formula(formula):
    block, inline = formula.groups()
    return convert(unescape(block or inline), display="block" if block else "inline")


class _Renderer(IPythonRenderer):
    """Markdown to HTML, with MathML for formulas; wide tables scroll in a frame of their own."""

    def inline_math(self, body):
        return convert(body)

    def block_math(self, body):
        formula, number = re.fullmatch(r"(.*?)(?:\\tag\{(.*)\})?\s*", body, flags=re.DOTALL).groups()
        formula = formula.replace("{aligned}", "{align*}")  # the name that latex2mathml knows
        label = f'<span class="number">({escape(number)})</span>' if number else ""
        return f'<div class="formula" tabindex="0">{convert(formula, display="block")}{label}</div>'

    def link(self, text, url, title=None):
        return super().link(text, re.sub(r"\.ipynb(?=#|$)", ".html", url), title)

    def table(self, text):
        return f'<div class="wide" tabindex="0"><table>{text}</table></div>'


class _Static:
    """What pages and slides share: the renderer, no prompts, a template of this folder."""

    def __init__(self, template, **settings):
        super().__init__(
            raw_template=(FILES / template).read_text("utf-8"),
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            **settings,
        )
        self.environment.tests["explorer"] = is_explorer
        self.environment.tests["question"] = is_question
        self.environment.filters |= {"for_page": _for_page, "explorer_svg": _explorer_svg}
        self.environment.globals |= {"run_hint": RUN_HINT, "fold": FOLD, "say": say}

    def markdown2html(self, source):
        """Render Markdown; nbconvert's own leaves formulas to a script from the network."""
        renderer = _Renderer(escape=False, exclude_anchor_links=True)
        return MarkdownWithMath(renderer=renderer).render(source)


class PageExporter(_Static, HTMLExporter):
    """A lesson as one page to scroll."""


class DeckExporter(_Static, SlidesExporter):
    """A lesson as slides, from the slide types in its cells' metadata."""


def write_files(folder, *style_sheets):
    """Put what the pages load beside them: style sheets, colours of code, the font of formulas."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in style_sheets:
        shutil.copy(FILES / name, folder)
    # This style's colours meet WCAG AA on white.
    (folder / "code.css").write_text(HtmlFormatter(style="xcode").get_style_defs(".highlight"), "utf-8")
    write_font(folder)


def write_font(folder):
    """Put the font of formulas into a folder."""
    shutil.copy(package_folder("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf", folder)


def write_index(exporter, folder, title, introduction):
    """Write the page that leads to all lessons."""
    text = f"# {title}\n\n{introduction}\n\n{lesson_table(folder='')}"
    index = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text, id="lessons")])
    html, _ = exporter.from_notebook_node(index, {"title": title})
    (folder / "index.html").write_text(html, "utf-8")


def package_folder(name):
    """Find an installed package without importing it."""
    return Path(find_spec(name).origin).parent
