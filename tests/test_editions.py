"""The pages in other languages than English: complete, alive, and one click from their English twins."""

import json
import os
import re
import subprocess
import sys

import pytest
from live_pages import MINUTE, opened_once, plain_server, serving, wait_until
from playwright.sync_api import expect
from reading import english, lesson_cells

from helpers.chapter.lessons import EDITIONS, LESSONS
from publish.lesson_html import PROJECT, is_explorer

pytestmark = pytest.mark.slow

OTHERS = [edition for edition in EDITIONS if edition != "en"]
WITH_EXPLORERS = [lesson.name for lesson in LESSONS if any(map(is_explorer, lesson_cells(lesson.name)))]
each_edition = pytest.mark.parametrize("edition", OTHERS)
LESSON = "3-1c_padding_stride_output_size"
# What a browser asks for, for each edition.
LOCALES = {"en": "en-GB", "zh-Hant": "zh-TW"}


def pages(folder):
    """List the paths of all pages of a language below its folder."""
    return {
        str(path.relative_to(folder))
        for pattern in ("*.html", "slides/*.html")
        for path in folder.glob(pattern)
    }


@each_edition
def test_each_page_has_its_twin(site_folder, edition):
    assert pages(site_folder / edition) == pages(site_folder)


@each_edition
def test_every_link_leads_to_a_page_and_a_cell_of_it(site_folder, edition):
    folder = site_folder / edition
    for name in pages(folder):
        html = (folder / name).read_text("utf-8")
        for target in re.findall(r'(?:href|src)="([^":]+)"', html):
            file, _, cell = target.partition("#")
            there = (folder / name).parent / file if file else folder / name
            assert there.exists(), (name, target)
            assert not cell or f'id="{cell}"' in there.read_text("utf-8"), (name, target)


@each_edition
def test_no_english_is_left_on_a_page(site_folder, edition):
    texts = {name: (site_folder / edition / name).read_text("utf-8") for name in pages(site_folder / edition)}
    assert {name: found for name, text in texts.items() if (found := english(text))} == {}


@each_edition
def test_the_start_page_is_the_browser_s_language_until_the_reader_chooses(browser, address, edition):
    with opened_once(browser, f"{address}/index.html", locale=LOCALES[edition]) as page:
        page.wait_for_url(f"**/{edition}/index.html")
        expect(page.locator("html")).to_have_attribute("lang", edition)
        page.get_by_role("link", name="English", exact=True).click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.goto(f"{address}/index.html")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.get_by_role("link", name=EDITIONS[edition]).click()
        expect(page.locator("html")).to_have_attribute("lang", edition)
    with opened_once(browser, f"{address}/index.html", locale="de-CH") as page:
        expect(page.locator("html")).to_have_attribute("lang", "en")
        # Whoever asks for a page gets that page.
        page.goto(f"{address}/{edition}/index.html")
        expect(page.locator("html")).to_have_attribute("lang", edition)


@each_edition
def test_the_link_to_the_other_language_leads_to_the_same_place(browser, address, edition):
    with opened_once(browser, f"{address}/{LESSON}.html") as page:
        page.set_viewport_size({"width": 1366, "height": 768})
        page.locator("main h2").nth(3).evaluate("one => one.scrollIntoView()")
        place = page.locator(".contents [aria-current]").get_attribute("href")
        page.locator(".contents").get_by_role("link", name=EDITIONS[edition]).click()
        page.wait_for_url(f"**/{edition}/{LESSON}.html{place}")
        expect(page.locator("main h2").nth(3)).to_be_in_viewport()
        page.locator(".contents").get_by_role("link", name="English").click()
        page.wait_for_url(f"{address}/{LESSON}.html{place}")


@each_edition
def test_without_a_network_a_page_says_so_in_its_language(browser, site_folder, edition):
    with browser.new_context() as context:
        page = context.new_page()
        with serving(plain_server(site_folder)) as address:
            page.goto(f"{address}/{edition}/{LESSON}.html")
            wait_until(page, "caches.match(location.href)")
        page.goto(f"{address}/{edition}/figure-3-9.html")
        expect(page.locator("html")).to_have_attribute("lang", edition)
        assert english(page.content()) == []
        # It leads to what is kept in this language.
        page.locator("main li a").click()
        page.wait_for_url(f"**/{edition}/{LESSON}.html")


@each_edition
@pytest.mark.parametrize("name", WITH_EXPLORERS)
def test_an_explorer_of_each_lesson_is_alive(reader, address, edition, name):
    reader.goto(f"{address}/{edition}/{name}.html")
    place = reader.locator("[data-live]:has(figure.explorer)").first
    still = place.locator("figcaption").text_content()
    reader.locator(".live-bar button").first.click()
    place.scroll_into_view_if_needed()
    shown = place.locator(".live:not(.making)")
    shown.wait_for(timeout=MINUTE)
    # What stands in the stored lesson was made by CPython, in the same language.
    sentence = shown.locator(".cnn-sentence")
    expect(sentence).to_have_text(" ".join(still.split()))
    picture = shown.locator(".cnn-svg-view").inner_html()
    control = shown.locator("select, [role=slider], input[type=checkbox]").first
    control.focus()
    at_end = control.evaluate("one => one.ariaValueNow !== null && one.ariaValueNow === one.ariaValueMax")
    reader.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
    reader.wait_for_function(
        "([view, before]) => view.innerHTML !== before",
        arg=[shown.locator(".cnn-svg-view").element_handle(), picture],
    )
    assert english(place.inner_html()) == []


# Prints of each question, with its first numbers and with others: its kind, and the answers it knows.
ANSWERS = """
import json
from answering import as_typed
from helpers.questions.catalogue import entries

print(json.dumps({
    f"{name} {seed}": [
        type(made).__name__,
        *(as_typed(made, answer) for answer in (made.answer, *(answer for answer, _ in made.mistakes))),
    ]
    for name, entry in entries().items()
    for seed in (None, 1)
    for made in [entry.question(seed)]
}))
"""


@each_edition
def test_questions_accept_the_same_answers(edition):
    made = {}
    for language in ("en", edition):
        environment = os.environ | {"CNN_LANGUAGE": language, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}"}
        command = [sys.executable, "-c", ANSWERS]
        made[language] = subprocess.run(command, env=environment, check=True, capture_output=True).stdout
    assert len(made["en"]) > 10_000
    assert json.loads(made[edition]) == json.loads(made["en"])
