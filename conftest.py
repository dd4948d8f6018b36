"""Every check sees the bundled data alone, English, and the same random cases, on every machine."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same random cases in every run, and no verdict that depends on how busy the machine is.
settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")

# The processes that pytest-xdist starts find the name under which the first one put it away.
_PUT_AWAY = "CNN_DATASETS_PUT_AWAY"
_USERS_DATASETS = os.environ.pop("CNN_DATASETS", None) or os.environ.get(_PUT_AWAY)
if _USERS_DATASETS:
    os.environ[_PUT_AWAY] = _USERS_DATASETS
os.environ.pop("CNN_LANGUAGE", None)
# An empty Keras cache; read by the tests, by the lessons' kernels and by what they start.
os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="keras-home-")


_with_answers = None  # the file of tests that the present record belongs to


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Give each file of tests, and each lesson, a record in which nothing is answered yet."""
    global _with_answers
    if item.path != _with_answers:
        _with_answers = item.path
        os.environ["CNN_ANSWERS"] = str(Path(tempfile.mkdtemp(prefix="answers-")) / "answers.json")


@pytest.fixture(scope="session")
def full_datasets():
    """The folder that CNN_DATASETS named before the run; where it named none, the test is skipped."""
    if _USERS_DATASETS is None:
        pytest.skip("CNN_DATASETS names no folder with the full data sets")
    return Path(_USERS_DATASETS)


def pytest_collection_modifyitems(items):
    """Put slow files and lessons first: with several processes, short files then fill up the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow") or item.path.suffix == ".ipynb"}
    items.sort(key=lambda item: item.path not in slow)
