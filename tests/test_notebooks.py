"""The stored lessons: complete, executed, tidy, small; nbval compares their outputs in the same run."""

import re
from pathlib import Path

import nbformat
import pytest
from execute import normalise

from helpers.chapter.lessons import LESSONS

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / "notebooks" / "en"
PATHS = sorted(FOLDER.glob("*.ipynb"))
# Cells whose output differs from run to run: only where training prints its time or its loss.
IGNORED = {
    "3-2b_from_scratch": {"train", "twins-curves"},
    "3-4_deeper_networks": {"train", "train-curves"},
    "3-5a_mnist": {"fit", "trial", "final", "halves"},
    "3-5b_cifar10": {"fit", "third-round"},
}

each_lesson = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_every_lesson_is_on_the_map():
    assert [path.stem for path in PATHS] == [lesson.name for lesson in LESSONS]


@each_lesson
def test_every_code_cell_was_run_in_order(path):
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


@each_lesson
def test_no_output_is_an_error_or_stderr(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id


@each_lesson
def test_no_cell_is_skipped_and_few_are_ignored(path):
    tags = {cell.id: set(cell.metadata.get("tags", [])) for cell in code_cells(path)}
    assert not any(tag.startswith("nbval-skip") for cell_tags in tags.values() for tag in cell_tags)
    ignored = {cell_id for cell_id, cell_tags in tags.items() if "nbval-ignore-output" in cell_tags}
    assert ignored == IGNORED.get(path.stem, set())


@each_lesson
def test_no_comment_marks_a_cell_for_nbval(path):
    assert not any("NBVAL" in cell.source for cell in code_cells(path))


@each_lesson
def test_only_static_outputs_are_stored(path):
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    for cell in code_cells(path):
        for output in cell.outputs:
            assert not any("widget" in kind for kind in output.get("data", {})), cell.id


@each_lesson
def test_jupyterlab_hides_no_output_before_the_lesson_runs(path):
    seen = {"text/html", "text/markdown", "text/latex", "image/png", "image/jpeg"}
    for cell in code_cells(path):
        for output in cell.outputs:
            kinds = set(output.get("data", {})) - {"text/plain"}
            assert not kinds or kinds & seen, cell.id


@each_lesson
def test_no_number_is_stored_to_its_last_digits(path):
    """They differ from processor to processor, and nobody reads them."""
    for cell in code_cells(path):
        for output in cell.outputs:
            shown = output.get("text", "") + output.get("data", {}).get("text/plain", "")
            assert not re.search(r"\d\.\d{9}", shown), cell.id


@each_lesson
def test_cell_ids_are_words(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell.id)
        assert not re.fullmatch(r"[0-9a-f]{8}(-.*)?", cell.id), "give the cell a name"


@each_lesson
def test_code_cells_hold_no_prose(path):
    assert not any("#" in cell.source for cell in code_cells(path))


@each_lesson
def test_stays_under_400_kilobytes(path):
    assert path.stat().st_size < 400_000


@each_lesson
def test_follows_the_form_of_a_lesson(path):
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    title = next(lesson.title for lesson in LESSONS if lesson.name == path.stem)
    assert cells["title"].startswith(f"# {title}\n")
    assert "minutes" in cells["title"]
    assert "**You will be able to**" in cells["aims"]
    assert "## Recap" in cells["recap"]


@each_lesson
def test_links_lead_to_files(path):
    for cell in nbformat.read(path, as_version=4).cells:
        for target in re.findall(r"\]\(([^)#]+\.ipynb)\)", cell.source):
            assert (FOLDER / target).exists(), f"{cell.id}: {target}"


@each_lesson
def test_normalising_changes_nothing(path):
    notebook = nbformat.read(path, as_version=4)
    normalise(notebook)
    assert notebook == nbformat.read(path, as_version=4)
