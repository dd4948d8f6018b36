"""What each number that goes into a network adds to a class's score (sections 3-2 and 3-5)."""

import numpy as np


def score_contributions(network, x, chosen):
    """Split one class's score into what each number of the input adds and a constant part.

    A ReLU passes a number on or gives zero, and pooling passes one number of each window on. With these
    choices fixed, the network is linear: the score is each number times its gradient, plus each bias times
    the gradient of what it was added to.

    Args:
        network: a `Sequential` without normalisations; `network.after("pool2")` for the contributions of the
            pooled maps.
        x: what goes into it, the first axis N.
        chosen: index of the class.

    Returns:
        The contributions in the shape of x, and the constant part (N,). For each example, contributions and
        constant part sum to the score of the class.

    Source: section 3-2, equations 3.26 and 3.27, df = W^T delta, for the score in place of the loss.
    """
    scores, backward_passes = network.forward(x)
    grad = np.zeros_like(scores)
    grad[:, chosen] = 1
    constant = np.zeros(len(x), scores.dtype)
    steps = zip(network.layers, backward_passes, strict=True)
    for layer, backward in reversed(list(steps)):
        if "bias" in layer.parameters:
            of_places = grad @ layer.parameters["bias"]
            constant += of_places.reshape(len(x), -1).sum(axis=1)
        grad, _ = backward(grad)
    return x * grad, constant
