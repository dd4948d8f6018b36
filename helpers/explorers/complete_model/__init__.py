"""Explorers of the complete model (section 3-1, Figure 3-8)."""
