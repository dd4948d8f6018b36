"""The forward pass of the first program's network (sections 3-1 and 3-5), layer by layer."""

import numpy as np

from helpers.reference.activations import relu, softmax
from helpers.reference.convolution import conv2d
from helpers.reference.dense import dense, flatten
from helpers.reference.pooling import max_pool2d


def mnist_stages(images, weights):
    """Send pictures through the network and keep what every layer makes of them.

    Args:
        images: (N, 28, 28, 1), from 0 to 1.
        weights: of the layers conv1, conv2, dense1 and dense2, under Keras's names.

    Returns:
        A dict from the stage's name to its array, the first axis N, in the order of the layers; "scores"
        are the probabilities (N, 10). Dropout does nothing outside of training.

    Raises:
        TypeError, ValueError: a shape that does not fit.

    Source: section 3-1, Figure 3-1; section 3-5, first program.
    """
    kernel, bias = weights["conv1/kernel"], weights["conv1/bias"]
    stages = {"input": np.asarray(images)}
    stages["convolution"] = conv2d(images, kernel, bias, padding="same")
    stages["relu"] = relu(stages["convolution"])
    stages["pooling"] = max_pool2d(stages["relu"])
    kernel, bias = weights["conv2/kernel"], weights["conv2/bias"]
    second = conv2d(stages["pooling"], kernel, bias, padding="same")
    stages["second"] = max_pool2d(relu(second))
    stages["flatten"] = flatten(stages["second"])
    kernel, bias = weights["dense1/kernel"], weights["dense1/bias"]
    stages["affine"] = relu(dense(stages["flatten"], kernel, bias))
    kernel, bias = weights["dense2/kernel"], weights["dense2/bias"]
    stages["scores"] = softmax(dense(stages["affine"], kernel, bias))
    return stages
