"""GoogLeNet's table, printed and counted (section 3-4)."""

from helpers.drawing import SvgPicture, svg
from helpers.language import say
from helpers.reference.googlenet import TABLE_1, count_rows
from helpers.wording import signed

_MARGIN, _TOP, _LINE = 14, 58, 25
_RIGHT = (258, 352, 430, 516, 596, 668, 746)  # edges of the columns behind the first
_KINDS = {  # of rows, as the paper names them
    "convolution": say("convolution"),
    "max pool": say("max pool"),
    "avg pool": say("avg pool"),
    "linear": say("linear"),
}
_UNITS = {"K": 1024, "M": 1_000_000}  # what the paper's letters mean


def googlenet_table():
    """Show the paper's Table 1 beside our counts; where they are more than 1 apart, by how much.

    Returns:
        A picture for the end of a cell; as text, the same numbers.
    """
    counted = count_rows()
    printed = [(row.parameters or 0, row.operations or 0) for row in TABLE_1]
    own = [(row.weights, row.operations) for row in counted]
    rows = [
        (_KINDS.get(row.name, row.name), f"{size.side} × {size.side} × {size.channels}", *_compared(*numbers))
        for row, size, *numbers in zip(TABLE_1, counted, printed, own, strict=True)
    ]
    sums = ([sum(column) for column in zip(*pairs, strict=True)] for pairs in (printed, own))
    rows.append((say("together"), "", *_compared(*sums)))
    heading = ("", say("output"), *(say("printed"), say("counted"), "") * 2)
    description = say("GoogLeNet's table: what the paper prints, and what its rows come to.")
    height = _TOP + _LINE * len(rows)
    parts = [
        svg.text(_RIGHT[2], 20, say("parameters"), anchor="end", weight="bold"),
        svg.text(_RIGHT[5], 20, say("multiplications"), anchor="end", weight="bold"),
        _line(heading, 42, fill=svg.MUTED),
        *(_line(row, _TOP + 10 + _LINE * place) for place, row in enumerate(rows)),
    ]
    text = "\n".join(" | ".join(row) for row in (heading, *rows))
    return SvgPicture(svg.document(svg.WIDTH, height, parts, description), text)


def _compared(printed, counted):
    """Write parameters, then multiplications: printed, counted, and a difference of more than 1."""
    texts = []
    for on_page, exact, (letter, unit) in zip(printed, counted, _UNITS.items(), strict=True):
        value = exact / unit
        off = signed(100 * (value / on_page - 1), 1) + " %" if on_page and abs(value - on_page) > 1 else ""
        texts += [f"{on_page:,}{letter}", f"{value:,.1f}", off] if on_page else ["", "", ""]
    return texts


def _line(texts, y, **look):
    """Write one row of the table; a difference is smaller and gets a tint."""
    name, *others = texts
    parts = [svg.text(_MARGIN, y, name, **look)]
    for place, (right, text) in enumerate(zip(_RIGHT, others, strict=True)):
        is_difference = place in (3, 6)
        if text and is_difference:
            parts.append(svg.rectangle(right - 74, y - 16, 78, 21, fill=svg.ORANGE_TINT))
        parts.append(svg.text(right, y, text, anchor="end", size=14 if is_difference else 15, **look))
    return "".join(parts)
