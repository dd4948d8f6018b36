"""Data sets: where they are looked for, what they hold, and what is said of a damaged file."""

import hashlib
import os
import pickle
import re
import shutil
import socket
import subprocess
import sys
import tracemalloc
import zipfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from skimage import data
from skimage.color import rgb2gray
from skimage.transform import downscale_local_mean

from helpers.datasets import (
    PHOTOGRAPHS,
    Dataset,
    DatasetError,
    archives,
    cifar10,
    hold_out,
    load_cifar10,
    load_cifar10_photographs,
    load_mnist,
    load_photograph,
    machine,
    mnist,
    photographs,
    prepared,
    this_machine,
    without_bundled_digits,
)
from helpers.datasets.stand_in import SHAPES

pytestmark = pytest.mark.slow

DATA = Path(__file__).resolve().parents[1] / "data"
SAMPLE = DATA / "mnist_sample.npz"
KEYS = ["x_train", "y_train", "x_test", "y_test"]


@pytest.fixture(autouse=True)
def keras_home(monkeypatch, tmp_path):
    """An empty Keras home, and no CNN_DATASETS."""
    monkeypatch.delenv("CNN_DATASETS", raising=False)
    home = tmp_path / "keras"
    (home / "datasets").mkdir(parents=True)
    monkeypatch.setenv("KERAS_HOME", str(home))
    return home


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """An empty folder that CNN_DATASETS names."""
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.setenv("CNN_DATASETS", str(folder))
    return folder


@pytest.fixture
def sample_as_full(monkeypatch):
    """Let the sample pass for the full data set, which the project may not carry."""
    monkeypatch.setattr(mnist, "_FULL", replace(mnist._SAMPLE, file="mnist.npz"))


def sample_arrays():
    with np.load(SAMPLE, allow_pickle=False) as file:
        return {key: file[key] for key in KEYS}


def write(folder, **changes):
    """Write the sample as mnist.npz, with some arrays exchanged; None leaves one out."""
    arrays = sample_arrays() | changes
    path = folder / "mnist.npz"
    np.savez(path, **{key: array for key, array in arrays.items() if array is not None})
    return path


def assert_refused(path, *words):
    """load_mnist names the file, says these words and offers a remedy."""
    with pytest.raises(DatasetError) as error:
        load_mnist()
    message = str(error.value)
    for word in ("expected ", str(path), ", got ", "; ", "delete ", "bundled sample", *words):
        assert word in message


# The bundled sample


def test_sample_has_400_and_100_of_each_class():
    mnist = load_mnist()
    assert np.bincount(mnist.y_train).tolist() == [400] * 10
    assert np.bincount(mnist.y_test).tolist() == [100] * 10


def test_sample_has_a_picture_for_each_label():
    mnist = load_mnist()
    assert mnist.x_train.shape == (4000, 28, 28, 1)
    assert mnist.x_test.shape == (1000, 28, 28, 1)


@pytest.mark.parametrize("key", KEYS)
def test_arrays_are_uint8(key):
    assert getattr(load_mnist(), key).dtype == np.uint8


@pytest.mark.parametrize("key", KEYS)
def test_arrays_are_read_only(key):
    array = getattr(load_mnist(), key)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 0


def test_first_pictures_of_the_sample_hold_all_classes():
    mnist = load_mnist()
    assert set(mnist.y_train[:50]) == set(mnist.y_test[:50]) == set(range(10))


def test_no_test_picture_is_a_training_picture():
    mnist = load_mnist()
    train = {picture.tobytes() for picture in mnist.x_train}
    assert not any(picture.tobytes() in train for picture in mnist.x_test)


def test_dataset_says_what_it_is_and_where_it_came_from():
    sentence = "MNIST: 4,000 training and 1,000 test pictures from the bundled sample."
    assert str(load_mnist()) == repr(load_mnist()) == sentence


def test_lost_sample_is_named_with_the_command_that_restores_it(monkeypatch, tmp_path):
    monkeypatch.setattr(archives, "_BUNDLED", tmp_path)
    with pytest.raises(DatasetError, match=r"mnist_sample\.npz.*git checkout -- data`"):
        load_mnist()


# The order of the places


@pytest.mark.usefixtures("sample_as_full")
def test_named_folder_comes_before_the_cache(folder, keras_home):
    write(folder)
    write(keras_home / "datasets")
    assert load_mnist().source == f"the folder {folder} named by CNN_DATASETS"


@pytest.mark.usefixtures("sample_as_full")
def test_cache_comes_before_the_sample(keras_home):
    write(keras_home / "datasets")
    assert load_mnist().source == "Keras's cache"


@pytest.mark.usefixtures("sample_as_full")
def test_folder_without_the_file_gives_way_to_the_cache(folder, keras_home):
    write(keras_home / "datasets")
    assert load_mnist().source == "Keras's cache"


def test_folder_without_the_file_gives_way_to_the_sample(folder):
    assert load_mnist().source == "the bundled sample"


def test_empty_setting_counts_as_none(monkeypatch, tmp_path):
    (tmp_path / "mnist.npz").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNN_DATASETS", "")
    assert load_mnist().source == "the bundled sample"


@pytest.mark.usefixtures("sample_as_full")
def test_cache_is_found_in_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path.replace("~", str(tmp_path)))
    (tmp_path / ".keras" / "datasets").mkdir(parents=True)
    write(tmp_path / ".keras" / "datasets")
    assert load_mnist().source == "Keras's cache"


def test_without_a_home_folder_the_sample_serves(monkeypatch):
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # what it does where there is no home
    assert load_mnist().source == "the bundled sample"


def test_home_that_may_not_be_entered_counts_as_without_a_cache(monkeypatch, keras_home):
    stat = os.stat

    def deny(path, **options):
        if str(keras_home) in str(path):
            raise PermissionError(13, "Permission denied")
        return stat(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", deny)
        source = load_mnist().source
    assert source == "the bundled sample"


def test_cache_is_read_without_keras_and_tensorflow(keras_home):
    shutil.copy(SAMPLE, keras_home / "datasets" / "mnist.npz")
    program = (
        "import sys; from helpers.datasets import mnist; mnist._FULL = mnist._SAMPLE; "
        "print(mnist.load_mnist().source, sorted({'keras', 'tensorflow'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "Keras's cache []"


@pytest.mark.usefixtures("sample_as_full")
def test_pictures_with_a_channel_axis_pass(folder):
    arrays = sample_arrays()
    write(folder, x_train=arrays["x_train"][..., np.newaxis], x_test=arrays["x_test"][..., np.newaxis])
    assert load_mnist().x_train.shape == (4000, 28, 28, 1)


def test_full_data_are_found_where_the_user_keeps_them(monkeypatch, full_datasets):
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    mnist = load_mnist()
    assert mnist.x_train.shape == (60_000, 28, 28, 1)
    assert mnist.y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert str(mnist).startswith("MNIST: 60,000 training and 10,000 test pictures from the folder ")


def test_sample_is_a_part_of_the_full_training_data(monkeypatch, full_datasets):
    sample = load_mnist()
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    mnist = load_mnist()
    full = {picture.tobytes(): label for picture, label in zip(mnist.x_train, mnist.y_train, strict=True)}
    assert all(full[x.tobytes()] == y for x, y in zip(sample.x_train, sample.y_train, strict=True))
    assert all(full[x.tobytes()] == y for x, y in zip(sample.x_test, sample.y_test, strict=True))


def test_no_bundled_test_digit_is_left_among_the_training_pictures():
    digits = load_mnist()
    both = replace(
        digits,
        x_train=np.concatenate([digits.x_test, digits.x_train]),
        y_train=np.concatenate([digits.y_test, digits.y_train]),
    )
    kept = without_bundled_digits(both)
    np.testing.assert_array_equal(kept.x_train, digits.x_train)
    np.testing.assert_array_equal(kept.y_train, digits.y_train)


def test_only_mnist_can_be_trained_on_without_the_bundled_test_digits():
    with pytest.raises(DatasetError, match=r"expected MNIST, .*, got Ten shapes.*; train on all of it"):
        without_bundled_digits(load_cifar10())


def test_the_full_training_pictures_without_the_bundled_test_digits(monkeypatch, full_datasets):
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    kept = without_bundled_digits(load_mnist())
    assert (len(kept.x_train), len(kept.y_train)) == (59_000, 59_000)


# Damaged files and wrong settings


def test_missing_folder_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("CNN_DATASETS", str(tmp_path / "gone"))
    with pytest.raises(DatasetError, match=r"existing folder.*gone.*unset it to use the bundled sample"):
        load_mnist()


def test_file_in_place_of_the_folder_is_an_error(monkeypatch, tmp_path):
    path = write(tmp_path)
    monkeypatch.setenv("CNN_DATASETS", str(path))
    with pytest.raises(
        DatasetError, match=r"existing folder.*got .*mnist\.npz .*unset it to use the bundled sample"
    ):
        load_mnist()


@pytest.mark.usefixtures("sample_as_full")
def test_truncated_file_is_refused(folder):
    path = write(folder)
    path.write_bytes(path.read_bytes()[:100_000])
    assert_refused(path, "not a zip file", ", ".join(KEYS))


@pytest.mark.usefixtures("sample_as_full")
def test_flipped_byte_is_refused(folder):
    path = folder / "mnist.npz"
    damaged = bytearray(SAMPLE.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    path.write_bytes(damaged)
    assert_refused(path)


@pytest.mark.parametrize("content", [b"", b"<html>Not found</html>", b"\x93NUMPY"])
def test_other_kinds_of_file_are_refused(folder, content):
    path = folder / "mnist.npz"
    path.write_bytes(content)
    assert_refused(path, "not a zip file")


def test_folder_in_place_of_the_file_is_refused(folder):
    path = folder / "mnist.npz"
    path.mkdir()
    assert_refused(path, "a folder, pipe or device instead of a file")


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither")
@pytest.mark.parametrize("place", ["folder", "cache"])
def test_pipe_in_place_of_the_file_is_refused(place, keras_home, tmp_path):
    variable = {"KERAS_HOME": str(keras_home)}
    path = keras_home / "datasets" / "mnist.npz"
    if place == "folder":
        path, variable = tmp_path / "mnist.npz", {"CNN_DATASETS": str(tmp_path)}
    os.mkfifo(path)
    # A process of its own, which may hang.
    command = [sys.executable, "-c", "from helpers.datasets import load_mnist; load_mnist()"]
    run = subprocess.run(command, capture_output=True, text=True, env=os.environ | variable, timeout=60)
    assert f"at {path}, got ValueError: a folder, pipe or device instead of a file; " in run.stderr


def test_no_picture_is_unpacked_before_its_form_is_known(folder):
    path = folder / "mnist.npz"
    np.savez_compressed(path, **sample_arrays() | {"x_train": np.zeros(2**27, np.uint8)})
    tracemalloc.start()
    assert_refused(path, "x_train", "got uint8 of shape (134217728,)")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22


def test_header_that_is_too_long_is_refused_without_a_word_of_pickles(folder):
    path = write(folder, y_test=None)
    with zipfile.ZipFile(path, "a") as archive:
        header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1000,), }" + b" " * 20_000 + b"\n"
        start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
        archive.writestr("y_test.npy", start + header + bytes(1_000))
    assert_refused(path, "no header of an array at the start of y_test.npy")
    with pytest.raises(DatasetError, match=r"^(?!.*pickle)"):
        load_mnist()


def test_file_that_may_not_be_read_is_refused(folder, monkeypatch):
    def deny(path):
        raise PermissionError(13, "Permission denied")

    path = write(folder)
    monkeypatch.setattr(zipfile, "ZipFile", deny)
    assert_refused(path, "Permission denied")


@pytest.mark.usefixtures("sample_as_full")
def test_pickled_objects_are_refused(folder):
    path = write(folder, y_test=np.array([{}], dtype=object))
    assert_refused(path, "MNIST's y_test, uint8 of shape (1000,)", "got object")


def test_pickled_objects_are_never_built(folder, tmp_path):
    class Harmful:
        def __reduce__(self):
            return Path.touch, (tmp_path / "harm",)

    write(folder, x_train=np.array([Harmful()], dtype=object))
    with pytest.raises(DatasetError):
        load_mnist()
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.usefixtures("sample_as_full")
def test_missing_array_is_named(folder, key):
    path = write(folder, **{key: None})
    assert_refused(path, f"MNIST's {key}, uint8 of shape", "got none")


def test_entry_that_is_no_array_is_refused(folder):
    path = write(folder, y_test=None)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("y_test.npy", "7, 2, 1, 0")
    assert_refused(path, "no header of an array at the start of y_test.npy")


def test_sample_does_not_pass_for_the_full_data(folder):
    path = write(folder)
    assert_refused(path, "(4000, 28, 28", "(60000, 28, 28, 1)")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.usefixtures("sample_as_full")
def test_wrong_shape_is_refused(folder, key):
    array = sample_arrays()[key]
    path = write(folder, **{key: array[:-1]})
    assert_refused(path, key, str(len(array) - 1), str(len(array)))


@pytest.mark.usefixtures("sample_as_full")
def test_single_number_in_place_of_pictures_is_refused(folder):
    path = write(folder, x_train=np.uint8(3))
    assert_refused(path, "x_train", "()")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.usefixtures("sample_as_full")
def test_wrong_dtype_is_refused(folder, key):
    path = write(folder, **{key: sample_arrays()[key].astype(np.int16)})
    assert_refused(path, f"MNIST's {key}, uint8 of shape", "got int16 of shape")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.usefixtures("sample_as_full")
def test_one_changed_value_is_refused(folder, key):
    array = sample_arrays()[key]
    array[-1] ^= 1
    path = write(folder, **{key: array})
    assert_refused(path, "expected MNIST", mnist._FULL.sha256, "got other pictures or labels")


def test_damaged_cache_is_not_passed_over(keras_home):
    path = keras_home / "datasets" / "mnist.npz"
    path.write_bytes(b"half a download")
    assert_refused(path, "download=True")


# CIFAR-10


def write_cifar10(folder, **changes):
    """Write made-up pictures of CIFAR-10's form, six and two of them, with some arrays exchanged."""
    arrays = {
        "x_train": np.arange(6 * 32 * 32 * 3, dtype=np.uint8).reshape(6, 32, 32, 3),
        "y_train": np.arange(6, dtype=np.uint8),
        "x_test": np.zeros((2, 32, 32, 3), np.uint8),
        "y_test": np.arange(2, dtype=np.uint8),
    } | changes
    path = folder / "cifar10.npz"
    np.savez(path, **{key: array for key, array in arrays.items() if array is not None})
    return path


@pytest.fixture
def six_as_cifar10(monkeypatch, tmp_path):
    """Let the made-up pictures pass for CIFAR-10, which the project may not carry."""
    with np.load(write_cifar10(tmp_path)) as file:
        sha256 = archives._sha256(file)
    monkeypatch.setattr(cifar10, "_FULL", replace(cifar10._FULL, train=6, test=2, sha256=sha256))


def assert_cifar10_refused(path, *words):
    """load_cifar10 names the file, says these words and offers a remedy, of which a sample is none."""
    with pytest.raises(DatasetError) as error:
        load_cifar10()
    message = str(error.value)
    for word in (
        "expected ",
        str(path),
        ", got ",
        "; replace or delete the file",
        "use the stand-in",
        *words,
    ):
        assert word in message
    assert "sample" not in message


@pytest.mark.usefixtures("six_as_cifar10")
def test_cifar10_is_loaded_from_the_named_folder(folder):
    write_cifar10(folder)
    photographs = load_cifar10()
    assert photographs.x_train.shape == (6, 32, 32, 3)
    assert photographs.y_train.tolist() == [0, 1, 2, 3, 4, 5]
    sentence = f"CIFAR-10: 6 training and 2 test pictures from the folder {folder} named by CNN_DATASETS."
    assert str(photographs) == sentence


@pytest.mark.usefixtures("six_as_cifar10")
def test_labels_with_a_spare_axis_pass(folder):
    column = np.arange(6, dtype=np.uint8)[:, np.newaxis]  # as Keras has them
    write_cifar10(folder, y_train=column, y_test=column[:2])
    assert load_cifar10().y_train.shape == (6,)
    assert load_cifar10().y_test.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("key", "change", "expected", "got"),
    [
        ("x_train", lambda x: x[:5], "x_train", "got uint8 of shape (5, 32, 32, 3)"),
        ("x_train", lambda x: np.moveaxis(x, 3, 1), "x_train", "got uint8 of shape (6, 3, 32, 32)"),
        ("x_test", lambda x: x[..., 0], "x_test", "got uint8 of shape (2, 32, 32)"),
        ("x_test", lambda x: x / 255, "x_test", "got float64"),
        ("y_train", lambda y: np.eye(10, dtype=np.uint8)[y], "y_train", "got uint8 of shape (6, 10)"),
        ("y_train", lambda y: y[::-1], "CIFAR-10", "got other pictures or labels"),
        ("y_test", lambda y: y.astype(np.int64), "y_test", "got int64"),
    ],
    ids=["one-short", "channels-first", "grey", "floats", "one-hot", "other-labels", "int64"],
)
@pytest.mark.usefixtures("six_as_cifar10")
def test_cifar10_of_another_form_is_refused(folder, key, change, expected, got):
    with np.load(write_cifar10(folder)) as file:
        array = file[key]
    assert_cifar10_refused(write_cifar10(folder, **{key: change(array)}), expected, got)


def test_few_pictures_do_not_pass_for_cifar10(folder):
    assert_cifar10_refused(write_cifar10(folder), "(6, 32, 32, 3)", "(50000, 32, 32, 3)")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.usefixtures("six_as_cifar10")
def test_array_missing_from_cifar10_is_named(folder, key):
    assert_cifar10_refused(
        write_cifar10(folder, **{key: None}), f"CIFAR-10's {key}, uint8 of shape", "got none"
    )


def test_cifar10_cut_off_is_refused(folder):
    path = write_cifar10(folder)
    path.write_bytes(path.read_bytes()[:5_000])
    assert_cifar10_refused(path, "not a zip file")


@pytest.mark.parametrize("setting", [None, "", "empty"])
def test_where_cifar10_is_missing_a_stand_in_is_drawn_and_called_one(monkeypatch, tmp_path, setting):
    if setting == "empty":
        setting = str(tmp_path)
    if setting is not None:
        monkeypatch.setenv("CNN_DATASETS", setting)
    shapes = load_cifar10()
    assert shapes.stand_in
    assert shapes.classes == tuple(SHAPES.values())
    for words in ("a stand-in for CIFAR-10: 4,000 training and 1,000", "download=True", "CNN_DATASETS names"):
        assert words in str(shapes)


def test_the_stand_in_has_cifar10s_form_and_no_test_picture_among_the_training_pictures():
    shapes = load_cifar10()
    assert shapes.x_train.shape == (4_000, 32, 32, 3)
    assert shapes.x_test.shape == (1_000, 32, 32, 3)
    assert all(getattr(shapes, key).dtype == np.uint8 for key in KEYS)
    assert not any(getattr(shapes, key).flags.writeable for key in KEYS)
    assert np.bincount(shapes.y_train).tolist() == [400] * 10
    assert np.bincount(shapes.y_test).tolist() == [100] * 10
    training = {picture.tobytes() for picture in shapes.x_train}
    assert not any(picture.tobytes() in training for picture in shapes.x_test)


def test_missing_folder_of_cifar10_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("CNN_DATASETS", str(tmp_path / "gone"))
    with pytest.raises(DatasetError, match=r"with cifar10\.npz in it.*gone.*unset it to use the stand-in$"):
        load_cifar10()


def test_without_the_full_set_there_are_20_genuine_photographs():
    photographs = load_cifar10_photographs()
    assert photographs.x_train.shape == (0, 32, 32, 3)
    assert photographs.x_test.shape == (20, 32, 32, 3)
    assert [photographs.classes[label] for label in photographs.y_test[:4]] == [
        "cat",
        "ship",
        "ship",
        "airplane",
    ]
    assert not photographs.stand_in


@pytest.mark.usefixtures("six_as_cifar10")
def test_photographs_are_the_full_set_where_there_is_one(folder):
    write_cifar10(folder)
    assert str(load_cifar10_photographs()) == str(load_cifar10())


def test_photographs_are_the_first_of_the_full_test_set(monkeypatch, full_datasets):
    sample = load_cifar10_photographs()
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    photographs = load_cifar10()
    np.testing.assert_array_equal(sample.x_test, photographs.x_test[:20])
    np.testing.assert_array_equal(sample.y_test, photographs.y_test[:20])
    assert sample.classes == photographs.classes


@pytest.mark.usefixtures("six_as_cifar10")
def test_cifar10_is_downloaded_when_asked_for(monkeypatch, tmp_path):
    with np.load(write_cifar10(tmp_path)) as file:
        arrays = dict(file)
    replace_keras(monkeypatch, lambda: as_keras_returns_them(arrays))
    photographs = load_cifar10(download=True)
    assert photographs.source == "Keras's download"
    np.testing.assert_array_equal(photographs.x_test, arrays["x_test"])


def text(characters):
    """A short text as Python 2 pickled it."""
    return b"U" + bytes([len(characters)]) + characters.encode()


def batch(pictures, labels):
    """A file of CIFAR-10's authors: a dict that Python 2 pickled, by protocol 2."""
    numbers = b"".join(b"K" + bytes([label]) for label in labels)
    names = b"".join(text(f"picture_{i}.png") + b"q\x01" for i in range(len(labels)))
    pixels = np.moveaxis(pictures, 3, 1).tobytes()
    return (
        b"\x80\x02}q\x01("
        + (text("batch_label") + b"q\x02" + text("training batch 1 of 5") + b"q\x03")
        + (text("labels") + b"q\x04]q\x05(" + numbers + b"e")
        + (
            text("data")
            + b"q\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85q\x09"
        )
        + (text("b") + b"q\x0a\x87q\x0bRq\x0c(K\x01K" + bytes([len(labels)]) + b"M\x00\x0c\x86q\x0d")
        + (
            b"cnumpy\ndtype\nq\x0e"
            + text("u1")
            + b"q\x0fK\x00K\x01\x87q\x10Rq\x11(K\x03"
            + text("|")
            + b"q\x12NNN"
        )
        + (
            b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x13b\x89T"
            + len(pixels).to_bytes(4, "little")
            + pixels
        )
        + (b"q\x14tq\x15b" + text("filenames") + b"q\x16]q\x17(" + names + b"eu.")
    )


@pytest.fixture
def cached_batches(keras_home, tmp_path, six_as_cifar10):
    """The folder that Keras unpacks CIFAR-10 into, with the made-up pictures; its archive is gone."""
    folder = keras_home / "datasets" / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    with np.load(write_cifar10(tmp_path)) as file:
        pictures, labels = file["x_train"], file["y_train"]
        (folder / "test_batch").write_bytes(batch(file["x_test"], file["y_test"]))
    for number, part in enumerate(np.split(np.arange(6), [1, 2, 3, 4]), start=1):
        (folder / f"data_batch_{number}").write_bytes(batch(pictures[part], labels[part]))
    return folder


@pytest.mark.filterwarnings("ignore:numpy.core:DeprecationWarning")
def test_our_batches_are_what_python_2_would_have_pickled(cached_batches, tmp_path):
    with np.load(write_cifar10(tmp_path)) as file:
        pictures, labels = file["x_test"], file["y_test"]
    contents = pickle.loads((cached_batches / "test_batch").read_bytes(), encoding="latin-1")
    assert list(contents) == ["batch_label", "labels", "data", "filenames"]
    assert contents["labels"] == labels.tolist()
    np.testing.assert_array_equal(contents["data"], np.moveaxis(pictures, 3, 1).reshape(2, -1))
    assert contents["filenames"] == ["picture_0.png", "picture_1.png"]


@pytest.mark.parametrize("download", [False, True])
def test_cifar10_is_read_from_keras_s_cache_without_keras(monkeypatch, cached_batches, tmp_path, download):
    replace_keras(monkeypatch, never)
    photographs = load_cifar10(download=download)
    assert photographs.source == "Keras's cache"
    with np.load(write_cifar10(tmp_path)) as file:
        for key in KEYS:
            np.testing.assert_array_equal(getattr(photographs, key), file[key], strict=True)
    assert str(load_cifar10_photographs()) == str(photographs)


def cut_off(path):
    path.write_bytes(path.read_bytes()[:2_000])


def swap_with_the_next(path):
    other = path.with_name("data_batch_4")
    first, second = path.read_bytes(), other.read_bytes()
    path.write_bytes(second)
    other.write_bytes(first)


def empty(path):
    path.write_bytes(b"")


def make_too_large(path):
    with open(path, "wb") as file:
        file.truncate(60_000_000)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (Path.unlink, "FileNotFoundError"),
        (empty, "pickle exhausted"),
        (cut_off, "expected 3072 bytes"),
        (make_too_large, "a file of 60,000,000 bytes"),
        (swap_with_the_next, "got other pictures or labels"),
    ],
    ids=["missing", "empty", "cut-off", "too-large", "swapped"],
)
@pytest.mark.parametrize("load", [load_cifar10, load_cifar10_photographs])
def test_damaged_cache_of_cifar10_is_named_and_nothing_is_downloaded(
    monkeypatch, cached_batches, load, damage, message
):
    replace_keras(monkeypatch, never)
    damage(cached_batches / "data_batch_3")
    with pytest.raises(DatasetError) as error:
        load()
    folder = str(cached_batches.parent)
    for words in ("expected CIFAR-10", folder, ", got ", message, "; delete it; download=True"):
        assert words in str(error.value)


def test_empty_cache_of_cifar10_is_named_and_nothing_is_downloaded(monkeypatch, keras_home):
    replace_keras(monkeypatch, never)
    (keras_home / "datasets" / "cifar-10-batches-py-target").mkdir()
    with pytest.raises(DatasetError, match=r"data_batch_1 to data_batch_5 and test_batch at .*delete it"):
        load_cifar10()


def test_pickles_of_the_cache_are_never_run(cached_batches, tmp_path):
    class Harmful:
        def __reduce__(self):
            return Path.touch, (tmp_path / "harm",)

    (cached_batches / "test_batch").write_bytes(pickle.dumps(Harmful()))
    with pytest.raises(DatasetError):
        load_cifar10()
    assert not (tmp_path / "harm").exists()


def test_failed_download_of_cifar10_offers_the_stand_in(monkeypatch):
    def fail():
        raise Exception("URL fetch failure")

    replace_keras(monkeypatch, fail)
    with pytest.raises(
        DatasetError,
        match=r"expected CIFAR-10 from Keras's download, got .*download=False to use the stand-in$",
    ):
        load_cifar10(download=True)


def test_full_cifar10_is_found_where_the_user_keeps_it(monkeypatch, full_datasets):
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    photographs = load_cifar10()
    assert photographs.x_train.shape == (50_000, 32, 32, 3)
    assert photographs.x_test.shape == (10_000, 32, 32, 3)
    assert photographs.y_train.shape == (50_000,)
    assert photographs.y_test.shape == (10_000,)
    assert np.bincount(photographs.y_train).tolist() == [5_000] * 10
    assert np.bincount(photographs.y_test).tolist() == [1_000] * 10
    assert photographs.y_test[:10].tolist() == [3, 8, 8, 0, 6, 6, 1, 6, 3, 1]


# Download


def replace_keras(monkeypatch, load_data):
    """Put a stand-in, whose data sets are what load_data returns, in Keras's place."""
    either = SimpleNamespace(load_data=load_data)
    keras = SimpleNamespace(datasets=SimpleNamespace(mnist=either, cifar10=either))
    monkeypatch.setitem(sys.modules, "helpers.keras_backend", SimpleNamespace(keras=keras))


def as_keras_returns_them(arrays):
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def never():
    raise AssertionError("Keras was asked to download")


@pytest.mark.usefixtures("sample_as_full")
def test_download_is_taken_when_asked_for(monkeypatch):
    arrays = sample_arrays()
    replace_keras(monkeypatch, lambda: as_keras_returns_them(arrays))
    mnist = load_mnist(download=True)
    assert mnist.source == "Keras's download"
    np.testing.assert_array_equal(mnist.x_test[..., 0], arrays["x_test"])


def test_nothing_is_downloaded_unasked(monkeypatch):
    replace_keras(monkeypatch, never)
    assert load_mnist().source == "the bundled sample"


@pytest.mark.usefixtures("sample_as_full")
def test_nothing_is_downloaded_that_is_there(monkeypatch, keras_home):
    replace_keras(monkeypatch, never)
    write(keras_home / "datasets")
    assert load_mnist(download=True).source == "Keras's cache"


def test_failed_download_says_why_and_what_to_do(monkeypatch, keras_home):
    def fail():
        raise Exception("URL fetch failure: Name or service not known")

    replace_keras(monkeypatch, fail)
    with pytest.raises(DatasetError) as error:
        load_mnist(download=True)
    for words in (
        "not known",
        str(keras_home / "datasets" / "mnist.npz"),
        "download=False",
        "bundled sample",
    ):
        assert words in str(error.value)


def test_wrong_download_is_refused(monkeypatch, keras_home):
    replace_keras(monkeypatch, lambda: as_keras_returns_them(sample_arrays()))
    with pytest.raises(DatasetError, match=r"\(60000, 28, 28, 1\), at .*mnist\.npz.*delete it"):
        load_mnist(download=True)


# Before a training


def test_prepared_pictures_are_fractions_and_labels_one_hot():
    x, y = prepared(np.array([[0, 51, 255]], np.uint8), np.array([2], np.uint8), 3)
    np.testing.assert_array_equal(x, np.float32([[0, 0.2, 1]]), strict=True)
    np.testing.assert_array_equal(y, np.float32([[0, 0, 1]]), strict=True)


# This machine


def test_this_machine_names_versions_and_data():
    versions, data = this_machine().data.splitlines()
    for name in ("jupyterlab", "numpy", "matplotlib", "ipywidgets", "tensorflow", "keras"):
        assert f"{name} {version(name)}" in versions
    assert re.match(r"- Python \d+\.\d+\.\d+, ", versions)
    assert data == "- MNIST: 4,000 training and 1,000 test pictures from the bundled sample."


def test_this_machine_names_the_data_in_use(monkeypatch):
    monkeypatch.setattr(machine, "load_mnist", lambda: "MNIST: others.")
    assert this_machine().data.splitlines()[1] == "- MNIST: others."


# Held-out pictures


def test_held_out_pictures_are_training_pictures_that_are_not_trained_on():
    digits = load_mnist()
    split = hold_out(digits, 1_000, np.random.default_rng(0))
    assert (len(split.x_train), len(split.y_train)) == (3_000, 3_000)
    assert (len(split.x_test), len(split.y_test)) == (1_000, 1_000)
    label_of = {x.tobytes(): y for x, y in zip(digits.x_train, digits.y_train, strict=True)}
    kept = [picture.tobytes() for picture in split.x_train]
    held_out = [picture.tobytes() for picture in split.x_test]
    assert sorted(kept + held_out) == sorted(x.tobytes() for x in digits.x_train)
    assert [label_of[picture] for picture in kept + held_out] == [*split.y_train, *split.y_test]
    assert split.source == "the training pictures of the bundled sample"


def test_a_split_says_that_its_pictures_are_held_out():
    split = hold_out(load_mnist(), 1_000, np.random.default_rng(0))
    assert str(split) == (
        "MNIST: 3,000 training and 1,000 held-out pictures from the training pictures of the bundled sample."
    )


def test_the_generator_alone_decides_what_is_held_out():
    first, again, other = (hold_out(load_mnist(), 10, np.random.default_rng(s)).x_test for s in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        (-1, "expected at least 1 for pictures, got -1"),
        (0, "expected at least 1 for pictures, got 0"),
        (4_000, "expected fewer pictures than the 4,000 of the training set, got 4,000; leave some"),
        (5_000, "expected fewer pictures than the 4,000 of the training set, got 5,000; leave some"),
    ],
)
def test_some_pictures_must_be_left_on_each_side(pictures, message):
    with pytest.raises(ValueError, match=message):
        hold_out(load_mnist(), pictures, np.random.default_rng(0))


@pytest.mark.parametrize("pictures", [1.5, 10.0, "3", None, True, [3]], ids=repr)
def test_held_out_pictures_are_a_whole_number(pictures):
    with pytest.raises(TypeError, match="expected a whole number"):
        hold_out(load_mnist(), pictures, np.random.default_rng(0))


@pytest.mark.parametrize("rng", [3, None, np.random], ids=["seed", "none", "module"])
def test_held_out_pictures_are_drawn_by_a_generator(rng):
    with pytest.raises(TypeError, match="expected a NumPy random generator"):
        hold_out(load_mnist(), 10, rng)


def test_numpy_s_small_integers_count_held_out_pictures_too():
    assert len(hold_out(load_mnist(), np.uint8(200), np.random.default_rng(0)).x_test) == 200


@pytest.mark.parametrize("key", KEYS)
def test_held_out_and_other_pictures_are_read_only(key):
    array = getattr(hold_out(load_mnist(), 10, np.random.default_rng(0)), key)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 0


def test_a_data_set_of_our_own_arrays_is_read_only_and_leaves_them_alone():
    ours = {key: array.copy() for key, array in sample_arrays().items()}
    own = Dataset("mine", **ours, source="here")
    assert not any(getattr(own, key).flags.writeable for key in KEYS)
    assert all(array.flags.writeable for array in ours.values())


# Photographs


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs_are_grey_small_and_need_no_network(name, monkeypatch):
    monkeypatch.setattr(socket, "socket", lambda *arguments, **options: never())
    photograph = load_photograph(name)
    assert photograph.shape == (128, 128)
    assert photograph.dtype == np.uint8
    assert np.ptp(photograph) > 150


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs_are_scikit_images_reduced_by_averaging_blocks(name):
    picture = getattr(data, name)()
    grey = picture if picture.ndim == 2 else rgb2gray(picture) * 255
    block = min(grey.shape) // 128
    top, left = ((side - 128 * block) // 2 for side in grey.shape)
    square = grey[top : top + 128 * block, left : left + 128 * block]
    # scikit-image's shares of red, green and blue are a ten-thousandth off ours.
    expected = downscale_local_mean(square, (block, block))
    np.testing.assert_allclose(load_photograph(name), expected, rtol=0, atol=0.53)


@pytest.mark.parametrize("damage", [Path.unlink, empty, cut_off], ids=["missing", "empty", "cut-off"])
def test_damaged_photographs_are_named(monkeypatch, tmp_path, damage):
    path = shutil.copy(DATA / "photographs.npz", tmp_path)
    damage(Path(path))
    monkeypatch.setattr(photographs, "_BUNDLED", Path(path))
    with pytest.raises(DatasetError, match=r"expected an npz file .*camera.*photographs\.npz, got .*restore"):
        load_photograph("camera")


@pytest.mark.parametrize("name", ["moon", None, ["camera"], 3], ids=repr)
def test_an_unknown_photograph_is_refused_with_the_known_ones(name):
    with pytest.raises(ValueError, match=r"expected one of the photographs camera, chelsea.*, got ") as error:
        load_photograph(name)
    assert f"got {name!r}; choose" in str(error.value)


# data/SOURCES.md


def listed_files():
    """The files of the table in SOURCES.md, each with its sha256."""
    rows = re.findall(
        r"^\| `(.+?)` .*`([0-9a-f]{64})`", (DATA / "SOURCES.md").read_text("utf-8"), re.MULTILINE
    )
    return dict(rows)


def test_every_data_file_is_listed_with_its_sha256():
    files = [path for path in DATA.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}]
    found = {
        path.relative_to(DATA).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
    del found["SOURCES.md"]
    assert found == listed_files()
