"""The inception module: four branches side by side, reduced by 1 x 1 filters or plain (section 3-4)."""

from functools import partial

import numpy as np

from helpers.drawing import svg
from helpers.explorers.controls import dropdown, follow_preset, int_slider
from helpers.explorers.explorer import Explorer
from helpers.language import say, say_count
from helpers.reference.googlenet import TABLE_1, count_rows
from helpers.reference.inception import Widths, convolutions, convolutions_without_reduction, output_channels
from helpers.wording import percent, together

_MARGIN, _TOP, _PITCH = 14, 50, 50  # of the branches
_BOX_WIDTH, _BOX_HEIGHT = 128, 40
_FIRST, _SECOND, _OUTPUT, _BLOCK = 156, 330, 650, 96  # left edges of boxes and output; width of the blocks
_BRANCHES = 3 * _PITCH + _BOX_HEIGHT
_TABLE, _LINE = _TOP + _BRANCHES + 40, 23
_COLUMNS = (166, 236, 344, 446, 596, 746)  # right edges
_BARS = _TABLE + 6 * _LINE + 56
_BAR, _BAR_PITCH, _BAR_LEFT = 20, 30, 130
_READABLE, _WIDE = 18, 64  # height of a band that has room for its number, length of a bar for a name
_LONGEST = svg.WIDTH - _MARGIN - _BAR_LEFT
_NAMES = ("1 × 1", "3 × 3", "5 × 5", say("pooling"))
_TINTS = (svg.BLUE_TINT, svg.ORANGE_TINT, "#c9ebdf", "#f3dbe8")
_INKS = (svg.BLUE, svg.ORANGE, svg.GREEN, svg.PURPLE)


def _module_settings():
    """Return side, channels in and widths of the paper's modules by name, from what comes before them."""
    rows, before = TABLE_1[1:], count_rows()
    return {
        row.name.removeprefix("inception (").removesuffix(")"): (counted.side, counted.channels, *row.filters)
        for row, counted in zip(rows, before, strict=False)
        if len(row.filters) == len(Widths._fields)
    }


_MODULES = _module_settings()
_SLIDERS = {
    "side": (say("Side of maps"), 56),
    "channels": (say("Channels in"), 1024),
    "ones": (say("1 × 1"), 384),
    "reduce_threes": (say("3 × 3 reduce"), 384),
    "threes": (say("3 × 3"), 384),
    "reduce_fives": (say("5 × 5 reduce"), 128),
    "fives": (say("5 × 5"), 128),
    "pool_projection": (say("pool proj"), 128),
}


class InceptionExplorer(Explorer):
    """The four branches of a module: what each adds to the output, and what its 1 x 1 filters save."""

    def __init__(self):
        modules = [(name, name) for name in _MODULES]
        menu = dropdown(say("Module"), [*modules, (say("your own"), "own")])
        self._shown, self._attempt = None, 0
        super().__init__({"module": menu, **dict.fromkeys(_SLIDERS)})

    def adjust(self):
        """Offer the settings of the module that was chosen; call what was moved "your own"."""
        self._shown = follow_preset(
            self.controls["module"],
            self._shown,
            self._lay_out,
            lambda module: self._setting() == _MODULES[module],
        )

    def draw(self):
        """Return the module, its table and its bars, and what the reductions save."""
        side, channels, *filters = self._setting()
        widths = Widths(*filters)
        narrow = widths.ones, widths.threes, widths.fives, widths.pool_projection
        reduced = _counts(convolutions(channels, widths), narrow, side)
        wide = _counts(convolutions_without_reduction(channels, widths), (*narrow[:3], channels), side)
        summary = _summary(channels, reduced.sum(axis=0), wide.sum(axis=0))
        parts = [_diagram(side, channels, widths), _table(reduced, wide), _bars(reduced[:, 2], wide[:, 2])]
        return svg.document(svg.WIDTH, _BARS + 2 * _BAR_PITCH + 6, parts, summary), summary

    def _lay_out(self, module):
        self._attempt += 1
        for (name, (words, largest)), value in zip(_SLIDERS.items(), _MODULES[module], strict=True):
            self.offer(name, self._attempt, partial(int_slider, words, value, 1, largest))

    def _setting(self):
        return tuple(self.state[name] for name in _SLIDERS)


def _counts(layers, outputs, side):
    """Return channels out, parameters and multiplications, a row for each branch."""
    rows = []
    for start, channels in zip(("1x1", "3x3", "5x5", "pool"), outputs, strict=True):
        branch = [layer for layer in layers if layer.name.startswith(start)]
        parameters = sum(layer.parameters for layer in branch)
        rows.append((channels, parameters, sum(layer.operations(side) for layer in branch)))
    return np.array(rows, np.int64)  # NumPy's usual integers in a browser have 32 bits, too few


def _diagram(side, channels, widths):
    """Draw input, branches and output, whose bands are as high as their shares of the channels."""
    branches = [
        [("1 × 1", widths.ones)],
        [("1 × 1", widths.reduce_threes), ("3 × 3", widths.threes)],
        [("1 × 1", widths.reduce_fives), ("5 × 5", widths.fives)],
        [(say("max 3 × 3"), None), ("1 × 1", widths.pool_projection)],
    ]
    total, band = output_channels(widths), _TOP
    sizes = {"side": side, "before": channels, "after": total}
    right, middle = _OUTPUT + _BLOCK, _TOP + _BRANCHES / 2
    output = say("Output {side} × {side} × {after}", **sizes)
    parts = [
        svg.heading(_MARGIN, _TOP, say("Input {side} × {side} × {before}", **sizes)),
        svg.text(right, _TOP - 12, output, anchor="end", weight="bold"),
        svg.rectangle(_MARGIN, _TOP, _BLOCK, _BRANCHES, fill=svg.FAINT, stroke=svg.LINE),
        svg.text(_MARGIN + _BLOCK / 2, middle + 5, str(channels), anchor="middle"),
    ]
    for place, branch in enumerate(branches):
        top = _TOP + place * _PITCH
        height = svg.tenths(_BRANCHES * branch[-1][1] / total)
        look = {"fill": _TINTS[place], "stroke": _INKS[place]}
        last = _SECOND + _BOX_WIDTH
        corners = f"{last} {top} {_OUTPUT} {band:g} {_OUTPUT} {band + height:g} {last} {top + _BOX_HEIGHT}"
        y = top + _BOX_HEIGHT / 2
        parts += [
            svg.line(_MARGIN + _BLOCK, y, _SECOND, y, stroke=svg.MUTED),
            f'<polygon points="{corners}" fill="{_TINTS[place]}" fill-opacity="0.5"/>',
            svg.rectangle(_OUTPUT, band, _BLOCK, height, **look),
        ]
        if height >= _READABLE:
            label = str(branch[-1][1])
            parts.append(svg.text(_OUTPUT + _BLOCK / 2, band + height / 2 + 5, label, anchor="middle"))
        for left, (name, filters) in zip((_FIRST, _SECOND)[-len(branch) :], branch, strict=True):
            parts.append(_box(left, top, name, filters, look))
        band += height
    return "".join(parts)


def _box(left, top, name, filters, look):
    note = say("stride 1") if filters is None else say_count("{count} filter", "{count} filters", filters)
    middle = left + _BOX_WIDTH / 2
    return (
        svg.rectangle(left, top, _BOX_WIDTH, _BOX_HEIGHT, **look)
        + svg.text(middle, top + 17, name, anchor="middle", weight="bold")
        + svg.text(middle, top + 34, note, anchor="middle", size=14)
    )


def _table(reduced, wide):
    """Write what `_counts` has found, of each branch and of all together."""
    headings = say("channels out"), say("parameters"), say("multiplications")
    words = (say("reduced"), say("plain")) * 3
    parts = [
        svg.text(right, _TABLE, heading, anchor="end", weight="bold")
        for right, heading in zip(_COLUMNS[1::2], headings, strict=True)
    ]
    parts += [
        svg.text(right, _TABLE + 19, word, anchor="end", size=13, fill=svg.MUTED)
        for right, word in zip(_COLUMNS, words, strict=True)
    ]
    columns = np.stack([reduced, wide], axis=2).reshape(len(reduced), len(_COLUMNS))
    rows = [*columns, columns.sum(axis=0)]
    for place, (name, row) in enumerate(zip((*_NAMES, say("together")), rows, strict=True)):
        y, is_sum = _TABLE + 19 + (place + 1) * _LINE, place == len(_NAMES)
        weight = "bold" if is_sum else "normal"
        if not is_sum:
            parts.append(svg.rectangle(_MARGIN, y - 12, 12, 12, fill=_TINTS[place], stroke=_INKS[place]))
        parts.append(svg.text(_MARGIN + 20, y, name, weight=weight))
        parts += [
            svg.text(right, y, f"{value:,}", anchor="end", weight=weight)
            for right, value in zip(_COLUMNS, row, strict=True)
        ]
    return "".join(parts)


def _bars(reduced, wide):
    """Draw the multiplications of both modules, each branch a part of its bar."""
    longest = max(reduced.sum(), wide.sum())
    parts = [svg.heading(_MARGIN, _BARS, say("Multiplications, branch by branch"))]
    for row, (word, counts) in enumerate(((say("reduced"), reduced), (say("plain"), wide))):
        x, y = _BAR_LEFT, _BARS + _BAR_PITCH * row
        parts.append(svg.text(_MARGIN, y + 15, word, size=14))
        for place, count in enumerate(counts):
            length = svg.tenths(_LONGEST * count / longest)
            parts.append(svg.rectangle(x, y, length, _BAR, fill=_TINTS[place], stroke=_INKS[place]))
            if length >= _WIDE:
                parts.append(svg.text(x + length / 2, y + 15, _NAMES[place], anchor="middle", size=14))
            x += length
    return "".join(parts)


def _summary(channels, reduced, wide):
    if reduced[2] < wide[2]:
        share = percent(reduced[2] / wide[2])
        saved = say("The reductions bring the multiplications down to {share}.", share=share)
    else:
        saved = say("Here the reductions cost more multiplications than they save.")
    sizes = say(
        "Channels in: {before}. Channels out: {after}; of a plain module, without the reductions, {wide}.",
        before=channels,
        after=reduced[0],
        wide=wide[0],
    )
    return together([sizes, saved])
