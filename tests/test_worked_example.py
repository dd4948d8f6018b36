"""The worked example: its printed numbers to the last digit, its gradients by two independent judges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judges import learn_step_by_step
from strategies import SEEDS

from helpers import chapter
from helpers.reference.activations import logistic
from helpers.reference.convolution import cross_correlate2d
from helpers.reference.gradient_check import numerical_gradient, relative_error
from helpers.reference.worked_example import (
    ALL_PARAMETERS,
    chapter_gradients,
    chapter_steps,
    learn,
    worked_example_backward,
    worked_example_forward,
)

IMAGE, TARGET = chapter.SECTION_3_3_INPUT, chapter.SECTION_3_3_TARGET
PARAMETERS = chapter.SECTION_3_3_PARAMETERS
PRINTED = {
    "feature_map": chapter.SECTION_3_3_FEATURE_MAP,
    "pooled": chapter.SECTION_3_3_POOLED,
    "hidden": chapter.SECTION_3_3_HIDDEN,
    "prediction": [chapter.SECTION_3_3_PREDICTION],
    "delta_hidden": chapter.SECTION_3_3_DELTA_HIDDEN,
    "delta_pooled": chapter.SECTION_3_3_DELTA_POOLED,
    "delta_feature_map": chapter.SECTION_3_3_DELTA_FEATURE_MAP,
    "relu_mask": chapter.SECTION_3_3_RELU_MASK,
    # Printed without signs; the test of the signs is below.
    "filter": -chapter.SECTION_3_3_FILTER_CORRECTION_SIZES,
}


def random_case(seed, square=False):
    """Draw an image, parameters and a target; every window of the pooling is without a tie or a kink."""
    rng = np.random.default_rng(seed)
    while True:
        rows, columns = rng.integers(5, 8, 2)
        f_rows, f_columns = rng.integers(1, 4, 2)
        if square:
            columns, f_columns = rows, f_rows
        image = rng.uniform(0, 1, (rows, columns))
        kernel = rng.uniform(-1, 1, (f_rows, f_columns))
        sums = cross_correlate2d(image, kernel)
        apart = np.diff(np.sort(np.append(sums.ravel(), 0)))
        if apart.min() > 1e-3:
            break
    inputs, hidden = (sums.shape[0] // 2) * (sums.shape[1] // 2), rng.integers(1, 4)
    parameters = {
        "filter": kernel,
        "weights1": rng.uniform(-1, 1, (inputs, hidden)),
        "weights2": rng.uniform(-1, 1, (hidden, 1)),
    }
    return image, parameters, rng.uniform(0, 1)


def numerical(image, parameters, target):
    """Measure the gradients of image and parameters by finite differences of the loss."""

    def loss_with(name):
        def loss(values):
            if name == "image":
                return worked_example_forward(values, parameters, target)["loss"]
            return worked_example_forward(image, {**parameters, name: values}, target)["loss"]

        return loss

    arrays = {"image": image, **parameters}
    return {name: numerical_gradient(loss_with(name), values) for name, values in arrays.items()}


def tensorflow_gradients(image, parameters, target):
    """Ask TensorFlow for every array forward and for the gradient of every array."""
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    names = ("image", *ALL_PARAMETERS)
    x, kernel, w1, w2 = (tf.constant(array, tf.float64) for array in (image, *parameters.values()))
    assert list(parameters) == list(ALL_PARAMETERS)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, kernel, w1, w2])
        a = {"convolved": tf.nn.conv2d(x[None, :, :, None], kernel[:, :, None, None], 1, "VALID")}
        a["feature_map"] = tf.nn.relu(a["convolved"])
        a["pooled"] = tf.nn.max_pool2d(a["feature_map"], 2, 2, "VALID")
        a["flattened"] = tf.reshape(tf.transpose(a["pooled"][0, :, :, 0]), [-1])
        a["hidden_sums"] = tf.linalg.matvec(w1, a["flattened"], transpose_a=True)
        a["hidden"] = tf.sigmoid(a["hidden_sums"])
        a["output_sum"] = tf.linalg.matvec(w2, a["hidden"], transpose_a=True)
        a["prediction"] = tf.sigmoid(a["output_sum"])
        a["loss"] = 0.5 * tf.reduce_sum((a["prediction"] - target) ** 2)
    inputs = dict(zip(names, (x, kernel, w1, w2), strict=True))
    gradients = tape.gradient(a["loss"], {**a, **inputs})
    return {name: np.squeeze(v) for name, v in a.items()}, {n: np.squeeze(v) for n, v in gradients.items()}


# The printed numbers


@pytest.mark.parametrize("name", PRINTED)
def test_every_printed_number_to_its_last_digit(name):
    np.testing.assert_array_equal(chapter_steps(IMAGE, PARAMETERS, TARGET)[name], PRINTED[name])


def test_the_first_inner_products():
    convolved = chapter_steps(IMAGE, PARAMETERS, TARGET)["convolved"]
    np.testing.assert_array_equal(convolved[0, :2], chapter.SECTION_3_3_FIRST_PRODUCTS)


def test_only_columns_first_gives_the_printed_hidden_numbers():
    # The printed ones are held above, by the pooled map that is flattened column by column (equation 3.17).
    rows_first = logistic(chapter.SECTION_3_3_POOLED.ravel() @ chapter.SECTION_3_3_W1)
    assert np.all(np.round(rows_first, 4) != chapter.SECTION_3_3_HIDDEN)


def test_the_last_printed_delta_needs_the_unrounded_deltas_of_h():
    # With the deltas of h as printed, the printed sum gives -.0528, and the other three do not change.
    rounded = (chapter.SECTION_3_3_W1 @ chapter.SECTION_3_3_DELTA_HIDDEN).reshape(2, 2)
    np.testing.assert_array_equal(np.round(rounded, 4), [[-0.0313, -0.0632], [-0.0172, -0.0528]])


def test_the_printed_filter_needs_the_printed_deltas_of_c():
    # Without rounding on the way the second number would end in 2.
    exact = chapter_steps(IMAGE, PARAMETERS, TARGET, rounded=False)["filter"]
    np.testing.assert_array_equal(np.round(exact, 4), [[-0.2374, -0.2012], [-0.1931, -0.1365]])


def test_the_lost_signs_of_the_printed_filter_are_minus():
    # Pixels above zero, a mask of zeros and ones, deltas not above zero: no product can be above zero.
    assert (IMAGE > 0).all()
    assert (chapter.SECTION_3_3_DELTA_FEATURE_MAP <= 0).all()
    assert (chapter_steps(IMAGE, PARAMETERS, TARGET)["filter"] < 0).all()
    elementwise = chapter.SECTION_3_3_RELU_MASK * chapter.SECTION_3_3_DELTA_FEATURE_MAP
    assert (cross_correlate2d(IMAGE, elementwise) < 0).all()


def test_only_the_matrix_product_gives_the_printed_filter():
    mask, delta = chapter.SECTION_3_3_RELU_MASK, chapter.SECTION_3_3_DELTA_FEATURE_MAP
    turns = (lambda a: a, np.flipud, np.fliplr, np.flip)
    found = [
        (name, turn)
        for name, product in {
            "matrix": mask @ delta,
            "reversed": delta @ mask,
            "element": mask * delta,
        }.items()
        for turn, turned in enumerate(turns)
        if np.array_equal(
            np.round(-cross_correlate2d(IMAGE, turned(product)), 4),
            chapter.SECTION_3_3_FILTER_CORRECTION_SIZES,
        )
    ]
    assert found == [("matrix", 1)]


def test_the_printed_deltas_with_the_elementwise_product():
    product = chapter.SECTION_3_3_RELU_MASK * chapter.SECTION_3_3_DELTA_FEATURE_MAP
    correction = cross_correlate2d(IMAGE, product)
    np.testing.assert_array_equal(np.round(correction, 4), [[-0.0569, -0.085], [-0.1019, -0.0285]])


def test_what_is_printed_as_the_delta_of_h_is_the_gradient_of_w2():
    measured = numerical(IMAGE, PARAMETERS, TARGET)["weights2"][:, 0]
    steps = chapter_steps(IMAGE, PARAMETERS, TARGET, rounded=False)
    np.testing.assert_allclose(steps["delta_hidden"], measured, rtol=1e-7)
    hidden = worked_example_backward(IMAGE, PARAMETERS, TARGET)["hidden"]
    assert relative_error(steps["delta_hidden"], hidden) > 0.4


def test_the_second_and_third_delta_of_p_are_exchanged():
    # Even with the chapter's deltas of h: what reaches f, column by column, stands row by row in the print.
    steps = chapter_steps(IMAGE, PARAMETERS, TARGET)
    delta_f = chapter.SECTION_3_3_W1 @ chapter.SECTION_3_3_DELTA_HIDDEN
    assert steps["delta_pooled"][0, 1] == round(delta_f[1], 4)
    assert steps["flattened"][1] == steps["pooled"][1, 0]


# The gradients


def test_the_forward_numbers_without_rounding():
    a = worked_example_forward(IMAGE, PARAMETERS, TARGET)
    np.testing.assert_array_equal(np.round(a["hidden"], 4), [0.5999, 0.5986])
    np.testing.assert_array_equal(np.round(a["prediction"], 4), [0.6275])


def test_every_gradient_of_the_example_agrees_with_finite_differences():
    gradients = worked_example_backward(IMAGE, PARAMETERS, TARGET)
    for name, measured in numerical(IMAGE, PARAMETERS, TARGET).items():
        assert relative_error(gradients[name], measured) < 1e-7, name


@given(SEEDS)
@settings(max_examples=60)
def test_gradients_of_random_cases_agree_with_finite_differences(seed):
    case = random_case(seed)
    gradients = worked_example_backward(*case)
    for name, measured in numerical(*case).items():
        # Differences of a loss below 1 lose about eps / 6e-6 = 4e-11 to rounding.
        np.testing.assert_allclose(gradients[name], measured, rtol=1e-7, atol=2e-10, err_msg=name)


@pytest.mark.parametrize("seed", ["example", 0, 1, 2])
def test_every_array_and_every_gradient_is_tensorflows(seed):
    case = (IMAGE, PARAMETERS, TARGET) if seed == "example" else random_case(seed)
    arrays, gradients = tensorflow_gradients(*case)
    for name, values in worked_example_forward(*case).items():
        np.testing.assert_allclose(np.squeeze(values), arrays[name], rtol=1e-12, err_msg=name)
    ours = worked_example_backward(*case)
    assert set(ours) == set(gradients) - {"loss"}
    for name, values in ours.items():
        np.testing.assert_allclose(np.squeeze(values), gradients[name], rtol=1e-11, atol=1e-16, err_msg=name)


# Learning


@given(SEEDS, st.sampled_from(["gradient", "chapter"]), st.sampled_from([ALL_PARAMETERS, ("filter",)]))
@settings(max_examples=40)
def test_learning_goes_step_by_step(seed, rule, learning):
    case = random_case(seed, square=True)
    path, predictions = learn(*case, 2.0, 4, rule, learning)
    expected_path, expected = learn_step_by_step(*case, 2.0, 4, rule, learning)
    np.testing.assert_allclose(predictions, expected, rtol=1e-10)
    for here, there in zip(path, expected_path, strict=True):
        for name in ALL_PARAMETERS:
            np.testing.assert_allclose(here[name], there[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_learning_starts_with_the_example_and_changes_nothing_of_it():
    before = {name: values.copy() for name, values in PARAMETERS.items()}
    path, predictions = learn(IMAGE, PARAMETERS, TARGET, 1.0, 0)
    assert len(path) == 1
    assert round(predictions[0], 4) == 0.6275
    for name in ALL_PARAMETERS:
        np.testing.assert_array_equal(path[0][name], before[name])
        np.testing.assert_array_equal(PARAMETERS[name], before[name])


def test_one_step_of_the_gradient_lowers_the_loss_and_adding_it_raises_the_loss():
    slopes = worked_example_backward(IMAGE, PARAMETERS, TARGET)
    losses = {
        sign: worked_example_forward(
            IMAGE, {name: values + sign * slopes[name] for name, values in PARAMETERS.items()}, TARGET
        )["loss"]
        for sign in (-1, 0, 1)
    }
    assert losses[-1] < losses[0] < losses[1]


def test_the_chapters_rule_can_go_the_wrong_way():
    parameters = {**PARAMETERS, "weights2": np.array([[0.56], [-1.31]])}
    for rule, better in (("gradient", True), ("chapter", False)):
        _, predictions = learn(IMAGE, parameters, TARGET, 1.0, 200, rule, ("filter",))
        assert (predictions[-1] > predictions[0]) == better, rule


def test_chapter_gradients_are_its_steps():
    gradients = chapter_gradients(IMAGE, PARAMETERS, TARGET)
    # Before rounding, the chapter's numbers are within half a unit of the last digit of each step.
    np.testing.assert_allclose(
        gradients["filter"], -chapter.SECTION_3_3_FILTER_CORRECTION_SIZES, rtol=0, atol=2e-4
    )
    np.testing.assert_allclose(gradients["weights2"][:, 0], chapter.SECTION_3_3_DELTA_HIDDEN, atol=1e-4)


# What does not fit


def test_refuses_weights_that_do_not_fit_the_pooled_map():
    with pytest.raises(ValueError, match=r"got shapes \(4,\) and \(3, 2\)"):
        worked_example_forward(IMAGE, {**PARAMETERS, "weights1": np.ones((3, 2))}, TARGET)


def test_the_chapters_steps_refuse_a_map_that_is_not_square():
    with pytest.raises(ValueError, match=r"^expected a square feature map, .* got \(3, 4\)"):
        chapter_steps(IMAGE[:4], PARAMETERS, TARGET)


def test_refuses_a_rule_that_does_not_exist():
    with pytest.raises(ValueError, match=r'^expected "gradient" or "chapter" for rule, got \'nonsense\''):
        learn(IMAGE, PARAMETERS, TARGET, 1.0, 1, "nonsense")
