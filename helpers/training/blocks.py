"""One step of backpropagation in blocks of pictures that threads share: for speed, with bounded memory."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from helpers.reference.activations import softmax
from helpers.reference.arrays import random_generator, real_array, whole_number
from helpers.reference.conv2d import conv2d_backward_weights
from helpers.reference.layers import Conv2D
from helpers.reference.losses import softmax_cross_entropy, softmax_cross_entropy_backward
from helpers.reference.network import BLOCK


def loss_and_gradients(network, x, target, rng, workers):
    """Compute what `Sequential.loss_and_gradients` does, in equal blocks, two at least.

    The loss is a mean over the pictures, so that the blocks' losses and gradients, each by its part of the
    pictures, add up to those of the batch.

    Takes a `Sequential`, the arguments of its method, and `workers`, how many threads share the blocks;
    returns and raises what the method does.
    """
    workers = whole_number("workers", workers, 1)
    x, target = real_array("x", x), real_array("target", target)
    if not x.ndim or len(x) == 0 or x.shape[:1] != target.shape[:1]:
        raise ValueError(
            f"expected one target per picture, and at least one, got {x.shape} and {target.shape}; "
            "give pictures and targets the same length"
        )
    blocks = _blocks(len(x))
    # Each block has a generator of its own, so that the masks do not depend on the order of the threads.
    rngs = [None] * len(blocks) if rng is None else random_generator("rng", rng).spawn(len(blocks))

    def compute(block, block_rng):
        scores, backward_passes = network.forward(x[block], block_rng)
        if isinstance(network.layers[0], Conv2D):
            backward_passes[0] = _of_weights_alone(network.layers[0], x[block])
        block_target = target[block].astype(scores.dtype, copy=False)
        weight = len(scores) / len(x)
        loss = weight * softmax_cross_entropy(scores, block_target)
        grad_scores = softmax_cross_entropy_backward(scores, block_target) * scores.dtype.type(weight)
        _, gradients = network.backward(grad_scores, backward_passes)
        return loss, softmax(scores), gradients

    with ThreadPoolExecutor(workers) as pool:
        losses, probabilities, gradients = zip(*pool.map(compute, blocks, rngs), strict=True)
    total, *others = gradients
    for other in others:
        for name, gradient in other.items():
            total[name] += gradient
    return sum(losses), np.concatenate(probabilities), total


def _of_weights_alone(layer, x):
    """Return the first layer's backward pass without the gradient of the pictures.

    No layer asks for that gradient, and it took a sixth of a step of the digits' network.
    """

    def backward(grad_output):
        kernel = layer.parameters["kernel"]
        gradients = conv2d_backward_weights(grad_output, x, kernel, layer.padding, layer.stride)
        return None, dict(zip(layer.parameters, gradients, strict=False))

    return backward


def _blocks(pictures):
    """Part the pictures into equal blocks, two at least, so that two threads can share them."""
    blocks = max(-(-pictures // BLOCK), 2)
    size = -(-pictures // blocks)
    return [slice(start, start + size) for start in range(0, pictures, size)]
