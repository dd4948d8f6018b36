"""A recorded training in a form that is small enough for a phone; helpers/runs/folder.py reads it, too.

Nearly all weights of the network for photographs are those of one dense layer. In steps of 1/32, and
without the units that never learnt, they take a quarter of the bytes, and the network reads what it read
before: tests/test_live_weights.py measures it.
"""

import io
import json
import zipfile

import numpy as np

from helpers.npz import open_npz

_MANY = 1_000_000  # numbers; smaller arrays of weights stay as they are
_STEP = 1 / 32
_LEARNT = 0.15  # a dense unit whose weights have all stayed smaller hardly ever fires


def told_history(folder):
    """Return the bytes of a training's history.json that tells, too, which test pictures were recognised."""
    told = json.loads((folder / "history.json").read_text("utf-8"))
    with open_npz(folder / "result.npz") as stored:
        if "correct" in stored:
            told["correct"] = stored["correct"].read().tobytes().hex()
    return json.dumps(told).encode()


def small_result(path):
    """Return the bytes of a result.npz as a page loads it."""
    with open_npz(path) as stored:
        arrays = {name: array.read() for name, array in stored.items()}
    arrays |= _in_steps("test_probabilities", arrays["test_probabilities"], 0.01)
    for name, array in list(arrays.items()):
        if array.size > _MANY:
            learnt = abs(array).max(axis=0) >= _LEARNT
            # Unit after unit, which compresses best.
            arrays |= _in_steps(name, np.asfortranarray(array * learnt), _STEP)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()


def _in_steps(name, array, step):
    """Return an array counted in steps, and the step, under their names."""
    step = np.float16(step)
    return {name: np.rint(array / np.float32(step)).astype(np.int8), f"{name}/step": step}
