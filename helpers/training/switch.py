"""The choice between a recorded training and a live one; TensorFlow is imported only for the latter."""

from html import escape

import ipywidgets

from helpers.drawing.picture import before_it_runs
from helpers.drawing.svg import WIDTH
from helpers.language import say
from helpers.runs import CHAPTER, RunFolder, recorded_run
from helpers.runs.folder import OWN_RUNS
from helpers.training.keras_trainer import KerasTrainer
from helpers.training.progress import NotebookProgress
from helpers.training.train import train

_CHOICES = (
    (say("Recorded run"), "recorded"),
    (say("Quick training"), "quick"),
    (say("Full training"), "full"),
)
_TIMES = {
    "recorded": say(
        "The next cell shows a training on the full data set that this project recorded, at once."
    ),
    "quick": say("The next cell trains on a small part of the pictures, here and now: about half a minute."),
    "full": say(
        "The next cell trains as the chapter does, 100 epochs over all pictures here: minutes on "
        "a small data set, hours on the full one. Every epoch is kept: run the cell again to go on "
        "after a stop."
    ),
}


class TrainingSwitch:
    """Buttons that decide where a lesson's result comes from: a recorded run, a quick or a full training.

    Args:
        program: the `Program`, such as `MNIST`.

    Attributes:
        choice: the buttons; their value is "recorded", "quick" or "full".
        summary: what running the next cell will do.
        widget: what the lesson shows.
    """

    def __init__(self, program):
        self._program = program
        self._recorded = recorded_run(program.chapter_run)
        self.choice = ipywidgets.ToggleButtons(options=_CHOICES, description=say("Result of"))
        self._line = ipywidgets.HTML(layout={"max_width": f"{WIDTH}px"})
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

    def run(self, data):
        """Return the recorded run, or train a fresh model with bar, time left and growing curves.

        An interrupt ends a training and keeps its result. A full training is also kept on disk, epoch by
        epoch, in the project's folder runs/; the next one on the same data goes on from there.

        Args:
            data: a `Dataset` to train on; the recorded run had the full one.

        Returns:
            A `Run`.

        Raises:
            ValueError: as for `train`.
        """
        if self.recorded:
            return self._recorded
        program, settings, folder = self._program, self._program.quick, None
        if self.choice.value == "full":
            settings, pictures = CHAPTER, len(data.x_train)
            about = {"model": program.name, "stand_in": data.stand_in, "training_pictures": pictures}
            folder = RunFolder(OWN_RUNS / f"lesson-{program.name}-{pictures}", about)
        progress = NotebookProgress(None if data.stand_in else program.chapter_accuracy)
        return train(KerasTrainer(program.keras_model()), data, settings, progress, folder=folder)

    def _say(self):
        self._line.value = f'<div role="status">{escape(self.summary)}</div>'

    def __repr__(self):
        return self.summary

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        return bundle | {"text/html": before_it_runs(self.summary), "text/plain": self.summary}
