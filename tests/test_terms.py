"""The tables of letters and of terms have whole rows, and the lessons use the terms that they explain."""

import pytest
from reading import lesson_cells

from helpers.chapter.lessons import LESSONS
from helpers.chapter.terms import SYMBOLS, TERMS, symbols, terms


@pytest.mark.parametrize("table", [symbols, terms])
def test_each_row_is_whole(table):
    rows = [line.strip("|").split("|") for line in table().data.splitlines()]
    assert {len(row) for row in rows} == {4}
    assert len(rows) - 2 == len({symbols: SYMBOLS, terms: TERMS}[table])


def test_no_letter_has_two_rows():
    assert len({symbol.letter for symbol in SYMBOLS}) == len(SYMBOLS)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.english)
def test_the_lesson_uses_the_term(term):
    name = next(lesson.name for lesson in LESSONS if lesson.short == term.lesson)
    text = "\n".join(cell.source for cell in lesson_cells(name) if cell.cell_type == "markdown").lower()
    assert [word for word in term.english.lower().split(", ") if word not in text] == []
