"""Click a number of a deep layer, see its pixels in the picture (section 3-1, receptive field)."""

from functools import partial
from itertools import pairwise

import numpy as np

from helpers.datasets import load_cifar10_photographs
from helpers.drawing import svg
from helpers.explorers.controls import CellSlider, dropdown
from helpers.explorers.digits import first_of_each_digit
from helpers.explorers.explorer import Explorer
from helpers.language import say
from helpers.reference.receptive_field import Window, map_sides, pixels_seen, receptive_field
from helpers.wording import percent

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
        self._stack_shown, self._attempt = None, 0
        super().__init__(
            {
                "network": dropdown(say("Network"), networks),
                **dict.fromkeys(_LAYERS),
                "from": None,
                "number": None,
            }
        )

    def clicked(self, cell):
        """Look from the number that was clicked, "mapLAYER-row-column"."""
        name, *place = svg.cell_place(cell)
        self.set(**{"from": int(name.removeprefix("map")), "number": tuple(place)})

    def adjust(self):
        """Offer the layers of the network that was chosen, its maps, and the numbers of the chosen map."""
        network = self.controls["network"]
        if network.value != self._stack_shown and network.value != "own":
            self._attempt += 1
            for name, kind in zip(_LAYERS, STACKS[network.value], strict=True):
                self.offer(name, self._attempt, partial(_layer_menu, name, kind))
        elif network.value != "own" and self._kinds() != STACKS[network.value]:
            network.value = "own"
        self._stack_shown = network.value
        windows, side = self._windows(), len(self._picture())
        self.offer("from", windows, lambda: _map_menu(windows), start=len(windows))
        last = map_sides(windows[: self.state["from"]], side)[-1]
        middle = last // 2 * (last + 1) + 1
        self.offer(
            "number",
            (windows, side, self.state["from"]),
            lambda: CellSlider(say("Number"), (last, last)),
            start=middle,
        )

    def draw(self):
        """Return picture and maps, what of each reaches the number, and its sentence."""
        picture, windows, layer = self._picture(), self._windows(), self.state["from"]
        sides = map_sides(windows, len(picture))
        place = self.controls["number"].place
        rows, columns = (pixels_seen(windows[:layer], len(picture), index) for index in place)
        summary = _summary(windows[:layer], rows[0], columns[0], len(picture))
        boxes = [_picture_box(picture, rows[0], columns[0])]
        for later in range(1, len(sides)):
            seen = (rows[later], columns[later]) if later <= layer else ([], [])
            boxes.append(_map_box(later, sides[later], *seen))
        parts = [svg.heading(_MARGIN, _TOP, say("Picture {side} × {side}", side=len(picture)))]
        parts += [part for drawn, _ in boxes for part in drawn]
        frames = [frame for _, frame in boxes[: layer + 1]]
        parts += [_rays(*pair) for pair in pairwise(frames)]
        parts += [
            _caption(later, window, receptive_field(windows[:later]))
            for later, window in enumerate(windows, 1)
        ]
        lines = _arithmetic(windows[:layer])
        bottom = _TOP + _PICTURE + 34
        parts.append(svg.lines(_MARGIN, bottom, lines))
        height = bottom + svg.LINE_HEIGHT * len(lines) - 6
        return svg.document(svg.WIDTH, height, parts, " ".join([summary, *lines])), summary

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
    """Draw the picture, pale where the number does not see it; return its parts and the frame."""
    colours = picture if picture.ndim == 3 else np.repeat(255 - picture[..., np.newaxis], 3, axis=2)
    seen = np.zeros(picture.shape[:2], bool)
    seen[np.ix_(rows, columns)] = True
    pale = 255 - (255 - colours.astype(float)) * 0.25
    pixels = np.where(seen[..., np.newaxis], colours, np.rint(pale)).astype(np.uint8)
    return _box(pixels, _MARGIN, _TOP, _PICTURE, rows, columns)


def _map_box(place, side, rows, columns):
    """Draw a map as a grid, orange where the number sees it; return its parts and the frame."""
    left, top = _left(place), _MIDDLE - _MAP / 2
    pixels = np.full((side, side, 3), 255, np.uint8)
    pixels[np.ix_(rows, columns)] = _SEEN
    parts, frame = _box(pixels, left, top, _MAP, rows, columns)
    step = _MAP / side
    grid = "".join(
        f"M{left + k * step:g} {top:g}v{_MAP}M{left:g} {top + k * step:g}h{_MAP}" for k in range(1, side)
    )
    parts.insert(1, f'<path d="{grid}" stroke="{svg.LINE}" stroke-width="0.5" pointer-events="none"/>')
    parts.append(svg.pixel_sensor(f"map{place}", left, top, _MAP, _MAP, side, side))
    return parts, frame


def _box(pixels, left, top, side, rows, columns):
    parts = [svg.image(pixels, left, top, side, side), svg.rectangle(left, top, side, side, stroke=svg.LINE)]
    if not len(rows):
        return parts, None
    step = side / len(pixels)
    x, y = left + columns[0] * step, top + rows[0] * step
    width, height = (columns[-1] + 1 - columns[0]) * step, (rows[-1] + 1 - rows[0]) * step
    parts.append(svg.rectangle(x, y, width, height, stroke=svg.ORANGE, stroke_width=2.5))
    return parts, (x, y, width, height)


def _rays(frame, next_frame):
    """Join the right corners of a frame with the left corners of the next one."""
    x, y, width, height = frame
    x2, y2, _, height2 = next_frame
    ends = ((y, y2), (y + height, y2 + height2))
    return "".join(svg.line(x + width, y1, x2, y2, stroke=svg.ORANGE, dash="4 3") for y1, y2 in ends)


def _left(place):
    return _MARGIN + _PICTURE + _GAP + (place - 1) * (_MAP + _GAP)


def _caption(place, window, field):
    """Write what a layer is above its map, and what its numbers see below it."""
    left, above, below = _left(place), _MIDDLE - _MAP / 2, _MIDDLE + _MAP / 2
    sizes = {"side": window.size, "field": field[0], "jump": field[1]}
    is_pooling = window == WINDOWS["pool2"]
    name = say("pooling {side} × {side}", **sizes) if is_pooling else say("conv {side} × {side}", **sizes)
    stride = say("stride {stride}", stride=window.stride)
    return "".join(
        [
            svg.text(left, above - 28, name, size=14, weight="bold"),
            svg.text(left, above - 10, stride, size=14),
            svg.text(left, below + 20, say("sees {field} × {field}", **sizes), size=14),
            svg.text(left, below + 38, say("jump {jump}", **sizes), size=14),
        ]
    )


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
    values = {
        "size": size,
        "side": side,
        "rows": len(rows),
        "columns": len(columns),
        "share": percent(len(rows) * len(columns) / side**2, 1),
    }
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
