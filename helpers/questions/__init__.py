"""What a reader answers: the questions of each lesson, and what is said of an answer."""

from helpers.questions.ask import ask
from helpers.questions.check_yourself import check_yourself
from helpers.questions.on_trial import rules_on_trial
