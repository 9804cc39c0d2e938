"""The messages between `reader` and its child process. A message is a length, then a struct in MessagePack."""

from __future__ import annotations

import struct
from typing import IO

import msgspec

from dlgrade.text import Text

LENGTH = struct.Struct("<Q")
MAX_ANSWER = 80_000_000  # the largest answer is a notebook from a zip
MAX_FILE_BYTES = 1_000_000  # of a Python file, and of the code in a notebook's cells
MAX_HISTORY_BYTES = 16_000_000  # of all code that a kernel has run; a cell that runs again counts again

Local = tuple[int, int, int, int, int, int]  # a date and time without a zone


class Place(msgspec.Struct, frozen=True):
    """A zip on disk, or a zip inside it.

    Args:
        path: The zip on disk, as the operating system spells it. It need not be text.
        stamp: Time and size of the zip on disk when it was found. If they change, the zip is not read.
        inner: Number of the member that is meant. None: the zip on disk itself.
    """

    path: bytes
    stamp: tuple[int, int]
    inner: int | None = None


class ReadingQuestion(msgspec.Struct, frozen=True, tag=True):
    """A question. Messages call the file by its `display_name`."""

    display_name: str


class PythonFile(ReadingQuestion, frozen=True):
    """Decode a Python file. The answer is a `Source`."""

    content: bytes


class Notebook(ReadingQuestion, frozen=True):
    """Extract the code of a Jupyter notebook. The answer is a `Source`."""

    content: bytes


class Executed(ReadingQuestion, frozen=True):
    """Extract the code of the cells that a kernel has run, in that order. The answer is a `Source`."""

    cells: list[bytes]


class Listing(ReadingQuestion, frozen=True):
    """List a zip. The answer is `Members`."""

    place: Place


class Unpack(ReadingQuestion, frozen=True):
    """Read member `index` of a zip, of at most `limit` bytes. The answer is `MemberContent` or `TooLarge`."""

    zip_name: str
    place: Place
    index: int
    limit: int


class GradescopeMetadata(ReadingQuestion, frozen=True):
    """Extract owners and times from the metadata of an export. The answer is `Records`."""

    content: bytes


class Answer(msgspec.Struct, frozen=True, tag=True):
    """An answer."""


class Ready(Answer, frozen=True):
    """The child has started. It sends this once, without a question."""


class Unreadable(Answer, frozen=True):
    """The file cannot be read, for this reason."""

    text: Text


class Exhausted(Answer, frozen=True):
    """The child ran out of memory."""


class Source(Answer, frozen=True):
    """Python source; `cells` as in `dlgrade.submission.Submission`."""

    text: str
    cells: tuple[tuple[int, int], ...] = ()


class Member(msgspec.Struct, frozen=True):
    """A file in a zip.

    Args:
        index: Its place in the zip's list.
        name: Its path in the zip.
        parts: This path in parts.
        problem: Why it cannot be read: the end of a sentence that begins with its name.
        utc: When it was changed, in seconds since 1970.
        local: When it was changed, if the zip gives a time without a zone.
    """

    index: int
    name: str
    parts: tuple[str, ...]
    problem: Text | None = None
    utc: int | None = None
    local: Local | None = None


class Members(Answer, frozen=True):
    """The files in the zip."""

    members: list[Member]


class MemberContent(Answer, frozen=True):
    """The content of the member."""

    content: bytes


class TooLarge(Answer, frozen=True):
    """The member has more bytes than the limit."""


class Submitter(msgspec.Struct, frozen=True):
    """A student of Gradescope. `sid` is the student id."""

    sid: str
    name: str
    email: str


class Record(msgspec.Struct, frozen=True):
    """Gradescope's record of a submission. `created` is in seconds since 1970."""

    submitters: tuple[Submitter, ...]
    created: float | None = None


class Records(Answer, frozen=True):
    """Gradescope's records, by the name of the submission's folder in the export."""

    records: dict[str, Record]


AnyQuestion = PythonFile | Notebook | Executed | Listing | Unpack | GradescopeMetadata
AnyAnswer = Ready | Unreadable | Exhausted | Source | Members | MemberContent | TooLarge | Records


def send(stream: IO[bytes], message: ReadingQuestion | Answer) -> None:
    """Write a message."""
    packed = msgspec.msgpack.encode(message)
    stream.write(LENGTH.pack(len(packed)))
    stream.write(packed)
    stream.flush()


def receive(stream: IO[bytes], limit: int) -> bytes:
    """The next message, still packed.

    Raises:
        EOFError: the other side has ended, or sends more than `limit` bytes.
    """
    (length,) = LENGTH.unpack(_exactly(stream, LENGTH.size))
    if length > limit:
        raise EOFError
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return content
