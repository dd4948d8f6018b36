"""Interactive lessons on convolutional networks: reference mathematics, figures, explorers, training."""
