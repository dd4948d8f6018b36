"""The forward pass in NumPy against Keras with the same weights, stage by stage."""

from pathlib import Path

import numpy as np
import pytest

from helpers.datasets import load_mnist
from helpers.reference.mnist_network import mnist_stages
from helpers.runs import recorded_weights

RUN = Path(__file__).parents[1] / "data" / "runs" / "mnist-seed1" / "result.npz"
# Stage -> the Keras layer that ends it.
LAYERS = {
    "convolution": "conv1",
    "relu": "relu1",
    "pooling": "pool1",
    "second": "pool2",
    "flatten": "flatten",
    "affine": "dense1",
    "scores": "dense2",
}


@pytest.fixture(scope="module")
def images():
    return load_mnist().x_test[:64] / np.float32(255)


@pytest.fixture(scope="module")
def own(images):
    return mnist_stages(images, recorded_weights("mnist-seed1"))


@pytest.fixture(scope="module")
def kerass(images):
    from helpers.keras_backend import keras
    from helpers.programs.keras_models import mnist_model

    model = mnist_model()
    weights = recorded_weights("mnist-seed1")
    for variable in model.trainable_variables:
        variable.assign(weights[variable.path.partition("/")[2]])
    outputs = {stage: model.get_layer(layer).output for stage, layer in LAYERS.items()}
    return keras.Model(model.inputs, outputs).predict(images, verbose=0)


def test_the_stages_come_in_the_order_of_the_layers(own):
    assert list(own) == ["input", *LAYERS]


@pytest.mark.parametrize("stage", LAYERS)
def test_every_stage_is_kerass(stage, own, kerass):
    assert own[stage].shape == kerass[stage].shape
    # float32 sums of up to 1,764 terms in another order.
    scale = np.abs(kerass[stage]).max()
    np.testing.assert_allclose(own[stage], kerass[stage], rtol=0, atol=2e-5 * scale)


def test_the_network_reads_the_digits(own):
    assert np.mean(own["scores"].argmax(axis=1) == load_mnist().y_test[:64]) > 0.95


def test_the_probabilities_recorded_with_the_weights_are_those_of_the_weights(full_datasets, monkeypatch):
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    full = load_mnist()
    with np.load(RUN, allow_pickle=False) as file:
        recorded = file["test_probabilities"]
    scores = mnist_stages(full.x_test[:500] / np.float32(255), recorded_weights("mnist-seed1"))["scores"]
    # The weights were rounded to float16, 11 bits, before this pass and not before that one.
    np.testing.assert_allclose(scores, recorded[:500], rtol=0, atol=0.02)
    # "99.3 % of the 10,000 test digits", as a lesson says.
    assert round(100 * np.mean(recorded.argmax(axis=1) == full.y_test), 1) == 99.3
