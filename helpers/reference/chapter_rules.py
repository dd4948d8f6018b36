"""Formulas as they are printed, where the printed one is not the one that is meant; to be compared, not used.

Of section 3-2 `complete_model_backward` has the gradient. Equations 3.29 and 3.31, which update feature maps,
are left out: the next forward pass computes every feature map anew.
"""

import math

import numpy as np

from helpers.reference.activations import relu_backward, softmax_backward
from helpers.reference.arrays import (
    arrays_of_one_type,
    float_array,
    whole_number,
    whole_numbers,
)
from helpers.reference.complete_model import (
    back_from_scores,
    back_to_filters,
    complete_model_forward,
)
from helpers.reference.convolution import cross_correlate2d
from helpers.reference.losses import squared_error_backward
from helpers.reference.pooling import average_pool2d_backward

# The equations that `backward_with_one_slip` can take wrongly, in the order of the backward pass.
EQUATIONS_WITH_A_SLIP = ("3.21", "3.26", "3.28", "3.30", "3.32")


def correlation_as_printed(image, kernel):
    """Add up I[u, v] F[i + u, j + v] where the whole filter is used.

    Indices count from 0, and u, v visit every pixel. All weights of F[i + u, j + v] are met only for
    i = 0, -1, -2 and so on: -i and -j name a place of the usual output.

    Args:
        image: I, (H, W).
        kernel: F, (f_h, f_w).

    Returns:
        G, (d_h, d_w), i and j ascending to 0 in the last row and column: what `cross_correlate2d` returns,
        turned by half a turn.

    Raises:
        TypeError, ValueError: as for `cross_correlate2d`.

    Source: section 3-1, equation 3.8 as printed.

    >>> correlation_as_printed([[1, 2, 3]], [[1, 10]])
    array([[32, 21]])
    """
    output = np.zeros_like(cross_correlate2d(image, kernel))
    height, width = output.shape
    image, kernel = arrays_of_one_type(image=image, kernel=kernel)
    filter_height, filter_width = kernel.shape
    for i in range(1 - height, 1):
        for j in range(1 - width, 1):
            for u, v in np.ndindex(image.shape):
                if 0 <= i + u < filter_height and 0 <= j + v < filter_width:
                    output[i + height - 1, j + width - 1] += (
                        image[u, v] * kernel[i + u, j + v]
                    )
    return output


def chapter_dense_weights(layers):
    """Multiply the sizes of all layers, instead of adding up the products of neighbouring ones.

    Args:
        layers: how many numbers come in, and how many units each layer has.

    Returns:
        Their product.

    Raises:
        TypeError, ValueError: a size is not a whole number of at least 1.

    Source: section 3-3, last remark, as printed: 78,400,000 for 784, 100, 100 and 10.

    >>> chapter_dense_weights([3, 2, 2])
    12
    """
    return math.prod(whole_numbers("layers", layers, 1))


def chapter_delta(prediction, target):
    """Take the diagonal of the softmax's Jacobian alone.

    It would be right if every class had a logistic unit of its own.

    Args:
        prediction: y^, (classes,).
        target: y, (classes,).

    Returns:
        (y^_i - y_i) y^_i (1 - y^_i), (classes,).

    Source: section 3-2, equation 3.21 as printed.

    >>> chapter_delta([0.5, 0.5], target=[0, 1])
    array([ 0.125, -0.125])
    """
    prediction, target = arrays_of_one_type(prediction=prediction, target=target)
    return (prediction - target) * prediction * (1 - prediction)


def chapter_channel_gradient(grad_feature_map, channels):
    """Divide the gradient of the channels' sum among them.

    Args:
        grad_feature_map: dC, (d_h, d_w).
        channels: m, how many.

    Returns:
        dC / m for each channel, (d_h, d_w, m).

    Source: section 3-2, equation 3.30 as printed.

    >>> chapter_channel_gradient([[6.0]], channels=3)
    array([[[2., 2., 2.]]])
    """
    channels = whole_number("channels", channels, 1)
    share = float_array("grad_feature_map", grad_feature_map) / channels
    return np.stack(channels * [share], axis=-1)


def chapter_activation_gradient(grad_channel_maps, channel_maps):
    """Multiply with the slope of a logistic function, although the maps come from a ReLU.

    Args:
        grad_channel_maps: dC_c, of any shape.
        channel_maps: C_c, of the same shape.

    Returns:
        dC_c C_c (1 - C_c), of the same shape. Where the map is above 1, this reverses the gradient.

    Source: section 3-2, equations 3.32 and 3.34 as printed.

    >>> chapter_activation_gradient([1.0, 1.0, 1.0], channel_maps=[0.0, 0.5, 3.0])
    array([ 0.  ,  0.25, -6.  ])
    """
    grads, maps = arrays_of_one_type(
        grad_channel_maps=grad_channel_maps, channel_maps=channel_maps
    )
    return grads * maps * (1 - maps)


def chapter_backward(image, parameters, target, pool_size=2):
    """Go back through the complete model by the printed equations.

    Takes, raises and returns what `complete_model_backward` does; the values are those of the print.

    Source: section 3-2, equations 3.21 to 3.34 as printed.
    """
    arrays = complete_model_forward(image, parameters, target, pool_size)
    delta = chapter_delta(arrays["prediction"], target)
    gradients = {
        "prediction": arrays["prediction"] - target,
        "scores": delta,
        **back_from_scores(delta, arrays, parameters, pool_size),
    }
    gradients["channel_maps"] = chapter_channel_gradient(
        gradients["feature_map"], np.shape(image)[-1]
    )
    gradients["convolved"] = chapter_activation_gradient(
        gradients["channel_maps"], arrays["channel_maps"]
    )
    return {**gradients, **back_to_filters(gradients["convolved"], image, parameters)}


def backward_with_one_slip(equation, image, parameters, target, pool_size=2):
    """Go back through the complete model by the gradient, but for one equation.

    Args:
        equation: "3.21", "3.30" or "3.32" to take it as it is printed; "3.26" to fill the vector in row by
            row, as section 3-3 does; "3.28" to share by 1/n, as equation 3.6 does.
        image: as for `complete_model_backward`.
        parameters: as for `complete_model_backward`.
        target: as for `complete_model_backward`.
        pool_size: as for `complete_model_backward`.

    Returns:
        What `complete_model_backward` does; from that equation on, the values are not the gradient.

    Raises:
        ValueError: no slip is known of this equation.

    Source: sections 3-1 to 3-3, the equations named.
    """
    if equation not in EQUATIONS_WITH_A_SLIP:
        raise ValueError(
            f"expected one of {', '.join(EQUATIONS_WITH_A_SLIP)}, got {equation!r}; use one of these"
        )
    arrays = complete_model_forward(image, parameters, target, pool_size)
    grad_prediction = squared_error_backward(arrays["prediction"], target)
    if equation == "3.21":
        delta = chapter_delta(arrays["prediction"], target)
    else:
        delta = softmax_backward(grad_prediction, arrays["scores"])
    gradients = {
        "prediction": grad_prediction,
        "scores": delta,
        **back_from_scores(delta, arrays, parameters, pool_size),
    }
    if equation == "3.26":
        by_rows = gradients["flattened"].reshape(gradients["pooled"].shape)
        gradients["pooled"] = by_rows
        gradients["feature_map"] = average_pool2d_backward(
            by_rows, arrays["feature_map"], pool_size
        )
    if equation == "3.28":
        gradients["feature_map"] = gradients["feature_map"] * pool_size
    channels = np.shape(image)[-1]
    if equation == "3.30":
        grad_maps = chapter_channel_gradient(gradients["feature_map"], channels)
    else:
        grad_maps = np.stack(channels * [gradients["feature_map"]], axis=-1)
    if equation == "3.32":
        grad_sums = chapter_activation_gradient(grad_maps, arrays["channel_maps"])
    else:
        grad_sums = relu_backward(grad_maps, arrays["convolved"])
    gradients |= {"channel_maps": grad_maps, "convolved": grad_sums}
    return {**gradients, **back_to_filters(grad_sums, image, parameters)}
