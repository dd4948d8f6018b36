"""Curves: a training epoch by epoch, and accuracy on pictures that change."""

from pathlib import Path

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.drawing.picture import Picture
from helpers.drawing.svg import BLUE, INK, LINE, MUTED, ORANGE
from helpers.language import language, said, say
from helpers.wording import percent

# Told apart by dash and marker as well as by colour.
_TRAINING = {"label": say("training"), "color": ORANGE, "linestyle": "--", "marker": "o"}
_WATCHED = {"color": BLUE, "linestyle": "-", "marker": "s"}
_MOST_MARKERS = 20

# matplotlib's own font has no Chinese, and a machine may have none.
_LETTERS = Path(__file__).parent / "letters" / f"{language()}.otf"
if _LETTERS.exists():
    font_manager.fontManager.addfont(_LETTERS)
    matplotlib.rcParams["font.family"] = ["DejaVu Sans", font_manager.get_font(_LETTERS).family_name]


def training_curves(history, epochs=None, chapter_accuracy=None, watched=None):
    """Draw accuracy and loss of both sets against the epoch, side by side, 760 x 300 pixels at 100 dpi.

    Args:
        history: accuracy and val_accuracy as fractions from 0 to 1, loss and val_loss in nats, one value
            for each finished epoch; the lists may be empty.
        epochs: right end of both axes, or None for the last finished epoch.
        chapter_accuracy: the chapter's result as a fraction, a dotted line across the accuracy, or None.
        watched: what to call the set of the numbers with val, such as "held-out"; None for the test set.

    Returns:
        A matplotlib Figure of its own, unknown to pyplot.

    Source: the two figures after each program of section 3-5.
    """
    figure = Figure(figsize=(7.6, 3.0), layout="constrained")
    figure.get_layout_engine().set(wspace=0.06)
    accuracy, loss = figure.subplots(1, 2)
    watched = watched or say("test")
    last = max(epochs or len(history["loss"]), 1)

    shares = _in_percent(history["accuracy"]), _in_percent(history["val_accuracy"])
    _draw(accuracy, last, *shares, watched)
    accuracy.set(ylabel=say("accuracy (%)"))
    if chapter_accuracy is not None:
        label = say("the chapter: {accuracy}", accuracy=percent(chapter_accuracy, 2))
        accuracy.axhline(100 * chapter_accuracy, color=MUTED, linestyle=":", label=label)
    accuracy.legend(loc="lower right")

    _draw(loss, last, history["loss"], history["val_loss"], watched)
    loss.set(ylabel=say("loss: cross-entropy (nats)"))
    loss.set_ylim(bottom=0)
    loss.legend(loc="upper right")
    return figure


def _draw(axes, last, training, test, watched):
    for values, style in ((training, _TRAINING), (test, _WATCHED | {"label": watched})):
        axes.plot(
            range(1, len(values) + 1),
            values,
            **style,
            linewidth=1.6,
            markersize=4.5,
            markevery=max(1, len(values) // _MOST_MARKERS),
        )
    margin = max(0.5, 0.02 * last)
    axes.set(xlabel=say("epoch"), xlim=(1 - margin, last + margin))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    if not training:
        axes.set_yticks([])  # no scale before the first value
    _tidy(axes)


def _tidy(axes):
    axes.grid(color=LINE, alpha=0.4)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK)


def _in_percent(fractions):
    return [100 * fraction for fraction in fractions]


def accuracy_curves(panels, description):
    """Draw how accuracy falls as pictures change more and more, one panel for each kind of change.

    Args:
        panels: (label of the axis, amounts, name -> accuracies as fractions from 0 to 1) each.
        description: what the picture shows, in a sentence.

    Returns:
        A Picture 760 pixels wide.
    """
    figure = Figure(figsize=(7.6, 3.0), layout="constrained")
    for axes, (label, amounts, curves) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        for style, (name, accuracies) in zip((_WATCHED, _TRAINING), curves.items(), strict=False):
            axes.plot(amounts, _in_percent(accuracies), **{**style, "label": said(name)}, linewidth=1.6)
        axes.axhline(10, color=MUTED, linestyle=":", label=say("guessing"))
        axes.set(xlabel=said(label), ylabel=say("accuracy (%)"), ylim=(0, 103))
        axes.legend(loc="best")
        _tidy(axes)
    return Picture(figure, description)
