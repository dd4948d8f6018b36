"""The lessons in their order, how long each takes, and which others it builds on."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from IPython.display import Markdown

from helpers.language import language, say
from helpers.wording import listed, table

# Each language's name in itself.
EDITIONS = {"en": "English", "zh-Hant": "中文"}
_NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS_FOLDER = _NOTEBOOKS / language()


@dataclass(frozen=True)
class Lesson:
    """One notebook.

    Attributes:
        name: its file name without ending.
        title: its heading.
        covers: what of the chapter.
        needs: short names of the lessons whose results it uses, such as ("3-1a",).
    """

    name: str
    title: str
    covers: str
    needs: tuple[str, ...] = ()

    @property
    def short(self):
        """Its short name, such as 3-1a."""
        return self.name.partition("_")[0]

    @property
    def minutes(self):
        """How long it takes, as its own title says."""
        return _minutes(self.name)


# fmt: off
LESSONS = (
    Lesson("3-0_start_here", say("Start here"), say("the map of the chapter")),
    Lesson("3-1a_from_dense_to_convolution", say("From dense layers to convolution"),
           say("the five layers, Figure 3-1; counting weights")),
    Lesson("3-1b_filters", say("Filters"),
           say("mean, Gaussian, median, Sobel, Canny; random and learnt filters")),
    Lesson("3-1c_padding_stride_output_size", say("Padding, stride and output size"),
           say("Figures 3-2 and 3-3, equation 3.1")),
    Lesson("3-1d_pooling", say("Pooling"), say("Figure 3-4, equation 3.6"), ("3-1c",)),
    Lesson("3-1e_shared_weights", say("Shared weights"),
           say("Figures 3-5, 3-6 and 3-7, equations 3.2 to 3.5"), ("3-1a", "3-1d")),
    Lesson("3-1f_complete_model", say("The complete model"), say("Figure 3-8, equations 3.7 to 3.20"),
           ("3-1c", "3-1d")),
    Lesson("3-2_backpropagation", say("Backpropagation"), say("equations 3.21 to 3.35"), ("3-1e", "3-1f")),
    Lesson("3-2b_from_scratch", say("From scratch"),
           say("the first program's network in NumPy, equal to Keras"), ("3-2", "3-5a")),
    Lesson("3-3_worked_example", say("The worked example"), say("Figures 3-9 and 3-10, forward and backward"),
           ("3-2",)),
    Lesson("3-4_deeper_networks", say("Deeper networks"),
           say("VGGNet and GoogLeNet, Figures 3-12 and 3-13; what came after"), ("3-1d",)),
    Lesson("3-5a_mnist", say("Handwritten digits"), say("first program: MNIST"), ("3-1a", "3-1c")),
    Lesson("3-5b_cifar10", say("Small photographs"), say("second program: CIFAR-10"), ("3-5a",)),
    Lesson("3-5c_look_inside", say("Look inside"),
           say("every layer of both trained networks; what moves a score; your own digit"), ("3-5a",)),
    Lesson("3-5d_does_it_matter", say("Does it matter?"),
           say("23 networks, ranked and compared: which ideas carry the result"),
           ("3-5a", "3-5b")),
    Lesson("3-6_errata", say("Printed and right"),
           say("where the printed chapter and the mathematics disagree")),
    Lesson("3-7_equations", say("Equations and words"),
           say("from an equation, a figure or one of the book's terms to its lesson")),
)
# fmt: on


@dataclass(frozen=True)
class Route:
    """A way through the course: what it is for, and the short names of its lessons in reading order."""

    purpose: str
    lessons: tuple[str, ...]


# fmt: off
ROUTES = (
    Route(say("See what a convolutional network does, with next to no calculus"),
          ("3-1a", "3-1b", "3-1c", "3-5a", "3-5c")),
    Route(say("Work out with pencil and paper how it learns"),
          ("3-1a", "3-1c", "3-1d", "3-1e", "3-1f", "3-2", "3-3")),
    Route(say("Train networks in Python and judge them"), ("3-1a", "3-1c", "3-5a", "3-5b", "3-5c", "3-5d")),
    Route(say("Everything, in the order that builds up best"),
          ("3-1a", "3-1b", "3-1c", "3-1d", "3-1e", "3-1f", "3-2", "3-3", "3-4",
           "3-5a", "3-2b", "3-5b", "3-5c", "3-5d", "3-6")),
)
# fmt: on


def lesson_map():
    """Show which lesson covers which part of the chapter, how long it takes and what it builds on."""
    return Markdown(f"{lesson_table(folder='')}\n\n{lesson_notes()}")


def lesson_table(folder):
    """Write the map as a Markdown table, its links leading into `folder`."""
    rows = []
    for lesson in LESSONS:
        link = f"[{lesson.short} {lesson.title}]({folder}{lesson.name}.ipynb)"
        rows.append((link, lesson.covers, lesson.minutes, links(lesson.needs, folder)))
    return table(say("| lesson | covers | minutes | builds on |"), rows)


def lesson_notes():
    """Say how long the course takes, and what the lessons have that the book has not."""
    total = sum(lesson.minutes for lesson in LESSONS)
    return say(
        "Altogether that is {total} minutes, or about {hours} hours. Of section 3-4 our copy of the chapter "
        "has only the colour plates, GoogLeNet and VGGNet, so its lesson goes back to the papers. "
        "Pages 3-6 and 3-7 belong to the whole chapter; the book has no sections of these numbers.",
        total=total,
        hours=round(total / 60),
    )


def routes():
    """Show the ways through the course as a table."""
    minutes = {lesson.short: lesson.minutes for lesson in LESSONS}
    rows = [
        (route.purpose, links(route.lessons), sum(minutes[name] for name in route.lessons))
        for route in ROUTES
    ]
    return Markdown(table(say("| you want to | read, in this order | minutes |"), rows))


def links(short_names, folder=""):
    """Write links to lessons that are known by their short names, such as 3-1a."""
    names = {lesson.short: lesson.name for lesson in LESSONS}
    labels = {short: short.replace("-", "\N{NON-BREAKING HYPHEN}") for short in short_names}
    return listed(f"[{labels[short]}]({folder}{names[short]}.ipynb)" for short in short_names)


@cache
def _minutes(name):
    """Read how long a lesson takes off its title cell in English."""
    cells = json.loads((_NOTEBOOKS / "en" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    title = "".join(cells[0]["source"])
    return int(re.search(r"(\d+) minutes", title)[1])
