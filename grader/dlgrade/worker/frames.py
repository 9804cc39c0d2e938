"""Framing: messages on a pipe or a stream socket, each as four bytes of length and then the content.

No other module knows this layout.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable

_HEADER = struct.Struct(">I")
_CHUNK = 1 << 20


class FrameTooLarge(Exception):
    """The length of a message is beyond the reader's limit; nothing of its content was read."""


def read_frame(fd: int, limit: int | None = None, wait: Callable[[], None] | None = None) -> bytes:
    """Read one message. `wait`, where given, is called before each read, and returns once there is something to read.

    Raises:
        EOFError: the other end is closed.
        FrameTooLarge: the message has more than `limit` bytes.
    """
    (size,) = _HEADER.unpack(_read_exactly(fd, _HEADER.size, wait))
    if limit is not None and size > limit:  # before memory is set aside for it
        raise FrameTooLarge
    return _read_exactly(fd, size, wait)


def _read_exactly(fd: int, size: int, wait: Callable[[], None] | None) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        if wait is not None:
            wait()
        part = os.read(fd, min(size - len(parts), _CHUNK))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def write_frame(fd: int, content: bytes) -> None:
    """Write one message. Raises OSError when the other end is closed."""
    view = memoryview(_HEADER.pack(len(content)) + content)
    while view:
        view = view[os.write(fd, view) :]


def join(head: bytes, blobs: Iterable[bytes]) -> bytes:
    """Return one message made of a head, which has its length before it, and the blobs after it."""
    return b"".join([_HEADER.pack(len(head)), head, *blobs])


def split(content: bytes, max_head: int) -> tuple[bytes, int]:
    """Return the head of a message that `join` made, and the position of the first blob.

    Raises:
        ValueError: the message is shorter than its head, or the head is larger than `max_head`.
    """
    if len(content) < _HEADER.size:
        raise ValueError("no head")
    (size,) = _HEADER.unpack_from(content)
    end = _HEADER.size + size
    if size > max_head or end > len(content):
        raise ValueError("wrong head")
    return content[_HEADER.size : end], end
