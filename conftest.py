"""Every check sees the bundled data alone, so that it comes out the same on every machine."""

import os
import tempfile
from pathlib import Path

import pytest

_USERS_DATASETS = os.environ.pop("CNN_DATASETS", None)
# An empty Keras cache; read by the tests, by the lessons' kernels and by what they start.
os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="keras-home-")


@pytest.fixture(scope="session")
def full_datasets():
    """The folder that CNN_DATASETS named before the run; where it named none, the test is skipped."""
    if _USERS_DATASETS is None:
        pytest.skip("CNN_DATASETS names no folder with the full data sets")
    return Path(_USERS_DATASETS)
