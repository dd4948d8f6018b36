"""Pages that come alive: Python in Chromium itself, with no way to anything but the site's own server.

Each lesson is opened once, since Python takes some seconds to start; the tests of a lesson share its page.
"""

import re

import ipywidgets
import live_pages
import pytest
from live_pages import MINUTE, plain_server, serving
from playwright.sync_api import expect
from reading import lesson_cells

from helpers import explorers
from helpers.questions import ask, record
from publish import site
from publish.lesson_html import is_explorer, is_question
from publish.live.licences import licences

pytestmark = pytest.mark.slow

LESSONS = ("3-1c_padding_stride_output_size", "3-3_worked_example")
LESSON = "const { lesson } = await import(new URL('live/page.js', location));"  # the page's own
# Tells whether the live picture of a cell is this SVG, as the browser reads it.
SHOWS = """([cell, svg]) => {
  const expected = document.createElement("div");
  expected.innerHTML = svg;
  const shown = document.querySelector(`[data-live="${cell}"] .live:not(.making) .cnn-svg-view svg`);
  return shown?.outerHTML === expected.firstChild.outerHTML;
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The site on a server that knows nothing of it, as `python -m http.server`."""
    folder = tmp_path_factory.mktemp("site")
    site.main(folder)
    with serving(plain_server(folder)) as address:
        yield address


def opened(browser, url, **settings):
    """Open a page without the worker that keeps what was loaded, which tests/test_places.py judges."""
    return live_pages.opened(browser, url, service_workers="block", **settings)


def come_alive(page):
    """Bring every explorer and question of a page alive, as a reader does who goes through it."""
    page.locator(".live-bar button").first.click()
    page.locator(".live:not(.making)").first.wait_for(timeout=MINUTE)
    for place in page.locator("[data-live]").all():
        place.scroll_into_view_if_needed()
        place.locator(".live:not(.making)").wait_for(timeout=MINUTE)


@pytest.fixture(scope="module", params=LESSONS)
def lesson(browser, address, request):
    """A lesson in which everything is alive; its `name` is the lesson's."""
    with opened(browser, f"{address}/{request.param}.html") as page:
        page.name = request.param
        come_alive(page)
        yield page


@pytest.fixture(scope="module")
def padding(browser, address):
    """Lesson 3-1c, in which one question is alive and the rest follows."""
    with opened(browser, f"{address}/{LESSONS[0]}.html?live") as page:
        page.locator(".live:not(.making)").first.wait_for(timeout=MINUTE)
        yield page


def run(page, source):
    """Run code in the page's Python, and return its outputs."""
    module = "const { lesson } = await import(new URL('live/page.js', location));"
    return page.evaluate(
        f"async (source) => {{ {module} return lesson.kernel.execute('cell', source); }}", source
    )


def test_each_explorer_and_question_is_alive_in_the_place_of_its_still_view(lesson):
    cells = [cell for cell in lesson_cells(lesson.name) if is_explorer(cell) or is_question(cell)]
    places = lesson.locator("[data-live]").all()
    assert [place.get_attribute("data-live") for place in places] == [cell.id for cell in cells]
    for place in places:
        expect(place.locator(":scope > :visible")).to_have_count(1)
        expect(place.locator(":scope > .live")).to_be_visible()


def test_the_first_picture_is_the_one_that_cpython_draws(lesson):
    for cell in filter(is_explorer, lesson_cells(lesson.name)):
        twin = getattr(explorers, cell.source.removesuffix("()"))()
        assert lesson.evaluate(SHOWS, [cell.id, twin.view.svg]), cell.id
        shown = lesson.locator(f'[data-live="{cell.id}"] .cnn-sentence')
        expect(shown).to_have_text(twin.summary)


def test_a_picture_stays_where_it_is_and_the_keyboard_goes_to_its_controls(browser, address):
    with opened(browser, f"{address}/{LESSONS[0]}.html") as page:
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


def test_formulas_of_a_live_question_are_drawn(lesson):
    texts = lesson.locator(".live .cnn-text")
    assert texts.count() > 5
    assert texts.locator("math").count() > 3
    assert not [text for text in texts.all_inner_texts() if re.search(r"\$|\\[a-z]", text)]


def test_each_control_changes_picture_and_sentence_as_its_twin_does(padding):
    cell, twin = "output-size-explorer", explorers.OutputSizeExplorer()
    live = padding.locator(f'[data-live="{cell}"]')
    live.scroll_into_view_if_needed()
    live.locator(".live:not(.making)").wait_for(timeout=MINUTE)
    changing = set()
    *names, back = twin.controls  # back to Figure 3-3
    for name in names:
        for moved in (name, back):
            before = twin.view.svg
            move(live, twin.controls[moved])
            if twin.view.svg != before:
                changing.add(moved)
            padding.wait_for_function(SHOWS, arg=[cell, twin.view.svg], timeout=10_000)
            expect(live.locator(".cnn-sentence")).to_have_text(twin.summary)
    assert changing == set(twin.controls)


def move(live, control):
    """Move a control of the page, and its twin in the same way."""
    if isinstance(control, ipywidgets.Play):
        live.locator(".widget-play button").nth(1).click()  # stop: back to the first
        control.value = control.min
    elif isinstance(control, ipywidgets.Button):
        live.get_by_role("button", name=control.description).click()
        control.click()
    elif isinstance(control, ipywidgets.Dropdown):
        other = control.options[1]
        live.get_by_role("combobox", name=control.description, exact=True).select_option(other[0])
        control.value = other[1]
    else:
        last = control.value == control.max
        slider = live.get_by_role("slider", name=control.description, exact=True)
        slider.press("ArrowLeft" if last else "ArrowRight")
        control.value += -1 if last else 1


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


def test_an_endless_loop_is_ended_and_the_page_lives_on(padding):
    loop = "lesson.kernel.execute('loop', 'while True: pass'); await lesson.restart();"
    padding.evaluate(f"async () => {{ {LESSON} {loop} }}")
    padding.locator(".live:not(.making)").first.wait_for(timeout=MINUTE)
    # What was answered before is still known.
    (known,) = run(padding, "from helpers.questions import record\n'places' in record.read()")
    assert known["data"]["text/plain"] == "True"


@pytest.mark.parametrize("missing", ["lessons.zip.packed", "widgets.js", "worker.js"])
def test_where_something_is_missing_the_page_stays_as_it_was_and_says_so(browser, address, missing):
    with opened(browser, f"{address}/{LESSONS[0]}.html") as page:
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
    with opened(browser, f"{address}/{LESSONS[0]}.html", java_script_enabled=False) as page:
        expect(page.locator(".live-bar")).to_have_count(0)
        expect(page.locator("figure.explorer").first).to_be_visible()
        expect(page.locator(".still")).to_contain_text("make lab")


def test_the_page_of_licences_names_whatever_is_delivered(browser, address):
    with opened(browser, f"{address}/licences.html") as page:
        names = page.locator("h2").all_inner_texts()
        assert names == [name for name, *_ in licences()]
        assert {"pyodide 0.27.7", "numpy 2.0.2", "Python 3.12.7"} <= set(names)
        text = page.locator("details", has_text="Permission is hereby granted").first
        text.locator("summary").click()
        expect(text.locator("pre")).to_be_visible()
        assert "Redistribution" in page.content()


def test_a_python_that_dies_leaves_the_page_as_it_was(browser, address):
    with opened(browser, f"{address}/{LESSONS[0]}.html?live") as page:
        page.locator(".live:not(.making)").first.wait_for(timeout=MINUTE)
        run = "lesson.kernel.dispatchEvent(new CustomEvent('failed', { detail: { reason: 'no memory' } }))"
        page.evaluate(f"async () => {{ {LESSON} {run}; }}")
        expect(page.get_by_role("alert").first).to_contain_text("no memory")
        expect(page.locator(".live")).to_have_count(0)
        # It can be tried again.
        page.locator("[data-live=stack-explorer] button").click()
        page.locator("[data-live=stack-explorer] .live:not(.making)").wait_for(timeout=MINUTE)
