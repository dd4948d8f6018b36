"""Run a function that somebody has just written: it may raise, never end, or change what it was given."""

import contextvars
import ctypes
import sys
import threading
from dataclasses import dataclass
from typing import Any

_PATIENCE = 0.1  # seconds between two requests to stop


class _Stop(BaseException):
    """Ends a thread; no `except Exception` in the reader's function catches it."""


@dataclass
class Outcome:
    """What came of a call.

    Attributes:
        value: what the function returned.
        error: the exception that it raised, or None.
        ended: whether it ended in time.
    """

    value: Any = None
    error: BaseException | None = None
    ended: bool = False


def run(function, arguments, seconds):
    """Call a function, in a thread of its own, for at most so many seconds.

    Args:
        function: any.
        arguments: a tuple.
        seconds: after which it is stopped.

    Returns:
        An Outcome.
    """
    outcome = Outcome()

    def call():
        try:
            outcome.value = function(*arguments)
        except _Stop:
            return
        except BaseException as error:  # whatever a reader's function raises is told to him
            outcome.error = error
        outcome.ended = True

    if sys.platform == "emscripten":
        # A live page has one thread for Python, and the reader ends that from outside.
        call()
        return outcome
    # With the cell's context, what the function prints appears below the cell.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(call,), daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:
        _stop(thread)
    return outcome


def _stop(thread):
    """Ask a thread to end, several times: its function may catch what it is sent."""
    for _ in range(20):
        if not thread.is_alive():
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop))
        thread.join(_PATIENCE)
