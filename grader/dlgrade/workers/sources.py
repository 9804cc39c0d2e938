"""Sources of workers: the fork server, and programs that are started one by one."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from abc import ABC, abstractmethod
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
    ReportWaiting,
    ServerMessage,
    ServerOrder,
    ServerReady,
    SpawnWorker,
    StartWorker,
    Waited,
)
from dlgrade.workers.handle import Worker
from dlgrade.workers.nursery import Nursery, clean_environment

CLOSING_SECONDS = 5.0
EXIT_SECONDS = 1.0  # how long a spawned worker that closed its channel may take to exit by itself


class WorkersGone(GraderError):
    """The process that makes workers has died. The source is of no use any more."""


class WorkerSource(ABC):
    """Makes workers, each for one submission.

    Order: make the source, `open` it, `start_worker` as often as needed, `close` it. `open` makes the first worker at
    once, since only a worker can tell which parts of the sandbox are `missing`; `start_worker` hands that worker out
    first. Both block until the worker is ready. Whoever starts a worker closes it, before the source is closed.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.missing: list[str] = []
        self.unused: Worker | None = None
        self.gone: WorkersGone | None = None  # the reason that this source makes no worker any more

    def open(self) -> WorkerSource:
        """Make the first worker, and return the source.

        Raises:
            GraderError: no worker can be started.
        """
        self.unused = self.make()
        self.missing = self.unused.missing
        return self

    @abstractmethod
    def make(self, *, gpu: bool = False) -> Worker:
        """Return a new worker, which has been started."""

    def start_worker(self, *, gpu: bool = False) -> Worker:
        """Return a worker that no submission has used. Only with `gpu` can it reach a GPU.

        Raises:
            GraderError: no worker can be started.
        """
        if gpu or self.unused is None:
            return self.make(gpu=gpu)
        worker, self.unused = self.unused, None
        return worker

    def close(self) -> None:
        """End the worker that nobody has taken."""
        if self.unused is not None:
            self.unused.close()


class ForkedWorker(Worker):
    """A worker that the fork server made, known to it by a number."""

    def __init__(self, server: ForkServer, number: int, channel: int, output: int, spare: str) -> None:
        """Store the parts.

        Args:
            server: the judge's handle on the fork server.
            number: the worker's number.
            channel: the descriptor of a socket for requests and replies.
            output: the descriptor of the pipe with the submission's output.
            spare: the scratch folder, which goes with the worker; `os.devnull` for a worker that has one in memory.
        """
        super().__init__(channel, channel, output, server.limits)
        self.server = server
        self.number = number
        self.spare = spare
        self.ended: End | None = None

    def kill(self) -> None:
        self.server.order(KillWorker(self.number))

    def waiting_seconds(self) -> float:
        return self.server.waiting_seconds(self.number)

    def end(self) -> End:
        if self.ended is None:
            self.kill()
            self.ended = self.server.wait_for(self.number)
            if self.spare != os.devnull:
                remove_tree(Path(self.spare))
        return self.ended


class ForkServer(WorkerSource):
    """The judge's handle on a fork server, at the other end of a control socket.

    `open` blocks until the fork server is ready. The handle owns the control socket and, where given, the nursery;
    `close` ends both. Two threads use the socket: the judge's, and the alarm's of the worker that is asked. So each
    direction has a lock: `sending` for orders, `receiving` for messages. Whoever waits for a message also notes the
    ends of other workers that come in before.

    All methods raise WorkersGone when the fork server has died, and `gone` says so from then on.
    """

    def __init__(self, limits: Limits, control: socket.socket, nursery: Nursery | None = None) -> None:
        super().__init__(limits)
        self.control = control
        self.nursery = nursery
        self.sending = threading.Lock()
        self.receiving = threading.Lock()
        self.ends: dict[int, End] = {}
        self.last_number = 0
        self.contained = False  # whether workers have a scratch folder in memory

    def open(self) -> WorkerSource:
        ready = self._next_message()
        assert isinstance(ready, ServerReady)
        self.contained = not ready.missing
        return super().open()

    def order(self, order: ServerOrder, descriptors: tuple[int, ...] = ()) -> None:
        """Send an order, with descriptors where it needs them."""
        packet = protocol.encode(order)
        with self.sending:
            try:
                socket.send_fds(self.control, [packet], descriptors)
            except OSError:
                raise self._died() from None

    def _died(self) -> WorkersGone:
        self.gone = WorkersGone(
            both(
                "The process that makes workers has died. Run the command again; if it happens again, please "
                "report it.",
                "负责创建工作进程的服务已退出。请重新运行命令；若再次出现，请报告此问题。",
            )
        )
        return self.gone

    def _next_message(self) -> ServerMessage:
        try:
            packet = self.control.recv(PACKET)
        except ConnectionError:  # it died before it read an order
            packet = b""
        if not packet:
            raise self._died()
        return protocol.decode_server_message(packet)

    def wait_for(self, number: int) -> End:
        """Wait until all processes of a worker are dead, and return how the worker ended."""
        with self.receiving:
            while number not in self.ends:
                self._hear()
            return self.ends.pop(number)

    def waiting_seconds(self, number: int) -> float:
        """Return the seconds that a worker has waited for a core."""
        with self.receiving:
            self.order(ReportWaiting(number))
            while True:
                seconds = self._hear()
                if seconds is not None:
                    return seconds

    def _hear(self) -> float | None:
        """Take the next message: note the end of a worker, or return the answer to `ReportWaiting`."""
        match self._next_message():
            case Ended(number, end):
                self.ends[number] = end
            case Waited(seconds):
                return seconds
        return None

    def make(self, *, gpu: bool = False) -> Worker:
        self.last_number += 1
        number = self.last_number
        ours, theirs = socket.socketpair()
        output_read, output_write = os.pipe()
        spare = os.devnull if self.contained else tempfile.mkdtemp(prefix="dlgrade-")
        try:
            self.order(StartWorker(number, spare, gpu), (theirs.fileno(), output_write))
        finally:
            # The worker has its own copies. If ours stayed open, its death would not close the channel.
            theirs.close()
            os.close(output_write)
        return ForkedWorker(self, number, ours.detach(), output_read, spare).start()

    def close(self) -> None:
        """Hang up, which ends the fork server and its workers, and wait until they have ended."""
        super().close()
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)
            self.control.settimeout(CLOSING_SECONDS)
            while self.control.recv(PACKET):
                continue
        self.control.close()
        if self.nursery is not None:
            self.nursery.close()


class SpawnedWorker(Worker):
    """A worker that was started as a program. It is the first process of a session of its own."""

    def __init__(self, process: subprocess.Popen[bytes], pipes: tuple[int, int, int], options: SpawnWorker) -> None:
        super().__init__(*pipes, options.limits)
        self.process = process
        self.scratch = Path(options.scratch)

    @classmethod
    def launch(cls, limits: Limits, private: list[Path], mode: SandboxMode, *, gpu: bool) -> Worker:
        """Start the program with a scratch folder of its own, wait until it is ready, and return the handle.

        Args:
            limits: the limits of the worker.
            private: folders that the worker must not read.
            mode: whether to shut the worker in.
            gpu: whether the worker may reach a GPU.

        Raises:
            GraderError: the worker did not start.
        """
        scratch = tempfile.mkdtemp(prefix="dlgrade-")
        options = SpawnWorker(scratch, limits, [str(path) for path in private], sandbox=mode != "off", gpu=gpu)
        process = subprocess.Popen(
            [sys.executable, "-m", "dlgrade.worker.spawned", msgspec.json.encode(options).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=scratch,
            env=clean_environment() | {"HOME": scratch, "TMPDIR": scratch, "TEMP": scratch},
            start_new_session=True,
        )
        return cls(process, _pipes_of(process), options).start()

    def kill(self) -> None:
        if sys.platform == "win32":
            self.process.kill()
            return
        try:
            os.killpg(self.process.pid, 9)  # with all processes that it started
        except ProcessLookupError:
            self.process.kill()

    def end(self) -> End:
        if self.hung_up:  # it is about to exit by itself, and its exit code matters
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(EXIT_SECONDS)
        self.kill()
        code = self.process.wait()
        remove_tree(self.scratch)
        if code < 0:
            return End(signal=-code, code=None, memory=False)
        return End(signal=None, code=code, memory=False)


def _pipes_of(process: subprocess.Popen[bytes]) -> tuple[int, int, int]:
    """Take the pipes of a process out of its file objects, which may block on a pipe that nobody reads."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    pipes = os.dup(process.stdin.fileno()), os.dup(process.stdout.fileno()), os.dup(process.stderr.fileno())
    for pipe in (process.stdin, process.stdout, process.stderr):
        pipe.close()
    return pipes


class Spawner(WorkerSource):
    """Starts each worker as a new process, on systems that cannot fork."""

    def __init__(self, limits: Limits, private: list[Path], mode: SandboxMode) -> None:
        super().__init__(limits)
        self.private = private
        self.mode = mode

    def make(self, *, gpu: bool = False) -> Worker:
        return SpawnedWorker.launch(self.limits, self.private, self.mode, gpu=gpu)


def open_workers(
    limits: Limits, private: list[Path], *, sandbox: SandboxMode = "auto", workers: WorkerMode = "auto"
) -> WorkerSource:
    """Return an open source of workers for this machine.

    Args:
        limits: the limits of each worker.
        private: folders that no worker may read.
        sandbox: whether to shut workers in.
        workers: whether to fork workers or to start them as programs.

    Raises:
        SandboxError: forked workers are asked for where nothing can be forked.
        GraderError: no worker can be started.
    """
    can_fork = sys.platform == "linux" and hasattr(os, "fork")
    forks = can_fork if workers == "auto" else workers == "fork"
    if forks and not can_fork:
        raise SandboxError(both("Forked workers need Linux.", "fork 方式的工作进程只能在 Linux 上使用。"))
    if forks:
        return _fork_server(limits, private, sandbox).open()
    return Spawner(limits, private, sandbox).open()


def _fork_server(limits: Limits, private: list[Path], sandbox: SandboxMode) -> ForkServer:
    nursery = Nursery()
    control = nursery.fork_server(limits, private, sandbox=sandbox != "off")
    import torch  # noqa: F401 - here, because the nursery is importing it at the same time

    return ForkServer(limits, control, nursery)


def lacking(missing: list[str]) -> SandboxError:
    """Return the error for a machine that lacks these parts of the sandbox."""
    return SandboxError(sandbox_parts.refusal(missing))
