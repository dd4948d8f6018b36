"""A question as HTML: what a stored lesson and a worksheet show, and what the live view gets."""

from html import escape

import numpy as np

from helpers.drawing import show_arrays
from helpers.drawing.picture import svg_image
from helpers.language import say
from helpers.questions.markup import live_html, stored_html
from helpers.questions.question import Array, Blanks, Cell, Choice, Order, place_names
from helpers.wording import listed, number

_HINT = say("<em>Run the lesson, and you can answer here: Run → Run All Cells.</em>")


# The line that tells a reader of a stored lesson how to answer.
ANSWER_HINT = f"<p>{_HINT}</p>"


def still(question, html=stored_html):
    """Return a question as HTML that does not move, with its answer folded away.

    Args:
        question: a Question.
        html: what turns its Markdown into HTML.
    """
    shown = [*question.pictures, *([show_arrays(question.grid)] if isinstance(question, Cell) else [])]
    pictures = "".join(f"<div>{svg_image(p.svg, p.svg.description)}</div>" for p in shown)
    title = escape(say("Answer"))
    return (
        f'<div class="cnn-question">{html(question.text)}{pictures}{_options(question, html)}'
        f"<details><summary>{title}</summary>"
        f"{html(solution(question))}{html(question.explanation)}</details></div>"
    )


def _options(question, html):
    if isinstance(question, Choice):
        return f"<ol>{''.join(f'<li>{html(option)}</li>' for option in question.options)}</ol>"
    if isinstance(question, Order):
        first, last = map(html, question.ends)
        items = "".join(f"<li>{html(question.items[item])}</li>" for item in question.shown)
        return f"{first}<ul>{items}</ul>{last}"
    return ""


def solution(question):
    """Return the right answer as a sentence of Markdown."""
    if isinstance(question, Array):
        rows = np.reshape(question.solution, question.shape)
        return say("The answer is:") + "\n\n" + "\n".join(f"    {'  '.join(row)}" for row in rows)
    if isinstance(question, Blanks) and len(question.solution) > 1:
        answers = listed(
            say("{name}: {value}", name=name, value=text)
            for name, text in zip(question.blanks, question.solution, strict=True)
        )
        return say("The answer is {answer}.", answer=answers)
    if isinstance(question, Order):
        return say("The answer is: {answer}", answer=question.solution[0])
    text = question.solution[0] + (f" {question.unit}" if getattr(question, "unit", "") else "")
    return say("The answer is: **{answer}**", answer=text)


def described(question):
    """Describe a question as its view needs it."""
    shown = {"html": live_html(question.text), "pictures": [p.svg for p in question.pictures]}
    if isinstance(question, Choice):
        return shown | {"kind": "choice", "options": [live_html(option) for option in question.options]}
    if isinstance(question, Order):
        items = [{"item": str(item), "html": live_html(question.items[item])} for item in question.shown]
        ends = [live_html(end) for end in question.ends]
        return shown | {"kind": "order", "items": items, "ends": ends}
    if isinstance(question, Cell):
        labels = [[number(value) for value in row] for row in np.asarray(question.grid).tolist()]
        return shown | {"kind": "cell", "rows": labels, "names": place_names(np.shape(question.grid))}
    shown |= {"kind": "blanks", "blanks": question.blanks, "note": question.note}
    if isinstance(question, Array):
        shown |= {"kind": "array", "columns": question.shape[1]}
    return shown
