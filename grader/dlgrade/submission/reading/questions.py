"""The messages between `reader` and its child process: a length, then a struct in MessagePack."""

from __future__ import annotations

import struct
from typing import IO

import msgspec

from dlgrade.text import Text

LENGTH = struct.Struct("<Q")
MAX_ANSWER = 80_000_000  # the largest answer is a notebook out of a zip
MAX_FILE_BYTES = 1_000_000  # of a Python file, and of the code in a notebook's cells
MAX_HISTORY_BYTES = 16_000_000  # of all that a kernel was given to run: a cell that runs again counts again


Local = tuple[int, int, int, int, int, int]  # a date and time without a zone


class Place(msgspec.Struct, frozen=True):
    """A zip on disk, or the zip that is its member number `inner`. `stamp` is the file's time and size when listed."""

    path: bytes  # as the operating system spells it, which need not be text
    stamp: tuple[int, int]
    inner: int | None = None


class Question(msgspec.Struct, frozen=True, tag=True):
    """`shown` is what messages call the file."""

    shown: str


class PythonFile(Question, frozen=True):
    """Decode a Python file. The answer is a `Source`."""

    content: bytes


class Notebook(Question, frozen=True):
    """Extract the definitions of a Jupyter notebook. The answer is a `Source`."""

    content: bytes


class Executed(Question, frozen=True):
    """Extract the definitions of the cells that a kernel has run, in that order. The answer is a `Source`."""

    cells: list[bytes]


class Listing(Question, frozen=True):
    """List a zip. The answer is `Members`."""

    place: Place


class Unpack(Question, frozen=True):
    """Read a member of a zip, of at most `limit` bytes. The answer is `Content` or `TooLarge`."""

    zip_shown: str
    place: Place
    index: int
    limit: int


class GradescopeMetadata(Question, frozen=True):
    """Extract owners and times from the metadata of an export. The answer is `Records`."""

    content: bytes


class Answer(msgspec.Struct, frozen=True, tag=True):
    pass


class Ready(Answer, frozen=True):
    """The child has started. It says so once, unasked."""


class Refused(Answer, frozen=True):
    """The file cannot be read, for this reason."""

    text: Text


class Exhausted(Answer, frozen=True):
    """The memory did not suffice."""


class Source(Answer, frozen=True):
    """Python source; `cells` as in `dlgrade.submission.Submission`."""

    text: str
    cells: tuple[tuple[int, int], ...] = ()


class Member(msgspec.Struct, frozen=True):
    """A file in a zip. `problem` says why it cannot be read, in words that follow its name.

    A zip gives a time as seconds in `utc`, as a `local` one, or not at all.
    """

    index: int
    name: str
    parts: tuple[str, ...]
    problem: Text | None = None
    utc: int | None = None
    local: Local | None = None


class Members(Answer, frozen=True):
    members: list[Member]


class Content(Answer, frozen=True):
    content: bytes


class TooLarge(Answer, frozen=True):
    """The member has more bytes than the limit."""


class Submitter(msgspec.Struct, frozen=True):
    sid: str
    name: str
    email: str


class Record(msgspec.Struct, frozen=True):
    """Gradescope's record of a submission: `created` in seconds since 1970."""

    submitters: tuple[Submitter, ...]
    created: float | None = None


class Records(Answer, frozen=True):
    """The records by the name of their folder in the export."""

    records: dict[str, Record]


AnyQuestion = PythonFile | Notebook | Executed | Listing | Unpack | GradescopeMetadata
AnyAnswer = Ready | Refused | Exhausted | Source | Members | Content | TooLarge | Records


def send(stream: IO[bytes], message: Question | Answer) -> None:
    packed = msgspec.msgpack.encode(message)
    stream.write(LENGTH.pack(len(packed)))
    stream.write(packed)
    stream.flush()


def receive(stream: IO[bytes], limit: int) -> bytes:
    """The next message, still packed.

    Raises:
        EOFError: the other side is gone, or sends more than `limit` bytes.
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
