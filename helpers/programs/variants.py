"""What makes a difference (section 3-5): the chapter's two networks, each with one thing changed.

A variant is a list of Keras layers; a tuple in it holds branches, whose maps are put side by side. The
functions here get the layers handed in, so that they load no TensorFlow: `keras_layers`, the layers of
`numpy_variants`, or whatever else makes layers of these names.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from helpers.datasets import load_mnist, mirror, shift, without_bundled_digits
from helpers.language import say
from helpers.programs.chapter import CIFAR10, MNIST
from helpers.programs.costs import costs
from helpers.programs.numpy_variants import variant_network
from helpers.programs.recipe import AS_IN_THE_CHAPTER, Recipe, falls_when_stuck, one_cycle


@dataclass(frozen=True)
class Variant:
    """What a variant trains.

    Attributes:
        title: its name in plain words.
        change: what it changes, in a sentence.
        stack: returns its layers; takes `keras_layers`, or what makes other layers of the same names.
        recipe: what its training does beyond the chapter's.
        optimizer: returns its optimizer; takes `keras.optimizers`.
        against: the variant that differs from it in one thing, where that is not the chapter's network as the
            group trains it.
    """

    title: str
    change: str
    stack: Callable
    recipe: Recipe = AS_IN_THE_CHAPTER
    optimizer: Callable = lambda optimizers: optimizers.Adam()
    against: str = ""


# The digits' network. Each function returns a part of it.


def _five(layers, filters, **options):
    return [layers.Conv2D(filters, 5, padding="same", activation="relu", **options)]


def _fixed_five(layers, filters):
    return _five(layers, filters, trainable=False)


def _five_with_stride(layers, filters):
    return _five(layers, filters, strides=2)


def _unshared_five(layers, filters):
    return [layers.UnsharedConv2D(filters, 5, activation="relu")]


def _three_twice(layers, filters):
    return [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(2)]


def _max_pooling(layers):
    return [layers.MaxPooling2D()]


def _average_pooling(layers):
    return [layers.AveragePooling2D(2)]


def _no_pooling(layers):
    return []


def _dense_head(layers):
    return [
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ]


def _dense_head_without_dropout(layers):
    return [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")]


def _average_head(layers):
    return [layers.Dropout(0.25), layers.GlobalAveragePooling2D(), layers.Dense(10, activation="softmax")]


def _digits(title, change, convolution=_five, pooling=_max_pooling, head=_dense_head):
    """Return a variant of the chapter's network for digits."""
    return Variant(
        title,
        change,
        lambda layers: [
            *convolution(layers, 16),
            *pooling(layers),
            *convolution(layers, 36),
            *pooling(layers),
            *head(layers),
        ],
    )


def _dense_digits(layers):
    # 264 units: with them it has 242,450 weights, the chapter's network 242,062.
    return [
        layers.Flatten(),
        layers.Dense(264, activation="relu"),
        layers.Dropout(0.25),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ]


# The photographs' network.


def _photographs(title, change, dropout=0.25, normalised=False, **training):
    """Return a variant of the chapter's network for photographs."""

    def relu(layers):
        return [*_normalised(layers, normalised), layers.Activation("relu")]

    return Variant(
        title,
        change,
        lambda layers: [
            layers.Conv2D(32, 3, padding="same"),
            *relu(layers),
            layers.Dropout(dropout),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same"),
            *relu(layers),
            layers.Dropout(dropout),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(1024),
            *relu(layers),
            layers.Dropout(dropout),
            layers.Dense(10, activation="softmax"),
        ],
        **training,
    )


def _normalised(layers, wanted=True):
    # The moving means follow within 10 steps, not within 100 as Keras's own: these trainings are short.
    return [layers.FastBatchNormalization(momentum=0.9)] if wanted else []


def _blocks(layers):
    """Return blocks of two 3 x 3 convolutions (K. Simonyan and A. Zisserman, 2014)."""
    stack = []
    for filters in (32, 64, 128):
        stack += [
            layers.Conv2D(filters, 3, padding="same", activation="relu"),
            layers.Conv2D(filters, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
        ]
    return [
        *stack,
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ]


def _inception(layers):
    """Return three inception modules after a convolution (C. Szegedy et al., 2015)."""

    def convolution(filters, side):
        return layers.Conv2D(filters, side, padding="same", activation="relu")

    def module(one, three, five, pooled):
        return (
            [convolution(one, 1)],
            [convolution(three // 2, 1), convolution(three, 3)],
            [convolution(five // 2, 1), convolution(five, 5)],
            [layers.MaxPooling2D(3, strides=1, padding="same"), convolution(pooled, 1)],
        )

    return [
        convolution(32, 3),
        layers.MaxPooling2D(),
        module(32, 64, 16, 16),
        module(48, 96, 24, 24),
        layers.MaxPooling2D(),
        module(64, 128, 32, 32),
        layers.GlobalAveragePooling2D(),
        layers.Dropout(0.25),
        layers.Dense(10, activation="softmax"),
    ]


def _best(layers):
    """Return eight 3 x 3 convolutions, each normalised, and no large dense layer: 474,730 parameters."""
    stack = []
    for pooling, filters in (
        (_no_pooling, (32, 32)),
        (_max_pooling, (64, 64, 64)),
        (_max_pooling, (128, 128, 128)),
    ):
        stack += pooling(layers)
        for maps in filters:
            stack += [
                layers.Conv2D(maps, 3, padding="same", use_bias=False),
                *_normalised(layers),
                layers.Activation("relu"),
            ]
    return [*stack, layers.GlobalAveragePooling2D(), layers.Dense(10, activation="softmax")]


def _descent_with_momentum(optimizers):
    optimizer = optimizers.SGD(momentum=0.9, nesterov=True, weight_decay=0.005)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _adam_with_decay(optimizers):
    # Times the learning rate: each step takes 0.0005 off every weight (I. Loshchilov and F. Hutter, 2019).
    return optimizers.AdamW(weight_decay=0.5)


def _unseen_digits(**options):
    return without_bundled_digits(load_mnist(**options))


_OF_MNIST = {
    "mnist-chapter": _digits(
        say("the chapter's network"),
        say("Nothing: two convolutions with 5 × 5 filters, max pooling, dropout, a dense layer."),
    ),
    "mnist-no-dropout": _digits(
        say("no dropout"), say("Both dropout layers are left out."), head=_dense_head_without_dropout
    ),
    "mnist-no-pooling": _digits(
        say("no pooling"),
        say("Both pooling layers are left out, so that the maps keep the size of the picture."),
        pooling=_no_pooling,
    ),
    "mnist-average-pooling": _digits(
        say("average pooling"),
        say("The mean of each block takes the place of its maximum."),
        pooling=_average_pooling,
    ),
    "mnist-stride": _digits(
        say("stride 2 in place of pooling"),
        say("The filters move by two pixels at a time, and both pooling layers are left out."),
        _five_with_stride,
        _no_pooling,
    ),
    "mnist-random-filters": _digits(
        say("random filters"),
        say("The filters stay as they were drawn; only the dense layers learn."),
        _fixed_five,
    ),
    "mnist-unshared": _digits(
        say("unshared weights"),
        say("The convolutions have filters of their own at every place."),
        _unshared_five,
    ),
    "mnist-dense": Variant(
        say("no convolution"), say("Three dense layers with about as many weights."), _dense_digits
    ),
    "mnist-3x3-twice": _digits(
        say("3 × 3 twice in place of 5 × 5"),
        say("Two convolutions with 3 × 3 filters take the place of each one with 5 × 5."),
        _three_twice,
    ),
    "mnist-global-average": _digits(
        say("global average pooling"),
        say("The mean of each map goes to the output layer; the large dense layer is left out."),
        head=_average_head,
    ),
}

_OF_CIFAR10 = {
    "cifar10-chapter": _photographs(
        say("the chapter's network"),
        say("Nothing: two convolutions with 3 × 3 filters, max pooling, dropout, a large dense layer."),
    ),
    "cifar10-mirrored": _photographs(
        say("mirrored"),
        say("In each epoch, chance mirrors half of the training pictures, left to right."),
        recipe=Recipe((mirror,)),
    ),
    "cifar10-mirrored-shifted": _photographs(
        say("mirrored and shifted"),
        say("In each epoch, chance mirrors half of the training pictures and moves each by a few pixels."),
        recipe=Recipe((mirror, shift)),
    ),
    "cifar10-weight-decay": _photographs(
        say("weight decay"),
        say("Each step also makes every weight a little smaller."),
        optimizer=_adam_with_decay,
    ),
    "cifar10-more-dropout": _photographs(
        say("more dropout"), say("Dropout leaves out half of the numbers in place of a quarter."), dropout=0.5
    ),
    "cifar10-batch-normalisation": _photographs(
        say("batch normalisation"),
        say("Sums are brought to mean 0 and variance 1 over each batch, before each ReLU."),
        normalised=True,
    ),
    "cifar10-normalisation-no-dropout": _photographs(
        say("normalisation, no dropout"),
        say("Batch normalisation takes the place of all dropout."),
        dropout=0,
        normalised=True,
    ),
    "cifar10-chapter-longer": _photographs(
        say("the chapter's, for longer"), say("Nothing but the time: more than twice as many epochs.")
    ),
    "cifar10-mirrored-shifted-longer": _photographs(
        say("mirrored, shifted, for longer"),
        say("Mirrored and shifted pictures, for more than twice as many epochs."),
        recipe=Recipe((mirror, shift)),
        against="cifar10-chapter-longer",
    ),
    "cifar10-early-stopping": _photographs(
        say("early stopping"),
        say(
            "The learning rate falls when the loss on held-out training pictures no longer does, "
            "and in the end the training stops."
        ),
        recipe=Recipe(held_out=5_000, learning_rate=falls_when_stuck(0.001, patience=2, falls=2)),
        against="cifar10-chapter-longer",
    ),
    "cifar10-vgg": Variant(
        say("blocks as in VGGNet"),
        say("Three blocks of two convolutions with 3 × 3 filters, and a smaller dense layer."),
        _blocks,
    ),
    "cifar10-inception": Variant(
        say("inception modules"),
        say("Three modules as in GoogLeNet, and global average pooling in place of the dense layer."),
        _inception,
    ),
    "cifar10-best": Variant(
        say("the best together"),
        say(
            "Eight convolutions with batch normalisation, global average pooling, mirrored and shifted "
            "pictures, weight decay, a learning rate that rises and falls."
        ),
        _best,
        Recipe((mirror, shift), learning_rate=one_cycle(0.2, rise=5)),
        _descent_with_momentum,
        "cifar10-chapter-longer",
    ),
}


def _program(base, name, variant, **changes):
    def keras_model(seed=0):
        from helpers.programs.keras_models import variant_model

        return variant_model(name, base.picture, variant, seed)

    run = f"{name}-seed0"
    return replace(
        base,
        name=name,
        keras_model=keras_model,
        network=partial(variant_network, base.picture, variant),
        chapter_run=run,
        weights_run=run,
        chapter_accuracy=None,
        recipe=variant.recipe,
        title=variant.title,
        change=variant.change,
        against=variant.against or f"{base.name}-chapter",
        costs=costs(variant.stack, base.picture),
        **changes,
    )


MNIST_VARIANTS = {
    name: _program(MNIST, name, variant, load=_unseen_digits) for name, variant in _OF_MNIST.items()
}
"""By name; they are trained on the digits that are not among the bundled test digits."""

CIFAR10_VARIANTS = {name: _program(CIFAR10, name, variant) for name, variant in _OF_CIFAR10.items()}
"""By name."""

VARIANTS = MNIST_VARIANTS | CIFAR10_VARIANTS
"""All variants, by name."""

GROUPS = {"mnist": MNIST_VARIANTS, "cifar10": CIFAR10_VARIANTS}
"""Variants that were trained alike, by the group's name; the chapter's network is the first of each."""
