"""Choose the files that come along with a submission: modules that it imports, and data files that its code names.

- The Python files of its folder come along, and whole packages that it imports.
- Any other file comes along if its name, or the name of a folder around it, is in quotes in the code.
- Links, hidden files and the folders of tools never come along.

The limits are those below. A file that should come along, but passes a limit, is left out by name.
"""

from __future__ import annotations

import itertools
import os
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dlgrade.files import clean
from dlgrade.submission.reading.questions import MAX_FILE_BYTES

MAX_FILES = 100
MAX_BESIDE = 10_000_000  # bytes of all files that come along
MAX_FOLDERS = 4  # folders around a file
MAX_SEEN = 2000  # files that are looked at
LITTER = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini", "node_modules", "site-packages", "venv", "env"}
PLAIN = re.compile(r'[^/\\:*?"<>|\0\ufffd]{1,80}')  # a name that every system can write
IMPORT = re.compile(r"(?:^|;)[ \t]*(?:from[ \t]+(\w+)|import[ \t]+([^\n#;]+))", re.MULTILINE)
BETWEEN_NAMES = re.compile(r"[\"'/\\\n]+")


def is_litter(parts: Iterable[str]) -> bool:
    """Return whether a system or a tool left the file behind: hidden files, caches, lock files of office programs."""
    return any(part.startswith((".", "~$")) or part.lower() in LITTER for part in parts)


@dataclass(frozen=True)
class Candidate:
    """A file that may come along.

    Args:
        path: Its path from the submission's folder, with `/`.
        read: Returns its content; None if it cannot be read, or has more bytes than the given number.
    """

    path: str
    read: Callable[[int], bytes | None]


@dataclass(frozen=True)
class Beside:
    """The contents of the files that come along, by path, and the paths of those that were left out."""

    files: dict[str, bytes]
    left_out: tuple[str, ...]


def choose(main: str, source: str, candidates: Iterable[Candidate]) -> Beside:
    """Choose the files that come along with a submission, and read them.

    Args:
        main: The name of the submission's file.
        source: Its source.
        candidates: The other files of its folder. The first of equal paths counts.
    """
    choice = _Choice(main, candidates)
    texts = choice.take_modules(source)
    choice.take_data({name for text in texts for name in BETWEEN_NAMES.split(text)})
    return Beside(dict(sorted(choice.files.items())), tuple(choice.left_out))


class _Choice:
    """Takes files until a limit is reached. Modules come first."""

    def __init__(self, main: str, candidates: Iterable[Candidate]) -> None:
        self.waiting: dict[str, Candidate] = {}
        for candidate in candidates:
            parts = candidate.path.split("/")
            writable = all(PLAIN.fullmatch(part) for part in parts) and not is_litter(parts)
            if writable and candidate.path != main and len(parts) <= MAX_FOLDERS + 1:
                self.waiting.setdefault(candidate.path, candidate)
        self.files: dict[str, bytes] = {}
        self.left_out: list[str] = []
        self.left = MAX_BESIDE
        self.names = {main}  # of files
        self.folders: set[str] = set()

    def take_modules(self, source: str) -> list[str]:
        """Take the modules that the source imports, directly or not, then the other Python files of its folder.

        Returns the texts of all.
        """
        modules: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in self.waiting.values():
            if candidate.path.endswith(".py"):
                modules[candidate.path.partition("/")[0].removesuffix(".py")].append(candidate)
        texts, unread = [source], [source]
        while unread:
            for module in _imported(unread.pop()):
                for candidate in modules.pop(module, []):
                    if (content := self.take(candidate, MAX_FILE_BYTES)) is not None:
                        unread.append(content.decode(errors="replace"))
                        texts.append(unread[-1])
        for candidate in (candidate for others in modules.values() for candidate in others):
            if "/" not in candidate.path and len(self.files) < MAX_FILES:
                self.take(candidate, MAX_FILE_BYTES, wanted=False)
        return texts

    def take_data(self, quoted: set[str]) -> None:
        """Take the files that the code names; those of which it names only the folder come last."""
        named = [candidate for candidate in self.waiting.values() if quoted & {*candidate.path.split("/")}]
        for candidate in sorted(named, key=lambda candidate: candidate.path.rpartition("/")[2] not in quoted):
            self.take(candidate, MAX_BESIDE)

    def take(self, candidate: Candidate, limit: int, *, wanted: bool = True) -> bytes | None:
        """Take a file within the limits. A `wanted` file that does not fit is left out by name."""
        path = self.waiting.pop(candidate.path).path
        folders = {path[:index] for index, letter in enumerate(path) if letter == "/"}
        fits = len(self.files) < MAX_FILES and not folders & self.names and path not in self.folders
        content = candidate.read(min(limit, self.left)) if fits else None
        if content is None:
            self.left_out += [path] if wanted else []
            return None
        self.files[path] = content
        self.left -= len(content)
        self.names.add(path)
        self.folders |= folders
        return content


def _imported(source: str) -> Iterator[str]:
    """Yield the outermost names of the modules that a source imports."""
    for taken_from, modules in IMPORT.findall(source):
        for name in [taken_from] if taken_from else modules.split(","):
            yield name.strip().partition(" ")[0].partition(".")[0]


def on_disk(folder: Path) -> Iterator[Candidate]:
    """Yield the files of a folder and of the folders in it. The content of a link is never read."""
    return (Candidate(path, _reader(place)) for path, place in listed(folder))


def listed(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the path in the folder, and the place on disk, of at most MAX_SEEN files. Links are files."""
    return itertools.islice(_walk(folder), MAX_SEEN)


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    waiting = deque([("", folder)])
    while waiting:
        prefix, current = waiting.popleft()
        try:
            with os.scandir(current) as listing:
                items = sorted((item for item in listing if not is_litter([item.name])), key=lambda item: item.name)
        except OSError:
            continue
        for item in items:
            path = prefix + clean(item.name)
            if item.is_symlink() or item.is_file(follow_symlinks=False):
                yield path, current / item.name
            elif item.is_dir(follow_symlinks=False) and path.count("/") < MAX_FOLDERS:
                waiting.append((f"{path}/", current / item.name))


def _reader(path: Path) -> Callable[[int], bytes | None]:
    def read(limit: int) -> bytes | None:
        if path.is_symlink():
            return None
        try:
            # O_NOFOLLOW: the file may have become a link since it was listed
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(descriptor, "rb") as file:
                content = file.read(limit + 1)
        except OSError:
            return None
        return content if len(content) <= limit else None

    return read
