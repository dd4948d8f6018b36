"""Write a notebook that shows the explorers alone, their code folded away: `make demo`."""

import nbformat

from helpers.chapter.lessons import LESSONS, LESSONS_FOLDER
from helpers.language import say
from publish.lesson_html import PROJECT, is_explorer


def main(folder=PROJECT / "demo"):
    """Write explorers.ipynb into a folder."""
    folder.mkdir(exist_ok=True)
    nbformat.write(explorers_alone(), folder / "explorers.ipynb")


def explorers_alone():
    """Collect the cells of the lessons that show an explorer, under the lessons' titles.

    Returns:
        A notebook that shows all explorers once it is run; JupyterLab folds its code away.
    """
    notebook = nbformat.v4.new_notebook()
    names = []
    for lesson in LESSONS:
        stored = nbformat.read(LESSONS_FOLDER / f"{lesson.name}.ipynb", as_version=4)
        notebook.metadata = stored.metadata
        shown = [cell for cell in stored.cells if is_explorer(cell)]
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
    title, hint = say("Explorers"), say("The sliders appear when the notebook runs: Run → Run All Cells.")
    imports = "from helpers.explorers import " + ", ".join(sorted(set(names)))
    notebook.cells[:0] = [
        nbformat.v4.new_markdown_cell(f"# {title}\n\n{hint}", id="title"),
        nbformat.v4.new_code_cell(imports, id="imports", metadata={"jupyter": {"source_hidden": True}}),
    ]
    return notebook


if __name__ == "__main__":
    main()
