"""Every control of every explorer, over its whole range; the output-size explorer in every setting."""

import itertools
import re
from html import unescape
from urllib.parse import unquote

import anywidget
import ipywidgets
import numpy as np
import pytest
from reading import cells, elements, filled, places, settings, shape, texts

from helpers import chapter, explorers
from helpers.drawing import svg
from helpers.drawing.picture import RUN_HINT
from helpers.explorers import OutputSizeExplorer, ShrinkingStackExplorer

ALL = [getattr(explorers, name) for name in explorers.__all__]
# Every picture that it draws has gone through the whole CIFAR-10 network.
_SLOW = "PhotographInsideExplorer"
each_explorer = pytest.mark.parametrize(
    "explorer_class",
    [
        pytest.param(one, id=one.__name__, marks=pytest.mark.slow if one.__name__ == _SLOW else ())
        for one in ALL
    ],
)


@each_explorer
def test_every_control_to_both_ends(explorer_class):
    explorer = explorer_class()
    for control in explorer.controls.values():
        if isinstance(control, ipywidgets.Button):
            control.click()
        else:
            for value in settings(control):
                control.value = value
    assert elements(explorer, "text")
    assert explorer.summary


@each_explorer
def test_controls_are_named(explorer_class):
    for name, control in explorer_class().controls.items():
        assert isinstance(control, ipywidgets.Play) or control.description, name


@each_explorer
def test_shows_a_static_picture_beside_the_widget(explorer_class):
    explorer = explorer_class()
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == explorer.summary
    # In HTML, since JupyterLab hides "image/svg+xml" in a lesson that was not run yet.
    assert "image/svg+xml" not in bundle
    image = r'<img src="data:image/svg\+xml,([^"]*)" alt="([^"]*)" style="max-width:100%">'
    source, sentence, below = re.fullmatch(f"{image}(.*)", bundle["text/html"]).groups()
    assert unquote(source) == explorer.view.svg
    assert unescape(sentence) == explorer.summary
    assert unescape(below) == f"<p>{explorer.summary}</p>{RUN_HINT}"


@each_explorer
def test_the_same_state_gives_the_same_picture(explorer_class):
    assert explorer_class().view.svg == explorer_class().view.svg


@each_explorer
def test_a_change_draws_once(explorer_class, monkeypatch):
    drawn = []
    draw = explorer_class.draw
    monkeypatch.setattr(explorer_class, "draw", lambda explorer: drawn.append(1) or draw(explorer))
    for name, control in explorer_class().controls.items():
        if not isinstance(control, ipywidgets.Button):
            changed = explorer_class().controls[name]
            drawn.clear()
            changed.value = next(value for value in settings(control) if value != control.value)
            assert len(drawn) == 1, name


def ends(control):
    """List the first and the last value of a control, without the one it stands at."""
    values = settings(control)
    return [value for value in (values[0], values[-1]) if value != control.value]


def walk(explorer):
    """Go through an explorer's controls twice; yield each move, (name, value), for the test to make."""
    for name in 2 * list(explorer.state):
        yield from ((name, value) for value in ends(explorer.controls[name]))


def says(control):
    """List what a control says: its value, and where it ends."""
    return [getattr(control, trait, None) for trait in ("value", "min", "max", "options")]


# Sliders of a number of their own: a late message changes that number, and no other.
OF_A_NUMBER = ("value", "pixel")


@each_explorer
def test_a_late_message_counts_for_the_control_that_was_moved(explorer_class):
    explorer, twin = explorer_class(), explorer_class()
    for name, value in walk(explorer):
        before = {other: (control, says(control)) for other, control in explorer.controls.items()}
        explorer.controls[name].value = twin.controls[name].value = value
        for other in before.keys() & explorer.state.keys() - {name}:
            control, said = before[other]
            shown = explorer.controls[other]
            typed_over = shown is control and control.value == "own"  # the menu says so, and means the same
            if typed_over or (shown is control and says(control) == said):
                continue
            first = control.value
            for late in ends(control):
                for _ in range(2):
                    control.set_state({"value": late})
                assert explorer.state == twin.state, (name, other)
                assert other in OF_A_NUMBER or explorer.view.svg == twin.view.svg, (name, other)
            if other in OF_A_NUMBER:
                control.set_state({"value": first})
            assert explorer.view.svg == twin.view.svg, (name, other)


@each_explorer
def test_a_late_click_on_a_picture_that_is_gone_changes_nothing(explorer_class):
    explorer, seen = explorer_class(), set()
    for name, value in walk(explorer):
        # The last of each kind.
        seen |= set({place.partition("-")[0]: place for place in places(explorer)}.values())
        explorer.controls[name].value = value
        before = explorer.state, explorer.view.svg
        for place in seen.difference(places(explorer)):
            explorer.click(place)
            assert (explorer.state, explorer.view.svg) == before, (name, place)


def leaves(widget):
    """List the controls of a widget as they stand on the page."""
    if isinstance(widget, ipywidgets.Box):
        return [leaf for child in widget.children for leaf in leaves(child)]
    return [] if isinstance(widget, anywidget.AnyWidget) else [widget]


@each_explorer
def test_controls_that_are_replaced_keep_their_place(explorer_class):
    explorer = explorer_class()
    bar = explorer.widget.children[0].children[0]
    listed = bar.children
    for name, value in walk(explorer):
        moved = explorer.controls[name]
        moved.value = value
        assert leaves(explorer.widget) == list(explorer.controls.values()), name
        assert explorer.controls[name] is moved, "taken from under the hands that moved it"
        assert bar.children == listed, "the page rebuilds a list that changes"


@each_explorer
def test_several_moves_draw_once(explorer_class, monkeypatch):
    drawn = []
    draw = explorer_class.draw
    monkeypatch.setattr(explorer_class, "draw", lambda explorer: drawn.append(1) or draw(explorer))
    explorer = explorer_class()
    drawn.clear()
    explorer.set(**dict(walk(explorer)))
    assert len(drawn) == 1


def test_play_stops_when_its_slider_goes():
    explorer = OutputSizeExplorer()
    play = explorer.controls["play"]
    play.set_state({"playing": True})
    explorer.controls["height"].value = 6
    assert explorer.controls["play"] is not play
    assert not play.playing


def keras_side(side, filter_size, padding, stride):
    """Ask Keras for the output side; None where it refuses."""
    from helpers.keras_backend import keras

    rule = padding if isinstance(padding, str) else "valid"
    padded = side if isinstance(padding, str) else side + 2 * padding
    layer = keras.layers.Conv2D(1, filter_size, strides=stride, padding=rule)
    try:
        return layer.compute_output_shape((None, padded, padded, 1))[1]
    except ValueError:
        return None


@pytest.mark.slow
def test_every_setting_of_the_output_size_explorer_agrees_with_keras():
    explorer = OutputSizeExplorer()
    controls = explorer.controls
    paddings = ["valid", "same", *settings(controls["padding"])]
    sides = settings(controls["height"])
    assert sides == settings(controls["width"])
    for filter_size, padding, stride in itertools.product(
        settings(controls["filter"]), paddings, settings(controls["stride"])
    ):
        expected = {side: keras_side(side, filter_size, padding, stride) for side in sides}
        if isinstance(padding, str):
            explorer.set(filter=filter_size, stride=stride, padding_rule=padding)
        else:
            explorer.set(filter=filter_size, stride=stride, padding_rule="slider", padding=padding)
        for height in sides:
            explorer.set(height=height)
            for width in sides:
                explorer.set(width=width)
                setting = explorer.state
                if expected[height] is None or expected[width] is None:
                    assert 'data-cell="output-' not in explorer.view.svg, setting
                    assert explorer.summary.startswith("No output"), setting
                else:
                    # Parsed for squares alone: parsing takes far longer than drawing.
                    rows, columns = expected[height], expected[width]
                    assert explorer.view.svg.count('data-cell="output-') == rows * columns, setting
                    assert height != width or shape(explorer, "output") == (rows, columns), setting
                    assert f"{expected[height]} × {expected[width]}" in explorer.summary, setting


def test_starts_on_figure_3_3():
    explorer = OutputSizeExplorer()
    shown = cells(explorer, "output")
    assert shown == {place: str(value) for place, value in np.ndenumerate(chapter.FIGURE_3_3_OUTPUT)}
    assert shape(explorer, "input") == (6, 6)
    assert any("(4 − 2 + 2·1)/1 + 1 = 5" in text for text in texts(explorer))


def test_the_button_leads_back_to_figure_3_3():
    explorer = OutputSizeExplorer()
    first = explorer.view.svg
    explorer.set(height=8, stride=3, padding_rule="same")
    assert explorer.view.svg != first
    explorer.controls["figure_3_3"].click()
    assert explorer.view.svg == first


def test_stepping_fills_the_output_and_spells_out_the_product():
    explorer = OutputSizeExplorer()
    explorer.controls["step"].value = 7
    filled = [text for text in cells(explorer, "output").values() if text]
    assert filled == ["0", "2", "3", "3", "2", "2", "6"]
    assert {"2·1 + 3·1 +", "1·1 + 1·0 = 6"} <= set(texts(explorer))


def test_play_moves_the_step():
    explorer = OutputSizeExplorer()
    explorer.controls["play"].value = 3
    assert explorer.controls["step"].value == 3
    assert explorer.controls["play"].max == 25


def test_a_click_on_an_output_cell_moves_the_window():
    explorer = OutputSizeExplorer()
    explorer.click("output-1-2")
    assert explorer.controls["step"].value == 8
    assert "Output row 2, column 3:" in texts(explorer)


@pytest.mark.parametrize("cell", ["input-0-0", "filter-1-1"])
def test_a_click_elsewhere_changes_nothing(cell):
    explorer = OutputSizeExplorer()
    before = explorer.view.svg
    explorer.click(cell)
    assert explorer.view.svg == before


def test_the_padding_slider_rests_while_a_rule_sets_the_padding():
    explorer = OutputSizeExplorer()
    explorer.controls["padding_rule"].value = "same"
    assert explorer.controls["padding"].disabled
    explorer.controls["padding_rule"].value = "slider"
    assert not explorer.controls["padding"].disabled


def test_says_which_padding_fits():
    explorer = OutputSizeExplorer()
    explorer.set(stride=3)
    assert "the smallest padding that fits is 2." in explorer.summary
    explorer.set(padding=2)
    assert "smallest padding" not in explorer.summary


def test_says_that_no_equal_padding_fits():
    explorer = OutputSizeExplorer()
    explorer.set(height=8, width=8, filter=3, stride=2, padding=0)
    assert "since stride 2 is even and 8 − 3 is odd; 0 before and 1 after would." in explorer.summary


def test_unseen_rows_and_columns_are_hatched():
    explorer = OutputSizeExplorer()
    explorer.set(height=6, width=6, filter=2, stride=2, padding=0)
    assert not elements(explorer, "path")
    explorer.set(height=7)
    assert len(elements(explorer, "path")) == 6


def test_zeros_that_are_left_out_cost_no_pixel():
    explorer = OutputSizeExplorer()
    explorer.set(height=4, width=4, filter=3, stride=2, padding=1)
    assert len(elements(explorer, "path")) == 11  # the last row and the last column of 6 × 6: zeros
    assert "every pixel is used. Only added zeros are left out (hatched)." in explorer.summary
    explorer.set(padding=0)
    assert "the filter never sees 1 of the 4 positions (hatched)" in explorer.summary


def test_the_padding_of_same_is_unequal_for_an_even_filter():
    explorer = OutputSizeExplorer()
    explorer.set(padding_rule="same")
    window = {(3, 4), (4, 3), (4, 4)}
    added = {place for place in np.ndindex(5, 5) if 4 in place}
    assert set(filled(explorer, "input", svg.BLUE_TINT)) == added - window


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "After 6 layers 28 has become 4, and a 5 × 5 filter no longer fits."),
        ({"filter": 3}, "After 13 layers 28 has become 2, and a 3 × 3 filter no longer fits."),
        ({"filter": 3, "padding": 1}, "Every layer keeps the side of 28."),
        ({"filter": 3, "padding": 2}, "Every layer adds 2 to the side"),
        ({"filter": 4}, "After 9 layers 28 has become a single number."),
        ({"filter": 2}, "After 16 layers 28 has become 12."),
        ({"side": 3, "filter": 5}, "A 5 × 5 filter does not fit on a side of 3."),
    ],
)
def test_the_stack_explorer_tells_what_becomes_of_the_side(values, sentence):
    explorer = ShrinkingStackExplorer()
    explorer.set(**values)
    assert sentence in explorer.summary
