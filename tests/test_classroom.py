"""What `make load` measures can be measured, and a failure is not passed over; numbers are never asserted."""

import asyncio

import pytest

from benchmarks import classroom


def test_students_run_a_lesson_and_move_a_slider_at_once():
    results = asyncio.run(classroom.class_at_once(students=2, moves=3))
    assert len(results) == 2
    for slowest_cell, answers, (own, resident) in results:
        assert slowest_cell > 0
        assert len(answers) == 3
        assert 0 < own < resident


def test_a_student_whose_lesson_fails_is_noticed(monkeypatch):
    monkeypatch.setattr(classroom, "_MOVE_SLIDER", "1 / 0")
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        asyncio.run(classroom.class_at_once(students=1, moves=1))
