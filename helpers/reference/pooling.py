"""Max and average pooling, forward and backward (section 3-1, Figure 3-4, equation 3.6; equation 3.16).

Global average pooling (section 3-4, GoogLeNet) averages each whole map.

Pixels that padding adds never win a maximum and never count in an average, as in Keras.
"""

import numpy as np

from helpers.reference.arrays import float_array, real_array, where_true
from helpers.reference.convolution import window_members
from helpers.reference.geometry import (
    layout,
    output_size,
    own_pixels,
    pad,
    pair,
    spatial_axes,
)

# Numbers of the images that are pooled together.
_CACHED = 200_000


def max_pool2d_definition(x, pool_size=2, stride=2):
    """Compute `max_pool2d` of one map with square windows, one output at a time.

    Args:
        x: (H, W).
        pool_size: window side in pixels.
        stride: one step, down and to the right, in pixels.

    Returns:
        (d_h, d_w), of x's type.

    Raises:
        TypeError, ValueError: x is no map, or a window or stride that does not fit.

    Source: section 3-1, Figure 3-4.
    """
    x = real_array("x", x)
    height, width = (output_size(side, pool_size, 0, stride) for side in x.shape)
    output = np.empty((height, width), x.dtype)
    for i, j in np.ndindex(height, width):
        top, left = i * stride, j * stride
        output[i, j] = x[top : top + pool_size, left : left + pool_size].max()
    return output


def max_pool2d(x, pool_size=2, stride=None, padding="valid"):
    """Keep the largest value of each window, in each channel by itself.

    Args:
        x: image (H, W) or images (N, H, W, C).
        pool_size: window side, or (height, width), in pixels.
        stride: one step, or (down, right); None for windows that touch without overlapping.
        padding: "valid", "same", one number for all edges, or ((top, bottom), (left, right)); smaller than
            the window.

    Returns:
        (d_h, d_w) or (N, d_h, d_w, C), of x's type.

    Raises:
        TypeError, ValueError: a shape, size, padding or stride that does not fit.

    Source: section 3-1, Figure 3-4.

    >>> max_pool2d([[0, 1, 0, 1], [1, 3, 0, 1], [2, 0, 2, 0], [1, 3, 2, 1]])
    array([[3, 1],
           [3, 2]])
    """
    batch, paddings, places = _prepared(x, pool_size, stride, padding)
    padded = _padded(batch, paddings, _lowest(batch.dtype))
    _, _, sides = places
    largest = np.empty((len(batch), *sides, batch.shape[3]), batch.dtype)
    for images in _few_images(padded):
        largest[images] = _largest(padded[images], *places)
    return _with_axes_of(x, largest)


def max_pool2d_backward_definition(grad_output, x, pool_size=2, stride=2):
    """Compute `max_pool2d_backward` of one map with square windows, one output at a time.

    Args:
        grad_output: the loss's gradient of the output, (d_h, d_w).
        x: the forward input, as for `max_pool2d_definition`.
        pool_size: as for `max_pool2d_definition`.
        stride: as for `max_pool2d_definition`.

    Returns:
        The loss's gradient of x, (H, W).

    Source: section 3-1, equation 3.6, times the gradient that arrives.
    """
    grads, x = float_array("grad_output", grad_output), real_array("x", x)
    grad_x = np.zeros(x.shape, grads.dtype)
    for i, j in np.ndindex(grads.shape):
        top, left = i * stride, j * stride
        window = x[top : top + pool_size, left : left + pool_size]
        u, v = np.unravel_index(window.argmax(), window.shape)
        grad_x[top + u, left + v] += grads[i, j]
    return grad_x


def max_pool2d_backward(grad_output, x, pool_size=2, stride=None, padding="valid"):
    """Send each output's gradient to the pixel that won its window; where several tie, to the first of them.

    First means in row order: from the window's upper left corner to the right, then down. A pixel that wins
    several overlapping windows collects from all of them.

    Args:
        grad_output: the loss's gradient of the output, (d_h, d_w) or (N, d_h, d_w, C).
        x: the forward input, (H, W) or (N, H, W, C), without NaN.
        pool_size: as for `max_pool2d`.
        stride: as for `max_pool2d`.
        padding: as for `max_pool2d`.

    Returns:
        The loss's gradient of x, in x's shape: float64 for whole numbers, else grad_output's type.

    Raises:
        TypeError, ValueError: a shape, size, padding or stride that does not fit.

    Source: section 3-1, equation 3.6, times the gradient that arrives.

    >>> max_pool2d_backward([[5.0]], [[1, 3], [3, 2]])
    array([[0., 5.],
           [0., 0.]])
    """
    batch, paddings, places = _prepared(x, pool_size, stride, padding)
    grads = _upstream(grad_output, x, batch, places)
    padded = _padded(batch, paddings, _lowest(batch.dtype))
    genuine = pad(np.ones((1, *batch.shape[1:3], 1), bool), paddings)
    grad_padded = np.zeros(padded.shape, grads.dtype)
    for images in _few_images(padded):
        _send_to_winners(
            grads[images], padded[images], genuine, grad_padded[images], places
        )
    return _with_axes_of(x, grad_padded[own_pixels(batch, paddings)])


def _send_to_winners(grads, padded, genuine, grad_padded, places):
    """Add each output's gradient to grad_padded, where the first genuine pixel is the window's largest."""
    pool_sides, strides, _ = places
    apart = np.all(np.greater_equal(strides, pool_sides))
    largest = _largest(padded, *places)
    waiting = np.ones(grads.shape, bool)
    arrays = padded, genuine, grad_padded
    members = zip(*(window_members(array, *places) for array in arrays), strict=True)
    for values, inside, target in members:
        wins = values == largest
        wins &= waiting
        if not inside.all():
            wins &= inside
        if apart:
            target[:] = where_true(wins, grads)
        else:
            target += where_true(wins, grads)
        waiting ^= wins


def average_pool2d_definition(x, pool_size=2, stride=2):
    """Compute `average_pool2d` of one map with square windows, one output at a time.

    Takes and raises what `max_pool2d_definition` does; returns floats.

    Source: section 3-1, equation 3.16.
    """
    x = float_array("x", x)
    height, width = (output_size(side, pool_size, 0, stride) for side in x.shape)
    output = np.empty((height, width), x.dtype)
    for i, j in np.ndindex(height, width):
        top, left = i * stride, j * stride
        output[i, j] = x[top : top + pool_size, left : left + pool_size].mean()
    return output


def average_pool2d(x, pool_size=2, stride=None, padding="valid"):
    """Average each window, in each channel by itself.

    Takes and raises what `max_pool2d` does.

    Returns:
        (d_h, d_w) or (N, d_h, d_w, C): float64 for whole numbers, else x's type.

    Source: section 3-1, equation 3.16.

    >>> average_pool2d([[0, 1, 0, 1], [1, 3, 0, 1], [2, 0, 2, 0], [1, 3, 2, 1]])
    array([[1.25, 0.5 ],
           [1.5 , 1.25]])
    """
    batch, paddings, places = _prepared(x, pool_size, stride, padding)
    batch = float_array("x", batch)
    total = sum(window_members(pad(batch, paddings), *places))
    genuine = pad(np.ones((1, *batch.shape[1:3], 1), batch.dtype), paddings)
    return _with_axes_of(x, total / sum(window_members(genuine, *places)))


def average_pool2d_backward_definition(grad_output, x, pool_size=2, stride=2):
    """Compute `average_pool2d_backward` of one map with square windows, one output at a time.

    Takes and returns what `max_pool2d_backward_definition` does.

    Source: section 3-1, equation 3.6, times the gradient that arrives.
    """
    grads, x = float_array("grad_output", grad_output), real_array("x", x)
    grad_x = np.zeros(x.shape, grads.dtype)
    for i, j in np.ndindex(grads.shape):
        top, left = i * stride, j * stride
        share = grads[i, j] / pool_size**2
        grad_x[top : top + pool_size, left : left + pool_size] += share
    return grad_x


def average_pool2d_backward(grad_output, x, pool_size=2, stride=None, padding="valid"):
    """Share each output's gradient equally among the k pixels of its window, 1/k for each.

    Windows that overlap add up; k counts the image's own pixels alone.

    Takes, returns and raises what `max_pool2d_backward` does; of x only the shape matters.

    Source: section 3-1, equation 3.6, times the gradient that arrives.

    >>> average_pool2d_backward([[5.0]], [[1, 3], [3, 2]])
    array([[1.25, 1.25],
           [1.25, 1.25]])
    """
    batch, paddings, places = _prepared(x, pool_size, stride, padding)
    grads = _upstream(grad_output, x, batch, places)
    genuine = pad(np.ones((1, *batch.shape[1:3], 1), grads.dtype), paddings)
    grad_padded = np.zeros(
        (len(batch), *genuine.shape[1:3], batch.shape[3]), grads.dtype
    )
    share = grads / sum(window_members(genuine, *places))
    for target in window_members(grad_padded, *places):
        target += share
    return _with_axes_of(x, grad_padded[own_pixels(batch, paddings)])


def global_average_pool2d(x):
    """Average each whole map: one window as large as the map, so that one number per channel is left.

    Args:
        x: feature maps (N, H, W, C).

    Returns:
        (N, C): float64 for whole numbers, else x's type.

    Raises:
        TypeError, ValueError: x is no batch of maps, or the maps hold no pixel.

    Source: equation 3.16, for a window of all pixels; M. Lin, Q. Chen and S. Yan, 2014.

    >>> global_average_pool2d([[[[1, 10], [2, 20]], [[3, 30], [6, 60]]]])
    array([[ 3., 30.]])
    """
    return _maps(x).mean(axis=(1, 2))


def global_average_pool2d_backward(grad_output, x):
    """Share each channel's gradient equally among all pixels of its map.

    Args:
        grad_output: the loss's gradient of the averages, (N, C).
        x: the forward input (N, H, W, C), of which only the shape matters.

    Returns:
        The loss's gradient of x, in x's shape: float64 for whole numbers, else grad_output's type.

    Raises:
        TypeError, ValueError: as for `global_average_pool2d`, or the shapes do not fit together.

    Source: equation 3.6 for an average of all pixels, times the gradient that arrives.

    >>> global_average_pool2d_backward([[8.0]], [[[[1], [2]], [[3], [6]]]])[0, :, :, 0]
    array([[2., 2.],
           [2., 2.]])
    """
    grads = float_array("grad_output", grad_output)
    images, height, width, channels = _maps(x).shape
    if grads.shape != (images, channels):
        raise ValueError(
            f"expected grad_output of shape {(images, channels)}, the output's, got {grads.shape}; "
            "hand over the loss's gradient of what global_average_pool2d returned"
        )
    share = grads[:, np.newaxis, np.newaxis] / (height * width)
    return np.broadcast_to(share, (images, height, width, channels)).copy()


def _maps(x):
    """Return feature maps as floats, if they are a batch and hold a pixel."""
    x = float_array("x", x)
    if x.ndim != 4 or 0 in x.shape[1:3]:
        raise ValueError(
            f"expected feature maps (N, H, W, C) of at least one pixel, got shape {x.shape}; "
            "add an axis with x[np.newaxis]"
        )
    return x


def _prepared(x, pool_size, stride, padding):
    """Return x as a batch, its paddings, and the windows' sides and strides with the output's sides."""
    x = real_array("x", x)
    first, second = spatial_axes(x)
    pool_sides = pair("pool_size", pool_size)
    strides = pool_sides if stride is None else stride
    paddings, strides, sides = layout(
        x.shape[first : second + 1], pool_sides, padding, strides
    )
    for side, ends in zip(pool_sides, paddings, strict=True):
        if max(ends) >= side:
            raise ValueError(
                f"expected padding of less than {side}, the side of the window, got {max(ends)}; "
                "use less padding or a larger window, so that every window holds a pixel of the image"
            )
    batch = x if x.ndim == 4 else x[np.newaxis, :, :, np.newaxis]
    return batch, paddings, (pool_sides, strides, sides)


def _padded(batch, paddings, value):
    """Pad the batch where there is something to add."""
    return pad(batch, paddings, value) if np.any(paddings) else batch


def _few_images(padded):
    """Part the images into slices so small that they stay in the processor's cache from pass to pass."""
    images = max(_CACHED * len(padded) // max(padded.size, 1), 1)
    return [slice(start, start + images) for start in range(0, len(padded), images)]


def _largest(padded, pool_sides, strides, sides):
    members = window_members(padded, pool_sides, strides, sides)
    largest = next(members).copy()
    for values in members:
        np.maximum(largest, values, out=largest)
    return largest


def _upstream(grad_output, x, batch, places):
    """Return the gradient of the output as a batch of floats, if its shape is the output's."""
    grads, (_, _, sides) = float_array("grad_output", grad_output), places
    expected = sides if np.ndim(x) == 2 else (len(batch), *sides, batch.shape[3])
    if grads.shape != expected:
        raise ValueError(
            f"expected grad_output of shape {expected}, the output's, got {grads.shape}; "
            "use the window, stride and padding of the forward pass"
        )
    return grads if grads.ndim == 4 else grads[np.newaxis, :, :, np.newaxis]


def _with_axes_of(x, output):
    return output if np.ndim(x) == 4 else output[0, :, :, 0]


def _lowest(dtype):
    if dtype.kind == "f":
        return -np.inf
    return 0 if dtype.kind == "b" else np.iinfo(dtype).min
