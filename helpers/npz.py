"""Read npz files that may be damaged or hostile: type and shape are known before any number is unpacked."""

import io
import math
import os
import stat
import zipfile
from contextlib import contextmanager

import numpy as np

# In bytes. Nothing of this project comes near it: CIFAR-10, uncompressed, has 184 MB.
_LARGEST = 2**30
# In bytes; a usual header has 128.
_LONGEST_HEADER = 10_000
# NumPy writes a third version only for names of fields in other alphabets.
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


class StoredArray:
    """An array in an npz file, of which only the header has been read.

    Attributes:
        dtype: as the array will have it.
        shape: likewise.
    """

    def __init__(self, archive, member):
        self._archive = archive
        self._member = member
        with archive.open(member) as file:
            start = io.BytesIO(file.read(_LONGEST_HEADER))
        try:
            version = np.lib.format.read_magic(start)
            self.shape, _, self.dtype = _HEADERS[version](start)
            if min(self.shape, default=0) < 0:
                raise ValueError(f"shape {self.shape}")
        except (KeyError, ValueError) as error:
            raise ValueError(
                f"no header of an array at the start of {member.filename} ({type(error).__name__}: {error})"
            ) from error

    @property
    def nbytes(self):
        """How many bytes the numbers fill in memory."""
        return self.dtype.itemsize * math.prod(self.shape)

    def read(self):
        """Unpack the numbers.

        Raises:
            Exception: of many types, where the file is damaged.
        """
        with self._archive.open(self._member) as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
            # Reading to the end also compares the checksum.
            if file.read(1):
                raise ValueError(f"more bytes in {self._member.filename} than its header says")
        return array


@contextmanager
def open_npz(path):
    """Open an npz file as the zip that it is: np.load takes all else for pickles, even a cut-off download.

    Args:
        path: of the file.

    Yields:
        A dict of `StoredArray`, to be read while the block runs.

    Raises:
        Exception: of many types; zipfile, zlib and NumPy have each their own for a damaged file.
    """
    check_file(path)
    with zipfile.ZipFile(path) as archive:
        arrays = {
            member.filename.removesuffix(".npy"): StoredArray(archive, member)
            for member in archive.infolist()
            if member.filename.endswith(".npy")
        }
        size = sum(array.nbytes for array in arrays.values())
        if size > _LARGEST:
            raise ValueError(f"arrays of {size:,} bytes, more than {_LARGEST:,}")
        yield arrays


@contextmanager
def blamed(path, expected, remedy, error_type):
    """Blame a file for whatever goes wrong while it is read: its readers have many types of error.

    Args:
        path: of the file.
        expected: what it should hold, such as "an npz file with the array x".
        remedy: what to do.
        error_type: what is raised, a type of ValueError; one that is raised in the block passes through.
    """
    try:
        yield
    except error_type:
        raise
    except Exception as error:
        raise error_type(
            f"expected {expected} at {path}, got {type(error).__name__}: {error}; {remedy}"
        ) from error


def check_file(path, largest=_LARGEST):
    """Raise unless a path leads to a regular file of a sensible size: a pipe or device may never end.

    Args:
        path: of the file.
        largest: how many bytes are sensible.

    Raises:
        OSError: there is nothing, or it may not be looked at.
        ValueError: it is not a regular file, or too large.
    """
    found = os.stat(path)
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("a folder, pipe or device instead of a file")
    if found.st_size > largest:
        raise ValueError(f"a file of {found.st_size:,} bytes, more than {largest:,}")
