"""`python -m helpers.training`: a real Ctrl-C, a real kill, and what is said where it refuses."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from trainings import assert_same_state, digits, numbers

from helpers.programs import MNIST, MODELS
from helpers.runs import RunFolder
from helpers.runs import folder as run_folder
from helpers.training import NumpyTrainer
from helpers.training import __main__ as command
from helpers.training.__main__ import main

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]
# The command on the tests' few digits, for a process of its own.
ON_FEW_DIGITS = """
import sys
from dataclasses import replace
sys.path.insert(0, "tests")
from trainings import digits
from helpers.programs import MODELS
MODELS["mnist"] = replace(MODELS["mnist"], load=digits)
from helpers.training.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def few_digits(monkeypatch):
    monkeypatch.setitem(MODELS, "mnist", replace(MNIST, load=digits))


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-c", ON_FEW_DIGITS, "mnist", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        # A shell in the background hands on that Ctrl-C is to be ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for(path, process):
    """Wait until a training has kept its first epoch."""
    end = time.monotonic() + 120
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


def press_ctrl_c(process):
    """Press as a person does, and again where nothing happens: a finalizer can swallow one."""
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=60)
    raise AssertionError("the training went on after two interrupts")


def read_history(path):
    return json.loads((path / "history.json").read_text())


@pytest.mark.usefixtures("few_digits")
def test_ctrl_c_ends_a_training_that_kept_all_others_out(tmp_path, capsys):
    process = start("--epochs", "100000", "--folder", str(tmp_path))
    wait_for(tmp_path / "history.json", process)

    assert main(["mnist", "--numpy", "--resume", "--folder", str(tmp_path)]) == 1
    assert f"got {tmp_path}, which is in use; wait" in capsys.readouterr().err

    stdout, stderr = press_ctrl_c(process)
    assert process.returncode == 130, stderr
    history = read_history(tmp_path)
    done = history["epochs_done"]
    assert 1 <= done < 100_000
    assert history["interrupted"] is True
    assert all(len(values) == done for values in history["history"].values())
    assert set(history["versions"]) == {"python", "tensorflow", "keras", "numpy"}

    lines = stderr.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == [f"Epoch {n} of 100000" for n in range(1, done + 1)]
    assert lines[-1].startswith("Interrupted; what was learnt is kept.")
    data, result, where = stdout.splitlines()
    assert data == "MNIST: 64 training and 40 test pictures from the test."
    assert result.startswith(f"Interrupted after {done} of 100000 epochs: test accuracy ")
    assert where == f"Weights and history are in {tmp_path}."

    with np.load(tmp_path / "result.npz", allow_pickle=False) as file:
        assert set(file) == {*MNIST.weights(), "confusion", "correct", "test_probabilities"}
        right = (file["test_probabilities"].argmax(axis=1) == digits().y_test).mean()
    assert right == pytest.approx(history["test_accuracy"], abs=0.03)  # float16 may make two classes equal


@pytest.mark.usefixtures("few_digits")
def test_killed_training_resumes_to_the_same_history_in_another_process(tmp_path):
    killed = tmp_path / "killed"
    options = ["--numpy", "--batch-size", "16", "--folder"]
    process = start("--epochs", "100000", *options, str(killed))
    wait_for(killed / "history.json", process)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (killed / "result.npz").exists()

    # What is in the checkpoint may be one epoch ahead of history.json.
    epochs = str(read_history(killed)["epochs_done"] + 2)
    assert main(["mnist", "--epochs", epochs, *options, str(killed), "--resume"]) == 0
    assert main(["mnist", "--epochs", epochs, *options, str(tmp_path / "unbroken")]) == 0
    resumed, unbroken = read_history(killed), read_history(tmp_path / "unbroken")
    assert_same_state(*(final_state(path, resumed) for path in (killed, tmp_path / "unbroken")))
    assert numbers(resumed.pop("history")) == numbers(unbroken.pop("history"))
    assert resumed == unbroken


def final_state(path, history):
    """A trainer with all that the last checkpoint in a folder holds."""
    trainer = NumpyTrainer(MNIST.network(np.random.default_rng(1)))
    names = ("model", "training_pictures", "test_pictures", "batch_size", "seed", "computed_by")
    RunFolder(path, {name: history[name] for name in names}).restore(trainer)
    return trainer


@pytest.fixture(scope="module")
def one_epoch(tmp_path_factory):
    """A folder with a training of one epoch, run by the command."""
    path = tmp_path_factory.mktemp("runs") / "one"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "mnist", replace(MNIST, load=digits))
        options = ["--epochs", "1", "--batch-size", "32", "--folder", str(path)]
        assert main(["mnist", "--numpy", *options]) == 0
    return path


def test_history_says_what_was_trained(one_epoch):
    history = read_history(one_epoch)
    expected = {"model": "mnist", "training_pictures": 64, "test_pictures": 40, "batch_size": 32, "seed": 0}
    assert {name: history[name] for name in expected} == expected
    assert history["computed_by"] == "the NumPy twin"
    assert set(history["versions"]) == {"python", "numpy"}
    with np.load(one_epoch / "result.npz") as file:
        assert file["conv1/kernel"].shape == (5, 5, 1, 16)
        assert file["test_probabilities"].shape == (40, 10)


def refusal(arguments, capsys):
    """Run the command, which must refuse; return exit status and what it says."""
    try:
        status = main(arguments)
    except SystemExit as stop:  # of the parser, for a wrong argument
        status = stop.code
    return status, capsys.readouterr().err.splitlines()[-1]


def test_folder_with_a_training_is_refused_without_resume(one_epoch, capsys):
    before = (one_epoch / "checkpoint.npz").read_bytes()
    status, message = refusal(["mnist", "--folder", str(one_epoch)], capsys)
    assert status == 1
    for words in (
        f"expected a folder without a training, got {one_epoch}",
        "; add --resume",
        "another --folder",
    ):
        assert words in message
    assert (one_epoch / "checkpoint.npz").read_bytes() == before


@pytest.mark.usefixtures("few_digits")
def test_resuming_with_other_settings_is_refused(one_epoch, capsys):
    status, message = refusal(
        ["mnist", "--numpy", "--folder", str(one_epoch), "--resume", "--batch-size", "16"], capsys
    )
    assert status == 1
    for words in (str(one_epoch), "another training", "'batch_size': 32", "'batch_size': 16"):
        assert words in message


@pytest.mark.parametrize("seed", ["-1", str(2**32), "1.5", "one"])
def test_seed_that_keras_cannot_take_is_refused(seed, capsys):
    status, message = refusal(["mnist", f"--seed={seed}"], capsys)
    assert status == 2
    expected = f"--seed: expected a whole number from 0 to 4,294,967,295, got {seed}; choose another one"
    assert message.endswith(expected)


@pytest.mark.parametrize("option", ["--epochs", "--batch-size"])
@pytest.mark.parametrize("value", ["0", "-3", "2.5", "ten"])
def test_settings_that_are_not_counts_are_refused(option, value, capsys):
    status, message = refusal(["mnist", f"{option}={value}"], capsys)
    assert status == 2
    assert f"{option}: expected a whole number from 1 to 1,000,000,000, got {value}; choose" in message


def test_missing_data_are_explained(tmp_path, capsys):
    status, message = refusal(["cifar10", "--folder", str(tmp_path)], capsys)
    assert status == 1
    assert "error: expected CIFAR-10, got only a stand-in; put cifar10.npz into a folder" in message
    assert "CNN_DATASETS" in message


@pytest.mark.usefixtures("few_digits")
def test_full_disk_is_explained(tmp_path, capsys, monkeypatch):
    def stop(file, **arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_folder.np, "savez", stop)
    status, message = refusal(["mnist", "--numpy", "--folder", str(tmp_path)], capsys)
    assert status == 1
    checkpoint = tmp_path / "checkpoint.npz"
    assert f"expected to write {checkpoint}, got an error (No space left on device)" in message


def test_interrupt_before_the_training_is_not_a_traceback(tmp_path, capsys, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setitem(MODELS, "mnist", replace(MNIST, load=interrupt))
    assert main(["mnist", "--folder", str(tmp_path)]) == 130
    assert capsys.readouterr().err == f"Interrupted. Whatever epochs were finished are in {tmp_path}.\n"


@pytest.mark.usefixtures("few_digits")
@pytest.mark.parametrize(
    ("options", "name"),
    [
        ([], "mnist-seed5"),
        (["--numpy"], "mnist-numpy-seed5"),
        (["--numpy", "--unseen"], "mnist-numpy-unseen-seed5"),
    ],
)
def test_folder_is_named_after_program_and_seed(tmp_path, monkeypatch, options, name):
    monkeypatch.setattr(command, "OWN_RUNS", tmp_path)
    assert main(["mnist", *options, "--epochs", "1", "--seed", "5"]) == 0
    assert os.listdir(tmp_path) == [name]
    assert read_history(tmp_path / name)["seed"] == 5
