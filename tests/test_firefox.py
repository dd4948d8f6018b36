"""Live pages in Firefox: an explorer, a question, code that is changed and stopped, a visit without network.

tests/test_live.py and its neighbours go through all of it in Chromium; this tells whether another browser
does the same.
"""

import re

import ipywidgets
import pytest
from firefox import ENTER, LEFT, NO_FIREFOX, RIGHT, find_firefox, started, wait
from live_pages import SHOWN, alike, plain_server, serving

from helpers.explorers import OutputSizeExplorer

pytestmark = pytest.mark.slow

PADDING = "3-1c_padding_stride_output_size"
LIVE = ".live:not(.making)"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    """Firefox; nothing that its pages ask for may lie elsewhere, and its console stays empty."""
    program = find_firefox()
    if program is None:
        pytest.skip(NO_FIREFOX)
    with started(program, tmp_path_factory.mktemp("firefox")) as tab:
        yield tab
        here = r"(blob:)?http://127\.0\.0\.1:|data:|about:"
        assert [url for url in tab.asked if not re.match(here, url)] == []
        assert tab.complaints == []


@pytest.fixture(scope="module")
def padding(firefox, address):
    """Lesson 3-1c, in which one piece is alive."""
    firefox.open(f"{address}/{PADDING}.html?live")
    firefox.find(LIVE)
    return firefox


def write(tab, cell, text):
    """Write a text in the place of a cell's code, and run it."""
    tab.click(f'[data-code="{cell}"] .cell-editor')
    tab.select_all()
    tab.type(text)
    tab.click(f'[aria-label="Run: {cell}"]')


def told(tab, cell, words):
    """Wait until a cell says something."""
    wait(words, lambda: words in (tab.text(f'[data-code="{cell}"] [role=status]') or ""))


def test_an_explorer_begins_and_moves_as_in_cpython(padding):
    place, twin = "[data-live=output-size-explorer]", OutputSizeExplorer()
    padding.find(place)
    same_as(padding, "output-size-explorer", twin)
    for control in twin.controls.values():
        if isinstance(control, ipywidgets.IntSlider):
            way = 1 if control.value < control.max else -1
            padding.click(f'{place} [role=slider][aria-label="{control.description}"]')
            padding.type(RIGHT if way > 0 else LEFT)
            control.value += way * control.step
            same_as(padding, "output-size-explorer", twin)


def same_as(tab, cell, twin):
    """Wait until a live explorer shows the picture and the sentence of its twin."""
    wait(f"picture of {cell} as in CPython", lambda: alike(*tab.evaluate(SHOWN, [cell, twin.view.svg])))
    wait(twin.summary, lambda: tab.text(f"[data-live={cell}] .cnn-sentence") == twin.summary)


def test_a_question_is_answered(padding):
    form = "[data-live=ask-places] .live form"
    padding.click(f"{form} input")
    padding.type(f"4{ENTER}")
    wait("Right.", lambda: "Right." in padding.text(f"{form} .cnn-feedback"))


def test_code_is_changed_run_stopped_and_restored(padding):
    padding.click('[aria-label="Edit: count"]')
    write(padding, "count", "output_size(9, 2)")
    told(padding, "count", "Done.")
    assert padding.text("[data-code=count] .result") == "8"
    write(padding, "count", f"while True:{ENTER}pass")
    padding.click("[data-code=count] [role=status] button")
    told(padding, "count", "Stopped")
    padding.click('[aria-label="Restore: count"]')
    padding.click('[aria-label="Run: count"]')
    told(padding, "count", "Done.")


def test_the_second_visit_needs_no_network(firefox, site_folder):
    page = "figure-3-6.html"
    with serving(plain_server(site_folder)) as address:
        firefox.open(f"{address}/{page}")
        firefox.find(LIVE)
        kept = "async (page) => Boolean(await caches.match(page))"
        wait("kept page", lambda: firefox.evaluate(kept, page))
    # The server is gone, and the page is opened anew.
    firefox.open(f"{address}/{page}")
    firefox.find(LIVE)
