"""How explorers spell out sums and products in words of numbers."""

from helpers.figures import svg


def factor(value, write=svg.number):
    """Write a number that follows a sign; a negative one in brackets."""
    return write(value) if value >= 0 else f"({write(value)})"


def products(values, weights, write=svg.number):
    """Write a sum of products, such as −2·1 + 3·(−1); only the very first number goes without brackets."""
    firsts = [write(values[0]), *(factor(value, write) for value in values[1:])]
    return " + ".join(f"{first}·{factor(w, write)}" for first, w in zip(firsts, weights, strict=True))


def total(values, write=svg.number):
    """Write a sum, such as 2 + (−1)."""
    first, *rest = values
    return " + ".join([write(first), *(factor(value, write) for value in rest)])


def window_products(window, kernel, result):
    """Spell out the inner product of a window and a filter, one line for each row of the filter."""
    rows = [products(*row) for row in zip(window, kernel, strict=True)]
    return [*(f"{row} +" for row in rows[:-1]), f"{rows[-1]} = {svg.number(result)}"]
