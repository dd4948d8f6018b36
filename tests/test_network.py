"""The NumPy twins against the Keras models: names, predictions, gradients and steps of training."""

import numpy as np
import pytest

from helpers import chapter
from helpers.datasets import load_mnist
from helpers.reference import network as network_module
from helpers.reference.layers import Dense, ReLU
from helpers.reference.network import Sequential, cifar10_network, mnist_network
from helpers.reference.optimizers import Adam
from helpers.runs import recorded_weights

TWINS = {"mnist": (mnist_network, (28, 28, 1)), "cifar10": (cifar10_network, (32, 32, 3))}
both = pytest.mark.parametrize("name", TWINS)


def twin(name, seed=0):
    return TWINS[name][0](np.random.default_rng(seed))


def batch(name, size, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.random((size, *TWINS[name][1]), dtype=np.float32)
    return x, np.eye(10, dtype=np.float32)[rng.integers(0, 10, size)]


def without_dropout(model, **adam):
    """Copy a Keras model with the rate of every dropout layer 0; its weights are shared."""
    from helpers.keras_backend import keras

    def copy(layer):
        return keras.layers.Dropout(0) if layer.name.startswith("dropout") else layer

    copied = keras.models.clone_model(model, clone_function=copy)
    copied.compile(keras.optimizers.Adam(**adam), "categorical_crossentropy", jit_compile=False)
    return copied


@pytest.fixture
def in_float64():
    """Let Keras compute with 64 bits for the time of a test."""
    from helpers.keras_backend import keras

    for change in (keras.config.set_floatx, keras.config.set_dtype_policy):
        change("float64")
    yield
    for change in (keras.config.set_floatx, keras.config.set_dtype_policy):
        change("float32")


def losses_of_both(network, model, optimizer, batches):
    """Train a twin and its Keras model on the same batches; return their losses, step by step."""
    own, kerass = [], []
    for x, target in batches:
        loss, _, gradients = network.loss_and_gradients(x, target)
        optimizer.step(network.parameters, gradients)
        own.append(loss)
        model.reset_metrics()
        kerass.append(model.train_on_batch(x, target, return_dict=True)["loss"])
    return own, kerass


@pytest.fixture(scope="module", params=TWINS)
def pair(request):
    """A twin and its Keras model with the same weights, and the model's variables by the twin's names."""
    from helpers.programs import keras_models as models

    model = getattr(models, f"{request.param}_model")()
    variables = {variable.path.partition("/")[2]: variable for variable in model.trainable_variables}
    network = twin(request.param, seed=4)
    network.set_parameters({name: variable.numpy() for name, variable in variables.items()})
    return request.param, network, model, variables


def test_has_the_parameters_of_keras(pair):
    name, network, _, variables = pair
    shapes = {name: array.shape for name, array in network.parameters.items()}
    assert shapes == {name: tuple(variable.shape) for name, variable in variables.items()}
    counts = {"mnist": chapter.MNIST_PARAMETERS, "cifar10": chapter.CIFAR10_PARAMETERS}
    assert sum(array.size for array in network.parameters.values()) == counts[name]


def test_drops_at_the_rates_of_keras(pair):
    _, network, model, _ = pair
    own = [layer.rate for layer in network.layers if layer.name.startswith("dropout")]
    assert own == [layer.rate for layer in model.layers if layer.name.startswith("dropout")]


def test_starts_from_weights_as_wide_as_those_of_keras(pair):
    name, _, _, variables = pair
    for parameter, array in twin(name).parameters.items():
        assert array.dtype == np.float32
        assert array.std() == pytest.approx(float(np.std(variables[parameter])), rel=0.15)


def test_gives_the_probabilities_of_keras(pair):
    name, network, model, _ = pair
    x, _ = batch(name, 40)
    np.testing.assert_allclose(network.predict(x), model.predict(x, verbose=0), rtol=1e-4, atol=1e-6)


def test_has_the_loss_and_gradients_of_tensorflow(pair):
    import tensorflow as tf

    name, network, model, variables = pair
    x, target = batch(name, 6)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.keras.losses.categorical_crossentropy(target, model(x, training=False)))
    expected = tape.gradient(loss, variables)
    own_loss, probabilities, gradients = network.loss_and_gradients(x, target)
    assert own_loss == pytest.approx(float(loss), rel=1e-5)
    np.testing.assert_allclose(probabilities, network.predict(x), rtol=1e-6)
    assert gradients.keys() == expected.keys()
    for parameter, gradient in gradients.items():
        judge = expected[parameter].numpy()
        # float32, sums of up to 4,096 terms in another order.
        np.testing.assert_allclose(gradient, judge, rtol=0, atol=2e-5 * np.abs(judge).max())


def test_takes_the_steps_of_keras(pair):
    name, network, model, _ = pair
    start = {parameter: array.copy() for parameter, array in network.parameters.items()}
    trained = without_dropout(model)
    batches = [batch(name, 16, seed=step) for step in range(4)]
    np.testing.assert_allclose(*losses_of_both(network, trained, Adam(), batches), rtol=1e-4)
    for array, variable in zip(network.parameters.values(), trained.trainable_variables, strict=True):
        np.testing.assert_allclose(array, variable.numpy(), rtol=0, atol=1e-3)
    assert any(np.abs(array - start[name]).max() > 2e-3 for name, array in network.parameters.items())
    network.set_parameters(start)


@pytest.mark.slow
@both
def test_takes_the_steps_of_keras_to_the_last_digits_in_float64(name, in_float64):
    from helpers.programs import keras_models as models

    # Near the usual ones; Keras rounds them to 32 bits, which hold these exactly.
    betas = {"beta_1": 7 / 8, "beta_2": 1023 / 1024}
    model = without_dropout(getattr(models, f"{name}_model")(), **betas)
    network = twin(name)
    weights = [np.array(variable, np.float64) for variable in model.get_weights()]
    network.set_parameters(dict(zip(network.parameters, weights, strict=True)))
    batches = [[array.astype(np.float64) for array in batch(name, 16, seed=step)] for step in range(12)]
    np.testing.assert_allclose(*losses_of_both(network, model, Adam(**betas), batches), rtol=1e-12)
    for array, judge in zip(network.parameters.values(), model.get_weights(), strict=True):
        np.testing.assert_allclose(array, judge, rtol=0, atol=1e-10)


def test_takes_recorded_weights_unchanged():
    network = twin("mnist")
    network.set_parameters(recorded_weights("mnist-seed1"))
    sample = load_mnist()
    x = sample.x_test[:200] / np.float32(255)
    assert np.mean(network.predict(x).argmax(axis=1) == sample.y_test[:200]) > 0.97


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_neither_blocks_nor_threads_change_the_gradients(workers, monkeypatch):
    network = twin("mnist")
    x, target = batch("mnist", 10)
    whole = network.loss_and_gradients(x, target)
    monkeypatch.setattr(network_module, "_BLOCK", 4)
    loss, probabilities, gradients = network.loss_and_gradients(x, target, workers=workers)
    assert loss == pytest.approx(whole[0], rel=1e-6)
    np.testing.assert_allclose(probabilities, whole[1], rtol=1e-5)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, whole[2][name], rtol=0, atol=1e-6)


def test_the_same_generator_drops_the_same_however_many_threads(monkeypatch):
    monkeypatch.setattr(network_module, "_BLOCK", 4)
    network = twin("mnist")
    x, target = batch("mnist", 10)
    losses = [
        network.loss_and_gradients(x, target, np.random.default_rng(2), workers)[0] for workers in (1, 2)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
    assert losses[0] != pytest.approx(network.loss_and_gradients(x, target)[0], rel=1e-3)
    assert losses[0] != pytest.approx(
        network.loss_and_gradients(x, target, np.random.default_rng(3))[0], rel=1e-3
    )


def test_the_same_generator_draws_the_same_network():
    one, same, other = (twin("mnist", seed).parameters["conv1/kernel"] for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_trains_weights_that_lie_transposed_in_memory():
    rng = np.random.default_rng(0)
    weights, x, target = (
        rng.standard_normal((3, 8)),
        rng.standard_normal((20, 8)),
        np.eye(3)[rng.integers(0, 3, 20)],
    )
    networks = [Sequential([Dense("d", array)]) for array in (weights.T, np.ascontiguousarray(weights.T))]
    networks.append(Sequential([Dense("d", np.zeros((8, 3)))]))
    networks[-1].set_parameters({"d/kernel": weights.T, "d/bias": np.zeros(3)})
    losses = []
    for network in networks:
        adam = Adam(0.1)
        for _ in range(20):
            loss, _, gradients = network.loss_and_gradients(x, target)
            adam.step(network.parameters, gradients)
        losses.append(loss)
        assert not np.allclose(network.parameters["d/kernel"], weights.T)
    assert losses[0] == losses[1] == losses[2]


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
def test_probabilities_of_whole_numbers_are_not_cut(dtype):
    network = twin("mnist")
    x = np.random.default_rng(1).integers(0, 2, (70, 28, 28, 1))
    target = np.eye(10)[np.random.default_rng(2).integers(0, 10, 70)]
    loss, probabilities, gradients = network.loss_and_gradients(x.astype(dtype), target)
    judge = network.loss_and_gradients(x.astype(np.float32), target.astype(np.float32))
    assert loss == pytest.approx(judge[0], rel=1e-5)
    np.testing.assert_allclose(probabilities, judge[1], rtol=1e-4)
    np.testing.assert_allclose(gradients["dense2/bias"], judge[2]["dense2/bias"], rtol=0, atol=1e-6)


def test_of_no_picture_there_are_no_probabilities():
    assert twin("mnist").predict(np.ones((0, 28, 28, 1), np.float32)).shape == (0, 10)


def test_refuses_a_seed_for_a_generator():
    with pytest.raises(TypeError, match=r"^expected a NumPy random generator for rng, got 3"):
        twin("mnist").loss_and_gradients(*batch("mnist", 2), rng=3)


def test_refuses_layers_of_the_same_name():
    with pytest.raises(ValueError, match=r"^expected at least one layer, .* got \['relu', 'relu'\]"):
        Sequential([ReLU("relu"), ReLU("relu")])
    with pytest.raises(ValueError, match=r"^expected at least one layer, .* got \[\]"):
        Sequential([])


@pytest.mark.parametrize(
    "weights",
    [{}, {"dense/kernel": np.ones((3, 2))}, {"dense/kernel": np.ones((2, 3)), "dense/bias": np.ones(2)}],
)
def test_refuses_parameters_of_another_model(weights):
    network = Sequential([Dense("dense", np.ones((3, 2)))])
    with pytest.raises(
        ValueError, match=r"^expected parameters \{'dense/kernel': \(3, 2\), 'dense/bias': \(2,\)\}, got \{"
    ):
        network.set_parameters(weights)


@pytest.mark.parametrize(("pictures", "targets"), [(3, 2), (0, 0)])
def test_refuses_targets_that_do_not_fit(pictures, targets):
    network = Sequential([Dense("dense", np.ones((3, 2)))])
    with pytest.raises(
        ValueError, match=rf"^expected one target per picture, .* got \({pictures}, 3\) and \({targets}, 2\)"
    ):
        network.loss_and_gradients(np.ones((pictures, 3)), np.ones((targets, 2)))


@both
def test_refuses_pictures_of_another_size(name):
    with pytest.raises(ValueError, match="expected"):
        twin(name).predict(np.ones((2, 20, 20, 2), np.float32))


def test_refuses_no_threads():
    with pytest.raises(ValueError, match="expected at least 1 for workers, got 0"):
        twin("mnist").loss_and_gradients(*batch("mnist", 2), workers=0)
