"""Click a number of a deep layer, see its pixels in the picture (section 3-1, receptive field)."""

from functools import partial
from itertools import pairwise

import numpy as np

from helpers.datasets import load_cifar10_photographs
from helpers.drawing import svg
from helpers.explorers.controls import CellSlider, dropdown, follow_preset
from helpers.explorers.digits import first_of_each_digit
from helpers.explorers.explorer import Explorer
from helpers.language import say
from helpers.reference.receptive_field import Window, map_sides, pixels_seen, receptive_field
from helpers.wording import percent, together

WINDOWS = {
    "conv3": Window(3, padding="same"),
    "conv5": Window(5, padding="same"),
    "conv3-2": Window(3, 2, padding="same"),
    "pool2": Window(2, 2),
}
STACKS = {
    "mnist": ("conv5", "pool2", "conv5", "pool2"),
    "cifar10": ("conv3", "pool2", "conv3", "pool2"),
    "two": ("conv3", "conv3", "none", "none"),
    "one": ("conv5", "none", "none", "none"),
}
_LAYERS = [f"layer{place}" for place in range(1, 5)]
_MARGIN, _TOP = 14, 64
_PICTURE, _MAP, _GAP = 224, 104, 23  # sides, and from one to the next, in pixels
_MIDDLE = _TOP + _PICTURE / 2
_SEEN = [246, 178, 128]  # orange, light enough for the grid's lines


class ReceptiveFieldExplorer(Explorer):
    """What a number of any layer sees, from layer to layer back to the picture."""

    def __init__(self):
        photograph = load_cifar10_photographs().x_test[0]
        self._pictures = {"cifar10": photograph, "digit": first_of_each_digit(1)[3][0, :, :, 0]}
        networks = [
            (say("first program: digits"), "mnist"),
            (say("second program: photographs"), "cifar10"),
            (say("two 3 × 3 convolutions"), "two"),
            (say("one 5 × 5 convolution"), "one"),
            (say("your own"), "own"),
        ]
        self._shown, self._attempt = None, 0
        menu = dropdown(say("Network"), networks)
        super().__init__({"network": menu, **dict.fromkeys([*_LAYERS, "from", "number"])})

    def clicked(self, cell):
        """Look from the number that was clicked, "mapLAYER-row-column"."""
        name, *place = svg.cell_place(cell)
        self.set(**{"from": int(name.removeprefix("map")), "number": tuple(place)})

    def adjust(self):
        """Offer the layers of the network that was chosen, its maps, and the numbers of the chosen map."""
        self._shown = follow_preset(
            self.controls["network"],
            self._shown,
            self._lay_out,
            lambda network: self._kinds() == STACKS[network],
        )
        windows, side = self._windows(), len(self._picture())
        self.offer("from", windows, lambda: _map_menu(windows), start=len(windows))
        last = map_sides(windows[: self.state["from"]], side)[-1]
        meaning, middle = (windows, side, self.state["from"]), last // 2 * (last + 1) + 1
        self.offer("number", meaning, lambda: CellSlider(say("Number"), (last, last)), start=middle)

    def draw(self):
        """Return picture and maps, what of each reaches the number, and its sentence."""
        picture, windows, layer = self._picture(), self._windows(), self.state["from"]
        below, sides = windows[:layer], map_sides(windows, len(picture))
        place = self.controls["number"].place
        rows, columns = (pixels_seen(below, len(picture), index) for index in place)
        boxes, captions = [_picture_box(picture, rows[0], columns[0])], []
        for later, window in enumerate(windows, 1):
            seen = (rows[later], columns[later]) if later <= layer else ([], [])
            boxes.append(_map_box(later, sides[later], *seen))
            captions.append(_caption(later, window, *receptive_field(windows[:later])))
        frames = [frame for _, frame in boxes[: layer + 1]]
        summary, lines = _summary(below, rows[0], columns[0], len(picture)), _arithmetic(below)
        bottom = _TOP + _PICTURE + 34
        parts = [
            svg.heading(_MARGIN, _TOP, say("Picture {side} × {side}", side=len(picture))),
            *(box for box, _ in boxes),
            *(_rays(*pair) for pair in pairwise(frames)),
            *captions,
            svg.lines(_MARGIN, bottom, lines),
        ]
        height = bottom + svg.LINE_HEIGHT * len(lines) - 6
        return svg.document(svg.WIDTH, height, parts, together([summary, *lines])), summary

    def _lay_out(self, network):
        self._attempt += 1
        for name, kind in zip(_LAYERS, STACKS[network], strict=True):
            self.offer(name, self._attempt, partial(_layer_menu, name, kind))

    def _kinds(self):
        return tuple(self.state[name] for name in _LAYERS)

    def _windows(self):
        return tuple(WINDOWS[kind] for kind in self._kinds() if kind != "none")

    def _picture(self):
        return self._pictures["cifar10" if self.state["network"] == "cifar10" else "digit"]


def _layer_menu(name, kind):
    kinds = [
        (say("convolution 3 × 3"), "conv3"),
        (say("convolution 5 × 5"), "conv5"),
        (say("convolution 3 × 3, stride 2"), "conv3-2"),
        (say("pooling 2 × 2"), "pool2"),
    ]
    if name != _LAYERS[0]:
        kinds.append((say("none"), "none"))
    menu = dropdown(say("Layer {number}", number=name[-1]), kinds)
    menu.value = kind
    return menu


def _map_menu(windows):
    maps = [(say("the map of layer {number}", number=place), place) for place in range(1, len(windows) + 1)]
    return dropdown(say("Look from"), maps)


def _picture_box(picture, rows, columns):
    """Draw the picture, pale where the number does not see it; return it and the frame."""
    colours = picture if picture.ndim == 3 else np.repeat(255 - picture[..., np.newaxis], 3, axis=2)
    seen = np.zeros(picture.shape[:2], bool)
    seen[np.ix_(rows, columns)] = True
    pale = 255 - (255 - colours.astype(float)) * 0.25
    pixels = np.where(seen[..., np.newaxis], colours, np.rint(pale)).astype(np.uint8)
    return _box(pixels, _MARGIN, _TOP, _PICTURE, rows, columns)


def _map_box(place, side, rows, columns):
    """Draw a map as a grid, orange where the number sees it; return it and the frame."""
    left, top = _left(place), _MIDDLE - _MAP / 2
    pixels = np.full((side, side, 3), 255, np.uint8)
    pixels[np.ix_(rows, columns)] = _SEEN
    step = _MAP / side
    grid = "".join(
        f"M{left + k * step:g} {top:g}v{_MAP}M{left:g} {top + k * step:g}h{_MAP}" for k in range(1, side)
    )
    grid = f'<path d="{grid}" stroke="{svg.LINE}" stroke-width="0.5" pointer-events="none"/>'
    box, frame = _box(pixels, left, top, _MAP, rows, columns, grid)
    return box + svg.pixel_sensor(f"map{place}", left, top, _MAP, _MAP, side, side), frame


def _box(pixels, left, top, side, rows, columns, grid=""):
    box = svg.framed_image(pixels, left, top, side, side) + grid
    if not len(rows):
        return box, None
    step = side / len(pixels)
    corner = left + columns[0] * step, top + rows[0] * step
    frame = *corner, (columns[-1] + 1 - columns[0]) * step, (rows[-1] + 1 - rows[0]) * step
    return box + svg.rectangle(*frame, stroke=svg.ORANGE, stroke_width=2.5), frame


def _rays(frame, next_frame):
    """Join the right corners of a frame with the left corners of the next one."""
    x, y, width, height = frame
    x2, y2, _, height2 = next_frame
    ends = ((y, y2), (y + height, y2 + height2))
    return "".join(svg.line(x + width, y1, x2, y2, stroke=svg.ORANGE, dash="4 3") for y1, y2 in ends)


def _left(place):
    return _MARGIN + _PICTURE + _GAP + (place - 1) * (_MAP + _GAP)


def _caption(place, window, field, jump):
    """Write what a layer is above its map, and what its numbers see below it."""
    left, above, below, side = _left(place), _MIDDLE - _MAP / 2, _MIDDLE + _MAP / 2, window.size
    is_pooling = window == WINDOWS["pool2"]
    name = say("pooling {side} × {side}", side=side) if is_pooling else say("conv {side} × {side}", side=side)
    lines = (
        (above - 10, say("stride {stride}", stride=window.stride)),
        (below + 20, say("sees {field} × {field}", field=field)),
        (below + 38, say("jump {jump}", jump=jump)),
    )
    texts = [svg.text(left, y, line, size=14) for y, line in lines]
    return svg.text(left, above - 28, name, size=14, weight="bold") + "".join(texts)


def _arithmetic(windows):
    """Spell out the side and the jump, layer by layer."""
    size, jump = receptive_field(windows)
    terms, jumps, reached = ["1"], ["1"], 1
    for window in windows:
        terms.append(f"({window.size} − 1)·{reached}")
        reached *= window.stride
        jumps.append(str(window.stride))
    return [
        say("Side: {sum} = {size}", sum=" + ".join(terms), size=size),
        say("Jump: {product} = {jump}", product=" · ".join(jumps), jump=jump),
    ]


def _summary(windows, rows, columns, side):
    size, _ = receptive_field(windows)
    share = percent(len(rows) * len(columns) / side**2, 1)
    values = {"size": size, "side": side, "rows": len(rows), "columns": len(columns), "share": share}
    if (len(rows), len(columns)) == (size, size):
        return say(
            "This number sees {rows} × {columns} of the {side} × {side} pixels, {share} of the picture.",
            **values,
        )
    return say(
        "This number would see {size} × {size} pixels, but the border cuts them to {rows} × {columns}: "
        "{share} of the picture.",
        **values,
    )
