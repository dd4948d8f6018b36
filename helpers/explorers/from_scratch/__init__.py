"""Explorers of the first program's network in NumPy (section 3-2)."""
