"""The kinds of sequence learning: counted, and no output before what it depends on."""

import pytest

from helpers.reference.sequences import sequence_kinds


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_each_kind_reads_and_writes_as_many_as_its_name_says(length):
    counts = {"one": 1, "many": length, "in": length, "step": length}
    for name, steps in sequence_kinds(length).items():
        reads, writes = name.replace(" to", "").split()
        assert (len(steps.reads), len(steps.writes)) == (counts[reads], counts[writes])
        used = {*steps.reads, *steps.writes}
        assert used == set(range(steps.total))


def test_what_depends_on_the_whole_sequence_is_written_after_it():
    kinds = sequence_kinds(4)
    for name in ("many to one", "many to many"):
        assert min(kinds[name].writes) == max(kinds[name].reads)
    assert kinds["in step"].writes == kinds["in step"].reads


@pytest.mark.parametrize(("length", "exception"), [(0, ValueError), (1.5, TypeError)])
def test_refuses_what_is_no_length(length, exception):
    with pytest.raises(exception, match="for length, got"):
        sequence_kinds(length)
