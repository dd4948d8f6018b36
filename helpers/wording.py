"""Numbers, sums and products as text, each with a true minus, and tables."""

import re
from functools import lru_cache
from unicodedata import east_asian_width

from helpers.language import say

_BETWEEN_CHINESE = re.compile("(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def settled(value):
    """Round away the last bits of a sum: they differ between processors, and must not decide a tie."""
    return round(float(value), 10)


# Pictures write the same numbers again and again.
@lru_cache(maxsize=1 << 14)
def number(value):
    """Write a number as the lessons do: whole numbers plain, others to two decimals."""
    value = settled(value)
    return f"{value:z.{0 if value == int(value) else 2}f}".replace("-", "−")


def rounded(value):
    """Round to two decimals and write as `number` does: what is nearly whole becomes plain."""
    return number(round(float(value), 2))


@lru_cache(maxsize=1 << 14)
def fixed(value, decimals):
    """Write a number with exactly so many decimals; what rounds to zero has no sign."""
    return f"{settled(value):z.{decimals}f}".replace("-", "−")


def trimmed(value, decimals=4):
    """Write a number with at most so many decimals, without zeros at its end."""
    text = fixed(value, decimals)
    return text.rstrip("0").rstrip(".") if decimals else text


def signed(value, decimals=2):
    """Write a number with exactly so many decimals and its sign, also a plus."""
    return f"{settled(value):+.{decimals}f}".replace("-", "−")


def percent(share, decimals=0):
    """Write a fraction as a percentage, such as 62 %."""
    return say("{number} %", number=fixed(100 * share, decimals))


def together(sentences):
    """Write sentences one after the other; no space follows a Chinese full stop."""
    return " ".join(sentences).replace("。 ", "。")


def listed(parts):
    """Write parts one after the other, with a comma between them."""
    return say(", ").join(parts)


def unbroken(text):
    """Write a few words so that a narrow column keeps them on one line; Chinese may break at each letter."""
    joined = _BETWEEN_CHINESE.sub("\N{WORD JOINER}", text)
    return joined.replace(" ", "\N{NO-BREAK SPACE}").replace("-", "\N{NON-BREAKING HYPHEN}")


def letters(text):
    """Count the letters of a text, a wide one, such as Chinese, as two."""
    return sum(1 + (east_asian_width(letter) in "WF") for letter in text)


def indexed(letter, *indices):
    """Write a letter with whole numbers as its index, such as w₁₂; indices count from 1."""
    return letter + "".join(str(index) for index in indices).translate(_SUBSCRIPTS)


def factor(value, write=number):
    """Write a number that follows a sign; a negative one in brackets."""
    return write(value) if value >= 0 else f"({write(value)})"


def products(values, weights, write=number):
    """Write a sum of products, such as −2·1 + 3·(−1); only the very first number goes without brackets."""
    firsts = [write(values[0]), *(factor(value, write) for value in values[1:])]
    return " + ".join(f"{first}·{factor(w, write)}" for first, w in zip(firsts, weights, strict=True))


def total(values, write=number):
    """Write a sum, such as 2 + (−1)."""
    first, *rest = values
    return " + ".join([write(first), *(factor(value, write) for value in rest)])


def sum_lines(rows, result):
    """Write the rows of a sum below each other: a plus sign behind each, the result behind the last."""
    return [*(f"{row} +" for row in rows[:-1]), f"{rows[-1]} = {result}"]


def product_lines(values, weights, result, write=number):
    """Spell out a sum of products, four to a line."""
    fours = [slice(start, start + 4) for start in range(0, len(values), 4)]
    return sum_lines([products(values[some], weights[some], write) for some in fours], result)


def window_products(window, kernel, result):
    """Spell out the inner product of a window and a filter, one line for each row of the filter."""
    return sum_lines([products(*row) for row in zip(window, kernel, strict=True)], number(result))


def table(heading, rows):
    """Write a Markdown table from its first line, such as "| letter | stands for |", and rows of cells."""
    lines = [heading, "|---" * (heading.count("|") - 1) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])
