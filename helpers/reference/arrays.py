"""The door of the reference: input becomes plain ints and C-contiguous arrays of real numbers."""

import reprlib
from collections.abc import Iterable, Mapping
from numbers import Integral, Real

import numpy as np


def whole_number(name, value, smallest):
    """Return a count, a size or an index as a plain int.

    NumPy's small integers would wrap around in a sum or a product.

    Raises:
        TypeError: it is not a whole number; True and False do not count as one.
        ValueError: it is smaller than `smallest`.

    >>> whole_number("stride", np.uint8(2), 1)
    2
    """
    # int first: asking an abstract class takes several times as long.
    if not isinstance(value, (int, Integral)) or isinstance(value, bool):
        raise TypeError(
            f"expected a whole number for {name}, got {reprlib.repr(value)}; "
            f"use an int such as {max(smallest, 1)}"
        )
    if value < smallest:
        raise ValueError(
            f"expected at least {smallest} for {name}, got {value}; use a larger number"
        )
    return int(value)


def whole_numbers(name, values, smallest):
    """Return several of them, such as a shape, as a tuple of plain ints.

    Raises:
        TypeError, ValueError: as for `whole_number`, or there are not several of them.
    """
    if not isinstance(values, Iterable):
        raise TypeError(
            f"expected whole numbers for {name}, got {reprlib.repr(values)}; use a tuple such as (5, 5)"
        )
    return tuple(whole_number(name, value, smallest) for value in values)


def check_names(name, values, expected):
    """Raise unless a mapping has a value under each name.

    Raises:
        TypeError: it is not a mapping.
        ValueError: a name is missing.
    """
    if not isinstance(values, Mapping):
        raise TypeError(
            f"expected a dict for {name}, got {reprlib.repr(values)}; "
            f"give it the names {', '.join(expected)}"
        )
    missing = [key for key in expected if key not in values]
    if missing:
        raise ValueError(
            f"expected {', '.join(expected)} in {name}, got no {', no '.join(missing)}; add what is missing"
        )


def real_number(name, value):
    """Return a number as it is.

    Raises:
        TypeError: it is not a real number; True and False do not count as one.
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(
            f"expected a number for {name}, got {reprlib.repr(value)}; use one such as 0.5"
        )
    return value


def length(name, value):
    """Return a length in pixels as a float.

    Raises:
        TypeError: it is not a real number.
        ValueError: it is not above 0, or infinite.
    """
    value = float(real_number(name, value))
    if not 0 < value < np.inf:
        raise ValueError(
            f"expected a number of pixels above 0 for {name}, got {value}; use one such as 1.0"
        )
    return value


def fill_value(value, dtype):
    """Return the number that pixels are to hold, in their type.

    Raises:
        TypeError: it is not a real number.
        ValueError: the type is one of whole numbers and cannot hold it.
    """
    with np.errstate(invalid="ignore"):
        fill = np.array(real_number("value", value)).astype(dtype)
    if dtype.kind != "f" and fill != value:
        raise ValueError(
            f"expected a value that {dtype} can hold, got {value}; convert the image with astype(float)"
        )
    return fill


def real_array(name, value):
    """Return an array of real numbers as it is, whole ones included, but C-contiguous.

    Raises:
        TypeError: it holds something else, such as text, fractions or complex numbers.
        ValueError: it is a list whose rows have unlike lengths.
    """
    try:
        array = np.asarray(value, order="C")
    except ValueError as error:
        raise ValueError(
            f"expected rows of equal length for {name}, got {reprlib.repr(value)}; "
            "give every row the same number of entries"
        ) from error
    if array.dtype.kind not in "biuf" or array.itemsize > 8:
        raise TypeError(
            f"expected real numbers for {name}, got {reprlib.repr(value)} of type {array.dtype}; "
            "convert it with np.asarray(..., dtype=float)"
        )
    return array


def float_array(name, value):
    """Return an array of floats: whole numbers become float64.

    Raises:
        TypeError, ValueError: as for `real_array`.
    """
    array = real_array(name, value)
    return array if array.dtype.kind == "f" else array.astype(float)


def grey_image(name, value):
    """Return one grey image (H, W) in float64.

    Raises:
        TypeError: as for `real_array`.
        ValueError: likewise, or it has another number of axes.
    """
    image = real_array(name, value).astype(float)
    if image.ndim != 2:
        raise ValueError(
            f"expected a grey image (H, W) for {name}, got shape {image.shape}; "
            "take one image and one channel at a time"
        )
    return image


def arrays_of_one_type(**values):
    """Return arrays of real numbers in the type that their sums and products have.

    Whole numbers become int64 and do not wrap around, as those of pixels in uint8 would.

    Args:
        **values: each argument under its name.

    Raises:
        TypeError, ValueError: as for `real_array`.

    >>> [array.dtype.name for array in arrays_of_one_type(x=np.ones(2, np.uint8), kernel=[1])]
    ['int64', 'int64']
    """
    arrays = [real_array(name, value) for name, value in values.items()]
    dtype = np.result_type(*arrays)
    if dtype.kind != "f":
        dtype = np.result_type(dtype, np.int64)
    return [array.astype(dtype, copy=False) for array in arrays]


def random_generator(name, value):
    """Return a NumPy random generator as it is.

    Raises:
        TypeError: it is something else, such as a seed.
    """
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"expected a NumPy random generator for {name}, got {reprlib.repr(value)}; "
            "use one such as np.random.default_rng(0)"
        )
    return value


def where_true(mask, values):
    """Return the values where the mask is true, and 0 elsewhere.

    The product is one of bits, read as whole numbers: of the numbers themselves it would make NaN of 0 x inf
    and -0 of 0 x -1. np.where takes up to fifteen times as long.

    Args:
        mask: booleans, of the values' shape.
        values: an array of real numbers.

    >>> where_true(np.array([False, True]), np.array([-np.inf, -2]))
    array([ 0., -2.])
    """
    bits = values.view(f"i{values.itemsize}")
    return (bits * mask).view(values.dtype)
