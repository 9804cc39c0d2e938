"""Finds and reads submissions. Never runs them."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from dlgrade.course import Chapter, Course
from dlgrade.errors import SubmissionError
from dlgrade.files import clean
from dlgrade.submission.beside import Candidate, choose, on_disk
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.python_files import plain
from dlgrade.submission.reading.questions import MAX_FILE_BYTES, Notebook, PythonFile, Source
from dlgrade.text import Text, both

MAX_NOTEBOOK_BYTES = 64_000_000  # most of them are outputs, which are dropped
SUFFIXES = (".py", ".ipynb")
NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Submission:
    """A submission. A notebook is graded as the Python source of its code cells.

    Args:
        main: Name of the file that is graded.
        files: Contents of all files by path from the folder of the main file.
        display_name: The place of the file, as people write it.
        path: The file on disk, if there is one.
        source: The Python source that is graded.
        cells: For each cell of a notebook, the line of the source after which it begins, and its number.
        live: The submission is the cells that a running notebook has executed. It has no file. Jupyter shows the
            numbers of these cells beside them.
        left_out: Files beside it that its code names, but that do not come along.
    """

    main: str
    files: dict[str, bytes]
    display_name: str
    path: Path | None = None
    source: str = field(default="", repr=False)
    cells: tuple[tuple[int, int], ...] = ()
    live: bool = False
    left_out: tuple[str, ...] = ()

    @classmethod
    def from_source(cls, source: str, name: str) -> Submission:
        """A submission that exists only in memory, such as a misconception."""
        return cls(main=name, files={name: source.encode()}, display_name=name, source=source)

    @property
    def lines(self) -> list[str]:
        """The lines of the source as Python counts them: a form feed, for example, does not end a line."""
        return NEWLINE.split(self.source)

    def place(self, line: int) -> tuple[str, int]:
        """The file or cell (`ch28.ipynb[3]`, `In [7]`) where people find a line of the source, and the line there."""
        index = bisect.bisect_left(self.cells, (line, 0)) - 1
        if index < 0:
            return self.main, line
        before, cell = self.cells[index]
        return f"In [{cell}]" if self.live else f"{self.main}[{cell}]", line - before


def find(chapter: Chapter, path: Path | None, folder: Path) -> Submission:
    """Read the submission for a chapter.

    Args:
        chapter: The chapter.
        path: The file, or the folder that holds it.
        folder: Where to look if there is no `path`: for `chNN*.py`, then for `chNN*.ipynb`.

    Raises:
        SubmissionError: no file fits. The message says where it looked and what to do.
    """
    return read(locate(chapter, path, folder))


def locate(chapter: Chapter, path: Path | None, folder: Path) -> Path:
    """The file that `find` reads."""
    if path is None:
        return _only(chapter, folder, named=False)
    if path.is_dir():
        return _only(chapter, path, named=True)
    if not path.exists():
        raise SubmissionError(both(f"There is no file {path}.", f"文件 {path} 不存在。"))
    return path


def all_in(course: Course, folder: Path) -> list[tuple[Chapter, Submission]]:
    """The submission for each chapter that has a file in the folder, in the course's order.

    Raises:
        SubmissionError: a chapter has several files there, or a file cannot be read.
    """
    return [
        (chapter, read(_only(chapter, folder, named=True)))
        for chapter in course.chapters
        if any(files_of(chapter, folder, suffix) for suffix in SUFFIXES)
    ]


def _only(chapter: Chapter, folder: Path, *, named: bool) -> Path:
    """The chapter's only file in the folder. `named`: the student named the folder."""
    paths = files_of(chapter, folder, ".py") or files_of(chapter, folder, ".ipynb")
    if len(paths) == 1:
        return paths[0]
    if paths:
        exact = [path for path in paths if path.stem in (chapter.stem, chapter.id)]
        if len(exact) == 1:
            return exact[0]
        names = ", ".join(path.name for path in paths)
        raise SubmissionError(
            both(
                f"{folder} has several files for {chapter.id}: {names}. Choose one with --submission FILE.",
                f"{folder} 中有多个 {chapter.id} 的文件：{names}。请用 --submission FILE 指定一个。",
            )
        )
    raise SubmissionError(_nothing(chapter, folder, named))


def files_of(chapter: Chapter, folder: Path, suffix: str) -> list[Path]:
    """The chapter's files in a folder. A file of ch100 is not one of ch10."""
    paths = folder.glob(f"{chapter.id}*{suffix}")
    return sorted(path for path in paths if path.is_file() and not path.name[len(chapter.id)].isdigit())


def _nothing(chapter: Chapter, folder: Path, named: bool) -> Text:
    others = sorted(path.name for path in folder.glob("*") if path.suffix in SUFFIXES)[:5]
    content = both(f" It has: {', '.join(others)}.", f"那里有：{', '.join(others)}。") if others else both("", "")
    missing = both(f"No {chapter.id}*.py in {folder}.", f"{folder} 中没有 {chapter.id}*.py。")
    advice = both(" Name the file with --submission FILE.", "请用 --submission FILE 指定文件。")
    if not named:
        advice = both(
            f" Get the starter code with `dlgrade start {chapter.id}`, or name your file with --submission FILE.",
            f"用 `dlgrade start {chapter.id}` 获取起始代码，或用 --submission FILE 指定你的文件。",
        )
    return missing + content + advice


def read(path: Path) -> Submission:
    """Read a file, and the files beside it that its code imports or names.

    Raises:
        SubmissionError: the file cannot be read, is empty, too large or not text.
    """
    content = _read_bytes(path)
    return from_content(
        clean(path.name), content, display_name=clean(str(path)), beside=on_disk(path.parent), path=path
    )


def from_content(
    name: str,
    content: bytes,
    *,
    display_name: str,
    beside: Iterable[Candidate] = (),
    path: Path | None = None,
) -> Submission:
    """A submission from the content of its main file.

    Args:
        name: Name of the file. `.ipynb` says that it is a notebook.
        content: Its content.
        display_name: Its place, as people write it.
        beside: The other files of its folder.
        path: The file on disk, if there is one.

    Raises:
        SubmissionError: the file is empty, too large, not text or not a notebook.
    """
    check_size(display_name, len(content))
    if not content.strip():
        raise SubmissionError(
            both(f"{display_name} is empty. Was it saved?", f"{display_name} 是空文件。是否忘记保存？")
        )
    if is_notebook(name):
        source = reader.ask(Notebook(display_name, content), Source)
        content = source.text.encode()
        if len(content) > MAX_FILE_BYTES:
            raise _too_large(f"{display_name} (code)", len(content), MAX_FILE_BYTES)
    else:
        text = plain(content, display_name)
        source = reader.ask(PythonFile(display_name, content), Source) if text is None else Source(text)
    chosen = choose(name, source.text, beside)
    return Submission(
        main=name, files={name: content, **chosen.files}, display_name=display_name, path=path, source=source.text,
        cells=source.cells, left_out=chosen.left_out,
    )  # fmt: skip


def is_notebook(name: str) -> bool:
    return PurePath(name).suffix.lower() == ".ipynb"


def size_limit(name: str) -> int:
    """The number of bytes that a file with this name may have."""
    return MAX_NOTEBOOK_BYTES if is_notebook(name) else MAX_FILE_BYTES


def check_size(display_name: str, size: int) -> None:
    """Raise SubmissionError if a file of this name may not have this number of bytes."""
    if size > size_limit(display_name):
        raise _too_large(display_name, size, size_limit(display_name))


def _too_large(display_name: str, size: int, limit: int) -> SubmissionError:
    return SubmissionError(
        both(
            f"{display_name} has {size:,} bytes; a submission may have {limit:,}.",
            f"{display_name} 有 {size:,} 字节；提交的文件不得超过 {limit:,} 字节。",
        )
    )


def _read_bytes(path: Path) -> bytes:
    try:
        check_size(str(path), path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise SubmissionError(
            both(f"{path} cannot be read: {error.strerror}.", f"无法读取 {path}：{error.strerror}。")
        ) from None
