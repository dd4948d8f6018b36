"""`python -m helpers.training`: a real Ctrl-C, a real kill, and what is said where it refuses."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from trainings import assert_same_state, digits, numbers, state

from helpers import datasets
from helpers.datasets import load_mnist
from helpers.training import models, run_folder
from helpers.training.__main__ import main
from helpers.training.run_folder import RunFolder

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]
# The command on the tests' few digits, for a process of its own.
ON_FEW_DIGITS = (
    "import sys; sys.path.insert(0, 'tests'); import trainings; from helpers import datasets; "
    "datasets.load_mnist = trainings.digits; "
    "from helpers.training.__main__ import main; sys.exit(main(sys.argv[1:]))"
)


@pytest.fixture
def few_digits(monkeypatch):
    monkeypatch.setattr(datasets, "load_mnist", digits)


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, *arguments],
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


def read_history(path):
    return json.loads((path / "history.json").read_text())


def test_ctrl_c_ends_a_training_that_kept_all_others_out(tmp_path, capsys):
    process = start("-m", "helpers.training", "mnist", "--epochs", "50", "--folder", str(tmp_path))
    wait_for(tmp_path / "checkpoint.npz", process)

    assert main(["mnist", "--resume", "--folder", str(tmp_path)]) == 1
    assert f"got {tmp_path}, which is in use; wait" in capsys.readouterr().err

    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 130
    history = read_history(tmp_path)
    done = history["epochs_done"]
    assert 1 <= done < 50
    assert history["interrupted"] is True
    assert all(len(values) == done for values in history["history"].values())

    lines = stderr.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == [f"Epoch {n} of 50" for n in range(1, done + 1)]
    assert lines[-1].startswith("Interrupted; what was learnt is kept.")
    assert stdout.splitlines() == [
        "MNIST: 4,000 training and 1,000 test pictures from the bundled sample.",
        stdout.splitlines()[1],
        f"Weights and history are in {tmp_path}.",
    ]
    assert stdout.splitlines()[1].startswith(f"Interrupted after {done} of 50 epochs: test accuracy ")

    with np.load(tmp_path / "result.npz", allow_pickle=False) as file:
        assert sorted(file) == [
            "confusion",
            "conv1/bias",
            "conv1/kernel",
            "conv2/bias",
            "conv2/kernel",
            "dense1/bias",
            "dense1/kernel",
            "dense2/bias",
            "dense2/kernel",
            "test_probabilities",
        ]
        right = (file["test_probabilities"].argmax(axis=1) == load_mnist().y_test).mean()
    assert right == pytest.approx(history["test_accuracy"], abs=0.002)  # float16 may make two classes equal


@pytest.mark.usefixtures("few_digits")
def test_killed_training_resumes_to_the_same_history_in_another_process(tmp_path):
    killed = tmp_path / "killed"
    process = start(
        "-c", ON_FEW_DIGITS, "mnist", "--epochs", "100000", "--batch-size", "16", "--folder", str(killed)
    )
    wait_for(killed / "history.json", process)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (killed / "result.npz").exists()

    # What is in the checkpoint may be one epoch ahead of history.json.
    epochs = str(read_history(killed)["epochs_done"] + 2)
    options = ["mnist", "--epochs", epochs, "--batch-size", "16", "--folder"]
    assert main([*options, str(killed), "--resume"]) == 0
    assert main([*options, str(tmp_path / "unbroken")]) == 0
    resumed, unbroken = read_history(killed), read_history(tmp_path / "unbroken")
    assert numbers(resumed.pop("history")) == numbers(unbroken.pop("history"))
    assert resumed == unbroken
    assert_same_state(*(final_state(path, resumed) for path in (killed, tmp_path / "unbroken")))


def final_state(path, history):
    """All that the last checkpoint in a folder holds."""
    model = models.mnist_model()
    model.optimizer.build(model.trainable_variables)
    names = ("model", "training_pictures", "test_pictures", "batch_size", "seed")
    RunFolder(path, {name: history[name] for name in names}).restore(model)
    return state(model)


@pytest.fixture(scope="module")
def one_epoch(tmp_path_factory):
    """A folder with a training of one epoch, run by the command."""
    path = tmp_path_factory.mktemp("runs") / "one"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "load_mnist", digits)
        assert main(["mnist", "--epochs", "1", "--batch-size", "32", "--folder", str(path)]) == 0
    return path


def test_history_says_what_was_trained(one_epoch):
    history = read_history(one_epoch)
    expected = {"model": "mnist", "training_pictures": 64, "test_pictures": 40, "batch_size": 32, "seed": 0}
    assert {name: history[name] for name in expected} == expected


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
    assert status == 2
    for words in (
        f"expected a folder without a training, got {one_epoch}",
        "; add --resume",
        "another --folder",
    ):
        assert words in message
    assert (one_epoch / "checkpoint.npz").read_bytes() == before


@pytest.mark.usefixtures("few_digits")
def test_resuming_with_other_settings_is_refused(one_epoch, capsys):
    status, message = refusal(["mnist", "--folder", str(one_epoch), "--resume", "--batch-size", "16"], capsys)
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
def test_settings_that_are_no_counts_are_refused(option, value, capsys):
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
    status, message = refusal(["mnist", "--folder", str(tmp_path)], capsys)
    assert status == 1
    assert (
        f"expected to write {tmp_path / 'checkpoint.npz'}, got an error (No space left on device)" in message
    )


def test_interrupt_before_the_training_is_no_traceback(tmp_path, capsys, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(datasets, "load_mnist", interrupt)
    assert main(["mnist", "--folder", str(tmp_path)]) == 130
    assert capsys.readouterr().err == f"Interrupted. Whatever epochs were finished are in {tmp_path}.\n"


@pytest.mark.usefixtures("few_digits")
def test_folder_is_named_after_model_and_seed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    main(["mnist", "--epochs", "1", "--seed", "5"])
    assert os.listdir(tmp_path / "runs") == ["mnist-seed5"]
    assert read_history(tmp_path / "runs" / "mnist-seed5")["seed"] == 5


def test_trains_the_numpy_twin(few_digits, tmp_path, capsys):
    arguments = ["mnist", "--numpy", "--epochs", "1", "--batch-size", "32", "--folder", str(tmp_path)]
    assert main(arguments) == 0
    assert f"Weights and history are in {tmp_path}." in capsys.readouterr().out
    history = json.loads((tmp_path / "history.json").read_text())
    assert history["computed_by"] == "the NumPy twin"
    assert set(history["versions"]) == {"python", "numpy"}
    with np.load(tmp_path / "result.npz") as file:
        assert file["conv1/kernel"].shape == (5, 5, 1, 16)
        assert file["test_probabilities"].shape == (40, 10)


def test_the_numpy_twin_cannot_be_resumed(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["mnist", "--numpy", "--resume", "--folder", str(tmp_path)])
    message = capsys.readouterr().err
    assert "expected --numpy without --resume, got both" in message
    assert "; leave out --resume" in message
