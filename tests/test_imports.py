"""Imports run one way, from the ground floor up, and only what trains with Keras reaches TensorFlow."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

from publish.documents import imported_modules, modules, room_imports

PROJECT = Path(__file__).parents[1]
HELPERS = PROJECT / "helpers"
# The floors of the house. A room imports rooms of floors below its own, as CONTRIBUTING draws them; what
# stands alone on the ground is what everybody may use.
FLOORS = (
    {"keras_backend", "language", "npz", "saving"},
    {"wording"},
    {"chapter", "drawing", "reference"},
    {"datasets", "runs"},
    {"programs"},
    {"explorers", "questions", "training"},
    {"exercises"},
    {"publish"},
    {"benchmarks"},
)
KERAS = {"keras", "tensorflow"}


def names(path):
    return path.relative_to(PROJECT).as_posix()


def test_no_rooms_import_each_other():
    graphlib.TopologicalSorter(room_imports()).prepare()


def test_every_room_stands_on_a_floor():
    assert sorted(room_imports()) == sorted(name for floor in FLOORS for name in floor)


def test_every_arrow_runs_to_a_floor_below():
    floor = {name: level for level, rooms in enumerate(FLOORS) for name in rooms}
    upward = {
        f"{name} -> {target}"
        for name, targets in room_imports().items()
        for target in targets
        if floor[target] >= floor[name]
    }
    assert not upward


@pytest.mark.parametrize("path", sorted((HELPERS / "reference").glob("*.py")), ids=names)
def test_reference_is_numpy_alone(path):
    tops = {module.split(".")[0] for module in imported_modules(path)}
    assert tops - set(sys.stdlib_module_names) <= {"numpy", "helpers"}


@pytest.mark.parametrize("path", modules(), ids=names)
def test_imports_are_written_from_the_top(path):
    for node in ast.walk(ast.parse(path.read_text())):
        assert not isinstance(node, ast.ImportFrom) or node.level == 0


def test_no_tool_and_no_test_imports_a_test():
    files = [*modules(), *(PROJECT / "tests").glob("*.py")]
    assert not [
        (path.name, module)
        for path in files
        for module in imported_modules(path)
        if module.startswith(("test_", "tests."))
    ]


def test_explorers_questions_and_checks_compute_with_numpy_alone():
    program = """
import sys
sys.modules |= dict.fromkeys(("matplotlib", "PIL", "scipy", "skimage", "tensorflow"))  # an import fails
import helpers.exercises
from helpers import explorers, questions
shown = {name: getattr(explorers, name)() for name in explorers.__all__}
filters = shown["FilterExplorer"]
for name in ("median", "canny"):
    filters.set(filter=name, noise="gaussian")
shown["DigitInsideExplorer"].set(degrees=30)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT)


def test_only_what_makes_a_keras_model_pulls_tensorflow_in():
    program = (
        "import sys, helpers.explorers, helpers.datasets, helpers.runs, helpers.programs, helpers.training, "
        "helpers.training.__main__; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT)


def test_keras_is_imported_where_models_are_made_and_nowhere_else():
    keras = {"helpers.keras_backend", *KERAS}
    users = {names(path) for path in modules() if keras & set(imported_modules(path))}
    assert {path for path in users if path.startswith("helpers/")} == {
        "helpers/datasets/archives.py",
        "helpers/keras_backend.py",
        "helpers/programs/keras_layers.py",
        "helpers/programs/keras_models.py",
        "helpers/training/keras_trainer.py",
    }
