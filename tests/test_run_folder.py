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
from trainings import (
    ABOUT,
    Recorder,
    assert_same_state,
    digits,
    numbers,
    numpy_trainer,
    small_model,
    train_in,
)

from helpers.runs import RunFolder, RunFolderError, folder
from helpers.runs.folder import read_run
from helpers.training import KerasTrainer

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]


def keras_trainer(seed=0):
    return KerasTrainer(small_model(seed))


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """Four epochs at once: folder, trainer, run."""
    path = tmp_path_factory.mktemp("unbroken")
    return path, *train_in(path, 4)


@pytest.fixture(scope="module")
def two_epochs(tmp_path_factory):
    """A folder that holds the first two epochs; `stopped` hands out copies."""
    path = tmp_path_factory.mktemp("two")
    train_in(path, 2)
    return path


@pytest.fixture
def stopped(two_epochs, tmp_path):
    return Path(shutil.copytree(two_epochs, tmp_path / "run"))


def read_history(path):
    return json.loads((path / "history.json").read_text())


def assert_as_unbroken(unbroken, trainer, run):
    _, unbroken_trainer, unbroken_run = unbroken
    assert numbers(run.history) == numbers(unbroken_run.history)
    assert (run.test_loss, run.test_accuracy) == (unbroken_run.test_loss, unbroken_run.test_accuracy)
    assert_same_state(trainer, unbroken_trainer)


# Going on after a stop


@pytest.mark.parametrize("make", [keras_trainer, numpy_trainer], ids=["keras", "numpy"])
def test_interrupted_training_goes_on_to_what_an_unbroken_one_comes_to(tmp_path, make):
    unbroken = None, *train_in(tmp_path / "unbroken", 4, trainer=make())
    recorder = Recorder(interrupt_at=11)  # the third step of the third epoch
    _, run = train_in(tmp_path / "run", 4, recorder, make())
    assert (run.epochs_done, run.interrupted) == (2, True)
    recorder = Recorder()
    # What the new network starts from does not matter.
    trainer, run = train_in(tmp_path / "run", 4, recorder, make(seed=7))
    assert recorder.count("epoch_done") == 2
    assert (run.epochs_done, run.interrupted) == (4, False)
    assert_as_unbroken(unbroken, trainer, run)


def test_times_of_what_was_resumed_count(stopped):
    before = read_history(stopped)["history"]["seconds"]
    _, run = train_in(stopped, 3)
    assert run.history["seconds"][:2] == before
    assert run.seconds >= sum(run.history["seconds"]) - 0.005  # each is rounded
    assert run.seconds > sum(before)


def test_progress_begins_with_what_is_resumed(stopped):
    recorder = Recorder()
    train_in(stopped, 3, recorder)
    assert recorder.calls[0] == ("begin", 3, 4, 2, "test")


def test_finished_training_is_only_measured_again(stopped):
    before = read_history(stopped)
    recorder = Recorder()
    _, run = train_in(stopped, 2, recorder)
    assert recorder.count("batch_done") == recorder.count("epoch_done") == 0
    assert (run.epochs_done, run.interrupted) == (2, False)
    assert run.test_accuracy == before["test_accuracy"]
    assert read_history(stopped) == before


def test_fewer_epochs_than_are_done_are_refused(stopped):
    before = read_history(stopped)
    with pytest.raises(
        RunFolderError, match=r"expected at most 1 finished epochs in .*, got 2; ask for more"
    ):
        train_in(stopped, 1)
    assert read_history(stopped) == before


def test_folder_is_made_with_those_above_it(tmp_path):
    train_in(tmp_path / "runs" / "mine", 1)
    names = sorted(path.name for path in (tmp_path / "runs" / "mine").iterdir())
    assert names == ["checkpoint.npz", "history.json", "lock", "result.npz"]


def test_interrupt_in_the_first_epoch_leaves_nothing_to_resume(tmp_path):
    _, run = train_in(tmp_path, 2, Recorder(interrupt_at=1))
    assert run.epochs_done == read_history(tmp_path)["epochs_done"] == 0
    recorder = Recorder()
    train_in(tmp_path, 1, recorder)
    assert recorder.calls[0] == ("begin", 1, 4, 0, "test")


# What is kept


def test_result_holds_weights_and_probabilities_as_float16_and_the_confusion(unbroken):
    path, trainer, run = unbroken
    with np.load(path / "result.npz", allow_pickle=False) as file:
        arrays = dict(file)
    np.testing.assert_array_equal(arrays.pop("confusion"), run.confusion)
    correct = np.unpackbits(arrays.pop("correct"), count=len(run.correct))
    assert correct.sum() == np.trace(run.confusion)
    probabilities = trainer.predict(digits().x_test / np.float32(255))
    for name, array in {"test_probabilities": probabilities, **trainer.weights()}.items():
        np.testing.assert_array_equal(arrays.pop(name), array.astype(np.float16), strict=True)
    assert arrays == {}


def test_what_was_recognised_is_what_the_labels_say(unbroken):
    _, _, run = unbroken
    predicted = run.test_probabilities.argmax(axis=1)
    np.testing.assert_array_equal(run.correct, predicted == digits().y_test)


def test_folder_is_read_as_the_run_that_wrote_it(unbroken):
    path, _, run = unbroken
    found = read_run(path)
    assert (found.history, found.epochs_done, found.interrupted) == (run.history, 4, False)
    assert (found.test_loss, found.test_accuracy) == (run.test_loss, run.test_accuracy)
    assert found.seconds == pytest.approx(sum(run.history["seconds"]))
    np.testing.assert_array_equal(found.confusion, run.confusion)
    np.testing.assert_array_equal(found.correct, run.correct, strict=True)
    np.testing.assert_allclose(found.test_probabilities, run.test_probabilities, rtol=1e-3, atol=1e-6)
    assert found.weights.keys() == run.weights.keys()
    assert (found.name, found.about["model"]) == (path.name, "small")


def not_a_number(text):
    raise AssertionError(f"{text} is not JSON")


def test_history_is_json_with_all_that_makes_the_run(unbroken):
    path, _, run = unbroken
    history = json.loads((path / "history.json").read_text(), parse_constant=not_a_number)
    assert {name: history[name] for name in ABOUT} == ABOUT

    assert history["history"] == run.history
    assert history["epochs_done"] == 4
    assert history["interrupted"] is False
    assert (history["test_loss"], history["test_accuracy"]) == (run.test_loss, run.test_accuracy)
    assert set(history["versions"]) == {"python", "numpy"}
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
            fresh = numpy_trainer(seed=3)
            assert len(RunFolder(tmp_path, ABOUT).restore(fresh)) == len(history["loss"])
            assert_same_state(fresh, self._trainer)

    trainer = numpy_trainer()
    train_in(tmp_path, 2, Watcher(trainer), trainer)


# Checkpoints that cannot be used


def assert_refused(path, *words):
    """The training is refused before its first step; the message names the file and says these words."""
    recorder = Recorder()
    with pytest.raises(RunFolderError) as error:
        train_in(path, 4, recorder)
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


def rewrite(path, save=np.savez, **changes):
    """Write the checkpoint with some arrays exchanged; None leaves one out."""
    with np.load(path / "checkpoint.npz") as file:
        arrays = dict(file) | changes
    save(path / "checkpoint.npz", **{name: a for name, a in arrays.items() if a is not None})


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
    rewrite(stopped, **{"means/dense/kernel": change})
    trainer = numpy_trainer()
    with pytest.raises(
        RunFolderError, match=r"expected the variables .*checkpoint\.npz, .*got others; choose"
    ):
        train_in(stopped, 4, trainer=trainer)
    assert_same_state(trainer, numpy_trainer())


def test_no_variable_is_unpacked_before_all_forms_are_known(stopped):
    rewrite(stopped, np.savez_compressed, **{"means/dense/kernel": np.zeros(2**27, np.uint8)})
    trainer = numpy_trainer()
    tracemalloc.start()
    with pytest.raises(RunFolderError, match="expected the variables of this model"):
        RunFolder(stopped, ABOUT).restore(trainer)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22


def test_checkpoint_of_another_training_is_refused(stopped):
    other = ABOUT | {"seed": 1}
    with pytest.raises(RunFolderError) as error:
        train_in(stopped, 4, about=other)
    for words in (
        f"at {stopped / 'checkpoint.npz'}, got one of another training",
        "'seed': 1",
        "'seed': 0",
        "; choose another folder",
    ):
        assert words in str(error.value)


def test_folder_in_place_of_the_checkpoint_is_refused(tmp_path):
    (tmp_path / "checkpoint.npz").mkdir()
    assert_refused(tmp_path, "a folder, pipe or device instead of a file")


# Programs of their own


IN_A_PROCESS = """
import os, resource, signal, sys
from pathlib import Path
sys.path.insert(0, "tests")
from trainings import ABOUT, numpy_trainer, train_in
from helpers.runs import RunFolder, RunFolderError, folder
path = Path(sys.argv[1])
"""


def run_python(program, path):
    command = [sys.executable, "-c", IN_A_PROCESS + program, path]
    return subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=120)


posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes, limits and signals")


@posix
def test_pipe_in_place_of_the_checkpoint_is_refused(tmp_path):
    os.mkfifo(tmp_path / "checkpoint.npz")
    # It may hang.
    run = run_python("RunFolder(path, ABOUT).restore(numpy_trainer())", tmp_path)
    assert "got ValueError: a folder, pipe or device instead of a file; delete it" in run.stderr


KILLED_WHILE_WRITING = """
genuine, calls = folder.np.savez, []

def killed(file, **arrays):
    calls.append(1)
    if len(calls) == 3:
        file.write(b"PK half an archive")
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    genuine(file, **arrays)

folder.np.savez = killed
train_in(path, 4)
"""


@posix
def test_training_killed_while_it_writes_a_checkpoint_goes_on_from_the_one_before(unbroken, tmp_path):
    run = run_python(KILLED_WHILE_WRITING, tmp_path)
    assert run.returncode == -signal.SIGKILL, run.stderr
    assert (tmp_path / "unfinished-checkpoint.npz").exists()
    assert read_history(tmp_path)["epochs_done"] == 2
    recorder = Recorder()
    trainer, run = train_in(tmp_path, 4, recorder)
    assert recorder.count("epoch_done") == 2
    assert_as_unbroken(unbroken, trainer, run)
    assert not list(tmp_path.glob("unfinished-*"))


DISK_THAT_ENDS = """
def contents():
    return {file.name: file.read_bytes() for file in path.iterdir()}

train_in(path, 1)
before = contents()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
for room in (0, 300, 6_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    try:
        train_in(path, 2)
    except RunFolderError as error:
        assert "checkpoint.npz, got an error" in str(error), error
        assert "; make room on the disk" in str(error), error
    else:
        sys.exit("the disk was not full")
    assert contents() == before, sorted(contents())
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
train_in(path, 2)
"""


@posix
def test_disk_that_really_ends_while_a_checkpoint_is_written_keeps_the_one_before(tmp_path):
    run = run_python(DISK_THAT_ENDS, tmp_path / "run")
    assert run.returncode == 0, run.stderr


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

    monkeypatch.setattr(folder.np, save, stop)


def test_full_disk_stops_the_training_and_keeps_the_epochs_before(unbroken, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        fill_the_disk(patch, "savez", at_call=3)
        with pytest.raises(RunFolderError) as error:
            train_in(tmp_path, 4)
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
    trainer, run = train_in(tmp_path, 4, recorder)
    assert recorder.count("epoch_done") == 2
    assert_as_unbroken(unbroken, trainer, run)


def test_full_disk_at_the_end_keeps_all_epochs_and_says_the_result(unbroken, tmp_path, monkeypatch):
    recorder = Recorder()
    with monkeypatch.context() as patch:
        fill_the_disk(patch, "savez_compressed", at_call=1)
        with pytest.raises(RunFolderError, match=r"expected to write .*result\.npz, got "):
            train_in(tmp_path, 4, recorder)
    assert recorder.calls[-1][0] == "end"
    recorder = Recorder()
    assert_as_unbroken(unbroken, *train_in(tmp_path, 4, recorder))
    assert recorder.count("batch_done") == 0
    assert (tmp_path / "result.npz").exists()


@pytest.mark.parametrize("beyond", ["", "below"], ids=["file", "below-a-file"])
def test_place_that_cannot_be_a_folder_is_refused_before_the_first_step(tmp_path, beyond):
    (tmp_path / "run").write_text("mine")
    recorder = Recorder()
    with pytest.raises(
        RunFolderError, match=r"expected a folder that may be written to, got .*run.* \(.+\); choose another"
    ):
        train_in(tmp_path / "run" / beyond, 1, recorder)
    assert recorder.calls == []


# Two trainings at once


def test_second_training_in_the_same_folder_is_refused(tmp_path):
    class Meddler(Recorder):
        def epoch_done(self, history):
            super().epoch_done(history)
            with pytest.raises(
                RunFolderError, match=r"is in use; wait until that training has ended, or choose"
            ):
                train_in(tmp_path, 4)

    recorder = Meddler()
    train_in(tmp_path, 1, recorder)
    assert recorder.count("epoch_done") == 1
    _, run = train_in(tmp_path, 2)
    assert run.epochs_done == 2


def test_folder_is_free_again_after_an_error(tmp_path):
    class Faulty(Recorder):
        def batch_done(self, logs):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        train_in(tmp_path, 1, Faulty())
    _, run = train_in(tmp_path, 1)
    assert run.epochs_done == 1
