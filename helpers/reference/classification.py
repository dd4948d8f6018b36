"""How well a classifier does: what it takes for what, and how sure such a number is (section 3-5)."""

import reprlib

import numpy as np

from helpers.reference.arrays import real_array, whole_number


def confusion_matrix(labels, predicted, classes):
    """Count how often pictures of each class were taken for each class.

    Args:
        labels: (N,) whole numbers from 0 to classes - 1, what the pictures show.
        predicted: (N,) likewise, what they were taken for.
        classes: how many there are.

    Returns:
        (classes, classes) counts, one row for each true class, one column for each predicted one; the
        diagonal counts what was right.

    Raises:
        TypeError: labels, predictions or classes are not whole numbers.
        ValueError: the lengths differ, or a value is not a class.

    Source: section 3-5, the programs' test accuracy, taken apart.

    >>> confusion_matrix([0, 0, 1], [0, 1, 1], 2).tolist()
    [[1, 1], [0, 1]]
    """
    classes = whole_number("classes", classes, 1)
    labels = class_numbers("labels", labels, classes)
    predicted = class_numbers("predicted", predicted, classes)
    if labels.shape != predicted.shape:
        raise ValueError(
            f"expected a prediction for each of the {len(labels)} labels, got {len(predicted)}; "
            "give one of each for every picture"
        )
    return np.bincount(labels * classes + predicted, minlength=classes**2).reshape(
        classes, classes
    )


def accuracy_by_class(confusion):
    """Return the share of each class's pictures that was recognised.

    Args:
        confusion: (classes, classes) counts, as `confusion_matrix` makes them.

    Returns:
        (classes,) fractions; nan for a class without a picture.

    Raises:
        TypeError: the confusion holds something else than numbers.
        ValueError: it is not square, or a count is below 0.

    Source: section 3-5, the programs' test accuracy, class by class.

    >>> accuracy_by_class(np.array([[3, 1], [0, 2]])).tolist()
    [0.75, 1.0]
    """
    confusion = real_array("confusion", confusion)
    if confusion.ndim != 2 or confusion.shape != confusion.shape[::-1]:
        raise ValueError(
            f"expected confusion (classes, classes), got shape {confusion.shape}; "
            "make it with confusion_matrix"
        )
    if not np.all(confusion >= 0):
        raise ValueError(
            f"expected counts of at least 0 in confusion, got {np.min(confusion)}; "
            "make it with confusion_matrix"
        )
    right, pictures = np.diagonal(confusion), confusion.sum(axis=1)
    return np.divide(
        right, pictures, out=np.full(len(right), np.nan), where=pictures > 0
    )


def standard_error(accuracy, pictures):
    """Return the error bar of an accuracy: how far chance moves it from one test set to another.

    Each picture is right with the same probability, independently: a binomial distribution.

    Args:
        accuracy: fraction of the test pictures that was recognised, or an array of such.
        pictures: how many there were.

    Returns:
        One standard deviation, as a fraction.

    Raises:
        TypeError: the accuracy is not a number, or pictures is not a whole one.
        ValueError: an accuracy is not from 0 to 1, or pictures is below 1.

    Source: section 3-5, what the chapter's test accuracies leave out.

    >>> round(float(100 * standard_error(0.7513, 10_000)), 2)
    0.43
    """
    accuracy = real_array("accuracy", accuracy).astype(float)
    pictures = whole_number("pictures", pictures, 1)
    if not np.all((accuracy >= 0) & (accuracy <= 1)):
        raise ValueError(
            f"expected an accuracy from 0 to 1, got {reprlib.repr(accuracy.tolist())}; "
            "divide a percentage by 100"
        )
    return np.sqrt(accuracy * (1 - accuracy) / pictures)


def least_sure(probabilities, labels, count):
    """Find the pictures whose true class got the lowest probability: the worst mistakes, then close calls.

    Args:
        probabilities: (N, classes), one row for each picture.
        labels: (N,) whole numbers from 0 to classes - 1, what the pictures show.
        count: how many to find.

    Returns:
        (count,) indices, the worst first; all N where there are no more.

    Raises:
        TypeError: the probabilities are not numbers, or labels or count are not whole ones.
        ValueError: the lengths differ, a label is not a class, a probability is nan, or count is below 0.

    Source: section 3-5; the lower this probability, the larger the picture's cross-entropy loss.

    >>> least_sure(np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]), [0, 0, 1], 2).tolist()
    [1, 2]
    """
    probabilities = real_array("probabilities", probabilities)
    if probabilities.ndim != 2 or np.isnan(probabilities).any():
        raise ValueError(
            f"expected probabilities (N, classes) without nan, got {reprlib.repr(probabilities.tolist())} "
            f"of shape {probabilities.shape}; give one row for each picture"
        )
    pictures, classes = probabilities.shape
    labels = class_numbers("labels", labels, classes)
    count = whole_number("count", count, 0)
    if len(labels) != pictures:
        raise ValueError(
            f"expected a label for each of the {pictures} rows of probabilities, got {len(labels)}; "
            "give one of each for every picture"
        )
    of_the_truth = probabilities[np.arange(pictures), labels]
    return np.argsort(of_the_truth, kind="stable")[:count]


def class_numbers(name, values, classes):
    """Return class numbers (N,) as ints, if they are whole numbers from 0 to classes - 1."""
    values = real_array(name, values)
    if values.ndim != 1:
        raise ValueError(
            f"expected {name} (N,), got shape {values.shape}; "
            "take the class of highest probability first with argmax(axis=1)"
        )
    if values.size == 0:  # an empty list counts as one of floats
        return values.astype(int)
    if values.dtype.kind not in "iu":
        raise TypeError(
            f"expected whole numbers for {name}, got {values.dtype}; "
            "take the class of highest probability first with argmax(axis=1)"
        )
    if values.min() < 0 or values.max() >= classes:
        raise ValueError(
            f"expected {name} from 0 to {classes - 1}, got {values.min()} to {values.max()}; "
            "renumber them, or use a model of more classes"
        )
    return values.astype(int)
