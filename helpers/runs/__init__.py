"""Trainings: their settings, what one came to, its folder, and those that this project recorded.

Needs no TensorFlow.
"""

from helpers.runs.folder import RunFolder, RunFolderError
from helpers.runs.recorded import all_recorded_runs, recorded_run, recorded_runs, runs_table
from helpers.runs.run import CHAPTER, Result, Run, Settings
