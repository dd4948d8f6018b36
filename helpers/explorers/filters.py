"""Explorers of filters made by hand and of filters that were learnt (section 3-1, convolution layer)."""

from functools import cache, partial

import ipywidgets
import numpy as np

from helpers.datasets import PHOTOGRAPHS, load_mnist, load_photograph
from helpers.drawing import svg
from helpers.explorers.controls import dropdown, float_slider, int_slider
from helpers.explorers.explorer import Explorer
from helpers.figures import filters as figures
from helpers.programs import MNIST
from helpers.reference.convolution import conv2d
from helpers.reference.filters import (
    SOBEL_X,
    SOBEL_Y,
    filter_image,
    gaussian_filter,
    glorot_uniform,
    mean_filter,
    neighbour_correlation,
)
from helpers.reference.geometry import windows
from helpers.wording import number

_SIGNED_LIMIT = 400  # Sobel on photographs rarely goes beyond; 4 * 255 is the most
_CANNY = (
    "Canny is no filter that",
    "slides once, but steps:",
    "1 blur (Gaussian)",
    "2 Sobel in x and y",
    "3 thin each edge to the",
    "   ridge of steepest change",
    "4 keep strong edges, and",
    "   weak ones that touch them",
)

photographs = cache(load_photograph)


class FilterExplorer(Explorer):
    """The chapter's filters on a photograph with noise, and the arithmetic of the pixel that is clicked."""

    def __init__(self):
        super().__init__(
            {
                "photograph": _photograph_menu(),
                "filter": dropdown(
                    "Filter",
                    [
                        ("mean", "mean"),
                        ("Gaussian", "gaussian"),
                        ("median", "median"),
                        ("Sobel x: change to the right", "sobel_x"),
                        ("Sobel y: change downwards", "sobel_y"),
                        ("Sobel magnitude", "sobel"),
                        ("Canny", "canny"),
                    ],
                ),
                "noise": dropdown(
                    "Noise", [("salt and pepper", "s&p"), ("Gaussian", "gaussian"), ("none", "none")]
                ),
                "amount": int_slider("Noise, %", 10, 0, 40),
                "size": dropdown("Filter side", [(f"{side} × {side}", side) for side in (3, 5, 7)]),
                "sigma": float_slider("Sigma, pixels", 1.0, 0.5, 3.0, 0.1),
                "row": int_slider("Pixel row", 38, 1, 128),
                "column": int_slider("Pixel column", 64, 1, 128),
            }
        )

    def clicked(self, cell):
        """Choose the pixel that was clicked."""
        name, row, column = cell.split("-")
        if name == "photo":
            self.set(row=int(row) + 1, column=int(column) + 1)

    def adjust(self):
        """Let controls without effect rest."""
        name = self.state["filter"]
        self.controls["size"].disabled = name not in ("mean", "gaussian", "median")
        self.controls["sigma"].disabled = name not in ("gaussian", "canny")
        self.controls["amount"].disabled = self.state["noise"] == "none"
        for axis in ("row", "column"):
            self.controls[axis].disabled = name == "canny"

    def draw(self):
        """Return photograph, result and one pixel's arithmetic, and what the filter did to the noise."""
        state = self.state
        clean = photographs(state["photograph"])
        noisy = _with_noise(clean, state["noise"], state["amount"])
        place = state["row"] - 1, state["column"] - 1
        after, panels, lines = _filtered(noisy, state, place)
        signed = state["filter"] in ("sobel_x", "sobel_y")
        summary = _told(state, clean, noisy, after, place)
        picture = figures.before_and_after(
            noisy,
            np.minimum(after, 255) if state["filter"] == "sobel" else after,
            titles=("Photograph with noise" if state["noise"] != "none" else "Photograph", "Filtered"),
            lines=lines,
            signed_limit=_SIGNED_LIMIT if signed else None,
            window=None if state["filter"] == "canny" else (*place, _side(state)),
            panels=panels,
            description=summary,
        )
        return picture, summary


def _side(state):
    return 3 if state["filter"].startswith("sobel") else state["size"]


def _with_noise(clean, kind, percent):
    """Spoil a photograph: a share of its pixels black or white, or every pixel by a random amount."""
    if kind == "none" or percent == 0:
        return clean
    from skimage.util import random_noise  # takes a moment to import

    # Gaussian: a standard deviation of `percent` per cent of the range from black to white.
    how_much = {"amount": percent / 100} if kind == "s&p" else {"var": (percent / 100) ** 2}
    return np.rint(255 * random_noise(clean / 255, kind, rng=1, **how_much)).astype(np.uint8)


def _filtered(image, state, place):
    """Filter, and spell out how the pixel at `place` came about: result, panels, lines."""
    name = state["filter"]
    if name == "canny":
        from skimage.feature import canny

        return 255.0 * canny(image / 255, state["sigma"]), [], _CANNY
    side = _side(state)
    window = windows(np.pad(image, side // 2, mode="edge"), side)[place]
    around = ("Pixels in the window", window, _middle_tinted(side))
    if name == "median":
        from scipy.ndimage import median_filter

        after = median_filter(image, side, mode="nearest").astype(float)
        ordered = np.sort(window, axis=None).reshape(side, side)
        lines = [
            "Sort the pixels,",
            f"take number {side * side // 2 + 1} of {side * side}:",
            f"{after[place]:.0f}",
            "",
            "No weights, no sum:",
            "not a convolution.",
        ]
        return after, [around, ("The same, sorted", ordered, _middle_tinted(side))], lines
    if name == "sobel":
        right, down = filter_image(image, SOBEL_X), filter_image(image, SOBEL_Y)
        after = np.hypot(right, down)
        panels = [around, ("Sobel x", SOBEL_X, None), ("Sobel y", SOBEL_Y, None)]
        lines = [
            f"x: {number(right[place])}",
            f"y: {number(down[place])}",
            "magnitude √(x² + y²)",
            f"= {after[place]:.0f}",
            "",
            "white: 255 or more",
        ]
        return after, panels, lines
    kernel = _kernel(name, side, state["sigma"])
    after = filter_image(image, kernel)
    if name in ("sobel_x", "sobel_y"):
        panels = [around, ("Weights", kernel, None)]
        lines = [
            "pixel · weight, added up:",
            f"= {number(after[place])}",
            "",
            "orange: brighter " + ("rightwards" if name == "sobel_x" else "downwards"),
            "blue: darker " + ("rightwards" if name == "sobel_x" else "downwards"),
            "paper: no change",
        ]
        return after, panels, lines
    panels = [around, ("Weights, in thousandths", np.rint(1000 * kernel), _middle_tinted(side))]
    lines = [
        "pixel · weight, added up:",
        f"= {_decimal(after[place])}",
        "",
        "All weights sum to 1:",
        "brightness stays.",
    ]
    return after, panels, lines


def _kernel(name, side, sigma):
    if name == "mean":
        return mean_filter(side)
    if name == "gaussian":
        return gaussian_filter(side, sigma)
    return SOBEL_X if name == "sobel_x" else SOBEL_Y


def _middle_tinted(side):
    fills = np.full((side, side), svg.PAPER)
    fills[side // 2, side // 2] = svg.ORANGE_TINT
    return fills


def _told(state, clean, noisy, after, place):
    name = state["filter"]
    if name == "canny":
        return (
            f"Canny marks {100 * np.mean(after > 0):.1f} % of the pixels as edges, in lines one pixel thin. "
            "It is not one filter but several steps; a larger sigma blurs more before it looks."
        )
    pixel = (
        f"At row {place[0] + 1}, column {place[1] + 1} the pixel {noisy[place]} becomes "
        f"{_decimal(after[place])}."
    )
    if name.startswith("sobel"):
        flat = np.mean(np.abs(after) < 0.1 * 4 * 255)
        return (
            f"{pixel} Even areas give values near zero: {100 * flat:.0f} % of the results are below 102, a "
            "tenth of what one Sobel filter can reach. Noise counts as an edge too."
        )
    left = f"{_decimal(_error(clean, after))} grey levels"
    if np.array_equal(clean, noisy):
        return f"{pixel} Without noise the filter only blurs: it moves the photograph by {left}."
    return (
        f"{pixel} Noise had moved the photograph by {_decimal(_error(clean, noisy))} of 255 grey levels; "
        f"after the filter it is off by {left}, blur included (root mean square)."
    )


def _error(clean, image):
    return np.sqrt(np.mean((image.astype(float) - clean) ** 2))


def _decimal(value):
    return f"{value:.1f}".replace("-", "−")


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
        controls = {
            "photograph": _photograph_menu(),
            "preset": dropdown("Weights", [*((name, name) for name in _PRESETS), ("your own", "own")]),
            **{_weight(*place): None for place in _PLACES},
        }
        controls["preset"].value = "sharpen"
        self._preset_shown, self._attempt = None, 0
        super().__init__(controls)

    def arrange(self):
        """Put the weights into three rows of three."""
        weights = [self.place(_weight(*place)) for place in _PLACES]
        grid = ipywidgets.GridBox(weights, layout={"grid_template_columns": "repeat(3, 160px)"})
        return [self.controls["photograph"], self.controls["preset"], grid]

    def adjust(self):
        """Offer the weights of the preset that was chosen; call weights that were typed "your own"."""
        preset = self.controls["preset"]
        if preset.value != self._preset_shown and preset.value != "own":
            self._attempt += 1
            for place in _PLACES:
                value = _PRESETS[preset.value][place[0]][place[1]]
                self.offer(_weight(*place), self._attempt, partial(_field, *place, value))
        elif preset.value != "own" and not np.allclose(self._kernel(), _PRESETS[preset.value]):
            preset.value = "own"
        self._preset_shown = preset.value

    def draw(self):
        """Return photograph, result and weights, and what their sum means."""
        kernel = self._kernel()
        image = photographs(self.state["photograph"])
        after = filter_image(image, kernel)
        total = kernel.sum()
        signed = abs(total) < _NEARLY
        limit = max(float(np.percentile(np.abs(after), 99)), 1.0) if signed else None
        summary = _sum_told(total, after)
        lines = (
            ["orange: above 0", "blue: below 0", "paper: 0"]
            if signed
            else ["black: 0 or less", "white: 255 or more"]
        )
        picture = figures.before_and_after(
            image,
            after,
            titles=("Photograph", "Filtered"),
            lines=[f"sum of the weights: {_rounded(total)}", "", *lines],
            signed_limit=limit,
            window=None,
            panels=[("Weights", kernel, None)],
            description=summary,
        )
        return picture, summary

    def _kernel(self):
        return np.array(
            [[self.controls[_weight(row, column)].value for column in range(3)] for row in range(3)]
        )


def _weight(row, column):
    return f"w{row + 1}{column + 1}"


def _field(row, column, value):
    """Make the field that one weight is typed into."""
    return ipywidgets.BoundedFloatText(
        value,
        min=-20,
        max=20,
        step=0.1,
        description=_weight(row, column),
        tooltip=f"Weight in row {row + 1}, column {column + 1}",
        style={"description_width": "40px"},
        layout={"width": "150px"},
    )


def _sum_told(total, after):
    if abs(total) < _NEARLY:
        return (
            "The weights sum to 0, so that areas of one grey give 0 and only changes are left: "
            f"values from {_decimal(after.min())} to {_decimal(after.max())}."
        )
    keeps = abs(total - 1) < _NEARLY
    effect = "keep their brightness" if keeps else f"come out {_rounded(total)} times as bright"
    cut = 100 * np.mean((after < -_NEARLY) | (after > 255 + _NEARLY))
    return (
        f"The weights sum to {_rounded(total)}: even areas {effect}. "
        f"{_decimal(cut)} % of the results fall below 0 or above 255 and are shown black or white."
    )


class FeatureMapExplorer(Explorer):
    """Filters as a network starts with, drawn at random, beside those that a trained one has learnt."""

    def __init__(self):
        mnist = load_mnist()
        self._digits = [
            mnist.x_test[np.argmax(mnist.y_test == digit)] / np.float32(255) for digit in range(10)
        ]
        self._learnt = MNIST.weights()["conv1/kernel"]
        super().__init__(
            {
                "digit": dropdown("Digit", [(str(digit), digit) for digit in (3, 0, 1, 2, *range(4, 10))]),
                "seed": int_slider("Random seed", 0, 0, 30),
                "map": int_slider("Filter", 12, 1, self._learnt.shape[3]),
            }
        )

    def clicked(self, cell):
        """Choose the filter or the map that was clicked."""
        self.controls["map"].value = int(cell.split("-")[1]) + 1

    def draw(self):
        """Return both sets with their maps, and how smooth their filters are."""
        digit, seed, number = self.state.values()
        image = self._digits[digit][np.newaxis]
        random = glorot_uniform(self._learnt.shape, np.random.default_rng(seed))
        galleries = [
            (title, kernel[:, :, 0], conv2d(image, kernel, padding="same")[0])
            for title, kernel in (("Random", random), ("Learnt", self._learnt))
        ]
        alike = [_rounded(neighbour_correlation(kernel)) for kernel in (random, self._learnt)]
        summary = (
            f"How alike are neighbouring weights of a filter? Correlation {alike[0]} for the random filters, "
            f"{alike[1]} for the learnt ones: learning gathered weights of one sign into strokes and edges."
        )
        picture = figures.filter_galleries(
            galleries, image[0, :, :, 0], chosen=number - 1, description=summary
        )
        return picture, summary


def _rounded(value):
    return number(round(float(value), 2))


def _photograph_menu():
    return dropdown("Photograph", [(title, name) for name, title in PHOTOGRAPHS.items()])
