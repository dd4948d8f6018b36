"""The trainings that this project ran and kept in data/runs: their weights, without TensorFlow."""

import zipfile
from pathlib import Path

import numpy as np

_RUNS = Path(__file__).resolve().parents[1] / "data" / "runs"
_NOT_WEIGHTS = "test_probabilities"


def recorded_weights(name):
    """Load the weights that a recorded training ended with.

    Args:
        name: of the training's folder in data/runs, such as "mnist-seed1".

    Returns:
        A dict of float32 arrays under layer and weight, such as "conv1/kernel" (5, 5, 1, 16); they were
        stored as float16.

    Raises:
        ValueError: there is no such training, or its file is damaged.

    Source: section 3-5, the first program's model.

    >>> recorded_weights("mnist-seed1")["conv1/kernel"].shape
    (5, 5, 1, 16)
    """
    path = _RUNS / name / "result.npz"
    remedy = f"Restore the file with `git checkout -- data/runs/{name}`, or record the training again."
    if not path.exists():
        recorded = ", ".join(sorted(folder.parent.name for folder in _RUNS.glob("*/result.npz")))
        raise ValueError(
            f'No training "{name}" is recorded: {path} is missing. Recorded: {recorded}. {remedy}'
        )
    try:
        # np.load takes any file that is no zip for pickled data; opened as a zip, damage is named as such.
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as file:
            stored = {key: file[key] for key in file.files if key != _NOT_WEIGHTS}
    # zipfile, zlib and NumPy answer damage with many types of error; whichever comes, the file is to blame.
    except Exception as error:
        raise ValueError(
            f"{path} cannot be read ({type(error).__name__}: {error}). Expected the weights of a training "
            f"as an npz file. {remedy}"
        ) from error
    # The first recordings put the model's name before: "mnist/conv1/kernel".
    return {"/".join(key.split("/")[-2:]): array.astype(np.float32) for key, array in stored.items()}
