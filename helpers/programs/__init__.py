"""The chapter's two programs (section 3-5) and their variants: an entry for each, with what belongs to it.

Importing this room does not import TensorFlow; `keras_model` does.
"""

from helpers.programs.chapter import CIFAR10, DENSE, MNIST, PROGRAMS
from helpers.programs.compared import (
    differences,
    differences_table,
    normalised_anew,
    recorded_variants,
    settled_accuracy,
)
from helpers.programs.program import Program
from helpers.programs.recipe import AS_IN_THE_CHAPTER, Recipe
from helpers.programs.variants import VARIANTS

MODELS = PROGRAMS | {DENSE.name: DENSE} | VARIANTS
"""All that can be trained, by name."""
