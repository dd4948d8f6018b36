"""The affine layer and flattening: equal to Keras with its own weights."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS, rounding

from helpers.reference.dense import (
    dense,
    dense_backward,
    flatten,
    flatten_backward,
    flatten_columns,
    unflatten_columns,
)
from helpers.reference.gradient_check import numerical_gradient, relative_error


@given(SEEDS, st.integers(1, 4), st.integers(1, 8), st.integers(1, 5))
def test_dense_agrees_with_keras(seed, batch, inputs, units):
    from helpers.keras_backend import keras

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
    from helpers.keras_backend import keras

    x = np.random.default_rng(seed).uniform(size=shape)
    np.testing.assert_array_equal(flatten(x), keras.layers.Flatten(dtype="float64")(x).numpy(), strict=True)


def test_flatten_of_an_empty_batch():
    assert flatten(np.ones((0, 2, 3, 4))).shape == (0, 24)


def test_flatten_gives_a_new_array():
    x = np.ones((1, 2, 2, 1))
    assert not np.shares_memory(flatten(x), x)


@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 1)])
def test_flatten_refuses_another_number_of_axes(shape):
    with pytest.raises(ValueError, match=rf"^expected images .*, got shape {re.escape(str(shape))}; add"):
        flatten(np.ones(shape))


@pytest.mark.parametrize(
    ("x", "weights"), [((3,), (2, 4)), ((5, 3), (2, 4)), ((), (1, 4)), ((2,), (2,)), ((1, 1, 2), (2, 4))]
)
def test_dense_refuses_shapes_that_do_not_fit(x, weights):
    message = f"got shapes {x} and {weights}; flatten images first"
    with pytest.raises(ValueError, match=re.escape(message)):
        dense(np.ones(x), np.ones(weights), np.ones(4))


@pytest.mark.parametrize("bias", [(), (1,), (3,), (1, 4)])
def test_dense_refuses_another_bias(bias):
    message = f"expected a bias of shape (4,), one number per unit, got {bias}; use"
    with pytest.raises(ValueError, match=re.escape(message)):
        dense(np.ones((5, 2)), np.ones((2, 4)), np.ones(bias))


def test_the_chapter_flattens_column_by_column():
    np.testing.assert_array_equal(flatten_columns([[11, 12], [21, 22]]), [11, 21, 12, 22])


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
    with pytest.raises(
        ValueError, match=rf"^expected a map \(rows, columns\), got shape {re.escape(str(shape))}; lay"
    ):
        flatten_columns(np.ones(shape))


@pytest.mark.parametrize("shape", [(5,), (7,), (2, 3), ()])
def test_unflatten_columns_refuses_a_vector_that_does_not_fill_the_map(shape):
    with pytest.raises(
        ValueError, match=re.escape(f"expected a vector of 6 numbers for a map of 2 x 3, got shape {shape}")
    ):
        unflatten_columns(np.ones(shape), (2, 3))


@st.composite
def affine_cases(draw):
    """Draw (grad_output, x, weights, bias), x a batch or a single vector."""
    rng = np.random.default_rng(draw(SEEDS))
    batch = draw(st.sampled_from([(), (1,), (4,)]))
    inputs, units = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    shapes = [(*batch, units), (*batch, inputs), (inputs, units), (units,)]
    return [rng.uniform(-1, 1, shape) for shape in shapes]


@given(affine_cases())
def test_the_affine_layer_s_gradients_agree_with_finite_differences(case):
    grad_output, *arguments = case
    gradients = dense_backward(grad_output, *arguments[:2])
    for place, gradient in enumerate(gradients):

        def loss(value, place=place):
            return np.sum(grad_output * dense(*arguments[:place], value, *arguments[place + 1 :]))

        assert relative_error(gradient, numerical_gradient(loss, arguments[place])) < 1e-7


@given(affine_cases())
def test_the_affine_layer_s_gradients_agree_with_tensorflow(case):
    import tensorflow as tf

    grad_output, *arguments = (np.atleast_2d(array) for array in case)
    variables = [tf.Variable(array) for array in arguments]
    with tf.GradientTape() as tape:
        x, weights, bias = variables
        loss = tf.reduce_sum(grad_output * (x @ weights + bias))
    expected = tape.gradient(loss, variables)
    gradients = dense_backward(*case[:3])
    for actual, judge in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(np.atleast_2d(actual), judge.numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shape", [(3,), (5, 2), (1, 5, 3), ()])
def test_the_affine_layer_refuses_a_gradient_of_another_shape(shape):
    message = f"expected grad_output of shape (5, 3), the output's, got {shape}; hand"
    with pytest.raises(ValueError, match=re.escape(message)):
        dense_backward(np.ones(shape), np.ones((5, 2)), np.ones((2, 3)))


@given(SEEDS, st.tuples(*[st.integers(1, 4)] * 4))
def test_the_gradient_returns_to_the_place_of_its_number(seed, shape):
    x = np.random.default_rng(seed).uniform(size=shape)
    vectors = flatten(x)
    maps = flatten_backward(vectors, shape)
    np.testing.assert_array_equal(maps, x, strict=True)
    assert not np.shares_memory(maps, vectors)


@pytest.mark.parametrize(
    ("gradient", "shape", "message"),
    [
        ((2, 5), (2, 1, 2, 2), "expected grad_output of shape (2, 4) for maps (2, 1, 2, 2), got (2, 5)"),
        ((2, 4), (1, 2, 2, 2), "expected grad_output of shape (1, 8) for maps (1, 2, 2, 2), got (2, 4)"),
        ((4,), (2, 2), "expected the shape of maps (N, H, W, C), got (2, 2)"),
        ((4,), (), "expected the shape of maps (N, H, W, C), got ()"),
    ],
)
def test_flattening_s_gradient_refuses_shapes_that_do_not_fit(gradient, shape, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        flatten_backward(np.ones(gradient), shape)
