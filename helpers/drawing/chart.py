"""A line chart for explorers: values from 0 to 1, step by step."""

from helpers.drawing import svg
from helpers.language import say
from helpers.wording import trimmed

# Two curves, told apart by dash as well as by colour.
LOOKS = ((svg.BLUE, ""), (svg.ORANGE, "9 5"))
_LEVEL = {"stroke": svg.INK, "stroke_width": 2, "dash": "2 4"}
_LEGEND_PITCH = 240


def line_chart(curves, box, *, marked, every, level=None, legend=()):
    """Draw values from 0 to 1 against the steps, a line for each curve.

    Args:
        curves: one or two sequences of values from 0 to 1, before the first step and after each one.
        box: (left, top, width, height) of the axes, in pixels.
        marked: the step with a line from top to bottom and a dot on each curve.
        every: steps from one number on the axis to the next.
        level: a value with a dotted line across the chart, or None.
        legend: what stands above the chart: a name for each curve, then one for the level; or nothing.

    Yields:
        SVG elements as text.
    """
    left, top, width, height = box
    steps = len(curves[0]) - 1

    def x(step):
        return left + width * step / steps

    def y(value):
        return top + height * (1 - value)

    yield svg.rectangle(*box, stroke=svg.LINE)
    for value in (0, 0.25, 0.5, 0.75, 1):
        yield svg.line(left, y(value), left + width, y(value))
        yield svg.text(left - 8, y(value) + 5, trimmed(value), size=13, anchor="end")
    for step in range(0, steps + 1, every):
        yield svg.text(x(step), top + height + 20, str(step), size=13, anchor="middle")
    yield svg.text(left + width / 2, top + height + 40, say("steps"), anchor="middle")
    if level is not None:
        yield svg.line(left, y(level), left + width, y(level), **_LEVEL)
    yield svg.line(x(marked), top, x(marked), top + height, stroke=svg.MUTED)
    for place, (values, (stroke, dash)) in enumerate(zip(curves, LOOKS, strict=False)):
        points = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in enumerate(values))
        yield (
            f'<polyline points="{points}" fill="none" stroke="{stroke}" stroke-width="2.5" '
            f'stroke-dasharray="{dash}"/>'
            f'<circle cx="{x(marked):g}" cy="{y(values[marked]):g}" r="5" fill="{stroke}"/>'
        )
        if legend:
            yield _sample(left, top, place, legend[place], stroke=stroke, stroke_width=2.5, dash=dash)
    if legend and level is not None:
        yield _sample(left, top, len(curves), legend[-1], **_LEVEL)


def _sample(left, top, place, name, **look):
    """Draw a piece of a line with its name above the chart."""
    x = left + _LEGEND_PITCH * place
    return svg.line(x, top - 17, x + 40, top - 17, **look) + svg.text(x + 48, top - 12, name)
