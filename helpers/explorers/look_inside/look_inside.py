"""Look into the chapter's two trained networks: change a picture, and watch every layer (section 3-5)."""

from functools import cache

import numpy as np

from helpers.datasets import load_cifar10_photographs
from helpers.explorers.controls import dropdown, float_slider, int_slider
from helpers.explorers.digits import first_of_each_digit
from helpers.explorers.explorer import Explorer
from helpers.explorers.look_inside.pictures import LAYERS, Reading, map_of_cell, network_picture
from helpers.language import say
from helpers.programs import CIFAR10, MNIST
from helpers.reference.contributions import score_contributions
from helpers.reference.robustness import add_noise, occlude, rotate, shift
from helpers.wording import percent, signed, together

_EXAMPLES = 3  # of each digit
PHOTOGRAPHS = 20  # as many as are bundled


class LookInsideExplorer(Explorer):
    """Change a picture, and see what every layer of a network makes of it and what it reads.

    Args:
        pictures: (N, H, W, C), 0 to 1.
        labels: (N,) index of each one's class.
        classes: names of the classes.
        program: the `Program` whose network looks at the pictures.
        covered: what pixels become under the patch, 0 to 1.
    """

    def __init__(self, pictures, labels, *, classes, program, covered):
        self._pictures, self._labels, self._classes = pictures, labels, classes
        self._program, self._covered = program, covered
        parameters = network_of(program, "trained").parameters
        self._maps = {layer: parameters[f"conv{layer[-1]}/bias"].size for layer in LAYERS}
        height, width = pictures.shape[1:3]
        draws = [(say("untrained, draw {number}", number=draw), draw) for draw in range(1, 6)]
        controls = {
            "picture": dropdown(say("Picture"), list(zip(self._named(), range(len(pictures)), strict=True))),
            "network": dropdown(say("Network"), [(say("trained"), "trained"), *draws]),
            "down": int_slider(say("Shift down"), 0, -10, 10),
            "right": int_slider(say("Shift right"), 0, -10, 10),
            "degrees": float_slider(say("Rotate, °"), 0, -180, 180, 5),
            "side": int_slider(say("Patch side"), 0, 0, height // 2),
            "row": int_slider(say("Patch row"), height // 2 - 3, 1, height),
            "column": int_slider(say("Patch column"), width // 2 - 3, 1, width),
            "noise": int_slider(say("Noise in %"), 0, 0, 100),
            "noise_seed": int_slider(say("Draw of noise"), 1, 1, 10),
            "layer": dropdown(say("Layer"), [(layer, layer) for layer in LAYERS]),
            "map": None,
        }
        controls["degrees"].readout_format = ".0f"
        super().__init__(controls)

    def clicked(self, cell):
        """Choose the map or the filter that was clicked."""
        chosen = map_of_cell(cell)
        if chosen:
            layer, index = chosen
            self.set(layer=layer, map=index + 1)

    def adjust(self):
        """Offer the maps of this layer, and disable controls that have no effect."""
        state, controls = self.state, self.controls
        controls["noise_seed"].disabled = state["noise"] == 0
        controls["row"].disabled = controls["column"].disabled = state["side"] == 0
        # Map 4 of conv1 becomes map 4 of relu1 and pool1, but not of the next block.
        maps, block = self._maps[state["layer"]], state["layer"][-1]
        chosen = min(state.get("map", 1), maps)
        self.offer("map", block, lambda: int_slider(say("Map"), chosen, 1, maps), start=chosen)

    def draw(self):
        """Return the pass through the network, and what it reads."""
        state = self.state
        settings = {name: value for name, value in state.items() if name not in ("layer", "map")}
        reading = self.keep("reading", settings, lambda: self._reading(settings))
        summary = _summary(reading, state["network"] == "trained")
        return network_picture(reading, state["layer"], state["map"] - 1, summary), summary

    def _named(self):
        """Name the pictures for the menu: the class, and a number, since there may be several of one."""
        labels = self._labels.tolist()
        numbers = [labels[: place + 1].count(label) for place, label in enumerate(labels)]
        return [
            say("{name}, no. {number}", name=self._classes[label], number=number)
            for label, number in zip(labels, numbers, strict=True)
        ]

    def _reading(self, settings):
        """Change the picture and send it through."""
        original = self._pictures[settings["picture"]]
        network = network_of(self._program, settings["network"])
        seen = _changed(original, settings, self._covered)
        outputs = network.outputs(seen[np.newaxis])
        winner = int(outputs["dense2"].argmax())
        added, constant = score_contributions(network.after("pool2"), outputs["pool2"], winner)
        unchanged = settings["picture"], settings["network"]
        return Reading(
            original=original,
            label=int(self._labels[settings["picture"]]),
            classes=self._classes,
            before=self.keep("before", unchanged, lambda: network.predict(original[np.newaxis])[0]),
            seen=seen,
            network=network,
            outputs={name: array[0] for name, array in outputs.items()},
            winner=winner,
            added=added[0],
            constant=float(constant[0]),
        )


class DigitInsideExplorer(LookInsideExplorer):
    """The first program's network at work on test digits of the bundled sample."""

    def __init__(self):
        digits = first_of_each_digit(_EXAMPLES)
        super().__init__(
            np.concatenate(list(digits.values())) / np.float32(255),
            np.repeat(list(digits), _EXAMPLES),
            classes="0123456789",
            program=MNIST,
            covered=0.0,
        )


class PhotographInsideExplorer(LookInsideExplorer):
    """The second program's network at work on the first 20 of CIFAR-10's test photographs."""

    def __init__(self):
        photographs = load_cifar10_photographs()
        super().__init__(
            photographs.x_test[:PHOTOGRAPHS] / np.float32(255),
            photographs.y_test[:PHOTOGRAPHS],
            classes=photographs.classes,
            program=CIFAR10,
            covered=0.5,
        )


@cache
def network_of(program, draw):
    """Build a program's network: "trained", or with weights that a training could have started from."""
    return program.trained_network() if draw == "trained" else program.network(np.random.default_rng(draw))


def _changed(picture, settings, covered):
    """Rotate, shift, add noise and cover a patch, in this order; the result stays within 0 and 1."""
    picture = rotate(picture[np.newaxis], settings["degrees"])
    picture = shift(picture, settings["down"], settings["right"])[0]
    if settings["noise"]:
        rng = np.random.default_rng(settings["noise_seed"])
        picture = np.clip(add_noise(picture, settings["noise"] / 100, rng), 0, 1)
    corner = settings["row"] - 1, settings["column"] - 1
    return occlude(picture[np.newaxis], *corner, settings["side"], covered)[0].astype(np.float32)


def _summary(reading, is_trained):
    totals = reading.added.sum(axis=(0, 1))
    strongest = int(totals.argmax())
    parts = say(
        "To the score of {name} the {count} maps of pool2 add {total}, map {map} the most with {most}; "
        "the constant part is {constant}.",
        name=reading.classes[reading.winner],
        count=len(totals),
        total=signed(totals.sum()),
        map=strongest + 1,
        most=signed(totals[strongest]),
        constant=signed(reading.constant),
    )
    return together([_verdict(reading, is_trained), parts])


def _verdict(reading, is_trained):
    probabilities, label = reading.probabilities, reading.label
    values = {
        "name": reading.classes[reading.winner],
        "probability": percent(probabilities[reading.winner], 1),
        "before": percent(reading.before[label], 1),
    }
    if reading.winner == label and is_trained:
        return say(
            "The trained network reads {name} with a probability of {probability} ({before} in the unchanged "
            "picture), which is correct.",
            **values,
        )
    if reading.winner == label:
        return say(
            "The untrained network reads {name} with a probability of {probability} ({before} in the "
            "unchanged picture), which is correct.",
            **values,
        )
    values |= {"label": reading.classes[label], "of_label": percent(probabilities[label], 1)}
    if is_trained:
        return say(
            "The trained network reads {name} with a probability of {probability}. It is {label}, which gets "
            "{of_label} ({before} in the unchanged picture).",
            **values,
        )
    return say(
        "The untrained network reads {name} with a probability of {probability}. It is {label}, which gets "
        "{of_label} ({before} in the unchanged picture).",
        **values,
    )
