"""Every question of every lesson: right answers in all spellings, each mistake with its own sentence."""

import ast
import inspect
import re
from html import unescape
from itertools import combinations, permutations

import numpy as np
import pytest
from answering import as_typed, spellings
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.chapter.lessons import LESSONS
from helpers.questions import ask, check_yourself, record
from helpers.questions.answers import readings
from helpers.questions.ask import Ask
from helpers.questions.catalogue import check_yourself_entries, entries, entry, of_lesson
from helpers.questions.markup import live_html
from helpers.questions.question import (
    AmbiguousError,
    Array,
    Blanks,
    Cell,
    Choice,
    Number,
    Numbers,
    Order,
    true_or_slip,
)
from helpers.questions.shown import still
from helpers.wording import fixed, number, trimmed

each_question = pytest.mark.parametrize("name", entries())
each_seed = given(seed=st.integers(0, 10**6))
# Without a deadline: some questions ask a network first.
few = settings(max_examples=30, deadline=None)


# What is typed


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0.60", [0.6]),
        (".6", [0.6]),
        ("0,6", [0.6]),
        ("3/5", [0.6]),
        (" 3 / 5 ", [0.6]),
        ("⅗", [0.6]),
        ("60 %", [0.6, 60]),
        ("−2", [-2]),
        ("–2", [-2]),
        ("+2", [2]),
        ("5.", [5]),
        ("1e-3", [0.001]),
        ("２．５", [2.5]),
        ("1,234", [1.234, 1234]),
        ("1.234", [1.234, 1234]),
        ("225,920", [225.92, 225_920]),
        ("225 920", [225_920]),
        ("3,612,800", [3_612_800]),
        ("1,234.5", [1234.5]),
        ("1.234,5", [1234.5]),
        ("0.123", [0.123]),
        ("1,2345", [1.2345]),
        ("-1/3", [-1 / 3]),
        ("1 2/3", [5 / 3]),
        ("−1 2/3", [-5 / 3]),
        ("1 2/0", []),
        ("", []),
        ("two", []),
        ("1/0", []),
        ("1/2/3", []),
        ("1,2,3", []),
        ("1e999", []),
        ("nan", []),
        ("inf", []),
        ("--2", []),
        ("9" * 50, []),
        ("9**9", []),
    ],
)
def test_a_text_means_what_a_reader_means(text, meant):
    assert readings(text) == pytest.approx(meant)


@given(st.text(max_size=60))
def test_no_text_raises(text):
    assert all(np.isfinite(value) for value in readings(text))


@given(st.fractions(max_denominator=999, min_value=-999, max_value=999))
def test_fractions_are_read(fraction):
    assert readings(str(fraction)) == pytest.approx([float(fraction)], rel=1e-15)


# Every question of the lessons


@each_question
@few
@each_seed
def test_the_right_answer_is_accepted_in_all_its_spellings(name, seed):
    for question in (entry(name).question(), entry(name).question(seed)):
        for texts in spellings(question):
            assert question.judge(texts).state == "right", texts


@each_question
@few
@each_seed
def test_each_mistake_gets_its_own_sentence(name, seed):
    for question in (entry(name).question(), entry(name).question(seed)):
        for answer, sentence in question.mistakes:
            verdict = question.judge(as_typed(question, answer))
            assert (verdict.state, verdict.sentence) == ("slip", sentence), answer


@each_question
@few
@each_seed
def test_the_explanation_contains_the_numbers(name, seed):
    for question in (entry(name).question(), entry(name).question(seed)):
        if isinstance(question, (Number, Numbers)):
            text = re.sub(r"[{}\\]", "", question.explanation).replace("-", "−")
            for value in question.numbers(question.answer):
                written = {
                    number(value),
                    fixed(value, question.decimals),
                    trimmed(value, question.decimals),
                    f"{value:,.{question.decimals}f}".replace("-", "−"),
                }
                assert any(re.search(rf"(?<![\d.,]){re.escape(w)}(?!\d)", text) for w in written), value


@each_question
@few
@each_seed
def test_other_numbers_are_drawn_as_their_seed_says(name, seed):
    drawn = entry(name).question(seed)
    assert drawn.text == entry(name).question(seed).text
    assert type(drawn) is type(entry(name).question())


@each_question
def test_new_numbers_are_new(name):
    if entry(name).draw is None:
        return
    shown = {str((q.text, q.given, q.picture, q.solution)) for q in map(entry(name).question, range(30))}
    assert len(shown) > 3


@each_question
def test_a_question_has_what_a_reader_needs(name):
    question = entry(name).question()
    assert question.text
    assert question.explanation
    assert question.mistakes, "name at least one usual mistake"
    assert question.hints or isinstance(question, Choice), "give at least one hint"
    texts = [question.text, question.explanation, *question.hints, *(s for _, s in question.mistakes)]
    assert not any(
        re.search(r"\{\w+\}|\$\$\$", text) and "\\" not in text and "_" not in text for text in texts
    )


@each_question
def test_the_right_answer_is_computed(name):
    """No number stands for itself: the answer is a call, or made of names that calls have filled."""
    tree = ast.parse(inspect.getsource(entry(name).build))
    answers = [
        keyword.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in ("answer", "slip")
    ]
    assert answers
    for value in answers:
        assert any(isinstance(node, (ast.Call, ast.Name)) for node in ast.walk(value)), ast.unparse(value)


@each_question
def test_formulas_can_be_drawn(name):
    ask = Ask(entry(name))
    assert "$" not in ask.view.question["html"]
    ask.check(["1"] * len(getattr(ask.question, "blanks", ["1"])))
    ask.show()
    assert "$" not in ask.view.feedback["html"]
    assert still(ask.question).count("<details>") == 1


@pytest.mark.parametrize("lesson", [lesson.short for lesson in LESSONS])
def test_every_lesson_has_six_questions_and_an_end(lesson):
    assert len(of_lesson(lesson)) >= 6
    assert len(check_yourself_entries(lesson)) >= 3


# Kinds


def whole(answer=4, **more):
    return Number(text="How many?", answer=answer, explanation=f"{answer}", **more)


def test_a_wrong_number_gets_no_sentence_of_its_own():
    assert whole().judge(["7"]).state == "wrong"
    assert whole().judge(["7"]).sentence == ""


def test_a_wrong_sign_is_named():
    assert "sign" in whole().judge(["-4"]).sentence
    assert whole().judge(["-4"]).state == "slip"


def test_a_whole_number_is_exact():
    assert whole().judge(["4.001"]).state == "wrong"
    assert whole().judge(["4.0"]).state == "right"


def test_decimals_are_asked_to_the_last_one():
    question = whole(0.6122, decimals=2)
    assert question.precision == "to 2 decimals"
    for text in ("0.61", "0.612", "0.6122", "0,61", "61/100"):
        assert question.judge([text]).state == "right", text
    for text in ("0.6", "0.62", "0.63"):
        assert "Close" in question.judge([text]).sentence, text
    assert question.judge(["0.55"]).sentence == ""
    for text in ("-0.1", "-0.10"):
        assert "Close" in whole(-0.096, decimals=3).judge([text]).sentence
    for text in ("0", "-0.11"):
        assert whole(-0.096, decimals=3).judge([text]).sentence == ""
    assert question.judge(["0.3"]).sentence == ""


@pytest.mark.parametrize("text", ["", " ", "x", "1/0", "1;2"])
def test_what_is_no_number_is_said_and_not_counted(text):
    verdict = whole().judge([text])
    assert verdict.state == "unread"
    assert verdict.sentence


@pytest.mark.parametrize("text", ["7*7*36", "$x$", "a_b_c", "`x`", "a\\b", "#1", "**"])
def test_what_is_no_number_is_quoted_sign_for_sign(text):
    assert f"“{text}”" in live_html(whole().judge([text]).sentence)


def test_a_mistake_that_cannot_be_told_from_the_right_answer_is_refused():
    with pytest.raises(AmbiguousError):
        whole(mistakes=[(4, "the same")])
    with pytest.raises(AmbiguousError):
        whole(mistakes=[(5, "one"), (5, "two")])
    with pytest.raises(AmbiguousError):
        whole(0.612, decimals=2, mistakes=[(0.613, "too near")])


def test_several_numbers_are_marked_one_by_one():
    question = Numbers(text="?", answer={"a": 1, "b": 2}, explanation="", mistakes=[({"b": 3}, "b is off")])
    assert question.judge(["1", "2"]).state == "right"
    assert question.judge(["9", "3"]).sentence == "b is off"
    verdict = question.judge(["1", "9"])
    assert (verdict.sentence, verdict.marks) == ("1 of 2 is right.", (True, False))


def test_an_array_is_judged_cell_by_cell():
    question = Array(text="?", answer=np.array([[1, 2], [3, 4]]), explanation="")
    assert question.judge(list("1234")).state == "right"
    assert question.judge(list("1235")).marks == (True, True, True, False)
    with pytest.raises(AmbiguousError):
        Array(text="?", answer=np.ones((2, 2)), explanation="", mistakes=[(np.ones(3), "another shape")])


@pytest.mark.parametrize("chosen", ["", "9", "-1", "x", "٣"])
def test_a_choice_that_is_none_is_said(chosen):
    choice = true_or_slip(text="?", slip=True, explanation="", mistaken="no")
    assert choice.judge([chosen]).state == "unread"
    cell = Cell(text="?", grid=np.ones((2, 2)), answer=(1, 1), explanation="")
    assert cell.judge([chosen]).state == "unread"


def test_a_choice_and_a_cell_know_right_from_wrong():
    choice = true_or_slip(text="?", slip=True, explanation="", mistaken="no")
    assert [choice.judge([text]).state for text in "01"] == ["slip", "right"]
    cell = Cell(text="?", grid=np.ones((2, 3)), answer=(1, 0), explanation="", mistakes=[((0, 1), "above")])
    assert [cell.judge([text]).state for text in "0123"] == ["wrong", "slip", "wrong", "right"]


def ranking(**more):
    """Rank four letters; c and d are near enough to stand either way."""
    settings = {
        "text": "Rank them.",
        "items": ["a", "b", "c", "d"],
        "answer": [9.0, 7.0, 5.0, 4.9],
        "near": 0.15,
        "ends": ("the largest", "the smallest"),
        "explanation": "",
    }
    return Order(**settings | more)


def test_an_order_is_right_with_near_neighbours_either_way():
    question = ranking()
    assert {
        "".join(order) for order in permutations("0123") if question.judge(list(order)).state == "right"
    } == {"0123", "0132"}
    assert sorted(map(tuple, spellings(question))) == [tuple("0123"), tuple("0132")]
    assert question.solution == ["**a** > **b** > **c** ≈ **d**"]


@each_seed
def test_an_order_is_right_where_no_pair_is_further_apart_the_wrong_way_round(seed):
    rng = np.random.default_rng(seed)
    values, near = rng.integers(0, 8, 5).tolist(), int(rng.integers(0, 3))
    if max(values) - min(values) <= near:
        with pytest.raises(AmbiguousError, match="expected items to rank"):
            ranking(items=list("abcde"), answer=values, near=near)
        return
    question = ranking(items=list("abcde"), answer=values, near=near)
    for order in permutations(range(5)):
        drops = [values[below] - values[above] for above, below in combinations(order, 2)]
        verdict = question.judge([str(item) for item in order])
        assert (verdict.state == "right") == (max(drops) <= near)
        if verdict.state == "wrong":
            named = re.findall(r"\*\*(.)\*\* belongs above \*\*(.)\*\*", verdict.sentence)
            assert named
            assert all(values["abcde".index(a)] - values["abcde".index(b)] > near for a, b in named)
            marked = {"abcde"[item] for item, fine in zip(order, verdict.marks, strict=True) if not fine}
            assert marked == {letter for pair in named for letter in pair}


def test_the_last_bits_of_a_difference_decide_no_order():
    assert 0.3 - 0.2 < 0.1 < 0.8 - 0.7
    for high, low in ((0.3, 0.2), (0.8, 0.7)):
        question = ranking(items=["a", "b", "c"], answer=[high, low, -5], near=0.1)
        assert question.judge(list("102")).state == "right"
    question = ranking(items=["a", "b"], answer=np.array([200, 3], np.uint8), near=1)
    assert question.judge(list("01")).state == "right"


def test_wrong_neighbours_of_an_order_are_named():
    verdict = ranking().judge(list("1023"))
    assert verdict.state == "wrong"
    assert verdict.sentence.endswith("- **a** belongs above **b**.")
    assert verdict.marks == (False, False, True, True)
    assert ranking().judge(list("1302")).sentence.count("belongs above") == 1
    assert ranking().judge(list("1032")).sentence.count("belongs above") == 1
    assert ranking(near=0).judge(list("1032")).sentence.count("belongs above") == 2


def test_items_that_are_near_their_neighbours_but_far_apart_are_named_too():
    question = ranking(items=["a", "b", "c", "d"], answer=[0.2, 0.1, 0.0, -5.0])
    verdict = question.judge(list("2103"))
    assert verdict.sentence.endswith("- **a** belongs above **c**.")
    assert verdict.marks == (False, True, False, True)


def test_an_order_upside_down_is_said():
    assert ranking().judge(list("3210")).sentence == "That is the right order, upside down."
    assert ranking().judge(list("2310")).state == "slip"


def test_a_wrong_belief_is_the_order_of_other_numbers():
    question = ranking(
        mistakes=[([1, 5, 3, 3], "by weight"), (None, "impossible"), ([0, 0, 0, 1], "d first")]
    )
    for typed in ("1230", "1320"):
        assert question.judge(list(typed)).sentence == "by weight"
    assert question.judge(list("3210")).sentence == "d first"


def test_what_is_near_enough_to_be_right_is_not_so_for_a_wrong_belief():
    question = ranking(mistakes=[([0.2, 0.3, 0.1, 0.0], "by hundredths")])
    assert question.judge(list("1023")).sentence == "by hundredths"
    assert question.judge(list("2013")).state == "wrong"


@pytest.mark.parametrize(
    "mistakes",
    [
        [([9, 7, 5, 6], "near enough to be right")],
        [([1, 1, 1, 1], "any order")],
        [([1, 1, 0, 0], "the right one among them")],
        [([1, 2, 3, 4], "one"), ([2, 4, 6, 8], "the same")],
        [([1, 2, 3], "too few")],
    ],
)
def test_a_wrong_order_that_cannot_be_told_apart_is_refused(mistakes):
    with pytest.raises(AmbiguousError):
        ranking(mistakes=mistakes)


@pytest.mark.parametrize(
    "typed", [[], ["0"], list("0012"), list("01234"), list("012x"), ["", "", "", ""], list("٠123")]
)
def test_an_order_that_is_none_is_said(typed):
    assert ranking().judge(typed).state == "unread"


def test_items_stand_shuffled_at_first_and_never_right():
    for count in range(2, 7):
        for letters in ("abcdef", "uvwxyz", "ghijkl"):
            items, values = list(letters[:count]), list(range(count, 0, -1))
            question = ranking(items=items, answer=values, near=0)
            assert sorted(question.shown) == list(range(count))
            assert question.judge([str(item) for item in question.shown]).state != "right"
            assert question.shown == ranking(items=items, answer=values, near=0).shown


def test_a_stored_lesson_shows_the_shuffled_items_and_folds_the_order_away():
    question = ranking()
    before, after = still(question).split("<details>")
    assert re.findall(r"<li>(?:<p>)?(.)", before) == ["abcd"[item] for item in question.shown]
    assert before.index("the largest") < before.index("<li>") < before.index("the smallest")
    assert "a > b > c ≈ d" in unescape(re.sub("</?strong>|[*]", "", after))


# A question in a lesson


def test_a_question_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="expected the name of a question, got 'no-such'"):
        ask("no-such")
    with pytest.raises(ValueError, match="expected a lesson with questions"):
        check_yourself("9-9")


@pytest.fixture
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("CNN_ANSWERS", str(tmp_path / "new" / "answers.json"))
    return ask("places")


def test_hints_come_one_after_the_other(places):
    hints = places.question.hints
    for count in range(3):
        places.check(["77"])
        plain = re.sub("<math.*?</math>", "", places.view.feedback["html"])
        expected = re.sub(r"\$.*?\$", "", hints[min(count, len(hints) - 1)])
        assert expected.split(".")[0] in plain


def test_a_mistake_that_is_named_uses_up_no_hint(places):
    places.check([str(places.question.mistakes[0][0])])
    places.check(["77"])
    assert places.question.hints[0].split(".")[0].split("$")[0] in places.view.feedback["html"]


def test_new_numbers_are_others():
    asked = ask("row-then-column")
    for _ in range(30):
        before = asked.question.text
        asked._receive({"do": "renew", "round": asked.view.question["round"]})
        assert asked.question.text != before


def test_an_answer_can_be_seen_after_a_try(places):
    show = {"do": "show", "round": places.view.question["round"]}
    places._receive(show)
    assert places.verdict is None
    places.check(["77"])
    places._receive(show)
    assert places.view.feedback["state"] == "shown"
    assert places.question.solution[0] in places.view.feedback["html"]


def test_new_numbers_differ_from_the_present_ones():
    asked = ask("find-the-bug")
    for _ in range(10):
        before = asked.question.text
        asked.renew()
        assert asked.question.text != before


def test_a_message_for_older_numbers_counts_for_nothing(places):
    old = places.view.question["round"]
    places._receive({"do": "renew", "round": old})
    places._receive({"do": "check", "typed": ["4"], "round": old})
    assert places.tries == 0
    assert places.view.feedback == {}


def test_answers_are_counted_and_can_be_forgotten(places):
    assert record.read() == {}
    places.check(["x"])
    assert record.read() == {}
    places.check(["77"])
    places.check(places.question.solution)
    assert record.read() == {"places": {"right": 1, "wrong": 1, "first": False}}
    record.forget()
    assert record.read() == {}
    record.forget()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"places": 3}', "\x00"])
def test_a_broken_record_counts_as_empty(places, content):
    record.record_file().parent.mkdir()
    record.record_file().write_text(content)
    assert record.read() == {}
    places.check(["77"])
    assert record.read()["places"]["wrong"] == 1


def test_a_folder_that_cannot_be_written_to_costs_nothing_but_the_count(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNN_ANSWERS", str(tmp_path / "file" / "answers.json"))
    asked = ask("places")
    asked.check(asked.question.solution)
    assert asked.view.feedback["state"] == "right"


def test_the_score_follows_the_answers(places):
    end = check_yourself("3-1c")
    assert "None of this lesson's" in end.score
    for asked in end.asked:
        asked.check(spellings(asked.question)[0])
    assert f"{len(end.asked)} of this lesson's" in end.score
    assert f"{len(end.asked)} of them at the first try" in end.score


def test_a_worksheet_s_number_brings_its_numbers():
    first, second = check_yourself("3-1c"), check_yourself("3-1c")
    before = [asked.question.text for asked in first.asked]
    first.sheet.value = second.sheet.value = "0-17"
    assert [a.question.text for a in first.asked] == [a.question.text for a in second.asked] != before
    first.sheet.value = ""
    assert [asked.question.text for asked in first.asked] == before


def test_blanks_are_the_kinds_that_are_typed():
    assert issubclass(Number, Blanks)
    assert not issubclass(Choice, Blanks)
