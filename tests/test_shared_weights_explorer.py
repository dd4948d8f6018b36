"""The explorers of shared weights: what they show is the chapter's example, the reference, brute force."""

import itertools

import numpy as np
import pytest
from reading import cells, elements, grid, settings, texts
from strategies import finite_differences

from helpers.chapter.examples import DELTA, FILTER, IMAGE
from helpers.drawing import svg
from helpers.explorers import (
    ConnectionsExplorer,
    ConvolutionMatrixExplorer,
    SharedWeightsExplorer,
    WeightGradientExplorer,
)
from helpers.reference.convolution import convolution_matrix, convolve2d, cross_correlate2d
from helpers.wording import indexed, number

# Equation 3.2, as the chapter spells it out for Figure 3-5.
PRINTED_SUMS = {
    1: "o₁₁ = w₂₂a₁₁ + w₂₁a₁₂ + w₁₂a₂₁ + w₁₁a₂₂",
    2: "o₁₂ = w₂₂a₁₂ + w₂₁a₁₃ + w₁₂a₂₂ + w₁₁a₂₃",
    3: "o₂₁ = w₂₂a₂₁ + w₂₁a₂₂ + w₁₂a₃₁ + w₁₁a₃₂",
    4: "o₂₂ = w₂₂a₂₂ + w₂₁a₂₃ + w₁₂a₃₂ + w₁₁a₃₃",
}


def coloured_edges(explorer):
    """List the lines of the network that are drawn strongly."""
    return elements(explorer, "line", stroke_width="2.5")


@pytest.mark.parametrize("output", [1, 2, 3, 4])
def test_an_output_shows_the_sum_that_the_chapter_prints(output):
    explorer = SharedWeightsExplorer()
    explorer.controls["output"].value = output
    assert f"{PRINTED_SUMS[output]}" in texts(explorer)
    result = convolve2d(IMAGE[:3, :3], FILTER).flat[output - 1]
    assert f"= {number(result)}" in texts(explorer)
    assert len(coloured_edges(explorer)) == 4


def test_an_output_of_the_filter_as_it_stands():
    explorer = SharedWeightsExplorer()
    explorer.set(output=1, turned=False)
    assert "o₁₁ = w₁₁a₁₁ + w₁₂a₁₂ + w₂₁a₂₁ + w₂₂a₂₂" in texts(explorer)
    assert f"= {number(cross_correlate2d(IMAGE[:3, :3], FILTER)[0, 0])}" in texts(explorer)


def test_a_weight_is_used_once_for_each_output():
    explorer = SharedWeightsExplorer()
    assert len(coloured_edges(explorer)) == 16
    for weight in (1, 2, 3, 4):
        explorer.controls["weight"].value = weight
        assert len(coloured_edges(explorer)) == 4
    # w22 lies on the upper left corner of each window.
    assert explorer.summary == (
        "w₂₂: o₁₁ takes a₁₁ times w₂₂, o₁₂ takes a₁₂ times w₂₂, o₂₁ takes a₂₁ times w₂₂, "
        "o₂₂ takes a₂₂ times w₂₂."
    )


def test_each_weight_has_a_colour_and_a_dash_of_its_own():
    explorer = SharedWeightsExplorer()
    looks = set()
    for weight in (1, 2, 3, 4):
        explorer.controls["weight"].value = weight
        lines = {(line.get("stroke"), line.get("stroke-dasharray")) for line in coloured_edges(explorer)}
        assert len(lines) == 1
        looks |= lines
    assert len({colour for colour, _ in looks}) == len({dash for _, dash in looks}) == 4


@pytest.mark.parametrize(("place", "edges"), [(0, 1), (1, 2), (2, 1), (4, 4), (5, 2), (8, 1)])
def test_a_click_on_an_input_shows_where_it_goes(place, edges):
    explorer = SharedWeightsExplorer()
    explorer.click(f"input-{place}")
    assert len(coloured_edges(explorer)) == edges
    explorer.click(f"input-{place}")
    assert len(coloured_edges(explorer)) == 16


def test_clicks_on_weights_and_outputs_combine():
    explorer = SharedWeightsExplorer()
    explorer.click("weight-0")
    explorer.click("output-3")
    assert explorer.summary == "o₂₂ and w₁₁: o₂₂ takes a₃₃ times w₁₁."
    explorer.click("input-0")
    assert explorer.summary == "No connection joins a₁₁ and o₂₂ and w₁₁."
    explorer.click("image-0-0")
    assert explorer.controls["input"].value == 1


def test_starts_on_figure_3_7():
    explorer = ConnectionsExplorer()
    matrix = convolution_matrix(np.array([[1, 2, 3]]), (1, 6))
    assert len(coloured_edges(explorer)) == np.count_nonzero(matrix) == 12
    assert set(matrix[matrix != 0].tolist()) == {1, 2, 3}
    assert {text for text in texts(explorer) if text.startswith("w")} == {"w₁", "w₂", "w₃"}
    assert "dense wiring needs 24 weights, local wiring 12, a shared filter 3." in explorer.summary


def test_every_count_of_connections_is_brute_force():
    explorer = ConnectionsExplorer()
    names = ("inputs", "filter", "stride")
    for inputs, length, stride in itertools.product(*(settings(explorer.controls[n]) for n in names)):
        explorer.set(inputs=inputs, filter=length, stride=stride)
        starts = [start for start in range(0, inputs, stride) if start + length <= inputs]
        if not starts:
            assert explorer.summary.startswith("No output"), explorer.state
            continue
        counts = inputs * len(starts), length * len(starts), length
        expected = "dense wiring needs {} weights, local wiring {}, a shared filter {}.".format(*counts)
        assert expected in explorer.summary, explorer.state
        assert len(coloured_edges(explorer)) == length * len(starts), explorer.state
        assert len(elements(explorer, "line", stroke=svg.MUTED)) == 2 * len(starts), explorer.state
        assert f"affine layer behind them has {2 * len(starts)}, each" in explorer.summary


def test_dense_wiring_joins_everything():
    explorer = ConnectionsExplorer()
    explorer.controls["wiring"].value = "dense"
    assert len(elements(explorer, "line", stroke_width="1.5")) == 24
    assert len(elements(explorer, "line")) == 24 + 8
    assert "has 24 connections in front of the outputs" in explorer.summary


def fits(explorer):
    return explorer.controls["filter"].value <= explorer.controls["image"].value


def test_every_matrix_product_is_right():
    explorer = ConvolutionMatrixExplorer()
    names = ("direction", "image", "filter", "stride")
    for values in itertools.product(*(settings(explorer.controls[name]) for name in names)):
        explorer.set(**dict(zip(names, values, strict=True)))
        if not fits(explorer):
            assert explorer.summary.startswith("No matrix"), values
            continue
        product = grid(explorer, "matrix") @ grid(explorer, "vector")
        np.testing.assert_array_equal(product, grid(explorer, "result"))


def test_the_matrix_forward_is_the_convolution():
    explorer = ConvolutionMatrixExplorer()
    explorer.set(image=4)
    expected = convolve2d(IMAGE[:4, :4], FILTER).ravel()
    np.testing.assert_array_equal(grid(explorer, "result")[:, 0], expected)
    assert "A has 9 × 16 = 144 entries" in explorer.summary
    assert "36 of them are connections, and they hold 4 different weights." in explorer.summary


def test_the_matrix_back_is_the_gradient_by_tensorflow():
    from helpers.keras_backend import keras

    assert keras.backend.backend() == "tensorflow"
    import tensorflow as tf

    explorer = ConvolutionMatrixExplorer()
    explorer.controls["direction"].value = False
    x = tf.constant(IMAGE[np.newaxis, :3, :3, np.newaxis], tf.float64)
    turned = tf.constant(np.flip(FILTER)[:, :, np.newaxis, np.newaxis], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = tf.nn.conv2d(x, turned, 1, "VALID")
    delta = grid(explorer, "vector").reshape(1, 2, 2, 1)
    expected = tape.gradient(output, x, output_gradients=tf.constant(delta)).numpy().ravel()
    np.testing.assert_array_equal(grid(explorer, "result")[:, 0], expected)


def test_a_click_on_a_row_spells_it_out():
    explorer = ConvolutionMatrixExplorer()
    explorer.click("matrix-2-5")
    assert f"{PRINTED_SUMS[3]}" in texts(explorer)
    explorer.controls["direction"].value = False
    explorer.click("result-4-0")
    assert "∂L/∂a₂₂ = w₁₁δ₁₁ + w₁₂δ₁₂ + w₂₁δ₂₁ + w₂₂δ₂₂" in texts(explorer)
    explorer.controls["entries"].value = True
    assert cells(explorer, "matrix")[4, 0] == "w₁₁"
    explorer.click("vector-0-0")
    assert explorer.controls["row"].value == 5


@pytest.mark.parametrize("turned", [True, False])
@pytest.mark.parametrize("side", [3, 4, 5])
def test_the_terms_add_up_to_the_finite_difference(side, turned):
    image, delta = IMAGE[:side, :side], DELTA[: side - 1, : side - 1]
    forward = convolve2d if turned else cross_correlate2d
    explorer = WeightGradientExplorer()
    slopes = finite_differences(lambda w: np.sum(delta * forward(image, w)), FILTER)
    for place in np.ndindex(2, 2):
        explorer.set(image=side, turned=turned, weight=place)
        slope = number(slopes[place])
        name = indexed("w", *(index + 1 for index in place))
        assert f"terms give ∂L/∂{name} = {slope}." in explorer.summary
        assert f"∂L/∂{name}, {delta.size} of {delta.size} terms: {slope}" in texts(explorer)


def test_the_terms_of_w11_in_the_chapters_example():
    explorer = WeightGradientExplorer()
    for pixel in ("δ₁₁a₂₂", "δ₁₂a₂₃", "δ₂₁a₃₂", "δ₂₂a₃₃"):
        assert any(text.startswith(f"{pixel} = ") for text in texts(explorer))
    explorer.controls["turned"].value = False
    assert "δ₁₁a₁₁ = 1·1" in texts(explorer)
    assert "Equation 3.5 as printed gives 3 as well." in explorer.summary


def test_terms_are_added_one_by_one_and_by_click():
    explorer = WeightGradientExplorer()
    explorer.controls["play"].value = 2
    assert "∂L/∂w₁₁, 2 of 4 terms: 10" in texts(explorer)
    explorer.click("delta-1-0")
    assert "∂L/∂w₁₁, 3 of 4 terms: −2" in texts(explorer)
    before = explorer.view.svg
    explorer.click("image-0-0")
    assert explorer.view.svg == before


def test_what_the_printed_sums_leave_out_is_hatched():
    explorer = WeightGradientExplorer()
    assert not elements(explorer, "path")
    explorer.set(image=5)
    assert len(elements(explorer, "path")) == 16 - 4
    assert "its sums leave out the hatched cells" in explorer.summary
