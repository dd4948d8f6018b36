"""Every figure and equation is on the map; its cell shows the function's result, its test calls it."""

import importlib
import inspect
import re
from pathlib import Path

import pytest
from calls import called_by_test, shown_by_cell
from reading import lesson_cells

from helpers.chapter.equation_map import ENTRIES, equation_map, equation_table

PROJECT = Path(__file__).parents[1]
LESSONS_FOLDER = PROJECT / "notebooks" / "en"
# What our copy has: Figures 3-1 to 3-10, and of the colour plates 3-12, 3-13 and one of the next chapter.
FIGURES = {*(f"3-{number}" for number in range(1, 11)), "3-12", "3-13", "4-3"}
LAST_EQUATION = 35

each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.item}: {entry.subject}")


def numbers(item):
    """List the equations that an item names; of a figure, none."""
    if item.startswith("Figure"):
        return []
    found = [int(number) for number in re.findall(r"3\.(\d+)", item)]
    return list(range(found[0], found[-1] + 1)) if " to " in item else found


def test_every_figure_and_equation_is_on_the_map():
    figures = {entry.item.removeprefix("Figure ") for entry in ENTRIES if "Figure" in entry.item}
    assert figures == FIGURES
    equations = {number for entry in ENTRIES for number in numbers(entry.item)}
    assert equations == set(range(1, LAST_EQUATION + 1))


@each_entry
def test_the_function_is_there_and_names_its_source(entry):
    module, name = entry.function.split(".")
    function = getattr(importlib.import_module(f"helpers.reference.{module}"), name)
    assert inspect.isfunction(function)
    assert "Source: " in function.__doc__


def as_pair(entry):
    module, name = entry.function.split(".")
    return f"helpers.reference.{module}", name


@each_entry
def test_the_cell_shows_the_function_s_result(entry):
    lesson, cell = entry.cell.split("#")
    assert as_pair(entry) in shown_by_cell(lesson, cell)
    assert cell in {cell.id for cell in lesson_cells(lesson) if cell.get("outputs")}


@each_entry
def test_the_test_calls_the_function(entry):
    file, test = entry.test.split("::")
    assert test.startswith("test_")
    assert as_pair(entry) in called_by_test(file, test)


CONVOLUTION = "helpers.reference.convolution"


@pytest.mark.parametrize(
    ("cell", "shows", "does_not_show"),
    [
        ("output-size-explorer", "cross_correlate2d", "convolve2d"),  # by the explorer's source
        ("chapter-output", "cross_correlate2d", "convolve2d"),  # by a name of the cell itself
    ],
)
def test_a_cell_shows_what_computes_its_value_and_nothing_else(cell, shows, does_not_show):
    found = shown_by_cell("3-1c_padding_stride_output_size", cell)
    assert (CONVOLUTION, shows) in found
    assert (CONVOLUTION, does_not_show) not in found


def test_a_cell_shows_what_an_earlier_one_computed_or_what_it_holds_equal():
    model = "helpers.reference.complete_model"
    # channel_maps = relu(A), and A = convolve_channels(...) stands in the cell before.
    after_relu = shown_by_cell("3-1f_complete_model", "after-relu")
    assert (model, "convolve_channels") in after_relu
    assert (model, "complete_model_forward") not in after_relu
    # dW by hand, and assert np.allclose(dW, gradients["weights"]).
    assert (model, "complete_model_backward") in shown_by_cell("3-2_backpropagation", "affine")
    # The same names, in an assert that does not hold what is shown.
    assert (model, "complete_model_backward") not in shown_by_cell("3-2_backpropagation", "jacobian")


def test_a_test_calls_what_its_helpers_call_and_nothing_else():
    found = called_by_test("test_shared_weights_explorer.py", "test_starts_on_figure_3_7")
    assert (CONVOLUTION, "convolution_matrix") in found
    # The explorer calls this one, not the test.
    assert ("helpers.reference.geometry", "output_size") not in found


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
