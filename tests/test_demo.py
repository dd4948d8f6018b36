"""The page of explorers alone: all of them, once each lesson, code folded away."""

import re

import nbformat

from helpers import explorers
from publish.demo import explorers_alone


def test_every_explorer_of_the_lessons_is_there_and_its_code_is_folded():
    notebook = explorers_alone()
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.metadata.jupyter.source_hidden for cell in code)
    shown = {match[1] for cell in code if (match := re.fullmatch(r"(\w+)\(\)", cell.source))}
    assert shown == set(explorers.__all__)


def test_its_imports_are_all_that_its_cells_need():
    imports, *rest = [cell for cell in explorers_alone().cells if cell.cell_type == "code"]
    names = {}
    exec(imports.source, names)
    assert {cell.source.removesuffix("()") for cell in rest} == names.keys() - {"__builtins__"}


def test_its_pictures_are_seen_before_the_first_run():
    code = [cell for cell in explorers_alone().cells if cell.cell_type == "code"]
    assert all('<img src="data:image/svg+xml,' in cell.outputs[0].data["text/html"] for cell in code[1:])
