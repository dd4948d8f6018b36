"""Blocks with a shortcut against Keras's layers and finite differences, and what the shortcut changes."""

import numpy as np
import pytest

from helpers.datasets import load_mnist
from helpers.reference.gradient_check import numerical_gradient, relative_error
from helpers.reference.optimizers import gradient_step
from helpers.reference.residual import ResidualBlock, deep_network

RNG = np.random.default_rng(8)


def block(shortcut=True, units=4):
    made = ResidualBlock("block", *RNG.normal(size=(2, units, units)), shortcut)
    for name in ("bias1", "bias2"):
        made.parameters[name] = RNG.normal(size=units)
    return made


@pytest.mark.parametrize("shortcut", [True, False])
def test_output_and_gradients_are_those_of_keras_s_layers(shortcut):
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    ours, x = block(shortcut), RNG.normal(size=(6, 4))
    inner, outer = keras.layers.Dense(4, "relu", dtype="float64"), keras.layers.Dense(4, dtype="float64")
    for layer, number in ((inner, 1), (outer, 2)):
        layer.build((None, 4))
        layer.set_weights([ours.parameters[f"kernel{number}"], ours.parameters[f"bias{number}"]])
    output, backward = ours.forward(x)
    grad_output = RNG.normal(size=output.shape)
    with tf.GradientTape() as tape:
        variable = tf.Variable(x)
        total = outer(inner(variable))
        kerass = tf.nn.relu(total + variable if shortcut else total)
        loss = tf.reduce_sum(kerass * grad_output)
    expected = tape.gradient(loss, [variable, *inner.trainable_weights, *outer.trainable_weights])
    grad_x, gradients = backward(grad_output)
    np.testing.assert_allclose(output, kerass, rtol=1e-12, atol=1e-12)
    for found, wanted in zip([grad_x, *gradients.values()], expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("shortcut", [True, False])
def test_gradients_agree_with_finite_differences(shortcut):
    ours, x = block(shortcut), RNG.normal(size=(3, 4))
    output, backward = ours.forward(x)
    grad_output = RNG.normal(size=output.shape)
    grad_x, gradients = backward(grad_output)
    measured = numerical_gradient(lambda x: np.sum(grad_output * ours.forward(x)[0]), x)
    assert relative_error(grad_x, measured) < 1e-7
    for name, kept in ours.parameters.items():

        def loss(changed, name=name):
            ours.parameters[name] = changed
            return np.sum(grad_output * ours.forward(x)[0])

        measured = numerical_gradient(loss, kept)
        ours.parameters[name] = kept
        assert relative_error(gradients[name], measured) < 1e-7


def test_a_block_that_begins_at_zero_hands_on_what_it_gets_both_ways():
    ours = ResidualBlock("block", RNG.normal(size=(4, 4)), np.zeros((4, 4)))
    x, grad_output = np.abs(RNG.normal(size=(5, 4))), RNG.normal(size=(5, 4))
    output, backward = ours.forward(x)
    np.testing.assert_array_equal(output, x)
    np.testing.assert_array_equal(backward(grad_output)[0], grad_output)


@pytest.mark.parametrize("shortcut", [True, False])
def test_a_deep_network_has_as_many_parameters_with_a_shortcut_as_without(shortcut):
    network = deep_network(5, np.random.default_rng(1), shortcut, units=8)
    counted = sum(array.size for array in network.parameters.values())
    assert counted == 785 * 8 + 5 * 2 * (8 * 8 + 8) + 8 * 10 + 10
    # Both draw the same numbers; the shortcut's second kernels are then set to zero.
    zeros = [not network.parameters[f"block{place}/kernel2"].any() for place in range(1, 6)]
    assert zeros == [shortcut] * 5


def test_with_shortcuts_the_first_block_of_a_deep_network_has_a_gradient_as_large_as_the_last():
    network = deep_network(9, np.random.default_rng(2), shortcut=True)
    scores, backward_passes = network.forward(np.random.default_rng(3).random((7, 784)))
    _, gradients = network.backward(np.ones_like(scores), backward_passes)
    sizes = [np.linalg.norm(gradients[f"block{place}/bias2"]) for place in (1, 9)]
    assert sizes[0] == pytest.approx(sizes[1])


@pytest.mark.parametrize(
    "kernels", [(np.ones((3, 3)), np.ones((3, 4))), (np.ones((2, 2)), np.ones((3, 3))), (np.ones(3), 1)]
)
def test_refuses_kernels_whose_output_cannot_be_added_to_the_input(kernels):
    with pytest.raises((ValueError, TypeError), match=r"^expected two square kernels of one size"):
        ResidualBlock("block", *kernels)


def final_loss(network, rate, rng):
    """Train as lesson 3-4 does, and return the mean loss of the last 20 steps; infinite after an overflow."""
    digits, losses = load_mnist(), []
    x, target = digits.x_train[:1000].reshape(1000, 784) / 255, np.eye(10)[digits.y_train[:1000]]
    for _ in range(200):
        batch = rng.choice(1000, 100, replace=False)
        loss, _, gradients = network.loss_and_gradients(x[batch], target[batch])
        network.set_parameters(gradient_step(network.parameters, gradients, rate))
        losses.append(loss)
    return np.nan_to_num(np.mean(losses[-20:]), nan=np.inf)


def final_losses(blocks, shortcut, rate):
    generators = [np.random.default_rng(seed) for seed in range(3)]
    return [final_loss(deep_network(blocks, rng, shortcut), rate, rng) for rng in generators]


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.01, 0.02, 0.1, 0.2])
def test_what_lesson_3_4_says_of_depth_holds_for_other_rates(rate):
    assert np.mean(final_losses(9, False, rate)) > np.mean(final_losses(1, False, rate))
    deep, shallow = (np.mean(final_losses(blocks, True, rate)) for blocks in (9, 1))
    assert (deep < shallow) == (rate < 0.2)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:(overflow|invalid value|divide by zero):RuntimeWarning")
def test_shortcuts_around_blocks_that_begin_like_plain_ones_are_no_help_in_20_layers():
    losses = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        network = deep_network(9, rng, shortcut=False)
        for layer in network.layers:
            layer.shortcut = True  # of a `ResidualBlock`; the others know of none
        losses.append(final_loss(network, 0.05, rng))
    assert np.less(final_losses(9, False, 0.05), losses).all()
