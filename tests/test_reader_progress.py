"""What was answered so far: the table follows, nothing private is stored, all can be forgotten."""

import json

import pytest

from helpers.chapter.lessons import LESSONS
from helpers.exercises import progress
from helpers.questions import ask, record
from helpers.questions.catalogue import entries


@pytest.fixture
def file(tmp_path, monkeypatch):
    file = tmp_path / "somebody" / "answers.json"
    monkeypatch.setenv("CNN_ANSWERS", str(file))
    return file


def stored(shown):
    bundle, _ = shown._repr_mimebundle_()
    return bundle["text/html"] + bundle["text/plain"]


def right(name):
    asked = ask(name)
    asked.check(asked.question.solution)


def test_nothing_is_answered_at_first(file):
    shown = progress()
    assert shown.view.empty
    assert shown.view.html == "<p>Nothing is answered yet on this machine.</p>\n"
    assert "Nothing is answered yet on this machine." in stored(shown)
    assert not file.exists()


def test_the_table_follows_the_answers(file):
    shown = progress()
    right("places")
    ask("slope-of-a-square").check(["77"])
    assert not shown.view.empty
    assert shown.view.html.count("<tr>") == 1 + len(LESSONS) + 1
    count = sum(entry.lesson == "3-1c" for entry in entries().values())
    assert f"<td>1 of {count}</td>" in shown.view.html
    assert f"<td>1 of {len(entries())}</td>" in shown.view.html
    assert str(file) in shown.view.html


def test_answers_from_another_lesson_show_when_it_runs_again(file):
    shown = progress()
    file.parent.mkdir()
    file.write_text(json.dumps({"places": {"right": 2, "wrong": 0, "first": True}}))
    assert shown.view.empty
    assert not progress().view.empty


def test_a_function_counts_and_an_unknown_name_does_not(file):
    record.note("my_output_size", right=True)
    record.note("a-question-of-long-ago", right=True)
    html = progress().view.html
    assert f"<td>0 of {len(entries())}</td>" in html
    assert "<td>1 of " in html


def test_what_is_stored_tells_nothing_of_the_machine(file):
    right("places")
    text = stored(progress())
    assert "somebody" not in text
    assert f"1 of {len(entries())} questions" in text


def test_forgetting_deletes_the_file_and_every_table_follows(file):
    right("places")
    first, second = progress(), progress()
    first._receive({"do": "something else"})
    assert file.exists()
    first._receive({"do": "forget"})
    assert not file.exists()
    assert first.view.empty
    assert second.view.empty
    assert first.view.said == "Your answers are forgotten."
    assert second.view.said == ""


def test_a_file_that_cannot_be_deleted_is_told(file, monkeypatch):
    right("places")
    shown = progress()

    def refuse():
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(record, "forget", refuse)
    shown._receive({"do": "forget"})
    assert shown.view.said == "The file could not be deleted: Permission denied"
    assert not shown.view.empty
