"""What the reader writes in lesson 3-1e: the gradient of a shared filter (equation 3.5, put right)."""

import numpy as np

from helpers.chapter.examples import DELTA, IMAGE
from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.convolution import convolve2d
from helpers.reference.geometry import windows
from helpers.reference.gradient_check import numerical_gradient


def _reference(delta, image, k):
    return np.flip(np.tensordot(delta, windows(image, k), 2))


def _measured(delta, image, k):
    return numerical_gradient(lambda kernel: np.sum(delta * convolve2d(image, kernel)), np.zeros((k, k)))


def _to_k(delta, image, k):
    return np.flip(_as_it_stands_to_k(delta, image, k))


def _as_it_stands_to_k(delta, image, k):
    return np.tensordot(delta[:k, :k], windows(image, k)[:k, :k], 2)


def _window_sums(delta, image, k):
    return np.full((k, k), np.sum(delta * windows(image, k).sum(axis=(2, 3))))


def _overwritten(delta, image, k):
    return np.flip(delta[-1, -1] * windows(image, k)[-1, -1])


def _first(gradient):
    """Return nothing but the first weight's gradient."""
    only = np.zeros(gradient.shape)
    only[0, 0] = gradient[0, 0]
    return only


def _one_too_small(delta, image, k):
    # Python counts an index of −1 from the end.
    return _reference(delta, np.roll(image, (1, 1), (0, 1)), k)


def _whole_numbers(delta, image, k):
    terms = delta[..., np.newaxis, np.newaxis] * np.flip(windows(image, k), (2, 3))
    gradient = np.zeros((k, k), int)
    for term in terms.reshape(-1, k, k):
        gradient = np.trunc(gradient + term)
    return gradient


# Three terms, far apart. Sums to k and sums that leave out the last row and column differ.
_FEW = np.diag([1, 0, 1, 2])
_RNG = np.random.default_rng(31)

WEIGHT_GRADIENT = Task(
    name="my_weight_gradient",
    reference=_reference,
    cases=[
        (_FEW, IMAGE, 2),
        (DELTA[:2, :2], IMAGE[:3, :3], 2),
        (DELTA, IMAGE, 2),
        (DELTA[:3, :3] / 10, IMAGE, 3),
        (DELTA[:2, :3], IMAGE[:3, :4], 2),
    ],
    slips=[
        Slip(
            lambda delta, image, k: np.flip(_reference(delta, image, k)),
            say(
                "Right for a filter that is not turned. Equation 3.2 turns it: the pixel is "
                "$a_{{(i+k-m)(j+k-n)}}$."
            ),
        ),
        Slip(_to_k, say("Your sums stop at $k$. Every output uses the weight: go over the whole of δ.")),
        Slip(
            _as_it_stands_to_k,
            say("Your sums stop at $k$, not at the end of δ, and your filter is not turned."),
        ),
        Slip(
            lambda delta, image, k: _reference(delta[:-1, :-1], image[:-1, :-1], k),
            say("The last row and the last column of δ are left out: `range(d)` stops before $d$ by itself."),
        ),
        Slip(
            lambda delta, image, k: np.flip(_reference(delta, image, k), 1),
            say("Your filter is turned upside down, but not left to right: is $n$ in its place?"),
        ),
        Slip(
            lambda delta, image, k: np.flip(_reference(delta, image, k), 0),
            say("Your filter is turned left to right, but not upside down: is $m$ in its place?"),
        ),
        Slip(
            lambda delta, image, k: _first(_reference(delta, image, k)),
            say("Only the first weight has its gradient. Does `return` stand inside a loop?"),
        ),
        Slip(
            lambda delta, image, k: _first(delta[0, 0] * windows(image, k)[0, 0, ::-1, ::-1]),
            say("There is a single term. Does `return` stand inside the loops?"),
        ),
        Slip(
            lambda delta, image, k: _reference(delta[:, : len(delta)], image[:, : len(delta) + k - 1], k),
            say("δ need not be square: it has `delta.shape[0]` rows and `delta.shape[1]` columns."),
        ),
        Slip(
            lambda delta, image, k: np.tile(_reference(delta, image, k).sum(axis=0), (k, 1)),
            say(
                "`[[0] * k] * k` is $k$ times the same row, so all change together. Take `np.zeros((k, k))`."
            ),
        ),
        Slip(_window_sums, say("Each term has one pixel, the one under the weight, and not a whole window.")),
        Slip(
            lambda delta, image, k: _reference(delta, image, k) / delta.size,
            say("You have taken the mean. The chain rule adds the terms up."),
        ),
        Slip(_overwritten, say("Only the last term is left: add each one with `+=`.")),
        Slip(
            _one_too_small,
            say("Your indices are one too small, and Python takes $-1$ for the last place without a word."),
        ),
        Slip(
            lambda delta, image, k: _reference(delta, image, k).T,
            say("Rows and columns have changed places: $m$ goes with $i$, and $n$ with $j$."),
        ),
        Slip(
            lambda delta, image, k: np.flip(windows(image, k).sum(axis=(0, 1))),
            say("You have added the pixels alone. Each is multiplied by its δ."),
        ),
        Slip(
            _whole_numbers,
            say(
                "An array of whole numbers loses what is behind the point: `np.zeros((k, k))`, without `int`."
            ),
        ),
    ],
    measured=_measured,
    long_case=(_RNG.normal(size=(60, 60)), _RNG.normal(size=(62, 62)), 3),
)
