"""Lesson 3-5d: its questions' answers beside other judges than the code that computes them."""

import numpy as np
import pytest
from scipy.stats import binomtest, sem

from helpers.datasets import mirror, shift
from helpers.programs import VARIANTS
from helpers.questions import lesson_3_5d as lesson
from helpers.questions.catalogue import entry


def test_unshared_weights_are_those_that_the_variant_has():
    answer = lesson.filters_of_each_place(14, 5, 16, 36).answer
    first = (5 * 5 + 1) * 16
    shared, unshared = (VARIANTS[f"mnist-{name}"].costs.parameters for name in ("chapter", "unshared"))
    second = answer["not shared"] - answer["shared"]
    assert unshared - shared == (28 * 28 - 1) * first + second


@pytest.mark.parametrize("seed", range(5))
def test_coins_fall_as_scipy_says(seed):
    drawn = entry("seven-coins").question(seed)
    changed, lost = (int(drawn.text.split(before)[1].split()[0]) for before in ("Only ", "by A alone, "))
    assert drawn.answer == pytest.approx(binomtest(lost, changed).pvalue)


def test_the_error_of_a_mean_is_scipys():
    values = (90.1, 90.6, 90.2)
    answer = lesson.mean_of_seeds(values).answer
    assert list(answer.values()) == pytest.approx([np.mean(values), sem(values)])


@pytest.mark.parametrize("most", [2, 3])
def test_a_picture_becomes_as_many_as_one_counts(most):
    side = 2 * most + 3
    picture = np.arange(1, side**2 + 1, dtype=np.uint16).reshape(1, side, side, 1)
    rng = np.random.default_rng(0)
    met = {shift(mirror(picture, rng), rng, most).tobytes() for _ in range(2_000)}
    assert len(met) == lesson.mirrored_and_shifted(most).answer


def test_a_belief_contradicts_only_what_is_far_enough_apart():
    assert lesson._contradicts([1, 2], [75.0, 74.0], 0.5)
    assert not lesson._contradicts([1, 2], [75.0, 74.0], 1.5)
    assert not lesson._contradicts([2, 1], [75.0, 74.0], 0.5)
    assert not lesson._contradicts([1, 1], [75.0, 74.0], 0.5)
