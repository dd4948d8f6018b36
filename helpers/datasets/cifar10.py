"""Small colour photographs: the full CIFAR-10 where it is found, else 20 of them, or drawn shapes."""

import pickletools
from dataclasses import replace

import numpy as np

from helpers.datasets.archives import Contents, load_full, load_sample
from helpers.datasets.dataset import Dataset, DatasetError
from helpers.datasets.stand_in import SHAPES, draw_shapes
from helpers.language import say
from helpers.npz import blamed, check_file

# fmt: off
_CLASSES = (
    say("airplane"), say("automobile"), say("bird"), say("cat"), say("deer"),
    say("dog"), say("frog"), say("horse"), say("ship"), say("truck"),
)
# fmt: on
_FULL = Contents(
    name="CIFAR-10",
    file="cifar10.npz",
    train=50_000,
    test=10_000,
    picture=(32, 32, 3),
    sha256="5eef3063be4c8fb194860aefc599cbdb41d951cd4447242bd46dc46dda0702cb",
    keras="cifar10",
    classes=_CLASSES,
    instead="the stand-in",
)
# The first of the test set, and no training picture.
_SAMPLE = replace(
    _FULL,
    file="cifar10_sample.npz",
    train=0,
    test=20,
    sha256="264e820707de67b47c1be6dce73e434f24f95522db6da7130e6855b3fb9b46da",
)
# What Keras leaves in its cache: the files of the data set's authors, each a pickle of 31 MB.
_BATCHES = {"train": [f"data_batch_{i}" for i in range(1, 6)], "test": ["test_batch"]}
_LARGEST_BATCH = 50_000_000


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
    full = _full(download)
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
    full = _full(download=False)
    return load_sample(_SAMPLE) if full is None else full


def _full(download):
    return load_full(_FULL, "cifar-10-batches-py-target", _read_cache, download)


def _stand_in():
    """Pictures of shapes, in CIFAR-10's form."""
    arrays = {}
    for part, per_class, seed in (("train", 400, 0), ("test", 100, 1)):
        arrays[f"x_{part}"], arrays[f"y_{part}"] = draw_shapes(per_class, np.random.default_rng(seed))
    return Dataset(
        say("Ten shapes, a stand-in for CIFAR-10"),
        **arrays,
        source=say("this project's own drawing program"),
        classes=tuple(SHAPES.values()),
        stand_in=True,
    )


def _read_cache(cached, contents, remedy):
    """Read the files of CIFAR-10's authors. Without their archive, Keras would go to the internet for it."""
    arrays, folder = {}, cached / "cifar-10-batches-py"
    with blamed(folder, "CIFAR-10's data_batch_1 to data_batch_5 and test_batch", remedy, DatasetError):
        for part, names in _BATCHES.items():
            pictures, labels = zip(*(_read_batch(folder / name) for name in names), strict=True)
            arrays[f"x_{part}"], arrays[f"y_{part}"] = np.concatenate(pictures), np.concatenate(labels)
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
