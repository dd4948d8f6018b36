"""The end of a lesson: its last questions together, a score, and the numbers of a worksheet."""

import ipywidgets

from helpers.drawing.sentence import Sentence
from helpers.language import say, say_count
from helpers.questions import record
from helpers.questions.ask import Ask
from helpers.questions.catalogue import check_yourself_entries, of_lesson
from helpers.questions.shown import ANSWER_HINT, still


def check_yourself(lesson):
    """Show the last questions of a lesson, such as "3-1c", and its score.

    Returns:
        A CheckYourself, for the end of a cell.

    Raises:
        ValueError: there is no such lesson, or it has no questions.
    """
    return CheckYourself(lesson)


class CheckYourself:
    """Questions, a field for the number of a printed worksheet, and the score of the whole lesson.

    Attributes:
        asked: an Ask for each question.
        sheet: the field; with a worksheet's number in it, the questions have that sheet's numbers.
    """

    def __init__(self, lesson):
        self.lesson = lesson
        self.asked = [Ask(entry) for entry in check_yourself_entries(lesson)]
        self.sheet = ipywidgets.Text(
            description=say("Worksheet number"),
            placeholder=say("none"),
            continuous_update=False,
            tooltip=say(
                "With the number in the corner of a printed worksheet, these questions have its numbers."
            ),
            style={"description_width": "initial"},
        )
        self.sheet.observe(self._take_sheet, "value")
        self._score = Sentence()
        record.listen(self._count)
        self._count()
        self.widget = ipywidgets.VBox([*(ask.view for ask in self.asked), self._score, self.sheet])

    @property
    def score(self):
        """What is said of the lesson's questions so far."""
        return self._score.text

    def _take_sheet(self, change):
        for ask in self.asked:
            ask.draw(sheet_seed(change["new"]))

    def _count(self):
        self._score.text = score(self.lesson)

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        questions = "".join(still(ask.question) for ask in self.asked)
        texts = "\n\n".join(ask.question.text for ask in self.asked)
        return bundle | {"text/html": questions + ANSWER_HINT, "text/plain": texts}


def sheet_seed(number):
    """Return the seed of a worksheet's number, as it stands in its corner; None for an empty text."""
    return "sheet " + "".join(number.split()) if number.strip() else None


def score(lesson):
    """Say how many questions of a lesson were answered right so far on this machine."""
    answered = record.read()
    names = [entry.name for entry in of_lesson(lesson)]
    right = [name for name in names if name in answered and answered[name]["right"]]
    if not right:
        return say_count(
            "None of this lesson's {count} question is answered yet.",
            "None of this lesson's {count} questions is answered yet.",
            len(names),
        )
    return say(
        "{right} of this lesson's {all} questions are answered right, {first} of them at the first try.",
        right=len(right),
        all=len(names),
        first=sum(answered[name]["first"] for name in right),
    )
