"""Give recorded runs what newer ones hold from the start: the confusion matrix, and weights under bare names.

    CNN_DATASETS=/path/to/folder python data/add_confusion.py data/runs/mnist-seed0 ...

Counted from the stored probabilities and the labels of the full test set; nothing is trained anew.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

from helpers import datasets
from helpers.reference.classification import confusion_matrix


def main(folder):
    """Write the run's result.npz again, and print its sha256 for SOURCES.md."""
    path = folder / "result.npz"
    history = json.loads((folder / "history.json").read_text())
    with np.load(path, allow_pickle=False) as file:
        # The first recordings put the model's name before: "mnist/conv1/kernel".
        arrays = {"/".join(name.split("/")[-2:]): file[name] for name in file.files}
    labels = getattr(datasets, f"load_{history['model']}")().y_test
    predicted = arrays["test_probabilities"].argmax(axis=1)
    arrays["confusion"] = confusion_matrix(labels, predicted, classes=10)
    accuracy = np.trace(arrays["confusion"]) / len(labels)
    if abs(accuracy - history["test_accuracy"]) > 2 / len(labels):  # float16 may make two classes equal
        sys.exit(f"{path} gives {accuracy:.4f} on these labels, not {history['test_accuracy']:.4f}.")
    np.savez_compressed(path, **arrays)
    print(f"{path}: {np.trace(arrays['confusion']):,} of {len(labels):,} right, ", end="")
    print(f"sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for argument in sys.argv[1:]:
        main(Path(argument))
