"""What lessons show besides explorers: the map, and the code of a function."""

import inspect
import re
from pathlib import Path

import pytest
from reading import lesson_cells

from helpers.chapter.lessons import LESSONS, ROUTES, lesson_map, lesson_table, routes
from helpers.drawing import folded
from helpers.drawing.source import show_source
from helpers.reference.conv2d import conv2d_definition
from helpers.reference.convolution import cross_correlate2d
from helpers.reference.network import Sequential
from helpers.reference.pooling import max_pool2d_definition
from helpers.runs import runs_table

PROJECT = Path(__file__).parents[1]
LESSONS_FOLDER = PROJECT / "notebooks" / "en"


def rows(table):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def test_map_has_a_row_for_each_lesson_in_chapter_order():
    table, _ = lesson_map().data.split("\n\n")
    head, rule, *lessons = rows(table)
    assert head == ["lesson", "covers", "minutes", "builds on"]
    assert set(rule) == {"---"}
    links = [re.fullmatch(r"\[(\S+) (.+)\]\((.+)\.ipynb\)", link).groups() for link, *_ in lessons]
    assert links == [(lesson.short, lesson.title, lesson.name) for lesson in LESSONS]
    names = [name for _, _, name in links]
    assert names == sorted(names)
    assert all(name.startswith(f"{short}_") for short, _, name in links)


def test_links_of_the_map_lead_to_lessons_beside_it():
    targets = re.findall(r"\]\((.+?)\)", lesson_map().data)
    assert len(targets) == len(LESSONS) + sum(len(lesson.needs) for lesson in LESSONS)
    assert all((LESSONS_FOLDER / target).is_file() for target in targets)


def test_links_of_a_table_lead_into_the_folder():
    targets = re.findall(r"\]\((.+?)\)", lesson_table("notebooks/en/"))
    assert all((PROJECT / target).is_file() for target in targets)


def test_no_text_of_a_lesson_breaks_the_table():
    assert all(len(row) == 4 for row in rows(lesson_table("")))
    assert len({lesson.title for lesson in LESSONS}) == len(LESSONS)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_minutes_are_those_of_the_lesson_s_title(lesson):
    title = lesson_cells(lesson.name)[0].source
    assert f"about {lesson.minutes} minutes" in title
    row = next(row for row in rows(lesson_table("")) if row[0].startswith(f"[{lesson.short} "))
    assert row[2] == str(lesson.minutes)


def test_the_course_takes_as_long_as_its_lessons():
    total = sum(lesson.minutes for lesson in LESSONS)
    assert f"{total} minutes, or about {round(total / 60)} hours" in lesson_map().data


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.purpose)
def test_a_route_reaches_each_lesson_after_those_it_builds_on(route):
    needs = {lesson.short: set(lesson.needs) for lesson in LESSONS}
    assert all(needs[name] <= set(route.lessons[:i]) for i, name in enumerate(route.lessons))
    row = next(row for row in rows(routes().data) if row[0] == route.purpose)
    minutes = sum(lesson.minutes for lesson in LESSONS if lesson.short in route.lessons)
    assert row[2] == str(minutes)
    assert all((LESSONS_FOLDER / target).is_file() for target in re.findall(r"\]\((.+?)\)", row[1]))


def test_some_route_leads_through_all_lessons_but_the_pages_for_looking_up():
    everything = {lesson.short for lesson in LESSONS} - {"3-0", "3-7"}
    assert any(set(route.lessons) == everything for route in ROUTES)


def shown(function):
    """Return the file's name and the code that show_source shows."""
    return re.fullmatch(r"`(.+)`\n```python\n(.*)\n```", show_source(function).data, re.DOTALL).groups()


@pytest.mark.parametrize("function", [cross_correlate2d, conv2d_definition, max_pool2d_definition])
def test_source_keeps_the_code_and_the_docstrings_first_line(function):
    file, code = shown(function)
    assert Path(inspect.getsourcefile(function)) == PROJECT / file
    first_line = function.__doc__.splitlines()[0]
    assert code.count('"""') == 2
    assert f'    """{first_line}"""\n' in code
    head, body = inspect.getsource(function).split('"""')[::2]
    assert code == f'{head}"""{first_line}"""{body.rstrip()}'


def test_source_that_is_shown_still_computes_the_same():
    _, code = shown(cross_correlate2d)
    names = dict(cross_correlate2d.__globals__)
    exec(code, names)
    image, kernel = [[1, 2, 3], [4, 5, 6]], [[1, 0], [0, 1]]
    assert names["cross_correlate2d"](image, kernel).tolist() == cross_correlate2d(image, kernel).tolist()


@pytest.mark.parametrize(
    "function",
    [None, 3, "conv2d", len, inspect.getsource],
    ids=["nothing", "number", "text", "built in", "of another project"],
)
def test_only_functions_of_the_project_are_shown(function):
    with pytest.raises(
        TypeError, match=r"expected a function of this project, got .*; pass the function itself"
    ):
        show_source(function)


def test_a_method_is_shown_as_a_function_is():
    file, code = shown(Sequential.outputs)
    assert file == "helpers/reference/network.py"
    assert code.startswith('def outputs(self, x):\n    """Compute what each layer makes of the pictures')
    assert code.endswith("\n    return outputs")


def test_several_sources_follow_each_other():
    both = show_source(cross_correlate2d, Sequential.outputs).data
    assert both == f"{show_source(cross_correlate2d).data}\n\n{show_source(Sequential.outputs).data}"


def one_line():
    """Have one line."""
    return 1


def no_docstring():
    # A comment stays.
    text = """Not a docstring."""
    return text


def test_source_with_a_docstring_of_one_line_is_shown_whole():
    assert shown(one_line) == ("tests/test_course.py", inspect.getsource(one_line).rstrip())


def test_source_without_a_docstring_is_shown_whole():
    assert shown(no_docstring) == ("tests/test_course.py", inspect.getsource(no_docstring).rstrip())


def test_source_can_be_folded_away_and_is_still_coloured():
    source = show_source(cross_correlate2d).data
    text = folded(show_source(cross_correlate2d))._repr_mimebundle_()["text/markdown"]
    assert text == f"<details><summary>The code</summary>\n\n{source}\n\n</details>"


def test_a_table_can_be_folded_away_as_a_result():
    text = folded(runs_table("mnist"))._repr_mimebundle_()["text/markdown"]
    assert text.startswith("<details><summary>What comes out</summary>\n\n| recorded run |")
