"""What `make bench` and `make load` measure can be measured; the times themselves are never asserted."""

import pytest

from benchmarks.__main__ import change_times
from benchmarks.classroom import answer, class_at_once, kernel
from helpers import explorers


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_explorer_is_timed(name):
    assert all(seconds > 0 for seconds in change_times(getattr(explorers, name)(), settings=2))


def test_a_class_works_at_once():
    memory, seconds = class_at_once(students=2, count=3)
    assert len(memory) == 2
    assert len(seconds) == 6
    assert all(value > 0 for value in [*memory, *seconds])


def test_a_kernel_that_fails_is_no_measurement():
    with kernel() as (_, client), pytest.raises(RuntimeError, match="1/0: division by zero"):
        answer(client, "1/0")
