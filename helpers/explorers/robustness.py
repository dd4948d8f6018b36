"""Explorer of pooling's robustness: how much a shift or noise changes each stage (section 3-1)."""

import numpy as np

from helpers.datasets import load_mnist
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.figures import pooling as figures
from helpers.reference.convolution import conv2d
from helpers.reference.filters import SOBEL_X
from helpers.reference.pooling import average_pool2d, max_pool2d
from helpers.reference.robustness import add_noise, relative_change, shift

# Answers to upright edges, dark on the left and bright on the right: (3, 3, 1, 1).
_EDGE_FILTER = SOBEL_X[:, :, np.newaxis, np.newaxis]
_SEED = 3


class RobustnessExplorer(Explorer):
    """Shift a picture or add noise; compare how much input, convolution and pooled output change."""

    def __init__(self):
        self._pictures = {"bar": _bar(), "checks": _checks(), **_digits()}
        controls = {
            "picture": dropdown(
                "Picture",
                [
                    *((f"digit {digit}", digit) for digit in (3, 0, 1, 2, 4, 5, 6, 7, 8, 9)),
                    ("a bar", "bar"),
                    ("a checkerboard", "checks"),
                ],
            ),
            "kind": dropdown("Pooling", [("max", "max"), ("average", "average")]),
            "block": int_slider("Block side", 2, 1, 7),
            "right": int_slider("Shift right", 1, 0, 6),
            "down": int_slider("Shift down", 0, 0, 6),
            "noise": int_slider("Noise in %", 0, 0, 50),
        }
        super().__init__(controls)

    def draw(self):
        """Return the three stages before and after, and how much each changed."""
        state = self.state
        before = self._pictures[state["picture"]]
        after = shift(before, state["down"], state["right"])
        if state["noise"]:
            after = add_noise(after, state["noise"] / 100, np.random.default_rng(_SEED))
        stages = list(
            zip(
                ("Input", "Edges", "Pooled"),
                *(_stages(image, state["kind"], state["block"]) for image in (before, after)),
                strict=True,
            )
        )
        changes = [relative_change(first, second) for _, first, second in stages]
        summary = _summary(changes, state)
        return figures.robustness(stages, changes, summary), summary


def _stages(image, kind, block):
    """Give the image, its edges after ReLU and the pooled edges."""
    edges = np.maximum(conv2d(image[np.newaxis, :, :, np.newaxis], _EDGE_FILTER, padding="same"), 0)
    pooled = {"max": max_pool2d, "average": average_pool2d}[kind](edges, block)
    return image, edges[0, :, :, 0], pooled[0, :, :, 0]


def _summary(changes, state):
    image, edges, pooled = (round(100 * change) for change in changes)
    if not any(changes):
        return "Nothing is disturbed yet: move Shift right, Shift down or Noise."
    words = "less than" if pooled < edges else "more than" if pooled > edges else "as much as"
    sentence = (
        f"The input changes by {image} %, the edges by {edges} %, the pooled edges by {pooled} %: "
        f"{words} the edges"
    )
    if pooled < edges:
        sentence += ", and less than the input" if pooled < image else ", but not less than the input"
    return f"{sentence}."


def _digits():
    """Take the first test picture of each digit, from 0 for the ground to 1 for the ink."""
    mnist = load_mnist()
    return {digit: mnist.x_test[np.argmax(mnist.y_test == digit), :, :, 0] / 255 for digit in range(10)}


def _bar():
    image = np.zeros((28, 28))
    image[4:24, 13:17] = 1
    return image


def _checks():
    rows, columns = np.indices((28, 28)) // 4
    return ((rows + columns) % 2).astype(float)
