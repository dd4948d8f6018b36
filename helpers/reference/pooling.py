"""Max and average pooling, forward and backward (section 3-1, Figure 3-4, equation 3.6; equation 3.16).

Pixels that padding adds never win a maximum and never count in an average, as in Keras.
"""

import numpy as np

from helpers.reference.arrays import float_array, real_array, where_true
from helpers.reference.geometry import (
    output_size,
    pad,
    pair,
    resolve_padding,
    spatial_axes,
)

# Numbers of the images that are pooled together.
_CACHED = 200_000


def max_pool2d_definition(x, pool_size=2, stride=None, padding="valid"):
    """Compute `max_pool2d` one output at a time.

    Takes, returns and raises what `max_pool2d` does; slow.

    Source: section 3-1, Figure 3-4.
    """
    batch, paddings, (rows, columns), (down, right), sides = _prepared(
        x, pool_size, stride, padding
    )
    padded = pad(batch, paddings, _lowest(batch.dtype))
    output = np.empty((len(batch), *sides, batch.shape[3]), batch.dtype)
    for n, i, j, c in np.ndindex(output.shape):
        top, left = i * down, j * right
        output[n, i, j, c] = padded[n, top : top + rows, left : left + columns, c].max()
    return _with_axes_of(x, output)


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
    batch, paddings, pool_sides, strides, sides = _prepared(
        x, pool_size, stride, padding
    )
    padded = _padded(batch, paddings, _lowest(batch.dtype))
    largest = np.empty((len(batch), *sides, batch.shape[3]), batch.dtype)
    for images in _few_images(padded):
        largest[images] = _largest(padded[images], pool_sides, strides, sides)
    return _with_axes_of(x, largest)


def max_pool2d_backward_definition(
    grad_output, x, pool_size=2, stride=None, padding="valid"
):
    """Compute `max_pool2d_backward` one output at a time.

    Takes, returns and raises what `max_pool2d_backward` does; slow.

    Source: section 3-1, equation 3.6, times the gradient that arrives.
    """
    batch, paddings, (rows, columns), (down, right), sides = _prepared(
        x, pool_size, stride, padding
    )
    grads = _upstream(grad_output, x, batch, sides)
    padded = pad(batch, paddings, _lowest(batch.dtype))
    genuine = pad(np.ones(batch.shape[1:3], bool), paddings)
    grad_padded = np.zeros(padded.shape, grads.dtype)
    for n, i, j, c in np.ndindex(grads.shape):
        top, left = i * down, j * right
        window = slice(top, top + rows), slice(left, left + columns)
        values = padded[n, *window, c]
        winners = np.argwhere(genuine[window] & (values == values.max()))
        for u, v in winners[:1]:
            grad_padded[n, top + u, left + v, c] += grads[n, i, j, c]
    return _with_axes_of(x, _without_padding(grad_padded, paddings))


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
    batch, paddings, pool_sides, strides, sides = _prepared(
        x, pool_size, stride, padding
    )
    grads = _upstream(grad_output, x, batch, sides)
    layout = pool_sides, strides, sides
    padded = _padded(batch, paddings, _lowest(batch.dtype))
    genuine = pad(np.ones((1, *batch.shape[1:3], 1), bool), paddings)
    grad_padded = np.zeros(padded.shape, grads.dtype)
    for images in _few_images(padded):
        _send_to_winners(
            grads[images], padded[images], genuine, grad_padded[images], layout
        )
    return _with_axes_of(x, _without_padding(grad_padded, paddings))


def _send_to_winners(grads, padded, genuine, grad_padded, layout):
    """Add each output's gradient to grad_padded, where the first genuine pixel is the window's largest."""
    pool_sides, strides, _ = layout
    apart = np.all(np.greater_equal(strides, pool_sides))
    largest = _largest(padded, *layout)
    waiting = np.ones(grads.shape, bool)
    for values, inside, target in zip(
        *(_window_members(array, *layout) for array in (padded, genuine, grad_padded)),
        strict=True,
    ):
        wins = values == largest
        wins &= waiting
        if not inside.all():
            wins &= inside
        if apart:
            target[:] = where_true(wins, grads)
        else:
            target += where_true(wins, grads)
        waiting ^= wins


def average_pool2d_definition(x, pool_size=2, stride=None, padding="valid"):
    """Compute `average_pool2d` one output at a time.

    Takes, returns and raises what `average_pool2d` does; slow.

    Source: section 3-1, equation 3.16.
    """
    batch, paddings, (rows, columns), (down, right), sides = _prepared(
        x, pool_size, stride, padding
    )
    padded = pad(float_array("x", batch), paddings)
    genuine = pad(np.ones(batch.shape[1:3], bool), paddings)
    output = np.empty((len(batch), *sides, batch.shape[3]), padded.dtype)
    for n, i, j, c in np.ndindex(output.shape):
        window = (
            slice(i * down, i * down + rows),
            slice(j * right, j * right + columns),
        )
        output[n, i, j, c] = padded[n, *window, c][genuine[window]].mean(
            dtype=output.dtype
        )
    return _with_axes_of(x, output)


def average_pool2d(x, pool_size=2, stride=None, padding="valid"):
    """Average each window, in each channel by itself.

    Args:
        x: image (H, W) or images (N, H, W, C).
        pool_size: window side n, or (height, width), in pixels.
        stride: one step, or (down, right); None for windows that touch without overlapping.
        padding: "valid", "same", one number for all edges, or ((top, bottom), (left, right)); smaller than
            the window.

    Returns:
        (d_h, d_w) or (N, d_h, d_w, C): float64 for whole numbers, else x's type.

    Raises:
        TypeError, ValueError: a shape, size, padding or stride that does not fit.

    Source: section 3-1, equation 3.16.

    >>> average_pool2d([[0, 1, 0, 1], [1, 3, 0, 1], [2, 0, 2, 0], [1, 3, 2, 1]])
    array([[1.25, 0.5 ],
           [1.5 , 1.25]])
    """
    batch, paddings, pool_sides, strides, sides = _prepared(
        x, pool_size, stride, padding
    )
    batch = float_array("x", batch)
    total = sum(_window_members(pad(batch, paddings), pool_sides, strides, sides))
    genuine = pad(np.ones((1, *batch.shape[1:3], 1), batch.dtype), paddings)
    return _with_axes_of(
        x, total / sum(_window_members(genuine, pool_sides, strides, sides))
    )


def average_pool2d_backward_definition(
    grad_output, x, pool_size=2, stride=None, padding="valid"
):
    """Compute `average_pool2d_backward` one output at a time.

    Takes, returns and raises what `average_pool2d_backward` does; slow.

    Source: section 3-1, equation 3.6, times the gradient that arrives.
    """
    batch, paddings, (rows, columns), (down, right), sides = _prepared(
        x, pool_size, stride, padding
    )
    grads = _upstream(grad_output, x, batch, sides)
    genuine = pad(np.ones(batch.shape[1:3], bool), paddings)
    grad_padded = np.zeros((len(batch), *genuine.shape, batch.shape[3]), grads.dtype)
    for n, i, j, c in np.ndindex(grads.shape):
        window = (
            slice(i * down, i * down + rows),
            slice(j * right, j * right + columns),
        )
        grad_padded[n, *window, c] += grads[n, i, j, c] / genuine[window].sum()
    return _with_axes_of(x, _without_padding(grad_padded, paddings))


def average_pool2d_backward(grad_output, x, pool_size=2, stride=None, padding="valid"):
    """Share each output's gradient equally among the k pixels of its window, 1/k for each.

    Windows that overlap add up; k counts the image's own pixels alone. Of x only the shape matters.

    Args:
        grad_output: the loss's gradient of the output, (d_h, d_w) or (N, d_h, d_w, C).
        x: the forward input, (H, W) or (N, H, W, C).
        pool_size: as for `average_pool2d`.
        stride: as for `average_pool2d`.
        padding: as for `average_pool2d`.

    Returns:
        The loss's gradient of x, in x's shape: float64 for whole numbers, else grad_output's type.

    Raises:
        TypeError, ValueError: a shape, size, padding or stride that does not fit.

    Source: section 3-1, equation 3.6, times the gradient that arrives.

    >>> average_pool2d_backward([[5.0]], [[1, 3], [3, 2]])
    array([[1.25, 1.25],
           [1.25, 1.25]])
    """
    batch, paddings, pool_sides, strides, sides = _prepared(
        x, pool_size, stride, padding
    )
    grads = _upstream(grad_output, x, batch, sides)
    layout = pool_sides, strides, sides
    genuine = pad(np.ones((1, *batch.shape[1:3], 1), grads.dtype), paddings)
    grad_padded = np.zeros(
        (len(batch), *genuine.shape[1:3], batch.shape[3]), grads.dtype
    )
    share = grads / sum(_window_members(genuine, *layout))
    for target in _window_members(grad_padded, *layout):
        target += share
    return _with_axes_of(x, _without_padding(grad_padded, paddings))


def _prepared(x, pool_size, stride, padding):
    """Return x as a batch, and its paddings, the window's sides, the strides and the output's sides."""
    x = real_array("x", x)
    first, second = spatial_axes(x)
    pool_sides = pair("pool_size", pool_size)
    strides = pool_sides if stride is None else pair("stride", stride)
    image_sides = x.shape[first : second + 1]
    paddings = resolve_padding(padding, image_sides, pool_sides, strides)
    for side, ends in zip(pool_sides, paddings, strict=True):
        if max(ends) >= side:
            raise ValueError(
                f"expected padding of less than {side}, the side of the window, got {max(ends)}; "
                "use less padding or a larger window, so that every window holds a pixel of the image"
            )
    sides = tuple(
        output_size(*axis)
        for axis in zip(image_sides, pool_sides, paddings, strides, strict=True)
    )
    batch = x if x.ndim == 4 else x[np.newaxis, :, :, np.newaxis]
    return batch, paddings, pool_sides, strides, sides


def _padded(batch, paddings, value):
    """Pad the batch where there is something to add."""
    return pad(batch, paddings, value) if np.any(paddings) else batch


def _few_images(padded):
    """Part the images into slices so small that they stay in the processor's cache from pass to pass."""
    images = max(_CACHED * len(padded) // max(padded.size, 1), 1)
    return [slice(start, start + images) for start in range(0, len(padded), images)]


def _largest(padded, pool_sides, strides, sides):
    members = _window_members(padded, pool_sides, strides, sides)
    largest = next(members).copy()
    for values in members:
        np.maximum(largest, values, out=largest)
    return largest


def _window_members(padded, pool_sides, strides, sides):
    """Yield, for each place in the window, a view of what all windows have there: (N, d_h, d_w, C)."""
    (down, right), (height, width) = strides, sides
    for u, v in np.ndindex(*pool_sides):
        yield padded[
            :,
            u : u + (height - 1) * down + 1 : down,
            v : v + (width - 1) * right + 1 : right,
        ]


def _upstream(grad_output, x, batch, sides):
    """Return the gradient of the output as a batch of floats, if its shape is the output's."""
    grads = float_array("grad_output", grad_output)
    expected = sides if np.ndim(x) == 2 else (len(batch), *sides, batch.shape[3])
    if grads.shape != expected:
        raise ValueError(
            f"expected grad_output of shape {expected}, the output's, got {grads.shape}; "
            "use the window, stride and padding of the forward pass"
        )
    return grads if grads.ndim == 4 else grads[np.newaxis, :, :, np.newaxis]


def _without_padding(padded, paddings):
    (top, bottom), (left, right) = paddings
    return padded[:, top : padded.shape[1] - bottom, left : padded.shape[2] - right]


def _with_axes_of(x, output):
    return output if np.ndim(x) == 4 else output[0, :, :, 0]


def _lowest(dtype):
    if dtype.kind == "f":
        return -np.inf
    return 0 if dtype.kind == "b" else np.iinfo(dtype).min
