"""Make data/normalised_anew.npz: what batch normalisation does with other means and variances (lesson 3-5d).

    python -m helpers.training cifar10-batch-normalisation --epochs 12 --seed 0 --folder ONE
    python -m helpers.training cifar10-normalisation-no-dropout --epochs 12 --seed 0 --folder OTHER
    python data/measure_normalisation.py ONE OTHER

Needs the full CIFAR-10. The trained networks stay as they are; only the means and variances with which they
normalise are measured anew, on 5,000 training pictures: of the one network with its dropout and without it,
of the other as it is. The file tells which of the 10,000 test pictures are recognised then, eight in a byte.
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


def main(one, other):
    """Write the file; print the accuracies, and its size and sha256 for SOURCES.md."""
    data = load_cifar10()
    images, tests = (pictures / np.float32(255) for pictures in (data.x_train[:_PICTURES], data.x_test))
    found = {}
    for name, variant, folder, dropout in (
        ("with_dropout", "batch-normalisation", one, True),
        ("without_dropout", "batch-normalisation", one, False),
        ("never_dropped", "normalisation-no-dropout", other, False),
    ):
        model = VARIANTS[f"cifar10-{variant}"].keras_model()
        with_weights(model, read_run(Path(folder)).weights)
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
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout) and not dropout:
            layer.rate = 0
    for count, start in enumerate(range(0, len(images), _BATCH)):
        for norm in norms:
            norm.momentum = count / (count + 1)
        model(images[start : start + _BATCH], training=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
