"""What the front page of the site shows: a digit to draw, the lessons as a map, figures and equations."""

import re

from nbformat.v4 import new_notebook

from helpers.chapter.lessons import LESSONS, ROUTES
from helpers.drawing import svg
from helpers.exercises.task import tasks_of_lesson
from helpers.explorers import DrawDigitExplorer
from helpers.language import say
from helpers.questions.catalogue import of_lesson
from publish.places import EQUATIONS, FIGURES

FIRST = LESSONS[0]  # whose explorer the page shows
_EXPLORER = "draw-digit-explorer"
_GROUPS = (
    (say("Begin here"), ("3-0",)),
    (say("What the layers do"), ("3-1a", "3-1b", "3-1c", "3-1d", "3-1e", "3-1f")),
    (say("How a network learns"), ("3-2", "3-2b", "3-3")),
    (say("Deeper networks"), ("3-4",)),
    (say("Train networks, and look into them"), ("3-5a", "3-5b", "3-5c", "3-5d")),
    (say("To look things up"), ("3-6", "3-7")),
)


def front_page(notebooks):
    """Return the notebook of the front page, which holds one explorer, and what its template fills in.

    Args:
        notebooks: lesson -> its notebook.
    """
    cells = {cell.id: cell for cell in notebooks[FIRST].cells}
    cards = {lesson.short: _card(lesson, notebook) for lesson, notebook in notebooks.items()}
    explorer = DrawDigitExplorer()
    resources = {
        "about": say(
            "Draw a digit and watch a network read it: interactive lessons beside a textbook's chapter on "
            "convolutional networks, in your browser, with nothing to install."
        ),
        "first": FIRST,
        "groups": [(name, [cards[short] for short in lessons]) for name, lessons in _GROUPS],
        "hours": round(sum(lesson.minutes for lesson in LESSONS) / 60),
        "routes": [
            {
                "purpose": route.purpose,
                "minutes": sum(cards[short]["minutes"] for short in route.lessons),
                "lessons": [cards[short] for short in route.lessons],
            }
            for route in ROUTES
        ],
        "places": [(say("Figures of the book"), FIGURES), (say("Equations of the book"), EQUATIONS)],
        "digit": explorer.controls["example"].value,
        "sheet": _picture(explorer.canvas.pixels),
    }
    return new_notebook(cells=[cells[_EXPLORER]]), resources


def _card(lesson, notebook):
    """Describe a lesson: its first aim, and the names that the record of answers has for what it asks."""
    aims = next(cell.source for cell in notebook.cells if cell.id == "aims")
    aim = re.search(r"^- (.+)$", aims, flags=re.MULTILINE)[1]
    # A Chinese lesson has the usual and the English word at a term's first place, which a card needs not.
    aim = re.sub("（[^）]*）", "", aim)
    return {
        "name": lesson.name,
        "short": lesson.short,
        "title": lesson.title,
        "covers": lesson.covers,
        "minutes": lesson.minutes,
        "aim": aim[0].upper() + aim[1:],
        "asked": [*(entry.name for entry in of_lesson(lesson.short)), *tasks_of_lesson(lesson.short)],
    }


def _picture(ink):
    """Return a drawing as the address of a picture."""
    # The element of an SVG holds it as PNG; an image by itself is drawn before any script has come.
    return re.search(r'href="([^"]+)"', svg.image(255 - ink[::5, ::5], 0, 0, 1, 1))[1]
