"""Explorers: controls, a call into the reference mathematics, a call into the figures."""

from helpers.explorers.output_size import OutputSizeExplorer, ShrinkingStackExplorer
from helpers.explorers.pooling import PoolingExplorer, PoolingGradientExplorer, SameOutputExplorer
from helpers.explorers.robustness import RobustnessExplorer

__all__ = [
    "OutputSizeExplorer",
    "PoolingExplorer",
    "PoolingGradientExplorer",
    "RobustnessExplorer",
    "SameOutputExplorer",
    "ShrinkingStackExplorer",
]
