"""The entries of the chapter's programs: what belongs to each fits together."""

import numpy as np
import pytest

from helpers import chapter
from helpers.programs import CIFAR10, DENSE, MNIST, PROGRAMS
from helpers.runs import recorded_run, recorded_runs

each_program = pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)


def test_each_is_found_under_its_name():
    assert PROGRAMS == {"mnist": MNIST, "cifar10": CIFAR10}


@each_program
def test_pictures_and_quick_settings_are_what_every_reader_has(program):
    data = program.load()
    assert data.x_train.shape[1:] == program.picture
    assert program.quick.training_pictures < len(data.x_train) == 4_000
    assert program.quick.epochs < 10


@each_program
def test_the_chapters_run_has_the_chapters_epochs(program):
    run = recorded_run(program.chapter_run)
    assert run.epochs_done == 100
    assert run.name in [each.name for each in recorded_runs(program.name)]
    assert abs(run.test_accuracy - program.chapter_accuracy) < 0.01


@each_program
def test_the_trained_network_has_the_recorded_weights(program):
    network, weights = program.trained_network(), program.weights()
    for name, array in network.parameters.items():
        np.testing.assert_array_equal(array, weights[name], strict=True)


def test_accuracies_are_the_printed_ones():
    assert MNIST.chapter_accuracy == chapter.MNIST_TEST_ACCURACY
    assert CIFAR10.chapter_accuracy == chapter.CIFAR10_TEST_ACCURACY


def test_the_dense_network_has_the_weights_that_the_first_lesson_counts():
    assert sum(array.size for array in DENSE.trained_network().parameters.values()) == 89_610


def test_what_the_lessons_show_was_trained_without_the_bundled_test_digits():
    for program in (MNIST, DENSE):
        assert recorded_run(program.weights_run).about["training_pictures"] == 59_000


def test_the_bundled_test_digits_are_new_to_the_network_that_reads_them():
    digits = MNIST.load()
    read = MNIST.trained_network().predict(digits.x_test / np.float32(255)).argmax(axis=1)
    assert 0.985 < np.mean(read == digits.y_test) < 0.998


@pytest.mark.slow
@pytest.mark.parametrize("program", [MNIST, CIFAR10, DENSE], ids=lambda program: program.name)
def test_the_keras_model_and_the_network_take_the_same_weights(program):
    from helpers.programs.keras_models import with_weights

    model = program.keras_model()
    assert (model.name, model.input_shape[1:]) == (program.name, program.picture)
    with_weights(model, program.weights())
    picture = program.load().x_test[:2] / np.float32(255)
    np.testing.assert_allclose(
        program.trained_network().predict(picture), model.predict(picture, verbose=0), atol=1e-4
    )
