"""What goes wrong on real machines: nothing is corrupted, and each fault gets a clear message."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]
# Nobody can make a folder here, not even root.
NO_HOME = "/dev/null/home"

each_home = pytest.mark.parametrize("home", [None, NO_HOME], ids=["none", "read-only"])


def environment(home, **more):
    """Our environment with another home, and nothing that leads around it."""
    led_around = ("HOME", "KERAS_HOME", "MPLCONFIGDIR", "IPYTHONDIR")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in led_around and not name.startswith(("XDG_", "JUPYTER_"))
    }
    return kept | more | ({} if home is None else {"HOME": home})


def python(program, *arguments, env=None):
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, cwd=PROJECT, env=env
    )


# A home that is not there or cannot be written to


@each_home
def test_lessons_data_pictures_and_training_need_no_home(home):
    program = """
import sys
sys.path.insert(0, "tests")
import helpers.explorers
from helpers.datasets import this_machine
from helpers.drawing.curves import training_curves
from helpers.drawing.picture import png
from helpers.training import KerasTrainer, train
from trainings import Recorder, digits, settings, small_model
run = train(KerasTrainer(small_model()), digits(), settings(1), Recorder())
assert png(training_curves(run.history, 1, None)).startswith(b"\\x89PNG")
print(this_machine().data)
"""
    result = python(program, env=environment(home))
    assert result.returncode == 0, result.stderr
    assert "the bundled sample" in result.stdout
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("home", ["", NO_HOME], ids=["none", "read-only"])
@pytest.mark.skipif(os.name == "nt", reason="make is for Linux and macOS")
def test_make_lab_gives_jupyter_a_home_where_there_is_none(tmp_path, home):
    jupyter = tmp_path / "jupyter"
    jupyter.write_text('#!/bin/sh\necho "home=$HOME"\necho "keras=$KERAS_HOME"\ntouch "$HOME/written"\n')
    jupyter.chmod(0o755)
    command = ["make", "--no-print-directory", "--old-file=.venv/installed", "lab", f"BIN={tmp_path}"]
    lent = environment(home, TMPDIR=str(tmp_path))
    result = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, env=lent)
    assert result.returncode == 0, result.stderr
    assert "Your home folder cannot be written to" in result.stdout
    assert f"home={tmp_path}" in result.stdout
    assert f"keras={home}/.keras" in result.stdout

    usual = environment(str(tmp_path))
    result = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, env=usual)
    assert result.stdout.splitlines()[-2:] == [f"home={tmp_path}", "keras="]


# A download


class _CutShort(BaseHTTPRequestHandler):
    """Promises 11 MB and hangs up after a tenth of them."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "11490434")
        self.end_headers()
        self.wfile.write(b"PK" + bytes(1_000_000))

    def log_message(self, *arguments):
        pass


def test_download_cut_in_the_middle_leaves_nothing_behind(tmp_path):
    server = HTTPServer(("127.0.0.1", 0), _CutShort)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    program = """
import sys
from pathlib import Path
from helpers.keras_backend import keras
from keras.src.utils import file_utils
from helpers.datasets import DatasetError, load_mnist

genuine, asked = file_utils.urlretrieve, []

def from_here(origin, *arguments):
    asked.append(origin)
    return genuine(sys.argv[1], *arguments)

file_utils.urlretrieve = from_here
try:
    load_mnist(download=True)
except DatasetError as error:
    for words in ("expected MNIST from Keras", "got only", "; try again later", "download=False"):
        assert words in str(error), error
else:
    sys.exit("half a file passed for MNIST")
assert len(asked) == 1
assert not list(Path(sys.argv[2]).rglob("*mnist*"))
assert load_mnist().source == "the bundled sample"
"""
    address = f"http://127.0.0.1:{server.server_port}/mnist.npz"
    result = python(program, address, str(tmp_path), env=os.environ | {"KERAS_HOME": str(tmp_path)})
    server.shutdown()
    server.server_close()
    assert result.returncode == 0, result.stderr
