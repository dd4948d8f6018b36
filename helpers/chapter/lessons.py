"""The lessons in their order, and the table of them."""

from dataclasses import dataclass

from IPython.display import Markdown

from helpers.language import say


@dataclass(frozen=True)
class Lesson:
    """One notebook: its file name without ending, its title and what it covers of the chapter."""

    name: str
    title: str
    section: str
    covers: str


LESSONS = (
    Lesson("3-0_start_here", say("Start here"), "3", say("the map of the chapter")),
    Lesson(
        "3-1a_from_dense_to_convolution",
        say("From dense layers to convolution"),
        "3-1",
        say("the five layers, Figure 3-1; counting weights"),
    ),
    Lesson(
        "3-1b_filters",
        say("Filters"),
        "3-1",
        say("mean, Gaussian, median, Sobel, Canny; random and learnt filters"),
    ),
    Lesson(
        "3-1c_padding_stride_output_size",
        say("Padding, stride and output size"),
        "3-1",
        say("Figures 3-2 and 3-3, equation 3.1"),
    ),
    Lesson("3-1d_pooling", say("Pooling"), "3-1", say("Figure 3-4, equation 3.6")),
    Lesson(
        "3-1e_shared_weights",
        say("Shared weights"),
        "3-1",
        say("Figures 3-5, 3-6 and 3-7, equations 3.2 to 3.5"),
    ),
    Lesson("3-1f_complete_model", say("The complete model"), "3-1", say("Figure 3-8, equations 3.7 to 3.20")),
    Lesson("3-2_backpropagation", say("Backpropagation"), "3-2", say("equations 3.21 to 3.35")),
    Lesson(
        "3-2b_from_scratch",
        say("From scratch"),
        "3-2",
        say("the first program's network in NumPy, equal to Keras"),
    ),
    Lesson(
        "3-3_worked_example",
        say("The worked example"),
        "3-3",
        say("Figures 3-9 and 3-10, forward and backward"),
    ),
    Lesson("3-5a_mnist", say("Handwritten digits"), "3-5", say("first program: MNIST")),
    Lesson("3-5b_cifar10", say("Small photographs"), "3-5", say("second program: CIFAR-10")),
    Lesson(
        "3-5c_look_inside",
        say("Look inside"),
        "3-5",
        say("every layer of both trained networks; what moves a score; your own digit"),
    ),
    Lesson(
        "3-6_errata",
        say("Printed and right"),
        say("all"),
        say("where the printed chapter and the mathematics part"),
    ),
)


def lesson_map():
    """Show which lesson covers which part of the chapter, as a table with links between the notebooks."""
    return Markdown(lesson_table(folder=""))


def lesson_table(folder):
    """Write the map as a Markdown table, its links leading into `folder`."""
    rows = [say("| section | lesson | covers |"), "|---|---|---|"]
    rows += [
        f"| {lesson.section} | [{lesson.title}]({folder}{lesson.name}.ipynb) | {lesson.covers} |"
        for lesson in LESSONS
    ]
    return "\n".join(rows)
