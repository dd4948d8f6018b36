"""The explorers of the worked example: what they show, spell out and learn."""

import math
import re

import numpy as np
import pytest
from judges import learn_step_by_step
from reading import cells, elements, number, places, smallest_type

from helpers import chapter
from helpers.explorers import WorkedExampleExplorer, WorkedLearningExplorer
from helpers.explorers.worked_example.tables import gradient_rows, gradient_table, step_rows, step_table
from helpers.explorers.worked_example.worked_example import figure_3_9, figure_3_10
from helpers.reference.worked_example import ALL_PARAMETERS, worked_example_backward, worked_example_forward

IMAGE, PARAMETERS = chapter.SECTION_3_3_INPUT, chapter.SECTION_3_3_PARAMETERS
EXAMPLE = IMAGE, PARAMETERS, chapter.SECTION_3_3_TARGET


def shown(picture):
    """Read every number off a picture: array -> {(row, column): number}."""
    names = {place.split("-")[0] for place in places(picture)}
    return {name: {place: number(text) for place, text in cells(picture, name).items()} for name in names}


def assert_shows(picture, arrays, names):
    """Hold that the picture shows these arrays, to half a unit of its fourth decimal."""
    numbers = shown(picture)
    for name in names:
        values = np.asarray(arrays[name], float)
        values = values if values.ndim == 2 else values.reshape(-1, 1)
        assert set(numbers[name]) == set(np.ndindex(values.shape)), name
        for place, value in numbers[name].items():
            assert value == pytest.approx(values[place], abs=0.5001e-4), (name, place)


def lines(explorer):
    """List the lines of the explanation above the picture, its title first."""
    return [line.text or "" for line in elements(explorer, "text", x="14") if float(line.get("y")) <= 100]


def evaluate(text):
    """Compute a sum as a pocket calculator would."""
    text = re.sub(r"σ\((.*)\)", r"1/(1+exp(-(\1)))", text.replace("−", "-").replace("·", "*"))
    text = text.replace("½ ", "0.5*").replace("²", "**2").replace("=", "==")
    return eval(text, {"exp": math.exp, "max": max, "__builtins__": {}})


# Tables


@pytest.mark.parametrize("name", ["pooled", "delta_hidden", "delta_pooled", "filter"])
def test_the_arithmetic_of_the_print_gives_its_numbers(name):
    for label, arithmetic, printed, recomputed, _ in step_rows(name):
        decimals = 2 if name == "pooled" else 4
        assert round(evaluate(arithmetic), decimals) == recomputed == printed, label


@pytest.mark.parametrize("name", ["feature_map", "hidden", "prediction"])
def test_the_sums_of_the_print_give_its_numbers(name):
    for label, arithmetic, printed, recomputed, _ in step_rows(name):
        spelt, result = map(evaluate, arithmetic.split(" = "))
        assert spelt == pytest.approx(result, abs=1e-4 if name == "prediction" else 1e-12), label
        rounded = round(max(spelt, 0), 2) if name == "feature_map" else round(spelt, 4)
        assert rounded == recomputed == printed, label


def test_the_last_column_is_the_gradient():
    gradients = worked_example_backward(*EXAMPLE)
    for step, name in (("delta_hidden", "hidden"), ("delta_pooled", "pooled"), ("filter", "filter")):
        assert [row[4] for row in step_rows(step)] == gradients[name].ravel().tolist()


def test_only_winners_stand_in_the_table_of_the_feature_map():
    printed = [row[2] for row in step_rows("delta_feature_map")]
    delta = chapter.SECTION_3_3_DELTA_FEATURE_MAP
    assert printed == delta[delta != 0].tolist()


def test_bold_marks_what_does_not_round_to_the_print():
    assert "**" not in step_table("feature_map").data
    assert step_table("hidden").data.count("**") == 4
    assert "| 0.6005 | 0.6005 | **0.599943** |" in step_table("hidden").data


@pytest.mark.parametrize(
    "name", ["output_sum", "weights2", "hidden", "hidden_sums", "weights1", "flattened", "filter"]
)
def test_the_arithmetic_of_the_gradients_gives_them(name):
    rows = gradient_rows(name)
    assert len(rows) == np.size(worked_example_backward(*EXAMPLE)[name])
    for label, arithmetic, gradient in rows:
        spelt, result = map(evaluate, arithmetic.split(" = "))
        assert result == round(gradient, 6), label
        # From numbers of six decimals the sixth may come out one higher or lower.
        assert spelt == pytest.approx(gradient, abs=1.5e-6), label


def test_a_table_holds_the_gradients_of_several_arrays():
    _, _, *rows = gradient_table("weights2", "hidden").data.splitlines()
    labels = [row.split(" | ")[0] for row in rows]
    assert labels == ["| ∂L/∂W₂(1)", "| ∂L/∂W₂(2)", "| ∂L/∂h₁", "| ∂L/∂h₂"]


# Figures


def test_the_network_names_every_gradient_in_full():
    gradients = worked_example_backward(*EXAMPLE)
    named = [text.text for text in elements(figure_3_10(gradients, backward=True), "text")]
    assert [name for name in named if "f" in name] == [f"∂L/∂f{i} =" for i in "₁₂₃₄"]
    assert [name for name in named if "P" in name] == [f"∂L/∂P{i}" for i in ("₁₁", "₂₁", "₁₂", "₂₂")]


def test_the_figures_show_their_arrays():
    forward = {"image": IMAGE, **PARAMETERS, **worked_example_forward(*EXAMPLE)}
    backward = worked_example_backward(*EXAMPLE)
    filtering = ("image", "filter", "convolved", "feature_map", "pooled")
    affine = ("flattened", "weights1", "hidden_sums", "hidden", "weights2", "output_sum", "prediction")
    for arrays, is_backward in ((forward, False), (backward, True)):
        assert_shows(figure_3_9(arrays, [], is_backward), arrays, filtering)
        assert_shows(figure_3_10(arrays, is_backward), arrays, affine)


# The explorer of all numbers


def test_starts_on_the_chapter_and_shows_every_number():
    explorer = WorkedExampleExplorer()
    forward = worked_example_forward(*EXAMPLE)
    arrays = {"image": IMAGE, **PARAMETERS, **forward, "target": 1.0}
    assert_shows(explorer, arrays, arrays)
    assert "0.6275" in explorer.summary
    explorer.set(direction="backward")
    gradients = worked_example_backward(*EXAMPLE)
    assert_shows(explorer, gradients, gradients)


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_every_explanation_can_be_recomputed(direction):
    explorer = WorkedExampleExplorer()
    explorer.set(direction=direction, target=0.3)
    checked = 0
    for cell in dict.fromkeys(places(explorer)):
        explorer.click(cell)
        name, row, column = cell.split("-")
        assert explorer.state["array"] == name
        value = shown(explorer)[name][int(row), int(column)]
        title, _, *arithmetic = lines(explorer)
        assert title.startswith("Gradient of ") == (direction == "backward")
        parts = " ".join(arithmetic).split(" = ")
        if len(parts) == 1:
            continue  # an input, or a sum without a term
        if not re.search(r"[fPCyL][₁-₄]?", parts[-2]):
            assert evaluate(parts[-2]) == pytest.approx(evaluate(parts[-1]), abs=1.5e-4), cell
            checked += 1
        assert evaluate(parts[-1]) == pytest.approx(value, abs=1e-4), cell
    assert checked > 40


def test_explanations_read_the_map_column_by_column():
    explorer = WorkedExampleExplorer()
    explorer.set(array="flattened", cell=1)
    explorer.set(cell=2)
    assert lines(explorer)[-1] == "f₂ = P₂₁ = 0.2113"
    explorer.set(direction="backward", array="pooled")
    explorer.set(cell=2)
    assert lines(explorer)[-1] == "∂L/∂P₁₂ = ∂L/∂f₃ = −0.002245"


def test_all_numbers_follow_a_change_of_any_input():
    explorer = WorkedExampleExplorer()
    image, parameters = IMAGE.copy(), {name: values.copy() for name, values in PARAMETERS.items()}
    explorer.set(target=0.25)
    for name, place, value in (
        ("image", (1, 2), 0.11),
        ("filter", (0, 1), -0.7),
        ("weights1", (2, 1), -1.5),
        ("weights2", (1, 0), 1.25),
    ):
        explorer.click(f"{name}-{place[0]}-{place[1]}")
        explorer.controls["value"].value = value
        {"image": image, **parameters}[name][place] = value
        for direction, function in (
            ("forward", worked_example_forward),
            ("backward", worked_example_backward),
        ):
            explorer.set(direction=direction)
            arrays = function(image, parameters, 0.25)
            assert_shows(explorer, arrays, arrays)
        explorer.set(direction="forward")


def test_choosing_a_number_changes_nothing():
    explorer = WorkedExampleExplorer()
    before = shown(explorer)
    for name in ("image", "filter", "weights1", "weights2"):
        explorer.set(array=name)
        for cell in range(1, explorer.controls["cell"].max + 1):
            explorer.set(cell=cell)
    assert shown(explorer) == before


@pytest.mark.parametrize("explorer_class", [WorkedExampleExplorer, WorkedLearningExplorer])
def test_a_late_value_changes_the_number_that_was_moved_and_no_other(explorer_class):
    explorer = explorer_class()
    explorer.set(array="image", cell=3)
    late = explorer.controls["value"]
    for place in ({"cell": 4}, {"array": "filter"}, {"array": "image", "cell": 8}):
        explorer.set(**place)
        before, value = shown(explorer), explorer.controls["value"].value
        late.set_state({"value": late.value - 0.25})
        after = shown(explorer)
        for name in ("image", *PARAMETERS):
            changed = [cell for cell, number in after[name].items() if number != before[name][cell]]
            assert changed == ([(0, 2)] if name == "image" else [])
        assert after["image"][0, 2] == pytest.approx(late.value)
        assert explorer.controls["value"].value == value
    explorer.set(cell=3)
    assert explorer.controls["value"].value == late.value


@pytest.mark.parametrize("explorer_class", [WorkedExampleExplorer, WorkedLearningExplorer])
def test_a_late_value_does_not_spoil_the_chapters_numbers(explorer_class):
    explorer = explorer_class()
    explorer.set(array="image", cell=3)
    first, late = explorer.view.svg, explorer.controls["value"]
    explorer.set(value=1.5)
    explorer.controls["example"].click()
    late.set_state({"value": 1.25})
    assert explorer.view.svg == first


def test_a_computed_number_cannot_be_moved():
    explorer = WorkedExampleExplorer()
    assert explorer.controls["value"].disabled
    before = shown(explorer)
    explorer.controls["value"].value = 0.5
    assert shown(explorer) == before
    explorer.set(array="filter")
    assert not explorer.controls["value"].disabled
    assert explorer.controls["value"].value == PARAMETERS["filter"][0, 0]


@pytest.mark.parametrize("explorer_class", [WorkedExampleExplorer, WorkedLearningExplorer])
def test_the_button_brings_the_chapters_numbers_back(explorer_class):
    explorer = explorer_class()
    first = shown(explorer)
    explorer.set(array="weights1", target=0.2)
    explorer.set(value=-2)
    assert shown(explorer) != first
    explorer.controls["example"].click()
    assert shown(explorer) == first


def test_a_filter_that_lets_nothing_through_is_no_trouble():
    explorer = WorkedExampleExplorer()
    for cell in range(1, 5):
        explorer.set(array="filter", cell=cell)
        explorer.set(value=-2)
    explorer.set(direction="backward")
    assert "0 of 16 numbers" in explorer.summary
    explorer.set(array="image", cell=1)
    assert lines(explorer)[-1] == "none has a gradient: 0"


def test_terms_that_cancel_leave_no_gradient():
    """Of two hidden units that are alike and have opposite weights, each takes back what the other sends."""
    explorer = WorkedExampleExplorer()
    for row, weight in enumerate(PARAMETERS["weights1"][:, 0].tolist()):
        explorer.click(f"weights1-{row}-1")
        explorer.set(value=weight)
    explorer.click("weights2-1-0")
    explorer.set(value=-PARAMETERS["weights2"][0, 0])
    explorer.set(direction="backward")
    numbers = shown(explorer)
    assert numbers["weights1"][0, 0] == -numbers["weights1"][0, 1] != 0
    assert set(numbers["flattened"].values()) == {0}
    assert "0 of 16 numbers before the ReLU get a gradient" in explorer.summary


@pytest.mark.parametrize("explorer_class", [WorkedExampleExplorer, WorkedLearningExplorer])
def test_no_number_is_too_small_to_read(explorer_class):
    assert smallest_type(explorer_class()) >= 13


# The explorer of learning


def numbers_of(summary):
    return [
        float(number)
        for number in re.findall(r"is (\d\.\d{4})|the loss (\d\.\d{4})", summary)
        for number in number
        if number
    ]


@pytest.mark.parametrize("learning", [ALL_PARAMETERS, ("filter",)])
def test_tells_what_both_rules_have_learnt(learning):
    explorer = WorkedLearningExplorer()
    explorer.set(learning=learning, rate=2.5, step=7, target=0.1)
    numbers = numbers_of(explorer.summary)
    curves = [
        learn_step_by_step(IMAGE, PARAMETERS, 0.1, 2.5, 7, rule, learning)[1]
        for rule in ("gradient", "chapter")
    ]
    expected = [curves[0][0], *(curve[-1] for curve in curves)]
    assert numbers[::2] == [round(value, 4) for value in expected]
    assert numbers[1::2] == [round(0.5 * (value - 0.1) ** 2, 4) for value in expected]


def test_the_curves_are_the_predictions():
    explorer = WorkedLearningExplorer()
    explorer.set(rate=3.0)
    drawn = elements(explorer, "polyline")
    frame = elements(explorer, "rect", height="180")[0]
    top, height = float(frame.get("y")), float(frame.get("height"))
    for line, rule in zip(drawn, ("gradient", "chapter"), strict=True):
        points = [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        assert len(points) == 201
        _, predictions = learn_step_by_step(*EXAMPLE, 3.0, 20, rule)
        heights = [1 - (y - top) / height for _, y in points]
        np.testing.assert_allclose(heights[:21], predictions, atol=0.06 / height)


def test_says_when_the_printed_steps_go_the_wrong_way():
    explorer = WorkedLearningExplorer()
    assert "larger" not in explorer.summary
    explorer.click("weights2-1-0")
    explorer.set(value=-1.31, learning=("filter",), step=200)
    assert explorer.summary.endswith("The printed steps have made the loss larger.")


def test_learns_again_only_when_something_has_changed(monkeypatch):
    from helpers.explorers.worked_example import learning

    explorer, calls = WorkedLearningExplorer(), []
    learn = learning.learn
    monkeypatch.setattr(learning, "learn", lambda *settings: calls.append(1) or learn(*settings))
    explorer.set(step=50)
    explorer.set(array="filter", cell=2)
    assert not calls
    explorer.set(rate=2.0)
    assert len(calls) == 2
