"""Deeper networks: stacks of small filters, branches side by side (section 3-4)."""
