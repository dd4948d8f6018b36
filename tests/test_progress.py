"""The two views of a training: what each shows step by step, without a front end."""

import base64
import re
import sys

import pytest
from trainings import finished

from helpers.training.progress import NotebookProgress, TerminalProgress

pytestmark = pytest.mark.slow

PNG = b"\x89PNG\r\n\x1a\n"
WIDGET = "application/vnd.jupyter.widget-view+json"
LOGS = {"loss": 0.5, "accuracy": 0.75}
FIRST = "Epoch 1 of 3: training accuracy 50.0 %, loss 1.500; test accuracy 60.0 %, loss 1.250."
SECOND = "Epoch 2 of 3: training accuracy 75.0 %, loss 0.500; test accuracy 80.0 %, loss 0.250."


def history(epochs):
    values = {
        "accuracy": [0.5, 0.75],
        "loss": [1.5, 0.5],
        "val_accuracy": [0.6, 0.8],
        "val_loss": [1.25, 0.25],
        "seconds": [2.0, 2.0],
    }
    return {name: numbers[:epochs] for name, numbers in values.items()}


@pytest.fixture
def notebook():
    return NotebookProgress(chapter_accuracy=0.994)


def begin(progress, epochs_done, epochs=3):
    progress.begin(epochs, 4, history(epochs_done), "test")


def picture(progress):
    return progress._repr_mimebundle_()["text/html"]


def test_notebook_view_says_each_step(notebook, capsys):
    assert notebook.summary == "The training has not begun."
    said = []
    for step in (
        lambda: begin(notebook, 0),
        lambda: notebook.batch_done(LOGS),
        lambda: notebook.epoch_done(history(1)),
        lambda: notebook.epoch_done(history(2)),
        lambda: notebook.training_done(False),
        lambda: notebook.end(finished(history(2))),
    ):
        step()
        said.append(notebook.summary)
    assert said == [
        "Epoch 1 of 3 has begun.",
        "Epoch 1 of 3 has begun.",
        FIRST,
        SECOND,
        "Measuring on the whole test set...",
        "Epoch 2 of 3: test accuracy 81.0 %, 4 s.",
    ]
    assert capsys.readouterr().err == ""


def test_notebook_view_stores_a_picture_and_its_sentence(notebook):
    begin(notebook, 0)
    notebook.epoch_done(history(1))
    bundle = notebook._repr_mimebundle_()
    assert set(bundle) == {WIDGET, "text/html", "text/plain"}
    data = re.search(r'base64,([^"]*)" width="760" alt="Epoch 1 of 3', bundle["text/html"]).group(1)
    assert base64.b64decode(data).startswith(PNG)
    assert bundle["text/plain"] == repr(notebook) == FIRST


def test_notebook_picture_grows_with_each_epoch(notebook):
    begin(notebook, 0)
    pictures = [picture(notebook)]
    for epochs in (1, 2):
        notebook.batch_done(LOGS)
        assert picture(notebook) == pictures[-1]
        notebook.epoch_done(history(epochs))
        pictures.append(picture(notebook))
    assert len(set(pictures)) == 3


def test_notebook_sentence_is_a_status_and_escaped(notebook):
    notebook._say("1 < 2 & 3")
    line = notebook.widget.children[0]
    assert line.value == '<div role="status">1 &lt; 2 &amp; 3</div>'


def test_notebook_view_says_that_it_was_interrupted(notebook):
    begin(notebook, 0)
    notebook.batch_done(LOGS)
    notebook.training_done(True)
    assert notebook.summary == "Interrupted; what was learnt is kept. Measuring it on the whole test set..."
    bar = notebook.widget.children[0]
    assert bar.children[0].value.replace("\u2007", " ").strip() == "Interrupted:   8 %"
    notebook.end(finished(history(2), interrupted=True))
    assert notebook.summary.startswith("Interrupted after 2 of 3 epochs")


@pytest.mark.parametrize("make", [NotebookProgress, TerminalProgress])
def test_held_out_pictures_are_called_so(make, capsys):
    progress = make()
    progress.begin(3, 4, history(0), "held-out")
    said = []
    for step in (
        lambda: progress.epoch_done(history(1)),
        lambda: progress.training_done(False),
        lambda: progress.end(finished(history(2), watched="held-out")),
    ):
        step()
        output = capsys.readouterr()
        said.append(progress.summary if make is NotebookProgress else output.err + output.out)
    assert all("held-out" in sentence and "test" not in sentence for sentence in said)


def test_notebook_view_of_a_resumed_training_shows_what_was_there(notebook):
    empty = NotebookProgress(chapter_accuracy=0.994)
    begin(empty, 0)
    begin(notebook, 2)
    assert notebook.summary == "Epoch 3 of 3 has begun."
    assert picture(notebook) != picture(empty)


def test_notebook_view_of_a_finished_training_begins_no_epoch(notebook):
    begin(notebook, 2, epochs=2)
    assert notebook.summary == "All 2 epochs are finished."


def test_terminal_has_a_line_for_each_epoch_on_stderr_and_the_result_on_stdout(capsys):
    progress = TerminalProgress()
    begin(progress, 0)
    for epochs in (1, 2):
        progress.batch_done(LOGS)
        progress.epoch_done(history(epochs))
    progress.training_done(False)
    progress.end(finished(history(2)))
    output = capsys.readouterr()
    assert output.err.splitlines() == [FIRST, SECOND, "Measuring on the whole test set..."]
    assert output.out == "Epoch 2 of 3: test accuracy 81.0 %, 4 s.\n"


def test_terminal_says_that_it_was_interrupted(capsys):
    progress = TerminalProgress()
    begin(progress, 0)
    progress.training_done(True)
    assert capsys.readouterr().err.startswith("Interrupted; what was learnt is kept.")


def test_terminal_shows_a_bar_with_the_time_left_where_it_can(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    progress = TerminalProgress()
    begin(progress, 1)
    progress.batch_done(LOGS)
    progress._bar.refresh()
    numbers = r" % \|.*\| \d\d:\d\d, \S+ left, loss 0.500, accuracy 75.0 %"
    assert re.search(f"Epoch 2 of 3:  42{numbers}", capsys.readouterr().err)
    progress.epoch_done(history(2))
    assert re.search(f"Epoch 3 of 3:  42{numbers}", capsys.readouterr().err)
    progress.training_done(False)
