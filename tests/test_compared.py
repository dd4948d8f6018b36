"""Recorded variants side by side: which there are, and the tables of their differences."""

import numpy as np
import pytest
from scipy import stats
from trainings import record

from helpers.programs import (
    compared,
    differences,
    differences_table,
    normalised_anew,
    recorded_variants,
    settled_accuracy,
)
from helpers.programs.compared import conditions, p_value, variants_table
from helpers.programs.variants import GROUPS
from helpers.runs import recorded

RNG = np.random.default_rng(5)
RIGHT = {name: RNG.random(200) < share for name, share in [("chapter", 0.9), ("stride", 0.7), ("dense", 0.9)]}


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Recordings of three variants, one of them with two seeds, in an order that is not that of the list."""
    monkeypatch.setattr(recorded, "_RECORDED", tmp_path)
    record(tmp_path, "mnist-stride", 1, correct=RIGHT["stride"])
    record(tmp_path, "mnist-stride", 0, (0.4, 0.8), correct=~RIGHT["stride"])
    record(tmp_path, "mnist-dense", 0, (0.9, 0.9, 0.92), correct=RIGHT["dense"])
    record(tmp_path, "mnist-chapter", 1, (0.7, 0.95), correct=RIGHT["chapter"])
    return tmp_path


def rows(table):
    head, _, *lines = [line.strip("| ").split(" | ") for line in table.replace("|  ", "| - ").splitlines()]
    assert {len(line) for line in lines} <= {len(head)}
    return lines


def test_variants_come_in_their_order_with_their_seeds_and_without_what_is_missing(runs):
    found = recorded_variants("mnist")
    assert {name: [run.about["seed"] for run in some] for name, some in found.items()} == {
        "mnist-chapter": [1],
        "mnist-stride": [0, 1],
        "mnist-dense": [0],
    }
    assert list(found) == [name for name in GROUPS["mnist"] if name in found]
    assert recorded_variants("cifar10") == {}
    assert variants_table("cifar10").count("\n") == 1
    assert differences("cifar10") == []


def test_a_training_is_compared_with_the_chapter_s_of_the_same_seed(runs):
    found = {(one.name, one.run.about["seed"]): one.changes for one in differences("mnist")}
    assert list(found) == [("mnist-chapter", 1), ("mnist-stride", 0), ("mnist-stride", 1), ("mnist-dense", 0)]
    compared = found.pop(("mnist-stride", 1))
    assert set(found.values()) == {None}
    right, chapters = RIGHT["stride"], RIGHT["chapter"]
    assert compared.only_a == np.sum(right > chapters)
    assert compared.only_b == np.sum(right < chapters)


def test_the_table_shows_who_wins_how_many_pictures(runs):
    stride = rows(differences_table("mnist").data)[2]
    won, lost = np.sum(RIGHT["stride"] > RIGHT["chapter"]), np.sum(RIGHT["stride"] < RIGHT["chapter"])
    p = stats.binomtest(int(won), int(won + lost)).pvalue
    expected = ["1", "75.00 %", f"−{100 * (lost - won) / 200:.2f}", str(won), str(lost), "below 0.001"]
    assert p < 0.001
    assert stride[1:] == expected
    titles = [row[0] for row in rows(differences_table("mnist").data)]
    assert titles == ["the chapter's network", "stride 2 in place of pooling", "-", "no convolution"]


@pytest.mark.parametrize(
    ("p", "text"), [(1, "1.000"), (0.0314, "0.031"), (1e-3, "0.001"), (9e-4, "below 0.001")]
)
def test_a_small_probability_is_not_written_as_zero(p, text):
    assert p_value(p) == text


def test_readme_lists_means_over_seeds_and_differences_to_the_chapter_s(runs):
    chapter, stride, dense = rows(variants_table("mnist"))
    assert chapter[0] == "`mnist-chapter`"
    assert chapter[2:7] == ["242,062", "2", "1", "95.00", "95.00"]
    assert stride[2:] == ["242,062", "2", "2", "80.00 · 75.00", "77.50", "−17.50"]
    assert dense[2:] == ["242,450", "3", "1", "92.00", "92.00", "−3.00"]
    assert stride[1] == GROUPS["mnist"]["mnist-stride"].change


def test_without_the_chapter_s_network_nothing_is_compared(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "_RECORDED", tmp_path)
    record(tmp_path, "cifar10-vgg", 0)
    assert [one.changes for one in differences("cifar10")] == [None]
    (row,) = rows(variants_table("cifar10").replace("|  |", "| - |"))
    assert row[-1] in ("-", "")


def test_where_and_how_they_were_trained_is_read_from_the_records(runs):
    assert conditions("mnist") == (
        "Trained on a made-up machine, with python 3.12.0, keras 3.15.1; 1,000 training pictures, "
        "batches of 256."
    )


def test_a_longer_training_is_compared_with_one_as_long(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "_RECORDED", tmp_path)
    for name in ("chapter", "chapter-longer", "mirrored-shifted"):
        record(tmp_path, f"cifar10-{name}", accuracies=(0.5,))
    right = np.arange(200) < 120
    record(tmp_path, "cifar10-mirrored-shifted-longer", accuracies=(0.6,), correct=right)
    record(tmp_path, "cifar10-chapter-longer", 1, (0.6,), correct=~right)
    record(tmp_path, "cifar10-mirrored-shifted-longer", 1, (0.6,), correct=right)
    found = {(name, run.about["seed"]): changes for name, run, changes in differences("cifar10")}
    assert found["cifar10-mirrored-shifted-longer", 0] == (100, 20, 0, 80)
    assert found["cifar10-mirrored-shifted-longer", 1] == (0, 120, 80, 0)
    lines = rows(differences_table("cifar10").data)
    assert lines[-2][3] == "+10.00 to “the chapter's, for longer”"
    assert rows(variants_table("cifar10"))[-1][-1] == "+5.00 to “the chapter's, for longer”"
    assert "to" not in lines[2][3]


def test_a_normalisation_measured_anew_tells_of_each_test_picture(tmp_path, monkeypatch):
    found = normalised_anew()
    assert {name: (right.shape, right.dtype.name) for name, right in found.items()} == {
        "with_dropout": ((10_000,), "bool"),
        "without_dropout": ((10_000,), "bool"),
        "never_dropped": ((10_000,), "bool"),
    }
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(b"PK")
    monkeypatch.setattr(compared, "_NORMALISED_ANEW", damaged)
    with pytest.raises(
        ValueError, match=r"with_dropout, without_dropout, never_dropped at .*damaged.npz.*git checkout"
    ):
        normalised_anew()


def test_the_settled_accuracy_is_that_of_the_last_three_epochs(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "_RECORDED", tmp_path)
    record(tmp_path, "mnist-dense", 0, (0.9, 0.5, 0.6, 0.4))
    (run,) = recorded_variants("mnist")["mnist-dense"]
    assert settled_accuracy(run) == pytest.approx(50)
