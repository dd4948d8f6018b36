"""A function that the reader writes: what it should do, and the slips that are usual."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path


@dataclass(frozen=True)
class Slip:
    """A usual mistake: a function that makes it, and the sentence that names it.

    The sentence is Markdown, as in questions.
    """

    function: Callable
    sentence: str


def _as_it_is(result):
    return result


@dataclass(frozen=True, kw_only=True)
class Task:
    """A function to write.

    Attributes:
        name: the function's, such as "my_output_size"; in a lesson a cell holds its stub, and `check`.
        reference: what it should return, from the same arguments; arrays are NumPy arrays.
        cases: tuples of arguments, from easy to difficult.
        slips: the usual mistakes; each must fail in a case in which no earlier one gives the same.
        results: names of the results where the function returns several; empty for a single one.
        measured: what judges the reference's results, and is shown where they are slopes: a function of the
            same arguments that measures them with finite differences; None where there are none.
        long_case: arguments with which the time is compared with the reference's, or None.
        read: turns what the reader's function returns into what the reference and the slips return; by
            default, as it is.
        seconds: that all cases together may take.
    """

    name: str
    reference: Callable
    cases: Sequence
    slips: Sequence = ()
    results: Sequence = ()
    measured: Callable | None = None
    long_case: tuple | None = None
    read: Callable = _as_it_is
    seconds: float = 10.0


@cache
def tasks():
    """Return all tasks: {name: (lesson's short name, Task)}, lesson after lesson."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("lesson_*.py")):
        lesson = path.stem.removeprefix("lesson_").replace("_", "-")
        for value in vars(import_module(f"{__package__}.{path.stem}")).values():
            if isinstance(value, Task):
                found[value.name] = lesson, value
    return found


def tasks_of_lesson(lesson):
    """List the names of the functions that are written in a lesson, such as "3-1c"."""
    return [name for name, (where, _) in tasks().items() if where == lesson]
