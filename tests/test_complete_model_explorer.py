"""The explorer of the complete model: each number, and the arithmetic that explains it."""

import itertools

import numpy as np
import pytest
from judges import framework_by_keras, tail_by_tensorflow
from reading import filled, grid, number, places, settings, smallest_type, texts

from helpers.chapter.examples import EXAMPLE
from helpers.drawing import svg
from helpers.explorers import CompleteModelExplorer
from helpers.reference.complete_model import complete_model_forward, framework_order_forward

FORWARD = {"chapter": complete_model_forward, "frameworks": framework_order_forward}
each_order = pytest.mark.parametrize("order", FORWARD)
EXTREMES = list(itertools.product((-4, 0, 4), repeat=3))


def lines(explorer):
    """Read the explanation off the picture: its title and what stands below it."""
    return [text for y in (28, 52, 76) for text in texts(explorer, x="14", y=f"{y}")]


def parameters_shown(explorer):
    """Build the parameters from the picture alone."""
    return {
        "filters": np.stack([grid(explorer, f"filter{c}") for c in (1, 2, 3)], axis=-1),
        "filter_biases": np.array([grid(explorer, f"bias{c}")[0, 0] for c in (1, 2, 3)]),
        "weights": grid(explorer, "weights"),
        "bias": grid(explorer, "bias")[:, 0],
    }


def image_shown(explorer):
    return np.stack([grid(explorer, f"image{c}") for c in (1, 2, 3)], axis=-1)


def every_setting(explorer):
    for filters, biases in itertools.product(settings(explorer.controls["filters"]), EXTREMES):
        explorer.set(filters=filters, **dict(zip(("bias1", "bias2", "bias3"), biases, strict=True)))
        yield biases


def test_starts_on_the_example():
    explorer = CompleteModelExplorer()
    np.testing.assert_array_equal(image_shown(explorer), EXAMPLE["image"])
    for name, value in parameters_shown(explorer).items():
        np.testing.assert_array_equal(value, EXAMPLE["parameters"][name])
    np.testing.assert_array_equal(grid(explorer, "target")[:, 0], EXAMPLE["target"])


@each_order
def test_every_number_is_the_references(order):
    explorer = CompleteModelExplorer()
    explorer.set(order=order, target=2)
    for biases in every_setting(explorer):
        parameters = parameters_shown(explorer)
        np.testing.assert_array_equal(parameters["filter_biases"], biases)
        arrays = FORWARD[order](image_shown(explorer), parameters, grid(explorer, "target")[:, 0])
        for c in range(3):
            np.testing.assert_array_equal(grid(explorer, f"convolved{c + 1}"), arrays["convolved"][..., c])
            if order == "chapter":
                np.testing.assert_array_equal(grid(explorer, f"map{c + 1}"), arrays["channel_maps"][..., c])
        if order == "frameworks":
            np.testing.assert_array_equal(grid(explorer, "sum"), arrays["channel_sum"])
        np.testing.assert_array_equal(grid(explorer, "feature"), arrays["feature_map"])
        np.testing.assert_array_equal(grid(explorer, "pooled"), arrays["pooled"])
        for name in ("flattened", "scores", "prediction"):
            np.testing.assert_allclose(grid(explorer, name)[:, 0], arrays[name], atol=0.00501)
        assert grid(explorer, "loss")[0, 0] == pytest.approx(arrays["loss"], abs=0.0000501)


def test_the_frameworks_order_shows_what_keras_computes():
    explorer = CompleteModelExplorer()
    explorer.set(order="frameworks")
    for _ in every_setting(explorer):
        parameters = parameters_shown(explorer)
        feature_map = framework_by_keras(image_shown(explorer), parameters)
        np.testing.assert_array_equal(grid(explorer, "feature"), feature_map)
        loss = tail_by_tensorflow(feature_map, parameters, EXAMPLE["target"], 2)["loss"]
        assert grid(explorer, "loss")[0, 0] == pytest.approx(float(loss), abs=0.0000501)


@each_order
def test_the_difference_leads_to_the_other_order(order):
    explorer = CompleteModelExplorer()
    for _ in every_setting(explorer):
        explorer.set(order=order)
        here, difference, summary = (
            grid(explorer, "feature"),
            grid(explorer, "difference"),
            explorer.summary,
        )
        explorer.set(order="frameworks" if order == "chapter" else "chapter")
        np.testing.assert_array_equal(here - difference, grid(explorer, "feature"))
        if (difference == 0).all():
            assert "nothing changes" in summary
        else:
            assert f"{(difference != 0).sum()} of the 16 numbers of C differ" in summary
            assert summary.endswith(f"the loss is {grid(explorer, 'loss')[0, 0]:.4f}.")


def arithmetic(line):
    """Work out what an explanation says before its last equals sign."""
    terms, result = line.rsplit(" = ", 1)
    program = terms.replace("−", "-").replace("·", "*").replace("²", "**2").replace("½ ", "0.5*")
    return eval(program, {"exp": np.exp, "max": max}), number(result)


@each_order
@pytest.mark.parametrize("filters", ["example", "red_minus_blue"])
def test_the_arithmetic_of_every_cell_comes_out_at_its_number(order, filters):
    explorer = CompleteModelExplorer()
    explorer.set(order=order, filters=filters)
    kinds = {"convolved1", "convolved2", "convolved3", "feature", "pooled", "scores", "prediction", "loss"}
    kinds |= {"map1", "map2", "map3"} if order == "chapter" else {"sum"}
    for name in kinds:
        explorer.set(array=name)
        for cell in settings(explorer.controls["cell"]):
            explorer.set(cell=cell)
            values = grid(explorer, name)
            *_, line = lines(explorer)
            computed, printed = arithmetic(line)
            assert printed == values[divmod(cell - 1, values.shape[1])], line
            # Softmax and loss start from numbers of two decimals.
            assert computed == pytest.approx(
                printed, abs=0.012 if name in ("prediction", "loss") else 1e-9
            ), line


def test_the_vector_is_read_column_by_column():
    explorer = CompleteModelExplorer()
    explorer.set(array="flattened")
    for cell, place in zip((1, 2, 3, 4), ("P₁₁", "P₂₁", "P₁₂", "P₂₂"), strict=True):
        explorer.set(cell=cell)
        assert f" = {place} = " in lines(explorer)[1]


def test_a_pixel_marks_the_results_of_all_windows_that_it_lies_in():
    explorer = CompleteModelExplorer()
    explorer.set(array="image2")
    for cell in settings(explorer.controls["cell"]):
        explorer.set(cell=cell)
        row, column = divmod(cell - 1, 5)
        pixel = np.zeros((5, 5))
        pixel[row, column] = 1
        windows = np.lib.stride_tricks.sliding_window_view(pixel, (2, 2)).sum(axis=(2, 3))
        assert filled(explorer, "convolved2", svg.ORANGE_TINT) == list(
            map(tuple, np.argwhere(windows).tolist())
        )
        assert f"under {int(windows.sum())} window" in lines(explorer)[2]


def test_a_weight_names_the_pixel_that_it_meets():
    explorer = CompleteModelExplorer()
    explorer.set(array="filter1")
    for cell, pixel in enumerate(["lower right", "lower left", "upper right", "upper left"], start=1):
        explorer.set(cell=cell)
        assert f"to the {pixel} pixel" in lines(explorer)[1]


def test_a_click_on_any_cell_explains_it():
    explorer = CompleteModelExplorer()
    for order in FORWARD:
        explorer.set(order=order)
        for cell in places(explorer):
            explorer.click(cell)
            name, row, column = cell.split("-")
            columns = grid(explorer, name).shape[1]
            assert explorer.state["array"] == name
            assert explorer.state["cell"] == int(row) * columns + int(column) + 1
            assert len([line for line in lines(explorer) if line]) >= 2


@pytest.mark.parametrize(
    ("order", "name", "other"), [("chapter", "sum", "frameworks'"), ("frameworks", "map1", "chapter's")]
)
def test_an_array_of_the_other_order_says_so(order, name, other):
    explorer = CompleteModelExplorer()
    explorer.set(order=order, array=name)
    assert lines(explorer)[1].startswith(f"Only the {other} order makes this array.")


def test_the_buttons():
    explorer = CompleteModelExplorer()
    first = explorer.view.svg
    explorer.set(order="frameworks", filters="pick", bias1=4, target=0)
    explorer.controls["zero_biases"].click()
    assert all(grid(explorer, f"bias{c}") == 0 for c in (1, 2, 3))
    assert "nothing changes" in explorer.summary
    explorer.controls["example"].click()
    assert explorer.view.svg == first


def test_no_number_is_too_small_to_read():
    explorer = CompleteModelExplorer()
    for order in FORWARD:
        explorer.set(order=order)
        for _ in every_setting(explorer):
            assert smallest_type(explorer) >= 13, explorer.state
