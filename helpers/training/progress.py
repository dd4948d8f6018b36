"""Two views of a training under way, for a lesson and for a terminal.

`train` calls both alike: `begin`, then `batch_done` and `epoch_done` as it goes, `training_done` when it is
over or was interrupted, and `end` once the test set is measured.
"""

import sys
from html import escape

import ipywidgets
from IPython.display import DisplayHandle
from tqdm import tqdm
from tqdm.notebook import tqdm as notebook_tqdm

from helpers.drawing.curves import training_curves
from helpers.drawing.picture import png, png_image
from helpers.drawing.svg import WIDTH
from helpers.language import say
from helpers.wording import fixed, percent

_TIMES = {"elapsed": "{elapsed}", "remaining": "{remaining}"}  # tqdm fills them in


class _Progress:
    """What both views have in common: a bar, and what is told after each epoch."""

    def begin(self, epochs, batches, history, watched):
        """Show the view.

        Args:
            epochs: how many are asked for.
            batches: the number of steps in an epoch.
            history: what is resumed, as a `Run` holds it.
            watched: what the pictures are that are measured after each epoch, such as "test".
        """
        self._epochs, self._watched = epochs, watched
        done = len(history["loss"])
        times = say("{elapsed}, {remaining} left", **_TIMES)
        self._bar = self._new_bar(
            total=epochs * batches,
            initial=done * batches,
            desc=_title(done, epochs),
            bar_format=_format(times),
            # The time left by the mean speed: the pause after each epoch would make it jump.
            smoothing=0,
        )

    def batch_done(self, logs):
        """Move the bar on by one step."""
        numbers = say(
            "{elapsed}, {remaining} left, loss {loss}, accuracy {accuracy}",
            loss=fixed(logs["loss"], 3),
            accuracy=percent(logs["accuracy"], 1),
            **_TIMES,
        )
        self._bar.bar_format = _format(numbers)
        self._bar.update()

    def epoch_done(self, history):
        """Say the epoch's numbers; `history` holds all finished epochs."""
        self._bar.set_description_str(_title(len(history["loss"]), self._epochs))
        latest = {name: values[-1] for name, values in history.items()}
        sentence = say(
            "Epoch {epoch} of {epochs}: training accuracy {accuracy}, loss {loss}; "
            "{watched} accuracy {val_accuracy}, loss {val_loss}.",
            epoch=len(history["loss"]),
            epochs=self._epochs,
            accuracy=percent(latest["accuracy"], 1),
            loss=fixed(latest["loss"], 3),
            watched=self._watched,
            val_accuracy=percent(latest["val_accuracy"], 1),
            val_loss=fixed(latest["val_loss"], 3),
        )
        self._say(sentence)

    def training_done(self, interrupted):
        """Close the bar, and say what comes next."""
        self._bar.close()
        if interrupted:
            sentence = say(
                "Interrupted; what was learnt is kept. Measuring it on the whole {watched} set...",
                watched=self._watched,
            )
        else:
            sentence = say("Measuring on the whole {watched} set...", watched=self._watched)
        self._say(sentence)


class NotebookProgress(_Progress):
    """A bar with the time left, the numbers in a line, and curves that grow epoch by epoch.

    What a stored notebook keeps of it is the last picture and one sentence.

    Args:
        chapter_accuracy: the chapter's result as a fraction, drawn as a line to compare with, or None.

    Attributes:
        summary: one sentence on how far the training is.
        widget: what the lesson shows.
    """

    def __init__(self, chapter_accuracy=None):
        self._chapter_accuracy = chapter_accuracy
        self._line = ipywidgets.HTML()
        # HTML, since a widget for images takes no text in its place.
        self._curves = ipywidgets.HTML()
        self.widget = ipywidgets.VBox([self._line, self._curves])
        self._say(say("The training has not begun."))

    def begin(self, epochs, batches, history, watched):
        """Show the view in the lesson, arguments as for every view."""
        super().begin(epochs, batches, history, watched)
        self._bar.container.layout = {"width": f"{WIDTH}px", "max_width": "100%"}
        for text in self._bar.container.children[::2]:
            text.layout.flex = "none"  # or Chinese, which may be broken anywhere, would take two lines
        self.widget.children = [self._bar.container, self._line, self._curves]
        done = len(history["loss"])
        if done == epochs:
            self._say(say("All {epochs} epochs are finished.", epochs=epochs))
        else:
            self._say(say("Epoch {epoch} of {epochs} has begun.", epoch=done + 1, epochs=epochs))
        self._draw(history)
        self._handle = DisplayHandle()
        self._handle.display(self)

    def epoch_done(self, history):
        """Say the epoch's numbers and let the curves grow; `history` holds all finished epochs."""
        super().epoch_done(history)
        self._draw(history)

    def training_done(self, interrupted):
        """Close the bar, and say what comes next."""
        if interrupted:
            self._bar.set_description_str(say("Interrupted"))
        super().training_done(interrupted)

    def end(self, run):
        """Show the whole run, and store it in the notebook."""
        self._epochs = None  # the curves of an interrupted training end where it ended
        self._say(str(run))
        self._draw(run.history)
        self._handle.update(self)

    def _new_bar(self, **settings):
        return notebook_tqdm(display=False, **settings)

    def _say(self, sentence):
        self.summary = sentence
        self._line.value = f'<div role="status">{escape(sentence)}</div>'

    def _draw(self, history):
        curves = training_curves(history, self._epochs, self._chapter_accuracy, self._watched)
        self._curves.value = png_image(png(curves), WIDTH, self.summary)

    def __repr__(self):
        return self.summary

    def _repr_mimebundle_(self, include=None, exclude=None):
        widget = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        return widget | {"text/html": self._curves.value, "text/plain": self.summary}


class TerminalProgress(_Progress):
    """A bar with the time left and, above it, one line for each finished epoch, on stderr.

    Where stderr is not a terminal, a log file gets the lines alone.
    """

    def end(self, run):
        """Print the result, on stdout."""
        print(run)

    def _new_bar(self, **settings):
        return tqdm(disable=None, leave=False, dynamic_ncols=True, **settings)

    def _say(self, sentence):
        tqdm.write(sentence, file=sys.stderr)


def _format(numbers):
    """Return what a bar shows: tqdm fills in what stands in braces."""
    done = say("{title}: {percentage} %", title="{desc}", percentage="{percentage:3.0f}")
    return f"{done} |{{bar}}| {numbers}"


def _title(epochs_done, epochs):
    return say("Epoch {epoch} of {epochs}", epoch=min(epochs_done + 1, epochs), epochs=epochs)
