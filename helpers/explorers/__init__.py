"""Explorers: controls, a call into the reference mathematics, a call into the figures."""

from helpers.explorers.complete_model import CompleteModelExplorer
from helpers.explorers.flipped_filter import FlippedFilterExplorer
from helpers.explorers.output_size import OutputSizeExplorer, ShrinkingStackExplorer

__all__ = [
    "CompleteModelExplorer",
    "FlippedFilterExplorer",
    "OutputSizeExplorer",
    "ShrinkingStackExplorer",
]
