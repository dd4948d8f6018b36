"""What the reader writes in lesson 3-4: the parameters of a network that is given as a table."""

from helpers.exercises.task import Slip, Task
from helpers.language import say
from helpers.reference.vgg import POOL, VGG_16, vgg_layers


def _parameters(table, side, units):
    return sum(layer.parameters for layer in vgg_layers(table, units, side))


def _slip(sentence, **change):
    """Return a slip: the count with one thing changed."""
    return Slip(lambda table, side, units: _miscounted(table, side, units, **change), sentence)


def _miscounted(
    table,
    side,
    units,
    *,
    taps=9,
    biases=True,
    carried=True,
    shrinks=0,
    halved=lambda side: side // 2,
    flattened=lambda side, maps: side**2 * maps,
    onward=True,
):
    total, channels = 0, 3
    for entry in table:
        if entry == POOL:
            side = halved(side)
            continue
        total += (taps * channels + biases) * entry
        side -= shrinks
        maps = entry
        channels = entry if carried else channels
    inputs = flattened(side, maps)
    for count in units:
        total += (inputs + biases) * count
        inputs = count if onward else inputs
    return total


VGG_PARAMETERS = Task(
    name="my_vgg_parameters",
    reference=_parameters,
    cases=[
        ([4], 2, []),
        ([4, 5], 2, []),
        ([5, POOL], 6, [10]),
        ([4, 2, POOL], 6, [10, 7]),
        ([4, POOL, 6, 2, POOL], 22, [5, 3]),
        (list(VGG_16), 224, [4096, 4096, 1000]),
    ],
    slips=[
        _slip(say("The biases are missing: one for each filter, and one for each unit."), biases=False),
        _slip(say("A 3 × 3 filter has nine weights for each channel, not three."), taps=3),
        _slip(
            say(
                "Only the first layer gets 3 channels. The next one gets a channel from each filter before "
                "it."
            ),
            carried=False,
        ),
        _slip(
            say("The maps are flattened: each of them gives rows times columns numbers to the dense layer."),
            flattened=lambda side, maps: maps,
        ),
        _slip(say("A map has rows and columns: square its side."), flattened=lambda side, maps: side * maps),
        _slip(
            say("One map alone goes into your dense layer. All of them do."),
            flattened=lambda side, maps: side**2,
        ),
        _slip(say("Pooling halves the side: keep account of it as you go."), halved=lambda side: side),
        _slip(say("The convolutions keep the side: the padding is “same”."), shrinks=2),
        _slip(
            say(
                "Only the first dense layer gets the maps. The next one gets a number from each unit before "
                "it."
            ),
            onward=False,
        ),
        _slip(
            say("Where the side is odd, the last row and column are left over: round down."),
            halved=lambda side: -(-side // 2),
        ),
    ],
)
