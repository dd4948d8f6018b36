"""The reader's language: whatever a reader sees in words goes through `say` or `say_count`.

English stands in the code as the key; `pybabel extract` lists every key (see CONTRIBUTING).
"""

import gettext
import os
import re
from functools import cache
from pathlib import Path

CAPTION = "stands in code"  # the context of words that lessons' code brings
LOCALE = Path(__file__).resolve().parents[1] / "locale"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def say(sentence, /, **values):
    """Return a sentence, or a label, in the reader's language, with its values filled in.

    Args:
        sentence: English with names in braces, written out in the call, so that it can be extracted.
        values: what the names in braces stand for; numbers with decimals as text from `helpers.wording`.

    Returns:
        The sentence as text.

    >>> say("The output is {height} × {width}.", height=4, width=5)
    'The output is 4 × 5.'
    """
    return _catalogue().gettext(sentence).format(**values)


def say_count(one, several, count, /, **values):
    """Return the form of a sentence that goes with a count, in the reader's language.

    Args:
        one: English for a count of one, as for `say`.
        several: English for other counts; {count} stands for the count.
        count: a whole number.
        values: as for `say`.

    Returns:
        The sentence as text.

    >>> say_count("{count} window", "{count} windows", 3)
    '3 windows'
    """
    return _catalogue().ngettext(one, several, count).format(count=count, **values)


def said(text):
    """Return words that a lesson's code brings, such as a title, in the reader's language.

    Numbers in a title may differ: the translation leaves their places open, as in "{} steps".
    """
    open_text = _NUMBER.sub("{}", text)
    for key, numbers in ((text, ()), (open_text, _NUMBER.findall(text))):
        if (translated := _catalogue().pgettext(CAPTION, key)) != key:
            return translated.format(*numbers) if numbers else translated
    return text


def language():
    """Name the reader's language as web pages do, such as "zh-Hant"; "en" where it has no catalogue."""
    return "en" if type(_catalogue()) is gettext.NullTranslations else _wanted()


@cache
def _catalogue():
    # English has no catalogue: each key says what it means.
    return gettext.translation("helpers", LOCALE, [_wanted().replace("-", "_")], fallback=True)


def _wanted():
    """Return the language that CNN_LANGUAGE names, or else the name of the folder in which a lesson lies."""
    return os.environ.get("CNN_LANGUAGE") or Path.cwd().name
