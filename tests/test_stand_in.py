"""The data set that the project draws itself: the same everywhere, and each shape what its name says."""

import hashlib

import numpy as np
import pytest

from helpers.datasets.stand_in import SHAPES, draw_shapes


def draw(per_class, seed=0):
    return draw_shapes(per_class, np.random.default_rng(seed))


def test_pictures_are_the_same_on_every_machine():
    pictures, labels = draw(20)
    digest = hashlib.sha256(pictures.tobytes() + labels.tobytes()).hexdigest()
    assert digest == "27dc52bb1f1136ee5d9ed4de93d682c0d40de29dd01a72cc526d612142a236e6"


def test_another_generator_draws_other_pictures():
    assert not np.array_equal(draw(3, seed=0)[0], draw(3, seed=1)[0])


def test_pictures_have_cifar10s_form_in_mixed_order():
    pictures, labels = draw(5)
    assert (pictures.shape, pictures.dtype) == ((50, 32, 32, 3), np.uint8)
    assert (labels.shape, labels.dtype) == ((50,), np.uint8)
    assert np.bincount(labels).tolist() == [5] * len(SHAPES)
    assert np.any(np.diff(labels.astype(int)) < 0)


@pytest.mark.parametrize("per_class", [1.5, "2", None, True, [2]], ids=repr)
def test_pictures_of_a_shape_are_a_whole_number(per_class):
    with pytest.raises(TypeError, match="expected a whole number"):
        draw(per_class)


def test_a_shape_has_at_least_one_picture():
    with pytest.raises(ValueError, match="expected at least 1"):
        draw(0)


@pytest.mark.parametrize("rng", [0, None])
def test_shapes_are_drawn_by_a_generator(rng):
    with pytest.raises(TypeError, match="expected a NumPy random generator"):
        draw_shapes(2, rng)


def shape_masks(name, count=40):
    """Where pictures of a shape differ clearly from their background, whose colour both edges show."""
    pictures, labels = draw(count)
    shown = pictures[labels == list(SHAPES).index(name)].astype(int)
    # Each row of the background has one colour; the shape leaves at least one edge of the picture free.
    edges = np.stack([shown[:, :, 0], shown[:, :, -1]])
    distance = np.abs(shown[np.newaxis] - edges[:, :, :, np.newaxis]).sum(-1)
    return distance.min(0) > 24


# Share of the square around the shape that it covers, when it stands upright; turned shapes cover less.
@pytest.mark.parametrize(("name", "largest"), [("disc", np.pi / 4), ("bar", 0.29)])
def test_shapes_cover_what_geometry_says(name, largest):
    for mask in shape_masks(name):
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        side = max(np.ptp(rows), np.ptp(columns)) + 1
        assert 0.3 * largest < mask.sum() / side**2 < 1.2 * largest


@pytest.mark.parametrize(
    ("name", "hollow"), [("ring", True), ("frame", True), ("disc", False), ("square", False)]
)
def test_ring_and_frame_alone_are_hollow(name, hollow):
    for mask in shape_masks(name):
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        middle = mask[(rows[0] + rows[-1]) // 2, (columns[0] + columns[-1]) // 2]
        assert middle != hollow


def test_every_picture_shows_a_shape_that_stands_out():
    for name in SHAPES:
        assert all(mask.sum() > 10 for mask in shape_masks(name))
