"""Every erratum leads to a cell that proves it, and stands in its section with its kind."""

import pytest
from reading import lesson_cells

from helpers.chapter.errata import ERRATA, KINDS, errata, kinds

SECTIONS = ("3-1", "3-2", "3-3", "3-5")


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda erratum: f"{erratum.place}: {erratum.printed}")
def test_the_proof_is_there(erratum):
    lesson, cell_id = erratum.proof.split("#")
    assert cell_id in {cell.id for cell in lesson_cells(lesson)}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_s_table_has_a_row_for_each_of_its_errata(section):
    _, _, *rows = errata(section).data.splitlines()
    expected = [erratum for erratum in ERRATA if erratum.section == section]
    assert len(rows) == len(expected) > 0
    assert all(len(row.strip("|").split("|")) == 5 for row in rows)
    assert all(erratum.printed in row for erratum, row in zip(expected, rows, strict=True))


def test_the_lesson_shows_every_section():
    shown = [cell.source for cell in lesson_cells("3-6_errata") if cell.source.startswith("errata(")]
    assert shown == [f'errata("{section}")' for section in SECTIONS]
    assert {erratum.section for erratum in ERRATA} == set(SECTIONS)


def test_the_kinds_count_every_erratum_once():
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in kinds().data.splitlines()
    ]
    assert [name.replace("\N{NON-BREAKING HYPHEN}", "-") for name in head[2:-1]] == list(SECTIONS)
    assert len(rows) == len(KINDS)
    for row in rows:
        assert sum(int(count or 0) for count in row[2:-1]) == int(row[-1]) > 0
    assert sum(int(row[-1]) for row in rows) == len(ERRATA)
