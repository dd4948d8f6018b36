"""The gradient of one weight, added up position by position (equations 3.3 to 3.5)."""

import numpy as np

from helpers.chapter.examples import DELTA, FILTER, IMAGE
from helpers.drawing import svg
from helpers.drawing.grids import titled_grid
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.shared_weights.pictures import MARGIN, TOP, orientation, square_names
from helpers.language import say
from helpers.reference.convolution import (
    chapter_weight_gradient,
    convolve2d_backward,
    cross_correlate2d_backward,
)
from helpers.wording import factor, indexed, number, together

_OUTPUT_SIDE = 2  # of Figure 3-5, which the printed sums run over


class WeightGradientExplorer(Explorer):
    """The gradient of one weight, added up position by position (equations 3.3 to 3.5)."""

    def __init__(self):
        weights = list(zip(square_names("w", len(FILTER)), np.ndindex(FILTER.shape), strict=True))
        controls = {
            "image": int_slider(say("Image side"), 3, 3, 5),
            "weight": dropdown(say("Weight"), weights),
            "turned": orientation(),
            "step": None,
            "play": None,
        }
        super().__init__(controls, clicks={"delta": "step"})

    def adjust(self):
        """Offer the terms of this weight, all of them added."""
        state = self.state
        meaning = state["image"], state["weight"], state["turned"]
        side = state["image"] - 1
        self.offer_steps(meaning, say("Terms"), (side, side), start=side**2, interval=700)

    def draw(self):
        """Return the terms so far and what the printed sums would give."""
        state = self.state
        side, (m, n), turned, done = state["image"], state["weight"], state["turned"], state["step"]
        image, delta = IMAGE[:side, :side], DELTA[: side - 1, : side - 1]
        # Where the weight lies in the window, counted from 0.
        u, v = (1 - m, 1 - n) if turned else (m, n)
        positions = list(np.ndindex(delta.shape))[:done]
        terms = [
            f"{indexed('δ', i + 1, j + 1)}{indexed('a', i + u + 1, j + v + 1)} = "
            f"{factor(delta[i, j])}·{number(image[i + u, j + v])}"
            for i, j in positions
        ]
        name = f"∂L/∂{indexed('w', m + 1, n + 1)}"
        total = say(
            "{gradient}, {done} of {terms} terms: {sum}",
            gradient=name,
            done=done,
            terms=delta.size,
            sum=number(sum(delta[i, j] * image[i + u, j + v] for i, j in positions)),
        )
        backward = convolve2d_backward if turned else cross_correlate2d_backward
        _, gradient = backward(delta, image, FILTER)
        printed = chapter_weight_gradient(delta, image, _OUTPUT_SIDE)[m, n]
        summary = _summary(name, gradient[m, n], printed, delta.size)
        under, description = (positions[-1][0] + u, positions[-1][1] + v), f"{total}. {summary}"
        return _picture(image, delta, positions[-1], under, terms, total, description), summary


def _summary(name, gradient, printed, terms):
    whole = say(
        "All {terms} terms give {gradient} = {value}.", terms=terms, gradient=name, value=number(gradient)
    )
    value = number(printed)
    if printed == gradient:
        as_printed = say("Equation 3.5 as printed gives {value} as well.", value=value)
    elif terms > _OUTPUT_SIDE**2:
        as_printed = say(
            "Equation 3.5 as printed gives {value}; its sums leave out the hatched cells.", value=value
        )
    else:
        as_printed = say("Equation 3.5 as printed gives {value}.", value=value)
    return together([whole, as_printed])


def _picture(image, delta, current, under, terms, total, description):
    """Draw image and gradient, the pixel under the weight framed, and the list of terms so far."""
    side, per_column = 36, 8
    delta_left = MARGIN + image.shape[1] * side + 36
    list_left = delta_left + max(delta.shape[1] * side, 130) + 36
    added = np.arange(delta.size).reshape(delta.shape) < len(terms)
    left_out = np.argwhere(np.indices(delta.shape).max(axis=0) >= _OUTPUT_SIDE)  # by the printed sums
    look = {"fills": np.where(added, svg.BLUE_TINT, svg.PAPER), "hatched": left_out, "framed": current}
    parts = [
        titled_grid(say("Image a"), image, MARGIN, TOP, side, name="image", framed=under),
        titled_grid(say("Gradient δ"), delta, delta_left, TOP, side, name="delta", **look),
        svg.heading(list_left, TOP, say("Terms")),
    ]
    for start in range(0, len(terms), per_column):
        x = list_left + 140 * (start // per_column)
        parts.append(svg.lines(x, TOP + 12, terms[start : start + per_column]))
    lowest = max(len(image) * side, svg.LINE_HEIGHT * min(delta.size, per_column))
    parts.append(svg.text(MARGIN, TOP + lowest + 36, total, weight="bold"))
    return svg.document(svg.WIDTH, TOP + lowest + 52, parts, description)
