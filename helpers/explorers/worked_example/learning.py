"""Learning from the worked example by the gradient and by the chapter's steps (section 3-3)."""

from helpers.drawing import svg
from helpers.drawing.chart import line_chart
from helpers.explorers.controls import dropdown, float_slider, int_slider
from helpers.explorers.worked_example.worked_example import (
    CELL,
    ROW,
    SYMBOLS,
    TOP,
    EditableExample,
    grid,
    target_slider,
)
from helpers.language import say, say_count
from helpers.reference.losses import squared_error
from helpers.reference.worked_example import ALL_PARAMETERS, learn
from helpers.wording import fixed, together, trimmed

_STEPS = 200
_RULES = ("gradient", "chapter")
# name -> (left, heading) of the numbers at the start
_START = {
    "image": (14, say("I, image")),
    "filter": (346, say("k, at the start")),
    "weights1": (496, SYMBOLS["weights1"]),
    "weights2": (646, SYMBOLS["weights2"]),
}
_AFTER = ((14, 150, 286), (394, 530, 666))  # lefts of what each rule has learnt


class WorkedLearningExplorer(EditableExample):
    """Two hundred steps of learning by the gradient and by the chapter's steps, from any numbers."""

    def __init__(self):
        learners = [(say("k, W₁ and W₂"), ALL_PARAMETERS), (say("the filter k alone"), ("filter",))]
        super().__init__(
            {
                "learning": dropdown(say("Learn"), learners),
                "target": target_slider(),
                "rate": float_slider(say("Learning rate η"), 1.0, 0.1, 10.0, 0.1),
                "step": int_slider(say("Step"), 1, 0, _STEPS),
                **self.choice(),
            }
        )

    def draw(self):
        """Return the picture and its sentence."""
        state = self.state
        step, target, rate = state["step"], state["target"], state["rate"]
        runs = self._learn(target, rate, state["learning"])
        after, curves = [path[step] for path, _ in runs], [curve for _, curve in runs]
        summary = _summary(curves, step, target, rate)
        return _picture(self.values, self.chosen, after, curves, step, target, summary), summary

    def _learn(self, target, rate, learning):
        """Learn by both rules; again only if something that matters to it has changed."""
        start = self.values["image"], self.parameters, target, rate, _STEPS
        key = target, rate, learning, *(values.tobytes() for values in self.values.values())
        return self.keep("runs", key, lambda: [learn(*start, rule, learning) for rule in _RULES])


def _summary(curves, step, target, rate):
    def loss(value):
        return squared_error([value], [target])

    first, (gradient, printed) = curves[0][0], (curve[step] for curve in curves)
    sentences = [
        say(
            "At the start ŷ is {prediction} and the loss {loss}.",
            prediction=fixed(first, 4),
            loss=fixed(loss(first), 4),
        ),
        say_count(
            "After {count} step with η = {rate} by the gradient ŷ is {gradient} and the loss "
            "{gradient_loss}; by the printed steps ŷ is {printed} and the loss {printed_loss}.",
            "After {count} steps with η = {rate} by the gradient ŷ is {gradient} and the loss "
            "{gradient_loss}; by the printed steps ŷ is {printed} and the loss {printed_loss}.",
            step,
            rate=trimmed(rate),
            gradient=fixed(gradient, 4),
            gradient_loss=fixed(loss(gradient), 4),
            printed=fixed(printed, 4),
            printed_loss=fixed(loss(printed), 4),
        ),
    ]
    if loss(printed) > loss(first):
        sentences.append(say("The printed steps have made the loss larger."))
    return together(sentences)


def _picture(start, chosen, after, curves, step, target, description):
    """Draw the numbers that learning starts from, those after some steps, and ŷ step by step."""
    parts = []
    for name, (left, title) in _START.items():
        parts += [svg.heading(left, TOP, title), grid(name, start[name], left, TOP, 2)]
    name, row, column = chosen
    corner = _START[name][0] + column * CELL, TOP + row * ROW
    parts.append(svg.rectangle(*corner, CELL, ROW, stroke=svg.ORANGE, stroke_width=3))
    top = TOP + 5 * ROW + 68
    titles = (
        say("After step {step}, by the gradient", step=step),
        say("After step {step}, by the printed steps", step=step),
    )
    for title, arrays, lefts in zip(titles, after, _AFTER, strict=True):
        parts.append(svg.text(lefts[0], top - 32, title, weight="bold"))
        for (name, symbol), left in zip(SYMBOLS.items(), lefts, strict=True):
            parts += [svg.text(left, top - 8, symbol), grid(None, arrays[name], left, top, 4)]
    chart_top = top + 4 * ROW + 56
    legend = (say("ŷ by the gradient"), say("ŷ by the printed steps"), say("target y"))
    box = (58, chart_top, 672, 180)
    parts += line_chart(curves, box, marked=step, every=50, level=target, legend=legend)
    return svg.document(svg.WIDTH, chart_top + 232, parts, description)
