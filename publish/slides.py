"""Write every lesson as slides for a projector, shown by reveal.js: the part of `make site` for a class.

Each step of a lesson is a column of slides: to the right goes the next step, down goes its next slide. Which
cell starts a slide follows from the cells themselves, so that the lessons carry no marks for it.
"""

import re
import shutil

import nbformat

from helpers.chapter.lessons import lesson_table
from helpers.language import say
from helpers.wording import letters
from publish.lesson_html import (
    FILES,
    DeckExporter,
    is_explorer,
    is_folded,
    is_question,
    package_folder,
    write_text,
)

# Pixels of a slide of 1280 x 720 with the type of slides.css; a browser test holds that all of it fits.
_ROOM = 670
_HEADING, _FORMULA, _ROW, _CODE_ROW, _GAP = 80, 105, 43, 28, 22
_CHARACTERS = 68  # of text in a row

SLIDES = say("Slides")
_INDEX = say(
    "Arrow keys: right for the next step of a lesson, down for its next slide; the space bar goes through "
    "all of them. F fills the screen, O shows all slides, Esc leaves either."
)
_LIVE = say(
    "*Make it live* lets a picture move on its slide; where the address of the slides ends in `?live`, all "
    "of them do so by themselves. Code shows its buttons where the pointer comes to it. A slider that you "
    "have clicked takes the arrow keys, until you press Esc. Page up, page down and a presenter's remote "
    "always turn the slides."
)


def write_slides(folder, notebooks, settings, exporter):
    """Write the slides of each lesson into the folder of the pages, and a page that leads to them.

    Args:
        folder: of the site; its style sheets, and what makes it live, serve the slides, too.
        notebooks: lesson -> its notebook.
        settings: lesson -> what the template is told of it.
        exporter: of pages.
    """
    deck = DeckExporter("slides.html.j2")
    deck.environment.globals |= exporter.environment.globals
    slides = folder / "slides"
    slides.mkdir(exist_ok=True)
    for name in ("slides.css", "slides.js"):
        shutil.copy(FILES / name, slides)
    for name in ("reveal.js", "reveal.css"):
        shutil.copy(package_folder("pyreveal") / "revealjs" / "dist" / name, slides)
    for lesson, notebook in notebooks.items():
        html, _ = deck.from_notebook_node(as_slides(notebook), {"title": lesson.title, **settings[lesson]})
        (slides / f"{lesson.name}.html").write_text(html, "utf-8")
    text = f"# {SLIDES}\n\n{_INDEX}\n\n{_LIVE}\n\n{lesson_table(folder='slides/')}"
    write_text(exporter, folder / "slides.html", SLIDES, text)


def as_slides(notebook):
    """Cut a lesson into slides.

    A heading starts a column; an explorer or a question stands alone, without its code; the rest fills a
    slide as far as it goes, words that lead in to something together with it. What a lesson folds away until
    a reader has answered begins a slide, unfolded. Imports are left out.

    Args:
        notebook: a stored lesson; it is not changed.

    Returns:
        A notebook whose cells carry nbconvert's slide types.
    """
    slides = nbformat.v4.new_notebook(metadata=notebook.metadata)
    used = 0
    pieces = [piece for cell in notebook.cells if cell.id != "imports" for piece in _pieces(cell)]
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        height = _height(piece)
        with_following = height + (_height(following) if _leads_in(piece, following) else 0)
        needed = height if with_following > _ROOM else with_following
        if piece.cell_type == "markdown" and piece.source.startswith("#"):
            piece.metadata.slideshow = {"slide_type": "slide"}
            used = 0
        elif used + needed > _ROOM or piece.metadata.pop("unfolded", False):
            piece.metadata.slideshow = {"slide_type": "subslide"}
            used = 0
        used += height
        slides.cells.append(piece)
    return slides


def _pieces(cell):
    """Cut a cell of text between its paragraphs; leave a cell of code whole."""
    if cell.cell_type == "code":
        piece = nbformat.v4.new_code_cell(cell.source, outputs=cell.outputs, id=cell.id)
        if is_folded(cell):
            piece.metadata.unfolded = True
        return [piece]
    pieces, unfolded = [], False
    paragraphs = re.split(r"\n>?\n+(?! )", cell.source.strip())
    for paragraph in (part for whole in paragraphs for part in _parts(whole)):
        if re.match("</?details>", paragraph):
            unfolded = not paragraph.startswith("</")
            continue
        # The first keeps the name that links know, and slides.js finds in the names of the others.
        name = f"{cell.id}_{len(pieces)}" if pieces else cell.id
        pieces.append(nbformat.v4.new_markdown_cell(paragraph, id=name))
        if unfolded:
            pieces[-1].metadata.unfolded, unfolded = True, False
    return pieces


def _parts(paragraph):
    """Cut a list that is higher than a slide between its points."""
    points = re.split(r"\n(?=- |\d+\. )", paragraph)
    if len(points) == 1 or _text_height(paragraph) <= _ROOM:
        return [paragraph]
    middle = len(points) // 2
    return [part for half in (points[:middle], points[middle:]) for part in _parts("\n".join(half))]


def _leads_in(piece, following):
    if piece.cell_type == "code" or following is None:
        return False
    return piece.source.endswith((":", "：")) or following.source.startswith(("$$", "- ", "1. "))


def _height(piece):
    """Estimate how many pixels of a slide a piece takes."""
    if piece.cell_type == "markdown":
        return _text_height(piece.source)
    if is_explorer(piece) or is_question(piece):
        return _ROOM  # without its code
    height = _rows(piece.source) * _CODE_ROW + _GAP + (_ROW if is_folded(piece) else 0)
    for output in piece.outputs:
        data = output.get("data", {})
        if "<img" in data.get("text/html", ""):
            return _ROOM
        text = data.get("text/markdown") or data.get("text/plain") or output.get("text", "")
        height += _rows(text) * (_ROW if "\n|" in text else _CODE_ROW) + _GAP
    return height


def _text_height(source):
    if source.startswith("#"):
        return _HEADING
    if source.startswith("$$"):
        return _FORMULA
    # A quotation is set in from both sides, and a list from one.
    characters = _CHARACTERS - 6 if re.match(r"> |- |\d+\. ", source) else _CHARACTERS
    return _GAP + _ROW * sum(1 + letters(row) // characters for row in source.split("\n"))


def _rows(code):
    return sum(1 + len(line) // 89 for line in code.splitlines())
