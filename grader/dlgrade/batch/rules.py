"""The rules of a class that later runs keep to: its due times and its roster.

The gradebook has them, so that every output folder of a shared database has the same. The files in the output folder
are for people: staff may read, edit or delete them.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import msgspec

from dlgrade.batch.book.gradebook import Gradebook
from dlgrade.files import write_whole

DUE, ROSTER = "due.yaml", "roster.csv"
SEEN = ".rules"  # in an output folder: digests of the rules that it had


def stored(out: Path, name: str) -> Path | None:
    """The file that an earlier run stored under this name."""
    path = out / name
    return path if path.exists() else None


def keep(book: Gradebook, out: Path, name: str, content: bytes) -> None:
    """Let rules apply from now on."""
    write_whole(out / name, content)
    book.set_fact(name, base64.b64encode(content).decode())
    share(book, out)


def share(book: Gradebook, out: Path) -> None:
    """Bring the rules in the gradebook and in the output folder together.

    The last change since this folder was used counts: staff edited or deleted a file here, or another folder put rules
    into the gradebook.
    """
    before = _seen(out)
    now = {}
    for name in (DUE, ROSTER):
        path, kept = out / name, book.fact(name) or ""
        here = base64.b64encode(path.read_bytes()).decode() if path.exists() else ""
        if here != kept:
            if _digest(kept) == before.get(name, _digest("")):
                book.set_fact(name, here)
                kept = here
            elif kept:
                write_whole(path, base64.b64decode(kept))
            else:
                path.unlink(missing_ok=True)
        now[name] = _digest(kept)
    if now != before:
        write_whole(out / SEEN, msgspec.json.encode(now))


def _seen(out: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((out / SEEN).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
