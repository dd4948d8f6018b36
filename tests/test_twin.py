"""The training of a NumPy twin: the steps of the Keras training, what its view hears, and no TensorFlow."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from trainings import BATCHES, Recorder, digits, numbers, settings

from helpers.reference.layers import Dense, Flatten, MaxPool2D
from helpers.reference.network import Sequential, mnist_network
from helpers.training.run_folder import RunFolder
from helpers.training.twin import fit_twin

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]


def small_network(largest=0.1):
    weights = np.random.default_rng(0).uniform(-largest, largest, (49, 10)).astype(np.float32)
    return Sequential([MaxPool2D("pool", 4), Flatten("flatten"), Dense("dense", weights)])


# With large weights it is so sure that probabilities round to 0, and a loss taken from them would be cut off.
@pytest.mark.parametrize("largest", [0.1, 100])
def test_takes_the_steps_of_the_keras_training(largest):
    from helpers.keras_backend import keras
    from helpers.training.fit import fit

    network = small_network(largest)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.MaxPooling2D(4),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    # Copies: TensorFlow may keep the arrays themselves, which the twin changes in place.
    model.set_weights([array.copy() for array in network.parameters.values()])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    own = fit_twin(network, digits(), settings(3), Recorder())
    kerass = fit(model, digits(), settings(3), Recorder())
    for name, values in numbers(own.history).items():
        np.testing.assert_allclose(values, kerass.history[name], rtol=1e-4, err_msg=name)
    assert own.test_accuracy == pytest.approx(kerass.test_accuracy)
    assert own.test_loss == pytest.approx(kerass.test_loss, rel=1e-4)
    for array, judge in zip(network.parameters.values(), model.get_weights(), strict=True):
        np.testing.assert_allclose(array, judge, rtol=0, atol=1e-5)


def test_tells_its_view_each_step():
    recorder = Recorder()
    run = fit_twin(small_network(), digits(), settings(2), recorder)
    steps = [("batch_done", ["accuracy", "loss"])] * BATCHES
    assert recorder.calls == [
        ("begin", 2, BATCHES, 0),
        *steps,
        ("epoch_done", 1),
        *steps,
        ("epoch_done", 2),
        ("training_done", False),
        ("end", run),
    ]
    assert str(run).startswith("Epoch 2 of 2: test accuracy")


def test_the_same_seed_gives_the_same_run():
    first, second, other = (
        fit_twin(mnist_network(np.random.default_rng(0)), digits(), settings(1), Recorder(), seed=seed)
        for seed in (0, 0, 1)
    )
    assert numbers(first.history) == numbers(second.history) != numbers(other.history)


def test_an_interrupt_ends_the_training_and_is_no_error():
    recorder = Recorder(interrupt_at=BATCHES + 2)
    run = fit_twin(small_network(), digits(), settings(5), recorder)
    assert (run.interrupted, run.epochs_done) == (True, 1)
    assert recorder.calls[-1] == ("end", run)


def test_keeps_its_result_in_the_folder(tmp_path):
    network = small_network()
    folder = RunFolder(tmp_path, {"model": "small"}, packages=("numpy",))
    fit_twin(network, digits(), settings(1), Recorder(), folder=folder)
    with np.load(tmp_path / "result.npz") as file:
        assert set(file.files) == {"dense/kernel", "dense/bias", "test_probabilities", "confusion"}
        rounded = network.parameters["dense/kernel"].astype(np.float16)
        np.testing.assert_array_equal(file["dense/kernel"], rounded, strict=True)
    assert '"tensorflow"' not in (tmp_path / "history.json").read_text()


def test_refuses_labels_that_the_network_has_no_unit_for():
    data = digits()
    with pytest.raises(
        ValueError, match=r"expected y_train to be whole numbers from 0 to 9, .*, got uint8 from 1 to 10; "
    ):
        fit_twin(small_network(), replace(data, y_train=data.y_train + 1), settings(1), Recorder())


def test_trains_without_tensorflow():
    program = (
        "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = None; sys.path.insert(0, 'tests');"
        "import helpers.training.twin, helpers.training.run, helpers.training.progress"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT)
