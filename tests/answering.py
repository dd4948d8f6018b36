"""Answers questions as a reader does."""

from fractions import Fraction
from itertools import pairwise

import numpy as np

from helpers.questions.question import Cell, Choice, Order
from helpers.wording import fixed


def as_typed(question, answer):
    """Write an answer as its reader gives it; where a mistake leaves blanks open, the right numbers.

    Returns:
        A list of texts, as `Question.judge` takes it.
    """
    if isinstance(question, Choice):
        return [str(answer)]
    if isinstance(question, Cell):
        return [str(answer[0] * np.shape(question.grid)[1] + answer[1])]
    if isinstance(question, Order):
        return [str(item) for item in question.ranked(answer)]
    pairs = zip(question.numbers(answer), question.numbers(question.answer), strict=True)
    return [repr(right if value is None else value) for value, right in pairs]


def spellings(question):
    """List the right answer in all its spellings, each as `as_typed`."""
    exact = as_typed(question, question.answer)
    if isinstance(question, Choice | Cell):
        return [exact]
    if isinstance(question, Order):
        # Neighbours that are near enough stand either way.
        ranked = [question.answer[int(item)] for item in exact]
        swapped = [[*exact[:i], exact[i + 1], exact[i], *exact[i + 2 :]] for i in range(len(exact) - 1)]
        gaps = [above - below for above, below in pairwise(ranked)]
        return [exact, *(order for order, gap in zip(swapped, gaps, strict=True) if gap <= question.near)]
    values = question.numbers(question.answer)
    rounded = [fixed(value, question.decimals) for value in values]
    return [
        exact,
        rounded,
        [text.replace(".", ",") for text in rounded],
        [text.replace("−", "-") for text in rounded],
        [f" {text} " for text in question.solution],
        [str(Fraction(value).limit_denominator(10**6)) for value in values],
    ]
