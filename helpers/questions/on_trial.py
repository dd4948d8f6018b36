"""A game: five rules of the chapter, each to be judged true or a slip, and a score."""

import random
import secrets

import ipywidgets

from helpers.drawing.sentence import Sentence
from helpers.language import say, say_count
from helpers.questions.ask import Ask
from helpers.questions.catalogue import of_lesson
from helpers.questions.shown import ANSWER_HINT, still

_FIVE = 5


def rules_on_trial(seed=None):
    """Show five rules of lesson 3-6's pool, some of them true and some slips.

    Args:
        seed: a number that always draws the same rules in the same order, so that a class can judge together;
            None for others each time.

    Returns:
        A RulesOnTrial, for the end of a cell.
    """
    return RulesOnTrial(secrets.randbelow(10**6) if seed is None else seed)


def pool():
    """List the entries that the rules are drawn from: those of lesson 3-6 whose names begin with "rule-"."""
    return [entry for entry in of_lesson("3-6") if entry.name.startswith("rule-")]


class Draw:
    """Draws five rules after another, each rule once before any comes again."""

    def __init__(self, seed):
        self._rng = random.Random(seed)
        self._waiting = {True: [], False: []}

    def five(self):
        """Return five entries in random order: two or three of them slips, the others true."""
        slips = self._rng.choice([2, 3])
        drawn = self._some(True, slips) + self._some(False, _FIVE - slips)
        self._rng.shuffle(drawn)
        return drawn

    def _some(self, slip, count):
        waiting = self._waiting[slip]
        drawn, waiting[:] = waiting[:count], waiting[count:]
        if len(drawn) < count:
            every = [entry for entry in pool() if bool(entry.question().answer) == slip]
            fresh = [entry for entry in every if entry not in drawn]
            self._rng.shuffle(fresh)
            missing = count - len(drawn)
            drawn, waiting[:] = drawn + fresh[:missing], fresh[missing:]
        return drawn


class RulesOnTrial:
    """Five rules, the score, and a button that draws five others.

    Attributes:
        asked: an Ask for each rule.
        renew: the button.
    """

    def __init__(self, seed):
        self._draw = Draw(seed)
        self._rules = ipywidgets.VBox()
        self._score = Sentence()
        self.renew = ipywidgets.Button(
            description=say("New rules"),
            tooltip=say("Draw five other rules"),
            layout={"width": "max-content"},
        )
        self.renew.on_click(lambda _: self._new())
        self._new()
        self.widget = ipywidgets.VBox([self._rules, self._score, self.renew])

    @property
    def score(self):
        """What is said of the five so far."""
        return self._score.text

    def _new(self):
        self.asked = [Ask(entry) for entry in self._draw.five()]
        self._at_once = {}
        for ask in self.asked:
            ask.view.observe(lambda change, ask=ask: self._count(ask), "feedback")
        self._rules.children = [ask.view for ask in self.asked]
        self._tell()

    def _count(self, ask):
        if ask in self.asked and ask.tries and ask.entry.name not in self._at_once:
            self._at_once[ask.entry.name] = ask.verdict.state == "right"
        self._tell()

    def _tell(self):
        judged, right = len(self._at_once), sum(self._at_once.values())
        if judged < _FIVE:
            self._score.text = say(
                "{judged} of {all} rules judged. Some of them are true.", judged=judged, all=_FIVE
            )
        else:
            self._score.text = say_count(
                "All {all} rules judged, {count} of them right at once.",
                "All {all} rules judged, {count} of them right at once.",
                right,
                all=_FIVE,
            )

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        # A stored lesson shows always the same five.
        questions = [entry.question() for entry in Draw(0).five()]
        html = "<hr>".join(map(still, questions)) + ANSWER_HINT
        return bundle | {"text/html": html, "text/plain": "\n\n".join(q.text for q in questions)}
