"""Curves of trainings, by matplotlib and in SVG, and how a lesson shows them."""

import base64
import io
import re

import matplotlib.pyplot
import numpy as np
import pytest
from PIL import Image
from reading import elements, texts

from helpers.drawing import loss_curves
from helpers.drawing.curves import accuracy_curves, training_curves
from helpers.drawing.picture import Picture, png

HISTORY = {
    "accuracy": [0.5, 0.75, 0.875],
    "loss": [1.5, 0.75, 0.5],
    "val_accuracy": [0.625, 0.8125, 0.90625],
    "val_loss": [1.25, 0.625, 0.375],
    "seconds": [1.0, 1.0, 1.0],
}
NOTHING = {name: [] for name in HISTORY}


def lines(axes):
    """Label of each line -> (x, y)."""
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines}


def test_curves_are_the_history():
    accuracy, loss = training_curves(HISTORY).axes
    epochs = [1, 2, 3]
    assert lines(accuracy) == {"training": (epochs, [50, 75, 87.5]), "test": (epochs, [62.5, 81.25, 90.625])}
    assert lines(loss) == {"training": (epochs, HISTORY["loss"]), "test": (epochs, HISTORY["val_loss"])}


def test_accuracy_curves_hold_what_they_are_given():
    picture = accuracy_curves(
        [("shift", [0, 2], {"right": [1, 0.5], "down": [1, 0.25]}), ("turn", [0, 9], {"left": [1, 0]})],
        "Two panels.",
    )
    first, second = picture._figure.axes
    assert lines(first) == {
        "right": ([0, 2], [100, 50]),
        "down": ([0, 2], [100, 25]),
        "guessing": ([0, 1], [10, 10]),
    }
    assert lines(second)["left"] == ([0, 9], [100, 0])
    assert [axes.get_xlabel() for axes in (first, second)] == ["shift", "turn"]
    assert repr(picture) == "Two panels."


def test_axes_are_named_with_units():
    accuracy, loss = training_curves(HISTORY).axes
    assert (accuracy.get_xlabel(), accuracy.get_ylabel()) == ("epoch", "accuracy (%)")
    assert (loss.get_xlabel(), loss.get_ylabel()) == ("epoch", "loss: cross-entropy (nats)")
    assert loss.get_ylim()[0] == 0


def test_both_sets_are_told_apart_by_more_than_colour():
    for axes in training_curves(HISTORY).axes:
        training, test = axes.lines
        assert training.get_color() != test.get_color()
        assert training.get_linestyle() != test.get_linestyle()
        assert training.get_marker() != test.get_marker()
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training", "test"]


def test_the_watched_set_may_have_another_name():
    for axes in training_curves(HISTORY, watched="held-out").axes:
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training", "held-out"]


def test_chapters_result_is_a_dotted_line_with_its_number():
    accuracy, loss = training_curves(HISTORY, chapter_accuracy=0.994).axes
    line = accuracy.lines[-1]
    assert set(line.get_ydata()) == {99.4}
    assert line.get_linestyle() == ":"
    assert accuracy.get_legend().get_texts()[-1].get_text() == "the chapter: 99.40 %"
    assert len(loss.lines) == 2


@pytest.mark.parametrize(("epochs", "right"), [(None, 3), (3, 3), (10, 10), (100, 100)])
def test_epoch_axis_ends_where_the_training_will(epochs, right):
    for axes in training_curves(HISTORY, epochs).axes:
        left_end, right_end = axes.get_xlim()
        assert left_end < 1
        assert right < right_end < 1.05 * right + 0.5
        ticks = axes.get_xticks()
        np.testing.assert_array_equal(ticks, np.round(ticks))


def test_losses_are_drawn_from_zero_by_name_and_step():
    picture = loss_curves({"Keras": [2.0, 1.0, 0.5, 0.0], "NumPy": [2.0] * 4}, "Two losses.")
    assert repr(picture) == "Two losses."
    assert {"Keras", "NumPy", "step", "loss: cross-entropy (nats)"} <= set(texts(picture))
    scale = {text.text: float(text.get("y")) - 5 for text in elements(picture, "text", text_anchor="end")}
    steps = {text.text: float(text.get("x")) for text in elements(picture, "text", text_anchor="middle")}
    keras, numpy = (
        [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        for line in elements(picture, "polyline")
    )
    heights = np.interp([2.0, 1.0, 0.5, 0.0], [0, 2], [scale["0"], scale["2"]])
    np.testing.assert_allclose(keras, list(zip([steps[n] for n in "1234"], heights, strict=True)), atol=0.1)
    assert {y for _, y in numpy} == {scale["2"]}


def test_single_epoch_has_a_tick_of_its_own():
    first = {name: values[:1] for name, values in HISTORY.items()}
    for axes in training_curves(first).axes:
        left_end, right_end = axes.get_xlim()
        assert [tick for tick in axes.get_xticks() if left_end <= tick <= right_end] == [1]


@pytest.mark.parametrize("epochs", [None, 10])
def test_empty_history_has_axes_and_no_scale(epochs):
    figure = training_curves(NOTHING, epochs, chapter_accuracy=0.994)
    for axes in figure.axes:
        assert all(len(x) == 0 for label, (x, _) in lines(axes).items() if label in {"training", "test"})
        assert list(axes.get_yticks()) == []
    assert png(figure).startswith(b"\x89PNG")


def test_long_curves_keep_their_markers_apart():
    long = {name: np.linspace(0.1, 0.9, 100).tolist() for name in HISTORY}
    for line in training_curves(long).axes[0].lines:
        assert 100 / line.get_markevery() <= 20


def test_history_is_left_as_it_was():
    given = {name: list(values) for name, values in HISTORY.items()}
    training_curves(given, 5, 0.9)
    assert given == HISTORY


def test_figures_are_unknown_to_pyplot():
    training_curves(HISTORY)
    assert matplotlib.pyplot.get_fignums() == []


# How a lesson shows a figure


def test_picture_is_a_sharp_png_with_its_sentence():
    shown = Picture(training_curves(HISTORY), "What it shows: a < b.")
    bundle = shown._repr_mimebundle_()
    assert bundle["text/plain"] == repr(shown) == "What it shows: a < b."
    data = re.fullmatch(
        r'<img src="data:image/png;base64,(.+)" width="760" alt="What it shows: a &lt; b." '
        'style="max-width:100%">',
        bundle["text/html"],
    ).group(1)
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        assert picture.size == (2 * 760, 2 * 300)


def test_a_palette_leaves_the_curves_as_they_are():
    figure = training_curves(HISTORY)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=200)
    whole = np.asarray(Image.open(drawn).convert("RGB")).astype(int)
    shown = np.asarray(Image.open(io.BytesIO(png(figure))).convert("RGB"))
    assert np.abs(whole - shown).max() < 32
    assert np.abs(whole - shown).mean() < 0.3


def test_picture_comes_out_the_same_each_time():
    first, again = (Picture(training_curves(HISTORY), "Curves.")._repr_mimebundle_() for _ in range(2))
    assert first == again
