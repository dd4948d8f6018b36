"""A stored lesson as HTML that needs no network: formulas as MathML, pictures as SVG, links between pages."""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import nbformat
from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.slides import SlidesExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from helpers.chapter.lessons import lesson_table
from helpers.drawing.picture import FOLD, RUN_HINT
from helpers.language import say
from publish.page_html import SVG_IMAGE, PageRenderer, for_page

PROJECT = Path(__file__).resolve().parents[1]
FILES = Path(__file__).parent


def is_explorer(cell):
    """Tell whether a cell shows an explorer, perhaps not at its start, and does nothing else."""
    return re.fullmatch(r"\w+Explorer\(\)(\.set\(.*\))?", cell.source) is not None


def is_question(cell):
    """Tell whether a cell of a stored lesson asks questions and does nothing else."""
    return re.fullmatch(r'(ask|check_yourself|rules_on_trial)\("?[\w-]*"?\)', cell.source) is not None


def is_folded(cell):
    """Tell whether what a code cell shows is folded away until a reader has answered."""
    return cell.cell_type == "code" and re.search(r"\bfolded\(", cell.source) is not None


def _explorer_svg(html):
    """Take the SVG out of the still picture of an explorer."""
    return unquote(re.search(SVG_IMAGE, html)[1])


class _Renderer(PageRenderer, IPythonRenderer):
    """Markdown of a lesson to HTML."""


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
        self.environment.filters |= {"for_page": for_page, "explorer_svg": _explorer_svg}
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
    write_text(exporter, folder / "index.html", title, text)


def write_text(exporter, path, title, text):
    """Write a page of Markdown."""
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text, id="lessons")])
    html, _ = exporter.from_notebook_node(page, {"title": title})
    path.write_text(html, "utf-8")


def package_folder(name):
    """Find an installed package without importing it."""
    return Path(find_spec(name).origin).parent
