"""Reads lessons, explorers and pictures: what is written in a cell, drawn in an image, offered by a control.

A picture here is an explorer, anything else with SVG text in `svg`, or SVG text.
"""

import base64
import io
import re
from collections import defaultdict
from functools import lru_cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import ipywidgets
import nbformat
import numpy as np
from PIL import Image

from helpers.chapter.terms import TERMS

LESSONS = Path(__file__).parents[1] / "notebooks" / "en"
# English that stands in other editions: keys and menus, names, titles of works, parts of networks, terms.
_NAMES = re.compile(
    "|".join(
        (
            "Run All Cells|Restart Kernel|Page Up|Page Down|QR code|avg pool|max pool",
            "MIT License|Clause License",
            r"\w+ et al|Simonyan & Zisserman|Derivation of Backpropagation in Convolutional Neural Network",
            *(term.english for term in TERMS),
        )
    )
)
# Code, addresses, formulas, and the English of a term, which stands in brackets.
_NO_WORDS = re.compile(r"`[^`]*`|\]\([^)]*\)|\$[^$]*\$|（[^）]*）")


def lesson_cells(name):
    """Read the cells of a lesson."""
    return nbformat.read(LESSONS / f"{name}.ipynb", as_version=4).cells


def number(text):
    """Read a number with a true minus sign."""
    return float(text.replace("−", "-"))


def settings(control):
    """List every value that a person can give a control; of a scale without steps, ends and middle."""
    if isinstance(control, ipywidgets.Dropdown):
        return [value for _, value in control.options]
    if isinstance(control, ipywidgets.Checkbox):
        return [False, True]
    if isinstance(control, ipywidgets.FloatSlider | ipywidgets.BoundedFloatText):
        return [control.min, (control.min + control.max) / 2 + control.step, control.max]
    return list(range(control.min, control.max + 1))


def elements(picture, kind="*", **attributes):
    """List the elements of a kind, such as "rect", that have these attributes (stroke_width="3")."""
    wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
    return [found for found in _parsed(picture)[0][kind] if wanted.items() <= found.attrib.items()]


def _parsed(picture):
    view = getattr(picture, "view", picture)
    return _parsed_text(getattr(view, "svg", view))


@lru_cache(maxsize=2)
def _parsed_text(svg):
    """Return the elements by kind, and the grids: name -> [((row, column), rectangle, text)]."""
    kinds, grids = defaultdict(list), defaultdict(list)
    for element in ElementTree.fromstring(svg).iter():
        kinds["*"].append(element)
        kinds[element.tag.partition("}")[2]].append(element)
        name, *place = element.get("data-cell", "").rsplit("-", 2)
        if len(place) == 2 and "data-pixels" not in element.attrib:
            rectangle, text = element
            grids[name].append((tuple(map(int, place)), rectangle, text.text or ""))
    return kinds, grids


def smallest_type(picture):
    """Return the size of the smallest type in pixels."""
    return min(float(element.get("font-size", "inf")) for element in elements(picture))


def texts(picture, **attributes):
    """List the texts in the order in which they are drawn."""
    return ["".join(element.itertext()) for element in elements(picture, "text", **attributes)]


def places(picture):
    """List what a click can report: each data-cell, without sheets of pixels."""
    found = (element.attrib for element in elements(picture))
    return [names["data-cell"] for names in found if "data-cell" in names and "data-pixels" not in names]


def _cells(picture, name):
    return _parsed(picture)[1][name]


def cells(picture, name):
    """Read the texts of a grid: (row, column) -> text."""
    return {place: text for place, _, text in _cells(picture, name)}


def fills(picture, name):
    """Read the colours of a grid: (row, column) -> colour."""
    return {place: rectangle.get("fill") for place, rectangle, _ in _cells(picture, name)}


def filled(picture, name, colour):
    """List the cells of a grid, (row, column), that have this colour."""
    return [place for place, fill in fills(picture, name).items() if fill == colour]


def grids(picture, name):
    """Read all grids of one name, each as an array of its texts."""
    found = []
    for (row, column), _, text in _cells(picture, name):
        if row == column == 0:
            found.append([])
        if column == 0:
            found[-1].append([])
        found[-1][-1].append(text)
    return [np.array(grid) for grid in found]


def grid(picture, name):
    """Read the numbers of a grid as an array."""
    (shown,) = grids(picture, name)
    return np.array([[number(text) for text in row] for row in shown])


def shape(picture, name):
    """Read the size of a grid; (0, 0) where there is none."""
    return max((array.shape for array in grids(picture, name)), default=(0, 0))


def pixels(source):
    """Decode an image written as data:image/png;base64,..."""
    data = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(data)))


def images(picture):
    """Read the images in the order in which they are drawn."""
    return [pixels(element.get("href")) for element in elements(picture, "image")]


def words(html):
    """Return what HTML says, also in pictures and to a screen reader, without code."""
    html = re.sub(r'src="data:image/svg\+xml,([^"]*)"', lambda image: f">{unquote(image[1])}<", html)
    html = re.sub(r"data:image/png;base64,[\w+/=]+", "", html)
    labels = re.findall(r'(?:aria-label|alt|title|content)="([^"]*)"', html)
    html = re.sub(r"<(style|script|pre|code|math)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return unescape(" ".join([*labels, re.sub(r"</?[a-zA-Z!][^>]*>", "\n", html)]))


def english(text):
    """List what stands in a text, Markdown or HTML, as English: two words in a row that are no name."""
    return re.findall(r"\b[A-Za-z]{2,} [a-z]{2,}\b", _NAMES.sub("", _NO_WORDS.sub("", words(text))))
