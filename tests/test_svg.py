"""The pieces of pictures: what goes in can be read back."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from helpers.figures import svg


@pytest.mark.parametrize("shape", [(3, 5), (4, 2, 3)])
def test_image_holds_the_pixels_unchanged(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    data = re.search(r'href="data:image/png;base64,([^"]+)"', svg.image(pixels, 1, 2, 30, 40)).group(1)
    np.testing.assert_array_equal(Image.open(io.BytesIO(base64.b64decode(data))), pixels)


def test_grey_goes_from_black_to_white_and_cuts_off():
    np.testing.assert_array_equal(svg.grey(np.array([-9, -1, 0, 1, 9]), -1, 1), [0, 0, 128, 255, 255])


def test_signed_is_blue_below_paper_at_zero_and_orange_above():
    colours = svg.signed(np.array([[-2.0, 0.0, 2.0, 1.0]]), 2)[0]
    assert [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in colours[:3]] == [svg.BLUE, svg.PAPER, svg.ORANGE]
    np.testing.assert_allclose(colours[3], (colours[1].astype(float) + colours[2]) / 2, atol=1)
