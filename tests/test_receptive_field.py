"""Receptive fields: which pixels move a deep number, by TensorFlow's gradient and by the trained network."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.datasets import load_mnist
from helpers.programs import MNIST
from helpers.reference.receptive_field import Window, map_sides, pixels_seen, receptive_field

# Of conv1, pool1, conv2 and pool2; tests/test_receptive_field_explorer.py reads them off the networks.
DIGITS = [Window(5, padding="same"), Window(2, 2)] * 2
PHOTOGRAPHS = [Window(3, padding="same"), Window(2, 2)] * 2
WINDOWS = st.builds(
    Window, st.integers(1, 4), st.integers(1, 3), st.sampled_from(["valid", "same"]) | st.integers(0, 2)
)


def reached(windows, sides, place):
    """List the places of a side that reach one deep number: which of them, set to one, make it positive."""
    found = []
    for pixel in range(sides[0]):
        row = np.eye(sides[0])[pixel]
        for window, before, after in zip(windows, sides[:-1], sides[1:], strict=True):
            if window.padding == "same":
                first = max((after - 1) * window.stride + window.size - before, 0) // 2
            else:
                first = 0 if window.padding == "valid" else window.padding
            padded = np.concatenate([np.zeros(first), row, np.zeros(first + window.size)])
            starts = [index * window.stride for index in range(after)]
            row = np.array([padded[start : start + window.size].sum() for start in starts])
        if row[place] > 0:
            found.append(pixel)
    return found


@given(st.data(), st.lists(WINDOWS, max_size=4), st.integers(8, 14))
def test_the_pixels_seen_are_those_that_reach_the_number(data, windows, side):
    try:
        sides = map_sides(windows, side)
    except ValueError:
        return  # a window that does not fit
    place = data.draw(st.integers(0, sides[-1] - 1))
    seen = pixels_seen(windows, side, place)
    assert len(seen) == len(windows) + 1
    for layer, indices in enumerate(seen):
        assert indices == reached(windows[layer:], sides[layer:], place)


@given(st.lists(WINDOWS, max_size=4))
def test_size_and_jump_are_those_of_two_neighbours_far_from_the_border(windows):
    size, jump = receptive_field(windows)
    side = 2 * size + 4 * jump + 200
    middle = (map_sides(windows, side)[-1] - 1) // 2
    here, next_to_it = (pixels_seen(windows, side, place)[0] for place in (middle, middle + 1))
    assert here[-1] - here[0] + 1 == size
    assert next_to_it[0] - here[0] == jump


@pytest.mark.parametrize("place", [(0, 0), (3, 3), (2, 6)])
def test_the_pixels_seen_are_those_with_a_gradient(place):
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    image = tf.Variable(tf.ones((1, 28, 28, 1)))
    ones = tf.ones((5, 5, 1, 1))
    with tf.GradientTape() as tape:
        deep = image
        for _ in range(2):
            deep = tf.nn.avg_pool2d(tf.nn.conv2d(deep, ones, 1, "SAME"), 2, 2, "VALID")
        number = deep[0, place[0], place[1], 0]
    rows, columns = np.nonzero(tape.gradient(number, image)[0, :, :, 0])
    assert pixels_seen(DIGITS, 28, place[0])[0] == sorted(set(rows.tolist()))
    assert pixels_seen(DIGITS, 28, place[1])[0] == sorted(set(columns.tolist()))


@pytest.mark.parametrize(
    ("windows", "fields"),
    [(DIGITS, [(5, 1), (6, 2), (14, 2), (16, 4)]), (PHOTOGRAPHS, [(3, 1), (4, 2), (8, 2), (10, 4)])],
)
def test_the_chapter_s_networks(windows, fields):
    assert [receptive_field(windows[: place + 1]) for place in range(len(windows))] == fields


def test_what_the_trained_network_does_not_see_does_not_move_its_number():
    network = MNIST.trained_network()
    seen = pixels_seen(DIGITS, 28, 3)[0]
    assert (seen[0], seen[-1]) == (6, 21)
    digits = load_mnist().x_test[:2] / np.float32(255)
    mixed = digits[1:].copy()
    mixed[:, 6:22, 6:22] = digits[:1, 6:22, 6:22]
    first, second, mixture = (network.outputs(x)["pool2"][0, 3, 3] for x in (*digits[:, np.newaxis], mixed))
    np.testing.assert_allclose(mixture, first, rtol=1e-5, atol=1e-6)
    assert not np.allclose(second, first, atol=0.1)
    # One row of what it sees, and the number notices.
    mixed[:, 6] = 1 - mixed[:, 6]
    assert not np.allclose(network.outputs(mixed)["pool2"][0, 3, 3], first, atol=1e-3)


def test_two_small_filters_see_as_much_as_a_large_one():
    assert receptive_field([(3, 1), (3, 1)]) == receptive_field([(5, 1)]) == (5, 1)


def test_no_layer_sees_one_pixel():
    assert receptive_field([]) == (1, 1)
    assert pixels_seen([], 5, 2) == [[2]]


def test_stride_beyond_the_filter_leaves_gaps():
    assert pixels_seen([Window(1, 2), Window(3)], 9, 0)[0] == [0, 2, 4]
    assert receptive_field([Window(1, 2), Window(3)]) == (5, 2)


@pytest.mark.parametrize("place", [7, 8])
def test_refuses_a_place_beyond_the_map(place):
    with pytest.raises(ValueError, match=f"^expected a place from 0 to 6, got {place}; choose"):
        pixels_seen([(2, 2)], 14, place)


@pytest.mark.parametrize("window", [(0, 1), (3, 0)])
def test_refuses_sizes_below_one(window):
    with pytest.raises(ValueError, match=r"^expected at least 1 for "):
        receptive_field([window])


@pytest.mark.parametrize("window", [(2.0, 1), ("3", 1), (3, None)])
def test_refuses_sizes_that_are_no_whole_numbers(window):
    with pytest.raises(TypeError, match=r"^expected a whole number for "):
        receptive_field([window])
