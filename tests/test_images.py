"""Galleries and the confusion matrix: every image and every number where it belongs."""

import re
from urllib.parse import unquote

import numpy as np
import pytest
from reading import cells, elements, fills, pixels, texts

from helpers.drawing import svg
from helpers.drawing.confusion import confusion_picture
from helpers.drawing.images import class_gallery, filter_gallery, grey_gallery, image_gallery, map_gallery
from helpers.drawing.picture import SvgPicture
from helpers.reference.classification import accuracy_by_class


def images(count, channels):
    return np.random.default_rng(0).integers(0, 256, (count, 8, 8, channels), dtype=np.uint8)


def shown_images(picture):
    """Each image's (y, x) in the picture, and its pixels."""
    found = elements(picture, "image")
    return [((float(image.get("y")), float(image.get("x"))), pixels(image.get("href"))) for image in found]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("count", "rows"), [(1, 1), (5, 1), (6, 2), (10, 2), (11, 3)])
def test_gallery_shows_every_image_under_its_title_in_rows_of_five(count, rows, channels):
    x = images(count, channels)
    gallery = image_gallery(x, range(count), "Some.")
    assert isinstance(gallery, SvgPicture)
    assert texts(gallery) == [str(place) for place in range(count)]
    shown = shown_images(gallery)
    assert len({y for (y, _), _ in shown}) == rows
    assert [place for place, _ in shown] == sorted({place for place, _ in shown})
    for (_, drawn), image in zip(shown, x, strict=True):
        # Grey ones are ink on paper.
        np.testing.assert_array_equal(drawn, 255 - image[..., 0] if channels == 1 else image)


def test_gallery_of_no_image_is_empty():
    assert not shown_images(image_gallery(images(0, 1), [], "None."))


@pytest.mark.parametrize("titles", ["ab", "abcd"])
def test_gallery_refuses_titles_that_do_not_match(titles):
    with pytest.raises(ValueError, match=r"argument 2 is (shorter|longer)"):
        image_gallery(images(3, 1), titles, "Three.")


def test_grey_pictures_are_light_and_cut_off_at_black_and_white():
    gallery = grey_gallery([[[0, 255.0], [100.4, 20]], [[-90, 300], [128, 1]]], "ab", "Two.")
    assert texts(gallery) == ["a", "b"]
    first, second = (drawn.tolist() for _, drawn in shown_images(gallery))
    assert first == [[0, 255], [100, 20]]
    assert second == [[0, 255], [128, 1]]
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        grey_gallery(np.zeros((2, 3, 3)), "a", "Two.")


def test_maps_reach_their_own_full_colour():
    maps = np.array([[[0, 1], [-2, 0]], [[0, 0], [15, 30]], [[0, 0], [0, 0]]])
    gallery = map_gallery(maps, "abc", "Three maps.")
    assert texts(gallery) == ["a", "b", "c"]
    first, second, third = (drawn for _, drawn in shown_images(gallery))
    paper, blue, orange = ([255, 255, 255], [0, 114, 178], [213, 94, 0])
    assert first[0, 0].tolist() == first[1, 1].tolist() == paper
    assert first[1, 0].tolist() == blue
    assert second[1, 1].tolist() == orange
    half_way = first[0, 1].tolist()
    assert half_way == second[1, 0].tolist()
    assert half_way not in (paper, orange)
    assert (third == 255).all()
    corners = [(float(found.get("x")), float(found.get("y"))) for found in elements(gallery, "image")]
    frames = elements(gallery, "rect", stroke=svg.LINE)
    assert [(float(frame.get("x")), float(frame.get("y"))) for frame in frames] == corners


def test_gallery_by_class_shows_ten_of_each_in_its_row():
    x, labels = images(30, 3), np.array([0, 1] * 14 + [2, 2])
    gallery = class_gallery(x, labels, ("cat", "dog", "ship", "frog"), "Some.")
    assert texts(gallery) == ["cat", "dog", "ship", "frog"]
    rows = {}
    for (y, _), drawn in shown_images(gallery):
        rows.setdefault(y, []).append(drawn)
    assert [len(row) for _, row in sorted(rows.items())] == [10, 10, 2]
    for label, (_, row) in enumerate(sorted(rows.items())):
        np.testing.assert_array_equal(row, x[labels == label][:10])


def test_svg_picture_is_shown_with_its_sentence():
    gallery = image_gallery(images(1, 3), "a", "What it shows.")
    bundle = gallery._repr_mimebundle_()
    assert bundle["text/plain"] == "What it shows."
    source, label = re.fullmatch(
        r'<img src="data:image/svg\+xml,(.+)" alt="(.+)" style="max-width:100%">', bundle["text/html"]
    ).groups()
    assert unquote(source) == gallery.svg
    assert label == "What it shows."
    assert "data:image/png;base64," in source  # what nbval leaves out of its comparison
    assert repr(gallery) == "What it shows."


# The confusion matrix

CONFUSION = np.array([[90, 0, 10], [5, 40, 5], [0, 0, 0]])


def confusion():
    return confusion_picture(CONFUSION, accuracy_by_class(CONFUSION), ("cat", "dog", "ship"))


def test_every_count_is_in_its_cell_and_zeros_are_left_out():
    expected = {place: f"{count}" if count else "" for place, count in np.ndenumerate(CONFUSION)}
    assert cells(confusion(), "count") == expected


def test_classes_are_named_on_both_sides_with_their_accuracy():
    written = texts(confusion())
    assert all(written.count(name) == 2 for name in ("cat", "dog", "ship"))
    for share in ("90.0 %", "80.0 %", "–"):
        assert share in written


def test_sentence_names_the_commonest_mistake():
    sentence = (
        "130 of 150 test pictures are recognised; the commonest mistake is cat, taken for ship: 10 times."
    )
    assert repr(confusion()) == sentence


def test_mistakes_are_the_more_orange_the_more_there_are():
    colours = fills(confusion(), "count")
    assert colours[0, 0] == colours[1, 1] == colours[2, 2] == svg.BLUE_TINT
    assert colours[0, 1] == colours[2, 0] == svg.PAPER
    assert colours[0, 2] == svg.ORANGE
    assert colours[1, 0] == colours[1, 2] not in {svg.PAPER, svg.ORANGE}


def test_a_matrix_without_a_mistake_is_drawn_too():
    picture = confusion_picture(np.eye(2, dtype=int), np.ones(2), ("a", "b"))
    assert repr(picture) == "2 of 2 test pictures are recognised."


def test_filters_of_two_layers_stand_side_by_side_in_their_colours():
    kernels = [np.random.default_rng(seed).normal(size=(3, 3, 3, count)) for seed, count in ((0, 9), (1, 32))]
    gallery = filter_gallery(kernels, ["one", "other"], "Two layers.")
    assert texts(gallery) == ["one", "other"]
    for (_, shown), kernel in zip(shown_images(gallery), kernels, strict=True):
        # The ninth stands in the second row, each with a gap of one pixel.
        for drawn, one in ((shown[4:7, :3], kernel[..., 8]), (shown[:3, 4:7], kernel[..., 1])):
            limit = np.abs(one).max()
            assert np.abs(drawn.astype(int) - svg.grey(one, -limit, limit)).max() <= 1
            assert {0, 255} & set(drawn.ravel().tolist())
    (_, first), (_, second) = (place for place, _ in shown_images(gallery))
    assert first < second
