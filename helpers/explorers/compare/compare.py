"""Explorers that compare recorded trainings of the variants, switched on and off one by one."""

import numpy as np

from helpers.drawing import svg
from helpers.drawing.svg_curves import curves, round_limits, sample
from helpers.explorers.controls import checkbox, dropdown
from helpers.explorers.explorer import Explorer
from helpers.language import say
from helpers.programs import recorded_variants
from helpers.programs.variants import GROUPS
from helpers.reference.classification import standard_error
from helpers.wording import fixed, percent, together

_ON_AT_FIRST = 2  # so that nobody sees the rest before he has ranked it
_FEWEST_POINTS = 1.5  # on the axis of an accuracy
_ROW = 21
_TABLE = 366  # its upper edge
_COLUMNS = (360, 480, 544, 618, 688, 746)  # their right edges


class _Comparison(Explorer):
    """Accuracy and loss against the epochs, and what each network costs; without what is not recorded.

    A subclass names its group of variants.
    """

    _group = ""

    def __init__(self):
        self._runs = recorded_variants(self._group)
        self._programs = GROUPS[self._group]
        measures = [
            (say("test accuracy"), "val_accuracy"),
            (say("training accuracy"), "accuracy"),
            (say("test loss"), "val_loss"),
            (say("training loss"), "loss"),
        ]
        self._measures = {value: name for name, value in measures}
        switches = {
            name: checkbox(self._programs[name].title, place < _ON_AT_FIRST)
            for place, name in enumerate(self._runs)
        }
        super().__init__({"measure": dropdown(say("Show"), measures), **switches})

    def draw(self):
        """Return the curves that are switched on, the table below them, and the sentence."""
        # A network looks the same whichever others there are.
        shown = {name: place for place, name in enumerate(self._programs) if self.state.get(name)}
        summary = self._summary(shown)
        if not shown:
            return svg.document(svg.WIDTH, 60, [svg.text(14, 36, summary)], summary), summary
        measure = self.state["measure"]
        named = [
            (place, self._programs[name].title, self._values(name, measure)) for name, place in shown.items()
        ]
        unit = "%" if measure.endswith("accuracy") else say("nats")
        title = say("{measure} ({unit})", measure=self._measures[measure], unit=unit)
        parts = [*curves(named, title, self._limits(shown, measure)), *self._table(shown)]
        height = _TABLE + _ROW * len(shown) + 78
        return svg.document(svg.WIDTH, height, parts, summary), summary

    def _values(self, name, measure):
        """Return (seeds, epochs): as far as all seeds went, accuracies in per cent."""
        columns = [run.history[measure] for run in self._runs[name]]
        shortest = min(map(len, columns))
        scale = 100 if measure.endswith("accuracy") else 1
        return scale * np.array([column[:shortest] for column in columns])

    def _limits(self, shown, measure):
        """Return the ends of the axis, between which the last three quarters of every curve lie."""
        values = [self._values(name, measure) for name in shown]
        late = np.concatenate([some[:, some.shape[1] // 4 :].ravel() for some in values])
        if measure.endswith("loss"):
            return round_limits(0, max(late.max(), 0.001))
        # At least so many points: a closer look would show chance, not the networks.
        low, high = round_limits(min(late.min(), late.max() - _FEWEST_POINTS), late.max())
        return low, min(high, 100)

    def _table(self, shown):
        """List what each network costs and what it came to."""
        heads = [
            say("parameters"),
            say("multiplications"),
            say("epochs"),
            say("best, %"),
            say("last, %"),
            say("seeds"),
        ]
        yield from self._row(_TABLE - 8, "", heads, svg.MUTED)
        for line, (name, place) in enumerate(shown.items()):
            y = _TABLE + _ROW * line + 10
            costs, accuracies = self._programs[name].costs, self._values(name, "val_accuracy")
            numbers = [
                f"{costs.parameters:,}",
                f"{costs.multiplications:,}",
                str(accuracies.shape[1]),
                fixed(accuracies.max(axis=1).mean(), 2),
                fixed(accuracies[:, -1].mean(), 2),
                str(len(accuracies)),
            ]
            yield sample(14, y - 5, place)
            yield from self._row(y, self._programs[name].title, numbers)
        notes = [
            say("Best and last: test accuracy, the mean over the seeds. Multiplications: for one picture."),
            say("No seconds: these trainings shared their processor with other work."),
            say(
                "While it trains, a network is measured with its dropout, and batch after batch as it learns."
            ),
        ]
        for line, note in enumerate(notes):
            yield svg.text(14, _TABLE + _ROW * len(shown) + 22 + 19 * line, note, size=13, fill=svg.MUTED)

    def _row(self, y, title, cells, fill=svg.INK):
        yield svg.text(52, y, title, size=14)
        for x, cell in zip(_COLUMNS, cells, strict=True):
            yield svg.text(x, y, cell, size=13, anchor="end", fill=fill)

    def _summary(self, shown):
        if not self._runs:
            return say("None of these trainings is recorded.")
        if not shown:
            return say("Switch on a training to see its curve.")
        measure = self.state["measure"]
        lasts = {name: self._values(name, measure)[:, -1].mean() for name in shown}
        low, high = min(shown, key=lasts.get), max(shown, key=lasts.get)
        words = {
            "measure": self._measures[measure],
            "high": self._written(lasts[high]),
            "highest": self._programs[high].title,
        }
        if len(shown) == 1:
            sentences = [say("After the last epoch, the {measure} is {high} ({highest}).", **words)]
        else:
            between = say(
                "After the last epoch, the {measure} lies between {low} ({lowest}) and {high} ({highest}).",
                low=self._written(lasts[low]),
                lowest=self._programs[low].title,
                **words,
            )
            sentences = [between]
        if measure == "val_accuracy":
            pictures = self._runs[high][0].about["test_pictures"]
            chance = say(
                "Other {pictures} test pictures would move {high} by about {error} points, up or down.",
                high=words["high"],
                pictures=f"{pictures:,}",
                error=fixed(100 * standard_error(lasts[high] / 100, pictures), 2),
            )
            sentences.append(chance)
        if any(len(self._runs[name]) > 1 for name in shown):
            sentences.append(
                say("Where there are several seeds, a line is their mean and a band spans them.")
            )
        return together(sentences)

    def _written(self, value):
        if self.state["measure"].endswith("accuracy"):
            return percent(value / 100, 2)
        return say("{loss} nats", loss=fixed(value, 3))


class DigitComparisonExplorer(_Comparison):
    """The recorded trainings of the digits' variants."""

    _group = "mnist"


class PhotographComparisonExplorer(_Comparison):
    """The recorded trainings of the photographs' variants."""

    _group = "cifar10"
