"""Make data/photographs.npz from four photographs that the package scikit-image carries.

    pip install scikit-image==0.26.0
    python data/make_photographs.py

Each becomes grey; its largest middle square that 128 divides is averaged in blocks to 128 x 128 pixels.
"""

import hashlib
from pathlib import Path

import numpy as np
from skimage import data

_SAMPLE = Path(__file__).with_name("photographs.npz")
_NAMES = ("camera", "chelsea", "coffee", "astronaut")
_SIDE = 128
# How bright red, green and blue look to the eye: recommendation ITU-R BT.709.
_BRIGHTNESS = np.array([0.2126, 0.7152, 0.0722])


def main():
    """Write the sample and print its size and sha256, for SOURCES.md."""
    np.savez_compressed(_SAMPLE, **{name: _small_and_grey(getattr(data, name)()) for name in _NAMES})
    written = _SAMPLE.read_bytes()
    print(f"{_SAMPLE.name}: {len(written):,} bytes, sha256 {hashlib.sha256(written).hexdigest()}")


def _small_and_grey(picture):
    picture = picture.astype(float)
    if picture.ndim == 3:
        picture = picture @ _BRIGHTNESS
    block = min(picture.shape) // _SIDE
    top, left = ((side - block * _SIDE) // 2 for side in picture.shape)
    square = picture[top : top + block * _SIDE, left : left + block * _SIDE]
    blocks = square.reshape(_SIDE, block, _SIDE, block)
    return np.rint(blocks.mean((1, 3))).astype(np.uint8)


if __name__ == "__main__":
    main()
