"""The Keras models: the chapter's (section 3-5), its dense network (section 3-1), and their variants."""

from collections import Counter

import numpy as np

from helpers.keras_backend import keras
from helpers.programs import keras_layers

layers = keras.layers

_SHORT = {
    "Conv2D": "conv",
    "UnsharedConv2D": "unshared",
    "FastBatchNormalization": "norm",
    "MaxPooling2D": "pool",
    "AveragePooling2D": "pool",
    "GlobalAveragePooling2D": "average",
    "Activation": "relu",
}


def mnist_model(seed=0):
    """Build and compile the chapter's model for handwritten digits: 242,062 parameters.

    It takes pictures (N, 28, 28, 1) with values from 0 to 1 and returns the digits' probabilities (N, 10).
    The layers' names are fixed: Keras's own count on, and a summary would change each time it is made.

    Args:
        seed: fixes the first weights and the masks of the dropout layers; goes to
            `keras.utils.set_random_seed`, which also seeds Python's and NumPy's global generators.

    Source: section 3-5, first program.
    """
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1), name="pictures"),
            layers.Conv2D(16, (5, 5), padding="same", name="conv1"),
            layers.Activation("relu", name="relu1"),
            layers.MaxPooling2D((2, 2), name="pool1"),
            layers.Conv2D(36, (5, 5), padding="same", name="conv2"),
            layers.Activation("relu", name="relu2"),
            layers.MaxPooling2D((2, 2), name="pool2"),
            layers.Dropout(0.25, name="dropout1"),
            layers.Flatten(name="flatten"),
            layers.Dense(128, activation="relu", name="dense1"),
            layers.Dropout(0.5, name="dropout2"),
            layers.Dense(10, activation="softmax", name="dense2"),
        ],
        name="mnist",
    )
    return _compiled(model)


def dense_model(seed=0):
    """Build and compile the chapter's example of a network without convolution: 89,610 parameters.

    Takes what `mnist_model` does.

    Source: section 3-1, introduction: two hidden layers of 100 units, here with ReLU.
    """
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1), name="pictures"),
            layers.Flatten(name="flatten"),
            layers.Dense(100, activation="relu", name="dense1"),
            layers.Dense(100, activation="relu", name="dense2"),
            layers.Dense(10, activation="softmax", name="dense3"),
        ],
        name="dense",
    )
    return _compiled(model)


def cifar10_model(seed=0):
    """Build and compile the chapter's model for small colour photographs: 4,224,970 parameters.

    It takes pictures (N, 32, 32, 3) with values from 0 to 1 and returns the classes' probabilities (N, 10).

    Takes what `mnist_model` does.

    Source: section 3-5, second program.
    """
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3), name="pictures"),
            layers.Conv2D(32, (3, 3), padding="same", name="conv1"),
            layers.Activation("relu", name="relu1"),
            layers.Dropout(0.25, name="dropout1"),
            layers.MaxPooling2D((2, 2), name="pool1"),
            layers.Conv2D(64, (3, 3), padding="same", name="conv2"),
            layers.Activation("relu", name="relu2"),
            layers.Dropout(0.25, name="dropout2"),
            layers.MaxPooling2D((2, 2), name="pool2"),
            layers.Flatten(name="flatten"),
            layers.Dropout(0.25, name="dropout3"),
            layers.Dense(1024, activation="relu", name="dense1"),
            layers.Dropout(0.25, name="dropout4"),
            layers.Dense(10, activation="softmax", name="dense2"),
        ],
        name="cifar10",
    )
    return _compiled(model)


def variant_model(name, picture, variant, seed=0):
    """Build and compile a variant of the chapter's models.

    Its layers are named after their kind and numbered from 1, such as "conv1", so that its weights keep their
    names.

    Args:
        name: of the model.
        picture: shape (H, W, C) of a picture, with values from 0 to 1.
        variant: a `Variant`.
        seed: as for `mnist_model`.

    Source: section 3-5.
    """
    keras.utils.set_random_seed(seed)
    count = Counter()

    def applied(steps, x):
        for step in steps:
            if isinstance(step, tuple):
                x = named(layers.Concatenate())([applied(branch, x) for branch in step])
            else:
                x = named(step)(x)
        return x

    def named(layer):
        kind = _SHORT.get(type(layer).__name__, type(layer).__name__.lower())
        count[kind] += 1
        layer.name = f"{kind}{count[kind]}"
        return layer

    pictures = keras.Input(picture, name="pictures")
    model = keras.Model(pictures, applied(variant.stack(keras_layers), pictures), name=name)
    return _compiled(model, variant.optimizer(keras.optimizers))


def with_weights(model, weights):
    """Put the weights of a training into a model, and return it.

    Args:
        model: as `mnist_model` or `cifar10_model` makes it; it is changed.
        weights: under layer and weight, such as "conv1/kernel", as a run holds them.

    Raises:
        ValueError: the weights are of another model.

    Source: section 3-5.
    """
    variables = {
        f"{layer.name}/{variable.name}": variable for layer in model.layers for variable in layer.weights
    }
    expected = {name: tuple(variable.shape) for name, variable in variables.items()}
    found = {name: np.shape(array) for name, array in weights.items()}
    if found != expected:
        raise ValueError(f"expected weights {expected}, got {found}; use those of the same model")
    for name, variable in variables.items():
        variable.assign(weights[name])
    return model


def _compiled(model, optimizer="adam"):
    """Add what all of them train with: cross-entropy, and Adam where nothing else is asked for."""
    # XLA made a step 4 (batch 256) to 7 times (batch 64) slower on two CPU cores; not every version of Keras
    # leaves it out there by itself.
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model
