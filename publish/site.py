"""Write every lesson as a page that can be read at once, and comes alive in the browser: `make site`."""

import base64
import hashlib
import json
import shutil

import nbformat

from helpers.chapter.lessons import LESSONS, LESSONS_FOLDER
from helpers.language import say
from publish.lesson_html import PROJECT, PageExporter, write_files, write_index, write_text
from publish.live.build import build
from publish.live.licences import licences_html

_TITLE = say("The convolution chapter, hands-on")
_INDEX = say(
    "Lessons beside chapter 3 of a textbook on deep learning, as pages to read. Each picture shows one "
    "state; press *Make it live* below it, and it moves, computed in your browser."
)
_LICENCES = say("Licences")
# What page.js says; it fills in what stands in braces here, too.
_WORDS = {
    "note": say(
        "Each picture can come alive here, computed in your browser: nothing is installed, and nothing that "
        "you do leaves this page."
    ),
    "start": say("Make it live"),
    "answer": say("Answer it here"),
    "size": say("loads {bytes} MB, once", bytes="{bytes}"),
    "loading": say("Loading Python"),
    "loaded": say("{count} of {bytes} MB", count="{count}", bytes="{bytes}"),
    "starting": say("Python starts …"),
    "all": say("Run all code"),
    "changes": say("Code can be run here, and changed"),
    "run": say("Run"),
    "edit": say("Edit"),
    "restore": say("Restore"),
    "stop": say("Stop"),
    "running": say("Running …"),
    "done": say("Done."),
    "stopped": say(
        "Stopped, and Python has started anew. What it had computed comes back when you run a cell."
    ),
    "lacking": say(
        "This cell needs {package}, which only the installed lessons have. Its result is from there.",
        package="{package}",
    ),
    "above": say("A cell above ended in an error, and this one needs it."),
    "code": say("Code of the cell {cell}", cell="{cell}"),
    "keys": say("Shift+Enter runs the code, Tab indents a line. Escape, then Tab, leaves the editor."),
    "download": say("Download the lesson with your code"),
    "forget": say("Forget your code"),
    "sure": say("This brings back the lesson's own code in every cell of this page. What you wrote is lost."),
    "failed": say(
        "This cannot come alive here; it stays as it is. The browser says: {reason}", reason="{reason}"
    ),
}


# These train networks in TensorFlow, and their code runs in the installed lessons.
_STILL_CODE = ("3-5a", "3-5b", "3-5c")


def main(folder=PROJECT / "site"):
    """Write the index, the lessons and what they load into a folder."""
    write_files(folder, "lesson.css")
    # A live question brings this style; with it from the start, nothing moves when the first one comes.
    shutil.copy(PROJECT / "helpers" / "questions" / "question.css", folder)
    size = build(folder / "live")
    exporter = PageExporter("page.html.j2")
    exporter.environment.globals["policy"] = content_policy()
    for previous, lesson, following in zip((None, *LESSONS[:-1]), LESSONS, (*LESSONS[1:], None), strict=True):
        notebook = nbformat.read(LESSONS_FOLDER / f"{lesson.name}.ipynb", as_version=4)
        resources = {"title": lesson.title, "lesson": lesson, "previous": previous, "next": following}
        resources["live"] = _for_script(lesson.name, size)
        resources["code"] = not lesson.name.startswith(_STILL_CODE)
        html, _ = exporter.from_notebook_node(notebook, resources)
        (folder / f"{lesson.name}.html").write_text(html, "utf-8")
        _write_notebook(notebook, folder / f"{lesson.name}.ipynb")
    write_index(exporter, folder, _TITLE, f"{_INDEX} [{_LICENCES}](licences.html)")
    write_text(exporter, folder / "licences.html", _LICENCES, licences_html())
    print(say("{count} lessons are in {file}.", count=len(LESSONS), file=folder / "index.html"))


def content_policy():
    """Return what a page may load and run, as a Content-Security-Policy: only what lies beside it.

    Two things are as wide as this because of others. Anywidget imports a widget's JavaScript, which Python
    hands it as text, from a blob. And pictures, as formulas, carry style attributes. Style elements are only
    those that helpers bring, known by their sums. The page itself compiles no WebAssembly; a server that
    sends this policy as a header, also for live/worker.js, adds 'wasm-unsafe-eval' to script-src.
    """
    styles = [path.read_bytes() for path in sorted((PROJECT / "helpers").rglob("*.css"))]
    # Each view of a widget comes with a style element in which nothing stands.
    sums = [base64.b64encode(hashlib.sha256(style).digest()).decode() for style in [b"", *styles]]
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self' blob:",
            "style-src-elem 'self' " + " ".join(f"'sha256-{one}'" for one in sums),
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _for_script(lesson, size):
    """Write what page.js needs to know as JSON that can stand in a page."""
    settings = {"lesson": lesson, "bytes": size, "words": _WORDS}
    return json.dumps(settings).replace("<", "\\u003c")


def _write_notebook(notebook, path):
    """Write a lesson without what it shows, which its page has already; page.js runs its cells."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    nbformat.write(notebook, path)


if __name__ == "__main__":
    main()
