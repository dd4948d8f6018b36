"""Write a notebook that shows the explorers alone, their code folded away: `make demo`."""

import nbformat

from helpers.chapter.lessons import LESSONS
from publish.lesson_html import LESSONS as FOLDER
from publish.lesson_html import PROJECT, is_explorer

_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def main(folder=PROJECT / "demo"):
    """Write explorers.ipynb into a folder."""
    folder.mkdir(exist_ok=True)
    nbformat.write(explorers_alone(), folder / "explorers.ipynb")


def explorers_alone():
    """Gather the cells of the lessons that show an explorer, under the lessons' titles.

    Returns:
        A notebook that shows all explorers once it is run; JupyterLab folds its code away.
    """
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": _KERNEL})
    names = []
    for lesson in LESSONS:
        cells = nbformat.read(FOLDER / f"{lesson.name}.ipynb", as_version=4).cells
        shown = [cell for cell in cells if is_explorer(cell)]
        if shown:
            notebook.cells.append(nbformat.v4.new_markdown_cell(f"## {lesson.title}", id=lesson.name))
        for cell in shown:
            names.append(cell.source.removesuffix("()"))
            folded = {"jupyter": {"source_hidden": True}}
            # With the stored picture: the page is not empty before its first run.
            notebook.cells.append(
                nbformat.v4.new_code_cell(
                    cell.source, id=f"{lesson.name}-{cell.id}", metadata=folded, outputs=cell.outputs
                )
            )
    title = "# Explorers\n\nRun → Run All Cells wakes the sliders."
    imports = f"from helpers.explorers import {', '.join(sorted(set(names)))}"
    notebook.cells[:0] = [
        nbformat.v4.new_markdown_cell(title, id="title"),
        nbformat.v4.new_code_cell(imports, id="imports", metadata={"jupyter": {"source_hidden": True}}),
    ]
    return notebook


if __name__ == "__main__":
    main()
