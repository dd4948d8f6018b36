"""Confusion, accuracy by class and error bars, judged by TensorFlow, by counting and by simulation."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reference.classification import accuracy_by_class, confusion_matrix, least_sure, standard_error

labels_and_predictions = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=40)


@given(labels_and_predictions)
def test_confusion_counts_each_pair(pairs):
    labels, predicted = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    confusion = confusion_matrix(labels, predicted, 5)
    for true in range(5):
        for taken_for in range(5):
            assert confusion[true, taken_for] == pairs.count((true, taken_for))


def test_confusion_is_tensorflows():
    import tensorflow as tf

    labels, predicted = np.random.default_rng(0).integers(0, 10, (2, 500))
    expected = tf.math.confusion_matrix(labels, predicted, 10).numpy()
    np.testing.assert_array_equal(confusion_matrix(labels, predicted, 10), expected)


def test_small_labels_and_classes_do_not_overflow():
    small = np.full(3, 99, np.uint8), np.full(3, 98, np.uint8)
    assert confusion_matrix(*small, 100)[99, 98] == 3
    assert confusion_matrix(*small, np.uint8(100))[99, 98] == 3
    assert confusion_matrix(np.array([1], np.uint64), [0], 2).tolist() == [[0, 0], [1, 0]]


@pytest.mark.parametrize(
    ("labels", "predicted", "message"),
    [
        ([0, 1], [0], "expected a prediction for each of the 2 labels, got 1; give one"),
        (np.eye(2), np.eye(2), r"expected labels \(N,\), got shape \(2, 2\); take .* argmax"),
        (1, 1, r"expected labels \(N,\), got shape \(\)"),
        ([[0], [1, 2]], [0, 1], r"expected rows of equal length for labels, got \[\[0\], \[1, 2\]\]"),
        ([0, 3], [0, 0], "expected labels from 0 to 2, got 0 to 3; renumber"),
        ([0, 1], [0, -1], "expected predicted from 0 to 2, got -1 to 0; renumber"),
    ],
)
def test_what_is_no_class_is_refused(labels, predicted, message):
    with pytest.raises(ValueError, match=message):
        confusion_matrix(labels, predicted, 3)


NOT_WHOLE = [[0.7], [1.0], [np.nan], [True], ["1"], [None], [Fraction(1)], [1j], None, "1", {0: 1}]


@pytest.mark.parametrize("values", NOT_WHOLE, ids=repr)
def test_labels_and_predictions_are_whole_numbers(values):
    for call in (
        lambda: confusion_matrix(values, [0], 2),
        lambda: confusion_matrix([0], values, 2),
        lambda: least_sure([[0.5, 0.5]], values, 1),
    ):
        with pytest.raises((TypeError, ValueError), match=r"expected .*, got .*; "):
            call()


@pytest.mark.parametrize("count", [2.0, "2", None, True, [2]], ids=repr)
def test_counts_are_whole_numbers(count):
    for call in (
        lambda: confusion_matrix([0], [0], count),
        lambda: standard_error(0.5, count),
        lambda: least_sure([[0.5, 0.5]], [0], count),
    ):
        with pytest.raises(TypeError, match="expected a whole number"):
            call()


def test_counts_are_not_too_small():
    for call in (
        lambda: confusion_matrix([], [], 0),
        lambda: standard_error(0.5, 0),
        lambda: least_sure([[0.5, 0.5]], [0], -1),
    ):
        with pytest.raises(ValueError, match="expected at least"):
            call()


@given(labels_and_predictions.filter(bool))
def test_accuracy_by_class_is_the_share_of_its_pictures(pairs):
    labels, predicted = np.array(pairs).T
    accuracies = accuracy_by_class(confusion_matrix(labels, predicted, 5))
    for label in range(5):
        if label in labels:
            assert accuracies[label] == pytest.approx((predicted == labels)[labels == label].mean())
        else:
            assert np.isnan(accuracies[label])


@pytest.mark.parametrize(
    ("confusion", "message"),
    [
        ([[1, 2]], r"expected confusion \(classes, classes\), got shape \(1, 2\); make it"),
        ([1, 2], r"got shape \(2,\)"),
        (3, r"got shape \(\)"),
        ([[1, -2], [0, 1]], "expected counts of at least 0 in confusion, got -2; make it"),
        ([[1, np.nan], [0, 1]], "expected counts of at least 0 in confusion, got nan"),
        ([["1"]], "expected real numbers for confusion"),
        (None, "expected real numbers for confusion, got None"),
    ],
)
def test_accuracy_by_class_refuses_what_is_no_confusion(confusion, message):
    with pytest.raises((TypeError, ValueError), match=message):
        accuracy_by_class(confusion)


def test_counts_of_small_integers_do_not_overflow():
    assert accuracy_by_class(np.full((2, 2), 200, np.uint8)).tolist() == [0.5, 0.5]


def test_error_bars_of_the_chapters_two_results():
    assert 100 * standard_error(0.9940, 10_000) == pytest.approx(0.08, abs=0.005)
    assert 100 * standard_error(0.7513, 10_000) == pytest.approx(0.43, abs=0.005)


@pytest.mark.parametrize(("accuracy", "pictures"), [(0.75, 400), (0.97, 1_000)])
def test_error_bar_is_the_spread_over_many_test_sets(accuracy, pictures):
    right = np.random.default_rng(0).binomial(pictures, accuracy, 20_000)
    assert standard_error(accuracy, pictures) == pytest.approx((right / pictures).std(), rel=0.03)


def test_error_bars_of_many_accuracies():
    expected = [standard_error(0.5, 100), standard_error(1, 100)]
    assert standard_error(np.array([0.5, 1]), 100).tolist() == expected == [0.05, 0]
    assert standard_error(np.float16(0.5), 100) == 0.05


@pytest.mark.parametrize("accuracy", [1.2, -0.1, np.nan, 99.4, [0.5, 1.2]], ids=repr)
def test_an_accuracy_is_a_fraction(accuracy):
    with pytest.raises(ValueError, match=r"expected an accuracy from 0 to 1, got .*; divide"):
        standard_error(accuracy, 10)


@pytest.mark.parametrize("accuracy", ["0.5", None, Fraction(1, 2), 1j], ids=repr)
def test_an_accuracy_is_a_number(accuracy):
    with pytest.raises(TypeError, match="expected real numbers for accuracy, got"):
        standard_error(accuracy, 10)


def test_least_sure_are_the_largest_losses_in_order():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(4), 50)
    labels = rng.integers(0, 4, 50)
    losses = [-np.log(row[label]) for row, label in zip(probabilities, labels, strict=True)]
    assert least_sure(probabilities, labels, 7).tolist() == sorted(range(50), key=lambda i: -losses[i])[:7]


def test_least_sure_of_few_are_all_of_them():
    assert sorted(least_sure(np.full((3, 2), 0.5), [0, 1, 0], 10)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("probabilities", "labels", "message"),
    [
        ([[0.5, 0.5]], [2], "expected labels from 0 to 1, got 2 to 2"),
        ([[0.5, 0.5]], [-1], "expected labels from 0 to 1, got -1 to -1"),
        ([[0.5, 0.5]] * 3, [0, 1], "expected a label for each of the 3 rows of probabilities, got 2"),
        ([[0.5, 0.5]], [0, 1], "expected a label for each of the 1 rows of probabilities, got 2"),
        ([0.5, 0.5], [0, 1], r"expected probabilities \(N, classes\) without nan, got .* of shape \(2,\)"),
        ([[0.5, np.nan]], [0], r"expected probabilities \(N, classes\) without nan, got \[\[0.5, nan\]\]"),
        ([["0.5", "0.5"]], [0], "expected real numbers for probabilities"),
        (None, [0], "expected real numbers for probabilities, got None"),
    ],
)
def test_least_sure_refuses_what_does_not_fit(probabilities, labels, message):
    with pytest.raises((TypeError, ValueError), match=message):
        least_sure(probabilities, labels, 1)
