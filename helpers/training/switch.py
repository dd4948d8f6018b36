"""The choice between a recorded training and a live one; TensorFlow is imported only for the latter."""

from html import escape
from pathlib import Path

import ipywidgets

from helpers.drawing.picture import before_it_runs
from helpers.recorded import recorded_run
from helpers.training.progress import NotebookProgress
from helpers.training.run_folder import RunFolder

_RUNS = Path(__file__).resolve().parents[2] / "runs"
_CHOICES = (
    ("Recorded run", "recorded"),
    ("Quick training", "quick"),
    ("Full training", "full"),
)
_TIMES = {
    "recorded": "The next cell shows a training on the full data set that this project recorded, at once.",
    "quick": "The next cell trains on a small part of the pictures, here and now: about half a minute.",
    "full": "The next cell trains as the chapter does, 100 epochs over all pictures here: minutes on "
    "a small data set, hours on the full one. Every epoch is kept: run the cell again to go on after a stop.",
}


class TrainingSwitch:
    """Buttons that decide where a lesson's result comes from: a recorded run, a quick or a full training.

    Args:
        recorded: name of the recorded run.
        chapter_accuracy: the chapter's result as a fraction, drawn as a line to compare with.

    Attributes:
        choice: the buttons; their value is "recorded", "quick" or "full".
        summary: what running the next cell will do.
        widget: what the lesson shows.
    """

    def __init__(self, recorded, chapter_accuracy):
        self._recorded = recorded_run(recorded)
        self._chapter_accuracy = chapter_accuracy
        self.choice = ipywidgets.ToggleButtons(options=_CHOICES, description="Result of")
        self._line = ipywidgets.HTML(layout={"max_width": "760px"})
        self.widget = ipywidgets.VBox([self.choice, self._line])
        self.choice.observe(lambda change: self._say(), "value")
        self._say()

    @property
    def recorded(self):
        """Whether the recorded run is chosen."""
        return self.choice.value == "recorded"

    @property
    def summary(self):
        """What running the next cell will do, in a sentence or two."""
        return _TIMES[self.choice.value]

    def run(self, build, data):
        """Return the recorded run, or train a fresh model with bar, time left and growing curves.

        An interrupt ends a training and keeps its result. A full training is also kept on disk, epoch by
        epoch, in the project's folder runs/; the next one on the same data goes on from there.

        Args:
            build: makes the model, such as `mnist_model`.
            data: a `Dataset` to train on; the recorded run had the full one.

        Returns:
            A `RecordedRun` or a `TrainingRun`; both have history, test_accuracy, confusion,
            test_probabilities and weights.

        Raises:
            ValueError: as for `fit`.
        """
        if self.recorded:
            return self._recorded
        from helpers.training import fit

        name = self._recorded.model
        settings, folder = {"mnist": fit.QUICK_MNIST, "cifar10": fit.QUICK_CIFAR10}[name], None
        if self.choice.value == "full":
            settings = fit.CHAPTER
            about = {"model": name, "data": data.name, "training_pictures": len(data.x_train)}
            folder = RunFolder(_RUNS / f"lesson-{name}-{len(data.x_train)}", about)
        comparison = None if data.stand_in else self._chapter_accuracy
        return fit.fit(build(), data, settings, NotebookProgress(comparison), folder=folder)

    def _say(self):
        self._line.value = f'<div role="status">{escape(self.summary)}</div>'

    def __repr__(self):
        return self.summary

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        return bundle | {"text/html": before_it_runs(self.summary), "text/plain": self.summary}
