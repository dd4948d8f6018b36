"""What goes wrong on real machines: nothing is corrupted, and each fault gets a clear message."""

import errno
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from helpers.training import run_folder
from helpers.training.run_folder import RunFolder, RunFolderError

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
    program = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "import helpers.explorers\n"
        "from helpers.course import this_machine\n"
        "from helpers.drawing.curves import training_curves\n"
        "from helpers.drawing.picture import png\n"
        "from trainings import Recorder, digits, settings, small_model\n"
        "from helpers.training.fit import fit\n"
        "run = fit(small_model(), digits(), settings(1), Recorder())\n"
        "assert png(training_curves(run.history, 1, None)).startswith(b'\\x89PNG')\n"
        "print(this_machine().data)"
    )
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


# Kernels


def said(client, code):
    """Run code in a kernel; return all that it wrote, errors included."""
    texts = []

    def keep(message):
        content = message["content"]
        texts.append(content.get("text") or content.get("evalue") or "")

    client.execute_interactive(code, output_hook=keep, timeout=120)
    return "".join(texts)


TRAIN = """
import os, sys
sys.path.insert(0, "tests")
from trainings import Recorder, digits, settings, small_model
from helpers.training.fit import fit
from helpers.training.run_folder import RunFolder

def train(epochs):
    return fit(small_model(), digits(), settings(epochs), Recorder(), folder=RunFolder({folder!r}, {{}}))
"""


def test_killed_kernel_keeps_another_out_until_its_end_and_loses_no_epoch(tmp_path):
    folder = tmp_path / "run"
    kernels = [start_new_kernel(kernel_name="python3", cwd=PROJECT) for _ in range(2)]
    (manager, client), (_, other) = kernels
    try:
        for each in (client, other):
            assert said(each, TRAIN.format(folder=str(folder))) == ""
        client.execute("train(100_000)")
        end = time.monotonic() + 120
        while not (folder / "history.json").exists():
            assert time.monotonic() < end
            time.sleep(0.05)

        assert f"got {folder}, which is in use; wait" in said(other, "train(100_000)")

        manager.provisioner.process.kill()
        manager.provisioner.process.wait()
        saved = f"len(RunFolder({str(folder)!r}, {{}}).restore(model))"
        rebuilt = "model = small_model(); model.optimizer.build(model.trainable_variables)\n"
        done = int(said(other, f"{rebuilt}print({saved})"))
        assert done >= 1
        assert said(other, f"print(train({done + 1}).epochs_done)") == f"{done + 1}\n"
    finally:
        for manager, client in kernels:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


# Disks


@pytest.mark.skipif(os.name == "nt", reason="Windows sets no limit to a file's size")
def test_disk_that_really_ends_while_a_checkpoint_is_written_keeps_the_one_before(tmp_path):
    program = (
        "import resource, signal, sys; sys.path.insert(0, 'tests')\n"
        "from trainings import Recorder, digits, settings, small_model\n"
        "from helpers.training.fit import fit\n"
        "from helpers.training.run_folder import RunFolder, RunFolderError\n"
        "from pathlib import Path\n"
        "folder = Path(sys.argv[1])\n"
        "def train(epochs):\n"
        "    fit(small_model(), digits(), settings(epochs), Recorder(), folder=RunFolder(folder, {}))\n"
        "def contents():\n"
        "    return {path.name: path.read_bytes() for path in folder.iterdir()}\n"
        "train(1)\n"
        "before = contents()\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "limits = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "for room in (0, 300, 6_000):\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))\n"
        "    try:\n"
        "        train(2)\n"
        "    except RunFolderError as error:\n"
        "        assert 'checkpoint.npz, got an error' in str(error), error\n"
        "        assert '; make room on the disk' in str(error), error\n"
        "    else:\n"
        "        sys.exit('the disk was not full')\n"
        "    assert contents() == before, sorted(contents())\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, limits)\n"
        "train(2)\n"
    )
    result = python(program, str(tmp_path / "run"))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_disk_without_locks_is_named_with_the_remedy(tmp_path, monkeypatch, number):
    def refuse(file):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(run_folder, "_lock", refuse)
    with (
        pytest.raises(
            RunFolderError,
            match=r"expected a disk that can lock files.*, got .* \(.+\); choose a folder on a local",
        ),
        RunFolder(tmp_path, {}).locked(),
    ):
        pass


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
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from helpers.keras_backend import keras\n"
        "from keras.src.utils import file_utils\n"
        "from helpers.datasets import DatasetError, load_mnist\n"
        "genuine, asked = file_utils.urlretrieve, []\n"
        "def from_here(origin, *arguments):\n"
        "    asked.append(origin)\n"
        "    return genuine(sys.argv[1], *arguments)\n"
        "file_utils.urlretrieve = from_here\n"
        "try:\n"
        "    load_mnist(download=True)\n"
        "except DatasetError as error:\n"
        "    for words in ('expected MNIST from Keras', 'got only', '; try again later', 'download=False'):\n"
        "        assert words in str(error), error\n"
        "else:\n"
        "    sys.exit('half a file passed for MNIST')\n"
        "assert len(asked) == 1\n"
        "assert not list(Path(sys.argv[2]).rglob('*mnist*'))\n"
        "assert load_mnist().source == 'the bundled sample'\n"
    )
    address = f"http://127.0.0.1:{server.server_port}/mnist.npz"
    result = python(program, address, str(tmp_path), env=os.environ | {"KERAS_HOME": str(tmp_path)})
    server.shutdown()
    server.server_close()
    assert result.returncode == 0, result.stderr
