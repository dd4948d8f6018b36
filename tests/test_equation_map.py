"""Every figure and equation is on the map, and every entry leads to something that exists."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import nbformat
import pytest

from helpers.chapter.equation_map import ENTRIES, equation_map, equation_table

PROJECT = Path(__file__).parents[1]
LESSONS_FOLDER = PROJECT / "notebooks" / "en"
LAST_FIGURE, LAST_EQUATION = 10, 35

each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.item}: {entry.subject}")


def numbers(item):
    """List the equations that an item names; of a figure, none."""
    if item.startswith("Figure"):
        return []
    found = [int(number) for number in re.findall(r"3\.(\d+)", item)]
    return list(range(found[0], found[-1] + 1)) if " to " in item else found


def test_every_figure_and_equation_is_on_the_map():
    figures = {int(entry.item.removeprefix("Figure 3-")) for entry in ENTRIES if "Figure" in entry.item}
    assert figures == set(range(1, LAST_FIGURE + 1))
    equations = {number for entry in ENTRIES for number in numbers(entry.item)}
    assert equations == set(range(1, LAST_EQUATION + 1))


@each_entry
def test_the_function_is_there_and_names_its_source(entry):
    module, name = entry.function.split(".")
    function = getattr(importlib.import_module(f"helpers.reference.{module}"), name)
    assert inspect.isfunction(function)
    assert "Source: " in function.__doc__


@each_entry
def test_the_cell_is_there(entry):
    lesson, cell_id = entry.cell.split("#")
    cells = {cell.id: cell for cell in nbformat.read(LESSONS_FOLDER / f"{lesson}.ipynb", as_version=4).cells}
    assert cells[cell_id].cell_type == "code"
    assert cells[cell_id].outputs


@each_entry
def test_the_test_is_there(entry):
    file, name = entry.test.split("::")
    tree = ast.parse((PROJECT / "tests" / file).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_readme_s_links_lead_to_files():
    targets = re.findall(r"\]\(([^)# ]+)", equation_table("notebooks/en/", project_folder=""))
    assert len(targets) == 3 * len(ENTRIES)
    assert all((PROJECT / target).is_file() for target in targets)


def test_the_lesson_links_to_its_neighbours():
    table = equation_map().data
    targets = re.findall(r"\]\(([^)#]+)", table)
    assert len(targets) == len(ENTRIES)
    assert all((LESSONS_FOLDER / target).is_file() for target in targets)
    assert all(len(line.strip("|").split("|")) == 5 for line in table.splitlines())
