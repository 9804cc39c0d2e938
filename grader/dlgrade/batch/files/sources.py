"""The places of files, the same wherever dlgrade is started, and whether a place of an earlier run exists no more."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

INSIDE = ": "  # between a zip or a repository and the file in it


def absolute(display_name: str) -> str:
    """Return the place of a file that is shown as a path, or as a path of a zip and a member."""
    return os.path.abspath(display_name)  # noqa: PTH100 - a member is no path


def gone_check(given: Sequence[Path], read: Collection[str]) -> Callable[[str], bool | None]:
    """Return a function that tells whether a source of an earlier run exists no more. None if that is not known.

    It is not known of a file far from everything in this run: it may be another machine's.

    Args:
        given: the folders, files, zips and repositories of this run.
        read: the sources of all files in them.
    """
    near = [str(path.absolute().parent) + os.sep for path in given]
    containers = {source.partition(INSIDE)[0] for source in read if INSIDE in source}

    def is_gone(source: str) -> bool | None:
        container, inside, _ = source.partition(INSIDE)
        if Path(source).exists():
            return False
        if inside and Path(container).exists():
            return source not in read if container in containers else None
        return True if any(source.startswith(folder) for folder in near) else None

    return is_gone
