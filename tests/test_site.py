"""The site's pages: as they are read in a browser, with no way to the network, and the live front page."""

import json
import re
from contextlib import contextmanager
from html import unescape

import live_pages
import pytest
from axe_playwright_python.sync_playwright import Axe
from fontTools.ttLib import TTFont
from live_pages import MINUTE
from playwright.sync_api import expect
from reading import lesson_cells

from benchmarks.browser import SMALL_TYPE, SMALLEST_TYPE
from conftest import offline_page
from helpers.chapter.lessons import EDITIONS, LESSONS
from helpers.drawing.picture import RUN_HINT
from helpers.exercises.task import tasks_of_lesson
from helpers.explorers import DrawDigitExplorer
from helpers.questions.catalogue import entry, of_lesson
from helpers.questions.shown import ANSWER_HINT
from publish.lesson_html import home, is_explorer

pytestmark = pytest.mark.slow

WIDTHS = (900, 700, 420)
WINDOWS = {360: 740, 900: 800, 1366: 768}  # width -> height: a phone, half a screen, a laptop
LESSON = "3-1c_padding_stride_output_size"
LOOKED_AT = ("index", LESSON, "figure-3-6")
IMAGE = re.compile(r'<img src="data:image/(svg\+xml|png)[^"]*"[^>]* alt="([^"]*)"')
PAGES = ["index", *(lesson.name for lesson in LESSONS)]


@pytest.fixture(scope="module")
def folder(site_folder):
    return site_folder


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


# Lists what stands out of the window and in no frame that scrolls by itself.
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter((element) => {
  const { left, right, width } = element.getBoundingClientRect();
  if (!width || (left >= -0.5 && right <= document.documentElement.clientWidth + 0.5)) return false;
  for (let frame = element.parentElement; frame !== document.body; frame = frame.parentElement) {
    if (["auto", "scroll"].includes(getComputedStyle(frame).overflowX)) return false;
  }
  return !element.matches(".skip");
}).map((element) => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("edition", EDITIONS)
def test_nothing_of_any_page_is_cut_off(folder, browser, edition):
    with offline_page(browser) as page:
        for path in sorted((folder / home(edition)).glob("*.html")):
            page.goto(path.as_uri())
            for width, height in WINDOWS.items():
                page.set_viewport_size({"width": width, "height": height})
                at = f"{path.name} at {width}"
                assert page.locator("html").evaluate("one => one.scrollWidth <= one.clientWidth"), at
                assert page.evaluate(CUT_OFF) == [], at
                top = page.locator(".top").bounding_box()["height"]
                assert top <= (130 if width == 360 else 60), f"the top takes too many lines: {at}"


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


def test_the_font_has_every_letter_of_every_formula(folder):
    letters = TTFont(folder / "STIXTwoMath.woff").getBestCmap()
    for path in folder.glob("*.html"):
        formulas = "".join(re.findall(r"<math.*?</math>", path.read_text("utf-8"), flags=re.DOTALL))
        written = set(unescape(re.sub(r"<[^>]*>", "", formulas)))
        assert not [letter for letter in written if letter.isprintable() and ord(letter) not in letters], (
            path.name
        )


def opened_at(browser, url, width=900, **settings):
    """Open a page in a window of this width, without the worker that keeps what was loaded."""
    size = {"width": width, "height": WINDOWS[width]}
    return live_pages.opened(browser, url, service_workers="block", viewport=size, **settings)


@pytest.mark.parametrize("name", LOOKED_AT)
@pytest.mark.parametrize("width", WINDOWS)
def test_nothing_moves_while_a_page_loads(browser, address, name, width):
    with opened_at(browser, f"{address}/{name}.html", width) as page:
        page.locator("[data-live] > .live-bar").first.wait_for()
        moved = page.evaluate(
            """() => new Promise((resolve) => {
                 let sum = 0;
                 const add = (list) => list.getEntries().forEach(({ value }) => { sum += value; });
                 new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
                 setTimeout(() => resolve(sum), 300);
               })"""
        )
        assert moved < 0.005


def test_on_a_phone_a_wide_picture_fades_where_it_goes_on(browser, address):
    with opened_at(browser, f"{address}/figure-3-9.html", 360) as page:
        picture = page.locator("figure.explorer .frame")
        fade = "one => parseFloat(getComputedStyle(one).getPropertyValue('--more'))"
        assert picture.evaluate(fade) > 20
        picture.evaluate("one => { one.scrollLeft = one.scrollWidth; }")
        expect(picture).to_have_css("--more", "0px")
    with opened_at(browser, f"{address}/figure-3-9.html", 1366) as page:
        assert page.locator("figure.explorer .frame").evaluate(fade) == 0


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing(browser, address, name, colours):
    with opened_at(browser, f"{address}/{name}.html", 1366, color_scheme=colours) as page:
        if name == "index":
            page.locator(".live-bar button").click()
        if name != LESSON:
            page.locator(".live:not(.making)").first.wait_for(timeout=MINUTE)
        assert is_dark(page) == (colours == "dark")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []


def is_dark(page):
    """Tell whether the paper is darker than the ink."""
    paper, ink = page.evaluate(
        """() => { const { backgroundColor, color } = getComputedStyle(document.body);
                   return [backgroundColor, color]; }"""
    )
    return brightness(paper) < brightness(ink)


def brightness(colour):
    return sum(map(int, re.findall(r"\d+", colour)[:3]))


def test_dark_colours_are_chosen_once_for_all_pages(browser, address):
    with opened_at(browser, f"{address}/{LESSON}.html", color_scheme="light") as page:
        switch = page.get_by_role("button", name="Dark colours")
        assert not is_dark(page)
        switch.click()
        assert is_dark(page)
        expect(switch).to_have_attribute("aria-pressed", "true")
        # The next page has them before its body is read, so before anything is painted.
        page.add_init_script(
            """new MutationObserver(() => {
                 if (document.body) window.first ??= document.documentElement.dataset.colours ?? "none";
               }).observe(document, { childList: true, subtree: true });"""
        )
        page.goto(f"{address}/index.html")
        assert is_dark(page)
        assert page.evaluate("window.first") == "dark"
        page.get_by_role("button", name="Dark colours").click()
        assert not is_dark(page)
        # Now it is what the system has, and follows it.
        assert page.evaluate("localStorage.length") == 0
        page.emulate_media(color_scheme="dark")
        assert is_dark(page)


def test_without_javascript_a_page_follows_the_system(browser, address):
    url = f"{address}/{LESSON}.html"
    with opened_at(browser, url, java_script_enabled=False, color_scheme="dark") as page:
        expect(page.locator(".switch")).not_to_be_visible()
        page.locator(".open-contents").click()
        expect(page.locator(".contents a").first).to_be_visible()


def test_the_contents_are_one_tap_away_on_a_phone(browser, address):
    with opened_at(browser, f"{address}/{LESSON}.html", 360, has_touch=True) as page:
        contents = page.get_by_role("navigation", name="Contents of this lesson")
        expect(contents).not_to_be_visible()
        page.get_by_role("button", name="Contents").tap()
        headings = page.locator("main h2").all_inner_texts()
        assert contents.get_by_role("listitem").all_inner_texts() == headings
        contents.get_by_role("link", name=headings[5]).tap()
        expect(contents).not_to_be_visible()
        expect(page.get_by_role("heading", name=headings[5])).to_be_in_viewport()
        page.get_by_role("button", name="Contents").tap()
        expect(contents.get_by_role("link", name=headings[5])).to_have_attribute("aria-current", "location")


def test_the_contents_stand_beside_the_text_on_a_laptop(browser, address):
    with opened_at(browser, f"{address}/{LESSON}.html", 1366) as page:
        contents = page.get_by_role("navigation", name="Contents of this lesson")
        text = page.locator("main").bounding_box()
        assert contents.bounding_box()["x"] + contents.bounding_box()["width"] <= text["x"]
        expect(page.get_by_role("button", name="Contents")).not_to_be_visible()
        current = contents.locator("[aria-current]")
        expect(current).to_have_count(0)  # the title is being read
        heading = page.locator("main h2").nth(2)
        heading.evaluate("one => one.scrollIntoView()")
        expect(current).to_have_text(heading.inner_text())
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(current).to_have_text(page.locator("main h2").last.inner_text())
        expect(contents).to_be_in_viewport()


def test_the_keyboard_skips_to_the_text(browser, address):
    with opened_at(browser, f"{address}/{LESSON}.html") as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the text")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


def test_on_paper_stands_the_text_alone(browser, address):
    with opened_at(browser, f"{address}/{LESSON}.html", color_scheme="dark") as page:
        page.locator("details summary").first.click()
        page.emulate_media(media="print", color_scheme="dark")
        assert not is_dark(page)
        for hidden in page.locator("nav, button, .live-bar, details:not([open])").all():
            expect(hidden).not_to_be_visible()
        expect(page.locator("details[open] pre").first).to_be_visible()
        # A page of A4 between its margins.
        page.set_viewport_size({"width": 672, "height": 1000})
        assert page.evaluate(CUT_OFF) == []


def test_the_front_page_reads_a_drawn_digit_as_its_twin_does(browser, address):
    with opened_at(browser, f"{address}/index.html", 1366) as page:
        still = page.locator("figure.explorer svg")
        expect(still).to_be_visible()
        page.locator(".sheet").click()
        live = page.locator(".live:not(.making)")
        live.wait_for(timeout=MINUTE)
        example = live.locator("canvas").element_handle()
        live.get_by_role("button", name="Clear the sheet").click()
        sentence = live.locator(".cnn-sentence")
        expect(sentence).to_contain_text("The sheet is empty")
        # Another sheet takes the place of the example's.
        page.wait_for_function("example => !example.isConnected", arg=example)
        live.locator("canvas").scroll_into_view_if_needed()
        box = live.locator("canvas").bounding_box()
        page.mouse.move(box["x"] + 150, box["y"] + 50)
        page.mouse.down()
        page.mouse.move(box["x"] + 135, box["y"] + 230, steps=12)
        page.mouse.up()
        expect(sentence).to_contain_text("The network reads 1 ")
        ink = bytes(
            page.evaluate(
                """async () => {
                  const { lesson } = await import(new URL("live/page.js", location));
                  const models = await Promise.all(Object.values(lesson.widgets._models));
                  const ink = models.findLast((model) => model.get("side")).get("value");
                  return [...new Uint8Array(ink.buffer, ink.byteOffset, ink.byteLength)];
                }"""
            )
        )
        twin = DrawDigitExplorer()
        twin.controls["clear"].click()
        twin.canvas.value = ink
        assert twin.state["example"] == "own"
        expect(sentence).to_have_text(twin.summary)
        shown = live.locator(".cnn-svg-view svg").get_attribute("aria-label")
        assert shown == twin.summary


def test_the_front_page_leads_to_every_lesson_and_says_which_are_begun(browser, address):
    with opened_at(browser, f"{address}/index.html") as page:
        expect(page.locator(".lessons > li")).to_have_count(len(LESSONS))
        expect(page.locator(".begun")).to_have_count(0)
        names = [one.name for one in of_lesson("3-1c")] + tasks_of_lesson("3-1c")
        record = {name: {"right": place, "wrong": 1, "first": False} for place, name in enumerate(names[:3])}
        page.evaluate("record => localStorage.setItem('cnn-answers', record)", json.dumps(record))
        page.reload()
        begun = page.locator(".lessons > li", has=page.locator(".begun"))
        expect(begun).to_have_count(1)
        expect(begun).to_contain_text("3-1c")
        expect(begun.locator(".begun")).to_contain_text(f"2 of {len(names)} right")
