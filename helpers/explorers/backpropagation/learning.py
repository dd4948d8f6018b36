"""Steps of learning by the gradient and by the printed rules (section 3-2, equations 3.23 to 3.35)."""

from functools import lru_cache

from helpers.chapter.examples import EXAMPLE
from helpers.drawing import svg
from helpers.drawing.chart import LOOKS, line_chart
from helpers.explorers.controls import dropdown, int_slider, player
from helpers.explorers.explorer import Explorer
from helpers.language import say, say_count
from helpers.reference.chapter_rules import chapter_backward
from helpers.reference.complete_model import complete_model_backward
from helpers.reference.losses import squared_error
from helpers.reference.optimizers import gradient_step
from helpers.wording import fixed, together, trimmed

_IMAGE, _PARAMETERS, _TARGET = EXAMPLE.values()
_RULES = (complete_model_backward, chapter_backward)
_RATES = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class LearningExplorer(Explorer):
    """Follow the gradient and the printed rules for some steps, with a learning rate to choose."""

    STEPS = 20

    def __init__(self):
        step = int_slider(say("Steps done"), 1, 0, self.STEPS)
        learners = [
            (say("filters and their biases"), ("filters", "filter_biases")),
            (say("W and b"), ("weights", "bias")),
            (say("everything"), tuple(_PARAMETERS)),
        ]
        controls = {
            "learns": dropdown(say("What learns"), learners, tuple(_PARAMETERS)),
            "rate": dropdown(say("Learning rate"), [(trimmed(rate), rate) for rate in _RATES], 0.1),
            "step": step,
            "play": player(step, 400),
        }
        super().__init__(controls)

    def draw(self):
        """Return the picture and its sentence."""
        state = self.state
        step, rate = state["step"], state["rate"]
        paths = [_path(backward, state["learns"], rate, self.STEPS) for backward in _RULES]
        gradient, printed = ([fixed(loss, 4) for loss in losses] for losses, _ in paths)
        first = say(
            "Before: loss {start}. After one step at a rate of {rate}: {gradient} by the gradient, "
            "{printed} as printed.",
            start=gradient[0],
            rate=trimmed(rate),
            gradient=gradient[1],
            printed=printed[1],
        )
        summary = _summary(step, gradient, printed)
        titles = (
            say("gradient: loss {loss}", loss=gradient[step]),
            say("as printed: loss {loss}", loss=printed[step]),
        )
        return _picture(paths, step, titles, first, together([first, summary])), summary


@lru_cache(maxsize=64)
def _path(backward, learns, rate, steps):
    """Follow a rule; return the losses and the predictions before and after each step."""
    parameters, losses, predictions = dict(_PARAMETERS), [], []
    for _ in range(steps + 1):
        gradients = backward(_IMAGE, parameters, _TARGET)
        # The prediction's gradient is its distance from the target: that spares a second forward pass.
        predictions.append(_TARGET + gradients["prediction"])
        losses.append(squared_error(predictions[-1], _TARGET))
        parameters |= gradient_step({name: parameters[name] for name in learns}, gradients, rate)
    return losses, predictions


def _summary(step, gradient, printed):
    """Compare the losses after some steps, as they are written, with the first one."""
    start, by_gradient, by_print = float(gradient[0]), float(gradient[step]), float(printed[step])
    if by_gradient == start:
        first = say_count(
            "After {count} step the gradient left the loss at {loss}",
            "After {count} steps the gradient left the loss at {loss}",
            step,
            loss=gradient[step],
        )
    elif by_gradient < start:
        first = say_count(
            "After {count} step the gradient lowered the loss to {loss}",
            "After {count} steps the gradient lowered the loss to {loss}",
            step,
            loss=gradient[step],
        )
    else:
        first = say_count(
            "After {count} step the gradient raised the loss to {loss}",
            "After {count} steps the gradient raised the loss to {loss}",
            step,
            loss=gradient[step],
        )
    if by_print == start:
        second = say("the printed rules left the loss at {loss}", loss=printed[step])
    elif by_print < start:
        second = say("the printed rules lowered the loss to {loss}", loss=printed[step])
    else:
        second = say("the printed rules raised the loss to {loss}", loss=printed[step])
    return say("{first}; {second}.", first=first, second=second)


def _picture(paths, step, titles, line, description):
    """Draw the losses of both rules over the steps, and their predictions at this step."""
    left, top, width, height = 56, 34, 384, 226
    bottom = top + height
    parts = [svg.text(left, 22, say("Loss"), weight="bold")]
    parts += line_chart([losses for losses, _ in paths], (left, top, width, height), marked=step, every=5)
    for place, ((_, predictions), title, (colour, dash)) in enumerate(zip(paths, titles, LOOKS, strict=True)):
        row = top - 12 + 122 * place
        parts.append(svg.line(476, row - 5, 512, row - 5, stroke=colour, stroke_width=3, dash=dash))
        parts.append(svg.text(520, row, title, weight="bold"))
        for index, probability in enumerate(predictions[step]):
            middle = row + 22 + 24 * index
            name = say("class {number}", number=index + 1)
            parts += [
                svg.text(476, middle + 5, f"{name} ✓" if _TARGET[index] else name, size=13),
                svg.rectangle(556, middle - 7, max(100 * probability, 1), 14, fill=colour),
                svg.text(562 + 100 * probability, middle + 5, fixed(probability, 2), size=13),
            ]
    parts.append(svg.text(14, bottom + 76, line))
    return svg.document(svg.WIDTH, bottom + 90, parts, description)
