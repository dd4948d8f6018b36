"""The weights of a recorded training, in a form that is small enough for a phone.

Most weights of the chapter's network for photographs are those of one dense layer. In steps of 1/32, and without
the units that never learnt, they take a quarter of the bytes, and the network reads what it read before:
tests/test_live_weights.py measures it.
"""

import io
import zipfile

import numpy as np

from helpers.npz import open_npz

_MANY = 1_000_000  # numbers; smaller arrays stay as they are
_STEP = np.float16(1 / 32)
_LEARNT = 0.1  # a dense unit whose weights have all stayed smaller never fires


def small_result(path):
    """Return the bytes of a result.npz as a page loads it; helpers/runs/folder.py reads both forms."""
    with open_npz(path) as stored:
        arrays = {name: array.read() for name, array in stored.items()}
    for name in [name for name, array in arrays.items() if array.size > _MANY]:
        arrays[name], arrays[f"{name}/step"] = _in_steps(arrays[name]), _STEP
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()


def _in_steps(weights):
    """Count weights (inputs, units) in steps, unit after unit, which compresses best."""
    learnt = abs(weights).max(axis=0) >= _LEARNT
    return np.asfortranarray(np.rint(weights / _STEP) * learnt, np.int8)
