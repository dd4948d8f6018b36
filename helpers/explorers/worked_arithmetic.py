"""The worked example spelt out: how each number came about, and tables beside the print (section 3-3)."""

import numpy as np
from IPython.display import Markdown

from helpers import chapter
from helpers.reference.dense import unflatten_columns
from helpers.reference.pooling import max_pool2d_backward
from helpers.reference.worked_example import chapter_steps, worked_example_backward, worked_example_forward
from helpers.wording import factor, indexed, products, trimmed

_IMAGE, _PARAMETERS = chapter.SECTION_3_3_INPUT, chapter.SECTION_3_3_PARAMETERS
_EXAMPLE = _IMAGE, _PARAMETERS, chapter.SECTION_3_3_TARGET


def in_two_dimensions(arrays):
    """Stand vectors up as columns and numbers as single cells."""
    return {
        name: np.asarray(values, float) if np.ndim(values) == 2 else np.reshape(values, (-1, 1)).astype(float)
        for name, values in arrays.items()
    }


def winning_cells(forward):
    """Find the cell of C that won each block: the one that the gradient reaches, in the order of f."""
    inputs = range(1, np.size(forward["pooled"]) + 1)
    reached = max_pool2d_backward(
        unflatten_columns(inputs, np.shape(forward["pooled"])), forward["feature_map"]
    )
    return [tuple(np.argwhere(reached == place)[0].tolist()) for place in inputs]


def _n(value):
    return trimmed(value)


def _six(value):
    """Write a gradient with six decimals at most, since gradients are small."""
    return trimmed(value, 6)


# How each number came about. Each takes the arrays, the gradients, the winners and the place, and gives the
# cells that it is explained by and at most four lines.


def _whole(name, arrays):
    return [(name, *place) for place in np.ndindex(arrays[name].shape)]


def _image(a, g, winners, row, column):
    cells = [("convolved", i, j) for i in (row - 1, row) for j in (column - 1, column) if _inside(i, j)]
    return cells, "A pixel. Move Value to change it.", f"{len(cells)} of the 16 sums of A use it."


def _inside(i, j):
    return 0 <= i < 4 and 0 <= j < 4


def _filter(a, g, winners, row, column):
    return (
        _whole("convolved", a),
        "A weight of the filter. Move Value to change it.",
        "All 16 sums of A use it.",
    )


def _convolved(a, g, winners, row, column):
    window = a["image"][row : row + 2, column : column + 2]
    result = _n(a["convolved"][row, column])
    return (
        [("image", row + u, column + v) for u, v in np.ndindex(2, 2)] + _whole("filter", a),
        "The filter laid on the image as it stands, products added up:",
        f"{products(window[0], a['filter'][0], _n)} +",
        f"{products(window[1], a['filter'][1], _n)} = {result}",
    )


def _feature_map(a, g, winners, row, column):
    return (
        [("convolved", row, column)],
        "What is below 0 becomes 0:",
        f"max({_n(a['convolved'][row, column])}, 0) = {_n(a['feature_map'][row, column])}",
    )


def _pooled(a, g, winners, row, column):
    cells = [("feature_map", 2 * row + u, 2 * column + v) for u, v in np.ndindex(2, 2)]
    values = ", ".join(_n(a["feature_map"][i, j]) for _, i, j in cells)
    return cells, "The largest of the block:", f"max({values}) = {_n(a['pooled'][row, column])}"


def _flattened(a, g, winners, row, column):
    j, i = divmod(row, 2)
    return (
        [("pooled", i, j)],
        "P is read column by column:",
        f"{indexed('f', row + 1)} = {indexed('P', i + 1, j + 1)} = {_n(a['flattened'][row, 0])}",
    )


def _weight1(a, g, winners, row, column):
    return (
        [("flattened", row, 0), ("hidden_sums", column, 0)],
        f"Multiplies {indexed('f', row + 1)} in the sum {indexed('s', column + 1)}. Move Value to change it.",
    )


def _weight2(a, g, winners, row, column):
    return (
        [("hidden", row, 0), ("output_sum", 0, 0)],
        f"Multiplies {indexed('h', row + 1)} in the output's sum. Move Value to change it.",
    )


def _hidden_sum(a, g, winners, row, column):
    weights = a["weights1"][:, row]
    return (
        _whole("flattened", a) + [("weights1", i, row) for i in range(4)],
        "Each number of f times the weight on its line:",
        f"{products(a['flattened'][:, 0], weights, _n)} = {_n(a['hidden_sums'][row, 0])}",
    )


def _hidden(a, g, winners, row, column):
    return (
        [("hidden_sums", row, 0)],
        "The logistic function of the sum:",
        _logistic(a, "hidden_sums", "hidden", row),
    )


def _output_sum(a, g, winners, row, column):
    return (
        _whole("hidden", a) + _whole("weights2", a),
        "Each hidden unit times the weight on its line:",
        f"{products(a['hidden'][:, 0], a['weights2'][:, 0], _n)} = {_n(a['output_sum'][0, 0])}",
    )


def _prediction(a, g, winners, row, column):
    return (
        [("output_sum", 0, 0)],
        "The logistic function of the sum:",
        _logistic(a, "output_sum", "prediction", 0),
    )


def _logistic(a, before, after, row):
    return f"1 / (1 + exp(−{factor(a[before][row, 0], _n)})) = {_n(a[after][row, 0])}"


def _target(a, g, winners, row, column):
    return [("loss", 0, 0)], "What the network should answer. Move Target y to change it."


def _loss(a, g, winners, row, column):
    return (
        [("prediction", 0, 0), ("target", 0, 0)],
        "Half the squared difference:",
        f"½ ({_n(a['prediction'][0, 0])} − {_n(a['target'][0, 0])})² = {_n(a['loss'][0, 0])}",
    )


def _prediction_back(a, g, winners, row, column):
    return (
        [],
        "How the loss ½ (ŷ − y)² changes with ŷ:",
        f"ŷ − y = {_six(a['prediction'][0, 0])} − {_six(a['target'][0, 0])} = {_six(g['prediction'][0, 0])}",
    )


def _slope(a, g, before, after, row):
    """Write a gradient times the slope of the logistic function."""
    value = _six(a[after][row, 0])
    return f"{_six(g[after][row, 0])}·{value}·(1 − {value}) = {_six(g[before][row, 0])}"


def _output_sum_back(a, g, winners, row, column):
    return (
        [("prediction", 0, 0)],
        "∂L/∂ŷ times the slope of the logistic function, ŷ (1 − ŷ):",
        _slope(a, g, "output_sum", "prediction", 0),
    )


def _weight2_back(a, g, winners, row, column):
    return (
        [("output_sum", 0, 0)],
        f"∂L/∂o times {indexed('h', row + 1)}, the number that the weight multiplies:",
        f"{_six(g['output_sum'][0, 0])}·{_six(a['hidden'][row, 0])} = {_six(g['weights2'][row, 0])}",
    )


def _hidden_back(a, g, winners, row, column):
    return (
        [("output_sum", 0, 0)],
        "∂L/∂o times the weight on the line:",
        f"{_six(g['output_sum'][0, 0])}·{factor(a['weights2'][row, 0], _six)} = {_six(g['hidden'][row, 0])}",
    )


def _hidden_sum_back(a, g, winners, row, column):
    h = indexed("h", row + 1)
    return (
        [("hidden", row, 0)],
        f"∂L/∂{h} times the slope of the logistic function, {h} (1 − {h}):",
        _slope(a, g, "hidden_sums", "hidden", row),
    )


def _weight1_back(a, g, winners, row, column):
    s, f = indexed("s", column + 1), indexed("f", row + 1)
    delta = _six(g["hidden_sums"][column, 0])
    return (
        [("hidden_sums", column, 0)],
        f"∂L/∂{s} times {f}, the number that the weight multiplies:",
        f"{delta}·{_six(a['flattened'][row, 0])} = {_six(g['weights1'][row, column])}",
    )


def _flattened_back(a, g, winners, row, column):
    return (
        _whole("hidden_sums", a),
        f"{indexed('f', row + 1)} reaches the loss on two lines; each brings ∂L/∂s times its weight:",
        *_sum_lines(
            [
                _term(delta, weight)
                for delta, weight in zip(g["hidden_sums"][:, 0], a["weights1"][row], strict=True)
            ],
            g["flattened"][row, 0],
        ),
    )


def _pooled_back(a, g, winners, row, column):
    place = 2 * column + row
    p, f = indexed("P", row + 1, column + 1), indexed("f", place + 1)
    return (
        [("flattened", place, 0)],
        f"{p} stands at {f}, since P was read column by column:",
        f"∂L/∂{p} = ∂L/∂{f} = {_six(g['pooled'][row, column])}",
    )


def _feature_map_back(a, g, winners, row, column):
    block = row // 2, column // 2
    p = indexed("P", block[0] + 1, block[1] + 1)
    if (row, column) in winners:
        value = _six(g["feature_map"][row, column])
        lines = ["It won its block, so all that arrives comes here:", f"∂L/∂{p} = {value}"]
    else:
        lines = ["It did not win its block: a small change of it changes nothing.", "0"]
    return [("pooled", *block)], *lines


def _convolved_back(a, g, winners, row, column):
    before, arrived = a["convolved"][row, column], _six(g["feature_map"][row, column])
    passes = before > 0
    return (
        [("feature_map", row, column)],
        f"The ReLU's mask is {int(passes)}, since {_six(before)} is {'' if passes else 'not '}above 0:",
        f"{arrived}·{int(passes)} = {_six(g['convolved'][row, column])}",
    )


def _filter_back(a, g, winners, row, column):
    """Spell out the sum over the positions that have a gradient; at most four have."""
    places = [tuple(place) for place in np.argwhere(g["convolved"]).tolist()]
    terms = [_term(g["convolved"][i, j], a["image"][i + row, j + column]) for i, j in places]
    return (
        [("convolved", *place) for place in places],
        "Every ∂L/∂A times the pixel that lies under this weight there:",
        *_sum_lines(terms, g["filter"][row, column]),
    )


def _image_back(a, g, winners, row, column):
    places = [
        (row - u, column - v, u, v)
        for u, v in np.ndindex(2, 2)
        if _inside(row - u, column - v) and g["convolved"][row - u, column - v] != 0
    ]
    terms = [_term(g["convolved"][i, j], a["filter"][u, v]) for i, j, u, v in places]
    return (
        [("convolved", i, j) for i, j, _, _ in places],
        "∂L/∂A of every sum that uses this pixel, times the weight it meets there:",
        *_sum_lines(terms, g["image"][row, column]),
    )


def _term(gradient, value):
    return f"{factor(gradient, _six)}·{factor(value, _six)}"


def _sum_lines(terms, result):
    """Write a sum over two lines if it is long."""
    if not terms:
        return ["none has a gradient: 0"]
    rows = [" + ".join(terms[start : start + 2]) for start in range(0, len(terms), 2)]
    return [*(f"{row} +" for row in rows[:-1]), f"{rows[-1]} = {_six(result)}"]


def _not_backward(a, g, winners, row, column):
    return [], "Nothing is learnt here: the gradient starts at ŷ. Choose another number."


FORWARD = {
    "image": _image,
    "filter": _filter,
    "convolved": _convolved,
    "feature_map": _feature_map,
    "pooled": _pooled,
    "flattened": _flattened,
    "weights1": _weight1,
    "hidden_sums": _hidden_sum,
    "hidden": _hidden,
    "weights2": _weight2,
    "output_sum": _output_sum,
    "prediction": _prediction,
    "target": _target,
    "loss": _loss,
}
BACKWARD = {
    "image": _image_back,
    "filter": _filter_back,
    "convolved": _convolved_back,
    "feature_map": _feature_map_back,
    "pooled": _pooled_back,
    "flattened": _flattened_back,
    "weights1": _weight1_back,
    "hidden_sums": _hidden_sum_back,
    "hidden": _hidden_back,
    "weights2": _weight2_back,
    "output_sum": _output_sum_back,
    "prediction": _prediction_back,
    "target": _not_backward,
    "loss": _not_backward,
}


# Tables of the chapter's own numbers


def step_table(name):
    """Show one step of the chapter: its arithmetic, printed, recomputed, and in full precision.

    Args:
        name: "feature_map", "pooled", "hidden", "prediction", "delta_hidden", "delta_pooled",
            "delta_feature_map" or "filter".

    Returns:
        A table in Markdown; in bold what does not agree with the print.
    """
    rows = ["| | arithmetic | printed | the chapter's steps | full precision |", "|---|---|---|---|---|"]
    for label, arithmetic, printed, recomputed, exact in step_rows(name):
        decimals = 2 if name in ("feature_map", "pooled") else 4
        shown = [_digits(value, decimals) for value in (printed, recomputed)]
        exact_text = _digits(exact, 6)
        if shown[1] != shown[0]:
            shown[1] = f"**{shown[1]}**"
        if _digits(exact, decimals) != shown[0]:
            exact_text = f"**{exact_text}**"
        rows.append(f"| {label} | {arithmetic} | {' | '.join(shown)} | {exact_text} |")
    return Markdown("\n".join(rows))


def step_rows(name):
    """List what `step_table` shows: (label, arithmetic, printed, recomputed, exact) of each number."""
    steps = chapter_steps(*_EXAMPLE)
    forward, backward = worked_example_forward(*_EXAMPLE), worked_example_backward(*_EXAMPLE)
    printed, right, letter, spell = {
        "feature_map": (chapter.SECTION_3_3_FEATURE_MAP, forward["feature_map"], "C", _spell_feature),
        "pooled": (chapter.SECTION_3_3_POOLED, forward["pooled"], "P", _spell_pooled),
        "hidden": (chapter.SECTION_3_3_HIDDEN, forward["hidden"], "h", _spell_hidden),
        "prediction": ([chapter.SECTION_3_3_PREDICTION], forward["prediction"], "ŷ", _spell_prediction),
        "delta_hidden": (chapter.SECTION_3_3_DELTA_HIDDEN, backward["hidden"], "δh", _spell_delta_hidden),
        "delta_pooled": (chapter.SECTION_3_3_DELTA_POOLED, backward["pooled"], "δP", _spell_delta_pooled),
        "delta_feature_map": (
            chapter.SECTION_3_3_DELTA_FEATURE_MAP,
            backward["feature_map"],
            "δC",
            _spell_delta_feature,
        ),
        "filter": (-chapter.SECTION_3_3_FILTER_CORRECTION_SIZES, backward["filter"], "δk", _spell_filter),
    }[name]
    places = list(np.ndindex(np.shape(printed)))
    if name == "delta_feature_map":
        places = sorted(winning_cells(steps))
    return [
        (
            letter if name == "prediction" else indexed(letter, *(index + 1 for index in place)),
            spell(steps, *place),
            np.asarray(printed)[place],
            steps[name][place],
            right[place],
        )
        for place in places
    ]


def _spell_feature(steps, row, column):
    window = _IMAGE[row : row + 2, column : column + 2].ravel()
    weights = _PARAMETERS["filter"].ravel()
    return f"{products(window, weights, _n)} = {_n(window @ weights)}"


def _spell_pooled(steps, row, column):
    block = steps["feature_map"][2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
    return f"max({', '.join(map(_n, block.ravel()))})"


def _spell_hidden(steps, unit):
    return _spell_logistic(steps["flattened"], _PARAMETERS["weights1"][:, unit])


def _spell_prediction(steps, unit):
    return _spell_logistic(steps["hidden"], _PARAMETERS["weights2"][:, 0])


def _spell_logistic(values, weights):
    return f"σ({products(values, weights, _n)}) = σ({_n(values @ weights)})"


def _spell_delta_hidden(steps, unit):
    prediction, target = _n(steps["prediction"][0]), _n(chapter.SECTION_3_3_TARGET)
    return f"({prediction} − {target})·{prediction}·(1 − {prediction})·{_n(steps['hidden'][unit])}"


def _spell_delta_pooled(steps, row, column):
    """Spell out the sum with the digits that the chapter keeps but does not print."""
    prediction = steps["prediction"]
    deltas = (prediction - chapter.SECTION_3_3_TARGET) * prediction * (1 - prediction) * steps["hidden"]
    weights = _PARAMETERS["weights1"][2 * row + column]
    return " + ".join(_term(delta, weight) for delta, weight in zip(deltas, weights, strict=True))


def _spell_delta_feature(steps, row, column):
    return f"the maximum of its block gets {indexed('δP', row // 2 + 1, column // 2 + 1)}"


def _spell_filter(steps, row, column):
    product, image = steps["turned_product"], _IMAGE
    places = np.argwhere(product).tolist()
    return " + ".join(_term(product[i, j], image[i + row, j + column]) for i, j in places)


def _digits(value, decimals):
    return f"{np.round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")


# Tables of the gradient


def gradient_table(name):
    """Spell out the gradient of each number of an array, with six decimals.

    Args:
        name: of an array of `worked_example_backward`.

    Returns:
        A table in Markdown.
    """
    rows = ["| | arithmetic |", "|---|---|"]
    rows += [f"| {label} | {arithmetic} |" for label, arithmetic, _ in gradient_rows(name)]
    return Markdown("\n".join(rows))


def gradient_rows(name):
    """List what `gradient_table` shows: (label, arithmetic, gradient) of each number."""
    arrays = {"image": _IMAGE, **_PARAMETERS, **worked_example_forward(*_EXAMPLE)}
    arrays = in_two_dimensions({**arrays, "target": chapter.SECTION_3_3_TARGET})
    gradients = in_two_dimensions(worked_example_backward(*_EXAMPLE))
    winners = winning_cells(arrays)
    rows = []
    for place in np.ndindex(gradients[name].shape):
        _, _, *lines = BACKWARD[name](arrays, gradients, winners, *place)
        rows.append((_label(name, place), " ".join(lines), gradients[name][place]))
    return rows


_GRID_LETTERS = {"image": "I", "filter": "k", "convolved": "A", "feature_map": "C", "pooled": "P"}


def _label(name, place):
    row, column = (index + 1 for index in place)
    if name in _GRID_LETTERS:
        return indexed(f"∂L/∂{_GRID_LETTERS[name]}", row, column)
    return {
        "prediction": "∂L/∂ŷ",
        "output_sum": "∂L/∂o",
        "hidden": indexed("∂L/∂h", row),
        "hidden_sums": indexed("∂L/∂s", row),
        "flattened": indexed("∂L/∂f", row),
        "weights1": f"∂L/∂W₁({row}, {column})",
        "weights2": f"∂L/∂W₂({row})",
    }[name]
