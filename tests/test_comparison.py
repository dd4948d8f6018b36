"""Comparing networks: against SciPy's tests, and against chance itself."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helpers.reference.classification import standard_error
from helpers.reference.comparison import over_seeds, paired_changes, paired_standard_error, sign_test

counts = st.integers(0, 400)
both_right = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


@given(both_right)
def test_every_picture_is_counted_once(pairs):
    a, b = np.array(pairs).T
    changes = paired_changes(a, b)
    assert list(changes) == [pairs.count(pair) for pair in [(1, 1), (1, 0), (0, 1), (0, 0)]]
    assert (changes.only_a - changes.only_b) / len(a) == pytest.approx(a.mean() - b.mean())
    both, only_a, only_b, neither = changes
    assert paired_changes(b, a) == (both, only_b, only_a, neither)


@given(counts, counts)
def test_sign_test_is_scipys(only_a, only_b):
    changed = only_a + only_b
    expected = stats.binomtest(only_a, changed).pvalue if changed else 1.0
    assert sign_test(only_a, only_b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("only_a", "only_b"), [(4000, 5000), (5000, 5000), (0, 9000), (1, 1074)])
def test_sign_test_of_many_pictures_neither_overflows_nor_is_slow(only_a, only_b):
    expected = stats.binomtest(only_a, only_a + only_b).pvalue
    assert sign_test(only_a, only_b) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@given(both_right)
def test_paired_error_is_the_standard_deviation_of_the_differences(pairs):
    a, b = np.array(pairs).T
    differences = a.astype(float) - b
    expected = np.std(differences) / math.sqrt(len(a))
    assert paired_standard_error(paired_changes(a, b)) == pytest.approx(expected)


def test_paired_error_is_what_chance_does_to_the_difference():
    rng = np.random.default_rng(0)
    shares = np.array([0.7, 0.12, 0.08, 0.1])
    drawn = rng.multinomial(1000, shares, size=20_000)
    spread = np.std((drawn[:, 1] - drawn[:, 2]) / 1000)
    assert paired_standard_error((1000 * shares).astype(int)) == pytest.approx(spread, rel=0.02)


def test_a_paired_difference_is_surer_than_two_test_sets():
    changes = (9800, 60, 40, 100)
    apart = math.hypot(standard_error(0.986, 10_000), standard_error(0.984, 10_000))
    assert paired_standard_error(changes) < 0.6 * apart


@pytest.mark.parametrize("count", range(2, 11))
def test_interval_over_seeds_is_scipys(count):
    values = np.random.default_rng(count).normal(75, 0.3, count)
    mean, error, half_width = over_seeds(values)
    low, high = stats.t.interval(0.95, count - 1, loc=np.mean(values), scale=stats.sem(values))
    assert (mean, error) == pytest.approx((np.mean(values), stats.sem(values)))
    assert (mean - half_width, mean + half_width) == pytest.approx((low, high), abs=1e-3)


def test_a_single_seed_has_no_error_bar():
    mean, error, half_width = over_seeds([99.1])
    assert mean == 99.1
    assert math.isnan(error)
    assert math.isnan(half_width)


@pytest.mark.parametrize("values", [[], [1.0] * 11, [math.nan], [[1.0, 2.0]], 3.0])
def test_values_of_seeds_are_checked(values):
    with pytest.raises(ValueError, match=r"expected 1 to 10 finite values \(N,\), got .*; give one"):
        over_seeds(values)


def test_what_is_compared_is_checked():
    right = np.array([True, False])
    with pytest.raises(ValueError, match="expected both networks on the same pictures, got 2 and 1; test"):
        paired_changes(right, right[:1])
    with pytest.raises(TypeError, match="expected booleans for right_b, got int64; compare"):
        paired_changes(right, np.array([1, 0]))
    for wrong in (np.zeros((2, 2), bool), np.zeros(0, bool), np.array(True)):
        with pytest.raises(ValueError, match=r"expected right_a \(N,\), at least one, got shape"):
            paired_changes(wrong, right)
    with pytest.raises(ValueError, match="expected at least 0 for only_b, got -1"):
        sign_test(3, -1)
    with pytest.raises(TypeError, match=r"expected a whole number for only_a, got 2\.5"):
        sign_test(2.5, 1)
    with pytest.raises(ValueError, match="expected at least 1 for pictures, got 0"):
        paired_standard_error((0, 0, 0, 0))
    with pytest.raises(ValueError, match="expected four counts, got 3; make them with"):
        paired_standard_error((1, 2, 3))
