"""The chapter's models and their training: what they are, what is measured, and what an interrupt leaves."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from trainings import (
    BATCHES,
    Recorder,
    assert_same_state,
    digits,
    finished,
    numbers,
    settings,
    small_model,
    state,
)

from helpers import chapter
from helpers.recorded import recorded_weights
from helpers.reference.counting import conv2d_parameters, dense_parameters
from helpers.reference.geometry import output_size
from helpers.training import fit as fit_module
from helpers.training import run as run_module
from helpers.training.fit import CHAPTER, QUICK_CIFAR10, QUICK_MNIST, Settings, fit
from helpers.training.models import cifar10_model, mnist_model, with_weights

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def mnist():
    return mnist_model()


@pytest.fixture(scope="module")
def cifar10():
    return cifar10_model()


# The models of section 3-5


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
    assert_same_state(state(mnist), state(mnist_model(0)))
    other = mnist_model(1)
    assert not np.array_equal(other.get_layer("conv1").kernel, mnist.get_layer("conv1").kernel)


def test_names_stay_when_a_model_is_made_again(mnist):
    again = mnist_model()
    assert again.name == mnist.name == "mnist"
    assert [layer.name for layer in again.layers] == [layer.name for layer in mnist.layers]


def test_weights_of_a_training_fit_its_model_alone(mnist):
    weights = recorded_weights("mnist-seed1")
    assert with_weights(mnist, weights) is mnist
    np.testing.assert_array_equal(mnist.get_layer("dense2").bias, weights["dense2/bias"])
    before = state(mnist)
    del weights["dense2/bias"]
    for others in (weights, recorded_weights("cifar10-seed0"), {}):
        with pytest.raises(
            ValueError, match=r"expected weights \{'conv1/kernel': \(5, 5, 1, 16\).*, got \{.*; use"
        ):
            with_weights(mnist, others)
    assert_same_state(state(mnist), before)


# Settings


def test_chapters_settings_are_the_chapters():
    assert Settings(epochs=100, batch_size=256) == CHAPTER
    assert CHAPTER.training_pictures is CHAPTER.validation_pictures is None


@pytest.mark.parametrize(("quick", "sample"), [(QUICK_MNIST, 4_000), (QUICK_CIFAR10, 4_000)])
def test_quick_settings_take_a_part_of_what_every_reader_has(quick, sample):
    assert quick.training_pictures < sample
    assert quick.epochs < 10


@pytest.mark.parametrize("name", ["epochs", "batch_size", "training_pictures", "validation_pictures"])
@pytest.mark.parametrize(
    ("value", "exception", "expected"),
    [
        (2.5, TypeError, "expected a whole number"),
        (True, TypeError, "expected a whole number"),
        ("3", TypeError, "expected a whole number"),
        ([3], TypeError, "expected a whole number"),
        (0, ValueError, "expected at least 1"),
        (-2, ValueError, "expected at least 1"),
    ],
    ids=repr,
)
def test_settings_refuse_what_is_no_count(name, value, exception, expected):
    with pytest.raises(exception, match=f"^{expected} for {name}, got {re.escape(repr(value))}; "):
        Settings(**{"epochs": 1, "batch_size": 1} | {name: value})


@pytest.mark.parametrize("name", ["epochs", "batch_size"])
def test_epochs_and_batch_size_are_never_left_open(name):
    with pytest.raises(TypeError, match=f"expected a whole number for {name}, got None"):
        Settings(**{"epochs": 1, "batch_size": 1} | {name: None})


def test_settings_take_numpys_whole_numbers():
    few = Settings(np.int64(3), np.uint8(200), np.uint8(250))
    assert few == Settings(3, 200, 250)
    assert few.batch_size * few.training_pictures == 50_000


# What a training gives back


@pytest.fixture(scope="module")
def trained():
    """A finished training of three epochs: model, run and what the progress view was told."""
    model = small_model()
    recorder = Recorder(model)
    run = fit(model, digits(), settings(3), recorder)
    return model, run, recorder


def test_history_has_one_value_for_each_epoch(trained):
    _, run, _ = trained
    assert {name: len(values) for name, values in run.history.items()} == {
        "accuracy": 3,
        "loss": 3,
        "val_accuracy": 3,
        "val_loss": 3,
        "seconds": 3,
    }
    assert all(type(value) is float for values in run.history.values() for value in values)
    assert (run.epochs, run.epochs_done, run.interrupted) == (3, 3, False)


def measured(model, data):
    """Loss and accuracy on the test set, from the probabilities alone."""
    probabilities = model.predict(data.x_test / np.float32(255), verbose=0)
    own = probabilities[np.arange(len(data.y_test)), data.y_test]
    return -np.log(own).mean(), (probabilities.argmax(axis=1) == data.y_test).mean()


def test_test_numbers_are_the_models(trained):
    model, run, _ = trained
    loss, accuracy = measured(model, digits())
    assert run.test_loss == pytest.approx(loss, rel=1e-5)
    assert run.test_accuracy == pytest.approx(accuracy, abs=1e-6)


def test_run_holds_the_probabilities_the_confusion_and_the_weights_behind_them(trained):
    model, run, _ = trained
    data = digits()
    np.testing.assert_array_equal(
        run.test_probabilities, model.predict(data.x_test / np.float32(255), verbose=0)
    )
    assert run.confusion.sum() == len(data.y_test)
    assert np.trace(run.confusion) / len(data.y_test) == pytest.approx(run.test_accuracy, abs=1e-6)
    np.testing.assert_array_equal(run.confusion.sum(axis=1), np.bincount(data.y_test, minlength=10))
    assert sorted(run.weights) == ["dense/bias", "dense/kernel"]
    np.testing.assert_array_equal(run.weights["dense/kernel"], model.get_layer("dense").kernel.numpy())


def test_last_epochs_test_numbers_are_the_whole_test_sets(trained):
    _, run, _ = trained
    assert run.history["val_loss"][-1] == pytest.approx(run.test_loss, rel=1e-5)
    assert run.history["val_accuracy"][-1] == pytest.approx(run.test_accuracy, abs=1e-6)


def test_loss_falls(trained):
    _, run, _ = trained
    assert run.history["val_loss"][0] > run.history["val_loss"][1] > run.history["val_loss"][2]


def test_seconds_cover_all_epochs(trained):
    _, run, _ = trained
    assert 0 < sum(run.history["seconds"]) <= run.seconds + 3 * 0.005  # each is rounded


def test_progress_is_told_everything_in_order(trained):
    _, run, recorder = trained
    epoch = [("batch_done", ["accuracy", "loss"])] * BATCHES
    assert recorder.calls == [
        ("begin", 3, BATCHES, 0),
        *epoch,
        ("epoch_done", 1),
        *epoch,
        ("epoch_done", 2),
        *epoch,
        ("epoch_done", 3),
        ("training_done", False),
        ("end", run),
    ]


def test_same_seed_gives_the_same_run(trained):
    model, run, _ = trained
    again = small_model()
    run_again = fit(again, digits(), settings(3), Recorder())
    assert numbers(run_again.history) == numbers(run.history)
    assert_same_state(state(again), state(model))


def test_another_order_gives_another_run(trained):
    _, run, _ = trained
    other = fit(small_model(), digits(), settings(3), Recorder(), seed=1)
    assert numbers(other.history) != numbers(run.history)


def test_another_start_gives_another_run(trained):
    _, run, _ = trained
    other = fit(small_model(seed=1), digits(), settings(3), Recorder())
    assert numbers(other.history) != numbers(run.history)


def test_takes_only_as_many_pictures_as_asked_for():
    recorder = Recorder()
    some = Settings(epochs=1, batch_size=8, training_pictures=20, validation_pictures=7)
    run = fit(small_model(), digits(), some, recorder)
    assert recorder.calls[0] == ("begin", 1, 3, 0)
    assert recorder.count("batch_done") == 3
    for accuracy, pictures in ((run.history["accuracy"][0], 20), (run.history["val_accuracy"][0], 7)):
        assert accuracy * pictures == pytest.approx(round(accuracy * pictures), abs=1e-4)


def test_chapters_model_trains():
    run = fit(mnist_model(), digits(), settings(1), Recorder())
    assert run.epochs_done == 1
    assert np.isfinite(run.test_loss)


@pytest.mark.parametrize(
    ("interrupted", "sentence"),
    [
        (False, "Epoch 2 of 3: test accuracy 97.3 %, 12 s."),
        (True, "Interrupted after 2 of 3 epochs: test accuracy 97.3 %, 12 s."),
    ],
)
def test_run_says_what_it_came_to(interrupted, sentence):
    run = finished(history={}, interrupted=interrupted, seconds=12.3, test_accuracy=0.9731)
    assert str(run) == repr(run) == sentence


# The order of the pictures


def batches(seed=0, epoch=0, size=16):
    data = digits()
    return fit_module._Batches(data.x_train, data.y_train, 10, size, seed, epoch)


def contents(loader):
    x, y = zip(*(loader[i] for i in range(len(loader))), strict=True)
    return np.concatenate(x), np.concatenate(y)


def test_batches_hold_every_picture_once_with_its_label():
    data = digits()
    x, y = contents(batches(size=24))  # the last one is shorter
    wanted = {(x.tobytes(), label) for x, label in zip(data.x_train, data.y_train, strict=True)}
    found = {
        (np.rint(picture * 255).astype(np.uint8).tobytes(), one_hot.argmax())
        for picture, one_hot in zip(x, y, strict=True)
    }
    assert found == wanted
    assert len(x) == len(data.x_train)


def test_batches_are_pixels_from_0_to_1_and_one_hot_labels():
    x, y = batches()[0]
    assert x.dtype == np.float32
    assert (x.min(), x.max()) == (0, 1)
    assert y.shape == (16, 10)
    assert set(np.unique(y)) == {0, 1}
    assert (y.sum(axis=1) == 1).all()


def test_every_epoch_has_an_order_of_its_own_that_the_seed_fixes():
    loader = batches()
    first, _ = contents(loader)
    loader.on_epoch_end()
    second, _ = contents(loader)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(second, contents(batches(epoch=1))[0])
    assert not np.array_equal(first, contents(batches(seed=1))[0])


def test_pictures_that_are_drawn_come_from_everywhere_and_keep_their_labels():
    x = np.arange(1000)
    drawn, labels = run_module.some(x, 2 * x, 100, np.random.default_rng(0))
    assert len(set(drawn)) == 100
    np.testing.assert_array_equal(labels, 2 * drawn)
    assert drawn.min() < 100
    assert drawn.max() > 900
    assert run_module.some(x, x, 1000, None)[0] is x


# Data that do not fit


@pytest.mark.parametrize("part", ["train", "test"])
@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("x", lambda x: x / 255, r"uint8 pictures \(N, 28, 28, 1\), at least one, got float64 of shape"),
        ("x", lambda x: x[..., 0], r"uint8 pictures .*, got uint8 of shape \(\d+, 28, 28\); reshape"),
        ("x", lambda x: x[:, :27], r"uint8 pictures .*, got uint8 of shape \(\d+, 27, 28, 1\); reshape"),
        ("x", lambda x: x[:0], r"at least one, got uint8 of shape \(0, 28, 28, 1\)"),
        ("y", lambda y: y[:-1], r"a label for each of the \d+ pictures, got shape \(\d+,\); pass"),
        ("y", lambda y: np.eye(10)[y], r"got shape \(\d+, 10\); .*one-hot rows are made here"),
        ("y", lambda y: y.astype(float), "whole numbers from 0 to 9, .*, got float64 from .*; renumber"),
        ("y", lambda y: y + 1, r"whole numbers from 0 to 9, .*, got uint8 from \d+ to 10; renumber"),
        ("y", lambda y: y.astype(int) - 1, "whole numbers from 0 to 9, .*, got int64 from -1 to 8; renumber"),
    ],
    ids=[
        "floats",
        "no-channel",
        "other-side",
        "none",
        "one-short",
        "one-hot",
        "float-labels",
        "from-1",
        "from-minus-1",
    ],
)
def test_data_that_do_not_fit_are_refused(part, kind, change, expected, mnist):
    key = f"{kind}_{part}"
    data = replace(digits(), **{key: change(getattr(digits(), key))})
    recorder = Recorder()
    with pytest.raises(ValueError, match=f"^expected {key} to be .*{expected}"):
        fit(mnist, data, settings(1), recorder)
    assert recorder.calls == []


# An interrupt


def test_interrupt_keeps_what_was_learnt():
    model = small_model()
    start = state(model)
    recorder = Recorder(model, interrupt_at=BATCHES + 2)
    run = fit(model, digits(), settings(3), recorder)
    assert (run.interrupted, run.epochs_done, run.epochs) == (True, 1, 3)
    assert all(len(values) == 1 for values in run.history.values())
    kernel = model.get_layer("dense").kernel
    assert not np.array_equal(kernel, start[0])
    assert not np.array_equal(kernel, recorder.states[0][0])
    loss, accuracy = measured(model, digits())
    assert run.test_loss == pytest.approx(loss, rel=1e-5)
    assert run.test_accuracy == pytest.approx(accuracy, abs=1e-6)
    assert recorder.calls[-2:] == [("training_done", True), ("end", run)]


def test_interrupt_in_the_first_epoch_leaves_an_empty_history():
    run = fit(small_model(), digits(), settings(3), Recorder(interrupt_at=1))
    assert (run.interrupted, run.epochs_done) == (True, 0)
    assert run.history == {"accuracy": [], "loss": [], "val_accuracy": [], "val_loss": [], "seconds": []}
    assert np.isfinite(run.test_loss)


def test_model_can_be_trained_on_after_an_interrupt():
    model = small_model()
    fit(model, digits(), settings(3), Recorder(interrupt_at=2))
    run = fit(model, digits(), settings(2), Recorder())
    assert (run.interrupted, run.epochs_done) == (False, 2)


def test_second_interrupt_passes_through():
    class Impatient(Recorder):
        def training_done(self, interrupted):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(small_model(), digits(), settings(1), Impatient(interrupt_at=1))


# Keras's import


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
    run = python(f"import sys; sys.modules[{missing!r}] = None; import helpers.training.fit")
    assert run.returncode == 1
    last = run.stderr.strip().splitlines()[-1]
    for words in (
        "ImportError: expected Keras on TensorFlow, which training needs, got ModuleNotFoundError: ",
        missing,
        "; install it with `pip install tensorflow`, or run `make lab`",
    ):
        assert words in last
