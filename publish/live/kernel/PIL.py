"""Stands for Pillow in a live page until the pictures of explorers need NumPy alone."""

import struct
import zlib


class Image:
    """Writes an array of pixels as PNG."""

    @staticmethod
    def fromarray(pixels):
        """Keep the pixels of a grey or coloured image, uint8."""
        image = Image()
        image.pixels = pixels
        return image

    def save(self, file, form, compress_level):
        """Write the PNG; the form is always "png"."""
        height, width = self.pixels.shape[:2]
        colour = 2 if self.pixels.ndim == 3 else 0
        rows = b"".join(b"\0" + row.tobytes() for row in self.pixels)
        header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows, compress_level)), (b"IEND", b"")):
            file.write(
                struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            )
