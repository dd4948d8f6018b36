"""What was answered so far, and the rules on trial, in JupyterLab: by keyboard alone, and for everybody."""

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from benchmarks.browser import NO_CHROMIUM, cell, find_chromium, jupyterlab
from helpers.questions import ask, rules_on_trial

pytestmark = [pytest.mark.slow, pytest.mark.skipif(find_chromium() is None, reason=NO_CHROMIUM)]

LETTERS = """from helpers.questions.ask import Ask
from helpers.questions.catalogue import Entry
from helpers.questions.question import Order
letters = Order(
    text="Rank them.", items=list("abcde"), answer=[1, 4, 2, 3, 5], ends=("first", "last"), explanation=""
)
Ask(Entry("letters", "3-5d", lambda: letters, (), None))"""
SOURCES = (
    "from helpers.exercises import progress\nfrom helpers.questions import ask, rules_on_trial",
    "progress()",
    'ask("places")',
    "rules_on_trial(1)",
    LETTERS,
)
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jupyterlab")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_ANSWERS", str(folder / "answers.json"))
        yield from opened(folder)


def opened(folder):
    """Open the cells in JupyterLab and run them."""
    with jupyterlab(folder) as lab:
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in SOURCES],
            metadata={"kernelspec": {"display_name": "Python 3 (ipykernel)", "name": "python3"}},
        )
        nbformat.write(notebook, lab.folder / "answers.ipynb")
        with lab.lesson("answers") as page:
            expect(page.get_by_role("button", name="New rules")).to_be_visible()
            yield page


def accessible(shown):
    found = Axe().run(shown, ".jp-OutputArea-output").response["violations"]
    return [(v["id"], [node["html"] for node in v["nodes"]]) for v in found if v["impact"] != "minor"]


def test_answers_are_counted_and_forgotten_by_keyboard_alone(page):
    shown = cell(page, 1)
    expect(shown).to_contain_text("Nothing is answered yet on this machine.")
    forget = shown.get_by_role("button", name="Forget my answers")
    expect(forget).to_be_hidden()
    field = cell(page, 2).get_by_role("textbox", name="Answer")
    field.focus()
    page.keyboard.type(*ask("places").question.solution)
    page.keyboard.press("Enter")
    expect(shown.get_by_role("row", name="3-1c")).to_contain_text("1 of ")
    assert accessible(page) == []

    keep = shown.get_by_role("button", name="No, keep it")
    for leave in ("Enter", "Escape"):
        forget.focus()
        page.keyboard.press("Enter")
        expect(keep).to_be_focused()
        assert accessible(page) == []
        page.keyboard.press(leave)
        expect(forget).to_be_focused()
        expect(keep).to_be_hidden()
    expect(shown.get_by_role("row", name="3-1c")).to_contain_text("1 of ")

    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(shown.get_by_role("status")).to_have_text("Your answers are forgotten.")
    expect(shown).to_contain_text("Nothing is answered yet on this machine.")
    expect(forget).to_be_hidden()


def test_an_item_keeps_the_keyboard_while_it_moves(page):
    shown = cell(page, 4)
    items = shown.locator("li[data-item]")
    order = items.evaluate_all("rows => rows.map((row) => row.dataset.item)")
    name = items.nth(2).locator("p").text_content()
    up, down = (shown.get_by_role("button", name=f"Move {way}: {name}", exact=True) for way in ("up", "down"))

    up.focus()
    page.keyboard.press("ArrowUp")
    expect(up).to_be_focused()
    expect(shown.get_by_text(f"{name}: 2 / {len(order)}")).to_be_attached()
    page.keyboard.press("Enter")  # the button that has the keyboard
    expect(items.first).to_contain_text(name)
    expect(up).to_be_disabled()
    expect(down).to_be_focused()
    page.keyboard.press("ArrowUp")  # it stays at the top
    moved = [order[2], order[0], order[1], *order[3:]]
    assert items.evaluate_all("rows => rows.map((row) => row.dataset.item)") == moved

    names = {}
    exec(LETTERS, names)
    verdict = names["letters"].judge(moved)
    assert set(verdict.marks) == {True, False}
    shown.get_by_role("button", name="Check").press("Enter")
    expect(shown.get_by_role("status")).to_contain_text("belongs above")
    marks = ["right" if fine else "wrong" for fine in verdict.marks]
    assert items.evaluate_all("rows => rows.map((row) => row.dataset.mark)") == marks
    assert accessible(page) == []
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowUp")
    assert set(items.evaluate_all("rows => rows.map((row) => row.dataset.mark)")) == {""}


def test_five_rules_are_judged_by_keyboard_alone(page):
    shown, game = cell(page, 3), rules_on_trial(1)
    rules = shown.locator("form")
    expect(rules).to_have_count(5)
    for index, asked in enumerate(game.asked):
        rule = rules.nth(index)
        rule.get_by_role("radio").first.focus()
        page.keyboard.press("Space")
        if asked.question.answer:
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(rule.get_by_role("status")).to_contain_text("Right.")
    expect(shown.get_by_text("All 5 rules judged, 5 of them right at once.")).to_be_visible()
    assert accessible(page) == []
    before = rules.first.inner_text()
    shown.get_by_role("button", name="New rules").focus()
    page.keyboard.press("Enter")
    expect(shown.get_by_text("0 of 5 rules judged.")).to_be_visible()
    expect(rules).to_have_count(5)
    assert rules.first.inner_text() != before
