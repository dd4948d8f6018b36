"""Imports point one way, and only helpers/training reaches TensorFlow."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
HELPERS = PROJECT / "helpers"
# What the files of each room may import from the other rooms.
ALLOWED = {
    "chapter": set(),
    "reference": set(),
    "npz": set(),
    "stand_in": {"reference"},
    "datasets": {"npz", "reference", "stand_in", "training"},
    "recorded": {"npz"},
    "figures": set(),
    "explorers": {"chapter", "datasets", "figures", "recorded", "reference"},
    "training": {"datasets", "figures", "npz", "recorded", "reference"},
    "course": {"datasets", "recorded"},
    "saving": set(),
    "equation_map": set(),
    "errata": set(),
}
# Standard library apart, what the reference may use.
REFERENCE_PACKAGES = {"numpy", "helpers"}
KERAS = {"keras", "tensorflow"}


def room(path):
    return path.relative_to(HELPERS).parts[0].removesuffix(".py")


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the import from the top, helpers..."
            yield node.module
            if node.module == "helpers":
                yield from (f"helpers.{name.name}" for name in node.names)


def modules():
    return sorted(path for path in HELPERS.rglob("*.py") if path != HELPERS / "__init__.py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(HELPERS).as_posix())
def test_imports_point_one_way(path):
    for module in imported_modules(path):
        top, *rest = module.split(".")
        if top == "helpers" and rest and rest[0] != room(path):
            assert rest[0] in ALLOWED[room(path)], f"{path} imports {module}"


@pytest.mark.parametrize("path", sorted((HELPERS / "reference").glob("*.py")), ids=lambda path: path.name)
def test_reference_is_numpy_alone(path):
    tops = {module.split(".")[0] for module in imported_modules(path)}
    assert tops - set(sys.stdlib_module_names) <= REFERENCE_PACKAGES


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(HELPERS).as_posix())
def test_only_training_imports_keras(path):
    tops = {module.split(".")[0] for module in imported_modules(path)}
    assert room(path) == "training" or not tops & KERAS


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(HELPERS).as_posix())
def test_no_star_imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert all(name.name != "*" for name in node.names)


def test_lessons_without_training_stay_without_tensorflow():
    program = (
        "import sys, helpers.explorers, helpers.course, helpers.datasets, helpers.training.progress; "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT)
