"""The explorer that compares recorded trainings: curves against the records, labels against each other."""

import re

import numpy as np
import pytest
from reading import elements, number, texts
from trainings import record

from helpers.drawing.svg_curves import look
from helpers.explorers import DigitComparisonExplorer, PhotographComparisonExplorer
from helpers.programs.variants import GROUPS
from helpers.runs import recorded

NAMES = list(GROUPS["cifar10"])
CHAPTER, BEST = NAMES[0], NAMES[-1]
TITLES = {name: program.title for name, program in GROUPS["cifar10"].items()}


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """An explorer's recordings: ten variants that come to nearly the same, one with three seeds."""
    monkeypatch.setattr(recorded, "_RECORDED", tmp_path)
    rng = np.random.default_rng(1)
    for place, name in enumerate(NAMES):
        for seed in range(3 if name == BEST else 1):
            accuracies = 0.75 + 0.001 * place + rng.normal(0, 0.002, 24 if name == BEST else 16)
            accuracies[0] = 0.3
            losses = rng.uniform(0.4, 0.9, len(accuracies))
            history = {"val_loss": losses.tolist(), "loss": (losses / 2).tolist()}
            record(tmp_path, name, seed, accuracies.tolist(), **history)
    return tmp_path


def switch(explorer, names, **others):
    explorer.set(**{name: name in names for name in explorer.controls if name != "measure"}, **others)


def axis(explorer):
    """Read from the numbers at the axis how to turn a height in the picture into a value."""
    marks = [e for e in elements(explorer, "text", text_anchor="end") if float(e.get("x")) < 60]
    heights = [float(mark.get("y")) - 5 for mark in marks]
    values = [number(mark.text) for mark in marks]
    slope, start = np.polyfit(heights, values, 1)
    np.testing.assert_allclose(np.multiply(heights, slope) + start, values, atol=abs(slope))
    return lambda y: slope * np.asarray(y) + start, abs(slope)


def points(element):
    return np.array([pair.split(",") for pair in element.get("points").split()], float)


def at_epochs(explorer, outline, epochs):
    """Read a line's heights at the first so many epochs."""
    marks = elements(explorer, "text", text_anchor="middle")
    places = {int(mark.text): float(mark.get("x")) for mark in marks if mark.text.isdigit()}
    (first, left), (last, right) = min(places.items()), max(places.items())
    x = left + (np.arange(1, epochs + 1) - first) * (right - left) / (last - first)
    return np.interp(x, *outline.T)


@pytest.mark.parametrize("measure", ["val_accuracy", "accuracy", "val_loss", "loss"])
def test_curves_are_the_recorded_numbers(runs, measure):
    explorer = PhotographComparisonExplorer()
    for name in NAMES:
        switch(explorer, [name], measure=measure)
        (line,) = elements(explorer, "polyline")
        value, pixel = axis(explorer)
        columns = [run.history[measure] for run in recorded.recorded_runs(name)]
        expected = np.mean(columns, axis=0) * (100 if "accuracy" in measure else 1)
        found = value(at_epochs(explorer, points(line), len(expected)))
        # The first accuracy lies far below, where its curve runs on at the edge.
        seen = slice("accuracy" in measure, None)
        np.testing.assert_allclose(found[seen], expected[seen], rtol=0, atol=0.3 * pixel)


def test_several_seeds_are_a_band_from_the_lowest_to_the_highest(runs):
    explorer = PhotographComparisonExplorer()
    switch(explorer, [CHAPTER, BEST])
    (band,) = elements(explorer, "polygon")
    columns = 100 * np.array([run.history["val_accuracy"] for run in recorded.recorded_runs(BEST)])
    value, pixel = axis(explorer)
    half = len(points(band)) // 2
    highs = value(at_epochs(explorer, points(band)[:half], 24))
    lows = value(at_epochs(explorer, points(band)[: half - 1 : -1], 24))
    np.testing.assert_allclose(highs[1:], columns.max(axis=0)[1:], atol=0.3 * pixel)
    np.testing.assert_allclose(lows[1:], columns.min(axis=0)[1:], atol=0.3 * pixel)
    assert "a line is their mean and a band spans them" in explorer.summary
    switch(explorer, [CHAPTER])
    assert not elements(explorer, "polygon")
    assert "band" not in explorer.summary


def test_seeds_of_unlike_length_are_shown_as_far_as_all_went(runs):
    record(runs, CHAPTER, 1, [0.751, 0.752, 0.753])
    explorer = PhotographComparisonExplorer()
    switch(explorer, [CHAPTER])
    assert max(int(text) for text in texts(explorer, text_anchor="middle") if text.isdigit()) == 3
    assert table(explorer)[TITLES[CHAPTER]][2] == "3"


def test_two_are_on_at_first_and_the_chapter_s_network_is_one(runs):
    explorer = PhotographComparisonExplorer()
    assert [name for name in NAMES if explorer.state[name]] == NAMES[:2]
    assert len(elements(explorer, "polyline")) == 2
    shown = texts(explorer)
    assert TITLES[CHAPTER] in shown
    assert TITLES[BEST] not in shown


def labels(explorer):
    """Read the names at the ends of the curves: name -> height."""
    found = [e for e in elements(explorer, "text", font_size="14") if float(e.get("x")) > 500]
    return {label.text: float(label.get("y")) for label in found}


@pytest.mark.parametrize("measure", ["val_accuracy", "loss"])
def test_names_at_the_ends_stand_apart_and_in_the_order_of_the_curves(runs, measure):
    explorer = PhotographComparisonExplorer()
    switch(explorer, NAMES, measure=measure)
    found = labels(explorer)
    assert set(found) == set(TITLES.values())
    assert np.diff(sorted(found.values())).min() >= 17
    assert 30 < min(found.values()) < max(found.values()) < 310
    ends = [points(line)[-1, 1] for line in elements(explorer, "polyline")]
    by_end = [TITLES[NAMES[place]] for place in np.argsort(ends)]
    assert sorted(found, key=found.get) == by_end


def test_fifteen_curves_look_different_even_without_colour():
    looks = [look(place) for place in range(15)]
    assert len(set(looks)) == 15
    assert len({(dash, marker) for _, dash, marker in looks}) == 15
    assert len({(colour, dash) for colour, dash, _ in looks}) == 15
    assert len({(colour, marker) for colour, _, marker in looks}) == 15


def test_the_axis_shows_where_curves_end_and_cuts_their_beginning_off(runs):
    explorer = PhotographComparisonExplorer()
    switch(explorer, NAMES)
    above, below = elements(explorer, "rect", x="55")  # paper
    (top, high), (bottom, low) = ((float(e.get("y")), float(e.get("height"))) for e in (above, below))
    for line in elements(explorer, "polyline"):
        heights = points(line)[:, 1]
        assert bottom + 2 < heights[0] < bottom + low - 2
        assert top + 2 < min(heights)
        assert top + high < heights[-1] < bottom
    value, _ = axis(explorer)
    for name, line in zip(NAMES, elements(explorer, "polyline"), strict=True):
        (left, _), (leaves, edge), (right, second) = points(line)[:3]
        expected = (value(edge) - 30) / (value(second) - 30)  # of the first epoch, 30 %
        assert (leaves - left) / (right - left) == pytest.approx(expected, abs=0.01), name
    assert value(bottom) > 70
    drawn = list(elements(explorer))
    assert max(map(drawn.index, elements(explorer, "polyline"))) < drawn.index(above)


@pytest.mark.parametrize("accuracies", [[1.0, 1.0], [0.1], [0.0, 0.0], [0.5, 0.5]])
def test_whatever_was_recorded_can_be_drawn(tmp_path, monkeypatch, accuracies):
    monkeypatch.setattr(recorded, "_RECORDED", tmp_path)
    record(tmp_path, CHAPTER, 0, accuracies)
    explorer = PhotographComparisonExplorer()
    for measure in ("val_accuracy", "accuracy", "val_loss", "loss"):
        explorer.set(measure=measure)
        assert not re.search("nan|inf", explorer.view.svg)
        assert len(elements(explorer, "polyline")) == 1


def table(explorer):
    """Read the table: name -> its numbers."""
    found = {}
    for element in elements(explorer, "text"):
        if float(element.get("y")) > 362 and element.get("fill") != "#5c5c5c":
            found.setdefault(element.get("y"), []).append(element.text)
    return {title: numbers for title, *numbers in found.values()}


def test_the_table_has_costs_and_accuracies_of_what_is_shown(runs):
    explorer = PhotographComparisonExplorer()
    switch(explorer, [CHAPTER, BEST])
    found = table(explorer)
    assert set(found) == {TITLES[CHAPTER], TITLES[BEST]}
    columns = 100 * np.array([run.history["val_accuracy"] for run in recorded.recorded_runs(BEST)])
    best, last = columns.max(axis=1).mean(), columns[:, -1].mean()
    multiplications = f"{GROUPS['cifar10'][BEST].costs.multiplications:,}"  # judged in tests/test_variants.py
    assert found[TITLES[BEST]] == ["474,730", multiplications, "24", f"{best:.2f}", f"{last:.2f}", "3"]
    assert found[TITLES[CHAPTER]][0] == "4,224,970"


def test_the_sentence_names_the_highest_and_the_lowest(runs):
    explorer = PhotographComparisonExplorer()
    switch(explorer, NAMES, measure="val_loss")
    lasts = {
        name: np.mean([run.history["val_loss"][-1] for run in recorded.recorded_runs(name)]) for name in NAMES
    }
    low, high = min(NAMES, key=lasts.get), max(NAMES, key=lasts.get)
    assert (
        f"the test loss lies between {lasts[low]:.3f} nats ({TITLES[low]}) and "
        f"{lasts[high]:.3f} nats ({TITLES[high]})"
    ) in explorer.summary
    switch(explorer, [BEST], measure="accuracy")
    assert f"the training accuracy is {100 * training(BEST):.2f} % ({TITLES[BEST]})" in explorer.summary


def test_the_sentence_tells_what_chance_does_to_a_test_accuracy(runs):
    explorer = PhotographComparisonExplorer()
    switch(explorer, [CHAPTER])
    accuracy = recorded.recorded_runs(CHAPTER)[0].history["val_accuracy"][-1]
    spread = np.random.default_rng(0).binomial(200, accuracy, 100_000).std() / 200
    moved, error = re.search(
        r"Other 200 test pictures would move (.*) % by about (.*) points", explorer.summary
    ).groups()
    assert moved == f"{100 * accuracy:.2f}"
    assert float(error) == pytest.approx(100 * spread, rel=0.01)
    explorer.set(measure="loss")
    assert "Other 200" not in explorer.summary


def training(name):
    return np.mean([run.history["accuracy"][-1] for run in recorded.recorded_runs(name)])


def test_nothing_shown_and_nothing_recorded_are_said(runs, tmp_path, monkeypatch):
    explorer = PhotographComparisonExplorer()
    switch(explorer, [])
    assert explorer.summary == "Switch on a training to see its curve."
    assert texts(explorer) == [explorer.summary]
    monkeypatch.setattr(recorded, "_RECORDED", tmp_path / "empty")
    empty = DigitComparisonExplorer()
    assert list(empty.controls) == ["measure"]
    empty.set(measure="loss")
    assert empty.summary == "None of these trainings is recorded."


def test_a_variant_without_a_recording_is_left_out(runs):
    for path in runs.glob(f"{NAMES[1]}-seed*/*"):
        path.unlink()
    assert NAMES[1] not in PhotographComparisonExplorer().controls
