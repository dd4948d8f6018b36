"""What the lessons show besides explorers: this machine, and what the recorded trainings came to."""

import platform
from importlib.metadata import version

from IPython.display import Markdown

from helpers.datasets import load_mnist
from helpers.recorded import recorded_runs

_PACKAGES = ("jupyterlab", "numpy", "matplotlib", "ipywidgets", "tensorflow", "keras")


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
