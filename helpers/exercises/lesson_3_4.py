"""What the reader writes in lesson 3-4."""
