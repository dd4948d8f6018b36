"""What a reader may have meant by what was typed: every usual spelling of a number."""

import math
import re
import unicodedata

_LONGEST = 40  # characters; a longer text is no number that anybody types by hand
_SIGNS = str.maketrans({"−": "-", "–": "-", "⁄": "/"})
_NUMBER = r"[+-]?(\d[\d.,]*|[.,]\d+)(e[+-]?\d+)?"


def readings(text):
    """List the numbers that a text can mean.

    Args:
        text: as it was typed, such as "0.60", ".6", "0,6", "3/5", "1 2/3", "−2" or "225,920". "60 %" is 60
            where the question asks for per cent, and 0.6 where it asks for a share.

    Returns:
        Floats, ascending, one for each way to read the text: "1,234" is one and a bit, or more than a
        thousand. None for what is no number.

    >>> readings(".6"), readings("3/5"), readings("1,234")
    ([0.6], [0.6], [1.234, 1234.0])
    """
    # NFKC brings the full-width digits and signs of Chinese keyboards into the usual form.
    typed = unicodedata.normalize("NFKC", text).translate(_SIGNS).lower()
    if mixed := re.fullmatch(r"\s*([+-]?)\s*(\d{1,9})\s+(\d{1,9}/\d{1,9})\s*", typed):
        sign, whole, fraction = mixed.groups()
        return [float(f"{sign}{int(whole) + value}") for value in readings(fraction)]
    plain = "".join(typed.split())
    parts = plain.removesuffix("%").split("/")
    units = [1, 100] if plain.endswith("%") else [1]
    if len(plain) > _LONGEST or len(parts) > 2 or not all(re.fullmatch(_NUMBER, part) for part in parts):
        return []
    above, below = [*map(_decimals, parts), [1.0]][:2]
    quotients = [a / b / unit for a in above for b in below if b for unit in units]
    return sorted(value for value in quotients if math.isfinite(value))


def _decimals(text):
    """List the ways to read a number without a fraction bar: both signs may mark the decimals."""
    found = []
    for decimal_sign, group_sign in (".,", ",."):
        whole, _, decimals = text.partition(decimal_sign)
        first, *groups = whole.split(group_sign)
        if groups and not (re.fullmatch("[+-]?[1-9].*", first) and all(len(group) == 3 for group in groups)):
            continue
        if not re.search("[.,]", decimals):
            value = float(f"{first}{''.join(groups)}.{decimals}" if decimals else first + "".join(groups))
            found += [value] if value not in found else []
    return found
