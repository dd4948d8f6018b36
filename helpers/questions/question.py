"""The kinds of questions, and how each judges what a reader answers."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from helpers.drawing import SvgPicture, show_arrays
from helpers.language import say, say_count
from helpers.questions.answers import readings
from helpers.questions.markup import verbatim
from helpers.wording import number, trimmed

_LAST_BITS = 1e-9  # that sums may differ by


class AmbiguousError(ValueError):
    """A wrong answer cannot be told from the right one, or from another: draw other numbers."""


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer.

    Attributes:
        state: "right", "slip" for a mistake that was foreseen, "wrong", or "unread".
        sentence: what to tell the reader; empty where a right or wrong answer needs no word of its own.
        marks: for each blank whether it is right, where that is worth showing; else empty.
    """

    state: str
    sentence: str = ""
    marks: tuple = ()


@dataclass(frozen=True, kw_only=True)
class Question:
    """What all kinds have; `answer` and the answers in `mistakes` depend on the kind.

    Texts are Markdown with formulas in dollar signs; in `say`, a formula's braces are doubled.

    Attributes:
        text: the question.
        answer: the right answer, computed.
        mistakes: pairs (wrong answer, computed; the sentence that tells what was mixed up). An answer None
            stands for a mistake that cannot be made with these numbers.
        hints: sentences for other wrong answers, one after the other.
        explanation: why the answer is right, with its numbers.
        given: small arrays by name, shown as grids below the text.
        picture: SVG below the text, or None.
    """

    text: str
    answer: Any
    explanation: str
    mistakes: Sequence = ()
    hints: Sequence = ()
    given: Mapping = field(default_factory=dict)
    picture: str | None = None

    def __post_init__(self):
        possible = [(answer, sentence) for answer, sentence in self.mistakes if answer is not None]
        object.__setattr__(self, "mistakes", possible)
        wrong = [answer for answer, _ in self.mistakes]
        for place, answer in enumerate(wrong):
            if self._means(answer, self.answer):
                raise AmbiguousError(f"expected a wrong answer, got {answer}, which counts as {self.answer}")
            if any(self._means(other, answer) for other in wrong[:place]):
                raise AmbiguousError(f"expected wrong answers that differ, got {answer} twice")

    @property
    def pictures(self):
        """List what is shown below the text: SVG texts."""
        drawn = [] if self.picture is None else [SvgPicture(self.picture)]
        return drawn + ([show_arrays(**self.given)] if self.given else [])

    def judge(self, typed):
        """Judge an answer.

        Args:
            typed: a text for each blank, or one with the number of the chosen option or cell.

        Returns:
            A Verdict; whatever was typed, nothing is raised.
        """
        raise NotImplementedError

    def _means(self, answer, other):
        """Tell whether all that is judged as the second answer is judged as the first one, too."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Blanks(Question):
    """A question whose answer is typed: a number for each blank.

    Attributes:
        decimals: that each number is asked to; 0 for whole numbers.
        unit: what stands after each blank, such as "%".
    """

    decimals: int = 0
    unit: str = ""

    @property
    def blanks(self):
        """List what stands before each blank."""
        raise NotImplementedError

    def numbers(self, answer):
        """List the numbers of an answer, one for each blank; None where it leaves one open."""
        raise NotImplementedError

    @property
    def solution(self):
        """The right answer as texts, one for each blank."""
        return [self._write(value) for value in self.numbers(self.answer)]

    @property
    def precision(self):
        """What a reader is told about decimals; empty for whole numbers."""
        if self.decimals == 0:
            return ""
        return say_count("to {count} decimal", "to {count} decimals", self.decimals)

    @property
    def note(self):
        """What stands behind a blank: the unit, and how exactly one has to answer."""
        exactly = self.precision and say(" ({precision})", precision=self.precision)
        return f"{self.unit}{exactly}".strip()

    def judge(self, typed):
        """Judge what was typed, as `Question.judge`."""
        if not all(text.strip() for text in typed):
            several = len(typed) > 1
            return Verdict("unread", say("Fill in every blank.") if several else say("Type a number."))
        meant = [readings(text) for text in typed]
        if not all(meant):
            text = next(text for text, values in zip(typed, meant, strict=True) if not values)
            return Verdict(
                "unread",
                say("“{text}” is not a number. Write one like 12, −0.5 or 3/4.", text=verbatim(text[:40])),
            )
        marks = self._marks(meant, self.numbers(self.answer))
        if all(marks):
            return Verdict("right", "", marks)
        for answer, sentence in self.mistakes:
            if all(self._marks(meant, self.numbers(answer))):
                return Verdict("slip", sentence, marks if len(marks) > 1 else ())
        return self._wrong(meant, marks)

    def _wrong(self, meant, marks):
        right = self.numbers(self.answer)
        if self.decimals and all(map(self._is_near, meant, right)):
            # A slip, so that no hint at another way follows.
            return Verdict("slip", say("Close, but not close enough: {precision}.", precision=self.precision))
        if any(right) and all(self._marks([[-v for v in values] for values in meant], right)):
            return Verdict("slip", say("The size is right, the sign is not."))
        if len(marks) > 1 and any(marks):
            count = say_count(
                "{count} of {all} is right.", "{count} of {all} are right.", sum(marks), all=len(marks)
            )
            return Verdict("wrong", count, marks)
        return Verdict("wrong")

    def _marks(self, meant, expected):
        return tuple(
            wanted is None or any(abs(value - wanted) <= self._tolerance for value in values)
            for values, wanted in zip(meant, expected, strict=True)
        )

    def _is_near(self, values, wanted):
        """Tell whether one of these is nearly the right number, or that number rounded to fewer decimals."""
        rounded = [round(wanted, decimals) for decimals in range(1, self.decimals)]
        return any(
            abs(value - wanted) <= 5 * self._tolerance
            or any(value and abs(value - other) <= _LAST_BITS for other in rounded)
            for value in values
        )

    @property
    def _tolerance(self):
        # Rounded as it is asked for, or more exactly.
        return 0.5 * 10.0**-self.decimals + _LAST_BITS if self.decimals else _LAST_BITS

    def _means(self, answer, other):
        pairs = zip(self.numbers(answer), self.numbers(other), strict=True)
        # Two roundings apart: what is typed for the one must never count as the other.
        apart = 2.1 * self._tolerance
        return all(a is None or (b is not None and abs(a - b) <= apart) for a, b in pairs)

    def _write(self, value):
        return trimmed(value, self.decimals) if self.decimals else number(value)


@dataclass(frozen=True, kw_only=True)
class Number(Blanks):
    """One number."""

    @property
    def blanks(self):
        """One blank without a name."""
        return [""]

    def numbers(self, answer):
        """List the one number."""
        return [float(answer)]


@dataclass(frozen=True, kw_only=True)
class Numbers(Blanks):
    """Several numbers: answers are dicts of numbers by the names of their blanks.

    A wrong answer may leave blanks out: it is recognised by the others.
    """

    @property
    def blanks(self):
        """The names."""
        return list(self.answer)

    def numbers(self, answer):
        """List the numbers in the order of the blanks."""
        return [None if answer.get(name) is None else float(answer[name]) for name in self.answer]


@dataclass(frozen=True, kw_only=True)
class Array(Blanks):
    """An array to fill in, (rows, columns) or (columns,); answers are arrays of its shape."""

    @property
    def shape(self):
        """(rows, columns)."""
        return np.atleast_2d(self.answer).shape

    @property
    def blanks(self):
        """The places."""
        return place_names(self.shape)

    def numbers(self, answer):
        """List the numbers row by row."""
        if np.atleast_2d(answer).shape != self.shape:
            raise AmbiguousError(f"expected an answer of shape {self.shape}, got {np.shape(answer)}")
        return np.asarray(answer, float).ravel().tolist()


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """One of several options; answers are their numbers, counted from 0."""

    options: Sequence

    @property
    def solution(self):
        """The right option's text."""
        return [self.options[self.answer]]

    def judge(self, typed):
        """Judge the number of the chosen option, as `Question.judge`."""
        if typed[0] not in map(str, range(len(self.options))):
            return Verdict("unread", say("Choose one of the answers."))
        return _judge_choice(int(typed[0]), self)

    def _means(self, answer, other):
        return answer == other


@dataclass(frozen=True, kw_only=True)
class Cell(Question):
    """A cell of an array; answers are places (row, column), counted from 0.

    Attributes:
        grid: (rows, columns), shown to choose from.
    """

    grid: Any

    @property
    def solution(self):
        """The right place in words."""
        row, column = self.answer
        return [place_names(np.shape(self.grid))[row * np.shape(self.grid)[1] + column]]

    def judge(self, typed):
        """Judge the number of the chosen cell, counted row by row, as `Question.judge`."""
        if typed[0] not in map(str, range(np.size(self.grid))):
            return Verdict("unread", say("Choose a cell."))
        return _judge_choice(divmod(int(typed[0]), np.shape(self.grid)[1]), self)

    def _means(self, answer, other):
        return tuple(answer) == tuple(other)


@dataclass(frozen=True, kw_only=True)
class Order(Question):
    """Items to put in order; answers are numbers, one for each item, by which they are ranked, largest first.

    So a usual wrong belief is a wrong answer: the numbers that somebody ranks by who holds it. That somebody
    has the right order upside down is told without it.

    Attributes:
        items: Markdown, one line each.
        ends: what stands above the first and below the last, such as ("the highest", "the lowest").
        near: items whose right numbers are at most this far apart may stand either way.
    """

    items: Sequence
    ends: tuple[str, str]
    near: float = 0

    def __post_init__(self):
        answers = [self.answer, *(answer for answer, _ in self.mistakes if answer is not None)]
        if any(len(answer) != len(self.items) for answer in answers):
            raise AmbiguousError(f"expected a number for each of the {len(self.items)} items in every answer")
        super().__post_init__()
        if self._fits(self.ranked(self.answer)[::-1], self.answer):
            raise AmbiguousError(f"expected items to rank, got {self.answer}, all within {self.near}")

    @staticmethod
    def ranked(answer):
        """List the items' numbers, counted from 0, as an answer ranks them."""
        return sorted(range(len(answer)), key=lambda item: -float(answer[item]))

    @property
    def shown(self):
        """List the items' numbers, counted from 0, as they stand at first: shuffled, and not right."""
        order = list(range(len(self.items)))
        rng = random.Random(" ".join(self.items))
        rng.shuffle(order)
        while self._fits(order, self.answer):
            rng.shuffle(order)
        return order

    @property
    def solution(self):
        """The right order as one text, with ≈ between neighbours that may stand either way."""
        order = self.ranked(self.answer)
        text = f"**{self.items[order[0]]}**"
        for above, below in pairwise(order):
            sign = ">" if self._belongs_above(above, below, self.answer) else "≈"
            text += f" {sign} **{self.items[below]}**"
        return [text]

    def judge(self, typed):
        """Judge the items' numbers, counted from 0, in the order that was chosen, as `Question.judge`."""
        if sorted(typed) != sorted(map(str, range(len(self.items)))):
            return Verdict("unread", say("Put the items in order."))
        order = [int(text) for text in typed]
        if self._fits(order, self.answer):
            return Verdict("right")
        for answer, sentence in self.mistakes:
            if self._fits(order, answer):
                return Verdict("slip", sentence)
        if self._fits(order[::-1], self.answer):
            return Verdict("slip", say("That is the right order, upside down."))
        return self._wrong(order)

    def _wrong(self, order):
        """Tell which neighbours are the wrong way round; where all stand right, which next but one."""
        for distance in range(1, len(order)):
            pairs = [
                (above, below)
                for above, below in zip(order, order[distance:], strict=False)
                if self._belongs_above(below, above, self.answer)
            ]
            if pairs:
                break
        lines = [
            say("- **{below}** belongs above **{above}**.", below=self.items[below], above=self.items[above])
            for above, below in pairs
        ]
        wrong = {item for pair in pairs for item in pair}
        sentence = "\n".join([say("Not yet."), "", *lines])
        return Verdict("wrong", sentence, tuple(item not in wrong for item in order))

    def _belongs_above(self, item, other, values):
        near = self.near if values is self.answer else 0
        return float(values[item]) - float(values[other]) > near + _LAST_BITS

    def _fits(self, order, values):
        """Tell whether no item stands below one that it belongs above."""
        return not any(self._belongs_above(below, above, values) for above, below in combinations(order, 2))

    def _means(self, answer, other):
        return self._fits(self.ranked(answer), other) or self._fits(self.ranked(other), answer)


def true_or_slip(*, text, slip, explanation, mistaken, hints=(), **shown):
    """Make the Choice that stands before a box of the errata: is the printed rule true, or a slip?

    Args:
        text: the printed rule, and the question about it.
        slip: whether it is one, computed.
        explanation: why.
        mistaken: the sentence for the other answer.
        hints: as for `Question`.
        shown: `given` and `picture` of `Question`.
    """
    return Choice(
        text=text,
        options=[say("It is true."), say("It is a slip.")],
        answer=int(slip),
        mistakes=[(int(not slip), mistaken)],
        hints=hints,
        explanation=explanation,
        **shown,
    )


def named(names, *numbers):
    """Return an answer of `Numbers`: its numbers by the names of their blanks."""
    return dict(zip(names, numbers, strict=True))


def place_names(shape):
    """List the places of an array (rows, columns) in words, row by row, counted from 1."""
    return [
        say("row {row}, column {column}", row=row + 1, column=column + 1)
        for row, column in np.ndindex(*shape)
    ]


def _judge_choice(chosen, question):
    if question._means(chosen, question.answer):
        return Verdict("right")
    sentences = [sentence for answer, sentence in question.mistakes if question._means(chosen, answer)]
    return Verdict("slip", sentences[0]) if sentences else Verdict("wrong")
