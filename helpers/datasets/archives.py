"""Where a data set is looked for, and what its file has to hold before any picture is unpacked."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.datasets.dataset import KEYS, Dataset, DatasetError
from helpers.language import say
from helpers.npz import blamed, open_npz

_BUNDLED = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True)
class Contents:
    """What a file must hold.

    Attributes:
        name: of the data set, such as "MNIST".
        file: its name as npz file, such as "mnist.npz".
        train: how many training pictures.
        test: how many test pictures.
        picture: shape (H, W, C) of one.
        sha256: hash of the arrays.
        keras: its name in Keras, such as "mnist".
        classes: what each label means.
        instead: what serves where the data set is missing, such as "the bundled sample".
    """

    name: str
    file: str
    train: int
    test: int
    picture: tuple[int, int, int]
    sha256: str
    keras: str
    classes: tuple[str, ...] = tuple("0123456789")
    instead: str = "the bundled sample"

    def shape(self, key):
        """Return the shape of an array, such as that of x_train."""
        count = self.train if key.endswith("train") else self.test
        return (count, *self.picture) if key.startswith("x") else (count,)


def load_full(contents, cache, read, download):
    """Load a full data set from the first place that has it: CNN_DATASETS, Keras's cache, its download.

    Args:
        contents: the `Contents` to find.
        cache: its name in Keras's folder of data sets.
        read: returns the arrays of that cache; takes path, `Contents` and remedy.
        download: let Keras fetch it.

    Returns:
        A `Dataset`, or None where no place has it.

    Raises:
        DatasetError: CNN_DATASETS names no folder, a file is damaged, the download failed.
    """
    named = _named_file(contents)
    if named is not None:
        source = say("the folder {folder} named by CNN_DATASETS", folder=named.parent)
        remedy = "replace or delete the file, or unset CNN_DATASETS to use " + contents.instead
        return _verified(read_npz(named, contents, remedy), named, contents, source, remedy)
    cached = _keras_cache() / cache
    remedy = f"delete it; download=True then fetches it anew, else {contents.instead} serves"
    # Unlike Path.exists, this takes a home that may not be entered for one without a cache.
    if os.path.exists(cached):
        return _verified(read(cached, contents, remedy), cached, contents, say("Keras's cache"), remedy)
    if download:
        arrays = _downloaded(contents, cached)
        return _verified(arrays, cached, contents, say("Keras's download"), remedy)
    return None


def load_sample(contents):
    """Load what the project brings along, from data/."""
    path = _BUNDLED / contents.file
    remedy = "restore the file with `git checkout -- data`"
    return _verified(read_npz(path, contents, remedy), path, contents, say("the bundled sample"), remedy)


def read_npz(path, contents, remedy):
    """Read the arrays of an npz file, once their types and shapes are known to be those of `contents`."""
    expected = "an npz file with the arrays " + ", ".join(KEYS)
    with blamed(path, expected, remedy, DatasetError), open_npz(path) as stored:
        _check_forms(stored, path, contents, remedy)
        return {key: stored[key].read() for key in KEYS}


def _named_file(contents):
    """The file in the folder that CNN_DATASETS names, or None where there is none."""
    value = os.environ.get("CNN_DATASETS")
    if not value:
        return None
    folder = Path(os.path.expanduser(value)).absolute()
    try:
        names = os.listdir(folder)
    except OSError as error:
        raise DatasetError(
            f"expected an existing folder, with {contents.file} in it, in CNN_DATASETS, "
            f"got {folder} ({error.strerror}); correct CNN_DATASETS, or unset it to use {contents.instead}"
        ) from error
    return folder / contents.file if contents.file in names else None


def _keras_cache():
    """Keras's folder of data sets, found as Keras does but without importing it."""
    # Unlike Path.home, expanduser does not raise where there is no home: the path then leads nowhere.
    return Path(os.path.expanduser(os.environ.get("KERAS_HOME") or "~/.keras"), "datasets")


def _downloaded(contents, cached):
    try:
        from helpers.keras_backend import keras

        train, test = getattr(keras.datasets, contents.keras).load_data()
    # Keras raises plain Exception for a network failure, and others for a bad file or a full disk.
    except Exception as error:
        raise DatasetError(
            f"expected {contents.name} from Keras's download, got {type(error).__name__}: {error}; "
            f"try again later, copy what Keras has downloaded elsewhere to {cached}, "
            f"or load with download=False to use {contents.instead}"
        ) from error
    return dict(zip(KEYS, (*train, *test), strict=True))


def _verified(arrays, path, contents, source, remedy):
    """Make a Dataset of arrays that are what they should be."""
    _check_forms(arrays, path, contents, remedy)
    arrays = {key: arrays[key].reshape(contents.shape(key)) for key in KEYS}
    sha256 = _sha256(arrays)
    if sha256 != contents.sha256:
        raise DatasetError(
            f"expected {contents.name}, arrays with the sha256 {contents.sha256}, at {path}, "
            f"got other pictures or labels, with {sha256}; {remedy}"
        )
    return Dataset(contents.name, **arrays, source=source, classes=contents.classes)


def _check_forms(arrays, path, contents, remedy):
    """Raise unless all arrays are there in the right form; they need not have been read."""
    for key in KEYS:
        shape, found = contents.shape(key), "none"
        if key in arrays:
            array = arrays[key]
            # Many files leave out the channel axis of grey pictures, or give labels a spare one.
            fits = shape in (array.shape, (*array.shape, 1)) or array.shape == (*shape, 1)
            if fits and array.dtype == np.uint8:
                continue
            found = " of shape ".join(map(str, (array.dtype, array.shape)))
        raise DatasetError(
            f"expected {contents.name}'s {key}, uint8 of shape {shape}, at {path}, got {found}; {remedy}"
        )


def _sha256(arrays):
    """Hash type, shape and values of the arrays, so that the container does not matter."""
    digest = hashlib.sha256()
    for key in KEYS:
        digest.update(f"{arrays[key].dtype} {arrays[key].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[key]))
    return digest.hexdigest()
