"""Every sentence is translated, no translation is stale, and both editions show the same numbers."""

import re
from collections import Counter
from html import unescape
from urllib.parse import unquote

import nbformat
import pytest
from translations import (
    PROJECT,
    SOURCES,
    catalogues,
    compiled,
    languages,
    problems,
    read,
    templates,
    translated,
)

from helpers.chapter.lessons import EDITIONS

each_language = pytest.mark.parametrize("language", languages())
each_lesson = pytest.mark.parametrize("path", sorted(SOURCES.glob("*.ipynb")), ids=lambda path: path.stem)
# English that stands in a translation: menus of JupyterLab, names, and what programs print.
ALLOWED = re.compile(
    r"Run All Cells|Restart Kernel|Python \d|NumPy|Simonyan & Zisserman|Szegedy et al|"
    r"MIT License|Keras and TensorFlow"
)
# Code, addresses, formulas, and the English of a term, which stands in brackets.
_NO_WORDS = re.compile(r"`[^`]*`|\]\([^)]*\)|\$[^$]*\$|（[^）]*）")
# Three words in a row, which a name or a piece of code seldom has.
ENGLISH = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}\b")


def stored(path, language):
    return nbformat.read(PROJECT / "notebooks" / language.replace("_", "-") / path.name, as_version=4)


def test_the_editions_are_those_of_the_catalogues():
    assert [language.replace("_", "-") for language in languages()] == [*EDITIONS][1:]


@each_language
def test_every_sentence_is_translated_and_keeps_formulas_code_links_and_names(language):
    assert problems(language) == []


@each_language
def test_no_translation_outlives_its_sentence(language):
    for name, template in templates().items():
        translations = read(catalogues(language) / f"{name}.po", language)
        assert {message.id for message in translations} == {message.id for message in template}, name


@each_language
def test_programs_read_the_translations_of_today(language):
    made = (catalogues(language) / "helpers.mo").read_bytes()
    assert made == compiled(language), "run `make translations`"


@each_language
@each_lesson
def test_a_lesson_is_made_of_today_s_english_one(path, language):
    made = translated(path, language)
    found = [(cell.id, cell.cell_type, cell.source) for cell in stored(path, language).cells]
    assert found == [(cell.id, cell.cell_type, cell.source) for cell in made.cells], "run `make notebooks`"


def shown(output):
    """Return the words and numbers that an output shows, but for code, and values as Python writes them."""
    data = output.get("data", {})
    text = data.get("text/html") or data.get("text/markdown") or ""
    text = re.sub(r'src="data:image/svg\+xml,([^"]*)"', lambda image: f">{unquote(image[1])}<", text)
    text = re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL)
    text = re.sub(r"data:image/png;base64,[\w+/=]+", "", text)
    labels = re.findall(r'(?:aria-label|alt)="([^"]*)"', text)
    return unescape(
        " ".join([*labels, re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL)])
    )


@each_language
@each_lesson
def test_both_editions_show_the_same_numbers(path, language):
    english = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    for cell in stored(path, language).cells:
        ignored = "nbval-ignore-output" in cell.metadata.get("tags", ())
        if cell.cell_type == "code" and not ignored:
            assert numbers(cell) == numbers(english[cell.id]), cell.id


def numbers(cell):
    """Count the numbers that a cell shows, but for small ones, which a language may write as words."""
    found = re.findall(r"\d+(?:[.,]\d+)*", " ".join(map(shown, cell.outputs)))
    return Counter(number for number in found if not (number.isdigit() and int(number) <= 12))


@each_language
@each_lesson
def test_no_english_sentence_is_left_in_what_a_lesson_shows(path, language):
    left = {}
    for cell in stored(path, language).cells:
        texts = [cell.source] if cell.cell_type == "markdown" else map(shown, cell.outputs)
        text = ALLOWED.sub("", _NO_WORDS.sub("", " ".join(texts)))
        if found := ENGLISH.findall(text):
            left[cell.id] = found
    assert left == {}
