"""How well a classifier does: what it takes for what, and how sure such a number is (section 3-5)."""

import numpy as np


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
        ValueError: the lengths differ, or a value is no class.

    Source: section 3-5, the programs' test accuracy, taken apart.

    >>> confusion_matrix([0, 0, 1], [0, 1, 1], 2).tolist()
    [[1, 1], [0, 1]]
    """
    labels, predicted = (
        np.asarray(labels, int),
        np.asarray(predicted, int),
    )
    if labels.ndim != 1 or labels.shape != predicted.shape:
        raise ValueError(
            f"labels have shape {labels.shape}, predicted {predicted.shape}. Expected one of each for every "
            "picture, both of shape (N,). Take the class of highest probability first: argmax(axis=1)."
        )
    for name, values in (("labels", labels), ("predicted", predicted)):
        if values.size and not (
            values.min() >= 0 and values.max() < classes
        ):
            raise ValueError(
                f"{name} run from {values.min()} to {values.max()}. Expected whole numbers from 0 to "
                f"{classes - 1}. Renumber them, or give a larger number of classes."
            )
    return np.bincount(
        labels * classes + predicted, minlength=classes**2
    ).reshape(classes, classes)


def accuracy_by_class(confusion):
    """Give the share of each class's pictures that was recognised.

    Args:
        confusion: (classes, classes) counts, as `confusion_matrix` makes them.

    Returns:
        (classes,) fractions; nan for a class without a picture.

    Source: section 3-5, the programs' test accuracy, class by class.

    >>> accuracy_by_class(np.array([[3, 1], [0, 2]])).tolist()
    [0.75, 1.0]
    """
    confusion = np.asarray(confusion)
    right, pictures = np.diagonal(confusion), confusion.sum(axis=1)
    return np.divide(
        right,
        pictures,
        out=np.full(len(right), np.nan),
        where=pictures > 0,
    )


def standard_error(accuracy, pictures):
    """Give the error bar of an accuracy: how far chance moves it from one test set to another.

    Each picture is right with the same probability, independently: a binomial distribution.

    Args:
        accuracy: fraction of the test pictures that was recognised, or an array of such.
        pictures: how many there were.

    Returns:
        One standard deviation, as a fraction.

    Source: section 3-5, what the chapter's test accuracies leave out.

    >>> round(float(100 * standard_error(0.7513, 10_000)), 2)
    0.43
    """
    return np.sqrt(accuracy * (1 - accuracy) / pictures)


def least_sure(probabilities, labels, count):
    """Find the pictures whose true class got the lowest probability: the worst mistakes, then close calls.

    Args:
        probabilities: (N, classes), one row for each picture.
        labels: (N,) whole numbers, what the pictures show.
        count: how many to find.

    Returns:
        (count,) indices, the worst first; all N where there are no more.

    Source: section 3-5; the lower this probability, the larger the picture's cross-entropy loss.

    >>> least_sure(np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]), [0, 0, 1], 2).tolist()
    [1, 2]
    """
    of_the_truth = np.asarray(probabilities)[
        np.arange(len(labels)), np.asarray(labels, int)
    ]
    return np.argsort(of_the_truth, kind="stable")[:count]
