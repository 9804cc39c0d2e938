"""Files that are there whole or not at all, and their names in words."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file through a draft beside it, so that nobody ever reads half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def clean(name: str) -> str:
    """A name as people see it: macOS takes accents apart, and bytes that are no text are shown as such."""
    composed = unicodedata.normalize("NFC", name)
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "\ufffd", composed)
