"""Writes files atomically, removes folders that a stranger filled, and shows their names."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import unicodedata
from pathlib import Path

from dlgrade.text import UNSEEN

MAX_PATH = 1000  # letters of a path in a student's zip or branch; a longer one is refused
FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file through a draft beside it, so that a reader never sees half a file.

    A device or a pipe is written to as it is: a draft would take its place.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def clean(name: str) -> str:
    """Return a student's name, or a file's, in the form that people see: macOS stores accents as separate characters.

    Bytes that are not text, characters that nobody can see, tabs and line breaks become U+FFFD.
    """
    return UNSEEN.sub("\ufffd", re.sub(r"[\t\n]", "\ufffd", unicodedata.normalize("NFC", name)))


def remove_tree(folder: Path) -> None:
    """Remove a folder that a stranger has filled, as far as the system allows.

    The folder may be nested deeper than recursion or a path can reach.
    """
    if os.open not in os.supports_dir_fd:  # Windows, where the length of a path is limited
        shutil.rmtree(folder, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        _empty(folder)
        folder.rmdir()


def _empty(folder: Path) -> None:
    """Walk down and up with one open folder at a time, and note which subfolders of each are left."""
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
    """Remove the files of a folder; return its subfolders."""
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
