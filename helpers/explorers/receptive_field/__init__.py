"""What a number of a deep layer sees of the picture (section 3-1, receptive field)."""
