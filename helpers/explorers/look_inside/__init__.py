"""A look into both trained networks (section 3-5), and a digit of the reader's own."""
