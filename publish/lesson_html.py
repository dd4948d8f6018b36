"""A stored lesson as HTML that needs no network: formulas as MathML, pictures as SVG, links between pages."""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import nbformat
from fontTools import subset
from jinja2 import FileSystemLoader
from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.slides import SlidesExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from helpers.drawing.picture import RUN_HINT
from helpers.language import language, say
from helpers.questions.markup import keep_marks
from publish.page_html import SVG_IMAGE, PageRenderer, for_page

PROJECT = Path(__file__).resolve().parents[1]
FILES = Path(__file__).parent
# Colours of pygments' style "xcode", by the names that lesson.css knows them by.
_COLOURS = {
    colour: f"color: var(--code-{name}, {colour})"
    for colour, name in {
        "#A90D91": "keyword",
        "#C41A16": "string",
        "#1C01CE": "number",
        "#2300CE": "number",
        "#177500": "comment",
        "#3F6E75": "name",
        "#5B269A": "name",
        "#836C28": "name",
        "#633820": "name",
    }.items()
}
# What a formula is written with: the first and last code point of each block.
_LETTERS = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xFF),  # Latin-1, such as × and ·
    (0x300, 0x30C),  # accents
    (0x391, 0x3C9),  # Greek
    (0x2010, 0x2044),  # dots, dashes, primes
    (0x2061, 0x2064),  # what is multiplied unseen
    (0x2190, 0x2195),  # arrows
    (0x21D0, 0x21D5),
    (0x2200, 0x22A5),  # operators and relations
    (0x22C0, 0x22EF),
    (0x2308, 0x230B),  # rounding up and down
    (0x23DC, 0x23DF),  # braces above and below
    (0x27E8, 0x27E9),
    (0x1D400, 0x1D467),  # letters: bold, italic, bold and italic
    (0x1D6A4, 0x1D71B),  # Greek ones, bold and italic
)


def home(edition):
    """Return the folder of a language in the site; English has the site's own."""
    return "" if edition == "en" else f"{edition}/"


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
            extra_loaders=[FileSystemLoader(FILES)],  # one template may build on another
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            **settings,
        )
        self.environment.tests["explorer"] = is_explorer
        self.environment.tests["question"] = is_question
        self.environment.filters |= {"for_page": for_page, "explorer_svg": _explorer_svg}
        self.environment.globals |= {"run_hint": RUN_HINT, "say": say, "language": language}

    def markdown2html(self, source):
        """Render Markdown; nbconvert's own leaves formulas to a script from the network."""
        renderer = _Renderer(escape=False, exclude_anchor_links=True)
        return keep_marks(MarkdownWithMath(renderer=renderer).render(source))


class PageExporter(_Static, HTMLExporter):
    """A lesson as one page to scroll."""


class DeckExporter(_Static, SlidesExporter):
    """A lesson as slides, from the slide types in its cells' metadata."""


def write_files(folder, *files):
    """Put what the pages load beside them: files of this folder, colours of code, the font of formulas."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("look.js", "icon.svg", *files):
        shutil.copy(FILES / name, folder)
    (folder / "code.css").write_text(_code_colours(), "utf-8")
    write_font(folder)


def _code_colours():
    """Return the style of code, its colours by names, so that lesson.css can give others to a dark page."""
    # This style's colours meet WCAG AA on white.
    lines = HtmlFormatter(style="xcode").get_style_defs(".highlight").splitlines()
    coloured = "\n".join(line for line in lines if re.match(r"\.highlight \.\w+ {.* color: #", line))
    return re.sub(r"color: (#\w+)", lambda found: _COLOURS.get(found[1], "color: inherit"), coloured)


def write_font(folder):
    """Put the font of formulas into a folder, with the letters and signs that formulas may have."""
    options = subset.Options(
        flavor="woff", hinting=False, layout_features=["ssty", "dtls", "flac", "mark", "mkmk"]
    )
    font = subset.load_font(package_folder("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf", options)
    letters = subset.Subsetter(options)
    letters.populate(unicodes=[code for first, last in _LETTERS for code in range(first, last + 1)])
    letters.subset(font)
    subset.save_font(font, folder / "STIXTwoMath.woff", options)


def write_text(exporter, path, title, text):
    """Write a page of Markdown."""
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text, id="lessons")])
    html, _ = exporter.from_notebook_node(page, {"title": title, "file": path.name})
    path.write_text(html, "utf-8")


def package_folder(name):
    """Find an installed package without importing it."""
    return Path(find_spec(name).origin).parent
