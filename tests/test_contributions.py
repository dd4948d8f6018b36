"""The parts of a score: their sum, Keras's gradient and finite differences."""

import numpy as np
import pytest

from helpers.datasets import load_mnist
from helpers.programs import PROGRAMS
from helpers.reference.contributions import score_contributions
from helpers.reference.gradient_check import numerical_gradient
from helpers.reference.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
from helpers.reference.network import Sequential


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request):
    """A program's name, its network with recorded weights, and what the layers make of some pictures."""
    network = PROGRAMS[request.param].trained_network()
    if request.param == "mnist":
        images = load_mnist().x_test[:16] / np.float32(255)
    else:
        images = np.random.default_rng(0).random((16, 32, 32, 3), dtype=np.float32)
    return request.param, network, network.outputs(images)


def tiny_network(rng):
    """A network for pictures (4, 4, 1) and three classes, in float64, with biases."""
    return Sequential(
        [
            Conv2D("conv1", rng.standard_normal((3, 3, 1, 2)), rng.standard_normal(2), padding="same"),
            ReLU("relu1"),
            MaxPool2D("pool1"),
            Conv2D("conv2", rng.standard_normal((3, 3, 2, 3)), rng.standard_normal(3), padding="same"),
            ReLU("relu2"),
            MaxPool2D("pool2"),
            Flatten("flatten"),
            Dense("dense1", rng.standard_normal((3, 6)), rng.standard_normal(6)),
            ReLU("relu3"),
            Dense("dense2", rng.standard_normal((6, 3)), rng.standard_normal(3)),
        ]
    )


@pytest.mark.parametrize("chosen", [0, 3, 9])
def test_the_parts_of_a_score_sum_to_it(program, chosen):
    _, network, outputs = program
    added, constant = score_contributions(network.after("pool2"), outputs["pool2"], chosen)
    assert added.shape == outputs["pool2"].shape
    np.testing.assert_allclose(
        added.sum(axis=(1, 2, 3)) + constant,
        outputs["dense2"][:, chosen],
        rtol=0,
        atol=2e-5 * np.abs(outputs["dense2"]).max(),
    )


def test_each_part_is_the_number_times_kerass_gradient(program):
    import tensorflow

    name, network, outputs = program
    model = PROGRAMS[name].keras_model()
    for variable in model.trainable_variables:
        variable.assign(network.parameters[variable.path.partition("/")[2]])
    added, _ = score_contributions(network.after("pool2"), outputs["pool2"], 7)
    pooled = tensorflow.Variable(outputs["pool2"])
    last = model.get_layer("dense2")
    with tensorflow.GradientTape() as tape:
        units = model.get_layer("dense1")(model.get_layer("flatten")(pooled))
        score = tensorflow.reduce_sum((units @ last.kernel + last.bias)[:, 7])
    expected = (pooled * tape.gradient(score, pooled)).numpy()
    np.testing.assert_allclose(added, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


# From the pooled maps, as the lessons ask, and from the pixels, through every kind of layer.
@pytest.mark.parametrize("start", ["pool2", "pixels"])
@pytest.mark.parametrize("seed", range(5))
def test_each_part_is_the_number_times_the_slope_by_finite_differences(seed, start):
    rng = np.random.default_rng(seed)
    network = tiny_network(rng)
    x = rng.random((1, 4, 4, 1))
    score = network.scores(x)[0, 2]
    if start == "pool2":
        network, x = network.after("pool2"), network.outputs(x)["pool2"]
    added, constant = score_contributions(network, x, 2)
    slopes = numerical_gradient(lambda changed: network.scores(changed)[0, 2], x)
    np.testing.assert_allclose(added, x * slopes, rtol=1e-6, atol=1e-8)
    assert added.sum() + constant[0] == pytest.approx(score, rel=1e-12)


def test_nothing_is_changed_in_place():
    rng = np.random.default_rng(0)
    network, x = tiny_network(rng), rng.random((1, 4, 4, 1))
    before = {"x": x.copy()} | {name: array.copy() for name, array in network.parameters.items()}
    score_contributions(network, x, 0)
    for name, array in ({"x": x} | network.parameters).items():
        np.testing.assert_array_equal(array, before[name])
