"""Drawing a digit: what the sheet holds, what the network sees of it, what it reads."""

import re

import numpy as np
import pytest
from reading import images, texts

from helpers.datasets import load_mnist
from helpers.drawing import svg
from helpers.explorers import DrawDigitExplorer
from helpers.programs import MNIST
from helpers.reference.drawing import digit_from_drawing


def draw(explorer, pixels):
    """Put pixels onto the sheet as the browser sends them."""
    explorer.canvas.set_state({"value": memoryview(pixels.astype(np.uint8).tobytes())})


def ring():
    rows, columns = np.indices((140, 140)) - 70
    distance = np.hypot(rows / 45, columns / 30)
    return np.where(np.abs(distance - 1) < 0.2, 255, 0)


def test_starts_on_an_example_of_mnist():
    explorer = DrawDigitExplorer()
    digits = load_mnist()
    digit = digits.x_test[np.argmax(digits.y_test == 3), :, :, 0]
    np.testing.assert_array_equal(explorer.canvas.pixels[::5, ::5], digit)
    np.testing.assert_array_equal(images(explorer)[0], svg.grey(-(digit / 255), -1, 0))
    assert explorer.summary.startswith("The network reads 3 with")


@pytest.mark.parametrize("digit", range(10))
def test_every_example_is_read(digit):
    explorer = DrawDigitExplorer()
    explorer.controls["example"].value = digit
    assert explorer.summary.startswith(f"The network reads {digit} with")


def test_a_drawing_is_read_as_the_network_reads_it():
    explorer = DrawDigitExplorer()
    draw(explorer, ring())
    seen = digit_from_drawing(ring() / 255)
    np.testing.assert_allclose(images(explorer)[0], svg.grey(-seen, -1, 0), atol=1)
    probabilities = MNIST.trained_network().predict(seen[np.newaxis, :, :, np.newaxis])[0]
    shown = [float(text.removesuffix(" %")) for text in texts(explorer) if text.endswith(" %")]
    np.testing.assert_allclose(shown, 100 * probabilities, rtol=0, atol=0.051)
    assert explorer.summary.startswith("The network reads 0 with")


def test_drawing_makes_it_your_own_and_an_example_replaces_it():
    explorer = DrawDigitExplorer()
    draw(explorer, ring())
    assert explorer.state["example"] == "own"
    explorer.controls["example"].value = 3
    assert explorer.summary.startswith("The network reads 3")
    assert explorer.canvas.pixels[::5, ::5].any()
    explorer.controls["example"].value = "own"
    assert explorer.summary.startswith("The network reads 3")


def test_a_late_stroke_stays_on_its_sheet():
    explorer = DrawDigitExplorer()
    for lay_new in (lambda: explorer.set(example=7), explorer.controls["clear"].click):
        late = explorer.canvas
        lay_new()
        before = explorer.state, explorer.view.svg
        late.set_state({"value": memoryview(ring().astype(np.uint8).tobytes())})
        assert (explorer.state, explorer.view.svg) == before


def test_drawing_draws_once(monkeypatch):
    explorer = DrawDigitExplorer()
    draws = []
    original = DrawDigitExplorer.draw
    monkeypatch.setattr(DrawDigitExplorer, "draw", lambda self: draws.append(1) or original(self))
    draw(explorer, ring())
    assert len(draws) == 1


def test_the_button_clears_the_sheet():
    explorer = DrawDigitExplorer()
    explorer.controls["clear"].click()
    assert not explorer.canvas.pixels.any()
    assert not (images(explorer)[0] < 255).any()
    assert "The sheet is empty" in explorer.summary
    assert explorer.state["example"] == "own"


def test_a_dot_and_a_sheet_full_of_ink_are_read_as_something():
    explorer = DrawDigitExplorer()
    for pixels in (np.eye(140) * (np.arange(140) == 9), np.ones((140, 140))):
        draw(explorer, 255 * pixels)
        assert re.match(r"The network reads \d with", explorer.summary)


def test_the_sheet_has_a_name_for_screen_readers():
    assert DrawDigitExplorer().canvas.description
