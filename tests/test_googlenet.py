"""GoogLeNet's table, counted: by Keras, row by row, and beside what the paper prints."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.explorers.deeper.googlenet import googlenet_table
from helpers.reference.googlenet import TABLE_1, count_rows, separable_weights


def keras_rows():
    """Build the table from Keras's layers; list each row's output shape and its layers."""
    from helpers.keras_backend import keras

    def conv(x, filters, size, stride=1):
        layer = keras.layers.Conv2D(filters, size, stride, "same", activation="relu")
        layers.append(layer)
        return layer(x)

    x = keras.Input((224, 224, 3))
    rows = []
    for row in TABLE_1:
        layers = []
        if row.name == "max pool":
            x = keras.layers.MaxPooling2D(3, 2, "same")(x)
        elif row.name == "avg pool":
            x = keras.layers.AveragePooling2D(7)(x)
        elif row.name == "linear":
            layers.append(keras.layers.Dense(*row.filters))
            x = layers[0](x)
        elif len(row.filters) == 1:
            x = conv(x, row.filters[0], 7, 2)
        elif len(row.filters) == 2:
            x = conv(conv(x, row.filters[0], 1), row.filters[1], 3)
        else:
            ones, reduce_3, threes, reduce_5, fives, projection = row.filters
            branches = [
                conv(x, ones, 1),
                conv(conv(x, reduce_3, 1), threes, 3),
                conv(conv(x, reduce_5, 1), fives, 5),
                conv(keras.layers.MaxPooling2D(3, 1, "same")(x), projection, 1),
            ]
            x = keras.layers.Concatenate()(branches)
        rows.append((x.shape[1:], layers))
    return rows


def test_every_row_is_what_keras_builds_of_it():
    own = count_rows()
    for (shape, layers), row in zip(keras_rows(), own, strict=True):
        assert np.prod(shape) == row.side**2 * row.channels
        assert shape[-1] == row.channels
        assert sum(layer.count_params() for layer in layers) == row.weights + row.biases
        places = [np.prod(layer.output.shape[1:-1], dtype=int) for layer in layers]
        weights = [np.prod(layer.kernel.shape) for layer in layers]
        assert np.dot(places, weights) == row.operations


def test_the_first_rows_by_hand():
    first, _, second, *_ = count_rows()
    assert first == (112, 64, 7 * 7 * 3 * 64, 64, 112 * 112 * 7 * 7 * 3 * 64)
    assert second.weights == 64 * 64 + 3 * 3 * 64 * 192
    assert second.operations == 56 * 56 * second.weights


def printed_and_counted():
    """List (name, printed parameters, counted weights, printed operations, counted ones)."""
    counted = zip(TABLE_1, count_rows(), strict=True)
    return [
        (row.name, row.parameters, own.weights, row.operations, own.operations)
        for row, own in counted
        if row.parameters
    ]


def test_a_printed_thousand_is_1024_and_a_printed_million_a_million():
    by_name = {name: (printed, counted) for name, printed, counted, *_ in printed_and_counted()[1:]}
    for name in ("convolution", "linear"):
        printed, counted = by_name[name]
        assert counted == printed * 1024


def test_ten_of_twelve_printed_operations_and_five_printed_parameters_are_ours():
    rows = printed_and_counted()
    assert len(rows) == 12
    operations = [name for name, _, _, printed, own in rows if abs(own / 1e6 - printed) > 1]
    assert operations == ["convolution", "inception (5a)"]
    parameters = [name for name, printed, own, *_ in rows if abs(own / 1024 - printed) > 1]
    letters = "inception (4a)", "inception (4c)", "inception (4d)", "inception (4e)"
    assert parameters == ["convolution", *letters, "inception (5a)", "inception (5b)"]


def test_the_shown_table_marks_what_is_further_apart():
    rows = [line.split(" | ") for line in repr(googlenet_table()).splitlines()[1:]]
    assert [row[0] for row in rows] == [*(row.name for row in TABLE_1), "together"]
    by_parameters, by_operations = ([row[0] for row in rows if row[column]] for column in (4, 7))
    modules = [f"inception (4{letter})" for letter in "acde"]
    assert by_parameters == ["convolution", *modules, "inception (5a)", "inception (5b)", "together"]
    assert by_operations == ["convolution", "inception (5a)", "together"]
    assert rows[8][:5] == ["inception (4b)", "14 × 14 × 512", "437K", "438.0", ""]
    assert rows[9][2:] == ["463K", "497.5", "+7.5 %", "100M", "99.9", ""]


def test_a_separable_first_layer_gives_both_printed_numbers():
    weights = separable_weights(7, 3, 8, 64)
    assert round((weights + 64) / 1024, 1) == 2.7 == TABLE_1[0].parameters
    assert round(112 * 112 * weights / 1e6) == 34 == TABLE_1[0].operations


@given(
    size=st.integers(1, 5),
    channels=st.integers(1, 4),
    multiplier=st.integers(1, 4),
    filters=st.integers(1, 5),
)
@settings(max_examples=20)
def test_a_separable_convolution_counts_as_in_keras(size, channels, multiplier, filters):
    from helpers.keras_backend import keras

    layer = keras.layers.SeparableConv2D(filters, size, depth_multiplier=multiplier, use_bias=False)
    layer.build((None, 8, 8, channels))
    assert separable_weights(size, channels, multiplier, filters) == layer.count_params()


def test_a_picture_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match="expected at least 7 pixels"):
        count_rows(side=100)
