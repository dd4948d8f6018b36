"""Make data/cifar10_sample.npz from the 20 CIFAR-10 test pictures that the package foolbox carries.

    pip download --no-deps foolbox==3.3.4
    unzip foolbox-3.3.4-py3-none-any.whl 'foolbox/data/cifar10_*.png'
    python data/make_cifar10_sample.py foolbox/data

The files' names hold a picture's place in the test set and its class: cifar10_00_3.png. No picture is
for training.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
from PIL import Image

_SAMPLE = Path(__file__).with_name("cifar10_sample.npz")


def main(folder):
    """Write the sample and print its size and sha256, for SOURCES.md."""
    files = sorted(Path(folder).glob("cifar10_??_?.png"))
    pictures = np.stack([np.asarray(Image.open(file)) for file in files])
    labels = np.array([file.stem[-1] for file in files]).astype(np.uint8)
    np.savez_compressed(_SAMPLE, x_train=pictures[:0], y_train=labels[:0], x_test=pictures, y_test=labels)
    written = _SAMPLE.read_bytes()
    print(f"{_SAMPLE.name}: {len(labels)} pictures, {len(written):,} bytes, ", end="")
    print(f"sha256 {hashlib.sha256(written).hexdigest()}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
