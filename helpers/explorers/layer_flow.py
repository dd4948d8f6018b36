"""Explorer of the layers that a picture passes (section 3-1, Figure 3-1)."""

import numpy as np

from helpers.datasets import load_mnist
from helpers.explorers.controls import dropdown, int_slider
from helpers.explorers.explorer import Explorer
from helpers.figures.layer_flow import layer_flow
from helpers.reference.mnist_network import mnist_stages
from helpers.runs import recorded_weights

_EXAMPLES = 10


class LayerFlowExplorer(Explorer):
    """A handwritten digit goes through a trained network; every layer shows what it makes of it."""

    def __init__(self):
        mnist = load_mnist()
        self._images = [
            mnist.x_test[mnist.y_test == digit][:_EXAMPLES] / np.float32(255) for digit in range(10)
        ]
        self._weights = recorded_weights("mnist-seed1")
        filters = self._weights["conv1/kernel"].shape[3]
        self._passed = None, None  # the last picture, and its stages
        super().__init__(
            {
                "digit": dropdown("Digit", [(str(digit), digit) for digit in (3, 0, 1, 2, *range(4, 10))]),
                "example": int_slider("Example", 1, 1, _EXAMPLES),
                "map": int_slider("Feature map", 12, 1, filters),
            }
        )

    def clicked(self, cell):
        """Choose the feature map that was clicked."""
        name, index = cell.split("-")
        if name == "map":
            self.controls["map"].value = int(index) + 1

    def draw(self):
        """Return the stages and what the network reads."""
        digit, example, number = self.state.values()
        stages = self._stages(digit, example)
        chosen = number - 1
        summary = _summary(stages, digit, chosen)
        picture = layer_flow(
            stages,
            chosen=chosen,
            kernel=self._weights["conv1/kernel"][:, :, 0, chosen],
            bias=self._weights["conv1/bias"][chosen],
            description=summary,
        )
        return picture, summary

    def _stages(self, digit, example):
        """Send the picture through the network, unless only the feature map has changed."""
        if self._passed[0] != (digit, example):
            image = self._images[digit][example - 1 : example]
            stages = {name: array[0] for name, array in mnist_stages(image, self._weights).items()}
            stages["input"] = stages["input"][..., 0]
            self._passed = (digit, example), stages
        return self._passed[1]


def _summary(stages, digit, chosen):
    scores = stages["scores"]
    read = int(np.argmax(scores))
    verdict = "" if read == digit else f", although the label says {digit}"
    below = np.mean(stages["convolution"][..., chosen] < 0)
    return (
        f"The network reads {read} with a probability of {100 * scores[read]:.1f} %{verdict}. "
        f"In feature map {chosen + 1}, {100 * below:.0f} % of the pixels are below zero before the ReLU and "
        "zero after it; pooling then keeps the largest of every four."
    )
