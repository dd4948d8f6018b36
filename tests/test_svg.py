"""The pieces of pictures: what goes in can be read back."""

import io

import numpy as np
import pytest
from PIL import Image
from reading import elements, images

from helpers.datasets import PHOTOGRAPHS, load_photograph
from helpers.drawing import svg
from helpers.wording import number, trimmed


def picture(*parts):
    return svg.document(99, 99, parts, "Some.")


def noise(shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def steeper_and_steeper(shape):
    """Rows that differ less from each other than the pixels of one, and wrap around beyond 255."""
    height, *row = shape
    return (noise(row) + 2 * np.arange(height).reshape(-1, *[1] * len(row))).astype(np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (30, 50), (1, 1, 3), (40, 20, 3)])
@pytest.mark.parametrize("make", [np.zeros, noise, steeper_and_steeper])
def test_image_holds_the_pixels_unchanged(make, shape):
    pixels = make(shape).astype(np.uint8)
    (shown,) = images(picture(svg.image(pixels, 1, 2, 30, 40)))
    np.testing.assert_array_equal(shown, pixels, strict=True)


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_image_is_hardly_larger_than_pillows(name):
    pixels = svg.grey(load_photograph(name), 0, 255)
    (shown,) = elements(picture(svg.image(pixels, 0, 0, 9, 9)), "image")
    pillows = io.BytesIO()
    Image.fromarray(pixels).save(pillows, "png", compress_level=4)
    assert len(shown.get("href")) * 3 / 4 < 1.1 * len(pillows.getvalue())


def test_grey_goes_from_black_to_white_and_cuts_off():
    np.testing.assert_array_equal(svg.grey(np.array([-9, -1, 0, 1, 9]), -1, 1), [0, 0, 128, 255, 255])


def test_signed_is_blue_below_paper_at_zero_and_orange_above():
    colours = svg.signed(np.array([[-2.0, 0.0, 2.0, 1.0]]), 2)[0]
    assert [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in colours[:3]] == [svg.BLUE, svg.PAPER, svg.ORANGE]
    np.testing.assert_allclose(colours[3], (colours[1].astype(float) + colours[2]) / 2, atol=1)


# A little below and above a tie, as sums come out on one processor or another.
just_beside = pytest.mark.parametrize("noise", [-1e-13, 0, 1e-13])


@just_beside
def test_the_last_bits_of_a_sum_do_not_decide_a_grey_level(noise):
    ties = np.array([0.5, 1.5, 42.5, 127.5, 254.5])
    np.testing.assert_array_equal(svg.grey(ties + noise, 0, 255), [0, 2, 42, 128, 254])
    np.testing.assert_array_equal(svg.grey((ties + noise).astype(np.float32), 0, 255), [0, 2, 42, 128, 254])


@just_beside
def test_the_last_bits_of_a_sum_do_not_decide_a_colour(noise):
    # BLUE holds no red, ORANGE no blue: half-way from paper each leaves 127.5 of them.
    below, above = svg.signed(np.array([-0.5 + noise, 0.5 + noise]), 1)
    assert (below[0], above[2]) == (128, 128)


@just_beside
def test_the_last_bits_of_a_sum_do_not_decide_a_digit(noise):
    assert number(0.125 + noise) == "0.12"
    assert number(0.475 + noise) == "0.47"
    assert trimmed(0.13535 + noise) == trimmed(0.13535)
    assert trimmed(1.15625 + noise) == "1.1562"


@just_beside
def test_the_last_bits_of_a_sum_make_no_whole_number_broken_and_no_zero_negative(noise):
    assert number(noise) == trimmed(noise) == "0"
    assert number(1 + noise) == trimmed(1 + noise) == "1"
    assert number(-3 + noise) == trimmed(-3 + noise) == "−3"


def test_what_rounds_to_zero_has_no_sign():
    assert number(-0.004) == "0.00"
    assert trimmed(-0.00004) == "0"


def test_a_grid_of_maps_holds_each_map_and_a_place_to_click_on_it():
    maps = np.random.default_rng(0).uniform(-1, 1, (4, 6, 5))
    grid = picture(svg.map_grid(maps, 10, 20, 3, columns=2, limit=1, name="map", chosen=3))
    (sheet,) = images(grid)
    frames = elements(grid, "rect", width="18", height="12")
    assert [frame.get("data-cell") for frame in frames] == [f"map-{index}" for index in range(5)]
    corners = [(int(frame.get("x")), int(frame.get("y"))) for frame in frames]
    for index, (x, y) in enumerate(corners):
        left, top = (x - 10) // 3, (y - 20) // 3
        np.testing.assert_array_equal(sheet[top : top + 4, left : left + 6], svg.signed(maps[..., index], 1))
    # Between the maps there is paper; the frame of map 3 is one pixel larger on each side.
    assert (sheet[4] == 255).all()
    assert (sheet[:, 6] == 255).all()
    x, y = corners[3]
    assert elements(grid, "rect", x=f"{x - 1}", y=f"{y - 1}", width="20", height="14")


def test_maps_of_three_colours_are_drawn_in_them():
    maps = np.random.default_rng(0).uniform(-1, 1, (3, 3, 3, 2))
    grid = svg.map_grid(maps, 0, 0, 3, columns=2, limit=1, name="map")
    (sheet,) = images(picture(grid))
    np.testing.assert_array_equal(sheet[:3, 4:7], np.rint(255 * (maps[..., 1] + 1) / 2))
    assert (sheet[3] == 255).all()
    assert (sheet[:, 3] == 255).all()


def test_a_sensor_tells_how_many_pixels_lie_under_it():
    sensor = picture(svg.pixel_sensor("photo", 0, 0, 256, 192, 128, 96))
    assert elements(sensor, "rect", data_cell="photo", data_pixels="128 96")
