"""What an explorer says about one number: what it is made from, and how."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from helpers.language import say


@dataclass(frozen=True)
class Explanation:
    """How one number came about.

    Attributes:
        cells: array -> list of (row, column), what the number is made from, tinted in the picture.
        lines: what it is called, then its arithmetic.
        arrays: heading -> values (rows, columns) of the arrays in `cells` that stand beside this number
            alone; empty where the picture shows all arrays anyway.
    """

    cells: Mapping
    lines: tuple
    arrays: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class Number:
    """A number in one of several arrays, to be explained.

    Attributes:
        arrays: name -> values, of every array that an explanation may draw from.
        name: of the number's own array.
        row: of the number, counted from 0.
        column: of the number, counted from 0.
        title: the array's name in words.
    """

    arrays: Mapping
    name: str
    row: int
    column: int
    title: str

    @property
    def place(self):
        """(row, column)."""
        return self.row, self.column

    def whole(self, name):
        """List all places (row, column) of an array."""
        return block((0, 0), self.arrays[name].shape)

    def comes_from(self, cells, *lines):
        """Return the `Explanation` that names this number, then goes on with these lines."""
        title = cell_title(self.title, self.arrays[self.name].shape, *self.place)
        return Explanation(cells, (title, *lines))


def block(corner, sides):
    """List the places (row, column) of a block of cells, from its corner and its (rows, columns)."""
    return [(corner[0] + row, corner[1] + column) for row, column in np.ndindex(*sides)]


def places(chosen):
    """List the places (row, column) where an array is not 0 or False."""
    return list(map(tuple, np.argwhere(chosen).tolist()))


def cell_title(array, shape, row, column):
    """Name a cell by its array; row and column, counted from 0, only where there are several.

    Args:
        array: the array's name in words.
        shape: its (rows, columns).
        row: of the cell.
        column: of the cell.

    Returns:
        Text such as "C, feature map, row 1, column 2".
    """
    rows, columns = shape
    if rows > 1 and columns > 1:
        return say("{array}, row {row}, column {column}", array=array, row=row + 1, column=column + 1)
    if rows > 1:
        return say("{array}, row {row}", array=array, row=row + 1)
    if columns > 1:
        return say("{array}, column {column}", array=array, column=column + 1)
    return array


def in_two_dimensions(values):
    """Stand a vector up as a column and a number as a single cell; leave (rows, columns) as they are."""
    return np.reshape(values, (-1, 1)) if np.ndim(values) < 2 else values
