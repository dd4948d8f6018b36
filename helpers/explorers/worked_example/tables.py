"""Tables that the worked example's lesson shows: the print, its arithmetic, the gradient (section 3-3)."""

from functools import partial

import numpy as np
from IPython.display import Markdown

from helpers import chapter
from helpers.explorers.explanation import in_two_dimensions
from helpers.explorers.worked_example.explanations import explain, gradient_term, winning_cells
from helpers.explorers.worked_example.worked_example import all_arrays
from helpers.language import say
from helpers.reference.worked_example import chapter_steps, worked_example_backward, worked_example_forward
from helpers.wording import fixed, indexed, products, table, trimmed

_IMAGE, _PARAMETERS = chapter.SECTION_3_3_INPUT, chapter.SECTION_3_3_PARAMETERS
_EXAMPLE = _IMAGE, _PARAMETERS, chapter.SECTION_3_3_TARGET


# Of the chapter's own numbers


def step_table(name):
    """Show one step of the chapter: its arithmetic, printed, recomputed, and in full precision.

    Args:
        name: "feature_map", "pooled", "hidden", "prediction", "delta_hidden", "delta_pooled",
            "delta_feature_map" or "filter".

    Returns:
        A table in Markdown; in bold what does not agree with the print.
    """
    head = say("| | arithmetic | printed | the chapter's steps | full precision |")
    rows, decimals = [], 2 if name in ("feature_map", "pooled") else 4
    for label, arithmetic, printed, recomputed, exact in step_rows(name):
        on_page = fixed(printed, decimals)
        others = [
            text if fixed(value, decimals) == on_page else f"**{text}**"
            for value, text in ((recomputed, fixed(recomputed, decimals)), (exact, fixed(exact, 6)))
        ]
        rows.append((label, arithmetic, on_page, *others))
    return Markdown(table(head, rows))


def step_rows(name):
    """List what `step_table` shows: (label, arithmetic, printed, recomputed, exact) of each number."""
    printed, letter, spell = _STEPS[name]
    steps = chapter_steps(*_EXAMPLE)
    backward = worked_example_backward(*_EXAMPLE)
    exact = {
        **worked_example_forward(*_EXAMPLE),
        **{f"delta_{array}": gradient for array, gradient in backward.items()},
        "filter": backward["filter"],
    }[name]
    places = np.ndindex(np.shape(printed))
    if name == "delta_feature_map":
        places = sorted(winning_cells(steps))
    return [
        (
            letter if name == "prediction" else indexed(letter, *(index + 1 for index in place)),
            spell(steps, *place),
            np.asarray(printed)[place],
            steps[name][place],
            exact[place],
        )
        for place in places
    ]


def _spell_feature(steps, row, column):
    window = _IMAGE[row : row + 2, column : column + 2].ravel()
    weights = _PARAMETERS["filter"].ravel()
    return f"{products(window, weights, trimmed)} = {trimmed(window @ weights)}"


def _spell_pooled(steps, row, column):
    block = steps["feature_map"][2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
    return f"max({', '.join(map(trimmed, block.ravel()))})"


def _spell_logistic(steps, unit, *, inputs, weights):
    values, used = steps[inputs], _PARAMETERS[weights][:, unit]
    return f"σ({products(values, used, trimmed)}) = σ({trimmed(values @ used)})"


_spell_hidden = partial(_spell_logistic, inputs="flattened", weights="weights1")
_spell_prediction = partial(_spell_logistic, inputs="hidden", weights="weights2")


def _spell_delta_hidden(steps, unit):
    prediction, target = trimmed(steps["prediction"][0]), trimmed(chapter.SECTION_3_3_TARGET)
    return f"({prediction} − {target})·{prediction}·(1 − {prediction})·{trimmed(steps['hidden'][unit])}"


def _spell_delta_pooled(steps, row, column):
    """Spell out the sum with the digits that the chapter keeps but does not print."""
    prediction = steps["prediction"]
    deltas = (prediction - chapter.SECTION_3_3_TARGET) * prediction * (1 - prediction) * steps["hidden"]
    return " + ".join(map(gradient_term, deltas, _PARAMETERS["weights1"][2 * row + column]))


def _spell_delta_feature(steps, row, column):
    delta = indexed("ΔP", row // 2 + 1, column // 2 + 1)
    return say("the maximum of its block gets {delta}", delta=delta)


def _spell_filter(steps, row, column):
    product = steps["turned_product"]
    places = np.argwhere(product).tolist()
    return " + ".join(gradient_term(product[i, j], _IMAGE[i + row, j + column]) for i, j in places)


# name -> (as printed, letter, what spells out its arithmetic)
_STEPS = {
    "feature_map": (chapter.SECTION_3_3_FEATURE_MAP, "C", _spell_feature),
    "pooled": (chapter.SECTION_3_3_POOLED, "P", _spell_pooled),
    "hidden": (chapter.SECTION_3_3_HIDDEN, "h", _spell_hidden),
    "prediction": ([chapter.SECTION_3_3_PREDICTION], "ŷ", _spell_prediction),
    "delta_hidden": (chapter.SECTION_3_3_DELTA_HIDDEN, "Δh", _spell_delta_hidden),
    "delta_pooled": (chapter.SECTION_3_3_DELTA_POOLED, "ΔP", _spell_delta_pooled),
    "delta_feature_map": (chapter.SECTION_3_3_DELTA_FEATURE_MAP, "ΔC", _spell_delta_feature),
    "filter": (-chapter.SECTION_3_3_FILTER_CORRECTION_SIZES, "Δk", _spell_filter),
}


# Of the gradient


def gradient_table(*names):
    """Spell out the gradient of each number of some arrays, with six decimals.

    Args:
        names: of arrays of `worked_example_backward`.

    Returns:
        A table in Markdown.
    """
    rows = [row[:2] for name in names for row in gradient_rows(name)]
    return Markdown(table(say("| | arithmetic |"), rows))


def gradient_rows(name):
    """List what `gradient_table` shows: (label, arithmetic, gradient) of each number."""
    arrays = all_arrays(*_EXAMPLE)
    backward = worked_example_backward(*_EXAMPLE)
    gradients = {array: in_two_dimensions(values) for array, values in backward.items()}
    rows = []
    for place in np.ndindex(gradients[name].shape):
        _, _, *arithmetic = explain(arrays, gradients, True, name, *place).lines
        rows.append((_label(name, place), " ".join(arithmetic), gradients[name][place]))
    return rows


def _label(name, place):
    row, column = (index + 1 for index in place)
    return {
        "image": indexed("∂L/∂I", row, column),
        "filter": indexed("∂L/∂k", row, column),
        "convolved": indexed("∂L/∂A", row, column),
        "feature_map": indexed("∂L/∂C", row, column),
        "pooled": indexed("∂L/∂P", row, column),
        "flattened": indexed("∂L/∂f", row),
        "weights1": f"∂L/∂W₁({row}, {column})",
        "hidden_sums": indexed("∂L/∂s", row),
        "hidden": indexed("∂L/∂h", row),
        "weights2": f"∂L/∂W₂({row})",
        "output_sum": "∂L/∂o",
        "prediction": "∂L/∂ŷ",
    }[name]
