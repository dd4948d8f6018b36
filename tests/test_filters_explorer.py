"""The explorers of filters: numbers read off picture and sentence against SciPy and scikit-image."""

import re

import numpy as np
import pytest
from reading import grids, images, number, settings, texts
from scipy import ndimage
from skimage.feature import canny

from helpers.datasets import load_mnist, load_photograph
from helpers.drawing import svg
from helpers.explorers import FeatureMapExplorer, FilterExplorer, KernelExplorer
from helpers.reference.conv2d import conv2d
from helpers.reference.filters import gaussian_filter, glorot_uniform


def scipys(name, image, size, sigma):
    image = image.astype(float)
    if name == "mean":
        return ndimage.uniform_filter(image, size, mode="nearest")
    if name == "gaussian":
        return ndimage.gaussian_filter(image, sigma, radius=size // 2, mode="nearest")
    if name == "median":
        return ndimage.median_filter(image, size, mode="nearest")
    right, down = (ndimage.sobel(image, axis, mode="nearest") for axis in (1, 0))
    return {"sobel_x": right, "sobel_y": down, "sobel": np.hypot(right, down)}[name]


@pytest.mark.parametrize("size", [3, 5, 7])
@pytest.mark.parametrize("name", ["mean", "gaussian", "median", "sobel"])
def test_shows_what_scipy_computes(name, size):
    explorer = FilterExplorer()
    explorer.set(filter=name, size=size, sigma=1.3, noise="gaussian", photograph="chelsea")
    before, after = images(explorer)
    expected = scipys(name, before, size, 1.3)
    # A result just between two grey levels may round to either.
    np.testing.assert_allclose(after, np.clip(expected, 0, 255), rtol=0, atol=0.5001)


@pytest.mark.parametrize("name", ["sobel_x", "sobel_y"])
def test_shows_the_sign_of_sobel_in_colour(name):
    explorer = FilterExplorer()
    explorer.set(filter=name, noise="none", photograph="coffee")
    before, after = images(explorer)
    expected = scipys(name, before, 3, None)
    np.testing.assert_array_equal(after, svg.signed(expected, 400))


def test_shows_cannys_edges_and_says_that_it_is_no_single_filter():
    explorer = FilterExplorer()
    explorer.set(filter="canny", sigma=2.0, noise="none")
    before, after = images(explorer)
    edges = canny(before / 255, 2.0)
    np.testing.assert_array_equal(after, 255 * edges)
    assert f"{100 * edges.mean():.1f} %" in explorer.summary
    assert "not one filter" in explorer.summary
    assert not grids(explorer, "panel")


@pytest.mark.parametrize("name", ["mean", "gaussian", "median", "sobel_x", "sobel_y", "sobel"])
def test_a_click_spells_out_the_pixel(name):
    explorer = FilterExplorer()
    explorer.set(filter=name, size=5, noise="s&p")
    explorer.click("photo-60-127")
    assert (explorer.state["row"], explorer.state["column"]) == (61, 128)
    before = images(explorer)[0]
    result = scipys(name, before, 5, 1.0)[60, 127]
    assert "At row 61, column 128 " in explorer.summary
    assert f"becomes {result:.1f}.".replace("-", "−") in explorer.summary
    side = 3 if name.startswith("sobel") else 5
    reach = side // 2
    window = np.pad(before, reach, mode="edge")[60 : 60 + side, 127 : 127 + side]
    np.testing.assert_array_equal(grids(explorer, "panel")[0], window.astype(str))


def test_the_weights_shown_give_the_pixel():
    explorer = FilterExplorer()
    explorer.set(filter="gaussian", size=7, sigma=1.5)
    window, weights = (grid.astype(float) for grid in grids(explorer, "panel"))
    np.testing.assert_array_equal(weights, np.rint(1000 * gaussian_filter(7, 1.5)))
    shown = float(re.search(r"becomes ([\d.]+)\.", explorer.summary)[1])
    # 49 weights, each rounded by up to half a thousandth.
    assert abs((window * weights).sum() / 1000 - shown) < 49 * 0.0005 * 255


def test_the_median_is_the_middle_of_the_sorted_values():
    explorer = FilterExplorer()
    explorer.set(filter="median", size=5)
    window, ordered = (grid.astype(int) for grid in grids(explorer, "panel"))
    np.testing.assert_array_equal(ordered.ravel(), np.sort(window.ravel()))
    assert f"becomes {ordered[2, 2]}.0." in explorer.summary
    assert any("take number 13 of 25:" in text for text in texts(explorer))


def test_the_stated_error_is_the_root_mean_square():
    explorer = FilterExplorer()
    explorer.set(filter="median", noise="s&p", amount=20)
    clean = load_photograph("camera").astype(float)
    errors = [np.sqrt(np.mean((image - clean) ** 2)) for image in images(explorer)]
    assert f"Noise had moved the photograph by {errors[0]:.1f} of" in explorer.summary
    assert f"off by {errors[1]:.1f} grey" in explorer.summary
    assert errors[1] < errors[0] / 3


def test_salt_and_pepper_changes_the_chosen_share_of_pixels():
    explorer = FilterExplorer()
    clean = load_photograph("coffee")
    explorer.set(photograph="coffee", noise="s&p", amount=25)
    changed = images(explorer)[0] != clean
    assert set(np.unique(images(explorer)[0][changed])) == {0, 255}
    # Some of these pixels were black or white before; a share of 16,384 varies by a third of a percent.
    assert 0.22 < changed.mean() < 0.265


def test_no_noise_leaves_the_photograph_alone():
    explorer = FilterExplorer()
    for values in ({"noise": "none"}, {"noise": "s&p", "amount": 0}):
        explorer.set(**values)
        np.testing.assert_array_equal(images(explorer)[0], load_photograph("camera"))
        assert "Without noise" in explorer.summary


def test_controls_rest_where_they_mean_nothing():
    explorer = FilterExplorer()
    at_rest = {
        "mean": {"sigma"},
        "gaussian": set(),
        "median": {"sigma"},
        "sobel": {"size", "sigma"},
        "canny": {"size", "row", "column"},
    }
    for name, expected in at_rest.items():
        explorer.set(filter=name, noise="s&p")
        assert {key for key, control in explorer.controls.items() if control.disabled} == expected, name


@pytest.mark.parametrize("corner", [(1, 1), (1, 128), (128, 1), (128, 128)])
def test_every_filter_answers_in_every_corner(corner):
    explorer = FilterExplorer()
    for name in settings(explorer.controls["filter"]):
        explorer.set(filter=name, size=7, row=corner[0], column=corner[1])
        assert explorer.summary


def test_the_kernel_starts_on_sharpen_and_shows_scipys_result():
    explorer = KernelExplorer()
    before, after = images(explorer)
    sharpen = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    expected = np.clip(ndimage.correlate(before.astype(float), np.array(sharpen), mode="nearest"), 0, 255)
    np.testing.assert_array_equal(after, expected)
    assert "The weights sum to 1: even areas keep their brightness." in explorer.summary


def test_a_typed_weight_makes_the_kernel_ones_own():
    explorer = KernelExplorer()
    explorer.controls["w23"].value = 2.5
    assert explorer.state["preset"] == "own"
    assert "come out 4.50 times as bright" in explorer.summary
    assert grids(explorer, "panel")[0][1, 2] == "2.50"


def test_a_sum_below_zero_makes_even_areas_black():
    explorer = KernelExplorer()
    explorer.set(preset="identity", w22=-2)
    assert "The weights sum to −2, below 0: even areas come out black." in explorer.summary
    _, after = images(explorer)
    assert not after.any()


def test_a_preset_fills_the_weights_in():
    explorer = KernelExplorer()
    explorer.controls["w11"].value = 7
    explorer.controls["preset"].value = "emboss"
    values = [explorer.state[f"w{row}{column}"] for row in (1, 2, 3) for column in (1, 2, 3)]
    assert values == [-2, -1, 0, -1, 1, 1, 0, 1, 2]
    assert explorer.state["preset"] == "emboss"
    explorer.controls["preset"].value = "own"
    assert [explorer.state["w11"], explorer.state["preset"]] == [-2, "own"]


def test_a_late_weight_belongs_to_the_preset_it_was_typed_over():
    explorer = KernelExplorer()
    late = explorer.controls["w11"]
    explorer.controls["preset"].value = "emboss"
    late.set_state({"value": 7})
    assert (explorer.state["preset"], explorer.state["w11"]) == ("emboss", -2)
    explorer.controls["preset"].value = "sharpen"
    assert (explorer.state["preset"], explorer.state["w11"]) == ("sharpen", 0)


def test_the_identity_changes_nothing_and_edges_forget_even_areas():
    explorer = KernelExplorer()
    explorer.controls["preset"].value = "identity"
    np.testing.assert_array_equal(*images(explorer))
    assert "0.0 % of the results" in explorer.summary
    explorer.controls["preset"].value = "edges"
    assert "sum to 0" in explorer.summary
    assert images(explorer)[1].ndim == 3


def test_nine_zeros_are_a_filter_too():
    explorer = KernelExplorer()
    explorer.set(**{f"w{row}{column}": 0 for row in (1, 2, 3) for column in (1, 2, 3)})
    assert "values from 0.0 to 0.0" in explorer.summary


def test_random_maps_are_those_of_keras_initial_rule_and_the_seed():
    explorer = FeatureMapExplorer()
    explorer.set(digit=7, seed=4, map=3)
    mnist = load_mnist()
    digit = mnist.x_test[mnist.y_test == 7][:1] / np.float32(255)
    kernel = glorot_uniform((5, 5, 1, 16), np.random.default_rng(4))
    maps = conv2d(digit, kernel, padding="same")[0]
    drawn = images(explorer)[6]  # four sheets; then digit, filter and map of the random side
    np.testing.assert_array_equal(drawn, svg.signed(maps[..., 2], np.abs(maps).max()))


def test_the_seed_leaves_the_learnt_side_alone():
    explorer = FeatureMapExplorer()
    before = images(explorer)
    explorer.controls["seed"].value = 9
    after = images(explorer)
    same = [np.array_equal(*pair) for pair in zip(before, after, strict=True)]
    assert same == [False, False, True, True, True, False, False, True, True, True]


def test_the_sentence_calls_learnt_neighbours_more_alike():
    explorer = FeatureMapExplorer()
    for seed in (0, 7, 30):
        explorer.controls["seed"].value = seed
        random, learnt = re.findall(r"(−?\d\.\d\d) for the", explorer.summary)
        assert abs(number(random)) < 0.2 < 0.4 < number(learnt)


@pytest.mark.parametrize("cell", ["map-4", "filter-4"])
def test_a_click_on_a_map_or_its_filter_chooses_it(cell):
    explorer = FeatureMapExplorer()
    explorer.click(cell)
    assert explorer.state["map"] == 5
    assert any("filter 5, feature map" in text for text in texts(explorer))
