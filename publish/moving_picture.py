"""README's moving picture of an explorer, put together from the pictures that it draws: `make readme`."""

import re

from helpers.drawing import svg
from helpers.explorers import OutputSizeExplorer
from helpers.language import say

_LEFT, _WIDTH = 280, 800  # where the explorer's picture starts; all that is seen, in pixels
_SLIDERS = ("padding", "stride", "step")
_TRACK, _TRACK_WIDTH = 134, 90
# What is shown one after the other: a setting, then each step of it.
_SETTINGS = ({"padding": 0, "stride": 1}, {"padding": 1, "stride": 1}, {"padding": 1, "stride": 2})
_STEP, _LAST = 0.35, 2.0  # seconds that a step stays, and the last one of a setting


def moving_picture():
    """Return an SVG in which the filter walks over Figure 3-2, while padding and stride change."""
    frames, seconds = [], []
    explorer = OutputSizeExplorer()
    for setting in _SETTINGS:
        explorer.set(**setting)
        steps = explorer.controls["step"].max
        for step in range(1, steps + 1):
            explorer.set(step=step)
            frames.append(_frame(explorer))
            seconds.append(_LAST if step == steps else _STEP)
    height = max(frame_height for frame_height, _ in frames)
    rules = _rules(seconds)
    shown = "".join(
        f'<g class="frame" id="frame-{number}">{picture}</g>' for number, (_, picture) in enumerate(frames)
    )
    description = say(
        "Sliders, a padded input with a filter that walks over it, and the output that fills meanwhile."
    )
    return svg.document(_WIDTH, height, [f"<style>{rules}</style>", shown], description) + "\n"


def _frame(explorer):
    """Return the height of the explorer's picture, and it with the sliders beside it."""
    whole = re.fullmatch(r'<svg [^>]*viewBox="0 0 \d+ (\d+)".*?>(.*)</svg>', explorer.view.svg)
    height, inside = whole.groups()
    sliders = [_slider(explorer.controls[name], 68 + 40 * row) for row, name in enumerate(_SLIDERS)]
    return int(height), f'<g transform="translate({_LEFT})">{inside}</g>{"".join(sliders)}'


def _slider(control, y):
    """Draw a slider as it stands: name, track, knob, value."""
    at = _TRACK + _TRACK_WIDTH * (control.value - control.min) / (control.max - control.min)
    return (
        svg.text(_TRACK - 14, y + 5, control.description, anchor="end", size=14)
        + svg.line(_TRACK, y, _TRACK + _TRACK_WIDTH, y, stroke_width=4)
        + f'<circle cx="{at:g}" cy="{y:g}" r="8" fill="{svg.BLUE}"/>'
        + svg.text(_TRACK + _TRACK_WIDTH + 18, y + 5, str(control.value))
    )


def _rules(seconds):
    """Write the style: each frame is seen in its turn; for readers who want no motion, only the last one."""
    whole, start = sum(seconds), 0.0
    rules = [
        ".frame{visibility:hidden;animation-timing-function:step-end;animation-iteration-count:infinite}",
        f".frame{{animation-duration:{whole:g}s}}",
    ]
    for number, duration in enumerate(seconds):
        end = start + duration
        rules.append(f"#frame-{number}{{animation-name:turn-{number}}}")
        rules.append(
            f"@keyframes turn-{number}{{0%{{visibility:hidden}}"
            f"{100 * start / whole:.3f}%{{visibility:visible}}{100 * end / whole:.3f}%{{visibility:hidden}}}}"
        )
        start = end
    last = len(seconds) - 1
    rules.append(
        "@media (prefers-reduced-motion:reduce)"
        f"{{.frame{{animation:none!important}}#frame-{last}{{visibility:visible}}}}"
    )
    return "".join(rules)
