"""The walk back and the learning curves: every shown number is the reference's, every sum comes out."""

import itertools
import re

import numpy as np
import pytest
from reading import cells, number, texts

from helpers.chapter.examples import EXAMPLE
from helpers.explorers import BackpropagationExplorer, LearningExplorer
from helpers.reference.chapter_rules import chapter_backward
from helpers.reference.complete_model import complete_model_backward, complete_model_forward
from helpers.reference.gradient_check import relative_error
from helpers.reference.optimizers import gradient_step

GRADIENTS = {"gradient": complete_model_backward(**EXAMPLE), "printed": chapter_backward(**EXAMPLE)}
STEPS = list(GRADIENTS["gradient"])
BY_CHANNEL = ("channel_maps", "convolved", "filters", "filter_biases")
every_state = pytest.mark.parametrize(
    ("rule", "step", "channel"), list(itertools.product(GRADIENTS, range(1, len(STEPS) + 1), range(3)))
)


def expected_array(rule, step, channel):
    name = STEPS[step - 1]
    array = GRADIENTS[rule][name]
    array = array[..., channel] if name in BY_CHANNEL else array
    return np.reshape(array, (-1, 1)) if np.ndim(array) < 2 else array


@every_state
def test_shows_the_gradient_and_its_check(rule, step, channel):
    explorer = BackpropagationExplorer()
    explorer.set(rule=rule, step=step, channel=channel)
    for grid, source in (("result", rule), ("check", "gradient")):
        shown = {place: number(text) for place, text in cells(explorer, grid).items()}
        array = expected_array(source, step, channel)
        assert set(shown) == set(np.ndindex(array.shape))
        for place, value in shown.items():
            assert value == pytest.approx(array[place], abs=0.51e-4)


def spelt_out(explorer):
    """Read the explanation's last sum off the picture: (its text as Python, its result)."""
    lines = " ".join(texts(explorer, x="14", font_weight="normal"))
    left, result = lines.rsplit(" = ", 1)
    arithmetic = re.search(r"[0-9.()·+−/ ]+$", left)[0].lstrip(" .")
    return arithmetic.replace("·", "*").replace("−", "-"), number(result)


@every_state
def test_the_arithmetic_of_every_number_comes_out(rule, step, channel):
    explorer = BackpropagationExplorer()
    explorer.set(rule=rule, step=step, channel=channel)
    array = expected_array(rule, step, channel)
    for place in np.ndindex(array.shape):
        explorer.click(f"result-{place[0]}-{place[1]}")
        if STEPS[step - 1] in ("bias", "pooled"):
            meaning = "δ" if step == 4 else "∂L/∂f"
            assert any(f"= {meaning}" in text for text in texts(explorer))
            continue
        arithmetic, result = spelt_out(explorer)
        assert result == pytest.approx(array[place], abs=0.51e-4)
        # Each term holds a number rounded to four decimals, times at most 5.5.
        terms = arithmetic.count(" + ") + 1
        assert eval(arithmetic) == pytest.approx(result, abs=0.5e-4 * (5.5 * terms + 1))


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1))
def test_the_sentence_says_whether_the_rule_is_right(step):
    explorer = BackpropagationExplorer()
    explorer.set(step=step)
    assert explorer.summary.endswith("agrees with the finite differences.")
    explorer.set(rule="printed")
    name = STEPS[step - 1]
    error = relative_error(GRADIENTS["printed"][name], GRADIENTS["gradient"][name])
    expected = f"is off by up to {100 * error:.0f} % of the largest number." if error > 1e-7 else "agrees"
    assert expected in explorer.summary


def test_the_channel_menu_rests_where_there_is_no_channel():
    explorer = BackpropagationExplorer()
    assert explorer.controls["channel"].disabled
    explorer.set(step=8)
    assert not explorer.controls["channel"].disabled


def test_play_walks_back():
    explorer = BackpropagationExplorer()
    explorer.controls["play"].value = 5
    assert explorer.controls["step"].value == 5


@pytest.mark.parametrize("learns", [("filters", "filter_biases"), ("weights", "bias")])
def test_the_curves_are_those_of_the_rules(learns):
    explorer = LearningExplorer()
    explorer.set(learns=learns, rate=0.2, step=3)
    image, target = EXAMPLE["image"], EXAMPLE["target"]
    for rule, backward in (("gradient", complete_model_backward), ("as printed", chapter_backward)):
        parameters = dict(EXAMPLE["parameters"])
        for _ in range(3):
            gradients = backward(image, parameters, target)
            parameters |= gradient_step({name: parameters[name] for name in learns}, gradients, 0.2)
        loss = complete_model_forward(image, parameters, target)["loss"]
        assert any(f"{rule}: loss {loss:.4f}" in text for text in texts(explorer))


def test_the_sentence_compares_the_rules():
    explorer = LearningExplorer()
    explorer.set(learns=("filters", "filter_biases"), rate=0.1, step=20)
    assert "After 20 steps the gradient lowered the loss to 0.03" in explorer.summary
    assert "the printed rules raised the loss to 0.99" in explorer.summary
    explorer.set(step=0)
    assert "the gradient left the loss at 0.3284" in explorer.summary


def test_a_rate_that_is_too_large_overshoots():
    explorer = LearningExplorer()
    explorer.set(learns=("filters", "filter_biases"), rate=5, step=1)
    assert "the gradient raised the loss" in explorer.summary
