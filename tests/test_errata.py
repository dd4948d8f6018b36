"""Every erratum leads to a cell that proves it."""

from pathlib import Path

import nbformat
import pytest

from helpers.chapter.errata import ERRATA, errata

LESSONS_FOLDER = Path(__file__).parents[1] / "notebooks" / "en"


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda erratum: f"{erratum.place}: {erratum.printed}")
def test_the_proof_is_there(erratum):
    lesson, cell_id = erratum.proof.split("#")
    assert cell_id in {
        cell.id for cell in nbformat.read(LESSONS_FOLDER / f"{lesson}.ipynb", as_version=4).cells
    }


def test_the_table_has_a_row_for_each():
    _, _, *rows = errata().data.splitlines()
    assert len(rows) == len(ERRATA)
    assert all(len(row.strip("|").split("|")) == 4 for row in rows)
