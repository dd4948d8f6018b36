"""What the reader writes: solutions pass, stubs and slips get their sentence, nothing hangs or breaks."""

import ast
import copy
import re
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from reading import lesson_cells

from helpers.chapter.lessons import LESSONS
from helpers.exercises import check
from helpers.exercises import task as task_module
from helpers.exercises.run import run
from helpers.exercises.task import Slip, Task, tasks, tasks_of_lesson
from helpers.exercises.verdict import _results, _same
from helpers.questions import record

SOLUTIONS = Path(__file__).parents[1] / "docs" / "solutions"
WITHOUT = {"3-0", "3-6", "3-7"}  # nothing has to be written there
each_task = pytest.mark.parametrize("name", tasks())


def named(function, name):
    """Return the function under the name that a lesson gives it."""

    def renamed(*arguments):
        return function(*arguments)

    renamed.__name__ = name
    return renamed


def solution(name):
    """Return the function of this name from the page of solutions of its lesson."""
    lesson, _ = tasks()[name]
    page = (SOLUTIONS / f"{lesson}.md").read_text("utf-8")
    space = {"np": np}
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(code, space)
    return space[name]


@each_task
def test_the_solution_passes(name):
    verdict = check(solution(name))
    assert verdict.state == "right", verdict


@each_task
def test_the_reference_passes(name):
    _, task = tasks()[name]
    assert check(named(task.reference, name)).state == "right"


@each_task
def test_each_slip_gets_its_own_sentence(name):
    _, task = tasks()[name]
    assert len(task.slips) >= 2
    for slip in task.slips:
        verdict = check(named(slip.function, name))
        assert (verdict.state, verdict.sentence) == ("wrong", slip.sentence)


@each_task
def test_the_judges_agree_with_the_reference(name):
    _, task = tasks()[name]
    if task.measured is not None:
        for case in task.cases:
            slopes = _results(task, task.measured(*copy.deepcopy(case)))
            expected = _results(task, task.reference(*copy.deepcopy(case)))
            for measured, computed in zip(slopes, expected, strict=True):
                np.testing.assert_allclose(measured, computed, rtol=1e-5, atol=1e-7)


@each_task
def test_cases_change_nothing(name):
    """A case is used again and again: the reference must leave it as it is."""
    _, task = tasks()[name]
    for case in task.cases:
        kept = copy.deepcopy(case)
        task.reference(*case)
        for before, after in zip(kept, case, strict=True):
            np.testing.assert_array_equal(np.asarray(before, object), np.asarray(after, object))


@each_task
def test_the_lesson_holds_a_stub_and_its_check(name):
    lesson, _ = tasks()[name]
    file = next(one.name for one in LESSONS if one.short == lesson)
    cells = [cell for cell in lesson_cells(file) if f"check({name})" in cell.source]
    assert len(cells) == 1
    function = next(n for n in ast.parse(cells[0].source).body if isinstance(n, ast.FunctionDef))
    assert function.name == name
    assert ast.get_docstring(function)
    assert [ast.unparse(line) for line in function.body[1:]] == ["..."]
    assert cells[0].outputs[0]["data"]["text/plain"].startswith("→ Nothing is written yet.")


@pytest.mark.parametrize("lesson", [lesson.short for lesson in LESSONS if lesson.short not in WITHOUT])
def test_every_lesson_of_the_chapter_has_a_function_to_write(lesson):
    assert tasks_of_lesson(lesson)


# The check itself


@pytest.fixture
def doubled(monkeypatch, tmp_path):
    """A task: double an array."""
    monkeypatch.setenv("CNN_ANSWERS", str(tmp_path / "answers.json"))
    task = Task(
        name="doubled",
        reference=lambda x: 2.0 * x,
        cases=[(np.array([0.0, 0.0]),), (np.array([0.25, 1.0]),), (np.array([[1.0, 2.0], [3.0, 4.0]]),)],
        slips=[Slip(lambda x: x * x, "You have squared.")],
        seconds=1.0,
    )
    monkeypatch.setattr(task_module, "tasks", lambda: {"doubled": ("3-1c", task)})
    monkeypatch.setattr("helpers.exercises.verdict.tasks", lambda: {"doubled": ("3-1c", task)})
    return lambda function: check(named(function, "doubled"))


def test_a_slip_is_named_and_its_case_is_shown(doubled):
    verdict = doubled(lambda x: x * x)
    assert verdict.sentence == "You have squared."
    assert "doubled(x=[0.25, 1])" in verdict.details
    given, both = verdict.pictures
    assert "0.25" in repr(given)
    assert repr(both) == "yours:\n[0.0625 1.0000]\nright:\n[0.5 2.0]"
    assert both.svg.count('stroke="#d55e00"') == 2


def test_a_stub_is_told_kindly():
    def my_output_size(side, window, padding, stride):
        """Return something."""
        ...

    verdict = check(my_output_size)
    assert verdict.state == "empty"
    assert "Nothing is written yet" in verdict.sentence


def test_a_function_that_returns_a_constant_is_not_taken_for_a_stub(doubled):
    assert doubled(lambda x: 3).state == doubled(lambda x: (1, 2)).state == "wrong"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: None, "returns nothing"),
        (lambda x: x / "a", "stopped with TypeError"),
        (lambda x: 3 * x, "not right yet"),
        (lambda x: "text", "should hold numbers"),
        (lambda x: [[1], [2, 3]], "should hold numbers"),
        (lambda x: np.zeros((5, 5)), "shape (5, 5); it should be (2,)"),
        (lambda x: np.nan * x, "nan or inf in your result"),
        (lambda x: (2 * x).astype(int), "behind the decimal point"),
        (lambda: 3, "stopped with TypeError"),
        (lambda x: x[5], "stopped with IndexError"),
        (lambda x: exec("raise SystemExit"), "stopped with SystemExit."),
    ],
)
def test_whatever_a_function_does_is_told(doubled, function, words):
    verdict = doubled(function)
    assert verdict.state == "wrong"
    assert words in verdict.sentence
    assert "<p>" in verdict._repr_mimebundle_()["text/html"]


def test_an_input_changed_in_place_is_told(doubled):
    def in_place(x):
        x *= 2
        return x

    assert "changes an array" in doubled(in_place).sentence


def test_a_float_for_a_count_is_told():
    verdict = check(named(lambda side, f, p, s: float((side - f + 2 * p) // s + 1), "my_output_size"))
    assert "its type is float" in verdict.sentence


def test_slow_loops_are_right_and_slow(doubled, monkeypatch):
    _, task = task_module.tasks()["doubled"]
    long = Task(name="doubled", reference=task.reference, cases=task.cases, long_case=(np.ones(1000),))
    monkeypatch.setattr("helpers.exercises.verdict.tasks", lambda: {"doubled": ("3-1c", long)})

    def slow(x):
        time.sleep(0.01)
        return 2 * x

    verdict = doubled(slow)
    assert verdict.state == "right"
    assert "times as long" in verdict.sentence


@pytest.mark.parametrize("catches", [ValueError, Exception, BaseException])
def test_an_endless_loop_ends(doubled, catches):
    alive = []

    def endless(x):
        while True:
            with suppress(catches):
                alive.append(1)

    begin = time.monotonic()
    verdict = doubled(endless)
    assert "was stopped" in verdict.sentence
    assert time.monotonic() - begin < 30
    if catches is not BaseException:
        count = len(alive)
        time.sleep(0.2)
        assert len(alive) == count, "it still runs"


def test_a_function_that_no_lesson_asks_for_is_named():
    with pytest.raises(ValueError, match="expected one of the functions"):
        check(lambda: 3)
    with pytest.raises(TypeError, match="expected a function, got int"):
        check(3)


def test_a_check_is_counted(doubled):
    doubled(lambda x: x * x)
    doubled(lambda x: x + x)
    assert record.read() == {"doubled": {"right": 1, "wrong": 1, "first": False}}


def test_a_call_returns_its_value_or_its_error():
    assert run(lambda a, b: a + b, (1, 2), 5).value == 3
    assert isinstance(run(lambda: 1 / 0, (), 5).error, ZeroDivisionError)
    assert not run(lambda: time.sleep(3), (), 0.1).ended


def test_a_slip_in_the_first_of_several_results_is_named_before_the_others_are_written(monkeypatch):
    task = Task(
        name="both",
        reference=lambda x: (x + 1, 2 * x),
        cases=[(3,)],
        results=("sum", "double"),
        slips=[Slip(lambda x: (x - 1, 2 * x), "You have subtracted.")],
    )
    monkeypatch.setattr("helpers.exercises.verdict.tasks", lambda: {"both": ("3-1c", task)})
    verdict = check(named(lambda x: (x - 1, None), "both"))
    assert verdict.sentence == "You have subtracted."
    assert "sum: Yours is 2, right is 4." in verdict.details
    assert "should return 2 results" in check(named(lambda x: x + 1, "both")).sentence


def test_right_results_are_blamed_for_no_slip_that_begins_with_them(monkeypatch):
    task = Task(
        name="both",
        reference=lambda x: (x + 1, 2.0 * x),
        cases=[(np.array([3.0, 4.0]),)],
        results=("more", "double"),
        slips=[Slip(lambda x: (x + 1, 3 * x), "You have tripled.")],
    )
    monkeypatch.setattr("helpers.exercises.verdict.tasks", lambda: {"both": ("3-1c", task)})
    assert "should return 2 results" in check(named(lambda x: x + 1, "both")).sentence
    assert "of the type NoneType" in check(named(lambda x: (x + 1, None), "both")).sentence
    assert check(named(lambda x: (x + 1, 3 * x), "both")).sentence == "You have tripled."


def test_a_number_is_wanted_and_an_array_comes(monkeypatch):
    task = Task(name="total", reference=np.sum, cases=[(np.array([3.0, 4.0]),)])
    monkeypatch.setattr("helpers.exercises.verdict.tasks", lambda: {"total": ("3-1c", task)})
    verdict = check(named(lambda x: x, "total"))
    assert "should return a single number" in verdict.sentence
    assert "Yours is [3, 4], right is 7." in verdict.details


def test_results_are_compared_one_by_one():
    task = Task(name="x", reference=None, cases=(), results=("a", "b"))
    assert _same(_results(task, (1, 2)), _results(task, [1.0, 2.0]))
    assert not _same(_results(task, (1, 2)), _results(task, 1))
