"""Each layer is its reference function, and carries gradients back as finite differences ask."""

import numpy as np
import pytest

from helpers.reference.deeper_layers import (
    BatchNormalization,
    Branches,
    GlobalAveragePool2D,
    UnsharedConv2D,
    without_normalization,
)
from helpers.reference.gradient_check import numerical_gradient, relative_error
from helpers.reference.layers import AveragePool2D, Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU
from helpers.reference.network import Sequential

RNG = np.random.default_rng(5)
MAPS, VECTORS = (3, 5, 6, 2), (3, 7)


def branches():
    """Three rows side by side, one of them with branches of its own."""
    rng = np.random.default_rng(8)
    one, two, three, four = (
        rng.uniform(-1, 1, shape) for shape in ((1, 1, 2, 3), (1, 1, 2, 2), *[(3, 3, 2, 2)] * 2)
    )
    inner = Branches("inner", [[Conv2D("c3", three, padding="same")], [Conv2D("c4", four, padding="same")]])
    pooled = [MaxPool2D("p", 3, 1, "same"), BatchNormalization("n", 2)]
    return Branches("b", [[Conv2D("c1", one)], [Conv2D("c2", two), ReLU("r"), inner], pooled])


LAYERS = {
    "convolution": (Conv2D("c", RNG.uniform(-1, 1, (3, 2, 2, 4)), RNG.uniform(size=4), "same", (2, 1)), MAPS),
    "without padding": (Conv2D("c", RNG.uniform(-1, 1, (2, 2, 2, 3))), MAPS),
    "dense": (Dense("d", RNG.uniform(-1, 1, (7, 4)), RNG.uniform(size=4)), VECTORS),
    "relu": (ReLU("r"), MAPS),
    "max pooling": (MaxPool2D("p", 2, padding="same"), MAPS),
    "average pooling": (AveragePool2D("p", 2, padding="same"), MAPS),
    "overlapping": (MaxPool2D("p", 3, stride=(1, 2)), MAPS),
    "flatten": (Flatten("f"), MAPS),
    "dropout": (Dropout("o", 0.4), VECTORS),
    "without bias": (Conv2D("c", RNG.uniform(-1, 1, (2, 2, 2, 3)), use_bias=False), MAPS),
    "unshared": (UnsharedConv2D("u", RNG.uniform(-1, 1, (5, 6, 3, 3, 2, 2)), "same"), MAPS),
    "global average": (GlobalAveragePool2D("a"), MAPS),
    "normalisation": (BatchNormalization("n", 2), MAPS),
    "normalisation of vectors": (BatchNormalization("n", 7), VECTORS),
    "branches": (branches(), MAPS),
}
each_layer = pytest.mark.parametrize(("layer", "shape"), LAYERS.values(), ids=LAYERS)


@each_layer
def test_gradients_agree_with_finite_differences(layer, shape):
    rng = np.random.default_rng(6)
    # Far enough apart that no difference crosses a kink or changes the winner of a window.
    x = (rng.permutation(np.prod(shape)).reshape(shape) - np.prod(shape) / 2 + 0.5) / np.prod(shape)
    output, backward = layer.forward(x, np.random.default_rng(7))
    grad_output = rng.uniform(-1, 1, output.shape)
    grad_x, gradients = backward(grad_output)

    def loss(changed):
        return np.sum(grad_output * layer.forward(changed, np.random.default_rng(7))[0])

    assert relative_error(grad_x, numerical_gradient(loss, x)) < 1e-7
    without = {name for name in layer.parameters if "moving" in name}
    assert gradients.keys() == layer.parameters.keys() - without
    for name in gradients:
        kept = layer.parameters[name]

        def loss_of_parameter(changed, name=name):
            layer.parameters = {**layer.parameters, name: changed}
            return np.sum(grad_output * layer.forward(x, np.random.default_rng(7))[0])

        by_differences = numerical_gradient(loss_of_parameter, kept)
        layer.parameters = {**layer.parameters, name: kept}
        assert relative_error(gradients[name], by_differences) < 1e-7


@each_layer
def test_float32_stays_float32(layer, shape):
    layer.parameters = {name: array.astype(np.float32) for name, array in layer.parameters.items()}
    output, backward = layer.forward(np.ones(shape, np.float32), np.random.default_rng(9))
    grad_x, gradients = backward(np.ones_like(output))
    assert {array.dtype for array in (output, grad_x, *gradients.values())} == {np.dtype(np.float32)}


# Whole 256ths and others, which are drawn in another way.
@pytest.mark.parametrize("rate", [0, 1 / 256, 0.25, 0.3, 0.5, 0.999])
@pytest.mark.parametrize("value", [3.0, 3], ids=["float", "whole"])
def test_dropout_keeps_the_expected_value_and_the_asked_share(rate, value):
    x = np.full((200, 500), value)
    output, backward = Dropout("dropout", rate).forward(x, np.random.default_rng(10))
    # Of 100,000 numbers; four standard errors.
    error = 4 * np.sqrt(rate * (1 - rate) / x.size)
    assert np.mean(output == 0) == pytest.approx(rate, abs=error)
    assert output.mean() == pytest.approx(3, abs=3 * error / (1 - rate))
    np.testing.assert_allclose(output[output != 0], 3 / (1 - rate), rtol=1e-15)
    # What was dropped sends nothing back, what stayed as much as it was enlarged.
    np.testing.assert_allclose(backward(np.ones(x.shape))[0], output / 3, rtol=1e-15)


@pytest.mark.parametrize("rate", [0.25, 0.3])
def test_dropout_drops_one_number_as_well_as_its_neighbour(rate):
    output, _ = Dropout("dropout", rate).forward(np.ones((4_000, 100)), np.random.default_rng(13))
    dropped = output == 0
    # 396,000 pairs: four standard errors of a product of two that are independent.
    assert np.mean(dropped[:, 1:] & dropped[:, :-1]) == pytest.approx(rate**2, abs=0.003)


def test_dropped_infinity_is_zero():
    output, backward = Dropout("dropout", 0.5).forward(np.full(100, np.inf), np.random.default_rng(12))
    assert set(output) == {0, np.inf}
    assert set(backward(np.full(100, -np.inf))[0]) == {0, -np.inf}


def test_dropout_does_nothing_outside_of_training():
    x = np.random.default_rng(11).uniform(size=(3, 4))
    output, backward = Dropout("dropout", 0.5).forward(x)
    np.testing.assert_array_equal(output, x)
    np.testing.assert_array_equal(backward(x)[0], x)


@pytest.mark.parametrize(
    ("rate", "exception", "message"),
    [
        (1, ValueError, "^expected a rate of at least 0 and below 1, .* got 1; use"),
        (-0.1, ValueError, "^expected a rate of at least 0 .* got -0.1; use"),
        ("0.5", TypeError, "^expected a number for rate, got '0.5'; use"),
    ],
)
def test_dropout_refuses_another_rate(rate, exception, message):
    with pytest.raises(exception, match=message):
        Dropout("dropout", rate)


@pytest.mark.parametrize(
    ("layer", "arguments", "message"),
    [
        (Conv2D, [np.ones((5, 5))], r"^expected a kernel \(f_h, f_w, C, K\), got shape \(5, 5\)"),
        (
            Conv2D,
            [np.ones((3, 3, 1, 2)), np.ones(3)],
            r"^expected a bias of shape \(2,\), one number per output, got \(3,\)",
        ),
        (Conv2D, [np.ones((3, 3, 1, 2)), None, "same", 0], "^expected at least 1 for stride, got 0"),
        (Dense, [np.ones(5)], r"^expected a kernel \(inputs, units\), got shape \(5,\)"),
        (
            Dense,
            [np.ones((5, 2)), np.ones((1, 2))],
            r"^expected a bias of shape \(2,\), one number per output, got \(1, 2\)",
        ),
    ],
)
def test_refuses_parameters_that_do_not_fit(layer, arguments, message):
    with pytest.raises(ValueError, match=message):
        layer("layer", *arguments)


def test_keeps_its_parameters_as_floats_in_order():
    parameters = Dense("dense", np.ones((2, 5), int).T, [1, 2]).parameters
    for array in parameters.values():
        assert array.dtype == np.float64
        assert array.flags.c_contiguous


def test_takes_copies_of_its_parameters():
    kernel = np.ones((5, 2))
    layer = Dense("dense", kernel)
    layer.parameters["kernel"] += 1
    np.testing.assert_array_equal(kernel, np.ones((5, 2)))


def normalisation(rng):
    layer = BatchNormalization("n", 3, momentum=0.75)
    layer.parameters = {name: rng.uniform(0.5, 2, 3) for name in layer.parameters}
    return layer


def test_a_normalisation_uses_its_moving_statistics_outside_of_training():
    rng = np.random.default_rng(14)
    layer, x = normalisation(rng), rng.normal(size=(2, 4, 4, 3))
    kept = {name: array.copy() for name, array in layer.parameters.items()}
    output, backward = layer.forward(x)
    normal = (x - kept["moving_mean"]) / np.sqrt(kept["moving_variance"] + 0.001)
    np.testing.assert_allclose(output, kept["gamma"] * normal + kept["beta"])
    # A picture counts for itself: alone it has the same output, and its gradient is its own.
    np.testing.assert_allclose(layer.forward(x[:1])[0], output[:1])
    grad_output = rng.normal(size=x.shape)
    grad_x, gradients = backward(grad_output)
    by_differences = numerical_gradient(lambda x: np.sum(grad_output * layer.forward(x)[0]), x)
    assert relative_error(grad_x, by_differences) < 1e-7
    np.testing.assert_allclose(gradients["gamma"], np.sum(grad_output * normal, axis=(0, 1, 2)))
    for name, array in layer.parameters.items():
        np.testing.assert_array_equal(array, kept[name])


def test_a_normalisation_lets_its_moving_statistics_follow_in_training():
    rng = np.random.default_rng(15)
    layer, x = normalisation(rng), rng.normal(size=(2, 4, 4, 3))
    arrays = dict(layer.parameters)
    kept = {name: array.copy() for name, array in arrays.items()}
    output, _ = layer.forward(x, rng)
    np.testing.assert_allclose(output.mean(axis=(0, 1, 2)), kept["beta"])
    means = 0.75 * kept["moving_mean"] + 0.25 * x.mean(axis=(0, 1, 2))
    variances = 0.75 * kept["moving_variance"] + 0.25 * x.var(axis=(0, 1, 2), ddof=1)
    np.testing.assert_allclose(layer.parameters["moving_mean"], means)
    np.testing.assert_allclose(layer.parameters["moving_variance"], variances)
    # In place, so that a network's dict of them stays true.
    assert all(layer.parameters[name] is array for name, array in arrays.items())
    with pytest.raises(TypeError, match=r"^expected a NumPy random generator for rng, got 3"):
        layer.forward(x, 3)


def test_branches_put_together_what_each_makes_alone():
    layer, x = branches(), np.random.default_rng(16).normal(size=MAPS)
    first, (second, relu, inner), (pool, norm) = (row.layers for row in layer.rows)
    deep = relu.forward(second.forward(x)[0])[0]
    c3, c4 = (row.layers[0].forward(deep)[0] for row in inner.rows)
    expected = [first[0].forward(x)[0], c3, c4, norm.forward(pool.forward(x)[0])[0]]
    np.testing.assert_array_equal(layer.forward(x)[0], np.concatenate(expected, axis=3))


def test_a_network_names_parameters_within_branches_as_those_in_a_row():
    rng = np.random.default_rng(17)
    network = Sequential([branches(), GlobalAveragePool2D("average"), Dense("dense", np.ones((9, 3)))])
    convolutions = {f"c{number}/{part}" for number in range(1, 5) for part in ("kernel", "bias")}
    learnt = {*convolutions, "n/gamma", "n/beta", "dense/kernel", "dense/bias"}
    assert network.parameters.keys() == {*learnt, "n/moving_mean", "n/moving_variance"}
    new = {name: rng.uniform(0.5, 1, array.shape) for name, array in network.parameters.items()}
    network.set_parameters(new)
    for name, array in network.parameters.items():
        np.testing.assert_array_equal(array, new[name])
    x = rng.normal(size=MAPS)
    assert list(network.outputs(x)) == ["b", "average", "dense"]
    loss, _, gradients = network.loss_and_gradients(x, np.eye(3), rng)
    assert gradients.keys() == learnt
    step = {name: new[name] - 0.01 * gradients[name] for name in learnt}
    network.set_parameters(network.parameters | step)
    assert network.loss_and_gradients(x, np.eye(3), rng)[0] < loss


def test_branches_and_networks_refuse_names_that_stand_twice():
    with pytest.raises(ValueError, match=r"^expected at least one layer, .* got \['r', 'r', 'b'\]"):
        Sequential([Branches("b", [[ReLU("r")], [ReLU("r")]])])


@pytest.mark.parametrize("use_bias", [True, False])
def test_a_normalisation_becomes_part_of_the_layer_before_it(use_bias):
    rng = np.random.default_rng(18)
    bias = rng.normal(size=3) if use_bias else None
    convolution = Conv2D("c", rng.normal(size=(3, 3, 2, 3)), bias, "same", 2, use_bias)
    affine = Dense("d", rng.normal(size=(27, 3)), rng.normal(size=3))
    normalisations = normalisation(rng), normalisation(rng)
    normalisations[1].name = "n2"
    layers = [convolution, normalisations[0], ReLU("r"), Flatten("f"), affine, normalisations[1]]
    network = Sequential(layers)
    kept = {name: array.copy() for name, array in network.parameters.items()}
    one_sum, x = without_normalization(network), rng.normal(size=MAPS)
    assert one_sum.names() == ["c", "r", "f", "d"]
    np.testing.assert_allclose(one_sum.scores(x), network.scores(x), atol=1e-12)
    for name, array in network.parameters.items():
        np.testing.assert_array_equal(array, kept[name])
