"""What makes the pages come alive: Python in the browser, and the widgets that a page shows."""
