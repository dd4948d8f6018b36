"""What the lessons show besides explorers: the map of the course, this machine, the source of a function."""

import ast
import inspect
import platform
import reprlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from IPython.display import Markdown

from helpers.datasets import load_mnist
from helpers.recorded import recorded_runs

_PROJECT = Path(__file__).resolve().parents[1]
_PACKAGES = ("jupyterlab", "numpy", "matplotlib", "ipywidgets", "tensorflow", "keras")


@dataclass(frozen=True)
class Lesson:
    """One notebook: its file name without ending, its title and what it covers of the chapter."""

    name: str
    title: str
    section: str
    covers: str


LESSONS = (
    Lesson("3-0_start_here", "Start here", "3", "the map of the chapter"),
    Lesson(
        "3-1a_from_dense_to_convolution",
        "From dense layers to convolution",
        "3-1",
        "the five layers, Figure 3-1; counting weights",
    ),
    Lesson(
        "3-1b_filters", "Filters", "3-1", "mean, Gaussian, median, Sobel, Canny; random and learnt filters"
    ),
    Lesson(
        "3-1c_padding_stride_output_size",
        "Padding, stride and output size",
        "3-1",
        "Figures 3-2 and 3-3, equation 3.1",
    ),
    Lesson("3-1d_pooling", "Pooling", "3-1", "Figure 3-4, equation 3.6"),
    Lesson(
        "3-1e_shared_weights",
        "Shared weights",
        "3-1",
        "Figures 3-5, 3-6 and 3-7, equations 3.2 to 3.5",
    ),
    Lesson("3-1f_complete_model", "The complete model", "3-1", "Figure 3-8, equations 3.7 to 3.20"),
    Lesson("3-2_backpropagation", "Backpropagation", "3-2", "equations 3.21 to 3.35"),
    Lesson(
        "3-2b_from_scratch", "From scratch", "3-2", "the first program's network in NumPy, equal to Keras"
    ),
    Lesson("3-3_worked_example", "The worked example", "3-3", "Figures 3-9 and 3-10, forward and backward"),
    Lesson("3-5a_mnist", "Handwritten digits", "3-5", "first program: MNIST"),
    Lesson("3-5b_cifar10", "Small photographs", "3-5", "second program: CIFAR-10"),
    Lesson(
        "3-5c_look_inside",
        "Look inside",
        "3-5",
        "every layer of both trained networks; what moves a score; your own digit",
    ),
    Lesson("3-6_errata", "Printed and right", "all", "where the printed chapter and the mathematics part"),
)


def lesson_map():
    """Show which lesson covers which part of the chapter, as a table with links between the notebooks."""
    return Markdown(lesson_table(folder=""))


def lesson_table(folder):
    """Write the map as a Markdown table, its links leading into `folder`."""
    rows = ["| section | lesson | covers |", "|---|---|---|"]
    rows += [
        f"| {lesson.section} | [{lesson.title}]({folder}{lesson.name}.ipynb) | {lesson.covers} |"
        for lesson in LESSONS
    ]
    return "\n".join(rows)


def this_machine():
    """Show the versions that run here and the data that the lessons found."""
    versions = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in _PACKAGES)]
    return Markdown(f"- {', '.join(versions)}\n- {load_mnist()}")


def runs_table(model):
    """Show what every recorded training of a model came to, as a table.

    Args:
        model: "mnist" or "cifar10".

    Returns:
        Markdown: epochs, highest test accuracy with its epoch, and the last one.

    Raises:
        ValueError: as for `recorded_runs`.
    """
    rows = ["| recorded run | epochs | best test accuracy | at epoch | last |", "|---|--:|--:|--:|--:|"]
    for run in recorded_runs(model):
        accuracies = run.history["val_accuracy"]
        best = max(accuracies)
        rows.append(
            f"| {run.name} | {run.epochs_done} | {100 * best:.2f} % | {1 + accuracies.index(best)} "
            f"| {100 * accuracies[-1]:.2f} % |"
        )
    return Markdown("\n".join(rows))


def show_source(function):
    """Show the code of a function as it stands in helpers/, of its docstring only the first line.

    Args:
        function: a function of the project.

    Returns:
        Its source, coloured, under the name of its file.

    Raises:
        TypeError: it is no function of the project.
    """
    try:
        file = Path(inspect.getsourcefile(function)).relative_to(_PROJECT).as_posix()
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"expected a function of this project, got {reprlib.repr(function)}; "
            "pass the function itself, such as conv2d, without parentheses"
        ) from error
    source = inspect.getsource(function)
    lines = source.splitlines()
    definition = ast.parse(source).body[0]
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        first = lines[docstring.lineno - 1].removesuffix('"""') + '"""'
        lines[docstring.lineno - 1 : docstring.end_lineno] = [first]
    code = "\n".join(lines)
    return Markdown(f"`{file}`\n```python\n{code}\n```")
