"""The NumPy twins against the Keras models: names, outputs, gradients and steps of training."""

from pathlib import Path

import numpy as np
import pytest

from helpers import chapter
from helpers.datasets import load_mnist
from helpers.programs import MNIST, PROGRAMS
from helpers.reference.activations import softmax
from helpers.reference.counting import conv2d_parameters, dense_parameters
from helpers.reference.layers import Dense, ReLU
from helpers.reference.network import Sequential, cifar10_network, mnist_network, small_network
from helpers.reference.optimizers import Adam

RESULT = Path(__file__).parents[1] / "data" / "runs" / MNIST.weights_run / "result.npz"
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
    model = PROGRAMS[request.param].keras_model()
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
        keras_array = variables[parameter].numpy()
        # Both are evenly spread; of 400 weights the deviation strays by about 2 %.
        assert array.std() == pytest.approx(keras_array.std(), rel=0.1)
        assert np.abs(array).max() == pytest.approx(np.abs(keras_array).max(), rel=0.05)


def recorded(name):
    return PROGRAMS[name].trained_network()


@both
def test_every_layer_gives_what_kerass_gives(name):
    from helpers.keras_backend import keras

    network, model = recorded(name), PROGRAMS[name].keras_model()
    for variable in model.trainable_variables:
        variable.assign(network.parameters[variable.path.partition("/")[2]])
    images = load_mnist().x_test[:64] / np.float32(255) if name == "mnist" else batch(name, 16)[0]
    own = network.outputs(images)
    # Keras's dense layers hold their activation, ReLU or softmax.
    kept = {layer: layer for layer in own if layer not in ("dense1", "relu3", "dense2", "probabilities")}
    kept |= {"relu3": "dense1", "probabilities": "dense2"}
    outputs = {layer: model.get_layer(kerass).output for layer, kerass in kept.items()}
    kerass = keras.Model(model.inputs, outputs).predict(images, verbose=0)
    assert [layer for layer in own if layer != "relu3"] == [layer.name for layer in model.layers]
    own["probabilities"] = softmax(own["dense2"])
    for layer, array in kerass.items():
        assert own[layer].shape == array.shape
        # float32 sums of up to 4,096 terms in another order.
        np.testing.assert_allclose(own[layer], array, rtol=0, atol=2e-5 * np.abs(array).max(), err_msg=layer)
    np.testing.assert_array_equal(own["relu3"], np.maximum(own["dense1"], 0))


@both
def test_outputs_scores_and_the_forward_pass_agree(name):
    network, (x, _) = twin(name), batch(name, 3)
    scores, backward_passes = network.forward(x)
    np.testing.assert_array_equal(network.outputs(x)["dense2"], scores)
    np.testing.assert_array_equal(network.scores(x), scores)
    assert len(backward_passes) == len(network.layers)


def test_many_pictures_have_the_scores_of_few():
    network, (x, _) = twin("mnist"), batch("mnist", 300)
    np.testing.assert_allclose(network.scores(x)[-20:], network.scores(x[-20:]), rtol=1e-5, atol=1e-6)


def test_the_layers_after_one_go_on_where_it_ends():
    network, (x, _) = twin("mnist"), batch("mnist", 3)
    outputs = network.outputs(x)
    rest = network.after("pool2")
    np.testing.assert_array_equal(rest.scores(outputs["pool2"]), outputs["dense2"])
    assert rest.parameters["dense1/kernel"] is network.parameters["dense1/kernel"]


@pytest.mark.parametrize("name", ["pool3", "dense2", None])
def test_refuses_a_layer_that_none_comes_after(name):
    with pytest.raises(ValueError, match=rf"^expected one of \['conv1', .* that others follow, got {name!r}"):
        twin("mnist").after(name)


def test_the_backward_passes_can_run_twice():
    network, (x, _) = twin("mnist"), batch("mnist", 2)
    scores, backward_passes = network.forward(x, np.random.default_rng(3))
    (grad_x, first), (_, again) = (network.backward(np.ones_like(scores), backward_passes) for _ in range(2))
    assert grad_x.shape == x.shape
    assert first.keys() == network.parameters.keys()
    for name, gradient in first.items():
        np.testing.assert_array_equal(gradient, again[name])


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
    # Near the usual ones; Keras rounds them to 32 bits, which hold these exactly.
    betas = {"beta_1": 7 / 8, "beta_2": 1023 / 1024}
    model = without_dropout(PROGRAMS[name].keras_model(), **betas)
    network = twin(name)
    weights = [np.array(variable, np.float64) for variable in model.get_weights()]
    network.set_parameters(dict(zip(network.parameters, weights, strict=True)))
    batches = [[array.astype(np.float64) for array in batch(name, 16, seed=step)] for step in range(12)]
    np.testing.assert_allclose(*losses_of_both(network, model, Adam(**betas), batches), rtol=1e-12)
    for array, judge in zip(network.parameters.values(), model.get_weights(), strict=True):
        np.testing.assert_allclose(array, judge, rtol=0, atol=1e-10)


def test_takes_recorded_weights_unchanged():
    network = recorded("mnist")
    sample = load_mnist()
    x = sample.x_test[:200] / np.float32(255)
    assert np.mean(network.predict(x).argmax(axis=1) == sample.y_test[:200]) > 0.97


def test_the_probabilities_recorded_with_the_weights_are_those_of_the_weights(full_datasets, monkeypatch):
    monkeypatch.setenv("CNN_DATASETS", str(full_datasets))
    full = load_mnist()
    with np.load(RESULT, allow_pickle=False) as file:
        probabilities = file["test_probabilities"]
    own = recorded("mnist").predict(full.x_test[:500] / np.float32(255))
    # The weights were rounded to float16, 11 bits, before this pass and not before that one.
    np.testing.assert_allclose(own, probabilities[:500], rtol=0, atol=0.02)
    # "99.3 % of the 10,000 test digits", as a lesson says.
    assert round(100 * np.mean(probabilities.argmax(axis=1) == full.y_test), 1) == 99.3


def test_dropout_follows_the_generator():
    network, (x, target) = twin("mnist"), batch("mnist", 10)

    def loss(rng):
        return network.loss_and_gradients(x, target, rng)[0]

    assert loss(np.random.default_rng(2)) == loss(np.random.default_rng(2))
    assert loss(np.random.default_rng(2)) != pytest.approx(loss(None), rel=1e-3)
    assert loss(np.random.default_rng(2)) != pytest.approx(loss(np.random.default_rng(3)), rel=1e-3)


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
        ValueError, match=rf"^expected a prediction and .* got \({pictures}, 2\) and \({targets}, 2\)"
    ):
        network.loss_and_gradients(np.ones((pictures, 3)), np.ones((targets, 2)))


@both
def test_refuses_pictures_of_another_size(name):
    with pytest.raises(ValueError, match="expected"):
        twin(name).predict(np.ones((2, 20, 20, 2), np.float32))


def test_the_small_network_is_the_chapters_with_fewer_filters():
    network = small_network(np.random.default_rng(0))
    assert sum(array.size for array in network.parameters.values()) == (
        conv2d_parameters(5, 1, 8) + conv2d_parameters(5, 8, 16) + dense_parameters(7 * 7 * 16, 10)
    )
    assert {array.dtype for array in network.parameters.values()} == {np.dtype(np.float32)}
    x, _ = batch("mnist", 3)
    small, large = network.outputs(x), twin("mnist").outputs(x)
    assert list(small)[:6] == list(large)[:6]
    assert all(small[name].shape[:3] == large[name].shape[:3] for name in list(small)[:6])
    assert small["dense"].shape == (3, 10)
