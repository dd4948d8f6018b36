"""What the reader writes in lesson 3-5a: one-hot vectors, and the Keras model of the first program."""

import numpy as np

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.counting import conv2d_parameters, dense_parameters
from helpers.reference.geometry import output_size, same_padding


def _filled(labels, classes, *place):
    """Write ones into a whole row or column for each label."""
    vectors = np.zeros((len(labels), classes))
    vectors[(*place, labels)] = 1
    return vectors


ONE_HOT = Task(
    name="my_one_hot",
    reference=lambda labels, classes: np.eye(classes)[labels],
    cases=[(np.array([1, 0, 2, 1]), 3), (np.array([6, 3]), 10), (np.array([1, 1, 0, 2]), 5)],
    slips=[
        Slip(
            lambda labels, classes: np.eye(classes)[labels - 1],
            say("You have counted the places from 1. The first place belongs to the class 0."),
        ),
        Slip(
            lambda labels, classes: _filled(labels, classes),
            say("Whole rows are filled here. Only the place of `labels[i]` gets one in row i."),
        ),
        Slip(
            lambda labels, classes: _filled(labels, classes, slice(None)),
            say("Here each row has a 1 for every label. Only the place of `labels[i]` gets one in row i."),
        ),
        Slip(
            lambda labels, classes: np.eye(classes)[labels].T,
            say("Rows and columns are swapped: each picture has a row, each class a column."),
        ),
        Slip(
            lambda labels, classes: labels[:, np.newaxis] * np.eye(classes)[labels],
            say("You have written the class itself into its place. A 1 stands there, whatever the class."),
        ),
        Slip(
            lambda labels, classes: 1 - np.eye(classes)[labels],
            say("Zeros and ones are swapped: the 1 stands in the place of the right class."),
        ),
        Slip(
            lambda labels, classes: np.eye(labels.max() + 1)[labels],
            say("The largest class among these labels need not be the last one: make `classes` columns."),
        ),
    ],
)

# The table of the lesson: what each layer is, and what it is told.
_TABLE = (
    ("conv", 16),
    ("pool", 2),
    ("conv", 36),
    ("pool", 2),
    ("dropout", 0.25),
    ("flatten", None),
    ("dense", 128, "relu"),
    ("dropout", 0.5),
    ("dense", 10, "softmax"),
)
_ACTIVATIONS = ("linear", "relu", "softmax")
_OTHER = 9  # stands for every other activation
_ROWS = 10  # of what is compared: one more than layers, so that a layer too many shows


def _of_table(table=_TABLE, same=(16, 36), window=5, activation="relu", pooling="linear"):
    """Return what `_read` reads of the model of a table.

    Args:
        table: its layers.
        same: how many filters those convolutions have that keep the side.
        window: side of their filters.
        activation: of the convolutions.
        pooling: "linear" where it takes the largest number; else any other name.
    """
    size, rows = (28, 28, 1), []
    for kind, number, *rest in table:
        parameters, name, rate = 0, rest[0] if rest else "linear", 0
        if kind == "conv":
            zeros = same_padding(size[0], window) if number in same else 0
            parameters, name = conv2d_parameters(window, size[2], number), activation
            size = (*2 * (output_size(size[0], window, zeros),), number)
        elif kind == "pool":
            size, name = (*2 * (output_size(size[0], number, stride=number),), size[2]), pooling
        elif kind == "flatten":
            size = (1, 1, int(np.prod(size)))
        elif kind == "dense":
            parameters, size = dense_parameters(size[2], number), (*size[:2], number)
        else:
            rate = number
        rows.append((size, parameters, name, rate))
    return _compared(rows)


def _read(model):
    """Read what is compared off a Keras model; a tuple was read before.

    A layer that is an activation alone counts to the layer before it.
    """
    if isinstance(model, tuple):
        return model
    if not hasattr(model, "layers"):
        raise TypeError(f"expected a Keras model, got {type(model).__name__}; return keras.Sequential([...])")
    if not model.built:
        raise ValueError("expected a model that knows the size of its pictures; begin with keras.Input")
    rows = []
    for layer in model.layers:
        kind = type(layer).__name__
        if kind == "InputLayer":
            continue
        name = getattr(getattr(layer, "activation", None), "__name__", "linear")
        if "Pooling" in kind and not kind.startswith("Max"):
            name = kind
        if kind in ("Activation", "ReLU", "Softmax") and rows:
            rows[-1] = (*rows[-1][:2], name if kind == "Activation" else kind.lower(), rows[-1][3])
            continue
        size = (1, 1, *layer.output.shape[1:])[-3:]
        rows.append((size, layer.count_params(), name, getattr(layer, "rate", 0)))
    return _compared(rows)


def _compared(rows):
    """Return sizes, parameters, activations and shares of dropout as arrays with a row for each layer."""
    found = np.zeros((_ROWS, 3)), np.zeros(_ROWS), np.zeros(_ROWS), np.zeros(_ROWS)
    for place, (size, parameters, name, rate) in enumerate(rows[:_ROWS]):
        code = _ACTIVATIONS.index(name) if name in _ACTIVATIONS else _OTHER
        for array, value in zip(found, (size, parameters, code, rate), strict=True):
            array[place] = value
    return found


def _changed(place, *layer):
    """Return the table with another layer in one place."""
    return (*_TABLE[:place], layer, *_TABLE[place + 1 :])


MNIST_MODEL = Task(
    name="my_mnist_model",
    reference=_of_table,
    read=_read,
    results=(
        say("sizes, layer by layer (0 where there is none)"),
        say("parameters, layer by layer"),
        say("activations: 0 none, 1 ReLU, 2 softmax, 9 another"),
        say("dropout, layer by layer"),
    ),
    cases=[()],
    seconds=60.0,
    slips=[
        Slip(
            lambda: _of_table(same=()),
            say('The sides shrink at each convolution. `padding="same"` keeps them.'),
        ),
        Slip(
            lambda: _of_table(same=(36,)),
            say('The first convolution makes the sides smaller. `padding="same"` keeps them.'),
        ),
        Slip(
            lambda: _of_table(same=(16,)),
            say('The second convolution makes the sides smaller. `padding="same"` keeps them.'),
        ),
        Slip(
            lambda: _of_table(_changed(2, "conv", 32), same=(16, 32)),
            say("The second convolution has 32 filters here. The table says 36."),
        ),
        Slip(lambda: _of_table(window=3), say("The filters are 3 × 3 here. The table says 5 × 5.")),
        Slip(
            lambda: _of_table((*_TABLE[:5], *_TABLE[6:])),
            say("`Flatten` is missing. `Dense` then works on each of the 7 × 7 places by itself."),
        ),
        Slip(
            lambda: _of_table((*_TABLE[:5], _TABLE[6], _TABLE[5], *_TABLE[7:])),
            say("`Dense` stands before `Flatten`: it works on each place by itself. Flatten the maps first."),
        ),
        Slip(
            lambda: _of_table([layer for layer in _TABLE if layer[0] != "dropout"]),
            say("Both dropout layers are missing. They hold no parameters, so a count does not tell."),
        ),
        Slip(
            lambda: _of_table((*_TABLE[:4], *_TABLE[5:])),
            say("The first dropout is missing, the one after the second pooling."),
        ),
        Slip(
            lambda: _of_table((*_TABLE[:7], *_TABLE[8:])),
            say("The second dropout is missing, the one before the last layer."),
        ),
        Slip(
            lambda: _of_table([layer for layer in _TABLE if layer[0] != "pool"]),
            say("The poolings are missing: they halve the sides."),
        ),
        Slip(
            lambda: _of_table(pooling="average"),
            say("Your pooling does not take the largest number. The table says max pooling."),
        ),
        Slip(
            lambda: _of_table(activation="linear"),
            say("The convolutions have no activation here; each of them needs a ReLU."),
        ),
        Slip(
            lambda: _of_table(_changed(6, "dense", 128, "linear")),
            say("The first dense layer has no activation here; it needs a ReLU."),
        ),
        Slip(
            lambda: _of_table(_changed(8, "dense", 10, "linear")),
            say("The last layer gives scores. With `softmax` it gives probabilities, as the table says."),
        ),
        Slip(
            lambda: _of_table(_changed(8, "dense", 10, "relu")),
            say("The last layer has a ReLU here. Ten probabilities that add up to 1 need `softmax`."),
        ),
        Slip(
            lambda: _of_table((*_TABLE[:4], ("dropout", 0.5), *_TABLE[5:7], ("dropout", 0.25), _TABLE[8])),
            say("The two shares of dropout are swapped: a quarter first, then a half."),
        ),
    ],
)
