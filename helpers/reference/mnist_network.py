"""The forward pass of the first program's network (sections 3-1 and 3-5), layer by layer."""

import numpy as np

from helpers.reference.activations import softmax
from helpers.reference.network import mnist_network


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
    network = mnist_network(np.random.default_rng(0))
    network.set_parameters(weights)
    outputs = network.outputs(images)
    return {
        "input": np.asarray(images),
        "convolution": outputs["conv1"],
        "relu": outputs["relu1"],
        "pooling": outputs["pool1"],
        "second": outputs["pool2"],
        "flatten": outputs["flatten"],
        "affine": outputs["relu3"],
        "scores": softmax(outputs["dense2"]),
    }
