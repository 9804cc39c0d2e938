"""Where the judge's workers come from: the fork server, or programs started one by one."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import msgspec

from dlgrade import sandbox_parts
from dlgrade.errors import GraderError, SandboxError
from dlgrade.files import remove_tree
from dlgrade.options import SandboxMode, WorkerMode
from dlgrade.text import both
from dlgrade.worker import protocol
from dlgrade.worker.limits import Limits
from dlgrade.worker.protocol import (
    PACKET,
    End,
    Ended,
    KillWorker,
    Message,
    Order,
    Ready,
    ReportWaiting,
    SpawnWorker,
    StartWorker,
    Waited,
)
from dlgrade.workers.handle import Worker
from dlgrade.workers.nursery import Nursery, clean_environment

CLOSING_SECONDS = 5.0


class ForkedWorker(Worker):
    """A worker that the fork server made."""

    def __init__(self, pool: ForkServer, identity: int, channel: int, output: int, spare: str) -> None:
        self.pool = pool
        self.identity = identity
        self.spare = spare
        self.ended: End | None = None
        super().__init__(channel, channel, output, pool.limits)

    def kill(self) -> None:
        self.pool.order(KillWorker(self.identity))

    def waiting_seconds(self) -> float:
        return self.pool.waiting_seconds(self.identity)

    def end(self) -> End:
        if self.ended is None:
            self.kill()
            self.ended = self.pool.wait_for(self.identity)
            if self.spare != os.devnull:
                remove_tree(Path(self.spare))
        return self.ended


class WorkerSource:
    """Makes workers, one at a time. The first is made at once: it tells which parts of the sandbox are `missing`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.first: Worker | None = self.make()
        self.missing: list[str] = self.first.missing

    def make(self, *, gpu: bool = False) -> Worker:
        raise NotImplementedError

    def start_worker(self, *, gpu: bool = False) -> Worker:
        """A worker that no submission has used; only with `gpu` can it reach one."""
        if gpu:
            return self.make(gpu=True)
        worker, self.first = self.first, None
        return worker or self.make()

    def close(self) -> None:
        if self.first is not None:
            self.first.close()


class ForkServer(WorkerSource):
    """The judge's handle on a fork server of the nursery, behind a control socket; ends both with itself."""

    def __init__(self, limits: Limits, control: socket.socket, nursery: Nursery | None = None) -> None:
        self.lock = threading.Lock()
        self.news = threading.Lock()
        self.endings: dict[int, End] = {}
        self.count = 0
        self.control = control
        self.nursery = nursery
        ready = self._next()
        assert isinstance(ready, Ready)
        self.contained = not ready.missing
        super().__init__(limits)

    def order(self, order: Order, descriptors: list[int] | None = None) -> None:
        packet = protocol.encode(order)
        with self.lock:
            try:
                socket.send_fds(self.control, [packet], descriptors or [])
            except OSError:
                raise _server_gone() from None

    def _next(self) -> Message:
        packet = self.control.recv(PACKET)
        if not packet:
            raise _server_gone()
        return protocol.decode_message(packet)

    def wait_for(self, identity: int) -> End:
        with self.news:
            while identity not in self.endings:
                self._hear()
            return self.endings.pop(identity)

    def waiting_seconds(self, identity: int) -> float:
        with self.news:
            self.order(ReportWaiting(identity))
            while (seconds := self._hear()) is None:
                continue
            return seconds

    def _hear(self) -> float | None:
        """The next message: the answer to `waiting`, or the end of a worker, which is put down."""
        match self._next():
            case Ended(number, end):
                self.endings[number] = end
            case Waited(seconds):
                return seconds
        return None

    def make(self, *, gpu: bool = False) -> Worker:
        self.count += 1
        ours, theirs = socket.socketpair()
        out_read, out_write = os.pipe()
        spare = os.devnull if self.contained else tempfile.mkdtemp(prefix="dlgrade-")  # contained, it has one in memory
        try:
            self.order(StartWorker(self.count, spare, gpu), [theirs.fileno(), out_write])
        finally:
            theirs.close()
            os.close(out_write)
        return ForkedWorker(self, self.count, ours.detach(), out_read, spare)

    def close(self) -> None:
        """Hang up, which ends the server and its workers, and wait until they have ended."""
        super().close()
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)
            self.control.settimeout(CLOSING_SECONDS)
            while self.control.recv(PACKET):
                continue
        self.control.close()
        if self.nursery is not None:
            self.nursery.close()


def _server_gone() -> GraderError:
    return GraderError(
        both(
            "The process that makes workers has died. Run the command again; if it happens again, please report it.",
            "负责创建工作进程的服务已退出。请重新运行命令；若再次出现，请报告此问题。",
        )
    )


class SpawnedWorker(Worker):
    """A worker that was started as a program of its own."""

    def __init__(self, limits: Limits, private: list[Path], mode: SandboxMode, *, gpu: bool) -> None:
        self.scratch = tempfile.mkdtemp(prefix="dlgrade-")
        options = SpawnWorker(self.scratch, limits, [str(path) for path in private], sandbox=mode != "off", gpu=gpu)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dlgrade.worker.spawned", msgspec.json.encode(options).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.scratch,
            env=clean_environment() | {"HOME": self.scratch, "TMPDIR": self.scratch, "TEMP": self.scratch},
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

    def end(self) -> End:
        if self.hung_up.is_set():  # it is ending by itself, and how it does is news
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1.0)
        self.kill()
        code = self.process.wait()
        remove_tree(Path(self.scratch))
        if code < 0:
            return End(signal=-code, code=None, memory=False)
        return End(signal=None, code=code, memory=False)


class Spawner(WorkerSource):
    """Starts workers as programs, where forking is not to be had."""

    def __init__(self, limits: Limits, private: list[Path], mode: SandboxMode) -> None:
        self.private = private
        self.mode = mode
        super().__init__(limits)

    def make(self, *, gpu: bool = False) -> Worker:
        return SpawnedWorker(self.limits, self.private, self.mode, gpu=gpu)


def open_workers(
    limits: Limits, private: list[Path], *, sandbox: SandboxMode = "auto", workers: WorkerMode = "auto"
) -> WorkerSource:
    """Where workers come from on this machine.

    Raises:
        SandboxError: forked workers are asked for where nothing can be forked.
    """
    can_fork = sys.platform == "linux" and hasattr(os, "fork")
    forks = can_fork if workers == "auto" else workers == "fork"
    if forks and not can_fork:
        raise SandboxError(both("Forked workers need Linux.", "fork 方式的工作进程只能在 Linux 上使用。"))
    return _fork_server(limits, private, sandbox) if forks else Spawner(limits, private, sandbox)


def _fork_server(limits: Limits, private: list[Path], sandbox: SandboxMode) -> WorkerSource:
    nursery = Nursery()
    control = nursery.fork_server(limits, private, sandbox=sandbox != "off")
    import torch  # noqa: F401 - while the nursery imports it, too

    return ForkServer(limits, control, nursery)


def lacking(missing: list[str]) -> SandboxError:
    return SandboxError(sandbox_parts.refusal(missing))
