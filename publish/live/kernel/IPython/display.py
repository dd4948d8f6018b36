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


class DisplayHandle:
    """A place below the cell that runs, whose content can change."""

    def display(self, value):
        """Show a value there."""
        display(value, display_id=str(id(self)))

    update = display


def display(*values, display_id=""):
    """Show values below the cell that runs; those with an id take the place of the last with the same one."""
    import kernel  # which runs the cells, and imports this module before it can be imported itself

    for value in values:
        kernel.show(value, display_id)


def clear_output(wait=False):
    """Do nothing: what a cell has shown stays."""
