"""The layers that both programs of section 3-5 are made of, each with its forward and its backward pass.

What only deeper networks have is in `deeper_layers`.

A layer keeps its parameters and nothing of the pictures: `forward` returns the output together with a
function, the backward pass for these pictures. So one layer may work on several batches at the same time.
"""

import numpy as np

from helpers.reference.activations import relu, relu_backward
from helpers.reference.arrays import (
    float_array,
    random_generator,
    real_number,
    where_true,
)
from helpers.reference.conv2d import conv2d, conv2d_backward
from helpers.reference.dense import dense, dense_backward, flatten, flatten_backward
from helpers.reference.geometry import pair
from helpers.reference.pooling import (
    average_pool2d,
    average_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)


class Layer:
    """What all layers have.

    Args:
        name: as Keras names the layer, such as "conv1".

    Attributes:
        name: as given.
        parameters: a dict from a name such as "kernel" to its array; empty for most layers.
    """

    def __init__(self, name):
        self.name = name
        self.parameters = {}

    def path(self, name):
        """Return the name that a network gives to one of the parameters, such as "conv1/kernel"."""
        return f"{self.name}/{name}"

    def names(self):
        """Return the layer's name, in a list, and the names of layers within it."""
        return [self.name]

    def forward(self, x, rng=None):
        """Compute the layer's output.

        Args:
            x: the layer's input, its first axis the examples.
            rng: a NumPy random generator while training, else None; dropout draws from it.

        Returns:
            (output, backward), where backward(grad_output) returns (grad_x, gradients): the gradient of x,
            and a dict from each parameter's name to its gradient.

        Raises:
            TypeError, ValueError: a shape that does not fit.
        """
        raise NotImplementedError


class Conv2D(Layer):
    """A convolution layer.

    Args:
        name: as Keras names the layer.
        kernel: filters (f_h, f_w, C, K).
        bias: (K,); None for zeros.
        padding: as for `conv2d`.
        stride: as for `conv2d`.
        use_bias: False for a layer without biases, as a normalisation behind it would take them off again.

    Source: section 3-1, convolution layer.
    """

    def __init__(
        self, name, kernel, bias=None, padding="valid", stride=1, use_bias=True
    ):
        super().__init__(name)
        self.parameters = _parameters(kernel, bias, "(f_h, f_w, C, K)", axes=4)
        if not use_bias:
            del self.parameters["bias"]
        self.padding = padding
        self.stride = pair("stride", stride)

    def forward(self, x, rng=None):
        """Convolve; see `Layer.forward`."""
        kernel, bias = self.parameters["kernel"], self.parameters.get("bias")

        def backward(grad_output):
            grad_x, grad_kernel, grad_bias = conv2d_backward(
                grad_output, x, kernel, self.padding, self.stride
            )
            gradients = {"kernel": grad_kernel, "bias": grad_bias}
            return grad_x, {name: gradients[name] for name in self.parameters}

        return conv2d(x, kernel, bias, self.padding, self.stride), backward


class Dense(Layer):
    """A fully connected (affine) layer, without an activation.

    Args:
        name: as Keras names the layer.
        kernel: weights (inputs, units).
        bias: (units,); None for zeros.

    Source: section 3-1, affine layer, equation 3.19.
    """

    def __init__(self, name, kernel, bias=None):
        super().__init__(name)
        self.parameters = _parameters(kernel, bias, "(inputs, units)", axes=2)

    def forward(self, x, rng=None):
        """Compute every unit's weighted sum; see `Layer.forward`."""
        kernel, bias = self.parameters["kernel"], self.parameters["bias"]

        def backward(grad_output):
            grad_x, grad_kernel, grad_bias = dense_backward(grad_output, x, kernel)
            return grad_x, {"kernel": grad_kernel, "bias": grad_bias}

        return dense(x, kernel, bias), backward


class ReLU(Layer):
    """Set what is below zero to zero.

    Source: section 3-1, activation.
    """

    def forward(self, x, rng=None):
        """Apply `relu`; see `Layer.forward`."""

        def backward(grad_output):
            return relu_backward(grad_output, x), {}

        return relu(x), backward


class _Pool2D(Layer):
    """Make one number of each window, as `pool` does, whose settings it takes."""

    def __init__(self, name, pool_size=2, stride=None, padding="valid"):
        super().__init__(name)
        self.pool_size = pool_size
        self.stride = stride
        self.padding = padding

    def forward(self, x, rng=None):
        """Pool each map; see `Layer.forward`."""
        settings = self.pool_size, self.stride, self.padding

        def backward(grad_output):
            return self.pool_backward(grad_output, x, *settings), {}

        return self.pool(x, *settings), backward


class MaxPool2D(_Pool2D):
    """Keep the largest value of each window; the settings are those of `max_pool2d`.

    Source: section 3-1, pooling layer.
    """

    pool = staticmethod(max_pool2d)
    pool_backward = staticmethod(max_pool2d_backward)


class AveragePool2D(_Pool2D):
    """Average each window; the settings are those of `average_pool2d`.

    Source: section 3-1, equation 3.16.
    """

    pool = staticmethod(average_pool2d)
    pool_backward = staticmethod(average_pool2d_backward)


class Flatten(Layer):
    """Lay each picture's maps out as one vector.

    Source: section 3-1, equation 3.17.
    """

    def forward(self, x, rng=None):
        """Apply `flatten`; see `Layer.forward`."""

        def backward(grad_output):
            return flatten_backward(grad_output, np.shape(x)), {}

        return flatten(x), backward


class Dropout(Layer):
    """While training, set each number to zero with a given probability and enlarge those that stay.

    What stays is divided by the share that stays, so that the sum keeps its expected value and nothing needs
    to be done once the training is over (inverted dropout, as in Keras).

    Args:
        name: as Keras names the layer.
        rate: the probability, at least 0 and below 1.

    Raises:
        TypeError: the rate is not a number.
        ValueError: the rate is below 0, or 1 and more.

    Source: section 3-5, both programs; N. Srivastava et al., 2014.
    """

    def __init__(self, name, rate):
        super().__init__(name)
        real_number("rate", rate)
        if not 0 <= rate < 1:
            raise ValueError(
                f"expected a rate of at least 0 and below 1, the share that is dropped, got {rate}; "
                "use one such as 0.25"
            )
        self.rate = rate

    def forward(self, x, rng=None):
        """Drop numbers by the random generator, none without one; see `Layer.forward`."""
        if rng is None:

            def backward(grad_output):
                return grad_output, {}

            return x, backward

        x = float_array("x", x)
        kept = self._draw_kept(x.shape, random_generator("rng", rng))
        factor = x.dtype.type(1 / (1 - self.rate))

        def backward(grad_output):
            return where_true(kept, grad_output * factor), {}

        return where_true(kept, x * factor), backward

    def _draw_kept(self, shape, rng):
        """Return for each number whether it is kept."""
        limit = self.rate * 256
        if limit == int(limit):
            # A byte is drawn several times as fast as a float, and just as exact for such a rate.
            return rng.integers(256, size=shape, dtype=np.uint8) >= int(limit)
        return rng.random(shape, np.float32) >= self.rate


def _parameters(kernel, bias, layout, axes):
    kernel = float_array("kernel", kernel).copy()
    if kernel.ndim != axes:
        raise ValueError(
            f"expected a kernel {layout}, got shape {kernel.shape}; lay it out as Keras does"
        )
    if bias is None:
        bias = np.zeros(kernel.shape[-1])
    bias = float_array("bias", bias).astype(kernel.dtype)
    if bias.shape != kernel.shape[-1:]:
        raise ValueError(
            f"expected a bias of shape {kernel.shape[-1:]}, one number per output, got {bias.shape}; "
            "leave it out for zeros"
        )
    return {"kernel": kernel, "bias": bias}
