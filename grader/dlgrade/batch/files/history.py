"""The history of a file in a Git work tree: when its content was committed.

A student may have made the repository. Only plumbing commands run, which start no other program: `git log` and
`git status` would run programs that the repository's settings name.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from functools import cached_property
from pathlib import Path

from dlgrade.batch.files.git_program import run_git
from dlgrade.batch.files.trees import moment
from dlgrade.errors import UsageError
from dlgrade.text import Text, both

MAX_LINES = 1_000_000  # bytes of a command's output


class NoHistory(Exception):
    """The history has no time for a file. `text` says why, in a few words."""

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text.en if text else "")
        self.text = text


CHANGED = both("changed after the last commit", "在最后一次提交（commit）之后有改动")
SHALLOW = both("in a shallow clone, without its history", "位于浅克隆中，没有历史记录")


class History:
    """The commits behind the files of a work tree, or of another commit of a repository.

    Args:
        top: The folder with `.git`, or a bare repository.
        commit: The commit whose files are meant.
    """

    def __init__(self, top: Path, commit: str = "HEAD") -> None:
        self.top = top
        self.commit = commit

    def blob(self, path: str) -> str | None:
        """The hash of the file's committed content. None if it is not tracked.

        Raises:
            UsageError: Git fails.
        """
        record = self._ask("ls-tree", "-z", self.commit, "--", path).partition(b"\0")[0]
        about, _, name = record.partition(b"\t")
        return about.split()[2].decode() if name == path.encode("utf-8", "surrogateescape") else None

    def changed(self, path: str) -> datetime | None:
        """The time of the last commit that changed the file. None if its year is impossible.

        Raises:
            NoHistory: a shallow clone lacks this commit.
            UsageError: Git fails.
        """
        answer = self._ask("rev-list", "-1", "--timestamp", self.commit, "--", path).split()
        if not answer:
            return None
        if self._is_cut_off(answer[1].decode()):
            raise NoHistory(SHALLOW)
        return moment(int(answer[0]))

    def time_of(self, path: str, content: bytes) -> datetime | None:
        """The time of the last commit that changed a file of the work tree.

        Raises:
            NoHistory: the file has another content now, or a shallow clone lacks the commit. Without a text: the file
                is not tracked.
            UsageError: Git fails.
        """
        committed = self.blob(path)
        if committed is None:
            raise NoHistory
        # A checkout on Windows writes other line ends than those of the commit
        if committed not in {_hash(text, len(committed)) for text in (content, content.replace(b"\r\n", b"\n"))}:
            raise NoHistory(CHANGED)
        return self.changed(path)

    @cached_property
    def _is_shallow(self) -> bool:
        return self._ask("rev-parse", "--is-shallow-repository").strip() == b"true"

    def _is_cut_off(self, commit: str) -> bool:
        """Return whether a shallow clone lacks the parents of the commit. Every older change seems to be in it."""
        if not self._is_shallow:
            return False
        head = self._ask("cat-file", "commit", commit).partition(b"\n\n")[0]
        return b"\nparent " in head and len(self._ask("rev-list", "-1", "--parents", commit).split()) == 1

    def _ask(self, *arguments: str) -> bytes:
        return run_git(self.top, *arguments, limit=MAX_LINES)


def _hash(content: bytes, digits: int) -> str:
    """Git's hash of a file: SHA-1, or SHA-256 in a repository that uses it."""
    make = hashlib.sha256 if digits == 64 else hashlib.sha1
    return make(b"blob %d\0" % len(content) + content).hexdigest()


class WorkTrees:
    """Finds the work trees of files. A folder that Git cannot read is none, for a reason in `faults`."""

    def __init__(self) -> None:
        self.tops: dict[Path, Path | None] = {}
        self.histories: dict[Path, History] = {}
        self.faults: dict[Path, Text] = {}

    def top(self, folder: Path) -> Path | None:
        """The nearest folder with `.git`, from this folder upwards."""
        below = []
        for place in (folder, *folder.parents):
            if place not in self.tops and os.path.exists(place / ".git"):  # noqa: PTH110 - False for a path too long
                self.tops[place] = place
            if place in self.tops:
                break
            below.append(place)
        self.tops |= dict.fromkeys(below, self.tops.get(place))
        return self.tops[folder]

    def time_of(self, file: Path, content: bytes) -> tuple[Path, datetime | None]:
        """The work tree of the file, and when the file's content was committed.

        Raises:
            NoHistory: it is not known. Without a text: the file is in no work tree, or not tracked.
        """
        top = self.top(file.parent)
        if top is None or top in self.faults:
            raise NoHistory
        history = self.histories.setdefault(top, History(top))
        try:
            return top, history.time_of(file.relative_to(top).as_posix(), content)
        except UsageError as error:
            self.faults[top] = error.text
            raise NoHistory from None
