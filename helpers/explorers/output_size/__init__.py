"""Explorers of padding, stride and output size (section 3-1, equation 3.1, Figures 3-2 and 3-3)."""
