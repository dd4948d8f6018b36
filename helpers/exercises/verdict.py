"""Check a function that the reader has written, beside the reference, and name the slip."""

import copy
import dis
import linecache
import time
import traceback
from inspect import signature

import numpy as np

from helpers.drawing import show_arrays
from helpers.drawing.picture import svg_image
from helpers.exercises.run import run
from helpers.exercises.task import tasks
from helpers.language import say, say_count
from helpers.questions import record
from helpers.questions.markup import live_html
from helpers.wording import number, together

_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "POP_TOP"}
_CLOSE = {"rtol": 1e-6, "atol": 1e-9}  # far wider than rounding, far narrower than a slip
_SLOW = 20  # times the reference's time
_MOST = 16  # rows or columns that a picture shows
_ROW = 6  # numbers of a row that stand in a line of text


def check(function):
    """Run a function of a lesson, such as `my_output_size`, on small cases, and say what is right or wrong.

    Args:
        function: written in the lesson, under the name that it has there.

    Returns:
        A Verdict, for the end of a cell. Whatever the function does, nothing is raised, and after some
        seconds it is stopped.

    Raises:
        TypeError: it is no function.
        ValueError: no lesson asks for a function of its name.
    """
    if not callable(function):
        raise TypeError(
            f"expected a function, got {type(function).__name__}; write its name without brackets"
        )
    name = getattr(function, "__name__", "")
    if name not in tasks():
        raise ValueError(f"expected one of the functions {', '.join(tasks())}, got {name!r}; keep the name")
    _, task = tasks()[name]
    if _is_empty(function):
        return Verdict(
            "empty",
            say("Nothing is written yet. Write your code in place of the dots, and run the cell again."),
        )
    verdict = _first_failure(task, function) or _praise(task, function)
    record.note(name, verdict.state == "right")
    return verdict


class Verdict:
    """What is said of a function.

    Attributes:
        state: "empty", "right", or "wrong".
        sentence: Markdown.
        details: more Markdown: the call that failed.
        pictures: of the first case that failed.
    """

    def __init__(self, state, sentence, details="", pictures=()):
        self.state, self.sentence, self.details, self.pictures = state, sentence, details, pictures

    def __repr__(self):
        return "\n".join(
            filter(None, [f"{_SIGNS[self.state]} {self.sentence}", self.details, *map(repr, self.pictures)])
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        pictures = "".join(f"<div>{svg_image(p.svg, p.svg.description)}</div>" for p in self.pictures)
        text = live_html(f"**{_SIGNS[self.state]}** {self.sentence}\n\n{self.details}")
        return {"text/html": text + pictures, "text/plain": repr(self)}


_SIGNS = {"empty": "→", "right": "✓", "wrong": "✗"}


def _is_empty(function):
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    steps = list(dis.get_instructions(code))
    constants = [step.argval for step in steps if step.opname in {"LOAD_CONST", "RETURN_CONST"}]
    return {step.opname for step in steps} <= _NOTHING and constants == [None]


def _first_failure(task, function):
    """Return the Verdict on the first case that fails; None where all are right."""
    deadline = time.monotonic() + task.seconds
    for place, case in enumerate(task.cases):
        given = copy.deepcopy(case)
        outcome = run(function, given, max(0.1, deadline - time.monotonic()))
        if sentence := _no_result(task, function, outcome):
            return _failed(task, case, sentence)
        expected = _results(task, task.reference(*copy.deepcopy(case)))
        try:
            results = _results(task, task.read(outcome.value))
        except Exception as error:  # of whatever kind the function's result is
            sentence = say("What your function returns does not fit: {text}.", text=str(error).rstrip("."))
            return _failed(task, case, sentence)
        if not _same(results, expected):
            sentence = _slip(task, place, results, expected) or _general(results, expected)
            return _failed(task, case, sentence, results, expected)
        if sentence := _side_effect(given, case):
            return _failed(task, case, sentence)
    # Only now: where a division gives a fraction, its own sentence says more.
    sentence = _wrong_type(results[0], expected[0])
    return _failed(task, case, sentence) if sentence else None


def _no_result(task, function, outcome):
    """Say why there is no result; nothing where there is one."""
    if not outcome.ended:
        return say_count(
            "Your function was stopped after {count} second. Does one of its loops never end?",
            "Your function was stopped after {count} seconds. Does one of its loops never end?",
            round(task.seconds),
        )
    if outcome.error is not None:
        return _error(function, outcome.error)
    if outcome.value is None:
        return say("Your function returns nothing here. Does every way through it end with `return`?")
    return ""


def _side_effect(given, case):
    """Say that an argument was changed; nothing where none was."""
    arrays = (
        (after, before) for after, before in zip(given, case, strict=True) if isinstance(before, np.ndarray)
    )
    if all(np.array_equal(after, before) for after, before in arrays):
        return ""
    return say(
        "The result is right, but your function changes an array that it was given. Whoever calls it still "
        "needs that array: work on a copy."
    )


def _wrong_type(result, expected):
    """Say that a count is no whole number; nothing where it is."""
    if not _is_count(expected) or _is_count(result):
        return ""
    return say(
        "The number is right, but its type is {type}. A count is a whole number: `//` divides without a "
        "remainder and stays whole.",
        type=type(result).__name__,
    )


def _results(task, value):
    if not task.results:
        return [value]
    return list(value) if isinstance(value, (tuple, list)) else [value]


def _same(results, expected):
    return len(results) == len(expected) and all(map(_equal, results, expected))


def _equal(result, expected):
    result, expected = _numbers(result), _numbers(expected)
    return (
        result is not None
        and result.shape == expected.shape
        and np.allclose(result, expected, equal_nan=True, **_CLOSE)
    )


def _numbers(value):
    """Return a result as floats; None where it is no array of numbers."""
    try:
        return None if value is None else np.asarray(value, float)
    except (TypeError, ValueError):
        return None


def _is_count(value):
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _slip(task, place, results, expected):
    """Return the sentence of the slip that gives these results in a case, and is right in all before it.

    Where no slip gives all of several results, those up to the first wrong one count: the others may not be
    written yet.
    """
    case, earlier = task.cases[place], task.cases[:place]
    for upto in (len(results), _first_wrong(results, expected) + 1):
        if _same(results[:upto], expected[:upto]):  # what there is of them is right
            continue
        for slip in task.slips:
            try:
                if _same(_mistaken(task, slip, case)[:upto], results[:upto]) and all(
                    _same(
                        _mistaken(task, slip, before), _results(task, task.reference(*copy.deepcopy(before)))
                    )
                    for before in earlier
                ):
                    return slip.sentence
            except Exception:  # a mistake of this kind cannot be made with these arguments
                continue
    return ""


def _first_wrong(results, expected):
    """Return the place of the first result that is wrong; the last one where there are too few or many."""
    pairs = enumerate(zip(results, expected, strict=False))
    return next((place for place, pair in pairs if not _equal(*pair)), len(expected) - 1)


def _mistaken(task, slip, case):
    return _results(task, slip.function(*copy.deepcopy(case)))


def _general(results, expected):
    """Say what can be seen of a wrong result without knowing how it came about."""
    if len(results) < len(expected) and _same(results, expected[: len(results)]):
        return say("Right so far. Your function should return {count} results.", count=len(expected))
    if len(results) != len(expected):
        return say_count(
            "Your function should return {count} result.",
            "Your function should return {count} results.",
            len(expected),
        )
    place = _first_wrong(results, expected)
    result, wanted = results[place], expected[place]
    kind, result = type(result).__name__, _numbers(result)
    if result is None:
        return say("Your result should hold numbers; it is of the type {type}.", type=kind)
    if np.ndim(wanted) == 0 and result.ndim > 0:
        return say("Your function should return a single number, with no list or array around it.")
    if result.shape != np.shape(wanted):
        return say(
            "Your result has the shape {shape}; it should be {wanted}.",
            shape=result.shape,
            wanted=np.shape(wanted),
        )
    if not np.isfinite(result).all() and np.isfinite(wanted).all():
        return say(
            "There is nan or inf in your result. It comes of a division by 0, of the root or logarithm of "
            "a negative number, or of numbers that grow too large."
        )
    # What is nearly whole was whole before it was cut off.
    if result.size and np.array_equal(result, np.trunc(np.round(wanted, 9))):
        return say(
            "Everything behind the decimal point is lost: an array of whole numbers was filled with "
            "decimals. `np.zeros` makes one that holds decimals."
        )
    return say("This is not right yet.")


def _error(function, error):
    """Say what went wrong, and in which line of the function."""
    lines = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == _file(function)]
    text = f"{type(error).__name__}: {error}".rstrip(":. ")
    sentence = say("Your function stopped with {error}.", error=text)
    if not lines:
        return sentence
    text = linecache.getline(lines[-1].filename, lines[-1].lineno).strip()
    return sentence + "\n\n" + say("It happened in line {line}: `{text}`", line=lines[-1].lineno, text=text)


def _file(function):
    return getattr(getattr(function, "__code__", None), "co_filename", "")


def _failed(task, case, sentence, results=None, expected=None):
    """Return the Verdict on a case, with its arguments, and with both results where there are two."""
    names = list(signature(task.reference).parameters)[: len(case)]
    plain = [f"{name}={_short(value)}" for name, value in zip(names, case, strict=True)]
    details = say("The call was `{call}`.", call=f"{task.name}({', '.join(plain)})")
    arrays = {name: value for name, value in zip(names, case, strict=True) if _can_show(value)}
    pictures = [show_arrays(**arrays)] if arrays else []
    if results is not None and len(results) == len(expected):
        place = _first_wrong(results, expected)
        yours, right = results[place], expected[place]
        which = f" {task.results[place]}" if task.results else ""
        if _can_show(yours) and _can_show(right):
            names = say("yours") + which, say("right") + which
            pictures.append(
                show_arrays(
                    **dict(zip(names, (yours, right), strict=True)),
                    framed={names[0]: _different(yours, right)},
                )
            )
        else:
            found = say("Yours is {yours}, right is {right}.", yours=_short(yours), right=_short(right))
            details += "\n\n" + (f"{task.results[place]}: {found}" if task.results else found)
    return Verdict("wrong", sentence, details, pictures)


def _can_show(value):
    numbers = _numbers(value) if isinstance(value, (np.ndarray, list)) else None
    return (
        numbers is not None
        and 1 <= numbers.ndim <= 3
        and numbers.size > 0
        and max(numbers.shape) <= _MOST
        and bool(np.isfinite(numbers).all())
    )


def _short(value):
    """Write an argument on one line; a row by its numbers, a larger array by its shape."""
    if isinstance(value, np.ndarray):
        if value.ndim == 1 and value.size <= _ROW and np.issubdtype(value.dtype, np.number):
            return f"[{', '.join(f'{entry:.6g}' for entry in value)}]"
        return f"[{'×'.join(map(str, value.shape))}]" if value.ndim else number(value)
    if isinstance(value, float):
        return f"{value:.8g}"
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= 60 else text[:57] + "..."


def _different(yours, right):
    """List the places in which two arrays differ; none where their shapes do."""
    yours, right = _numbers(yours), _numbers(right)
    if yours.shape != right.shape:
        return []
    return [tuple(map(int, place)) for place in np.argwhere(~np.isclose(yours, right, **_CLOSE))]


def _praise(task, function):
    sentences = [
        say_count(
            "Right: your function returns what it should.",
            "Right: your function agrees with the reference in all {count} cases.",
            len(task.cases),
        )
    ]
    if task.measured is not None:
        sentences.append(say("The measured slopes agree, too."))
    if task.long_case is not None and (times := _times_slower(task, function)) >= _SLOW:
        slow = say(
            "On a larger input it takes about {times} times as long as the fast version. That is the price "
            "of loops in Python, and no mistake.",
            times=_rounded(times),
        )
        sentences.append(slow)
    return Verdict("right", together(sentences))


def _times_slower(task, function):
    given = copy.deepcopy(task.long_case)
    return _shortest(lambda: run(function, given, task.seconds)) / _shortest(lambda: task.reference(*given))


def _shortest(call):
    """Return the shortest of up to five times: a busy computer only makes them longer."""
    times = []
    while len(times) < 5 and sum(times) < 0.1:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def _rounded(times):
    """Round to one digit: a time is not known to more."""
    return f"{float(f'{times:.0e}'):,.0f}"
