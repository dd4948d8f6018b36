"""The training, in Keras and in NumPy: what is measured and told, what an interrupt leaves, what fits."""

import re
from dataclasses import replace

import numpy as np
import pytest
from trainings import (
    BATCHES,
    Recorder,
    assert_same_state,
    digits,
    finished,
    numbers,
    numpy_trainer,
    settings,
    small_model,
    small_network,
)

from helpers.datasets import hold_out
from helpers.programs import MNIST
from helpers.runs import CHAPTER, Settings
from helpers.training import KerasTrainer, NumpyTrainer, train

pytestmark = pytest.mark.slow


def keras_trainer(seed=0):
    return KerasTrainer(small_model(seed))


each_trainer = pytest.mark.parametrize("make", [keras_trainer, numpy_trainer], ids=["keras", "numpy"])


# Settings


def test_chapters_settings_are_the_chapters():
    assert Settings(epochs=100, batch_size=256) == CHAPTER
    assert CHAPTER.training_pictures is CHAPTER.validation_pictures is None


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
def test_settings_refuse_what_is_not_a_count(name, value, exception, expected):
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


# What a training returns


@pytest.fixture(scope="module", params=[keras_trainer, numpy_trainer], ids=["keras", "numpy"])
def trained(request):
    """A finished training of three epochs: trainer, run and what the progress view was told."""
    trainer = request.param()
    recorder = Recorder(trainer)
    return trainer, train(trainer, digits(), settings(3), recorder), recorder


def test_history_has_one_value_for_each_epoch(trained):
    _, run, _ = trained
    names = ["accuracy", "loss", "val_accuracy", "val_loss", "seconds"]
    assert {name: len(values) for name, values in run.history.items()} == dict.fromkeys(names, 3)
    assert all(type(value) is float for values in run.history.values() for value in values)
    assert (run.epochs, run.epochs_done, run.interrupted) == (3, 3, False)


def test_test_numbers_are_the_networks(trained):
    trainer, run, _ = trained
    data = digits()
    probabilities = trainer.predict(data.x_test / np.float32(255))
    np.testing.assert_array_equal(run.test_probabilities, probabilities)
    own = probabilities[np.arange(len(data.y_test)), data.y_test]
    assert run.test_loss == pytest.approx(-np.log(own).mean(), rel=1e-5)
    right = probabilities.argmax(axis=1) == data.y_test
    assert run.test_accuracy == pytest.approx(right.mean(), abs=1e-6)
    # The last epoch was measured on the whole test set as well.
    assert run.history["val_loss"][-1] == pytest.approx(run.test_loss, rel=1e-5)
    assert run.history["val_accuracy"][-1] == pytest.approx(run.test_accuracy, abs=1e-6)


def test_run_holds_the_confusion_and_the_weights_behind_them(trained):
    trainer, run, _ = trained
    data = digits()
    assert run.confusion.sum() == len(data.y_test)
    assert np.trace(run.confusion) / len(data.y_test) == pytest.approx(run.test_accuracy, abs=1e-6)
    np.testing.assert_array_equal(run.confusion.sum(axis=1), np.bincount(data.y_test, minlength=10))
    assert sorted(run.weights) == ["dense/bias", "dense/kernel"]
    np.testing.assert_array_equal(run.weights["dense/kernel"], trainer.weights()["dense/kernel"])


def test_loss_falls(trained):
    _, run, _ = trained
    assert run.history["val_loss"][0] > run.history["val_loss"][1] > run.history["val_loss"][2]


def test_seconds_cover_all_epochs(trained):
    _, run, _ = trained
    assert 0 <= sum(run.history["seconds"]) <= run.seconds + 3 * 0.005  # each is rounded


def test_progress_is_told_everything_in_order(trained):
    _, run, recorder = trained
    epoch = [("batch_done", ["accuracy", "loss"])] * BATCHES
    assert recorder.calls == [
        ("begin", 3, BATCHES, 0, "test"),
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
    trainer, run, _ = trained
    again = keras_trainer() if isinstance(trainer, KerasTrainer) else numpy_trainer()
    assert numbers(train(again, digits(), settings(3), Recorder()).history) == numbers(run.history)
    assert_same_state(again, trainer)


def test_another_order_another_start_and_other_dropout_give_other_runs():
    def history(network_seed=0, dropout_seed=0, seed=0):
        trainer = NumpyTrainer(small_network(network_seed), dropout_seed)
        return numbers(train(trainer, digits(), settings(1), Recorder(), seed=seed).history)

    histories = [history(), history(1), history(0, 1), history(0, 0, 1)]
    assert all(one != other for i, one in enumerate(histories) for other in histories[:i])


def test_takes_only_as_many_pictures_as_asked_for():
    recorder = Recorder()
    some = Settings(epochs=1, batch_size=8, training_pictures=20, validation_pictures=7)
    run = train(numpy_trainer(), digits(), some, recorder)
    assert recorder.calls[0] == ("begin", 1, 3, 0, "test")
    assert recorder.count("batch_done") == 3
    for accuracy, pictures in ((run.history["accuracy"][0], 20), (run.history["val_accuracy"][0], 7)):
        assert accuracy * pictures == pytest.approx(round(accuracy * pictures), abs=1e-4)


def test_numpy_takes_the_steps_of_keras():
    # With the large weights it is so sure that probabilities round to 0, and a loss taken from them would be
    # cut off.
    for largest in (0.1, 100):
        network, model = small_network(largest=largest, dropout=0), small_model()
        model.get_layer("dropout").rate = 0
        # Copies: TensorFlow may keep the arrays themselves, which the NumPy network changes in place.
        model.set_weights([array.copy() for array in network.parameters.values()])
        own = train(NumpyTrainer(network), digits(), settings(3), Recorder())
        kerass = train(KerasTrainer(model), digits(), settings(3), Recorder())
        for name, values in numbers(own.history).items():
            np.testing.assert_allclose(values, kerass.history[name], rtol=1e-4, err_msg=name)
        assert own.test_accuracy == pytest.approx(kerass.test_accuracy)
        assert own.test_loss == pytest.approx(kerass.test_loss, rel=1e-4)
        for array, judge in zip(network.parameters.values(), model.get_weights(), strict=True):
            np.testing.assert_allclose(array, judge, rtol=0, atol=1e-5)


def test_chapters_models_train():
    for trainer in (KerasTrainer(MNIST.keras_model()), NumpyTrainer(MNIST.network(np.random.default_rng(0)))):
        run = train(trainer, digits(), settings(1), Recorder())
        assert run.epochs_done == 1
        assert np.isfinite(run.test_loss)


@pytest.mark.parametrize(
    ("interrupted", "watched", "sentence"),
    [
        (False, "test", "Epoch 2 of 3: test accuracy 97.3 %, 12 s."),
        (True, "held-out", "Interrupted after 2 of 3 epochs: held-out accuracy 97.3 %, 12 s."),
    ],
)
def test_run_says_what_it_came_to(interrupted, watched, sentence):
    run = finished({"loss": [2, 1]}, interrupted, seconds=12.3, test_accuracy=0.9731, watched=watched)
    assert str(run) == repr(run) == sentence


def test_held_out_pictures_are_called_so():
    recorder = Recorder()
    run = train(numpy_trainer(), hold_out(digits(), 20, np.random.default_rng(0)), settings(1), recorder)
    assert recorder.calls[0][-1] == "held-out"
    assert "held-out accuracy" in str(run)


# The pictures


class Batches:
    """A trainer that keeps what it is given."""

    classes, picture = 10, None

    def __init__(self):
        self.epochs = []

    def epoch(self, batches, count, batch_done):
        self.epochs.append(list(batches))
        assert len(self.epochs[-1]) == count
        return {"accuracy": 0.5, "loss": 1.0}

    def measure(self, x, target):
        return 1.0, 0.5

    def predict(self, x):
        return np.full((len(x), 10), 0.1)

    def weights(self):
        return {}


def epochs_of(seed=0, epochs=2, **settings):
    """The pictures and labels of every epoch, in their order."""
    trainer = Batches()
    train(trainer, digits(), Settings(**{"epochs": epochs, "batch_size": 24} | settings), Recorder(), seed)
    return [[np.concatenate(part) for part in zip(*batches, strict=True)] for batches in trainer.epochs]


def test_an_epoch_holds_every_picture_once_with_its_label():
    data = digits()
    x, y = epochs_of()[0]  # the last batch is shorter
    wanted = {(x.tobytes(), label) for x, label in zip(data.x_train, data.y_train, strict=True)}
    found = {
        (np.rint(picture * 255).astype(np.uint8).tobytes(), one_hot.argmax())
        for picture, one_hot in zip(x, y, strict=True)
    }
    assert found == wanted
    assert len(x) == len(data.x_train)


def test_pictures_are_pixels_from_0_to_1_and_labels_one_hot():
    x, y = epochs_of()[0]
    assert x.dtype == np.float32
    assert (x.min(), x.max()) == (0, 1)
    assert y.shape == (64, 10)
    assert set(np.unique(y)) == {0, 1}
    assert (y.sum(axis=1) == 1).all()


def test_every_epoch_has_an_order_of_its_own_that_the_seed_fixes():
    (first, _), (second, _) = epochs_of()
    assert not np.array_equal(first, second)
    # That of the recorded trainings.
    order = np.random.default_rng([0, 1]).permutation(64)
    np.testing.assert_array_equal(first, digits().x_train[order].astype(np.float32) / 255)
    assert not np.array_equal(first, epochs_of(seed=1)[0][0])


def test_pictures_that_are_drawn_come_from_everywhere():
    data = digits()
    x, _ = epochs_of(training_pictures=20)[0]
    places = [
        int(np.flatnonzero((data.x_train == np.rint(255 * picture)).all(axis=(1, 2, 3)))[0]) for picture in x
    ]
    assert len(set(places)) == 20
    assert min(places) < 20
    assert max(places) > 43


# Data that do not fit


@pytest.fixture(scope="module")
def kerass():
    return keras_trainer()


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
def test_data_that_do_not_fit_are_refused(part, kind, change, expected, kerass):
    key = f"{kind}_{part}"
    data = replace(digits(), **{key: change(getattr(digits(), key))})
    recorder = Recorder()
    with pytest.raises(ValueError, match=f"^expected {key} to be .*{expected}"):
        train(kerass, data, settings(1), recorder)
    assert recorder.calls == []


def test_a_numpy_network_takes_pictures_of_any_side_and_no_class_it_has_no_unit_for():
    data = digits()
    assert train(numpy_trainer(), data, settings(1), Recorder()).epochs_done == 1
    with pytest.raises(ValueError, match=r"expected y_train to be whole numbers from 0 to 9, .*, got uint8"):
        train(numpy_trainer(), replace(data, y_train=data.y_train + 1), settings(1), Recorder())


# An interrupt


@each_trainer
def test_interrupt_keeps_what_was_learnt(make):
    trainer = make()
    start = trainer.weights()["dense/kernel"]
    recorder = Recorder(trainer, interrupt_at=BATCHES + 2)
    run = train(trainer, digits(), settings(3), recorder)
    assert (run.interrupted, run.epochs_done, run.epochs) == (True, 1, 3)
    assert all(len(values) == 1 for values in run.history.values())
    kernel = run.weights["dense/kernel"]
    assert not np.array_equal(kernel, start)
    assert not np.array_equal(kernel, recorder.kernels[0])
    np.testing.assert_array_equal(trainer.predict(digits().x_test / np.float32(255)), run.test_probabilities)
    assert recorder.calls[-2:] == [("training_done", True), ("end", run)]
    # And it can be trained on.
    again = train(trainer, digits(), settings(2), Recorder())
    assert (again.interrupted, again.epochs_done) == (False, 2)


def test_interrupt_in_the_first_epoch_leaves_an_empty_history():
    run = train(numpy_trainer(), digits(), settings(3), Recorder(interrupt_at=1))
    assert (run.interrupted, run.epochs_done) == (True, 0)
    assert run.history == {"accuracy": [], "loss": [], "val_accuracy": [], "val_loss": [], "seconds": []}
    assert np.isfinite(run.test_loss)


def test_second_interrupt_passes_through():
    class Impatient(Recorder):
        def training_done(self, interrupted):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(numpy_trainer(), digits(), settings(1), Impatient(interrupt_at=1))
