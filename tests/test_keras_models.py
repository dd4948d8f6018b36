"""The chapter's Keras models: layers, sides and parameters, and the weights that fit; the import of Keras."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers import chapter
from helpers.exercises import check
from helpers.keras_backend import keras
from helpers.programs.keras_models import cifar10_model, mnist_model, with_weights
from helpers.reference.counting import conv2d_parameters, dense_parameters
from helpers.reference.geometry import output_size
from helpers.runs import recorded_run

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def mnist():
    return mnist_model()


@pytest.fixture(scope="module")
def cifar10():
    return cifar10_model()


def layers_of(model):
    return [(layer.name, type(layer).__name__, tuple(layer.output.shape[1:])) for layer in model.layers]


def test_mnist_model_has_the_chapters_layers_and_sides(mnist):
    same = output_size(28, 5, padding=2)
    pooled = output_size(same, 2, stride=2)
    same_again = output_size(pooled, 5, padding=2)
    pooled_again = output_size(same_again, 2, stride=2)
    assert mnist.input_shape == (None, 28, 28, 1)
    assert layers_of(mnist) == [
        ("conv1", "Conv2D", (same, same, 16)),
        ("relu1", "Activation", (same, same, 16)),
        ("pool1", "MaxPooling2D", (pooled, pooled, 16)),
        ("conv2", "Conv2D", (same_again, same_again, 36)),
        ("relu2", "Activation", (same_again, same_again, 36)),
        ("pool2", "MaxPooling2D", (pooled_again, pooled_again, 36)),
        ("dropout1", "Dropout", (pooled_again, pooled_again, 36)),
        ("flatten", "Flatten", (pooled_again * pooled_again * 36,)),
        ("dense1", "Dense", (128,)),
        ("dropout2", "Dropout", (128,)),
        ("dense2", "Dense", (10,)),
    ]


def test_cifar10_model_has_the_chapters_layers_and_sides(cifar10):
    same = output_size(32, 3, padding=1)
    pooled = output_size(same, 2, stride=2)
    same_again = output_size(pooled, 3, padding=1)
    pooled_again = output_size(same_again, 2, stride=2)
    assert cifar10.input_shape == (None, 32, 32, 3)
    assert layers_of(cifar10) == [
        ("conv1", "Conv2D", (same, same, 32)),
        ("relu1", "Activation", (same, same, 32)),
        ("dropout1", "Dropout", (same, same, 32)),
        ("pool1", "MaxPooling2D", (pooled, pooled, 32)),
        ("conv2", "Conv2D", (same_again, same_again, 64)),
        ("relu2", "Activation", (same_again, same_again, 64)),
        ("dropout2", "Dropout", (same_again, same_again, 64)),
        ("pool2", "MaxPooling2D", (pooled_again, pooled_again, 64)),
        ("flatten", "Flatten", (pooled_again * pooled_again * 64,)),
        ("dropout3", "Dropout", (pooled_again * pooled_again * 64,)),
        ("dense1", "Dense", (1024,)),
        ("dropout4", "Dropout", (1024,)),
        ("dense2", "Dense", (10,)),
    ]


def test_mnist_model_has_the_chapters_parameters(mnist):
    assert {layer.name: layer.count_params() for layer in mnist.layers if layer.count_params()} == {
        "conv1": conv2d_parameters(5, 1, 16),
        "conv2": conv2d_parameters(5, 16, 36),
        "dense1": dense_parameters(7 * 7 * 36, 128),
        "dense2": dense_parameters(128, 10),
    }
    assert mnist.count_params() == 242_062 == chapter.MNIST_PARAMETERS


def test_cifar10_model_has_the_chapters_parameters(cifar10):
    assert {layer.name: layer.count_params() for layer in cifar10.layers if layer.count_params()} == {
        "conv1": conv2d_parameters(3, 3, 32),
        "conv2": conv2d_parameters(3, 32, 64),
        "dense1": dense_parameters(8 * 8 * 64, 1024),
        "dense2": dense_parameters(1024, 10),
    }
    assert cifar10.count_params() == 4_224_970 == chapter.CIFAR10_PARAMETERS


@pytest.mark.parametrize(
    ("name", "rates"),
    [("mnist", [0.25, 0.5]), ("cifar10", [0.25, 0.25, 0.25, 0.25])],
    ids=["mnist", "cifar10"],
)
def test_dropout_rates_are_the_chapters(name, rates, request):
    model = request.getfixturevalue(name)
    assert [layer.rate for layer in model.layers if layer.name.startswith("dropout")] == rates


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_activations_are_the_chapters(name, request):
    model = request.getfixturevalue(name)
    activations = {
        layer.name: layer.activation.__name__ for layer in model.layers if hasattr(layer, "activation")
    }
    assert activations == {
        "conv1": "linear",
        "relu1": "relu",
        "conv2": "linear",
        "relu2": "relu",
        "dense1": "relu",
        "dense2": "softmax",
    }


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_trains_with_adam_on_cross_entropy(name, request):
    model = request.getfixturevalue(name)
    assert type(model.optimizer).__name__ == "Adam"
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)
    assert model.loss == "categorical_crossentropy"


def test_seed_fixes_the_first_weights(mnist):
    again, other = mnist_model(0), mnist_model(1)
    np.testing.assert_array_equal(again.get_layer("dense1").kernel, mnist.get_layer("dense1").kernel)
    assert not np.array_equal(other.get_layer("conv1").kernel, mnist.get_layer("conv1").kernel)


def test_names_stay_when_a_model_is_made_again(mnist):
    again = mnist_model()
    assert again.name == mnist.name == "mnist"
    assert [layer.name for layer in again.layers] == [layer.name for layer in mnist.layers]


def test_weights_of_a_training_fit_its_model_alone(mnist):
    weights = recorded_run("mnist-seed1").weights
    assert with_weights(mnist, weights) is mnist
    np.testing.assert_array_equal(mnist.get_layer("dense2").bias, weights["dense2/bias"])
    before = mnist.get_weights()
    del weights["dense2/bias"]
    for others in (weights, recorded_run("cifar10-seed0").weights, {}):
        with pytest.raises(
            ValueError, match=r"expected weights \{'conv1/kernel': \(5, 5, 1, 16\).*, got \{.*; use"
        ):
            with_weights(mnist, others)
    for now, then in zip(mnist.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def python(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=PROJECT)


def test_importing_keras_is_silent_and_stderr_comes_back():
    run = python(
        "import os, sys; from helpers.keras_backend import keras; keras.ops.ones(3) + 1; "
        "print('one', file=sys.stderr); os.write(2, b'two')"
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "one\ntwo")


@pytest.mark.parametrize("missing", ["tensorflow", "keras"])
def test_missing_package_is_named_with_the_remedy(missing):
    run = python(f"import sys; sys.modules[{missing!r}] = None; import helpers.programs.keras_models")
    assert run.returncode == 1
    last = run.stderr.strip().splitlines()[-1]
    for words in (
        "ImportError: expected Keras on TensorFlow, which training needs, got ModuleNotFoundError: ",
        missing,
        "; install it with `pip install tensorflow`, or run `make lab`",
    ):
        assert words in last


# What the reader writes in lesson 3-5a


def written(window=5, padding="same", filters=36, activation="relu", rates=(0.25, 0.5), units=128, **ends):
    """Build a model as a reader may write it; None among the rates leaves that dropout out.

    `ends` may tell where Flatten stands, flat="before" or "after" the first dense layer or None, and the
    last layer's activation, last="softmax".
    """
    layers, size, flat = keras.layers, (window, window), ends.get("flat", "before")
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, size, padding=padding, activation=activation),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(filters, size, padding=padding, activation=activation),
            layers.MaxPooling2D((2, 2)),
            *([layers.Dropout(rates[0])] if rates[0] else []),
            *([layers.Flatten()] if flat == "before" else []),
            layers.Dense(units, activation="relu"),
            *([layers.Flatten()] if flat == "after" else []),
            *([layers.Dropout(rates[1])] if rates[1] else []),
            layers.Dense(10, activation=ends.get("last", "softmax")),
        ]
    )


def verdict_on(build):
    def my_mnist_model():
        return build()

    return check(my_mnist_model)


@pytest.mark.parametrize("build", [written, mnist_model], ids=["in one line", "activations apart"])
def test_a_right_model_is_right_however_its_relus_are_written(build):
    assert verdict_on(build).state == "right"


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: written(padding="valid"), "The sides shrink"),
        (lambda: written(filters=32), "32 filters"),
        (lambda: written(window=3), "3 × 3"),
        (lambda: written(rates=(None, None)), "Both dropout layers"),
        (lambda: written(rates=(None, 0.5)), "The first dropout"),
        (lambda: written(rates=(0.25, None)), "The second dropout"),
        (lambda: written(rates=(0.5, 0.25)), "swapped"),
        (lambda: written(activation=None), "The convolutions have no activation"),
        (lambda: written(activation="sigmoid"), "not right yet"),
        (lambda: written(last=None), "gives scores"),
        (lambda: written(last="relu"), "The last layer has a ReLU"),
        (lambda: written(flat=None), "`Flatten` is missing"),
        (lambda: written(flat="after"), "stands before `Flatten`"),
        (lambda: written(units=100), "not right yet"),
        (lambda: keras.Sequential([keras.layers.Dense(10)]), "begin with keras.Input"),
        (lambda: [1, 2], "expected a Keras model, got list"),
    ],
)
def test_the_slip_of_a_written_model_is_named(build, words):
    verdict = verdict_on(build)
    assert verdict.state == "wrong"
    assert words in verdict.sentence
