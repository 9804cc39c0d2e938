"""What was handed in: finding the file and reading it, never running it."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from dlgrade.course import Chapter, Course
from dlgrade.errors import SubmissionError
from dlgrade.files import clean
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.python_files import plain
from dlgrade.submission.reading.questions import MAX_FILE_BYTES, Notebook, PythonFile, Source
from dlgrade.text import Text, both

MAX_NOTEBOOK_BYTES = 64_000_000  # outputs make up most of it, and are left out
MAX_FILES = 100
MAX_BESIDE = 10_000_000  # bytes of the files that a submission may import
SUFFIXES = (".py", ".ipynb")
NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Submission:
    """One submission: `files` maps names to contents, `main` names the one that is graded.

    A notebook is graded as the Python source that its definitions make; `cells` are the line of the source after which
    each cell begins, and the number of that cell. A `live` one is what the cells of a running notebook define: it
    has no file, and Jupyter shows the numbers of its cells beside them.
    """

    main: str
    files: dict[str, bytes]
    shown: str
    path: Path | None = None
    source: str = field(default="", repr=False)
    cells: tuple[tuple[int, int], ...] = ()
    live: bool = False

    @classmethod
    def from_source(cls, source: str, name: str) -> Submission:
        """A submission that exists only in memory, such as a known-wrong variant."""
        return cls(main=name, files={name: source.encode()}, shown=name, source=source)

    @property
    def lines(self) -> list[str]:
        """The lines of the source as Python counts them: a form feed, for one, ends none."""
        return NEWLINE.split(self.source)

    def place(self, line: int) -> tuple[str, int]:
        """Where people find a line of the source: the file, or the cell, `ch28.ipynb[3]` or `In [7]`, and the line."""
        index = bisect.bisect_left(self.cells, (line, 0)) - 1
        if index < 0:
            return self.main, line
        before, cell = self.cells[index]
        return f"In [{cell}]" if self.live else f"{self.main}[{cell}]", line - before


def find(chapter: Chapter, given: Path | None, here: Path) -> Submission:
    """The named file or folder, else `chNN*.py` in the current folder, else `chNN*.ipynb`.

    Raises:
        SubmissionError: nothing fits; the message says where it looked and what to do.
    """
    return read(locate(chapter, given, here))


def locate(chapter: Chapter, given: Path | None, here: Path) -> Path:
    """The path that `find` reads."""
    if given is None:
        return _only(chapter, here, named=False)
    if given.is_dir():
        return _only(chapter, given, named=True)
    if not given.exists():
        raise SubmissionError(both(f"There is no file {given}.", f"文件 {given} 不存在。"))
    return given


def all_in(course: Course, folder: Path) -> list[tuple[Chapter, Submission]]:
    """What a folder holds of each chapter, in the course's order.

    Raises:
        SubmissionError: a chapter has several files there, or one cannot be read.
    """
    return [
        (chapter, read(_only(chapter, folder, named=True)))
        for chapter in course.chapters
        if any(files_of(chapter, folder, suffix) for suffix in SUFFIXES)
    ]


def _only(chapter: Chapter, folder: Path, *, named: bool) -> Path:
    found = files_of(chapter, folder, ".py") or files_of(chapter, folder, ".ipynb")
    if len(found) == 1:
        return found[0]
    if found:
        exact = [path for path in found if path.stem in (chapter.stem, chapter.id)]
        if len(exact) == 1:
            return exact[0]
        names = ", ".join(path.name for path in found)
        raise SubmissionError(
            both(
                f"{folder} has several files for {chapter.id}: {names}. Choose one with --submission FILE.",
                f"{folder} 中有多个 {chapter.id} 的文件：{names}。请用 --submission FILE 指定一个。",
            )
        )
    raise SubmissionError(_nothing(chapter, folder, named))


def files_of(chapter: Chapter, folder: Path, suffix: str) -> list[Path]:
    """The chapter's files in a folder; those of ch100 are not ch10's."""
    found = folder.glob(f"{chapter.id}*{suffix}")
    return sorted(path for path in found if path.is_file() and not path.name[len(chapter.id)].isdigit())


def _nothing(chapter: Chapter, folder: Path, named: bool) -> Text:
    others = sorted(path.name for path in folder.glob("*") if path.suffix in SUFFIXES)[:5]
    seen = both(f" It has: {', '.join(others)}.", f"那里有：{', '.join(others)}。") if others else both("", "")
    looked = both(f"No {chapter.id}*.py in {folder}.", f"{folder} 中没有 {chapter.id}*.py。")
    if named:
        return looked + seen + both(" Name the file with --submission FILE.", "请用 --submission FILE 指定文件。")
    return (
        looked
        + seen
        + both(
            f" Get the starter code with `dlgrade start {chapter.id}`, or name your file with --submission FILE.",
            f"用 `dlgrade start {chapter.id}` 获取起始代码，或用 --submission FILE 指定你的文件。",
        )
    )


def read(path: Path) -> Submission:
    """Read a file and its neighbours' Python files, which it may import.

    Raises:
        SubmissionError: it cannot be read, is empty, too large or not text.
    """
    content = _content(path)
    beside = neighbours(path.parent, path.name)
    return from_content(clean(path.name), content, shown=clean(str(path)), neighbours=beside, path=path)


def neighbours(folder: Path, but: str = "") -> dict[str, bytes]:
    """A folder's Python files, which a submission there may import."""
    found: dict[str, bytes] = {}
    left = MAX_BESIDE
    for path in sorted(folder.glob("*.py")):
        if len(found) >= MAX_FILES:
            break
        if path.name != but and path.is_file() and path.stat().st_size <= min(MAX_FILE_BYTES, left):
            content = found[clean(path.name)] = path.read_bytes()
            left -= len(content)
    return found


def from_content(
    name: str, content: bytes, *, shown: str, neighbours: Mapping[str, bytes] | None = None, path: Path | None = None
) -> Submission:
    """A submission from the content of its main file, a Python file or a notebook.

    Raises:
        SubmissionError: it is empty, too large, not text, not a notebook.
    """
    check_size(shown, len(content))
    if not content.strip():
        raise SubmissionError(both(f"{shown} is empty. Was it saved?", f"{shown} 是空文件。是否忘记保存？"))
    if is_notebook(name):
        read = reader.ask(Notebook(shown, content), Source)
        content = read.text.encode()
        if len(content) > MAX_FILE_BYTES:
            raise _too_large(f"{shown} (code)", len(content), MAX_FILE_BYTES)
    else:
        text = plain(content, shown)
        read = reader.ask(PythonFile(shown, content), Source) if text is None else Source(text)
    files = {name: content, **{key: value for key, value in (neighbours or {}).items() if key != name}}
    return Submission(main=name, files=files, shown=shown, path=path, source=read.text, cells=read.cells)


def is_notebook(name: str) -> bool:
    return PurePath(name).suffix.lower() == ".ipynb"


def size_limit(name: str) -> int:
    """How many bytes a file with this name may have."""
    return MAX_NOTEBOOK_BYTES if is_notebook(name) else MAX_FILE_BYTES


def check_size(shown: str, size: int) -> None:
    if size > size_limit(shown):
        raise _too_large(shown, size, size_limit(shown))


def _too_large(shown: str, size: int, limit: int) -> SubmissionError:
    return SubmissionError(
        both(
            f"{shown} has {size:,} bytes; a submission may have {limit:,}.",
            f"{shown} 有 {size:,} 字节；提交的文件不得超过 {limit:,} 字节。",
        )
    )


def _content(path: Path) -> bytes:
    try:
        check_size(str(path), path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise SubmissionError(
            both(f"{path} cannot be read: {error.strerror}.", f"无法读取 {path}：{error.strerror}。")
        ) from None
