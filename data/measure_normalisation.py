"""Make data/normalised_anew.npz: what batch normalisation does with other means and variances (lesson 3-5d).

    python -m helpers.training cifar10-batch-normalisation --epochs 12 --seed 0 --folder FOLDER
    python data/measure_normalisation.py FOLDER

Needs the full CIFAR-10. The trained network stays as it is; only the means and variances with which it
normalises are measured anew, on 5,000 training pictures, with dropout and without it. The file tells which
of the 10,000 test pictures it recognises then, eight in a byte.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np

from helpers.datasets import load_cifar10
from helpers.keras_backend import keras
from helpers.programs import VARIANTS
from helpers.programs.keras_models import with_weights
from helpers.runs.folder import read_run

_FILE = Path(__file__).with_name("normalised_anew.npz")
_PICTURES = 5_000
_BATCH = 250


def main(folder):
    """Write the file; print the accuracies, and its size and sha256 for SOURCES.md."""
    data = load_cifar10()
    images = data.x_train[:_PICTURES] / np.float32(255)
    tests = data.x_test / np.float32(255)
    model = VARIANTS["cifar10-batch-normalisation"].keras_model()
    trained = read_run(Path(folder)).weights
    found = {}
    for name, dropout in (("with_dropout", True), ("without_dropout", False)):
        with_weights(model, trained)
        _measure(model, images, dropout)
        found[name] = model.predict(tests, 256, verbose=0).argmax(axis=1) == data.y_test
        print(f"{name}: {found[name].sum()} of {len(tests)}")
    np.savez_compressed(_FILE, **{name: np.packbits(right) for name, right in found.items()})
    written = _FILE.read_bytes()
    print(f"{_FILE.name}: {len(written):,} bytes, sha256 {hashlib.sha256(written).hexdigest()}")


def _measure(model, images, dropout):
    """Set each normalisation's mean and variance to their means over batches."""
    keras.utils.set_random_seed(0)
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    hiding = {layer: layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)}
    for layer in hiding:
        layer.rate = layer.rate if dropout else 0
    for count, start in enumerate(range(0, len(images), _BATCH)):
        for norm in norms:
            norm.momentum = count / (count + 1)
        model(images[start : start + _BATCH], training=True)
    for layer, rate in hiding.items():
        layer.rate = rate


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
