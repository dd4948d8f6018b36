"""Explorers of filters made by hand and of filters that were learnt (section 3-1, convolution layer)."""
