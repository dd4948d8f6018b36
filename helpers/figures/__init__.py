"""Pictures from arrays: SVG text for number grids and graphs, matplotlib for images and curves.

Nothing here computes what it shows; values arrive ready.
"""
