"""The affine layer and flattening: equal to Keras with its own weights."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS, rounding

from helpers.reference.dense import dense, flatten, flatten_columns, unflatten_columns


@given(SEEDS, st.integers(1, 4), st.integers(1, 8), st.integers(1, 5))
def test_dense_agrees_with_keras(seed, batch, inputs, units):
    from helpers.training.backend import keras

    rng = np.random.default_rng(seed)
    x, weights, bias = (rng.uniform(-1, 1, shape) for shape in [(batch, inputs), (inputs, units), units])
    layer = keras.layers.Dense(units, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([weights, bias])
    expected = layer(x).numpy()
    np.testing.assert_allclose(
        dense(x, weights, bias), expected, **rounding("float64", inputs + 1), strict=True
    )
    np.testing.assert_allclose(dense(x[0], weights, bias), expected[0], **rounding("float64", inputs + 1))


@given(SEEDS, st.tuples(*[st.integers(1, 4)] * 4))
def test_flatten_orders_as_keras(seed, shape):
    from helpers.training.backend import keras

    x = np.random.default_rng(seed).uniform(size=shape)
    np.testing.assert_array_equal(flatten(x), keras.layers.Flatten(dtype="float64")(x).numpy(), strict=True)


def test_flatten_of_an_empty_batch():
    assert flatten(np.ones((0, 2, 3, 4))).shape == (0, 24)


def test_flatten_gives_a_new_array():
    x = np.ones((1, 2, 2, 1))
    assert not np.shares_memory(flatten(x), x)


@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 1)])
def test_flatten_refuses_another_number_of_axes(shape):
    with pytest.raises(ValueError, match=rf"shape {re.escape(str(shape))} came; expected images"):
        flatten(np.ones(shape))


@pytest.mark.parametrize(
    ("x", "weights"), [((3,), (2, 4)), ((5, 3), (2, 4)), ((), (1, 4)), ((2,), (2,)), ((1, 1, 2), (2, 4))]
)
def test_dense_refuses_shapes_that_do_not_fit(x, weights):
    message = f"Inputs of shape {x} and weights of shape {weights} came; expected (N, inputs)"
    with pytest.raises(ValueError, match=re.escape(message)):
        dense(np.ones(x), np.ones(weights), np.ones(4))


@pytest.mark.parametrize("bias", [(), (1,), (3,), (1, 4)])
def test_dense_refuses_another_bias(bias):
    message = f"A bias of shape {bias} came; expected (4,), one per unit."
    with pytest.raises(ValueError, match=re.escape(message)):
        dense(np.ones((5, 2)), np.ones((2, 4)), np.ones(bias))


def test_the_chapter_flattens_column_by_column():
    np.testing.assert_array_equal(
        flatten_columns([["P11", "P12"], ["P21", "P22"]]), ["P11", "P21", "P12", "P22"]
    )


@given(SEEDS, st.integers(1, 4), st.integers(1, 4))
def test_flattening_columns_is_flattening_the_transposed_map(seed, rows, columns):
    p = np.random.default_rng(seed).uniform(size=(rows, columns))
    f = flatten_columns(p)
    np.testing.assert_array_equal(f, flatten(p.T[np.newaxis, :, :, np.newaxis])[0])
    np.testing.assert_array_equal(unflatten_columns(f, (rows, columns)), p)
    assert not np.shares_memory(f, p)
    assert not np.shares_memory(unflatten_columns(f, (rows, columns)), f)


@pytest.mark.parametrize("shape", [(), (4,), (1, 2, 2, 1)])
def test_flatten_columns_refuses_another_number_of_axes(shape):
    with pytest.raises(ValueError, match=rf"shape {re.escape(str(shape))} came; expected one map"):
        flatten_columns(np.ones(shape))


@pytest.mark.parametrize("shape", [(5,), (7,), (2, 3), ()])
def test_unflatten_columns_refuses_a_vector_that_does_not_fill_the_map(shape):
    with pytest.raises(ValueError, match=re.escape(f"shape {shape} came; expected (6,) for a map of 2 x 3")):
        unflatten_columns(np.ones(shape), (2, 3))
