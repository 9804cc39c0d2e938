"""What was handed in: finding the file and reading it, never running it."""

from __future__ import annotations

import io
import tokenize
from dataclasses import dataclass, field
from pathlib import Path

from dlgrade.course import Chapter
from dlgrade.errors import SubmissionError
from dlgrade.text import Text, both

MAX_FILE_BYTES = 1_000_000
MAX_FILES = 100


@dataclass(frozen=True)
class Submission:
    """One submission: `files` maps names to contents, `main` names the one that is graded."""

    main: str
    files: dict[str, bytes]
    shown: str
    path: Path | None = None
    source: str = field(default="", repr=False)

    @classmethod
    def from_source(cls, source: str, name: str) -> Submission:
        """A submission that exists only in memory, such as a known-wrong variant."""
        return cls(main=name, files={name: source.encode()}, shown=name, source=source)


def find(chapter: Chapter, given: Path | None, here: Path) -> Submission:
    """The named file or folder, else `chNN*.py` in the current folder.

    Raises:
        SubmissionError: nothing fits; the message says where it looked and what to do.
    """
    if given is None:
        return read(_only(chapter, here, named=False))
    if given.is_dir():
        return read(_only(chapter, given, named=True))
    if not given.exists():
        raise SubmissionError(both(f"There is no file {given}.", f"文件 {given} 不存在。"))
    return read(given)


def _only(chapter: Chapter, folder: Path, *, named: bool) -> Path:
    found = sorted(path for path in folder.glob(f"{chapter.id}*.py") if path.is_file())
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


def _nothing(chapter: Chapter, folder: Path, named: bool) -> Text:
    others = sorted(path.name for path in folder.glob("*.py"))[:5]
    seen = both(f" It has: {', '.join(others)}.", f"那里有：{', '.join(others)}。") if others else both("", "")
    looked = both(f"No {chapter.id}*.py in {folder}.", f"{folder} 中没有 {chapter.id}*.py。")
    if named:
        return looked + seen + both(" Name the file with --submission FILE.", "请用 --submission FILE 指定文件。")
    return (
        looked
        + seen
        + both(
            f" Get the starter code with `dlgrade list --starter {chapter.id} > {chapter.stem}.py`, "
            "or name your file with --submission FILE.",
            f"用 `dlgrade list --starter {chapter.id} > {chapter.stem}.py` 获取起始代码，"
            "或用 --submission FILE 指定你的文件。",
        )
    )


def read(path: Path) -> Submission:
    """Read a file and its neighbours' Python files, which it may import.

    Raises:
        SubmissionError: it cannot be read, is empty, too large or not text.
    """
    content = _content(path)
    files = {path.name: content}
    for neighbour in sorted(path.parent.glob("*.py")):
        if len(files) >= MAX_FILES:
            break
        if neighbour.name not in files and neighbour.is_file() and neighbour.stat().st_size <= MAX_FILE_BYTES:
            files[neighbour.name] = neighbour.read_bytes()
    return Submission(main=path.name, files=files, shown=str(path), path=path, source=_decoded(path, content))


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_FILE_BYTES else b""
    except OSError as error:
        raise SubmissionError(
            both(f"{path} cannot be read: {error.strerror}.", f"无法读取 {path}：{error.strerror}。")
        ) from None
    if size > MAX_FILE_BYTES:
        raise SubmissionError(
            both(
                f"{path} has {size:,} bytes; a submission may have {MAX_FILE_BYTES:,}.",
                f"{path} 有 {size:,} 字节；提交的文件不得超过 {MAX_FILE_BYTES:,} 字节。",
            )
        )
    if not content.strip():
        raise SubmissionError(
            both(f"{path} is empty. Was it saved?", f"{path} 是空文件。是否忘记保存？"),
        )
    return content


def _decoded(path: Path, content: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content[:at].count(b"\n") + 1
        raise SubmissionError(
            both(
                f"{path} is not UTF-8 text (line {line}). Save it as UTF-8 in your editor.",
                f"{path} 不是 UTF-8 文本（第 {line} 行）。请在编辑器中另存为 UTF-8。",
            )
        ) from None
