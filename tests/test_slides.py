"""The slides of the lessons: everything of a lesson is on them, each fits, and no network is asked."""

import re

import nbformat
import pytest
from reading import lesson_cells

from helpers.chapter.lessons import LESSONS
from helpers.drawing.picture import RUN_HINT
from publish import slides

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    slides.main(folder)
    return folder


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


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_slide_fits_a_projector_and_its_type_is_large(folder, lesson, page):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto((folder / f"{lesson.name}.html").as_uri())
    page.wait_for_function("Reveal.isReady()")
    page.evaluate("document.fonts.ready")
    too_long = []
    for _ in range(page.evaluate("Reveal.getTotalSlides()")):
        slide = page.evaluate(
            """() => { const slide = Reveal.getCurrentSlide(); return {
                words: slide.innerText.slice(0, 60),
                scrolls: slide.querySelector(".wide") !== null || slide.children.length === 1,
                wider: slide.scrollWidth > slide.clientWidth,
                longer: slide.scrollHeight > slide.clientHeight + 1 && slide.clientHeight >= 700 }; }"""
        )
        # Only a table, or a single piece of code with what it gives, may be longer and scroll.
        assert not slide["wider"], slide["words"]
        if slide["longer"] and not slide["scrolls"]:
            too_long.append(slide["words"])
        page.evaluate("Reveal.next()")
    assert too_long == []
    assert page.evaluate("Reveal.isLastSlide()")
    smallest = """selector => Math.min(...[...document.querySelectorAll(selector)]
                      .map(element => parseFloat(getComputedStyle(element).fontSize)))"""
    assert page.evaluate(smallest, ".slides p, .slides li") >= 32
    assert page.evaluate(smallest, ".slides .highlight pre") >= 16
