"""Each figure and equation of the book as a page of its own: whoever has its number can type its address."""

import re
from dataclasses import dataclass

from nbformat.v4 import new_markdown_cell, new_notebook

from helpers.chapter.equation_map import ENTRIES, Entry
from helpers.chapter.lessons import LESSONS
from helpers.language import say

# Where the map leads to a cell that stands still: the explorer of that lesson in which it moves.
# fmt: off
_MOVES_IN = {
    "figure-3-2": "output-size-explorer",
    "figure-3-5": "shared-weights-explorer",
    "figure-3-9": "worked-example-explorer",
    "figure-3-10": "worked-example-explorer",
    "figure-3-12": "inception-explorer",
    "figure-3-13": "stack-explorer",
    "equation-3.1": "output-size-explorer",
    "equation-3.2": "shared-weights-explorer",
    "equation-3.4": "weight-gradient-explorer",
    "equation-3.5": "weight-gradient-explorer",
    "equation-3.6": "pooling-gradient-explorer",
    "equation-3.7": "flipped-filter-explorer",
    "equation-3.8": "flipped-filter-explorer",
    **{f"equation-3.{number}": "complete-model-explorer" for number in (12, 13, 14, 16, 17, 18, 19, 20)},
    **{f"equation-3.{number}": "backpropagation-explorer"
       for number in (21, 22, 24, 26, 27, 28, 29, 31, 32, 34)},
    **{f"equation-3.{number}": "learning-explorer" for number in (23, 25)},
}
# fmt: on


@dataclass(frozen=True)
class Place:
    """One figure or equation.

    Attributes:
        kind: "figure" or "equation".
        number: as the book prints it, such as "3-6" or "3.28".
        entries: what the map says of it; all in one lesson.
    """

    kind: str
    number: str
    entries: tuple[Entry, ...]

    @property
    def name(self):
        """The name of its page."""
        return f"{self.kind}-{self.number}"

    @property
    def title(self):
        """How the book calls it."""
        if self.kind == "figure":
            return say("Figure {number}", number=self.number)
        return say("Equation ({number})", number=self.number)

    @property
    def subject(self):
        """What it is about."""
        return "; ".join(entry.subject for entry in self.entries)

    @property
    def lesson(self):
        """The lesson in which it is explained."""
        name, _ = self.entries[0].cell.split("#")
        return next(lesson for lesson in LESSONS if lesson.name == name)

    @property
    def explorer(self):
        """The id of the cell in which it moves, or None."""
        ids = [entry.cell.partition("#")[2] for entry in self.entries]
        return _MOVES_IN.get(self.name) or next((one for one in ids if one.endswith("-explorer")), None)

    def page(self, cells):
        """Write its page from the cells of its lesson.

        Args:
            cells: id -> cell.

        Returns:
            A notebook: its title, what moves, what the lesson computes of it, the ways on.
        """
        shown = [self._words("title", f"# {self.title}: {self.subject}")]
        if self.explorer:
            shown.append(cells[self.explorer])
        for number, entry in enumerate(self.entries):
            cell = entry.cell.partition("#")[2]
            link = f"{self.lesson.name}.ipynb#cell-id={cell}"
            if cell != self.explorer:
                shown.append(self._words(f"about-{number}", say("In the lesson: {what}", what=entry.subject)))
                # Two entries may lead to one cell.
                shown += [cells[cell]] if cells[cell] not in shown else []
            way = say("Read it in its place: {lesson}", lesson=f"{self.lesson.short} {self.lesson.title}")
            shown.append(self._words(f"way-{number}", f"[{way}]({link})"))
        return new_notebook(cells=shown)

    def _words(self, name, text):
        return new_markdown_cell(text, id=f"{self.kind}-{name}")


def _numbers(item):
    """List the numbers that an item of the map stands for."""
    item = item.removeprefix("Figure ")
    first, run, last = item.partition(" to ")
    if not run:
        return item.split(", ")
    chapter, start = first.split(".")
    return [f"{chapter}.{number}" for number in range(int(start), int(last.split(".")[1]) + 1)]


def _places(kind, entries):
    """Make a place of each number, in the order of the book."""
    found = {}
    for entry in entries:
        for number in _numbers(entry.item):
            found.setdefault(number, []).append(entry)
    in_order = sorted(found, key=lambda number: [int(part) for part in re.split(r"[.-]", number)])
    return tuple(Place(kind, number, tuple(found[number])) for number in in_order)


FIGURES = _places("figure", [entry for entry in ENTRIES if entry.item.startswith("Figure ")])
EQUATIONS = _places("equation", [entry for entry in ENTRIES if not entry.item.startswith("Figure ")])
