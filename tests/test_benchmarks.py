"""What `make bench` measures can be measured; the times themselves are never asserted."""

import pytest

from benchmarks.__main__ import change_times
from helpers import explorers


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_explorer_is_timed(name):
    assert all(seconds > 0 for seconds in change_times(getattr(explorers, name)(), settings=2))
