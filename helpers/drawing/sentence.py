"""A sentence that is read aloud when it changes."""

from pathlib import Path

import anywidget
import traitlets


class Sentence(anywidget.AnyWidget):
    """Shows a sentence, which is read aloud when it changes."""

    _esm = Path(__file__).with_name("sentence.js")
    text = traitlets.Unicode().tag(sync=True)
