"""Every variant in NumPy against its Keras model: names, outputs, gradients, what a step renews."""

import subprocess
import sys
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.programs import VARIANTS, recorded_variants
from helpers.reference.layers import Dropout

pytestmark = pytest.mark.slow

each_variant = pytest.mark.parametrize("name", VARIANTS)
normalised = pytest.mark.parametrize("name", ["cifar10-batch-normalisation", "cifar10-best"])
PICTURES = 6


@pytest.fixture
def in_float64(monkeypatch):
    """Let Keras compute with 64 bits for the time of a test, with its own normalisation."""
    from helpers.keras_backend import keras
    from helpers.programs import keras_layers

    # TensorFlow's fast one has 32 bits alone; that it does the same is tested beside it.
    own = type("FastBatchNormalization", (keras.layers.BatchNormalization,), {})
    monkeypatch.setattr(keras_layers, "FastBatchNormalization", own)
    for change in (keras.config.set_floatx, keras.config.set_dtype_policy):
        change("float64")
    yield
    for change in (keras.config.set_floatx, keras.config.set_dtype_policy):
        change("float32")


def twins(name, dtype):
    """Build a variant's network and its Keras model, with the same weights, no dropout, and a batch."""
    program, rng = VARIANTS[name], np.random.default_rng(2)
    model, network = program.keras_model(), program.network(np.random.default_rng(1))
    rates = [layer.rate for layer in network.layers if isinstance(layer, Dropout)]
    assert rates == [layer.rate for layer in model.layers if hasattr(layer, "rate")]
    for layer in (*network.layers, *model.layers):
        if hasattr(layer, "rate"):
            layer.rate = 0
    # What begins as 0 or 1, such as a bias or a variance, becomes a number that is seen.
    weights = {
        name: (array if name.endswith("kernel") else array + rng.uniform(0, 0.2, array.shape)).astype(dtype)
        for name, array in network.parameters.items()
    }
    network.set_parameters(weights)
    variables = {f"{layer.name}/{weight.name}": weight for layer in model.layers for weight in layer.weights}
    assert weights.keys() == variables.keys()
    for path, variable in variables.items():
        variable.assign(weights[path])
    x = rng.random((PICTURES, *program.picture)).astype(dtype)
    target = np.eye(10, dtype=dtype)[rng.integers(0, 10, PICTURES)]
    return SimpleNamespace(**locals())


@each_variant
@pytest.mark.parametrize("training", [False, True], ids=["in use", "in training"])
def test_probabilities_and_gradients_are_those_of_keras(name, training, in_float64):
    import tensorflow as tf

    both = twins(name, np.float64)
    learnt = {path: variable.value for path, variable in both.variables.items() if variable.trainable}
    with tf.GradientTape() as tape:
        probabilities = both.model(both.x, training=training)
        loss = tf.reduce_mean(tf.keras.losses.categorical_crossentropy(both.target, probabilities))
    expected = tape.gradient(loss, learnt)
    rng = np.random.default_rng(3) if training else None
    own_loss, own_probabilities, gradients = both.network.loss_and_gradients(both.x, both.target, rng)
    assert own_loss == pytest.approx(float(loss), rel=1e-12)
    np.testing.assert_allclose(own_probabilities, probabilities, rtol=0, atol=1e-12)
    # The filters that stay random have a gradient, too; nobody takes a step with it.
    random = {"conv1/kernel", "conv1/bias", "conv2/kernel", "conv2/bias"}
    assert gradients.keys() - learnt.keys() == (random if name == "mnist-random-filters" else set())
    for path, judge in expected.items():
        # A bias before a normalisation has the gradient 0, but for rounding.
        atol = 1e-10 * np.abs(judge).max() + 1e-13
        np.testing.assert_allclose(gradients[path], judge, rtol=0, atol=atol, err_msg=path)


@each_variant
def test_probabilities_are_those_of_keras_in_32_bits(name):
    both = twins(name, np.float32)
    own = both.network.predict(both.x)
    assert own.dtype == np.float32
    np.testing.assert_allclose(own, both.model(both.x, training=False), rtol=1e-4, atol=1e-6)


@normalised
def test_moving_statistics_follow_as_keras_lets_them(name):
    both = twins(name, np.float32)
    both.model(both.x, training=True)
    both.network.loss_and_gradients(both.x, both.target, np.random.default_rng(4))
    for path in (path for path in both.weights if "moving" in path):
        before, after = both.weights[path], both.variables[path].numpy()
        if path == "norm3/moving_variance" and name == "cifar10-batch-normalisation":
            # Of vectors, Keras divides the sum of squares by all numbers, not by one less.
            of_batch = (after - 0.9 * before) * PICTURES / (PICTURES - 1)
            after = 0.9 * before + of_batch
        assert np.abs(after - before).max() > 0.01
        np.testing.assert_allclose(both.network.parameters[path], after, rtol=0, atol=1e-5, err_msg=path)


@each_variant
def test_first_weights_are_as_wide_as_those_of_keras(name):
    own = VARIANTS[name].network(np.random.default_rng(6)).parameters
    for layer in VARIANTS[name].keras_model(7).layers:
        for variable in layer.weights:
            # Both are evenly spread; of 192 weights the deviation strays by about 4 %.
            judge = variable.numpy().std()
            assert own[f"{layer.name}/{variable.name}"].std() == pytest.approx(judge, rel=0.15)


def test_the_same_generator_draws_the_same_network():
    one, same, other = (VARIANTS["cifar10-best"].network(np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.parameters["conv8/kernel"], same.parameters["conv8/kernel"])
    assert (one.parameters["conv8/kernel"] != other.parameters["conv8/kernel"]).any()


@each_variant
def test_recorded_weights_come_to_what_was_recorded_with_them(name, monkeypatch, full_datasets):
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    x = VARIANTS[name].load().x_test[:200] / np.float32(255)
    for run in recorded_variants(name.partition("-")[0]).get(name, []):
        with suppress(ValueError):  # the largest are recorded without their weights
            network = VARIANTS[name].network(np.random.default_rng(0))
            network.set_parameters(run.weights)
            # The weights were rounded to float16, 11 bits, after these probabilities were measured.
            np.testing.assert_allclose(network.predict(x), run.test_probabilities[:200], rtol=0, atol=0.03)


def test_the_best_network_needs_no_tensorflow():
    code = """
import sys
import numpy as np
from helpers.programs import VARIANTS, recorded_variants
network = VARIANTS["cifar10-best"].network(np.random.default_rng(0))
assert network.predict(np.zeros((1, 32, 32, 3), np.float32)).shape == (1, 10)
assert not {"tensorflow", "keras"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)
