"""Write a printable page for each student of a class, each with numbers of its own, and the teacher's key.

    python -m publish.worksheets --students 30 --lesson 3-1c [--seed 1]

The questions are those of the lesson's "Check yourself". With the number in the corner of a page, the lesson
asks the same questions.
"""

import argparse
from html import escape

import jinja2
import numpy as np

from helpers.chapter.lessons import LESSONS
from helpers.language import language, say
from helpers.questions.catalogue import check_yourself_entries
from helpers.questions.check_yourself import sheet_seed
from helpers.questions.markup import live_html
from helpers.questions.question import Array, Cell, Choice, Order
from helpers.wording import listed, number
from publish.lesson_html import FILES, PROJECT, write_font

_MOST = 999  # students; more is a slip of the pen


def main(arguments=None):
    """Read the command line, and write the pages and the key of one lesson."""
    options = _parser().parse_args(arguments)
    pages = write(PROJECT / "worksheets", options.lesson, options.students, options.seed)
    print(
        say("{count} worksheets are in {file}, the key is beside them.", count=options.students, file=pages)
    )


def write(folder, lesson, students, seed):
    """Write the worksheets of a lesson and their key.

    Args:
        folder: gets two pages and what they load.
        lesson: a short name, such as "3-1c".
        students: how many worksheets.
        seed: a whole number; another one draws other numbers.

    Returns:
        The path of the worksheets.
    """
    numbers = [f"{seed}-{student}" for student in range(1, students + 1)]
    entries = check_yourself_entries(lesson)
    questions = {n: [entry.question(sheet_seed(n)) for entry in entries] for n in numbers}
    title = next(one.title for one in LESSONS if one.short == lesson)
    folder.mkdir(parents=True, exist_ok=True)
    write_font(folder)
    (folder / "worksheet.css").write_text((FILES / "worksheet.css").read_text("utf-8"), "utf-8")
    sheets = [(n, [_on_paper(question) for question in some]) for n, some in questions.items()]
    answers = [(n, [_answer(question) for question in some]) for n, some in questions.items()]
    pages = folder / f"{lesson}.html"
    named = {"lesson": next(one for one in LESSONS if one.short == lesson), "say": say, "language": language}
    heading = say("Worksheets: {title}", title=title)
    pages.write_text(template("worksheet.html.j2").render(title=heading, sheets=sheets, **named), "utf-8")
    heading = say("Key to the worksheets: {title}", title=title)
    key = template("worksheet_key.html.j2").render(title=heading, sheets=answers, **named)
    (folder / f"{lesson}-key.html").write_text(key, "utf-8")
    return pages


def _on_paper(question):
    """Return a question as HTML to print, with room for the answer."""
    return "".join(
        [live_html(question.text), *(picture.svg for picture in question.pictures), _room(question)]
    )


def _room(question):
    """Return the blanks, options or cells of a question as HTML."""
    if isinstance(question, Choice):
        options = "".join(f"<li>{live_html(option)}</li>" for option in question.options)
        return f'<ul class="options">{options}</ul>'
    if isinstance(question, Order):
        first, last = question.ends
        task = say(
            "Write 1 for {first} to {count} for {last}.", first=first, count=len(question.items), last=last
        )
        items = "".join(f"<li><i></i>{live_html(question.items[item])}</li>" for item in question.shown)
        return f'{live_html(task)}<ul class="ranks">{items}</ul>'
    if isinstance(question, Cell):
        return _table(
            "cells", [[number(value) for value in row] for row in np.asarray(question.grid).tolist()]
        )
    note = f' <span class="note">{escape(question.note)}</span>' if question.note else ""
    if isinstance(question, Array):
        rows, columns = question.shape
        return _table("empty", [[""] * columns] * rows) + note
    blanks = [f'<span class="blank">{escape(name)} <i></i>{note}</span>' for name in question.blanks]
    return f'<div class="blanks">{"".join(blanks)}</div>'


def _table(kind, rows):
    cells = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in rows)
    return f'<table class="{kind}">{cells}</table>'


def _answer(question):
    """Return the right answer of a question in a few characters of HTML."""
    if isinstance(question, Array):
        # A row stays in one line, or nobody could tell where the next one begins.
        rows = ("\u2003".join(map(escape, row)) for row in np.reshape(question.solution, question.shape))
        return "<br>".join(f'<span class="row">{row}</span>' for row in rows)
    if isinstance(question, Choice | Order):
        return live_html(question.solution[0])
    return escape(listed(question.solution))


def template(name):
    """Return a template of this folder."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, loader=jinja2.FileSystemLoader(FILES))
    return environment.get_template(name)


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m publish.worksheets",
        description="Write a printable page for each student, and the key.",
    )
    parser.add_argument("--students", type=_count, required=True, help="how many pages")
    parser.add_argument(
        "--lesson",
        required=True,
        choices=[lesson.short for lesson in LESSONS],
        metavar="LESSON",
        help="short name of a lesson, such as 3-1c",
    )
    parser.add_argument("--seed", type=int, default=1, help="another whole number draws other numbers")
    return parser


def _count(text):
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST:
        raise argparse.ArgumentTypeError(f"expected a number of students from 1 to {_MOST}, got {text!r}")
    return int(text)


if __name__ == "__main__":
    main()
