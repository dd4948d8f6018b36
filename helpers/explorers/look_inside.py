"""Explorers that look into the chapter's two trained networks (section 3-5)."""

from functools import cache

import numpy as np

from helpers.datasets import load_cifar10_photographs, load_mnist
from helpers.explorers.controls import dropdown, float_slider, int_slider
from helpers.explorers.explorer import Explorer
from helpers.figures import look_inside as figures
from helpers.reference.program_networks import network_stages, score_contributions, untrained_weights
from helpers.reference.robustness import add_noise, occlude, shift
from helpers.runs import recorded_weights

_LAYERS = ("conv1", "relu1", "pool1", "conv2", "relu2", "pool2")
_EXAMPLES = 3  # of each digit
_PHOTOGRAPHS = 20  # as many as are bundled


class LookInsideExplorer(Explorer):
    """Change a picture, and see what every layer of a network makes of it and what it reads.

    Args:
        pictures: (N, H, W, C), 0 to 1.
        labels: (N,) index of each one's class.
        classes: names of the classes.
        run: name of the recorded training whose weights look at them.
        covered: what pixels become under the patch, 0 to 1.
    """

    def __init__(self, pictures, labels, *, classes, run, covered):
        self._pictures, self._labels, self._classes = pictures, labels, classes
        self._run, self._covered = run, covered
        self._clean = self._passed = None, None  # the last settings, and what the network made of them
        self._maps = {
            f"{layer}{block}": recorded(run)[f"conv{block}/bias"].size
            for block in "12"
            for layer in ("conv", "relu", "pool")
        }
        height, width = pictures.shape[1:3]
        controls = {
            "picture": dropdown("Picture", list(zip(self._named(), range(len(pictures)), strict=True))),
            "network": dropdown(
                "Network",
                [("trained", "trained"), *((f"untrained, draw {draw}", draw) for draw in range(1, 6))],
            ),
            "down": int_slider("Shift down", 0, -10, 10),
            "right": int_slider("Shift right", 0, -10, 10),
            "degrees": float_slider("Rotate, °", 0, -180, 180, 5),
            "side": int_slider("Patch side", 0, 0, height // 2),
            "row": int_slider("Patch row", height // 2 - 3, 1, height),
            "column": int_slider("Patch column", width // 2 - 3, 1, width),
            "noise": int_slider("Noise in %", 0, 0, 100),
            "noise_seed": int_slider("Draw of noise", 1, 1, 10),
            "layer": dropdown("Layer", [(layer, layer) for layer in _LAYERS]),
            "map": None,
        }
        controls["degrees"].readout_format = ".0f"
        super().__init__(controls)

    def clicked(self, cell):
        """Choose the map or the filter that was clicked."""
        name, index = cell.split("-")
        layer = {"filter": "conv1", "added": "pool2"}.get(name, name)
        if layer in self._maps:
            self.set(layer=layer, map=int(index) + 1)

    def adjust(self):
        """Offer the maps of this layer, and let controls without effect rest."""
        state, controls = self.state, self.controls
        controls["noise_seed"].disabled = state["noise"] == 0
        controls["row"].disabled = controls["column"].disabled = state["side"] == 0
        # Map 4 of conv1 becomes map 4 of relu1 and pool1, but not of the next block.
        maps, block = self._maps[state["layer"]], state["layer"][-1]
        chosen = min(state.get("map", 1), maps)
        self.offer("map", block, lambda: int_slider("Map", chosen, 1, maps), start=chosen)

    def draw(self):
        """Return the pass through the network, and what it reads."""
        state = self.state
        weights = self._weights()
        original = self._pictures[state["picture"]]
        before = self._before(original, weights)
        seen, stages, added, constant = self._after(original, weights)
        label = int(self._labels[state["picture"]])
        summary = self._told(stages, added, constant, before, label)
        picture = figures.look_inside(
            original,
            seen,
            stages,
            weights,
            added,
            classes=self._classes,
            label=label,
            before=before,
            constant=constant,
            chosen=(state["layer"], state["map"] - 1),
            description=summary,
        )
        return picture, summary

    def _named(self):
        """Name the pictures for the menu: the class, and a number where there are several of one."""
        seen, names = {}, []
        for label in self._labels.tolist():
            seen[label] = seen.get(label, 0) + 1
            names.append(f"{self._classes[label]}, no. {seen[label]}")
        return names

    def _weights(self):
        network = self.state["network"]
        return recorded(self._run) if network == "trained" else drawn(self._run, network)

    def _before(self, original, weights):
        """Give the probabilities of the unchanged picture, computed when picture or network change."""
        settings = self.state["picture"], self.state["network"]
        if self._clean[0] != settings:
            stages = network_stages(original[np.newaxis], weights)
            self._clean = settings, stages["probabilities"][0]
        return self._clean[1]

    def _after(self, original, weights):
        """Change the picture and send it through, unless only another map was chosen."""
        settings = {name: value for name, value in self.state.items() if name not in ("layer", "map")}
        if self._passed[0] != settings:
            seen = _changed(original, settings, self._covered)
            stages = network_stages(seen[np.newaxis], weights)
            winner = int(stages["scores"].argmax())
            added, constant = score_contributions(stages, weights, winner)
            stages = {name: array[0] for name, array in stages.items()}
            self._passed = settings, (seen, stages, added[0], float(constant[0]))
        return self._passed[1]

    def _told(self, stages, added, constant, before, label):
        probabilities, totals = stages["probabilities"], added.sum(axis=(0, 1))
        winner, strongest = int(probabilities.argmax()), int(totals.argmax())
        name, right = self._classes[winner], self._classes[label]
        network = "trained" if self.state["network"] == "trained" else "untrained"
        unchanged = f"({100 * before[label]:.1f} % in the unchanged picture)"
        reads = (
            f"The {network} network reads {name} with a probability of {100 * probabilities[winner]:.1f} %"
        )
        if winner == label:
            reads += f" {unchanged}, as is right."
        else:
            reads += f". It is {right}, which gets {100 * probabilities[label]:.1f} % {unchanged}."
        return (
            f"{reads} To the score of {name} the {len(totals)} maps of pool2 add {_signed(totals.sum())}, "
            f"map {strongest + 1} the most with {_signed(totals[strongest])}; the constant part is "
            f"{_signed(constant)}."
        )


class DigitInsideExplorer(LookInsideExplorer):
    """The first program's network at work on test digits of the bundled sample."""

    def __init__(self):
        digits = load_mnist()
        chosen = [np.flatnonzero(digits.y_test == digit)[:_EXAMPLES] for digit in (3, 0, 1, 2, *range(4, 10))]
        places = np.concatenate(chosen)
        super().__init__(
            digits.x_test[places] / np.float32(255),
            digits.y_test[places],
            classes=digits.classes,
            run="mnist-seed1",
            covered=0.0,
        )


class PhotographInsideExplorer(LookInsideExplorer):
    """The second program's network at work on the first 20 of CIFAR-10's test photographs."""

    def __init__(self):
        photographs = load_cifar10_photographs()
        super().__init__(
            photographs.x_test[:_PHOTOGRAPHS] / np.float32(255),
            photographs.y_test[:_PHOTOGRAPHS],
            classes=photographs.classes,
            run="cifar10-seed0",
            covered=0.5,
        )


def _changed(picture, settings, covered):
    """Rotate, shift, add noise and cover a patch, in this order; the result stays within 0 and 1."""
    if settings["degrees"]:
        from scipy.ndimage import rotate  # takes a moment to import

        picture = rotate(picture, settings["degrees"], reshape=False, order=1)
    picture = shift(picture[np.newaxis], settings["down"], settings["right"])[0]
    if settings["noise"]:
        rng = np.random.default_rng(settings["noise_seed"])
        picture = np.clip(add_noise(picture, settings["noise"] / 100, rng), 0, 1)
    corner = settings["row"] - 1, settings["column"] - 1
    return occlude(picture[np.newaxis], *corner, settings["side"], covered)[0].astype(np.float32)


recorded = cache(recorded_weights)


@cache
def drawn(run, seed):
    """Draw the weights that a network of a recorded run's shapes could have started from."""
    return untrained_weights(recorded(run), np.random.default_rng(seed))


def _signed(value):
    return f"{value:+.2f}".replace("-", "−")
