"""What `make bench` measures can be measured; the times themselves are never asserted."""

import pytest

from benchmarks.__main__ import change_times
from helpers import explorers

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_explorer_is_timed(name):
    times = change_times(getattr(explorers, name)(), settings=2)
    assert times
    assert min(times) > 0
