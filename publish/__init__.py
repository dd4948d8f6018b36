"""The lessons for where no kernel is: pages to read, slides to show, explorers alone."""
