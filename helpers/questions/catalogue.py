"""Where questions are found by their names, and how their numbers are drawn."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np

from helpers.questions.question import AmbiguousError

_TRIES = 1000  # draws until wrong answers all differ; a handful is usual


@dataclass(frozen=True)
class Entry:
    """A question with all its numbers.

    Attributes:
        name: what `ask` calls it by.
        lesson: its lesson's short name, such as "3-1c".
        build: makes the Question of some numbers.
        first: the numbers that a lesson shows at first.
        draw: returns other numbers, from a random.Random; None where there are none.
    """

    name: str
    lesson: str
    build: Callable
    first: tuple
    draw: Callable | None

    def question(self, seed=None):
        """Return the Question with its first numbers, or with those that belong to a seed.

        Args:
            seed: any text or number; the same one always draws the same numbers.
        """
        if seed is None or self.draw is None:
            return self.build(*self.first)
        # Python keeps this generator as it is, so that a printed worksheet stays valid.
        rng = random.Random(f"{self.name} {seed}")
        for _ in range(_TRIES):
            try:
                return self.build(*self.draw(rng))
            except AmbiguousError:
                continue
        raise AmbiguousError(
            f"expected {self.name} to draw numbers whose wrong answers differ; none in {_TRIES}"
        )


_ENTRIES = {}


def question(*first, draw=None):
    """Enter a function that makes a Question into the catalogue, under its name with hyphens.

    Args:
        first: the function's arguments that a lesson shows at first.
        draw: `draw(rng)` returns others, as a tuple; None where only the first make sense. Numbers with which
            wrong answers cannot be told apart are drawn again.
    """

    def enter(build):
        name = build.__name__.replace("_", "-")
        lesson = build.__module__.rpartition("lesson_")[2].replace("_", "-")
        if name in _ENTRIES and _ENTRIES[name].lesson != lesson:
            raise ValueError(f"expected names that differ, got {name} twice; rename one")
        _ENTRIES[name] = Entry(name, lesson, build, first, draw)
        return build

    return enter


@cache
def entries():
    """Return all questions by name, lesson after lesson, in the order of their files."""
    for path in sorted(Path(__file__).parent.glob("lesson_*.py")):
        import_module(f"{__package__}.{path.stem}")
    return _ENTRIES


def entry(name):
    """Find a question by its name.

    Raises:
        ValueError: there is none of this name.
    """
    if name not in entries():
        raise ValueError(f"expected the name of a question, got {name!r}; all names: {', '.join(entries())}")
    return entries()[name]


def of_lesson(lesson):
    """List the entries of a lesson, such as "3-1c", in the order of its file."""
    return [entry for entry in entries().values() if entry.lesson == lesson]


def check_yourself_entries(lesson):
    """List the entries at the end of a lesson, such as "3-1c": its file's CHECK_YOURSELF.

    Raises:
        ValueError: there is no such lesson, or it has no questions.
    """
    if not of_lesson(lesson):
        known = sorted({entry.lesson for entry in entries().values()})
        raise ValueError(f"expected a lesson with questions, one of {', '.join(known)}, got {lesson!r}")
    file = import_module(f"{__package__}.lesson_{lesson.replace('-', '_')}")
    return [entry(build.__name__.replace("_", "-")) for build in file.CHECK_YOURSELF]


def whole_numbers(rng, shape, smallest, largest):
    """Draw an array of whole numbers, both ends included, from a random.Random."""
    return np.array([rng.randint(smallest, largest) for _ in range(int(np.prod(shape)))]).reshape(shape)
