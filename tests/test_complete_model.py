"""The complete model: equal to TensorFlow, both orders, and the example's promises."""

import re

import numpy as np
import pytest
import scipy.signal
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from judges import framework_by_keras, tail_by_tensorflow, tensorflow
from strategies import SEEDS

from helpers.chapter.examples import EXAMPLE
from helpers.reference.complete_model import (
    complete_model_backward,
    complete_model_forward,
    convolve_channels,
    framework_order_backward,
    framework_order_forward,
    loss_from,
)
from helpers.reference.gradient_check import numerical_gradient, relative_error

both_orders = pytest.mark.parametrize("forward", [complete_model_forward, framework_order_forward])
CLOSE = {"rtol": 1e-12, "atol": 1e-12}
# Each example measures every number of every array, with two forward passes for each.
measured = settings(max_examples=40)


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
    message = f"got shapes {image}, {filters} and {biases}; give each channel one of each"
    with pytest.raises(ValueError, match=re.escape(message)):
        forward(np.ones(image), parameters, EXAMPLE["target"])


ORDERS = [
    (complete_model_forward, complete_model_backward),
    (framework_order_forward, framework_order_backward),
]
each_order = pytest.mark.parametrize(("forward", "backward"), ORDERS)


def away_from_kinks(arrays):
    """Tell whether no input of a ReLU is so close to 0 that a finite difference would step over it."""
    inputs = [arrays["convolved"]] + [arrays[name] for name in ("channel_sum",) if name in arrays]
    return min(np.abs(x).min() for x in inputs) > 1e-4


@each_order
@given(model=models())
@measured
def test_the_parameters_gradients_agree_with_finite_differences(forward, backward, model):
    image, parameters, *rest = model
    assume(away_from_kinks(forward(*model)))
    gradients = backward(*model)
    for name, value in parameters.items():
        expected = numerical_gradient(
            lambda value, name=name: forward(image, {**parameters, name: value}, *rest)["loss"], value
        )
        # Where the ReLU lets almost nothing through, rounding is all that a difference shows.
        np.testing.assert_allclose(gradients[name], expected, rtol=1e-7, atol=1e-10, err_msg=name)


@given(models())
@measured
def test_the_gradient_of_every_array_agrees_with_finite_differences(model):
    _, parameters, target, pool_size = model
    arrays = complete_model_forward(*model)
    assume(away_from_kinks(arrays))
    gradients = complete_model_backward(*model)
    for name in gradients.keys() - parameters.keys():
        expected = numerical_gradient(
            lambda array, name=name: loss_from(name, array, parameters, target, pool_size), arrays[name]
        )
        np.testing.assert_allclose(gradients[name], expected, rtol=1e-7, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("name", complete_model_backward(**EXAMPLE))
def test_every_gradient_of_the_example_is_right_to_seven_digits(name):
    image, parameters, target = (EXAMPLE[key] for key in ("image", "parameters", "target"))
    if name in parameters:
        place = parameters[name]

        def loss(value):
            return complete_model_forward(image, {**parameters, name: value}, target)["loss"]
    else:
        place = complete_model_forward(**EXAMPLE)[name]

        def loss(value):
            return loss_from(name, value, parameters, target)

    expected = numerical_gradient(loss, place)
    assert relative_error(complete_model_backward(**EXAMPLE)[name], expected) < 1e-7


@given(models())
def test_the_gradients_agree_with_tensorflow(model):
    tf = tensorflow()
    image, parameters, target, pool_size = model
    variables = {name: tf.Variable(value) for name, value in parameters.items()}
    with tf.GradientTape() as tape:
        maps = []
        for c in range(image.shape[-1]):
            kernel = tf.reverse(variables["filters"][:, :, c, tf.newaxis, tf.newaxis], [0, 1])
            z = tf.nn.conv2d(image[np.newaxis, :, :, c, np.newaxis], kernel, 1, "VALID")[0, :, :, 0]
            maps.append(tf.nn.relu(z + variables["filter_biases"][c]))
        C = tf.add_n(maps)[tf.newaxis, :, :, tf.newaxis]
        P = tf.nn.avg_pool2d(C, pool_size, pool_size, "VALID")[0, :, :, 0]
        f = tf.reshape(tf.transpose(P), [-1])
        prediction = tf.nn.softmax(tf.linalg.matvec(variables["weights"], f) + variables["bias"])
        loss = tf.reduce_sum((prediction - target) ** 2) / 2
    expected = tape.gradient(loss, variables)
    gradients = complete_model_backward(*model)
    for name in parameters:
        np.testing.assert_allclose(gradients[name], expected[name].numpy(), **CLOSE, err_msg=name)


@given(models())
def test_the_loss_from_any_stage_is_the_loss(model):
    _, parameters, target, pool_size = model
    arrays = complete_model_forward(*model)
    for stage in ("convolved", "channel_maps", "feature_map", "pooled", "flattened", "scores", "prediction"):
        assert loss_from(stage, arrays[stage], parameters, target, pool_size) == arrays["loss"]


def test_there_is_no_loss_from_an_unknown_stage():
    with pytest.raises(ValueError, match=r"^expected a stage such as convolved, channel_maps, .* got 'pool'"):
        loss_from("pool", np.ones((2, 2)), EXAMPLE["parameters"], EXAMPLE["target"])


@each_order
def test_going_back_changes_no_argument(forward, backward):
    before = {name: value.copy() for name, value in EXAMPLE["parameters"].items()}
    backward(**EXAMPLE)
    for name, value in before.items():
        np.testing.assert_array_equal(EXAMPLE["parameters"][name], value)
