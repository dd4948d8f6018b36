"""Write every lesson as a page that can be read at once, and comes alive in the browser: `make site`."""

import json
import os
import re
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import nbformat

from helpers.chapter.lessons import EDITIONS, LESSONS, LESSONS_FOLDER
from helpers.language import language, say
from publish.delivery import finish
from publish.front import FIRST, front_page
from publish.lesson_html import PROJECT, PageExporter, home, write_files, write_text
from publish.live.build import build
from publish.live.licences import licences_html
from publish.places import EQUATIONS, FIGURES
from publish.policy import content_policy
from publish.slides import write_slides

_TITLE = say("The convolution chapter, hands-on")
_LICENCES = say("Licences")
# sw.js answers with this page where it cannot reach another one; it fills in the list.
_AWAY = say("This page is not in your browser yet")
_AWAY_TEXT = say(
    "The pages cannot be reached just now, and this one was never opened here before. Load it again when you "
    "have a network. These you have already opened, and they work without one:"
)
_DRAW = say("Draw your own digit")
_BEGUN = say("{right} of {all} right", right="{right}", all="{all}")
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
    "slow": say("The network is slow: {count} of {bytes} MB so far", count="{count}", bytes="{bytes}"),
    "starting": say("Python starts …"),
    "all": say("Run all code"),
    "changes": say("Code can be run here, and changed (loads {bytes} MB, once)", bytes="{bytes}"),
    "run": say("Run"),
    "takes": say("takes about {seconds} s", seconds="{seconds}"),
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
    "reasons": {
        "cut off": say("The connection broke off while this was loading. Try again when it is back."),
        "stalled": say("For a minute nothing came from the server. Try again when the network is better."),
        "ended": say(
            "The last time, this page ended while Python was starting: perhaps memory was short. It helps to "
            "close other pages, and then to try again."
        ),
    },
}


# These train networks in TensorFlow, and their code runs in the installed lessons.
_STILL_CODE = ("3-5a", "3-5b")


def main(folder=PROJECT / "site"):
    """Write the pages in every language, and what they load, into a folder."""
    size = build(folder / "live")
    write_pages(folder, size)
    for edition in EDITIONS.keys() - {language()}:
        # A module's words are chosen when it is imported: another language is another process.
        command = [sys.executable, "-m", "publish.site", folder / edition, str(size)]
        subprocess.run(command, check=True, cwd=PROJECT, env=os.environ | {"CNN_LANGUAGE": edition})
    finish(folder)
    print(say("{count} lessons are in {file}.", count=len(LESSONS), file=folder / "index.html"))


def write_pages(folder, size):
    """Write the index, the lessons, the figures and equations and the slides of one language.

    Args:
        folder: gets them; that of English holds those of the other languages, and `live`.
        size: bytes that a page loads until its first explorer moves.
    """
    write_files(folder, "lesson.css", "front.css", "front.js")
    # A live question brings this style; with it from the start, nothing moves when the first one comes.
    shutil.copy(PROJECT / "helpers" / "questions" / "question.css", folder)
    exporter = _exporter("page.html.j2")
    notebooks = {lesson: _read(lesson) for lesson in LESSONS}
    settings = {
        lesson: {
            "lesson": lesson,
            "live": _for_script(lesson=lesson.name, bytes=size),
            "code": not lesson.name.startswith(_STILL_CODE),
        }
        for lesson in LESSONS
    }
    for lesson, around in _with_neighbours(LESSONS):
        about = {
            "short": lesson.short,
            "about": say("{lesson}: {covers}.", lesson=lesson.title, covers=lesson.covers),
            "contents": _contents(notebooks[lesson]),
        }
        _write_page(exporter, folder, lesson, notebooks[lesson], **settings[lesson], **about, **around)
    for place, around in (*_with_neighbours(FIGURES), *_with_neighbours(EQUATIONS)):
        live = _for_script(lesson=place.name, bytes=size, atOnce=True)
        page = place.page({cell.id: cell for cell in notebooks[place.lesson].cells})
        about = say(
            "{name} of the book, to move and to try: {subject}.", name=place.title, subject=place.subject
        )
        _write_page(exporter, folder, place, page, live=live, about=about, **around)
        if place.explorer:
            _write_notebook(place.program(page), folder / f"{place.name}.ipynb")
    _write_front(folder, notebooks, size)
    write_slides(folder, notebooks, settings, exporter)
    for lesson, notebook in notebooks.items():
        _write_notebook(notebook, folder / f"{lesson.name}.ipynb")
    write_text(exporter, folder / "licences.html", _LICENCES, licences_html())
    write_text(exporter, folder / "offline.html", _AWAY, f"# {_AWAY}\n\n{_AWAY_TEXT}\n\n<ul></ul>")


def _read(lesson):
    """Read a lesson, without the links to its other languages: each page has them at its top."""
    notebook = nbformat.read(LESSONS_FOLDER / f"{lesson.name}.ipynb", as_version=4)
    title = notebook.cells[0]
    title.source = re.sub(r"\n\n\[[^\n]*$", "", title.source)
    return notebook


def _exporter(template):
    """Return an exporter whose pages know the policy, the way to the site's folder, and other languages."""
    exporter = PageExporter(template)
    exporter.environment.globals |= {
        "policy": content_policy(),
        "root": "../" if home(language()) else "",
        "home": home,
        "editions": {edition: name for edition, name in EDITIONS.items() if edition != language()},
    }
    return exporter


def _with_neighbours(pages):
    """Pair each page with the one before and the one behind it."""
    neighbours = zip((None, *pages[:-1]), (*pages[1:], None), strict=True)
    return [
        (page, {"previous": previous, "next": following})
        for page, (previous, following) in zip(pages, neighbours, strict=True)
    ]


def _write_page(exporter, folder, page, notebook, **resources):
    """Write a lesson, or a figure or equation, under its name and title."""
    html, _ = exporter.from_notebook_node(
        notebook, {"title": page.title, "file": f"{page.name}.html", **resources}
    )
    (folder / f"{page.name}.html").write_text(html, "utf-8")


def _write_front(folder, notebooks, size):
    """Write the page that leads to all others."""
    exporter = _exporter("front.html.j2")
    notebook, resources = front_page(notebooks)
    live = _for_script(lesson=FIRST.name, bytes=size, start=_DRAW, begun=_BEGUN)
    about = {"title": _TITLE, "file": "index.html", "live": live}
    html, _ = exporter.from_notebook_node(notebook, about | resources)
    (folder / "index.html").write_text(html, "utf-8")


def _contents(notebook):
    """List (id of the cell, heading) of a lesson."""
    headings = [(cell.id, re.match(r"## (.+)", cell.source)) for cell in notebook.cells]
    return [(cell, heading[1]) for cell, heading in headings if heading]


def _for_script(lesson, bytes, atOnce=False, **words):
    """Write what page.js needs to know as JSON that can stand in a page; its words may differ."""
    settings = {
        "lesson": home(language()) + lesson,
        "bytes": bytes,
        "atOnce": atOnce,
        "words": {**_WORDS, **words},
    }
    return json.dumps(settings).replace("<", "\\u003c")


def _write_notebook(notebook, path):
    """Write a notebook without what it shows, which its page has already; page.js runs its cells."""
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    nbformat.write(notebook, path)


if __name__ == "__main__":
    # In a process of its own: a language's folder, and the bytes that pages load.
    write_pages(Path(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 1 else main()
