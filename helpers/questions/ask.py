"""A question as a lesson shows it: the reader answers, and is told what was mixed up."""

import secrets
from pathlib import Path

import anywidget
import traitlets

from helpers.language import say
from helpers.questions import record
from helpers.questions.catalogue import entry
from helpers.questions.markup import live_html
from helpers.questions.question import Verdict
from helpers.questions.shown import ANSWER_HINT, described, solution, still

_DRAWS = 20  # until other numbers come; one or two are usual


def ask(name):
    """Show a question of helpers/questions, such as `ask("places")`.

    Args:
        name: of the function that makes it, with hyphens.

    Returns:
        An Ask, for the end of a cell.

    Raises:
        ValueError: there is no question of this name.
    """
    return Ask(entry(name))


class QuestionView(anywidget.AnyWidget):
    """Shows a question and what is said of an answer.

    It sends {"do": "check", "typed": [...]}, {"do": "show"} or {"do": "renew"}, each with the round it saw.
    """

    _esm = Path(__file__).with_name("question.js")
    _css = Path(__file__).with_name("question.css")
    question = traitlets.Dict().tag(sync=True)
    feedback = traitlets.Dict().tag(sync=True)


class Ask:
    """A question, its view, and how often it was tried.

    Attributes:
        entry: the catalogue's.
        question: the Question of the present numbers.
        view: the QuestionView.
        verdict: what was said last; None before the first answer.
        tries: how many answers these numbers have had.
    """

    def __init__(self, entry, seed=None):
        self.entry = entry
        self.view = QuestionView()
        self.view.on_msg(lambda view, message, buffers: self._receive(message))
        self._round = 0
        self.draw(seed)

    def draw(self, seed):
        """Ask anew, with the numbers of this seed; None for the first ones."""
        self.question, self.verdict = self.entry.question(seed), None
        self.tries, self._unforeseen, self._round = 0, 0, self._round + 1
        self.view.feedback = {}
        self.view.question = described(self.question) | {
            "round": self._round,
            "renewable": self.entry.draw is not None,
            "words": {
                "answer": say("Answer"),
                "check": say("Check"),
                "show": say("Show the answer"),
                "renew": say("New numbers"),
                "right": say("right"),
                "wrong": say("wrong"),
                "up": say("Move up"),
                "down": say("Move down"),
            },
        }

    def renew(self):
        """Ask anew, with other numbers than the present ones where there are any."""
        shown = described(self.question)
        seeds = [secrets.randbelow(10**6) for _ in range(_DRAWS)]
        self.draw(next((s for s in seeds if described(self.entry.question(s)) != shown), seeds[0]))

    def check(self, typed):
        """Judge an answer, a list of texts, and say what is to be said."""
        self.verdict = self.question.judge(typed)
        if self.verdict.state == "unread":
            return self._tell(self.verdict.sentence)
        self.tries += 1
        right = self.verdict.state == "right"
        record.note(self.entry.name, right)
        if right:
            return self._tell(say("Right."), self.question.explanation)
        return self._tell(self.verdict.sentence or say("Not yet."), self._hint())

    def show(self):
        """Show the answer and why it is right."""
        self.verdict = Verdict("shown")
        self._tell(solution(self.question), self.question.explanation)

    def _hint(self):
        """Return the next hint; none where the mistake itself was named."""
        hints = self.question.hints
        if self.verdict.state == "slip" or not hints:
            return ""
        self._unforeseen += 1
        return hints[min(self._unforeseen, len(hints)) - 1]

    def _tell(self, *sentences):
        self.view.feedback = {
            "round": self._round,
            "state": self.verdict.state,
            "html": live_html("\n\n".join(filter(None, sentences))),
            "marks": list(self.verdict.marks),
            "tries": self.tries,
        }

    def _receive(self, message):
        # A busy kernel may get to a message when the question has other numbers already.
        if message["round"] != self._round:
            return
        if message["do"] == "check":
            self.check(message["typed"])
        elif message["do"] == "show" and self.tries:
            self.show()
        elif message["do"] == "renew":
            self.renew()

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle, metadata = self.view._repr_mimebundle_(include=include, exclude=exclude)
        html = still(self.question) + ANSWER_HINT
        return bundle | {"text/html": html, "text/plain": self.question.text}, metadata
