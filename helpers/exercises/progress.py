"""What was answered and written so far on this machine, lesson by lesson, and a way to forget it."""

from pathlib import Path

import anywidget
import traitlets

from helpers.chapter.lessons import LESSONS
from helpers.drawing.picture import before_it_runs
from helpers.exercises.task import tasks_of_lesson
from helpers.language import say
from helpers.questions import record
from helpers.questions.catalogue import of_lesson
from helpers.questions.markup import live_html
from helpers.wording import table


def progress():
    """Show which questions and functions of each lesson were right so far on this machine.

    Returns:
        A Progress, for the end of a cell; it follows what is answered in the same kernel.
    """
    return Progress()


class ProgressView(anywidget.AnyWidget):
    """Shows a table and a button that asks once more, and then sends {"do": "forget"}."""

    _esm = Path(__file__).with_name("progress.js")
    _css = Path(__file__).with_name("progress.css")
    html = traitlets.Unicode().tag(sync=True)
    empty = traitlets.Bool().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)


class Progress:
    """The table of lessons, and its view.

    Attributes:
        view: the ProgressView.
    """

    def __init__(self):
        self.view = ProgressView(
            words={
                "forget": say("Forget my answers"),
                "sure": say("Delete everything that was counted? It cannot be brought back."),
                "yes": say("Yes, delete it"),
                "no": say("No, keep it"),
            }
        )
        self.view.on_msg(lambda view, message, buffers: self._receive(message))
        record.listen(self._show)
        self._show()

    def _show(self):
        answered = record.read()
        self.view.empty = not answered
        self.view.said = ""
        self.view.html = live_html(_whole_text(answered))

    def _receive(self, message):
        if message != {"do": "forget"}:
            return
        try:
            record.forget()
        except OSError as error:
            self.view.said = say("The file could not be deleted: {error}", error=error.strerror)
        else:
            self.view.said = say("Your answers are forgotten.")

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle, metadata = self.view._repr_mimebundle_(include=include, exclude=exclude)
        # Without place and table: a lesson that is handed on tells nothing of its reader's machine.
        text = summary(record.read())
        return bundle | {"text/html": before_it_runs(text), "text/plain": text}, metadata


def summary(answered):
    """Say in a sentence how much was right so far.

    Args:
        answered: the record.
    """
    if not answered:
        return say("Nothing is answered yet on this machine.")
    *_, (questions, functions) = [(row[1], row[3]) for row in _rows(answered)]
    return say(
        "{questions} questions and {functions} functions are right so far on this machine.",
        questions=questions,
        functions=functions,
    )


def _whole_text(answered):
    """Write the table, and where its numbers are kept, as Markdown."""
    if not answered:
        return summary(answered)
    heading = say("| lesson | questions right | of these at the first try | functions right |")
    kept = say("This is kept in `{file}`, and nowhere else.", file=record.record_file())
    return f"{table(heading, _rows(answered))}\n\n{kept}"


def _rows(answered):
    """List the rows of the table: a lesson's name and three counts; the last row adds them up."""
    counts = []
    for lesson in LESSONS:
        questions = [entry.name for entry in of_lesson(lesson.short)]
        functions = tasks_of_lesson(lesson.short)
        right, written = _right(questions, answered), _right(functions, answered)
        first = sum(answered[name]["first"] for name in right)
        name = f"{lesson.short} {lesson.title}"
        counts.append((name, len(right), len(questions), first, len(written), len(functions)))
    sums = [sum(column) for column in list(zip(*counts, strict=True))[1:]]
    rows = [*counts, (say("altogether"), *sums)]
    return [
        (name, _of(right, questions), first or "", _of(written, functions))
        for name, right, questions, first, written, functions in rows
    ]


def _right(names, answered):
    return [name for name in names if name in answered and answered[name]["right"]]


def _of(count, of_all):
    return say("{count} of {all}", count=count, all=of_all) if of_all else ""
