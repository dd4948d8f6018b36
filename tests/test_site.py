"""The lessons as pages to read: seen in a browser at two widths, with no way to the network."""

import re
from contextlib import contextmanager
from html import unescape

import pytest
from playwright.sync_api import expect
from reading import lesson_cells

from benchmarks.browser import SMALL_TYPE, SMALLEST_TYPE
from conftest import offline_page
from helpers.chapter.lessons import LESSONS
from helpers.drawing.picture import RUN_HINT
from helpers.questions.catalogue import entry
from helpers.questions.shown import ANSWER_HINT
from publish import site
from publish.lesson_html import is_explorer

pytestmark = pytest.mark.slow

WIDTHS = (900, 700, 420)
IMAGE = re.compile(r'<img src="data:image/(svg\+xml|png)[^"]*"[^>]* alt="([^"]*)"')
PAGES = ["index", *(lesson.name for lesson in LESSONS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site.main(folder)
    return folder


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_page_and_a_cell_of_it(folder, name):
    html = (folder / f"{name}.html").read_text("utf-8")
    for target in re.findall(r'href="([^":]+)"', html):
        file, _, cell = target.partition("#")
        there = (folder / (file or f"{name}.html")).read_text("utf-8")
        assert not cell or f'id="{cell}"' in there, target
    assert ".ipynb" not in re.sub(r"<(code|pre).*?</\1>", "", html, flags=re.DOTALL)


@pytest.fixture(scope="module", params=PAGES)
def opened(folder, browser, request):
    """A page of the site, opened once for all tests that look at it; its `lesson` is the page's name."""
    with offline_page(browser) as page:
        page.lesson = request.param
        page.goto((folder / f"{request.param}.html").as_uri())
        yield page


@pytest.fixture(params=WIDTHS)
def at_width(opened, request):
    """The page in a window of each width."""
    opened.set_viewport_size({"width": request.param, "height": 900})
    return opened


def cells_of(page):
    return [] if page.lesson == "index" else lesson_cells(page.lesson)


def test_nothing_is_wider_than_the_window(at_width):
    page, width = at_width, at_width.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Wider things may only stand in a frame that scrolls.
    cut = page.evaluate(
        """width => [...document.querySelectorAll("body *")].filter(element => {
            const frames = "figure, .wide, .formula, .highlight, p:has(math), [data-mime-type='text/html']";
            if (element.closest(frames)) return false;
            return element.getBoundingClientRect().right > width + 0.5;
        }).map(element => element.outerHTML.slice(0, 120))""",
        width,
    )
    assert cut == []


def test_no_number_in_a_picture_is_too_small_to_read(at_width):
    assert at_width.evaluate(SMALL_TYPE, ["figure svg text", SMALLEST_TYPE]) == []


@contextmanager
def unfolded(page):
    """Open every fold of a page, and close them again."""
    fold = "open => document.querySelectorAll('details').forEach(one => { one.open = open; })"
    page.evaluate(fold, True)
    try:
        yield
    finally:
        page.evaluate(fold, False)


def test_every_picture_of_the_lesson_is_seen_and_has_its_sentence(at_width):
    with unfolded(at_width):
        for cell in cells_of(at_width):
            html = "".join(output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))
            shown = at_width.locator(f'[id="cell-id={cell.id}"]')
            pictures = shown.locator("figure svg, img")
            for picture, image in zip(pictures.all(), IMAGE.finditer(html), strict=True):
                if image[1] == "png":
                    assert picture.get_attribute("alt") == unescape(image[2])
                    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
                else:
                    assert picture.get_attribute("aria-label")
                box = picture.bounding_box()
                assert box["width"] >= 60, cell.id  # a single number is the smallest
                assert box["height"] >= 40, cell.id
            if is_explorer(cell):
                text = cell.outputs[0]["data"]["text/plain"]
                assert squeezed(shown.locator("figcaption").inner_text()) == squeezed(text)


def test_a_question_is_there_with_its_answer_folded_away(opened):
    for cell in cells_of(opened):
        if match := re.fullmatch(r'ask\("(.+)"\)', cell.source):
            shown = opened.locator(f'[id="cell-id={cell.id}"]')
            expect(shown.locator(".cnn-question")).to_be_visible()
            expect(shown.locator("pre", has_text="ask(")).to_have_count(0)
            fold = shown.locator("details")
            assert fold.locator("> :not(summary)").first.is_hidden()
            fold.locator("summary").click()
            words = entry(match[1]).question().explanation.split("$")[0].split("*")[0].split("`")[0]
            expect(fold).to_contain_text(squeezed(words))
            fold.locator("summary").click()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_no_word_on_how_to_run_it_is_left(folder, lesson):
    html = (folder / f"{lesson.name}.html").read_text("utf-8")
    assert RUN_HINT not in html
    assert ANSWER_HINT not in html


def squeezed(text):
    return " ".join(text.split())


def test_the_imports_unfold_with_a_click(opened):
    if not cells_of(opened):
        return
    imports = opened.locator("details").first
    code = imports.get_by_text("import", exact=True).first
    assert not code.is_visible()
    imports.locator("summary").click()
    assert code.is_visible()
    imports.locator("summary").click()


def test_formulas_are_drawn_in_their_font(opened):
    page = opened
    count = sum(
        len(re.findall(r"\$\$.+?\$\$|\$[^$\n]+?\$", cell.source, flags=re.DOTALL))
        for cell in cells_of(opened)
        if cell.cell_type == "markdown"
    )
    assert page.locator(".jp-MarkdownCell math").count() == count
    formulas = page.locator("math")
    with unfolded(page):
        # A command that is not known is written out instead of being drawn.
        assert not [text for text in formulas.all_text_contents() if re.search(r"[&\\\\$]", text)]
        sizes = formulas.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
        assert all(size > 4 for size in sizes)
        # What stands in code is left out; the page stays as it is.
        text = page.evaluate(
            """() => { const style = document.createElement("style");
                       style.textContent = "pre, code { display: none }";
                       document.head.append(style);
                       const text = document.body.innerText;
                       style.remove();
                       return text; }"""
        )
    assert not re.search(r"\$|\\[a-z]", text)
    if count:
        page.evaluate("document.fonts.ready")
        assert page.evaluate("document.fonts.check('16px \"STIX Two Math\"')")


def test_a_bracket_grows_with_what_it_holds(folder, page):
    page.goto((folder / "3-1b_filters.html").as_uri())
    page.evaluate("document.fonts.ready")
    matrix = page.locator("math:has(mtable)").first
    bracket = matrix.locator("mo", has_text="(").first.bounding_box()["height"]
    assert bracket >= 0.9 * matrix.locator("mtable").first.bounding_box()["height"]
