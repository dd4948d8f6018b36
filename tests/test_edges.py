"""Canny's edges against scikit-image, and what must not move them."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import feature
from strategies import SEEDS

from helpers.datasets import PHOTOGRAPHS, load_photograph
from helpers.reference.edges import canny
from helpers.reference.robustness import salt_and_pepper


def square():
    image = np.zeros((40, 40))
    image[10:30, 10:30] = 1
    return image


@pytest.mark.parametrize("noise", [0, 0.1])
@pytest.mark.parametrize("sigma", [0.5, 1.0, 1.3, 3.0])
@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_the_edges_of_a_photograph_are_scikit_images(name, sigma, noise):
    photograph = salt_and_pepper(load_photograph(name), noise, np.random.default_rng(0)) / 255
    edges = canny(photograph, sigma)
    assert edges.any()
    np.testing.assert_array_equal(edges, feature.canny(photograph, sigma), strict=True)


@given(
    seed=SEEDS, sides=st.tuples(st.integers(1, 12), st.integers(1, 12)), sigma=st.sampled_from([0.4, 1, 2.6])
)
def test_the_edges_of_noise_are_scikit_images(seed, sides, sigma):
    image = np.random.default_rng(seed).uniform(size=sides)
    np.testing.assert_array_equal(canny(image, sigma), feature.canny(image, sigma))


@pytest.mark.parametrize("turn", [np.rot90, np.transpose, np.fliplr])
def test_a_turned_picture_has_turned_edges(turn):
    photograph = load_photograph("coffee") / 255
    np.testing.assert_array_equal(canny(turn(photograph), 1.0), turn(canny(photograph, 1.0)))
    np.testing.assert_array_equal(canny(turn(square()), 2.0), turn(canny(square(), 2.0)))


def test_the_edges_of_a_square_lie_on_its_four_sides():
    edges = canny(square(), 1.0)
    rows, columns = np.nonzero(edges)
    assert set(rows) | set(columns) == set(range(9, 31))
    assert not edges[12:28, 12:28].any()
    assert (
        edges[20, 8:12].sum() == 2
    )  # the slope is as steep in the last pixel outside as in the first inside


@pytest.mark.parametrize("scale", [-1e-13, 1e-13])
def test_the_last_bits_of_a_sum_do_not_decide_an_edge(scale):
    noise = scale * np.random.default_rng(0).uniform(size=(40, 40))
    np.testing.assert_array_equal(canny(square() + noise, 1.5), canny(square(), 1.5))


def test_a_weak_edge_stays_where_it_is_joined_to_a_strong_one():
    step = np.zeros((40, 40))
    step[:, 20:] = np.linspace(0.02, 0.12, 40)[:, np.newaxis]  # fades upwards
    joined = canny(step, 1.0)[1:-1].any(axis=1)
    weak = canny(np.where(step > 0.04, 0.04, step), 1.0)
    assert joined.any()
    assert joined.argmax() < 30
    assert not weak.any()


@pytest.mark.parametrize("value", [0, 0.5, 1])
def test_an_even_picture_has_no_edge(value):
    assert not canny(np.full((9, 9), value), 1.0).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones((3, 3, 1)), 1), "expected a grey image (H, W) for image, got shape (3, 3, 1)"),
        ((np.ones((3, 3)), 0), "expected a number of pixels above 0 for sigma, got 0"),
        ((np.ones((3, 3)), np.nan), "expected a number of pixels above 0 for sigma, got nan"),
        ((np.ones((3, 3)), "1"), "expected a number for sigma, got '1'"),
    ],
)
def test_refuses_what_does_not_fit(arguments, message):
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        canny(*arguments)
