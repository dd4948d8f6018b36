"""The reader of npz files: what it reads is what NumPy wrote, and no damaged or hostile file gets far."""

import os
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from helpers.npz import blamed, check_file, open_npz

PROJECT = Path(__file__).parents[1]


def read(path):
    with open_npz(path) as stored:
        return {name: array.read() for name, array in stored.items()}


def npy(shape="(3,)", data=b"abc", descr="'|u1'", version=1, spaces=1):
    """The bytes of an array in NumPy's format, written by hand."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}{' ' * spaces}\n".encode()
    length = len(header).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + data


def write(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_reads_what_numpy_wrote(tmp_path, save):
    arrays = {
        "conv1/kernel": np.random.default_rng(0).standard_normal((5, 5, 1, 16)).astype(np.float16),
        "columns": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "none": np.zeros((0, 28, 28), np.uint8),
        "text": np.array('{"epochs": 3}'),
    }
    path = tmp_path / "some.npz"
    save(path, **arrays)
    with open_npz(path) as stored:
        assert list(stored) == list(arrays)
        for name, array in arrays.items():
            assert (stored[name].dtype, stored[name].shape) == (array.dtype, array.shape)
            np.testing.assert_array_equal(stored[name].read(), array, strict=True)


def test_reads_the_second_version_of_the_format(tmp_path):
    assert read(write(tmp_path / "two.npz", x=npy(version=2)))["x"].tolist() == [97, 98, 99]


def test_nothing_is_unpacked_before_it_is_asked_for(tmp_path):
    np.savez_compressed(tmp_path / "bomb.npz", x=np.zeros(2**27, np.uint8))
    tracemalloc.start()
    with open_npz(tmp_path / "bomb.npz") as stored:
        assert stored["x"].shape == (2**27,)
        _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "EOF: reading magic string"),
        (b"7, 2, 1, 0", "magic string is not correct"),
        (npy(version=3), r"KeyError: \(3, 0\)"),
        (npy(spaces=20_000), "EOF: reading array header"),
        (npy(spaces=20_000, version=2), "EOF: reading array header"),
        (npy(shape="(-3,)"), r"shape \(-3,\)"),
        (npy(shape="3"), "shape is not valid"),
        (npy(descr="'nonsense'"), "descr is not a valid dtype"),
    ],
)
def test_what_is_no_header_is_refused_in_words_of_our_own(tmp_path, content, message):
    path = write(tmp_path / "odd.npz", x=content)
    with pytest.raises(ValueError, match=f"no header of an array at the start of x.npy .*{message}") as error:
        read(path)
    assert "pickle" not in str(error.value)


@pytest.mark.parametrize("data", [b"", b"ab", b"abcd"], ids=["none", "too-few", "too-many"])
def test_data_must_be_as_many_as_the_header_says(tmp_path, data):
    with pytest.raises(ValueError, match=r"EOF: reading array data|more bytes in x\.npy than its header"):
        read(write(tmp_path / "odd.npz", x=npy(data=data)))


def test_pickles_are_never_read(tmp_path):
    class Harmful:
        def __reduce__(self):
            return Path.touch, (tmp_path / "harm",)

    np.savez(tmp_path / "evil.npz", x=np.array([Harmful()], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        read(tmp_path / "evil.npz")
    assert not (tmp_path / "harm").exists()


def test_arrays_that_come_to_more_than_a_gigabyte_are_refused_by_their_headers(tmp_path):
    half = npy(shape="(600, 1000, 1000)")
    with pytest.raises(ValueError, match=r"arrays of 1,200,000,000 bytes, more than 1,073,741,824"):
        read(write(tmp_path / "large.npz", x=half, y=half))


def test_what_is_no_file_of_sensible_size_is_not_opened(tmp_path):
    with pytest.raises(ValueError, match="a folder, pipe or device instead of a file"):
        check_file(tmp_path)
    with pytest.raises(FileNotFoundError):
        check_file(tmp_path / "gone")
    with open(tmp_path / "large", "wb") as file:
        file.truncate(2**30 + 1)
    with pytest.raises(ValueError, match="a file of 1,073,741,825 bytes, more than 1,073,741,824"):
        read(tmp_path / "large")


# A process of its own, which may hang or fill its memory without harm.
OPEN = """
import resource, sys
from helpers.npz import open_npz
resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
try:
    with open_npz(sys.argv[1]):
        pass
except ValueError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither")
@pytest.mark.parametrize("endless", ["pipe", "device"])
def test_a_pipe_or_an_endless_device_is_refused_at_once(tmp_path, endless):
    path = tmp_path / "mnist.npz"
    os.mkfifo(path) if endless == "pipe" else path.symlink_to("/dev/zero")
    command = [sys.executable, "-c", OPEN, path]
    run = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=60)
    assert run.stdout == "a folder, pipe or device instead of a file\n", run.stderr


class DamagedError(ValueError):
    """A type of its own."""


def test_a_file_is_blamed_for_whatever_goes_wrong_and_once():
    blame = "here.npz", "an npz file", "delete it", DamagedError
    expected = r"^expected an npz file at here\.npz, got KeyError: 'x'; delete it$"
    with pytest.raises(DamagedError, match=expected), blamed(*blame):
        _ = {}["x"]
    with pytest.raises(DamagedError, match=r"^as it is$"), blamed(*blame):
        raise DamagedError("as it is")
