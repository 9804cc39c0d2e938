"""Files that are there whole or not at all, folders that go whole, and their names in words."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import unicodedata
from pathlib import Path

from dlgrade.text import UNSEEN

FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


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

    Bytes that are no text, characters that nobody can see, and tabs and ends of lines are shown as U+FFFD.
    """
    return UNSEEN.sub("\ufffd", re.sub(r"[\t\n]", "\ufffd", unicodedata.normalize("NFC", name)))


def remove_tree(folder: Path) -> None:
    """Remove a folder that a stranger has filled, as far as the system allows.

    It may be nested deeper than a recursion or a path can go.
    """
    if os.open not in os.supports_dir_fd:  # Windows, where a path has an end
        shutil.rmtree(folder, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        _empty(folder)
        folder.rmdir()


def _empty(folder: Path) -> None:
    """Go down and up by one open folder at a time, and remember of each on the way the subfolders that are left."""
    place = os.open(folder, FOLDER)
    try:
        levels = [("", _subfolders(place))]
        while levels:
            name, left = levels[-1]
            if left:
                inner = left.pop()
                os.chmod(inner, 0o700, dir_fd=place)
                place = _move(place, inner)
                levels.append((inner, _subfolders(place)))
            else:
                levels.pop()
                if levels:
                    place = _move(place, "..")
                    os.rmdir(name, dir_fd=place)
    finally:
        os.close(place)


def _subfolders(place: int) -> list[str]:
    """Remove the files of a folder; returns what remains."""
    with os.scandir(place) as entries:
        subfolders = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
    for name, is_folder in subfolders.items():
        if not is_folder:
            os.unlink(name, dir_fd=place)
    return [name for name, is_folder in subfolders.items() if is_folder]


def _move(place: int, name: str) -> int:
    after = os.open(name, FOLDER, dir_fd=place)
    os.close(place)
    return after
