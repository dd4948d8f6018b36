"""The game of lesson 3-6: its trials judge what they show, it draws fairly, and it keeps the score."""

import re

import numpy as np
import pytest

from helpers.chapter.errata import ERRATA
from helpers.questions import rules_on_trial
from helpers.questions.on_trial import Draw, pool
from helpers.questions.trials import code, is_slip
from helpers.reference.gradient_check import numerical_gradient

RULES = {entry.name: entry.question() for entry in pool()}
each_rule = pytest.mark.parametrize("name", RULES)


def block(question):
    """Return the lines of code below a rule."""
    return re.fullmatch(r".*\n```python\n(.*)\n```", question.text, re.DOTALL)[1]


def test_the_pool_is_large_and_about_half_of_it_is_true():
    slips = sum(question.answer for question in RULES.values())
    assert len(RULES) >= 12
    assert 0.4 <= slips / len(RULES) <= 0.6


@each_rule
def test_what_a_reader_copies_gives_the_verdict(name):
    *lines, both = block(RULES[name]).split("\n")
    space = {"np": np, "numerical_gradient": numerical_gradient}
    exec("\n".join(lines), space)
    printed, judged = eval(both, space)
    assert np.allclose(printed, judged, rtol=1e-6) == (RULES[name].solution == ["It is true."])


@each_rule
def test_the_lines_fit_into_the_page(name):
    assert max(map(len, block(RULES[name]).split("\n"))) <= 80


@each_rule
def test_a_slip_is_one_of_the_list_and_a_true_rule_is_not(name):
    """The list names equations; a true rule shares one with a slip only where the equation has two halves."""
    first = RULES[name].text.split(":")[0]
    numbers = set(re.findall(r"3\.\d+", first))
    listed = {
        n for erratum in ERRATA for n in re.findall(r"3\.\d+", erratum.place) if erratum.kind == "result"
    }
    if RULES[name].answer and numbers:
        assert numbers <= listed
    elif not RULES[name].answer:
        assert not numbers & (listed - {"3.6"})


def test_a_trial_is_code_and_verdict_at_once():
    def trial():
        """3.99: one is two."""

        def printed(x):
            return x + 1

        one = 1
        return printed(one), one

    assert code(trial) == "```python\ndef printed(x):\n    return x + 1\n\none = 1\nprinted(one), one\n```"
    assert is_slip(trial)


@pytest.mark.parametrize("seed", range(20))
def test_each_five_holds_slips_and_true_rules_and_none_twice(seed):
    draw = Draw(seed)
    for _ in range(10):
        five = draw.five()
        assert len({entry.name for entry in five}) == 5
        assert sum(entry.question().answer for entry in five) in (2, 3)


def test_every_rule_comes_before_all_have_come_twice():
    draw = Draw(3)
    assert {entry.name for _ in range(4) for entry in draw.five()} == set(RULES)


def test_the_order_changes():
    answers = {tuple(entry.question().answer for entry in Draw(seed).five()) for seed in range(40)}
    assert len(answers) > 10


def test_a_seed_draws_the_same_rules():
    names = [[asked.entry.name for asked in rules_on_trial(7).asked] for _ in range(2)]
    assert names[0] == names[1]


def test_the_score_counts_the_first_judgements():
    game = rules_on_trial(1)
    assert game.score == "0 of 5 rules judged. Some of them are true."
    first, *others = game.asked
    first.check([""])
    assert game.score.startswith("0 of 5")
    first.check([str(1 - first.question.answer)])
    first.check([str(first.question.answer)])
    assert game.score.startswith("1 of 5")
    for asked in others:
        asked.check([str(asked.question.answer)])
    assert game.score == "All 5 rules judged, 4 of them right at once."


def test_new_rules_begin_anew():
    game = rules_on_trial(1)
    before = game.asked
    before[0].check(["0"])
    game.renew.click()
    assert game.score.startswith("0 of 5")
    assert {asked.entry.name for asked in before}.isdisjoint(asked.entry.name for asked in game.asked)
    before[1].check(["0"])
    assert game.score.startswith("0 of 5")


def test_a_stored_lesson_shows_the_same_five_in_every_run():
    one, other = (rules_on_trial()._repr_mimebundle_()["text/html"] for _ in range(2))
    assert one == other
    assert one.count("<details>") == 5
