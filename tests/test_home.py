"""Lessons where the home folder is missing or may not be written to, as on some servers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
# Nobody, not even root, can make a file there.
HOMES = ("/proc", "/proc/none")
PROGRAM = """
from helpers.datasets import load_mnist
from helpers.explorers import OutputSizeExplorer
from helpers.figures.images import image_gallery
from helpers.training.models import mnist_model

digits = load_mnist()
image_gallery(digits.x_train[:2], range(2), "Two digits.")
print(digits, OutputSizeExplorer().summary, mnist_model().count_params())
"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")


def environment(home):
    others = {
        name: value for name, value in os.environ.items() if not name.startswith(("KERAS", "MPL", "XDG"))
    }
    return others | {"HOME": home}


@pytest.mark.parametrize("home", HOMES)
def test_lessons_need_no_home(home):
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=PROJECT, env=environment(home)
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("MNIST: 4,000 training and 1,000 test pictures from the bundled sample.")
    assert run.stdout.endswith("242062\n")
    assert "Traceback" not in run.stderr


def test_lab_says_what_to_do_without_a_home():
    run = subprocess.run(
        ["make", "--old-file=.venv/installed", "lab"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=environment("/proc/none"),
    )
    assert run.returncode != 0
    assert "/proc/none cannot be written to" in run.stdout
    assert "HOME=" in run.stdout
