"""A training's folder: a stop on the way changes nothing, and no fault damages what was kept."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from trainings import Recorder, assert_same_state, digits, numbers, settings, small_model, state

from helpers.training import run_folder
from helpers.training.fit import fit
from helpers.training.run_folder import RunFolder, RunFolderError

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]
ABOUT = {"model": "small", "seed": 0}


def train(path, epochs, recorder=None, model=None, about=ABOUT):
    """Train a fresh model as far as `epochs`, from whatever the folder holds; return model and run."""
    model = model or small_model()
    run = fit(model, digits(), settings(epochs), recorder or Recorder(), folder=RunFolder(path, about))
    return model, run


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """Four epochs at once: folder, model, run."""
    path = tmp_path_factory.mktemp("unbroken")
    return path, *train(path, 4)


@pytest.fixture(scope="module")
def two_epochs(tmp_path_factory):
    """A folder that holds the first two epochs; `stopped` hands out copies."""
    path = tmp_path_factory.mktemp("two")
    train(path, 2)
    return path


@pytest.fixture
def stopped(two_epochs, tmp_path):
    return Path(shutil.copytree(two_epochs, tmp_path / "run"))


def read_history(path):
    return json.loads((path / "history.json").read_text())


def assert_as_unbroken(unbroken, model, run):
    _, unbroken_model, unbroken_run = unbroken
    assert numbers(run.history) == numbers(unbroken_run.history)
    assert (run.test_loss, run.test_accuracy) == (unbroken_run.test_loss, unbroken_run.test_accuracy)
    assert_same_state(state(model), state(unbroken_model))


# Going on after a stop


def test_resumed_training_comes_to_what_an_unbroken_one_does(unbroken, stopped):
    recorder = Recorder()
    model, run = train(stopped, 4, recorder)
    assert recorder.count("epoch_done") == 2
    assert (run.epochs_done, run.interrupted) == (4, False)
    assert_as_unbroken(unbroken, model, run)


def test_interrupted_training_goes_on_from_the_last_finished_epoch(unbroken, tmp_path):
    recorder = Recorder(interrupt_at=11)  # the third step of the third epoch
    _, run = train(tmp_path, 4, recorder)
    assert (run.epochs_done, run.interrupted) == (2, True)
    assert_as_unbroken(unbroken, *train(tmp_path, 4))


def test_first_weights_and_dropout_of_the_fresh_model_do_not_matter(unbroken, stopped):
    model, run = train(stopped, 4, model=small_model(seed=7))
    assert_as_unbroken(unbroken, model, run)


def test_times_of_what_was_resumed_count(stopped):
    before = read_history(stopped)["history"]["seconds"]
    _, run = train(stopped, 3)
    assert run.history["seconds"][:2] == before
    assert run.seconds >= sum(run.history["seconds"]) - 0.005  # each is rounded
    assert run.seconds > sum(before)


def test_progress_begins_with_what_is_resumed(stopped):
    recorder = Recorder()
    train(stopped, 3, recorder)
    assert recorder.calls[0] == ("begin", 3, 4, 2)


def test_finished_training_is_only_measured_again(stopped):
    before = read_history(stopped)
    recorder = Recorder()
    _, run = train(stopped, 2, recorder)
    assert recorder.count("batch_done") == recorder.count("epoch_done") == 0
    assert (run.epochs_done, run.interrupted) == (2, False)
    assert run.test_accuracy == before["test_accuracy"]
    assert read_history(stopped) == before


def test_fewer_epochs_than_are_done_are_refused(stopped):
    before = read_history(stopped)
    with pytest.raises(
        RunFolderError, match=r"expected at most 1 finished epochs in .*, got 2; ask for more"
    ):
        train(stopped, 1)
    assert read_history(stopped) == before


def test_leftovers_of_a_crash_do_no_harm(unbroken, stopped):
    for name in ("checkpoint.npz", "history.json", "result.npz"):
        (stopped / f"unfinished-{name}").write_bytes(b"half")
    assert_as_unbroken(unbroken, *train(stopped, 4))
    assert not list(stopped.glob("unfinished-*"))


def test_folder_is_made_with_those_above_it(tmp_path):
    train(tmp_path / "runs" / "mine", 1)
    assert sorted(path.name for path in (tmp_path / "runs" / "mine").iterdir()) == [
        "checkpoint.npz",
        "history.json",
        "lock",
        "result.npz",
    ]


def test_interrupt_in_the_first_epoch_leaves_nothing_to_resume(tmp_path):
    _, run = train(tmp_path, 2, Recorder(interrupt_at=1))
    assert run.epochs_done == 0
    assert read_history(tmp_path)["epochs_done"] == 0
    recorder = Recorder()
    train(tmp_path, 1, recorder)
    assert recorder.calls[0] == ("begin", 1, 4, 0)


# What is kept


def test_result_holds_the_weights_as_float16_and_the_confusion(unbroken):
    path, model, run = unbroken
    with np.load(path / "result.npz", allow_pickle=False) as file:
        arrays = dict(file)
    probabilities, confusion = arrays.pop("test_probabilities"), arrays.pop("confusion")
    assert sorted(arrays) == ["dense/bias", "dense/kernel"]
    for name, variable in (
        ("kernel", model.get_layer("dense").kernel),
        ("bias", model.get_layer("dense").bias),
    ):
        weights = variable.numpy().astype(np.float16)
        np.testing.assert_array_equal(arrays[f"dense/{name}"], weights, strict=True)
    assert probabilities.dtype == np.float16
    np.testing.assert_array_equal(confusion, run.confusion)


def test_result_holds_the_probabilities_behind_the_test_accuracy(unbroken):
    path, model, run = unbroken
    data = digits()
    with np.load(path / "result.npz", allow_pickle=False) as file:
        probabilities = file["test_probabilities"]
    assert probabilities.shape == (len(data.x_test), 10)
    np.testing.assert_array_equal(
        probabilities, model.predict(data.x_test / np.float32(255), verbose=0).astype(np.float16)
    )
    # Where float16 makes the two highest equal, either may be the model's choice.
    highest = probabilities.max(axis=1)
    ties = ((probabilities == highest[:, np.newaxis]).sum(axis=1) > 1).sum()
    right = (probabilities.argmax(axis=1) == data.y_test).sum()
    assert abs(right - run.test_accuracy * len(data.y_test)) <= ties + 1e-4


def not_a_number(text):
    raise AssertionError(f"{text} is no JSON")


def test_history_is_json_with_all_that_makes_the_run(unbroken):
    path, _, run = unbroken
    history = json.loads((path / "history.json").read_text(), parse_constant=not_a_number)
    assert {name: history[name] for name in ABOUT} == ABOUT
    assert history["history"] == run.history
    assert history["epochs_done"] == 4
    assert history["interrupted"] is False
    assert (history["test_loss"], history["test_accuracy"]) == (run.test_loss, run.test_accuracy)
    assert set(history["versions"]) == {"python", "tensorflow", "keras", "numpy"}
    assert history["versions"]["numpy"] == np.__version__
    assert f"{os.cpu_count()} cores" in history["machine"]


def test_history_holds_no_path(unbroken):
    path, _, _ = unbroken
    text = (path / "history.json").read_text()
    for place in (path, path.parent, Path.home(), Path.cwd()):
        assert str(place) not in text
    assert "/" not in text


def test_checkpoint_and_history_are_kept_after_each_epoch(tmp_path):
    class Watcher(Recorder):
        def epoch_done(self, history):
            super().epoch_done(history)
            saved = read_history(tmp_path)
            assert saved["epochs_done"] == len(saved["history"]["loss"]) == len(history["loss"])
            assert "test_accuracy" not in saved
            fresh = small_model(seed=3)
            fresh.optimizer.build(fresh.trainable_variables)
            assert len(RunFolder(tmp_path, ABOUT).restore(fresh)) == len(history["loss"])
            assert_same_state(state(fresh), state(self._model))

    model = small_model()
    train(tmp_path, 2, Watcher(model), model)


# Checkpoints that cannot be used


def assert_refused(path, *words):
    """The training is refused before its first step; the message names the file and says these words."""
    recorder = Recorder()
    with pytest.raises(RunFolderError) as error:
        train(path, 4, recorder)
    for word in ("expected ", str(path / "checkpoint.npz"), ", got ", "; ", "another folder", *words):
        assert word in str(error.value)
    assert "pickle" not in str(error.value)
    assert recorder.calls == []


def cut_off(content):
    return content[: len(content) // 2]


def flip_a_byte(content):
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


@pytest.mark.parametrize(
    "damage",
    [cut_off, flip_a_byte, lambda content: b"", lambda content: b"\x93NUMPY" + bytes(1_000)],
    ids=["cut-off", "flipped-byte", "empty", "array"],
)
def test_damaged_checkpoint_is_refused(stopped, damage):
    checkpoint = stopped / "checkpoint.npz"
    checkpoint.write_bytes(damage(checkpoint.read_bytes()))
    assert_refused(stopped, "a checkpoint that this program wrote", "; delete it to start again")


def rewrite(path, **changes):
    """Write the checkpoint with some arrays exchanged; None leaves one out."""
    with np.load(path / "checkpoint.npz") as file:
        arrays = dict(file) | changes
    np.savez(path / "checkpoint.npz", **{name: a for name, a in arrays.items() if a is not None})


@pytest.mark.parametrize("saved", [None, "no json", "[]", '{"about": {}}'], ids=repr)
def test_checkpoint_without_its_epochs_is_refused(stopped, saved):
    rewrite(stopped, saved=saved)
    assert_refused(stopped, "a checkpoint that this program wrote")


@pytest.mark.parametrize(
    "change",
    [None, np.zeros((3, 3), np.float32), np.zeros((49, 10)), np.array([{}] * 10, dtype=object)],
    ids=["missing", "other-shape", "other-type", "objects"],
)
def test_checkpoint_of_other_variables_is_refused_and_changes_no_weight(stopped, change):
    rewrite(stopped, **{"optimizer-3": change})
    model = small_model()
    start = state(model)
    with pytest.raises(
        RunFolderError, match=r"expected the variables .*checkpoint\.npz, .*got others; choose"
    ):
        train(stopped, 4, model=model)
    assert_same_state(state(model)[: len(start)], start)


def test_no_variable_is_unpacked_before_all_forms_are_known(stopped):
    with np.load(stopped / "checkpoint.npz") as file:
        arrays = dict(file) | {"optimizer-3": np.zeros(2**27, np.uint8)}
    np.savez_compressed(stopped / "checkpoint.npz", **arrays)
    model = small_model()
    model.optimizer.build(model.trainable_variables)
    tracemalloc.start()
    with pytest.raises(RunFolderError, match="expected the variables of this model"):
        RunFolder(stopped, ABOUT).restore(model)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22


def test_checkpoint_of_another_training_is_refused(stopped):
    other = ABOUT | {"seed": 1}
    with pytest.raises(RunFolderError) as error:
        train(stopped, 4, about=other)
    for words in (
        f"expected a checkpoint of {other} at {stopped / 'checkpoint.npz'}",
        f"got one of another training, {ABOUT}",
        "; choose another folder",
    ):
        assert words in str(error.value)


def test_folder_in_place_of_the_checkpoint_is_refused(tmp_path):
    (tmp_path / "checkpoint.npz").mkdir()
    assert_refused(tmp_path, "a folder, pipe or device instead of a file")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_pipe_in_place_of_the_checkpoint_is_refused(tmp_path):
    os.mkfifo(tmp_path / "checkpoint.npz")
    # A process of its own, which may hang.
    program = (
        "import sys; from types import SimpleNamespace; from helpers.training.run_folder import RunFolder\n"
        "model = SimpleNamespace(variables=[], optimizer=SimpleNamespace(variables=[]))\n"
        "RunFolder(sys.argv[1], {}).restore(model)"
    )
    command = [sys.executable, "-c", program, tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=60)
    assert "got ValueError: a folder, pipe or device instead of a file; delete it" in run.stderr


# Faults of the disk


def fill_the_disk(monkeypatch, save, at_call):
    """Let a full disk stop one of NumPy's save functions half-way, at its call number `at_call`."""
    genuine = getattr(np, save)
    calls = []

    def stop(file, **arrays):
        calls.append(1)
        if len(calls) < at_call:
            return genuine(file, **arrays)
        file.write(b"PK half an archive")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(run_folder.np, save, stop)


def test_full_disk_stops_the_training_and_keeps_the_epochs_before(unbroken, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        fill_the_disk(patch, "savez", at_call=3)
        with pytest.raises(RunFolderError) as error:
            train(tmp_path, 4)
    for words in (
        f"expected to write {tmp_path / 'checkpoint.npz'}, got ",
        "No space left",
        "stays whole",
        "; make room",
        "resume",
    ):
        assert words in str(error.value)
    assert not list(tmp_path.glob("unfinished-*"))
    assert read_history(tmp_path)["epochs_done"] == 2
    recorder = Recorder()
    model, run = train(tmp_path, 4, recorder)
    assert recorder.count("epoch_done") == 2
    assert_as_unbroken(unbroken, model, run)


# The same training in a process of its own, which kills itself half-way through its third checkpoint.
KILLED_WHILE_WRITING = """
import os, signal, sys
sys.path.insert(0, "tests")
from trainings import Recorder, digits, settings, small_model
from helpers.training import run_folder
from helpers.training.fit import fit

genuine, calls = run_folder.np.savez, []

def killed(file, **arrays):
    calls.append(1)
    if len(calls) == 3:
        file.write(b"PK half an archive")
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    genuine(file, **arrays)

run_folder.np.savez = killed
folder = run_folder.RunFolder(sys.argv[1], {"model": "small", "seed": 0})
fit(small_model(), digits(), settings(4), Recorder(), folder=folder)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGKILL")
def test_training_killed_while_it_writes_a_checkpoint_goes_on_from_the_one_before(unbroken, tmp_path):
    command = [sys.executable, "-c", KILLED_WHILE_WRITING, tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)
    assert run.returncode == -signal.SIGKILL, run.stderr
    assert (tmp_path / "unfinished-checkpoint.npz").exists()
    assert read_history(tmp_path)["epochs_done"] == 2
    recorder = Recorder()
    model, run = train(tmp_path, 4, recorder)
    assert recorder.count("epoch_done") == 2
    assert_as_unbroken(unbroken, model, run)
    assert not list(tmp_path.glob("unfinished-*"))


def test_full_disk_at_the_end_keeps_all_epochs_and_says_the_result(unbroken, tmp_path, monkeypatch):
    recorder = Recorder()
    with monkeypatch.context() as patch:
        fill_the_disk(patch, "savez_compressed", at_call=1)
        with pytest.raises(RunFolderError, match=r"expected to write .*result\.npz, got "):
            train(tmp_path, 4, recorder)
    assert recorder.calls[-1][0] == "end"
    recorder = Recorder()
    assert_as_unbroken(unbroken, *train(tmp_path, 4, recorder))
    assert recorder.count("batch_done") == 0
    assert (tmp_path / "result.npz").exists()


def test_file_in_place_of_the_folder_is_refused_before_the_first_step(tmp_path):
    (tmp_path / "run").write_text("mine")
    recorder = Recorder()
    with pytest.raises(
        RunFolderError, match=r"expected a folder that may be written to, got .*run .*; choose another"
    ):
        train(tmp_path / "run", 1, recorder)
    assert recorder.calls == []


def test_folder_that_may_not_be_written_to_is_refused_before_the_first_step(tmp_path, monkeypatch):
    def deny(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "touch", deny)
    with pytest.raises(RunFolderError, match="Permission denied"):
        train(tmp_path, 1)


# Two trainings at once


def test_second_training_in_the_same_folder_is_refused(tmp_path):
    class Meddler(Recorder):
        def epoch_done(self, history):
            super().epoch_done(history)
            with pytest.raises(
                RunFolderError, match=r"is in use; wait until that training has ended, or choose"
            ):
                train(tmp_path, 4)

    recorder = Meddler()
    train(tmp_path, 1, recorder)
    assert recorder.count("epoch_done") == 1
    _, run = train(tmp_path, 2)
    assert run.epochs_done == 2


def test_folder_is_free_again_after_an_error(tmp_path):
    class Faulty(Recorder):
        def batch_done(self, logs):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        train(tmp_path, 1, Faulty())
    _, run = train(tmp_path, 1)
    assert run.epochs_done == 1
