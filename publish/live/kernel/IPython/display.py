"""Stands for IPython.display in a live page: what a cell can show before it ends."""


class Markdown:
    """Text that a page shows as Markdown."""

    def __init__(self, data):
        self.data = data

    def _repr_markdown_(self):
        return self.data


class HTML:
    """Text that a page shows as HTML."""

    def __init__(self, data):
        self.data = data

    def _repr_html_(self):
        return self.data


def display(*values):
    """Show values below the cell that runs."""
    import kernel  # which runs the cells, and imports this module before it can be imported itself

    for value in values:
        kernel.show(value)


def clear_output(wait=False):
    """Do nothing: what a cell has shown stays."""
