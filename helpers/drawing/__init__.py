"""The toolkit of pictures, without a topic: SVG, curves, images, and how a lesson shows them.

What needs matplotlib, training curves and the confusion matrix, is imported from its own module.
"""

from helpers.drawing.array_grids import show_arrays
from helpers.drawing.images import (
    channel_gallery,
    class_gallery,
    filter_gallery,
    grey_gallery,
    image_gallery,
    map_gallery,
)
from helpers.drawing.picture import Picture, SvgPicture, folded
from helpers.drawing.source import show_source
from helpers.drawing.svg_curves import loss_curves
