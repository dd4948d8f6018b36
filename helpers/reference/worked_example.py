"""The worked example of section 3-3, forward and backward: by the chain rule, and by the chapter's steps.

One filter without bias, ReLU, 2x2 max pooling, flattening by columns, a logistic hidden layer, a logistic
output, squared loss. The functions take any image, filter and weights that fit together.
"""

import reprlib

import numpy as np

from helpers.reference.activations import (
    logistic,
    logistic_backward,
    relu,
    relu_backward,
)
from helpers.reference.arrays import check_names, real_number, whole_number
from helpers.reference.convolution import cross_correlate2d, cross_correlate2d_backward
from helpers.reference.dense import (
    dense,
    dense_backward,
    flatten_columns,
    unflatten_columns,
)
from helpers.reference.geometry import windows
from helpers.reference.losses import squared_error, squared_error_backward
from helpers.reference.pooling import max_pool2d, max_pool2d_backward

ALL_PARAMETERS = ("filter", "weights1", "weights2")


def worked_example_forward(image, parameters, target):
    """Carry one image forward to the loss.

    Args:
        image: I, (H, W).
        parameters: a mapping with
            "filter": k, (f_h, f_w), used as it stands, not flipped;
            "weights1": W1, (inputs, hidden units); "weights2": W2, (hidden units, 1).
        target: y, a number from 0 to 1.

    Returns:
        Every array on the way, by name, in its order:
            "convolved": what goes into the ReLU, (d_h, d_w); "feature_map": C, (d_h, d_w);
            "pooled": P; "flattened": f, column by column, (inputs,);
            "hidden_sums": W1^T f, and "hidden": h, (hidden units,);
            "output_sum": W2^T h, and "prediction": y^, (1,); "loss": L, a float.

    Raises:
        TypeError, ValueError: shapes that do not fit together.

    Source: section 3-3, Figures 3-9 and 3-10.
    """
    check_names("parameters", parameters, ALL_PARAMETERS)
    a = {"convolved": cross_correlate2d(image, parameters["filter"])}
    a["feature_map"] = relu(a["convolved"])
    a["pooled"] = max_pool2d(a["feature_map"])
    a["flattened"] = flatten_columns(a["pooled"])
    a["hidden_sums"] = _weighted_sums(a["flattened"], parameters["weights1"])
    a["hidden"] = logistic(a["hidden_sums"])
    a["output_sum"] = _weighted_sums(a["hidden"], parameters["weights2"])
    a["prediction"] = logistic(a["output_sum"])
    a["loss"] = squared_error(a["prediction"], [target])
    return a


def worked_example_backward(image, parameters, target):
    """Carry the loss's gradient back to every number, by the chain rule.

    Takes and raises what `worked_example_forward` does.

    Returns:
        The loss's gradients, by the names of `worked_example_forward`, from "prediction" back to "convolved",
        and those of "weights2", "weights1", "filter" and "image"; each in the shape of its array.

    Source: section 3-3, Figures 3-9 and 3-10, put right.
    """
    a = worked_example_forward(image, parameters, target)
    grad = {"prediction": squared_error_backward(a["prediction"], [target])}
    grad["output_sum"] = logistic_backward(grad["prediction"], a["output_sum"])
    grad["hidden"], grad["weights2"], _ = dense_backward(
        grad["output_sum"], a["hidden"], parameters["weights2"]
    )
    grad["hidden_sums"] = logistic_backward(grad["hidden"], a["hidden_sums"])
    grad["flattened"], grad["weights1"], _ = dense_backward(
        grad["hidden_sums"], a["flattened"], parameters["weights1"]
    )
    grad["pooled"] = unflatten_columns(grad["flattened"], a["pooled"].shape)
    grad["feature_map"] = max_pool2d_backward(grad["pooled"], a["feature_map"])
    grad["convolved"] = relu_backward(grad["feature_map"], a["convolved"])
    grad["image"], grad["filter"] = cross_correlate2d_backward(
        grad["convolved"], image, parameters["filter"]
    )
    return grad


def chapter_steps(image, parameters, target, rounded=True):
    """Follow the chapter's steps, right or wrong, with its roundings.

    Its roundings, found by trying: two decimals up to P; four for h, for y^, for the deltas of P and for the
    filter. The deltas of h are rounded for print only. Use `worked_example_backward` for the gradient.

    Takes what `worked_example_forward` does, and `rounded`, False to keep all digits.

    Returns:
        Every array of the printed page, by name, in its order:
            "convolved", "feature_map", "pooled", "flattened", "hidden", "prediction", as for
            `worked_example_forward`;
            "delta_hidden": the output's delta times h, which is the gradient of W2, (hidden units,);
            "delta_pooled": W1 times that, filled in row by row, the shape of P;
            "delta_feature_map": each number at its block's maximum, the shape of C;
            "relu_mask": 1 where the ReLU lets through, the shape of C;
            "turned_product": mask and delta multiplied as matrices, then turned upside down;
            "filter": the image cross-correlated with that product, (f_h, f_w).

    Raises:
        TypeError, ValueError: shapes that do not fit together, or a feature map that is not square.

    Source: section 3-3 as printed.
    """
    check_names("parameters", parameters, ALL_PARAMETERS)
    target = real_number("target", target)
    keep = np.round if rounded else lambda array, decimals: array
    weights1, weights2 = parameters["weights1"], parameters["weights2"]
    a = {"convolved": keep(cross_correlate2d(image, parameters["filter"]), 2)}
    _check_square(a["convolved"])
    a["feature_map"] = relu(a["convolved"])
    a["pooled"] = max_pool2d(a["feature_map"])
    a["flattened"] = flatten_columns(a["pooled"])
    a["hidden"] = keep(logistic(_weighted_sums(a["flattened"], weights1)), 4)
    a["prediction"] = keep(logistic(_weighted_sums(a["hidden"], weights2)), 4)
    slope = a["prediction"] * (1 - a["prediction"])
    delta_hidden = (a["prediction"] - target) * slope * a["hidden"]
    a["delta_hidden"] = keep(delta_hidden, 4)
    a["delta_pooled"] = keep(weights1 @ delta_hidden, 4).reshape(a["pooled"].shape)
    a["delta_feature_map"] = max_pool2d_backward(a["delta_pooled"], a["feature_map"])
    a["relu_mask"] = (a["convolved"] > 0).astype(int)
    a["turned_product"] = np.flipud(a["relu_mask"] @ a["delta_feature_map"])
    a["filter"] = keep(cross_correlate2d(image, a["turned_product"]), 4)
    return a


def chapter_gradients(image, parameters, target):
    """Return what the chapter's steps use as gradients, with all digits.

    The chapter prints a correction of the filter alone. Its deltas of h stand here for the gradient of W2,
    which they are, and go into W1 by equation 3.22, delta f^T.

    Takes and raises what `chapter_steps` does.

    Returns:
        "filter", "weights1" and "weights2", each in the shape of its array.

    Source: section 3-3 as printed, and equation 3.22.
    """
    steps = chapter_steps(image, parameters, target, rounded=False)
    return {
        "filter": steps["filter"],
        "weights1": np.outer(steps["flattened"], steps["delta_hidden"]),
        "weights2": steps["delta_hidden"][:, np.newaxis],
    }


def learn(
    image,
    parameters,
    target,
    learning_rate,
    steps,
    rule="gradient",
    learning=ALL_PARAMETERS,
):
    """Take steps down the loss, w <- w - eta dw, by the gradient or by the chapter's steps.

    Args:
        image: as for `worked_example_forward`; square, like the filter.
        parameters: as for `worked_example_forward`; they are not changed.
        target: as for `worked_example_forward`.
        learning_rate: eta, above 0.
        steps: how many.
        rule: "gradient" for `worked_example_backward`, "chapter" for `chapter_gradients`.
        learning: names of the parameters that learn; the others stay as they are.

    Returns:
        (path, predictions): the parameters before the first step and after each one, a list of steps + 1
        mappings; and y^ with each of them, (steps + 1,).

    Raises:
        TypeError, ValueError: shapes that do not fit together; steps, rate or target not a number; a rule or
            a parameter that does not exist.

    Source: section 3-2, equations 3.23 and 3.33.
    """
    _check_learning(parameters, target, steps, rule, learning)
    learning_rate = real_number("learning_rate", learning_rate)
    slopes_of = {"gradient": _gradient_slopes, "chapter": _chapter_slopes}[rule]
    sides = parameters["filter"].shape
    # A row for each place in C.
    under = windows(image, sides).reshape(-1, sides[0] * sides[1])
    side = len(image) - sides[0] + 1
    places = windows(np.arange(side**2).reshape(side, side), 2, 2)
    # In the order of f, what each number is the maximum of.
    blocks = np.swapaxes(places, 0, 1).reshape(-1, 4)
    here, path, predictions = dict(parameters), [], []
    for _ in range(steps + 1):
        feature_map = np.maximum(under @ here["filter"].ravel(), 0)
        winners = blocks[np.arange(len(blocks)), feature_map[blocks].argmax(axis=1)]
        f = feature_map[winners]
        hidden = logistic(f @ here["weights1"])
        prediction = logistic(hidden @ here["weights2"])
        path.append(here)
        predictions.append(prediction[0])
        delta = (prediction - target) * prediction * (1 - prediction)
        slopes = slopes_of(here, feature_map, winners, under, f, hidden, delta)
        moved = {name: here[name] - learning_rate * slopes[name] for name in learning}
        here = {**here, **moved}
    return path, np.array(predictions)


def _gradient_slopes(parameters, feature_map, winners, under, f, hidden, delta):
    delta_hidden = delta * parameters["weights2"][:, 0] * hidden * (1 - hidden)
    delta_f = parameters["weights1"] @ delta_hidden
    of_filter = (delta_f * (f > 0)) @ under[winners]
    return {
        "filter": of_filter.reshape(parameters["filter"].shape),
        "weights1": f[:, np.newaxis] * delta_hidden,
        "weights2": (delta * hidden)[:, np.newaxis],
    }


def _chapter_slopes(parameters, feature_map, winners, under, f, hidden, delta):
    delta_hidden = delta * hidden
    side = round(len(feature_map) ** 0.5)
    half = side // 2
    delta_map = np.zeros(len(feature_map))
    # The chapter fills P in row by row, while the winners are in the order of f, column by column.
    delta_map[winners.reshape(half, half).T.ravel()] = (
        parameters["weights1"] @ delta_hidden
    )
    product = (feature_map > 0).reshape(side, side) @ delta_map.reshape(side, side)
    return {
        "filter": (product[::-1].ravel() @ under).reshape(parameters["filter"].shape),
        "weights1": f[:, np.newaxis] * delta_hidden,
        "weights2": delta_hidden[:, np.newaxis],
    }


def _check_learning(parameters, target, steps, rule, learning):
    check_names("parameters", parameters, ALL_PARAMETERS)
    real_number("target", target)
    whole_number("steps", steps, 0)
    if rule not in ["gradient", "chapter"]:
        raise ValueError(
            f'expected "gradient" or "chapter" for rule, got {reprlib.repr(rule)}; use one of them'
        )
    if not isinstance(learning, tuple | list) or set(learning) - set(ALL_PARAMETERS):
        raise ValueError(
            f"expected names out of {ALL_PARAMETERS} for learning, got {reprlib.repr(learning)}; "
            "use a tuple of them"
        )


def _weighted_sums(x, weights):
    return dense(x, weights, np.zeros(np.shape(weights)[1:]))


def _check_square(feature_map):
    sides = feature_map.shape
    if sides[0] != sides[1]:
        raise ValueError(
            "expected a square feature map, since the printed steps multiply two arrays of its shape as "
            f"matrices, got {sides}; use a square image and filter"
        )
