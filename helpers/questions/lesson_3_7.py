"""Questions of lesson 3-7: the chapter's words, letters and equations; most are drawn from its tables."""

import math

import numpy as np

from helpers.chapter.equation_map import ENTRIES
from helpers.chapter.lessons import LESSONS
from helpers.chapter.terms import SYMBOLS, TERMS
from helpers.language import say
from helpers.questions.catalogue import question
from helpers.questions.question import Choice, Number, Numbers
from helpers.reference.convolution import convolve2d
from helpers.reference.geometry import output_size
from helpers.wording import listed

_OPTIONS = 4
_TOGETHER = ("affine layer, dense", "filter, kernel")
_LOOSE = "training"  # its word in the book is that of a training set
_EVERYWHERE = ("convolutional network", "convolution layer", "pooling")  # in all lessons
_TWO_MEANINGS = ("*f*", "*s*", "*d*", "*k*", "*C*", "*h*")
# Formulas as the chapter prints them, by the item that the equation map gives them.
_FORMULAS = {
    "3.1": "d = \\frac{l - f + 2p}{s} + 1",
    "3.15": "C = C_1 + C_2 + C_3",
    "3.16": "P(i, j) = \\frac{1}{n^2} \\sum_{u=0}^{n-1} \\sum_{v=0}^{n-1} C(ni - u, nj - v)",
    "3.19": "\\hat{y} = \\mathrm{Softmax}(W f + b)",
    "3.20": "L = \\frac{1}{2} \\sum_i (\\hat{y}_i - y_i)^2",
    "3.22": "\\mathrm{d}W = \\delta f^T",
    "3.24": "\\mathrm{d}b = \\delta",
    "3.23, 3.25": "W \\leftarrow W - \\eta\\,\\mathrm{d}W, \\quad b \\leftarrow b - \\eta\\,\\mathrm{d}b",
    "3.28": "\\mathrm{d}C(i, j) = \\frac{1}{n^2}\\,\\mathrm{d}P(\\lceil i/n \\rceil, \\lceil j/n \\rceil)",
}


def _pairs():
    """List pairs (English word, the book's word), one for each word of a term that can be taken apart."""
    pairs = []
    for term in TERMS:
        english, chinese = term.english.split(", "), term.chinese.split("、")
        apart = len(english) == len(chinese) and term.english not in _TOGETHER
        pairs += zip(english, chinese, strict=True) if apart else [(term.english, term.chinese)]
    return [(english, chinese) for english, chinese in pairs if english != _LOOSE]


def _rows(*words):
    """List the places of English words among the pairs."""
    english = [word for word, _ in _pairs()]
    return [english.index(word) for word in words]


def _some(count):
    """Make a `draw` that chooses rows of a table: (row asked for, rows of other options, its place)."""

    def draw(rng):
        row, *others = rng.sample(range(count), _OPTIONS)
        return row, others, rng.randrange(_OPTIONS)

    return draw


def _chosen(table, rows):
    return [table[row] for row in rows]


def _choice(*, text, answer, others, place, explanation):
    """Make a Choice whose right option stands at a place.

    Args:
        text: the question.
        answer: the right option.
        others: pairs (wrong option, what it really is).
        place: of the right option, from 0.
        explanation: as for Choice.
    """
    wrong = [option for option, _ in others]
    options = [*wrong[:place], answer, *wrong[place:]]
    mistakes = [(options.index(option), sentence) for option, sentence in others]
    return Choice(
        text=text, options=options, answer=options.index(answer), mistakes=mistakes, explanation=explanation
    )


@question(*_rows("stride"), _rows("padding", "channel", "hyperparameter"), 2, draw=_some(len(_pairs())))
def word_of_the_book(row, others, place):
    """From an English word to the book's."""
    pairs = _pairs()
    english, chinese = pairs[row]
    return _choice(
        text=say("Which word does the book use for **{word}**?", word=english),
        answer=chinese,
        others=[
            (word, say("{chinese} is *{english}*.", chinese=word, english=other))
            for other, word in _chosen(pairs, others)
        ],
        place=place,
        explanation=say("The book's word for *{english}* is {chinese}.", english=english, chinese=chinese),
    )


@question(
    *_rows("backpropagation"), _rows("forward pass", "turned filter", "update"), 1, draw=_some(len(_pairs()))
)
def word_of_the_lessons(row, others, place):
    """From the book's word to the English one."""
    pairs = _pairs()
    english, chinese = pairs[row]
    return _choice(
        text=say("You read **{word}** in the book. What is it in English?", word=chinese),
        answer=english,
        others=[
            (other, say("*{english}* would be {chinese}.", english=other, chinese=word))
            for other, word in _chosen(pairs, others)
        ],
        place=place,
        explanation=say("{chinese} is *{english}*.", chinese=chinese, english=english),
    )


def _today():
    """List the terms for which Taiwan mostly says one other word today."""
    return [term for term in TERMS if term.usual and "、" not in term.chinese + term.usual]


@question(2, [3, 0, 4], 0, draw=_some(len(_today())))
def word_of_today(row, others, place):
    """From the book's word to the one that is usual today."""
    terms = _today()
    term = terms[row]
    return _choice(
        text=say(
            "The book says **{word}**. Which word would you look for in a newer text?", word=term.chinese
        ),
        answer=term.usual,
        others=[
            (
                other.usual,
                say("The book's word for {usual} is {chinese}.", usual=other.usual, chinese=other.chinese),
            )
            for other in _chosen(terms, others)
        ],
        place=place,
        explanation=say(
            "Both are *{english}*: {chinese} in the book, {usual} in most texts today.",
            english=term.english,
            chinese=term.chinese,
            usual=term.usual,
        ),
    )


def _plain_letters():
    """List the letters that have a single meaning."""
    return [symbol for symbol in SYMBOLS if not symbol.care]


@question(11, [1, 2, 8], 3, draw=_some(len(_plain_letters())))
def meaning_of_a_letter(row, others, place):
    """What a letter stands for."""
    letters = _plain_letters()
    symbol = letters[row]
    return _choice(
        text=say("What do the lessons mean by {letter}?", letter=symbol.letter),
        answer=symbol.meaning,
        others=[
            (other.meaning, say("For that the lessons write {letter}.", letter=other.letter))
            for other in _chosen(letters, others)
        ],
        place=place,
        explanation=say("{letter}: {meaning}.", letter=symbol.letter, meaning=symbol.meaning),
    )


def _double_letters():
    """List the letters that the chapter uses twice."""
    return [symbol for symbol in SYMBOLS if symbol.letter in _TWO_MEANINGS]


@question(0, [1, 3, 4], 2, draw=_some(len(_double_letters())))
def second_meaning(row, others, place):
    """What else a letter means."""
    letters = _double_letters()
    symbol = letters[row]
    return _choice(
        text=say(
            "{letter}: {meaning}. What else does this letter mean?",
            letter=symbol.letter,
            meaning=symbol.meaning,
        ),
        answer=symbol.care,
        others=[
            (other.care, say("That is the second meaning of {letter}.", letter=other.letter))
            for other in _chosen(letters, others)
        ],
        place=place,
        explanation=say(
            "{letter}: {meaning}; {care}.", letter=symbol.letter, meaning=symbol.meaning, care=symbol.care
        ),
    )


def _numbers(item):
    """Write the numbers of equations, such as "3.23, 3.25", with the comma of the reader's language."""
    return listed(item.split(", "))


@question(2, [3, 8, 6], 1, draw=_some(len(_FORMULAS)))
def what_a_formula_says(row, others, place):
    """What an equation is about."""
    subjects = {entry.item: entry.subject for entry in ENTRIES}
    items = list(_FORMULAS)
    item = items[row]
    return _choice(
        text=say("What is the book's {item} about?", item=_numbers(item)) + f"\n\n${_FORMULAS[item]}$",
        answer=subjects[item],
        others=[
            (
                subjects[other],
                say("That is {item}: ${formula}$.", item=_numbers(other), formula=_FORMULAS[other]),
            )
            for other in _chosen(items, others)
        ],
        place=place,
        explanation=say("Equation {item}: {subject}.", item=_numbers(item), subject=subjects[item]),
    )


def _terms_by_lesson():
    """List one pair (the book's words, lesson's short name) for each lesson that explains some."""
    first = {}
    for term in TERMS:
        if term.english not in _EVERYWHERE:
            first.setdefault(term.lesson, term.chinese)
    return [(chinese, lesson) for lesson, chinese in first.items()]


@question(4, [3, 1, 2], 0, draw=_some(len(_terms_by_lesson())))
def lesson_of_a_word(row, others, place):
    """Where a term is explained."""
    titles = {lesson.short: f"{lesson.short} {lesson.title}" for lesson in LESSONS}
    terms = _terms_by_lesson()
    chinese, lesson = terms[row]
    return _choice(
        text=say("You stop at **{words}** in the book. Which lesson takes you on?", words=chinese),
        answer=titles[lesson],
        others=[
            (titles[short], say("That one explains {words}, among others.", words=words))
            for words, short in _chosen(terms, others)
        ],
        place=place,
        explanation=say("Lesson {title}; the table of words has the link.", title=titles[lesson]),
    )


def _setting(rng):
    window, padding, stride = rng.choice([3, 5]), rng.randint(1, 3), rng.randint(2, 3)
    return window - 2 * padding + stride * rng.randint(3, 6), window, padding, stride


@question(11, 3, 2, 3, draw=_setting)
def size_in_chinese(side, window, padding, stride):
    """An output size, asked in the book's words."""
    room = side + 2 * padding - window

    def places(room, stride):
        return room // stride + 1 if room >= 0 and room % stride == 0 else None

    return Number(
        text=say(
            "With the book's words: 圖像 {side} × {side}，過濾器 {window} × {window}，填補 {padding}，"
            "步幅 {stride}。How large is the 空間維度?",
            side=side,
            window=window,
            padding=padding,
            stride=stride,
        ),
        answer=output_size(side, window, padding, stride),
        mistakes=[
            (
                places(side + 2 * stride - window, padding),
                say(
                    "You have taken 填補 for the stride and 步幅 for the padding: it is the other way round."
                ),
            ),
            (room // stride, say("The words are right. But the starting place counts, too: add 1.")),
            (
                (side - window) // stride + 1,
                say("The stride is right. You have left out 填補: how much does it add to the side?"),
            ),
            (
                places(side + padding - window, stride),
                say("The words are right. But 填補 names the zeros at each end: it counts twice."),
            ),
        ],
        hints=[
            say("填補 is the padding, 步幅 the stride, and 空間維度 the side of the output."),
            say("Equation 3.1: $d = (l - f + 2p)/s + 1$."),
        ],
        explanation=say(
            "$({side} - {window} + 2 \\cdot {padding})/{stride} + 1 = {size}$: the 空間維度 is **{size}**.",
            side=side,
            window=window,
            padding=padding,
            stride=stride,
            size=room // stride + 1,
        ),
    )


def _weight(rng):
    k = rng.randint(2, 4)
    return k, rng.randint(1, k), rng.randint(1, k)


@question(3, 1, 2, draw=_weight)
def index_of_a_weight(k, m, n):
    """The turned index of equation 3.2."""
    names = np.arange(k * k).reshape(k, k)
    # A picture that is 0 but for the pixel (m, n) of its only window: the output is the weight that meets it.
    image = np.zeros((k, k), int)
    image[m - 1, n - 1] = 1
    row, column = divmod(int(convolve2d(image, names)[0, 0]), k)

    def answer(row, column):
        return {say("row"): row, say("column"): column}

    return Numbers(
        text=say(
            "In equation 3.2 stands $w_{{(k+1-m)(k+1-n)}}$. Which weight is that for $k = {k}$, $m = {m}$, "
            "$n = {n}$?",
            k=k,
            m=m,
            n=n,
        ),
        answer=answer(row + 1, column + 1),
        mistakes=[
            (answer(m, n), say("That is $w_{{mn}}$, the filter as it stands. In 3.2 it is turned.")),
            (
                answer(column + 1, row + 1) if row != column else None,
                say("The first bracket is the row, the second one the column."),
            ),
            (answer(row, column), say("You have left out the 1: rows and columns count from 1 here.")),
        ],
        hints=[say("Put the numbers into both brackets: $k + 1 - m$ comes first.")],
        explanation=say(
            "Row ${k} + 1 - {m} = {row}$ and column ${k} + 1 - {n} = {column}$: the weight "
            "$w_{{{row}{column}}}$. The first pixel of a window meets the last weight.",
            k=k,
            m=m,
            n=n,
            row=row + 1,
            column=column + 1,
        ),
    )


def _block(rng):
    return rng.randint(2, 3), rng.randint(1, 7), rng.randint(1, 7)


@question(2, 5, 2, draw=_block)
def block_of_a_number(n, i, j):
    """The ceilings of equation 3.28."""

    def answer(row, column):
        return {say("row"): row, say("column"): column}

    return Numbers(
        text=say(
            "Equation 3.28 sends the gradient of $P(\\lceil i/n \\rceil, \\lceil j/n \\rceil)$ to $C(i, j)$. "
            "Which number of $P$ is that for $n = {n}$, $i = {i}$, $j = {j}$?",
            n=n,
            i=i,
            j=j,
        ),
        answer=answer(math.ceil(i / n), math.ceil(j / n)),
        mistakes=[
            (answer(i // n, j // n), say("You have rounded down. $\\lceil\\;\\rceil$, 取頂函數, rounds up.")),
            (answer(i // n + 1, j // n + 1), say("Rounding up leaves a whole number as it is.")),
            (answer(i, j), say("That is the place in $C$. Divide by $n$, and round up.")),
            (
                answer(math.ceil(j / n), math.ceil(i / n)) if math.ceil(i / n) != math.ceil(j / n) else None,
                say("Both numbers are right, but $i$ comes first: it is for the row."),
            ),
        ],
        hints=[say("$\\lceil x \\rceil$ is the smallest whole number that is not below $x$.")],
        explanation=say(
            "${i}/{n}$ rounded up is **{row}**, ${j}/{n}$ rounded up is **{column}**: the block in which the "
            "number lies.",
            i=i,
            j=j,
            n=n,
            row=math.ceil(i / n),
            column=math.ceil(j / n),
        ),
    )


CHECK_YOURSELF = (word_of_the_book, word_of_the_lessons, size_in_chinese, index_of_a_weight, second_meaning)
