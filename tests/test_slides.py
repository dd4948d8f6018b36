"""The slides of the lessons: everything of a lesson is on them, each fits, still and alive."""

import re

import live_pages
import nbformat
import pytest
from live_pages import MINUTE, plain_server, serving
from playwright.sync_api import expect
from reading import lesson_cells

from helpers import explorers
from helpers.chapter.lessons import EDITIONS, LESSONS
from helpers.drawing.picture import RUN_HINT
from publish import slides
from publish.lesson_html import home, is_explorer

pytestmark = pytest.mark.slow

LIVE = ("3-1c_padding_stride_output_size", "3-1e_shared_weights", "3-3_worked_example")
# Turns to the slide of a cell.
TURN = """cell => {
  const { h, v } = Reveal.getIndices(document.getElementById(`cell-id=${cell}`).closest("section"));
  Reveal.slide(h, v);
}"""
# Shows what a cell shows in the place of the explorer on the present slide; tells what does not fit there.
UNFIT = """async (source) => {
  const { lesson } = await import(new URL("../live/page.js", location));
  const slide = Reveal.getCurrentSlide();
  const piece = lesson.pieces.find(({ place }) => slide.contains(place));
  piece.leave();
  slide.style.removeProperty("--size");
  lesson.sources[piece.cell] = source;
  await piece.come(lesson.kernel, lesson.widgets);
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  const edge = slide.getBoundingClientRect();
  const outside = [...slide.querySelectorAll(".live *")].filter((element) => {
    const { left, right, bottom, width } = element.getBoundingClientRect();
    return width && !element.closest("svg svg, defs, .cnn-said, .cnn-control-repair, .noUi-base")
      && (left < edge.left || right > edge.right || bottom > edge.bottom - 24);
  });
  const cut = [...slide.querySelectorAll(".widget-label")].filter((one) => one.scrollWidth > one.clientWidth);
  const shown = slide.querySelectorAll(".live:not(.making) :is(.cnn-explorer, .cnn-question)").length;
  return [shown === 1 ? "" : "not shown", slide.scrollHeight > slide.clientHeight ? "scrolls" : "",
          ...[...outside, ...cut].map((element) => element.outerHTML.slice(0, 90))].filter(Boolean);
}"""


@pytest.fixture(scope="module")
def folder(site_folder):
    return site_folder / "slides"


@pytest.fixture(scope="module")
def address(folder):
    with serving(plain_server(folder.parent)) as address:
        yield f"{address}/slides"


@pytest.fixture(scope="module", params=LIVE)
def alive(browser, address, request):
    """The slides of a lesson with Python started by the button on its first explorer's slide."""
    with live_pages.opened(browser, f"{address}/{request.param}.html", service_workers="block") as page:
        page.name = request.param
        page.set_viewport_size({"width": 1280, "height": 720})
        page.cells = [cell for cell in lesson_cells(request.param) if is_explorer(cell)]
        shown_alive(page, page.cells[0].id, press=True)
        yield page


def shown_alive(page, cell, press=False):
    """Turn to the slide of an explorer, and wait until it is alive; return its place."""
    page.evaluate(TURN, cell)
    place = page.locator(f'[data-live="{cell}"]')
    if press:
        place.get_by_role("button").click()
    place.locator(".live:not(.making)").wait_for(timeout=2 * MINUTE)
    return place


def slide_of(page):
    return page.evaluate("JSON.stringify(Reveal.getIndices())")


def test_each_explorer_comes_alive_on_its_slide_as_cpython_draws_it(alive):
    for cell in alive.cells:
        shown_alive(alive, cell.id)
        twin = getattr(explorers, cell.source.removesuffix("()"))()
        live_pages.same_as(alive, cell.id, twin)


def test_a_slider_takes_the_arrow_keys_and_gives_them_back(alive):
    # Found also while its slide is not shown.
    sliders = (shown_alive(alive, cell.id).locator("[role=slider]") for cell in alive.cells)
    slider = next(found.first for found in sliders if found.count())
    here, before = slide_of(alive), slider.get_attribute("aria-valuenow")
    slider.focus()
    at_end = before == slider.get_attribute("aria-valuemax")
    alive.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
    expect(slider).not_to_have_attribute("aria-valuenow", before)
    moved = slider.get_attribute("aria-valuenow")
    assert slide_of(alive) == here
    # A presenter's remote turns the slide all the same, and nothing is lost.
    alive.keyboard.press("PageDown")
    assert slide_of(alive) != here
    alive.keyboard.press("PageUp")
    assert slide_of(alive) == here
    expect(slider).to_have_attribute("aria-valuenow", moved)
    slider.focus()
    alive.keyboard.press("Escape")
    alive.keyboard.press("ArrowRight")
    assert slide_of(alive) != here
    assert slider.get_attribute("aria-valuenow") == moved


def test_code_runs_on_a_slide_and_a_button_is_pressed_by_its_own_keys(alive):
    if alive.name != LIVE[0]:
        pytest.skip("one lesson is enough")
    alive.evaluate(TURN, "count")
    here, cell = slide_of(alive), alive.locator("[data-code=count]")
    cell.get_by_role("button", name="Run").focus()
    alive.keyboard.press(" ")
    expect(cell.locator(".result")).to_have_text("5", timeout=MINUTE)
    assert slide_of(alive) == here


def is_large(cell):
    """Tell whether a cell asks a question with a picture, numbers, things to put in order, or many words."""
    shown = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
    return cell.source.startswith("ask(") and (re.search("<(img|pre|ul)", shown) or len(shown) > 1000)


def test_every_explorer_and_large_question_of_the_lessons_fits_its_slide(alive):
    """The last test of a lesson: its first explorer gives its place to all others."""
    if alive.name != LIVE[0]:
        pytest.skip("one lesson is enough")
    alive.evaluate(TURN, alive.cells[0].id)
    cells = [cell for lesson in LESSONS for cell in lesson_cells(lesson.name) if cell.cell_type == "code"]
    shown = {cell.source for cell in cells if is_explorer(cell) or is_large(cell)}
    assert {"OutputSizeExplorer()", 'ask("find-the-bug")', 'ask("rank-designs")'} <= shown
    imports = "from helpers.explorers import *\nfrom helpers.questions import ask\n"
    unfit = {source: alive.evaluate(UNFIT, imports + source) for source in sorted(shown)}
    assert {source: found for source, found in unfit.items() if found} == {}


def test_a_click_leads_to_the_same_place_of_the_lesson_and_back(browser, address):
    with live_pages.opened(browser, f"{address}/{LIVE[0]}.html", service_workers="block") as page:
        page.evaluate(TURN, "output-size-explorer")
        page.get_by_role("link", name="To the lesson").click()
        page.wait_for_url(f"**/{LIVE[0]}.html#cell-id=output-size-explorer")
        assert "/slides/" not in page.url
        expect(page.locator("[data-live=output-size-explorer]")).to_be_in_viewport()
        page.get_by_role("link", name="As slides").first.click()
        page.locator(".reveal.ready").wait_for()
        assert "/slides/" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_slides_have_the_colours_of_the_pages(folder, page, scheme):
    page.emulate_media(color_scheme=scheme)
    seen = []
    for place in (folder, folder.parent):
        page.goto((place / f"{LIVE[0]}.html").as_uri())
        style = "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))"
        seen.append(page.evaluate(style))
    assert seen[0] == seen[1]


def test_the_place_that_a_slide_leads_to_is_in_the_lesson(folder):
    for lesson in LESSONS:
        slide, page = (place / f"{lesson.name}.html" for place in (folder, folder.parent))
        ids = {name.split("_")[0] for name in re.findall(r'id="(cell-id=[^"]*)"', slide.read_text("utf-8"))}
        assert ids <= set(re.findall(r'id="(cell-id=[^"]*)"', page.read_text("utf-8")))


def as_slides(name):
    return slides.as_slides(nbformat.v4.new_notebook(cells=lesson_cells(name))).cells


def letters(some_cells):
    # Without folds, spaces and the marks of a quotation, between whose paragraphs a slide may begin.
    text = "\n".join(cell.source for cell in some_cells)
    text = re.sub(r"<details><summary>.*?</summary>|</details>", "", text)
    return re.sub(r"\s|^>", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_word_and_output_of_the_lesson_is_on_a_slide(lesson):
    kept = [cell for cell in lesson_cells(lesson.name) if cell.id != "imports"]
    pieces = as_slides(lesson.name)
    assert letters(kept) == letters(pieces)
    assert [cell.get("outputs") for cell in kept if cell.cell_type == "code"] == [
        piece.outputs for piece in pieces if piece.cell_type == "code"
    ]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_step_of_the_lesson_is_a_column_of_slides(lesson):
    pieces = as_slides(lesson.name)
    columns = [
        piece.source for piece in pieces if piece.metadata.get("slideshow", {}).get("slide_type") == "slide"
    ]
    headings = [piece.source for piece in pieces if piece.cell_type == "markdown" and piece.source[0] == "#"]
    assert columns == headings
    assert len(columns) >= 4


def test_what_is_folded_away_begins_a_slide():
    fold = "<details><summary>What came out</summary>\n\nA quarter.\n\nAnd more.\n\n</details>"
    lesson = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(f"Before.\n\n{fold}\n\nAfter."),
            nbformat.v4.new_code_cell("folded(3)"),
        ]
    )
    kinds = [(piece.source, piece.metadata) for piece in slides.as_slides(lesson).cells]
    begins = {"slideshow": {"slide_type": "subslide"}}
    assert kinds == [
        ("Before.", {}),
        ("A quarter.", begins),
        ("And more.", {}),
        ("After.", {}),
        ("folded(3)", begins),
    ]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_no_word_on_how_to_run_it_is_left(folder, lesson):
    assert RUN_HINT not in (folder / f"{lesson.name}.html").read_text("utf-8")


# Turns all slides, and tells of each how it fits.
EACH_SLIDE = """async () => {
  const seen = [];
  for (let slide; slide !== Reveal.getCurrentSlide(); Reveal.next()) {
    slide = Reveal.getCurrentSlide();
    await new Promise((turned) => setTimeout(turned));
    seen.push({
      words: slide.innerText.slice(0, 60),
      scrolls: slide.matches(":has(.wide)")
        || slide.querySelectorAll(".cnn-question").length > 1
        || slide.matches(":has(.highlight):has(> :only-child)"),
      wider: slide.scrollWidth > slide.clientWidth,
      longer: slide.scrollHeight > slide.clientHeight + 1 && slide.clientHeight >= 700,
    });
  }
  return seen;
}"""


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_slide_fits_a_projector_and_its_type_is_large(site_folder, edition, lesson, page):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto((site_folder / home(edition) / "slides" / f"{lesson.name}.html").as_uri())
    page.locator(".reveal.ready").wait_for()
    page.evaluate("document.fonts.ready")
    seen = page.evaluate(EACH_SLIDE)
    assert len(seen) == page.evaluate("Reveal.getTotalSlides()")
    assert [slide["words"] for slide in seen if slide["wider"]] == []
    # Only a table, several questions, or a single piece of code with what it gives may be longer.
    assert [slide["words"] for slide in seen if slide["longer"] and not slide["scrolls"]] == []
    assert page.evaluate("Reveal.isLastSlide()")
    smallest = """selector => Math.min(...[...document.querySelectorAll(selector)]
                      .map(element => parseFloat(getComputedStyle(element).fontSize)))"""
    assert page.evaluate(smallest, ":is(.slides p, .slides li):not(.cnn-question *)") >= 32
    assert page.evaluate(smallest, ".slides :is(.cnn-question p, .cnn-question li)") >= 24
    assert page.evaluate(smallest, ".slides .highlight pre") >= 16
