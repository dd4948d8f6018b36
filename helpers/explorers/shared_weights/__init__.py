"""Explorers of shared weights (section 3-1, Figures 3-5 to 3-7, equations 3.2 to 3.5)."""
