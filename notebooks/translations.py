"""Keep translations up to date, `make translations`, and make lessons of them for `make notebooks`.

The words of helpers and publish are in locale/LANGUAGE/LC_MESSAGES/helpers.po. The prose of a lesson, cut
where it has blank lines, is in a file with the lesson's name beside it; that of docs/solutions is in
solutions.po.
"""

import ast
import io
import re
from collections import Counter
from pathlib import Path

import nbformat
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from helpers.chapter.lessons import EDITIONS
from helpers.language import CAPTION

PROJECT = Path(__file__).parents[1]
LOCALE = PROJECT / "locale"
SOURCES = PROJECT / "notebooks" / "en"
SOLUTIONS = PROJECT / "docs" / "solutions"
_SHOWS = re.compile(r"show_arrays|_gallery$|_curves$")
_SENTENCE = re.compile(r"[\w}].* \w*[a-z]{2}|[a-z]{2},? ")
_NAME = re.compile(r"(?!decimals|framed)(∂L/∂)?[A-Za-z-]*[a-z]{3}(\(\w\))?")
# What a translation must bring along as it is: formulas, code, the addresses of links, HTML, names in braces.
KEPT = re.compile(r"\$\$.+?\$\$|\$.+?\$|`[^`]+`|\]\([^)]+\)|</?\w+[^>]*>|(?<!\{)\{\w*\}(?!\})", re.DOTALL)
_WORDS_OF_FORMULA = re.compile(r"\\(?:text(?:bf|it)?|tag)\{([^}]*)\}")


def main():
    """Bring all translations up to date with the sentences, and print what is missing or does not fit."""
    for language in languages():
        for name, template in templates().items():
            path = catalogues(language) / f"{name}.po"
            catalogue = read(path, language) if path.exists() else _new(language)
            template.creation_date = catalogue.creation_date  # or each run would change the file
            catalogue.update(template)
            with path.open("wb") as file:
                write_po(file, catalogue, width=110, ignore_obsolete=True)
        with (catalogues(language) / "helpers.mo").open("wb") as file:
            file.write(compiled(language))
        for problem in problems(language):
            print(problem)


def languages():
    """List the languages that there are beside English, as gettext names them, such as "zh_Hant"."""
    return sorted(folder.parent.name for folder in LOCALE.glob("*/LC_MESSAGES"))


def catalogues(language):
    """Return the folder in which the translations into a language lie."""
    return LOCALE / language / "LC_MESSAGES"


def templates():
    """Return what is to be translated: name of the file -> catalogue without translations."""
    with (LOCALE / "helpers.pot").open("rb") as file:
        found = {"helpers": read_po(file)}
    for path in sorted(SOURCES.glob("*.ipynb")):
        found[path.stem] = template = Catalog()
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                for caption in captions(cell.source):
                    template.add(caption, locations=[(cell.id, None)], auto_comments=[CAPTION])
            else:
                for piece in filter(_has_words, pieces(cell.source.removesuffix(twins(path, "en")))):
                    template.add(piece, locations=[(cell.id, None)])
    found["solutions"] = template = Catalog()
    for path in solutions():
        text = path.read_text("utf-8").replace(_twins_of_page(path, "en"), "")
        for piece in filter(_is_prose, pieces(text.strip())):
            template.add(piece, locations=[(path.stem, None)])
    return found


def solutions():
    """List the English pages of docs/solutions, one for each lesson in which a reader writes code."""
    return sorted(path for path in SOLUTIONS.glob("*.md") if "." not in path.stem)


def captions(code):
    """List the titles and names in a cell's code that may stand in a picture.

    They are texts with a space, and single words where the cell draws arrays, images or curves. What an
    f-string fills in is left open, as `helpers.language.said` expects it.
    """
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:  # a magic command
        return []
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    shows = [call for call in calls if _SHOWS.search(getattr(call.func, "id", ""))]
    filled = [node for node in nodes if isinstance(node, ast.JoinedStr)]
    documented = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    within = documented | {id(part) for node in filled for part in node.values}
    texts = [keyword.arg or "" for call in shows for keyword in call.keywords]
    texts += [
        "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        for node in filled
    ]
    texts += [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in within
    ]
    return [text for text in texts if _SENTENCE.search(text) or (shows and _NAME.fullmatch(text))]


def translate(language):
    """Write the solutions and every lesson in a language, not yet run, and return the lessons' paths."""
    for path in solutions():
        page_of(path, language.replace("_", "-")).write_text(translated_page(path, language), "utf-8")
    folder = PROJECT / "notebooks" / language.replace("_", "-")
    folder.mkdir(exist_ok=True)
    written = []
    for path in sorted(SOURCES.glob("*.ipynb")):
        notebook = translated(path, language)
        written.append(folder / path.name)
        nbformat.write(notebook, written[-1])
    return written


def translated(path, language):
    """Return a lesson in a language, its code as it is and without outputs.

    Args:
        path: of the English lesson.
        language: as `languages` lists it.
    """
    catalogue = read(catalogues(language) / f"{path.stem}.po", language)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = "\n\n".join(_translation(piece, catalogue) for piece in pieces(cell.source))
    edition = language.replace("_", "-")
    title = notebook.cells[0]
    title.source = title.source.replace(twins(path, "en"), twins(path, edition))
    return notebook


def page_of(path, edition):
    """Return the path of an English page of docs/solutions in another language."""
    return path.with_suffix(".md" if edition == "en" else f".{edition}.md")


def translated_page(path, language):
    """Return an English page of docs/solutions in a language, its code as it is."""
    edition = language.replace("_", "-")
    catalogue = read(catalogues(language) / "solutions.po", language)
    text = path.read_text("utf-8").replace(_twins_of_page(path, "en"), _twins_of_page(path, edition))
    return "\n\n".join(_translation(piece, catalogue) for piece in pieces(text.strip())) + "\n"


def _twins_of_page(path, edition):
    return _links(edition, lambda other: page_of(path, other).name)


def twins(path, edition):
    """Write the links from a lesson to itself in the other languages, which end its title cell."""
    return _links(edition, lambda other: f"../{other}/{path.name}")


def _links(edition, address_in):
    return " · ".join(
        f"[{name}]({address_in(other)})" for other, name in EDITIONS.items() if other != edition
    )


def pieces(source):
    """Cut Markdown where blank lines divide it, but not within a block of code."""
    guarded = re.sub("```.*?```", lambda block: block[0].replace("\n", "\0"), source, flags=re.DOTALL)
    return [piece.replace("\0", "\n") for piece in re.split("\n{2,}", guarded)]


def problems(language):
    """List what is not translated, or brings along other formulas, code or links than the English."""
    found = []
    for name, template in templates().items():
        catalogue = read(catalogues(language) / f"{name}.po", language)
        for message in template:
            if message.id:
                found += _problems_of(name, message.id, catalogue.get(message.id))
    return found + _torn(language)


def _torn(language):
    """List captions that lessons translate differently: the pictures of all lessons share them."""
    found = {}
    for path in sorted(SOURCES.glob("*.ipynb")):
        for message in read(catalogues(language) / f"{path.stem}.po", language):
            if CAPTION in message.auto_comments:
                found.setdefault(message.id, set()).add(message.string)
    return [f"translated in several ways: {text}: {ways}" for text, ways in found.items() if len(ways) > 1]


def _problems_of(name, source, message):
    start = (source if isinstance(source, str) else source[0])[:60]
    if message is None or message.fuzzy or not message.string or "" in _forms(message.string):
        return [f"{name}: not translated: {start}"]
    # A language may have fewer forms than English has; the last one is that of many.
    expected, got = (_kept(_forms(text)[-1]) for text in (source, message.string))
    if expected == got:
        return []
    return [f"{name}: other formulas, code, links or names: {start}: {expected - got} {got - expected}"]


def _kept(text):
    return Counter(_WORDS_OF_FORMULA.sub("", piece) for piece in KEPT.findall(text))


def _forms(text):
    return (text,) if isinstance(text, str) else text


def _has_words(piece):
    """Tell whether a piece says something in words."""
    return re.search(
        r"[^\W\d_]{2}", KEPT.sub(lambda kept: " ".join(_WORDS_OF_FORMULA.findall(kept[0])), piece)
    )


def _is_prose(piece):
    return not piece.startswith("```") and _has_words(piece)


def _translation(piece, catalogue):
    message = catalogue.get(piece)
    return message.string if message and message.string and not message.fuzzy else piece


def compiled(language):
    """Return the words of programs, and the captions in lessons' code, as programs read them."""
    words = read(catalogues(language) / "helpers.po", language)
    for path in sorted(SOURCES.glob("*.ipynb")):
        for message in read(catalogues(language) / f"{path.stem}.po", language):
            if CAPTION in message.auto_comments:
                words.add(message.id, message.string, context=CAPTION)
    made = io.BytesIO()
    write_mo(made, words)
    return made.getvalue()


def _new(language):
    return Catalog(locale=language, project="cnn-chapter", header_comment="# Translations of the lessons.")


def read(path, language):
    """Read a file of translations into a language."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


if __name__ == "__main__":
    main()
