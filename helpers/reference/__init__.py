"""The chapter's mathematics in NumPy alone: each operation as its definition and as a fast version."""
