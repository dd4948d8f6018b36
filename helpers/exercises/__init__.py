"""What a reader writes: the functions of each lesson, and the check that names a slip."""

from helpers.exercises.progress import progress
from helpers.exercises.verdict import check
