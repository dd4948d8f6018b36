"""Small grey photographs, bundled."""

import reprlib
from pathlib import Path

from helpers.datasets.dataset import DatasetError
from helpers.language import say
from helpers.npz import blamed, open_npz

PHOTOGRAPHS = {
    "camera": say("photographer"),
    "chelsea": say("cat"),
    "coffee": say("cup of coffee"),
    "astronaut": say("astronaut"),
}
"""scikit-image's name of a photograph -> what it shows."""

_BUNDLED = Path(__file__).resolve().parents[2] / "data" / "photographs.npz"


def load_photograph(name):
    """Load a bundled photograph, grey and of 128 x 128 pixels.

    Args:
        name: "camera", "chelsea", "coffee" or "astronaut", scikit-image's names.

    Returns:
        (128, 128) uint8, 0 black to 255 white.

    Raises:
        ValueError: another name.
        DatasetError: the file is missing or damaged.

    Source: scikit-image's package, all in the public domain or CC0; data/SOURCES.md.

    >>> load_photograph("camera").shape
    (128, 128)
    """
    if name not in list(PHOTOGRAPHS):
        raise ValueError(
            f"expected one of the photographs {', '.join(PHOTOGRAPHS)}, got {reprlib.repr(name)}; "
            "choose one of these names"
        )
    expected = "an npz file with the arrays " + ", ".join(PHOTOGRAPHS)
    remedy = "restore the file with `git checkout -- data`"
    with blamed(_BUNDLED, expected, remedy, DatasetError), open_npz(_BUNDLED) as stored:
        return stored[name].read()
