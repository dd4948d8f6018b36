"""The trainings that this project ran and kept in data/runs."""

import reprlib
from pathlib import Path

from IPython.display import Markdown

from helpers.language import say
from helpers.runs.folder import read_run
from helpers.wording import percent

_RECORDED = Path(__file__).resolve().parents[2] / "data" / "runs"


def recorded_run(name):
    """Find a recorded training.

    Args:
        name: of its folder in data/runs, such as "mnist-seed1".

    Returns:
        A `Run`; its weights and probabilities were stored as float16.

    Raises:
        TypeError: the name is not a text.
        ValueError: there is no such training, or its files are damaged.

    Source: section 3-5.

    >>> recorded_run("mnist-seed1").epochs_done
    12
    """
    if not isinstance(name, str):
        raise TypeError(
            f"expected the name of a recorded training, got {reprlib.repr(name)}; "
            'use one such as "mnist-seed0"'
        )
    if name not in _names():
        raise ValueError(
            f"expected one of the trainings recorded in {_RECORDED} ({', '.join(_names())}), "
            f"got {reprlib.repr(name)}; restore a lost one with `git checkout -- data/runs`"
        )
    return read_run(_RECORDED / name)


def all_recorded_runs():
    """List all recorded trainings, by name; their arrays are read when they are first asked for.

    Raises:
        ValueError: a file is damaged.
    """
    return [read_run(_RECORDED / name) for name in _names()]


def recorded_runs(model):
    """Find all recorded trainings of a model.

    Args:
        model: "mnist" or "cifar10".

    Returns:
        A list of `Run`, by name.

    Raises:
        ValueError: no training of this model is recorded, or a file is damaged.

    Source: section 3-5.
    """
    runs = [run for run in all_recorded_runs() if run.about["model"] == model]
    if not runs:
        raise ValueError(
            f'expected a model with recorded trainings, got {reprlib.repr(model)}; use "mnist" or "cifar10"'
        )
    return runs


def runs_table(model):
    """Show what every recorded training of a model came to, as a table.

    Takes and raises what `recorded_runs` does.

    Returns:
        Markdown: training pictures, epochs, highest test accuracy with its epoch, and the last one.
    """
    rows = [
        say("| recorded run | pictures | epochs | best test accuracy | at epoch | last |"),
        "|---|--:|--:|--:|--:|--:|",
    ]
    for run in recorded_runs(model):
        accuracies = run.history["val_accuracy"]
        best = max(accuracies)
        cells = (
            run.name,
            f"{run.about['training_pictures']:,}",
            run.epochs_done,
            percent(best, 2),
            1 + accuracies.index(best),
            percent(accuracies[-1], 2),
        )
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return Markdown("\n".join(rows))


def _names():
    return sorted(path.parent.name for path in _RECORDED.glob("*/result.npz"))
