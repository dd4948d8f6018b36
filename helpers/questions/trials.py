"""The rules that stand trial in lesson 3-6: each function runs one, printed beside measured.

What a reader sees of a trial, and copies into a cell, is the body of its function: so it needs only NumPy and
`numerical_gradient`, and ends in what the printed rule gives and what a judge finds.
"""

import inspect
import textwrap

import numpy as np

from helpers.reference.gradient_check import numerical_gradient


def code(trial):
    """Return the lines of a trial as Markdown, ready to be copied into a cell."""
    body = textwrap.dedent(inspect.getsource(trial).split('"""', 2)[2])
    before, _, both = body.strip().rpartition("return ")
    return f"```python\n{before}{both}\n```"


def is_slip(trial):
    """Tell whether the printed rule and the judge part."""
    printed, judged = trial()
    return not np.allclose(printed, judged, rtol=1e-6)


# Slips


def channels():
    """3.30: each of m channels gets 1/m of the gradient of their sum."""

    def printed(dC, m):
        return np.full(m, dC / m)

    def loss(channels):
        return channels.sum() ** 2 / 2

    c = np.array([1.0, 2.0, 5.0])
    return printed(c.sum(), 3), numerical_gradient(loss, c)


def relu_slope():
    """3.32: back through the ReLU by C (1 - C)."""

    def printed(dC, C):
        return dC * C * (1 - C)

    def loss(A):
        return np.sum(np.maximum(A, 0) ** 2) / 2

    A = np.array([3.0, -1.0, 0.5])
    C = np.maximum(A, 0)
    return printed(C, C), numerical_gradient(loss, A)


def softmax_slope():
    """3.21: the softmax has the slope y (1 - y)."""

    def softmax(s):
        return np.exp(s) / np.exp(s).sum()

    def loss(s):
        return np.sum((softmax(s) - y) ** 2) / 2

    s, y = np.array([1.0, 0.0, -1.0]), np.array([0.0, 1.0, 0.0])
    p = softmax(s)
    return (p - y) * p * (1 - p), numerical_gradient(loss, s)


def block_share():
    """3.6: in average pooling each number of a block of side k has the slope 1/k."""

    def average(block):
        return block.mean()

    k = 2
    block = np.array([[1.0, 2.0], [4.0, 9.0]])
    return np.full((k, k), 1 / k), numerical_gradient(average, block)


def letters_of_3_8():
    """3.8: cross-correlation is the sum of I[u] F[i + u], here in one row."""
    row, kernel = {0: 2, 1: 3, 2: 5}, {0: 1, 1: 10}

    def printed(i):
        return sum(row[u] * kernel.get(i + u, 0) for u in row)

    sliding = np.array([2 * 1 + 3 * 10, 3 * 1 + 5 * 10])
    return np.array([printed(0), printed(1)]), sliding


def hidden_delta():
    """3-3: the gradient of a hidden unit h is delta times h."""

    def loss(h):
        return (1 / (1 + np.exp(-W2 @ h)) - 1) ** 2 / 2

    h, W2 = np.array([0.6005, 0.5987]), np.array([0.56, 0.31])
    prediction = 1 / (1 + np.exp(-W2 @ h))
    delta = (prediction - 1) * prediction * (1 - prediction)
    return delta * h, numerical_gradient(loss, h)


def dense_weights():
    """3-3: layers of 784, 100, 100 and 10 units need 784 * 100 * 100 * 10 weights."""
    layers = [(784, 100), (100, 100), (100, 10)]
    counted = sum(np.ones(shape).size for shape in layers)
    return 784 * 100 * 100 * 10, counted


# True rules


def output_size():
    """3.1: d = (l - f + 2p)/s + 1."""

    def printed(side, f, p, s):
        return (side - f + 2 * p) / s + 1

    side, f, p, s = 9, 3, 1, 4
    end = side + p
    places = [start for start in range(-p, end, s) if start + f <= end]
    return printed(side, f, p, s), len(places)


def letters_of_3_10():
    """3.10 and 3.11: in a convolution, image and filter may change places, here in one row."""
    row, kernel = {0: 2, 1: 3, 2: 5}, {0: 1, 1: 10}

    def first(i):
        return sum(row[u] * kernel.get(i - u, 0) for u in row)

    def second(i):
        return sum(row.get(i - u, 0) * kernel[u] for u in kernel)

    places = range(4)
    return np.array([*map(first, places)]), np.array([*map(second, places)])


def block_mean():
    """3.16: P(i, j) is 1/n^2 of the sum of C(ni - u, nj - v)."""
    n, C = 2, np.arange(16.0).reshape(4, 4) ** 2

    def printed(i, j):
        pairs = [(u, v) for u in range(n) for v in range(n)]
        return sum(C[n * i - u - 1, n * j - v - 1] for u, v in pairs) / n**2

    blocks = np.array([C[:2, :2].mean(), C[:2, 2:].mean(), C[2:, :2].mean()])
    return np.array([printed(1, 1), printed(1, 2), printed(2, 1)]), blocks


def affine_weights():
    """3.22: the gradient of W_ij is delta_i f_j."""

    def loss_of_scores(s):
        return np.sum(s**3)

    W, f = np.array([[1.0, -2.0, 0.5], [0.0, 1.0, 2.0]]), np.array([3.0, 1.0, 2.0])
    delta = numerical_gradient(loss_of_scores, W @ f)
    return np.outer(delta, f), numerical_gradient(lambda W: loss_of_scores(W @ f), W)


def back_through_the_mean():
    """3.28: each number of a block of side n gets 1/n^2 of its mean's gradient."""
    n, C = 2, np.array([[1.0, 3.0, 0.0, 2.0], [2.0, 6.0, 4.0, 2.0]])

    def loss(C):
        return C[:, :2].mean() ** 2 / 2 + C[:, 2:].mean() ** 2 / 2

    dP = np.array([[C[:, :2].mean(), C[:, 2:].mean()]])
    return dP.repeat(n, axis=0).repeat(n, axis=1) / n**2, numerical_gradient(loss, C)


def winner_takes_it():
    """3.6: in max pooling the largest number has the slope 1, all others 0."""

    def largest(block):
        return block.max()

    block = np.array([[1.0, 2.0], [9.0, 4.0]])
    return 1.0 * (block == 9), numerical_gradient(largest, block)


def logistic_slope():
    """3-3: back through the logistic units by h (1 - h)."""

    def logistic(s):
        return 1 / (1 + np.exp(-s))

    s = np.array([2.0, -1.0, 0.0])
    h = logistic(s)
    return h * (1 - h), numerical_gradient(lambda s: logistic(s).sum(), s)
