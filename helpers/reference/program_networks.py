"""The networks of both programs (section 3-5), layer by layer, and what each number adds to a score."""

import numpy as np

from helpers.reference.activations import relu, relu_backward, softmax
from helpers.reference.convolution import conv2d
from helpers.reference.dense import dense, dense_backward, flatten
from helpers.reference.filters import glorot_uniform
from helpers.reference.pooling import max_pool2d


def network_stages(images, weights):
    """Send pictures through either program's network and keep what every layer makes of them.

    Both are the same row of layers, of other sizes. Their dropout layers do nothing outside of training.

    Args:
        images: (N, H, W, C), from 0 to 1: (N, 28, 28, 1) digits or (N, 32, 32, 3) photographs.
        weights: of the layers conv1, conv2, dense1 and dense2, under Keras's names.

    Returns:
        A dict from the layer's name in Keras to its output, the first axis N, in the order of the layers; the
        last one is split into "scores" (N, 10), before the softmax, and "probabilities" (N, 10).

    Raises:
        TypeError, ValueError: a shape that does not fit.

    Source: section 3-5, both programs.
    """

    def parameters(layer):
        return weights[f"{layer}/kernel"], weights[f"{layer}/bias"]

    stages = {}
    stages["conv1"] = conv2d(images, *parameters("conv1"), padding="same")
    stages["relu1"] = relu(stages["conv1"])
    stages["pool1"] = max_pool2d(stages["relu1"])
    stages["conv2"] = conv2d(stages["pool1"], *parameters("conv2"), padding="same")
    stages["relu2"] = relu(stages["conv2"])
    stages["pool2"] = max_pool2d(stages["relu2"])
    stages["flatten"] = flatten(stages["pool2"])
    stages["dense1"] = relu(dense(stages["flatten"], *parameters("dense1")))
    stages["scores"] = dense(stages["dense1"], *parameters("dense2"))
    stages["probabilities"] = softmax(stages["scores"])
    return stages


def score_contributions(stages, weights, chosen):
    """Split one class's score into what each pooled number adds and a constant part.

    A unit of dense1 is either on, above zero, or off. With that fixed, the way from the flattened vector to a
    score is linear: each number times what all paths through units that are on make of it, plus biases. This
    factor is the score's gradient, and the number times the gradient is its contribution.

    Args:
        stages: of one or more pictures, from `network_stages`.
        weights: that the stages were computed with.
        chosen: index of the class.

    Returns:
        The contributions in the shape of stages["pool2"], and the constant part (N,). For each picture,
        contributions and constant part sum to the score of the class.

    Source: section 3-2, equations 3.26 and 3.27, df = W^T delta, for the score in place of the loss.
    """
    upstream = np.zeros_like(stages["scores"])
    upstream[:, chosen] = 1
    units = stages["dense1"]
    grad_units, _, _ = dense_backward(upstream, units, weights["dense2/kernel"])
    # What the ReLU gives is above zero exactly where what it got is.
    grad_units = relu_backward(grad_units, units)
    grad_vector, _, _ = dense_backward(
        grad_units, stages["flatten"], weights["dense1/kernel"]
    )
    contributions = (stages["flatten"] * grad_vector).reshape(stages["pool2"].shape)
    return contributions, grad_units @ weights["dense1/bias"] + weights["dense2/bias"][
        chosen
    ]


def untrained_weights(weights, rng):
    """Draw weights as Keras starts a network from, in the shapes of given ones.

    Args:
        weights: a dict of arrays under layer and "kernel" or "bias".
        rng: a NumPy random generator.

    Returns:
        A dict under the same names, float32: kernels from `glorot_uniform`, biases 0.

    Source: section 3-1, filters drawn at random.
    """
    drawn = {}
    for name, array in weights.items():
        if name.endswith("/kernel"):
            # A dense layer is a convolution of one place with filters of side 1.
            shape = (1,) * (4 - array.ndim) + array.shape
            drawn[name] = (
                glorot_uniform(shape, rng).reshape(array.shape).astype(np.float32)
            )
        else:
            drawn[name] = np.zeros_like(array, dtype=np.float32)
    return drawn
