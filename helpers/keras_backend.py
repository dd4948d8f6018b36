"""The one place that imports Keras, on TensorFlow and without its start-up lines.

Everything else takes it from here: `from helpers.keras_backend import keras`.
"""

import os
import sys
from contextlib import contextmanager

# All are read at import and never again. A reader's own choice of log level and allocator wins.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Keeps memory between steps. Given back to the system and fetched anew each time, as by default, it costs a
# third of the training time on two CPU cores. (oneDNN, on by default, is the faster choice there too.)
os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "1")


@contextmanager
def _silent_stderr():
    """Point file descriptor 2 at nothing while the block runs.

    TensorFlow 2.21 writes lines to it ("oneDNN custom operations are on") before it has read its log level;
    in a lesson they would stand as red boxes. Exceptions pass, and the descriptor always comes back.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


try:
    with _silent_stderr():
        import keras
except ImportError as error:
    raise ImportError(
        f"expected Keras on TensorFlow, which training needs, got {type(error).__name__}: {error}; "
        "install it with `pip install tensorflow`, or run `make lab`, which installs everything"
    ) from error

__all__ = ["keras"]
