"""What a classifier takes for what, as a table of counts."""

import numpy as np

from helpers.drawing import svg
from helpers.drawing.picture import SvgPicture
from helpers.language import say
from helpers.wording import percent

_SIDE = 48
_LEFT, _TOP = 130, 130  # of the grid


def confusion_picture(confusion, recognised, classes):
    """Draw a confusion matrix: what is right in blue, mistakes the more orange the more there are.

    Args:
        confusion: (classes, classes) counts, true class by predicted class.
        recognised: (classes,) share of each class's pictures that was recognised; nan where there is none.
        classes: their names.

    Returns:
        An SvgPicture, 720 pixels wide.

    Source: section 3-5, the programs' test accuracy, taken apart.
    """
    count = len(classes)
    right = np.eye(count, dtype=bool)
    mistakes = np.where(right, 0, confusion)
    fills = np.where(right, svg.BLUE_TINT, svg.shades(mistakes, 0, max(mistakes.max(), 1), svg.ORANGE))
    labels = [[f"{value}" if value else "" for value in row] for row in confusion.tolist()]
    edge = _LEFT + count * _SIDE
    parts = [svg.number_grid(confusion, _LEFT, _TOP, _SIDE, name="count", fills=fills, labels=labels)]
    parts += [_row(place, edge, name, recognised[place]) for place, name in enumerate(classes)]
    parts += [_slanted(_LEFT + (place + 0.5) * _SIDE, name) for place, name in enumerate(classes)]
    parts += [
        svg.text(16, 28, say("Rows: what the picture shows. Columns: what it was taken for."), weight="bold"),
        svg.text(edge + 12, _TOP - 12, say("recognised"), weight="bold"),
    ]
    description = _describe(mistakes, confusion, classes)
    return SvgPicture(svg.document(720, _TOP + count * _SIDE + 16, parts, description))


def _row(place, edge, name, share):
    """Name a row at its left and say at its right how much of the class was recognised."""
    baseline = _TOP + (place + 0.5) * _SIDE + 5
    recognised = "–" if np.isnan(share) else percent(share, 1)
    return svg.text(_LEFT - 10, baseline, name, anchor="end") + svg.text(edge + 12, baseline, recognised)


def _slanted(x, name):
    return f'<g transform="translate({x:g} {_TOP - 10}) rotate(-40)">{svg.text(0, 0, name)}</g>'


def _describe(mistakes, confusion, classes):
    """Say in a sentence how many were right and what was confused most."""
    counts = {"right": f"{np.trace(confusion):,}", "pictures": f"{confusion.sum():,}"}
    if not mistakes.any():
        return say("{right} of {pictures} test pictures are recognised.", **counts)
    true, taken_for = np.unravel_index(mistakes.argmax(), mistakes.shape)
    return say(
        "{right} of {pictures} test pictures are recognised; the commonest mistake is {true}, taken for "
        "{taken_for}: {times} times.",
        **counts,
        true=classes[true],
        taken_for=classes[taken_for],
        times=mistakes.max(),
    )
