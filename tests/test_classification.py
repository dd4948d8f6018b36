"""Confusion, accuracy by class and error bars, judged by TensorFlow, by counting and by simulation."""

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


def test_small_labels_do_not_overflow():
    assert confusion_matrix(np.full(3, 99, np.uint8), np.full(3, 98, np.uint8), 100)[99, 98] == 3


@pytest.mark.parametrize(
    ("labels", "predicted", "message"),
    [
        ([0, 1], [0], r"shape \(2,\), predicted \(1,\)"),
        (np.eye(2), np.eye(2), r"Expected one of each.*argmax"),
        ([0, 3], [0, 0], "labels run from 0 to 3"),
        ([0, 1], [0, -1], "predicted run from -1 to 0"),
    ],
)
def test_what_is_no_class_is_refused(labels, predicted, message):
    with pytest.raises(ValueError, match=message):
        confusion_matrix(labels, predicted, 3)


@given(labels_and_predictions.filter(bool))
def test_accuracy_by_class_is_the_share_of_its_pictures(pairs):
    labels, predicted = np.array(pairs).T
    accuracies = accuracy_by_class(confusion_matrix(labels, predicted, 5))
    for label in range(5):
        if label in labels:
            assert accuracies[label] == pytest.approx((predicted == labels)[labels == label].mean())
        else:
            assert np.isnan(accuracies[label])


def test_error_bars_of_the_chapters_two_results():
    assert 100 * standard_error(0.9940, 10_000) == pytest.approx(0.08, abs=0.005)
    assert 100 * standard_error(0.7513, 10_000) == pytest.approx(0.43, abs=0.005)


@pytest.mark.parametrize(("accuracy", "pictures"), [(0.75, 400), (0.97, 1_000)])
def test_error_bar_is_the_spread_over_many_test_sets(accuracy, pictures):
    right = np.random.default_rng(0).binomial(pictures, accuracy, 20_000)
    assert standard_error(accuracy, pictures) == pytest.approx((right / pictures).std(), rel=0.03)


def test_least_sure_are_the_largest_losses_in_order():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(4), 50)
    labels = rng.integers(0, 4, 50)
    losses = [-np.log(row[label]) for row, label in zip(probabilities, labels, strict=True)]
    assert least_sure(probabilities, labels, 7).tolist() == sorted(range(50), key=lambda i: -losses[i])[:7]


def test_least_sure_of_few_are_all_of_them():
    assert sorted(least_sure(np.full((3, 2), 0.5), [0, 1, 0], 10)) == [0, 1, 2]
