"""Explorers of the backward pass through the complete model, and of learning by it (section 3-2)."""
