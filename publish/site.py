"""Write every lesson as a page to read without a kernel and without a network: `make site`."""

import nbformat

from helpers.chapter.lessons import LESSONS, LESSONS_FOLDER
from helpers.language import say
from publish.lesson_html import PROJECT, PageExporter, write_files, write_index

_TITLE = say("The convolution chapter, hands-on")
_INDEX = say(
    "Lessons beside chapter 3 of a textbook on deep learning, as pages to read. Each picture shows one state "
    "and does not move; `make lab` opens the same lessons with their sliders."
)


def main(folder=PROJECT / "site"):
    """Write the index, the lessons and what they load into a folder."""
    write_files(folder, "lesson.css")
    exporter = PageExporter("page.html.j2")
    for previous, lesson, following in zip((None, *LESSONS[:-1]), LESSONS, (*LESSONS[1:], None), strict=True):
        notebook = nbformat.read(LESSONS_FOLDER / f"{lesson.name}.ipynb", as_version=4)
        resources = {"title": lesson.title, "lesson": lesson, "previous": previous, "next": following}
        html, _ = exporter.from_notebook_node(notebook, resources)
        (folder / f"{lesson.name}.html").write_text(html, "utf-8")
    write_index(exporter, folder, _TITLE, _INDEX)
    print(say("{count} lessons are in {file}.", count=len(LESSONS), file=folder / "index.html"))


if __name__ == "__main__":
    main()
