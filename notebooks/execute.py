"""Run every lesson in a fresh kernel and store its outputs, always in the same form.

    python notebooks/execute.py [LESSON.ipynb ...]

Widget views, widget state and timing are dropped, since they only mean something to a live kernel; the
static pictures beside them stay. The code of imports, and of cells with the tag "answer", is folded away: a
click shows it. Lessons see the bundled data alone, as in the tests, and nobody's answers.
"""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from translations import languages, translate

from helpers.saving import VIEW

_LESSONS = Path(__file__).parent
_KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_KEPT = "tags", "slideshow", "seconds"  # of a cell; the seconds that it takes in a browser, for its page


def execute(path):
    """Run one lesson and write it back with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = _KERNEL
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    ).execute()
    normalise(notebook)
    nbformat.write(notebook, path)


def normalise(notebook):
    """Drop what differs from run to run, and fold away imports and answers, in place."""
    notebook.metadata = _KERNEL
    for cell in notebook.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in _KEPT}
        if cell.id == "imports" or "answer" in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True}
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(VIEW, None)


def main(names):
    """Execute the lessons named, or all of them; those in other languages are made from the English ones."""
    for setting in ("CNN_DATASETS", "CNN_LANGUAGE"):
        os.environ.pop(setting, None)
    paths = [Path(name) for name in names]
    if not paths:
        paths = sorted((_LESSONS / "en").glob("*.ipynb"))
        paths += [path for language in languages() for path in translate(language)]
    with tempfile.TemporaryDirectory(prefix="keras-home-") as empty:
        os.environ["KERAS_HOME"] = empty
        os.environ["CNN_ANSWERS"] = f"{empty}/answers.json"
        for path in paths:
            print(path)
            execute(path)


if __name__ == "__main__":
    main(sys.argv[1:])
