"""Code cells of live pages: a reader changes, runs, stops, keeps and restores them."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from live_pages import MINUTE, opened_once
from playwright.sync_api import expect
from reading import lesson_cells

pytestmark = pytest.mark.slow

PADDING = "3-1c_padding_stride_output_size"


def cell(page, name):
    """Find a code cell of a page."""
    return page.locator(f'[data-code="{name}"]')


def press(page, name, word):
    """Press a button of a cell, in an unfolded cell."""
    cell(page, name).get_by_role("button", name=f"{word}: {name}").click()


def write(page, name, text):
    """Write a text in the place of a cell's code."""
    change = cell(page, name).get_by_role("button", name=f"Edit: {name}")
    if change.is_visible():
        change.click()
    cell(page, name).get_by_role("textbox").fill(text)


def done(page, name):
    """Wait until a cell has run."""
    expect(cell(page, name).get_by_role("status")).to_have_text("Done.", timeout=MINUTE)


@pytest.fixture(scope="module")
def padding(browser, address):
    """Lesson 3-1c, in which a cell in its middle was run."""
    with opened_once(browser, f"{address}/{PADDING}.html") as page:
        press(page, "same-check", "Run")
        done(page, "same-check")
        yield page


def test_cells_above_run_first_and_those_below_stay(padding):
    expect(cell(padding, "chapter-output").locator(".result details")).to_be_visible()
    assert cell(padding, "chapter-output").locator("details[open]").count() == 0
    assert cell(padding, "stride-cost").locator(".result").count() == 0
    # Checks of what was not written yet are no errors.
    expect(cell(padding, "write-my-output-size").locator(".result")).to_contain_text("Nothing is written yet")
    # They do not run again: Python would count.
    source = "from helpers.reference import geometry\ngeometry.calls = getattr(geometry, 'calls', 0) + 1"
    write(padding, "count", f"{source}\ngeometry.calls")
    for _ in range(2):
        press(padding, "padded-input", "Run")
        done(padding, "padded-input")
    expect(cell(padding, "count").locator(".result")).to_have_text("1")
    press(padding, "count", "Restore")


def test_code_is_changed_run_kept_and_restored(padding):
    write(padding, "count", "import sys\nprint('seen', file=sys.stderr)\nprint('said')\noutput_size(9, 2)")
    press(padding, "count", "Run")
    done(padding, "count")
    shown = cell(padding, "count").locator(".result > *")
    expect(shown).to_have_text(["seen\n", "said\n", "8"])
    padding.reload()
    expect(cell(padding, "count").get_by_role("textbox")).to_contain_text("output_size(9, 2)")
    expect(cell(padding, "count")).to_contain_text("5")  # the stored output
    with padding.expect_download() as download:
        padding.get_by_role("button", name="Download the lesson").click()
    notebook = json.loads(download.value.path().read_text("utf-8"))
    sources = {one["id"]: "".join(one["source"]) for one in notebook["cells"]}
    own = {one.id: one.source for one in lesson_cells(PADDING)}
    assert sources.pop("count").endswith("output_size(9, 2)")
    own_count = own.pop("count")
    # The title's links to other languages stand at the top of a page.
    assert own.pop("title").startswith(sources.pop("title"))
    assert sources == own
    press(padding, "count", "Restore")
    expect(cell(padding, "count").locator(".cm-content")).to_have_text(own_count)
    padding.reload()
    expect(cell(padding, "count").locator(".cm-content")).to_have_count(0)


def test_all_that_was_written_is_forgotten(padding):
    forget = padding.get_by_role("button", name="Forget your code")
    expect(forget).to_be_hidden()
    write(padding, "count", "1")
    write(padding, "famous", "2")
    padding.once("dialog", lambda dialog: dialog.dismiss())
    forget.click()
    expect(cell(padding, "count").locator(".cm-content")).to_have_text("1")
    padding.once("dialog", lambda dialog: dialog.accept())
    forget.click()
    expect(cell(padding, "count").locator(".cm-content")).to_contain_text("output_size(4, 2")
    expect(forget).to_be_hidden()
    assert padding.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('cnn-code'))") == []


def test_an_error_is_told_at_its_cell(padding):
    write(padding, "padded-input", "padded = 1 / 0")
    press(padding, "chapter-output", "Run")
    above = cell(padding, "chapter-output").get_by_role("link", name="A cell above")
    above.click(timeout=MINUTE)
    expect(cell(padding, "padded-input").locator(".traceback")).to_contain_text("ZeroDivisionError")
    press(padding, "padded-input", "Restore")
    expect(cell(padding, "padded-input").locator(".traceback")).to_have_count(0)
    press(padding, "chapter-output", "Run")
    done(padding, "chapter-output")


def test_a_function_of_the_reader_is_checked(padding):
    source = "def my_output_size(side, window, padding, stride):\n    return {}\n\ncheck(my_output_size)"
    write(padding, "write-my-output-size", source.format("(side - window + 2 * padding) // stride + 1"))
    press(padding, "write-my-output-size", "Run")
    done(padding, "write-my-output-size")
    expect(cell(padding, "write-my-output-size").locator(".result")).to_contain_text("✓")
    press(padding, "write-my-output-size", "Restore")


def test_an_endless_loop_is_stopped_and_the_code_kept(padding):
    padding.locator("[data-live=output-size-explorer]").scroll_into_view_if_needed()
    padding.locator("[data-live=output-size-explorer] .live:not(.making)").wait_for(timeout=MINUTE)
    write(padding, "count", "while True:\n    pass")
    press(padding, "count", "Run")
    stop = cell(padding, "count").get_by_role("button", name="Stop")
    expect(stop).to_have_count(0)
    stop.click(timeout=MINUTE)
    expect(cell(padding, "count").get_by_role("status")).to_contain_text("Stopped", timeout=MINUTE)
    expect(cell(padding, "count").get_by_role("textbox")).to_contain_text("while True:")
    padding.locator("[data-live=output-size-explorer]").scroll_into_view_if_needed()
    padding.locator("[data-live=output-size-explorer] .live:not(.making)").wait_for(timeout=MINUTE)
    press(padding, "count", "Restore")
    press(padding, "chapter-output", "Run")
    done(padding, "chapter-output")


def test_the_keyboard_alone_is_enough(padding):
    padding.get_by_role("button", name="Edit: remainder-test").focus()
    padding.keyboard.press("Enter")
    field = cell(padding, "remainder-test").get_by_role("textbox")
    expect(field).to_be_focused()
    padding.keyboard.press("Control+a")
    padding.keyboard.type("for number in range(3):\nprint((number")
    expect(field).to_contain_text("    print((number")  # a line after a colon is indented
    padding.keyboard.press("Shift+Enter")
    expect(cell(padding, "remainder-test").locator(".traceback")).to_contain_text(
        "SyntaxError", timeout=MINUTE
    )
    expect(field).to_be_focused()
    padding.keyboard.type("))")
    padding.keyboard.press("Control+Enter")
    done(padding, "remainder-test")
    expect(cell(padding, "remainder-test").locator(".result")).to_have_text("0\n1\n2\n")
    padding.keyboard.press("Home")
    padding.keyboard.press("Tab")
    assert "        print" in field.inner_text()
    padding.keyboard.press("Escape")
    padding.keyboard.press("Tab")
    expect(padding.get_by_role("button", name="Run: remainder-test")).to_be_focused()
    padding.keyboard.press("Tab")
    padding.keyboard.press("Enter")  # Restore
    expect(field).to_contain_text("def equation_3_1")


def test_axe_finds_nothing(padding):
    write(padding, "count", "1 / 0")
    press(padding, "count", "Run")
    cell(padding, "count").locator(".traceback").wait_for(timeout=MINUTE)
    found = Axe().run(padding).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    press(padding, "count", "Restore")


def test_a_cell_that_lacks_a_package_says_so_and_keeps_its_output(padding):
    before = cell(padding, "count").locator(".jp-Cell-outputWrapper").inner_html()
    write(padding, "count", "from scipy import ndimage\nturned = ndimage.rotate(image, 10)")
    press(padding, "count", "Run")
    expect(cell(padding, "count").get_by_role("status")).to_contain_text("needs scipy", timeout=MINUTE)
    assert cell(padding, "count").locator(".jp-Cell-outputWrapper").inner_html() == before
    write(padding, "padded-input", "turned.shape")
    press(padding, "padded-input", "Run")
    expect(cell(padding, "padded-input").get_by_role("status")).to_contain_text("needs scipy")
    write(padding, "padded-input", "import nothing_of_this_name")
    press(padding, "padded-input", "Run")
    expect(cell(padding, "padded-input").locator(".traceback")).to_contain_text("ModuleNotFoundError")
