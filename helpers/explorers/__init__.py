"""Explorers: controls, a call into the reference mathematics, a call into the figures."""

from helpers.explorers.output_size import OutputSizeExplorer, ShrinkingStackExplorer
from helpers.explorers.pooling import PoolingExplorer, PoolingGradientExplorer, SameOutputExplorer
from helpers.explorers.robustness import RobustnessExplorer
from helpers.explorers.shared_weights import (
    ConnectionsExplorer,
    ConvolutionMatrixExplorer,
    SharedWeightsExplorer,
    WeightGradientExplorer,
)

__all__ = [
    "ConnectionsExplorer",
    "ConvolutionMatrixExplorer",
    "OutputSizeExplorer",
    "PoolingExplorer",
    "PoolingGradientExplorer",
    "RobustnessExplorer",
    "SameOutputExplorer",
    "SharedWeightsExplorer",
    "ShrinkingStackExplorer",
    "WeightGradientExplorer",
]
