"""Nine weights to edit, and what their filter does to a photograph (section 3-1, convolution layer)."""

from functools import partial

import ipywidgets
import numpy as np

from helpers.drawing import svg
from helpers.explorers.controls import dropdown, follow_preset, number_field
from helpers.explorers.explorer import Explorer
from helpers.explorers.filters.filter import photograph, photograph_menu
from helpers.explorers.filters.pictures import before_and_after
from helpers.language import say
from helpers.reference.filters import filter_image
from helpers.wording import fixed, percent, rounded, together

_PRESETS = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "blur": [[1 / 9] * 3] * 3,
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "edges": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
}
_PLACES = list(np.ndindex(3, 3))
_NEARLY = 1e-9  # rounding of a few sums, far below what an eye or a sentence shows


class KernelExplorer(Explorer):
    """Nine weights to edit, and what the filter that they make does to a photograph."""

    def __init__(self):
        presets = [
            (say("identity"), "identity"),
            (say("blur"), "blur"),
            (say("sharpen"), "sharpen"),
            (say("edges"), "edges"),
            (say("emboss"), "emboss"),
            (say("your own"), "own"),
        ]
        self._shown, self._attempt = None, 0
        super().__init__(
            {
                "photograph": photograph_menu(),
                "preset": dropdown(say("Weights"), presets, "sharpen"),
                **{_weight(*place): None for place in _PLACES},
            }
        )

    def arrange(self):
        """Put the weights into three rows of three."""
        weights = [self.place(_weight(*place)) for place in _PLACES]
        grid = ipywidgets.GridBox(weights, layout={"grid_template_columns": "repeat(3, minmax(0, 160px))"})
        return [self.controls["photograph"], self.controls["preset"], grid]

    def adjust(self):
        """Offer the weights of the preset that was chosen; call weights that were typed "your own"."""
        self._shown = follow_preset(self.controls["preset"], self._shown, self._lay_out, self._is_laid_out)

    def draw(self):
        """Return photograph, result and weights, and what their sum means."""
        kernel = self._kernel()
        before = photograph(self.state["photograph"])
        after = filter_image(before, kernel)
        total = rounded(kernel.sum())
        if abs(kernel.sum()) < _NEARLY:
            pixels = svg.signed(after, max(float(np.percentile(np.abs(after), 99)), 1.0))
            notes = say(
                "sum of the weights: {total}\n\norange: above 0\nblue: below 0\npaper: 0", total=total
            )
        else:
            pixels = svg.grey(after, 0, 255)
            notes = say("sum of the weights: {total}\n\nblack: 0 or less\nwhite: 255 or more", total=total)
        images = [(say("Photograph"), svg.grey(before, 0, 255)), (say("Filtered"), pixels)]
        summary = _summary(kernel.sum(), total, after)
        return before_and_after(images, [(say("Weights"), kernel, None)], notes, summary), summary

    def _lay_out(self, preset):
        self._attempt += 1
        for (row, column), value in np.ndenumerate(_PRESETS[preset]):
            self.offer(_weight(row, column), self._attempt, partial(_field, row, column, value))

    def _is_laid_out(self, preset):
        return np.allclose(self._kernel(), _PRESETS[preset])

    def _kernel(self):
        return np.array([self.controls[_weight(*place)].value for place in _PLACES]).reshape(3, 3)


def _weight(row, column):
    return f"w{row + 1}{column + 1}"


def _field(row, column, value):
    """Make the field that one weight is typed into."""
    look = {"style": {"description_width": "40px"}, "layout": {"width": "150px"}}
    tooltip = say("Weight in row {row}, column {column}", row=row + 1, column=column + 1)
    return number_field(_weight(row, column), value, 20, 0.1, tooltip=tooltip, **look)


def _summary(exact_total, total, after):
    if abs(exact_total) < _NEARLY:
        return say(
            "The weights sum to 0, so that areas of one grey give 0 and only changes are left: "
            "values from {smallest} to {largest}.",
            smallest=fixed(after.min(), 1),
            largest=fixed(after.max(), 1),
        )
    if abs(exact_total - 1) < _NEARLY:
        brightness = say("The weights sum to 1: even areas keep their brightness.")
    elif exact_total < 0:
        brightness = say("The weights sum to {total}, below 0: even areas come out black.", total=total)
    else:
        brightness = say(
            "The weights sum to {total}: even areas come out {total} times as bright.", total=total
        )
    cut = say(
        "{share} of the results fall below 0 or above 255 and are shown black or white.",
        share=percent(np.mean((after < -_NEARLY) | (after > 255 + _NEARLY)), 1),
    )
    return together([brightness, cut])
