"""Every lesson alive: explorers, questions and code do in Chromium's Python what they do in CPython.

Each lesson is opened once, since Python takes some seconds to start; its tests share the page.
"""

import re
import shutil
from pathlib import Path

import ipywidgets
import pytest
from live_pages import IMAGE, LESSON, MINUTE, come_alive, run, same_as
from playwright.sync_api import expect
from reading import lesson_cells

from helpers import explorers
from helpers.chapter.lessons import LESSONS
from helpers.explorers.look_inside import best_inside, look_inside
from helpers.runs import recorded
from publish.lesson_html import is_explorer, is_question
from publish.page_html import for_page, markdown

pytestmark = pytest.mark.slow

NAMES = [lesson.name for lesson in LESSONS]
# Where digits are drawn.
SHEETS = [name for name in NAMES if any(cell.source == "DrawDigitExplorer()" for cell in lesson_cells(name))]
RUNS = Path(__file__).parents[1] / "data" / "runs"
# Lessons whose code trains networks in Keras, and does not run in pages.
STILL_CODE = ("3-5a", "3-5b")
# What pages lack, by lesson and cell; such a cell keeps its stored output and says so.
LACKING = {
    "3-1b_filters": {"same-scipy": "scipy"},  # the judge
    "3-2b_from_scratch": {
        "twins": "keras",
        "twins-steps": "keras",
        "twins-curves": "keras",
        "train": "tqdm",
        "train-check": "tqdm",
        "own-check": "tqdm",
    },
    # Turning digits is SciPy's.
    "3-5c_look_inside": dict.fromkeys(
        ("turn", "upside-down", "turned", "curve-check", "slanted", "slant-curve"), "scipy"
    )
    | {"curves": "matplotlib"},
}
# Cells that show something else in a browser, and why.
DIFFERENT = {"machine": "names the packages that are there", "progress": "a widget"}
# Runs all code of a page as its button does; returns for each cell its outputs, or what it lacks.
RUN_ALL = f"""async () => {{
  {LESSON}
  const execute = lesson.kernel.execute.bind(lesson.kernel);
  const found = {{}};
  for (const {{ name, text }} of lesson.cells.all) {{
    if (name !== "imports") found[name] = await execute(name, text);
  }}
  return found;
}}"""
# Finds the sheet of the page's explorer that a digit is drawn on.
CANVAS = """
import gc
from helpers.explorers import DrawDigitExplorer
(drawing,) = (one for one in gc.get_objects() if isinstance(one, DrawDigitExplorer))
bytes(drawing.canvas.value).hex()
"""


@pytest.fixture(scope="module", autouse=True)
def small_weights(site_folder, tmp_path_factory):
    """Let CPython compute with the weights that pages load, which tests/test_live_weights.py judges."""
    folder = tmp_path_factory.mktemp("runs") / "runs"
    shutil.copytree(RUNS, folder)
    shutil.copytree(site_folder / "live" / "data" / "runs", folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recorded, "_RECORDED", folder)
        forget_networks()
        yield
    forget_networks()


def forget_networks():
    for module in (best_inside, look_inside):
        module.network_of.cache_clear()


@pytest.fixture(scope="module", params=NAMES)
def lesson(reader, address, request):
    """A lesson in which everything is alive, and nothing is answered; its `name` is the lesson's."""
    reader.evaluate("localStorage.clear()")
    reader.goto(f"{address}/{request.param}.html")
    reader.name = request.param
    come_alive(reader)
    yield reader
    assert reader.complaints == []


def live_cells(lesson, kind):
    """List the cells of a lesson that are of a kind."""
    return [cell for cell in lesson_cells(lesson.name) if kind(cell)]


def test_each_explorer_and_question_is_alive_in_the_place_of_its_still_view(lesson):
    expected = [cell.id for cell in live_cells(lesson, lambda cell: is_explorer(cell) or is_question(cell))]
    places = lesson.locator("[data-live]").all()
    assert [name_of(place) for place in places] == expected
    for place in places:
        expect(place.locator(":scope > :visible")).to_have_count(1)
        expect(place.locator(":scope > .live")).to_be_visible()


def name_of(place):
    return place.get_attribute("data-live")


def test_formulas_of_live_questions_are_drawn(lesson):
    texts = lesson.locator(".live .cnn-text")
    assert not [text for text in texts.all_inner_texts() if re.search(r"\$|\\[a-z]", text)]


def test_explorers_begin_and_move_as_in_cpython(lesson):
    for cell in live_cells(lesson, is_explorer):
        twin = getattr(explorers, cell.source.removesuffix("()"))()
        live = lesson.locator(f'[data-live="{cell.id}"]')
        live.scroll_into_view_if_needed()
        same_as(lesson, cell.id, twin)
        for name, way in walk(twin):
            move(live, twin.controls[name], way)
            same_as(lesson, cell.id, twin, name)


def walk(twin):
    """Yield moves, (control, 1 or -1), of all controls, for the test to make; each must change something."""
    resting = [name for name, control in twin.controls.items() if is_at_rest(control)]
    steady = [name for name in twin.controls if not is_pressed(twin.controls[name]) and name not in resting]

    def seen():
        return twin.view.svg, twin.summary

    for name in steady:
        before = seen()
        yield name, 1
        assert seen() != before, name
        yield name, -1
    for name in resting:  # until another is moved
        for other in 20 * steady:
            if not is_at_rest(twin.controls[name]):
                break
            yield other, 1
        before = seen()
        yield name, 1
        assert seen() != before, name
    names = list(twin.controls)
    for name in [name for name in names if is_pressed(twin.controls[name])]:
        is_play = isinstance(twin.controls[name], ipywidgets.Play)
        for other in [names[names.index(name) - 1]] if is_play else steady:  # a Play stands behind its slider
            if not is_at_rest(twin.controls[other]):
                yield other, 1
        before = seen()
        yield name, 1
        assert seen() != before, name


def is_at_rest(control):
    return getattr(control, "disabled", False)


def is_pressed(control):
    return isinstance(control, ipywidgets.Play | ipywidgets.Button)


def move(live, control, way):
    """Move a control of the page one step on or back, or press it; and its twin in the same way."""
    name = control.description
    if isinstance(control, ipywidgets.Play):
        live.locator(".widget-play button").nth(1).click()  # stop: back to the first
        control.value = control.min
    elif isinstance(control, ipywidgets.Button):
        live.get_by_role("button", name=name).click()
        control.click()
    elif isinstance(control, ipywidgets.Checkbox):
        live.get_by_role("checkbox", name=name, exact=True).click()
        control.value = not control.value
    elif isinstance(control, ipywidgets.Dropdown):
        values = [value for _, value in control.options]
        label, value = control.options[(values.index(control.value) + way) % len(values)]
        live.get_by_role("combobox", name=name, exact=True).select_option(label=label)
        control.value = value
    elif isinstance(control, ipywidgets.BoundedFloatText):
        control.value += way * control.step
        field = live.get_by_role("spinbutton", name=name, exact=True)
        field.fill(str(control.value))
        field.press("Enter")
    else:
        if not control.min <= control.value + way * control.step <= control.max:
            way = -way
        key = "ArrowRight" if way > 0 else "ArrowLeft"
        live.get_by_role("slider", name=name, exact=True).press(key)
        control.value = round(control.value + way * control.step, 6)  # as it is written beside the slider


@pytest.mark.parametrize("lesson", SHEETS, indirect=True)
def test_a_digit_is_drawn_with_the_pointer(lesson):
    cells = [cell for cell in live_cells(lesson, is_explorer) if cell.source == "DrawDigitExplorer()"]
    twin = explorers.DrawDigitExplorer()
    live = lesson.locator(f'[data-live="{cells[0].id}"]')
    example = live.locator("canvas").element_handle()
    move(live, twin.controls["clear"], 1)
    same_as(lesson, cells[0].id, twin, "clear")
    # Another sheet takes the place of the example's.
    lesson.wait_for_function("example => !example.isConnected", arg=example)
    sheet = live.locator("canvas")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    lesson.mouse.move(box["x"] + 140, box["y"] + 50)
    lesson.mouse.down()
    lesson.mouse.move(box["x"] + 140, box["y"] + 230, steps=12)
    lesson.mouse.up()
    expect(live.locator(".cnn-sentence")).to_contain_text("1", timeout=MINUTE)
    lesson.wait_for_timeout(500)  # the last piece of a stroke comes a little later
    drawn = run(lesson, CANVAS)[-1]["data"]["text/plain"]
    twin.canvas.value = bytes.fromhex(drawn.strip("'"))
    assert twin.canvas.pixels.any()
    same_as(lesson, cells[0].id, twin, "the pointer")


def sanitised(text):
    """Return a text without what nbval leaves out."""
    text = re.sub(r"\d+\.\d+\.\d+\S*", "VERSION", text)
    return re.sub(IMAGE, "PNG", text)


def is_installed_only(cell):
    return "full-weights" in cell.metadata.get("tags", ())


def shown(outputs):
    """Return what outputs show, one text for each; what is printed in pieces is one."""
    texts = []
    for output in outputs:
        kind = output.get("output_type", output.get("type"))
        if kind == "stream":
            text = (output["name"], "".join(output["text"]))
            if texts and texts[-1][0] == output["name"]:
                text = (text[0], texts.pop()[1] + text[1])
        elif kind == "error":
            text = ("error", output["traceback"])
        elif kind == "lacking":
            text = ("lacking", output["lacking"])
        else:
            data = {mime: "".join(lines) for mime, lines in output["data"].items()}
            if "output_type" in output and "text/markdown" in data:
                html = markdown(data["text/markdown"])
            else:
                html = data.get("text/html", "")
            text = ("shown", for_page(html) if html else data["text/plain"])
        texts.append(text)
    return [(kind, sanitised(text)) for kind, text in texts]


@pytest.mark.parametrize("lesson", [name for name in NAMES if not name.startswith(STILL_CODE)], indirect=True)
def test_each_cell_gives_its_stored_output(lesson):
    cells = [cell for cell in lesson_cells(lesson.name) if cell.cell_type == "code"]
    code = [cell for cell in cells if not (is_explorer(cell) or is_question(cell) or is_installed_only(cell))]
    places = lesson.locator("[data-code]").evaluate_all("all => all.map((one) => one.dataset.code)")
    assert places == [cell.id for cell in code]
    lesson.set_default_timeout(10 * MINUTE)
    found = lesson.evaluate(RUN_ALL)
    wrong, lacking = {}, LACKING.get(lesson.name, {})
    for cell in code:
        if "seconds" in cell.metadata:
            tools = lesson.locator(f'[data-code="{cell.id}"] .cell-tools')
            assert f"takes about {cell.metadata.seconds} s" in tools.text_content()
        if cell.id in {"imports", *DIFFERENT}:
            continue
        got, expected = shown(found[cell.id]), shown(cell.outputs)
        if cell.id in lacking:
            expected = [("lacking", lacking[cell.id])]
        elif "nbval-ignore-output" in cell.metadata.get("tags", ()):
            got, expected = ([kind for kind, _ in some] for some in (got, expected))
        if got != expected:
            wrong[cell.id] = (got, expected)
    assert wrong == {}
