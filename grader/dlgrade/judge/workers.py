"""The judge's end of its workers: starting them, asking them, keeping their deadlines, ending them."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from dlgrade.errors import GraderError, SandboxError
from dlgrade.text import both
from dlgrade.worker.limits import Limits

SandboxMode = Literal["auto", "require", "off"]
WorkerMode = Literal["auto", "fork", "spawn"]
KEPT_OUTPUT = 4000
GRACE = 5.0


class Failure(msgspec.Struct, forbid_unknown_fields=True):
    """An exception in the submission, as the worker describes it."""

    type: str
    message: str
    not_implemented: bool
    out_of_memory: bool
    forbidden: bool
    frames: list[tuple[str, int, str]]
    syntax: tuple[str, int, int, str] | None = None


class Reply(msgspec.Struct, forbid_unknown_fields=True):
    """What a worker answers; `value` is a tree of `dlgrade.worker.wire`."""

    number: int
    status: Literal["value", "raised", "missing", "unsendable"]
    forbidden: list[str]
    sizes: list[int]
    value: Any = None
    error: Failure | None = None
    blobs: list[bytes] = []


class WorkerLost(Exception):
    """The worker is gone without an answer: `kind` says how."""

    def __init__(self, kind: Literal["time", "memory", "crash", "flood", "nonsense"], detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


@dataclass
class Ended:
    """How a worker's process ended."""

    signal: int | None
    code: int | None
    memory: bool


class Deadline:
    """Acts once when the time is over, unless `passed` was asked before: then it never does."""

    def __init__(self, seconds: float, action: Callable[[], None]) -> None:
        self.action = action
        self.lock = threading.Lock()
        self.state: Literal["open", "passed", "met"] = "open"
        self.timer = threading.Timer(seconds, self._expire)
        self.timer.daemon = True
        self.timer.start()

    def _expire(self) -> None:
        with self.lock:
            if self.state == "open":
                self.state = "passed"
                self.action()

    def passed(self) -> bool:
        """Whether the time was over; from here on it no longer counts."""
        self.timer.cancel()
        with self.lock:
            self.state = "met" if self.state == "open" else self.state
            return self.state == "passed"


class Output:
    """What the submission prints, drained as it comes, so that it never blocks; only the beginning is kept."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.kept = bytearray()
        self.total = 0
        self.lock = threading.Lock()
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        open_ = True
        while open_:
            _wait_readable(self.descriptor)
            with self.lock:
                open_ = self._take()
        os.close(self.descriptor)

    def _take(self) -> bool:
        try:
            part = os.read(self.descriptor, 65536)
        except OSError:
            part = b""
        self.total += len(part)
        self.kept += part[: max(0, KEPT_OUTPUT - len(self.kept))]
        return bool(part)

    def reset(self) -> None:
        with self.lock:
            self.kept.clear()
            self.total = 0

    def text(self) -> tuple[str, int]:
        """The first characters since the last reset, and the number of bytes in all."""
        with self.lock:
            return self.kept.decode("utf-8", "replace"), self.total

    def settle(self) -> None:
        """Wait until all that was printed before an answer is here; it was in the pipe before the answer was sent."""
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            with self.lock:
                if not _unread(self.descriptor):
                    return
            time.sleep(0.0005)


if sys.platform == "win32":  # no select and no FIONREAD on pipes: read blocks, and late output may be missed

    def _wait_readable(_descriptor: int) -> None:
        time.sleep(0)

    def _unread(_descriptor: int) -> bool:
        return False

else:
    import fcntl
    import select
    import termios

    def _wait_readable(descriptor: int) -> None:
        select.select([descriptor], [], [])

    def _unread(descriptor: int) -> bool:
        try:
            return any(fcntl.ioctl(descriptor, termios.FIONREAD, b"\0\0\0\0"))
        except OSError:
            return False


class Worker:
    """One worker: ask it things, then close it. It serves one submission and is never used for another."""

    def __init__(self, requests: int, replies: int, output: int, limits: Limits) -> None:
        self.limits = limits
        self.requests = requests
        self.replies = replies
        self.output = Output(output)
        self.number = 0
        self.hung_up = threading.Event()
        self.frames: queue.Queue[bytes | str] = queue.Queue(maxsize=1)  # one answer a question
        threading.Thread(target=self._receive, daemon=True).start()
        self.missing: list[str] = self._expect(0, limits.import_seconds * 3).value

    def end(self) -> Ended:
        """Kill the worker and all that it started; return how it had ended, once all are dead."""
        raise NotImplementedError

    def kill(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.end()
        os.close(self.requests)

    def ask(self, request: dict[str, Any], seconds: float) -> Reply:
        """Send a request and wait for its answer. Raises `WorkerLost`; the worker is then dead."""
        self.number = secrets.randbits(48)  # nobody answers a question before it is asked
        content = msgspec.msgpack.encode({"number": self.number, **request})
        deadline = Deadline(seconds, self.kill)  # its kill frees a write that the worker does not read, too
        try:
            self._send(content)
            reply = self._expect(self.number, seconds + GRACE)
            if deadline.passed():
                raise WorkerLost("time", f"{seconds:g}")
            return reply
        except WorkerLost as lost:
            late = deadline.passed()
            ended = self.end()
            if ended.memory:
                raise WorkerLost("memory") from None
            if late:
                raise WorkerLost("time", f"{seconds:g}") from None
            if lost.kind == "crash":
                raise WorkerLost("crash", describe_end(ended)) from None
            raise

    def _send(self, content: bytes) -> None:
        from dlgrade.worker.guest import write_frame

        try:
            write_frame(self.requests, content)
        except OSError:
            raise WorkerLost("crash") from None

    def _expect(self, number: int, seconds: float) -> Reply:
        try:
            frame = self.frames.get(timeout=seconds)
        except queue.Empty:
            raise WorkerLost("time", f"{seconds:g}") from None
        if isinstance(frame, str):
            raise WorkerLost("flood" if frame == "flood" else "crash")
        reply = unpack(frame)
        if reply is None or reply.number != number:
            raise WorkerLost("nonsense")
        return reply

    def _receive(self) -> None:
        """Read frames until the channel closes or one is larger than any honest answer."""
        from dlgrade.worker.guest import HEADER, read_exactly

        limit = self.limits.answer * 2
        try:
            while True:
                (size,) = HEADER.unpack(read_exactly(self.replies, HEADER.size))
                if size > limit:
                    self.frames.put("flood")
                    return
                self.frames.put(read_exactly(self.replies, size))
        except (EOFError, OSError):
            self.hung_up.set()
            self.frames.put("closed")


def unpack(frame: bytes) -> Reply | None:
    """A reply from its frame: a head of bounded size, then the bytes of its tensors; None for nonsense."""
    from dlgrade.worker.guest import HEADER, MAX_HEAD

    if len(frame) < HEADER.size:
        return None
    (size,) = HEADER.unpack_from(frame)
    end = HEADER.size + size
    if size > MAX_HEAD or end > len(frame):
        return None
    try:
        reply = msgspec.msgpack.decode(frame[HEADER.size : end], type=Reply)
    except (ValueError, RecursionError):
        return None
    if reply.blobs or any(part < 0 for part in reply.sizes) or end + sum(reply.sizes) != len(frame):
        return None
    for part in reply.sizes:
        reply.blobs.append(frame[end : end + part])
        end += part
    return reply


def describe_end(ended: Ended) -> str:
    if ended.signal is not None:
        return f"signal {ended.signal}"
    return f"exit code {ended.code}"


class ForkedWorker(Worker):
    """A worker that the fork server made."""

    def __init__(self, pool: ForkServer, identity: int, channel: int, output: int, spare: str) -> None:
        self.pool = pool
        self.identity = identity
        self.spare = spare
        self.ended: Ended | None = None
        super().__init__(channel, channel, output, pool.limits)

    def kill(self) -> None:
        self.pool.order({"kill": self.identity})

    def end(self) -> Ended:
        if self.ended is None:
            self.kill()
            self.ended = self.pool.wait_for(self.identity)
            if self.spare != os.devnull:
                shutil.rmtree(self.spare, ignore_errors=True)
        return self.ended


class ForkServer:
    """The judge's handle on the fork server; one worker at a time."""

    def __init__(self, limits: Limits, private: list[Path], mode: SandboxMode) -> None:
        from dlgrade.worker import server

        self.limits = limits
        self.lock = threading.Lock()
        self.pid, self.control = server.start(limits, private, sandbox=mode != "off")
        self.missing: list[str] = self._next()["ready"]
        self.count = 0

    def order(self, message: dict[str, Any], descriptors: list[int] | None = None) -> None:
        packet = json.dumps(message).encode()
        with self.lock:
            try:
                socket.send_fds(self.control, [packet], descriptors or [])
            except OSError:
                raise _server_gone() from None

    def _next(self) -> dict[str, Any]:
        packet = self.control.recv(65536)
        if not packet:
            raise _server_gone()
        message: dict[str, Any] = json.loads(packet)
        return message

    def wait_for(self, identity: int) -> Ended:
        while True:
            message = self._next()
            if message.get("ended") == identity:
                return Ended(message["signal"], message["code"], message["memory"])

    def start_worker(self) -> Worker:
        self.count += 1
        ours, theirs = socket.socketpair()
        out_read, out_write = os.pipe()
        spare = tempfile.mkdtemp(prefix="dlgrade-") if self.missing else os.devnull  # else it has one in memory
        try:
            self.order({"start": self.count, "spare": spare}, [theirs.fileno(), out_write])
        finally:
            theirs.close()
            os.close(out_write)
        return ForkedWorker(self, self.count, ours.detach(), out_read, spare)

    def close(self) -> None:
        self.control.close()
        try:
            os.waitpid(self.pid, 0)
        except ChildProcessError:
            return


def _server_gone() -> GraderError:
    return GraderError(
        both(
            "The process that makes workers has died. Run the command again; if it happens again, please report it.",
            "负责创建工作进程的服务已退出。请重新运行命令；若再次出现，请报告此问题。",
        )
    )


class SpawnedWorker(Worker):
    """A worker that was started as a program of its own."""

    def __init__(self, limits: Limits, private: list[Path], mode: SandboxMode) -> None:
        self.scratch = tempfile.mkdtemp(prefix="dlgrade-")
        order = {
            "scratch": self.scratch,
            "wanted": mode != "off",
            "limits": asdict(limits),
            "private": list(map(str, private)),
        }
        kept = {key: os.environ[key] for key in ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH") if key in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dlgrade.worker.spawned", json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.scratch,
            env={**kept, "HOME": self.scratch, "TMPDIR": self.scratch, "TEMP": self.scratch, "PYTHONSAFEPATH": "1"},
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        pipes = [os.dup(pipe.fileno()) for pipe in (self.process.stdin, self.process.stdout, self.process.stderr)]
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
        super().__init__(pipes[0], pipes[1], pipes[2], limits)

    def kill(self) -> None:
        if sys.platform == "win32":
            self.process.kill()
            return
        try:
            os.killpg(self.process.pid, 9)  # what it started, too
        except ProcessLookupError:
            self.process.kill()

    def end(self) -> Ended:
        if self.hung_up.is_set():  # it is ending by itself, and how it does is news
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1.0)
        self.kill()
        code = self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)
        if code < 0:
            return Ended(signal=-code, code=None, memory=False)
        return Ended(signal=None, code=code, memory=False)


class Spawner:
    """Starts workers as programs; the same face as `ForkServer`."""

    def __init__(self, limits: Limits, private: list[Path], mode: SandboxMode) -> None:
        self.limits = limits
        self.private = private
        self.mode = mode
        self.missing = (
            ["sandbox (switched off)"] if mode == "off" else ["namespaces (this worker was started, not forked)"]
        )

    def start_worker(self) -> Worker:
        return SpawnedWorker(self.limits, self.private, self.mode)

    def close(self) -> None:
        return


WorkerSource = ForkServer | Spawner


def open_workers(
    limits: Limits, private: list[Path], *, sandbox: SandboxMode = "auto", workers: WorkerMode = "auto"
) -> WorkerSource:
    """Where workers come from on this machine. Start it before any suite or reference is read.

    Raises:
        SandboxError: `sandbox` is "require" and this machine lacks a part; the message names it.
    """
    forks = sys.platform == "linux" if workers == "auto" else workers == "fork"
    if forks and sys.platform != "linux":
        raise SandboxError(both("Forked workers need Linux.", "fork 方式的工作进程只能在 Linux 上使用。"))
    source: WorkerSource = (ForkServer if forks else Spawner)(limits, private, sandbox)
    if sandbox == "require" and source.missing:
        source.close()
        raise lacking(source.missing)
    return source


def lacking(missing: list[str]) -> SandboxError:
    names = "; ".join(missing)
    return SandboxError(
        both(
            f"The sandbox is not complete on this machine. Missing: {names}. "
            "Use --sandbox auto to go on with what there is, or grade on a machine that has it.",
            f"本机的沙箱不完整，缺少：{names}。可用 --sandbox auto 以现有部分继续，或换一台具备条件的机器评分。",
        )
    )
