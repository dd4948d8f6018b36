"""The complete model: equal to TensorFlow, both orders, and the example's promises."""

import re

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers.reference.complete_model import (
    EXAMPLE,
    complete_model_forward,
    convolve_channels,
    framework_order_forward,
)

both_orders = pytest.mark.parametrize("forward", [complete_model_forward, framework_order_forward])
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


@st.composite
def models(draw):
    """Draw a picture of any sides, channels and classes, parameters that fit, and a pooling size."""
    rng = np.random.default_rng(draw(SEEDS))
    pool_size = draw(st.integers(1, 3))
    filter_height, filter_width, channels = (draw(st.integers(1, 3)) for _ in range(3))
    rows, columns, classes = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(2, 4))
    # Where the pooling leaves a remainder, the last rows and columns are unseen, as in frameworks.
    height = rows * pool_size + filter_height - 1 + draw(st.integers(0, pool_size - 1))
    width = columns * pool_size + filter_width - 1 + draw(st.integers(0, pool_size - 1))
    parameters = {
        "filters": rng.uniform(-1, 1, (filter_height, filter_width, channels)),
        "filter_biases": rng.uniform(-1, 1, channels),
        "weights": rng.uniform(-1, 1, (classes, rows * columns)),
        "bias": rng.uniform(-1, 1, classes),
    }
    target = np.eye(classes)[rng.integers(classes)]
    return rng.uniform(0, 1, (height, width, channels)), parameters, target, pool_size


def tensorflow():
    from helpers.training.backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    return tf


def tail_by_tensorflow(C, parameters, target, pool_size):
    tf = tensorflow()
    P = tf.nn.avg_pool2d(C[tf.newaxis, :, :, tf.newaxis], pool_size, pool_size, "VALID")[0, :, :, 0]
    f = tf.concat([P[:, j] for j in range(P.shape[1])], axis=0)
    scores = tf.linalg.matvec(tf.constant(parameters["weights"], tf.float64), f) + parameters["bias"]
    prediction = tf.nn.softmax(scores)
    loss = tf.reduce_sum((prediction - target) ** 2) / 2
    return {"pooled": P, "flattened": f, "scores": scores, "prediction": prediction, "loss": loss}


def chapter_by_tensorflow(image, parameters, target, pool_size=2):
    """Follow equations 3.12 to 3.20 channel by channel."""
    tf = tensorflow()
    convolved = []
    for c, bias in enumerate(parameters["filter_biases"]):
        channel = tf.constant(image[np.newaxis, :, :, c, np.newaxis], tf.float64)
        kernel = tf.constant(parameters["filters"][:, :, c, np.newaxis, np.newaxis], tf.float64)
        convolved.append(tf.nn.conv2d(channel, tf.reverse(kernel, [0, 1]), 1, "VALID")[0, :, :, 0] + bias)
    maps = [tf.nn.relu(z) for z in convolved]
    C = tf.add_n(maps)
    start = {"convolved": tf.stack(convolved, -1), "channel_maps": tf.stack(maps, -1), "feature_map": C}
    return start | tail_by_tensorflow(C, parameters, target, pool_size)


def assert_same_arrays(actual, expected):
    assert list(actual) == list(expected)
    for name in expected:
        np.testing.assert_allclose(actual[name], expected[name].numpy(), **CLOSE, err_msg=name)


def framework_by_keras(image, parameters):
    """Let a Keras convolution layer with one filter, one bias and a ReLU make the feature map."""
    from helpers.training.backend import keras

    flipped = parameters["filters"][::-1, ::-1, :, np.newaxis]
    layer = keras.layers.Conv2D(1, flipped.shape[:2], activation="relu", dtype="float64")
    batch = image[np.newaxis].astype(np.float64)
    layer.build(batch.shape)
    layer.set_weights([flipped, parameters["filter_biases"].sum(keepdims=True)])
    return layer(batch).numpy()[0, :, :, 0]


@given(models())
def test_agrees_with_tensorflow(model):
    assert_same_arrays(complete_model_forward(*model), chapter_by_tensorflow(*model))


def test_the_example_agrees_with_tensorflow():
    assert_same_arrays(complete_model_forward(**EXAMPLE), chapter_by_tensorflow(**EXAMPLE))


@given(models())
def test_the_frameworks_order_agrees_with_a_keras_layer(model):
    image, parameters, *_ = model
    arrays = framework_order_forward(*model)
    np.testing.assert_allclose(arrays["feature_map"], framework_by_keras(image, parameters), **CLOSE)
    rest = tail_by_tensorflow(arrays["feature_map"], *model[1:])
    assert_same_arrays({name: arrays[name] for name in rest}, rest)


def test_the_example_in_the_frameworks_order_agrees_with_a_keras_layer():
    actual = framework_order_forward(**EXAMPLE)["feature_map"]
    np.testing.assert_array_equal(actual, framework_by_keras(EXAMPLE["image"], EXAMPLE["parameters"]))
    assert (actual != complete_model_forward(**EXAMPLE)["feature_map"]).any()


@given(models())
def test_the_channels_are_convolved_as_by_scipy(model):
    image, parameters, *_ = model
    for c, convolved in enumerate(np.moveaxis(convolve_channels(image, parameters), -1, 0)):
        expected = scipy.signal.convolve2d(image[..., c], parameters["filters"][..., c], mode="valid")
        np.testing.assert_allclose(convolved, expected + parameters["filter_biases"][c], **CLOSE)


@given(models())
def test_the_orders_differ_exactly_where_the_channels_disagree_in_sign(model):
    first, second = complete_model_forward(*model), framework_order_forward(*model)
    convolved = first["convolved"]
    disagree = (convolved > 0).any(axis=-1) & (convolved < 0).any(axis=-1)
    difference = first["feature_map"] - second["feature_map"]
    assert (difference[disagree] > 0).all()
    np.testing.assert_allclose(difference[~disagree], 0, **CLOSE)


@given(models())
def test_one_channel_has_no_order(model):
    image, parameters, *rest = model
    one = {
        **parameters,
        "filters": parameters["filters"][..., :1],
        "filter_biases": parameters["filter_biases"][:1],
    }
    first, second = (
        complete_model_forward(image[..., :1], one, *rest),
        framework_order_forward(image[..., :1], one, *rest),
    )
    assert first["loss"] == second["loss"]


def test_each_relu_of_the_example_cuts_off_some_numbers_and_keeps_others():
    arrays = framework_order_forward(**EXAMPLE)
    for values in [*np.moveaxis(arrays["convolved"], -1, 0), arrays["channel_sum"]]:
        assert 3 <= (values < 0).sum() <= 12
        assert (values != 0).all()


def test_the_orders_prefer_different_classes_of_the_example():
    first, second = complete_model_forward(**EXAMPLE), framework_order_forward(**EXAMPLE)
    assert np.argmax(first["prediction"]) != np.argmax(second["prediction"])
    assert first["loss"] > 0.3


def test_the_example_is_read_only():
    for array in [EXAMPLE["image"], EXAMPLE["target"], *EXAMPLE["parameters"].values()]:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(TypeError):
        EXAMPLE["parameters"]["bias"] = 0


@both_orders
@pytest.mark.parametrize(
    ("image", "filters", "biases"),
    [
        ((5, 5), (2, 2), ()),
        ((1, 5, 5, 3), (2, 2, 3), (3,)),
        ((5, 5, 3), (2, 2, 1), (3,)),
        ((5, 5, 1), (2, 2, 1), (3,)),
        ((5, 5, 3), (2, 2, 3, 1), (3,)),
    ],
)
def test_refuses_shapes_that_do_not_fit(forward, image, filters, biases):
    parameters = EXAMPLE["parameters"] | {"filters": np.ones(filters), "filter_biases": np.ones(biases)}
    message = (
        f"An image of shape {image}, filters of shape {filters} and filter biases of shape {biases} came"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        forward(np.ones(image), parameters, EXAMPLE["target"])
