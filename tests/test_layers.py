"""Each layer is its reference function, and carries gradients back as finite differences ask."""

import numpy as np
import pytest

from helpers.reference.gradient_check import numerical_gradient, relative_error
from helpers.reference.layers import Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU

RNG = np.random.default_rng(5)
MAPS, VECTORS = (3, 5, 6, 2), (3, 7)
LAYERS = {
    "convolution": (Conv2D("c", RNG.uniform(-1, 1, (3, 2, 2, 4)), RNG.uniform(size=4), "same", (2, 1)), MAPS),
    "without padding": (Conv2D("c", RNG.uniform(-1, 1, (2, 2, 2, 3))), MAPS),
    "dense": (Dense("d", RNG.uniform(-1, 1, (7, 4)), RNG.uniform(size=4)), VECTORS),
    "relu": (ReLU("r"), MAPS),
    "max pooling": (MaxPool2D("p", 2, padding="same"), MAPS),
    "overlapping": (MaxPool2D("p", 3, stride=(1, 2)), MAPS),
    "flatten": (Flatten("f"), MAPS),
    "dropout": (Dropout("o", 0.4), VECTORS),
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
    assert gradients.keys() == layer.parameters.keys()
    for name, kept in layer.parameters.items():

        def loss_of_parameter(changed, name=name):
            layer.parameters = {**layer.parameters, name: changed}
            return np.sum(grad_output * layer.forward(x)[0])

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
