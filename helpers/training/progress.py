"""Two views of a training under way, for a lesson and for a terminal; neither needs TensorFlow.

`fit` calls both alike: `begin`, then `batch_done` and `epoch_done` as it goes, `training_done` when the last
epoch is over or an interrupt came, and `end` once the test set is measured.
"""

import sys
from html import escape

import ipywidgets
from IPython.display import DisplayHandle
from tqdm import tqdm
from tqdm.notebook import tqdm as notebook_tqdm

from helpers.drawing.curves import training_curves
from helpers.drawing.picture import png, png_image

_WIDTH = 760  # of the view, in pixels


class NotebookProgress:
    """A bar with the time left, the numbers in a line, and curves that grow epoch by epoch.

    What a stored notebook keeps of it is the last picture and one sentence.

    Args:
        chapter_accuracy: the chapter's result as a fraction, drawn as a line to compare with, or None.
        watched: what to call the pictures that are measured after each epoch, such as "held-out".

    Attributes:
        summary: one sentence on how far the training is.
        widget: what the lesson shows.
    """

    def __init__(self, chapter_accuracy=None, watched="test"):
        self._chapter_accuracy = chapter_accuracy
        self._watched = watched
        self._line = ipywidgets.HTML()
        # HTML, since a widget for images takes no text in its place.
        self._curves = ipywidgets.HTML()
        self.widget = ipywidgets.VBox([self._line, self._curves])
        self._say("The training has not begun.")

    def begin(self, epochs, batches, history):
        """Show the view; `batches` is the number of steps in an epoch, `history` holds what is resumed."""
        self._epochs = epochs
        self._bar = notebook_tqdm(display=False, **_bar_settings(epochs, batches, history))
        self._bar.container.layout = {"width": f"{_WIDTH}px", "max_width": "100%"}
        self.widget.children = [self._bar.container, self._line, self._curves]
        self._say(_next_up(epochs, history))
        self._draw(history)
        self._handle = DisplayHandle()
        self._handle.display(self)

    def batch_done(self, logs):
        """Move the bar on by one step."""
        _step(self._bar, logs)

    def epoch_done(self, history):
        """Say the epoch's numbers and let the curves grow; `history` holds all finished epochs."""
        _next_epoch(self._bar, history, self._epochs)
        self._say(_numbers(history, self._epochs, self._watched))
        self._draw(history)

    def training_done(self, interrupted):
        """Close the bar, and say what goes on."""
        if interrupted:
            self._bar.set_description_str("Interrupted")
        self._bar.close()
        self._say(_what_now(interrupted, self._watched))

    def end(self, run):
        """Show the whole run, and store it in the notebook."""
        self._epochs = None  # the curves of an interrupted training end where it ended
        self._say(str(run).replace("test accuracy", f"{self._watched} accuracy"))
        self._draw(run.history)
        self._handle.update(self)

    def _say(self, sentence):
        self.summary = sentence
        self._line.value = f'<div role="status">{escape(sentence)}</div>'

    def _draw(self, history):
        curves = training_curves(history, self._epochs, self._chapter_accuracy, self._watched)
        self._curves.value = png_image(png(curves), _WIDTH, self.summary)

    def __repr__(self):
        return self.summary

    def _repr_mimebundle_(self, include=None, exclude=None):
        widget = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        return widget | {"text/html": self._curves.value, "text/plain": self.summary}


class TerminalProgress:
    """A bar with the time left and, above it, one line for each finished epoch, on stderr.

    Where stderr is no terminal, a log file gets the lines alone.
    """

    def begin(self, epochs, batches, history):
        """Show the bar; `batches` is the number of steps in an epoch, `history` holds what is resumed."""
        self._epochs = epochs
        settings = _bar_settings(epochs, batches, history)
        self._bar = tqdm(disable=None, leave=False, dynamic_ncols=True, **settings)

    def batch_done(self, logs):
        """Move the bar on by one step."""
        _step(self._bar, logs)

    def epoch_done(self, history):
        """Write the epoch's line; `history` holds all finished epochs."""
        _next_epoch(self._bar, history, self._epochs)
        tqdm.write(_numbers(history, self._epochs), file=sys.stderr)

    def training_done(self, interrupted):
        """Remove the bar, and say what goes on."""
        self._bar.close()
        print(_what_now(interrupted), file=sys.stderr)

    def end(self, run):
        """Print the result, on stdout."""
        print(run)


def _bar_settings(epochs, batches, history):
    epochs_done = len(history["loss"])
    return {
        "total": epochs * batches,
        "initial": epochs_done * batches,
        "desc": _title(min(epochs_done + 1, epochs), epochs),
        "bar_format": "{desc}: {percentage:3.0f} % |{bar}| {elapsed}, {remaining} left{postfix}",
        # The time left from the mean speed: the pause for the test set after each epoch would make it jump.
        "smoothing": 0,
    }


def _step(bar, logs):
    bar.set_postfix_str(f"loss {logs['loss']:.3f}, accuracy {_percent(logs['accuracy'])}", refresh=False)
    bar.update()


def _next_epoch(bar, history, epochs):
    done = len(history["loss"])
    bar.set_description_str(_title(min(done + 1, epochs), epochs))


def _title(epoch, epochs):
    return f"Epoch {epoch} of {epochs}"


def _next_up(epochs, history):
    epochs_done = len(history["loss"])
    if epochs_done == epochs:
        return f"All {epochs} epochs are finished."
    return f"{_title(epochs_done + 1, epochs)} has begun."


def _numbers(history, epochs, watched="test"):
    latest = {key: values[-1] for key, values in history.items()}
    return (
        f"{_title(len(history['loss']), epochs)}: "
        f"training accuracy {_percent(latest['accuracy'])}, loss {latest['loss']:.3f}; "
        f"{watched} accuracy {_percent(latest['val_accuracy'])}, loss {latest['val_loss']:.3f}."
    )


def _what_now(interrupted, watched="test"):
    if interrupted:
        return f"Interrupted; what was learnt is kept. Measuring it on the whole {watched} set..."
    return f"Measuring on the whole {watched} set..."


def _percent(fraction):
    return f"{100 * fraction:.1f} %"
