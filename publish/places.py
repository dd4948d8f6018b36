"""Each figure and equation of the book as a page of its own: whoever has its number can type its address."""

import re
from copy import deepcopy
from dataclasses import dataclass

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import explorers
from helpers.chapter.equation_map import ENTRIES, Entry
from helpers.chapter.errata import ERRATA, KINDS
from helpers.chapter.lessons import LESSONS
from helpers.language import say
from helpers.wording import together
from publish.formulas import formulas

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
# Where that explorer does not start with what the page is about: its controls.
_OPENS_AT = {
    "figure-3-5": {"output": 1},
    "figure-3-10": {"array": "hidden_sums"},
    "equation-3.2": {"output": 1},
    "equation-3.4": {"step": 1},
    "equation-3.5": {"image": 4},  # with 3, as in the chapter, the printed sums come out right
    **{f"equation-3.{number}": {"operation": "convolution"} for number in (9, 10, 11)},
    **{f"equation-3.{11 + channel}": {"array": f"map{channel}"} for channel in (1, 2, 3)},
    "equation-3.15": {"array": "feature"},
    "equation-3.16": {"array": "pooled"},
    **{f"equation-3.{number}": {"array": "flattened"} for number in (17, 18)},
    "equation-3.19": {"array": "prediction"},
    "equation-3.20": {"array": "loss"},
    "equation-3.21": {"step": 2},
    "equation-3.22": {"step": 3},
    "equation-3.24": {"step": 4},
    "equation-3.26": {"step": 6},
    "equation-3.27": {"step": 5},
    **{f"equation-3.{number}": {"step": 7} for number in (28, 29)},
    **{f"equation-3.{number}": {"step": 8} for number in (30, 31)},
    "equation-3.32": {"step": 10},
    "equation-3.34": {"step": 11},
    **{f"equation-3.{number}": {"learns": ("weights", "bias")} for number in (23, 25)},
    **{f"equation-3.{number}": {"learns": ("filters", "filter_biases")} for number in (33, 35)},
}
# fmt: on
# What section 3-3 computes stands in this figure, and so do its slips.
_SECTION_3_3 = "figure-3-10"


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
        return say("; ").join(entry.subject for entry in self.entries)

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

    @property
    def errata(self):
        """Where the book prints of it something else than what is right."""
        if self.name == _SECTION_3_3:
            return [one for one in ERRATA if one.proof.startswith(f"{self.lesson.name}#")]
        return [one for one in ERRATA if self.name in _names(one.place)]

    def page(self, cells):
        """Write its page from the cells of its lesson.

        Args:
            cells: id -> cell.

        Returns:
            A notebook: its title and formula, what moves, slips of the print, what the lesson computes.
        """
        subject = self.subject[:1].upper() + self.subject[1:]
        shown = [self._words("title", f"# {self.title}\n\n{subject}")]
        if self.kind == "equation":
            shown.append(self._words("formula", self._formulas(cells.values())))
        if self.explorer:
            shown.append(self._at_its_start(cells[self.explorer]))
        if self.errata:
            shown.append(self._words("errata", self._in_print()))
        for number, entry in enumerate(self.entries):
            cell = entry.cell.partition("#")[2]
            if cell != self.explorer:
                shown.append(self._words(f"about-{number}", say("In the lesson: {what}", what=entry.subject)))
                # Two entries may lead to one cell.
                shown += [cells[cell]] if cells[cell] not in shown else []
            way = say("Read it in its place: {lesson}", lesson=f"{self.lesson.short} {self.lesson.title}")
            shown.append(self._words(f"way-{number}", _link(way, entry.cell)))
        return new_notebook(cells=shown)

    def program(self, page):
        """Take from its page what Python runs there: a notebook with its explorer, and what that needs."""
        explorer = next(cell for cell in page.cells if cell.id == self.explorer)
        name = explorer.source.partition("(")[0]
        imports = new_code_cell("from helpers.explorers import " + name, id="imports")
        return new_notebook(cells=[imports, explorer])

    def _at_its_start(self, cell):
        """Return the cell of its explorer, with the state in which the page opens."""
        start = _OPENS_AT.get(self.name)
        if start is None:
            return cell
        cell = deepcopy(cell)
        settings = ", ".join(f"{name}={value!r}" for name, value in start.items())
        name = cell.source.removesuffix("()")
        cell.source = f"{cell.source}.set({settings})"
        shown = getattr(explorers, name)().set(**start)._repr_mimebundle_()
        data = {kind: shown[kind] for kind in ("text/html", "text/plain")}
        cell.outputs = [new_output("display_data", data)]
        return cell

    def _formulas(self, cells):
        found = formulas(self.number, cells)
        return "\n\n".join(f"$${formula} \\tag{{{label}}}$$" for label, formula in found)

    def _in_print(self):
        """Say what the book prints that is not so, a line each, with links to the proofs."""
        lines = []
        for one in self.errata:
            words = {"place": one.place, "kind": KINDS[one.kind][0], "printed": one.printed}
            line = say("**In print**, {place} ({kind}): {printed}", **words)
            proof = _link(say("See why"), one.proof)
            lines.append(f"> {together([line, proof])}")
        return "\n>\n".join(lines)

    def _words(self, name, text):
        return new_markdown_cell(text, id=f"{self.kind}-{name}")


def _link(words, cell):
    """Link to a cell of a lesson."""
    lesson, _, cell = cell.partition("#")
    return f"[{words}]({lesson}.ipynb#cell-id={cell})"


def _names(text):
    """List the figures and equations of a text such as "Figure 3-3, 3.2" or "3.3 to 3.5"."""
    names = [f"figure-{number}" for number in re.findall(r"\d-\d+", text)]
    for chapter, first, last in re.findall(r"(\d)\.(\d+)(?: \w+ \d\.(\d+))?", text):
        names += [f"equation-{chapter}.{number}" for number in range(int(first), int(last or first) + 1)]
    return names


def _places(kind):
    """Make a place of each figure or equation, in the order of the book."""
    found = {}
    for entry in ENTRIES:
        for name in _names(entry.item):
            found.setdefault(name, []).append(entry)
    numbers = [name.partition("-")[2] for name in found if name.startswith(kind)]
    in_order = sorted(numbers, key=lambda number: [int(part) for part in re.split(r"[.-]", number)])
    return tuple(Place(kind, number, tuple(found[f"{kind}-{number}"])) for number in in_order)


FIGURES = _places("figure")
EQUATIONS = _places("equation")
