"""Zips, read without trusting anything that they say about themselves, and never written to disk."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone, tzinfo
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from dlgrade.batch.trees import Entry, Tree, clean, is_litter, refused, too_large
from dlgrade.errors import SubmissionError
from dlgrade.text import Text, both

MAX_DIRECTORY = 8_000_000  # bytes of the list of entries: a million entries need six times as many
MAX_ENTRIES = 50_000
MAX_NESTED = 128_000_000  # bytes of a zip that lies in a zip
MAX_TOTAL = 8_000_000_000  # bytes out of an export
MAX_TOTAL_NESTED = 512_000_000  # bytes out of one student's zip
MAX_NAME = 1000
CHUNK = 1 << 16
READABLE = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflate"}
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, IndexError, OverflowError,
)  # fmt: skip

Opener = Callable[[], IO[bytes]]


class _Bounded(io.RawIOBase):
    """A file that refuses to give out more at once than a list of entries may have.

    zipfile reads that list in one piece, however long the zip says that it is, and makes an object of every entry.
    """

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self.file, self.limit = file, limit

    def read(self, size: int = -1) -> bytes:
        if size > self.limit:
            raise _TooManyError
        content = self.file.read(size if size >= 0 else self.limit + 1)
        if len(content) > self.limit:
            raise _TooManyError
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.file.close()
        super().close()


class _TooManyError(Exception):
    pass


_open_now: list[Archive] = []


@dataclass
class Archive:
    """A zip that is opened when something of it is read. One `nested` zip is open at a time: it is held in memory."""

    shown: str
    opener: Opener = field(repr=False)
    zone: tzinfo | None
    allowance: int = MAX_TOTAL
    nested: bool = False
    packed: zipfile.ZipFile | None = field(default=None, repr=False)

    def open(self) -> zipfile.ZipFile:
        """Raises SubmissionError: it is no zip, or has too many entries."""
        if self.packed is None:
            if self.nested:
                while _open_now:
                    _open_now.pop().close()
                _open_now.append(self)
            try:
                packed = zipfile.ZipFile(_Bounded(self.opener(), MAX_DIRECTORY))
            except _TooManyError:
                raise self.too_many() from None
            except BROKEN as error:
                raise SubmissionError(
                    both(
                        f"{self.shown} is not a zip file, or is damaged ({str(error)[:100]}).",
                        f"{self.shown} 不是 zip 文件，或已损坏（{str(error)[:100]}）。",
                    )
                ) from None
            if len(packed.infolist()) > MAX_ENTRIES:
                raise self.too_many()
            self.packed = packed
        return self.packed

    def close(self) -> None:
        packed, self.packed = self.packed, None
        if packed is not None:
            packed.close()

    def too_many(self) -> SubmissionError:
        return SubmissionError(
            both(
                f"{self.shown} has more than {MAX_ENTRIES:,} entries, so it is not read.",
                f"{self.shown} 中的条目超过 {MAX_ENTRIES:,} 个，不予读取。",
            )
        )

    def read(self, index: int, shown: str, limit: int) -> bytes:
        """The content of an entry, counted while it is decompressed."""
        packed = self.open()
        parts: list[bytes] = []
        size = 0
        try:
            with packed.open(packed.infolist()[index]) as file:
                while chunk := file.read(CHUNK):
                    size += len(chunk)
                    self.allowance -= len(chunk)
                    if size > limit:
                        raise too_large(shown, limit)
                    if self.allowance < 0:
                        raise self.exhausted()
                    parts.append(chunk)
        except BROKEN as error:
            raise SubmissionError(
                both(f"{shown} is damaged ({str(error)[:100]}).", f"{shown} 已损坏（{str(error)[:100]}）。")
            ) from None
        return b"".join(parts)

    def exhausted(self) -> SubmissionError:
        return SubmissionError(
            both(f"{self.shown} unpacks to far too much, so it is not read.", f"{self.shown} 解压后过大，不予读取。")
        )

    def list(self) -> list[tuple[int, zipfile.ZipInfo, str]]:
        """Index, header and name, as text, of everything that is a file or wants to be one."""
        infos = self.open().infolist()
        named = [(index, info, decoded(info)) for index, info in enumerate(infos)]
        return [one for one in named if not one[2].endswith("/")]


def decoded(info: zipfile.ZipInfo) -> str:
    """The name of an entry: as its flag says, else UTF-8, else GBK, which Chinese Windows writes, else cp437."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437")
        for encoding in ("utf-8", "gbk"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def why_refused(name: str, info: zipfile.ZipInfo) -> Text | None:
    """Why an entry is not read, in words that follow its name."""
    parts = PurePosixPath(name).parts
    if ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or "\0" in name or not parts:
        return both("has a name that leads out of the zip", "的路径指向压缩包之外")
    if len(name) > MAX_NAME:
        return both("has a name that is far too long", "的文件名过长")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return both("is a link, and links are not followed", "是链接，不予读取")
    if info.flag_bits & 0x1:
        return both("is encrypted", "已加密")
    if info.compress_type not in READABLE:
        return both("is packed with a method that is not read; make a plain zip", "的压缩方式不受支持，请使用普通 zip")
    return None


def entry_time(info: zipfile.ZipInfo, zone: tzinfo | None) -> datetime | None:
    """When the file was changed: in UTC where the zip says so, else by the clock of the zone."""
    extra = info.extra
    while len(extra) >= 4:
        tag, size = struct.unpack_from("<HH", extra)
        if tag == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            (seconds,) = struct.unpack_from("<i", extra, 5)
            return datetime.fromtimestamp(seconds, timezone.utc)
        extra = extra[4 + size :]
    if info.date_time[:3] == (1980, 1, 1):  # what programs write that do not know
        return None
    try:
        naive = datetime(*info.date_time)
    except ValueError:
        return None
    return naive.replace(tzinfo=zone) if zone else naive.astimezone()


def zip_tree(path: Path, zone: tzinfo | None) -> Tree:
    """The files of a zip, and of the zips in it.

    Raises:
        SubmissionError: it cannot be read at all.
    """
    archive = Archive(clean(str(path)), lambda: path.open("rb"), zone)
    around = clean(path.absolute().parent.name)
    return Tree(clean(path.stem), archive.shown, entries_of(archive, ()), packed=True, around=around)


def entries_of(archive: Archive, base: tuple[str, ...], depth: int = 0) -> list[Entry]:
    """The files of a zip as entries below `base`; those of a zip inside it come in its place."""
    listed = archive.list()
    count = Counter(name for _, _, name in listed)
    entries: list[Entry] = []
    for index, info, name in listed:
        parts = tuple(clean(part) for part in PurePosixPath(name).parts if part not in ("/", ".", ".."))
        if not parts or is_litter(parts):
            continue
        why = why_refused(name, info)
        if count[name] > 1:
            why = why or both("is in it more than once", "重复出现")
        shown = f"{archive.shown}: {clean(name)[:MAX_NAME]}"
        if why is not None:
            problem = both(f"{shown} {why.en}.", f"{shown} {why.zh}。")
            last = PureWindowsPath(parts[-1]).name or parts[-1]
            entries.append(Entry((*base, last), shown, refused(problem), problem=problem))
            continue
        entry = Entry((*base, *parts), shown, _reader(archive, index, shown), entry_time(info, archive.zone))
        entries += unpacked(entry, archive.zone, depth + 1) if entry.suffix == ".zip" else [entry]
    return entries


def _reader(archive: Archive, index: int, shown: str) -> Callable[[int], bytes]:
    return lambda limit: archive.read(index, shown, limit)


def unpacked(entry: Entry, zone: tzinfo | None, depth: int = 1) -> list[Entry]:
    """The files of a zip that lies in a folder or in a zip; the zip itself, with the reason, when it cannot be read."""
    if depth > 1:
        problem = both(
            f"{entry.shown} is a zip inside a zip inside a zip, which is not read.",
            f"{entry.shown} 是多层嵌套的 zip，不予读取。",
        )
        return [_unreadable(entry, problem)]
    archive = Archive(entry.shown, lambda: io.BytesIO(entry.read(MAX_NESTED)), zone, MAX_TOTAL_NESTED, True)
    try:
        return entries_of(archive, entry.parts, depth)
    except SubmissionError as error:
        return [_unreadable(entry, error.text)]


def _unreadable(entry: Entry, problem: Text) -> Entry:
    return Entry(entry.parts, entry.shown, refused(problem), entry.modified, problem)
