"""Explorers of pooling, its gradient and its robustness (section 3-1, Figure 3-4, equation 3.6)."""
