"""The complete model of Figure 3-8: forward to the loss, and its gradients (equations 3.12 to 3.35)."""

import numpy as np

from helpers.reference.activations import relu, relu_backward, softmax, softmax_backward
from helpers.reference.arrays import arrays_of_one_type, check_names
from helpers.reference.convolution import convolve2d, convolve2d_backward
from helpers.reference.dense import (
    dense,
    dense_backward,
    flatten_columns,
    unflatten_columns,
)
from helpers.reference.losses import squared_error, squared_error_backward
from helpers.reference.pooling import average_pool2d, average_pool2d_backward

PARAMETERS = ("filters", "filter_biases", "weights", "bias")


def complete_model_forward(image, parameters, target, pool_size=2):
    """Carry one picture forward: a ReLU in each channel, then their sum.

    Args:
        image: I, (H, W, C).
        parameters: a mapping with
            "filters": k_c, (f_h, f_w, C), one filter per channel;
            "filter_biases": b_c, (C,), one per channel;
            "weights": W, (classes, inputs) as in the chapter, the transpose of what Keras stores;
            "bias": b, (classes,).
        target: y, (classes,), 1 for the right class, else 0.
        pool_size: side n of the pooling window, in pixels.

    Returns:
        Every array on the way, by name, in its order:
            "convolved": what goes into the ReLU of equations 3.12 to 3.14, (d_h, d_w, C);
            "channel_maps": C_c (3.12 to 3.14), (d_h, d_w, C);
            "feature_map": C (3.15), (d_h, d_w);
            "pooled": P (3.16); "flattened": f (3.17), (inputs,);
            "scores": W f + b, (classes,); "prediction": y^ (3.19), (classes,);
            "loss": L (3.20), a float.

    Raises:
        TypeError, ValueError: shapes that do not fit together.

    Source: section 3-1, Figure 3-8, equations 3.12 to 3.20.
    """
    check_names("parameters", parameters, PARAMETERS)
    convolved = convolve_channels(image, parameters)
    channel_maps = relu(convolved)
    feature_map = channel_maps.sum(axis=-1)
    return {
        "convolved": convolved,
        "channel_maps": channel_maps,
        "feature_map": feature_map,
        **classify(feature_map, parameters, target, pool_size),
    }


def framework_order_forward(image, parameters, target, pool_size=2):
    """Carry one picture forward: sum the channels, then one ReLU.

    This is the order of frameworks, whose convolution layer has one bias per filter. Here that is the sum of
    the b_c, so that only the place of the ReLU differs from `complete_model_forward`.

    Takes, raises and returns what `complete_model_forward` does, with "channel_sum", (d_h, d_w), in place
    of "channel_maps".

    Source: section 3-1, Figure 3-8, with equations 3.12 to 3.15 in another order.
    """
    check_names("parameters", parameters, PARAMETERS)
    convolved = convolve_channels(image, parameters)
    channel_sum = convolved.sum(axis=-1)
    feature_map = relu(channel_sum)
    return {
        "convolved": convolved,
        "channel_sum": channel_sum,
        "feature_map": feature_map,
        **classify(feature_map, parameters, target, pool_size),
    }


def complete_model_backward(image, parameters, target, pool_size=2):
    """Carry the loss's gradient back from the prediction to the filters, a ReLU in each channel.

    Takes and raises what `complete_model_forward` does.

    Returns:
        The loss's gradient of every array on the way, by the array's name, in the order of the backward pass:
            "prediction", (classes,); "scores": delta (3.21), (classes,);
            "weights": dW (3.22), (classes, inputs); "bias": db (3.24), (classes,);
            "flattened": df (3.27), (inputs,); "pooled": dP (3.26); "feature_map": dC (3.28), (d_h, d_w);
            "channel_maps": dC_c, (d_h, d_w, C), each equal to dC, since the derivative of a sum is 1;
            "convolved": dC_c where the ReLU let something through, else 0, (d_h, d_w, C);
            "filters": dk_c, (f_h, f_w, C); "filter_biases": db_c, (C,).

    Source: section 3-2, equations 3.21 to 3.34, with the derivatives of softmax, sum and ReLU put right.
    """
    arrays = complete_model_forward(image, parameters, target, pool_size)
    gradients = _back_to_feature_map(arrays, parameters, target, pool_size)
    channels = np.shape(image)[-1]
    gradients["channel_maps"] = np.stack(channels * [gradients["feature_map"]], axis=-1)
    gradients["convolved"] = relu_backward(
        gradients["channel_maps"], arrays["convolved"]
    )
    return {**gradients, **back_to_filters(gradients["convolved"], image, parameters)}


def framework_order_backward(image, parameters, target, pool_size=2):
    """Carry the loss's gradient back in the frameworks' order: one ReLU, then to every channel.

    Takes, raises and returns what `complete_model_backward` does, with "channel_sum", (d_h, d_w), in place
    of "channel_maps".

    Source: section 3-2, equations 3.21 to 3.34 for the order of frameworks.
    """
    arrays = framework_order_forward(image, parameters, target, pool_size)
    gradients = _back_to_feature_map(arrays, parameters, target, pool_size)
    gradients["channel_sum"] = relu_backward(
        gradients["feature_map"], arrays["channel_sum"]
    )
    gradients["convolved"] = np.stack(
        np.shape(image)[-1] * [gradients["channel_sum"]], axis=-1
    )
    return {**gradients, **back_to_filters(gradients["convolved"], image, parameters)}


def loss_from(stage, array, parameters, target, pool_size=2):
    """Compute the loss as if one stage of the chapter's order had returned this array.

    Its differences judge the gradient of that very array.

    Args:
        stage: "convolved", "channel_maps", "feature_map", "pooled", "flattened", "scores" or "prediction".
        array: what the stage returns, of the shape that `complete_model_forward` names.
        parameters: as for `complete_model_forward`; only "weights" and "bias" are used.
        target: as for `complete_model_forward`.
        pool_size: as for `complete_model_forward`.

    Returns:
        The loss, a float.

    Raises:
        TypeError, ValueError: no such stage, or shapes that do not fit together.

    Source: section 3-1, equations 3.12 to 3.20.
    """
    check_names("parameters", parameters, ("weights", "bias"))
    weights = np.transpose(parameters["weights"])
    bias = parameters["bias"]
    next_steps = {
        "convolved": relu,
        "channel_maps": lambda maps: np.sum(maps, axis=-1),
        "feature_map": lambda feature_map: average_pool2d(feature_map, pool_size),
        "pooled": flatten_columns,
        "flattened": lambda flattened: dense(flattened, weights, bias),
        "scores": softmax,
        "prediction": lambda prediction: squared_error(prediction, target),
    }
    if stage not in list(next_steps):
        raise ValueError(
            f"expected a stage such as {', '.join(next_steps)}, got {stage!r}; use one of these"
        )
    for step in list(next_steps.values())[list(next_steps).index(stage) :]:
        array = step(array)
    return array


def convolve_channels(image, parameters):
    """Convolve each channel with its own filter and add its bias.

    Args:
        image: I, (H, W, C).
        parameters: "filters" and "filter_biases" as for `complete_model_forward`.

    Returns:
        I_c * k_c + b_c, (d_h, d_w, C); the filters are flipped, as a convolution asks.

    Raises:
        TypeError, ValueError: shapes that do not fit together.

    Source: section 3-1, equations 3.12 to 3.14 inside the ReLU.
    """
    check_names("parameters", parameters, PARAMETERS[:2])
    image, filters, biases = arrays_of_one_type(
        image=image,
        filters=parameters["filters"],
        filter_biases=parameters["filter_biases"],
    )
    same_channels = image.shape[2:] == filters.shape[2:] == biases.shape
    if image.ndim != 3 or filters.ndim != 3 or not same_channels:
        raise ValueError(
            "expected an image (H, W, C), filters (f_h, f_w, C) and filter biases (C,) with the same C, "
            f"got shapes {image.shape}, {filters.shape} and {biases.shape}; give each channel one of each"
        )
    channels = [
        convolve2d(image[..., c], filters[..., c]) + bias
        for c, bias in enumerate(biases)
    ]
    return np.stack(channels, axis=-1)


def classify(feature_map, parameters, target, pool_size):
    """Compute by name what follows the feature map in either order (equations 3.16 to 3.20)."""
    pooled = average_pool2d(feature_map, pool_size)
    flattened = flatten_columns(pooled)
    scores = dense(flattened, np.transpose(parameters["weights"]), parameters["bias"])
    prediction = softmax(scores)
    return {
        "pooled": pooled,
        "flattened": flattened,
        "scores": scores,
        "prediction": prediction,
        "loss": squared_error(prediction, target),
    }


def _back_to_feature_map(arrays, parameters, target, pool_size):
    """Run the part of the backward pass that both orders share (equations 3.21 to 3.28)."""
    grad_prediction = squared_error_backward(arrays["prediction"], target)
    delta = softmax_backward(grad_prediction, arrays["scores"])
    later = back_from_scores(delta, arrays, parameters, pool_size)
    return {"prediction": grad_prediction, "scores": delta, **later}


def back_from_scores(delta, arrays, parameters, pool_size):
    """Carry delta, the gradient of the scores, back to the feature map (equations 3.22 to 3.28).

    Takes the arrays that `complete_model_forward` returned, and its settings.

    Returns:
        The gradients of "weights", "bias", "flattened", "pooled" and "feature_map", by name.
    """
    weights = np.transpose(parameters["weights"])
    grad_flattened, grad_weights, grad_bias = dense_backward(
        delta, arrays["flattened"], weights
    )
    grad_pooled = unflatten_columns(grad_flattened, arrays["pooled"].shape)
    return {
        "weights": grad_weights.T,
        "bias": grad_bias,
        "flattened": grad_flattened,
        "pooled": grad_pooled,
        "feature_map": average_pool2d_backward(
            grad_pooled, arrays["feature_map"], pool_size
        ),
    }


def back_to_filters(grad_convolved, image, parameters):
    """Return the gradients of "filters" and "filter_biases" (3.32 and 3.34 after the activation)."""
    image, filters = np.asarray(image), np.asarray(parameters["filters"])
    grads = [
        convolve2d_backward(grad_convolved[..., c], image[..., c], filters[..., c])[1]
        for c in range(image.shape[-1])
    ]
    return {
        "filters": np.stack(grads, axis=-1),
        "filter_biases": grad_convolved.sum(axis=(0, 1)),
    }
