"""Handwritten digits: the full MNIST where it is found, else a sample of it."""

from dataclasses import replace

import numpy as np

from helpers.datasets.archives import Contents, load_full, load_sample, read_npz
from helpers.datasets.dataset import DatasetError

_FULL = Contents(
    name="MNIST",
    file="mnist.npz",
    train=60_000,
    test=10_000,
    picture=(28, 28, 1),
    sha256="b37213b18869b03f25542121528e1ff98436b6b4cfa8f8f7802b1e1f0bc7b81f",
    keras="mnist",
)
_SAMPLE = replace(
    _FULL,
    file="mnist_sample.npz",
    train=4_000,
    test=1_000,
    sha256="ad3046ed09662ecca1b87080b2c285c5e000242ec9050ea07d78a27c3883ec5c",
)


def without_bundled_digits(data):
    """Leave the bundled test digits, which come from MNIST's training set, out of the training pictures.

    A network that is trained on the rest has never seen the test digits that the lessons show.

    Args:
        data: MNIST as a `Dataset`, from any place.

    Returns:
        A `Dataset`: of the full 60,000 training pictures 59,000 stay.

    Raises:
        DatasetError: the data are not MNIST.

    Source: section 3-5, first program; data/SOURCES.md.
    """
    if data.name != _SAMPLE.name:
        raise DatasetError(
            f"expected MNIST, whose bundled test digits can be left out, got {data.name}; train on all of it"
        )
    bundled = {picture.tobytes() for picture in load_sample(_SAMPLE).x_test}
    kept = np.array([picture.tobytes() not in bundled for picture in data.x_train])
    return replace(data, x_train=data.x_train[kept], y_train=data.y_train[kept])


def load_mnist(*, download=False):
    """Load the handwritten digits from the first place that has them, and say which.

    In this order: mnist.npz in the folder named by the environment variable CNN_DATASETS; Keras's cache;
    Keras's download, if asked for; the bundled sample. A damaged file is an error, never passed over.

    Args:
        download: let Keras fetch the full data set (11 MB) when neither your folder nor its cache has it.

    Returns:
        A `Dataset` of (N, 28, 28, 1) pictures and labels 0 to 9: 60,000 and 10,000 of them in full, 4,000 and
        1,000 in the sample.

    Raises:
        DatasetError: CNN_DATASETS names no folder, a file is unreadable or not MNIST, the download failed.

    Source: section 3-5, first program; origin and licence of the sample in data/SOURCES.md.

    >>> load_mnist()
    MNIST: 4,000 training and 1,000 test pictures from the bundled sample.
    """
    full = load_full(_FULL, "mnist.npz", read_npz, download)
    return load_sample(_SAMPLE) if full is None else full
