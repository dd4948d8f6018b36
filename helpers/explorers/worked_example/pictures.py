"""Figures 3-9 and 3-10 under the name by which lesson 3-3 imports them."""

from helpers.explorers.worked_example.worked_example import figure_3_9, figure_3_10

__all__ = ["figure_3_9", "figure_3_10"]
