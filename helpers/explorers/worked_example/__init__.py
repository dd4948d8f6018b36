"""Explorers, figures and tables of the worked example (section 3-3, Figures 3-9 and 3-10)."""
