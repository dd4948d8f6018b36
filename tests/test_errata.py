"""Every erratum leads to a cell that proves it."""

import pytest
from reading import lesson_cells

from helpers.chapter.errata import ERRATA, errata


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda erratum: f"{erratum.place}: {erratum.printed}")
def test_the_proof_is_there(erratum):
    lesson, cell_id = erratum.proof.split("#")
    assert cell_id in {cell.id for cell in lesson_cells(lesson)}


def test_the_table_has_a_row_for_each():
    _, _, *rows = errata().data.splitlines()
    assert len(rows) == len(ERRATA)
    assert all(len(row.strip("|").split("|")) == 4 for row in rows)
