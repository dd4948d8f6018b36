"""Where pictures come from: a folder of yours, Keras's cache or download, data/, scikit-image, a pen."""

import hashlib
import os
import pickletools
import reprlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from helpers.language import say
from helpers.npz import check_file, open_npz
from helpers.reference.arrays import random_generator, whole_number
from helpers.stand_in import SHAPES, draw_shapes

_BUNDLED = Path(__file__).resolve().parents[1] / "data"
_KEYS = ("x_train", "y_train", "x_test", "y_test")


# How bright red, green and blue look to the eye: recommendation ITU-R BT.709.
_BRIGHTNESS = np.array([0.2126, 0.7152, 0.0722])


class DatasetError(ValueError):
    """A data set cannot be used as it is found; the message names the file and what to do."""


_HOW_TO_GET_CIFAR10 = (
    "For the photographs, call load_cifar10(download=True) once (170 MB), or put cifar10.npz into a folder "
    "that the environment variable CNN_DATASETS names."
)


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
        classes: what each label means, in a word.
        watched: what the pictures of x_test are: "test", or "held-out" ones of the training pictures.
        stand_in: whether the pictures only stand in for the data set that was asked for.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str
    classes: tuple[str, ...] = tuple("0123456789")
    watched: str = "test"
    stand_in: bool = False

    def __post_init__(self):
        for key in _KEYS:
            # A view: the owner of the array may go on writing.
            array = np.asarray(getattr(self, key)).view()
            array.setflags(write=False)
            object.__setattr__(self, key, array)

    def __str__(self):
        sentence = (
            f"{self.name}: {len(self.x_train):,} training and {len(self.x_test):,} {self.watched} pictures "
            f"from {self.source}."
        )
        return f"{sentence} {_HOW_TO_GET_CIFAR10}" if self.stand_in else sentence

    # A lesson's cell that ends in a data set shows the sentence.
    __repr__ = __str__


def hold_out(data, pictures, rng):
    """Split the training pictures: train on most of them, and watch the rest in the test set's place.

    Whatever is chosen by the held-out pictures, such as the number of epochs, the test set can then judge.

    Args:
        data: a `Dataset`.
        pictures: how many to hold out, drawn at random.
        rng: NumPy random generator.

    Returns:
        A `Dataset` without a picture of the test set of `data`: its test pictures are the held-out ones.

    Raises:
        TypeError: pictures is not a whole number, or rng no generator.
        ValueError: there are not more training pictures than are to be held out, or none is.
    """
    pictures = whole_number("pictures", pictures, 1)
    random_generator("rng", rng)
    if pictures >= len(data.x_train):
        raise ValueError(
            f"expected fewer pictures than the {len(data.x_train):,} of the training set, got {pictures:,}; "
            "leave some to train on"
        )
    order = rng.permutation(len(data.x_train))
    held_out, kept = order[:pictures], order[pictures:]
    return replace(
        data,
        x_train=data.x_train[kept],
        y_train=data.y_train[kept],
        x_test=data.x_train[held_out],
        y_test=data.y_train[held_out],
        source=f"the training pictures of {data.source}",
        watched="held-out",
    )


@dataclass(frozen=True)
class _Contents:
    """What a file must hold: which data set, how many pictures of which shape, the hash of its arrays."""

    name: str
    train: int
    test: int
    picture: tuple
    sha256: str
    classes: tuple = tuple("0123456789")

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
    classes=(
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ),
)
# The first of the test set, and no training picture.
_CIFAR10_SAMPLE = replace(
    _CIFAR10,
    train=0,
    test=20,
    sha256="264e820707de67b47c1be6dce73e434f24f95522db6da7130e6855b3fb9b46da",
)
# What Keras leaves of CIFAR-10 in its cache: the files of its authors, each a pickle of 31 MB.
_KERAS_CIFAR10 = "cifar-10-batches-py-target"
_BATCHES = {"train": [f"data_batch_{i}" for i in range(1, 6)], "test": ["test_batch"]}
_LARGEST_BATCH = 50_000_000


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
    full = _full("mnist", _MNIST, otherwise="use the bundled sample")
    if full is not None:
        return full
    cached = _keras_cache() / "mnist.npz"
    damaged_cache = "delete the file; download=True then fetches it anew, else the bundled sample serves"
    # Unlike Path.exists, this takes a home that may not be entered for one without a cache.
    if os.path.exists(cached):
        return _load_file(cached, _MNIST, source="Keras's cache", remedy=damaged_cache)
    if download:
        arrays = _download("mnist", "MNIST", cached, otherwise="use the bundled sample")
        return _verified(arrays, cached, _MNIST, source="Keras's download", remedy=damaged_cache)
    return _sample("mnist", _MNIST_SAMPLE)


def load_cifar10(*, download=False):
    """Load the small colour photographs from the first place that has them, or a stand-in, and say which.

    In this order: cifar10.npz in the folder named by the environment variable CNN_DATASETS; Keras's cache;
    Keras's download, if asked for; pictures of ten shapes that this project draws itself.

    Args:
        download: let Keras fetch the full data set (170 MB) when neither your folder nor its cache has it.

    Returns:
        A `Dataset` of 50,000 and 10,000 pictures (N, 32, 32, 3) with labels 0 to 9, from airplane to truck;
        or, with `stand_in` true, of 4,000 and 1,000 drawn ones, from disc to star.

    Raises:
        DatasetError: CNN_DATASETS names no folder, a file is unreadable or not CIFAR-10, the download failed.

    Source: section 3-5, second program.
    """
    full = _full_cifar10(download)
    return _stand_in() if full is None else full


def load_cifar10_photographs():
    """Load genuine photographs of CIFAR-10: the full data set where it is found, else 20 of its test set.

    Returns:
        A `Dataset` as `load_cifar10` gives it, or one without training pictures and with the test pictures
        0 to 19.

    Raises:
        DatasetError: as for `load_cifar10`.

    Source: section 3-5, second program; origin and licence of the sample in data/SOURCES.md.

    >>> load_cifar10_photographs()
    CIFAR-10: 0 training and 20 test pictures from the bundled sample.
    """
    full = _full_cifar10(download=False)
    return _sample("cifar10", _CIFAR10_SAMPLE) if full is None else full


PHOTOGRAPHS = {
    "camera": say("photographer"),
    "chelsea": say("cat"),
    "coffee": say("cup of coffee"),
    "astronaut": say("astronaut"),
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
    if name not in list(PHOTOGRAPHS):
        raise ValueError(
            f"expected one of the photographs {', '.join(PHOTOGRAPHS)}, got {reprlib.repr(name)}; "
            "choose one of these names"
        )
    from skimage import data  # takes a third of a second, so only where it is used

    picture = getattr(data, name)().astype(float)
    if picture.ndim == 3:
        picture = picture @ _BRIGHTNESS
    block = min(picture.shape) // _PHOTOGRAPH_SIDE
    top, left = ((side - block * _PHOTOGRAPH_SIDE) // 2 for side in picture.shape)
    square = picture[top : top + block * _PHOTOGRAPH_SIDE, left : left + block * _PHOTOGRAPH_SIDE]
    blocks = square.reshape(_PHOTOGRAPH_SIDE, block, _PHOTOGRAPH_SIDE, block)
    return np.rint(blocks.mean((1, 3))).astype(np.uint8)


def _full(keras_name, contents, otherwise):
    """The full data set in the folder that CNN_DATASETS names, or None."""
    named = _named_file(f"{keras_name}.npz", remedy=f"correct CNN_DATASETS, or unset it to {otherwise}")
    if named is None:
        return None
    return _load_file(
        named,
        contents,
        source=f"the folder {named.parent} named by CNN_DATASETS",
        remedy=f"replace or delete the file, or unset CNN_DATASETS to {otherwise}",
    )


def _full_cifar10(download):
    full = _full("cifar10", _CIFAR10, otherwise="use the stand-in")
    if full is not None:
        return full
    cached = _keras_cache() / _KERAS_CIFAR10
    damaged_cache = "delete the folder; download=True then fetches it anew, else the stand-in serves"
    if os.path.exists(cached):
        arrays = _read_cifar10(cached / "cifar-10-batches-py", damaged_cache)
        return _verified(arrays, cached, _CIFAR10, source="Keras's cache", remedy=damaged_cache)
    if download:
        arrays = _download("cifar10", "CIFAR-10", cached, otherwise="use the stand-in")
        return _verified(arrays, cached, _CIFAR10, source="Keras's download", remedy=damaged_cache)
    return None


def _sample(name, contents):
    path = _BUNDLED / f"{name}_sample.npz"
    remedy = f"restore the file with `git checkout -- data/{path.name}`"
    return _load_file(path, contents, source="the bundled sample", remedy=remedy)


def _stand_in():
    """Pictures of shapes, in CIFAR-10's form."""
    arrays = {}
    for part, per_class, seed in (("train", 400, 0), ("test", 100, 1)):
        arrays[f"x_{part}"], arrays[f"y_{part}"] = draw_shapes(per_class, np.random.default_rng(seed))
    return Dataset(
        "Ten shapes, a stand-in for CIFAR-10",
        **arrays,
        source="this project's own pen",
        classes=SHAPES,
        stand_in=True,
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
            f"expected an existing folder, with {file_name} in it, in CNN_DATASETS, "
            f"got {folder} ({error.strerror}); {remedy}"
        ) from error
    return folder / file_name if file_name in names else None


def _keras_cache():
    """Keras's folder of data sets, found as Keras does but without importing it."""
    # Unlike Path.home, expanduser does not raise where there is no home: the path then leads nowhere.
    return Path(os.path.expanduser(os.environ.get("KERAS_HOME") or "~/.keras"), "datasets")


def _download(keras_name, name, cached, otherwise):
    """Let Keras download the arrays into its cache."""
    from helpers.keras_backend import keras

    try:
        train, test = getattr(keras.datasets, keras_name).load_data()
    # Keras raises plain Exception for a network failure, and others for a bad file or a full disk.
    except Exception as error:
        raise DatasetError(
            f"expected {name} from Keras's download, got {type(error).__name__}: {error}; "
            f"try again later, copy what Keras has downloaded elsewhere to {cached}, "
            f"or load with download=False to {otherwise}"
        ) from error
    return dict(zip(_KEYS, (*train, *test), strict=True))


def _load_file(path, contents, source, remedy):
    try:
        with open_npz(path) as stored:
            _check_forms(stored, path, contents, remedy)
            arrays = {key: stored[key].read() for key in _KEYS}
    except DatasetError:
        raise
    # zipfile, zlib and NumPy answer damage with many types of error; whichever comes, the file is to blame.
    except Exception as error:
        raise DatasetError(
            f"expected an npz file with the arrays {', '.join(_KEYS)} at {path}, "
            f"got {type(error).__name__}: {error}; {remedy}"
        ) from error
    return _verified(arrays, path, contents, source, remedy)


def _read_cifar10(folder, remedy):
    """Read the files of CIFAR-10's authors. Without their archive, Keras would go to the internet for it."""
    arrays = {}
    try:
        for part, names in _BATCHES.items():
            pictures, labels = zip(*(_read_batch(folder / name) for name in names), strict=True)
            arrays[f"x_{part}"], arrays[f"y_{part}"] = np.concatenate(pictures), np.concatenate(labels)
    # Damage has as many types of error here; whichever comes, a file is to blame.
    except Exception as error:
        raise DatasetError(
            f"expected CIFAR-10's data_batch_1 to data_batch_5 and test_batch in {folder}, "
            f"got {type(error).__name__}: {error}; {remedy}"
        ) from error
    return arrays


def _read_batch(path):
    """Read pictures and labels from one of them: a pickle, whose steps are listed and never run."""
    check_file(path, _LARGEST_BATCH)
    text, pictures, labels = "", "", []
    for step, argument, _ in pickletools.genops(path.read_bytes()):
        if isinstance(argument, str):
            text = argument
            pictures = max(pictures, text, key=len)
        elif text == "labels" and step.stack_after == [pickletools.pyint]:
            labels.append(argument)
    pixels = np.frombuffer(pictures.encode("latin-1"), np.uint8).reshape(-1, 3, 32, 32)
    return np.ascontiguousarray(pixels.transpose(0, 2, 3, 1)), np.array(labels, np.uint8)


def _verified(arrays, path, contents, source, remedy):
    """Make a Dataset of arrays that are what they should be."""
    _check_forms(arrays, path, contents, remedy)
    arrays = {key: arrays[key].reshape(contents.shape(key)) for key in _KEYS}
    sha256 = _sha256(arrays)
    if sha256 != contents.sha256:
        raise DatasetError(
            f"expected {contents.name}, arrays with the sha256 {contents.sha256}, at {path}, "
            f"got other pictures or labels, with {sha256}; {remedy}"
        )
    return Dataset(contents.name, **arrays, source=source, classes=contents.classes)


def _check_forms(arrays, path, contents, remedy):
    """Raise unless all arrays are there in the right form; they need not have been read."""
    for key in _KEYS:
        shape, found = contents.shape(key), "none"
        if key in arrays:
            array = arrays[key]
            # Many files leave out the channel axis of grey pictures, or give labels a spare one.
            fits = shape in (array.shape, (*array.shape, 1)) or array.shape == (*shape, 1)
            if fits and array.dtype == np.uint8:
                continue
            found = f"{array.dtype} of shape {array.shape}"
        raise DatasetError(
            f"expected {contents.name}'s {key}, uint8 of shape {shape}, at {path}, got {found}; {remedy}"
        )


def _sha256(arrays):
    """Hash type, shape and values of the arrays, so that the container does not matter."""
    digest = hashlib.sha256()
    for key in _KEYS:
        digest.update(f"{arrays[key].dtype} {arrays[key].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[key]))
    return digest.hexdigest()
