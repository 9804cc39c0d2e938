"""Files that are there whole or not at all, and their names in words."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file through a draft beside it, so that nobody ever reads half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def clean(name: str) -> str:
    """A name, or other words of a student's, as people see them: macOS takes accents apart.

    Bytes that are no text, and what would end a line, turn it around or control a terminal, are shown as U+FFFD.
    """
    return UNSEEN.sub("\ufffd", unicodedata.normalize("NFC", name))
