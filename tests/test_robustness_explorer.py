"""The robustness explorer: its percentages are those of TensorFlow's convolution and pooling."""

import numpy as np
import pytest
from reading import texts

from helpers.datasets import load_mnist
from helpers.explorers import RobustnessExplorer


def percentages(explorer):
    return [int(text.removesuffix(" %")) for text in texts(explorer) if text.endswith(" %")]


def by_tensorflow(before, after, kind, block):
    """Compute the three changes in percent with TensorFlow and NumPy's norm alone."""
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    kernel = tf.constant([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], tf.float64)[:, :, tf.newaxis, tf.newaxis]
    pool = {"max": tf.nn.max_pool2d, "average": tf.nn.avg_pool2d}[kind]
    stages = []
    for image in (before, after):
        edges = tf.nn.relu(tf.nn.conv2d(tf.constant(image[np.newaxis, :, :, np.newaxis]), kernel, 1, "SAME"))
        stages.append((image, edges.numpy(), pool(edges, block, block, "VALID").numpy()))
    return [100 * np.sqrt(np.sum((b - a) ** 2)) / np.sqrt(np.sum(a**2)) for a, b in zip(*stages, strict=True)]


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("block", [1, 2, 5])
def test_a_shift_changes_a_digit_as_tensorflow_says(kind, block):
    mnist = load_mnist()
    digit = mnist.x_test[list(mnist.y_test).index(7), :, :, 0] / 255
    after = np.pad(digit, 6)[6 - 2 : 34 - 2, 6 - 3 : 34 - 3]
    explorer = RobustnessExplorer()
    explorer.set(picture=7, kind=kind, block=block, right=3, down=2)
    expected = by_tensorflow(digit, after, kind, block)
    np.testing.assert_allclose(percentages(explorer), expected, rtol=0, atol=0.5 + 1e-6)


def test_noise_is_the_same_every_time_and_max_pooling_does_not_suppress_it():
    explorer = RobustnessExplorer()
    explorer.set(right=0, noise=20)
    first = explorer.view.svg
    _, edges, pooled = percentages(explorer)
    assert pooled > edges
    assert "more than the edges" in explorer.summary
    explorer.set(noise=21)
    assert explorer.view.svg != first
    explorer.set(noise=20)
    assert explorer.view.svg == first
    explorer.set(kind="average")
    assert percentages(explorer)[2] < edges


def test_the_bar_shows_that_pooling_hides_a_shift_only_inside_a_block():
    explorer = RobustnessExplorer()
    explorer.set(picture="bar", block=4)
    shown = []
    for right in range(5):
        explorer.controls["right"].value = right
        shown.append(percentages(explorer)[2])
    assert shown[:4] == [0, 0, 0, 100]
    explorer.set(block=2, right=1)
    assert percentages(explorer)[1:] == [100, 100]


def test_nothing_disturbed_changes_nothing():
    explorer = RobustnessExplorer()
    explorer.set(right=0)
    assert percentages(explorer) == [0, 0, 0]
    assert explorer.summary.startswith("Nothing is disturbed yet")
