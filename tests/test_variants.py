"""The variants of the chapter's networks: layers, parameters, weights and a training of each."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from trainings import Recorder, assert_same_state, digits, numbers

from helpers.datasets import Dataset, load_cifar10, load_mnist
from helpers.programs import CIFAR10, MNIST, MODELS, VARIANTS, Recipe
from helpers.programs.keras_layers import FastBatchNormalization, UnsharedConv2D
from helpers.programs.keras_models import with_weights
from helpers.programs.recipe import one_cycle
from helpers.programs.variants import CIFAR10_VARIANTS, GROUPS, MNIST_VARIANTS
from helpers.runs import RunFolder, Settings, recorded
from helpers.runs.folder import read_run
from helpers.training import KerasTrainer, train
from helpers.training.__main__ import main

pytestmark = pytest.mark.slow

each_variant = pytest.mark.parametrize("name", VARIANTS)

# What the chapter's networks have: filters with a bias each, and units with a bias each.
_CONV1, _CONV2 = (5 * 5 * 1 + 1) * 16, (5 * 5 * 16 + 1) * 36
_LAST = (128 + 1) * 10
_HEAD = (7 * 7 * 36 + 1) * 128 + _LAST
_PHOTOGRAPHS = (3 * 3 * 3 + 1) * 32 + (3 * 3 * 32 + 1) * 64 + (8 * 8 * 64 + 1) * 1024 + (1024 + 1) * 10


def _module(channels, one, three, five, pooled):
    """Count an inception module's parameters."""
    few_three, few_five = three // 2, five // 2
    return (
        (channels + 1) * (one + few_three + few_five + pooled)
        + (9 * few_three + 1) * three
        + (25 * few_five + 1) * five
    )


PARAMETERS = {
    "mnist-chapter": _CONV1 + _CONV2 + _HEAD,
    "mnist-no-dropout": _CONV1 + _CONV2 + _HEAD,
    "mnist-no-pooling": _CONV1 + _CONV2 + (28 * 28 * 36 + 1) * 128 + _LAST,
    "mnist-average-pooling": _CONV1 + _CONV2 + _HEAD,
    "mnist-stride": _CONV1 + _CONV2 + _HEAD,
    "mnist-random-filters": _CONV1 + _CONV2 + _HEAD,
    "mnist-unshared": 28 * 28 * _CONV1 + 14 * 14 * _CONV2 + _HEAD,
    "mnist-dense": (28 * 28 + 1) * 264 + (264 + 1) * 128 + _LAST,
    "mnist-3x3-twice": (9 + 1) * 16 + (9 * 16 + 1) * (16 + 36) + (9 * 36 + 1) * 36 + _HEAD,
    "mnist-global-average": _CONV1 + _CONV2 + (36 + 1) * 10,
    "cifar10-chapter": _PHOTOGRAPHS,
    "cifar10-mirrored": _PHOTOGRAPHS,
    "cifar10-mirrored-shifted": _PHOTOGRAPHS,
    "cifar10-weight-decay": _PHOTOGRAPHS,
    "cifar10-more-dropout": _PHOTOGRAPHS,
    # A normalisation has a factor, a sum, a mean and a variance for each map or unit.
    "cifar10-batch-normalisation": _PHOTOGRAPHS + 4 * (32 + 64 + 1024),
    "cifar10-normalisation-no-dropout": _PHOTOGRAPHS + 4 * (32 + 64 + 1024),
    "cifar10-chapter-longer": _PHOTOGRAPHS,
    "cifar10-mirrored-shifted-longer": _PHOTOGRAPHS,
    "cifar10-early-stopping": _PHOTOGRAPHS,
    "cifar10-vgg": (27 + 1) * 32
    + (9 * 32 + 1) * (32 + 64)
    + (9 * 64 + 1) * (64 + 128)
    + (9 * 128 + 1) * 128
    + (4 * 4 * 128 + 1) * 128
    + _LAST,
    "cifar10-inception": (27 + 1) * 32
    + _module(32, 32, 64, 16, 16)
    + _module(128, 48, 96, 24, 24)
    + _module(192, 64, 128, 32, 32)
    + (256 + 1) * 10,
    "cifar10-best": 9 * (3 * 32 + 32 * 32 + 32 * 64 + 2 * 64 * 64 + 64 * 128 + 2 * 128 * 128)
    + 4 * (2 * 32 + 3 * 64 + 3 * 128)
    + (128 + 1) * 10,
}

# The maps that the head gets: height, width and how many.
LAST_MAPS = {
    "mnist-no-pooling": (28, 28, 36),
    "cifar10-vgg": (4, 4, 128),
    "cifar10-inception": (8, 8, 256),
    "cifar10-best": (8, 8, 128),
}


@cache
def model_of(name):
    """Build a variant's model once; whoever changes it builds his own."""
    return VARIANTS[name].keras_model()


def data_of(name):
    """64 training and 40 test pictures in the form of the variant's own."""
    if name.startswith("mnist"):
        return digits()
    shapes = load_cifar10()
    chosen = np.random.default_rng(0).permutation(4000)[:64]
    return Dataset(
        "shapes",
        shapes.x_train[chosen],
        shapes.y_train[chosen],
        shapes.x_test[::25],
        shapes.y_test[::25],
        "the test",
    )


def train_variant(name, epochs, path=None, recipe_of=None, interrupt_at=None):
    """Train a variant, or train it as another one is."""
    trainer = KerasTrainer(VARIANTS[name].keras_model(3))
    recipe = VARIANTS[recipe_of or name].recipe
    recipe = replace(recipe, held_out=min(recipe.held_out, 16))  # there are only few pictures
    folder = path and RunFolder(path, {"model": name, "training_pictures": 64, "test_pictures": 40})
    recorder = Recorder(interrupt_at=interrupt_at)
    run = train(trainer, data_of(name), Settings(epochs, 16), recorder, 3, folder, recipe)
    return trainer, run


# What they are


def test_each_is_found_under_its_name():
    assert VARIANTS == MNIST_VARIANTS | CIFAR10_VARIANTS
    assert all(MODELS[name] is variant and variant.name == name for name, variant in VARIANTS.items())
    assert list(VARIANTS) == list(PARAMETERS)


@each_variant
def test_parameters_are_those_counted_by_hand(name):
    assert model_of(name).count_params() == PARAMETERS[name] == VARIANTS[name].costs.parameters


@each_variant
def test_multiplications_are_those_of_keras_s_kernels(name):
    model = model_of(name)
    expected = 0
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            # Each weight is used once for each place of the output; unshared ones have their places already.
            places = math.prod(layer.output.shape[1:-1]) if type(layer).__name__ == "Conv2D" else 1
            expected += places * math.prod(layer.kernel.shape)
    assert VARIANTS[name].costs.multiplications == expected
    assert VARIANTS[name].costs.shape == (10,)


def test_every_variant_has_words_of_its_own():
    for group in GROUPS.values():
        titles = [program.title for program in group.values()]
        assert titles[0] == "the chapter's network"
        assert len({*titles, *(program.change for program in group.values())}) == 2 * len(group)


def test_the_best_network_is_small_and_the_dense_one_as_large_as_the_chapters():
    assert PARAMETERS["cifar10-best"] < 500_000 < PARAMETERS["cifar10-chapter"] / 8
    assert abs(PARAMETERS["mnist-dense"] / MNIST.keras_model().count_params() - 1) < 0.002


@each_variant
def test_sides_are_those_of_the_layers(name):
    model = model_of(name)
    assert (model.name, model.input_shape[1:], model.output_shape) == (
        name,
        VARIANTS[name].picture,
        (None, 10),
    )
    maps = [layer.output.shape[1:] for layer in model.layers if len(layer.output.shape) == 4]
    chapters = (7, 7, 36) if name.startswith("mnist") else (8, 8, 64)
    assert maps[-1] == ((28, 28, 1) if name == "mnist-dense" else LAST_MAPS.get(name, chapters))


@each_variant
def test_names_of_weights_are_unique_and_stay(name):
    variables = [variable.path for layer in model_of(name).layers for variable in layer.weights]
    weights = KerasTrainer(model_of(name)).weights()
    assert len(weights) == len(variables)
    again = KerasTrainer(VARIANTS[name].keras_model(1)).weights()
    assert {key: array.shape for key, array in weights.items()} == {
        key: array.shape for key, array in again.items()
    }


@pytest.mark.parametrize(("name", "program"), [("mnist-chapter", MNIST), ("cifar10-chapter", CIFAR10)])
def test_the_chapters_variant_is_the_chapters_network(name, program):
    variant, chapters = VARIANTS[name].keras_model(5), program.keras_model(5)
    assert type(variant.optimizer) is type(chapters.optimizer)
    for one, other in zip(variant.get_weights(), chapters.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    x = data_of(name).x_test[:3] / np.float32(255)
    np.testing.assert_allclose(
        variant.predict(x, verbose=0), chapters.predict(x, verbose=0), rtol=0, atol=1e-6
    )
    rates = [
        [layer.rate for layer in model.layers if hasattr(layer, "rate")] for model in (variant, chapters)
    ]
    assert rates[0] == rates[1]


def test_digits_are_those_that_lessons_do_not_show(monkeypatch, full_datasets):
    bundled = {picture.tobytes() for picture in load_mnist().x_test}
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    pictures = MNIST_VARIANTS["mnist-stride"].load().x_train
    assert len(pictures) == 59_000
    assert not bundled & {picture.tobytes() for picture in pictures}


# Their layers


def test_an_unshared_convolution_has_filters_of_its_own_at_every_place():
    rng = np.random.default_rng(0)
    layer = UnsharedConv2D(4, 3)
    x = rng.normal(size=(2, 5, 6, 2)).astype(np.float32)
    layer.build(x.shape)
    kernel, bias = (rng.normal(size=variable.shape).astype(np.float32) for variable in layer.weights)
    layer.set_weights([kernel, bias])
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    expected = np.empty((2, 5, 6, 4))
    for n, i, j, k in np.ndindex(expected.shape):
        expected[n, i, j, k] = np.sum(padded[n, i : i + 3, j : j + 3] * kernel[i, j, ..., k]) + bias[i, j, k]
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)
    assert layer.compute_output_shape(x.shape) == expected.shape


def test_with_the_same_filters_everywhere_it_is_a_convolution_and_so_are_its_gradients():
    import tensorflow as tf

    rng = np.random.default_rng(1)
    x = tf.constant(rng.normal(size=(2, 6, 5, 3)), tf.float32)
    upstream = rng.normal(size=(2, 6, 5, 4)).astype(np.float32)
    kernel = tf.Variable(rng.normal(size=(5, 5, 3, 4)).astype(np.float32))
    layer = UnsharedConv2D(4, 5)
    layer.build(x.shape)
    layer.set_weights([np.broadcast_to(kernel, layer.kernel.shape), np.zeros(layer.bias.shape)])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        shared = tf.nn.conv2d(x, kernel, 1, "SAME")
        own = layer(x)
    np.testing.assert_allclose(own, shared, atol=1e-4)
    np.testing.assert_allclose(tape.gradient(own, x, upstream), tape.gradient(shared, x, upstream), atol=1e-4)
    of_places = tape.gradient(own, layer.kernel.value, upstream)
    np.testing.assert_allclose(
        tf.reduce_sum(of_places, axis=(0, 1)), tape.gradient(shared, kernel, upstream), atol=1e-3
    )


def test_its_first_weights_are_as_large_as_a_convolutions():
    layer = UnsharedConv2D(36, 5)
    layer.build((None, 14, 14, 16))
    largest = np.sqrt(6 / (25 * 16 + 25 * 36))
    assert np.abs(layer.kernel).max() == pytest.approx(largest, rel=1e-3)
    assert np.std(layer.kernel) == pytest.approx(largest / np.sqrt(3), rel=1e-2)


def test_the_fast_normalisation_does_what_keras_does():
    import tensorflow as tf

    from helpers.keras_backend import keras

    rng = np.random.default_rng(2)
    x = tf.constant(rng.normal(3, 2, size=(16, 6, 6, 5)), tf.float32)
    upstream = rng.normal(size=x.shape).astype(np.float32)
    fast, judge = FastBatchNormalization(momentum=0.9), keras.layers.BatchNormalization(momentum=0.9)
    found = []
    for layer in (fast, judge):
        layer.build(x.shape)
        layer.set_weights([np.arange(5) + 0.5, np.arange(5) - 1, np.full(5, 2), np.full(5, 3)])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
        found.append([y, *tape.gradient(y, [x, layer.gamma.value, layer.beta.value], upstream)])
        found[-1] += [layer.moving_mean, layer(x)]
    for one, other in zip(*found, strict=True):
        # TensorFlow's variance is that of a sample, n / (n - 1) times Keras's: here 0.2 % more.
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)
    n = 16 * 6 * 6
    of_batch = np.var(x, axis=(0, 1, 2))
    np.testing.assert_allclose(fast.moving_variance, 0.9 * 3 + 0.1 * of_batch * n / (n - 1), rtol=1e-5)
    np.testing.assert_allclose(judge.moving_variance, 0.9 * 3 + 0.1 * of_batch, rtol=1e-5)


# Their trainings


def test_a_variant_is_not_trained_in_numpy(capsys):
    with pytest.raises(SystemExit):
        main(["cifar10-best", "--numpy"])
    assert "got cifar10-best; leave out --numpy" in capsys.readouterr().err


# One of those with the same layers.
LAYERS = {count: name for name, count in PARAMETERS.items()}


@pytest.mark.parametrize("name", ["mnist-chapter", *LAYERS.values()])
def test_each_trains_all_its_weights_but_those_that_stay_random(name):
    start = KerasTrainer(VARIANTS[name].keras_model(3)).weights()
    trainer, run = train_variant(name, 1)
    assert run.epochs_done == 1
    assert np.isfinite(run.test_loss)
    unchanged = {key for key, array in trainer.weights().items() if np.array_equal(array, start[key])}
    random = {f"conv{i}/{part}" for i in (1, 2) for part in ("kernel", "bias")}
    assert unchanged == (random if name == "mnist-random-filters" else set())


@pytest.mark.parametrize("name", ["mnist-random-filters", "cifar10-best"])
def test_a_record_gives_the_predictions_back(name, tmp_path):
    """Weights that are not trained are in it, and the moving means of a normalisation."""
    _, run = train_variant(name, 1, tmp_path)
    model = with_weights(VARIANTS[name].keras_model(4), read_run(tmp_path).weights)
    x = data_of(name).x_test / np.float32(255)
    np.testing.assert_allclose(model.predict(x, verbose=0), run.test_probabilities, atol=0.01)


@pytest.mark.parametrize(
    ("name", "recipe_of"), [("cifar10-best", "cifar10-best"), ("mnist-dense", "cifar10-early-stopping")]
)
def test_a_resumed_training_comes_to_the_same(name, recipe_of, tmp_path):
    _, stopped = train_variant(name, 2, tmp_path, recipe_of, interrupt_at=6)
    assert (stopped.interrupted, stopped.epochs_done) == (True, 1)
    resumed, run = train_variant(name, 2, tmp_path, recipe_of)
    unbroken, judge = train_variant(name, 2, recipe_of=recipe_of)
    assert numbers(run.history) == numbers(judge.history)
    assert_same_state(resumed, unbroken)
    assert "learning_rate" in run.history
    assert ("held_out_loss" in run.history) == (recipe_of == "cifar10-early-stopping")
    assert read_run(tmp_path).history == run.history


def test_keras_takes_its_steps_with_the_learning_rate_that_is_set():
    trainer = KerasTrainer(VARIANTS["cifar10-best"].keras_model())
    trainer.set_learning_rate(0.0)
    before = trainer.weights()
    train(trainer, data_of("cifar10-best"), Settings(1, 32), Recorder())
    learnt = {
        name.split("/")[1] for name, array in trainer.weights().items() if (array != before[name]).any()
    }
    assert learnt == {"moving_mean", "moving_variance"}


def test_weight_decay_and_momentum_leave_biases_and_normalisations_alone():
    model = VARIANTS["cifar10-best"].keras_model()
    model.optimizer.build(model.trainable_variables)
    decayed = {
        layer.name
        for layer in model.layers
        for variable in layer.trainable_variables
        if model.optimizer._use_weight_decay(variable)
    }
    assert decayed == {*(f"conv{i}" for i in range(1, 9)), "dense1"}
    kernel, bias = model.get_layer("dense1").trainable_variables
    assert not model.optimizer._use_weight_decay(bias)
    assert model.optimizer._use_weight_decay(kernel)


def test_what_is_recorded_of_a_variant_is_found_under_its_own_name(tmp_path, monkeypatch):
    train_variant("mnist-dense", 1, tmp_path / "mnist-dense-seed3")
    monkeypatch.setattr(recorded, "_RECORDED", tmp_path)
    assert [run.name for run in recorded.recorded_runs("mnist-dense")] == ["mnist-dense-seed3"]
    with pytest.raises(ValueError, match="expected a model with recorded trainings, got 'mnist'"):
        recorded.recorded_runs("mnist")


# What a recipe does


class Watched:
    """A trainer that keeps the pictures it is given, and whose losses are made up."""

    classes, picture = 10, None

    def __init__(self, held_out_losses=()):
        self.epochs, self.rates, self.measured = [], [], []
        self._losses = iter(held_out_losses)

    def set_learning_rate(self, rate):
        self.rates.append(rate)

    def epoch(self, batches, count, batch_done):
        self.epochs.append(np.concatenate([x for x, _ in batches]))
        return {"accuracy": 0.5, "loss": 1.0}

    def measure(self, x, target):
        self.measured.append(x)
        return (next(self._losses), 0.5) if len(x) == 16 else (1.0, 0.5)

    def predict(self, x):
        return np.full((len(x), 10), 0.1)

    def weights(self):
        return {}


def test_held_out_pictures_are_never_trained_on_nor_changed_and_the_test_set_stays():
    def black(x, rng):
        return np.where(x > 0, np.uint8(rng.integers(1, 9)), x)

    trainer = Watched([3.0, 2.0])
    data = data_of("mnist-chapter")
    run = train(trainer, data, Settings(2, 16), Recorder(), recipe=Recipe((black,), held_out=16))
    assert run.history["held_out_loss"] == [3.0, 2.0]
    assert [len(x) for x in trainer.epochs] == [48, 48]
    test, held_out, *others = trainer.measured
    np.testing.assert_array_equal(others[1], held_out)
    np.testing.assert_array_equal(test, data.x_test / np.float32(255))
    assert test.max() == held_out.max() == 1
    assert 0 < trainer.epochs[0].max() < 9 / 255
    shapes = {(picture > 0).tobytes() for picture in np.concatenate([held_out, trainer.epochs[0]])}
    assert shapes == {(picture > 0).tobytes() for picture in data.x_train}


def test_the_learning_rate_is_that_of_the_recipe():
    trainer = Watched()
    recipe = Recipe(learning_rate=one_cycle(0.2, rise=5))
    run = train(trainer, data_of("mnist-chapter"), Settings(7, 16), Recorder(), recipe=recipe)
    np.testing.assert_allclose(trainer.rates, [0.04, 0.08, 0.12, 0.16, 0.2, 0.4 / 3, 0.2 / 3])
    assert run.history["learning_rate"] == trainer.rates


def test_every_epoch_changes_the_pictures_in_another_way_that_the_seed_fixes():
    def noise(x, rng):
        return rng.integers(0, 256, x.shape, dtype=np.uint8)

    def epochs(seed):
        trainer = Watched()
        train(trainer, data_of("mnist-chapter"), Settings(2, 16), Recorder(), seed, recipe=Recipe((noise,)))
        return trainer.epochs

    first, second = epochs(0)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(epochs(0), [first, second])
    assert not np.array_equal(epochs(1)[0], first)


def test_a_recipe_ends_a_training_that_is_stuck(tmp_path):
    recipe = VARIANTS["cifar10-early-stopping"].recipe
    losses = [2.0, 1.0, 1.1, 1.0, 0.9, 0.9, 0.95, 0.8, 0.8, 0.8, 0.1]
    trainer = Watched(losses)
    recorder = Recorder()
    data = data_of("mnist-chapter")
    run = train(trainer, data, Settings(50, 16), recorder, recipe=replace(recipe, held_out=16))
    assert (run.epochs_done, run.interrupted) == (10, False)
    np.testing.assert_allclose(trainer.rates, [1e-3] * 4 + [1e-4] * 3 + [1e-5] * 3)
    assert recorder.calls[-2:] == [("training_done", False), ("end", run)]


# What was recorded


@each_variant
def test_recorded_weights_are_those_of_the_variant(name):
    """The largest are recorded without their weights, but for the one whose digits lesson 3-5d moves."""
    if any(run.startswith(f"{name}-seed") for run in recorded._names()):
        for run in recorded.recorded_runs(name):
            if PARAMETERS[name] < 1_000_000 or run.name == "mnist-no-pooling-seed0":
                assert sum(array.size for array in run.weights.values()) == PARAMETERS[name]
            else:
                with pytest.raises(ValueError, match="expected a recorded training with its weights"):
                    _ = run.weights
