"""Pages that come alive: Python in Chromium itself, with no way to anything but the site's own server.

Most tests share one page, since Python takes some seconds to start. tests/test_live_lessons.py goes through
all lessons, tests/test_live_cells.py uses their code.
"""

import pytest
from live_pages import LESSON, MINUTE, opened_once, run
from playwright.sync_api import expect

from helpers.questions import ask, record
from publish.live.licences import licences

pytestmark = pytest.mark.slow

PADDING = "3-1c_padding_stride_output_size"


@pytest.fixture(scope="module")
def padding(browser, address):
    """Lesson 3-1c, in which one question is alive and the rest follows."""
    with opened_once(browser, f"{address}/{PADDING}.html?live") as page:
        page.locator(".live:not(.making)").first.wait_for(timeout=MINUTE)
        yield page


def test_a_picture_stays_where_it_is_and_the_keyboard_goes_to_its_controls(browser, address):
    with opened_once(browser, f"{address}/{PADDING}.html") as page:
        place = page.locator("[data-live=output-size-explorer]")
        place.get_by_role("button").focus()
        before = place.locator("figure svg").bounding_box()
        page.keyboard.press("Enter")
        place.locator(".live:not(.making)").wait_for(timeout=MINUTE)
        # Also when the question above it has come alive, out of sight.
        page.locator("[data-live=ask-places-left-over] .live:not(.making)").wait_for(timeout=MINUTE)
        after = place.locator(".cnn-svg-view svg").bounding_box()
        assert abs(after["y"] - before["y"]) < 2
        assert place.locator(".cnn-controls").evaluate("bar => bar.contains(document.activeElement)")


def test_a_question_is_answered_and_the_answer_is_kept(padding):
    twin = ask("places")
    form = padding.locator('[data-live="ask-places"] form')
    form.scroll_into_view_if_needed()
    for answer, words in (("5", None), ("4", "Right.")):
        form.get_by_role("textbox").fill(answer)
        form.get_by_role("button", name="Check").click()
        twin.check([answer])
        expect(form.locator(".cnn-feedback")).to_have_attribute("data-state", twin.verdict.state)
        if words:
            expect(form.locator(".cnn-feedback")).to_contain_text(words)
    expected = {"right": 1, "wrong": 1, "first": False}
    assert record.read()["places"] == expected
    padding.wait_for_function("localStorage.getItem('cnn-answers')?.includes('places')")
    kept = padding.evaluate("JSON.parse(localStorage.getItem('cnn-answers'))")
    assert kept["places"] == expected


def test_a_cell_shows_what_jupyter_would_show(padding):
    source = """
import sys
from IPython.display import display
print("first")
print("second", file=sys.stderr)
display({"shown": 1})
print("third")
numbers = {name: list(range(20)) for name in ("one", "two")}
numbers
"""
    outputs = run(padding, source)
    assert [output.get("text") or output["data"]["text/plain"] for output in outputs] == [
        "first\n",
        "second\n",
        "{'shown': 1}",
        "third\n",
        # Broken into lines as Jupyter breaks it.
        f"{{'one': {list(range(20))},\n 'two': {list(range(20))}}}",
    ]
    assert [output.get("name") for output in outputs[:2]] == ["stdout", "stderr"]
    assert run(padding, "numbers;") == []
    (table,) = run(padding, "from IPython.display import Markdown\nMarkdown('| $x^2$ |\\n|---|\\n| 1 |')")
    assert "<table>" in table["data"]["text/html"]
    assert "<msup>" in table["data"]["text/html"]


def test_a_slow_device_has_time_for_its_widgets(padding):
    """Anywidget asks for a signal after two seconds, and shows nothing of a widget that begins later."""
    wait = "const signal = AbortSignal.timeout(20); await new Promise((done) => setTimeout(done, 200));"
    assert not padding.evaluate(f"async () => {{ {wait} return signal.aborted; }}")


def test_an_error_names_the_line_of_the_cell(padding):
    (error,) = run(padding, "def halve(x):\n    return x / 0\n\nhalve(1)")
    assert error["name"] == "ZeroDivisionError"
    lines = error["traceback"].splitlines()
    assert lines[0] == '  File "<cell>", line 4, in <module>'
    assert '  File "<cell>", line 2, in halve' in lines
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert len(lines) < 10
    (error,) = run(padding, "1 +")
    assert error["name"] == "SyntaxError"


def test_a_function_of_the_reader_is_checked(padding):
    source = "def my_output_size(side, window, padding, stride):\n    return {}\n\ncheck(my_output_size)"
    (wrong,) = run(padding, source.format("side - window + 1"))
    (right,) = run(padding, source.format("(side - window + 2 * padding) // stride + 1"))
    assert wrong["data"]["text/html"] != right["data"]["text/html"]


def test_data_is_loaded_when_it_is_opened(padding):
    asked = []
    padding.context.on("request", lambda request: asked.append(request.url))
    (length,) = run(padding, "from helpers.datasets import load_mnist\nlen(load_mnist().x_test)")
    assert length["data"]["text/plain"] == "1000"
    (again,) = run(padding, "len(load_mnist().x_test)")
    assert again == length
    assert [url.rpartition("/")[2] for url in asked] == ["mnist_sample.npz"]


def test_a_python_that_dies_leaves_the_page_as_it_was(padding):
    died = "lesson.kernel.dispatchEvent(new CustomEvent('failed', { detail: { reason: 'no memory' } }))"
    padding.evaluate(f"async () => {{ {LESSON} {died}; }}")
    expect(padding.get_by_role("alert").first).to_contain_text("no memory")
    expect(padding.locator(".live")).to_have_count(0)
    # It can be tried again, and knows what was answered before.
    padding.locator("[data-live=stack-explorer] button").click()
    padding.locator("[data-live=stack-explorer] .live:not(.making)").wait_for(timeout=MINUTE)
    (known,) = run(padding, "from helpers.questions import record\n'places' in record.read()")
    assert known["data"]["text/plain"] == "True"


@pytest.mark.parametrize("missing", ["lessons.zip.packed", "widgets.js", "worker.js"])
def test_where_something_is_missing_the_page_stays_as_it_was_and_says_so(browser, address, missing):
    with opened_once(browser, f"{address}/{PADDING}.html") as page:
        page.route(f"**/live/{missing}", lambda route: route.fulfill(status=404))
        page.locator("[data-live=output-size-explorer] button").click()
        place = page.locator("[data-live=output-size-explorer]")
        alert = place.get_by_role("alert")
        alert.wait_for(timeout=MINUTE)
        expect(alert).to_contain_text("stays as it is")
        expect(alert).to_contain_text(missing)
        expect(place.locator("figure.explorer svg")).to_be_visible()
        expect(page.locator(".live")).to_have_count(0)
        page.complaints.clear()  # the browser names what is missing, too


def test_without_javascript_nothing_of_it_shows(browser, address):
    with opened_once(browser, f"{address}/{PADDING}.html", java_script_enabled=False) as page:
        expect(page.locator(".live-bar")).to_have_count(0)
        expect(page.locator("figure.explorer").first).to_be_visible()
        expect(page.locator(".still")).to_contain_text("make lab")


def test_the_page_of_licences_names_whatever_is_delivered(browser, address):
    with opened_once(browser, f"{address}/licences.html") as page:
        names = page.locator("h2").all_inner_texts()
        assert names == [name for name, *_ in licences()]
        assert {"pyodide 0.27.7", "numpy 2.0.2", "Python 3.12.7"} <= set(names)
        text = page.locator("details", has_text="Permission is hereby granted").first
        text.locator("summary").click()
        expect(text.locator("pre")).to_be_visible()
        assert "Redistribution" in page.content()
