"""Lists and unpacks zips, in the child process. Nothing that a zip says about itself is trusted."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO

import msgspec

from dlgrade.errors import SubmissionError
from dlgrade.files import MAX_PATH, clean
from dlgrade.submission.reading.questions import Listing, Local, Member, MemberContent, Members, Place, TooLarge, Unpack
from dlgrade.text import Text, both

MAX_DIRECTORY = 8_000_000  # bytes of the list of entries; a million entries have 48 MB
MAX_ENTRIES = 50_000
MAX_NESTED = 128_000_000  # bytes of a zip inside a zip
CHUNK = 1 << 16
READABLE = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflate"}
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, IndexError, OverflowError,
)  # fmt: skip


class _Bounded(io.RawIOBase):
    """A file that refuses to read more bytes at once than a list of entries may have.

    zipfile reads the list in one piece, as long as the zip says that it is, and makes an object for every entry.
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
    """The zip's list of entries is too long."""


class _TooLargeError(Exception):
    """A member has more bytes than the limit."""


_open_now: dict[Place, zipfile.ZipFile] = {}  # the last zip on disk, and the last zip inside it


def listed(question: Listing) -> Members:
    """List a zip.

    Raises:
        SubmissionError: it is not a zip, or has too many entries.
    """
    return Members(list(_members(_open(question.place, question.display_name))))


def unpacked(question: Unpack) -> MemberContent | TooLarge:
    """Read a member of a zip.

    Raises:
        SubmissionError: the member is damaged.
    """
    packed = _open(question.place, question.zip_name)
    try:
        return MemberContent(_unpack(packed, question.index, question.limit))
    except _TooLargeError:
        return TooLarge()
    except BROKEN as error:
        why = clean(str(error)[:100])  # zipfile may quote the zip
        raise SubmissionError(
            both(f"{question.display_name} is damaged ({why}).", f"{question.display_name} 已损坏（{why}）。")
        ) from None


def _open(place: Place, display_name: str) -> zipfile.ZipFile:
    """The zip at a place. It stays open until another zip is needed.

    Raises:
        SubmissionError: it is not a zip, has too many entries, or has changed since it was found.
    """
    if place in _open_now:
        return _open_now[place]
    try:
        packed = zipfile.ZipFile(_Bounded(_file(place, display_name), MAX_DIRECTORY))
    except _TooManyError:
        raise _too_many(display_name) from None
    except _TooLargeError:
        raise SubmissionError(
            both(
                f"{display_name} has more than {MAX_NESTED:,} bytes; a zip in a zip may have no more.",
                f"{display_name} 超过 {MAX_NESTED:,} 字节，超出内层 zip 的上限。",
            )
        ) from None
    except BROKEN as error:
        why = clean(str(error)[:100])  # zipfile may quote the zip
        raise SubmissionError(
            both(
                f"{display_name} is not a zip file, or is damaged ({why}).",
                f"{display_name} 不是 zip 文件，或已损坏（{why}）。",
            )
        ) from None
    if len(packed.infolist()) > MAX_ENTRIES:
        raise _too_many(display_name)
    _open_now[place] = packed
    return packed


def _file(place: Place, display_name: str) -> IO[bytes]:
    """The bytes of a zip. Other zips that are open are closed first, to make room."""
    outer = msgspec.structs.replace(place, inner=None)
    packed = _open(outer, display_name) if place.inner is not None else None
    for other in [other for other in _open_now if packed is None or other != outer]:
        _open_now.pop(other).close()
    if packed is not None and place.inner is not None:
        return io.BytesIO(_unpack(packed, place.inner, MAX_NESTED))
    descriptor = os.open(place.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    file = os.fdopen(descriptor, "rb")
    status = os.fstat(descriptor)
    if (status.st_mtime_ns, status.st_size) != place.stamp:
        file.close()
        raise SubmissionError(
            both(f"{display_name} changed while it was being read.", f"{display_name} 在读取过程中被修改。")
        )
    return file


def _unpack(packed: zipfile.ZipFile, index: int, limit: int) -> bytes:
    """The content of a member, counted while it is decompressed."""
    parts: list[bytes] = []
    size = 0
    with packed.open(packed.infolist()[index]) as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise _TooLargeError
            parts.append(chunk)
    return b"".join(parts)


def _too_many(display_name: str) -> SubmissionError:
    return SubmissionError(
        both(
            f"{display_name} has more than {MAX_ENTRIES:,} entries, so it is not read.",
            f"{display_name} 中的条目超过 {MAX_ENTRIES:,} 个，不予读取。",
        )
    )


# Members.


def _members(packed: zipfile.ZipFile) -> Iterator[Member]:
    """The members that are files, or claim to be."""
    infos = packed.infolist()
    names = [entry_name(info) for info in infos]
    count = Counter(names)
    for index, (info, name) in enumerate(zip(infos, names, strict=True)):
        if name.endswith("/"):
            continue
        problem = why_refused(name, info)
        if problem is None and count[name] > 1:
            problem = both("is in the zip more than once", "重复出现")
        short = name[:MAX_PATH]
        parts = tuple(clean(part) for part in PurePosixPath(short).parts if part not in ("/", ".", ".."))
        utc, local = times(info)
        yield Member(index, clean(short), parts, problem, utc, local)


def entry_name(info: zipfile.ZipInfo) -> str:
    """The path of an entry in UTF-8 if its flag says so. Otherwise UTF-8, GBK (Chinese Windows) and cp437 are tried."""
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
    """Why an entry is not read: the end of a sentence that begins with its name. None if it is read."""
    if len(name) > MAX_PATH:
        return both("has a name that is far too long", "的文件名过长")
    parts = PurePosixPath(name).parts
    if ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or "\0" in name or not parts:
        return both("has a name that leads out of the zip", "的路径指向压缩包之外")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return both("is a link, and links are not followed", "是链接，不予读取")
    if info.flag_bits & 0x1:
        return both("is encrypted", "已加密")
    if info.compress_type not in READABLE:
        return both("is packed with a method that is not read; make a plain zip", "的压缩方式不受支持，请使用普通 zip")
    return None


def times(info: zipfile.ZipInfo) -> tuple[int | None, Local | None]:
    """When the file was changed: the time in UTC, if the zip has it, or else a time whose zone is not known."""
    extra = info.extra
    while len(extra) >= 4:
        tag, size = struct.unpack_from("<HH", extra)
        if tag == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            (seconds,) = struct.unpack_from("<i", extra, 5)
            return seconds, None
        extra = extra[4 + size :]
    if info.date_time[:3] == (1980, 1, 1):  # programs write this if they do not know the time
        return None, None
    return None, info.date_time
