"""The inception module, forward, backward and counted: by Keras, by TensorFlow, by finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judges import tensorflow
from strategies import SEEDS

from helpers.reference.conv2d import conv2d
from helpers.reference.dense import dense
from helpers.reference.gradient_check import numerical_gradient, relative_error
from helpers.reference.inception import (
    FILTER_SIDES,
    Widths,
    convolutions,
    convolutions_without_reduction,
    inception,
    inception_backward,
    output_channels,
    random_inception,
)

WIDTHS = st.tuples(*[st.integers(1, 4)] * 6)
# Module 3a of the paper, which a reader can check there.
MODULE_3A = Widths(64, 96, 128, 16, 32, 32)


@st.composite
def modules(draw):
    """Draw maps and weights; biases, too, so that none can be forgotten."""
    rng = np.random.default_rng(draw(SEEDS))
    images, height, width, channels = (draw(st.integers(1, largest)) for largest in (2, 7, 7, 3))
    weights = random_inception(channels, draw(WIDTHS), rng)
    weights = {name: (kernel, rng.uniform(-0.3, 0.3, bias.shape)) for name, (kernel, bias) in weights.items()}
    return rng.uniform(-1, 1, (images, height, width, channels)), weights


def upstream(x, weights):
    rng = np.random.default_rng(x.size)
    return rng.uniform(-1, 1, inception(x, weights).shape)


def by_keras(x, weights):
    """Build the module from Keras's own layers; return its output and all gradients."""
    tf = tensorflow()
    from helpers.keras_backend import keras

    layers = {}
    for name, (kernel, bias) in weights.items():
        layer = keras.layers.Conv2D(
            len(bias), kernel.shape[:2], padding="same", activation="relu", dtype="float64"
        )
        layer.build((None, None, None, kernel.shape[2]))
        layer.set_weights([kernel, bias])
        layers[name] = layer
    pool = keras.layers.MaxPooling2D(3, 1, "same", dtype="float64")
    images = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(images)
        branches = [
            layers["1x1"](images),
            layers["3x3"](layers["3x3 reduce"](images)),
            layers["5x5"](layers["5x5 reduce"](images)),
            layers["pool proj"](pool(images)),
        ]
        output = keras.layers.Concatenate(dtype="float64")(branches)
    variables = {name: layer.trainable_weights for name, layer in layers.items()}
    sources = [images, *(variable for pair in variables.values() for variable in pair)]
    grads = tape.gradient(
        output,
        [getattr(source, "value", source) for source in sources],
        output_gradients=upstream(x, weights),
    )
    grad_x, *of_weights = (grad.numpy() for grad in grads)
    pairs = zip(of_weights[::2], of_weights[1::2], strict=True)
    return output.numpy(), grad_x, dict(zip(variables, pairs, strict=True))


@given(modules())
@settings(max_examples=25)
def test_module_and_all_gradients_agree_with_keras(module):
    output, grad_x, gradients = by_keras(*module)
    own_grad_x, own_gradients = inception_backward(upstream(*module), *module)
    close = {"rtol": 0, "atol": 1e-10, "strict": True}
    np.testing.assert_allclose(inception(*module), output, **close)
    np.testing.assert_allclose(own_grad_x, grad_x, **close)
    assert list(own_gradients) == list(gradients) == list(FILTER_SIDES)
    for name, pair in gradients.items():
        for own, other in zip(own_gradients[name], pair, strict=True):
            np.testing.assert_allclose(own, other, **close)


# Few seeds: hypothesis would look for a ReLU or a maximum that bends within the step.
@pytest.mark.parametrize("seed", range(3))
def test_all_gradients_agree_with_finite_differences(seed):
    rng = np.random.default_rng(seed)
    x, weights = rng.uniform(-1, 1, (2, 4, 5, 3)), random_inception(3, (2, 3, 2, 2, 3, 2), rng)
    weights = {name: (kernel, rng.uniform(-0.3, 0.3, bias.shape)) for name, (kernel, bias) in weights.items()}
    grad_output = upstream(x, weights)
    grad_x, gradients = inception_backward(grad_output, x, weights)

    def loss(x, changed):
        return np.sum(grad_output * inception(x, weights | changed))

    assert relative_error(grad_x, numerical_gradient(lambda x: loss(x, {}), x)) < 1e-7
    for name, (kernel, bias) in weights.items():
        of_kernel = numerical_gradient(lambda k, name=name, b=bias: loss(x, {name: (k, b)}), kernel)
        of_bias = numerical_gradient(lambda b, name=name, k=kernel: loss(x, {name: (k, b)}), bias)
        assert relative_error(gradients[name][0], of_kernel) < 1e-7
        assert relative_error(gradients[name][1], of_bias) < 1e-7


@given(modules())
@settings(max_examples=25)
def test_the_channels_of_the_branches_lie_one_behind_the_other(module):
    x, weights = module
    widths = [len(weights[name][1]) for name in ("1x1", "3x3", "5x5", "pool proj")]
    whole = inception(x, weights)
    for place, name in enumerate(("1x1", "3x3", "5x5", "pool proj")):
        kernel, bias = weights[name]
        # A large negative bias silences one branch; all others stay as they are.
        silent = inception(x, weights | {name: (kernel, bias - 1e6)})
        own = slice(sum(widths[:place]), sum(widths[: place + 1]))
        assert not silent[..., own].any()
        others = np.delete(np.arange(sum(widths)), own)
        np.testing.assert_array_equal(silent[..., others], whole[..., others])


@given(seed=SEEDS, channels=st.integers(1, 4), filters=st.integers(1, 4))
@settings(max_examples=25)
def test_a_1x1_convolution_is_a_dense_layer_over_the_channels_of_each_pixel(seed, channels, filters):
    rng = np.random.default_rng(seed)
    x, kernel, bias = (
        rng.integers(-9, 10, shape) for shape in ((2, 3, 4, channels), (1, 1, channels, filters), filters)
    )
    pixels = dense(x.reshape(-1, channels), kernel[0, 0], bias)
    np.testing.assert_array_equal(conv2d(x, kernel, bias), pixels.reshape(2, 3, 4, filters), strict=True)


@given(channels=st.integers(1, 8), widths=WIDTHS, seed=SEEDS)
@settings(max_examples=25)
def test_the_convolutions_are_those_of_the_weights(channels, widths, seed):
    weights = random_inception(channels, widths, np.random.default_rng(seed))
    for convolution in convolutions(channels, widths):
        kernel, bias = weights[convolution.name]
        assert convolution.parameters == kernel.size + bias.size
        assert convolution.operations(7) == 7 * 7 * kernel.size
    assert output_channels(widths) == inception(np.ones((1, 3, 3, channels)), weights).shape[3]


def test_the_first_module_of_the_paper_by_hand():
    with_reduction, without = convolutions(192, MODULE_3A), convolutions_without_reduction(192, MODULE_3A)
    weights = 192 * (64 + 96 + 16 + 32) + 9 * 96 * 128 + 25 * 16 * 32
    assert sum(each.operations(28) for each in with_reduction) == 28 * 28 * weights
    assert sum(each.parameters for each in with_reduction) == weights + 64 + 96 + 128 + 16 + 32 + 32
    wide = 192 * (64 + 9 * 128 + 25 * 32)
    assert sum(each.operations(28) for each in without) == 28 * 28 * wide
    assert sum(each.parameters for each in without) == wide + 64 + 128 + 32
    assert output_channels(MODULE_3A) == 256


def test_whole_numbers_in_small_types_do_not_wrap_around():
    x = np.full((1, 2, 2, 1), 200, np.uint8)
    ones = {name: (np.ones((side, side, 1, 1), np.uint8), [0]) for name, side in FILTER_SIDES.items()}
    np.testing.assert_array_equal(inception(x, ones)[0, 0, 0], [200, 800, 800, 200])


def test_no_argument_is_changed():
    rng = np.random.default_rng(0)
    x, weights = rng.uniform(-1, 1, (1, 4, 4, 2)), random_inception(2, (1, 2, 1, 2, 1, 1), rng)
    copies = x.copy(), {name: (kernel.copy(), bias.copy()) for name, (kernel, bias) in weights.items()}
    inception_backward(upstream(x, weights), x, weights)
    np.testing.assert_array_equal(x, copies[0])
    for name, pair in weights.items():
        for array, copy in zip(pair, copies[1][name], strict=True):
            np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"3x3": (np.ones((5, 5, 2, 1)), [0])}, "^expected filters of 3 x 3 pixels for 3x3, got"),
        ({"3x3": (np.ones((3, 3, 4, 1)), [0])}, "with the same C"),
        ({"1x1": (np.ones((1, 1, 2, 1)), [0, 0])}, r"^expected a bias of shape \(1,\)"),
    ],
)
def test_refuses_weights_that_do_not_fit(changed, message):
    weights = random_inception(2, (1, 2, 1, 2, 1, 1), np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        inception(np.ones((1, 4, 4, 2)), weights | changed)


def test_refuses_weights_without_a_name():
    weights = random_inception(2, (1, 2, 1, 2, 1, 1), np.random.default_rng(0))
    del weights["5x5"]
    with pytest.raises(ValueError, match="got no 5x5"):
        inception(np.ones((1, 4, 4, 2)), weights)


def test_refuses_a_gradient_of_another_shape():
    weights = random_inception(2, (1, 2, 1, 2, 1, 1), np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"^expected grad_output of shape \(1, 4, 4, 4\), the output's"):
        inception_backward(np.ones((1, 4, 4, 5)), np.ones((1, 4, 4, 2)), weights)


@pytest.mark.parametrize("count", [convolutions, convolutions_without_reduction])
@pytest.mark.parametrize(
    ("channels", "widths", "exception", "message"),
    [
        (0, MODULE_3A, ValueError, "at least 1 for channels"),
        (1.5, MODULE_3A, TypeError, "a whole number for channels"),
        (3, (1, 2, 3), ValueError, "six numbers of filters"),
        (3, (1, 2, 3, 0, 5, 6), ValueError, "at least 1 for 5x5 reduce"),
    ],
)
def test_refuses_what_is_no_count(count, channels, widths, exception, message):
    with pytest.raises(exception, match=f"^expected {message}"):
        count(channels, widths)
