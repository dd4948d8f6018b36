"""Printed worksheets: a page of A4 for each student, the lesson's own questions, and a key that is right."""

import re
from html import unescape

import pytest

from helpers.chapter.lessons import LESSONS
from helpers.questions import check_yourself
from helpers.questions.markup import live_html
from publish import worksheets

pytestmark = pytest.mark.slow

STUDENTS = 6


@pytest.fixture(scope="module", params=[lesson.short for lesson in LESSONS])
def written(tmp_path_factory, request):
    """The file of a lesson's worksheets; `written.stem` is the lesson."""
    return worksheets.write(tmp_path_factory.mktemp("worksheets"), request.param, STUDENTS, 7)


def rows_of_key(pages):
    html = pages.with_name(f"{pages.stem}-key.html").read_text("utf-8")
    rows = re.findall(r"<tr><th>(7-\d+)</th>(.*?)</tr>", html, re.DOTALL)
    return {number: re.findall(r"<td>(.*?)</td>", cells, re.DOTALL) for number, cells in rows}


def test_each_student_has_a_page_of_a4(written, page):
    page.goto(written.as_uri())
    page.evaluate("document.fonts.ready")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", printed)) == STUDENTS
    assert page.locator("section").count() == STUDENTS
    assert page.evaluate("document.documentElement.scrollWidth") <= 900


def test_the_lesson_asks_the_same_with_the_number_of_a_page(written):
    html = written.read_text("utf-8")
    sections = re.findall(r"<section>.*?</section>", html, re.DOTALL)
    end = check_yourself(written.stem)
    for number, section in enumerate(sections, 1):
        assert f'<p class="number">7-{number}</p>' in section
        end.sheet.value = f"7-{number}"
        for asked in end.asked:
            assert live_html(asked.question.text) in section


def test_the_key_has_the_right_answers(written):
    rows = rows_of_key(written)
    assert list(rows) == [f"7-{number}" for number in range(1, STUDENTS + 1)]
    end = check_yourself(written.stem)
    for number, answers in rows.items():
        end.sheet.value = number
        for asked, answer in zip(end.asked, answers, strict=True):
            for text in asked.question.solution:
                shown = unescape(re.sub("<[^>]*>", " ", answer))
                assert re.sub(r"\$.*?\$|[*`]", "", text).split()[0] in shown


def test_no_answer_stands_on_a_page(written):
    html = written.read_text("utf-8")
    assert "<details>" not in html
    assert "key" not in re.sub("<svg.*?</svg>", "", html, flags=re.DOTALL)


def test_students_have_numbers_of_their_own(tmp_path):
    html = worksheets.write(tmp_path, "3-1c", 30, 1).read_text("utf-8")
    sections = re.findall(r"<ol>.*?</ol>", html, re.DOTALL)
    assert len(set(sections)) == 30
    assert html != worksheets.write(tmp_path, "3-1c", 30, 2).read_text("utf-8")


@pytest.mark.parametrize("count", ["0", "-1", "1000", "x", "", "2.5"])
def test_a_wrong_number_of_students_is_refused(count, capsys):
    with pytest.raises(SystemExit):
        worksheets.main(["--students", count, "--lesson", "3-1c"])
    assert "expected a number of students from 1 to 999" in capsys.readouterr().err


def test_a_wrong_lesson_is_refused(capsys):
    with pytest.raises(SystemExit):
        worksheets.main(["--students", "3", "--lesson", "9-9"])
    assert "choose from '3-0'" in capsys.readouterr().err
