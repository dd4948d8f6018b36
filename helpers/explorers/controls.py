"""The controls of explorers: sliders, menus and buttons, all of one look."""

from functools import cache
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from helpers.language import say


class ControlRepair(anywidget.AnyWidget):
    """Shows nothing; names the controls of the explorer it stands in, and keeps the keyboard for them.

    It mends what ipywidgets and JupyterLab leave out: see controls.js, which goes once they mend it.
    """

    _esm = Path(__file__).with_name("controls.js")
    play_names = traitlets.List([say("Play or pause"), say("Stop"), say("Repeat")]).tag(sync=True)


def int_slider(description, value, smallest, largest):
    """Make a named slider over whole numbers that answers while it is dragged."""
    return ipywidgets.IntSlider(value, smallest, largest, description=description, **_slider_look())


def float_slider(description, value, smallest, largest, step):
    """Make a named slider over numbers that answers while it is dragged."""
    return ipywidgets.FloatSlider(
        value, min=smallest, max=largest, step=step, description=description, **_slider_look()
    )


class CellSlider(ipywidgets.IntSlider):
    """A named slider over the cells of an array, numbered from 1, row by row."""

    def __init__(self, description, shape):
        rows, self._columns = shape
        super().__init__(1, 1, rows * self._columns, description=description, **_slider_look())

    @property
    def place(self):
        """(row, column) of the chosen cell, counted from 0."""
        return divmod(self.value - 1, self._columns)

    @place.setter
    def place(self, place):
        row, column = place
        self.value = row * self._columns + column + 1


def tied_to(values, place, slider):
    """Let a slider write its value to one place of an array; return the slider."""

    def write(change):
        values[place] = change["new"]

    slider.observe(write, "value")
    return slider


def player(slider, interval):
    """Make the buttons that let a slider run, a step in so many milliseconds."""
    play = ipywidgets.Play(
        value=slider.value, min=slider.min, max=slider.max, interval=interval, layout={"width": "150px"}
    )
    ipywidgets.link((slider, "value"), (play, "value"))
    return play


def number_field(description, value, limit, step, **look):
    """Make a named field that a number from -limit to limit is typed into."""
    return ipywidgets.BoundedFloatText(
        value, min=-limit, max=limit, step=step, description=description, **(_LOOK | look)
    )


def dropdown(description, options, start=None):
    """Make a named menu; options are pairs (text, value), the first one chosen unless another is named."""
    start = options[0][1] if start is None else start
    return ipywidgets.Dropdown(options=options, value=start, description=description, **_LOOK)


def checkbox(description, on):
    """Make a named box that is ticked or not."""
    return ipywidgets.Checkbox(on, description=description, indent=False, layout={"width": "340px"})


def follow_preset(menu, shown, lay_out, is_laid_out):
    """Lay out the preset that was chosen; once it is changed, choose "own". Return what the menu shows."""
    if menu.value not in (shown, "own"):
        lay_out(menu.value)
    elif menu.value != "own" and not is_laid_out(menu.value):
        menu.value = "own"
    return menu.value


def button(description, tooltip, answer):
    """Make a button that calls `answer()` when it is pressed."""
    look = {"width": "auto", "min_width": "170px"}
    made = ipywidgets.Button(description=description, tooltip=tooltip, layout=look)
    made.on_click(lambda _: answer())
    return made


# Without a tooltip the label of a slider would show "null" under the pointer.
_LOOK = {"tooltip": "", "style": {"description_width": "110px"}, "layout": {"width": "340px"}}


@cache
def _slider_look():
    # Widgets that all share: a slider that is made while another is dragged is then one message, not three.
    style = ipywidgets.SliderStyle(**_LOOK["style"])
    return _LOOK | {"style": style, "layout": ipywidgets.Layout(**_LOOK["layout"])}
