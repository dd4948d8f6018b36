"""Sizes, padding and windows, over their whole small range against windows moved by hand."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import as_pair, filter_sides, paddings

from helpers.reference.geometry import (
    output_size,
    pad,
    padding_that_fits,
    pair,
    pixel_uses,
    resolve_padding,
    same_padding,
    sides_through_layers,
    unseen_positions,
    windows,
)

SIDES, FILTERS, STRIDES = range(1, 13), range(1, 7), range(1, 6)
AXES = list(itertools.product(SIDES, FILTERS, STRIDES))
# Each axis with equal and unequal paddings (before, after).
PADDED_AXES = [(*axis, ends) for axis in AXES for ends in itertools.product(range(5), repeat=2)]


def walk(cells, filter_size, stride):
    """Move a window along a list of cells and record what it touches at each position."""
    touched, start = [], 0
    while start + filter_size <= len(cells):
        touched.append(cells[start : start + filter_size])
        start += stride
    return touched


def padded_walk(side, filter_size, stride, ends):
    return walk(list(range(ends[0] + side + ends[1])), filter_size, stride)


def fits(side, filter_size, stride, ends):
    """Tell whether the last window ends on the last cell, so that nothing is left over."""
    touched = padded_walk(side, filter_size, stride, ends)
    return bool(touched) and touched[-1][-1] == ends[0] + side + ends[1] - 1


def smallest_fitting(side, filter_size, stride, start):
    """Search upwards far beyond the sides in question."""
    return next((p for p in range(start, start + 40) if fits(side, filter_size, stride, (p, p))), None)


POSSIBLE = [case for case in PADDED_AXES if padded_walk(*case)]
IMPOSSIBLE = [case for case in PADDED_AXES if not padded_walk(*case)]
REMAINDERS = [case for case in POSSIBLE if not fits(*case)]


def exact_message(side, filter_size, stride, ends):
    with pytest.raises(ValueError, match="is not a whole number") as caught:
        output_size(side, filter_size, ends, stride, exact=True)
    return str(caught.value)


def test_output_size_counts_the_positions_of_the_window():
    for side, filter_size, stride, ends in POSSIBLE:
        expected = len(padded_walk(side, filter_size, stride, ends))
        assert output_size(side, filter_size, ends, stride) == expected, (side, filter_size, stride, ends)


def test_one_number_pads_both_ends():
    for (side, filter_size, stride), padding in itertools.product(AXES, range(5)):
        if padded_walk(side, filter_size, stride, (padding, padding)):
            expected = output_size(side, filter_size, (padding, padding), stride)
            assert output_size(side, filter_size, padding, stride) == expected


def test_output_size_refuses_every_filter_that_does_not_fit():
    assert IMPOSSIBLE
    for side, filter_size, stride, ends in IMPOSSIBLE:
        message = f"^expected at least {filter_size} pixels, the side of the filter, got {side + sum(ends)}"
        with pytest.raises(ValueError, match=message):
            output_size(side, filter_size, ends, stride)


def test_exact_raises_precisely_where_something_is_left_over():
    for side, filter_size, stride, ends in POSSIBLE:
        try:
            size = output_size(side, filter_size, ends, stride, exact=True)
        except ValueError:
            size = None
        expected = len(padded_walk(side, filter_size, stride, ends))
        assert size == (expected if fits(side, filter_size, stride, ends) else None)


def test_exact_says_how_much_is_left_over():
    for side, filter_size, stride, ends in REMAINDERS:
        last = padded_walk(side, filter_size, stride, ends)[-1][-1]
        left_over = side + sum(ends) - 1 - last
        assert f"Stride {stride} leaves {left_over} of" in exact_message(side, filter_size, stride, ends)


def test_exact_names_the_next_equal_padding_that_fits():
    named = 0
    for side, filter_size, stride, ends in REMAINDERS:
        found = re.search(
            r"next larger equal padding that fits is (\d+)\.", exact_message(side, filter_size, stride, ends)
        )
        expected = smallest_fitting(side, filter_size, stride, max(ends))
        assert (int(found[1]) if found else None) == expected, (side, filter_size, stride, ends)
        named += found is not None
    assert named


def test_exact_names_an_unequal_padding_where_no_equal_one_fits():
    named = 0
    for side, filter_size, stride, ends in REMAINDERS:
        if smallest_fitting(side, filter_size, stride, max(ends)) is None:
            message = exact_message(side, filter_size, stride, ends)
            found = re.search(r"Unequal padding does: \((\d+), (\d+)\)\.", message)
            before, after = int(found[1]), int(found[2])
            assert fits(side, filter_size, stride, (before, after)), message
            assert before != after
            assert before >= ends[0]
            assert after >= ends[1]
            named += 1
    assert named


def test_padding_that_fits_is_the_smallest_from_a_start_upwards():
    for (side, filter_size, stride), start in itertools.product(AXES, range(5)):
        expected = smallest_fitting(side, filter_size, stride, start)
        assert padding_that_fits(side, filter_size, start, stride) == expected


def test_no_equal_padding_fits_only_where_the_stride_is_even_and_the_difference_odd():
    for side, filter_size, stride in AXES:
        none_fits = padding_that_fits(side, filter_size, stride=stride) is None
        assert none_fits == (stride % 2 == 0 and (side - filter_size) % 2 == 1)


def test_unseen_positions_are_those_that_no_window_touches():
    for side, filter_size, stride, ends in POSSIBLE:
        touched = set().union(*padded_walk(side, filter_size, stride, ends))
        expected = [cell for cell in range(ends[0] + side + ends[1]) if cell not in touched]
        assert unseen_positions(side, filter_size, ends, stride) == expected


def test_same_padding_is_the_least_that_gives_one_position_for_each_step_on_the_image():
    for side, filter_size, stride in AXES:
        positions = len(range(0, side, stride))
        least = next(
            total
            for total in itertools.count()
            if len(padded_walk(side, filter_size, stride, (0, total))) >= positions
        )
        before, after = same_padding(side, filter_size, stride)
        assert before + after == least, (side, filter_size, stride)
        assert output_size(side, filter_size, (before, after), stride) == positions


def test_same_padding_puts_the_odd_pixel_after():
    differences = set()
    for side, filter_size, stride in AXES:
        before, after = same_padding(side, filter_size, stride)
        differences.add(after - before)
    assert differences == {0, 1}


def test_same_padding_is_the_chapters_half_filter():
    for side, filter_size in itertools.product(SIDES, [1, 3, 5]):
        half = (filter_size - 1) // 2
        assert same_padding(side, filter_size) == (half, half)


def test_sides_through_layers_are_those_of_walks_on_the_layer_before():
    for side, filter_size, stride, ends in PADDED_AXES:
        expected = [side]
        for _ in range(4):
            touched = padded_walk(expected[-1], filter_size, stride, ends)
            if not touched:
                break
            expected.append(len(touched))
        assert sides_through_layers(side, filter_size, ends, stride, layers=4) == expected


@given(st.data(), st.tuples(st.integers(1, 7), st.integers(1, 7)), paddings(2), st.integers(1, 3))
def test_a_pixel_is_used_as_often_as_the_walking_window_touches_it(data, sides, padding, stride):
    filters = data.draw(filter_sides(sides, padding))
    ends = resolve_padding(padding, sides, filters, as_pair(stride))
    touched = [
        list(itertools.chain(*padded_walk(side, size, step, edges)))
        for side, size, step, edges in zip(sides, filters, as_pair(stride), ends, strict=True)
    ]
    expected = [
        [touched[0].count(ends[0][0] + i) * touched[1].count(ends[1][0] + j) for j in range(sides[1])]
        for i in range(sides[0])
    ]
    np.testing.assert_array_equal(pixel_uses(sides, filters, padding, stride), expected)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("filter_size", "stride"), [(1, 1), (3, 1), (3, 2), (4, 3), (2, 4)])
def test_a_pixel_is_used_as_often_as_the_gradient_of_a_sum_of_ones_says(filter_size, stride, padding):
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    image = tf.Variable(tf.zeros((1, 6, 7, 1)))
    with tf.GradientTape() as tape:
        ones = tf.ones((filter_size, filter_size, 1, 1))
        total = tf.reduce_sum(tf.nn.conv2d(image, ones, stride, padding.upper()))
    expected = tape.gradient(total, image)[0, :, :, 0]
    np.testing.assert_array_equal(pixel_uses((6, 7), filter_size, padding, stride), expected)


def test_one_zero_at_each_edge_lets_the_corner_be_used_four_times():
    corner_and_middle = [pixel_uses(6, 3, padding)[[0, 2], [0, 2]].tolist() for padding in range(3)]
    assert corner_and_middle == [[1, 9], [4, 9], [9, 9]]


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_sides_through_layers_follows_as_many_layers_as_asked(layers):
    assert sides_through_layers(9, 3, layers=layers) == [9, 7, 5, 3][: layers + 1]


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_sizes_agree_with_keras(padding):
    from helpers.keras_backend import keras

    axes = [axis for axis in AXES if padding == "same" or axis[1] <= axis[0]]
    # Every axis once as a height and once as a width, beside an axis of another kind.
    for height, width in zip(axes, reversed(axes), strict=True):
        sides, filters, strides = zip(height, width, strict=True)
        layer = keras.layers.Conv2D(1, filters, strides=strides, padding=padding)
        expected = layer.compute_output_shape((None, *sides, 1))[1:3]
        paddings = resolve_padding(padding, sides, filters, strides)
        ours = tuple(output_size(*axis) for axis in zip(sides, filters, paddings, strides, strict=True))
        assert ours == expected, (height, width)


def test_valid_is_no_padding():
    assert resolve_padding("valid", (7, 8), (3, 4), (1, 2)) == ((0, 0), (0, 0))


def test_same_is_found_for_each_axis_by_itself():
    # Down, 7 positions need 6 + 3 - 7 = 2 pixels; to the right, 3 positions need 6 + 5 - 8 = 3.
    assert resolve_padding("same", (7, 8), (3, 5), (1, 3)) == ((1, 1), (1, 2))


def test_one_number_stands_for_four_edges():
    assert resolve_padding(2, (7, 8), (3, 4), (1, 1)) == ((2, 2), (2, 2))


def test_four_numbers_stand_for_themselves():
    assert resolve_padding([[1, 2], (3, 4)], (7, 8), (3, 4), (1, 1)) == ((1, 2), (3, 4))


@pytest.mark.parametrize("axes", ["HW", "NHWC"])
def test_pad_surrounds_the_image(axes):
    rng = np.random.default_rng(0)
    image = rng.integers(1, 9, (3, 4) if axes == "HW" else (2, 3, 4, 5))
    where = (slice(2, 5), slice(1, 5))
    expected = np.full((6, 8) if axes == "HW" else (2, 6, 8, 5), -7)
    expected[where if axes == "HW" else (slice(None), *where)] = image
    np.testing.assert_array_equal(pad(image, ((2, 1), (1, 3)), value=-7), expected)


def test_pad_adds_zeros_on_all_edges():
    np.testing.assert_array_equal(pad([[1, 2]], 1), [[0, 0, 0, 0], [0, 1, 2, 0], [0, 0, 0, 0]])


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, bool])
def test_pad_keeps_the_type(dtype):
    assert pad(np.ones((2, 2), dtype), 1).dtype == dtype


def test_pad_without_padding_is_still_a_new_array():
    image = np.ones((2, 2))
    assert not np.shares_memory(pad(image, 0), image)


@pytest.mark.parametrize("stride", [1, 2, (1, 3), (3, 2)])
@pytest.mark.parametrize("filter_size", [2, (1, 3), (4, 2)])
def test_windows_of_an_image_are_its_slices(filter_size, stride):
    image = np.arange(6 * 7).reshape(6, 7)
    (rows, columns), (down, right) = pair("filter_size", filter_size), pair("stride", stride)
    cut = windows(image, filter_size, stride)
    assert cut.shape[:2] == (len(walk(range(6), rows, down)), len(walk(range(7), columns, right)))
    for i, j in np.ndindex(cut.shape[:2]):
        expected = image[i * down : i * down + rows, j * right : j * right + columns]
        np.testing.assert_array_equal(cut[i, j], expected)


def test_windows_of_a_batch_are_those_of_each_image_and_channel():
    x = np.arange(2 * 5 * 6 * 3).reshape(2, 5, 6, 3)
    cut = windows(x, (2, 3), (2, 1))
    assert cut.shape == (2, 2, 4, 2, 3, 3)
    for n, c in itertools.product(range(2), range(3)):
        np.testing.assert_array_equal(cut[n, ..., c], windows(x[n, ..., c], (2, 3), (2, 1)))


@pytest.mark.parametrize("shape", [(5, 6), (2, 5, 6, 3)])
def test_windows_are_a_view(shape):
    x = np.zeros(shape)
    assert np.shares_memory(windows(x, 2), x)


@pytest.mark.parametrize("shape", [(5, 6), (2, 5, 6, 3)])
def test_windows_are_read_only(shape):
    cut = windows(np.zeros(shape), 2, 2)
    with pytest.raises(ValueError, match="read-only"):
        cut[:] = 1


VALID_AXIS = {"side": 5, "filter_size": 2, "stride": 1}
every_function = pytest.mark.parametrize(
    "function",
    [
        output_size,
        unseen_positions,
        same_padding,
        padding_that_fits,
        lambda **axis: sides_through_layers(**axis, layers=0),
    ],
    ids=["output_size", "unseen_positions", "same_padding", "padding_that_fits", "sides_through_layers"],
)
takes_padding = pytest.mark.parametrize("function", [output_size, unseen_positions])


@every_function
@pytest.mark.parametrize("name", list(VALID_AXIS))
@pytest.mark.parametrize("value", [2.0, True, "3", None], ids=repr)
def test_refuses_what_is_no_whole_number(function, name, value):
    message = f"^expected a whole number for {name}, got {re.escape(repr(value))}; use an int such as"
    with pytest.raises(TypeError, match=message):
        function(**VALID_AXIS | {name: value})


@every_function
@pytest.mark.parametrize("name", list(VALID_AXIS))
@pytest.mark.parametrize("value", [0, -1])
def test_refuses_numbers_below_one(function, name, value):
    with pytest.raises(ValueError, match=f"^expected at least 1 for {name}, got {value}; use a larger"):
        function(**VALID_AXIS | {name: value})


@takes_padding
@pytest.mark.parametrize("padding", [1.5, True, "same", None, (1, 2, 3), (1.5, 0)], ids=repr)
def test_refuses_a_padding_of_another_kind(function, padding):
    got = padding[0] if isinstance(padding, tuple) and len(padding) == 2 else padding
    with pytest.raises(
        TypeError, match=rf"^expected a whole number.* for padding, got {re.escape(repr(got))}; use"
    ):
        function(5, 2, padding)


@takes_padding
@pytest.mark.parametrize("padding", [-1, (-1, 1), (1, -1)])
def test_refuses_a_negative_padding(function, padding):
    with pytest.raises(ValueError, match=r"^expected at least 0 for padding, got -1; use"):
        function(5, 2, padding)


def test_padding_that_fits_refuses_a_pair():
    with pytest.raises(TypeError, match=r"^expected a whole number for padding, got \(1, 2\)"):
        padding_that_fits(5, 2, (1, 2))


def test_sides_through_layers_refuses_a_negative_number_of_layers():
    with pytest.raises(ValueError, match=r"^expected at least 0 for layers, got -1"):
        sides_through_layers(5, 2, layers=-1)


def test_resolve_padding_refuses_another_word():
    with pytest.raises(
        ValueError, match=r'^expected "valid", "same", a number or .* for padding, got "full"'
    ):
        resolve_padding("full", (5, 5), (2, 2), (1, 1))


# (1, 2) could mean rows and columns or before and after.
@pytest.mark.parametrize(
    "padding", [1.5, None, (1, 2), (1, 2, 3), ((1, 1), 2), ((1, 1), (1, 1, 1))], ids=repr
)
def test_resolve_padding_refuses_another_form(padding):
    message = rf"^expected a whole number or \(\(top, .* for padding, got {re.escape(repr(padding))}"
    with pytest.raises(TypeError, match=message):
        resolve_padding(padding, (5, 5), (2, 2), (1, 1))


@pytest.mark.parametrize("padding", [-1, ((0, -1), (0, 0)), ((0, 0), (-1, 0))])
def test_resolve_padding_refuses_negative_numbers(padding):
    with pytest.raises(ValueError, match=r"^expected at least 0 for padding, got -1; use"):
        resolve_padding(padding, (5, 5), (2, 2), (1, 1))


def test_pad_refuses_a_word_since_it_knows_no_filter():
    with pytest.raises(TypeError, match=r'^expected a whole number or .* for padding, got "same"'):
        pad(np.ones((2, 2)), "same")


@pytest.mark.parametrize("shape", [(), (4,), (4, 4, 3), (1, 1, 4, 4, 3)])
@pytest.mark.parametrize("function", [pad, windows])
def test_refuses_another_number_of_axes(function, shape):
    message = rf"^expected an image \(H, W\) or images \(N, H, W, C\), got shape {re.escape(str(shape))}; add"
    with pytest.raises(ValueError, match=message):
        function(np.ones(shape), 1)


def test_windows_refuse_a_filter_larger_than_the_image():
    with pytest.raises(
        ValueError, match=r"^expected at least 4 pixels, the side of the filter, got 3: 3 and 0 of padding"
    ):
        windows(np.ones((5, 3)), 4)


@pytest.mark.parametrize("value", [1.5, None, "2", (1, 2, 3)], ids=repr)
def test_pair_refuses_another_form(value):
    message = f"^expected a whole number or a pair of them for stride, got {re.escape(repr(value))}"
    with pytest.raises(TypeError, match=message):
        pair("stride", value)


@pytest.mark.parametrize("value", [True, (1, 2.0), (1, "2")], ids=repr)
def test_pair_refuses_members_that_are_no_whole_numbers(value):
    got = value[1] if isinstance(value, tuple) else value
    with pytest.raises(TypeError, match=f"^expected a whole number for stride, got {re.escape(repr(got))}"):
        pair("stride", value)


@pytest.mark.parametrize("value", [0, (1, 0), (0, 1)])
def test_pair_refuses_numbers_below_one(value):
    with pytest.raises(ValueError, match=r"^expected at least 1 for stride, got 0"):
        pair("stride", value)
