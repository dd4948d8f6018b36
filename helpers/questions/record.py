"""What was answered so far on this machine: a small file in the reader's own folder; nothing leaves it."""

import json
import os
from pathlib import Path

from filelock import FileLock
from platformdirs import user_data_path

_LISTENERS = []  # called after each change


def record_file():
    """Return where the answers are counted: the file that CNN_ANSWERS names, or one in the user's folder."""
    named = os.environ.get("CNN_ANSWERS")
    return Path(named) if named else user_data_path("cnn-chapter", appauthor=False) / "answers.json"


def read():
    """Return what was answered: {name: {"right": times, "wrong": times, "first": whether at once}}.

    A file that is missing or broken counts as empty.
    """
    try:
        record = json.loads(record_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) and all(map(_is_entry, record.values())) else {}


def note(name, right):
    """Count an answer to the question, or a check of the function, of this name.

    Where the folder cannot be written to, the answer is not counted.
    """

    def count(record):
        before = record.setdefault(name, {"right": 0, "wrong": 0, "first": right})
        before["right" if right else "wrong"] += 1

    _change(count)


def forget():
    """Delete the record."""
    record_file().unlink(missing_ok=True)
    _tell()


def listen(listener):
    """Have `listener()` called after each change that this process makes."""
    _LISTENERS.append(listener)


def _change(change):
    file = record_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Several lessons may be open, each with a process of its own.
        with FileLock(file.with_suffix(".lock"), timeout=2):
            record = read()
            change(record)
            new = file.with_suffix(".new")
            new.write_text(json.dumps(record, indent=1), "utf-8")
            new.replace(file)
    except (OSError, TimeoutError):
        return
    _tell()


def _tell():
    for listener in _LISTENERS:
        listener()


def _is_entry(value):
    return isinstance(value, dict) and {"right", "wrong", "first"} <= set(value)
