"""What belongs to a network that can be trained."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.programs.costs import Costs
from helpers.programs.recipe import AS_IN_THE_CHAPTER, Recipe
from helpers.runs import Settings, recorded_run


@dataclass(frozen=True)
class Program:
    """A program of section 3-5, or a variant of one.

    Attributes:
        name: of its recorded runs and on the command line.
        load: loads its pictures; takes download=True.
        picture: shape (H, W, C) of one.
        keras_model: builds and compiles its Keras model; takes a seed.
        network: builds the same network in NumPy; takes a NumPy random generator.
        quick: settings for half a minute on two cores.
        chapter_run: name of the recorded run with the chapter's settings.
        weights_run: name of the recorded run whose weights the lessons show.
        chapter_accuracy: the chapter's result on the test set, as a fraction; None where it has none.
        recipe: what its training does beyond the chapter's.
        title: a variant's name in plain words.
        change: what a variant changes, in a sentence.
        against: name of the variant that a variant is compared with.
        costs: parameters and multiplications of a variant.
    """

    name: str
    load: Callable
    picture: tuple[int, int, int]
    keras_model: Callable
    network: Callable
    quick: Settings
    chapter_run: str
    weights_run: str
    chapter_accuracy: float | None = None
    recipe: Recipe = AS_IN_THE_CHAPTER
    title: str = ""
    change: str = ""
    against: str = ""
    costs: Costs | None = None

    def weights(self):
        """Load the weights that the lessons show, such as "conv1/kernel" -> (5, 5, 1, 16)."""
        return recorded_run(self.weights_run).weights

    def trained_network(self):
        """Build the NumPy network with the weights that the lessons show."""
        network = self.network(np.random.default_rng(0))
        network.set_parameters(self.weights())
        return network
