"""The toolkit of pictures, without a topic: SVG, curves, images, and how a lesson shows them."""
