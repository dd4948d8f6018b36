"""Every sentence is translated, no translation is stale, and both editions show the same numbers."""

import re
from collections import Counter

import nbformat
import pytest
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from reading import english, words
from translations import (
    CAPTION,
    KEPT,
    PROJECT,
    SOURCES,
    catalogues,
    compiled,
    languages,
    page_of,
    problems,
    read,
    solutions,
    templates,
    translated,
    translated_page,
)

from helpers.chapter.lessons import EDITIONS

each_language = pytest.mark.parametrize("language", languages())
# Where the words of matplotlib's pictures come from.
CURVES = ("helpers/drawing/curves.py", "helpers/training/progress.py", "helpers/datasets/dataset.py")
DEJAVU = font_manager.findfont("DejaVu Sans")
each_lesson = pytest.mark.parametrize("path", sorted(SOURCES.glob("*.ipynb")), ids=lambda path: path.stem)


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


@each_language
@pytest.mark.parametrize("path", solutions(), ids=lambda path: path.stem)
def test_a_solution_is_that_of_today_s_english_page(path, language):
    page = page_of(path, language.replace("_", "-")).read_text("utf-8")
    assert page == translated_page(path, language), "run `make notebooks`"
    assert english(re.sub(r"```.*?```", "", page, flags=re.DOTALL)) == []


def shown(output):
    """Return the HTML that an output shows, but for values as Python writes them."""
    data = output.get("data", {})
    return re.sub(
        r"<pre.*?</pre>", "", data.get("text/html") or data.get("text/markdown") or "", flags=re.DOTALL
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
    found = re.findall(r"\d+(?:[.,]\d+)*", " ".join(words(shown(output)) for output in cell.outputs))
    return Counter(number for number in found if not (number.isdigit() and int(number) <= 12))


@each_language
@each_lesson
def test_no_english_is_left_in_what_a_lesson_shows(path, language):
    left = {}
    for cell in stored(path, language).cells:
        texts = [cell.source] if cell.cell_type == "markdown" else map(shown, cell.outputs)
        if found := [one for text in texts for one in english(text)]:
            left[cell.id] = found
    assert left == {}


@each_language
def test_the_letters_of_curves_are_all_in_their_font(language):
    sentences = [
        message
        for message in read(catalogues(language) / "helpers.po", language)
        if any(path in CURVES for path, _ in message.locations)
    ]
    for path in SOURCES.glob("*.ipynb"):
        words_of_lesson = read(catalogues(language) / f"{path.stem}.po", language)
        sentences += [message for message in words_of_lesson if CAPTION in message.auto_comments]
    used = set("".join("".join(message.string) for message in sentences))
    fonts = (PROJECT / "helpers" / "drawing" / "letters" / f"{language.replace('_', '-')}.otf", DEJAVU)
    there = set().union(*(TTFont(font).getBestCmap() for font in fonts))
    missing = {letter for letter in used if ord(letter) not in there}
    assert not missing, f"cut the font anew, see CONTRIBUTING, with {''.join(sorted(used))}"


# Words of the list of terms that mean other things, too.
SEVERAL_MEANINGS = {"answer", "cell", "judge", "mean", "mistake, to misread", "question", "side"} | {
    *("printed", "right", "product", "sum", "偏差")
}


@each_language
def test_the_terms_of_the_list_are_used_everywhere(language):
    rows = [line[2:-2].split(" | ") for line in terms_of(language) if line.startswith("| ")][1:]
    assert len(rows) >= 100
    said = list(sentences(language))
    for english_terms, own in rows:
        usual, words = set(re.findall("（([^）]*)）", own)), re.split("[、；]", re.sub("（[^）]*）", "", own))
        for terms in {*english_terms.split("; ")} - SEVERAL_MEANINGS:
            term = re.compile(rf"\b({'|'.join(map(re.escape, terms.split(', ')))})s?\b", re.IGNORECASE)
            found = [text for source, text in said if term.search(source)]
            with_word = [text for text in found if any(word in text for word in words)]
            assert len(found) < 20 or len(with_word) >= 0.9 * len(found), (terms, len(with_word), len(found))
        # What others say stands in brackets, where the term is new; in a text that names it, once.
        for word in usual - SEVERAL_MEANINGS:
            assert sum(re.sub("（[^）]*）", "", text).count(word) for _, text in said) <= 1, word


def terms_of(language):
    return (catalogues(language).parent / "terms.md").read_text("utf-8").splitlines()


def sentences(language):
    """Yield (English, translation) of all that is translated, without formulas, code and addresses."""
    for name in templates():
        for message in read(catalogues(language) / f"{name}.po", language):
            both = ((text,) if isinstance(text, str) else text for text in (message.id, message.string))
            source, text = (KEPT.sub(" ", " ".join(forms)) for forms in both)
            yield source, text
