"""The chapter's filters on a photograph with noise (section 3-1, convolution layer)."""

from functools import cache

import numpy as np

from helpers.datasets import PHOTOGRAPHS, load_photograph
from helpers.drawing import svg
from helpers.explorers.controls import dropdown, float_slider, int_slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.filters.pictures import before_and_after
from helpers.language import say
from helpers.reference.edges import canny
from helpers.reference.filters import (
    SOBEL_X,
    SOBEL_Y,
    filter_image,
    gaussian_filter,
    mean_filter,
    median_filter,
)
from helpers.reference.geometry import windows
from helpers.reference.robustness import add_noise, salt_and_pepper
from helpers.wording import fixed, number, percent, together

_SIGNED_LIMIT = 400  # Sobel on photographs rarely goes beyond; 4 * 255 is the most
_SOBEL = {
    "sobel_x": (SOBEL_X, say("orange: brighter rightwards\nblue: darker rightwards\npaper: no change")),
    "sobel_y": (SOBEL_Y, say("orange: brighter downwards\nblue: darker downwards\npaper: no change")),
}

photograph = cache(load_photograph)


class FilterExplorer(Explorer):
    """The chapter's filters on a photograph with noise, and the arithmetic of the pixel that is clicked."""

    def __init__(self):
        filters = [
            (say("mean"), "mean"),
            (say("Gaussian"), "gaussian"),
            (say("median"), "median"),
            (say("Sobel x: change to the right"), "sobel_x"),
            (say("Sobel y: change downwards"), "sobel_y"),
            (say("Sobel magnitude"), "sobel"),
            (say("Canny"), "canny"),
        ]
        noises = [(say("salt and pepper"), "s&p"), (say("Gaussian"), "gaussian"), (say("none"), "none")]
        super().__init__(
            {
                "photograph": photograph_menu(),
                "filter": dropdown(say("Filter"), filters),
                "noise": dropdown(say("Noise"), noises),
                "amount": int_slider(say("Noise, %"), 10, 0, 40),
                "size": dropdown(say("Filter side"), [(f"{side} × {side}", side) for side in (3, 5, 7)]),
                "sigma": float_slider(say("Sigma, pixels"), 1.0, 0.5, 3.0, 0.1),
                "row": int_slider(say("Pixel row"), 38, 1, 128),
                "column": int_slider(say("Pixel column"), 64, 1, 128),
            }
        )

    def clicked(self, cell):
        """Choose the pixel that was clicked."""
        name, row, column = svg.cell_place(cell)
        if name == "photo":
            self.set(row=row + 1, column=column + 1)

    def adjust(self):
        """Let controls without effect rest."""
        name = self.state["filter"]
        self.controls["size"].disabled = name not in ("mean", "gaussian", "median")
        self.controls["sigma"].disabled = name not in ("gaussian", "canny")
        self.controls["amount"].disabled = self.state["noise"] == "none"
        self.controls["row"].disabled = self.controls["column"].disabled = name == "canny"

    def draw(self):
        """Return photograph, result and one pixel's arithmetic, and what the filter did to the noise."""
        state = self.state
        name, place = state["filter"], (state["row"] - 1, state["column"] - 1)
        side = 3 if name.startswith("sobel") else state["size"]
        clean = photograph(state["photograph"])
        noisy = _with_noise(clean, state["noise"], state["amount"])
        after, panels, notes = _filtered(noisy, name, side, state["sigma"], place)
        title = say("Photograph") if state["noise"] == "none" else say("Photograph with noise")
        pixels = svg.signed(after, _SIGNED_LIMIT) if name in _SOBEL else svg.grey(after, 0, 255)
        images = [(title, svg.grey(noisy, 0, 255)), (say("Filtered"), pixels)]
        summary = _summary(name, clean, noisy, after, place)
        window = None if name == "canny" else (*place, side)
        return before_and_after(images, panels, notes, summary, window), summary


def photograph_menu():
    """Return the menu of photographs, with names for `photograph` as its values."""
    return dropdown(say("Photograph"), [(title, name) for name, title in PHOTOGRAPHS.items()])


def _with_noise(clean, kind, amount):
    """Spoil a photograph: a share of its pixels black or white, or every pixel by a random amount."""
    if kind == "none" or amount == 0:
        return clean
    rng, share = np.random.default_rng(1), amount / 100
    if kind == "s&p":
        return salt_and_pepper(clean, share, rng)
    # A standard deviation of `amount` per cent of the range from black to white.
    return np.rint(add_noise(clean, 255 * share, rng).clip(0, 255)).astype(np.uint8)


def _filtered(image, name, side, sigma, place):
    """Filter, and spell out how the pixel at `place` comes about: result, panels, notes."""
    if name == "canny":
        return _canny(image, sigma)
    window = windows(np.pad(image, side // 2, mode="edge"), side)[place]
    middle = np.full((side, side), svg.PAPER)
    middle[side // 2, side // 2] = svg.ORANGE_TINT
    around = say("Pixels in the window"), window, middle
    if name == "median":
        ordered = np.sort(window, axis=None).reshape(side, side)
        after, notes = _median(image, side, place)
        return after, [around, (say("The same, sorted"), ordered, middle)], notes
    if name == "sobel":
        after, notes = _sobel_magnitude(image, place)
        return after, [around, (say("Sobel x"), SOBEL_X, None), (say("Sobel y"), SOBEL_Y, None)], notes
    if name in _SOBEL:
        kernel, meaning = _SOBEL[name]
        weights = say("Weights"), kernel, None
    else:
        kernel = mean_filter(side) if name == "mean" else gaussian_filter(side, sigma)
        weights = say("Weights, in thousandths"), np.rint(1000 * kernel), middle
        meaning = say("All weights sum to 1:\nbrightness stays.")
    after = filter_image(image, kernel)
    result = fixed(after[place], 0 if name in _SOBEL else 1)
    notes = say("pixel · weight, added up:\n= {result}", result=result)
    return after, [around, weights], f"{notes}\n\n{meaning}"


def _canny(image, sigma):
    notes = say(
        "Canny is not a filter that\n"
        "slides once, but steps:\n"
        "1 blur (Gaussian)\n"
        "2 Sobel in x and y\n"
        "3 thin each edge to the\n"
        "   ridge of steepest change\n"
        "4 keep strong edges, and\n"
        "   weak ones that touch them"
    )
    return 255.0 * canny(image / 255, sigma), [], notes


def _median(image, side, place):
    after = median_filter(image, side)
    notes = say(
        "Sort the pixels,\ntake number {middle} of {total}:\n{result}\n\n"
        "No weights, no sum:\nnot a convolution.",
        middle=side * side // 2 + 1,
        total=side * side,
        result=number(after[place]),
    )
    return after, notes


def _sobel_magnitude(image, place):
    right, down = filter_image(image, SOBEL_X), filter_image(image, SOBEL_Y)
    after = np.hypot(right, down)
    notes = say(
        "Gx: {x}\nGy: {y}\nmagnitude √(Gx² + Gy²)\n= {result}\n\nwhite: 255 or more",
        x=number(right[place]),
        y=number(down[place]),
        result=fixed(after[place], 0),
    )
    return after, notes


def _summary(name, clean, noisy, after, place):
    if name == "canny":
        return say(
            "Canny marks {share} of the pixels as edges, in lines one pixel thin. "
            "It is not one filter but several steps; a larger sigma blurs more before it looks.",
            share=percent(np.mean(after > 0), 1),
        )
    pixel = say(
        "At row {row}, column {column} the pixel {before} becomes {after}.",
        row=place[0] + 1,
        column=place[1] + 1,
        before=noisy[place],
        after=fixed(after[place], 1),
    )
    return together([pixel, _effect(name, clean, noisy, after)])


def _effect(name, clean, noisy, after):
    """Say what the filter did to even areas and to the noise."""
    if name.startswith("sobel"):
        return say(
            "Even areas give values near zero: {share} of the results are below 102, a "
            "tenth of what one Sobel filter can reach. Noise counts as an edge too.",
            share=percent(np.mean(np.abs(after) < 102)),
        )
    before, left = fixed(_error(clean, noisy), 1), fixed(_error(clean, after), 1)
    if np.array_equal(clean, noisy):
        return say(
            "Without noise the filter only blurs: it moves the photograph by {left} grey levels.", left=left
        )
    return say(
        "Noise had moved the photograph by {before} of 255 grey levels; "
        "after the filter it is off by {left} grey levels, blur included (root mean square).",
        before=before,
        left=left,
    )


def _error(clean, image):
    return np.sqrt(np.mean((image.astype(float) - clean) ** 2))
