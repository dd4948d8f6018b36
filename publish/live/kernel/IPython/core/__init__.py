"""Stands for a part of IPython that ipywidgets imports by name."""
