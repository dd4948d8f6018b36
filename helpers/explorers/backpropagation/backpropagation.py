"""The backward pass through the complete model, step by step (section 3-2, equations 3.21 to 3.34)."""

from helpers.chapter.examples import EXAMPLE
from helpers.drawing import svg
from helpers.drawing.grids import titled_grid
from helpers.explorers.backpropagation.explanations import STEPS, explain, in_grid
from helpers.explorers.controls import dropdown, int_slider, player
from helpers.explorers.explorer import Explorer
from helpers.language import say
from helpers.reference.chapter_rules import chapter_backward
from helpers.reference.complete_model import complete_model_backward, complete_model_forward, loss_from
from helpers.reference.gradient_check import numerical_gradient, relative_error
from helpers.wording import indexed, letters, percent, together, trimmed

_NAMES = list(STEPS)
# Rounding leaves a finite difference eight digits or more; a wrong formula leaves none.
_AGREES = 1e-7

# The picture
_MARGIN, _GAP = 14, 38
_BOX_WIDTH, _BOX_HEIGHT, _BOX_PITCH = 56, 30, 83
_GRIDS_TOP = 150
_WHOLE, _DECIMAL = 34, 61  # sides of cells
_NARROWEST = 176  # the longest heading of a result
# Boxes of the strip: name -> (column, row); the parameters stand below what they make.
_STRIP = {
    "I": (0, 0),
    "k, b": (1, 1),
    "A": (1, 0),
    "C₁ C₂ C₃": (2, 0),
    "C": (3, 0),
    "P": (4, 0),
    "f": (5, 0),
    "W, b": (6, 1),
    "s": (6, 0),
    "ŷ": (7, 0),
    "L": (8, 0),
}


class BackpropagationExplorer(Explorer):
    """Walk from the loss back to the filters; each array stands beside its finite differences."""

    def __init__(self):
        self._arrays = complete_model_forward(**EXAMPLE)
        self._gradients = {
            "gradient": complete_model_backward(**EXAMPLE),
            "printed": chapter_backward(**EXAMPLE),
        }
        self._checks = {name: _by_finite_differences(name, self._arrays) for name in _NAMES}
        step = int_slider(say("Step"), 1, 1, len(STEPS))
        rules = [(say("the gradient"), "gradient"), (say("as printed"), "printed")]
        super().__init__(
            {
                "step": step,
                "play": player(step, 2000),
                "rule": dropdown(say("Rule"), rules),
                "channel": dropdown(say("Channel"), [(say("red"), 0), (say("green"), 1), (say("blue"), 2)]),
                "number": None,
            },
            clicks={"result": "number", "check": "number"},
        )

    def adjust(self):
        """Offer the numbers of this step, at the first; let the channel rest where there is none."""
        name = _NAMES[self.state["step"] - 1]
        self.controls["channel"].disabled = not STEPS[name].by_channel
        self.offer_cell("number", name, say("Number"), in_grid(name, self._checks[name], 0).shape)

    def draw(self):
        """Return the picture and its sentence."""
        state = self.state
        rule, channel, place = state["rule"], state["channel"], self.controls["number"].place
        name, gradients = _NAMES[state["step"] - 1], self._gradients[rule]
        step, check = STEPS[name], self._checks[name]
        explanation = explain(name, self._arrays, gradients, rule, channel, *place)
        symbol = indexed(step.symbol, channel + 1) if step.by_channel else step.symbol
        summary = _summary(state["step"], symbol, relative_error(gradients[name], check))
        heading = f"{symbol} ({step.equation})"
        if rule == "printed":
            heading = say("{symbol} ({equation}, printed)", symbol=symbol, equation=step.equation)
        result, check = (in_grid(name, values, channel) for values in (gradients[name], check))
        description = together([summary, *explanation.lines])
        return _picture(state["step"], explanation, heading, result, check, place, description), summary


def _by_finite_differences(name, arrays):
    """Differentiate the loss by one array of the model, knowing nothing of the chain rule."""
    image, parameters, target = EXAMPLE.values()
    if name in parameters:
        return numerical_gradient(
            lambda value: complete_model_forward(image, {**parameters, name: value}, target)["loss"],
            parameters[name],
        )
    return numerical_gradient(lambda value: loss_from(name, value, parameters, target), arrays[name])


def _summary(step, symbol, error):
    equation = STEPS[_NAMES[step - 1]].equation
    values = {"step": step, "steps": len(STEPS), "equation": equation, "symbol": symbol}
    if error < _AGREES:
        return say(
            "Step {step} of {steps}, equation {equation}: {symbol} agrees with the finite differences.",
            **values,
        )
    return say(
        "Step {step} of {steps}, equation {equation}: "
        "{symbol} is off by up to {error} of the largest number.",
        error=percent(error),
        **values,
    )


def _picture(step, explanation, heading, result, check, place, description):
    """Draw how far the gradient is, the arrays that enter this step, what leaves it, and its check."""
    parts = [_strip(step)]
    x, bottom = _MARGIN, _GRIDS_TOP
    for number, (title, values) in enumerate(explanation.arrays.items(), 1):
        cells = explanation.cells[title]
        parts.append(_grid(x, _GRIDS_TOP, title, values, f"enters{number}", cells))
        bottom = max(bottom, _GRIDS_TOP + len(values) * _side(values))
        x += max(values.shape[1] * _side(values), 9 * letters(title)) + _GAP
    side = _side(result)
    height, width = len(result) * side, max(result.shape[1] * side, _NARROWEST)
    beside = x + width + _GAP + width <= svg.WIDTH
    if not beside:
        x = max(x, svg.WIDTH - _MARGIN - width)  # leaves room for the lines on the left of the check
    parts.append(svg.text(x - _GAP / 2, _GRIDS_TOP + 24, "→", size=20, anchor="middle", fill=svg.MUTED))
    parts.append(_grid(x, _GRIDS_TOP, heading, result, "result", [place], framed=place))
    if beside:
        check_left, check_top = x + width + _GAP, _GRIDS_TOP
        bottom = max(bottom, _GRIDS_TOP + height)
    else:
        check_left, check_top = x, _GRIDS_TOP + height + 48
    parts.append(_grid(check_left, check_top, say("by finite differences"), check, "check", [place]))
    parts.append(svg.lines(_MARGIN, bottom + 34, explanation.lines))
    lowest = max(check_top + height, bottom + 16 + svg.LINE_HEIGHT * len(explanation.lines))
    return svg.document(svg.WIDTH, lowest + _MARGIN, parts, description)


def _strip(step):
    """Draw the model as boxes: tinted those that have their gradient, framed the one of this step."""
    *done, current = [STEPS[name].box for name in _NAMES[:step]]
    boxes, arrows = [], []
    for name, (column, row) in _STRIP.items():
        x, y = _MARGIN + column * _BOX_PITCH, _MARGIN + row * (_BOX_HEIGHT + 12)
        fill = svg.ORANGE_TINT if name == current else svg.BLUE_TINT if name in done else svg.PAPER
        stroke, width = (svg.ORANGE, 3) if name == current else (svg.LINE, 1)
        boxes.append(
            f'<rect x="{x}" y="{y}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="4" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="{width}"/>'
            + svg.text(x + _BOX_WIDTH / 2, y + 20, name, size=13 if len(name) > 4 else 15, anchor="middle")
        )
        if row:
            arrows.append(svg.line(x + _BOX_WIDTH / 2, y, x + _BOX_WIDTH / 2, y - 12, stroke=svg.MUTED))
        elif column:
            arrows.append(svg.arrow(x - _BOX_PITCH + _BOX_WIDTH + 3, y + 15, _BOX_PITCH - _BOX_WIDTH - 6))
    return "".join(arrows + boxes)


def _side(values):
    return _WHOLE if values.dtype.kind in "iub" else _DECIMAL


def _grid(x, y, title, values, name, cells, framed=None):
    labels = [[trimmed(value) for value in row] for row in values.tolist()]
    look = {"name": name, "labels": labels, "tinted": cells, "framed": framed}
    return titled_grid(title, values, x, y, _side(values), **look)
