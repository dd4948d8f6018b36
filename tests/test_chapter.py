"""The chapter's arrays cannot be changed; other tests recompute its printed results."""

import numpy as np
import pytest

from helpers import chapter

ARRAYS = {name: value for name, value in vars(chapter).items() if isinstance(value, np.ndarray)}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_are_read_only(name):
    with pytest.raises(ValueError, match="read-only"):
        ARRAYS[name][...] = 0
