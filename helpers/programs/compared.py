"""The recorded trainings of the variants, compared (section 3-5)."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from IPython.display import Markdown

from helpers.language import say
from helpers.npz import blamed, open_npz
from helpers.programs.variants import GROUPS
from helpers.reference.comparison import PairedChanges, over_seeds, paired_changes, sign_test
from helpers.runs import Run, all_recorded_runs
from helpers.wording import fixed, percent, signed

_DECIMALS = 2  # of a percentage of 10,000 pictures
_NORMALISED_ANEW = Path(__file__).resolve().parents[2] / "data" / "normalised_anew.npz"
_STATISTICS = ("with_dropout", "without_dropout", "never_dropped")


class Difference(NamedTuple):
    """A recorded training of a variant, and what it recognises that the network it is compared with does not.

    Attributes:
        name: of the variant.
        run: its `Run`.
        changes: `PairedChanges` from the network that it is compared with (b), of the same seed, to the
            variant (a); None of the chapter's network itself, and where the other lacks this seed.
    """

    name: str
    run: Run
    changes: PairedChanges | None


def recorded_variants(group):
    """Find the recorded trainings of a group of variants.

    Args:
        group: "mnist" or "cifar10".

    Returns:
        name -> its `Run`s by seed, in the order of `GROUPS`; variants without a recording are left out.
    """
    found = {name: [] for name in GROUPS[group]}
    for run in sorted(all_recorded_runs(), key=lambda run: run.about["seed"]):
        if run.about["model"] in found:
            found[run.about["model"]].append(run)
    return {name: runs for name, runs in found.items() if runs}


def settled_accuracy(run):
    """Return the mean test accuracy of a run's last three epochs, in percent.

    With a constant learning rate the accuracy jumps from epoch to epoch; this jumps less.
    """
    return 100 * float(np.mean(run.history["val_accuracy"][-3:]))


def differences(group):
    """Compare each recorded training of a group with the network of its `against`, picture by picture.

    Args:
        group: "mnist" or "cifar10".

    Returns:
        A list of `Difference`, the chapter's network first.
    """
    recorded = recorded_variants(group)
    right = {(name, run.about["seed"]): run.correct for name, runs in recorded.items() for run in runs}
    found = []
    for name, runs in recorded.items():
        against = GROUPS[group][name].against
        for run in runs:
            judge = None if name == against else right.get((against, run.about["seed"]))
            changes = None if judge is None else paired_changes(run.correct, judge)
            found.append(Difference(name, run, changes))
    return found


def differences_table(group):
    """Show what `differences` finds.

    Args:
        group: "mnist" or "cifar10".

    Returns:
        Markdown, a row for each training: test accuracy after the last epoch; the difference to the chapter's
        network of the same seed, in points, or to the network that is named; how many pictures only one of
        the two recognises; the p value of the sign test.
    """
    lines = [
        say("| what is changed | seed | test accuracy | difference | won | lost | p |"),
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    shown = ""
    for name, run, changes in differences(group):
        title = "" if name == shown else GROUPS[group][name].title
        shown = name
        accuracy = percent(run.test_accuracy, _DECIMALS)
        cells = [title, run.about["seed"], accuracy, *_cells(changes, _other(name))]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return Markdown("\n".join(lines))


def _other(name):
    """Name the network that a variant is compared with, where that is not the group's first."""
    group = GROUPS[name.partition("-")[0]]
    against = group[name].against
    return "" if against == next(iter(group)) else say(" to “{network}”", network=group[against].title)


def _cells(changes, other):
    if changes is None:
        return [""] * 4
    won, lost = changes.only_a, changes.only_b
    points = 100 * (won - lost) / sum(changes)
    return signed(points, _DECIMALS) + other, won, lost, p_value(sign_test(won, lost))


def normalised_anew():
    """Tell what the networks with batch normalisation recognise with means and variances measured anew.

    Returns:
        "with_dropout" and "without_dropout", by how those of the network with dropout were measured, and
        "never_dropped", of the one trained without dropout -> (10000,) booleans, which test pictures are
        recognised then.

    Raises:
        ValueError: the file is damaged.

    Source: section 3-5; X. Li, S. Chen, X. Hu and J. Yang, 2019.
    """
    expected = "an npz file with the arrays " + ", ".join(_STATISTICS)
    remedy = "restore the file with `git checkout -- data`"
    with blamed(_NORMALISED_ANEW, expected, remedy, ValueError), open_npz(_NORMALISED_ANEW) as stored:
        return {name: np.unpackbits(stored[name].read()).astype(bool) for name in _STATISTICS}


def p_value(probability):
    """Write a p value to three decimals, and what is smaller than they can tell as such."""
    return fixed(probability, 3) if probability >= 0.001 else say("below {least}", least=0.001)


def variants_table(group):
    """List the recorded variants of a group with what each came to, for README.

    Args:
        group: "mnist" or "cifar10".

    Returns:
        Markdown as text: for each variant what it changes, parameters, epochs, seeds, test accuracy after the
        last epoch, its mean over the seeds, and how far that is from the mean of the chapter's network, or of
        the network that is named, in points.
    """
    lines = [
        say(
            "| variant | what it changes | parameters | epochs | seeds | test accuracy | mean | difference |"
        ),
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    recorded = recorded_variants(group)
    accuracies = {name: [100 * run.test_accuracy for run in runs] for name, runs in recorded.items()}
    means = {name: over_seeds(values).mean for name, values in accuracies.items()}
    for name, runs in recorded.items():
        program = GROUPS[group][name]
        against = program.against
        cells = [
            f"`{name}`",
            program.change,
            f"{program.costs.parameters:,}",
            _listed(run.epochs_done for run in runs),
            len(runs),
            " · ".join(fixed(value, _DECIMALS) for value in accuracies[name]),
            fixed(means[name], _DECIMALS),
            signed(means[name] - means[against], _DECIMALS) + _other(name)
            if against in means and against != name
            else "",
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def conditions(group):
    """Say how the recorded variants of a group were trained, where and with which versions, for README."""
    runs = [run for some in recorded_variants(group).values() for run in some]
    versions = (run.about["versions"].items() for run in runs)
    return say(
        "Trained on {machines}, with {versions}; {pictures} training pictures, batches of {batch}.",
        machines=_listed(run.about["machine"] for run in runs),
        versions=_listed(", ".join(f"{name} {version}" for name, version in some) for some in versions),
        pictures=_listed(f"{run.about['training_pictures']:,}" for run in runs),
        batch=_listed(run.about["batch_size"] for run in runs),
    )


def _listed(values):
    return say(" or ").join(map(str, sorted(set(values))))
