"""The messages between a command and the process of its judge, as frames of msgpack.

The command sends `Open` first, then one `Question` after another. The judge sends `Opened` or `Refused` for the first.
For each question it sends `Begun` and `Checked` for each check, where somebody watches, and then `Graded` or `Refused`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from dlgrade.errors import CourseError, DlgradeError, GraderError, SandboxError, UsageError
from dlgrade.options import Device, RunOptions, SandboxMode, Why, WorkerMode
from dlgrade.results import ChapterReport, CheckReport
from dlgrade.submission import Submission
from dlgrade.text import Text
from dlgrade.worker.limits import Limits

REFUSALS: dict[str, type[DlgradeError]] = {
    kind.__name__: kind for kind in (SandboxError, GraderError, CourseError, UsageError)
}

CheckCallback = Callable[[CheckReport], None]  # told about a check


class Open(msgspec.Struct, frozen=True):
    """The first message: the course, how its submissions are judged, and the environment of the command."""

    course: str
    data: tuple[str, ...]
    sandbox: SandboxMode
    workers: WorkerMode
    device: Device
    limits: Limits
    environment: dict[str, str]


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Grade a submission of a chapter. With `watched`, send news of each check."""

    chapter: str
    main: str
    files: dict[str, bytes]
    shown: str
    source: str
    cells: tuple[tuple[int, int], ...]
    live: bool
    left_out: tuple[str, ...]
    options: RunOptions
    watched: bool = False

    @property
    def submission(self) -> Submission:
        return Submission(
            self.main, self.files, self.shown, source=self.source, cells=self.cells, live=self.live,
            left_out=self.left_out,
        )  # fmt: skip


class Replay(msgspec.Struct, frozen=True, tag="replay"):
    """Grade the reference's answers for one seed at another seed."""

    chapter: str
    recorded_at: int
    seed: int


Question = Ask | Replay


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """The judge is ready; `missing` are the parts of the sandbox that this machine lacks."""

    missing: list[str]


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """A check is about to run."""

    check: CheckReport


class Checked(msgspec.Struct, frozen=True, tag="checked"):
    """A check has ended."""

    check: CheckReport


class Graded(msgspec.Struct, frozen=True, tag="graded"):
    """The answer to a question.

    After a replay, `why` gives the reason of each check that passed, and `told` the checks whose probes close over the
    answer.
    """

    report: ChapterReport
    why: dict[str, Why] = {}
    told: list[str] = []


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """An error instead of an answer; `kind` is a key of `REFUSALS`."""

    kind: str
    text: Text

    @classmethod
    def because(cls, error: DlgradeError) -> Refused:
        """Return the message for an error; an error of no known kind is the grader's."""
        kind = next((name for name, kind in REFUSALS.items() if isinstance(error, kind)), "GraderError")
        return cls(kind, error.text)

    def error(self) -> DlgradeError:
        """Return the error that the judge refused with."""
        return REFUSALS[self.kind](self.text)


Answer = Opened | Begun | Checked | Graded | Refused

_encoder = msgspec.msgpack.Encoder()
_openings = msgspec.msgpack.Decoder(Open)
_questions: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def encode(message: Open | Question | Answer) -> bytes:
    """Return a message as the bytes of a frame."""
    return _encoder.encode(message)


def decode_open(content: bytes) -> Open:
    """Return the first message."""
    return _openings.decode(content)


def decode_question(content: bytes) -> Question:
    """Return a question of the command."""
    return _questions.decode(content)


def decode_answer(content: bytes) -> Answer:
    """Return an answer of the judge."""
    return _answers.decode(content)
