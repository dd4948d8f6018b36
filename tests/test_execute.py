"""`notebooks/execute.py`: what is stored of a lesson is what comes out the same on every machine."""

import copy
import os
from pathlib import Path

import execute as execute_module
import nbformat
import pytest
from execute import execute, main, normalise
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

pytestmark = pytest.mark.slow

WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def lesson():
    """A notebook as a live session leaves it: with widgets, times and the machine's Python."""
    view = {
        WIDGET: {"model_id": "a1", "version_major": 2},
        "image/svg+xml": "<svg/>",
        "text/plain": "A sentence.",
    }
    cell = new_code_cell(
        "explorer",
        id="explorer",
        execution_count=1,
        metadata={
            "tags": ["nbval-ignore-output"],
            "slideshow": {"slide_type": "slide"},
            "seconds": 20,
            "execution": {"iopub.execute_input": "2026-01-01T00:00:00Z"},
            "collapsed": True,
            "trusted": True,
        },
        outputs=[
            new_output("display_data", view, metadata={"image/svg+xml": {"width": 760}}),
            new_output("execute_result", {"text/plain": "42"}, execution_count=1),
            new_output("stream", name="stdout", text="printed\n"),
        ],
    )
    text = new_markdown_cell("Text.", id="text", metadata={"editable": True, "tags": ["wide"]})
    return new_notebook(
        cells=[text, cell],
        metadata={
            "kernelspec": {"display_name": "mine", "language": "python", "name": "mine"},
            "language_info": {"name": "python", "version": "3.11.7"},
            "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
        },
    )


def normalised():
    notebook = lesson()
    normalise(notebook)
    return notebook


def test_widget_views_are_dropped_and_static_pictures_stay():
    view, value, printed = normalised().cells[1].outputs
    assert view.data == {"image/svg+xml": "<svg/>", "text/plain": "A sentence."}
    assert view.metadata == {"image/svg+xml": {"width": 760}}
    assert value.data == {"text/plain": "42"}
    assert printed.text == "printed\n"


def test_widget_state_and_the_machines_kernel_are_dropped():
    assert normalised().metadata == KERNEL


def test_times_and_front_end_settings_are_dropped_and_tags_stay():
    text, code = normalised().cells
    assert text.metadata == {"tags": ["wide"]}
    assert code.metadata == {
        "tags": ["nbval-ignore-output"],
        "slideshow": {"slide_type": "slide"},
        "seconds": 20,
    }


def test_the_imports_are_folded_and_nothing_else():
    notebook = lesson()
    notebook.cells[0].id = "imports"
    normalise(notebook)
    assert notebook.cells[0].metadata["jupyter"] == {"source_hidden": True}
    assert "jupyter" not in notebook.cells[1].metadata


def test_all_else_stays():
    before, after = lesson(), normalised()
    assert [(cell.id, cell.cell_type, cell.source) for cell in after.cells] == [
        (cell.id, cell.cell_type, cell.source) for cell in before.cells
    ]
    assert after.cells[1].execution_count == 1
    nbformat.validate(after)


def test_normalising_again_changes_nothing():
    notebook = normalised()
    before = copy.deepcopy(notebook)
    normalise(notebook)
    assert notebook == before


def test_notebooks_share_no_metadata():
    first, second = normalised(), normalised()
    first.metadata.kernelspec.name = "changed"
    assert second.metadata == KERNEL


def write(path, *sources):
    cells = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    nbformat.write(new_notebook(cells=cells), path)
    return path


@pytest.fixture
def users_data(monkeypatch, tmp_path):
    """A folder of data and a Keras home that belong to the user; `main` hides both."""
    monkeypatch.setenv("CNN_DATASETS", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


@pytest.mark.usefixtures("users_data")
def test_lessons_are_run_beside_their_file_on_the_bundled_data(tmp_path, capsys):
    folder = tmp_path / "lessons"
    folder.mkdir()
    path = write(
        folder / "lesson.ipynb",
        "import os\nfrom pathlib import Path\nPath.cwd().name",
        "[os.environ.get('CNN_DATASETS'), os.listdir(os.environ['KERAS_HOME'])]",
        "import ipywidgets\nipywidgets.IntSlider()",
    )
    main([str(path)])
    stored = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in stored.cells] == [1, 2, 3]
    place, data, slider = (cell.outputs[0].data for cell in stored.cells)
    assert place == {"text/plain": "'lessons'"}
    assert data == {"text/plain": "[None, []]"}
    assert set(slider) == {"text/plain"}
    assert stored.metadata == KERNEL
    assert all(cell.metadata == {} for cell in stored.cells)
    assert capsys.readouterr().out == f"{path}\n"


def test_lesson_that_fails_is_left_as_it_was(tmp_path):
    path = write(tmp_path / "lesson.ipynb", "1 + 1", "1 / 0")
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(path)
    assert path.read_bytes() == before


@pytest.mark.usefixtures("users_data")
def test_without_a_name_all_lessons_are_run_in_order(monkeypatch):
    run, folder = [], Path(execute_module.__file__).parent
    monkeypatch.setattr(execute_module, "execute", run.append)
    # Other tests read the lessons just now; tests/test_translations.py judges how they are made.
    monkeypatch.setattr(execute_module, "translate", lambda language: sorted(folder.glob("zh-Hant/*.ipynb")))
    main([])
    assert run == sorted(folder.glob("*/*.ipynb"))
    assert len(run) >= 3
    assert "CNN_DATASETS" not in os.environ
