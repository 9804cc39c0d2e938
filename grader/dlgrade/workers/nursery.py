"""The handle on the nursery: a clean process that imports torch once and forks the fork servers and the judges.

A worker's memory holds everything that its ancestors have read. So no process that reads anything confidential ever
forks workers. The nursery is started as a program, with an environment and a command line of its own. It reads nothing
but orders. Its fork servers make the workers, its judges read everything else::

    dlgrade ── exec ──> nursery ── fork ──> fork server ── fork ──> worker, one for each submission
       │                    └───── fork ──> judge          (asks the workers, holds references and inputs)
       └── channel (remote.py) ────────────────┘
"""

from __future__ import annotations

import contextlib
import itertools
import os
import site
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from dlgrade.errors import GraderError
from dlgrade.text import Text, both
from dlgrade.worker import protocol
from dlgrade.worker.limits import Limits
from dlgrade.worker.protocol import InterruptJudge, NurseryOrder, StartForkServer, StartJudge
from dlgrade.worker.warm import FOR_MANY

PROGRAM = "dlgrade.workers.nursery_server"
LAST_WORDS = 600  # bytes of standard error that an error message repeats
PATIENCE_SECONDS = 5.0
# The nursery's environment: where libraries are and how they compute, but nothing that may hold a secret.
KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "TMPDIR")  # TMPDIR holds the scratch folders
KEPT_PREFIXES = ("LD_", "OMP_", "OPENBLAS_", "MKL_", "KMP_", "ATEN_", "DNNL_", "ONEDNN_")


class Nursery:
    """The handle on the nursery's process.

    The process starts with `start` or with the first order, and starts anew when an order finds it dead. Any thread may
    give orders; the lock makes them take turns. An order blocks only until it is sent, not until it is done.

    The handle owns the process and the socket for orders. `close` ends the process, and with it all fork servers and
    judges, whatever they are doing.
    """

    def __init__(self, *, for_many: bool = False) -> None:
        """Store the options. `for_many` spends time at the start, and saves time with each worker."""
        self.arguments = [FOR_MANY] if for_many else []
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the handle
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process, which imports torch in the background. Do nothing while there is a process."""
        with self.lock:
            self._start()

    def _start(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        self._forget()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            complaints = self.complaints.fileno()
            self.process = launch(self.arguments, theirs.fileno(), complaints)

    def fork_server(self, limits: Limits, private: list[Path], *, sandbox: bool) -> socket.socket:
        """Fork a fork server, and return the judge's end of its control socket.

        Args:
            limits: the limits of its workers.
            private: folders that no worker may read.
            sandbox: whether to shut workers in.

        Raises:
            GraderError: the nursery does not stay alive.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        order = StartForkServer(limits, [str(path) for path in private], sandbox)
        with theirs:
            self._order(order, [theirs])
        return ours

    def judge(self, program: str, channel: socket.socket, control: socket.socket) -> int:
        """Fork a judge, and return its number for `interrupt`.

        Args:
            program: the module whose `serve` the judge runs.
            channel: the judge's end of the channel on which it is asked.
            control: the judge's end of the control socket of its fork server.

        Raises:
            GraderError: the nursery does not stay alive.
        """
        number = next(self.numbers)
        self._order(StartJudge(number, program), [channel, control])
        return number

    def interrupt(self, number: int) -> None:
        """Interrupt a judge: it ends its workers, removes its files and exits."""
        with self.lock, contextlib.suppress(OSError):
            if self.control is not None:
                self.control.send(protocol.encode(InterruptJudge(number)))

    def _order(self, order: NurseryOrder, passed: list[socket.socket]) -> None:
        """Send an order, with the sockets that it needs. Raises GraderError: the nursery does not stay alive."""
        packet = protocol.encode(order)
        with self.lock:
            for _ in range(2):  # the process may end between the start and the order
                self._start()
                assert self.control is not None
                with contextlib.suppress(OSError):
                    socket.send_fds(self.control, [packet], [each.fileno() for each in passed])
                    return
                assert self.process is not None
                self.process.wait()
        raise GraderError(gone(self.last_words()))

    def last_words(self) -> str:
        """Return the end of the standard error of the nursery and its children."""
        with contextlib.suppress(OSError, ValueError):
            self.complaints.seek(0)
            return self.complaints.read()[-LAST_WORDS:].decode("utf-8", "replace").strip()
        return ""

    def close(self) -> None:
        """End the nursery, its judges and fork servers, whatever they are doing."""
        with self.lock:
            self._forget()
            self.complaints.close()

    def _forget(self) -> None:
        if self.control is not None:
            self.control.close()
        if self.process is not None:
            try:
                self.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = self.control = None


def launch(arguments: list[str], orders: int, complaints: int) -> subprocess.Popen[bytes]:
    """Start the program, with the socket for orders as its standard input."""
    return subprocess.Popen(
        [sys.executable, "-m", PROGRAM, *arguments],
        stdin=orders,
        stdout=complaints,
        stderr=complaints,
        cwd=sys.prefix,  # a student's folder may have a random.py
        env=clean_environment(),
        start_new_session=True,  # Ctrl-C in the terminal is for the command alone
    )


def clean_environment() -> dict[str, str]:
    """Return an environment for a process whose memory a submission may read."""
    environment = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_PREFIXES)}
    environment["PYTHONUSERBASE"] = site.getuserbase()  # of `pip install --user`; otherwise Python looks below HOME
    environment["PYTHONSAFEPATH"] = "1"
    return environment


def gone(last: str) -> Text:
    """Return the sentence for a process of the grader that has ended, with its last words."""
    return both(
        f"The process that grades has ended. Run the command again; if it happens again, please report this: {last}",
        f"评分进程已退出。请重新运行命令；若再次出现，请报告以下信息：{last}",
    )
