"""The forward pass of both programs against Keras with the same weights; the parts of a score."""

import numpy as np
import pytest

from helpers.datasets import load_mnist
from helpers.reference.gradient_check import numerical_gradient
from helpers.reference.program_networks import network_stages, score_contributions, untrained_weights
from helpers.runs import recorded_weights

LAYERS = ("conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "flatten", "dense1")
RUNS = {"mnist": "mnist-seed1", "cifar10": "cifar10-seed0"}


@pytest.fixture(scope="module", params=RUNS)
def program(request):
    """A program's name, its recorded weights and pictures of its shape."""
    if request.param == "mnist":
        images = load_mnist().x_test[:16] / np.float32(255)
    else:
        images = np.random.default_rng(0).random((16, 32, 32, 3), dtype=np.float32)
    return request.param, recorded_weights(RUNS[request.param]), images


@pytest.fixture(scope="module")
def model(program):
    from helpers.programs import keras_models as models

    name, weights, _ = program
    model = getattr(models, f"{name}_model")()
    for variable in model.trainable_variables:
        variable.assign(weights[variable.path.partition("/")[2]])
    return model


def tiny_network(rng):
    """Weights for pictures (4, 4, 1) and three classes, in float64."""
    shapes = {"conv1": (3, 3, 1, 2), "conv2": (3, 3, 2, 3), "dense1": (3, 6), "dense2": (6, 3)}
    kernels = {f"{layer}/kernel": rng.standard_normal(shape) for layer, shape in shapes.items()}
    biases = {f"{layer}/bias": rng.standard_normal(shape[-1]) for layer, shape in shapes.items()}
    return kernels | biases


def test_every_stage_is_kerass(program, model):
    from helpers.keras_backend import keras

    _, weights, images = program
    own = network_stages(images, weights)
    outputs = {layer: model.get_layer(layer).output for layer in LAYERS}
    outputs["probabilities"] = model.get_layer("dense2").output
    kerass = keras.Model(model.inputs, outputs).predict(images, verbose=0)
    assert list(own) == [*LAYERS, "scores", "probabilities"]
    for stage, array in kerass.items():
        assert own[stage].shape == array.shape
        # float32 sums of up to 4,096 terms in another order.
        np.testing.assert_allclose(own[stage], array, rtol=0, atol=2e-5 * np.abs(array).max(), err_msg=stage)


@pytest.mark.parametrize("chosen", [0, 3, 9])
def test_the_parts_of_a_score_sum_to_it(program, chosen):
    _, weights, images = program
    stages = network_stages(images, weights)
    added, constant = score_contributions(stages, weights, chosen)
    assert added.shape == stages["pool2"].shape
    np.testing.assert_allclose(
        added.sum(axis=(1, 2, 3)) + constant,
        stages["scores"][:, chosen],
        rtol=0,
        atol=2e-5 * np.abs(stages["scores"]).max(),
    )


def test_each_part_is_the_number_times_kerass_gradient(program, model):
    import tensorflow

    _, weights, images = program
    stages = network_stages(images, weights)
    added, _ = score_contributions(stages, weights, 7)
    pooled = tensorflow.Variable(stages["pool2"])
    last = model.get_layer("dense2")
    with tensorflow.GradientTape() as tape:
        units = model.get_layer("dense1")(model.get_layer("flatten")(pooled))
        score = tensorflow.reduce_sum((units @ last.kernel + last.bias)[:, 7])
    expected = (pooled * tape.gradient(score, pooled)).numpy()
    np.testing.assert_allclose(added, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("seed", range(5))
def test_each_part_is_the_number_times_the_slope_by_finite_differences(seed):
    rng = np.random.default_rng(seed)
    weights = tiny_network(rng)
    stages = network_stages(rng.random((1, 4, 4, 1)), weights)

    def score(pooled):
        units = np.maximum(pooled.reshape(1, -1) @ weights["dense1/kernel"] + weights["dense1/bias"], 0)
        return float((units @ weights["dense2/kernel"] + weights["dense2/bias"])[0, 2])

    added, constant = score_contributions(stages, weights, 2)
    slopes = numerical_gradient(score, stages["pool2"])
    np.testing.assert_allclose(added, stages["pool2"] * slopes, rtol=1e-6, atol=1e-9)
    assert added.sum() + constant[0] == pytest.approx(stages["scores"][0, 2], rel=1e-12)


def test_nothing_is_changed_in_place():
    rng = np.random.default_rng(0)
    weights = tiny_network(rng)
    stages = network_stages(rng.random((1, 4, 4, 1)), weights)
    before = {name: array.copy() for name, array in stages.items()}
    score_contributions(stages, weights, 0)
    for name, array in before.items():
        np.testing.assert_array_equal(stages[name], array)


def test_untrained_weights_are_spread_as_kerass(program, model):
    from helpers.programs import keras_models as models

    name, weights, _ = program
    drawn = untrained_weights(weights, np.random.default_rng(1))
    assert {key: array.shape for key, array in drawn.items()} == {
        key: array.shape for key, array in weights.items()
    }
    for variable in getattr(models, f"{name}_model")().trainable_variables:
        array, keras_array = drawn[variable.path.partition("/")[2]], variable.numpy()
        assert array.dtype == np.float32
        # Both are evenly spread; of 400 weights the deviation strays by about 2 %.
        assert array.std() == pytest.approx(keras_array.std(), rel=0.1)
        assert np.abs(array).max() == pytest.approx(np.abs(keras_array).max(), rel=0.05)


def test_untrained_weights_follow_the_generator():
    weights = recorded_weights("mnist-seed1")
    first, again, other = (untrained_weights(weights, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first["dense1/kernel"], again["dense1/kernel"])
    assert not np.array_equal(first["dense1/kernel"], other["dense1/kernel"])
