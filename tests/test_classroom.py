"""What `make load` measures can be measured, and a failure is not passed over; numbers are never asserted."""

import pytest

from benchmarks import classroom

pytestmark = pytest.mark.slow


def test_students_run_a_lesson_and_move_a_slider_at_once():
    memory, seconds = classroom.class_at_once(2, 3)
    assert len(memory) == 2
    assert min(memory) > 0
    assert len(seconds) == 2 * 3
    assert min(seconds) > 0


def test_a_student_whose_explorer_fails_is_noticed(monkeypatch):
    monkeypatch.setattr(classroom, "_EXPLORER", "1 / 0")
    with pytest.raises(RuntimeError, match="division by zero"):
        classroom.class_at_once(1, 1)
