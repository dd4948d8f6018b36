"""The line chart: its points, marks and names stand where the values say."""

import re
from xml.etree import ElementTree

import pytest

from helpers.drawing.chart import LOOKS, line_chart

BOX = (50, 20, 200, 100)
CURVES = [[0, 0.5, 1], [1, 0.25, 0]]


def drawn(**options):
    return ElementTree.fromstring(f"<svg>{''.join(line_chart(CURVES, BOX, **options))}</svg>")


def names(chart):
    return [text.text for text in chart.iter("text")]


def test_each_point_stands_at_its_step_and_value():
    points = [line.get("points") for line in drawn(marked=0, every=1).iter("polyline")]
    assert points == ["50.0,120.0 150.0,70.0 250.0,20.0", "50.0,20.0 150.0,95.0 250.0,120.0"]


@pytest.mark.parametrize("marked", [0, 1, 2])
def test_a_dot_marks_the_step_on_each_curve(marked):
    dots = [
        (float(dot.get("cx")), float(dot.get("cy"))) for dot in drawn(marked=marked, every=1).iter("circle")
    ]
    assert dots == [(50 + 100 * marked, 120 - 100 * values[marked]) for values in CURVES]


def test_the_curves_differ_in_colour_and_dash():
    looks = {
        (line.get("stroke"), line.get("stroke-dasharray"))
        for line in drawn(marked=0, every=1).iter("polyline")
    }
    assert looks == set(LOOKS)
    assert len({colour for colour, _ in looks}) == len({dash for _, dash in looks}) == 2


def test_the_axes_carry_numbers():
    assert names(drawn(marked=0, every=2)) == ["0", "0.25", "0.5", "0.75", "1", "0", "2", "steps"]


def test_a_level_and_names_only_where_they_are_asked_for():
    plain = drawn(marked=0, every=1)
    assert not [line for line in plain.iter("line") if re.search("2 4", line.get("stroke-dasharray", ""))]
    chart = drawn(marked=0, every=1, level=0.8, legend=("one", "two", "level"))
    dotted = [line for line in chart.iter("line") if line.get("stroke-dasharray") == "2 4"]
    assert [float(line.get("y1")) for line in dotted] == [40, 3]  # across the chart, and in the legend
    assert names(chart)[-3:] == ["one", "two", "level"]
