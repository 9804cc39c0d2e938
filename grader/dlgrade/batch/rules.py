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
    """Bring the rules in the gradebook and in the output folder together. See `_counting`."""
    counting = _counting(book, out)
    for name, kept in counting.items():
        if kept != (book.fact(name) or ""):
            book.set_fact(name, kept)
        if kept != _here(out, name):
            _put(out, name, kept)
    seen = {name: _digest(kept) for name, kept in counting.items()}
    if seen != _seen(out):
        write_whole(out / SEEN, msgspec.json.encode(seen))


def readable(book: Gradebook, out: Path, spare: Path) -> Path:
    """Return a folder that has the rules that count: `out`, or `spare`, filled, if those in `out` are old."""
    counting = _counting(book, out)
    if all(_here(out, name) == kept for name, kept in counting.items()):
        return out
    for name, kept in counting.items():
        _put(spare, name, kept)
    return spare


def _counting(book: Gradebook, out: Path) -> dict[str, str]:
    """The rules that count, in base64. Empty: there are none.

    The last change since this folder was used counts: staff edited or deleted a file here, or another folder put rules
    into the gradebook.
    """
    before, counting = _seen(out), {}
    for name in (DUE, ROSTER):
        kept = book.fact(name) or ""
        counting[name] = _here(out, name) if _digest(kept) == before.get(name, _digest("")) else kept
    return counting


def _here(out: Path, name: str) -> str:
    path = out / name
    return base64.b64encode(path.read_bytes()).decode() if path.exists() else ""


def _put(folder: Path, name: str, kept: str) -> None:
    if kept:
        write_whole(folder / name, base64.b64decode(kept))
    else:
        (folder / name).unlink(missing_ok=True)


def _seen(out: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((out / SEEN).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
