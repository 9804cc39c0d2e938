"""Writes a small image as PNG, for pages that load no other file."""

from __future__ import annotations

import base64
import struct
import zlib

from dlgrade.results import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BITS, RED_GREEN_BLUE = 8, 2
CHANNELS = 3


def png(image: Image) -> bytes:
    """Return the image as the content of a PNG file."""
    row = CHANNELS * image.width
    rows = b"".join(b"\0" + image.pixels[y * row : (y + 1) * row] for y in range(image.height))  # 0: no filter
    header = struct.pack(">IIBBBBB", image.width, image.height, BITS, RED_GREEN_BLUE, 0, 0, 0)
    return SIGNATURE + _part(b"IHDR", header) + _part(b"IDAT", zlib.compress(rows, 9)) + _part(b"IEND", b"")


def address(image: Image) -> str:
    """Return an address that holds the image itself."""
    return "data:image/png;base64," + base64.b64encode(png(image)).decode()


def _part(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
