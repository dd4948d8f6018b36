"""Write every lesson as a page to read without a kernel and without a network: `make site`."""

import nbformat

from helpers.chapter.lessons import LESSONS, lesson_table
from publish.lesson_html import LESSONS as FOLDER
from publish.lesson_html import PROJECT, PageExporter, write_files

_INDEX = """# The convolution chapter, to touch

Lessons beside chapter 3 of a textbook on deep learning, as pages to read. Pictures show one state and
stand still; `make lab` opens the same lessons with their sliders.

"""


def main(folder=PROJECT / "site"):
    """Write the index, the lessons and what they load into a folder."""
    write_files(folder, "lesson.css")
    exporter = PageExporter("page.html.j2")
    for previous, lesson, following in zip((None, *LESSONS[:-1]), LESSONS, (*LESSONS[1:], None), strict=True):
        notebook = nbformat.read(FOLDER / f"{lesson.name}.ipynb", as_version=4)
        resources = {
            "title": lesson.title,
            "lesson": lesson,
            "previous": previous,
            "next": following,
        }
        html, _ = exporter.from_notebook_node(notebook, resources)
        (folder / f"{lesson.name}.html").write_text(html, "utf-8")
    index = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(_INDEX + lesson_table(folder=""), id="lessons")]
    )
    html, _ = exporter.from_notebook_node(index, {"title": "The convolution chapter, to touch"})
    (folder / "index.html").write_text(html, "utf-8")
    print(f"{len(LESSONS)} lessons are in {folder / 'index.html'}.")


if __name__ == "__main__":
    main()
