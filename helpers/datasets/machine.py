"""This machine: what runs here, and on which pictures."""

import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

from IPython.display import Markdown

from helpers.datasets.mnist import load_mnist

_PACKAGES = ("jupyterlab", "numpy", "matplotlib", "ipywidgets", "tensorflow", "keras")


def this_machine():
    """Show the versions that run here and the data that the lessons found."""
    versions = [f"Python {platform.python_version()}"]
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):  # a live page has few of them
            versions.append(f"{name} {version(name)}")
    return Markdown(f"- {', '.join(versions)}\n- {load_mnist()}")
