"""Where pictures come from: a folder of yours, Keras's cache or download, data/, scikit-image."""

import hashlib
import os
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

_BUNDLED = Path(__file__).resolve().parents[1] / "data"
_KEYS = ("x_train", "y_train", "x_test", "y_test")


# How bright red, green and blue look to the eye: recommendation ITU-R BT.709.
_BRIGHTNESS = np.array([0.2126, 0.7152, 0.0722])


class DatasetError(ValueError):
    """A data set cannot be used as it is found; the message names the file and what to do."""


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Pictures with their labels, split for training and testing; the arrays are read-only.

    Attributes:
        name: of the data set, such as "MNIST".
        x_train: (N, H, W, C) uint8, 0 to 255.
        y_train: (N,) uint8, the class of each picture.
        x_test: as x_train.
        y_test: as y_train.
        source: where the arrays came from, such as "the bundled sample".
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str

    def __str__(self):
        return (
            f"{self.name}: {len(self.x_train):,} training and {len(self.x_test):,} test pictures "
            f"from {self.source}."
        )

    # A lesson's cell that ends in a data set shows the sentence.
    __repr__ = __str__


@dataclass(frozen=True)
class _Contents:
    """What a file must hold: which data set, how many pictures of which shape, the hash of its arrays."""

    name: str
    train: int
    test: int
    picture: tuple
    sha256: str

    def shape(self, key):
        count = self.train if key.endswith("train") else self.test
        return (count, *self.picture) if key.startswith("x") else (count,)


_MNIST = _Contents(
    name="MNIST",
    train=60_000,
    test=10_000,
    picture=(28, 28, 1),
    sha256="b37213b18869b03f25542121528e1ff98436b6b4cfa8f8f7802b1e1f0bc7b81f",
)
_MNIST_SAMPLE = replace(
    _MNIST,
    train=4_000,
    test=1_000,
    sha256="ad3046ed09662ecca1b87080b2c285c5e000242ec9050ea07d78a27c3883ec5c",
)

_CIFAR10 = _Contents(
    name="CIFAR-10",
    train=50_000,
    test=10_000,
    picture=(32, 32, 3),
    sha256="5eef3063be4c8fb194860aefc599cbdb41d951cd4447242bd46dc46dda0702cb",
)


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
    return _load("mnist", _MNIST, _MNIST_SAMPLE, download)


def load_cifar10():
    """Load the small colour photographs from cifar10.npz in the folder named by CNN_DATASETS.

    Returns:
        A `Dataset` of 50,000 and 10,000 pictures (N, 32, 32, 3) with labels 0 to 9, from airplane to truck.

    Raises:
        DatasetError: there is no such folder or file, or it is not CIFAR-10.

    Source: section 3-5, second program.
    """
    named = _named_file("cifar10.npz", remedy="Correct CNN_DATASETS.")
    if named is None:
        raise DatasetError(
            "CIFAR-10 was not found. Expected the environment variable CNN_DATASETS to name a folder with "
            f"cifar10.npz (arrays {', '.join(_KEYS)}). Put the file there and set CNN_DATASETS."
        )
    return _load_file(
        named,
        _CIFAR10,
        source=f"the folder {named.parent} named by CNN_DATASETS",
        remedy="Replace or delete the file.",
    )


PHOTOGRAPHS = {
    "camera": "photographer",
    "chelsea": "cat",
    "coffee": "cup of coffee",
    "astronaut": "astronaut",
}
_PHOTOGRAPH_SIDE = 128


def load_photograph(name):
    """Load a photograph that scikit-image brings along, grey and reduced to 128 x 128 pixels.

    The largest middle square that 128 divides is averaged in blocks.

    Args:
        name: "camera", "chelsea", "coffee" or "astronaut", scikit-image's names.

    Returns:
        (128, 128) uint8, 0 black to 255 white.

    Raises:
        ValueError: another name.

    Source: scikit-image's package, all in the public domain or CC0; no network is used.

    >>> load_photograph("camera").shape
    (128, 128)
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f'The photograph "{name}" is not known; expected one of {", ".join(PHOTOGRAPHS)}.')
    from skimage import data  # takes a third of a second, so only where it is used

    picture = getattr(data, name)().astype(float)
    if picture.ndim == 3:
        picture = picture @ _BRIGHTNESS
    block = min(picture.shape) // _PHOTOGRAPH_SIDE
    top, left = ((side - block * _PHOTOGRAPH_SIDE) // 2 for side in picture.shape)
    square = picture[top : top + block * _PHOTOGRAPH_SIDE, left : left + block * _PHOTOGRAPH_SIDE]
    blocks = square.reshape(_PHOTOGRAPH_SIDE, block, _PHOTOGRAPH_SIDE, block)
    return np.rint(blocks.mean((1, 3))).astype(np.uint8)


def _load(keras_name, full, sample, download):
    named = _named_file(
        f"{keras_name}.npz", remedy="Correct CNN_DATASETS, or unset it to use the bundled sample."
    )
    if named is not None:
        return _load_file(
            named,
            full,
            source=f"the folder {named.parent} named by CNN_DATASETS",
            remedy="Replace or delete the file, or unset CNN_DATASETS to use the bundled sample.",
        )
    cached = _keras_cache() / f"{keras_name}.npz"
    damaged_cache = "Delete the file; download=True then fetches it anew, else the bundled sample serves."
    # Unlike Path.exists, this takes a home that may not be entered for one without a cache.
    if os.path.exists(cached):
        return _load_file(cached, full, source="Keras's cache", remedy=damaged_cache)
    if download:
        arrays = _download(keras_name, full.name, cached)
        return _verified(arrays, cached, full, source="Keras's download", remedy=damaged_cache)
    bundled = _BUNDLED / f"{keras_name}_sample.npz"
    return _load_file(
        bundled,
        sample,
        source="the bundled sample",
        remedy=f"Restore the file with `git checkout -- data/{bundled.name}`.",
    )


def _named_file(file_name, remedy):
    """The file in the folder that CNN_DATASETS names, or None where there is none."""
    value = os.environ.get("CNN_DATASETS")
    if not value:
        return None
    folder = Path(os.path.expanduser(value)).absolute()
    try:
        names = os.listdir(folder)
    except OSError as error:
        raise DatasetError(
            f"CNN_DATASETS names {folder}, which cannot be opened as a folder ({error.strerror}). "
            f"Expected an existing folder, with {file_name} in it. {remedy}"
        ) from error
    return folder / file_name if file_name in names else None


def _keras_cache():
    """Keras's folder of data sets, found as Keras does but without importing it."""
    # Unlike Path.home, expanduser does not raise where there is no home: the path then leads nowhere.
    return Path(os.path.expanduser(os.environ.get("KERAS_HOME") or "~/.keras"), "datasets")


def _download(keras_name, name, cached):
    """Let Keras download the arrays, into its cache."""
    from helpers.training.backend import keras

    try:
        train, test = getattr(keras.datasets, keras_name).load_data()
    # Keras raises plain Exception for a network failure, and others for a bad file or a full disk.
    except Exception as error:
        raise DatasetError(
            f"Keras could not download {name} ({type(error).__name__}: {error}). "
            f"Expected a connection to the internet, or the file at {cached}. "
            "Try again later, copy the file there, or load with download=False to use the bundled sample."
        ) from error
    return dict(zip(_KEYS, (*train, *test), strict=True))


def _load_file(path, contents, source, remedy):
    try:
        arrays = _read(path)
    # zipfile, zlib and NumPy answer damage with many types of error; whichever comes, the file is to blame.
    except Exception as error:
        raise DatasetError(
            f"{path} cannot be read ({type(error).__name__}: {error}). "
            f"Expected an npz file with the arrays {', '.join(_KEYS)}. {remedy}"
        ) from error
    return _verified(arrays, path, contents, source, remedy)


def _read(path):
    # Opened as the zip that it is: np.load calls everything else "pickled data", even a cut-off download.
    with zipfile.ZipFile(path) as archive:
        arrays = {}
        for key in _KEYS:
            with archive.open(f"{key}.npy") as member:
                arrays[key] = np.lib.format.read_array(member, allow_pickle=False)
    return arrays


def _verified(arrays, path, contents, source, remedy):
    """Make a Dataset of arrays that are what they should be."""
    arrays = {key: _in_shape(array, contents.shape(key)) for key, array in arrays.items()}
    for key, array in arrays.items():
        if array.dtype != np.uint8 or array.shape != contents.shape(key):
            raise DatasetError(
                f"{path}: {key} is {array.dtype} of shape {array.shape}. "
                f"Expected {contents.name}'s uint8 of shape {contents.shape(key)}. {remedy}"
            )
        array.setflags(write=False)
    sha256 = _sha256(arrays)
    if sha256 != contents.sha256:
        raise DatasetError(
            f"{path} holds other pictures or labels than {contents.name}: the sha256 of its arrays is "
            f"{sha256}. Expected {contents.sha256}. {remedy}"
        )
    return Dataset(contents.name, **arrays, source=source)


def _in_shape(array, shape):
    """Give grey pictures the channel axis that many files leave out; take a spare one from labels."""
    if (*array.shape, 1) == shape or array.shape == (*shape, 1):
        return array.reshape(shape)
    return array


def _sha256(arrays):
    """Hash type, shape and values of the arrays, so that the container does not matter."""
    digest = hashlib.sha256()
    for key in _KEYS:
        digest.update(f"{arrays[key].dtype} {arrays[key].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[key]))
    return digest.hexdigest()
