"""Every lesson in a real browser: it runs clean, people of all kinds can use it, its explorers answer."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import ipywidgets
import numpy as np
import pytest
from answering import as_typed
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from reading import lesson_cells, number, places

from benchmarks.browser import NO_CHROMIUM, cell, explorers_of, find_chromium, jupyterlab, run_all
from helpers import chapter, explorers
from helpers.chapter.lessons import LESSONS
from helpers.drawing.picture import RUN_HINT
from helpers.explorers.controls import CellSlider
from helpers.questions import ask
from helpers.questions.markup import live_html
from helpers.questions.question import Blanks, Order

pytestmark = [pytest.mark.slow, pytest.mark.skipif(find_chromium() is None, reason=NO_CHROMIUM)]

NAMES = [lesson.name for lesson in LESSONS]
each_lesson = pytest.mark.parametrize("lesson", NAMES, indirect=True)
PATIENCE = 30_000  # milliseconds; a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with jupyterlab(tmp_path_factory.mktemp("jupyterlab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def lesson(lab, request):
    """A page with a lesson whose cells have all run; shared by the tests of that lesson.

    `page.before` tells what it showed before they ran.
    """
    with lab.stored_lesson(request.param) as page:
        page.name, page.before = request.param, page.evaluate(LOOK)
        if request.param == "3-2b_from_scratch":
            run_all_and_stop_the_training(page, request.param)
        else:
            run_all(page, request.param)
        page.explorers = {
            name: cell(page, index).locator(".cnn-explorer") for index, name in explorers_of(request.param)
        }
        yield page


def run_all_and_stop_the_training(page, name):
    """Run a lesson, and interrupt its kernel after an epoch as a reader may; nbval runs it to the end."""
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    training = cell(page, [one.id for one in lesson_cells(name)].index("train"))
    expect(training).to_contain_text("Epoch 1 of 8: training accuracy", timeout=4 * PATIENCE)
    page.evaluate("jupyterapp.commands.execute('notebook:interrupt-kernel')")
    expect(training).to_contain_text("Interrupted after ")
    expect(page.locator(".jp-InputPrompt", has_text="*")).to_have_count(0)


def shows(shown, twin, instead_of=None):
    """Wait until an explorer on a page shows, to the last number, what its twin shows in this process."""
    assert twin.view.svg != instead_of, "the picture did not change"
    expect(shown.get_by_role("status")).to_have_text(twin.summary)
    shown.page.wait_for_function(
        """([view, svg]) => {
            const picture = document.createElement("div");
            picture.innerHTML = svg;
            return view.firstChild.innerHTML === picture.innerHTML;
        }""",
        arg=[shown.locator(".cnn-svg-view").element_handle(), twin.view.svg],
        timeout=PATIENCE,
    )


# What a lesson shows before it runs

LOOK = """async () => {
  const cells = [...document.querySelectorAll(".jp-Cell")];
  const images = [...document.querySelectorAll(".jp-OutputArea-output img")];
  await Promise.allSettled(images.map((image) => image.decode()));
  return {
    trusted: [...jupyterapp.shell.currentWidget.content.model.cells].some((cell) => cell.trusted),
    texts: cells.map((cell) => cell.innerText),
    images: images.map((image) => ({
      cell: cells.indexOf(image.closest(".jp-Cell")),
      sentence: image.alt,
      drawn: image.naturalWidth > 0 && (image.closest("details") !== null || image.checkVisibility()),
      width: image.getBoundingClientRect().width,
      room: Math.min(image.naturalWidth, image.closest(".jp-OutputArea-output").clientWidth),
    })),
  };
}"""
HINT = re.sub("<[^>]*>", "", RUN_HINT)


@each_lesson
def test_every_picture_is_seen_before_the_lesson_runs(lesson):
    assert not lesson.before["trusted"]  # else JupyterLab would show anything
    for image in lesson.before["images"]:
        assert image["drawn"], image
        # A single number is the smallest; the browser rounds the room.
        assert 60 <= image["width"] <= image["room"] + 0.5, image
    sentences = {image["cell"]: image["sentence"] for image in lesson.before["images"]}
    for name, shown in lesson.explorers.items():
        index = cell_index(shown)
        assert sentences.get(index) == getattr(explorers, name)().summary, name
        assert HINT in lesson.before["texts"][index], name


@each_lesson
def test_the_widget_takes_the_place_of_the_picture(lesson):
    for shown in lesson.explorers.values():
        expect(shown.locator("select, input, button, .noUi-handle").first).to_be_visible()
        expect(lesson.locator(".jp-Cell").nth(cell_index(shown)).locator("img")).to_have_count(0)
    expect(lesson.get_by_text(HINT)).to_have_count(0)


def cell_index(shown):
    """Tell in which cell of the lesson an explorer is."""
    return shown.evaluate("e => [...document.querySelectorAll('.jp-Cell')].indexOf(e.closest('.jp-Cell'))")


# Questions


def questions_of(name):
    """List the questions of a lesson that have a cell of their own: (index of the cell, name)."""
    found = [(i, re.fullmatch(r'ask\("(.+)"\)', one.source)) for i, one in enumerate(lesson_cells(name))]
    return [(index, match[1]) for index, match in found if match]


def answer_by_keyboard(form, question, typed):
    """Answer a question as somebody without a mouse does, and send it with Enter."""
    keyboard = form.page.keyboard
    if isinstance(question, Order):
        return order_by_keyboard(form, typed)
    fields = form.locator("input")
    fields.first.focus()
    if isinstance(question, Blanks):
        for place, text in enumerate(typed):
            expect(fields.nth(place)).to_be_focused()
            keyboard.press("Control+A")
            keyboard.type(text)
            if place < len(typed) - 1:
                keyboard.press("Tab")
    else:
        keyboard.press("Space")
        for _ in range(int(typed[0])):
            keyboard.press("ArrowDown")
    keyboard.press("Enter")


def order_by_keyboard(form, typed):
    """Lift each item to its place, the first one first, and send the order."""
    for place, item in enumerate(typed):
        items = form.locator("li[data-item]").evaluate_all("rows => rows.map((row) => row.dataset.item)")
        form.locator(f'li[data-item="{item}"] button:enabled').first.focus()
        for _ in range(items.index(item) - place):
            form.page.keyboard.press("ArrowUp")
    form.get_by_role("button", name="Check").press("Enter")


@pytest.fixture(scope="module")
def first_of_kind():
    """List the questions that are the first of their kind: (lesson, index of the cell, name).

    The view knows kinds alone, and what a question says is judged without it: one of each is enough.
    """
    kinds = {}
    for lesson in NAMES:
        for index, name in questions_of(lesson):
            twin = ask(name)
            kinds.setdefault((type(twin.question), twin.entry.draw is None), (lesson, index, name))
    return list(kinds.values())


@each_lesson
def test_each_kind_of_question_answers_back_to_the_keyboard(lesson, first_of_kind, subtests):
    """Answer wrong, read the sentence, answer right, read the explanation, then ask for new numbers."""
    for index, name in [(index, name) for where, index, name in first_of_kind if where == lesson.name]:
        twin = ask(name)
        with subtests.test(name):
            form = cell(lesson, index).locator("form")
            wrong, sentence = twin.question.mistakes[0]
            answer_by_keyboard(form, twin.question, as_typed(twin.question, wrong))
            says(form, sentence)
            answer_by_keyboard(form, twin.question, as_typed(twin.question, twin.question.answer))
            says(form, "Right.", twin.question.explanation)
            expect(form.get_by_role("button", name="Show the answer")).to_be_hidden()
            if twin.entry.draw is not None:
                form.get_by_role("button", name="New numbers").press("Enter")
                expect(form.get_by_role("status")).to_be_empty()
                expect(form.locator(".cnn-answer :is(input, button):enabled").first).to_be_focused()


def says(form, *sentences):
    """Wait until a question says these sentences, and nothing else."""
    expected = form.page.evaluate(
        """html => { const said = document.createElement("div");
                     said.innerHTML = html;
                     return said.textContent; }""",
        live_html("\n\n".join(sentences)),
    )
    expect(form.get_by_role("status")).to_have_text(expected)


# What a lesson as a whole must be


@each_lesson
def test_runs_without_a_complaint(lesson):
    outputs = (
        "[data-mime-type='application/vnd.jupyter.stderr'], [data-mime-type='application/vnd.jupyter.error']"
    )
    expect(lesson.locator(outputs)).to_have_count(0)
    expect(lesson.get_by_text("Error displaying widget")).to_have_count(0)
    assert [str(error) for error in lesson.console_errors] == []


@each_lesson
def test_axe_finds_no_serious_violation(lesson):
    outputs = lesson.locator(".jp-OutputArea-output")
    if outputs.count():
        found = Axe().run(lesson, ".jp-OutputArea-output").response["violations"]
        serious = [violation for violation in found if violation["impact"] in ("serious", "critical")]
        assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in serious] == []


CONTRASTS = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92
      : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = [];
  for (const svg of document.querySelectorAll(".jp-OutputArea-output svg[role=img]")) {
    const areas = [...svg.querySelectorAll("rect, circle, image, text")];
    for (const text of areas.filter((e) => e.matches("text") && e.textContent.trim())) {
      const box = text.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const under = areas.slice(0, areas.indexOf(text)).filter((e) => {
        const b = e.getBoundingClientRect();
        return !e.matches("text") && !["none", "rgba(0, 0, 0, 0)"].includes(getComputedStyle(e).fill)
          && b.left <= x && x <= b.right && b.top <= y && y <= b.bottom;
      }).at(-1);
      if (under.matches("image")) continue;
      const inks = [getComputedStyle(text).fill, getComputedStyle(under).fill];
      const [dark, bright] = inks.map(light).sort((a, b) => a - b);
      const large = parseFloat(getComputedStyle(text).fontSize) >= 24;
      if ((bright + 0.05) / (dark + 0.05) < (large ? 3 : 4.5)) poor.push([text.textContent, ...inks]);
    }
  }
  return poor;
}"""


@each_lesson
def test_text_in_pictures_has_the_contrast_of_wcag_aa(lesson):
    # axe looks at the page's text only, not at what an SVG draws.
    assert lesson.evaluate(CONTRASTS) == []


# Every explorer, as a person uses it


@each_lesson
def test_every_explorer_answers_mouse_and_keyboard(lesson, subtests):
    used = set()  # in a lesson one control of each kind: tests/test_live_lessons.py moves all of them
    for name, shown in lesson.explorers.items():
        with subtests.test(explorer=name):
            twin = getattr(explorers, name)()
            shows(shown, twin)
            for control in twin.controls.values():
                if not control.disabled and type(control) not in used:
                    used.add(type(control))
                    USES[type(control)](shown, twin, control)
            click_in_the_picture(shown, twin)


def click_in_the_picture(shown, twin):
    for place in {place.split("-")[0]: place for place in places(twin)}.values():  # the last of each kind
        shown.locator(f'[data-cell="{place}"]').first.click()
        twin.clicked(place)
        shows(shown, twin)


# How each kind of control is used: on the page and in the twin alike, and back again.


def drag_step_and_type(shown, twin, slider):
    handle = shown.get_by_role("slider", name=slider.description, exact=True)
    first, before = slider.value, twin.view.svg
    to_the_end = first < slider.max
    handle.scroll_into_view_if_needed()
    grip, track = handle.bounding_box(), handle.locator("xpath=../../..").bounding_box()
    middle = grip["y"] + grip["height"] / 2
    mouse = shown.page.mouse
    mouse.move(grip["x"] + grip["width"] / 2, middle)
    mouse.down()
    mouse.move(track["x"] + (track["width"] + 30 if to_the_end else -30), middle)
    mouse.up()
    slider.value = slider.max if to_the_end else slider.min
    shows(shown, twin, instead_of=before)
    handle.press("ArrowLeft" if to_the_end else "ArrowRight")
    slider.value += -slider.step if to_the_end else slider.step
    shows(shown, twin)
    fill(shown.get_by_role("textbox", name=slider.description, exact=True), first)
    slider.value = first
    shows(shown, twin)


def choose(shown, twin, menu):
    first, before = menu.index, twin.view.svg
    field = shown.get_by_role("combobox", name=menu.description, exact=True)
    menu.index = (first + 1) % len(menu.options)
    field.select_option(index=menu.index)
    shows(shown, twin, instead_of=before)
    field.press("ArrowUp" if menu.index > first else "End")
    menu.index = first
    shows(shown, twin)


def type_in(shown, twin, box):
    first, before = box.value, twin.view.svg
    field = shown.get_by_role("spinbutton", name=box.description, exact=True)
    box.value = first + 1
    fill(field, box.value)
    shows(shown, twin, instead_of=before)
    box.value = first
    fill(field, first)
    shows(shown, twin)


def fill(field, value):
    field.fill(str(value))
    field.press("Enter")


def tick(shown, twin, box):
    field = shown.get_by_role("checkbox", name=box.description, exact=True)
    before = twin.view.svg
    field.click()
    box.value = not box.value
    shows(shown, twin, instead_of=before)
    field.press(" ")
    box.value = not box.value
    shows(shown, twin)


def press(shown, twin, button):
    shown.get_by_role("button", name=button.description, exact=True).click()
    button.click()
    shows(shown, twin)


def play_and_stop(shown, twin, play):
    picture = shown.get_by_role("img")
    before = picture.text_content()
    shown.get_by_role("button", name="Play or pause").click()
    expect(picture).not_to_have_text(before)
    shown.get_by_role("button", name="Stop").click()
    play.value = play.min
    shows(shown, twin)


USES = {
    CellSlider: drag_step_and_type,
    ipywidgets.IntSlider: drag_step_and_type,
    ipywidgets.FloatSlider: drag_step_and_type,
    ipywidgets.Dropdown: choose,
    ipywidgets.BoundedFloatText: type_in,
    ipywidgets.Checkbox: tick,
    ipywidgets.Button: press,
    ipywidgets.Play: play_and_stop,
}


# Some explorers against what the chapter prints


def numbers(shown, grid):
    """Read a grid off the picture on the page, row by row."""
    return [number(text) for text in texts(shown, grid)]


def texts(shown, grid):
    return shown.locator(f'[data-cell^="{grid}-"]').all_text_contents()


def walk_a_click_on_an_output_of_figure_3_3_spells_out_its_sum(shown):
    shown.get_by_role("button", name="Back to Figure 3-3").click()
    expect(shown.get_by_role("status")).to_contain_text("The output is 5 × 5.")
    assert numbers(shown, "output") == chapter.FIGURE_3_3_OUTPUT.ravel().tolist()
    shown.locator('[data-cell="output-1-1"]').click()
    picture = shown.get_by_role("img")
    expect(picture).to_contain_text("Output row 2, column 2:")
    expect(picture).to_contain_text("= 6")
    expect(shown.get_by_role("slider", name="Step")).to_have_attribute("aria-valuetext", "7")


def walk_the_output_size_explorer_from_the_keyboard_alone(shown):
    keyboard = shown.page.keyboard
    status, picture = shown.get_by_role("status"), shown.get_by_role("img")

    def tab_to(role, name):
        keyboard.press("Tab")
        control = shown.get_by_role(role, name=name, exact=True)
        expect(control).to_be_focused()
        style = "e => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth]; }"
        assert control.evaluate(style) == ["solid", "3px"], name

    shown.get_by_role("button", name="Back to Figure 3-3").focus()
    keyboard.press("Enter")
    expect(status).to_contain_text("5 × 5")
    shown.get_by_role("slider", name="Image height").focus()
    keyboard.press("ArrowRight")
    expect(status).to_contain_text("6 × 5")
    tab_to("textbox", "Image height")
    tab_to("slider", "Image width")
    keyboard.press("ArrowRight")
    expect(status).to_contain_text("6 × 6")
    tab_to("textbox", "Image width")
    keyboard.press("ControlOrMeta+a")
    keyboard.type("7")
    keyboard.press("Enter")
    expect(status).to_contain_text("6 × 8")
    tab_to("slider", "Filter side")
    keyboard.press("ArrowRight")
    expect(status).to_contain_text("5 × 7")
    tab_to("textbox", "Filter side")
    tab_to("slider", "Stride")
    keyboard.press("ArrowRight")
    expect(status).to_contain_text("3 × 4")
    tab_to("textbox", "Stride")
    tab_to("combobox", "Padding")
    keyboard.press("ArrowDown")
    expect(status).to_contain_text("2 × 3")
    keyboard.press("ArrowUp")
    expect(status).to_contain_text("3 × 4")
    tab_to("slider", "Zeros per edge")
    keyboard.press("ArrowRight")
    expect(status).to_contain_text("4 × 5")
    tab_to("textbox", "Zeros per edge")
    tab_to("slider", "Step")
    keyboard.press("ArrowLeft")
    expect(picture).to_contain_text("Output row 4, column 4:")
    tab_to("textbox", "Step")
    tab_to("button", "Play or pause")
    keyboard.press("Enter")
    expect(picture).to_contain_text("Output row 4, column 5:")
    tab_to("button", "Stop")
    keyboard.press("Enter")
    expect(picture).to_contain_text("Output row 1, column 1:")
    tab_to("button", "Repeat")
    tab_to("button", "Back to Figure 3-3")
    keyboard.press("Enter")
    expect(status).to_contain_text("5 × 5")
    assert numbers(shown, "output") == chapter.FIGURE_3_3_OUTPUT.ravel().tolist()


def walk_the_pooling_explorer_shows_figure_3_4(shown):
    shown.get_by_role("button", name="Back to Figure 3-4").click()
    expect(shown.get_by_role("status")).to_contain_text("The output is 2 × 2: 4 numbers from 16 pixels")
    assert numbers(shown, "output") == chapter.FIGURE_3_4_OUTPUT.ravel().tolist()


def walk_a_typed_gradient_is_shared_by_its_block(shown):
    shown.get_by_role("combobox", name="Pooling").select_option(index=1)
    shown.get_by_role("combobox", name="Blocks").select_option(index=0)
    shown.get_by_role("combobox", name="Look at").select_option(index=1)
    box = shown.get_by_role("spinbutton", name="Upstream 1,1")
    box.fill("6")
    box.press("Enter")
    expect(shown.get_by_role("status")).to_contain_text("What arrives adds up to 6, and so does what")
    rows = np.reshape(numbers(shown, "gradient"), (4, 4))
    assert rows.tolist() == [[1.5, 1.5, 0, 0], [1.5, 1.5, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def walk_a_click_on_a_photograph_chooses_the_pixel(shown):
    shown.get_by_role("combobox", name="Filter", exact=True).select_option(index=0)
    photograph = shown.locator("[data-pixels]").first
    box, (rows, columns) = (
        photograph.bounding_box(),
        map(int, photograph.get_attribute("data-pixels").split()),
    )
    photograph.click(position={"x": box["width"] * 9.5 / columns, "y": box["height"] * 20.5 / rows})
    expect(shown.get_by_role("status")).to_contain_text("At row 21, column 10 the pixel")


def walk_a_seven_drawn_with_the_mouse_is_read(shown):
    status, mouse = shown.get_by_role("status"), shown.page.mouse
    sheet = shown.get_by_role("img", name="A sheet to draw a digit on")
    sheet.evaluate("sheet => { sheet.dataset.old = true; }")
    shown.get_by_role("button", name="Clear the sheet").click()
    expect(status).to_contain_text("The sheet is empty.")
    expect(shown.locator("[data-old]")).to_have_count(0)  # until then it may be replaced at any moment
    sheet.hover()  # scrolls to it
    box = sheet.bounding_box()
    start, *corners = [(box["x"] + x, box["y"] + y) for x, y in ((70, 60), (200, 60), (120, 230))]
    mouse.move(*start)
    mouse.down()
    for corner in corners:
        mouse.move(*corner, steps=5)
    mouse.up()
    expect(status).to_contain_text("The network reads 7 with a probability of")
    expect(shown.get_by_role("combobox", name="Example").locator("option:checked")).to_have_text("your own")


def walk_from_number_to_number_changes_none(shown):
    shown.get_by_role("button", name="Back to the chapter's numbers").click()
    status, cell = shown.get_by_role("status"), shown.get_by_role("slider", name="Cell")
    menu = shown.get_by_role("combobox", name="Choose")
    menu.select_option(index=0)
    expect(status).to_contain_text("At the start ŷ is 0.6275")
    sizes = [
        chapter.SECTION_3_3_INPUT.size,
        *(array.size for array in chapter.SECTION_3_3_PARAMETERS.values()),
    ]
    for index in (1, 2, 3, 0):
        menu.select_option(index=index)
        expect(cell).to_have_attribute("aria-valuemax", f"{sizes[index]}.0")
        expect(cell).to_have_attribute("aria-valuetext", "1")
        for _ in range(sizes[index] - 1):
            cell.press("ArrowRight")
    expect(cell).to_have_attribute("aria-valuetext", f"{sizes[0]}")
    shown.get_by_role("slider", name="Step").press("ArrowRight")
    expect(status).to_contain_text("After 2 steps")
    expect(status).to_contain_text("At the start ŷ is 0.6275")


WALKS = {
    "DrawDigitExplorer": [walk_a_seven_drawn_with_the_mouse_is_read],
    "OutputSizeExplorer": [
        walk_a_click_on_an_output_of_figure_3_3_spells_out_its_sum,
        walk_the_output_size_explorer_from_the_keyboard_alone,
    ],
    "PoolingExplorer": [walk_the_pooling_explorer_shows_figure_3_4],
    "PoolingGradientExplorer": [walk_a_typed_gradient_is_shared_by_its_block],
    "WorkedLearningExplorer": [walk_from_number_to_number_changes_none],
    "FilterExplorer": [walk_a_click_on_a_photograph_chooses_the_pixel],
}


@each_lesson
def test_explorers_show_what_the_chapter_prints(lesson, subtests):
    for name, shown in lesson.explorers.items():
        for walk in WALKS.get(name, []):
            with subtests.test(walk=walk.__name__):
                walk(shown)


# Explorers of a kernel that is busy, where messages come late

# explorer -> pairs of a slider and of the control that next changes what the slider counts for
HURRIES = {
    "BackpropagationExplorer": [("number", "step")],
    "CompleteModelExplorer": [("cell", "array")],
    "ConvolutionMatrixExplorer": [("row", "image")],
    "OutputSizeExplorer": [("step", "height")],
    "PoolingExplorer": [("cell", "image")],
    "SameOutputExplorer": [("pixel", "row")],
    "WeightGradientExplorer": [("step", "weight")],
    "WorkedExampleExplorer": [("cell", "array"), ("value", "cell")],
    "WorkedLearningExplorer": [("cell", "array"), ("value", "cell")],
}


@pytest.fixture(scope="module")
def hurried(lab):
    """A page with the explorers of HURRIES alone; it knows their kernel's process."""
    with lab.explorers(HURRIES) as page:
        yield page


@pytest.fixture
def busy_neighbours():
    """Two processes that never rest; they end with this one at the latest."""
    program = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"
    neighbours = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    yield
    for neighbour in neighbours:
        neighbour.kill()
        neighbour.wait()


@contextmanager
def halted(process):
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_a_late_message_counts_for_the_control_that_was_moved(hurried, subtests):
    for name, pairs in HURRIES.items():
        with subtests.test(explorer=name):
            shown, twin = hurried.explorers[name], getattr(explorers, name)()
            for slider, other in pairs:
                with halted(hurried.kernel):
                    # The page sends the first step, and the last one only when the first is answered.
                    move(shown, twin, slider, times=6)
                    move(shown, twin, other)
                shows(shown, twin)
                move(shown, twin, slider)  # sent after the late step, and so answered after it
                shows(shown, twin)


def move(shown, twin, name, times=1):
    """Move a slider by some steps, away from the end that it is at, or a menu to its next choice."""
    control = twin.controls[name]
    if isinstance(control, ipywidgets.Dropdown):
        menu = shown.get_by_role("combobox", name=control.description, exact=True)
        menu.select_option(index=control.index + 1)
        control.index += 1
        return
    up = control.value < control.max
    handle = shown.get_by_role("slider", name=control.description, exact=True)
    for _ in range(times):
        handle.press("ArrowRight" if up else "ArrowLeft")
        control.value += control.step if up else -control.step


def test_explorers_keep_up_beside_busy_neighbours(hurried, busy_neighbours, subtests):
    for name, shown in hurried.explorers.items():
        for walk in WALKS.get(name, []):
            with subtests.test(walk=walk.__name__):
                walk(shown)
