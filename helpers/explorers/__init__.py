"""Explorers: controls, a call into the reference mathematics, a call into the figures."""

from helpers.explorers.output_size import OutputSizeExplorer, ShrinkingStackExplorer

__all__ = ["OutputSizeExplorer", "ShrinkingStackExplorer"]
