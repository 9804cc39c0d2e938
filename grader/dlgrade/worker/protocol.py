"""All messages between the judge, its workers, the fork server and the nursery, as typed structs.

============================  =========================================  =============================================
from -> to                    messages                                   carried by
============================  =========================================  =============================================
judge -> worker               NumberedRequest with Read, Execute, Probe, frames on the worker's channel
                              Trace or OpenGpu
worker -> judge               `Reply`, then the bytes of its tensors     frames on the worker's channel
judge -> fork server          StartWorker, KillWorker, ReportWaiting     packets on its control socket
fork server -> judge          ServerReady, Waited, Ended                 packets on its control socket
command -> nursery            StartForkServer, StartJudge,               packets on the nursery's standard input
                              InterruptJudge
source -> spawned worker      SpawnWorker                                JSON on the command line
============================  =========================================  =============================================

Only replies cross the border of trust: a submission may have written every byte of a reply. So each field of `Reply`
and `Failure` has a limit, and `unpack_reply` refuses a reply beyond it. All other messages come from trusted processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from dlgrade.worker import frames
from dlgrade.worker import limits as most
from dlgrade.worker.limits import Limits

PACKET = 65536  # bytes of the largest packet on a control socket
FIRST_NUMBER = 0  # of the reply that a worker sends before it is asked anything

# The judge asks a worker.


class ForbiddenFamily(msgspec.Struct, frozen=True):
    """Operations that an exercise forbids, by public names and by patterns of the operators behind them."""

    names: tuple[str, ...]
    operators: tuple[str, ...]


class Read(msgspec.Struct, frozen=True, tag=True):
    """Parse the submission's files and report forbidden uses. No code of the submission runs.

    Args:
        files: the content of each file by its name.
        main: the name of the file that is the submission.
        exercises: the families that each exercise forbids.
        interface: the names of the methods that suites may call.
        given: the names that the starter code defines besides the exercises. Suites may read them.
        helpers: the files of the book's module d2l, which are not written into the scratch folder.
    """

    files: dict[str, bytes]
    main: str
    exercises: dict[str, tuple[ForbiddenFamily, ...]] = {}
    interface: list[str] = []
    given: list[str] = []
    helpers: dict[str, bytes] = {}


class Execute(msgspec.Struct, frozen=True, tag=True):
    """Import the submission that was read. From here on the process belongs to the submission.

    An import that takes more than `seconds` of processor time is broken off, so that the reply tells its line.
    """

    seconds: float


class Probe(msgspec.Struct, frozen=True, tag=True):
    """Call a pickled function with the submission as its argument, and return its value.

    Args:
        blob: the function, pickled by the judge.
        seed: the seed of every random number generator.
        exercise: the exercise whose forbidden operations are stopped.
        record: whether to record the operators that run.
    """

    blob: bytes
    seed: int
    exercise: str = ""
    record: bool = False


class Trace(msgspec.Struct, frozen=True, tag=True):
    """Run a probe again, and return a `Traced` of the calls that it makes."""

    probe: Probe


class OpenGpu(msgspec.Struct, frozen=True, tag=True):
    """Start CUDA, and use at most `memory` bytes of the GPU."""

    memory: int


Request = Read | Execute | Probe | Trace | OpenGpu


class NumberedRequest(msgspec.Struct, frozen=True):
    """A request with the number that its reply must repeat. The number is drawn anew for each question."""

    number: int
    request: Request


# A worker replies. The submission may have made all of it.

Name = Annotated[str, msgspec.Meta(max_length=most.MAX_NAME)]
Dotted = Annotated[str, msgspec.Meta(max_length=most.MAX_DOTTED_NAME)]
Place = Annotated[int, msgspec.Meta(ge=0, le=most.MAX_PLACE)]  # a line, a column, a count
Size = Annotated[int, msgspec.Meta(ge=0, le=most.MAX_SIZE)]
Status = Literal["value", "raised", "missing", "unsendable"]
Absent = Literal["module", "star", "exercise", "helper"]
Kind = Literal["none", "number", "text", "tensor", "array", "tuple", "list", "dict", "module", "other", "raised"]


class Failure(msgspec.Struct, forbid_unknown_fields=True):
    """An exception in the submission, as `dlgrade.worker.failures` describes it.

    `frames` are (file, line, function, times), `syntax` is (file, line, column, source). `skipped` is the line of the
    statement that would have defined a name that is missing, had it run. `unavailable` is the kind and the name of a
    thing that is not there: a "module"; a module that a "star" import did not find; a name of d2l that is an "exercise"
    of the chapter; or a "helper" that d2l does not have. `in_backward` tells whether a backward pass raised it, and
    `endless` whether an import was broken off for its time.
    """

    type: Name
    message: Annotated[str, msgspec.Meta(max_length=most.MAX_MESSAGE)]
    not_implemented: bool
    out_of_memory: bool
    forbidden: bool
    gpu_error: bool
    frames: Annotated[list[tuple[Name, Place, Name, Place]], msgspec.Meta(max_length=most.MAX_FRAMES)]
    syntax: tuple[Name, Place, Place, Annotated[str, msgspec.Meta(max_length=most.MAX_SOURCE)]] | None = None
    skipped: Place | None = None
    unavailable: tuple[Absent, Dotted] | None = None
    in_backward: bool = False
    endless: bool = False


class Reply(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The answer of a worker to one question.

    `value` is a tree of `dlgrade.worker.wire`, which has limits of its own. `forbidden` are the (kind, name) of uses
    that the guard stopped. `sizes` are the bytes of each blob behind the head.
    """

    number: Annotated[int, msgspec.Meta(ge=0, lt=1 << 48)]
    status: Status
    forbidden: Annotated[list[tuple[Dotted, Dotted]], msgspec.Meta(max_length=most.MAX_FORBIDDEN)]
    sizes: Annotated[list[Size], msgspec.Meta(max_length=most.MAX_NODES)]
    operators: Annotated[list[Dotted], msgspec.Meta(max_length=most.MAX_OPERATORS)] = []
    value: Any = None
    error: Failure | None = None
    blobs: Annotated[list[bytes], msgspec.Meta(max_length=0)] = []  # never sent in the head: `unpack_reply` fills it


class Traced(msgspec.Struct, forbid_unknown_fields=True, array_like=True):
    """The calls that a probe made of the submission: the kind and the length of each result, or that it raised.

    `raised` is the number of the call whose exception ended the probe. None: no exception, or the probe's own code
    raised it. `broken` tells whether an exception ended the probe.
    """

    results: Annotated[list[tuple[Kind, Size]], msgspec.Meta(max_length=most.MAX_CALLS)]
    raised: Annotated[int, msgspec.Meta(ge=0, lt=most.MAX_CALLS)] | None
    broken: bool


class ReplyTooLarge(Exception):
    """The head of a reply has more bytes, `size`, than the judge reads."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


# The judge orders the fork server, which reports.


class StartWorker(msgspec.Struct, frozen=True, tag=True):
    """Fork the worker `number`; two descriptors come along: its channel, and the pipe for its output.

    `spare` is a scratch folder for a worker that gets none in memory. Only with `gpu` can the worker reach a GPU.
    """

    number: int
    spare: str
    gpu: bool


class KillWorker(msgspec.Struct, frozen=True, tag=True):
    """Kill a worker. `Ended` follows; for a worker that has ended before, nothing does."""

    number: int


class ReportWaiting(msgspec.Struct, frozen=True, tag=True):
    """Answer with `Waited` for this worker."""

    number: int


ServerOrder = StartWorker | KillWorker | ReportWaiting


class End(msgspec.Struct, frozen=True):
    """How a worker's process ended: by a signal, or with an exit code; `memory` if it was killed for its memory."""

    signal: int | None
    code: int | None
    memory: bool


class ServerReady(msgspec.Struct, frozen=True, tag=True):
    """The fork server takes orders; `missing` are the parts of its sandbox that this machine lacks. Comes once."""

    missing: list[str]


class Waited(msgspec.Struct, frozen=True, tag=True):
    """The seconds that a worker's first thread has waited for a core; 0 if unknown."""

    seconds: float


class Ended(msgspec.Struct, frozen=True, tag=True):
    """All processes of a worker are dead."""

    number: int
    end: End


ServerMessage = ServerReady | Waited | Ended

# The command orders the nursery.


class StartForkServer(msgspec.Struct, frozen=True, tag=True):
    """Fork a fork server; its end of the control socket comes along. No worker may read the folders `private`."""

    limits: Limits
    private: list[str]
    sandbox: bool


class StartJudge(msgspec.Struct, frozen=True, tag=True):
    """Fork the judge `number`, which runs `serve` of the module `program`; its channel and control socket come along.

    The judge is named by its module, so that workers need to know nothing of judges.
    """

    number: int
    program: str


class InterruptJudge(msgspec.Struct, frozen=True, tag=True):
    """Send SIGINT to a judge."""

    number: int


NurseryOrder = StartForkServer | StartJudge | InterruptJudge


class SpawnWorker(msgspec.Struct, frozen=True):
    """The options of a worker that is started as a program; they are those of `StartForkServer` and `StartWorker`."""

    scratch: str
    limits: Limits
    private: list[str]
    sandbox: bool
    gpu: bool


# Messages and bytes. Encoders and decoders are made once: making a decoder costs more than decoding a reply.

_encoder = msgspec.msgpack.Encoder()
_replies = msgspec.msgpack.Decoder(Reply)
_questions = msgspec.msgpack.Decoder(NumberedRequest)
_server_orders: msgspec.msgpack.Decoder[ServerOrder] = msgspec.msgpack.Decoder(ServerOrder)
_server_messages: msgspec.msgpack.Decoder[ServerMessage] = msgspec.msgpack.Decoder(ServerMessage)
_nursery_orders: msgspec.msgpack.Decoder[NurseryOrder] = msgspec.msgpack.Decoder(NurseryOrder)


def encode(message: NumberedRequest | ServerOrder | ServerMessage | NurseryOrder) -> bytes:
    """Return a message as the bytes of a frame or a packet."""
    return _encoder.encode(message)


def decode_question(content: bytes) -> NumberedRequest:
    """Return the question in a frame."""
    return _questions.decode(content)


def decode_server_order(packet: bytes) -> ServerOrder:
    """Return the judge's order to the fork server."""
    return _server_orders.decode(packet)


def decode_server_message(packet: bytes) -> ServerMessage:
    """Return the fork server's message to the judge."""
    return _server_messages.decode(packet)


def decode_nursery_order(packet: bytes) -> NurseryOrder:
    """Return the command's order to the nursery."""
    return _nursery_orders.decode(packet)


def pack_reply(reply: Reply, blobs: Sequence[bytes] = ()) -> bytes:
    """Return a reply as the bytes of a frame: a head, then the bytes of its tensors.

    Raises:
        ReplyTooLarge: the head is too large.
    """
    head = _encoder.encode(reply)
    if len(head) > most.MAX_HEAD:
        raise ReplyTooLarge(len(head))
    return frames.join(head, blobs)


def unpack_reply(content: bytes) -> Reply | None:
    """Return the reply in a frame, with its blobs; None for a frame that is no reply within the limits."""
    try:
        head, start = frames.split(content, most.MAX_HEAD)
        reply = _replies.decode(head)
    except (ValueError, msgspec.DecodeError, RecursionError):
        return None
    if start + sum(reply.sizes) != len(content):
        return None
    for size in reply.sizes:
        reply.blobs.append(content[start : start + size])
        start += size
    return reply
