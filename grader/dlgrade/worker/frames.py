"""Messages on a pipe or a stream socket: four bytes of length, then so many bytes."""

from __future__ import annotations

import os
import struct

HEADER = struct.Struct(">I")
CHUNK = 1 << 20


def read_exactly(fd: int, size: int) -> bytes:
    """Read `size` bytes. Raises EOFError when the other end closes."""
    parts = bytearray()
    while len(parts) < size:
        part = os.read(fd, min(size - len(parts), CHUNK))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def read_frame(fd: int) -> bytes:
    """Read one message. Raises EOFError when the other end closes."""
    (size,) = HEADER.unpack(read_exactly(fd, HEADER.size))
    return read_exactly(fd, size)


def write_frame(fd: int, content: bytes) -> None:
    """Write one message. Raises OSError when the other end is closed."""
    view = memoryview(HEADER.pack(len(content)) + content)
    while view:
        view = view[os.write(fd, view) :]
